//! `attributable_risk`, `attributable_fraction`.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows};
use super::disparity::{ARGUMENTS, ROWS, answer, groups};
use super::mean_difference::{BETTER, IS_REFERENCE, WORDS, better, reference};
use crate::stats::disparity::{Better, Group, attributable_fraction, attributable_risk};

/// How much the mean would change if every group were as the best.
pub(super) static RISK: Definition = measure(
    "attributable_risk",
    |rows| compute(rows, attributable_risk),
    || {
        document(
            "attributable_risk",
            "How much the mean of everybody would change, in the unit of the values, if every group had the value of \
             the best one or of the reference: above 0 where higher is better, below 0 where lower is, 0 where the \
             mean is already better.",
            "",
        )
    },
);

/// The same in percent of the mean.
pub(super) static FRACTION: Definition = measure(
    "attributable_fraction",
    |rows| compute(rows, attributable_fraction),
    || {
        document(
            "attributable_fraction",
            "How much the mean of everybody would change, in percent of it, if every group had the value of the best \
             one or of the reference: above 0 where higher is better, below 0 where lower is, 0 where the mean is \
             already better.",
            ", unless the mean is above 0",
        )
    },
);

const fn measure(
    name: &'static str,
    compute: fn(&Rows) -> Option<Vec<ScalarValue>>,
    document: fn() -> Documentation,
) -> Definition {
    let args = &[Arg::Number, Arg::Number, Arg::Choice(WORDS), Arg::Flag];
    Definition { name, args, required: 3, variadic: false, returns: Returns::Number, compute, document }
}

fn compute(rows: &Rows, measure: fn(&[Group], Better, Option<f64>) -> Option<f64>) -> Option<Vec<ScalarValue>> {
    let given = !rows.numbers(3).is_empty();
    let reference = if given { Some(reference(rows, 3)?) } else { None };
    answer(measure(&groups(rows), better(rows, 2)?, reference))
}

fn document(name: &str, what: &str, none: &str) -> Documentation {
    args::document(
        &format!("{what} {ROWS}{none} and, with `is_reference`, unless exactly one group is the reference."),
        &format!("{name}(value, population, better[, is_reference])"),
        &format!("SELECT area, {name}(value, population, 'higher') FROM ethnic_groups GROUP BY area;"),
        &[&ARGUMENTS[..], &[BETTER, IS_REFERENCE]].concat(),
    )
}
