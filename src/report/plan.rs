//! How many answers a comparison needs, and what the present ones can see, from the published figures of one outcome.
//!
//! Every unit, a group or an area, is held against the rest: everybody's answers less its own. Units stand in the order of their
//! declaration or of their codes and have no place among each other.

mod measured;

use std::collections::{BTreeMap, BTreeSet};

use self::measured::Measured;
use super::rows::{self, Row};
use crate::declare::{Declarations, EVERYTHING, Figure, NOT_STATED, Outcome};
use crate::error::{Error, Result};
use crate::measure::Areas;
use crate::protect::Published;
use crate::stats::power::Demand;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The outcome.
    pub measure: String,
    /// A group or a level of areas whose units are listed; every level in one line each where there is none.
    pub by: Option<String>,
    /// The area whose groups are compared; everything where there is none.
    pub area: Option<String>,
    /// The occasion, where the outcome has several.
    pub occasion: Option<String>,
    /// The difference that is to be seen: a fraction of a share, points of a score; what the outcome declares where there is none.
    pub difference: Option<f64>,
    /// What the comparison must reach.
    pub demand: Demand,
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Heading of the outcome.
    pub title: String,
    /// What one of its n is: answer, person, episode, pair.
    pub unit: &'static str,
    /// The area in words.
    pub area: String,
    /// Whether the figures are shares; means of a score where they are not.
    pub shares: bool,
    /// Everybody's answers and their figure.
    pub whole: (f64, f64),
    /// The difference that is to be seen.
    pub difference: f64,
    /// What is listed.
    pub listed: Listed,
}

/// What is listed.
#[derive(Clone, Debug)]
pub enum Listed {
    /// Every unit of a group or of a level, with the name of what they are.
    Units(String, Vec<Unit>),
    /// Every level in one line.
    Levels(Vec<Level>),
}

/// A group or an area.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// What is known of its answers, or why they are not shown.
    pub standing: Result<Standing, String>,
}

/// What the answers of a unit can see.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// Its answers.
    pub n: f64,
    /// The smallest difference from the rest that they can see; none where even the largest is not seen.
    pub difference: Option<f64>,
    /// The smallest change that they can see from one period to the next with as many answers in each.
    pub change: Option<f64>,
    /// Answers that it needs to see the wanted difference while the rest stays as it is; none where no number is enough beside so small
    /// a rest.
    pub needed: Option<f64>,
    /// Answers that it needs where the rest grows in proportion.
    pub needed_of_all: Option<f64>,
}

impl Standing {
    /// Whether the present answers can see the wanted difference.
    pub fn is_enough(&self, wanted: f64) -> bool {
        self.difference.is_some_and(|smallest| smallest <= wanted)
    }
}

/// A level of areas.
#[derive(Clone, Debug)]
pub struct Level {
    /// Several of its areas in words.
    pub name: String,
    /// How many have answers.
    pub areas: usize,
    /// Of how many the answers are not shown.
    pub hidden: usize,
    /// How many can see the wanted difference.
    pub enough: usize,
    /// What the middle one of those that are shown can see.
    pub middle: Option<Standing>,
}

/// Where names come from.
pub struct Names<'a> {
    /// Outcomes, groups and levels.
    pub declarations: &'a Declarations,
    /// Areas.
    pub areas: &'a Areas,
    /// Language of the workspace.
    pub language: &'a str,
}

