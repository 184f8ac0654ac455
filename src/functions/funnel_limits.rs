//! `funnel_limits_wilson` and `funnel_limits_poisson`: the lines of a funnel.

use super::args;
use super::scalar::Definition;
use crate::stats::funnel::plain::{poisson_limits, wilson_limits};

const LEVEL: (&str, &str) =
    ("level", "Confidence level: 0.95 for the inner lines (also where left out), 0.998 for the outer ones.");

/// Funnel limits of a proportion.
pub(super) static WILSON: Definition = Definition {
    name: "funnel_limits_wilson",
    least: 2,
    most: 2,
    level: true,
    fields: &["lower", "upper"],
    compute: |given, level| {
        let [n, target] = *given else { return None };
        wilson_limits(n, target, level).map(|limits| vec![Some(limits.lower), Some(limits.upper)])
    },
    document: || {
        args::document(
            "Funnel limits of a proportion for a unit of n answers, as OHID's Fingertips draws them: a struct of `lower` and `upper`, the \
             fractions whose Wilson interval just touches the target. Not widened for over-dispersion: see `funnel`. Null where n is \
             not above 0 or the target is no fraction.",
            "funnel_limits_wilson(n, target[, level])",
            "SELECT n, funnel_limits_wilson(n, 0.31, 0.998)['lower'] FROM generate_series(10, 500, 10) AS t(n);",
            &[
                ("n", "Answers of the unit: the place on the horizontal axis."),
                ("target", "The proportion of all units together."),
                LEVEL,
            ],
        )
    },
};

/// Funnel limits of a ratio or a rate.
pub(super) static POISSON: Definition = Definition {
    name: "funnel_limits_poisson",
    least: 1,
    most: 1,
    level: true,
    fields: &["lower", "upper"],
    compute: |given, level| {
        let [expected] = *given else { return None };
        poisson_limits(expected, level).map(|limits| vec![Some(limits.lower), Some(limits.upper)])
    },
    document: || {
        args::document(
            "Funnel limits of a ratio of observed to expected events for a unit of that many expected, as OHID's Fingertips draws \
             them: a struct of `lower` and `upper`, the ratios whose exact Poisson interval just touches 1. Of a rate: expected is the \
             unit's population times the rate of all, and the limits are to be multiplied by that rate. Not widened for \
             over-dispersion: see `funnel_ratio`. Null where nothing is expected.",
            "funnel_limits_poisson(expected[, level])",
            "SELECT e, funnel_limits_poisson(e)['upper'] FROM generate_series(1, 100) AS t(e);",
            &[("expected", "Events expected in the unit: the place on the horizontal axis."), LEVEL],
        )
    },
};
