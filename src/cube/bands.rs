//! Which group a response belongs to, for each breakdown.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int8Type, Int16Type};

use super::{column, text};
use crate::declare::{Group, NOT_STATED};
use crate::error::Result;

/// One breakdown: a declared group, and how its bands are found.
pub struct Breakdown {
    /// Name of the group.
    pub id: String,
    /// The column it is read from.
    pub column: String,
    /// Names of the bands, not stated last.
    pub bands: Vec<String>,
    rule: Rule,
}

enum Rule {
    /// Band of each whole number from the first one on.
    Numbers { from: i16, bands: Vec<u16> },
    /// Band of each code.
    Codes(HashMap<String, u16>),
    /// The column holds the number of the band, from 1 on.
    Place,
}

impl Breakdown {
    /// Makes a declared group ready.
    pub fn new(group: &Group) -> Self {
        let mut bands: Vec<String> = group.bands.iter().map(|band| band.id.clone()).collect();
        let not_stated = place(bands.len());
        bands.push(NOT_STATED.into());
        let from = group.bands.iter().filter_map(|band| band.from).min();
        let to = group.bands.iter().filter_map(|band| band.to).max();
        let rule = match (from, to) {
            (Some(from), Some(to)) => {
                let band_of = |number: i16| {
                    let at = group.bands.iter().position(|band| {
                        band.from.is_some_and(|from| from <= number) && band.to.is_some_and(|to| number <= to)
                    });
                    at.map_or(not_stated, place)
                };
                Rule::Numbers { from, bands: (from..=to).map(band_of).collect() }
            }
            _ => {
                let codes = group.bands.iter().enumerate();
                Rule::Codes(
                    codes.flat_map(|(at, band)| band.values.iter().map(move |v| (v.clone(), place(at)))).collect(),
                )
            }
        };
        Breakdown { id: group.id.clone(), column: group.column.clone(), bands, rule }
    }

    /// Makes a breakdown ready whose column holds the number of the band.
    pub fn by_place(id: &str, column: &str, bands: impl Iterator<Item = String>) -> Self {
        let bands = bands.chain([NOT_STATED.to_owned()]).collect();
        Breakdown { id: id.to_owned(), column: column.to_owned(), bands, rule: Rule::Place }
    }

    /// Fills `places` with the band of each row.
    pub fn find(&self, batch: &RecordBatch, places: &mut Vec<u16>) -> Result<()> {
        let not_stated = place(self.bands.len() - 1);
        places.clear();
        match &self.rule {
            Rule::Numbers { from, bands } => {
                let Some(numbers) = column(batch, &self.column)?.as_primitive_opt::<Int16Type>() else {
                    places.resize(batch.num_rows(), not_stated);
                    return Ok(());
                };
                places.extend(numbers.iter().map(|number| {
                    let at = number.and_then(|number| usize::try_from(i32::from(number) - i32::from(*from)).ok());
                    at.and_then(|at| bands.get(at).copied()).unwrap_or(not_stated)
                }));
            }
            Rule::Place => {
                let Some(numbers) = column(batch, &self.column)?.as_primitive_opt::<Int8Type>() else {
                    places.resize(batch.num_rows(), not_stated);
                    return Ok(());
                };
                let at = |number: i8| u16::try_from(i16::from(number) - 1).ok().filter(|at| *at < not_stated);
                places.extend(numbers.iter().map(|number| number.and_then(at).unwrap_or(not_stated)));
            }
            Rule::Codes(codes) => {
                let values = text(batch, &self.column)?;
                places.extend((0..values.len()).map(|row| {
                    let band = values.is_valid(row).then(|| codes.get(values.value(row))).flatten();
                    band.copied().unwrap_or(not_stated)
                }));
            }
        }
        Ok(())
    }
}

fn place(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
