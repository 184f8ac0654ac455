//! `mantel_haenszel` and `mantel_haenszel_levels`.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::dif::{Stratum, association, mantel_haenszel};

const STRATUM: (&str, &str) =
    ("stratum", "What people are alike in, such as their total score in bands; rows without are left out.");
const IS_FOCAL: (&str, &str) =
    ("is_focal", "Whether the person is of the group looked at, rather than of the one it is compared with.");

/// An item with two answers.
pub(super) static MANTEL_HAENSZEL: Definition = Definition {
    name: "mantel_haenszel",
    args: &[Arg::Key, Arg::Flag, Arg::Flag],
    required: 3,
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
    compute: of_two,
    document: document_two,
};

/// An item with any number of answers.
pub(super) static MANTEL_HAENSZEL_LEVELS: Definition = Definition {
    name: "mantel_haenszel_levels",
    args: &[Arg::Key, Arg::Flag, Arg::Key],
    required: 3,
    variadic: false,
    returns: Returns::Struct(&[
        ("chi_square", DataType::Float64),
        ("degrees_of_freedom", DataType::Float64),
        ("p_value", DataType::Float64),
    ]),
    compute: of_levels,
    document: document_levels,
};

/// Yes or no; `None` where a number is neither 1 nor 0.
fn flag(number: f64) -> Option<bool> {
    (number == 0.0 || number == 1.0).then_some(number == 1.0)
}

fn of_two(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let mut strata: BTreeMap<&str, Stratum> = BTreeMap::new();
    for ((stratum, focal), correct) in rows.keys(0).into_iter().zip(rows.numbers(1)).zip(rows.numbers(2)) {
        let (focal, correct) = (flag(*focal)?, flag(*correct)?);
        let Some(stratum) = stratum else { continue };
        let stratum = strata.entry(stratum).or_insert(Stratum { reference: [0.0; 2], focal: [0.0; 2] });
        let [with, without] = if focal { &mut stratum.focal } else { &mut stratum.reference };
        *(if correct { with } else { without }) += 1.0;
    }
    let found = mantel_haenszel(&strata.into_values().collect::<Vec<_>>(), args::DEFAULT_LEVEL)?;
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

fn of_levels(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let (strata, answers) = (rows.keys(0), rows.keys(2));
    let levels: BTreeSet<&str> = answers.iter().flatten().copied().collect();
    let places: BTreeMap<&str, usize> = levels.iter().copied().zip(0..).collect();
    let mut tables: BTreeMap<&str, Vec<[f64; 2]>> = BTreeMap::new();
    for ((stratum, focal), answer) in strata.into_iter().zip(rows.numbers(1)).zip(answers) {
        let focal = flag(*focal)?;
        let Some((stratum, answer)) = stratum.zip(answer) else { continue };
        let table = tables.entry(stratum).or_insert_with(|| vec![[0.0; 2]; levels.len()]);
        if let Some([reference, of_focal]) = places.get(answer).and_then(|place| table.get_mut(*place)) {
            *(if focal { of_focal } else { reference }) += 1.0;
        }
    }
    let test = association(&tables.into_values().collect::<Vec<_>>())?;
    Some(vec![number(test.chi_square), number(test.df), number(test.p_value)])
}

fn document_two() -> Documentation {
    args::document(
        "Whether an item of two answers is answered otherwise by one group than by another who are alike in what it \
         measures (differential item functioning): a struct of `odds_ratio` (Mantel & Haenszel 1959; above 1 where \
         the reference group has the answer more often), `lower`, `upper` (95% limits of Robins, Breslow & Greenland \
         1986), `chi_square` and `p_value` (with correction for continuity), `ets_delta` (-2.35 ln of the odds ratio: \
         below 0 where the item is harder for the focal group) and `class`: A (negligible: delta below 1 either way \
         or p of 0.05 or more), C (large: 1.5 or more and significantly more than 1) or B (Zwick 2012). One row a \
         person; rows with a null are left out. Null where a flag is neither 1 nor 0; odds ratio, delta and class are \
         null where a group always or never has the answer. One stratum is enough.",
        "mantel_haenszel(stratum, is_focal, correct)",
        "SELECT item, mantel_haenszel(score_band, language <> 'en', positive)['class'] FROM answers GROUP BY item;",
        &[
            STRATUM,
            IS_FOCAL,
            ("correct", "Whether the person gave the answer looked at: correct, positive, a problem."),
        ],
    )
}

fn document_levels() -> Documentation {
    args::document(
        "Whether an item of any number of answers is answered otherwise by one group than by another who are alike in \
         what it measures: a struct of `chi_square` (generalised Mantel-Haenszel test of general association, Landis \
         et al. 1978), `degrees_of_freedom` and `p_value`. One row a person; rows with a null are left out. Null \
         where a flag is neither 1 nor 0, and where no stratum has both groups and two answers.",
        "mantel_haenszel_levels(stratum, is_focal, answer)",
        "SELECT mantel_haenszel_levels(band, language <> 'en', answer)['p_value'] FROM answers GROUP BY item;",
        &[STRATUM, IS_FOCAL, ("answer", "The answer, as text or a number; its order does not count.")],
    )
}
