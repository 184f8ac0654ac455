//! `share_ratio`.

use super::args;
use super::scalar::Definition;
use crate::stats::ratio::share_ratio;

/// The ratio of two proportions with its interval.
pub(super) static SHARE_RATIO: Definition = Definition {
    name: "share_ratio",
    least: 4,
    most: 4,
    level: true,
    fields: &["value", "lower", "upper"],
    compute: |given, level| {
        let [x1, n1, x2, n2] = given else { return None };
        share_ratio(*x1, *n1, *x2, *n2, level)
            .map(|ratio| vec![Some(ratio.value), Some(ratio.lower), Some(ratio.upper)])
    },
    document: || {
        args::document(
            "Ratio (x1/n1) / (x2/n2) of two independent proportions with Koopman's score interval: a struct of `value`, \
             `lower` and `upper`. Null where either proportion does not exist and where the second is 0.",
            "share_ratio(x1, n1, x2, n2[, level])",
            "SELECT share_ratio(36, 40, 16, 80)['lower']; -- 2.94",
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
