//! `rate_lower`, `rate_upper` and `rate_ratio`.

use super::args;
use super::scalar::Definition;
use crate::stats::Estimate;
use crate::stats::rate::{rate, rate_ratio};

const ARGUMENTS: [(&str, &str); 4] = [
    ("x", "Events."),
    ("n", "The population or time in which they happened."),
    ("per", "What the rate is for, such as 1000 people."),
    args::LEVEL,
];

fn of(given: &[f64], level: f64) -> Option<Estimate> {
    let [x, n, per] = given else { return None };
    rate(*x, *n, *per, level)
}

/// Lower limit of a rate.
pub(super) static LOWER: Definition = Definition {
    name: "rate_lower",
    least: 3,
    most: 3,
    level: true,
    fields: &[],
    compute: |given, level| of(given, level).map(|rate| vec![Some(rate.lower)]),
    document: || {
        args::document(
            "Lower limit of the rate x/n in events per `per`: exact Poisson (Garwood 1936) below 10 events, Byar's (Breslow & Day \
             1987) from 10. Null where x is below 0, and n or `per` not above 0.",
            "rate_lower(x, n, per[, level])",
            "SELECT rate_lower(12, 3400, 1000); -- 1.8217",
            &ARGUMENTS,
        )
    },
};

/// Upper limit of a rate.
pub(super) static UPPER: Definition = Definition {
    name: "rate_upper",
    least: 3,
    most: 3,
    level: true,
    fields: &[],
    compute: |given, level| of(given, level).map(|rate| vec![Some(rate.upper)]),
    document: || {
        args::document(
            "Upper limit of the rate x/n in events per `per`: exact Poisson (Garwood 1936) below 10 events, Byar's (Breslow & Day \
             1987) from 10. Null where x is below 0, and n or `per` not above 0.",
            "rate_upper(x, n, per[, level])",
            "SELECT rate_upper(12, 3400, 1000, 0.998); -- 7.9650",
            &ARGUMENTS,
        )
    },
};

/// The ratio of two rates with its interval.
pub(super) static RATIO: Definition = Definition {
    name: "rate_ratio",
    least: 4,
    most: 4,
    level: true,
    fields: &["value", "lower", "upper"],
    compute: |given, level| {
        let [x1, t1, x2, t2] = given else { return None };
        rate_ratio(*x1, *t1, *x2, *t2, level).map(|r| vec![Some(r.value), Some(r.lower), Some(r.upper)])
    },
    document: || {
        args::document(
            "Ratio (x1/t1)/(x2/t2) of two independent rates with its exact interval, by Clopper & Pearson's (1934) limits of the \
             first group's share of all events: a struct of `value`, `lower` and `upper`. Null without events in the second group.",
            "rate_ratio(x1, t1, x2, t2[, level])",
            "SELECT rate_ratio(12, 100, 30, 80)['upper']; -- 0.6436",
            &[
                ("x1", "Events in the first group."),
                ("t1", "Population or time of the first group."),
                ("x2", "Events in the second group."),
                ("t2", "Population or time of the second group, in the same unit."),
                args::LEVEL,
            ],
        )
    },
};
