//! One worker of a pass: counts batches, one after the other.

use std::sync::Arc;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;

use super::Plan;
use super::columns::Columns;
use super::kernel::{Bytes, FULL, Ones};
use super::keys::{Keys, OCCASION, VERSION, area};
use super::table::Table;
use crate::declare::Root;
use crate::error::{Error, Result};

/// An odd number that spreads the bits of what it is multiplied by over the upper ones.
const MIX: u32 = 0x9E37_79B1;

/// Counts the rows that it is given and adds them to a table that it shares with others.
pub struct Worker {
    plan: Arc<Plan>,
    table: Arc<Table>,
    keys: Keys,
    ones: Ones,
    /// For each root what was counted of the cell in hand, since it was last added to the table.
    hands: [Option<Hand>; Root::ALL.len()],
}

struct Hand {
    key: u128,
    counts: Bytes,
    rows: usize,
}

impl Worker {
    /// Returns a worker that has counted nothing.
    pub fn new(plan: Arc<Plan>, table: Arc<Table>) -> Self {
        let ones = Ones::new(plan.histograms.width);
        Worker { plan, table, keys: Keys::default(), ones, hands: Default::default() }
    }

    /// Counts a batch.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let (plan, table) = (self.plan.clone(), self.table.clone());
        let without_area = self.keys.without_area(&plan.histograms, &table.texts, batch)?;
        let columns = Columns::new(&plan, batch)?;
        for (at, root) in Root::ALL.iter().enumerate() {
            let named = self.keys.areas(&plan.histograms, &table.texts, batch, at)?;
            if !named && *root != plan.histograms.main_root {
                continue;
            }
            let keys = self.keys.with_areas(&without_area);
            match together(&keys) {
                None => self.count(at, &keys, &columns),
                Some(order) => {
                    let keys: Vec<u128> =
                        order.values().iter().filter_map(|row| keys.get(*row as usize).copied()).collect();
                    let batch = take_record_batch(batch, &order).map_err(Error::query("responses"))?;
                    self.count(at, &keys, &Columns::new(&plan, &batch)?);
                }
            }
        }
        Ok(())
    }

    /// Adds what is still in hand to the table.
    pub fn finish(mut self) {
        for (root, hand) in self.hands.iter_mut().enumerate() {
            if let Some(hand) = hand {
                hand.flush(&self.table, root, self.plan.histograms.width);
            }
        }
    }

    /// Counts rows under their keys. By another root than the main one only rows count that name an area of it.
    fn count(&mut self, root: usize, keys: &[u128], columns: &Columns<'_>) {
        let histograms = &self.plan.histograms;
        let (groups, width) = (histograms.groups, histograms.width);
        let is_main = Root::ALL.get(root) == Some(&histograms.main_root);
        let Some(hand) = self.hands.get_mut(root) else { return };
        let hand = hand.get_or_insert_with(|| Hand { key: 0, counts: Bytes::new(groups, width), rows: 0 });
        for from in (0..keys.len()).step_by(self.ones.rows()) {
            let to = keys.len().min(from + self.ones.rows());
            self.ones.begin(to - from, width - 1);
            for codes in &columns.codes {
                codes.mark(&mut self.ones, from, to);
            }
            let mut row = from;
            while let Some((key, more)) = keys.get(row..to).and_then(<[u128]>::split_first) {
                // Rows of one cell lie together in sorted files: its place is looked up once for all of them.
                let same = 1 + more.iter().take(FULL - 1).take_while(|next| *next == key).count();
                if !is_main && area(*key) == 0 {
                    row += same;
                    continue;
                }
                if *key != hand.key || hand.rows + same > FULL {
                    hand.flush(&self.table, root, width);
                    hand.key = *key;
                }
                for (first, bands) in &columns.bands {
                    hand.counts.add(&self.ones, row - from, *first, bands.get(row..row + same).unwrap_or_default());
                }
                if columns.has_numbers() {
                    self.table.add((root, *key), |cell| columns.add_numbers(cell, histograms, row..row + same));
                }
                hand.rows += same;
                row += same;
            }
        }
    }
}

impl Hand {
    /// Adds what was counted to the table.
    fn flush(&mut self, table: &Table, root: usize, width: usize) {
        if self.rows > 0 {
            table.add((root, self.key), |cell| {
                self.counts.flush(width, |group, counts| cell.counts.add_at(group * width, counts));
            });
            self.rows = 0;
        }
    }
}

/// Returns the order that brings rows of one key together; none where they lie together well enough as they are.
fn together(keys: &[u128]) -> Option<UInt32Array> {
    let runs = |keys: &mut dyn Iterator<Item = u128>| {
        let mut last = None;
        keys.filter(|key| last.replace(*key) != Some(*key)).count()
    };
    let before = runs(&mut keys.iter().copied());
    // Few rows of a key in a row: adding them takes longer than sorting them.
    if before * 8 < keys.len() {
        return None;
    }
    // Numbers that sort fast: the area, some bits of the rest (rows of two keys that share them lie mixed, which only takes longer), the row.
    let mixed = |key: u128| (key ^ (key >> OCCASION) ^ (key >> VERSION)) as u32;
    let short = |key: u128| u64::from(area(key)) << 32 | u64::from(mixed(key).wrapping_mul(MIX) >> 16) << 16;
    let mut order: Vec<u64> = keys.iter().zip(0..=u16::MAX).map(|(key, row)| short(*key) | u64::from(row)).collect();
    if order.len() < keys.len() {
        return None;
    }
    order.sort_unstable();
    let rows = || order.iter().map(|number| number & u64::from(u16::MAX));
    let after = runs(&mut rows().filter_map(|row| keys.get(row as usize).copied()));
    (after * 2 <= before).then(|| rows().map(|row| row as u32).collect())
}
