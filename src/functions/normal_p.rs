//! `normal_p`.

use super::args;
use super::scalar::Definition;
use crate::stats::normal::two_sided_p;

/// The p value of a standard normal distance.
pub(super) static NORMAL_P: Definition = Definition {
    name: "normal_p",
    least: 1,
    most: 1,
    level: false,
    fields: &[],
    compute: |given, _| {
        let [z] = given else { return None };
        two_sided_p(*z).map(|p| vec![Some(p)])
    },
    document: || {
        args::document(
            "Two-sided p value of a standard normal distance: the probability that chance alone puts it at least as far \
             from 0, a fraction.",
            "normal_p(z)",
            "SELECT normal_p(1.96); -- 0.0500",
            &[("z", "Standard errors between what is compared.")],
        )
    },
};
