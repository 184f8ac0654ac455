//! Dense histograms, one for each root, area, time, version and occasion: all items and all breakdowns side by side.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Float64Type, Int8Type};

use super::bands::Breakdown;
use super::time::Time;
use super::{column, text};
use crate::declare::{Root, UNREADABLE};
use crate::error::{Error, Result};
use crate::names::Names;

/// What a histogram is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The tree of areas.
    pub root: Root,
    /// Number of the area's code among `Histograms::texts`; 0 is none.
    pub area: u32,
    /// When.
    pub time: Time,
    /// Numbers of the version and of the occasion.
    pub version: u32,
    /// Number of the occasion.
    pub occasion: u32,
}

/// A column of codes and where its counts lie.
pub struct Slot {
    /// Name in the cube: an item, the levels of a score, a kind of change.
    pub item: String,
    /// The column of the batches.
    pub column: String,
    /// First place in a histogram; the place of a code is this plus the code minus the lowest code.
    pub offset: usize,
    /// How many codes there are from the lowest to the highest.
    pub width: usize,
}

/// A column of numbers that are added up.
pub struct Amount {
    /// Name in the cube: a score, or a score before or after.
    pub item: String,
    /// The column of the batches.
    pub column: String,
}

/// Numbers added up: in millionths and their squares, so that sums are exact and the order of adding does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many numbers.
    pub count: i64,
    /// Their sum in millionths.
    pub sum: i128,
    /// The sum of the squares of the millionths.
    pub squares: i128,
}

/// Numbers of one unit are counted in so many parts.
pub const PARTS: f64 = 1e6;

impl Sum {
    fn add(&mut self, millionths: i64) {
        self.count += 1;
        self.sum += i128::from(millionths);
        self.squares += i128::from(millionths) * i128::from(millionths);
    }
}

/// What is counted and added up in one histogram of all groups.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// `groups` times `width` counts.
    pub counts: Vec<u32>,
    /// `groups` times as many sums as there are amounts.
    pub sums: Vec<Sum>,
}

/// Lowest code: nothing below it is stored.
pub const LOWEST: i8 = UNREADABLE;

impl Slot {
    /// Returns a slot for the codes of a column, up to `highest`.
    pub fn new(item: String, column: String, highest: i8) -> Self {
        let width = usize::try_from(i16::from(highest) - i16::from(LOWEST) + 1).unwrap_or(1);
        Slot { item, column, offset: 0, width }
    }

    /// Returns the highest code.
    pub fn highest(&self) -> i8 {
        i8::try_from(self.width).unwrap_or(i8::MAX).saturating_add(LOWEST).saturating_sub(1)
    }
}

/// Columns that every batch has.
const KEYS: [&str; 4] = ["instrument_version", "occasion", "submitted_on", "date_precision"];

/// All histograms of an instrument.
pub struct Histograms {
    /// The columns of codes.
    pub slots: Vec<Slot>,
    /// The columns of numbers.
    pub amounts: Vec<Amount>,
    /// The breakdowns; everybody comes first and is not among them.
    pub breakdowns: Vec<Breakdown>,
    /// Places in one histogram for one group: the last one counts responses.
    pub width: usize,
    /// Groups of all breakdowns, everybody included.
    pub groups: usize,
    /// Whether responses themselves are counted.
    pub counts_responses: bool,
    /// The histograms.
    pub cells: HashMap<Key, Cell>,
    /// Codes of areas, versions and occasions.
    pub texts: Names,
    columns: Vec<String>,
    main_root: Root,
}

