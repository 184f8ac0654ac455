//! What the pass over an instrument's responses counts: items, scores, levels, outcomes that count only some responses, and weights that files
//! bring.

use super::bands::Breakdown;
use super::histogram::{Amount, Histograms, Slot, Weighting};
use super::linked::{self, Linked};
use crate::declare::{Coded, Declarations, Figure, Instrument, Outcome, weight_column};
use crate::score::{Kind, Scoring, ident};

/// The query of a pass, and what becomes of its columns.
pub struct Pass {
    /// Its name in the cube.
    pub part: String,
    /// What it counts.
    pub histograms: Histograms,
    /// The query.
    pub sql: String,
}

/// Name in the cube of what is counted of every response.
pub const ITEMS: &str = "items";

/// Returns the pass over the responses of one version of an instrument; `responses` is what they are read from.
pub fn pass(declarations: &Declarations, instrument: &Instrument, responses: &str) -> Pass {
    let scoring = Scoring::new(instrument, declarations);
    let mut slots: Vec<Slot> = Vec::new();
    let mut amounts = Vec::new();
    for coded in instrument.coded() {
        slots.push(Slot::new(coded.id.clone(), format!("i_{}", coded.id), highest(&coded)));
    }
    for column in scoring.columns() {
        match column.kind {
            Kind::Code(highest) => slots.push(Slot::new(column.counted_as.clone(), column.name.clone(), highest)),
            Kind::Number => {
                amounts.push(Amount { item: column.counted_as.clone(), column: column.name.clone() });
            }
            Kind::Profile => (),
        }
    }
    let mut own = Own { slots, amounts, columns: Vec::new() };
    let linked = Linked::of(declarations, std::iter::empty());
    for (at, outcome) in declarations.outcomes_of(&instrument.id).enumerate() {
        let condition = linked.condition(outcome, instrument);
        if let Some(condition) = condition.filter(|_| outcome.change.is_none() && !outcome.is_linked) {
            own.add(at, outcome, &condition, instrument, &scoring);
        }
    }
    let breakdowns = Breakdown::declared(declarations, instrument);
    let histograms = Histograms::new(instrument.main_root, own.slots, own.amounts, breakdowns, true);
    let histograms = histograms.weighted(weightings(declarations, instrument));
    let sql = format!("SELECT {}\nFROM {}", columns(&histograms, own.columns), scoring.select(responses));
    Pass { part: ITEMS.into(), histograms, sql }
}

/// Returns the passes over the responses of one version of an instrument that also read those to others, one for each outcome that they
/// have a say in.
pub fn linked(declarations: &Declarations, instrument: &Instrument, in_use: &Instrument, responses: &str) -> Vec<Pass> {
    let scoring = Scoring::new(instrument, declarations);
    let counts =
        |outcome: &&Outcome| outcome.is_linked && outcome.versions(in_use).any(|version| version == instrument.version);
    let of = |outcome: &Outcome| {
        let linked = Linked::of(declarations, std::iter::once(outcome));
        let condition = linked.condition(outcome, instrument).unwrap_or_else(|| "TRUE".into());
        let mut own = Own::default();
        own.add(0, outcome, &condition, instrument, &scoring);
        let breakdowns = linked.breakdowns(outcome, instrument);
        let histograms = Histograms::new(instrument.main_root, own.slots, own.amounts, breakdowns, false);
        let histograms = histograms.weighted(weightings(declarations, instrument));
        let columns = columns(&histograms, own.columns);
        let from = scoring.needed(std::slice::from_ref(&columns)).select(&linked.select(responses));
        let sql = format!("SELECT {columns}\nFROM {from}");
        Pass { part: format!("{}{}", linked::PART, outcome.id), histograms, sql }
    };
    declarations.outcomes_of(&instrument.id).filter(counts).map(of).collect()
}

/// What is counted, and the SQL of the columns that are no answers as they came.
#[derive(Default)]
struct Own {
    slots: Vec<Slot>,
    amounts: Vec<Amount>,
    columns: Vec<String>,
}

impl Own {
    /// Adds what the outcome at the place `at` counts, by each of its cut sets, of the responses that meet `condition`.
    fn add(&mut self, at: usize, outcome: &Outcome, condition: &str, instrument: &Instrument, scoring: &Scoring) {
        let sets: Vec<Option<&str>> = match &outcome.cut_set {
            None => vec![None],
            Some(set) => std::iter::once(set).chain(&outcome.other_cut_sets).map(|set| Some(set.as_str())).collect(),
        };
        for (nth, set) in sets.into_iter().enumerate() {
            let of_score =
                || scoring.column(outcome.score.as_deref()?, set).map(|column| (column.name.clone(), column.kind));
            let of_item = || {
                let coded = instrument.coded().into_iter().find(|coded| Some(&coded.id) == outcome.item.as_ref())?;
                Some((format!("i_{}", coded.id), Kind::Code(highest(&coded))))
            };
            let Some((counted, kind)) = of_score().or_else(of_item) else { continue };
            let (name, counted_as) = (format!("o_{at}_{nth}"), outcome.counted_as(set));
            let sql = match (outcome.figure(), kind) {
                (Figure::Share, Kind::Code(highest)) => {
                    self.slots.push(Slot::new(counted_as, name.clone(), highest));
                    format!("CAST(CASE WHEN {condition} THEN {} ELSE -2 END AS TINYINT)", ident(&counted))
                }
                (Figure::Mean, Kind::Number) => {
                    self.amounts.push(Amount { item: counted_as, column: name.clone() });
                    format!("CASE WHEN {condition} THEN {} END", ident(&counted))
                }
                _ => continue,
            };
            self.columns.push(format!("{sql} AS {}", ident(&name)));
        }
    }
}

fn highest(coded: &Coded<'_>) -> i8 {
    coded.choices.iter().map(|choice| choice.code).max().unwrap_or(0)
}

fn weightings(declarations: &Declarations, instrument: &Instrument) -> Vec<Weighting> {
    let weighting = |scheme: &str| Weighting { scheme: scheme.to_owned(), column: weight_column(scheme) };
    declarations.weights(&instrument.id).into_iter().map(weighting).collect()
}

/// Returns the columns of the query of a pass; `own` are those that do not stand in what it reads.
fn columns(histograms: &Histograms, own: Vec<String>) -> String {
    let made = |name: &&String| !name.starts_with("o_");
    let columns = histograms.columns();
    columns.iter().filter(made).map(|name| ident(name)).chain(own).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Files;

    #[test]
    fn weights_that_files_bring_are_added_up() {
        let folder = tempfile::tempdir().unwrap();
        let instruments = folder.path().join("measures/instruments");
        std::fs::create_dir_all(&instruments).unwrap();
        let text = include_str!("../../docs/examples/practice-survey/instrument.toml");
        std::fs::write(instruments.join("practice-survey.toml"), text).unwrap();
        let declarations = Declarations::load(&Files::with_workspace(folder.path()));
        let declarations = declarations.unwrap_or_else(|mistakes| panic!("{mistakes}"));
        for (id, schemes) in [("practice-survey", &["survey"][..]), ("friends-and-family", &[])] {
            let pass = pass(&declarations, declarations.instrument(id).unwrap(), "seen");
            assert_eq!(pass.histograms.layout().schemes, schemes);
            assert_eq!(pass.sql.matches("w_").count(), schemes.len(), "{}", pass.sql);
        }
    }
}
