//! From protected figures to what a board page may see.

mod among;
mod answered;
mod change;
mod crossed;
mod equity;
mod lead;
mod licences;
mod life;
mod measure;
mod missing;
mod sections;
mod series;
mod weighted;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::context::{Board, Hidden, HiddenReason, Licence, Paper, PeriodLabel, Place, TableVersion};
use super::rows::{self, Row};
use crate::declare::{Declarations, EVERYTHING, Instrument, Policy, Priorities, Settings};
use crate::error::{Error, Result};
use crate::measure::Areas;
use crate::period::Period;
use crate::protect::Published;

/// What is recorded of a run of measures.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its name.
    pub id: String,
    /// Its period.
    pub period: Period,
    /// Its policy.
    pub policy: String,
    /// Version of the program that made it.
    pub program_version: String,
    /// Shortened hash of every declaration, query and template.
    pub declarations_hash: String,
    /// Tables that were read, with their versions.
    pub tables: BTreeMap<String, i64>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// Everything a page is made of besides the figures.
pub struct Sources<'a> {
    /// Titles, wordings and labels.
    pub declarations: &'a Declarations,
    /// Name of the system, language.
    pub settings: &'a Settings,
    /// Names of areas.
    pub areas: &'a Areas,
    /// The run that the figures come from.
    pub run: &'a Run,
    /// The policy of that run.
    pub policy: &'a Policy,
    /// The day on which the page is made: licences must hold then.
    pub today: NaiveDate,
}

/// Collects the page of one area; `paper` says which page.
///
/// # Errors
/// There is no figure for the area, or an instrument that it comes from may not be used.
pub fn collect(published: &Published, sources: &Sources<'_>, paper: Paper, area: &str) -> Result<Board> {
    let (rows, weighted) = rows::read_all(published)?;
    let inside = inside(&rows, sources, area);
    let first = if paper == Paper::Board { lead::first(sources, &rows, area) } else { None };
    let mut by_measure: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &rows {
        by_measure.entry(&row.measure).or_default().push(row);
    }
    let page = Page { sources, paper, area, inside, rows: &rows, by_measure, weighted: &weighted, first };
    if !rows.iter().any(|row| row.area == area) {
        return Err(Error::Usage {
            what: format!("there are no figures for the area `{area}`"),
            mend: "name an area that has answers, by its code; without --area the page shows all of them".into(),
        });
    }
    let licences = licences::permitted(sources, &page.instruments())?;
    Ok(page.board(published, licences))
}

/// The areas within `area`.
fn inside(rows: &[Row], sources: &Sources<'_>, area: &str) -> BTreeSet<String> {
    let used = used(rows);
    if area == EVERYTHING {
        return used.into_iter().map(|(_, code)| code).collect();
    }
    sources.areas.inside(sources.declarations, &used, day(rows), area)
}

/// The areas that have figures, each with its root.
fn used(rows: &[Row]) -> Vec<(String, String)> {
    let used: BTreeSet<(String, String)> = rows.iter().map(|row| (row.root.clone(), row.area.clone())).collect();
    used.into_iter().filter(|(_, code)| code != EVERYTHING).collect()
}

/// The day of the boundaries that areas were added up by.
fn day(rows: &[Row]) -> NaiveDate {
    rows.iter().find_map(|row| row.boundaries_on.as_deref()?.parse::<NaiveDate>().ok()).unwrap_or_default()
}

struct Page<'a> {
    sources: &'a Sources<'a>,
    paper: Paper,
    area: &'a str,
    inside: BTreeSet<String>,
    rows: &'a [Row],
    /// The same rows by measure: a page of every measure asks for each of them many times.
    by_measure: BTreeMap<&'a str, Vec<&'a Row>>,
    weighted: &'a [Row],
    /// What a community wants first on the board page of this area.
    first: Option<&'a Priorities>,
}

