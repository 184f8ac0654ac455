//! From histograms to the rows of the table `cube`.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Date32Builder, Decimal128Builder, Int8Builder, Int64Array, Int64Builder, ListBuilder, RecordBatch,
    StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};

use super::histogram::{Cell, Histograms, Key, LOWEST};
use super::{EVERYBODY, RESPONSES};
use crate::error::{Error, Result};
use crate::period::days;
use crate::store;

/// Rows of a batch before the next one begins.
const BATCH: usize = 1 << 20;

/// Returns the histograms as rows, in the order of their keys; counts of zero are left out.
pub fn batches(histograms: &Histograms, instrument: &str, responses_version: i64) -> Result<Vec<RecordBatch>> {
    let mut keys: Vec<&Key> = histograms.cells.keys().collect();
    keys.sort();
    let mut batches = Vec::new();
    let mut rows = Builder::default();
    for key in keys {
        let Some(cell) = histograms.cells.get(key) else { continue };
        let mut group = 0;
        rows.groups(histograms, instrument, key, cell, &mut group, EVERYBODY.0, &[EVERYBODY.1.to_owned()]);
        for breakdown in &histograms.breakdowns {
            rows.groups(histograms, instrument, key, cell, &mut group, &breakdown.id, &breakdown.bands);
        }
        if rows.len >= BATCH {
            batches.push(std::mem::take(&mut rows).finish(responses_version)?);
        }
    }
    if rows.len > 0 {
        batches.push(rows.finish(responses_version)?);
    }
    Ok(batches)
}

struct Builder {
    /// Dictionaries: the keys of millions of rows are made of few texts.
    texts: [StringDictionaryBuilder<Int32Type>; 10],
    dates: [Date32Builder; 2],
    codes: ListBuilder<Int8Builder>,
    counts: ListBuilder<Int64Builder>,
    count: Int64Builder,
    sum: Decimal128Builder,
    squares: Decimal128Builder,
    len: usize,
}

impl Default for Builder {
    fn default() -> Self {
        Builder {
            texts: std::array::from_fn(|_| StringDictionaryBuilder::new()),
            dates: std::array::from_fn(|_| Date32Builder::new()),
            codes: ListBuilder::new(Int8Builder::new()).with_field(Field::new("element", DataType::Int8, true)),
            counts: ListBuilder::new(Int64Builder::new()).with_field(Field::new("element", DataType::Int64, true)),
            count: Int64Builder::new(),
            sum: Decimal128Builder::new().with_data_type(DataType::Decimal128(store::SUM.0, store::SUM.1)),
            squares: Decimal128Builder::new().with_data_type(DataType::Decimal128(store::SQUARES.0, store::SQUARES.1)),
            len: 0,
        }
    }
}

impl Builder {
    #[expect(clippy::too_many_arguments, reason = "the key of a row, spread over what it is made from")]
    fn groups(
        &mut self,
        histograms: &Histograms,
        instrument: &str,
        key: &Key,
        cell: &Cell,
        group: &mut usize,
        breakdown: &str,
        bands: &[String],
    ) {
        let width = histograms.width;
        for band in bands {
            let counts = cell.counts.get(*group * width..(*group + 1) * width).unwrap_or_default();
            let amounts = histograms.amounts.len();
            let sums = cell.sums.get(*group * amounts..(*group + 1) * amounts).unwrap_or_default();
            *group += 1;
            for slot in &histograms.slots {
                let of_item = counts.get(slot.offset..slot.offset + slot.width).unwrap_or_default();
                self.row(histograms, instrument, key, &slot.item, (breakdown, band), LOWEST, of_item);
            }
            for (amount, sum) in histograms.amounts.iter().zip(sums).filter(|(_, sum)| sum.count > 0) {
                self.keys(histograms, instrument, key, &amount.item, (breakdown, band));
                self.codes.append(false);
                self.counts.append(false);
                self.count.append_value(sum.count);
                self.sum.append_value(sum.sum);
                self.squares.append_value(sum.squares);
            }
            if histograms.counts_responses {
                let responses = counts.get(width - 1..).unwrap_or_default();
                self.row(histograms, instrument, key, RESPONSES, (breakdown, band), 0, responses);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the key of a row, spread over what it is made from")]
    fn row(
        &mut self,
        histograms: &Histograms,
        instrument: &str,
        key: &Key,
        item: &str,
        group: (&str, &str),
        lowest: i8,
        counts: &[u32],
    ) {
        if counts.iter().all(|count| *count == 0) {
            return;
        }
        self.keys(histograms, instrument, key, item, group);
        for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            self.codes.values().append_value(lowest.saturating_add(i8::try_from(at).unwrap_or(i8::MAX)));
            self.counts.values().append_value(i64::from(*count));
        }
        self.codes.append(true);
        self.counts.append(true);
        self.count.append_null();
        self.sum.append_null();
        self.squares.append_null();
    }

    /// Begins a row: what it is of.
    fn keys(
        &mut self,
        histograms: &Histograms,
        instrument: &str,
        key: &Key,
        item: &str,
        (breakdown, band): (&str, &str),
    ) {
        let (time, precision, range) = key.time.describe();
        let texts = &histograms.texts;
        let values = [
            Some(instrument),
            texts.text(key.version),
            Some(item),
            Some(key.root.column()),
            texts.text(key.area),
            Some(time.as_str()),
            Some(precision),
            texts.text(key.occasion),
            Some(breakdown),
            Some(band),
        ];
        for (builder, value) in self.texts.iter_mut().zip(values) {
            builder.append_option(value);
        }
        let [starts, ends] = &mut self.dates;
        starts.append_option(range.map(|(first, _)| days(first)));
        ends.append_option(range.map(|(_, after)| days(after)));
        self.len += 1;
    }

    fn finish(mut self, responses_version: i64) -> Result<RecordBatch> {
        let [instrument, version, item, root, area, time, precision, occasion, breakdown, group] =
            self.texts.each_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let [starts, ends] = self.dates.each_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let columns = vec![
            instrument,
            version,
            item,
            root,
            area,
            time,
            precision,
            starts,
            ends,
            occasion,
            breakdown,
            group,
            Arc::new(self.codes.finish()),
            Arc::new(self.counts.finish()),
            Arc::new(self.count.finish()),
            Arc::new(self.sum.finish()),
            Arc::new(self.squares.finish()),
            Arc::new(Int64Array::from(vec![responses_version; self.len])),
        ];
        let schema = store::cube();
        let fields = schema.fields().iter().zip(&columns);
        let fields: Vec<Field> =
            fields.map(|(field, column)| field.as_ref().clone().with_data_type(column.data_type().clone())).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(Error::table(store::CUBE))
    }
}
