//! What groups declare, as small tables that queries join.

use std::sync::Arc;

use arrow::array::{BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray};

use super::LEAST_MODELLED;
use super::tables::{table, texts};
use crate::declare::{Band, Declarations, Group};
use crate::error::Result;

/// Returns `bands`: each band of a group, with its place in the order.
pub fn bands(declarations: &Declarations) -> Result<RecordBatch> {
    let of = |group| move |band: (usize, _)| -> (&Group, (usize, &Band)) { (group, band) };
    let all = || declarations.groups.groups.iter().flat_map(|group| group.bands.iter().enumerate().map(of(group)));
    table(
        "bands",
        vec![
            ("group_by", texts(all().map(|(group, _)| group.id.clone()))),
            ("group", texts(all().map(|(_, (_, band))| band.id.clone()))),
            ("rank", Arc::new(all().map(|(_, (at, _))| i32::try_from(at + 1).ok()).collect::<Int32Array>())),
            (
                "ordered",
                Arc::new(BooleanArray::from(all().map(|(group, _)| group.ordered.is_some()).collect::<Vec<_>>())),
            ),
        ],
    )
}

/// Returns `gaps`: which two bands of a group are set against each other; the second is the reference.
pub fn gaps(declarations: &Declarations) -> Result<RecordBatch> {
    let mut rows = (Vec::new(), Vec::new(), Vec::new());
    for group in &declarations.groups.groups {
        let ends = group.bands.first().zip(group.bands.last()).map(|(first, last)| [first.id.clone(), last.id.clone()]);
        if let Some([first, second]) = group.gap.clone().or(ends) {
            rows.0.push(group.id.clone());
            rows.1.push(first);
            rows.2.push(second);
        }
    }
    table("gaps", vec![("group_by", texts(rows.0)), ("first", texts(rows.1)), ("second", texts(rows.2))])
}

/// Returns `outcome_pairs`: the pairs of groups that an outcome is shown by, as the breakdown of the cube; a band of a pair with fewer than
/// `least_n` answers enters no model.
pub fn outcome_pairs(declarations: &Declarations) -> Result<RecordBatch> {
    let all = || {
        declarations
            .outcomes
            .iter()
            .flat_map(|outcome| declarations.pairs_of(outcome).map(move |(pair, _)| (outcome, pair)))
    };
    table(
        "outcome_pairs",
        vec![
            ("measure", texts(all().map(|(outcome, _)| outcome.id.clone()))),
            ("group_by", texts(all().map(|(_, pair)| pair.id()))),
            ("least_n", Arc::new(all().map(|_| Some(LEAST_MODELLED)).collect::<Int64Array>())),
        ],
    )
}

/// Returns `needs`: over what need an outcome is sloped, another outcome (`by_measure`, by its first cut set) or an ordered group (`by_group`);
/// an area with fewer than `least_n` answers does not enter.
pub fn needs(declarations: &Declarations) -> Result<RecordBatch> {
    let all = || declarations.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.need.as_ref()?)));
    let is_group = |need: &str| declarations.group(need).is_some();
    let named = |groups: bool| -> StringArray {
        all().map(|(_, need)| Some(need.as_str()).filter(|need| is_group(need) == groups)).collect()
    };
    let cut_set = |need: &str| declarations.outcomes.iter().find(|outcome| outcome.id == need)?.cut_set.as_deref();
    table(
        "needs",
        vec![
            ("measure", texts(all().map(|(outcome, _)| outcome.id.clone()))),
            ("by_measure", Arc::new(named(false))),
            ("by_group", Arc::new(named(true))),
            ("cut_set", Arc::new(all().map(|(_, need)| cut_set(need)).collect::<StringArray>())),
            ("least_n", Arc::new(all().map(|_| Some(LEAST_MODELLED)).collect::<Int64Array>())),
        ],
    )
}
