//! From totals to rows, batch by batch: a row is never kept longer than its batch.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, Int8Array, Int64Array, ListArray, PrimitiveArray, RecordBatch, RecordBatchOptions,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{Decimal128Type, Field, SchemaRef};
use arrow::error::Result;

use super::columns::{Column, TEXTS};
use super::parts::{Dictionaries, Part, Place};
use crate::cube::cell::Cell;
use crate::store;

/// Which rows of a part are wanted.
pub struct Chosen {
    /// For everybody and each breakdown, the places of the items, amounts and responses that are wanted, in order.
    entries: Vec<Vec<usize>>,
}

impl Chosen {
    /// Takes whether each stratum of a part is wanted, in the order of `Parts::strata`.
    pub fn new(part: &Part, wanted: impl Fn(usize) -> bool) -> Self {
        let each = part.entries.len();
        let of = |breakdown: usize| (0..each).filter(|at| wanted(breakdown * each + at)).collect();
        Chosen { entries: (0..part.breakdowns.len()).map(of).collect() }
    }

    /// Says whether nothing is wanted.
    pub fn is_nothing(&self) -> bool {
        self.entries.iter().all(Vec::is_empty)
    }
}

/// The columns of a batch while it grows.
pub struct Rows {
    schema: SchemaRef,
    columns: Vec<Column>,
    wants: [bool; Column::ALL.len()],
    dictionaries: Arc<Dictionaries>,
    len: usize,
    keys: [Vec<i32>; TEXTS],
    /// Whether a row is of counts: if not, it is of sums.
    counted: Vec<bool>,
    ends: Vec<i32>,
    codes: Vec<i8>,
    n: Vec<i64>,
    count: Vec<i64>,
    sum: Vec<i128>,
    squares: Vec<i128>,
    counts: Vec<u64>,
}

