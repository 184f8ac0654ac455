//! One measure: its figure, its months, its areas and its groups.

use serde::{Deserialize, Serialize};

use super::among::{Beside, Step};
use super::change::Change;
use super::equity::{Crossed, Equity, InverseCare};
use super::life::HealthyLife;
use super::missing::{Bounds, Differs};

/// What the figure of a measure is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A share of answers.
    #[default]
    Share,
    /// The mean of a score.
    Mean,
    /// A mean of which 0 is none, such as events for each 1,000 people.
    Rate,
    /// The mean change of a score.
    MeanChange,
    /// No figure of its own: its parts stand beside each other in `change`.
    Domains,
}

/// How figures in points of a score are written and drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub decimals: u8,
    /// Ends of the score.
    pub lowest: Option<f64>,
    pub highest: Option<f64>,
    /// The figures are differences: they have a sign, and may be below the lowest score.
    #[serde(default)]
    pub signed: bool,
    /// The figures are no points of a score: what they are, the measure says.
    #[serde(default)]
    pub rate: bool,
}

/// A figure with its interval and its count, or a mark and the reason for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub n: Option<i64>,
    /// People who gave the answers, where all of them are known.
    #[serde(default)]
    pub people: Option<i64>,
    pub numerator: Option<i64>,
    /// `c`, `u`, `x` or `z`; printed in square brackets.
    pub mark: Option<String>,
    pub mark_reason: Option<String>,
    /// Why there is no value although nothing was hidden.
    pub why_not: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    pub id: String,
    pub version: String,
    pub instrument_title: String,
    /// The question as people read it.
    pub question: Option<String>,
    /// The score that it comes from, where that is not one question.
    pub score: Option<String>,
    #[serde(default)]
    pub kind: Kind,
    /// How the figure is written; none where it is a share.
    pub scale: Option<Scale>,
    /// Heads the block: "Know what they can do to help their own health".
    pub title: String,
    /// Completes "In 7 in 10 answers, people said …": "they know who is in charge of their care". Says what the number is where it is no
    /// share.
    pub statement: String,
    pub counts: String,
    pub out_of: String,
    /// Which way is better: `higher` or `lower`.
    pub direction: String,
    /// When it was asked, where the instrument is asked on several occasions.
    pub occasion: Option<String>,
    /// `answer`, `person` or `episode`.
    pub unit: String,
    pub target: Option<f64>,
    pub reference: Option<Reference>,
    pub source: String,
    pub figure: Figure,
    /// The cut set whose levels are counted.
    pub cut_set: Option<String>,
    /// What other cut sets would say.
    #[serde(default)]
    pub other_cut_sets: Vec<ByCutSet>,
    /// The same figure by each scheme of weights.
    #[serde(default)]
    pub weighted: Vec<ByWeights>,
    /// Before and after, where the measure is a change.
    pub change: Option<Change>,
    pub second: Vec<SecondFigure>,
    pub series: Option<Series>,
    /// One comparison for each level of areas.
    pub areas: Vec<Comparison>,
    pub equity: Vec<Equity>,
    /// Two groups at a time.
    #[serde(default)]
    pub crossed: Vec<Crossed>,
    /// Over the need of areas, where the outcome names one.
    pub inverse_care: Option<InverseCare>,
    /// What other questions of the same submission say of those who gave an answer that counts here.
    #[serde(default)]
    pub beside: Vec<Beside>,
    /// The steps of the funnel that begins here.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Years of life in good health, from each age on, where the outcome goes into a life table.
    #[serde(default)]
    pub healthy_life: Vec<HealthyLife>,
    pub mode_mix: Vec<Share>,
    /// What the share of everybody on the list could be.
    #[serde(default)]
    pub bounds: Vec<Bounds>,
    /// Groups that should not be compared on the score as it is.
    #[serde(default)]
    pub differs: Vec<Differs>,
    pub note: Option<String>,
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub value: f64,
    pub source: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByCutSet {
    pub name: String,
    pub figure: Figure,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByWeights {
    /// Name of the weights.
    pub scheme: String,
    pub figure: Figure,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondFigure {
    pub title: String,
    pub statement: String,
    /// How the figure is written; none where it is a share.
    pub scale: Option<Scale>,
    pub figure: Figure,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub label: String,
    pub share: Option<f64>,
    pub mark: Option<String>,
}

/// Months in order, with the lines of an XmR chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub points: Vec<SeriesPoint>,
    pub centre: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub near_lower: Option<f64>,
    pub near_upper: Option<f64>,
    /// `passes`, `fails` or `hit_and_miss`.
    pub assurance: Option<String>,
    /// Fewer than 12 points: the limits may still move.
    pub trial: bool,
    /// Large jumps were left out once when the limits were worked out.
    pub screened: bool,
    pub why_not: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesPoint {
    pub period: String,
    pub label: String,
    pub value: Option<f64>,
    /// Ends of the 95% interval of this month alone.
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub n: Option<i64>,
    pub mark: Option<String>,
    /// `outside`, `trend`, `two-of-three` or `shift`.
    pub signal: Option<String>,
    /// `common`, `improvement`, `concern`, `neutral_high` or `neutral_low`.
    pub variation: Option<String>,
}

/// The areas of one level beside each other, in order of name, never ranked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    pub level: String,
    /// In the plural: "practices".
    pub level_title: String,
    /// The centre of the funnel, not an aim.
    pub target: Option<f64>,
    /// What the compared figures are adjusted for, in words.
    #[serde(default)]
    pub adjusted_for: Option<String>,
    pub points: Vec<AreaPoint>,
    pub shown: usize,
    pub hidden: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AreaPoint {
    pub code: String,
    pub name: String,
    pub figure: Figure,
    /// Funnel limits at this area's own n.
    pub lower95: Option<f64>,
    pub upper95: Option<f64>,
    pub lower998: Option<f64>,
    pub upper998: Option<f64>,
    /// `much lower`, `lower`, `about the same`, `higher` or `much higher`; none where it is shown and not compared.
    pub band: Option<String>,
    /// The figure adjusted for case mix, where the measure is: limits and band are then those of this one.
    #[serde(default)]
    pub adjusted: Option<Box<Figure>>,
    /// Share of the variance of figures of this n that is between areas, of the figure that is compared.
    #[serde(default)]
    pub reliability: Option<f64>,
    /// It differs with the false-discovery rate held down over all areas of its level and all measures.
    #[serde(default)]
    pub remains: bool,
}

impl AreaPoint {
    /// Returns the figure that is held against the limits.
    pub fn compared(&self) -> &Figure {
        self.adjusted.as_deref().unwrap_or(&self.figure)
    }
}
