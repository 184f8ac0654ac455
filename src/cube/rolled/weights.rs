//! Weights that files bring, added up by month: those of everybody. They go by item and code, so versions may differ in what lies where.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Builder, Int8Builder, Int64Builder, ListBuilder, RecordBatch, StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Field, Int32Type};

use super::columns::Column;
use super::{Name, Occasion, RolledUp, Spot};
use crate::cube::RESPONSES;
use crate::cube::cell::{Cell, Weight};
use crate::cube::counted::Key;
use crate::cube::layout::Layout;
use crate::cube::time::Time;
use crate::error::{Error, Result};
use crate::store;

/// Sums of weights by instrument, versions, scheme and item.
#[derive(Default)]
pub struct Weights(BTreeMap<[String; 4], Months>);

/// Sums by number of the area, month and occasion.
type Months = BTreeMap<(usize, Time, Occasion), BTreeMap<i8, Weight>>;

/// Most columns of `month_weights` are as those of the counts.
const TEXTS: [Column; 8] = [
    Column::Instrument,
    Column::Versions,
    Column::Item,
    Column::Root,
    Column::Area,
    Column::Level,
    Column::Period,
    Column::Occasion,
];

impl Weights {
    /// Adds the weights of everybody in the cell of a month to each of the areas `above`.
    pub fn add<'a>(
        &mut self,
        name: &Name,
        above: impl Iterator<Item = (usize, &'a Spot)>,
        layout: &Layout,
        key: &Key,
        cell: &Cell,
    ) {
        if layout.schemes.is_empty() {
            return;
        }
        let (instrument, _, versions) = name;
        let spots: Vec<usize> = above.map(|(spot, _)| spot).collect();
        let responses = layout.counts_responses.then_some((RESPONSES, 0, 1));
        let items = layout.items.iter().map(|coded| (coded.item.as_str(), coded.lowest, coded.width)).chain(responses);
        for (at, scheme) in layout.schemes.iter().enumerate() {
            let mut first = at * layout.width();
            for (item, lowest, width) in items.clone() {
                let weights = cell.weights.get(first..first + width).unwrap_or_default();
                first += width;
                // What weighs nothing adds nothing.
                let codes = (lowest..=i8::MAX).zip(weights).filter(|(_, weight)| weight.count > 0);
                if codes.clone().next().is_none() {
                    continue;
                }
                let whose = [instrument.as_str(), versions, scheme, item].map(str::to_owned);
                let months = self.0.entry(whose).or_default();
                for spot in &spots {
                    let sums = months.entry((*spot, key.time, key.occasion.clone())).or_default();
                    codes.clone().for_each(|(code, weight)| sums.entry(code).or_default().plus(weight));
                }
            }
        }
    }

    /// Takes in what was added up of other instruments.
    pub fn extend(&mut self, other: Weights) {
        self.0.extend(other.0);
    }

    fn rows<'a>(&'a self, spots: &'a [Spot]) -> Result<RecordBatch> {
        let mut texts: [_; TEXTS.len()] = std::array::from_fn(|_| StringDictionaryBuilder::<Int32Type>::new());
        let decimals = |(precision, scale): (u8, i8)| {
            let of = DataType::Decimal128(precision, scale);
            (Decimal128Builder::new().with_data_type(of.clone()), of)
        };
        let ((w, sum), (ww, squares)) = (decimals(store::SUM), decimals(store::SQUARES));
        let element = |of: DataType| Arc::new(Field::new("element", of, true));
        let mut weightings = StringDictionaryBuilder::<Int32Type>::new();
        let mut codes = ListBuilder::new(Int8Builder::new()).with_field(element(DataType::Int8));
        let mut n = ListBuilder::new(Int64Builder::new()).with_field(element(DataType::Int64));
        let mut w = ListBuilder::new(w).with_field(element(sum));
        let mut ww = ListBuilder::new(ww).with_field(element(squares));
        for ([instrument, versions, scheme, item], months) in &self.0 {
            for ((spot, time, occasion), sums) in months {
                let Some(spot) = spots.get(*spot) else { continue };
                let period = time.describe().0;
                let root = spot.root.column();
                let fixed = [instrument, versions, item, root, &spot.area, &spot.level, &period].map(Some);
                let row = fixed.into_iter().chain([occasion.as_deref()]);
                texts.iter_mut().zip(row).for_each(|(column, text)| column.append_option(text));
                weightings.append_value(scheme);
                for (code, weight) in sums {
                    codes.values().append_value(*code);
                    n.values().append_value(weight.count);
                    w.values().append_value(weight.sum);
                    ww.values().append_value(weight.squares);
                }
                codes.append(true);
                n.append(true);
                w.append(true);
                ww.append(true);
            }
        }
        let texts = TEXTS.iter().zip(&mut texts);
        let texts = texts.map(|(column, texts)| (column.field().name().clone(), Arc::new(texts.finish()) as ArrayRef));
        let lists: [(&str, ArrayRef); 5] = [
            ("weighting", Arc::new(weightings.finish())),
            ("codes", Arc::new(codes.finish())),
            ("n", Arc::new(n.finish())),
            ("w", Arc::new(w.finish())),
            ("ww", Arc::new(ww.finish())),
        ];
        let columns = texts.chain(lists.map(|(name, column)| (name.to_owned(), column)));
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true)))
            .map_err(Error::query("month_weights"))
    }
}

impl RolledUp {
    /// Returns `month_weights`: one row an item, scheme, area, occasion and month, with how many weights of each code are above zero, their
    /// sums and the sums of their squares. Without rows where no instrument brings weights.
    pub fn month_weights(&self) -> Result<RecordBatch> {
        self.weights.rows(&self.tree.spots)
    }
}

#[cfg(test)]
mod tests;
