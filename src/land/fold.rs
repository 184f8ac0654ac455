//! From rows to responses: rows of one response come together, dates are settled, and each row gets its one outcome.

use std::collections::{HashMap, HashSet};

use super::date::{Precision, Reading, When};
use super::row::{Problem, Row};
use crate::declare::{NOT_ANSWERED, NOT_ASKED};

/// A response before it is compared with what landed before.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The rows that give it, as places in the list of rows; the first one counts as the giver.
    pub rows: Vec<usize>,
    /// When it was given.
    pub when: Option<When>,
    /// How exactly that is known.
    pub precision: Precision,
    /// For each part of the mapping, the codes of its items; none where another part was answered and this one was not.
    pub parts: Vec<Option<Vec<i8>>>,
}

/// Rows that were read, brought together.
pub struct Folded {
    /// The responses, in the order of their first rows.
    pub drafts: Vec<Draft>,
    /// Rows that are quarantined because the rows of one response contradict each other: place in the list, and why.
    pub contradicting: Vec<(usize, Problem)>,
}

/// Brings the rows of each response together.
pub fn fold(rows: &[Row], several_rows: bool) -> Folded {
    let mut order: Vec<&str> = Vec::new();
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let places = by_key.entry(&row.key).or_default();
        if places.is_empty() {
            order.push(&row.key);
        }
        places.push(at);
    }
    let swapped = swapped_scopes(rows);
    let mut folded = Folded { drafts: Vec::with_capacity(order.len()), contradicting: Vec::new() };
    for key in order {
        let places = by_key.remove(key).unwrap_or_default();
        let of_key: Vec<&Row> = places.iter().filter_map(|at| rows.get(*at)).collect();
        let Some(parts) = together(&of_key, several_rows) else {
            let reason = if several_rows {
                "rows of one response differ in what must agree"
            } else {
                "the same id twice with other answers"
            };
            let problem = Problem { column: String::new(), reason: reason.into(), raw: None };
            folded.contradicting.extend(places.into_iter().map(|at| (at, problem.clone())));
            continue;
        };
        let (when, precision) = settle(&of_key, &swapped);
        let parts = answered(parts, |part| of_key.iter().any(|row| row.comments.iter().any(|text| text.0 == part)));
        folded.drafts.push(Draft { rows: places, when, precision, parts });
    }
    folded
}

/// The parts of a file in which a date can be read only with day and month the other way round.
fn swapped_scopes(rows: &[Row]) -> HashSet<u32> {
    rows.iter().filter(|row| matches!(row.date, Reading::Swapped(_))).map(|row| row.scope).collect()
}

/// Returns the item codes of each part, or none where the rows contradict each other.
fn together(rows: &[&Row], several_rows: bool) -> Option<Vec<Vec<i8>>> {
    let (first, rest) = rows.split_first()?;
    let mut parts = first.parts.clone();
    for row in rest {
        let same = if several_rows { row.agree == first.agree } else { alike(row, first) };
        if !same {
            return None;
        }
        for (code, other) in parts.iter_mut().flatten().zip(row.parts.iter().flatten()) {
            if *code < 0 {
                *code = (*code).max(*other);
            } else if *other >= 0 && code != other {
                return None;
            }
        }
    }
    Some(parts)
}

/// Whether two rows say the same, but for the line they stand on.
fn alike(one: &Row, two: &Row) -> bool {
    let Row { line: _, key: _, agree, person, episode, date, scope, words, facts, parts, comments } = one;
    (agree, person, episode, date, scope, words)
        == (&two.agree, &two.person, &two.episode, &two.date, &two.scope, &two.words)
        && (facts, parts, comments) == (&two.facts, &two.parts, &two.comments)
}

/// A part without any answer or comment gives no response where another part has one: a follow-up that has not happened yet, say.
fn answered(parts: Vec<Vec<i8>>, commented: impl Fn(usize) -> bool) -> Vec<Option<Vec<i8>>> {
    let empty = |(at, codes): (usize, &Vec<i8>)| {
        !commented(at) && codes.iter().all(|code| matches!(*code, NOT_ANSWERED | NOT_ASKED))
    };
    let none_at_all = parts.iter().enumerate().all(empty);
    parts
        .into_iter()
        .enumerate()
        .map(|(at, codes)| (!empty((at, &codes)) || none_at_all && at == 0).then_some(codes))
        .collect()
}

/// Settles the date of a response: what every one of its rows can mean. A date with two readings, in a part of the file where some
/// dates can be read only the other way round, is uncertain unless the other rows leave one.
fn settle(rows: &[&Row], swapped: &HashSet<u32>) -> (Option<When>, Precision) {
    let mut left: Option<Vec<When>> = None;
    for row in rows {
        let can_mean = match row.date {
            Reading::Blank | Reading::Bad => continue,
            Reading::Declared(when) | Reading::Swapped(when) => vec![when],
            Reading::Either(one, two) if swapped.contains(&row.scope) => vec![one, two],
            Reading::Either(one, _) => vec![one],
        };
        left = Some(match left {
            None => can_mean,
            Some(left) => left.into_iter().filter(|when| can_mean.iter().any(|other| other.on == when.on)).collect(),
        });
    }
    match left.as_deref() {
        None => (None, Precision::None),
        Some([when]) => (Some(*when), when.precision),
        Some(_) => (None, Precision::Uncertain),
    }
}
