//! What a chart says, as facts: the file of words turns them into sentences.
//!
//! Templates cannot compare and count well, and a rule that decides what a board is told first belongs where it is tested.

use std::cmp::Ordering;

use serde::Serialize;

use super::context::{Answered, Comparison, Equity, Figure, Measure, Series, SeriesPoint, Transitions};

/// A signal this many points back still counts as news.
pub const RECENT_POINTS: usize = 3;
/// A difference between groups of less than this, as a share, is not put before the board as an alert.
pub const LARGE_DIFFERENCE: f64 = 0.05;
/// A group is missing when its share of answers is under four fifths of its share of people.
pub const MISSING_BELOW: f64 = 0.8;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeriesReading {
    pub latest: Option<SeriesPoint>,
    pub shown: usize,
    pub hidden: usize,
    pub lowest: Option<f64>,
    pub highest: Option<f64>,
    /// Fewest and most answers in a month that is shown.
    pub fewest: Option<i64>,
    pub most: Option<i64>,
    /// The newest signal among the last [`RECENT_POINTS`]; concern goes before all else.
    pub recent: Option<SeriesPoint>,
    /// Points with a signal before those.
    pub earlier: usize,
    /// There were limits to test against.
    pub tested: bool,
}

/// Reads a series of months.
pub fn series(series: &Series) -> SeriesReading {
    let recent_from = series.points.len().saturating_sub(RECENT_POINTS);
    let (before, last) = series.points.split_at(recent_from);
    let unusual = |point: &&SeriesPoint| point.signal.is_some() && point.variation.as_deref() != Some("common");
    let concern = |point: &&SeriesPoint| point.variation.as_deref() == Some("concern");
    let signals = || last.iter().filter(unusual).rev();
    let values = || series.points.iter().filter_map(|point| point.value);
    SeriesReading {
        latest: series.points.last().cloned(),
        shown: values().count(),
        hidden: series.points.len() - values().count(),
        lowest: values().min_by(f64::total_cmp),
        highest: values().max_by(f64::total_cmp),
        fewest: series.points.iter().filter_map(|point| point.n).min(),
        most: series.points.iter().filter_map(|point| point.n).max(),
        recent: signals().find(concern).or_else(|| signals().next()).cloned(),
        earlier: before.iter().filter(unusual).count(),
        tested: series.centre.is_some(),
    }
}

/// Names are in the order of the comparison, which is the order of names.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct AreasReading {
    pub much_lower: Vec<String>,
    pub lower: Vec<String>,
    pub same: usize,
    pub higher: Vec<String>,
    pub much_higher: Vec<String>,
    /// Areas that are compared.
    pub tested: usize,
    /// Areas that were held against limits, compared or not.
    pub held: usize,
    /// Those of them that lie outside the 95% limits.
    pub beyond: usize,
    /// Those that differ after false-discovery control.
    pub remain: usize,
    /// Areas outside the 99.8% limits.
    pub outside: usize,
    pub lowest: Option<f64>,
    pub highest: Option<f64>,
}

