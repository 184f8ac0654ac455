//! `effective_n`.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::design::effective_n;

/// Kish's effective number of answers.
pub(super) static EFFECTIVE_N: Definition = Definition {
    name: "effective_n",
    args: &[Arg::Number],
    required: 1,
    variadic: false,
    returns: Returns::Number,
    compute,
    document,
};

fn compute(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let weights = rows.numbers(0);
    // Not a number where one is below 0: there is no answer then.
    let sum = |of: fn(f64) -> f64| -> f64 { weights.iter().map(|w| if *w < 0.0 { f64::NAN } else { of(*w) }).sum() };
    Some(vec![number(effective_n(sum(|w| w), sum(|w| w * w)))])
}

fn document() -> Documentation {
    args::document(
        "Effective number of answers, (Σw)² / Σw² (Kish 1965): as many of equal weight would tell as much. It describes weights; the \
         limits of `design_mean` and `design_proportion` come from the answers themselves. Rows with a null are left out. Null \
         without a weight above 0 and where one is below 0.",
        "effective_n(w)",
        "SELECT practice, count(*), effective_n(weight) FROM answers GROUP BY practice;",
        &[("w", "Weight of an answer, 0 or more.")],
    )
}
