//! `slope_index`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::slope::{Group, Slope, slope_index};

/// What it returns.
pub(super) const FIELDS: &[(&str, DataType)] = &[
    ("sii", DataType::Float64),
    ("lower", DataType::Float64),
    ("upper", DataType::Float64),
    ("rii", DataType::Float64),
    ("rii_lower", DataType::Float64),
    ("rii_upper", DataType::Float64),
    ("lack_of_fit", DataType::Boolean),
];

/// Slope index and relative index of inequality.
pub(super) static SLOPE_INDEX: Definition = Definition {
    name: "slope_index",
    args: &[Arg::Number, Arg::Number, Arg::Number, Arg::Optional, Arg::Level],
    required: 3,
    variadic: false,
    returns: Returns::Struct(FIELDS),
    compute,
    document,
};

fn compute(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let (values, populations, ranks) = (rows.numbers(0), rows.numbers(1), rows.numbers(2));
    let group = |(row, ((value, population), rank_order)): (usize, ((&f64, &f64), &f64))| Group {
        rank_order: *rank_order,
        population: *population,
        value: *value,
        se: rows.optional(3, row),
    };
    let groups: Vec<Group> = values.iter().zip(populations).zip(ranks).enumerate().map(group).collect();
    slope_index(&groups, rows.level(4)).map(answer)
}

/// A value for each field.
pub(super) fn answer(slope: Slope) -> Vec<ScalarValue> {
    vec![
        number(slope.sii.value),
        number(slope.sii.lower),
        number(slope.sii.upper),
        number(slope.rii),
        number(slope.rii_limits.map(|limits| limits.lower)),
        number(slope.rii_limits.map(|limits| limits.upper)),
        ScalarValue::Boolean(slope.lack_of_fit),
    ]
}

fn document() -> Documentation {
    args::document(
        "Slope index and relative index of inequality over ordered groups: a struct of `sii` (fitted value at the least minus at the \
         most disadvantaged end), `lower`, `upper`, `rii` (their ratio), `rii_lower`, `rii_upper` and `lack_of_fit` (whether the \
         groups scatter about the line more than their standard errors explain; null without them). One row a group; rows with a \
         null value, population, rank order or level are left out. Null with fewer than 2 groups (3 without standard errors), two \
         groups of one rank, a population not above 0, or standard errors for some groups only.",
        "slope_index(value, population, rank_order[, se[, level]])",
        "SELECT area, slope_index(value, population, decile, se)['sii'] FROM deciles GROUP BY area;",
        &[
            ("value", "What was measured in the group."),
            ("population", "People in the group."),
            ("rank_order", "Place of the group in the order, the most disadvantaged lowest."),
            (
                "se",
                "Standard error of the value. Left out or null throughout: the scatter about the line takes its place.",
            ),
            args::LEVEL,
        ],
    )
}
