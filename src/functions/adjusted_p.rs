//! `benjamini_hochberg` and the other adjustments of p-values.

use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{Documentation, PartitionEvaluator, Signature, Volatility, WindowUDFImpl};

use super::args;
use crate::stats::adjust::{Adjustment, adjusted};

/// P-values adjusted for all of a partition.
#[derive(Debug)]
pub(super) struct AdjustedP {
    how: Adjustment,
    signature: Signature,
    documentation: OnceLock<Documentation>,
}

impl AdjustedP {
    pub(super) fn new(how: Adjustment) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { how, signature, documentation: OnceLock::new() }
    }

    /// What an adjusted p-value of at most 0.05 means, and who says so.
    fn meaning(&self) -> &'static str {
        match self.how {
            Adjustment::BenjaminiHochberg => {
                "Where those of at most 0.05 are called signals, 1 in 20 of the signals is expected to be false at most, for tests \
                 that are independent or hang together in one direction (Benjamini & Hochberg 1995)."
            }
            Adjustment::BenjaminiYekutieli => {
                "Where those of at most 0.05 are called signals, 1 in 20 of the signals is expected to be false at most, however \
                 the tests hang together (Benjamini & Yekutieli 2001)."
            }
            Adjustment::Bonferroni => {
                "Where those of at most 0.05 are called signals, the chance of any false signal is at most 1 in 20 (Bonferroni)."
            }
            Adjustment::Hochberg => {
                "Where those of at most 0.05 are called signals, the chance of any false signal is at most 1 in 20, for tests that \
                 are independent or hang together in one direction (Hochberg 1988)."
            }
            Adjustment::Holm => {
                "Where those of at most 0.05 are called signals, the chance of any false signal is at most 1 in 20, however the \
                 tests hang together (Holm 1979)."
            }
        }
    }
}

impl PartialEq for AdjustedP {
    fn eq(&self, other: &Self) -> bool {
        self.how == other.how
    }
}

impl Eq for AdjustedP {}

impl std::hash::Hash for AdjustedP {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.how.hash(state);
    }
}

impl WindowUDFImpl for AdjustedP {
    fn name(&self) -> &str {
        match self.how {
            Adjustment::BenjaminiHochberg => "benjamini_hochberg",
            Adjustment::BenjaminiYekutieli => "benjamini_yekutieli",
            Adjustment::Bonferroni => "bonferroni",
            Adjustment::Hochberg => "hochberg",
            Adjustment::Holm => "holm",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 1..=1)
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Tests(self.how)))
    }

    fn field(&self, given: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(given.name(), DataType::Float64, true)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        let document = || {
            let name = self.name();
            args::document(
                &format!(
                    "P-values adjusted for all that a partition holds. {} Null, and not counted as a test, where the p-value is null \
                     or outside 0 to 1. The order of the window does not matter.",
                    self.meaning()
                ),
                &format!("{name}(p) OVER ([PARTITION BY ...])"),
                &format!("SELECT practice, {name}(p) OVER () <= 0.05 AS signal FROM tests;"),
                &[("p", "P-value of one test.")],
            )
        };
        Some(self.documentation.get_or_init(document))
    }
}

#[derive(Debug)]
struct Tests(Adjustment);

impl PartitionEvaluator for Tests {
    fn evaluate_all(&mut self, given: &[ArrayRef], _: usize) -> Result<ArrayRef> {
        let p: Vec<Option<f64>> = as_float64_array(&given[0])?.iter().collect();
        Ok(Arc::new(Float64Array::from(adjusted(&p, self.0))))
    }
}
