//! Dense histograms, one for each root, area, time, version and occasion: all items and all breakdowns side by side.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int8Type};

use super::bands::Breakdown;
use super::time::Time;
use super::{column, text};
use crate::declare::{Group, Instrument, Root, UNREADABLE};
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

/// An item and where its counts lie.
pub struct Slot {
    /// Name of the item.
    pub item: String,
    /// First place in a histogram; the place of a code is this plus the code minus the lowest code.
    pub offset: usize,
    /// How many codes there are from the lowest to the highest.
    pub width: usize,
}

/// Lowest code: nothing below it is stored.
pub const LOWEST: i8 = UNREADABLE;

/// All histograms of an instrument.
pub struct Histograms {
    /// The items.
    pub slots: Vec<Slot>,
    /// The breakdowns; everybody comes first and is not among them.
    pub breakdowns: Vec<Breakdown>,
    /// Places in one histogram for one group: the last one counts responses.
    pub width: usize,
    /// Groups of all breakdowns, everybody included.
    pub groups: usize,
    /// The histograms: `groups` times `width` counts each.
    pub cells: HashMap<Key, Vec<u32>>,
    /// Codes of areas, versions and occasions.
    pub texts: Names,
    columns: Vec<String>,
    main_root: Root,
}

impl Histograms {
    /// Lays the histograms out; nothing is counted yet.
    pub fn new(instrument: &Instrument, groups: &[Group]) -> Self {
        let mut slots = Vec::new();
        let mut offset = 0;
        for (item, choices) in instrument.choices() {
            let highest = choices.iter().map(|choice| choice.code).max().unwrap_or(0);
            let width = usize::try_from(i16::from(highest) - i16::from(LOWEST) + 1).unwrap_or(1);
            slots.push(Slot { item: item.id.clone(), offset, width });
            offset += width;
        }
        let breakdowns: Vec<Breakdown> = groups.iter().map(Breakdown::new).collect();
        let mut columns: Vec<String> =
            ["instrument_version", "occasion", "submitted_on", "date_precision"].map(String::from).to_vec();
        columns.extend(Root::ALL.map(|root| root.column().to_owned()));
        columns.extend(breakdowns.iter().map(|breakdown| breakdown.column.clone()));
        columns.extend(slots.iter().map(|slot| format!("i_{}", slot.item)));
        let mut once = Vec::new();
        columns.retain(|name| {
            !once.contains(name) && {
                once.push(name.clone());
                true
            }
        });
        Histograms {
            width: offset + 1,
            groups: 1 + breakdowns.iter().map(|breakdown| breakdown.bands.len()).sum::<usize>(),
            slots,
            breakdowns,
            cells: HashMap::new(),
            texts: Names::default(),
            columns,
            main_root: instrument.main_root,
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
            let values = column(batch, &format!("i_{}", slot.item))?
                .as_primitive_opt::<Int8Type>()
                .ok_or_else(|| Error::Broken(format!("`i_{}` is not a code", slot.item)))?;
            // A null is an item that did not exist when the file was written: it was not asked.
            let place = |row: usize| {
                let code = if values.is_valid(row) { values.value(row) } else { crate::declare::NOT_ASKED };
                let at = usize::try_from(i16::from(code) - i16::from(LOWEST)).unwrap_or(0);
                slot.offset + at.min(slot.width - 1)
            };
            codes.push((0..n).map(place).collect::<Vec<usize>>());
        }
        for root in Root::ALL {
            let areas = self.numbers(text(batch, root.column())?);
            if root == self.main_root || areas.iter().any(|area| *area != 0) {
                self.count(root, &areas, &times, &versions, &occasions, &bands, &codes);
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

    #[expect(clippy::too_many_arguments, reason = "the columns of one batch, taken apart once for all roots")]
    fn count(
        &mut self,
        root: Root,
        areas: &[u32],
        times: &[Time],
        versions: &[u32],
        occasions: &[u32],
        bands: &[Vec<u16>],
        codes: &[Vec<usize>],
    ) {
        let (width, size) = (self.width, self.width * self.groups);
        let mut row = 0;
        while let (Some(area), Some(time), Some(version), Some(occasion)) =
            (areas.get(row), times.get(row), versions.get(row), occasions.get(row))
        {
            let key = Key { root, area: *area, time: *time, version: *version, occasion: *occasion };
            let cell = self.cells.entry(key).or_insert_with(|| vec![0; size]);
            // Rows of one cell lie together in sorted files: the cell is looked up once for all of them.
            let first = row;
            while row < areas.len()
                && (areas.get(row), times.get(row), versions.get(row), occasions.get(row))
                    == (areas.get(first), times.get(first), versions.get(first), occasions.get(first))
            {
                let mut start = 1;
                add(cell, 0, width, codes, row);
                for (breakdown, places) in self.breakdowns.iter().zip(bands) {
                    let group = start + usize::from(places.get(row).copied().unwrap_or(0));
                    add(cell, group, width, codes, row);
                    start += breakdown.bands.len();
                }
                row += 1;
            }
        }
    }
}

fn add(cell: &mut [u32], group: usize, width: usize, codes: &[Vec<usize>], row: usize) {
    let Some(counts) = cell.get_mut(group * width..(group + 1) * width) else { return };
    for places in codes {
        if let Some(count) = places.get(row).and_then(|place| counts.get_mut(*place)) {
            *count += 1;
        }
    }
    if let Some(responses) = counts.last_mut() {
        *responses += 1;
    }
}
