//! The view `cube`: the cells of the stored cube as rows of items, for SQL.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::{DataFusionError, Result as QueryResult};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use futures::{StreamExt, stream};

use super::rows::Rows;
use super::stored::{self, About, COLUMNS, Parts, Reader};
use crate::error::{Error, Result};
use crate::store::{self, Store, Table};

/// Rows of a batch before the next one begins.
const BATCH: usize = 1 << 14;

/// Columns that all rows of a cell share: a condition on them leaves whole cells out.
const OF_CELLS: [&str; 9] =
    ["instrument", "version", "root", "area", "time", "precision", "starts", "ends", "occasion"];

/// Returns the cube as it is now, as rows of items; none where nothing was measured yet.
pub async fn view(store: &Store) -> Result<Option<Arc<dyn TableProvider>>> {
    let table = store.table(store::CUBE).await?;
    Ok(table.map(|table| Arc::new(View(table)) as Arc<dyn TableProvider>))
}

struct View(Table);

impl fmt::Debug for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("View").field(&self.0.name()).finish()
    }
}

type Planned<'a> = Pin<Box<dyn Future<Output = QueryResult<Arc<dyn ExecutionPlan>>> + Send + 'a>>;

// `scan` is written as the macro of the trait would write it.
impl TableProvider for View {
    fn schema(&self) -> SchemaRef {
        store::cube()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> QueryResult<Vec<TableProviderFilterPushDown>> {
        let of_cells = |filter: &&Expr| {
            !filter.is_volatile() && filter.column_refs().iter().all(|column| OF_CELLS.contains(&column.name.as_str()))
        };
        let how = |filter| match of_cells(filter) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(how).collect())
    }

    fn scan<'s, 'session, 'projection, 'filters, 'all>(
        &'s self,
        session: &'session dyn Session,
        projection: Option<&'projection Vec<usize>>,
        filters: &'filters [Expr],
        _limit: Option<usize>,
    ) -> Planned<'all>
    where
        's: 'all,
        'session: 'all,
        'projection: 'all,
        'filters: 'all,
        Self: 'all,
    {
        Box::pin(async move {
            let parts = About::read(session, &self.0).await.map_err(told)?.parts;
            let files = self.0.provider_of(Some(store::cells()), &|tag| !tag.ends_with("_about")).map_err(told)?;
            let cells = stored::plan(session, files, filters.iter().cloned(), &COLUMNS).await.map_err(told)?;
            let wanted = projection.cloned().unwrap_or_else(|| (0..store::cube().fields().len()).collect());
            let schema = Arc::new(store::cube().project(&wanted)?);
            let partition = |partition| {
                let (cells, parts) = (cells.clone(), parts.clone());
                let (schema, wanted) = (schema.clone(), wanted.clone());
                Arc::new(Partition { cells, partition, parts, schema, wanted }) as Arc<dyn PartitionStream>
            };
            let partitions = (0..cells.output_partitioning().partition_count()).map(partition).collect();
            let plan = StreamingTableExec::try_new(schema.clone(), partitions, None, [], false, None)?;
            Ok(Arc::new(plan) as Arc<dyn ExecutionPlan>)
        })
    }
}

/// The rows of some of the cells.
#[derive(Debug)]
struct Partition {
    cells: Arc<dyn ExecutionPlan>,
    partition: usize,
    parts: Arc<Parts>,
    schema: SchemaRef,
    wanted: Vec<usize>,
}

impl PartitionStream for Partition {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let schema = self.schema.clone();
        let (parts, of, wanted) = (self.parts.clone(), self.schema.clone(), self.wanted.clone());
        let rows = stream::once(std::future::ready(self.cells.execute(self.partition, context)));
        let rows = rows.flat_map(move |cells| match cells {
            Ok(cells) => {
                let (parts, schema, wanted) = (parts.clone(), of.clone(), wanted.clone());
                let spread = move |batch: QueryResult<RecordBatch>| {
                    let rows = Rows::new(schema.clone(), wanted.clone());
                    let spread = Spread { batch: batch.map(Some), at: 0, reader: Reader::new(parts.clone()), rows };
                    stream::iter(spread)
                };
                cells.flat_map(spread).boxed()
            }
            Err(error) => stream::once(std::future::ready(Err(error))).boxed(),
        });
        Box::pin(RecordBatchStreamAdapter::new(schema, rows))
    }
}

/// The rows of the cells of one batch, made as they are asked for: they are many times as large as the cells.
struct Spread {
    /// None when it has come to its end.
    batch: QueryResult<Option<RecordBatch>>,
    at: usize,
    reader: Reader,
    rows: Rows,
}

impl Spread {
    fn fill(&mut self, cells: &RecordBatch) -> Result<RecordBatch> {
        while self.at < cells.num_rows() && self.rows.len() < BATCH {
            self.rows.add(&self.reader.row(cells, self.at)?);
            self.at += 1;
        }
        self.rows.take()
    }
}

impl Iterator for Spread {
    type Item = QueryResult<RecordBatch>;

    fn next(&mut self) -> Option<Self::Item> {
        let cells = match std::mem::replace(&mut self.batch, Ok(None)) {
            Ok(cells) => cells?,
            Err(error) => return Some(Err(error)),
        };
        let rows = self.fill(&cells).map_err(told);
        if rows.is_ok() && self.at < cells.num_rows() {
            self.batch = Ok(Some(cells));
        }
        Some(rows)
    }
}

/// Hands an error on through a query, with what mends it.
fn told(error: Error) -> DataFusionError {
    match error.mend() {
        Some(mend) => DataFusionError::External(format!("{error}; {mend}").into()),
        None => DataFusionError::External(Box::new(error)),
    }
}
