//! Rows of single responses, taken apart.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Date32Type, Float64Type, Int8Type};
use chrono::NaiveDate;

use super::layout::{Layout, OUTSIDE};
use crate::cube::cell::PARTS;
use crate::cube::time::Time;
use crate::cube::{column, text};
use crate::declare::Root;
use crate::error::{Error, Result};
use crate::names::Names;
use crate::period::Period;

/// The period of a run, and the months up to its end that are figures of their own.
pub struct Spans {
    period: Period,
    months: HashMap<NaiveDate, u32>,
    names: Vec<String>,
}

impl Spans {
    /// Number of the period itself; the months follow.
    pub const PERIOD: u32 = 0;

    pub fn new(period: Period) -> Self {
        Spans { period, months: HashMap::new(), names: vec![period.to_string()] }
    }

    /// Returns the name of a period.
    pub fn name(&self, number: u32) -> &str {
        self.names.get(number as usize).map_or("", String::as_str)
    }

    /// Returns whether a time lies in the period, and the number of its month; [`Spans::PERIOD`] where it has none of its own.
    fn of(&mut self, time: Time) -> (bool, u32) {
        let inside = match (self.period.range(), time.range()) {
            (None, _) => true,
            (Some((starts, ends)), Some((from, to))) => starts <= from && to <= ends,
            (Some(_), None) => false,
        };
        let over = |to: NaiveDate| self.period.range().is_none_or(|(_, ends)| to <= ends);
        let month = match (time, time.range()) {
            (Time::Month(first), Some((_, to))) if over(to) && self.period != Period::Month(first) => first,
            _ => return (inside, Self::PERIOD),
        };
        let next = u32::try_from(self.names.len()).unwrap_or(Self::PERIOD);
        let number = *self.months.entry(month).or_insert(next);
        if number == next {
            self.names.push(Period::Month(month).to_string());
        }
        (inside, number)
    }
}

/// How many roots there are.
pub const ROOTS: usize = Root::ALL.len();

/// One response.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// Number of its occasion.
    pub occasion: u32,
    /// Number of its month among the spans.
    pub month: u32,
    /// Whether it lies in the period.
    pub inside: bool,
    /// Numbers of its areas by root; 0 is none.
    pub areas: [u32; ROOTS],
    /// Its weight in millionths.
    pub weight: i64,
}

/// What was answered to one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    None,
    /// Something that is no part of the denominator.
    Outside,
    /// So many millionths.
    Millionths(i64),
}

/// Some responses, with what they answered to every outcome and their bands of every breakdown.
#[derive(Default)]
pub struct Answers {
    pub all: Vec<Answer>,
    values: Vec<Value>,
    bands: Vec<u16>,
}

impl Answers {
    pub fn clear(&mut self) {
        self.all.clear();
        self.values.clear();
        self.bands.clear();
    }

    /// Returns what the response `row` answered to an outcome.
    pub fn value(&self, layout: &Layout, row: usize, counted: usize) -> Value {
        self.values.get(row * layout.counted.len() + counted).copied().unwrap_or(Value::None)
    }

    /// Returns the band of the response `row`.
    pub fn band(&self, layout: &Layout, row: usize, breakdown: usize) -> u16 {
        self.bands.get(row * layout.breakdowns.len() + breakdown).copied().unwrap_or_default()
    }

    /// Forgets what the response `row` answered to an outcome.
    pub fn forget(&mut self, layout: &Layout, row: usize, counted: usize) {
        if let Some(value) = self.values.get_mut(row * layout.counted.len() + counted) {
            *value = Value::None;
        }
    }
}

/// A batch of responses, taken apart.
pub struct Columns {
    occasions: Vec<u32>,
    times: Vec<(bool, u32)>,
    areas: [Vec<u32>; ROOTS],
    bands: Vec<Vec<u16>>,
    values: Vec<Vec<Value>>,
}

impl Columns {
    /// Takes a batch apart.
    pub fn new(batch: &RecordBatch, layout: &Layout, spans: &mut Spans, names: &mut Names) -> Result<Self> {
        let days = column(batch, "submitted_on")?
            .as_primitive_opt::<Date32Type>()
            .ok_or_else(|| Error::Broken("`submitted_on` is not a date".into()))?;
        let precisions = text(batch, "date_precision")?;
        let times = (0..batch.num_rows()).map(|row| {
            let day = days.is_valid(row).then(|| days.value(row));
            spans.of(Time::new(day, precisions.value(row)))
        });
        let times = times.collect();
        let mut areas: [Vec<u32>; ROOTS] = Default::default();
        for (areas, root) in areas.iter_mut().zip(Root::ALL) {
            *areas = numbers(text(batch, root.column())?, names);
        }
        let mut bands = Vec::with_capacity(layout.breakdowns.len());
        for breakdown in &layout.breakdowns {
            let mut places = Vec::new();
            breakdown.find(batch, &mut places)?;
            bands.push(places);
        }
        let mut values = Vec::with_capacity(layout.counted.len());
        for (at, counted) in layout.counted.iter().enumerate() {
            values.push(if counted.is_share { shares(batch, at)? } else { scores(batch, at)? });
        }
        let occasions = numbers(text(batch, "occasion")?, names);
        Ok(Columns { occasions, times, areas, bands, values })
    }

    /// Adds the response `row` to others.
    pub fn push(&self, row: usize, weight: i64, answers: &mut Answers) {
        let (Some(occasion), Some((inside, month))) = (self.occasions.get(row), self.times.get(row)) else { return };
        let areas = self.areas.each_ref().map(|areas| areas.get(row).copied().unwrap_or_default());
        answers.all.push(Answer { occasion: *occasion, month: *month, inside: *inside, areas, weight });
        answers.values.extend(self.values.iter().map(|values| values.get(row).copied().unwrap_or(Value::None)));
        answers.bands.extend(self.bands.iter().map(|bands| bands.get(row).copied().unwrap_or_default()));
    }
}

/// Returns the numbers of texts; 0 where there is none.
pub fn numbers(values: &StringArray, names: &mut Names) -> Vec<u32> {
    values.iter().map(|value| value.map_or(0, |value| names.number(value))).collect()
}

fn shares(batch: &RecordBatch, at: usize) -> Result<Vec<Value>> {
    let codes = column(batch, &format!("y_{at}"))?
        .as_primitive_opt::<Int8Type>()
        .ok_or_else(|| Error::Broken(format!("`y_{at}` is no code")))?;
    let value = |code: Option<i8>| match code {
        None => Value::None,
        Some(OUTSIDE) => Value::Outside,
        Some(code) => Value::Millionths(i64::from(code) * PARTS as i64),
    };
    Ok(codes.iter().map(value).collect())
}

fn scores(batch: &RecordBatch, at: usize) -> Result<Vec<Value>> {
    let scores = column(batch, &format!("y_{at}"))?
        .as_primitive_opt::<Float64Type>()
        .ok_or_else(|| Error::Broken(format!("`y_{at}` is no number")))?;
    let millionths = |score: f64| Value::Millionths((score * PARTS).round() as i64);
    Ok(scores.iter().map(|score| score.filter(|score| score.is_finite()).map_or(Value::None, millionths)).collect())
}
