//! A batch of rows, taken apart: each column is looked at once, whatever it is counted by.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, Int8Array, Int64Array, RecordBatch};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{Float64Type, Int8Type, Int64Type};
use arrow::util::bit_chunk_iterator::BitChunks;

use super::Plan;
use super::kernel::Ones;
use crate::cube::cell::{Cell, PARTS};
use crate::cube::column;
use crate::cube::histogram::{Histograms, LOWEST, Slot};
use crate::declare::NOT_ASKED;
use crate::error::{Error, Result};

/// Place of each code of a slot among the counts of a group, by the code's eight bits.
pub struct Places([u16; 256]);

impl Places {
    /// Lays the codes of a slot out. A code above the highest counts as the highest, one below the lowest as the lowest.
    pub fn new(slot: &Slot) -> Self {
        let place = |bits: usize| {
            let code = (bits as u8).cast_signed();
            let at = usize::try_from(i16::from(code) - i16::from(LOWEST)).unwrap_or(0);
            u16::try_from(slot.offset + at.min(slot.width - 1)).unwrap_or(u16::MAX)
        };
        Places(std::array::from_fn(place))
    }

    fn of(&self, code: i8) -> u16 {
        self.0[usize::from(code.cast_unsigned())]
    }

    fn answered(&self, code: i8, asked: bool) -> u16 {
        self.of(if asked { code } else { NOT_ASKED })
    }
}

/// The codes of a column, with the place of each.
pub struct Codes<'a> {
    codes: &'a [i8],
    nulls: Option<&'a NullBuffer>,
    places: &'a Places,
}

impl Codes<'_> {
    /// Marks the answers of the rows `from..to` in the vectors of a block.
    pub fn mark(&self, ones: &mut Ones, from: usize, to: usize) {
        let codes = self.codes.get(from..to).unwrap_or_default();
        ones.mark(codes, &self.places.0);
        let Some(nulls) = self.nulls.map(NullBuffer::inner) else { return };
        // Few are null: they are put right afterwards.
        let words = BitChunks::new(nulls.values(), nulls.offset() + from, codes.len());
        for (word, first) in words.iter_padded().zip((0..codes.len()).step_by(64)) {
            let mut missing = !word;
            while missing != 0 {
                let row = first + missing.trailing_zeros() as usize;
                missing &= missing - 1;
                let Some(code) = codes.get(row) else { break };
                ones.correct(row, self.places.of(*code), self.places.of(NOT_ASKED));
            }
        }
    }

    fn place(&self, row: usize) -> usize {
        let code = self.codes.get(row).copied().unwrap_or(NOT_ASKED);
        usize::from(self.places.answered(code, self.nulls.is_none_or(|nulls| nulls.is_valid(row))))
    }
}

/// A batch, taken apart.
pub struct Columns<'a> {
    /// Codes of each slot.
    pub codes: Vec<Codes<'a>>,
    /// Bands of each counted breakdown, with its first group.
    pub bands: Vec<(usize, Vec<u16>)>,
    /// Millionths of each amount.
    numbers: Vec<Vec<Option<i64>>>,
    /// Weights of each scheme, in millionths.
    weights: Vec<&'a Int64Array>,
}

impl<'a> Columns<'a> {
    /// Takes the columns of a batch that `plan` counts.
    pub fn new(plan: &'a Plan, batch: &'a RecordBatch) -> Result<Self> {
        let Plan { histograms, sums, places } = plan;
        let mut codes = Vec::with_capacity(histograms.slots.len());
        for (slot, places) in histograms.slots.iter().zip(places) {
            let values: &Int8Array =
                typed(batch, &slot.column, "a code", |column| column.as_primitive_opt::<Int8Type>())?;
            codes.push(Codes { codes: values.values(), nulls: values.nulls().filter(|n| n.null_count() > 0), places });
        }
        let mut bands = Vec::with_capacity(sums.counted.len());
        for (breakdown, first) in &sums.counted {
            let mut of_rows = Vec::with_capacity(batch.num_rows());
            match breakdown.and_then(|at| histograms.breakdowns.get(at)) {
                Some(breakdown) => breakdown.find(batch, &mut of_rows)?,
                None => of_rows.resize(batch.num_rows(), 0),
            }
            bands.push((*first, of_rows));
        }
        let mut numbers = Vec::with_capacity(histograms.amounts.len());
        for amount in &histograms.amounts {
            let values = typed(batch, &amount.column, "a number", |column| column.as_primitive_opt::<Float64Type>())?;
            let millionths = |value: f64| value.is_finite().then(|| (value * PARTS).round() as i64);
            numbers.push(values.iter().map(|value| value.and_then(millionths)).collect());
        }
        let mut weights = Vec::with_capacity(histograms.weightings.len());
        for weighting in &histograms.weightings {
            weights.push(typed(batch, &weighting.column, "a weight", |column| column.as_primitive_opt::<Int64Type>())?);
        }
        Ok(Columns { codes, bands, numbers, weights })
    }

    /// Says whether anything but codes is counted.
    pub fn has_numbers(&self) -> bool {
        !self.numbers.is_empty() || !self.weights.is_empty()
    }

    /// Adds the numbers and weights of some rows to their cell.
    pub fn add_numbers(&self, cell: &mut Cell, histograms: &Histograms, rows: Range<usize>) {
        let amounts = self.numbers.len();
        for (at, numbers) in self.numbers.iter().enumerate() {
            let numbers = numbers.get(rows.clone()).unwrap_or_default();
            for (first, bands) in &self.bands {
                for (number, band) in numbers.iter().zip(bands.get(rows.clone()).unwrap_or_default()) {
                    let sum = cell.sums.get_mut((first + usize::from(*band)) * amounts + at);
                    if let (Some(number), Some(sum)) = (number, sum) {
                        sum.add(*number);
                    }
                }
            }
        }
        let mut places = Vec::with_capacity(self.codes.len() + 1);
        for (scheme, weights) in self.weights.iter().enumerate() {
            for row in rows.clone().filter(|row| weights.is_valid(*row)) {
                places.clear();
                places.extend(self.codes.iter().map(|codes| codes.place(row)));
                places.push(histograms.width - 1);
                let start = scheme * histograms.width;
                let of_scheme = cell.weights.get_mut(start..start + histograms.width).unwrap_or_default();
                for place in &places {
                    if let Some(weight) = of_scheme.get_mut(*place) {
                        weight.add(weights.value(row));
                    }
                }
            }
        }
    }
}

/// Returns a column as what it has to be.
pub fn typed<'a, T>(
    batch: &'a RecordBatch,
    name: &str,
    what: &str,
    of: impl FnOnce(&'a ArrayRef) -> Option<&'a T>,
) -> Result<&'a T> {
    of(column(batch, name)?).ok_or_else(|| Error::Broken(format!("`{name}` is not {what}")))
}
