//! Outcomes among those who gave some answer.

use serde::{Deserialize, Serialize};

use super::Figure;

/// What another outcome says of those who gave the answer that this measure is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// The answer, as people read it.
    pub answer: String,
    pub title: String,
    /// Completes "4 in 10 said that …".
    pub statement: String,
    pub figure: Figure,
}

/// A step of a funnel: each counts among those who took the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub title: String,
    pub statement: String,
    pub out_of: String,
    pub figure: Figure,
    /// Of 100 who took the first step, how many took this one: the shares multiplied. None where one of them is not known.
    pub of_100: Option<f64>,
}
