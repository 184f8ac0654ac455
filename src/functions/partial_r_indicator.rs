//! `partial_r_indicator`.

use std::sync::{Arc, LazyLock};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{Documentation, PartitionEvaluator, Signature, Volatility, WindowUDFImpl};

use super::args::{self, floats};
use super::r_indicator::CELLS;
use crate::stats::Estimate;
use crate::stats::representativeness::{Cell, partial_r_indicators};

/// How much each cell adds to unequal answering.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct PartialRIndicator {
    signature: Signature,
}

impl PartialRIndicator {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn returns() -> Fields {
    args::fields(["value", "lower", "upper"].map(|name| (name, DataType::Float64)))
}

impl WindowUDFImpl for PartialRIndicator {
    fn name(&self) -> &str {
        "partial_r_indicator"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 2..=2)
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(OfPartition))
    }

    fn field(&self, given: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(given.name(), DataType::Struct(returns()), true)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Unconditional partial R-indicator of each cell of a partition, one row a cell: a struct of `value` (root of the \
                 cell's share of people times its share of answers a person less that of everybody: below 0 where its people \
                 answered less often; Schouten, Shlomo & Skinner 2011), `lower` and `upper` (95%). Null for a row with a null and \
                 for a cell without people, and for all where `r_indicator` of the partition is null. The order of the window does \
                 not matter.",
                "partial_r_indicator(responses, population) OVER ([PARTITION BY ...])",
                "SELECT age, partial_r_indicator(responses, people) OVER (PARTITION BY area)['value'] FROM ages;",
                &CELLS,
            )
        });
        Some(&DOC)
    }
}

#[derive(Debug)]
struct OfPartition;

impl PartitionEvaluator for OfPartition {
    fn evaluate_all(&mut self, given: &[ArrayRef], _: usize) -> Result<ArrayRef> {
        let (responses, population) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        // A row with a null is a cell of nobody.
        let cell = |(responses, population): (Option<f64>, Option<f64>)| match (responses, population) {
            (Some(responses), Some(population)) => Cell { responses, population },
            _ => Cell { responses: 0.0, population: 0.0 },
        };
        let cells: Vec<Cell> = responses.iter().zip(population).map(cell).collect();
        let rows: Vec<Option<Estimate>> =
            partial_r_indicators(&cells, args::DEFAULT_LEVEL).unwrap_or_else(|| vec![None; cells.len()]);
        let columns = vec![
            floats(&rows, |partial| Some(partial.value)),
            floats(&rows, |partial| Some(partial.lower)),
            floats(&rows, |partial| Some(partial.upper)),
        ];
        Ok(Arc::new(args::structs(returns(), &rows, columns)?))
    }
}
