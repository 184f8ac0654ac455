//! How DataFusion reads a rolled-up table: which rows it wants, and batch after batch of them.

use std::fmt;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, Statistics};
use datafusion::config::ConfigOptions;
use datafusion::datasource::source::DataSource;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr, split_conjunction};
use datafusion::physical_expr_common::physical_expr::snapshot_physical_expr;
use datafusion::physical_plan::DisplayFormatType;
use datafusion::physical_plan::filter_pushdown::{FilterPushdownPropagation, PushedDown};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;

use super::columns::{Column, STRATA, schema};
use super::parts::Parts;
use super::rows::{Chosen, Rows};

/// Totals that are read one after the other before another partition's turn comes.
const RUN: usize = 64;

/// Some columns of a table, and what is wanted of its rows.
#[derive(Clone)]
pub struct Source {
    columns: Vec<Column>,
    schema: SchemaRef,
    parts: Arc<Parts>,
    partitions: usize,
    filters: Vec<Arc<dyn PhysicalExpr>>,
}

impl Source {
    /// Wants all rows, in so many streams.
    pub fn new(columns: Vec<Column>, parts: Arc<Parts>, partitions: usize) -> Self {
        Source { schema: schema(&columns), columns, parts, partitions: partitions.max(1), filters: Vec::new() }
    }

    /// Says whether a condition can be answered for all areas and times at once.
    fn is_of_strata(filter: &Arc<dyn PhysicalExpr>) -> bool {
        let names = collect_columns(filter);
        !names.is_empty() && names.iter().all(|name| STRATA.iter().any(|column| column.field().name() == name.name()))
    }

    /// Returns which rows of each part are wanted. Conditions are asked once for each item and breakdown, not for each row; a join that knows
    /// by now which items it looks for has said so in a condition of its own.
    fn chosen(&self) -> Result<Vec<Chosen>> {
        let strata = self.parts.strata(&self.columns)?;
        let mut wanted = vec![true; strata.num_rows()];
        for filter in &self.filters {
            let filter = snapshot_physical_expr(filter.clone())?;
            for part in split_conjunction(&filter).into_iter().filter(|part| Self::is_of_strata(part)) {
                let answer = part.evaluate(&strata)?.into_array(strata.num_rows())?;
                if *answer.data_type() != DataType::Boolean {
                    continue;
                }
                let answers = answer.as_boolean().iter().map(|answer| answer == Some(true));
                wanted.iter_mut().zip(answers).for_each(|(wanted, answer)| *wanted &= answer);
            }
        }
        let mut first = 0;
        let of_part = |part| {
            let chosen = Chosen::new(part, |at| wanted.get(first + at).copied().unwrap_or(false));
            first += part.breakdowns.len() * part.entries.len();
            chosen
        };
        Ok(self.parts.parts.iter().map(of_part).collect())
    }

    fn most_rows(&self) -> usize {
        self.parts.parts.iter().map(|part| part.cells.len() * part.most_rows()).sum()
    }
}

/// The rows of one partition.
struct Reading {
    source: Source,
    rows: Rows,
    chosen: Option<Arc<Vec<Chosen>>>,
    /// The part, the run of totals in it, and the total in that run.
    part: usize,
    run: usize,
    cell: usize,
    partition: usize,
    batch: usize,
}

impl Reading {
    fn next(&mut self) -> Result<Option<RecordBatch>> {
        let parts = self.source.parts.clone();
        let chosen = match self.chosen.take() {
            Some(chosen) => chosen,
            // Not before the first batch is wanted: by then the other side of a join is known.
            None => Arc::new(self.source.chosen()?),
        };
        while let Some((part, of_part)) = parts.parts.get(self.part).zip(chosen.get(self.part)) {
            let runs = if of_part.is_nothing() { 0 } else { part.cells.len().div_ceil(RUN) };
            while self.run < runs {
                // The runs of all parts are dealt out in turn.
                if self.run % self.source.partitions == self.partition {
                    let cells = part.cells.get(self.run * RUN..).unwrap_or_default();
                    for (place, cell) in cells.iter().take(RUN).skip(self.cell) {
                        self.cell += 1;
                        self.rows.add(part, place, cell, of_part);
                        if self.rows.len() >= self.batch {
                            self.chosen = Some(chosen.clone());
                            return self.rows.finish().map(Some).map_err(Into::into);
                        }
                    }
                }
                self.cell = 0;
                self.run += 1;
            }
            self.run = 0;
            self.part += 1;
        }
        self.chosen = Some(chosen);
        if self.rows.len() == 0 { Ok(None) } else { Ok(Some(self.rows.finish()?)) }
    }
}

impl DataSource for Source {
    fn open(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut reading = Reading {
            rows: Rows::new(self.schema.clone(), self.columns.clone(), self.parts.dictionaries.clone()),
            source: self.clone(),
            chosen: None,
            part: 0,
            run: 0,
            cell: 0,
            partition,
            batch: context.session_config().batch_size(),
        };
        let batches = std::iter::from_fn(move || reading.next().transpose());
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), futures::stream::iter(batches))))
    }

    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rolled up, columns={}, conditions={}", self.columns.len(), self.filters.len())
    }

    fn output_partitioning(&self) -> Partitioning {
        Partitioning::UnknownPartitioning(self.partitions)
    }

    fn eq_properties(&self) -> EquivalenceProperties {
        EquivalenceProperties::new(self.schema.clone())
    }

    fn partition_statistics(&self, partition: Option<usize>) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.schema);
        let rows = self.most_rows() / partition.map_or(1, |_| self.partitions);
        statistics.num_rows = Precision::Inexact(rows);
        statistics.total_byte_size = Precision::Inexact(rows.saturating_mul(8 * self.columns.len()));
        Ok(Arc::new(statistics))
    }

    fn with_fetch(&self, _: Option<usize>) -> Option<Arc<dyn DataSource>> {
        None
    }

    fn fetch(&self) -> Option<usize> {
        None
    }

    fn try_swapping_with_projection(&self, _: &ProjectionExprs) -> Result<Option<Arc<dyn DataSource>>> {
        Ok(None)
    }

    fn try_pushdown_filters(
        &self,
        filters: Vec<Arc<dyn PhysicalExpr>>,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn DataSource>>> {
        let taken = |filter| if Self::is_of_strata(filter) { PushedDown::Yes } else { PushedDown::No };
        let answers = filters.iter().map(taken).collect();
        let mut source = self.clone();
        source.filters.extend(filters);
        let source: Arc<dyn DataSource> = Arc::new(source);
        Ok(FilterPushdownPropagation::with_parent_pushdown_result(answers).with_updated_node(source))
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        let mut recursion = TreeNodeRecursion::Continue;
        for filter in &self.filters {
            recursion = recursion.visit_sibling(|| f(filter))?;
        }
        Ok(recursion)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("columns", &self.columns).finish_non_exhaustive()
    }
}
