//! Priorities: what a community wants to be told first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// The order in which the board report of some areas leads with outcomes, as one file in `measures/priorities/` declares it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Priorities {
    /// Name of the file.
    pub id: String,
    /// What a report calls them.
    pub title: Text,
    /// Codes of the areas that they hold for, and for the areas within, unless these have their own; `all` is everything.
    pub areas: Vec<String>,
    /// Who set them, and when.
    pub set_by: Text,
    /// What comes first.
    pub priorities: Vec<Priority>,
}

/// One outcome and how much it matters.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// The outcome.
    pub outcome: String,
    /// How much it matters beside the others: a number above 0. The largest comes first, of two that are equal the one that stands first.
    pub weight: f64,
    /// Why, in the words of those who set it.
    #[serde(default)]
    pub why: Option<Text>,
}

impl Priorities {
    /// Returns the priorities, the weightiest first.
    pub fn in_order(&self) -> Vec<&Priority> {
        let mut order: Vec<&Priority> = self.priorities.iter().collect();
        order.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        order
    }
}
