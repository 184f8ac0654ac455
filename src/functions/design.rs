//! `design_mean` and `design_proportion`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number, whole};
use crate::stats::Interval;
use crate::stats::design::{Answer, Design, Method, ratio_mean, strata};

const RETURNS: Returns = Returns::Struct(&[
    ("value", DataType::Float64),
    ("se", DataType::Float64),
    ("lower", DataType::Float64),
    ("upper", DataType::Float64),
    ("design_effect", DataType::Float64),
    ("degrees_of_freedom", DataType::Int64),
]);

/// Weighted mean.
pub(super) static DESIGN_MEAN: Definition = Definition {
    name: "design_mean",
    args: &[Arg::Number, Arg::Number, Arg::Key, Arg::Key, Arg::Optional, Arg::Level],
    required: 4,
    variadic: false,
    returns: RETURNS,
    compute: mean,
    document: document_mean,
};

/// Weighted share.
pub(super) static DESIGN_PROPORTION: Definition = Definition {
    name: "design_proportion",
    args: &[Arg::Flag, Arg::Number, Arg::Key, Arg::Key, Arg::Choice(&["xlogit", "logit", "beta", "mean"]), Arg::Level],
    required: 4,
    variadic: false,
    returns: RETURNS,
    compute: proportion,
    document: document_proportion,
};

fn design(rows: &Rows, population: impl Fn(usize) -> Option<f64>) -> Option<Design> {
    let (values, weights, strata_of, clusters) = (rows.numbers(0), rows.numbers(1), rows.keys(2), rows.keys(3));
    let places = strata_of.iter().zip(&clusters);
    let answers = values.iter().zip(weights).zip(places).enumerate().map(|(row, ((y, weight), (stratum, cluster)))| {
        Answer { y: Some(*y), weight: *weight, stratum: *stratum, cluster: *cluster, population: population(row) }
    });
    ratio_mean(&strata(answers)?)
}

fn answer(design: Design, limits: Option<Interval>) -> Vec<ScalarValue> {
    vec![
        number(design.value),
        number(design.se),
        number(limits.map(|limits| limits.lower)),
        number(limits.map(|limits| limits.upper)),
        number(design.design_effect),
        whole(design.degrees_of_freedom),
    ]
}

fn mean(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let design = design(rows, |row| rows.optional(4, row))?;
    Some(answer(design, design.t_limits(rows.level(5))))
}

fn proportion(rows: &Rows) -> Option<Vec<ScalarValue>> {
    if rows.numbers(0).iter().any(|y| *y != 0.0 && *y != 1.0) {
        return None;
    }
    let design = design(rows, |_| None)?;
    let method = match rows.word(4) {
        Some("beta") => Method::Beta,
        Some("mean") => Method::Mean,
        // 'logit' fits a model whose limits are the same.
        _ => Method::Logit,
    };
    Some(answer(design, design.share_limits(method, rows.level(5))))
}

const ROWS: &str = "Rows with a null answer, weight or level are left out; a weight of 0 keeps a row's cluster in the design while the row \
                    lies outside the group that is measured. A stratum with one cluster is centred at the mean of all. Null \
                    without a weight above 0 and where one is below 0; with as many strata as clusters";

const WEIGHT: (&str, &str) = ("weight", "How many people the answer stands for; only proportions matter.");
const STRATUM: (&str, &str) =
    ("stratum", "What was drawn from separately, as text or a number. Null: such rows are one stratum.");
const CLUSTER: (&str, &str) = (
    "cluster",
    "What was drawn together, within its stratum, such as a practice, or the person of several answers. Null: the row is a \
     cluster of its own.",
);

fn document_mean() -> Documentation {
    args::document(
        &format!(
            "Weighted mean with limits that know strata and clusters: a struct of `value`, `se` (by linearisation; Binder 1983), \
             `lower`, `upper` (Student's t), `design_effect` (variance over that of as many answers drawn at random, with \
             replacement) and `degrees_of_freedom` (clusters less strata). {ROWS} `se` and limits are null. Null, too, where rows of a \
             stratum differ in `fpc` or it is smaller than their number of clusters."
        ),
        "design_mean(y, weight, stratum, cluster[, fpc[, level]])",
        "SELECT practice, design_mean(score, weight, NULL, person)['value'] FROM answers GROUP BY practice;",
        &[
            ("y", "What was answered."),
            WEIGHT,
            STRATUM,
            CLUSTER,
            ("fpc", "Clusters in the population of the row's stratum. Left out or null: too many to matter."),
            args::LEVEL,
        ],
    )
}

fn document_proportion() -> Documentation {
    args::document(
        &format!(
            "Weighted share with limits that know strata and clusters: the struct of `design_mean`. Limits as `svyciprop` of R's survey \
             package makes them. {ROWS} `se` is null. Where the answers leave no variance, as when all are yes, the limits are the exact \
             ones (Clopper & Pearson 1934) of as many answers as `effective_n` says, fewer where degrees of freedom are few; where \
             there are none, of as many as there are effective clusters. Null, too, where an answer is not 0 or 1."
        ),
        "design_proportion(y, weight, stratum, cluster[, 'xlogit', 'logit', 'beta' or 'mean'[, level]])",
        "SELECT practice, design_proportion(answer = 1, weight, NULL, person)['lower'] FROM answers GROUP BY practice;",
        &[
            ("y", "Whether the condition is met: true or 1, false or 0."),
            WEIGHT,
            STRATUM,
            CLUSTER,
            (
                "method",
                "How limits are made: `xlogit` (on the scale of log odds; also where it is left out), `logit` (from a logistic \
                 model, which is the same), `beta` (Korn & Graubard 1998) or `mean` (plus and minus t standard errors).",
            ),
            args::LEVEL,
        ],
    )
}
