//! What the pass over an instrument's responses counts: items, scores, levels, outcomes that count only some responses, and weights that files
//! bring.

use super::bands::Breakdown;
use super::histogram::{Amount, Histograms, Slot, Weighting};
use crate::declare::{Declarations, Figure, Instrument, weight_column};
use crate::score::{Kind, Scoring, filter, ident};

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
        let highest = coded.choices.iter().map(|choice| choice.code).max().unwrap_or(0);
        slots.push(Slot::new(coded.id.clone(), format!("i_{}", coded.id), highest));
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
    let mut own = Vec::new();
    for (at, outcome) in declarations.outcomes_of(&instrument.id).enumerate() {
        let Some(condition) = filter(&outcome.only).filter(|_| outcome.change.is_none()) else { continue };
        let sets: Vec<Option<&str>> = match &outcome.cut_set {
            None => vec![None],
            Some(set) => std::iter::once(set).chain(&outcome.other_cut_sets).map(|set| Some(set.as_str())).collect(),
        };
        for (nth, set) in sets.into_iter().enumerate() {
            let of_score =
                || scoring.column(outcome.score.as_deref()?, set).map(|column| (column.name.clone(), column.kind));
            let of_item = || {
                let item = outcome.item.as_deref()?;
                let slot = slots.iter().find(|slot| slot.item == item)?;
                Some((slot.column.clone(), Kind::Code(slot.highest())))
            };
            let Some((counted, kind)) = of_score().or_else(of_item) else { continue };
            let (name, counted_as) = (format!("o_{at}_{nth}"), outcome.counted_as(set));
            let sql = match (outcome.figure(), kind) {
                (Figure::Share, Kind::Code(highest)) => {
                    slots.push(Slot::new(counted_as, name.clone(), highest));
                    format!("CAST(CASE WHEN {condition} THEN {} ELSE -2 END AS TINYINT)", ident(&counted))
                }
                (Figure::Mean, Kind::Number) => {
                    amounts.push(Amount { item: counted_as, column: name.clone() });
                    format!("CASE WHEN {condition} THEN {} END", ident(&counted))
                }
                _ => continue,
            };
            own.push(format!("{sql} AS {}", ident(&name)));
        }
    }
    let breakdowns = Breakdown::declared(declarations);
    let weighting = |scheme: &str| Weighting { scheme: scheme.to_owned(), column: weight_column(scheme) };
    let weightings = declarations.weights(&instrument.id).into_iter().map(weighting).collect();
    let histograms = Histograms::new(instrument.main_root, slots, amounts, breakdowns, true).weighted(weightings);
    let made = |name: &&String| !name.starts_with("o_");
    let columns = histograms.columns();
    let columns = columns.iter().filter(made).map(|name| ident(name)).chain(own);
    let sql = format!("SELECT {}\nFROM {}", columns.collect::<Vec<_>>().join(", "), scoring.select(responses));
    Pass { part: ITEMS.into(), histograms, sql }
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
