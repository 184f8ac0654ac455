//! The operator of every pass: rows become cells, on all cores.
//!
//! Each partition of the query has a worker of its own. A worker turns the answers of a row into one vector of ones and adds that to the
//! counts of the groups that the row is in; when another cell begins, it adds what it counted to the table that all workers share. Rows that
//! come sorted by area and time make few such changes, but the order is used and never trusted: a cell that comes again is added to.

mod columns;
mod kernel;
mod keys;
mod sums;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod times;
mod worker;

use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::prelude::DataFrame;
use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use tokio::task::JoinSet;

use super::counted::Counted;
use super::histogram::Histograms;
use crate::error::{Error, Result};
use columns::Places;
use sums::Sums;
use table::Table;
pub use texts::Text;
use worker::Worker;

/// What is counted, made ready.
struct Plan {
    histograms: Histograms,
    /// Which groups are counted, and which follow from others.
    sums: Sums,
    /// Places of the codes of each slot.
    places: Vec<Places>,
}

impl Plan {
    fn new(histograms: Histograms) -> Self {
        let sums = Sums::new(&histograms.breakdowns);
        let places = histograms.slots.iter().map(Places::new).collect();
        Plan { histograms, sums, places }
    }
}

/// Counts the rows of a query; `name` is what an error calls it. `progress` is called with the rows that were counted so far.
pub async fn rows(
    rows: DataFrame,
    histograms: Histograms,
    name: &str,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Counted> {
    let streams = rows.execute_stream_partitioned().await.map_err(Error::query(name))?;
    let plan = Arc::new(Plan::new(histograms));
    let table = Arc::new(Table::new(&plan.histograms));
    let (sender, mut counted) = unbounded();
    // Whoever leaves early, by an error or an interrupt, drops the set and so ends the workers.
    let mut workers = JoinSet::new();
    for stream in streams {
        let (worker, sender, name) = (Worker::new(plan.clone(), table.clone()), sender.clone(), name.to_owned());
        workers.spawn(async move {
            // Nobody listens any more where another worker failed.
            if let Err(error) = work(worker, stream, &name, &sender).await {
                let _ = sender.unbounded_send(Err(error));
            }
        });
    }
    drop(sender);
    let mut rows = 0;
    while let Some(more) = counted.next().await {
        rows += more?;
        progress(rows);
    }
    while let Some(ended) = workers.join_next().await {
        ended.map_err(Error::query(name))?;
    }
    finish(&plan, table, rows)
}

/// Counts the rows of one partition.
async fn work(
    mut worker: Worker,
    mut stream: SendableRecordBatchStream,
    name: &str,
    counted: &UnboundedSender<Result<u64>>,
) -> Result<()> {
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(Error::query(name))?;
        worker.add(&batch)?;
        let _ = counted.unbounded_send(Ok(batch.num_rows() as u64));
    }
    worker.finish();
    Ok(())
}

/// Counts batches, without a query: on one thread, one after the other.
pub fn batches<'a>(batches: impl IntoIterator<Item = &'a RecordBatch>, histograms: Histograms) -> Result<Counted> {
    let plan = Arc::new(Plan::new(histograms));
    let table = Arc::new(Table::new(&plan.histograms));
    let mut worker = Worker::new(plan.clone(), table.clone());
    let mut rows = 0;
    for batch in batches {
        worker.add(batch)?;
        rows += batch.num_rows() as u64;
    }
    worker.finish();
    finish(&plan, table, rows)
}

fn finish(plan: &Plan, table: Arc<Table>, rows: u64) -> Result<Counted> {
    let table = Arc::into_inner(table).ok_or_else(|| Error::Broken("a worker of the pass did not end".into()))?;
    table.finish(plan, rows)
}