impl Rows {
    /// Begins a batch of the columns of `schema`.
    pub fn new(schema: SchemaRef, columns: Vec<Column>, dictionaries: Arc<Dictionaries>) -> Self {
        let wants = Column::ALL.map(|column| columns.contains(&column));
        Rows {
            schema,
            columns,
            wants,
            dictionaries,
            len: 0,
            keys: std::array::from_fn(|_| Vec::new()),
            counted: Vec::new(),
            ends: vec![0],
            codes: Vec::new(),
            n: Vec::new(),
            count: Vec::new(),
            sum: Vec::new(),
            squares: Vec::new(),
            counts: Vec::new(),
        }
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Adds the rows of one total; what nobody answered has none.
    pub fn add(&mut self, part: &Part, place: &Place, cell: &Cell, chosen: &Chosen) {
        let layout = &part.layout;
        let (width, amounts) = (layout.width(), layout.amounts.len());
        let mut counts = std::mem::take(&mut self.counts);
        let mut group = 0;
        for (breakdown, entries) in part.breakdowns.iter().zip(&chosen.entries) {
            if entries.is_empty() {
                group += breakdown.bands.len();
                continue;
            }
            for band in &breakdown.bands {
                counts.clear();
                counts.resize(width, 0);
                cell.counts.add_to(group * width, &mut counts);
                let sums = cell.sums.get(group * amounts..(group + 1) * amounts).unwrap_or_default();
                group += 1;
                let before = self.len;
                for at in entries {
                    let Some(entry) = part.entries.get(*at) else { continue };
                    let added = match entry.amount {
                        None => self.counts(counts.get(entry.first..entry.first + entry.width), entry.lowest),
                        Some(amount) => match sums.get(amount).filter(|sum| sum.count > 0) {
                            Some(sum) => {
                                self.sums(sum.count, sum.sum, sum.squares);
                                true
                            }
                            None => false,
                        },
                    };
                    if added {
                        self.key(Column::Item, entry.item);
                        self.len += 1;
                    }
                }
                let n = self.len - before;
                self.repeat(Column::GroupBy, breakdown.id, n);
                self.repeat(Column::Group, *band, n);
            }
        }
        self.counts = counts;
        let [root, area, level] = place.area;
        let fixed = [
            (Column::Instrument, part.instrument),
            (Column::Versions, part.versions),
            (Column::Root, root),
            (Column::Area, area),
            (Column::Level, level),
            (Column::Period, place.period),
            (Column::Occasion, place.occasion),
        ];
        for (column, key) in fixed {
            self.fill(column, key);
        }
    }

    fn wants(&self, column: Column) -> bool {
        self.wants.get(column as usize).is_some_and(|wants| *wants)
    }

    fn key(&mut self, column: Column, key: i32) {
        self.repeat(column, key, 1);
    }

    fn repeat(&mut self, column: Column, key: i32, n: usize) {
        if self.wants(column)
            && let Some(keys) = self.keys.get_mut(column as usize)
        {
            keys.resize(keys.len() + n, key);
        }
    }

    /// Gives all rows that have no key yet this one.
    fn fill(&mut self, column: Column, key: i32) {
        let n = self.len - self.keys.get(column as usize).map_or(0, Vec::len);
        self.repeat(column, key, n);
    }

    fn counts(&mut self, counts: Option<&[u64]>, lowest: i8) -> bool {
        let counts = counts.unwrap_or_default();
        if counts.iter().all(|count| *count == 0) {
            return false;
        }
        let (codes, n) = (self.wants(Column::Codes), self.wants(Column::N));
        if codes || n {
            let mut code = lowest;
            for count in counts {
                if *count > 0 {
                    self.codes.push(code);
                    self.n.push(i64::try_from(*count).unwrap_or(i64::MAX));
                }
                code = code.saturating_add(1);
            }
        }
        self.row(true, 0, 0, 0);
        true
    }

    fn sums(&mut self, count: i64, sum: i128, squares: i128) {
        self.row(false, count, sum, squares);
    }

    fn row(&mut self, counted: bool, count: i64, sum: i128, squares: i128) {
        self.counted.push(counted);
        self.ends.push(i32::try_from(self.codes.len()).unwrap_or(i32::MAX));
        if self.wants(Column::Count) {
            self.count.push(count);
        }
        if self.wants(Column::Sum) {
            self.sum.push(sum);
        }
        if self.wants(Column::Squares) {
            self.squares.push(squares);
        }
    }

    /// Returns the batch and begins the next one.
    pub fn finish(&mut self) -> Result<RecordBatch> {
        let len = std::mem::take(&mut self.len);
        let counted = std::mem::take(&mut self.counted);
        let summed: NullBuffer = counted.iter().map(|counted| !counted).collect::<Vec<_>>().into();
        let counted = NullBuffer::from(counted);
        let ends = OffsetBuffer::new(std::mem::replace(&mut self.ends, vec![0]).into());
        let codes: ArrayRef = Arc::new(Int8Array::from(std::mem::take(&mut self.codes)));
        let n: ArrayRef = Arc::new(Int64Array::from(std::mem::take(&mut self.n)));
        let list = |items: &ArrayRef| -> Result<ArrayRef> {
            let field = Arc::new(Field::new("element", items.data_type().clone(), true));
            Ok(Arc::new(ListArray::try_new(field, ends.clone(), items.clone(), Some(counted.clone()))?))
        };
        let decimal = |values: Vec<i128>, (precision, scale): (u8, i8)| -> Result<ArrayRef> {
            let values = PrimitiveArray::<Decimal128Type>::try_new(values.into(), Some(summed.clone()))?;
            Ok(Arc::new(values.with_precision_and_scale(precision, scale)?))
        };
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            arrays.push(match column {
                Column::Codes => list(&codes)?,
                Column::N => list(&n)?,
                Column::Count => {
                    let count = std::mem::take(&mut self.count);
                    Arc::new(Int64Array::try_new(count.into(), Some(summed.clone()))?)
                }
                Column::Sum => decimal(std::mem::take(&mut self.sum), store::SUM)?,
                Column::Squares => decimal(std::mem::take(&mut self.squares), store::SQUARES)?,
                text => {
                    let keys = self.keys.get_mut(*text as usize).map(std::mem::take).unwrap_or_default();
                    self.dictionaries.array(*text, keys)?
                }
            });
        }
        let options = RecordBatchOptions::new().with_row_count(Some(len));
        RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)
    }
}
