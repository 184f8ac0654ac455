//! What single responses are read for: each outcome by each cut set, and the groups that it is shown by.

use crate::cube::bands::Breakdown;
use crate::cube::linked::Linked;
use crate::cube::{BASELINE, EVERYBODY, SEEN};
use crate::declare::{Declarations, Figure, Instrument, Outcome, Root, Unit, weight_column};
use crate::score::{Kind, Scoring, ident, literal};

/// An outcome by one cut set.
pub struct Counted {
    /// The outcome.
    pub measure: String,
    /// The cut set that divides its score into levels.
    pub cut_set: Option<String>,
    /// Whether it is a share: its values are then 0, 1 and [`OUTSIDE`].
    pub is_share: bool,
    /// Whether only the latest answer of each person counts.
    pub each_person: bool,
    /// Places of its breakdowns among those of the layout.
    pub breakdowns: Vec<usize>,
    /// Number of its first group: everybody. The bands of its breakdowns follow.
    pub first: u32,
}

/// Columns that every row has, besides its areas.
const KEYS: [&str; 8] =
    ["person", "response_id", "stratum", "cluster", "occasion", "submitted_on", "submitted_at", "date_precision"];

/// Value of an answer that is no part of the denominator.
pub const OUTSIDE: i8 = -1;

/// The outcomes of an instrument that single responses are needed for.
pub struct Layout {
    /// The outcomes.
    pub counted: Vec<Counted>,
    /// The breakdowns that any of them is shown by.
    pub breakdowns: Vec<Breakdown>,
    /// Place of the root that every response is counted by.
    pub main_root: usize,
    /// Outcome, breakdown and group by the number of the group.
    groups: Vec<(usize, String, String)>,
}

impl Layout {
    /// Lays out the outcomes of `instrument` that are no changes.
    pub fn new(declarations: &Declarations, instrument: &Instrument) -> Self {
        let outcomes = || outcomes(declarations, instrument);
        let linked = linked(declarations, instrument);
        let mut breakdowns: Vec<Breakdown> = Vec::new();
        for breakdown in outcomes().flat_map(|(outcome, _)| linked.breakdowns(outcome, instrument)) {
            if breakdowns.iter().all(|known| known.id != breakdown.id) {
                breakdowns.push(breakdown);
            }
        }
        Layout::of(declarations, instrument, breakdowns, outcomes())
    }

    /// Lays out a change of which a person may have several pairs; `breakdowns` are those of the pairs.
    pub fn of_pairs(
        declarations: &Declarations,
        instrument: &Instrument,
        outcome: &Outcome,
        mut breakdowns: Vec<Breakdown>,
    ) -> Self {
        breakdowns.retain(|breakdown| shown_by(declarations, outcome, breakdown));
        Layout::of(declarations, instrument, breakdowns, std::iter::once((outcome, outcome.cut_set.as_deref())))
    }

    fn of<'a>(
        declarations: &Declarations,
        instrument: &Instrument,
        breakdowns: Vec<Breakdown>,
        outcomes: impl Iterator<Item = (&'a Outcome, Option<&'a str>)>,
    ) -> Self {
        let mut counted: Vec<Counted> = Vec::new();
        let mut groups = Vec::new();
        for (outcome, cut_set) in outcomes {
            let shown =
                |at: &usize| breakdowns.get(*at).is_some_and(|breakdown| shown_by(declarations, outcome, breakdown));
            let places: Vec<usize> = (0..breakdowns.len()).filter(shown).collect();
            let first = u32::try_from(groups.len()).unwrap_or(u32::MAX);
            groups.push((counted.len(), EVERYBODY.0.to_owned(), EVERYBODY.1.to_owned()));
            for breakdown in places.iter().filter_map(|at| breakdowns.get(*at)) {
                groups.extend(breakdown.bands.iter().map(|band| (counted.len(), breakdown.id.clone(), band.clone())));
            }
            counted.push(Counted {
                measure: outcome.id.clone(),
                cut_set: cut_set.map(str::to_owned),
                is_share: outcome.figure() == Figure::Share,
                each_person: outcome.change.is_none() && outcome.unit == Unit::Person,
                breakdowns: places,
                first,
            });
        }
        let main_root = Root::ALL.iter().position(|root| *root == instrument.main_root).unwrap_or(0);
        Layout { counted, breakdowns, main_root, groups }
    }

    /// Returns the outcome, the breakdown and the group behind the number of a group.
    pub fn group(&self, number: u32) -> Option<(&Counted, &str, &str)> {
        let (counted, breakdown, group) = self.groups.get(number as usize)?;
        Some((self.counted.get(*counted)?, breakdown, group))
    }

    /// Returns the query of the responses to all versions of `instrument`, with the weights that files brought and a column `y_0`, `y_1`, …
    /// for each outcome: null where there is no answer.
    pub fn select(&self, declarations: &Declarations, instrument: &Instrument) -> String {
        let mut keys: Vec<String> = KEYS.into_iter().chain(Root::ALL.map(Root::column)).map(ident).collect();
        for breakdown in &self.breakdowns {
            for column in breakdown.columns.iter().map(|column| ident(column)) {
                if !keys.contains(&column) {
                    keys.push(column);
                }
            }
        }
        keys.extend(declarations.weights(&instrument.id).into_iter().map(|scheme| ident(&weight_column(scheme))));
        let linked = linked(declarations, instrument);
        // The levels of a group by a score; an earlier version may have none.
        let by_score = |key: &&String| key.starts_with("\"s_") || key.starts_with("\"l_");
        let of_version = |of: &Instrument| {
            let scoring = Scoring::new(of, declarations);
            let values: Vec<String> = outcomes(declarations, instrument)
                .map(|(outcome, cut_set)| value(outcome, cut_set, of, instrument, &scoring, &linked))
                .collect();
            let from = format!("(SELECT * FROM {SEEN} WHERE instrument_version = {})", literal(&of.version));
            let needed: Vec<String> = values.iter().chain(&keys).cloned().collect();
            let from = scoring.needed(&needed).select(&linked.select(&from));
            let values = values.iter().enumerate().map(|(at, sql)| format!("{sql} AS y_{at}"));
            let key = |key: &String| match by_score(&key) && scoring.columns().all(|column| ident(&column.name) != *key)
            {
                true => format!("CAST(NULL AS TINYINT) AS {key}"),
                false => key.clone(),
            };
            let columns: Vec<String> = keys.iter().map(key).chain(values).collect();
            format!("SELECT {}\nFROM {from}", columns.join(", "))
        };
        let versions: Vec<String> = declarations.versions(&instrument.id).into_iter().map(of_version).collect();
        versions.join("\nUNION ALL\n")
    }
}

