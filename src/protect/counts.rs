//! Counts that are hidden for their own size: people in one cell of a matrix of levels, and responses that were not paired.

use std::collections::BTreeMap;

use super::Below;
use super::cells::{Cells, Hidden, Name, Place};
use super::matrix::Matrix;
use super::parts::{self, Sum};

/// Hides every such count that is above 0 and under `minimum`, and further ones until none can be worked out: from the lines of its
/// matrix, from the other reasons, or from the areas around.
pub fn hide(cells: &Cells, minimum: i64, below: &Below, hidden: &mut [Option<Hidden>]) {
    let [transition, unpaired] = ["transition", "unpaired"].map(|name| cells.name(name));
    let mut matrices: BTreeMap<(Place, Name), Matrix> = BTreeMap::new();
    let mut reasons: BTreeMap<(Place, Name), Vec<usize>> = BTreeMap::new();
    let mut members = Vec::new();
    let mut sizes = vec![0; cells.all.len()];
    for (((at, cell), size), hidden) in cells.all.iter().enumerate().zip(&mut sizes).zip(hidden.iter_mut()) {
        let key = (cell.place, cell.period);
        match cell.statistic {
            is if is == transition => {
                *size = cell.numerator;
                matrices.entry(key).or_default().add(cells.text(cell.group), at, cell.numerator);
            }
            is if is == unpaired => {
                *size = cell.n.unwrap_or_default();
                reasons.entry(key).or_default().push(at);
            }
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
