//! `wilson_lower` and `wilson_upper`.

use super::args;
use super::scalar::Definition;
use crate::stats::Interval;
use crate::stats::proportion::wilson;

const ARGUMENTS: [(&str, &str); 3] = [("x", "Answers that met the condition."), ("n", "Answers in all."), args::LEVEL];

fn limits(given: &[f64], level: f64) -> Option<Interval> {
    let [x, n] = given else { return None };
    wilson(*x, *n, level)
}

/// Lower limit of a Wilson score interval.
pub(super) static LOWER: Definition = Definition {
    name: "wilson_lower",
    least: 2,
    most: 2,
    level: true,
    fields: &[],
    compute: |given, level| limits(given, level).map(|limits| vec![Some(limits.lower)]),
    document: || {
        args::document(
            "Lower limit of the Wilson score interval of the proportion x/n, a fraction. Null where there is no proportion: see \
             `why_not`.",
            "wilson_lower(x, n[, level])",
            "SELECT wilson_lower(45, 90); -- 0.3988",
            &ARGUMENTS,
        )
    },
};

/// Upper limit of a Wilson score interval.
pub(super) static UPPER: Definition = Definition {
    name: "wilson_upper",
    least: 2,
    most: 2,
    level: true,
    fields: &[],
    compute: |given, level| limits(given, level).map(|limits| vec![Some(limits.upper)]),
    document: || {
        args::document(
            "Upper limit of the Wilson score interval of the proportion x/n, a fraction. Null where there is no proportion: see \
             `why_not`.",
            "wilson_upper(x, n[, level])",
            "SELECT wilson_upper(45, 90, 0.998); -- 0.6549",
            &ARGUMENTS,
        )
    },
};
