//! The cells that all workers add to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Plan;
use super::keys::{area, parts};
use super::texts::Shared;
use crate::cube::cell::Cell;
use crate::cube::counted::{Counted, Key};
use crate::cube::histogram::Histograms;
use crate::declare::Root;
use crate::error::{Error, Result};
use crate::names::Names;

/// Parts of the table: workers wait for each other only where they add to the same one.
const SHARDS: usize = 256;

/// What a cell is of, in numbers: place of the root in `Root::ALL`, and what its rows are counted under.
pub type Number = (usize, u128);

/// Cells by what they are of. There is one table for all workers, so that memory grows neither with workers nor with rows.
pub struct Table {
    shards: Vec<Mutex<HashMap<Number, Cell>>>,
    /// Counts, sums and weights of a cell.
    size: [usize; 3],
    /// Codes of areas, versions and occasions.
    pub texts: Shared,
}

impl Table {
    /// Returns a table of no cells for what `histograms` count.
    pub fn new(histograms: &Histograms) -> Self {
        let counts = histograms.groups * histograms.width;
        let size =
            [counts, histograms.groups * histograms.amounts.len(), histograms.width * histograms.weightings.len()];
        Table { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), size, texts: Shared::default() }
    }

    /// Lets a worker add to a cell, which is empty at first.
    pub fn add(&self, number: Number, add: impl FnOnce(&mut Cell)) {
        // Areas were numbered as they came: those that come together lie in different parts.
        let Some(shard) = self.shards.get(area(number.1) as usize % SHARDS) else { return };
        let mut cells = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let [counts, sums, weights] = self.size;
        add(cells.entry(number).or_insert_with(|| Cell::new(counts, sums, weights)));
    }

    /// Returns the cells, complete with the sums that follow from others.
    pub fn finish(self, plan: &Plan, rows: u64) -> Result<Counted> {
        let names = self.texts.into_names();
        let mut shards =
            self.shards.into_iter().map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner));
        // Where there are many cells, completing them takes as long as counting did: all cores do it.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut cells = Vec::new();
        std::thread::scope(|scope| {
            let mut workers = Vec::new();
            loop {
                let some: Vec<_> = shards.by_ref().take(SHARDS.div_ceil(cores)).collect();
                if some.is_empty() {
                    break;
                }
                workers.push(scope.spawn(|| complete(plan, &names, some)));
            }
            for worker in workers {
                cells.extend(worker.join().map_err(|_| Error::Broken("a worker of the pass stopped".into()))?);
            }
            Ok::<_, Error>(())
        })?;
        Ok(Counted { layout: plan.histograms.layout(), rows, cells: cells.into_iter().collect() })
    }
}

/// Completes the cells of some shards and gives them their keys.
fn complete(plan: &Plan, names: &Names, shards: Vec<HashMap<Number, Cell>>) -> Vec<(Key, Cell)> {
    let mut texts: HashMap<u32, Option<Arc<str>>> = HashMap::new();
    let mut text = |number| texts.entry(number).or_insert_with(|| names.text(number).map(Arc::from)).clone();
    let mut cells = Vec::new();
    for ((root, number), mut cell) in shards.into_iter().flatten() {
        let Some(root) = Root::ALL.get(root).copied() else { continue };
        plan.sums.complete(&mut cell, &plan.histograms);
        cell.counts = cell.counts.narrowest();
        let ([area, version, occasion], time) = parts(number);
        let key = Key { root, area: text(area), time, version: text(version), occasion: text(occasion) };
        cells.push((key, cell));
    }
    cells
}
