//! `xmr`.

use std::sync::{Arc, LazyLock};

use arrow::array::ArrayRef;
use arrow::compute::partition;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::cast::{as_boolean_array, as_float64_array, as_string_array};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{Documentation, PartitionEvaluator, Signature, Volatility, WindowUDFImpl};
use datafusion::physical_expr::expressions::Literal;

use super::args::{self, floats, number_at, texts};
use crate::stats::xmr::{Direction, Observation, Settings, xmr};

/// Limits and special causes of a series.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Xmr {
    signature: Signature,
}

impl Xmr {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn returns() -> Fields {
    args::fields([
        ("centre", DataType::Float64),
        ("lower", DataType::Float64),
        ("upper", DataType::Float64),
        ("near_lower", DataType::Float64),
        ("near_upper", DataType::Float64),
        ("signal", DataType::Utf8),
        ("variation", DataType::Utf8),
        ("assurance", DataType::Utf8),
    ])
}

impl WindowUDFImpl for Xmr {
    fn name(&self) -> &str {
        "xmr"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::arity(self.name(), given, 1..=5)?;
        let as_what = |(place, given): (usize, &DataType)| match (place, given) {
            (0 | 1, given) => args::number(self.name(), given),
            (2, given) if args::is_text(given) || *given == DataType::Null => Ok(DataType::Utf8),
            (2, given) => plan_err!("`xmr` takes a text as direction, not {given}"),
            // What a phase is called does not matter, only where it changes.
            (3, DataType::Null) => Ok(DataType::Int64),
            (3, given) => Ok(given.clone()),
            (_, DataType::Boolean | DataType::Null) => Ok(DataType::Boolean),
            (_, given) => plan_err!("`xmr` takes true or false as screen, not {given}"),
        };
        given.iter().enumerate().map(as_what).collect()
    }

    fn partition_evaluator(&self, given: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        // The planner calls this too: a direction that is written out is refused before the query runs.
        let literal = given.input_exprs().get(2).and_then(|expr| expr.downcast_ref::<Literal>());
        if let Some(Some(text)) = literal.and_then(|literal| literal.value().try_as_str())
            && let Err(unknown) = text.parse::<Direction>()
        {
            return plan_err!("`xmr`: {unknown}");
        }
        Ok(Box::new(Series))
    }

    fn field(&self, given: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(given.name(), DataType::Struct(returns()), true)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "XmR chart of a series by NHS England's Making Data Count rules, one row a point: a struct of \
                 `centre`, `lower`, `upper`, `near_lower`, `near_upper`, `signal` (`outside_`, `trend_`, \
                 `two_of_three_` or `shift_` with `high` or `low`; null without special cause), `variation` \
                 (`common`, `improvement`, `concern`, `neutral_high`, `neutral_low`) and `assurance` (`passes`, \
                 `fails`, `hit_and_miss`; null without target or direction). Null where the value is null. Needs an \
                 ORDER BY in time.",
                "xmr(value[, target[, direction[, phase[, screen]]]]) OVER ([PARTITION BY ...] ORDER BY ...)",
                "SELECT month, xmr(value, 85, 'increase') OVER (PARTITION BY area ORDER BY month)['variation'] FROM \
                 months;",
                &[
                    ("value", "What was measured."),
                    ("target", "What the value should reach. Null for no target."),
                    (
                        "direction",
                        "`increase`, `decrease` or `neutral`: which way is better. Neutral where left out or null.",
                    ),
                    ("phase", "Anything that changes where the limits start anew."),
                    (
                        "screen",
                        "Whether moving ranges above 3.267 times their mean are left out, once. True where left out \
                         or null.",
                    ),
                ],
            )
        });
        Some(&DOC)
    }
}

#[derive(Debug)]
struct Series;

/// The one value that a setting has over a series, nulls apart.
fn constant<T: PartialEq>(what: &str, mut given: impl Iterator<Item = T>) -> Result<Option<T>> {
    let first = given.next();
    if given.any(|other| Some(other) != first) {
        return exec_err!("`xmr` takes one {what} for all points of a series");
    }
    Ok(first)
}

fn settings(given: &[ArrayRef]) -> Result<Settings> {
    let mut settings = Settings::default();
    if let Some(directions) = given.get(2)
        && let Some(text) = constant("direction", as_string_array(directions)?.iter().flatten())?
    {
        settings.direction = match text.parse() {
            Ok(direction) => direction,
            Err(unknown) => return exec_err!("`xmr`: {unknown}"),
        };
    }
    if let Some(screens) = given.get(4)
        && let Some(screen) = constant("screen", as_boolean_array(screens)?.iter().flatten())?
    {
        settings.screen = screen;
    }
    Ok(settings)
}

/// The number of the phase of every point.
fn phases(given: Option<&ArrayRef>, rows: usize) -> Result<Vec<usize>> {
    let Some(given) = given else {
        return Ok(vec![0; rows]);
    };
    let ranges = partition(std::slice::from_ref(given))?.ranges();
    Ok(ranges.into_iter().enumerate().flat_map(|(phase, range)| range.map(move |_| phase)).collect())
}

impl PartitionEvaluator for Series {
    fn evaluate_all(&mut self, given: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let values = as_float64_array(&given[0])?;
        let targets = given.get(1).map(|array| as_float64_array(array)).transpose()?;
        let observation = |(row, phase)| Observation {
            value: number_at(values, row),
            target: targets.and_then(|targets| number_at(targets, row)),
            phase,
        };
        let series: Vec<Observation> =
            phases(given.get(3), num_rows)?.into_iter().enumerate().map(observation).collect();
        let rows = xmr(&series, settings(given)?);
        let columns = vec![
            floats(&rows, |point| Some(point.centre)),
            floats(&rows, |point| point.limits.map(|limits| limits.lower)),
            floats(&rows, |point| point.limits.map(|limits| limits.upper)),
            floats(&rows, |point| point.limits.map(|limits| limits.near_lower)),
            floats(&rows, |point| point.limits.map(|limits| limits.near_upper)),
            texts(&rows, |point| point.signal.map(|signal| signal.name())),
            texts(&rows, |point| Some(point.variation.name())),
            texts(&rows, |point| point.assurance.map(|assurance| assurance.name())),
        ];
        Ok(Arc::new(args::structs(returns(), &rows, columns)?))
    }
}
