//! Groups beside each other: gaps, slopes, other measures of inequality, two groups at a time, and need.

use serde::{Deserialize, Serialize};

use super::measure::{Figure, Scale, Series};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equity {
    pub group_by: String,
    pub title: String,
    /// The groups run from most to least disadvantaged.
    pub ordered: bool,
    pub order_note: Option<String>,
    pub groups: Vec<GroupPoint>,
    pub gap: Option<Gap>,
    /// The figure of the gap's first group over that of its second.
    pub ratio: Option<Figure>,
    /// Of a rate, each later group against the first one.
    #[serde(default)]
    pub rates: Vec<RateRatio>,
    pub slope: Option<Slope>,
    /// Share of the answers whose group has a place in the order.
    pub placed: Option<f64>,
    /// The gap from month to month.
    pub trend: Option<Trend>,
    /// Other measures of inequality, in the order of their names.
    #[serde(default)]
    pub measures: Vec<Inequality>,
    pub why_not: Option<String>,
}

/// How many times as high the rate of a group is as that of the first group in the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateRatio {
    pub label: String,
    pub first_label: String,
    pub figure: Figure,
}

/// The figure of `to_label` less that of `from_label`, month by month; of shares in points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trend {
    pub from_label: String,
    pub to_label: String,
    pub scale: Scale,
    pub series: Series,
}

/// One measure of inequality over all groups, by the name of its statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inequality {
    pub statistic: String,
    pub figure: Figure,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupPoint {
    pub id: String,
    pub label: String,
    pub figure: Figure,
    pub not_stated: bool,
    /// The group less everybody else.
    pub rest: Option<Figure>,
}

/// The figure of `to_label` less that of `from_label`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    pub from_label: String,
    pub to_label: String,
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
}

/// A straight line through ordered groups, from rank 0 (most disadvantaged) to rank 1 (least).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slope {
    /// Fitted at rank 1 less fitted at rank 0: above 0, the least disadvantaged have more.
    pub sii: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    /// Fitted at rank 1 over fitted at rank 0.
    pub rii: Option<f64>,
    pub rii_lower: Option<f64>,
    pub rii_upper: Option<f64>,
    pub lack_of_fit: Option<bool>,
    pub points: Vec<SlopePoint>,
    pub groups: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlopePoint {
    pub rank: f64,
    pub value: f64,
}

/// Two groups at a time: a row for each band of the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crossed {
    pub first_title: String,
    pub second_title: String,
    pub rows: Vec<CrossedRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossedRow {
    pub label: String,
    pub cells: Vec<CrossedCell>,
}

/// Those in a band of each group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrossedCell {
    pub label: String,
    /// As it was measured.
    pub measured: Figure,
    /// The same drawn towards `expected`; none where too few answered.
    pub drawn: Option<Figure>,
    /// What the two bands add up to.
    pub expected: Option<f64>,
}

/// The outcome over the need of areas: fitted where the need is least, less fitted where it is greatest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InverseCare {
    /// What tells the need.
    pub need: String,
    /// The areas, in the plural: "practices".
    pub areas: String,
    pub figure: Figure,
}
