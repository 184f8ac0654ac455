//! `between_group_variance`, `between_group_sd`, `coefficient_of_variation`, `mean_log_deviation`, `theil_index`,
//! `index_of_disparity`, `index_of_disparity_weighted`.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::disparity::{self, Count, Group};

/// Every measure that needs no more than values and people.
pub(super) static ALL: &[Definition] = &[
    measure(
        "between_group_variance",
        |rows| answer(disparity::between_group_variance(&groups(rows))),
        || {
            document(
                "between_group_variance",
                "Variance of the values of groups about the mean of everybody, by people, in the square of their \
                 unit.",
                "",
            )
        },
    ),
    measure(
        "between_group_sd",
        |rows| answer(disparity::between_group_sd(&groups(rows))),
        || {
            document(
                "between_group_sd",
                "Standard deviation of the values of groups about the mean of everybody, by people, in their unit.",
                "",
            )
        },
    ),
    measure(
        "coefficient_of_variation",
        |rows| answer(disparity::coefficient_of_variation(&groups(rows))),
        || {
            document(
                "coefficient_of_variation",
                "Standard deviation of the values of groups, by people, in percent of the mean of everybody.",
                " and unless that mean is above 0",
            )
        },
    ),
    measure(
        "mean_log_deviation",
        |rows| answer(disparity::mean_log_deviation(&groups(rows))),
        || {
            document(
                "mean_log_deviation",
                "Mean logarithm of the mean of everybody over the value of a group, by people, times 1,000 as the \
                 WHO's package gives it.",
                " and unless every value is above 0",
            )
        },
    ),
    measure(
        "theil_index",
        |rows| answer(disparity::theil_index(&groups(rows))),
        || {
            document(
                "theil_index",
                "Theil's index: the value of a group over the mean of everybody times the logarithm of that, its \
                 mean by people, times 1,000 as the WHO's package gives it.",
                ", where a value is below 0, and where all are 0",
            )
        },
    ),
    measure(
        "index_of_disparity",
        |rows| answer(disparity::index_of_disparity(&groups(rows), Count::Groups)),
        || {
            document(
                "index_of_disparity",
                "Mean distance of the values of groups from the mean of everybody, each group counted alike, in \
                 percent of that mean.",
                " and unless that mean is above 0",
            )
        },
    ),
    measure(
        "index_of_disparity_weighted",
        |rows| answer(disparity::index_of_disparity(&groups(rows), Count::People)),
        || {
            document(
                "index_of_disparity_weighted",
                "Mean distance of the values of groups from the mean of everybody, by people, in percent of that \
                 mean.",
                " and unless that mean is above 0",
            )
        },
    ),
];

const fn measure(
    name: &'static str,
    compute: fn(&Rows) -> Option<Vec<ScalarValue>>,
    document: fn() -> Documentation,
) -> Definition {
    let args = &[Arg::Number, Arg::Number];
    Definition { name, args, required: 2, variadic: false, returns: Returns::Number, compute, document }
}

/// The groups, whose values and people are the first two arguments.
pub(super) fn groups(rows: &Rows) -> Vec<Group> {
    let group = |(value, population): (&f64, &f64)| Group { value: *value, population: *population };
    rows.numbers(0).iter().zip(rows.numbers(1)).map(group).collect()
}

pub(super) fn answer(value: Option<f64>) -> Option<Vec<ScalarValue>> {
    Some(vec![number(value)])
}

/// What documentation says of those two arguments.
pub(super) const ARGUMENTS: [(&str, &str); 2] =
    [("value", "What was measured in the group."), ("population", "People in the group.")];

/// What documentation says of rows, and of when there is no answer.
pub(super) const ROWS: &str = "One row a group; rows with a null are left out. Null where a population is not above 0";

fn document(name: &str, what: &str, none: &str) -> Documentation {
    let example = format!("SELECT area, {name}(value, population) FROM ethnic_groups GROUP BY area;");
    args::document(&format!("{what} {ROWS}{none}."), &format!("{name}(value, population)"), &example, &ARGUMENTS)
}
