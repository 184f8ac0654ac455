//! Periods: half-open ranges of local dates, known by short names.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Months, NaiveDate};

/// A period that figures are computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// One calendar month: `2026-04`.
    Month(NaiveDate),
    /// A quarter of a financial year: `2026/27-Q2` is July to September 2026.
    Quarter(NaiveDate),
    /// A financial year, April to March: `2026/27`.
    FinancialYear(NaiveDate),
    /// The twelve months that end with a month: `12m-to-2026-09`.
    TwelveMonths(NaiveDate),
    /// Every answer, dated or not: `all`.
    All,
}

/// A text that names no period.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a period: write 2026-04, 2026/27, 2026/27-Q2, 12m-to-2026-09 or all")]
pub struct BadPeriod(String);

/// Returns the first day of the month `date` lies in.
pub fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// Returns the days from 1 January 1970 to `date`, as Arrow keeps dates.
pub fn days(date: NaiveDate) -> i32 {
    i32::try_from(date.signed_duration_since(NaiveDate::default()).num_days()).unwrap_or(i32::MAX)
}

fn add(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
}

fn sub(date: NaiveDate, months: u32) -> NaiveDate {
    date.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN)
}

impl Period {
    /// Returns the twelve months that end with the month of `date`.
    pub fn twelve_months_to(date: NaiveDate) -> Self {
        Period::TwelveMonths(month_of(date))
    }

    /// Returns the first day and the day after the last; none for `all`.
    pub fn range(self) -> Option<(NaiveDate, NaiveDate)> {
        match self {
            Period::Month(first) => Some((first, add(first, 1))),
            Period::Quarter(first) => Some((first, add(first, 3))),
            Period::FinancialYear(first) => Some((first, add(first, 12))),
            Period::TwelveMonths(last) => Some((sub(last, 11), add(last, 1))),
            Period::All => None,
        }
    }

    /// Returns the period in words: `October 2025 to September 2026`.
    pub fn label(self) -> String {
        match (self, self.range()) {
            (Period::Month(first), _) => first.format("%B %Y").to_string(),
            (_, Some((first, after))) => {
                format!("{} to {}", first.format("%B %Y"), sub(after, 1).format("%B %Y"))
            }
            (_, None) => "all answers, dated or not".into(),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let financial = |first: &NaiveDate| {
            let year = if first.month() >= 4 { first.year() } else { first.year() - 1 };
            format!("{year}/{:02}", (year + 1) % 100)
        };
        match self {
            Period::Month(first) => write!(f, "{}", first.format("%Y-%m")),
            Period::Quarter(first) => {
                write!(f, "{}-Q{}", financial(first), (first.month0() + 9) % 12 / 3 + 1)
            }
            Period::FinancialYear(first) => write!(f, "{}", financial(first)),
            Period::TwelveMonths(last) => write!(f, "12m-to-{}", last.format("%Y-%m")),
            Period::All => write!(f, "all"),
        }
    }
}

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        parse(text.trim()).ok_or_else(|| BadPeriod(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Period> {
    if text == "all" {
        return Some(Period::All);
    }
    if let Some(month) = text.strip_prefix("12m-to-") {
        return Some(Period::TwelveMonths(month_start(month)?));
    }
    if let Some((years, quarter)) = text.split_once("-Q") {
        let quarter: u32 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
        return Some(Period::Quarter(add(financial_start(years)?, (quarter - 1) * 3)));
    }
    if text.contains('/') {
        return Some(Period::FinancialYear(financial_start(text)?));
    }
    Some(Period::Month(month_start(text)?))
}

/// Returns the first day of a month written `2026-04`.
pub fn month_start(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.split_once('-')?;
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

/// Returns the first of April of a financial year written `2026/27`.
pub fn financial_start(text: &str) -> Option<NaiveDate> {
    let (year, next) = text.split_once('/')?;
    let first: i32 = year.parse().ok().filter(|_| year.len() == 4)?;
    let next: i32 = next.parse().ok().filter(|_| next.len() == 2)?;
    ((first + 1) % 100 == next).then(|| NaiveDate::from_ymd_opt(first, 4, 1)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_ranges_are_half_open() {
        for (name, first, after) in [
            ("2026-04", "2026-04-01", "2026-05-01"),
            ("2026/27", "2026-04-01", "2027-04-01"),
            ("2026/27-Q2", "2026-07-01", "2026-10-01"),
            ("2026/27-Q4", "2027-01-01", "2027-04-01"),
            ("12m-to-2026-09", "2025-10-01", "2026-10-01"),
            ("1999/00", "1999-04-01", "2000-04-01"),
        ] {
            let period: Period = name.parse().unwrap();
            assert_eq!(period.to_string(), name);
            let (start, end) = period.range().unwrap();
            assert_eq!((start.to_string().as_str(), end.to_string().as_str()), (first, after), "{name}");
        }
        assert_eq!("all".parse::<Period>().unwrap().range(), None);
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "2026", "2026-13", "2026/28", "2026/27-Q5", "12m-to-2026", "26-04", "2026-4"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
