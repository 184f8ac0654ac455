//! `funnel_ratio`.

use std::sync::{Arc, LazyLock};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::cast::{as_float64_array, as_string_array};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{Documentation, PartitionEvaluator, Signature, Volatility, WindowUDFImpl};
use datafusion::physical_expr::expressions::Literal;

use super::{args, funnel};
use crate::stats::funnel::ratio::{Scale, funnel_ratio};

/// Where every unit of a partition stands in the funnel of their ratios.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FunnelRatio {
    signature: Signature,
}

impl FunnelRatio {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// The scale that a word names, or what to say of another word.
fn scale(word: &str) -> std::result::Result<Scale, String> {
    match word {
        "log" => Ok(Scale::Log),
        "sqrt" => Ok(Scale::Sqrt),
        other => Err(format!("`funnel_ratio` takes 'log' or 'sqrt' as scale, not '{other}'")),
    }
}

impl WindowUDFImpl for FunnelRatio {
    fn name(&self) -> &str {
        "funnel_ratio"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::arity(self.name(), given, 2..=3)?;
        let as_what = |(place, given): (usize, &DataType)| match (place, given) {
            (2, given) if args::is_text(given) || *given == DataType::Null => Ok(DataType::Utf8),
            (2, given) => plan_err!("`funnel_ratio` takes a text as scale, not {given}"),
            (_, given) => args::number(self.name(), given),
        };
        given.iter().enumerate().map(as_what).collect()
    }

    fn partition_evaluator(&self, given: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        // The planner calls this too: a scale that is written out is refused before the query runs.
        let literal = given.input_exprs().get(2).and_then(|expr| expr.downcast_ref::<Literal>());
        if let Some(Some(word)) = literal.and_then(|literal| literal.value().try_as_str())
            && let Err(unknown) = scale(word)
        {
            return plan_err!("{unknown}");
        }
        Ok(Box::new(Units))
    }

    fn field(&self, given: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(given.name(), DataType::Struct(funnel::returns()), true)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Over-dispersed funnel of the ratios o/e of observed to expected events of the units of a partition, one row a unit: \
                 the struct of `funnel`, with 1 as `target`. On the logarithmic scale a tenth of the units at each end is left out \
                 before the dispersion is measured, as SHMI does; on that of the square root z-scores are winsorised, as the Care \
                 Quality Commission does. Null for a unit with nothing expected. `z` is null for a unit without events on the \
                 logarithmic scale; where such units are more than a tenth, only the square root has an answer.",
                "funnel_ratio(o, e[, scale]) OVER ([PARTITION BY ...])",
                "SELECT trust, funnel_ratio(deaths, expected, 'log') OVER ()['band'] FROM trusts;",
                &[
                    ("o", "Events that were observed in the unit."),
                    ("e", "Events that were expected there."),
                    ("scale", "`'log'` (also where left out or null) or `'sqrt'`, one for all units."),
                ],
            )
        });
        Some(&DOC)
    }
}

#[derive(Debug)]
struct Units;

impl PartitionEvaluator for Units {
    fn evaluate_all(&mut self, given: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let (observed, expected) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        let units: Vec<Option<(f64, f64)>> = observed.iter().zip(expected).map(|(o, e)| o.zip(e)).collect();
        let mut word = None;
        if let Some(words) = given.get(2) {
            for other in as_string_array(words)?.iter().flatten() {
                if *word.get_or_insert(other) != other {
                    return exec_err!("`funnel_ratio` takes one scale for all units of a funnel");
                }
            }
        }
        let scale = word.map_or(Ok(Scale::Log), scale).or_else(|unknown| exec_err!("{unknown}"))?;
        funnel::column(funnel_ratio(&units, scale).as_ref(), num_rows)
    }
}
