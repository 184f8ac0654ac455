//! Pairs of which a person has several, one for each goal: whose each is stands beside it, so that a pass over pairs can put together those
//! of one person.

use crate::declare::{Change, Instrument, PairBy};

use super::sql::ident;

/// Returns whose pair it is, over the scored responses.
pub(super) fn whose(pair_by: PairBy) -> &'static str {
    match pair_by {
        PairBy::Person => "person",
        PairBy::Episode => "episode",
        PairBy::PersonAndEpisode => "person || '/' || episode",
    }
}

/// What is carried from each side: whose response it is, and which.
pub(super) fn carried(change: &Change, instrument: &Instrument) -> Vec<(String, String)> {
    let columns = [("whose".to_owned(), whose(change.pair_by).to_owned()), ("row".to_owned(), ident("response_id"))];
    columns.into_iter().filter(|_| change.has_several(instrument)).collect()
}

/// Returns the columns of the pairs that say whose each is (`person`, whatever pairs have in common) and which response it is counted as.
pub(super) fn columns(change: &Change, instrument: &Instrument) -> &'static str {
    match change.has_several(instrument) {
        true => "after_whose AS person, after_row AS response_id, ",
        false => "",
    }
}
