//! What the pass over the pairs of a change outcome counts.

use super::BASELINE;
use super::bands::Breakdown;
use super::histogram::{Amount, Histograms, Slot};
use super::scored::Pass;
use crate::declare::{Change, Declarations, Instrument, Outcome};
use crate::score::{Kind, Pairing, Scoring};

/// Returns the pass over the pairs of `outcome` among the responses to one version of its instrument.
pub fn pass(
    declarations: &Declarations,
    instrument: &Instrument,
    outcome: &Outcome,
    change: &Change,
    responses: &str,
) -> Pass {
    let mut breakdowns = Breakdown::declared(declarations);
    let pairing = pairing(declarations, instrument, outcome, change, responses);
    if let Some(column) = &pairing.band {
        let bands = change.baseline_bands.iter().map(|band| band.id.clone());
        breakdowns.push(Breakdown::by_place(BASELINE, column, bands));
    }
    let mut slots = Vec::new();
    let mut amounts = Vec::new();
    for column in pairing.columns {
        let item = format!("{}/{}", outcome.id, column.counted_as);
        match column.kind {
            Kind::Code(highest) => slots.push(Slot::new(item, column.name, highest)),
            Kind::Number | Kind::Profile => amounts.push(Amount { item, column: column.name }),
        }
    }
    let histograms = Histograms::new(instrument.main_root, slots, amounts, breakdowns, false);
    Pass { histograms, sql: pairing.sql }
}

/// Returns the pairs themselves. A pair is counted where and when its follow-up was, by the facts that came with the follow-up.
pub fn pairing(
    declarations: &Declarations,
    instrument: &Instrument,
    outcome: &Outcome,
    change: &Change,
    responses: &str,
) -> Pairing {
    let scoring = Scoring::new(instrument, declarations);
    let mut keep: Vec<String> = ["instrument_version", "submitted_on", "date_precision", "practice", "home", "service"]
        .map(String::from)
        .to_vec();
    let groups = declarations.groups.groups.iter().map(|group| group.column.clone());
    let adjusted = outcome.adjust_for.iter().filter(|name| instrument.covariates.contains(name));
    for column in groups.chain(adjusted.map(|name| format!("x_{name}"))) {
        if !keep.contains(&column) {
            keep.push(column);
        }
    }
    let scored = |needed: &[String]| scoring.needed(needed).select(responses);
    Pairing::new(outcome, change, instrument, &scoring, &scored, &keep)
}
