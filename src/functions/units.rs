//! Windows over units that are given by the sums of their answers: `funnel_mean`, `funnel_normal` and `reliability`.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{Documentation, PartitionEvaluator, Signature, Volatility, WindowUDFImpl};

use super::args::{self, number_at};
use super::funnel;
use crate::stats::funnel::mean::{funnel_mean, funnel_normal};
use crate::stats::moments::Moments;
use crate::stats::reliability::components;

/// A unit's three numbers; none where one is null.
type Unit = Option<[f64; 3]>;

/// A window over units of three numbers each.
#[derive(Debug)]
struct Definition {
    name: &'static str,
    returns: fn() -> DataType,
    compute: fn(&[Unit]) -> Result<ArrayRef>,
    document: fn() -> Documentation,
}

/// The window of a definition.
#[derive(Debug)]
pub(super) struct Units {
    definition: &'static Definition,
    signature: Signature,
    documentation: OnceLock<Documentation>,
}

impl Units {
    pub(super) fn funnel_mean() -> Self {
        Self::new(&FUNNEL_MEAN)
    }

    pub(super) fn funnel_normal() -> Self {
        Self::new(&FUNNEL_NORMAL)
    }

    pub(super) fn reliability() -> Self {
        Self::new(&RELIABILITY)
    }

    fn new(definition: &'static Definition) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { definition, signature, documentation: OnceLock::new() }
    }
}

impl PartialEq for Units {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl Eq for Units {}

impl Hash for Units {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

impl WindowUDFImpl for Units {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 3..=3)
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Partition(self.definition)))
    }

    fn field(&self, given: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(given.name(), (self.definition.returns)(), true)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(self.documentation.get_or_init(self.definition.document))
    }
}

#[derive(Debug)]
struct Partition(&'static Definition);

impl PartitionEvaluator for Partition {
    fn evaluate_all(&mut self, given: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let columns = given.iter().map(|column| as_float64_array(column)).collect::<Result<Vec<_>>>()?;
        let unit = |row: usize| -> Unit {
            let mut numbers = columns.iter().map(|column| number_at(column, row));
            Some([numbers.next()??, numbers.next()??, numbers.next()??])
        };
        (self.0.compute)(&(0..num_rows).map(unit).collect::<Vec<Unit>>())
    }
}

/// What the answers of a unit come to; none where `n` or `sd` cannot be.
fn moments(&[n, mean, sd]: &[f64; 3]) -> Option<Moments> {
    // Counts of answers are far below 2^53.
    let counted = n >= 1.0 && n.fract() == 0.0 && n < 2_f64.powi(53);
    let usable = counted && mean.is_finite() && sd >= 0.0 && sd.is_finite();
    usable.then(|| Moments { n: n as u64, mean, squares: sd.powi(2) * (n - 1.0) })
}

fn funnels() -> DataType {
    DataType::Struct(funnel::returns())
}

static FUNNEL_MEAN: Definition = Definition {
    name: "funnel_mean",
    returns: funnels,
    compute: |units| {
        let given: Vec<Option<(f64, f64, f64)>> = units.iter().map(|unit| unit.map(|[a, b, c]| (a, b, c))).collect();
        funnel::column(funnel_mean(&given).as_ref(), units.len())
    },
    document: || {
        args::document(
            "Over-dispersed funnel of the means of the units of a partition, one row a unit: the struct of `funnel`, \
             with limits in the unit of the mean. Chance gives a mean the standard deviation within units (pooled over \
             them) over √n. Null for a unit with under 2 answers, and where all answers within every unit are equal. \
             The order of the window does not matter.",
            "funnel_mean(mean, sd, n) OVER ([PARTITION BY ...])",
            "SELECT practice, funnel_mean(mean, sd, n) OVER (PARTITION BY measure)['band'] FROM practices;",
            &[
                ("mean", "Mean of the unit's answers."),
                ("sd", "Their standard deviation, that of a sample: what `stddev` returns."),
                ("n", "Answers of the unit."),
            ],
        )
    },
};

static FUNNEL_NORMAL: Definition = Definition {
    name: "funnel_normal",
    returns: funnels,
    compute: |units| {
        let target = units.iter().flatten().map(|[_, _, target]| *target);
        // One target for all: where rows name two, nothing can be held against them.
        let target = target.reduce(|one, two| if one == two { one } else { f64::NAN }).unwrap_or(f64::NAN);
        let given: Vec<Option<(f64, f64)>> = units.iter().map(|unit| unit.map(|[a, b, _]| (a, b))).collect();
        funnel::column(funnel_normal(&given, target).as_ref(), units.len())
    },
    document: || {
        args::document(
            "Over-dispersed funnel of any values of the units of a partition about a target, each with the standard \
             error that chance gives it, one row a unit: the struct of `funnel`. For values that are adjusted for case \
             mix. Null for a unit whose standard error is not above 0, and where the rows have more than one target. \
             The order of the window does not matter.",
            "funnel_normal(value, se, target) OVER ([PARTITION BY ...])",
            "SELECT practice, funnel_normal(adjusted, se, 0.71) OVER (PARTITION BY measure)['band'] FROM practices;",
            &[
                ("value", "The unit's value."),
                ("se", "Its standard error by chance alone."),
                ("target", "What the units are held against: the value of everything. The same in all rows."),
            ],
        )
    },
};

static RELIABILITY: Definition = Definition {
    name: "reliability",
    returns: || DataType::Float64,
    compute: |units| {
        let known: Vec<Moments> = units.iter().flatten().filter_map(moments).collect();
        let components = components(&known);
        let of = |unit: &Unit| components.as_ref()?.reliability(moments(unit.as_ref()?)?.n as f64);
        Ok(Arc::new(units.iter().map(of).collect::<Float64Array>()))
    },
    document: || {
        args::document(
            "Reliability of each unit's mean among the units of a partition, one row a unit: the variance between \
             units over that of means of `n` answers, from 0 (nothing but chance) to 1. Variances by restricted maximum \
             likelihood of a random intercept, the same as `unit_reliability` from the single answers. Of a share p, \
             the standard deviation is `sqrt(p * (1 - p) * n / (n - 1))`. Null with fewer than two units and where all \
             answers are equal.",
            "reliability(n, mean, sd) OVER ([PARTITION BY ...])",
            "SELECT practice, reliability(n, mean, sd) OVER (PARTITION BY measure) FROM practices;",
            &[
                ("n", "Answers of the unit."),
                ("mean", "Their mean."),
                ("sd", "Their standard deviation, that of a sample: what `stddev` returns."),
            ],
        )
    },
};
