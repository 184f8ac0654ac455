//! Outcomes among those who gave some answer: what a measure misses, and the steps of a funnel.

use super::super::context::{Beside, Figure, Step};
use super::Page;
use crate::declare::{Among, Outcome, Through};

/// Steps of a funnel at most: a ring of outcomes cannot be declared, and no funnel is this long.
const LONGEST: usize = 12;

impl Page<'_> {
    /// What outcomes of other instruments say of those who gave an answer to the question of this one in the same submission.
    pub(super) fn beside(&self, outcome: &Outcome) -> Vec<Beside> {
        // Of an outcome and those shown beside it, the main one says it.
        let (Some(item), None) = (&outcome.item, &outcome.second_to) else { return Vec::new() };
        let of = |among: &Among| {
            among.by == Through::Submission
                && among.instrument.as_ref() == Some(&outcome.instrument)
                && among.item.as_ref() == Some(item)
                && among.is.iter().all(|answer| outcome.counts.contains(answer))
        };
        let instrument = self.sources.declarations.instrument(&outcome.instrument);
        let answers = instrument.map(|instrument| outcome.answers(instrument, None)).unwrap_or_default();
        let label = |id: &String| {
            let answer = answers.iter().find(|answer| answer.id == *id);
            answer.map_or_else(|| id.clone(), |answer| self.text(&answer.label).to_owned())
        };
        let said = |other: &Outcome| {
            let [among] = other.among.as_slice() else { return None };
            Some(Beside {
                answer: of(among).then(|| among.is.iter().map(label).collect::<Vec<_>>().join(" / "))?,
                title: self.text(&other.title).to_owned(),
                statement: self.text(&other.statement).to_owned(),
                figure: self.figure_of(other)?,
            })
        };
        self.sources.declarations.outcomes.iter().filter_map(said).collect()
    }

    /// The steps that begin with this outcome: each next one counts, in the same response, among those who took all before.
    pub(super) fn steps(&self, outcome: &Outcome) -> Vec<Step> {
        let mut chain = vec![outcome];
        while let Some(next) = self.next_step(&chain).filter(|_| chain.len() < LONGEST) {
            chain.push(next);
        }
        if chain.len() < 2 || !outcome.among.is_empty() {
            return Vec::new();
        }
        let mut of_100 = Some(100.0);
        let steps = chain.iter().enumerate().map(|(at, outcome)| {
            let figure = self.figure_of(outcome).unwrap_or_default();
            if at > 0 {
                of_100 = of_100.zip(figure.value).map(|(before, share)| before * share);
            }
            Step {
                title: self.text(&outcome.title).to_owned(),
                statement: self.text(&outcome.statement).to_owned(),
                out_of: self.text(&outcome.out_of_words).to_owned(),
                figure,
                of_100,
            }
        });
        steps.collect()
    }

    /// The outcome that counts among those who took all steps so far: where there are several, the one that goes on.
    fn next_step(&self, chain: &[&Outcome]) -> Option<&Outcome> {
        let first = chain.first()?;
        let after = |taken: &[&Outcome]| {
            let taken: Vec<_> = taken.iter().map(|step| (step.item.clone(), step.counts.clone())).collect();
            let outcomes = self.sources.declarations.outcomes.iter();
            let follows = move |next: &&Outcome| {
                let conditions = next.among.iter().map(|among| (among.item.clone(), among.is.clone()));
                next.instrument == first.instrument
                    && next.second_to.is_none()
                    && next.among.iter().all(|among| among.by == Through::Response)
                    && conditions.eq(taken.iter().cloned())
            };
            outcomes.filter(follows).collect::<Vec<_>>()
        };
        let all = after(chain);
        let goes_on = |next: &&&Outcome| !after(&[chain, &[**next]].concat()).is_empty();
        all.iter().find(goes_on).or(all.first()).copied()
    }

    /// The headline of another outcome in the page's area and period.
    fn figure_of(&self, outcome: &Outcome) -> Option<Figure> {
        let instrument = self.sources.declarations.instrument(&outcome.instrument)?;
        let rows = self.of(&outcome.id, instrument);
        let period = self.period();
        let is = |row: &&&super::super::rows::Row| {
            row.area == self.area && row.period == period && row.group_by == "none" && row.statistic == "value"
        };
        rows.iter().find(is).map(|row| row.figure.clone())
    }
}
