//! What is declared about who is missing, as small tables that queries join.

use std::sync::Arc;

use arrow::array::{Int64Array, RecordBatch};

use super::tables::{table, texts};
use crate::declare::{Declarations, Policy};
use crate::error::Result;

/// Returns `overlapping`: the gaps that are told only where both bands have answers from the same bands of `other`.
pub fn overlapping(declarations: &Declarations) -> Result<RecordBatch> {
    let all = || {
        let groups = declarations.groups.groups.iter();
        groups.filter_map(|group| Some((group, group.overlap.as_ref()?, group.ends()?)))
    };
    table(
        "overlapping",
        vec![
            ("group_by", texts(all().map(|(group, ..)| group.id.clone()))),
            ("first", texts(all().map(|(.., [first, _])| first.to_owned()))),
            ("second", texts(all().map(|(.., [_, second])| second.to_owned()))),
            ("other", texts(all().map(|(_, other, _)| other.clone()))),
        ],
    )
}

/// Returns `gap_ends`: the two bands of each group that its gap compares, the second as the reference. Unlike `gaps`,
/// which the query of that name takes over, it is there for every query.
pub fn gap_ends(declarations: &Declarations) -> Result<RecordBatch> {
    let all = || declarations.groups.groups.iter().filter_map(|group| Some((group, group.ends()?)));
    table(
        "gap_ends",
        vec![
            ("group_by", texts(all().map(|(group, _)| group.id.clone()))),
            ("first", texts(all().map(|(_, [first, _])| first.to_owned()))),
            ("second", texts(all().map(|(_, [_, second])| second.to_owned()))),
        ],
    )
}

/// Returns `policy`: the fewest answers that a figure may come from.
pub fn policy(policy: &Policy) -> Result<RecordBatch> {
    table("policy", vec![("minimum_n", Arc::new(Int64Array::from(vec![policy.minimum_n])))])
}
