//! What a row says in each part of its mapping, and whether it may.

use std::borrow::Cow;

use super::super::layout::{PartLayout, Repeat};
use super::{FACTS, Problem, Reader, Said, Word, get, whole};
use crate::declare::{NOT_ANSWERED, NOT_ASKED, UNREADABLE};

/// Largest number of a repeat.
const MOST_REPEATS: i32 = 1000;

impl Reader<'_> {
    /// Reads every part; none where a part whose repeats are rows has no repeat in this one.
    pub(super) fn parts(
        &mut self,
        cells: &[Cow<'_, str>],
        comments: &[(usize, String, String, Option<bool>)],
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<Option<Said>>, Problem> {
        let layout = self.layout;
        let mut place = FACTS + layout.facts.len();
        let mut parts = Vec::with_capacity(layout.parts.len());
        for (number, part) in layout.parts.iter().enumerate() {
            let mut said = self.said(part, place, cells, problems);
            said.answered |= comments.iter().any(|text| text.0 == number);
            place += part.codes.len();
            parts.push(self.repeat(part, said, cells)?);
        }
        if let Some(PartLayout { repeat: Repeat::Column(source), .. }) = layout.parts.first()
            && parts.iter().all(Option::is_none)
        {
            return Err(self.problem(&get(source, cells), "no number of the repeat".into()));
        }
        if parts.iter().flatten().any(|said| said.answered) {
            // Its number may be that of another instrument's repeat: systems give each a row, and number all in one column.
            for (part, said) in layout.parts.iter().zip(&mut parts) {
                let is_row = matches!(part.repeat, Repeat::Column(_));
                *said = said.take().filter(|said| said.answered || !is_row);
            }
        }
        Ok(parts)
    }

    fn said(&mut self, part: &PartLayout, place: usize, cells: &[Cow<'_, str>], problems: &mut Vec<Problem>) -> Said {
        let mut said = Said { codes: Vec::with_capacity(part.codes.len()), ..Said::default() };
        for (at, (_, cell)) in part.codes.iter().enumerate() {
            let code = match cell {
                None => i32::from(NOT_ASKED),
                Some(cell) => self.meaning(place + at, &cell.source, cells, problems, |reader, got, problems| {
                    i32::from(reader.code(cell, got, &part.instrument, problems))
                }),
            };
            said.codes.push(i8::try_from(code).unwrap_or(UNREADABLE));
        }
        said.answered = said.codes.iter().any(|code| !matches!(*code, NOT_ANSWERED | NOT_ASKED));
        for (_, cell) in &part.numbers {
            let number = cell.as_ref().and_then(|cell| {
                let number = self.number(cell, cells, problems)?;
                said.answered |= cell.is_answer;
                number
            });
            said.numbers.push(number);
        }
        for (_, cell) in &part.days {
            let day = cell.as_ref().and_then(|cell| {
                let day = self.day(cell, cells, problems)?;
                said.answered = true;
                day
            });
            said.days.push(day);
        }
        said
    }

    /// Adds the number of the repeat where a column says it; none where the row holds no repeat of this part.
    fn repeat(&self, part: &PartLayout, mut said: Said, cells: &[Cow<'_, str>]) -> Result<Option<Said>, Problem> {
        let Repeat::Column(source) = &part.repeat else { return Ok(Some(said)) };
        let got = get(source, cells);
        match whole(&got.value).filter(|number| (1..=MOST_REPEATS).contains(number)) {
            Some(number) => {
                said.repeat = number;
                Ok(Some(said))
            }
            None if !got.raw.is_empty() => {
                Err(self.problem(&got, format!("the number of a repeat is a whole number from 1 to {MOST_REPEATS}")))
            }
            None if said.answered => Err(self.problem(&got, "no number of the repeat".into())),
            None => Ok(None),
        }
    }

    /// Checks that the person who answered is one of those who may.
    pub(super) fn may_answer(
        &self,
        respondent: Word,
        parts: &[Option<Said>],
        cells: &[Cow<'_, str>],
    ) -> Result<(), Problem> {
        let (Some(respondent), [_, _, Some(source), ..]) = (self.words.text(respondent), &self.layout.how) else {
            return Ok(());
        };
        // Where nobody answered anything, the first part gives the response that says so.
        let first = parts.iter().position(Option::is_some);
        let nothing = !parts.iter().flatten().any(|said| said.answered);
        for (at, (part, said)) in self.layout.parts.iter().zip(parts).enumerate() {
            let counts = said.as_ref().is_some_and(|said| said.answered) || nothing && first == Some(at);
            let may = &part.instrument.respondents;
            if counts && !may.is_empty() && !may.iter().any(|one| one == respondent) {
                let reason =
                    format!("`{}` may be answered by {}, not by {respondent}", part.instrument.id, may.join(" or "));
                return Err(self.problem(&get(source, cells), reason));
            }
        }
        Ok(())
    }
}
