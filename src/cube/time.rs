//! The time of a response as the cube keys it: its local month, or what coarser is known.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A stretch of time in the cube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Time {
    /// A month, by its first day.
    Month(NaiveDate),
    /// A calendar quarter, by its first day.
    Quarter(NaiveDate),
    /// A financial year, by its first day.
    Year(NaiveDate),
    /// Not known.
    Undated,
}

impl Time {
    /// Reads the columns `submitted_on` (days since 1970) and `date_precision`.
    pub fn new(days: Option<i32>, precision: &str) -> Self {
        let days = days.and_then(|days| u64::try_from(days).ok());
        let Some(date) = days.and_then(|days| NaiveDate::default().checked_add_days(Days::new(days))) else {
            return Time::Undated;
        };
        match precision {
            "quarter" => Time::Quarter(date),
            "financial year" => Time::Year(date),
            _ => Time::Month(date.with_day(1).unwrap_or(date)),
        }
    }

    /// Returns the name, the precision, the first day and the day after the last.
    pub fn describe(self) -> (String, &'static str, Option<(NaiveDate, NaiveDate)>) {
        let (name, precision) = match self {
            Time::Month(first) => (first.format("%Y-%m").to_string(), "month"),
            Time::Quarter(first) => (format!("{}-Q{}", first.year(), first.month0() / 3 + 1), "quarter"),
            Time::Year(first) => (format!("{}/{:02}", first.year(), (first.year() + 1) % 100), "financial year"),
            Time::Undated => ("undated".into(), "none"),
        };
        (name, precision, self.range())
    }

    /// Returns the first day and the day after the last; none where it is not known.
    pub fn range(self) -> Option<(NaiveDate, NaiveDate)> {
        let (first, months) = match self {
            Time::Month(first) => (first, 1),
            Time::Quarter(first) => (first, 3),
            Time::Year(first) => (first, 12),
            Time::Undated => return None,
        };
        Some((first, first.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)))
    }
}
