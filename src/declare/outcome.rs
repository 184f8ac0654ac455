//! Outcomes: what is measured, as a share of answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// A file in `measures/outcomes/`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeFile {
    /// The outcomes, in the order in which a report shows them.
    pub outcomes: Vec<Outcome>,
}

/// A share of the answers to one item.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Name in tables and commands: small letters, digits and hyphens.
    pub id: String,
    /// Version of the definition; figures of two versions are never compared.
    pub version: String,
    /// Short heading.
    pub title: Text,
    /// Ends the sentence "In 7 in 10 answers, people said …".
    pub statement: Text,
    /// The instrument that asks it.
    pub instrument: String,
    /// The item in that instrument.
    pub item: String,
    /// Options that count towards the numerator.
    pub counts: Vec<String>,
    /// Options that make up the denominator.
    pub out_of: Vec<String>,
    /// The denominator in words.
    pub out_of_words: Text,
    /// Which way is better for people.
    pub direction: Direction,
    /// What is counted.
    #[serde(default)]
    pub unit: Unit,
    /// Share that the system aims for, between 0 and 1.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1))]
    pub target: Option<f64>,
    /// The outcome that this one is shown beside, as its second figure.
    #[serde(default)]
    pub second_to: Option<String>,
    /// Groups of `groups.toml` that it is shown by.
    #[serde(default)]
    pub by: Vec<String>,
    /// Published definition that it follows.
    pub source: String,
    /// What a reader must know before using the figure.
    #[serde(default)]
    pub note: Option<Text>,
}

/// Which way is better for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// A higher share is better.
    Higher,
    /// A lower share is better.
    Lower,
}

impl Direction {
    /// Returns the word that the SQL function `xmr` takes: the direction of an improvement.
    pub fn improvement(self) -> &'static str {
        match self {
            Direction::Higher => "increase",
            Direction::Lower => "decrease",
        }
    }
}

/// What an outcome counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Every answer.
    #[default]
    Answer,
    /// Each person's latest answer: refused by `check` until distinct people are counted by a pass of their own.
    Person,
}