/// Returns whether an outcome is shown by a breakdown; a change that has bands of the score before is shown by them.
fn shown_by(declarations: &Declarations, outcome: &Outcome, breakdown: &Breakdown) -> bool {
    let of_two = || declarations.pairs_of(outcome).any(|(pair, _)| pair.id() == breakdown.id);
    outcome.by.contains(&breakdown.id) || breakdown.id == BASELINE || of_two()
}

/// The outcomes of an instrument that are no changes, by each of their cut sets.
fn outcomes<'a>(
    declarations: &'a Declarations,
    instrument: &'a Instrument,
) -> impl Iterator<Item = (&'a Outcome, Option<&'a str>)> {
    let levels = declarations.outcomes_of(&instrument.id).filter(|outcome| outcome.change.is_none());
    levels.flat_map(|outcome| {
        let others = outcome.cut_set.iter().flat_map(|_| &outcome.other_cut_sets).map(|set| Some(set.as_str()));
        std::iter::once(outcome.cut_set.as_deref()).chain(others).map(move |set| (outcome, set))
    })
}

/// What the outcomes of an instrument need of other responses.
fn linked<'a>(declarations: &'a Declarations, instrument: &Instrument) -> Linked<'a> {
    Linked::of(declarations, declarations.outcomes_of(&instrument.id).filter(|outcome| outcome.change.is_none()))
}

/// What a code counts as in a share: 1, 0 or [`OUTSIDE`]; null where it is no answer.
pub fn share(outcome: &Outcome, in_use: &Instrument, cut_set: Option<&str>, column: &str) -> String {
    let answers = outcome.answers(in_use, cut_set);
    let codes = |wanted: &[String]| -> String {
        let named = answers.iter().filter(|answer| wanted.contains(&answer.id)).map(|answer| answer.code.to_string());
        // A list is never empty: no code is as low as this one.
        named.chain(["-128".to_owned()]).collect::<Vec<_>>().join(", ")
    };
    let (counts, out_of) = (codes(&outcome.counts), codes(&outcome.out_of));
    format!(
        "CASE WHEN {column} IN ({counts}) THEN 1 WHEN {column} IN ({out_of}) THEN 0 WHEN {column} >= 0 THEN {OUTSIDE} END"
    )
}

/// The value of an answer to the version `of` of an instrument, as SQL.
fn value(
    outcome: &Outcome,
    cut_set: Option<&str>,
    of: &Instrument,
    in_use: &Instrument,
    scoring: &Scoring,
    linked: &Linked<'_>,
) -> String {
    let is_share = outcome.figure() == Figure::Share;
    let nothing = || format!("CAST(NULL AS {})", if is_share { "TINYINT" } else { "DOUBLE" });
    if !outcome.versions(in_use).any(|version| version == of.version) {
        return nothing();
    }
    let of_score =
        || scoring.column(outcome.score.as_deref()?, cut_set).map(|column| (column.name.clone(), column.kind));
    let of_item = || {
        let item = outcome.item.as_deref()?;
        of.coded().iter().any(|coded| coded.id == item).then(|| (format!("i_{item}"), Kind::Code(0)))
    };
    let sql = match (is_share, of_score().or_else(of_item)) {
        (true, Some((name, Kind::Code(_)))) => share(outcome, in_use, cut_set, &ident(&name)),
        (false, Some((name, Kind::Number))) => ident(&name),
        _ => return nothing(),
    };
    let sql = match linked.condition(outcome, of) {
        Some(condition) => format!("CASE WHEN {condition} THEN {sql} END"),
        None => sql,
    };
    format!("CAST({sql} AS {})", if is_share { "TINYINT" } else { "DOUBLE" })
}
