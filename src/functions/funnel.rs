//! `funnel`.

use std::sync::{Arc, LazyLock};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{Documentation, PartitionEvaluator, Signature, Volatility, WindowUDFImpl};

use super::args::{self, floats, texts};
use crate::stats::funnel::{self, Unit};

/// Where every unit of a partition stands in their funnel.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Funnel {
    signature: Signature,
}

impl Funnel {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// What both funnels say of a unit.
pub(super) fn returns() -> Fields {
    let number = |name| (name, DataType::Float64);
    args::fields([
        number("target"),
        number("z"),
        number("phi"),
        number("tau2"),
        number("lower95"),
        number("upper95"),
        number("lower998"),
        number("upper998"),
        ("band", DataType::Utf8),
    ])
}

impl WindowUDFImpl for Funnel {
    fn name(&self) -> &str {
        "funnel"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 2..=2)
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Units))
    }

    fn field(&self, given: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(given.name(), DataType::Struct(returns()), true)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Over-dispersed funnel of the proportions x/n of the units of a partition, one row a unit: a struct \
                 of `target` (all units together), `z` (standard errors from the target before adjustment), `phi` \
                 (dispersion ratio), `tau2` (variance between units), `lower95`, `upper95`, `lower998`, `upper998` \
                 (limits for a unit of this size) and `band` (`much lower`, `lower`, `about the same`, `higher`, \
                 `much higher`). Null for a unit without answers. The order of the window does not matter.",
                "funnel(x, n) OVER ([PARTITION BY ...])",
                "SELECT practice, funnel(x, n) OVER (PARTITION BY measure)['band'] FROM practices;",
                &[("x", "Answers of the unit that met the condition."), ("n", "Answers of the unit.")],
            )
        });
        Some(&DOC)
    }
}

#[derive(Debug)]
struct Units;

impl PartitionEvaluator for Units {
    fn evaluate_all(&mut self, given: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let (x, n) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        let units: Vec<Option<(f64, f64)>> = x.iter().zip(n).map(|(x, n)| x.zip(n)).collect();
        column(funnel::funnel(&units).as_ref(), num_rows)
    }
}

/// A row for each unit of a funnel; null for one that has no place, and for all where there is no funnel.
pub(super) fn column(funnel: Option<&funnel::Funnel>, num_rows: usize) -> Result<ArrayRef> {
    let rows: Vec<Option<Unit>> = funnel.map_or_else(|| vec![None; num_rows], |funnel| funnel.units.clone());
    let of_all = |get: fn(&funnel::Funnel) -> f64| floats(&rows, |_| funnel.map(get));
    let columns = vec![
        of_all(|funnel| funnel.target),
        floats(&rows, |unit| unit.z),
        of_all(|funnel| funnel.phi),
        of_all(|funnel| funnel.tau2),
        floats(&rows, |unit| Some(unit.limits95.lower)),
        floats(&rows, |unit| Some(unit.limits95.upper)),
        floats(&rows, |unit| Some(unit.limits998.lower)),
        floats(&rows, |unit| Some(unit.limits998.upper)),
        texts(&rows, |unit| Some(unit.band.name())),
    ];
    Ok(Arc::new(args::structs(returns(), &rows, columns)?))
}
