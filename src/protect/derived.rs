//! What is computed from hidden figures is hidden too: gaps, slopes, funnel limits and chart limits would give them away, and so
//! would any other row of the same figure.

use std::collections::HashSet;

use super::cells::{Cell, Cells, Hidden};
use super::leads::Leads;

/// Hides what is computed from hidden figures.
pub fn hide(cells: &Cells, leads: &Leads, hidden: &mut [Option<Hidden>]) {
    let mut by_group = HashSet::new();
    let mut series = HashSet::new();
    let mut figures = HashSet::new();
    for at in leads.all() {
        if let (Some(cell), Some(Some(_))) = (cells.all.get(at), hidden.get(at)) {
            by_group.insert((cell.place, cell.period, cell.group_by));
            series.insert(cell.place);
            figures.insert(at);
        }
    }
    let of_group = ["gap", "slope_index", "relative_index"].map(|name| cells.name(name));
    let [charted, listed] = ["xmr", "population_share"].map(|name| cells.name(name));
    let gone = |cell: &Cell| match cell.statistic {
        // People on the lists are published by others.
        is if is == listed => false,
        // A month more or less is worked out from the centre of the series and the other months.
        is if is == charted => series.contains(&cell.place),
        is if of_group.contains(&is) => by_group.contains(&(cell.place, cell.period, cell.group_by)),
        _ => leads.of(cell).is_some_and(|lead| figures.contains(&lead)),
    };
    for (cell, hidden) in cells.all.iter().zip(hidden.iter_mut()) {
        if hidden.is_none() && gone(cell) {
            *hidden = Some(Hidden::Derived);
        }
    }
}
