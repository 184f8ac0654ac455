//! Reading codes, numbers and days.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::NaiveDate;

use super::super::layout::{CodeCell, Codes, DayCell, NumberCell, tidy};
use super::super::{date, number, withhold};
use super::{Got, Problem, Reader, get, whole};
use crate::declare::{Instrument, NOT_ANSWERED, NOT_ASKED, UNREADABLE};

/// Returns the code of no answer that a mapping means by a word.
fn absent(word: &str) -> Option<i8> {
    match word {
        _ if word.eq_ignore_ascii_case("not-answered") => Some(NOT_ANSWERED),
        _ if word.eq_ignore_ascii_case("not-asked") => Some(NOT_ASKED),
        _ => None,
    }
}

/// Finds a spelling, or the whole number that it is: `9.0` is `9`.
fn find(codes: &HashMap<String, i8>, small: &str) -> Option<i8> {
    codes.get(small).or_else(|| codes.get(&whole(small)?.to_string())).copied()
}

impl Reader<'_> {
    fn no_option(&self, got: &Got<'_>, instrument: &Instrument) -> Problem {
        let reason = format!("not an answer option of {} version {}", instrument.id, instrument.version);
        self.problem(got, reason)
    }

    pub(super) fn code(
        &self,
        cell: &CodeCell,
        got: &Got<'_>,
        instrument: &Instrument,
        problems: &mut Vec<Problem>,
    ) -> i8 {
        let options = match &cell.codes {
            Codes::Several { .. } => return self.entry(cell, got, instrument, problems),
            Codes::One(options) => options,
        };
        if got.value.is_empty() {
            return NOT_ANSWERED;
        }
        let small = got.value.to_lowercase();
        let missing = if got.is_meant { None } else { find(&cell.missing, &small) };
        missing.or_else(|| find(options, &small)).unwrap_or_else(|| {
            problems.push(self.no_option(got, instrument));
            UNREADABLE
        })
    }

    /// Reads whether an entry is among the answers in a cell.
    fn entry(&self, cell: &CodeCell, got: &Got<'_>, instrument: &Instrument, problems: &mut Vec<Problem>) -> i8 {
        let Codes::Several { split, entry, entries } = &cell.codes else { return UNREADABLE };
        let whole = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty()).into_iter().collect();
        let mut is_meant = got.is_meant;
        let mut pieces: Vec<String> = match split {
            // What the mapping says of the cell as a whole goes before what it says of its pieces.
            Some(split) if !is_meant => got.raw.split(*split).map(tidy).filter(|piece| !piece.is_empty()).collect(),
            _ => whole(&got.value),
        };
        if let (true, false, Some(blank)) = (pieces.is_empty(), is_meant, cell.source.meant("")) {
            (pieces, is_meant) = (whole(blank), true);
        }
        let (mut any, mut is_named, mut missing, mut unread) = (false, false, NOT_ANSWERED, false);
        for piece in &pieces {
            let meant = if is_meant { Some(&**piece) } else { cell.source.meant(piece) };
            let small = meant.unwrap_or(piece).to_lowercase();
            let no_answer = absent(&small).or_else(|| find(&cell.missing, &small).filter(|_| meant.is_none()));
            match (no_answer, entries.get(&small)) {
                (Some(code), _) => missing = code,
                (None, Some(named)) => {
                    any = true;
                    is_named |= named == entry;
                }
                // Nothing is ticked, and that is the answer.
                (None, None) if small == "no" => any = true,
                (None, None) => {
                    unread = true;
                    // Each entry reads the same cell: one of them says what is wrong with it.
                    if *entry == 0 {
                        let got = Got { value: String::new(), raw: piece.clone(), ..*got };
                        problems.push(self.no_option(&got, instrument));
                    }
                }
            }
        }
        match (any, unread) {
            (true, _) => i8::from(is_named),
            (false, true) => UNREADABLE,
            (false, false) => missing,
        }
    }

    /// Returns whether a cell holds no answer, by what the mapping or the instrument says of it.
    fn nothing(&self, got: &Got<'_>, missing: &[String]) -> bool {
        if got.value.is_empty() || absent(&got.value).is_some() {
            return true;
        }
        if got.is_meant || missing.is_empty() {
            return false;
        }
        let small = got.value.to_lowercase();
        let value = number::read(&small).ok();
        missing.iter().any(|text| *text == small || value.is_some() && number::read(text).ok() == value)
    }

    /// Reads a number: none where there is no answer, nothing where it cannot be read.
    pub(super) fn number(
        &self,
        cell: &NumberCell,
        cells: &[Cow<'_, str>],
        problems: &mut Vec<Problem>,
    ) -> Option<Option<f64>> {
        let got = get(&cell.source, cells);
        if self.nothing(&got, &cell.missing) {
            return None;
        }
        let reason = match (number::read(&got.value), cell.range) {
            (Ok(number), Some([from, to])) if !(from..=to).contains(&number) => {
                format!("`{}` is a number from {from} to {to}", cell.name)
            }
            (Ok(number), _) if !withhold::identifies(number, &self.identifiers) => return Some(Some(number)),
            (Ok(_), _) => {
                let column = got.column.into();
                let reason = "looks as if it named a person".into();
                problems.push(Problem { column, reason, raw: Some(withhold::WITHHELD.into()) });
                return Some(None);
            }
            (Err(reason), _) => reason.into(),
        };
        problems.push(self.problem(&got, reason));
        Some(None)
    }

    /// Reads a day: none where there is no answer, nothing where it cannot be read.
    pub(super) fn day(
        &self,
        cell: &DayCell,
        cells: &[Cow<'_, str>],
        problems: &mut Vec<Problem>,
    ) -> Option<Option<NaiveDate>> {
        let got = get(&cell.source, cells);
        if self.nothing(&got, &cell.missing) {
            return None;
        }
        let day = date::day(&got.value, cell.order, self.zone);
        if day.is_none() {
            problems.push(self.problem(&got, "not a date".into()));
        }
        Some(day)
    }
}
