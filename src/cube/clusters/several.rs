//! Changes of which one person may have several pairs, as of goals.

use super::layout::{self, Layout};
use crate::cube::{pairs, responses};
use crate::declare::{Change, Declarations, Figure, Instrument, Outcome, Root};
use crate::score::ident;

/// Returns the changes of an instrument of which a person may have several pairs.
pub fn changes<'a>(
    declarations: &'a Declarations,
    instrument: &'a Instrument,
) -> impl Iterator<Item = (&'a Outcome, &'a Change)> {
    let several = |change: &&Change| change.has_several(instrument);
    declarations
        .outcomes_of(&instrument.id)
        .filter_map(move |outcome| Some((outcome, outcome.change.as_ref().filter(several)?)))
}

/// Returns the layout of a change, and the query of its pairs in all versions that it counts: whose each is, when and where it is counted, and
/// what came of it as `y_0`.
pub fn pairs_of(
    declarations: &Declarations,
    instrument: &Instrument,
    outcome: &Outcome,
    change: &Change,
) -> (Layout, String) {
    let pairing =
        |of: &Instrument| pairs::pairing(declarations, of, outcome, change, &responses(declarations, of, instrument));
    let breakdowns = |of: &Instrument| pairs::breakdowns(declarations, of, change, &pairing(of));
    let layout = Layout::of_pairs(declarations, instrument, outcome, breakdowns(instrument));
    let value = match outcome.figure() {
        Figure::Share => format!("CAST({} AS TINYINT)", layout::share(outcome, instrument, None, "p_class")),
        _ => "CAST(p_change AS DOUBLE)".into(),
    };
    let mut columns = ["person", "response_id", "occasion", "submitted_on", "date_precision"].to_vec();
    columns.extend(Root::ALL.map(Root::column));
    let own = columns.len();
    for column in layout.breakdowns.iter().flat_map(|breakdown| &breakdown.columns) {
        if !columns.contains(&column.as_str()) {
            columns.push(column);
        }
    }
    let of_version = |of: &Instrument| {
        let breakdowns = breakdowns(of);
        let is_there = |column: &str| breakdowns.iter().any(|of| of.columns.iter().any(|own| own == column));
        // An earlier version may lack a question that makes a group.
        let column = |(at, column): (usize, &&str)| match at < own || is_there(column) {
            true => ident(column),
            false => format!("NULL AS {}", ident(column)),
        };
        let columns: Vec<String> = columns.iter().enumerate().map(column).collect();
        format!("SELECT {}, {value} AS y_0\nFROM (\n{}\n) AS pairs", columns.join(", "), pairing(of).sql)
    };
    let counted = |of: &&Instrument| outcome.versions(instrument).any(|version| version == of.version);
    let versions = declarations.versions(&instrument.id).into_iter().filter(counted);
    let sql = versions.map(of_version).collect::<Vec<_>>().join("\nUNION ALL\n");
    (layout, sql)
}
