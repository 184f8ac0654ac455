//! `mantel_haenszel_counts`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::dif::{Stratum, mantel_haenszel};

/// The two groups compared within strata that are counted already.
pub(super) static MANTEL_HAENSZEL_COUNTS: Definition = Definition {
    name: "mantel_haenszel_counts",
    args: &[Arg::Number, Arg::Number, Arg::Number, Arg::Number, Arg::Level],
    required: 4,
    variadic: false,
    returns: Returns::Struct(&[
        ("odds_ratio", DataType::Float64),
        ("lower", DataType::Float64),
        ("upper", DataType::Float64),
        ("chi_square", DataType::Float64),
        ("p_value", DataType::Float64),
        ("ets_delta", DataType::Float64),
        ("class", DataType::Utf8),
    ]),
    compute,
    document,
};

fn compute(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let [with, without] = [rows.numbers(0), rows.numbers(1)];
    let focal = rows.numbers(2).iter().zip(rows.numbers(3));
    let strata = with.iter().zip(without).zip(focal);
    let strata: Vec<Stratum> = strata
        .map(|((&with, &without), (&focal_with, &focal_without))| Stratum {
            reference: [with, without],
            focal: [focal_with, focal_without],
        })
        .collect();
    let found = mantel_haenszel(&strata, rows.level(4))?;
    Some(vec![
        number(found.odds_ratio.map(|ratio| ratio.value)),
        number(found.odds_ratio.map(|ratio| ratio.lower)),
        number(found.odds_ratio.map(|ratio| ratio.upper)),
        number(found.corrected.map(|test| test.chi_square)),
        number(found.corrected.map(|test| test.p_value)),
        number(found.ets_delta),
        ScalarValue::Utf8(found.class.map(|class| class.name().to_owned())),
    ])
}

fn document() -> Documentation {
    args::document(
        "Mantel and Haenszel's comparison of two groups within strata, as `mantel_haenszel` makes it from single answers, from counts: \
         one row a stratum. A struct of `odds_ratio` (reference over focal), `lower`, `upper` (Robins, Breslow & Greenland 1986), \
         `chi_square` and `p_value` (corrected for continuity), `ets_delta` (−2.35 ln of the odds ratio) and `class` (A, B or C of \
         the Educational Testing Service). Rows with a null and strata of fewer than 2 people are left out. Null without people and \
         where a count is below 0.",
        "mantel_haenszel_counts(reference_with, reference_without, focal_with, focal_without[, level])",
        "SELECT item, mantel_haenszel_counts(r1, r0, f1, f0)['class'] FROM by_total GROUP BY item;",
        &[
            ("reference_with", "People of the reference group with the answer looked at."),
            ("reference_without", "People of the reference group without it."),
            ("focal_with", "People of the focal group with it."),
            ("focal_without", "People of the focal group without it."),
            args::LEVEL,
        ],
    )
}
