//! The dates of a row, and of parts that were answered on days of their own.

use std::borrow::Cow;

use super::super::date::{self, Reading};
use super::super::layout::{DateLayout, tidy};
use super::{Got, Problem, Reader, Said, Word};

impl Reader<'_> {
    /// Reads every date of a row, each with the part of the file in which it is read together with others.
    pub(super) fn dates(
        &mut self,
        cells: &[Cow<'_, str>],
        parts: &[Option<Said>],
        problems: &mut Vec<Problem>,
    ) -> Result<Vec<(Reading, Word)>, Problem> {
        let layout = self.layout;
        let mut dates = Vec::with_capacity(layout.dates.len());
        for (at, of) in layout.dates.iter().enumerate() {
            let is_row = at == 0 && layout.mapping.date.is_some();
            // A part that nobody answered, such as a follow-up that is still to come, needs no date.
            let answered = layout
                .parts
                .iter()
                .zip(parts)
                .any(|(part, said)| part.date == Some(at) && said.as_ref().is_some_and(|said| said.answered));
            let reading = self.date(of, cells, of.date.required && (is_row || answered), problems)?;
            let scope = of.scope.and_then(|scope| cells.get(scope)).map(|cell| self.words.number(&tidy(cell)));
            dates.push((reading, scope.unwrap_or(0)));
        }
        Ok(dates)
    }

    fn date(
        &self,
        of: &DateLayout,
        cells: &[Cow<'_, str>],
        required: bool,
        problems: &mut Vec<Problem>,
    ) -> Result<Reading, Problem> {
        let raw = cells.get(of.at).map(|cell| tidy(cell)).unwrap_or_default();
        let mut reading = date::read(&raw, of.date.order, self.zone);
        // Without a scope nothing says that a part of the file is written the other way round: the declared order holds.
        if of.scope.is_none() {
            reading = match reading {
                Reading::Either(declared, _) => Reading::Declared(declared),
                Reading::Swapped(_) => Reading::Bad,
                other => other,
            };
        }
        let late = |when: date::When| when.on > self.today;
        let (reading, reason) = match reading {
            Reading::Declared(when) | Reading::Swapped(when) if late(when) => (Reading::Blank, "a date in the future"),
            Reading::Either(one, two) if late(one) && late(two) => (Reading::Blank, "a date in the future"),
            Reading::Either(one, two) if late(one) => (Reading::Swapped(two), ""),
            Reading::Either(one, two) if late(two) => (Reading::Declared(one), ""),
            Reading::Bad => (Reading::Blank, "not a date"),
            Reading::Blank => (Reading::Blank, "no date"),
            fine => (fine, ""),
        };
        if !reason.is_empty() && (required || !raw.is_empty()) {
            let got = Got { value: String::new(), is_meant: false, column: &of.date.column, raw };
            let problem = self.problem(&got, reason.into());
            if required {
                return Err(problem);
            }
            problems.push(problem);
        }
        Ok(reading)
    }
}
