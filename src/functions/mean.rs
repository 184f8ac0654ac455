//! `mean_lower` and `mean_upper`.

use super::args;
use super::scalar::Definition;
use crate::stats::Interval;
use crate::stats::mean::t_interval;

const ARGUMENTS: [(&str, &str); 4] = [
    ("n", "Answers in all."),
    ("mean", "Their mean."),
    ("sd", "Their standard deviation, that of a sample: what `stddev` returns."),
    args::LEVEL,
];

fn limits(given: &[f64], level: f64) -> Option<Interval> {
    let [n, mean, sd] = given else { return None };
    t_interval(*n, *mean, *sd, level)
}

/// Lower limit of Student's t interval.
pub(super) static LOWER: Definition = Definition {
    name: "mean_lower",
    least: 3,
    most: 3,
    level: true,
    fields: &[],
    compute: |given, level| limits(given, level).map(|limits| vec![Some(limits.lower)]),
    document: || {
        args::document(
            "Lower limit of Student's t interval of a mean (Altman et al. 2000), in its unit: the mean itself where `sd` is 0. \
             Null below 2 answers and where a number is null.",
            "mean_lower(n, mean, sd[, level])",
            "SELECT mean_lower(10, 18.4, 4.1); -- 15.4670",
            &ARGUMENTS,
        )
    },
};

/// Upper limit of Student's t interval.
pub(super) static UPPER: Definition = Definition {
    name: "mean_upper",
    least: 3,
    most: 3,
    level: true,
    fields: &[],
    compute: |given, level| limits(given, level).map(|limits| vec![Some(limits.upper)]),
    document: || {
        args::document(
            "Upper limit of Student's t interval of a mean (Altman et al. 2000), in its unit: the mean itself where `sd` is 0. \
             Null below 2 answers and where a number is null.",
            "mean_upper(n, mean, sd[, level])",
            "SELECT mean_upper(10, 18.4, 4.1, 0.998); -- 23.9710",
            &ARGUMENTS,
        )
    },
};
