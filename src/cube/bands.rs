//! Which group a response belongs to, for each breakdown.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, PrimitiveArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Int8Type, Int16Type};

use super::column;
use super::count::Text;
use crate::declare::{Declarations, Group, Instrument, NOT_STATED, Pair, TIMES};
use crate::error::{Error, Result};

/// One breakdown: a declared group or a declared pair of groups, and how its bands are found.
pub struct Breakdown {
    /// Name of the group, or of the pair.
    pub id: String,
    /// The columns it is read from.
    pub columns: Vec<String>,
    /// Names of the bands: of a group not stated last, of a pair each band of the first with each of the second.
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
    /// A band of each of two breakdowns.
    Pair(Box<[Breakdown; 2]>),
}

impl Breakdown {
    /// Makes every declared group and every declared pair ready that the responses to one version of an instrument have.
    pub fn declared(declarations: &Declarations, version: &Instrument) -> Vec<Self> {
        let counted = |group: &&Group| declarations.counts_by(&group.id, &version.id);
        let groups = declarations.groups.of(version).filter(counted).map(Breakdown::new);
        let of = |pair: &Pair| {
            let group =
                |id| declarations.group(id).filter(|group| group.is_in(version)).filter(counted).map(Breakdown::new);
            let [first, second] = pair.in_order().map(group);
            Some(Breakdown::pair([first?, second?]))
        };
        groups.chain(declarations.groups.pairs.iter().filter_map(of)).collect()
    }

    /// Makes the breakdown by two others at once ready.
    pub fn pair(both: [Breakdown; 2]) -> Self {
        let [first, second] = &both;
        let of_both =
            |one: &String| second.bands.iter().map(|other| format!("{one}{TIMES}{other}")).collect::<Vec<_>>();
        let bands = first.bands.iter().flat_map(of_both).collect();
        let columns = [first.columns.as_slice(), second.columns.as_slice()].concat();
        Breakdown { id: format!("{}{TIMES}{}", first.id, second.id), columns, bands, rule: Rule::Pair(Box::new(both)) }
    }

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
            _ if group.instrument.is_some() => {
                let codes = group.bands.iter().flat_map(|band| &band.codes).map(|code| i16::from(*code));
                let (first, last) = (codes.clone().min().unwrap_or(0), codes.max().unwrap_or(-1));
                let band_of = |code: i16| {
                    let at =
                        group.bands.iter().position(|band| band.codes.iter().any(|known| i16::from(*known) == code));
                    at.map_or(not_stated, place)
                };
                Rule::Numbers { from: first, bands: (first..=last).map(band_of).collect() }
            }
            _ => {
                let codes = group.bands.iter().enumerate();
                Rule::Codes(
                    codes.flat_map(|(at, band)| band.values.iter().map(move |v| (v.clone(), place(at)))).collect(),
                )
            }
        };
        Breakdown { id: group.id.clone(), columns: vec![group.column.clone()], bands, rule }
    }

    /// Makes a breakdown ready whose column holds the number of the band.
    pub fn by_place(id: &str, column: &str, bands: impl Iterator<Item = String>) -> Self {
        let bands = bands.chain([NOT_STATED.to_owned()]).collect();
        Breakdown { id: id.to_owned(), columns: vec![column.to_owned()], bands, rule: Rule::Place }
    }

    /// Makes a breakdown ready whose column holds whole numbers, one for each band from 0 on.
    pub fn by_number(id: String, column: &str, bands: Vec<String>) -> Self {
        Breakdown::by_number_from(id, column, 0, bands)
    }

    /// Makes a breakdown ready whose column holds whole numbers, one for each band from `from` on.
    pub fn by_number_from(id: String, column: &str, from: i16, mut bands: Vec<String>) -> Self {
        let numbers = (0..bands.len()).map(place).collect();
        bands.push(NOT_STATED.into());
        Breakdown { id, columns: vec![column.to_owned()], bands, rule: Rule::Numbers { from, bands: numbers } }
    }

    /// Returns the two breakdowns that a pair is made of; none of another one.
    pub fn parts(&self) -> Option<[&Breakdown; 2]> {
        match &self.rule {
            Rule::Pair(both) => Some(both.each_ref()),
            _ => None,
        }
    }

    /// Says whether rows lie in the same bands of both.
    pub fn is(&self, other: &Breakdown) -> bool {
        self.id == other.id && self.columns == other.columns && self.bands == other.bands
    }

    /// Fills `places` with the band of each row.
    pub fn find(&self, batch: &RecordBatch, places: &mut Vec<u16>) -> Result<()> {
        let not_stated = place(self.bands.len() - 1);
        let own = self.columns.first().map_or("", String::as_str);
        places.clear();
        match &self.rule {
            Rule::Pair(both) => {
                let [first, second] = both.as_ref();
                let mut others = Vec::new();
                first.find(batch, places)?;
                second.find(batch, &mut others)?;
                let width = place(second.bands.len());
                for (of_first, of_second) in places.iter_mut().zip(others) {
                    *of_first = of_first.saturating_mul(width).saturating_add(of_second);
                }
            }
            Rule::Numbers { from, bands } => {
                // Below the first, what is negative becomes a place that no band has.
                let at = |number: i16| (i32::from(number) - i32::from(*from)) as usize;
                let band = |number| bands.get(at(number)).copied().unwrap_or(not_stated);
                numbers(column(batch, own)?, not_stated, places, band)?;
            }
            Rule::Place => {
                let at = |number: i16| u16::try_from(i32::from(number) - 1).ok().filter(|at| *at < not_stated);
                numbers(column(batch, own)?, not_stated, places, |number| at(number).unwrap_or(not_stated))?;
            }
            Rule::Codes(codes) => {
                let band = |text: &str| codes.get(text).copied().unwrap_or(not_stated);
                Text::new(column(batch, own)?, own)?.each(not_stated, places, band);
            }
        }
        Ok(())
    }
}

/// Fills `places` with the band of each row's whole number; `none` where there is none.
fn numbers(column: &ArrayRef, none: u16, places: &mut Vec<u16>, band: impl Fn(i16) -> u16) -> Result<()> {
    if let Some(numbers) = column.as_primitive_opt::<Int8Type>() {
        let bands: [u16; 256] = std::array::from_fn(|bits| band((bits as u8).cast_signed().into()));
        each(numbers, none, places, |number| bands[usize::from(number.cast_unsigned())]);
    } else if let Some(numbers) = column.as_primitive_opt::<Int16Type>() {
        each(numbers, none, places, band);
    } else if column.data_type().is_integer() {
        // A number that does not fit is in no band.
        let fitting = cast(column, &DataType::Int16).map_err(Error::query("responses"))?;
        return numbers(&fitting, none, places, band);
    } else {
        places.resize(column.len(), none);
    }
    Ok(())
}

fn each<T: ArrowPrimitiveType>(
    numbers: &PrimitiveArray<T>,
    none: u16,
    places: &mut Vec<u16>,
    band: impl Fn(T::Native) -> u16,
) {
    match numbers.null_count() {
        0 => places.extend(numbers.values().iter().map(|number| band(*number))),
        _ => places.extend(numbers.iter().map(|number| number.map_or(none, &band))),
    }
}

fn place(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}
