//! `concentration_index`, `erreygers_index`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::concentration::{Concentration, Group, concentration_index, erreygers_index};

const FIELDS: &[(&str, DataType)] = &[
    ("absolute", DataType::Float64),
    ("absolute_lower", DataType::Float64),
    ("absolute_upper", DataType::Float64),
    ("relative", DataType::Float64),
    ("relative_lower", DataType::Float64),
    ("relative_upper", DataType::Float64),
];

/// The concentration index of any values.
pub(super) static CONCENTRATION_INDEX: Definition = Definition {
    name: "concentration_index",
    args: &[Arg::Number, Arg::Number, Arg::Number, Arg::Level],
    required: 3,
    variadic: false,
    returns: Returns::Struct(FIELDS),
    compute: |rows| concentration_index(&groups(rows), rows.level(3)).map(answer),
    document: || {
        args::document(
            "Concentration index over ordered groups: a struct of `absolute` (twice the covariance of value and rank, \
             in the unit of the values), `absolute_lower`, `absolute_upper`, `relative` (the same over the mean, -1 to \
             1 for values that are not below 0), `relative_lower` and `relative_upper`. Above 0: the less \
             disadvantaged have more. Limits are normal, from the scatter about the line of the convenient regression, \
             and take the mean and the ranks as known, as the WHO's package does. One row a group; rows with a null \
             are left out. Null with fewer than 3 groups, two groups of one rank, and a population not above 0; no \
             relative index unless the mean is above 0.",
            "concentration_index(value, population, rank_order[, level])",
            "SELECT area, concentration_index(value, population, decile)['relative'] FROM deciles GROUP BY area;",
            &[VALUE, POPULATION, RANK_ORDER, args::LEVEL],
        )
    },
};

/// The concentration index of bounded values.
pub(super) static ERREYGERS_INDEX: Definition = Definition {
    name: "erreygers_index",
    args: &[Arg::Number, Arg::Number, Arg::Number, Arg::Constant, Arg::Constant, Arg::Level],
    required: 5,
    variadic: false,
    returns: Returns::Struct(FIELDS),
    compute: |rows| erreygers_index(&groups(rows), rows.constant(3)?, rows.constant(4)?, rows.level(5)).map(answer),
    document: || {
        args::document(
            "Concentration index of values that lie between two bounds, such as a share or a score, which says the \
             same of having and of lacking: a struct as that of `concentration_index`, of which `absolute` is \
             Erreygers' index (4 times the absolute index over the range) and `relative` Wagstaff's (the absolute \
             index times the range, over the distances of the mean from both bounds), both from -1 to 1. Null where \
             `concentration_index` is, where the minimum is not below the maximum and where a value lies outside them.",
            "erreygers_index(value, population, rank_order, minimum, maximum[, level])",
            "SELECT area, erreygers_index(score, population, decile, 0, 48)['absolute'] FROM deciles GROUP BY area;",
            &[
                VALUE,
                POPULATION,
                RANK_ORDER,
                ("minimum", "Lowest possible value, one for all rows."),
                ("maximum", "Highest possible value, one for all rows."),
                args::LEVEL,
            ],
        )
    },
};

const VALUE: (&str, &str) = ("value", "What was measured in the group.");
const POPULATION: (&str, &str) = ("population", "People in the group.");
const RANK_ORDER: (&str, &str) = ("rank_order", "Place of the group in the order, the most disadvantaged lowest.");

fn groups(rows: &Rows) -> Vec<Group> {
    let group = |((value, population), rank_order): ((&f64, &f64), &f64)| Group {
        rank_order: *rank_order,
        population: *population,
        value: *value,
    };
    rows.numbers(0).iter().zip(rows.numbers(1)).zip(rows.numbers(2)).map(group).collect()
}

/// A value for each field.
fn answer(index: Concentration) -> Vec<ScalarValue> {
    let (absolute, relative) = (index.absolute, index.relative);
    vec![
        number(absolute.value),
        number(absolute.lower),
        number(absolute.upper),
        number(relative.map(|relative| relative.value)),
        number(relative.map(|relative| relative.lower)),
        number(relative.map(|relative| relative.upper)),
    ]
}
