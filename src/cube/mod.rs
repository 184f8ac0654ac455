//! The one pass: responses become histograms of answer codes and sums of scores; pairs of responses become the same of their change.
//!
//! Promises: every response that a reader sees is counted once for each breakdown, codes below zero too; counts are whole numbers and
//! sums are exact, so neither the order of rows nor of files matters. Must never know: which codes an outcome counts.

mod bands;
mod casemix;
mod clusters;
mod dif;
mod histogram;
mod joint;
mod pairs;
mod rows;
mod scored;
mod time;

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use crate::declare::{Declarations, Instrument};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::store::{self, Landings, Replace, Store};

pub use clusters::{Clusters, clusters};

/// Item under which responses themselves are counted, with the code 0.
pub const RESPONSES: &str = "responses";
/// Breakdown, and group, of everybody.
pub const EVERYBODY: (&str, &str) = ("none", "all");

/// Breakdown of a change by bands of the score before.
pub const BASELINE: &str = "baseline";

/// What a pass read and made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Responses read.
    pub responses: u64,
    /// Rows of the cube.
    pub rows: u64,
    /// Tables read, with their versions.
    pub tables: Vec<(String, u64)>,
}

/// Reads the responses of every instrument once and replaces the cube.
pub async fn build(
    store: &Store,
    session: &SessionContext,
    declarations: &Declarations,
    progress: Progress<'_>,
) -> Result<Passed> {
    let landings = Landings::read(store, session).await?;
    let mut passed = Passed::default();
    let mut batches = Vec::new();
    let mut patterns = Vec::new();
    for instrument in declarations.instruments.values() {
        let name = store::responses_of(&instrument.id);
        let Some(table) = store.table(&name).await? else { continue };
        let version = table.version();
        passed.tables.push((name.clone(), version));
        progress(&format!("reading {}", instrument.id), passed.responses, 0);
        let made = pass(store, session, &landings, declarations, instrument, version, &mut |what, n| {
            progress(&format!("{what} {}", instrument.id), n, 0);
        })
        .await?;
        passed.responses += made.responses;
        passed.rows += made.batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>();
        batches.extend(made.batches);
        patterns.extend(made.patterns);
    }
    casemix::write(store, &patterns).await?;
    let mut cube = store.table_or_create(store::CUBE, &store::cube()).await?;
    cube.write("cube", &batches, Replace::Everything).await?;
    passed.tables.push((store::CUBE.into(), cube.version()));
    Ok(passed)
}

struct Made {
    responses: u64,
    batches: Vec<RecordBatch>,
    patterns: Vec<RecordBatch>,
}

/// Counts the responses to every version of an instrument, and the pairs of its change outcomes.
async fn pass(
    store: &Store,
    session: &SessionContext,
    landings: &Landings,
    declarations: &Declarations,
    instrument: &Instrument,
    version: u64,
    progress: &mut (dyn FnMut(&str, u64) + Send),
) -> Result<Made> {
    let name = store::responses_of(&instrument.id);
    let schema = store::responses(&declarations.columns(&instrument.id), &declarations.groups.facts);
    let mut made = Made { responses: 0, batches: Vec::new(), patterns: Vec::new() };
    let Some(seen) = landings.seen(store, session, &name, Some(schema)).await? else { return Ok(made) };
    session.deregister_table(SEEN).map_err(Error::query(&name))?;
    session.register_table(SEEN, seen.into_view()).map_err(Error::query(&name))?;
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    for of in declarations.versions(&instrument.id) {
        let responses = responses(declarations, of, instrument);
        let mut counting = scored::pass(declarations, of, &responses);
        let before = made.responses;
        made.responses += read(session, &mut counting, &name, &mut |n| progress("reading", before + n)).await?;
        made.batches.extend(rows::batches(&counting.histograms, &instrument.id, version)?);
        let further = joint::passes(declarations, of, &responses);
        for mut counting in further.into_iter().chain(dif::passes(declarations, of, &responses)) {
            read(session, &mut counting, &name, &mut |n| progress("comparing", n)).await?;
            made.batches.extend(rows::batches(&counting.histograms, &instrument.id, version)?);
        }
        for outcome in declarations.outcomes_of(&instrument.id) {
            if outcome.versions(instrument).any(|v| v == of.version) {
                made.patterns.extend(casemix::pass(session, declarations, of, outcome, &responses).await?);
            }
            let Some(change) =
                outcome.change.as_ref().filter(|_| outcome.versions(instrument).any(|v| v == of.version))
            else {
                continue;
            };
            let mut counting = pairs::pass(declarations, of, outcome, change, &responses);
            read(session, &mut counting, &name, &mut |n| progress("pairing", n)).await?;
            made.batches.extend(rows::batches(&counting.histograms, &instrument.id, version)?);
        }
    }
    session.deregister_table(SEEN).map_err(Error::query(&name))?;
    Ok(made)
}

/// Name of the responses that a reader sees, while they are counted.
const SEEN: &str = "seen_responses";

/// Returns what the responses of one version are read from. Those of a version that nobody declares any more are counted with the version
/// in use, under their own name.
fn responses(declarations: &Declarations, of: &Instrument, in_use: &Instrument) -> String {
    let quoted = |version: &str| crate::score::literal(version);
    let earlier: Vec<String> =
        declarations.earlier.iter().filter(|other| other.id == of.id).map(|other| quoted(&other.version)).collect();
    if of.version != in_use.version {
        return format!("(SELECT * FROM {SEEN} WHERE instrument_version = {})", quoted(&of.version));
    }
    match earlier.is_empty() {
        true => SEEN.to_owned(),
        false => format!("(SELECT * FROM {SEEN} WHERE instrument_version NOT IN ({}))", earlier.join(", ")),
    }
}

/// Runs the query of a pass and counts its rows; returns how many there were.
async fn read(
    session: &SessionContext,
    pass: &mut scored::Pass,
    name: &str,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<u64> {
    let mut stream =
        session.sql(&pass.sql).await.map_err(Error::query(name))?.execute_stream().await.map_err(Error::query(name))?;
    let mut rows = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(Error::query(name))?;
        pass.histograms.add(&batch)?;
        rows += batch.num_rows() as u64;
        progress(rows);
    }
    Ok(rows)
}

/// Returns a column of a batch as text.
fn text<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow::array::StringArray> {
    use arrow::array::AsArray;
    column(batch, name)?
        .as_string_opt::<i32>()
        .ok_or_else(|| Error::Broken(format!("the column `{name}` of responses is not text")))
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Arc<dyn arrow::array::Array>> {
    batch.column_by_name(name).ok_or_else(|| Error::Broken(format!("responses without the column `{name}`")))
}
