//! Years of life in good health.

use serde::{Deserialize, Serialize};

use super::Figure;

/// Years to be expected from one age on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthyLife {
    /// The age; 0 is birth.
    pub age: u8,
    /// Years in good health.
    pub healthy: Figure,
    /// Years of life.
    pub life: Figure,
    /// The one over the other.
    pub share: Option<f64>,
    /// Groups that have a life table of their own.
    pub groups: Vec<LifeBy>,
    /// How it was computed.
    pub method: Option<String>,
}

/// The groups of one breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeBy {
    pub group_by: String,
    pub title: String,
    pub bands: Vec<LifeBand>,
    /// The two bands that are set against each other.
    pub gap: Option<LifeGap>,
    /// Slope index of the years in good health, where the bands have an order.
    pub slope: Option<Figure>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeBand {
    pub label: String,
    pub healthy: Figure,
    pub life: Figure,
}

/// Years of the first band less those of the second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeGap {
    pub first_label: String,
    pub second_label: String,
    pub healthy: Figure,
    pub life: Figure,
}
