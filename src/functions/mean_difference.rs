//! `mean_difference_from_best`, `mean_difference_from_mean`, `mean_difference_from_reference`, each with a weighted
//! twin.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows};
use super::disparity::{ARGUMENTS, ROWS, answer, groups};
use crate::stats::disparity::{Against, Better, Count, mean_difference};

/// Every mean distance.
pub(super) static ALL: &[Definition] = &[
    measure(
        "mean_difference_from_best",
        BEST,
        |rows| from_best(rows, Count::Groups),
        || document("mean_difference_from_best", "the best of them", ALIKE, &[BETTER]),
    ),
    measure(
        "mean_difference_from_best_weighted",
        BEST,
        |rows| from_best(rows, Count::People),
        || document("mean_difference_from_best_weighted", "the best of them", PEOPLE, &[BETTER]),
    ),
    measure(
        "mean_difference_from_mean",
        MEAN,
        |rows| from_mean(rows, Count::Groups),
        || document("mean_difference_from_mean", "the mean of everybody", ALIKE, &[]),
    ),
    measure(
        "mean_difference_from_mean_weighted",
        MEAN,
        |rows| from_mean(rows, Count::People),
        || document("mean_difference_from_mean_weighted", "the mean of everybody", PEOPLE, &[]),
    ),
    measure(
        "mean_difference_from_reference",
        REFERENCE,
        |rows| from_reference(rows, Count::Groups),
        || document("mean_difference_from_reference", "that of the reference group", ALIKE, &[IS_REFERENCE]),
    ),
    measure(
        "mean_difference_from_reference_weighted",
        REFERENCE,
        |rows| from_reference(rows, Count::People),
        || document("mean_difference_from_reference_weighted", "that of the reference group", PEOPLE, &[IS_REFERENCE]),
    ),
];

const BEST: &[Arg] = &[Arg::Number, Arg::Number, Arg::Choice(WORDS)];
const MEAN: &[Arg] = &[Arg::Number, Arg::Number];
const REFERENCE: &[Arg] = &[Arg::Number, Arg::Number, Arg::Flag];

/// Which values may be said to be better.
pub(super) const WORDS: &[&str] = &["higher", "lower"];

pub(super) const BETTER: (&str, &str) = ("better", "Which values are better: 'higher' or 'lower'.");
pub(super) const IS_REFERENCE: (&str, &str) = ("is_reference", "Whether the group is the reference; one group is.");

const ALIKE: &str = "each group counted alike";
const PEOPLE: &str = "by people";

const fn measure(
    name: &'static str,
    args: &'static [Arg],
    compute: fn(&Rows) -> Option<Vec<ScalarValue>>,
    document: fn() -> Documentation,
) -> Definition {
    Definition { name, args, required: args.len(), variadic: false, returns: Returns::Number, compute, document }
}

/// The word for what is better, which stands at the place `at`.
pub(super) fn better(rows: &Rows, at: usize) -> Option<Better> {
    match rows.word(at) {
        Some("higher") => Some(Better::Higher),
        Some("lower") => Some(Better::Lower),
        _ => None,
    }
}

/// The value of the one group that is the reference by the argument at the place `at`. `None` where none or several
/// are.
pub(super) fn reference(rows: &Rows, at: usize) -> Option<f64> {
    let flagged = rows.numbers(0).iter().zip(rows.numbers(at)).filter(|(_, flag)| **flag != 0.0);
    let mut values = flagged.map(|(value, _)| *value);
    values.next().filter(|_| values.next().is_none())
}

fn from_best(rows: &Rows, count: Count) -> Option<Vec<ScalarValue>> {
    answer(mean_difference(&groups(rows), Against::Best(better(rows, 2)?), count))
}

fn from_mean(rows: &Rows, count: Count) -> Option<Vec<ScalarValue>> {
    answer(mean_difference(&groups(rows), Against::Mean, count))
}

fn from_reference(rows: &Rows, count: Count) -> Option<Vec<ScalarValue>> {
    answer(mean_difference(&groups(rows), Against::Value(reference(rows, 2)?), count))
}

fn document(name: &str, from: &str, count: &str, more: &[(&str, &str)]) -> Documentation {
    let arguments = [&ARGUMENTS, more].concat();
    let call = format!("{name}({})", arguments.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "));
    let none = if more.contains(&IS_REFERENCE) { " and unless exactly one group is the reference" } else { "" };
    let example = call.replace("better", "'higher'").replace("is_reference", "ethnic_group = 'White British'");
    args::document(
        &format!("Mean distance of the values of groups from {from}, {count}, in their unit. {ROWS}{none}."),
        &call,
        &format!("SELECT area, {example} FROM ethnic_groups GROUP BY area;"),
        &arguments,
    )
}
