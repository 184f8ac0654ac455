//! `unit_reliability`.

use std::collections::BTreeMap;

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number, whole};
use crate::stats::moments::Moments;
use crate::stats::reliability::components;

/// Reliability of the means of units.
pub(super) static UNIT_RELIABILITY: Definition = Definition {
    name: "unit_reliability",
    args: &[Arg::Key, Arg::Number],
    required: 2,
    variadic: false,
    returns: Returns::Struct(&[
        ("units", DataType::Int64),
        ("n", DataType::Int64),
        ("value", DataType::Float64),
        ("between", DataType::Float64),
        ("within", DataType::Float64),
        ("icc", DataType::Float64),
        ("needed", DataType::Float64),
    ]),
    compute,
    document,
};

/// The reliability from which units may be compared.
///
/// Source: Lyratzopoulos G and others (2011), Med Care 49:724-733.
const ENOUGH: f64 = 0.7;

fn compute(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let mut units: BTreeMap<&str, Moments> = BTreeMap::new();
    for (unit, value) in rows.keys(0).into_iter().zip(rows.numbers(1)) {
        if let Some(unit) = unit.filter(|_| value.is_finite()) {
            let moments = units.entry(unit).or_insert(Moments::ZERO);
            *moments = moments.with(*value);
        }
    }
    let found = components(&units.into_values().collect::<Vec<_>>())?;
    Some(vec![
        whole(found.units as u64),
        whole(found.n),
        number(found.reliability(found.n as f64 / found.units as f64)),
        number(found.between),
        number(found.within),
        number(found.icc()),
        number(found.needed(ENOUGH)),
    ])
}

fn document() -> Documentation {
    args::document(
        "How far the means of units differ by more than chance: a struct of `units`, `n` (answers), `value` \
         (reliability of a mean of as many answers as a unit has on average: between / (between + within / n), \
         Spearman & Brown 1910), `between` and `within` (variance between and within units, by restricted maximum \
         likelihood, as R's lme4), `icc` (reliability of one answer) and `needed` (answers that a mean needs for a \
         reliability of 0.7; null where units differ by chance alone). The reliability of one unit follows from \
         `between`, `within` and its own n. One row an answer; rows with a null are left out. Null below 2 units, \
         where none has 2 answers and where all answers are equal.",
        "unit_reliability(unit, value)",
        "SELECT unit_reliability(practice, score)['needed'] FROM answers;",
        &[("unit", "What the answer belongs to, such as a practice."), ("value", "The answer, as a number.")],
    )
}
