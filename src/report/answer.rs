//! The first page: what a board must act on, what it should know, and what is in order.

use std::collections::BTreeSet;

use serde::Serialize;

use super::context::{Board, Figure, Kind, Measure};
use super::reading::{self, LARGE_DIFFERENCE, MISSING_BELOW, Missing, RECENT_POINTS};

/// Chance alone puts this share of areas outside limits of 95%.
const OUTSIDE_BY_CHANCE: f64 = 0.05;
/// Chance alone gives this share of steady charts a signal in their newest [`RECENT_POINTS`] points: 40,000 simulated
/// normal series under the rules of `methods.md` section 7 gave 3.7% for 24 points and 3.0% for 12.
const RECENT_BY_CHANCE: f64 = 0.04;

/// A gap counts as clear when its 95% interval leaves out 0: chance alone gives this share of them.
const GAP_BY_CHANCE: f64 = 0.05;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Answer {
    pub alert: Vec<Finding>,
    pub advise: Vec<Finding>,
    pub assure: Vec<Finding>,
    pub counts: Counts,
    pub tested: Tested,
    pub rules: Rules,
}

/// One line. The words know how to say each kind; the numbers are places in the board's lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Finding {
    pub kind: &'static str,
    /// The measures of which it is true; empty where it is not about measures.
    pub measures: Vec<usize>,
    /// Place in the first measure's list.
    pub equity: Option<usize>,
    /// Places in the first measure's list.
    pub areas: Vec<usize>,
    pub answered: Option<usize>,
    pub missing: Vec<Missing>,
}

/// How many measures the page has, and how many of them are in which state.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Counts {
    pub measures: usize,
    pub alert: usize,
    pub steady: usize,
    /// Without a figure.
    pub not_shown: usize,
}

/// How many chances there were to see a signal where there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tested {
    pub series: usize,
    pub series_with_signal: usize,
    pub series_by_chance: f64,
    /// Figures of areas that were held against limits.
    pub areas: usize,
    /// Those outside the 95% limits.
    pub areas_outside: usize,
    pub areas_by_chance: f64,
    /// Those that differ after false-discovery control.
    pub areas_remain: usize,
    /// Those that are shown and not compared.
    pub areas_unreliable: usize,
    pub gaps: usize,
    pub gaps_clear: usize,
    pub gaps_by_chance: f64,
    /// Gaps of ordered groups that were followed from month to month.
    pub trends: usize,
    pub trends_with_signal: usize,
    pub trends_by_chance: f64,
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
        read_measure(&mut answer, board, index, measure);
    }
    for (index, answered) in board.answered.iter().enumerate() {
        let missing: Vec<Missing> = reading::missing(answered).into_iter().filter(|missing| missing.under).collect();
        if !missing.is_empty() {
            answer.advise.push(Finding { kind: "missing", answered: Some(index), missing, ..Finding::default() });
        }
    }
    answer.tested.series_by_chance = answer.tested.series as f64 * RECENT_BY_CHANCE;
    answer.tested.trends_by_chance = answer.tested.trends as f64 * RECENT_BY_CHANCE;
    answer.tested.areas_by_chance = answer.tested.areas as f64 * OUTSIDE_BY_CHANCE;
    answer.tested.gaps_by_chance = answer.tested.gaps as f64 * GAP_BY_CHANCE;
    let shown = board.measures.iter().filter(|measure| reading::is_shown(measure)).count();
    let alerts: BTreeSet<usize> = answer.alert.iter().flat_map(|finding| finding.measures.iter().copied()).collect();
    answer.counts = Counts {
        measures: board.measures.len(),
        alert: alerts.len(),
        steady: answer.assure.iter().map(|finding| finding.measures.len()).sum(),
        not_shown: board.measures.len() - shown,
    };
    answer
}

fn read_measure(answer: &mut Answer, board: &Board, index: usize, measure: &Measure) {
    let about = |kind: &'static str| Finding { kind, measures: vec![index], ..Finding::default() };
    let shown = reading::is_shown(measure);
    if !shown {
        let why = |figure: &Figure| (figure.mark.clone(), figure.mark_reason.clone(), figure.why_not.clone());
        gather(&mut answer.advise, about("too_few"), |first| {
            first.first_measure(board).is_some_and(|first| why(&first.figure) == why(&measure.figure))
        });
    }
    let alerts = answer.alert.len();
    for (place, equity) in measure.equity.iter().enumerate() {
        let read = reading::equity(equity, &measure.direction);
        let here = |kind| Finding { equity: Some(place), ..about(kind) };
        if read.lower.is_some() && read.upper.is_some() {
            answer.tested.gaps += 1;
            answer.tested.gaps_clear += usize::from(read.certain);
        }
        // What is a large difference is known for shares only.
        if read.certain && read.large && measure.kind == Kind::Share {
            if read.against {
                answer.alert.push(here("unequal"));
            } else if !equity.ordered {
                answer.advise.push(here("groups_differ"));
            }
        } else if read.kind == "few" && shown {
            gather(&mut answer.advise, here("groups_few"), |first| {
                let group = |equity: usize| first.first_measure(board)?.equity.get(equity);
                first.equity.and_then(group).is_some_and(|first| first.group_by == equity.group_by)
            });
        }
    }
    for (place, equity) in measure.equity.iter().enumerate().filter(|(_, equity)| equity.ordered) {
        let Some(read) = equity.trend.as_ref().map(|trend| reading::series(&trend.series)).filter(|read| read.tested)
        else {
            continue;
        };
        answer.tested.trends += 1;
        if read.recent.is_some() {
            answer.tested.trends_with_signal += 1;
            answer.advise.push(Finding { equity: Some(place), ..about("gap_moved") });
        }
    }
    let mut differ = about("areas_differ");
    for (place, comparison) in measure.areas.iter().enumerate() {
        let read = reading::areas(comparison);
        answer.tested.areas += read.held;
        answer.tested.areas_outside += read.beyond;
        answer.tested.areas_remain += read.remain;
        answer.tested.areas_unreliable += read.held.saturating_sub(read.tested);
        if 0 < read.outside {
            differ.areas.push(place);
        }
    }
    if !differ.areas.is_empty() {
        answer.advise.push(differ);
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
        (None, _) if series.trial => gather(&mut answer.advise, about("short_series"), |_| true),
        // Steady below its aim will stay below its aim: no comfort in that.
        (None, Some("fails")) => answer.advise.push(about("misses_target")),
        (None, _) if answer.alert.len() == alerts => gather(&mut answer.assure, about("steady"), |_| true),
        (None, _) => {}
    }
}

impl Finding {
    fn first_measure<'a>(&self, board: &'a Board) -> Option<&'a Measure> {
        board.measures.get(*self.measures.first()?)
    }
}

/// Adds the measures of `new` to the finding of the same kind for which `same` holds, or begins one: twelve measures that
/// are steady are one line.
fn gather(findings: &mut Vec<Finding>, new: Finding, same: impl Fn(&Finding) -> bool) {
    match findings.iter_mut().find(|old| old.kind == new.kind && same(old)) {
        Some(old) => old.measures.extend(new.measures),
        None => findings.push(new),
    }
}
