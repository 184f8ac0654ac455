//! Totals in the order in which their rows are made, and the texts that their rows share.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray, new_null_array};
use arrow::error::Result;

use super::columns::{Column, STRATA, TEXTS, schema};
use super::{Placed, Tree};
use crate::cube::cell::Cell;
use crate::cube::layout::Layout;
use crate::cube::time::Time;
use crate::cube::{EVERYBODY, RESPONSES};

/// The totals of one pass over the versions of an instrument that belong together.
#[derive(Debug)]
pub struct Part {
    /// Number of the instrument.
    pub instrument: i32,
    /// Number of the versions.
    pub versions: i32,
    /// What lies where in a total.
    pub layout: Layout,
    /// What a group of a total has rows of: items, then amounts, then responses.
    pub entries: Vec<Entry>,
    /// Everybody and the breakdowns.
    pub breakdowns: Vec<Breakdown>,
    /// The totals.
    pub cells: Vec<(Place, Cell)>,
}

/// What one row of a group is of.
#[derive(Debug)]
pub struct Entry {
    /// Number of the item.
    pub item: i32,
    /// Place of the amount where it is one.
    pub amount: Option<usize>,
    /// First of the counts in a group.
    pub first: usize,
    /// How many counts.
    pub width: usize,
    /// Code of the first.
    pub lowest: i8,
}

/// A breakdown and its bands, by number.
#[derive(Debug)]
pub struct Breakdown {
    /// Number of its name.
    pub id: i32,
    /// Numbers of its bands.
    pub bands: Vec<i32>,
}

/// Where and when a total is of.
#[derive(Debug)]
pub struct Place {
    /// Numbers of root, area and level.
    pub area: [i32; 3],
    /// Number of the month; below zero where it is the period.
    pub period: i32,
    /// Number of the occasion; below zero where there is none.
    pub occasion: i32,
}

impl Part {
    /// Returns how many rows a total has at most.
    pub fn most_rows(&self) -> usize {
        self.layout.groups() * self.entries.len()
    }
}

/// Texts by number, for each text column.
#[derive(Debug, Default)]
pub struct Texts {
    numbers: [HashMap<String, i32>; TEXTS],
    values: [Vec<String>; TEXTS],
}

impl Texts {
    fn number(&mut self, column: Column, text: &str) -> i32 {
        let at = column as usize;
        let Some((numbers, values)) = self.numbers.get_mut(at).zip(self.values.get_mut(at)) else { return -1 };
        if let Some(number) = numbers.get(text) {
            return *number;
        }
        let number = i32::try_from(values.len()).unwrap_or(-1);
        values.push(text.to_owned());
        numbers.insert(text.to_owned(), number);
        number
    }
}

/// The texts of a table: all batches share them.
#[derive(Debug)]
pub struct Dictionaries([Arc<StringArray>; TEXTS]);

impl Dictionaries {
    /// Returns a column of texts by number; one below zero is null.
    pub fn array(&self, column: Column, keys: Vec<i32>) -> Result<ArrayRef> {
        let keys = match keys.iter().any(|key| *key < 0) {
            true => keys.into_iter().map(|key| (key >= 0).then_some(key)).collect::<Int32Array>(),
            false => Int32Array::from(keys),
        };
        let none = Arc::new(StringArray::new_null(0));
        let values = self.0.get(column as usize).unwrap_or(&none);
        Ok(Arc::new(DictionaryArray::try_new(keys, values.clone())?))
    }
}

/// The totals of a table and their texts.
#[derive(Debug)]
pub struct Parts {
    /// The totals.
    pub parts: Vec<Part>,
    /// The texts.
    pub dictionaries: Arc<Dictionaries>,
}

