//! `slope_index_logit`.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows};
use super::slope_index::{FIELDS, answer};
use crate::stats::slope_model::{Counted, slope_index_logit};

/// Slope index and relative index of inequality by the logit of a proportion.
pub(super) static SLOPE_INDEX_LOGIT: Definition = Definition {
    name: "slope_index_logit",
    args: &[Arg::Number, Arg::Number, Arg::Number, Arg::Level],
    required: 3,
    variadic: false,
    returns: Returns::Struct(FIELDS),
    compute,
    document,
};

fn compute(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let counted = |((x, n), rank_order): ((&f64, &f64), &f64)| Counted { rank_order: *rank_order, x: *x, n: *n };
    let groups: Vec<Counted> = rows.numbers(0).iter().zip(rows.numbers(1)).zip(rows.numbers(2)).map(counted).collect();
    slope_index_logit(&groups, rows.level(3)).map(answer)
}

fn document() -> Documentation {
    args::document(
        "Slope index and relative index of inequality of proportions over ordered groups, by the logit: a struct as \
         that of `slope_index`, in fractions; the line can then not leave 0 to 1. Each group is weighted by its \
         answers; the limits come from the scatter of counts. One row a group; rows with a null are left out. Null \
         with fewer than 2 groups, two groups of one rank, impossible counts, where no answer or every answer met the \
         condition, and where the rank parts those that did from those that did not.",
        "slope_index_logit(x, n, rank_order[, level])",
        "SELECT area, slope_index_logit(x, n, decile)['sii'] FROM deciles GROUP BY area;",
        &[
            ("x", "Answers of the group that met the condition."),
            ("n", "Answers of the group."),
            ("rank_order", "Place of the group in the order, the most disadvantaged lowest."),
            args::LEVEL,
        ],
    )
}
