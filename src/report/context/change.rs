//! The change of one measure between two occasions.

use serde::{Deserialize, Serialize};

use super::Count;
use super::measure::{Figure, Scale};

/// Before and after of people or episodes that have both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Names of the two occasions; `first` and `latest` where any will do.
    pub from: String,
    pub to: String,
    /// Which way the score is better: `higher` or `lower`. The measure itself may be a share of those who are better.
    pub direction: String,
    /// How the score is written; says nothing where there are only domains.
    #[serde(default)]
    pub scale: Scale,
    pub before: Option<Figure>,
    pub after: Option<Figure>,
    pub mean: Option<Figure>,
    /// Mean change over the standard deviation before.
    pub effect_size: Option<Figure>,
    /// Standardised response mean: mean change over the standard deviation of the changes.
    pub srm: Option<Figure>,
    pub adjusted: Option<Adjusted>,
    pub thresholds: Vec<Threshold>,
    pub bands: Vec<Band>,
    /// People were chosen because their score before was low.
    pub chosen_for_low_baseline: bool,
    pub transitions: Option<Transitions>,
    pub profile: Vec<ProfileClass>,
    /// Each by itself, never added up.
    pub domains: Vec<Domain>,
    pub unpaired: Vec<Unpaired>,
}

/// The mean after, as it would be if everybody had been predicted the average.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjusted {
    pub after: Figure,
    /// Standard deviation of after less predicted.
    pub residual_sd: Option<Figure>,
}

/// Shares of better, same and worse: one denominator.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classes {
    pub better: Figure,
    pub same: Figure,
    pub worse: Figure,
}

/// What counts as a change, and what it gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    pub id: String,
    /// `any`, `group`, `individual` or `reliable`.
    pub kind: String,
    /// The smallest difference that counts.
    pub least: Option<f64>,
    /// What a reliable change was worked out from.
    pub sd: Option<f64>,
    pub reliability: Option<f64>,
    pub source: String,
    pub classes: Classes,
}

/// People by their score before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    pub label: String,
    pub mean: Figure,
    /// By the first threshold.
    pub better: Figure,
}

/// People by their level before and after, lowest levels first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transitions {
    pub cut_set: String,
    pub levels: Vec<Level>,
}

/// People who were at one level before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub label: String,
    /// How many are at each level after, in the same order.
    pub after: Vec<Count>,
}

/// Kind of change between two health states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileClass {
    /// `no problems`, `no change`, `improve`, `worsen` or `mixed change`.
    pub class: String,
    pub figure: Figure,
}

/// One part of a measure without a figure of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    pub label: String,
    pub classes: Classes,
}

/// Responses that have no partner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unpaired {
    pub reason: String,
    pub responses: Count,
}
