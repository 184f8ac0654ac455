//! When a response was given, from the many ways in which files say so.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::declare::DateOrder;
use crate::period::{financial_start, month_start};

/// A moment, as exactly as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// Local calendar date: the first day where only a month or more is known.
    pub on: NaiveDate,
    /// Moment in UTC, where the time is known.
    pub at: Option<DateTime<Utc>>,
    /// How exactly it is known.
    pub precision: Precision,
}

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// To the second.
    Second,
    /// To the day.
    Day,
    /// To the month.
    Month,
    /// To the quarter of the calendar year.
    Quarter,
    /// To the financial year.
    FinancialYear,
    /// Two readings are possible.
    Uncertain,
    /// Not known.
    None,
}

impl Precision {
    /// Returns the word that tables use.
    pub fn word(self) -> &'static str {
        match self {
            Precision::Second => "second",
            Precision::Day => "day",
            Precision::Month => "month",
            Precision::Quarter => "quarter",
            Precision::FinancialYear => "financial year",
            Precision::Uncertain => "uncertain",
            Precision::None => "none",
        }
    }
}

/// What a cell can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Nothing: the cell is empty.
    Blank,
    /// No date in any order.
    Bad,
    /// One date, in the declared order or in both.
    Declared(When),
    /// A date only with day and month the other way round.
    Swapped(When),
    /// Two dates: in the declared order, and the other way round.
    Either(When, When),
}

/// Reads the text of a date cell in the declared order; times without an offset are in `zone`.
pub fn read(text: &str, order: DateOrder, zone: Tz) -> Reading {
    if text.is_empty() {
        return Reading::Blank;
    }
    let coarse = |first: Option<NaiveDate>, precision| {
        first.map_or(Reading::Bad, |on| Reading::Declared(When { on, at: None, precision }))
    };
    match order {
        DateOrder::Month => coarse(month(text), Precision::Month),
        DateOrder::Quarter => coarse(quarter(text), Precision::Quarter),
        DateOrder::FinancialYear => coarse(financial_start(text), Precision::FinancialYear),
        DateOrder::YearMonthDay => {
            parse(text).and_then(|(a, b, c, time)| when((a, b, c), time, zone)).map_or(Reading::Bad, Reading::Declared)
        }
        DateOrder::DayMonthYear | DateOrder::MonthDayYear => {
            let Some((a, b, year, time)) = parse(text) else { return Reading::Bad };
            let day_first = when((year, b, a), time, zone);
            let month_first = when((year, a, b), time, zone);
            let (declared, other) = match order {
                DateOrder::DayMonthYear => (day_first, month_first),
                _ => (month_first, day_first),
            };
            match (declared, other) {
                (Some(one), Some(two)) if one.on != two.on => Reading::Either(one, two),
                (Some(one), _) => Reading::Declared(one),
                (None, Some(two)) => Reading::Swapped(two),
                (None, None) => Reading::Bad,
            }
        }
    }
}

/// Reads a day that is itself an answer: as 2026-12-31 is written, else in the declared order; a coarse one has no order of days.
pub fn day(text: &str, order: DateOrder, zone: Tz) -> Option<NaiveDate> {
    let year = text.bytes().take_while(u8::is_ascii_digit).count();
    let order = match order {
        _ if year == 4 && text.get(4..).is_some_and(|rest| rest.starts_with('-')) => DateOrder::YearMonthDay,
        DateOrder::Month | DateOrder::Quarter | DateOrder::FinancialYear => DateOrder::YearMonthDay,
        order => order,
    };
    match read(text, order, zone) {
        Reading::Declared(when) | Reading::Either(when, _) => Some(when.on),
        Reading::Swapped(_) | Reading::Blank | Reading::Bad => None,
    }
}

fn month(text: &str) -> Option<NaiveDate> {
    month_start(text).or_else(|| {
        let (month, year) = text.split_once('/')?;
        month_start(&format!("{year}-{month:0>2}"))
    })
}

fn quarter(text: &str) -> Option<NaiveDate> {
    let (year, quarter) = text.split_once("-Q")?;
    let quarter: u32 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
    NaiveDate::from_ymd_opt(year.parse().ok()?, quarter * 3 - 2, 1)
}

/// A time of day, with the offset from UTC where it is given.
type Time = (NaiveTime, Option<FixedOffset>);

/// Splits `12/31/2026 17:05:00 +01:00` into its three numbers and the time.
fn parse(text: &str) -> Option<(i32, i32, i32, Option<Time>)> {
    let split = text.find(['T', ' ', ',']).unwrap_or(text.len());
    let (date, rest) = text.split_at(split);
    let mut parts = date.split(['/', '-', '.']);
    let mut number = || {
        let part = parts.next()?;
        let fits = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<i32>().ok())?
    };
    let (a, b, c) = (number()?, number()?, number()?);
    if parts.next().is_some() {
        return None;
    }
    let rest = rest.trim_start_matches(['T', ' ', ',']).trim();
    let time = if rest.is_empty() { None } else { Some(time(rest)?) };
    Some((a, b, c, time))
}