impl Parts {
    /// Returns a row for each stratum, an item of a breakdown: part by part, everybody first, then breakdown by breakdown. Other columns than
    /// those of strata are null.
    pub fn strata(&self, columns: &[Column]) -> Result<RecordBatch> {
        let mut keys: [Vec<i32>; STRATA.len()] = Default::default();
        for part in &self.parts {
            for breakdown in &part.breakdowns {
                for entry in &part.entries {
                    let of = [part.instrument, part.versions, entry.item, breakdown.id];
                    keys.iter_mut().zip(of).for_each(|(keys, key)| keys.push(key));
                }
            }
        }
        let n = keys.first().map_or(0, Vec::len);
        let array = |column: &Column| match STRATA.iter().zip(&keys).find(|(known, _)| *known == column) {
            Some((_, keys)) => self.dictionaries.array(*column, keys.clone()),
            None => Ok(new_null_array(column.field().data_type(), n)),
        };
        let arrays = columns.iter().map(array).collect::<Result<Vec<_>>>()?;
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(n));
        RecordBatch::try_new_with_options(schema(columns), arrays, &options)
    }
}

/// Puts the totals of a table together.
pub struct Builder<'a> {
    tree: &'a Tree,
    texts: Texts,
    parts: Vec<Part>,
}

impl<'a> Builder<'a> {
    /// Begins a table without totals.
    pub fn new(tree: &'a Tree) -> Self {
        Builder { tree, texts: Texts::default(), parts: Vec::new() }
    }

    /// Adds totals of one layout.
    pub fn add(&mut self, instrument: &str, versions: &str, layout: Layout, totals: Vec<Placed>) {
        let texts = &mut self.texts;
        let mut areas: HashMap<usize, [i32; 3]> = HashMap::new();
        let mut cells = Vec::with_capacity(totals.len());
        let mut last: Option<(Option<Time>, i32)> = None;
        for (spot, time, occasion, cell) in totals {
            let Some(of_spot) = self.tree.spots.get(spot) else { continue };
            let area = *areas.entry(spot).or_insert_with(|| {
                [
                    texts.number(Column::Root, of_spot.root.column()),
                    texts.number(Column::Area, &of_spot.area),
                    texts.number(Column::Level, &of_spot.level),
                ]
            });
            let period = match last {
                Some((known, number)) if known == time => number,
                _ => time.map_or(-1, |time| texts.number(Column::Period, &time.describe().0)),
            };
            last = Some((time, period));
            let occasion = occasion.map_or(-1, |occasion| texts.number(Column::Occasion, &occasion));
            cells.push((Place { area, period, occasion }, cell));
        }
        let breakdowns = layout.breakdowns.iter().map(|of| (of.id.as_str(), of.bands.as_slice()));
        let all = [EVERYBODY.1.to_owned()];
        let breakdowns: Vec<Breakdown> = std::iter::once((EVERYBODY.0, all.as_slice()))
            .chain(breakdowns)
            .map(|(id, bands)| Breakdown {
                id: texts.number(Column::GroupBy, id),
                bands: bands.iter().map(|band| texts.number(Column::Group, band)).collect(),
            })
            .collect();
        let mut entries = Vec::new();
        let mut first = 0;
        for coded in &layout.items {
            let (item, width) = (texts.number(Column::Item, &coded.item), coded.width);
            entries.push(Entry { item, amount: None, first, width, lowest: coded.lowest });
            first += width;
        }
        for (at, amount) in layout.amounts.iter().enumerate() {
            let item = texts.number(Column::Item, amount);
            entries.push(Entry { item, amount: Some(at), first: 0, width: 0, lowest: 0 });
        }
        if layout.counts_responses {
            let item = texts.number(Column::Item, RESPONSES);
            entries.push(Entry { item, amount: None, first, width: 1, lowest: 0 });
        }
        let instrument = texts.number(Column::Instrument, instrument);
        let versions = texts.number(Column::Versions, versions);
        self.parts.push(Part { instrument, versions, layout, entries, breakdowns, cells });
    }

    /// Returns the table.
    pub fn finish(self) -> Parts {
        let dictionaries = self.texts.values.map(|values| Arc::new(StringArray::from(values)));
        Parts { parts: self.parts, dictionaries: Arc::new(Dictionaries(dictionaries)) }
    }
}