impl Page<'_> {
    fn text<'t>(&self, text: &'t crate::declare::Text) -> &'t str {
        text.get(&self.sources.settings.language)
    }

    fn board(&self, published: &Published, licences: Vec<Licence>) -> Board {
        let Sources { declarations, settings, areas, run, policy, .. } = self.sources;
        let (name, level) = match areas.name(self.area) {
            Some((name, level)) => (name.to_owned(), level.to_owned()),
            None if self.area == EVERYTHING => (self.text(&settings.name).to_owned(), EVERYTHING.to_owned()),
            None => (self.area.to_owned(), String::new()),
        };
        let title =
            declarations.areas.levels.iter().find(|known| known.id == level).map(|known| self.text(&known.title));
        let range = run.period.range();
        let measures: Vec<_> = self.outcomes().into_iter().filter_map(|outcome| self.measure(outcome)).collect();
        let priorities = self.priorities(&measures);
        let annex = self.paper == Paper::Annex;
        let frameworks = if annex { self.frameworks(&measures) } else { Vec::new() };
        let sections = if annex { self.sections(&measures, &frameworks) } else { Vec::new() };
        Board {
            paper: self.paper,
            language: settings.language.clone(),
            system_name: self.text(&settings.name).to_owned(),
            area: Place {
                code: self.area.to_owned(),
                name,
                level,
                level_title: title.unwrap_or("the whole system").to_owned(),
            },
            period: PeriodLabel {
                id: run.period.to_string(),
                label: run.period.label(),
                starts: range.map(|(first, _)| first.to_string()),
                ends_inclusive: range.and_then(|(_, after)| after.pred_opt()).map(|last| last.to_string()),
            },
            run: super::context::Run {
                id: run.id.clone(),
                made_at: run.made_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                program_version: run.program_version.clone(),
                policy_id: policy.id.clone(),
                policy_title: self.text(&policy.title).to_owned(),
                policy_note: self.text(&policy.note).to_owned(),
                declarations_hash: run.declarations_hash.clone(),
                tables: run
                    .tables
                    .iter()
                    .map(|(name, version)| TableVersion { name: name.clone(), version: *version })
                    .collect(),
                boundaries_on: self.rows.iter().find_map(|row| row.boundaries_on.clone()),
            },
            publishable: false,
            already_published: policy.already_published,
            measures,
            priorities,
            systems_not_here: if annex { self.systems_not_here(&sections) } else { Vec::new() },
            sections,
            frameworks,
            answered: self.instruments().into_iter().filter_map(|instrument| self.answered(instrument)).collect(),
            licences,
            hidden: self.hidden(published),
            landed: None,
        }
    }

    /// The instruments that the page's figures come from, in the order of their names.
    fn instruments(&self) -> Vec<&Instrument> {
        let declarations = self.sources.declarations;
        let here: BTreeSet<&str> =
            self.rows.iter().filter(|row| row.area == self.area).map(|row| row.measure.as_str()).collect();
        let outcomes = self.outcomes();
        // Where a community chose what comes first, only what was chosen is on the page.
        let used = |instrument: &&Instrument| {
            (self.first.is_none() && here.contains(format!("answered/{}", instrument.id).as_str()))
                || outcomes
                    .iter()
                    .any(|outcome| outcome.instrument == instrument.id && here.contains(outcome.id.as_str()))
        };
        declarations.instruments.values().filter(used).collect()
    }

    /// The rows of a measure on the occasion that the page shows: the instrument's first one that has figures.
    fn of<'r>(&'r self, measure: &str, instrument: &Instrument) -> Vec<&'r Row> {
        self.on(measure, instrument, instrument.occasions.iter())
    }

    /// The rows of a measure on the first of `occasions` that has figures.
    fn on<'r, 'o>(
        &'r self,
        measure: &str,
        instrument: &Instrument,
        mut occasions: impl Iterator<Item = &'o String>,
    ) -> Vec<&'r Row> {
        let root = instrument.main_root.column();
        let rows = || self.measured(measure).filter(move |row| row.root == root);
        let occasion = occasions.find(|occasion| rows().any(|row| row.occasion == **occasion && row.area == self.area));
        let Some(occasion) = occasion else { return Vec::new() };
        rows().filter(|row| row.occasion == *occasion).collect()
    }

    /// The rows of a measure, of all areas, times and occasions.
    fn measured<'r>(&'r self, measure: &str) -> impl Iterator<Item = &'r Row> {
        self.by_measure.get(measure).into_iter().flatten().copied()
    }

    fn period(&self) -> String {
        self.sources.run.period.to_string()
    }

    fn hidden(&self, published: &Published) -> Hidden {
        let mut by_reason: BTreeMap<(String, String), usize> = BTreeMap::new();
        for row in self.rows.iter().chain(self.weighted) {
            if let (Some("c"), Some(reason)) = (row.figure.mark.as_deref(), &row.figure.mark_reason) {
                *by_reason.entry(("c".into(), reason.clone())).or_default() += 1;
            }
        }
        Hidden {
            cells: published.hidden,
            shown: published.shown,
            by_reason: by_reason
                .into_iter()
                .map(|((mark, reason), cells)| HiddenReason { mark, reason, cells })
                .collect(),
        }
    }
}
