//! Times as numbers, found by a table of days: the calendar is not asked twice for the same day.

use arrow::array::Date32Array;
use chrono::{Days, NaiveDate};

use super::texts::Text;
use crate::cube::time::Time;

/// The number of a time has its first day, since 1970, in so many bits; above them stands what kind of stretch it is.
const BITS: u32 = 28;
/// The number of no known time.
const UNDATED: u32 = 0;
/// Days that a table has room for: up to the year 2149. Later ones are worked out each time.
const DAYS: usize = 1 << 16;
/// What a day can be the first day of, as `date_precision` calls it: the kinds of stretches from 1 on.
const KINDS: [&str; 3] = ["month", "quarter", "financial year"];

/// Numbers of times.
pub struct Times {
    /// For each kind the number by day; [`UNDATED`] where it was not yet asked for.
    tables: [Vec<u32>; KINDS.len()],
    kinds: Vec<u8>,
}

impl Default for Times {
    fn default() -> Self {
        Times { tables: std::array::from_fn(|_| vec![UNDATED; DAYS]), kinds: Vec::new() }
    }
}

impl Times {
    /// Fills `times` with the number of each row's time, read from its day and how exactly that is known.
    pub fn fill(&mut self, days: &Date32Array, precisions: Option<&Text>, times: &mut Vec<u32>) {
        match precisions {
            Some(text) => text.each(0, &mut self.kinds, kind),
            None => {
                self.kinds.clear();
                self.kinds.resize(days.len(), 0);
            }
        }
        times.clear();
        let tables = &mut self.tables;
        times.extend(days.iter().zip(&self.kinds).map(|(day, kind)| {
            let Some(day) = day else { return UNDATED };
            let known = usize::try_from(day).ok().and_then(|at| tables.get_mut(usize::from(*kind))?.get_mut(at));
            match known {
                Some(known) if *known != UNDATED => *known,
                Some(unknown) => {
                    *unknown = number(day, *kind);
                    *unknown
                }
                None => number(day, *kind),
            }
        }));
    }
}

/// The kind of stretch that `date_precision` names; a month where it names a finer one or none.
fn kind(precision: &str) -> u8 {
    KINDS.iter().zip(0..).find(|(name, _)| **name == precision).map_or(0, |(_, at)| at)
}

fn number(day: i32, kind: u8) -> u32 {
    let precision = KINDS.get(usize::from(kind)).copied().unwrap_or_default();
    let (kind, first) = match Time::new(Some(day), precision) {
        Time::Month(first) => (1, first),
        Time::Quarter(first) => (2, first),
        Time::Year(first) => (3, first),
        Time::Undated => return UNDATED,
    };
    let days = u32::try_from(first.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(0);
    (kind << BITS) | days
}

/// Returns the time that has a number.
pub fn time(number: u32) -> Time {
    let days = u64::from(number & ((1 << BITS) - 1));
    let first = NaiveDate::default().checked_add_days(Days::new(days)).unwrap_or_default();
    match number >> BITS {
        1 => Time::Month(first),
        2 => Time::Quarter(first),
        3 => Time::Year(first),
        _ => Time::Undated,
    }
}
