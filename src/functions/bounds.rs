//! `bounds`.

use super::args;
use super::scalar::Definition;
use crate::stats::bounds::bounds;

/// What a share could be among everybody.
pub(super) static BOUNDS: Definition = Definition {
    name: "bounds",
    least: 3,
    most: 4,
    level: false,
    fields: &["lower", "upper"],
    compute: |given, _| {
        let [x, n, population, difference @ ..] = given else { return None };
        // Without a difference nothing is assumed of those who did not answer.
        let difference = difference.first().copied().unwrap_or(1.0);
        bounds(*x, *n, *population, difference).map(|bounds| vec![Some(bounds.lower), Some(bounds.upper)])
    },
    document: || {
        args::document(
            "Lowest and highest share that everybody could have, where x of n answers met the condition out of a population of \
             which each gave at most one answer: a struct of `lower` and `upper`, fractions. Worst case (Manski 1989), or with \
             those who did not answer up to `difference` below or above those who did (Cochran 1977). Null without answers, with \
             more answers than people, where the counts do not fit together, and for a difference that is no fraction.",
            "bounds(x, n, population[, difference])",
            "SELECT bounds(62, 100, 154, 0.2)['lower']; -- 0.5499",
            &[
                ("x", "Answers that met the condition."),
                ("n", "Answers in all."),
                ("population", "People who could have answered."),
                (
                    "difference",
                    "How far the share of those who did not answer may lie off, a fraction. 1 where it is left out.",
                ),
            ],
        )
    },
};
