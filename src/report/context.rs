//! What a report may see. Templates get these fields under these names and nothing else.
//!
//! Shares are fractions in `[0, 1]`, means and changes are in points of their score. In a hidden figure every number is `None` and `mark` says why; a number is never
//! replaced by 0. The structs can be read back from JSON, so that a page can be drawn again without the tables.

mod among;
mod change;
mod equity;
mod frame;
mod life;
mod measure;
mod missing;

pub use among::{Beside, Step};
pub use change::{Adjusted, Band, Change, Classes, Domain, Level, ProfileClass, Threshold, Transitions, Unpaired};
pub use equity::{
    Crossed, CrossedCell, CrossedRow, Equity, Gap, GroupPoint, Inequality, InverseCare, RateRatio, Slope, SlopePoint,
    Trend,
};
pub use frame::{Framework, FrameworkPart, Paper, Priorities, PriorityLine, Section, System};
pub use life::{HealthyLife, LifeBand, LifeBy, LifeGap};
pub use measure::{
    AreaPoint, ByCutSet, ByWeights, Comparison, Figure, Kind, Measure, Reference, Scale, SecondFigure, Series,
    SeriesPoint, Share,
};
pub use missing::{Bounds, Differs, Representative};
use serde::{Deserialize, Serialize};

/// One page for one area and one period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Board {
    /// Which page it is.
    #[serde(default)]
    pub paper: Paper,
    /// BCP 47; also picks the file of words, `board/words.<language>.jinja`.
    pub language: String,
    pub system_name: String,
    pub area: Place,
    pub period: PeriodLabel,
    pub run: Run,
    /// `false` until disclosure control is complete: the page then says that it is not for publication.
    pub publishable: bool,
    /// The input was public before it came to us (policy `none`).
    pub already_published: bool,
    pub measures: Vec<Measure>,
    /// Where the order of the measures comes from, where a community set one.
    #[serde(default)]
    pub priorities: Option<Priorities>,
    /// The measures by system, and the titles of systems without figures here: on the page of every measure.
    #[serde(default)]
    pub sections: Vec<Section>,
    #[serde(default)]
    pub systems_not_here: Vec<String>,
    /// What measures each part of a framework: on the page of every measure.
    #[serde(default)]
    pub frameworks: Vec<Framework>,
    pub answered: Vec<Answered>,
    /// Licences of the instruments on the page that need one.
    #[serde(default)]
    pub licences: Vec<Licence>,
    pub hidden: Hidden,
    pub landed: Option<Landed>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub code: String,
    pub name: String,
    pub level: String,
    pub level_title: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodLabel {
    pub id: String,
    pub label: String,
    /// First day, as `2025-10-01`.
    pub starts: Option<String>,
    /// Last day that is part of the period.
    pub ends_inclusive: Option<String>,
}

/// Everything needed to make the same page again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    pub id: String,
    pub made_at: String,
    pub program_version: String,
    pub policy_id: String,
    pub policy_title: String,
    pub policy_note: String,
    /// Shortened hash of every declaration, query and template used.
    pub declarations_hash: String,
    pub tables: Vec<TableVersion>,
    pub boundaries_on: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableVersion {
    pub name: String,
    pub version: i64,
}

/// The licence under which an instrument is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    pub instrument_title: String,
    /// Who grants it.
    pub by: String,
    pub holder: String,
    pub reference: String,
    /// What a person should know before using it, such as that it has ended.
    pub warning: Option<String>,
}

/// Who answered one instrument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    pub instrument_title: String,
    pub responses: Count,
    /// Answers for every 100 people on the list.
    pub per_100: Option<f64>,
    pub breakdowns: Vec<AnsweredBy>,
    /// How evenly people answered: by all breakdowns at once where that is known, then by each.
    #[serde(default)]
    pub representativeness: Vec<Representative>,
    #[serde(default)]
    pub mode_mix: Vec<Share>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    pub n: Option<i64>,
    pub mark: Option<String>,
    pub mark_reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnsweredBy {
    pub title: String,
    pub groups: Vec<AnsweredGroup>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnsweredGroup {
    pub label: String,
    pub responses: Option<i64>,
    pub responder_share: Option<f64>,
    pub population_share: Option<f64>,
    pub per_100: Option<f64>,
    /// Share of answers over share of people, of those whose group is known: 0.5 is half as often as the list would suggest.
    #[serde(default)]
    pub representation: Figure,
    pub mark: Option<String>,
    pub mark_reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hidden {
    pub cells: usize,
    pub shown: usize,
    pub by_reason: Vec<HiddenReason>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HiddenReason {
    pub mark: String,
    pub reason: String,
    pub cells: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Landed {
    pub responses: u64,
    pub quarantined: u64,
    pub undated: u64,
}