fn time(text: &str) -> Option<Time> {
    let upper = text.to_ascii_uppercase();
    if let Some(utc) = upper.strip_suffix('Z') {
        return Some((clock(utc)?, FixedOffset::east_opt(0)));
    }
    match upper.rfind(['+', '-']) {
        Some(at) => Some((clock(upper.get(..at)?)?, Some(offset(upper.get(at..)?)?))),
        None => Some((clock(&upper)?, None)),
    }
}

fn offset(text: &str) -> Option<FixedOffset> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    let seconds = (hours * 60 + minutes) * 60;
    FixedOffset::east_opt(if text.starts_with('-') { -seconds } else { seconds })
}

fn clock(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    let (text, noon) = match (text.strip_suffix("AM"), text.strip_suffix("PM")) {
        (Some(rest), _) => (rest.trim(), Some(false)),
        (_, Some(rest)) => (rest.trim(), Some(true)),
        _ => (text, None),
    };
    let mut parts = text.split(':');
    let mut hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next()?.parse().ok()?;
    let second: u32 = parts.next().map_or(Some(0), |s| s.split('.').next()?.parse().ok())?;
    if let Some(after) = noon {
        hour = hour % 12 + if after { 12 } else { 0 };
    }
    NaiveTime::from_hms_opt(hour, minute, second)
}

fn when((year, month, day): (i32, i32, i32), time: Option<Time>, zone: Tz) -> Option<When> {
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    let date = NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)?;
    if !(1900..=2199).contains(&year) {
        return None;
    }
    Some(match time {
        None => When { on: date, at: None, precision: Precision::Day },
        Some((clock, Some(offset))) => {
            let at = offset.from_local_datetime(&NaiveDateTime::new(date, clock)).single()?.with_timezone(&Utc);
            When { on: at.with_timezone(&zone).date_naive(), at: Some(at), precision: Precision::Second }
        }
        Some((clock, None)) => {
            // The hour that a clock change skips has no moment: then only the day is known.
            let at = zone.from_local_datetime(&NaiveDateTime::new(date, clock)).earliest();
            let precision = if at.is_some() { Precision::Second } else { Precision::Day };
            When { on: date, at: at.map(|at| at.with_timezone(&Utc)), precision }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONDON: Tz = Tz::Europe__London;

    fn declared(text: &str, order: DateOrder) -> Option<String> {
        match read(text, order, LONDON) {
            Reading::Declared(when) => Some(format!(
                "{} {} {}",
                when.on,
                when.at.map_or("-".into(), |at| at.to_rfc3339()),
                when.precision.word()
            )),
            _ => None,
        }
    }

    #[test]
    fn each_order_is_read() {
        use DateOrder::*;
        for (text, order, expected) in [
            ("31/12/2026", DayMonthYear, "2026-12-31 - day"),
            ("31.12.26", DayMonthYear, "2026-12-31 - day"),
            ("12-31-2026", MonthDayYear, "2026-12-31 - day"),
            ("2026-07-01T23:30:00Z", YearMonthDay, "2026-07-02 2026-07-01T23:30:00+00:00 second"),
            ("2026-07-01 10:00", YearMonthDay, "2026-07-01 2026-07-01T09:00:00+00:00 second"),
            ("2026-07-01T10:00:00.123+0200", YearMonthDay, "2026-07-01 2026-07-01T08:00:00+00:00 second"),
            ("7/31/26 12:05 AM", MonthDayYear, "2026-07-31 2026-07-30T23:05:00+00:00 second"),
            ("2026-03-29 01:30", YearMonthDay, "2026-03-29 - day"),
            ("2026-04", Month, "2026-04-01 - month"),
            ("4/2026", Month, "2026-04-01 - month"),
            ("2026-Q4", Quarter, "2026-10-01 - quarter"),
            ("2026/27", FinancialYear, "2026-04-01 - financial year"),
        ] {
            assert_eq!(declared(text, order).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_day_is_read_as_the_standard_writes_it_or_in_the_declared_order() {
        use DateOrder::*;
        for (text, order, expected) in [
            ("2026-03-14", DayMonthYear, Some("2026-03-14")),
            ("14/03/2026", DayMonthYear, Some("2026-03-14")),
            ("03/10/2026", DayMonthYear, Some("2026-10-03")),
            ("03/10/2026", MonthDayYear, Some("2026-03-10")),
            ("2026/03/14", FinancialYear, Some("2026-03-14")),
            ("12/31/2026", DayMonthYear, None),
            ("14/03/2026", Quarter, None),
            ("2026-03", Month, None),
            ("2026-02-30", DayMonthYear, None),
        ] {
            assert_eq!(day(text, order, LONDON).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_bad_and_what_can_be_two_says_so() {
        use DateOrder::*;
        for text in ["31/02/2026", "29/02/2025", "x", "1/2", "1/2/3/4", "01/01/0026 25:00", "00/00/0000", "2026-13-01"]
        {
            assert_eq!(read(text, DayMonthYear, LONDON), Reading::Bad, "{text}");
        }
        assert!(matches!(read("03/10/2021", DayMonthYear, LONDON), Reading::Either(..)));
        assert!(matches!(read("12/31/2021", DayMonthYear, LONDON), Reading::Swapped(_)));
        assert!(matches!(read("03/03/2021", DayMonthYear, LONDON), Reading::Declared(_)));
        assert_eq!(read("", DayMonthYear, LONDON), Reading::Blank);
    }
}
