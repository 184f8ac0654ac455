//! What of an outcome makes years of life in good health.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Declarations;
use super::group::Group;
use super::outcome::Outcome;

/// Columns of `areas/life-table.csv` that name a group of people, each with the fact whose bands it holds.
pub const IN_LIFE_TABLE: [(&str, &str); 2] = [("sex", "f_sex"), ("deprivation", "f_imd_decile")];

/// How an outcome goes into a life table: who counts is in good health.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifeExpectancy {
    /// The group of `groups.toml` with the ages by which the share in good health is counted.
    pub ages: String,
    /// Age from which people are asked, at which one of the bands begins: who is younger counts as those of that band.
    #[serde(default)]
    pub asked_from: u8,
    /// Groups, besides everybody, that have a life table of their own.
    #[serde(default)]
    pub by: Vec<String>,
    /// Ages from which years are counted; 0 is at birth.
    #[serde(default = "birth_and_65")]
    pub at: Vec<u8>,
}

fn birth_and_65() -> Vec<u8> {
    vec![0, 65]
}

impl Declarations {
    /// Says whether a group is there for life tables: an outcome goes into one by it, and the lists of people do not know it.
    pub fn is_of_life_tables(&self, group: &str) -> bool {
        let goes_in = |outcome: &Outcome| outcome.life_expectancy.as_ref().is_some_and(|life| life.ages == group);
        self.outcomes.iter().any(goes_in) && self.groups.listed().iter().all(|listed| listed.id != group)
    }

    /// Says whether the responses to an instrument are counted by a group: by one that is there for life tables, or by kind of support or who
    /// answered, only where an outcome needs it. Bands that nobody looks at would be carried through every cell.
    pub fn counts_by(&self, group: &str, instrument: &str) -> bool {
        let needs = |outcome: &Outcome| {
            let ages = outcome.life_expectancy.as_ref().is_some_and(|life| life.ages == group);
            ages || [&outcome.by, &outcome.adjust_for].iter().any(|groups| groups.iter().any(|id| id == group))
        };
        let of_support = |group: &Group| ["pathway", "respondent"].contains(&group.column.as_str());
        let everywhere = !self.is_of_life_tables(group) && !self.group(group).is_some_and(of_support);
        everywhere || self.outcomes_of(instrument).any(needs)
    }
}
