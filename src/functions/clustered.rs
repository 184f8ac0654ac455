//! `clustered_share` and `clustered_mean`.

use super::args;
use super::scalar::Definition;
use crate::stats::Interval;
use crate::stats::design::{Design, Method, Stratum, ratio_mean};

const FIELDS: &[&str] = &["value", "se", "lower", "upper", "design_effect", "n_effective"];

const CLUSTERS: (&str, &str) = ("clusters", "Clusters that they came in: people.");
const TWW: (&str, &str) = ("tww", "Sum over clusters of the squared number of answers of each.");
const TWY: (&str, &str) = ("twy", "Sum over clusters of the number of answers of each times its total.");
const TYY: (&str, &str) = ("tyy", "Sum over clusters of the squared total of each.");

/// A share whose answers come in clusters.
pub(super) static SHARE: Definition = Definition {
    name: "clustered_share",
    least: 6,
    most: 6,
    level: true,
    fields: FIELDS,
    compute: |given, level| {
        let [x, n, clusters, tww, twy, tyy] = given else { return None };
        let design = design([*n, *clusters, *x, *x], [*tww, *twy, *tyy])?;
        Some(answer(&design, design.share_limits(Method::Logit, level)))
    },
    document: || {
        args::document(
            "Share x/n of answers that come in clusters, such as several answers of one person, from sums over the clusters: a \
             struct of `value`, `se` (linearised), `lower`, `upper` (on the logit scale by the delta method, t on clusters less one; \
             `svyciprop` xlogit), `design_effect` and `n_effective` (n over the design effect). Where all answers are alike the \
             limits are the exact ones of as many answers. Null where sums do not fit together.",
            "clustered_share(x, n, clusters, tww, twy, tyy[, level])",
            "SELECT clustered_share(30, 60, 40, 110, 52, 42)['lower'];",
            &[
                ("x", "Answers that met the condition: the total."),
                ("n", "Answers in all."),
                CLUSTERS,
                TWW,
                TWY,
                TYY,
                args::LEVEL,
            ],
        )
    },
};

/// A mean whose answers come in clusters.
pub(super) static MEAN: Definition = Definition {
    name: "clustered_mean",
    least: 7,
    most: 7,
    level: true,
    fields: FIELDS,
    compute: |given, level| {
        let [sum, squares, n, clusters, tww, twy, tyy] = given else { return None };
        let design = design([*n, *clusters, *sum, *squares], [*tww, *twy, *tyy])?;
        Some(answer(&design, design.t_limits(level)))
    },
    document: || {
        args::document(
            "Mean sum/n of answers that come in clusters, such as several answers of one person, from sums over the clusters: a \
             struct of `value`, `se` (linearised), `lower`, `upper` (t on clusters less one), `design_effect` and `n_effective` (n \
             over the design effect). Null where sums do not fit together.",
            "clustered_mean(sum, squares, n, clusters, tww, twy, tyy[, level])",
            "SELECT clustered_mean(300, 1800, 60, 40, 110, 520, 2600)['lower'];",
            &[
                ("sum", "Sum of the answers: the total."),
                ("squares", "Sum of their squares."),
                ("n", "Answers in all."),
                CLUSTERS,
                TWW,
                TWY,
                TYY,
                args::LEVEL,
            ],
        )
    },
};

/// A whole number; `None` where it is none or below 0.
pub(super) fn whole(number: f64) -> Option<u64> {
    (number >= 0.0 && number < 2_f64.powi(53) && number.fract() == 0.0).then_some(number as u64)
}

fn design([n, clusters, ty, wyy]: [f64; 4], [tww, twy, tyy]: [f64; 3]) -> Option<Design> {
    let clusters = whole(clusters).filter(|clusters| 0 < *clusters && *clusters as f64 <= n)?;
    let stratum =
        Stratum { clusters, inside: clusters, n: whole(n)?, tw: n, ty, tww, twy, tyy, ww: n, wyy, population: None };
    ratio_mean(&[stratum])
}

fn answer(design: &Design, limits: Option<Interval>) -> Vec<Option<f64>> {
    let n_effective = design.design_effect.filter(|effect| 0.0 < *effect).map(|effect| design.n as f64 / effect);
    vec![
        Some(design.value),
        design.se,
        limits.map(|limits| limits.lower),
        limits.map(|limits| limits.upper),
        design.design_effect,
        n_effective,
    ]
}
