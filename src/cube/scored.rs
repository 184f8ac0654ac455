//! What the pass over an instrument's responses counts: items, scores, levels, and outcomes that count only some responses.

use super::bands::Breakdown;
use super::histogram::{Amount, Histograms, Slot};
use crate::declare::{Declarations, Figure, Instrument};
use crate::score::{Kind, Scoring, filter, ident};

/// The query of a pass, and what becomes of its columns.
pub struct Pass {
    /// What it counts.
    pub histograms: Histograms,
    /// The query.
    pub sql: String,
}

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
    let histograms = Histograms::new(instrument.main_root, slots, amounts, breakdowns, true);
    let made = |name: &&String| !name.starts_with("o_");
    let columns = histograms.columns().iter().filter(made).map(|name| ident(name)).chain(own);
    let sql = format!("SELECT {}\nFROM {}", columns.collect::<Vec<_>>().join(", "), scoring.select(responses));
    Pass { histograms, sql }
}
