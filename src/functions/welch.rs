//! `welch`.

use super::args;
use super::scalar::Definition;
use crate::stats::difference::{Sample, welch};

/// The difference of two means with its interval.
pub(super) static WELCH: Definition = Definition {
    name: "welch",
    least: 6,
    most: 6,
    level: true,
    fields: &["value", "lower", "upper"],
    compute: |given, level| {
        let [n1, mean1, sd1, n2, mean2, sd2] = *given else { return None };
        let (first, second) = (Sample { n: n1, mean: mean1, sd: sd1 }, Sample { n: n2, mean: mean2, sd: sd2 });
        let difference = welch(first, second, level)?.estimate;
        Some(vec![Some(difference.value), Some(difference.lower), Some(difference.upper)])
    },
    document: || {
        args::document(
            "Difference mean1 − mean2 of two independent groups with Welch's (1947) t interval, which lets the groups scatter \
             differently: a struct of `value`, `lower` and `upper`. Where no answer differs from its group's mean both limits are the \
             difference. Null below 2 answers in a group.",
            "welch(n1, mean1, sd1, n2, mean2, sd2[, level])",
            "SELECT welch(40, 21.5, 4.2, 35, 19.8, 5.1)['lower']; -- -0.4726",
            &[
                ("n1", "Answers of the first group."),
                ("mean1", "Their mean."),
                ("sd1", "Their standard deviation, that of a sample: what `stddev` returns."),
                ("n2", "Answers of the second group."),
                ("mean2", "Their mean."),
                ("sd2", "Their standard deviation."),
                args::LEVEL,
            ],
        )
    },
};
