//! `cronbach_alpha`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number, whole};
use crate::stats::consistency::consistency;

/// Cronbach's alpha.
pub(super) static CRONBACH_ALPHA: Definition = Definition {
    name: "cronbach_alpha",
    args: &[Arg::Number],
    required: 2,
    variadic: true,
    returns: Returns::Struct(&[
        ("n", DataType::Int64),
        ("items", DataType::Int64),
        ("value", DataType::Float64),
        ("lower", DataType::Float64),
        ("upper", DataType::Float64),
        ("standardised", DataType::Float64),
        ("correlation", DataType::Float64),
    ]),
    compute,
    document,
};

fn compute(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let items: Vec<&[f64]> = (0..).map(|at| rows.numbers(at)).take_while(|item| !item.is_empty()).collect();
    let found = consistency(&items)?;
    let limits = found.limits(args::DEFAULT_LEVEL);
    Some(vec![
        whole(found.n),
        whole(found.items as u64),
        number(found.alpha),
        number(limits.map(|limits| limits.lower)),
        number(limits.map(|limits| limits.upper)),
        number(found.standardised),
        number(found.correlation),
    ])
}

fn document() -> Documentation {
    args::document(
        "Internal consistency of the items of a scale: a struct of `n` (people who answered all), `items`, `value` \
         (Cronbach's alpha 1951), `lower`, `upper` (95% limits of Feldt et al. 1987), `standardised` (alpha of items \
         brought to one spread) and `correlation` (mean correlation of two items; both null where an item has the \
         same answer throughout). One row a person; rows with a null or NaN are left out. Items worded the other way \
         round must be turned round first. Null below 2 people and where the sum of the items is the same for all. \
         Alpha without an item is that of the other items.",
        "cronbach_alpha(item, item[, item, …])",
        "SELECT cronbach_alpha(i_useful, i_relaxed, i_clear)['value'] FROM answers;",
        &[("item", "Answer to one item, as a number; at least 2 items.")],
    )
}
