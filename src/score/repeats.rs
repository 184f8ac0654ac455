//! Pairs of which a person has several, one for each goal: what a person's pairs add up to stands on one of them, so that sums over rows give
//! sums over people.

use crate::declare::{Change, Figure, Instrument, Outcome, PairBy};

use super::change::{Gain, PairColumn};
use super::expression::Kind;
use super::sql::ident;

/// Returns whose pair it is, over the scored responses.
pub(super) fn whose(pair_by: PairBy) -> &'static str {
    match pair_by {
        PairBy::Person => "person",
        PairBy::Episode => "episode",
        PairBy::PersonAndEpisode => "person || '/' || episode",
    }
}

/// Returns whether somebody may have several pairs that count towards one figure.
pub(super) fn are_several(change: &Change, instrument: &Instrument) -> bool {
    instrument.repeats.is_some() && change.domains.is_empty() && change.better_on.is_empty()
}

/// What is carried from each side: whose response it is, and which.
pub(super) fn carried(change: &Change) -> [(String, String); 2] {
    [("whose".into(), whose(change.pair_by).into()), ("row".into(), ident("response_id"))]
}

/// Returns the sums over the pairs of one person and the columns that hold them on one of the pairs: how many there are, what they add up to
/// (the change, or 1 where the pair counts), and both added, whose square has the product. `difference` and `class` are the pair's own.
pub(super) fn columns(outcome: &Outcome, difference: &str, class: &str) -> (Vec<Gain>, Vec<PairColumn>) {
    let codes = |list: &[String]| -> String {
        let code =
            |id: &String| crate::declare::CLASSES.iter().position(|class| class == id).map(|at| (at + 1).to_string());
        list.iter().filter_map(code).collect::<Vec<_>>().join(", ")
    };
    let value = match outcome.figure() {
        Figure::Share => {
            let (counts, out_of) = (codes(&outcome.counts), codes(&outcome.out_of));
            format!("CASE WHEN {class} IN ({counts}) THEN 1.0 WHEN {class} IN ({out_of}) THEN 0.0 END")
        }
        _ => difference.to_owned(),
    };
    let of_one = "OVER (PARTITION BY state, after_whose)";
    let gains = [
        ("whose_nth", "row_number() OVER (PARTITION BY state, after_whose ORDER BY after_row)".to_owned()),
        ("whose_pairs", format!("CAST(count({value}) {of_one} AS DOUBLE)")),
        ("whose_sum", format!("sum({value}) {of_one}")),
    ];
    let column = |name: &str, sql: &str| PairColumn {
        name: format!("p_{name}"),
        counted_as: name.to_owned(),
        kind: Kind::Number,
        expression: format!("CASE WHEN state = 0 AND whose_nth = 1 AND whose_pairs > 0 THEN {sql} END"),
    };
    let columns = vec![
        column("whose_n", "whose_pairs"),
        column("whose_y", "whose_sum"),
        column("whose_both", "whose_pairs + whose_sum"),
    ];
    (gains.map(|(name, sql)| (name.to_owned(), sql)).to_vec(), columns)
}
