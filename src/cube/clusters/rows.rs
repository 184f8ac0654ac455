//! What the pass found, as tables that queries join.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Decimal128Builder, Int64Builder, RecordBatch, StringBuilder, StringDictionaryBuilder};
use arrow::datatypes::{DataType, Int32Type};

use super::answers::Spans;
use super::layout::Layout;
use super::people;
use super::sums::Place;
use super::weighted::{Drawn, Weighted};
use crate::declare::Root;
use crate::error::{Error, Result};
use crate::names::Names;
use crate::store;

/// The columns that say what a row is of, with their names.
const KEYS: [&str; 7] = ["measure", "cut_set", "root", "area", "occasion", "group_by", "group"];

/// What rows are of.
#[derive(Default)]
struct Keys([StringDictionaryBuilder<Int32Type>; KEYS.len()]);

impl Keys {
    /// Adds what a row is of; false where nothing is known of it.
    fn add(&mut self, layout: &Layout, names: &Names, place: &Place, group: u32) -> bool {
        let Some((counted, group_by, group)) = layout.group(group) else { return false };
        let root = Root::ALL.get(place.root).map(|root| root.column());
        let values = [
            Some(counted.measure.as_str()),
            counted.cut_set.as_deref(),
            root,
            names.text(place.area),
            names.text(place.occasion),
            Some(group_by),
            Some(group),
        ];
        for (column, value) in self.0.iter_mut().zip(values) {
            column.append_option(value);
        }
        true
    }

    fn finish(mut self) -> Result<Vec<(&'static str, ArrayRef)>> {
        let mut columns = Vec::new();
        for (name, column) in KEYS.into_iter().zip(&mut self.0) {
            let column = arrow::compute::cast(&column.finish(), &DataType::Utf8).map_err(Error::query(name))?;
            columns.push((name, column));
        }
        Ok(columns)
    }
}

fn decimals((digits, decimals): (u8, i8)) -> Decimal128Builder {
    Decimal128Builder::new().with_data_type(DataType::Decimal128(digits, decimals))
}

fn batch(name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let nullable = columns.into_iter().map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(nullable).map_err(Error::query(name))
}

/// The table `repeats`.
pub struct Repeats {
    keys: Keys,
    periods: StringBuilder,
    counts: [Int64Builder; 3],
    sum: Decimal128Builder,
    squares: [Decimal128Builder; 4],
}

impl Default for Repeats {
    fn default() -> Self {
        Repeats {
            keys: Keys::default(),
            periods: StringBuilder::new(),
            counts: Default::default(),
            sum: decimals(store::SUM),
            squares: std::array::from_fn(|_| decimals(store::SQUARES)),
        }
    }
}

impl Repeats {
    /// Adds what was found of one instrument.
    pub fn add(&mut self, layout: &Layout, spans: &Spans, names: &Names, found: Vec<(Place, u32, people::Repeats)>) {
        for (place, group, sums) in found {
            if sums == people::Repeats::default() || !self.keys.add(layout, names, &place, group) {
                continue;
            }
            self.periods.append_value(spans.name(place.span));
            let counts = [sums.without_person, sums.repeated, sums.dropped];
            self.counts.iter_mut().zip(counts).for_each(|(column, count)| column.append_value(count));
            self.sum.append_value(sums.dropped_sum);
            let squares = [sums.dropped_squares, sums.tww, sums.twy, sums.tyy];
            self.squares.iter_mut().zip(squares).for_each(|(column, sum)| column.append_value(sum));
        }
    }

    /// Returns the table.
    pub fn finish(mut self) -> Result<RecordBatch> {
        let mut columns = self.keys.finish()?;
        columns.push(("period", Arc::new(self.periods.finish())));
        let [without_person, repeated, dropped] = self.counts.each_mut().map(|column| Arc::new(column.finish()));
        columns.extend([
            ("without_person", without_person as ArrayRef),
            ("repeated", repeated),
            ("dropped", dropped),
            ("dropped_sum", Arc::new(self.sum.finish())),
        ]);
        let squares = self.squares.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        columns.extend(["dropped_squares", "tww", "twy", "tyy"].into_iter().zip(squares));
        batch("repeats", columns)
    }
}

/// The table `weighted_sums`.
pub struct WeightedSums {
    keys: Keys,
    schemes: StringBuilder,
    strata: StringBuilder,
    counts: [Int64Builder; 7],
    sums: [Decimal128Builder; 2],
    squares: [Decimal128Builder; 8],
}

impl Default for WeightedSums {
    fn default() -> Self {
        WeightedSums {
            keys: Keys::default(),
            schemes: StringBuilder::new(),
            strata: StringBuilder::new(),
            counts: Default::default(),
            sums: std::array::from_fn(|_| decimals(store::SUM)),
            squares: std::array::from_fn(|_| decimals(store::SQUARES)),
        }
    }
}

impl WeightedSums {
    /// Adds what was found of one instrument by one scheme of weights; `drawn` are all clusters of each stratum.
    pub fn add(
        &mut self,
        layout: &Layout,
        scheme: &str,
        names: &Names,
        drawn: &HashMap<u32, Drawn>,
        found: Vec<(Place, u32, Weighted)>,
    ) {
        for (place, group, sums) in found {
            if !self.keys.add(layout, names, &place, group) {
                continue;
            }
            self.schemes.append_value(scheme);
            self.strata.append_option(names.text(place.stratum));
            let all = drawn.get(&place.stratum).copied().unwrap_or_default();
            let counts =
                [all.clusters, all.repeated, sums.n, sums.inside, sums.of_clusters, sums.of_people, sums.repeated];
            self.counts.iter_mut().zip(counts).for_each(|(column, count)| column.append_value(count));
            self.sums.iter_mut().zip([sums.tw, sums.ty]).for_each(|(column, sum)| column.append_value(sum));
            let squares = [sums.ww, sums.wyy].into_iter().chain(sums.squares).chain(sums.people_add);
            self.squares.iter_mut().zip(squares).for_each(|(column, sum)| column.append_value(sum));
        }
    }

    /// Returns the table.
    pub fn finish(mut self) -> Result<RecordBatch> {
        let mut columns = self.keys.finish()?;
        columns.push(("weighting", Arc::new(self.schemes.finish())));
        columns.push(("stratum", Arc::new(self.strata.finish())));
        let counts = self.counts.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let names = ["drawn", "drawn_repeated", "n", "inside", "of_clusters", "of_people", "repeated"];
        columns.extend(names.into_iter().zip(counts));
        let sums = self.sums.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        columns.extend(["tw", "ty"].into_iter().zip(sums));
        let squares = self.squares.each_mut().map(|column| Arc::new(column.finish()) as ArrayRef);
        let names = ["ww", "wyy", "tww", "twy", "tyy", "tww_of_people", "twy_of_people", "tyy_of_people"];
        columns.extend(names.into_iter().zip(squares));
        batch("weighted_sums", columns)
    }
}
