//! Where a row belongs and how it was answered, and facts about the person.

use std::sync::LazyLock;

use regex::Regex;

use super::super::layout::FactRule;
use super::super::withhold;
use super::{Got, NO_FACT, Problem, Reader, Word, whole};
use crate::declare::{MODES, RESPONDENTS};

/// Longest code or name of a place, in characters.
const LONGEST_NAME: usize = 80;

static LSOA: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[EW]01\d{6}$").ok());
static LANGUAGE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$").ok());

fn fits(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

impl Reader<'_> {
    /// Reads practice, home, service, mode, language, respondent or pathway, by its place in `Row::words`.
    pub(super) fn word(&mut self, which: usize, got: &Got<'_>, problems: &mut Vec<Problem>) -> Word {
        if got.value.is_empty() {
            return 0;
        }
        let small = got.value.to_lowercase();
        let reason = match which {
            1 if !fits(&LSOA, &got.value) => Some("not the code of a small area (LSOA)".to_owned()),
            3 if !MODES.contains(&small.as_str()) => Some(format!("not one of {}", MODES.join(", "))),
            4 if !fits(&LANGUAGE, &got.value) => Some("not a language tag, such as en or cy".to_owned()),
            5 if !RESPONDENTS.contains(&small.as_str()) => Some(format!("not one of {}", RESPONDENTS.join(", "))),
            0 | 2 | 6 if got.value.chars().count() > LONGEST_NAME || got.value.contains('\0') => {
                Some("too long, or not text".to_owned())
            }
            0 | 2 | 4 | 6 if withhold::personal(&got.value, &self.identifiers) => {
                Some("looks as if it named a person".to_owned())
            }
            _ => None,
        };
        match reason {
            Some(reason) => {
                problems.push(self.problem(got, reason));
                0
            }
            None if matches!(which, 3 | 5) => self.words.number(&small),
            None => self.words.number(&got.value),
        }
    }

    pub(super) fn fact(&mut self, id: &str, rule: &FactRule, got: &Got<'_>, problems: &mut Vec<Problem>) -> i32 {
        if got.value.is_empty() {
            return NO_FACT;
        }
        let fact = match rule {
            FactRule::Number(minimum, maximum) => whole(&got.value)
                .filter(|number| (i32::from(*minimum)..=i32::from(*maximum)).contains(number))
                .ok_or_else(|| format!("`{id}` is a whole number from {minimum} to {maximum}")),
            FactRule::Code(codes) => match codes.get(&got.value.to_lowercase()) {
                Some(code) => Ok(i32::try_from(self.words.number(code)).unwrap_or(NO_FACT)),
                None => Err(format!("not a code of `{id}`")),
            },
        };
        fact.unwrap_or_else(|reason| {
            problems.push(self.problem(got, reason));
            NO_FACT
        })
    }
}
