//! Complementary hiding: no hidden part can be worked out from a total and the other parts.

use std::collections::{BTreeMap, HashMap};

use super::Below;
use super::cells::{Cell, Cells, Hidden, Name};
use crate::period::Period;

/// A total and its parts, as places in the list of cells.
struct Sum {
    total: usize,
    parts: Vec<usize>,
}

/// Hides further figures until no sum has exactly one hidden figure among its total and its parts.
///
/// Each time the smallest shown part is hidden (ties: the first in the list), never the total, unless there is no part left.
pub fn hide_complements(cells: &Cells, below: &Below, hidden: &mut [Option<Hidden>]) {
    let sums = sums(cells, below);
    loop {
        let mut changed = false;
        for sum in &sums {
            let gone = |at: &usize| hidden.get(*at).is_some_and(Option::is_some);
            let size = |at: &usize| cells.all.get(*at).map_or(0, |cell| cell.n);
            let hidden_here: Vec<&usize> = sum.parts.iter().chain([&sum.total]).filter(|at| gone(at)).collect();
            // A hidden part of nobody hides nothing: who guesses that it is empty has the other one.
            let somebody = hidden_here.iter().filter(|at| size(at) > 0).count();
            if hidden_here.len() != 1 && somebody != 1 {
                continue;
            }
            // A part of nobody gives nothing away when it is hidden, so it protects nothing.
            let next = sum.parts.iter().filter(|at| !gone(at) && size(at) > 0).min_by_key(|at| size(at));
            let next = next.copied().or_else(|| (!gone(&sum.total)).then_some(sum.total));
            if let Some(place) = next.and_then(|at| hidden.get_mut(at)) {
                *place = Some(Hidden::Complement);
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

fn sums(cells: &Cells, below: &Below) -> Vec<Sum> {
    type Key = ([Name; 5], Name, Name, Name);
    let [value, none, all] = ["value", "none", "all"].map(|name| cells.name(name));
    let counted: Vec<(usize, &Cell)> =
        cells.all.iter().enumerate().filter(|(_, cell)| cell.statistic == value).collect();
    let key = |cell: &Cell| (cell.place, cell.period, cell.group_by, cell.group);
    let by_key: HashMap<Key, usize> = counted.iter().map(|(at, cell)| (key(cell), *at)).collect();
    let size = |parts: &[usize]| parts.iter().filter_map(|at| cells.all.get(*at)).map(|part| part.n).sum::<i64>();
    let mut sums = Vec::new();

    // The groups of one breakdown make up everybody.
    let mut groups: BTreeMap<([Name; 5], Name, Name), Vec<usize>> = BTreeMap::new();
    for (at, cell) in counted.iter().filter(|(_, cell)| cell.group_by != none) {
        groups.entry((cell.place, cell.period, cell.group_by)).or_default().push(*at);
    }
    for ((place, period, _), parts) in groups {
        if let Some(total) = by_key.get(&(place, period, none, all)) {
            sums.push(Sum { total: *total, parts });
        }
    }

    // The areas directly below make up an area.
    let below: HashMap<(Name, Name), Vec<Name>> = below
        .iter()
        .map(|((root, area), children)| {
            ((cells.name(root), cells.name(area)), children.iter().map(|child| cells.name(child)).collect())
        })
        .collect();
    for (total, cell) in &counted {
        let [measure, version, root, area, occasion] = cell.place;
        let Some(children) = below.get(&(root, area)) else { continue };
        let place = |child: Name| [measure, version, root, child, occasion];
        let parts: Vec<usize> = children
            .iter()
            .filter_map(|child| by_key.get(&(place(*child), cell.period, cell.group_by, cell.group)).copied())
            .collect();
        // Areas that do not make up the whole (answers without an area) leave a part that nobody sees.
        if size(&parts) == cell.n {
            sums.push(Sum { total: *total, parts });
        }
    }

    // The months of a period make it up.
    let mut months: HashMap<[Name; 5], Vec<(Period, usize)>> = HashMap::new();
    let mut periods: Vec<(usize, &Cell, Period)> = Vec::new();
    for (at, cell) in counted.iter().filter(|(_, cell)| cell.group_by == none) {
        match cells.text(cell.period).parse() {
            Ok(month @ Period::Month(_)) => months.entry(cell.place).or_default().push((month, *at)),
            Ok(period) => periods.push((*at, cell, period)),
            Err(_) => (),
        }
    }
    for (total, cell, period) in periods {
        let inside = |month: Period| match (period.range(), month.range()) {
            (Some((from, to)), Some((start, end))) => from <= start && end <= to,
            (None, Some(_)) => true,
            _ => false,
        };
        let of_place = months.get(&cell.place).into_iter().flatten();
        let parts: Vec<usize> = of_place.filter(|(month, _)| inside(*month)).map(|(_, at)| *at).collect();
        if !parts.is_empty() && size(&parts) == cell.n {
            sums.push(Sum { total, parts });
        }
    }
    sums
}
