//! A rolled-up table as queries read it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::Result;
use datafusion::datasource::TableType;
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;

use super::columns::{Column, Grain, schema};
use super::parts::Parts;
use super::source::Source;

/// One row an item, area, occasion and group, and month where it is a table of months, as the columns of `cube` have them. Rows are made while
/// they are read.
pub struct Rolled {
    columns: Vec<Column>,
    schema: SchemaRef,
    parts: Arc<Parts>,
}

impl Rolled {
    /// Takes what a table is made of.
    pub fn new(grain: Grain, parts: Parts) -> Self {
        let columns = grain.columns();
        Rolled { schema: schema(&columns), columns, parts: Arc::new(parts) }
    }
}

impl fmt::Debug for Rolled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rolled").field("columns", &self.columns).finish_non_exhaustive()
    }
}

type Planned<'a> = Pin<Box<dyn Future<Output = Result<Arc<dyn ExecutionPlan>>> + Send + 'a>>;

impl TableProvider for Rolled {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    // As the macro `async_trait` writes it out.
    fn scan<'life0, 'life1, 'life2, 'life3, 'async_trait>(
        &'life0 self,
        state: &'life1 dyn Session,
        projection: Option<&'life2 Vec<usize>>,
        _: &'life3 [Expr],
        _: Option<usize>,
    ) -> Planned<'async_trait>
    where
        Self: 'async_trait,
        'life0: 'async_trait,
        'life1: 'async_trait,
        'life2: 'async_trait,
        'life3: 'async_trait,
    {
        let columns = match projection {
            Some(places) => places.iter().filter_map(|place| self.columns.get(*place).copied()).collect(),
            None => self.columns.clone(),
        };
        let source = Source::new(columns, self.parts.clone(), state.config().target_partitions());
        Box::pin(std::future::ready(Ok(DataSourceExec::from_data_source(source) as Arc<dyn ExecutionPlan>)))
    }
}