/// Reads a comparison of areas.
pub fn areas(comparison: &Comparison) -> AreasReading {
    let mut reading = AreasReading::default();
    for point in &comparison.points {
        let name = point.name.clone();
        if let (Some(value), Some(lower), Some(upper)) = (point.compared().value, point.lower95, point.upper95) {
            reading.held += 1;
            reading.beyond += usize::from(value < lower || upper < value);
            reading.remain += usize::from(point.remains);
        }
        match point.band.as_deref() {
            Some("much lower") => reading.much_lower.push(name),
            Some("lower") => reading.lower.push(name),
            Some("higher") => reading.higher.push(name),
            Some("much higher") => reading.much_higher.push(name),
            Some(_) => reading.same += 1,
            None => continue,
        }
        reading.tested += 1;
    }
    reading.outside = reading.much_lower.len() + reading.much_higher.len();
    let values = || comparison.points.iter().filter_map(|point| point.figure.value);
    reading.lowest = values().min_by(f64::total_cmp);
    reading.highest = values().max_by(f64::total_cmp);
    reading
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EquityReading {
    /// `slope`, `gap`, `few` (groups were hidden or there are none) or `none` (figures, but no measure of the difference).
    pub kind: &'static str,
    /// The last end less the first.
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    /// The interval leaves out 0.
    pub certain: bool,
    /// At least [`LARGE_DIFFERENCE`] either way.
    pub large: bool,
    /// Ordered groups only: the most disadvantaged end is the worse one.
    pub against: bool,
    pub first_label: Option<String>,
    pub last_label: Option<String>,
    pub shown: usize,
    pub hidden: usize,
    pub lowest: Option<f64>,
    pub highest: Option<f64>,
}

/// Reads a breakdown: the slope where there is one, otherwise the gap.
pub fn equity(equity: &Equity, direction: &str) -> EquityReading {
    let stated = || equity.groups.iter().filter(|group| !group.not_stated);
    let values = || stated().filter_map(|group| group.figure.value);
    let shown = values().count();
    let label = |group: Option<&super::context::GroupPoint>| group.map(|group| group.label.clone());
    let slope = equity.slope.as_ref().filter(|slope| 1 < shown && slope.sii.is_some());
    let gap = equity.gap.as_ref().filter(|gap| 1 < shown && gap.value.is_some());
    let (kind, value, lower, upper, first_label, last_label) = match (slope, gap) {
        (Some(slope), _) => {
            ("slope", slope.sii, slope.lower, slope.upper, label(stated().next()), label(stated().next_back()))
        }
        (None, Some(gap)) => {
            let place = |label: &str| equity.groups.iter().position(|group| group.label == label);
            // A declared gap may name its ends either way round; the page always speaks from the earlier group's side.
            if place(&gap.to_label).zip(place(&gap.from_label)).is_some_and(|(to, from)| to < from) {
                let turned = |value: Option<f64>| value.map(|value| -value);
                let ends = (Some(gap.to_label.clone()), Some(gap.from_label.clone()));
                ("gap", turned(gap.value), turned(gap.upper), turned(gap.lower), ends.0, ends.1)
            } else {
                ("gap", gap.value, gap.lower, gap.upper, Some(gap.from_label.clone()), Some(gap.to_label.clone()))
            }
        }
        (None, None) => (if shown < 2 { "few" } else { "none" }, None, None, None, None, None),
    };
    let certain = lower.zip(upper).is_some_and(|(lower, upper)| 0.0 < lower || upper < 0.0);
    EquityReading {
        kind,
        value,
        lower,
        upper,
        certain,
        // A difference that prints as 5 points is large, whatever its last binary digit.
        large: value.is_some_and(|value| LARGE_DIFFERENCE - 1e-9 <= value.abs()),
        against: equity.ordered
            && value.is_some_and(|value| if direction == "lower" { value < 0.0 } else { 0.0 < value }),
        first_label,
        last_label,
        shown,
        hidden: stated().count() - shown,
        lowest: values().min_by(f64::total_cmp),
        highest: values().max_by(f64::total_cmp),
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Missing {
    pub title: String,
    pub label: String,
    pub responder_share: f64,
    pub population_share: f64,
    /// Groups of the same breakdown that are hidden and may be missing as well.
    pub hidden: usize,
    /// Share of answers over share of people, of those whose group is known where that was worked out.
    pub ratio: f64,
    /// Under four fifths of what its share of people would give, beyond chance where that is known.
    pub under: bool,
}

/// The group whose share of answers falls furthest short of its share of people, in each breakdown that has both.
pub fn missing(answered: &Answered) -> Vec<Missing> {
    let furthest = |by: &super::context::AnsweredBy| {
        let groups = by.groups.iter().filter_map(|group| {
            let (responder_share, population_share) = (group.responder_share?, group.population_share?);
            let ratio = group.representation.value.unwrap_or(responder_share / population_share);
            (0.0 < population_share).then_some((group, responder_share, population_share, ratio))
        });
        let (group, responder_share, population_share, ratio) = groups.min_by(|a, b| a.3.total_cmp(&b.3))?;
        Some(Missing {
            title: by.title.clone(),
            label: group.label.clone(),
            responder_share,
            population_share,
            hidden: by.groups.iter().filter(|group| group.mark.is_some()).count(),
            ratio,
            under: ratio < MISSING_BELOW && group.representation.upper.is_none_or(|upper| upper < 1.0),
        })
    };
    answered.breakdowns.iter().filter_map(furthest).collect()
}

/// People who changed level, where no cell is hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moves {
    pub better: i64,
    pub same: i64,
    pub worse: i64,
}

/// Reads who moved to a better or a worse level; none where a cell is hidden.
pub fn moves(transitions: &Transitions, direction: &str) -> Option<Moves> {
    let mut moves = Moves::default();
    for (before, level) in transitions.levels.iter().enumerate() {
        for (after, cell) in level.after.iter().enumerate() {
            let n = cell.n?;
            match (after.cmp(&before), direction) {
                (Ordering::Equal, _) => moves.same += n,
                (Ordering::Greater, "lower") => moves.worse += n,
                (Ordering::Less, "lower") | (Ordering::Greater, _) => moves.better += n,
                (Ordering::Less, _) => moves.worse += n,
            }
        }
    }
    Some(moves)
}

/// Whether there is a number to print.
pub fn is_shown(measure: &Measure) -> bool {
    let shown = |figure: &Figure| figure.value.is_some() && figure.mark.is_none();
    let domains = measure.change.iter().flat_map(|change| &change.domains);
    shown(&measure.figure) || domains.into_iter().any(|domain| shown(&domain.classes.better))
}
