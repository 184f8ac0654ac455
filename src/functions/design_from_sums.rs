//! `design_from_sums`.

use arrow::datatypes::DataType;

use super::args;
use super::clustered::whole;
use super::collected::{self, Arg, Definition, Returns, Rows, number};
use crate::stats::design::{Method, Stratum, ratio_mean};

const SHARE: &str = "share";
/// Place of the word, and of the level behind it.
const WORD: usize = 10;

/// A weighted mean or share from the sums of strata.
pub(super) static DESIGN_FROM_SUMS: Definition = Definition {
    name: "design_from_sums",
    args: &[
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Number,
        Arg::Choice(&[SHARE, "mean"]),
        Arg::Level,
    ],
    required: 11,
    variadic: false,
    returns: Returns::Struct(&[
        ("value", DataType::Float64),
        ("se", DataType::Float64),
        ("lower", DataType::Float64),
        ("upper", DataType::Float64),
        ("design_effect", DataType::Float64),
        ("degrees_of_freedom", DataType::Int64),
        ("n_effective", DataType::Float64),
    ]),
    compute: |rows: &Rows| {
        let strata = (0..rows.len()).map(|row| stratum(rows, row)).collect::<Option<Vec<_>>>()?;
        let design = ratio_mean(&strata)?;
        let level = rows.level(WORD + 1);
        let limits = match rows.word(WORD) {
            Some(SHARE) => design.share_limits(Method::Logit, level),
            _ => design.t_limits(level),
        };
        Some(vec![
            number(design.value),
            number(design.se),
            number(limits.map(|limits| limits.lower)),
            number(limits.map(|limits| limits.upper)),
            number(design.design_effect),
            collected::whole(design.degrees_of_freedom),
            number(design.effective_n),
        ])
    },
    document: || {
        args::document(
            "Weighted mean or share of answers in strata and clusters, one row a stratum with its sums over clusters: a struct of \
             `value`, `se` (linearised), `lower`, `upper` (t on the degrees of freedom of the design; of a share on the logit scale, \
             `svyciprop` xlogit), `design_effect`, `degrees_of_freedom` and `n_effective` ((Σw)² / Σw², Kish 1965). A cluster alone in its \
             stratum stands as far from the mean of all as it does. Null where sums do not fit together.",
            "design_from_sums(clusters, inside, n, tw, ty, tww, twy, tyy, ww, wyy, 'share' or 'mean'[, level])",
            "SELECT area, design_from_sums(clusters, inside, n, tw, ty, tww, twy, tyy, ww, wyy, 'share')['lower'] FROM sums GROUP BY area;",
            &[
                ("clusters", "Clusters that were drawn in the stratum, also those without such an answer."),
                ("inside", "Clusters with such an answer."),
                ("n", "Such answers."),
                ("tw", "Sum of their weights."),
                ("ty", "Sum of weight times value."),
                ("tww", "Sum over clusters of the squared weight of each."),
                ("twy", "Sum over clusters of the weight of each times its total."),
                ("tyy", "Sum over clusters of the squared total of each."),
                ("ww", "Sum over answers of the squared weight."),
                ("wyy", "Sum over answers of weight times squared value."),
                ("'share' or 'mean'", "What the values are: 0 and 1, or any numbers."),
                args::LEVEL,
            ],
        )
    },
};

fn stratum(rows: &Rows, row: usize) -> Option<Stratum> {
    let at = |place| rows.optional(place, row);
    Some(Stratum {
        clusters: whole(at(0)?)?,
        inside: whole(at(1)?)?,
        n: whole(at(2)?)?,
        tw: at(3)?,
        ty: at(4)?,
        tww: at(5)?,
        twy: at(6)?,
        tyy: at(7)?,
        ww: at(8)?,
        wyy: at(9)?,
        population: None,
    })
}
