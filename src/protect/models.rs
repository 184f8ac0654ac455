//! Coefficients of case-mix models: with all but one of them, the numbers of people and the mean of everything, the last could be worked out.

use std::collections::HashSet;

use super::cells::{Cells, Hidden};
use super::leads::Leads;

/// Hides every coefficient of a model of which one is hidden, and of a model for a breakdown of which a group is hidden: a term says how many
/// people its category has.
pub fn hide(cells: &Cells, leads: &Leads, hidden: &mut [Option<Hidden>]) {
    let statistics = ["coefficient", "coefficient_se"].map(|name| cells.name(name));
    let gone = |at: usize| hidden.get(at).is_some_and(Option::is_some);
    let groups: HashSet<_> = leads
        .all()
        .into_iter()
        .filter(|at| gone(*at))
        .filter_map(|at| cells.all.get(at))
        .map(|cell| (cell.place, cell.period, cell.group_by))
        .collect();
    let terms = || cells.all.iter().enumerate().filter(|(_, cell)| statistics.contains(&cell.statistic));
    let told = |at: usize| {
        let Some(cell) = cells.all.get(at) else { return false };
        let covariate = cells.text(cell.comparator).split(": ").next().unwrap_or_default();
        gone(at) || groups.contains(&(cell.place, cell.period, cells.name(covariate)))
    };
    let models: HashSet<_> = terms().filter(|(at, _)| told(*at)).map(|(_, cell)| (cell.place, cell.period)).collect();
    let of_models: Vec<usize> =
        terms().filter(|(_, cell)| models.contains(&(cell.place, cell.period))).map(|(at, _)| at).collect();
    for at in of_models {
        if let Some(hidden) = hidden.get_mut(at).filter(|hidden| hidden.is_none()) {
            *hidden = Some(Hidden::Derived);
        }
    }
}
