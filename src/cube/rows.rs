//! From cells to the rows of the view `cube`: one row an item or score, area, time, occasion and group.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Builder, Decimal128Builder, Int8Builder, Int64Builder, ListBuilder, RecordBatch,
    RecordBatchOptions, StringBuilder,
};
use arrow::datatypes::{DataType, Field, SchemaRef};

use super::stored::Row;
use super::{EVERYBODY, RESPONSES};
use crate::error::{Error, Result};
use crate::period::days;
use crate::store;

/// Rows of a batch, of which only some columns of the view are wanted; the others are not made.
pub struct Rows {
    /// The wanted columns, in their order.
    schema: SchemaRef,
    /// Where they are in the view.
    wanted: Vec<usize>,
    /// Columns of text: instrument, version, item, root, area, time, precision, occasion, breakdown and group.
    texts: [Option<StringBuilder>; 10],
    dates: [Option<Date32Builder>; 2],
    codes: Option<ListBuilder<Int8Builder>>,
    counts: Option<ListBuilder<Int64Builder>>,
    count: Option<Int64Builder>,
    sum: Option<Decimal128Builder>,
    squares: Option<Decimal128Builder>,
    stamps: Option<Int64Builder>,
    len: usize,
}

/// Where the columns of text are in the view.
const TEXTS: [usize; 10] = [0, 1, 2, 3, 4, 5, 6, 9, 10, 11];
/// Where its other columns are.
const DATES: [usize; 2] = [7, 8];
const CODES: usize = 12;
const COUNTS: usize = 13;
const COUNT: usize = 14;
const SUM: usize = 15;
const SQUARES: usize = 16;
const STAMP: usize = 17;

impl Rows {
    /// Begins a batch of the columns at the places `wanted` of the view; `schema` is theirs.
    pub fn new(schema: SchemaRef, wanted: Vec<usize>) -> Self {
        let of = |at: &usize| wanted.contains(at);
        let element = |data_type: DataType| Field::new("element", data_type, true);
        let decimal =
            |(digits, decimals)| Decimal128Builder::new().with_data_type(DataType::Decimal128(digits, decimals));
        Rows {
            texts: TEXTS.map(|at| of(&at).then(StringBuilder::new)),
            dates: DATES.map(|at| of(&at).then(Date32Builder::new)),
            codes: of(&CODES).then(|| ListBuilder::new(Int8Builder::new()).with_field(element(DataType::Int8))),
            counts: of(&COUNTS).then(|| ListBuilder::new(Int64Builder::new()).with_field(element(DataType::Int64))),
            count: of(&COUNT).then(Int64Builder::new),
            sum: of(&SUM).then(|| decimal(store::SUM)),
            squares: of(&SQUARES).then(|| decimal(store::SQUARES)),
            stamps: of(&STAMP).then(Int64Builder::new),
            len: 0,
            schema,
            wanted,
        }
    }

    /// Returns the number of rows so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds the rows of a cell; counts of zero are left out.
    pub fn add(&mut self, row: &Row) {
        let everybody = (EVERYBODY.0, EVERYBODY.1);
        let bands = row.part.layout.breakdowns.iter();
        let groups = bands.flat_map(|of| of.bands.iter().map(|band| (of.id.as_str(), band.as_str())));
        let (time, precision, range) = row.key.time.describe();
        let of = Of { row, time: &time, precision, dates: range.map(|(first, after)| [days(first), days(after)]) };
        for (number, group) in std::iter::once(everybody).chain(groups).enumerate() {
            self.group(&of, number, group);
        }
    }

