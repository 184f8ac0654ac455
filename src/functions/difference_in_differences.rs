//! `difference_in_differences`.

use arrow::datatypes::DataType;

use super::args;
use super::collected::{Arg, Definition, Returns, number};
use crate::stats::did::Cells;

/// By how much the treated changed beyond the others.
pub(super) static DIFFERENCE_IN_DIFFERENCES: Definition = Definition {
    name: "difference_in_differences",
    args: &[Arg::Number, Arg::Flag, Arg::Flag, Arg::Level],
    required: 3,
    variadic: false,
    returns: Returns::Struct(&[
        ("value", DataType::Float64),
        ("lower", DataType::Float64),
        ("upper", DataType::Float64),
    ]),
    compute: |rows| {
        let (treated, after) = (rows.numbers(1), rows.numbers(2));
        let flag = |number: f64| if number == 1.0 { Some(true) } else { (number == 0.0).then_some(false) };
        let mut cells = Cells::ZERO;
        for ((y, treated), after) in rows.numbers(0).iter().zip(treated).zip(after) {
            cells = cells.with(*y, flag(*treated)?, flag(*after)?);
        }
        let estimate = cells.difference(rows.level(3))?.estimate;
        Some([estimate.value, estimate.lower, estimate.upper].into_iter().map(number).collect())
    },
    document: || {
        args::document(
            "Difference in differences: the change of those who were treated minus that of those who were not, one row an answer, with \
             the t interval of the interaction in a linear model: a struct of `value`, `lower` and `upper`. It is the effect where both would \
             have changed alike; answers are taken as independent of each other. Rows with a null are left out. Null where one of the \
             four cells is empty, with fewer than 5 answers, and where `treated` or `after` is neither yes nor no.",
            "difference_in_differences(y, treated, after[, level])",
            "SELECT difference_in_differences(score, practice IN ('Y00001', 'Y00002'), month >= '2026-04')['value'] FROM answers;",
            &[
                ("y", "What was measured."),
                ("treated", "Whether the answer is from the treated group: true or false, or 1 or 0."),
                ("after", "Whether it is from after the start of the treatment."),
                args::LEVEL,
            ],
        )
    },
};
