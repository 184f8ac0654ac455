//! What is kept beside the cells: which landings they are made of, and by which rules, so that only what changed is counted again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::scored::Pass;
use crate::declare::{Band, Declarations, Instrument, TIMES};

/// What the cells of an instrument were made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The landings that stood. A landing's rows never change once it stood: another landing of the same file has another name.
    pub landings: BTreeSet<String>,
    /// Responses that were seen.
    pub responses: u64,
    /// By its name, the rule of each part.
    pub rules: BTreeMap<String, String>,
}

/// Returns a short name of all that the numbers of some passes over an instrument depend on besides its responses. Two rules share it only
/// if they count the same; words that a report shows do not enter it.
pub fn rule(declarations: &Declarations, instrument: &Instrument, passes: &[&Pass]) -> String {
    let mut text = String::new();
    for Pass { histograms, sql, .. } in passes {
        let items = histograms.slots.iter().map(|slot| (&slot.item, &slot.column));
        let amounts = histograms.amounts.iter().map(|amount| (&amount.item, &amount.column));
        let weights = histograms.weightings.iter().map(|weighting| (&weighting.scheme, &weighting.column));
        let columns: Vec<_> = items.chain(amounts).chain(weights).collect();
        let layout = histograms.layout();
        let _ = writeln!(text, "{sql}\n{}\n{columns:?}\n{}", layout.id(), instrument.main_root.column());
        let groups = layout.breakdowns.iter().flat_map(|breakdown| breakdown.id.split(TIMES));
        for group in groups.filter_map(|id| declarations.group(id)) {
            let bands =
                group.bands.iter().map(|Band { id, from, to, values, codes, .. }| (id, from, to, values, codes));
            let _ = writeln!(text, "{} {} {:?}", group.id, group.column, bands.collect::<Vec<_>>());
        }
    }
    of_text(&text)
}

/// Returns a short name of a rule that is a text. Another version of the program may count otherwise.
pub fn of_text(text: &str) -> String {
    let digest = Sha256::digest(format!("{}\n{text}", env!("CARGO_PKG_VERSION")));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}
