//! The first page: what a board must act on, what it should know, and what is in order.

use serde::Serialize;

use super::context::{Board, Measure};
use super::reading::{self, LARGE_DIFFERENCE, MISSING_BELOW, Missing, RECENT_POINTS};

/// Chance alone puts this share of areas outside limits of 99.8%.
const OUTSIDE_BY_CHANCE: f64 = 0.002;
/// Chance alone gives this share of steady charts a signal in their newest [`RECENT_POINTS`] points: 40,000 simulated
/// normal series under the rules of `methods.md` section 7 gave 3.7% for 24 points and 3.0% for 12.
const RECENT_BY_CHANCE: f64 = 0.04;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Answer {
    pub alert: Vec<Finding>,
    pub advise: Vec<Finding>,
    pub assure: Vec<Finding>,
    pub tested: Tested,
    pub rules: Rules,
}

/// One line. The words know how to say each kind; the numbers are places in the board's lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Finding {
    pub kind: &'static str,
    pub measure: Option<usize>,
    pub equity: Option<usize>,
    pub areas: Option<usize>,
    pub answered: Option<usize>,
    pub missing: Option<Missing>,
}

/// How many chances there were to see a signal where there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tested {
    pub series: usize,
    pub series_with_signal: usize,
    pub series_by_chance: f64,
    pub areas: usize,
    pub areas_outside: usize,
    pub areas_by_chance: f64,
}

/// The thresholds, so that the page prints the ones that were used.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rules {
    pub recent: usize,
    pub large: f64,
    pub missing_below: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { recent: RECENT_POINTS, large: LARGE_DIFFERENCE, missing_below: MISSING_BELOW }
    }
}

/// Sorts everything on the page into alert, advise and assure.
pub fn read(board: &Board) -> Answer {
    let mut answer = Answer::default();
    for (index, measure) in board.measures.iter().enumerate() {
        read_measure(&mut answer, index, measure);
    }
    for (index, answered) in board.answered.iter().enumerate() {
        for missing in reading::missing(answered).into_iter().filter(|missing| missing.under) {
            let finding =
                Finding { kind: "missing", answered: Some(index), missing: Some(missing), ..Finding::default() };
            answer.advise.push(finding);
        }
    }
    answer.tested.series_by_chance = answer.tested.series as f64 * RECENT_BY_CHANCE;
    answer.tested.areas_by_chance = answer.tested.areas as f64 * OUTSIDE_BY_CHANCE;
    answer
}

fn read_measure(answer: &mut Answer, index: usize, measure: &Measure) {
    let about = |kind: &'static str| Finding { kind, measure: Some(index), ..Finding::default() };
    if !reading::is_shown(&measure.figure) {
        answer.advise.push(about("too_few"));
    }
    let alerts = answer.alert.len();
    for (place, equity) in measure.equity.iter().enumerate() {
        let read = reading::equity(equity, &measure.direction);
        let here = |kind| Finding { equity: Some(place), ..about(kind) };
        if read.certain && read.large {
            if read.against {
                answer.alert.push(here("unequal"));
            } else if !equity.ordered {
                answer.advise.push(here("groups_differ"));
            }
        } else if read.kind == "few" {
            answer.advise.push(here("groups_few"));
        }
    }
    for (place, comparison) in measure.areas.iter().enumerate() {
        let read = reading::areas(comparison);
        answer.tested.areas += read.tested;
        answer.tested.areas_outside += read.outside;
        if 0 < read.outside {
            answer.advise.push(Finding { areas: Some(place), ..about("areas_differ") });
        }
    }
    let Some(series) = &measure.series else {
        return;
    };
    let read = reading::series(series);
    if !read.tested {
        return;
    }
    answer.tested.series += 1;
    let variation = read.recent.as_ref().map(|point| point.variation.as_deref().unwrap_or("neutral"));
    answer.tested.series_with_signal += usize::from(read.recent.is_some());
    match (variation, series.assurance.as_deref()) {
        (Some("concern"), _) => answer.alert.push(about("concern")),
        (Some("improvement"), _) => answer.advise.push(about("improvement")),
        (Some(_), _) => answer.advise.push(about("unusual")),
        (None, _) if series.trial => answer.advise.push(about("short_series")),
        // Steady below its aim will stay below its aim: no comfort in that.
        (None, Some("fails")) => answer.advise.push(about("misses_target")),
        (None, _) if answer.alert.len() == alerts => answer.assure.push(about("steady")),
        (None, _) => {}
    }
}
