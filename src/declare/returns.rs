//! Returns: counts of answers that go to the body that collects them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// A file in `measures/returns/`: a table with a row an area, and a column for answers and for ways of collecting them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// Name in commands.
    pub id: String,
    /// What it is.
    pub title: Text,
    /// The instrument; only answers to its version in use are counted.
    pub instrument: String,
    /// The item.
    pub item: String,
    /// The policy that the counts go through, which must be one for submission.
    pub policy: String,
    /// The columns of answers; each option stands in exactly one.
    pub answers: Vec<Answers>,
    /// The group of `groups.toml` whose bands are the ways of collecting.
    pub methods_by: String,
    /// The columns of ways of collecting; each band, that of not stated included, stands in exactly one.
    pub methods: Vec<Methods>,
    /// Guidance that it follows.
    pub source: String,
}

/// A column that counts answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Its heading.
    pub column: String,
    /// The options that it counts.
    pub options: Vec<String>,
}

/// A column that counts answers collected in some ways.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Methods {
    /// Its heading.
    pub column: String,
    /// The bands that it counts.
    pub bands: Vec<String>,
}