impl Histograms {
    /// Lays the histograms of columns out; nothing is counted yet. Each slot gets its place.
    pub fn new(
        main_root: Root,
        mut slots: Vec<Slot>,
        amounts: Vec<Amount>,
        breakdowns: Vec<Breakdown>,
        counts_responses: bool,
    ) -> Self {
        let mut offset = 0;
        for slot in &mut slots {
            slot.offset = offset;
            offset += slot.width;
        }
        let mut columns: Vec<String> = KEYS.map(String::from).to_vec();
        columns.extend(Root::ALL.map(|root| root.column().to_owned()));
        let further = breakdowns.iter().flat_map(|breakdown| &breakdown.columns);
        let further = further.chain(slots.iter().map(|slot| &slot.column));
        for name in further.chain(amounts.iter().map(|amount| &amount.column)) {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        Histograms {
            width: offset + 1,
            groups: 1 + breakdowns.iter().map(|breakdown| breakdown.bands.len()).sum::<usize>(),
            slots,
            amounts,
            breakdowns,
            counts_responses,
            cells: HashMap::new(),
            texts: Names::default(),
            columns,
            main_root,
        }
    }

    /// Returns the columns of responses that the pass reads.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Counts the responses of a batch.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let n = batch.num_rows();
        let versions = self.numbers(text(batch, "instrument_version")?);
        let occasions = self.numbers(text(batch, "occasion")?);
        let days = column(batch, "submitted_on")?
            .as_primitive_opt::<Date32Type>()
            .ok_or_else(|| Error::Broken("`submitted_on` is not a date".into()))?;
        let precisions = text(batch, "date_precision")?;
        let mut last: Option<(i32, Time)> = None;
        let times: Vec<Time> = (0..n)
            .map(|row| {
                let day = days.is_valid(row).then(|| days.value(row));
                match (day, last) {
                    // Sorted files bring the same day many times over.
                    (Some(day), Some((known, time))) if day == known && precisions.value(row) == "day" => time,
                    _ => {
                        let time = Time::new(day, precisions.value(row));
                        last = day.filter(|_| precisions.value(row) == "day").map(|day| (day, time));
                        time
                    }
                }
            })
            .collect();
        let mut bands = Vec::with_capacity(self.breakdowns.len());
        for breakdown in &self.breakdowns {
            let mut places = Vec::new();
            breakdown.find(batch, &mut places)?;
            bands.push(places);
        }
        let mut codes = Vec::with_capacity(self.slots.len());
        for slot in &self.slots {
            let values = column(batch, &slot.column)?
                .as_primitive_opt::<Int8Type>()
                .ok_or_else(|| Error::Broken(format!("`{}` is not a code", slot.column)))?;
            // A null is an item that did not exist when the file was written: it was not asked.
            let place = |row: usize| {
                let code = if values.is_valid(row) { values.value(row) } else { crate::declare::NOT_ASKED };
                let at = usize::try_from(i16::from(code) - i16::from(LOWEST)).unwrap_or(0);
                slot.offset + at.min(slot.width - 1)
            };
            codes.push((0..n).map(place).collect::<Vec<usize>>());
        }
        let mut numbers = Vec::with_capacity(self.amounts.len());
        for amount in &self.amounts {
            let values = column(batch, &amount.column)?
                .as_primitive_opt::<Float64Type>()
                .ok_or_else(|| Error::Broken(format!("`{}` is not a number", amount.column)))?;
            let millionths = |value: f64| (value.is_finite()).then(|| (value * PARTS).round() as i64);
            numbers.push(values.iter().map(|value| value.and_then(millionths)).collect::<Vec<Option<i64>>>());
        }
        let taken = Taken { bands: &bands, codes: &codes, numbers: &numbers };
        for root in Root::ALL {
            let areas = self.numbers(text(batch, root.column())?);
            if root == self.main_root || areas.iter().any(|area| *area != 0) {
                self.count(root, [&areas, &versions, &occasions], &times, &taken);
            }
        }
        Ok(())
    }

    fn numbers(&mut self, values: &arrow::array::StringArray) -> Vec<u32> {
        let mut last: (&str, u32) = ("", 0);
        (0..values.len())
            .map(|row| {
                if values.is_null(row) {
                    return 0;
                }
                let value = values.value(row);
                if value != last.0 || last.1 == 0 {
                    last = (value, self.texts.number(value));
                }
                last.1
            })
            .collect()
    }

    fn count(&mut self, root: Root, keys: [&[u32]; 3], times: &[Time], taken: &Taken<'_>) {
        let [areas, versions, occasions] = keys;
        let (width, amounts) = (self.width, self.amounts.len());
        let empty = Cell { counts: vec![0; width * self.groups], sums: vec![Sum::default(); amounts * self.groups] };
        let mut row = 0;
        while let (Some(area), Some(time), Some(version), Some(occasion)) =
            (areas.get(row), times.get(row), versions.get(row), occasions.get(row))
        {
            let key = Key { root, area: *area, time: *time, version: *version, occasion: *occasion };
            let cell = self.cells.entry(key).or_insert_with(|| empty.clone());
            // Rows of one cell lie together in sorted files: the cell is looked up once for all of them.
            let first = row;
            while row < areas.len()
                && (areas.get(row), times.get(row), versions.get(row), occasions.get(row))
                    == (areas.get(first), times.get(first), versions.get(first), occasions.get(first))
            {
                let mut start = 1;
                taken.add(cell, 0, width, row);
                for (breakdown, places) in self.breakdowns.iter().zip(taken.bands) {
                    let group = start + usize::from(places.get(row).copied().unwrap_or(0));
                    taken.add(cell, group, width, row);
                    start += breakdown.bands.len();
                }
                row += 1;
            }
        }
    }
}

/// The columns of one batch, taken apart once for all roots: bands by breakdown, places of codes by slot, millionths by amount.
struct Taken<'a> {
    bands: &'a [Vec<u16>],
    codes: &'a [Vec<usize>],
    numbers: &'a [Vec<Option<i64>>],
}

impl Taken<'_> {
    fn add(&self, cell: &mut Cell, group: usize, width: usize, row: usize) {
        let Some(counts) = cell.counts.get_mut(group * width..(group + 1) * width) else { return };
        for places in self.codes {
            if let Some(count) = places.get(row).and_then(|place| counts.get_mut(*place)) {
                *count += 1;
            }
        }
        if let Some(responses) = counts.last_mut() {
            *responses += 1;
        }
        let amounts = self.numbers.len();
        let sums = cell.sums.get_mut(group * amounts..(group + 1) * amounts).unwrap_or_default();
        for (sum, values) in sums.iter_mut().zip(self.numbers) {
            if let Some(Some(millionths)) = values.get(row) {
                sum.add(*millionths);
            }
        }
    }
}
