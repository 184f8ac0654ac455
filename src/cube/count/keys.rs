//! What each row is counted under, as one number.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Date32Type;

use super::columns::typed;
use super::texts::{Numbers, Shared, Text};
use super::times::{self, Times};
use crate::cube::column;
use crate::cube::histogram::{Histograms, KEYS};
use crate::cube::time::Time;
use crate::declare::Root;
use crate::error::Result;

/// Where the numbers of an area, a version, an occasion and a time stand in that of a row.
const AREA: u32 = 96;
pub const VERSION: u32 = 64;
pub const OCCASION: u32 = 32;
const TIME: u32 = 0;

/// Returns the number of the area in a row's.
pub fn area(key: u128) -> u32 {
    (key >> AREA) as u32
}

/// Returns the numbers of the area, the version and the occasion in a row's, and its time.
pub fn parts(key: u128) -> ([u32; 3], Time) {
    ([AREA, VERSION, OCCASION].map(|bits| (key >> bits) as u32), times::time((key >> TIME) as u32))
}

/// What a worker remembers of the columns that say which cell a row belongs to.
#[derive(Default)]
pub struct Keys {
    versions: Numbers,
    occasions: Numbers,
    areas: [Numbers; Root::ALL.len()],
    times: Times,
    numbers: Vec<u32>,
}

impl Keys {
    /// Returns what each row is counted under, but for its area.
    pub fn without_area(&mut self, histograms: &Histograms, shared: &Shared, batch: &RecordBatch) -> Result<Vec<u128>> {
        let mut keys = vec![0; batch.num_rows()];
        let [version, occasion, day, precision] = KEYS;
        for (name, texts, bits) in [(version, &mut self.versions, VERSION), (occasion, &mut self.occasions, OCCASION)] {
            if histograms.has_key(name) {
                texts.fill(shared, &Text::new(column(batch, name)?, name)?, &mut self.numbers);
                put(&mut keys, &self.numbers, bits);
            }
        }
        if histograms.has_key(day) {
            let days = typed(batch, day, "a date", |column| column.as_primitive_opt::<Date32Type>())?;
            let precisions = match histograms.has_key(precision) {
                true => Some(Text::new(column(batch, precision)?, precision)?),
                false => None,
            };
            self.times.fill(days, precisions.as_ref(), &mut self.numbers);
            put(&mut keys, &self.numbers, TIME);
        }
        Ok(keys)
    }

    /// Looks the areas of one tree up; false where no row names one.
    pub fn areas(
        &mut self,
        histograms: &Histograms,
        shared: &Shared,
        batch: &RecordBatch,
        root: usize,
    ) -> Result<bool> {
        self.numbers.clear();
        let name = Root::ALL.get(root).map_or("", |root| root.column());
        let Some(texts) = self.areas.get_mut(root).filter(|_| histograms.has_key(name)) else { return Ok(false) };
        texts.fill(shared, &Text::new(column(batch, name)?, name)?, &mut self.numbers);
        Ok(self.numbers.iter().any(|area| *area != 0))
    }

    /// Returns what each row is counted under, with the area that was looked up last.
    pub fn with_areas(&self, without: &[u128]) -> Vec<u128> {
        let mut keys = without.to_vec();
        put(&mut keys, &self.numbers, AREA);
        keys
    }
}

fn put(keys: &mut [u128], numbers: &[u32], bits: u32) {
    for (key, number) in keys.iter_mut().zip(numbers) {
        *key |= u128::from(*number) << bits;
    }
}
