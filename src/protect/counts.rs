//! Counts that are hidden for their own size: people in one cell of a matrix of levels, responses that were not paired, and answers of nobody
//! known.

use std::collections::{BTreeMap, HashMap};

use super::Below;
use super::cells::{Cells, Hidden, Name, Place};
use super::matrix::Matrix;
use super::parts::{self, Sum};
use crate::names::Names;

/// What stands between the two levels in the name of a cell.
const ARROW: &str = " → ";

/// Hides every such count that is above 0 and under `minimum`, and further ones until none can be worked out: from the lines of its
/// matrix, from the other reasons, or from the areas around.
pub fn hide(cells: &Cells, minimum: i64, below: &Below, hidden: &mut [Option<Hidden>]) {
    let [transition, unpaired, unknown] = ["transition", "unpaired", "without_person"].map(|name| cells.name(name));
    let mut matrices: BTreeMap<(Place, Name), Matrix> = BTreeMap::new();
    let mut levels: HashMap<Name, (Name, Name)> = HashMap::new();
    let mut names = Names::default();
    let mut reasons: BTreeMap<(Place, Name), Vec<usize>> = BTreeMap::new();
    let mut members = Vec::new();
    let mut sizes = vec![0; cells.all.len()];
    for (((at, cell), size), hidden) in cells.all.iter().enumerate().zip(&mut sizes).zip(hidden.iter_mut()) {
        let key = (cell.place, cell.period);
        match cell.statistic {
            is if is == transition => {
                *size = cell.numerator;
                let (before, after) = *levels.entry(cell.group).or_insert_with(|| {
                    let name = cells.text(cell.group);
                    let (before, after) = name.split_once(ARROW).unwrap_or((name, ""));
                    (names.number(before), names.number(after))
                });
                matrices.entry(key).or_default().add((before, after), at, cell.numerator);
            }
            is if is == unpaired => {
                *size = cell.n.unwrap_or_default();
                reasons.entry(key).or_default().push(at);
            }
            // All answers are no figure where each person counts once: only areas add up.
            is if is == unknown => *size = cell.n.unwrap_or_default(),
            _ => continue,
        }
        members.push(at);
        if hidden.is_none() && (1..minimum).contains(size) {
            *hidden = Some(Hidden::TooFew);
        }
    }
    let mut sums = parts::of_areas(cells, &members, &sizes, below);
    // Responses less pairs are what was not paired: the total is known without a row of its own.
    sums.extend(reasons.into_values().map(|parts| Sum { total: None, parts }));
    loop {
        let mut changed = parts::hide_complements(&sums, &sizes, hidden);
        for matrix in matrices.values() {
            changed |= matrix.hide(hidden);
        }
        if !changed {
            return;
        }
    }
}
