//! What the cube is rolled up to for the queries of a run.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::catalog::TableProvider;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use tokio::task::JoinSet;

use super::tables;
use crate::cube::{AND, RollUp, Stored, Tree, Wanted};
use crate::declare::{Declarations, Instrument, Outcome};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::store::Store;

/// Returns the name that the versions go by whose answers an outcome adds together.
pub fn versions(outcome: &Outcome, instrument: &Instrument) -> String {
    in_order(outcome, instrument).join(AND)
}

fn in_order(outcome: &Outcome, instrument: &Instrument) -> Vec<String> {
    let versions: BTreeSet<String> = outcome.versions(instrument).map(str::to_owned).collect();
    versions.into_iter().collect()
}

/// Returns what is read of each instrument: its version in use by itself, and the versions that each outcome adds together.
fn wanted(declarations: &Declarations) -> BTreeMap<String, Wanted> {
    let of = |instrument: &Instrument| {
        let of_outcomes = declarations.outcomes_of(&instrument.id).map(|outcome| in_order(outcome, instrument));
        let all: BTreeSet<Vec<String>> = std::iter::once(vec![instrument.version.clone()]).chain(of_outcomes).collect();
        Wanted { main_root: instrument.main_root, versions: all.into_iter().collect() }
    };
    declarations.instruments.iter().map(|(id, instrument)| (id.clone(), of(instrument))).collect()
}

/// Rolls the cells of all passes up and shows them to queries as `period_counts`, `month_counts`, `group_month_counts` and
/// `month_weights`.
pub async fn register(
    session: &SessionContext,
    store: &Store,
    declarations: &Declarations,
    period: Period,
    tree: &RecordBatch,
) -> Result<()> {
    let state = session.state();
    let Some(cube) = Stored::open(&state, store).await? else { return Ok(()) };
    let levels = &declarations.areas.levels;
    let detailed: HashSet<&str> = levels.iter().filter(|level| level.detailed).map(|level| level.id.as_str()).collect();
    let (tree, wanted) = (Arc::new(Tree::new(tree, &detailed)?), Arc::new(wanted(declarations)));
    // Instruments side by side: nothing is added up over two of them.
    let mut tasks = JoinSet::new();
    for id in declarations.instruments.keys() {
        let mut cells = cube.cells(&state, &|part| part.instrument == *id, None).await?;
        let mut roll_up = RollUp::new(period, tree.clone(), wanted.clone());
        tasks.spawn(async move {
            while let Some(batch) = cells.next().await {
                for cells in batch? {
                    let part = &cells.part;
                    for (key, cell) in &cells.cells {
                        roll_up.add(&part.instrument, &part.name, &part.layout, key, cell);
                    }
                }
            }
            Ok::<_, Error>(roll_up.finish())
        });
    }
    let mut rolled_up = RollUp::new(period, tree, wanted).finish();
    while let Some(done) = tasks.join_next().await {
        rolled_up.extend(done.map_err(Error::query("rolling up"))??);
    }
    tables::register(session, "month_weights", rolled_up.month_weights()?)?;
    let tables = rolled_up.tables();
    let tables =
        [("period_counts", tables.period), ("month_counts", tables.months), ("group_month_counts", tables.detailed)];
    for (name, table) in tables {
        let table: Arc<dyn TableProvider> = Arc::new(table);
        session.deregister_table(name).map_err(Error::query(name))?;
        session.register_table(name, table).map_err(Error::query(name))?;
    }
    Ok(())
}
