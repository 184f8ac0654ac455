//! Scores: what is computed from the answers of one response, and the levels that scores are divided into.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::outcome::Direction;
use super::text::Text;

/// Something that is computed from the answers of one response.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Name in tables and outcomes: small letters, digits and underscores.
    pub id: String,
    /// What a report calls it.
    pub title: Text,
    /// Which way is better for people.
    pub better: Direction,
    /// Smallest and largest value that it can have.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// Decimals to which it is rounded where it is divided into levels and shown.
    #[serde(default = "two")]
    #[schemars(range(min = 0, max = 6))]
    pub decimals: u8,
    /// Publication that defines it.
    pub source: String,
    /// How it is computed.
    pub rule: Rule,
}

fn two() -> u8 {
    2
}

/// How a score is computed.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Rule {
    /// The answer to one item as it is: a scale, a number, or the code of an option.
    Answer {
        /// The item.
        item: String,
    },
    /// The sum of the codes; prorated where not all need to be answered (mean of the answered items times their number).
    Sum {
        /// The items.
        items: Vec<String>,
        /// How many of them must be answered: all where it is left out.
        #[serde(default)]
        least_answered: Option<usize>,
    },
    /// The mean of the codes of the answered items.
    Mean {
        /// The items.
        items: Vec<String>,
        /// How many of them must be answered: all where it is left out.
        #[serde(default)]
        least_answered: Option<usize>,
    },
    /// `yes` where every item has its highest code (or the option that `counts` names), else `no`; all must be answered.
    TopScore {
        /// The items.
        items: Vec<String>,
        /// Options that count instead of the highest code.
        #[serde(default)]
        counts: Vec<String>,
    },
    /// Another score, whole numbers, turned into what a table says.
    Lookup {
        /// The other score.
        of: String,
        /// The whole number that the first value belongs to.
        from: i32,
        /// The values, one for each whole number.
        values: Vec<f64>,
    },
    /// The codes of the items side by side, such as 21232: a health state, which is never averaged.
    Profile {
        /// The items.
        items: Vec<String>,
    },
    /// The value of a health state by a value set: made from the files in `measures/value-sets/`.
    ValueSet {
        /// The value set.
        set: String,
    },
    /// Share of the lines of a checklist that are done, of those that are needed.
    ChecklistShare {
        /// The checklist.
        item: String,
        /// Options that mean done.
        done: Vec<String>,
        /// Options that mean that the line is not needed.
        #[serde(default)]
        not_needed: Vec<String>,
    },
    /// `yes` where every line of a checklist that is needed is done, else `no`.
    ChecklistAll {
        /// The checklist.
        item: String,
        /// Options that mean done.
        done: Vec<String>,
        /// Options that mean that the line is not needed.
        #[serde(default)]
        not_needed: Vec<String>,
    },
    /// Goal attainment T over the repeats of one submission (Kiresuk and Sherman 1968); on its first repeat.
    GoalAttainment {
        /// Item with the attainment, -2 to +2, as a number.
        achieved: String,
        /// Item with the weight: 1 for each goal where it is left out.
        #[serde(default)]
        weight: Option<String>,
    },
    /// The options of an item gathered into categories.
    Categories {
        /// The item.
        item: String,
        /// The categories.
        categories: Vec<Category>,
    },
    /// One SQL expression over the columns of the responses, in `queries/scores/<instrument>.<score>.sql`.
    Sql {},
}

/// Options of an item that belong together.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Name by which outcomes call it.
    pub id: String,
    /// What a report calls it.
    pub label: Text,
    /// The options.
    pub options: Vec<String>,
}

/// Levels that a score is divided into: a named version, because levels move when the cuts do.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CutSet {
    /// Name, such as the year of its publication.
    pub id: String,
    /// The score.
    pub score: String,
    /// True for the one that is taken where an outcome names none.
    #[serde(default)]
    pub in_use: bool,
    /// Publication that defines it.
    pub source: String,
    /// The levels, lowest scores first.
    pub levels: Vec<CutLevel>,
}

/// One level of a cut set. Both bounds belong to it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CutLevel {
    /// Name by which outcomes call it.
    pub id: String,
    /// What a report calls it.
    pub label: Text,
    /// Lowest score in it.
    pub from: f64,
    /// Highest score in it.
    pub to: f64,
}

/// The values of health states: a file in `measures/value-sets/`. It gives its instrument a score.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueSet {
    /// Name of the file.
    pub id: String,
    /// Version or year.
    pub version: String,
    /// The instrument.
    pub instrument: String,
    /// Version of the instrument that it values.
    pub instrument_version: String,
    /// The country whose people valued the states.
    pub country: String,
    /// The score that it gives: small letters, digits and underscores.
    pub score: String,
    /// What a report calls the score.
    pub title: Text,
    /// Publication that it comes from.
    pub source: String,
    /// The items in the order of a state's digits.
    pub items: Vec<String>,
    /// Decimals that values are rounded to.
    #[serde(default = "three")]
    #[schemars(range(min = 0, max = 6))]
    pub decimals: u8,
    /// Value of the state without any problem.
    #[serde(default = "one")]
    pub full: f64,
    /// Taken off once where any item is not at its lowest code.
    #[serde(default)]
    pub any_problem: f64,
    /// Taken off once where any item is at its highest code.
    #[serde(default)]
    pub any_worst: f64,
    /// What each code of an item takes off, lowest code first.
    #[serde(default)]
    pub decrements: BTreeMap<String, Vec<f64>>,
    /// Value of each state, where the set is a table rather than decrements.
    #[serde(default)]
    pub states: BTreeMap<String, f64>,
}

fn three() -> u8 {
    3
}

fn one() -> f64 {
    1.0
}

/// What a score gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Gives {
    /// A number, of which means are taken.
    Number,
    /// One of a few answers, each a code with its name, of which shares are taken.
    Codes(Vec<(i8, String, Text)>),
    /// A state, which is only compared.
    Profile,
}

impl Score {
    /// Returns the name of its column.
    pub fn column(&self) -> String {
        format!("s_{}", self.id)
    }

    /// Returns what the score gives.
    pub fn gives(&self) -> Gives {
        match &self.rule {
            Rule::TopScore { .. } | Rule::ChecklistAll { .. } => {
                Gives::Codes(vec![(0, "no".into(), Text::default()), (1, "yes".into(), Text::default())])
            }
            Rule::Categories { categories, .. } => {
                let of = categories.iter().zip(1_i8..).map(|(of, code)| (code, of.id.clone(), of.label.clone()));
                Gives::Codes(of.collect())
            }
            Rule::Profile { .. } => Gives::Profile,
            _ => Gives::Number,
        }
    }
}

impl CutSet {
    /// Returns the name of the column of its levels.
    pub fn column(&self) -> String {
        format!("l_{}__{}", self.score, self.id.replace('-', "_"))
    }

    /// Returns the levels as codes from 1 on.
    pub fn codes(&self) -> Vec<(i8, String, Text)> {
        self.levels.iter().zip(1_i8..).map(|(of, code)| (code, of.id.clone(), of.label.clone())).collect()
    }
}

impl ValueSet {
    /// Returns the smallest and the largest value that a state can have; none where the set says too little.
    pub fn range(&self) -> Option<[f64; 2]> {
        if self.states.is_empty() {
            let worst: f64 = self.decrements.values().filter_map(|of| of.iter().copied().max_by(f64::total_cmp)).sum();
            return Some([self.full - self.any_problem - self.any_worst - worst, self.full]);
        }
        let values = || self.states.values().copied();
        Some([values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?])
    }
}
