//! The one pass: responses become histograms of answer codes.
//!
//! Promises: every response that a reader sees is counted once for each breakdown, codes below zero too; counts are whole numbers, so
//! neither the order of rows nor of files matters. Must never know: which codes an outcome counts.

mod bands;
mod histogram;
mod rows;
mod time;

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use crate::declare::{Declarations, Instrument};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::store::{self, Landings, Replace, Store};
use histogram::Histograms;

/// Item under which responses themselves are counted, with the code 0.
pub const RESPONSES: &str = "responses";
/// Breakdown, and group, of everybody.
pub const EVERYBODY: (&str, &str) = ("none", "all");

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
    for instrument in declarations.instruments.values() {
        let name = store::responses_of(&instrument.id);
        let Some(table) = store.table(&name).await? else { continue };
        let version = table.version();
        passed.tables.push((name.clone(), version));
        progress(&format!("reading {}", instrument.id), passed.responses, 0);
        let made = pass(store, session, &landings, declarations, instrument, version, &mut |n| {
            progress(&format!("reading {}", instrument.id), n, 0);
        })
        .await?;
        passed.responses += made.responses;
        passed.rows += made.batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>();
        batches.extend(made.batches);
    }
    let mut cube = store.table_or_create(store::CUBE, &store::cube()).await?;
    cube.write("cube", &batches, Replace::Everything).await?;
    passed.tables.push((store::CUBE.into(), cube.version()));
    Ok(passed)
}

struct Made {
    responses: u64,
    batches: Vec<RecordBatch>,
}

async fn pass(
    store: &Store,
    session: &SessionContext,
    landings: &Landings,
    declarations: &Declarations,
    instrument: &Instrument,
    version: u64,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Made> {
    let name = store::responses_of(&instrument.id);
    let schema = store::responses(instrument, &declarations.groups.facts);
    let mut histograms = Histograms::new(instrument, &declarations.groups.groups);
    let Some(seen) = landings.seen(store, session, &name, Some(schema)).await? else {
        return Ok(Made { responses: 0, batches: Vec::new() });
    };
    let columns: Vec<&str> = histograms.columns().iter().map(String::as_str).collect();
    let mut stream = seen
        .select_columns(&columns)
        .map_err(Error::query(&name))?
        .execute_stream()
        .await
        .map_err(Error::query(&name))?;
    let mut responses = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(Error::query(&name))?;
        histograms.add(&batch)?;
        responses += batch.num_rows() as u64;
        progress(responses);
    }
    let batches = rows::batches(&histograms, instrument, i64::try_from(version).unwrap_or(i64::MAX))?;
    Ok(Made { responses, batches })
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
