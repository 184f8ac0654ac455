//! What an outcome counts, as the cube names it.

use std::collections::BTreeSet;

use super::Declarations;
use super::instrument::Instrument;
use super::outcome::Outcome;
use super::score::Gives;
use super::text::Text;

/// One answer that an outcome can count: an option, a level, a category, or a kind of change.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Code in the cube.
    pub code: i8,
    /// Name in `counts` and `out_of`.
    pub id: String,
    /// What a person reads.
    pub label: Text,
}

/// The kinds of change, by their codes from 1 on.
pub const CLASSES: [&str; 3] = ["better", "same", "worse"];

/// What a figure of an outcome is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// A share of answers.
    Share,
    /// The mean of a score.
    Mean,
    /// The mean change of a score.
    MeanChange,
    /// Nothing but its domains, each by itself.
    Domains,
}

/// An outcome that counts some of the answers that another one counts, each with its id and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subset {
    /// The outcome that counts some.
    pub some: [String; 2],
    /// The outcome that counts all.
    pub all: [String; 2],
}

impl Outcome {
    /// Returns what its figure is.
    pub fn figure(&self) -> Figure {
        match (&self.change, self.counts.is_empty()) {
            (Some(change), _) if !change.domains.is_empty() => Figure::Domains,
            (_, false) => Figure::Share,
            (Some(_), true) => Figure::MeanChange,
            (None, true) => Figure::Mean,
        }
    }

    /// Returns the name under which the cube counts it, by the given cut set of its score.
    pub fn counted_as(&self, cut_set: Option<&str>) -> String {
        let cut = cut_set.map_or(String::new(), |cut_set| format!("@{cut_set}"));
        match (&self.change, self.counts.is_empty(), self.is_counted_apart()) {
            (Some(_), false, _) => format!("{}/class", self.id),
            (Some(_), true, _) => format!("{}/change", self.id),
            (None, _, true) => format!("{}{cut}", self.id),
            (None, _, false) => {
                format!("{}{cut}", self.item.as_ref().or(self.score.as_ref()).map_or("", String::as_str))
            }
        }
    }

    /// Returns the versions of its instrument that it counts; the one in use first.
    pub fn versions<'a>(&'a self, instrument: &'a Instrument) -> impl Iterator<Item = &'a str> {
        std::iter::once(instrument.version.as_str()).chain(self.with_versions.iter().map(String::as_str))
    }

    /// Returns the answers that its share can be made of, by the given cut set of its score; none where it is no share.
    pub fn answers(&self, instrument: &Instrument, cut_set: Option<&str>) -> Vec<Answer> {
        let answers = |codes: Vec<(i8, String, Text)>| -> Vec<Answer> {
            codes.into_iter().map(|(code, id, label)| Answer { code, id, label }).collect()
        };
        if self.change.is_some() {
            let classes = CLASSES.iter().zip(1_i8..);
            return answers(classes.map(|(id, code)| (code, (*id).to_owned(), Text::default())).collect());
        }
        if let Some(item) = &self.item {
            let coded = instrument.coded().into_iter().find(|coded| coded.id == *item);
            let choices = coded.map(|coded| coded.choices.into_owned()).unwrap_or_default();
            return answers(choices.into_iter().map(|choice| (choice.code, choice.id, choice.label)).collect());
        }
        let Some(score) = self.score.as_ref().and_then(|id| instrument.score(id)) else { return Vec::new() };
        if let Some(set) = cut_set.and_then(|id| instrument.cut_set(&score.id, Some(id))) {
            return answers(set.codes());
        }
        match score.gives() {
            Gives::Codes(codes) => answers(codes),
            Gives::Number | Gives::Profile => Vec::new(),
        }
    }
}

impl Declarations {
    /// Returns which outcomes count only some of the answers that another one counts out of: held side by side, the two would tell what the
    /// others answered.
    pub fn subsets(&self) -> Vec<Subset> {
        let out_of = |outcome: &Outcome| outcome.out_of.iter().cloned().collect::<BTreeSet<_>>();
        let of = |outcome: &Outcome| [outcome.id.clone(), outcome.version.clone()];
        let mut subsets = Vec::new();
        for some in self.outcomes.iter().filter(|outcome| !outcome.is_everybody()) {
            let counts_all = |all: &&Outcome| {
                all.is_everybody()
                    && (&all.instrument, &all.item, &all.score) == (&some.instrument, &some.item, &some.score)
                    && (all.figure(), all.unit, &all.change) == (some.figure(), some.unit, &some.change)
                    && all.with_versions == some.with_versions
                    && out_of(all) == out_of(some)
            };
            subsets.extend(self.outcomes.iter().filter(counts_all).map(|all| Subset { some: of(some), all: of(all) }));
        }
        subsets
    }

    /// Returns the title of what an outcome counts: the question where its wording is here, else what it is called.
    pub fn question(&self, outcome: &Outcome) -> Option<&Text> {
        let instrument = self.instrument(&outcome.instrument)?;
        let name = outcome.item.as_ref()?;
        let item = instrument.item(name).or_else(|| instrument.item(name.split_once("__")?.0))?;
        (!item.text.is_empty()).then_some(&item.text)
    }
}