/// Answers a question from published figures: those of statistic `value` of one run, without weights or adjustment.
///
/// # Errors
/// There are no figures of the outcome, they are hidden, or what the question names does not exist.
pub fn plan(published: &Published, question: &Question, names: &Names<'_>) -> Result<Plan> {
    let outcome = outcome(question, names)?;
    let figures: Vec<Row> = rows::read(published)?
        .into_iter()
        .filter(|row| row.measure == outcome.id && row.statistic == "value" && row.cut_set == outcome.cut_set)
        .collect();
    let figures = of_occasion(figures, question)?;
    let area = question.area.as_deref().unwrap_or(EVERYTHING);
    let whole = figures.iter().find(|row| row.area == area && row.group_by == "none").ok_or_else(|| Error::Usage {
        what: format!("`{}` has no figure for `{area}` in that run", outcome.id),
        mend: "`tellonce sql \"select distinct area, area_level from latest\"` lists the areas".into(),
    })?;
    let shares = outcome.figure() == Figure::Share;
    let measured = Measured::of(whole, shares, question.demand).ok_or_else(|| Error::Usage {
        what: format!("the figure of `{}` for `{area}` is not shown: there is nothing to plan from", outcome.id),
        mend: "name a larger --area or a longer --period, or plan from a share of your own: `tellonce plan --share 0.6 --difference 0.05`".into(),
    })?;
    let difference = question.difference.or_else(|| declared(outcome)).ok_or_else(|| Error::Usage {
        what: format!("`{}` is a mean and declares no difference that matters", outcome.id),
        mend: "say with --difference how many points are to be seen".into(),
    })?;
    let listed = match &question.by {
        None => Listed::Levels(levels(&figures, &measured, difference, whole, names)),
        Some(by) => units(&figures, by, area, outcome, &measured, difference, names)?,
    };
    let area = match names.areas.name(area) {
        _ if area == EVERYTHING => "everybody".to_owned(),
        Some((name, _)) if !name.is_empty() => name.to_owned(),
        _ => area.to_owned(),
    };
    let title = outcome.title.get(names.language).to_owned();
    let whole = (measured.n, measured.value);
    let unit = names.declarations.instrument(&outcome.instrument).map_or("answer", |of| outcome.unit_word(of));
    Ok(Plan { title, unit, area, shares, whole, difference, listed })
}

/// The difference that an outcome is to show where nobody says: 5 points of a share, the group's minimal important change.
fn declared(outcome: &Outcome) -> Option<f64> {
    if outcome.figure() == Figure::Share {
        return Some(0.05);
    }
    let thresholds = outcome.change.iter().flat_map(|change| &change.thresholds);
    let mut of_groups = thresholds.filter(|threshold| threshold.kind == crate::declare::ThresholdKind::Group);
    of_groups.find_map(crate::declare::Threshold::least)
}

fn outcome<'a>(question: &Question, names: &Names<'a>) -> Result<&'a Outcome> {
    let outcomes = &names.declarations.outcomes;
    let found = outcomes.iter().find(|outcome| outcome.id == question.measure);
    found.ok_or_else(|| Error::Usage {
        what: format!("there is no outcome `{}`", question.measure),
        mend: crate::declare::did_you_mean(&question.measure, outcomes.iter().map(|outcome| outcome.id.as_str()))
            .map_or_else(
                || "`tellonce explain` lists them".to_owned(),
                |near| format!("did you mean `{near}`? `tellonce explain` lists them"),
            ),
    })
}

/// The figures of the one occasion that is asked for, or that there is.
fn of_occasion(figures: Vec<Row>, question: &Question) -> Result<Vec<Row>> {
    let known: BTreeSet<&str> = figures.iter().map(|row| row.occasion.as_str()).collect();
    let list = known.iter().map(|occasion| format!("`{occasion}`")).collect::<Vec<_>>().join(", ");
    let usage = |what: String, mend: String| Error::Usage { what, mend };
    let wanted = match (&question.occasion, known.len()) {
        (_, 0) => {
            let what = format!("`{}` has no figures in that run", question.measure);
            return Err(usage(what, "land answers to its instrument and run `tellonce measure`".into()));
        }
        (Some(wanted), _) if known.contains(wanted.as_str()) => wanted.clone(),
        (Some(wanted), _) => {
            let what = format!("`{}` has no figures of the occasion `{wanted}`", question.measure);
            return Err(usage(what, format!("these occasions have some: {list}")));
        }
        (None, 1) => known.first().copied().unwrap_or_default().to_owned(),
        (None, _) => {
            let what = format!("`{}` has figures of several occasions", question.measure);
            return Err(usage(what, format!("choose one with --occasion: {list}")));
        }
    };
    Ok(figures.into_iter().filter(|row| row.occasion == wanted).collect())
}

