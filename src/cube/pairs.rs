//! What the pass over the pairs of a change outcome counts.

use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{Expr, JoinType, col, lit};
use datafusion::prelude::{DataFrame, SessionContext};

use super::BASELINE;
use super::bands::Breakdown;
use super::histogram::{Amount, Histograms, Slot};
use super::merge::Sign;
use super::scored::Pass;
use crate::declare::{Change, Declarations, Instrument, Outcome, PairBy};
use crate::error::{Error, Result};
use crate::score::{Kind, Pairing, Scoring, ident};

/// What stands in front of an outcome in the name of its pass.
pub const PART: &str = "change/";

/// Returns the pass over the pairs of `outcome` among the responses to one version of its instrument.
pub fn pass(
    declarations: &Declarations,
    instrument: &Instrument,
    outcome: &Outcome,
    change: &Change,
    responses: &str,
) -> Pass {
    let pairing = pairing(declarations, instrument, outcome, change, responses);
    let breakdowns = breakdowns(declarations, instrument, change, &pairing);
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
    Pass { part: format!("{PART}{}", outcome.id), histograms, sql: pairing.sql }
}

/// Returns what pairs are counted by: the groups of the response after, and the bands of the score before.
pub fn breakdowns(
    declarations: &Declarations,
    instrument: &Instrument,
    change: &Change,
    pairing: &Pairing,
) -> Vec<Breakdown> {
    let mut breakdowns = Breakdown::declared(declarations, instrument);
    if let Some(column) = &pairing.band {
        let bands = change.baseline_bands.iter().map(|band| band.id.clone());
        breakdowns.push(Breakdown::by_place(BASELINE, column, bands));
    }
    breakdowns
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
    let groups: Vec<String> = declarations.groups.of(instrument).map(|group| group.column.clone()).collect();
    let by_score: Vec<String> = groups.iter().map(|column| ident(column)).collect();
    let adjusted = outcome.adjust_for.iter().filter(|name| instrument.covariates.contains(name));
    for column in groups.into_iter().chain(adjusted.map(|name| format!("x_{name}"))) {
        if !keep.contains(&column) {
            keep.push(column);
        }
    }
    let scored = |needed: &[String]| scoring.needed(&[needed, &by_score].concat()).select(responses);
    Pairing::new(outcome, change, instrument, &scoring, &scored, &keep)
}

/// The people, or episodes, of some responses.
pub struct Keys {
    columns: &'static [&'static str],
    keys: DataFrame,
}

impl Keys {
    /// Reads whose responses these are, by what pairs have in common; those of nobody known have no pair.
    pub async fn read(session: &SessionContext, name: &str, by: PairBy, of: &[(Sign, DataFrame)]) -> Result<Self> {
        let columns: &[&str] = match by {
            PairBy::Person => &["person"],
            PairBy::Episode => &["episode"],
            PairBy::PersonAndEpisode => &["person", "episode"],
        };
        let mut found = Vec::new();
        let mut schema = None;
        for (_, rows) in of {
            let known = columns.iter().map(|column| col(*column).is_not_null()).reduce(Expr::and);
            let renamed = columns.iter().map(|column| col(*column).alias(format!("key_{column}")));
            let keys = rows.clone().filter(known.unwrap_or_else(|| lit(true)));
            let keys = keys.and_then(|keys| keys.select(renamed.collect::<Vec<_>>())).and_then(DataFrame::distinct);
            let keys = keys.map_err(Error::table(name))?;
            schema = Some(keys.schema().inner().clone());
            found.extend(keys.collect().await.map_err(Error::table(name))?);
        }
        // Kept as rows, so that their number is known: the many responses are then held against the few keys, and not the other way round.
        let schema = schema.unwrap_or_else(|| Arc::new(Schema::empty()));
        let table = MemTable::try_new(schema, vec![found]).map_err(Error::table(name))?;
        let keys = session.read_table(Arc::new(table)).and_then(DataFrame::distinct).map_err(Error::table(name))?;
        Ok(Keys { columns, keys })
    }

    /// Returns the rows of these people or episodes.
    pub fn of(&self, rows: DataFrame) -> datafusion::error::Result<DataFrame> {
        let keys: Vec<String> = self.columns.iter().map(|column| format!("key_{column}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        self.keys.clone().join(rows, JoinType::RightSemi, &keys, self.columns, None)
    }

    /// Returns the rows of nobody known.
    pub fn without(&self, rows: DataFrame) -> datafusion::error::Result<DataFrame> {
        let unknown = self.columns.iter().map(|column| col(*column).is_null()).reduce(Expr::or);
        rows.filter(unknown.unwrap_or_else(|| lit(false)))
    }
}
