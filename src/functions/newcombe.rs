//! `newcombe`.

use super::args;
use super::scalar::Definition;
use crate::stats::difference::newcombe;

/// The difference of two proportions with its interval.
pub(super) static NEWCOMBE: Definition = Definition {
    name: "newcombe",
    least: 4,
    most: 4,
    level: true,
    fields: &["value", "lower", "upper"],
    compute: |given, level| {
        let [x1, n1, x2, n2] = given else { return None };
        newcombe(*x1, *n1, *x2, *n2, level).map(|d| vec![Some(d.value), Some(d.lower), Some(d.upper)])
    },
    document: || {
        args::document(
            "Difference x1/n1 − x2/n2 of two independent proportions with Newcombe's hybrid score interval: a struct of `value`, \
             `lower` and `upper`, fractions. Null where either proportion does not exist.",
            "newcombe(x1, n1, x2, n2[, level])",
            "SELECT newcombe(56, 70, 48, 80)['lower']; -- 0.0524",
            &[
                ("x1", "Answers of the first group that met the condition."),
                ("n1", "Answers of the first group."),
                ("x2", "Answers of the second group that met the condition."),
                ("n2", "Answers of the second group."),
                args::LEVEL,
            ],
        )
    },
};