/// The units of a group, or the areas of a level.
fn units(
    figures: &[Row],
    by: &str,
    area: &str,
    outcome: &Outcome,
    measured: &Measured,
    difference: f64,
    names: &Names<'_>,
) -> Result<Listed> {
    let standing = |row: &Row| measured.standing(row, difference).ok_or_else(|| reason(row));
    if let Some(level) = names.declarations.areas.levels.iter().find(|level| level.id == by) {
        if area != EVERYTHING {
            return Err(Error::Usage {
                what: format!("areas are held against everybody, not against the rest of `{area}`"),
                mend: format!("leave --area out, or name a group with --by: {}", outcome.by.join(", ")),
            });
        }
        let rows = figures.iter().filter(|row| row.area_level == level.id && row.group_by == "none");
        let sorted: BTreeMap<&str, &Row> = rows.map(|row| (row.area.as_str(), row)).collect();
        let unit = |(code, row): (&str, &Row)| {
            let name = names.areas.name(code).map(|(name, _)| name).filter(|name| !name.is_empty());
            Unit {
                name: name.map_or_else(|| code.to_owned(), |name| format!("{name} ({code})")),
                standing: standing(row),
            }
        };
        let title = level.title.get(names.language).to_owned();
        return Ok(Listed::Units(title, sorted.into_iter().map(unit).collect()));
    }
    let Some(group) = names.declarations.group(by).filter(|_| outcome.by.iter().any(|known| known == by)) else {
        let levels = names.declarations.areas.levels.iter().map(|level| level.id.as_str());
        let known: Vec<&str> = outcome.by.iter().map(String::as_str).chain(levels).collect();
        return Err(Error::Usage {
            what: format!("`{}` is not shown by `{by}`", outcome.id),
            mend: format!("--by takes one of its groups or a level of areas: {}", known.join(", ")),
        });
    };
    let bands = group.bands.iter().map(|band| (band.id.as_str(), &band.label));
    let unit = |(id, label): (&str, &crate::declare::Text)| {
        let row = figures.iter().find(|row| row.area == area && row.group_by == by && row.group == id)?;
        Some(Unit { name: label.get(names.language).to_owned(), standing: standing(row) })
    };
    let units = bands.chain([(NOT_STATED, &group.not_stated)]).filter_map(unit).collect();
    Ok(Listed::Units(group.title.get(names.language).to_owned(), units))
}

/// Why the answers of a unit are not shown.
fn reason(row: &Row) -> String {
    let reason = row.figure.mark_reason.clone().or_else(|| row.figure.why_not.clone());
    reason.unwrap_or_else(|| "everybody is in it: there is no rest".into())
}

/// Every level of areas of the root that everything is counted by.
fn levels(figures: &[Row], measured: &Measured, difference: f64, whole: &Row, names: &Names<'_>) -> Vec<Level> {
    let level = |level: &crate::declare::Level| {
        let of_level = |row: &&Row| row.area_level == level.id && row.root == whole.root && row.group_by == "none";
        let rows: Vec<&Row> = figures.iter().filter(of_level).collect();
        let mut known: Vec<Standing> = rows.iter().filter_map(|row| measured.standing(row, difference)).collect();
        known.sort_by(|one, other| one.n.total_cmp(&other.n));
        (!rows.is_empty()).then(|| Level {
            name: level.plural.get(names.language).to_owned(),
            areas: rows.len(),
            hidden: rows.len() - known.len(),
            enough: known.iter().filter(|standing| standing.is_enough(difference)).count(),
            middle: known.get(known.len().saturating_sub(1) / 2).copied(),
        })
    };
    names.declarations.areas.levels.iter().filter_map(level).collect()
}

#[cfg(test)]
mod tests;