    fn group(&mut self, of: &Of<'_>, number: usize, group: (&str, &str)) {
        let layout = &of.row.part.layout;
        let (width, amounts) = (layout.width(), layout.amounts.len());
        let mut counts = vec![0; width];
        of.row.cell.counts.add_to(number * width, &mut counts);
        let sums = of.row.cell.sums.get(number * amounts..(number + 1) * amounts).unwrap_or_default();
        let mut first = 0;
        for coded in &layout.items {
            let of_item = counts.get(first..first + coded.width).unwrap_or_default();
            self.counted(of, &coded.item, group, coded.lowest, of_item);
            first += coded.width;
        }
        for (amount, sum) in layout.amounts.iter().zip(sums).filter(|(_, sum)| sum.count > 0) {
            self.keys(of, amount, group);
            self.codes.iter_mut().for_each(|codes| codes.append(false));
            self.counts.iter_mut().for_each(|counts| counts.append(false));
            self.count.iter_mut().for_each(|count| count.append_value(sum.count));
            self.sum.iter_mut().for_each(|column| column.append_value(sum.sum));
            self.squares.iter_mut().for_each(|squares| squares.append_value(sum.squares));
        }
        if layout.counts_responses {
            let responses = counts.get(first..).unwrap_or_default();
            self.counted(of, RESPONSES, group, 0, responses);
        }
    }

    fn counted(&mut self, of: &Of<'_>, item: &str, group: (&str, &str), lowest: i8, counts: &[u64]) {
        if counts.iter().all(|count| *count == 0) {
            return;
        }
        self.keys(of, item, group);
        for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let code = lowest.saturating_add(i8::try_from(at).unwrap_or(i8::MAX));
            self.codes.iter_mut().for_each(|codes| codes.values().append_value(code));
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            self.counts.iter_mut().for_each(|counts| counts.values().append_value(count));
        }
        self.codes.iter_mut().for_each(|codes| codes.append(true));
        self.counts.iter_mut().for_each(|counts| counts.append(true));
        self.count.iter_mut().for_each(Int64Builder::append_null);
        self.sum.iter_mut().for_each(Decimal128Builder::append_null);
        self.squares.iter_mut().for_each(Decimal128Builder::append_null);
    }

    /// Begins a row: what it is of.
    fn keys(&mut self, of: &Of<'_>, item: &str, (breakdown, band): (&str, &str)) {
        let key = &of.row.key;
        let texts = [
            Some(of.row.part.instrument.as_str()),
            key.version.as_deref(),
            Some(item),
            Some(key.root.column()),
            key.area.as_deref(),
            Some(of.time),
            Some(of.precision),
            key.occasion.as_deref(),
            Some(breakdown),
            Some(band),
        ];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.iter_mut().for_each(|builder| builder.append_option(text));
        }
        let dates = of.dates.map_or([None; 2], |dates| dates.map(Some));
        for (builder, date) in self.dates.iter_mut().zip(dates) {
            builder.iter_mut().for_each(|builder| builder.append_option(date));
        }
        self.stamps.iter_mut().for_each(|stamps| stamps.append_value(of.row.responses_version));
        self.len += 1;
    }

    /// Returns the rows so far and begins the next batch.
    pub fn take(&mut self) -> Result<RecordBatch> {
        let column = |at: &usize| -> Option<ArrayRef> {
            Some(match *at {
                CODES => Arc::new(self.codes.as_mut()?.finish()),
                COUNTS => Arc::new(self.counts.as_mut()?.finish()),
                COUNT => Arc::new(self.count.as_mut()?.finish()),
                SUM => Arc::new(self.sum.as_mut()?.finish()),
                SQUARES => Arc::new(self.squares.as_mut()?.finish()),
                STAMP => Arc::new(self.stamps.as_mut()?.finish()),
                at => match DATES.iter().position(|date| *date == at) {
                    Some(date) => Arc::new(self.dates.get_mut(date)?.as_mut()?.finish()),
                    None => {
                        let text = TEXTS.iter().position(|text| *text == at)?;
                        Arc::new(self.texts.get_mut(text)?.as_mut()?.finish())
                    }
                },
            })
        };
        let columns = self.wanted.iter().filter_map(column).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(std::mem::take(&mut self.len)));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options).map_err(Error::table(store::CUBE))
    }
}

/// A row of the stored cube, and how its time is written.
struct Of<'a> {
    row: &'a Row,
    time: &'a str,
    precision: &'a str,
    dates: Option<[i32; 2]>,
}
