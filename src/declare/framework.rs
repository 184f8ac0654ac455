//! Frameworks of good care, and which questions are about which part of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Declarations;
use super::instrument::Item;
use super::made_of::made_of;
use super::outcome::Outcome;
use super::text::Text;

/// A framework, as one file in `measures/frameworks/` declares it. Questions say by `maps_to` which part they are about.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Name of the file.
    pub id: String,
    /// What a report calls it.
    pub title: Text,
    /// Publication that it comes from.
    pub source: String,
    /// Its parts, in their order.
    pub parts: Vec<FrameworkPart>,
}

/// One part of a framework.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrameworkPart {
    /// Name in `maps_to`, after the framework and a stroke.
    pub id: String,
    /// What it is about, in words of ours.
    pub title: Text,
}

impl Declarations {
    /// Returns the questions about a part of a framework, each with the instrument that asks it.
    pub fn items_about<'a>(&'a self, framework: &str, part: &str) -> Vec<(&'a str, &'a Item)> {
        let tag = format!("{framework}/{part}");
        let instruments = self.instruments.values();
        let items = instruments.flat_map(|instrument| instrument.items.iter().map(|item| (&*instrument.id, item)));
        items.filter(|(_, item)| item.maps_to.contains(&tag)).collect()
    }

    /// Returns the main outcomes that are made of questions about a part of a framework, in the order of their files.
    pub fn outcomes_about<'a>(&'a self, framework: &str, part: &str) -> Vec<&'a Outcome> {
        let items = self.items_about(framework, part);
        let about = |outcome: &&Outcome| {
            let Some(instrument) = self.instrument(&outcome.instrument) else { return false };
            let made_of = made_of(outcome, instrument, &|set| self.value_sets.get(set));
            items.iter().any(|(of, item)| *of == instrument.id && made_of.contains(&item.id))
        };
        self.outcomes.iter().filter(|outcome| outcome.second_to.is_none()).filter(about).collect()
    }
}
