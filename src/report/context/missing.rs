//! Who is missing, and what that may do to the figures.

use serde::{Deserialize, Serialize};

use super::Figure;

/// How evenly people of different groups answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representative {
    /// The breakdown; none where all that the lists know are taken together.
    pub title: Option<String>,
    /// The R-indicator: 1 where all groups answered equally often.
    pub r: Figure,
    /// Standard deviation of how often groups answered, over their mean.
    pub variation: Option<f64>,
}

/// Between which limits the figure of everybody on the list lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// How far those who did not answer may lie off, as a fraction; none where nothing is assumed of them.
    pub difference: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    /// Why there are none, where nothing was hidden.
    pub why_not: Option<String>,
}

/// Two groups of whom people with equal totals answered a question differently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differs {
    /// The breakdown.
    pub group_by: String,
    pub title: String,
    pub first_label: String,
    pub second_label: String,
    /// The questions.
    pub items: Vec<String>,
}
