//! Complementary hiding: no hidden part can be worked out from a total and the other parts.

use std::collections::{BTreeMap, HashMap};

use super::Below;
use super::cells::{AREA, Cell, Cells, Hidden, Name, Place};
use crate::period::Period;

/// A total and its parts, as places in the list of cells.
pub struct Sum {
    /// The total; none where it is no figure of its own but can be worked out from others.
    pub total: Option<usize>,
    /// What adds up to it.
    pub parts: Vec<usize>,
}

/// Hides further figures until no sum has exactly one hidden figure among its total and its parts; returns whether it hid any.
///
/// Each time the smallest shown part is hidden (ties: the first in the list), never the total, unless there is no part left.
pub fn hide_complements(sums: &[Sum], sizes: &[i64], hidden: &mut [Option<Hidden>]) -> bool {
    let mut any = false;
    loop {
        let mut changed = false;
        for sum in sums {
            let gone = |at: &usize| hidden.get(*at).is_some_and(Option::is_some);
            let size = |at: &usize| sizes.get(*at).copied().unwrap_or_default();
            let hidden_here: Vec<&usize> = sum.parts.iter().chain(&sum.total).filter(|at| gone(at)).collect();
            // A hidden part of nobody hides nothing: who guesses that it is empty has the other one.
            let somebody = hidden_here.iter().filter(|at| size(at) > 0).count();
            if hidden_here.len() != 1 && somebody != 1 {
                continue;
            }
            // A part of nobody gives nothing away when it is hidden, so it protects nothing.
            let next = sum.parts.iter().filter(|at| !gone(at) && size(at) > 0).min_by_key(|at| size(at));
            // Nothing else is left where the total is no figure: then at least nobody is told which parts are empty.
            let empty = || sum.parts.iter().find(|at| sum.total.is_none() && !gone(at));
            let next = next.or_else(|| sum.total.iter().find(|at| !gone(at))).or_else(empty);
            if let Some(place) = next.and_then(|at| hidden.get_mut(*at)) {
                *place = Some(Hidden::Complement);
                changed = true;
            }
        }
        if !changed {
            return any;
        }
        any = true;
    }
}

/// Returns the sums of whole figures, each spoken for by its leading row: over groups, areas and months.
pub fn of_figures(cells: &Cells, leads: &[usize], sizes: &[i64], below: &Below) -> Vec<Sum> {
    let [none, all, domain] = ["none", "all", "domain"].map(|name| cells.name(name));
    let counted = || leads.iter().filter_map(|at| Some((*at, cells.all.get(*at)?)));
    let size = |at: usize| sizes.get(at).copied().unwrap_or_default();

    // The groups of one breakdown make up everybody; domains stand beside each other.
    let everybody: HashMap<(Place, Name), usize> = counted()
        .filter(|(_, cell)| cell.group_by == none && cell.group == all)
        .map(|(at, cell)| ((cell.place, cell.period), at))
        .collect();
    let mut groups: BTreeMap<(Place, Name, Name), Vec<usize>> = BTreeMap::new();
    for (at, cell) in counted().filter(|(_, cell)| cell.group_by != none && cell.group_by != domain) {
        groups.entry((cell.place, cell.period, cell.group_by)).or_default().push(at);
    }
    let of_groups = groups.into_iter().filter_map(|((place, period, _), parts)| {
        let total = Some(*everybody.get(&(place, period))?);
        Some(Sum { total, parts })
    });
    let mut sums: Vec<Sum> = of_groups.collect();

    sums.extend(of_areas(cells, leads, sizes, below));

    // The months of a period make it up.
    let mut months: HashMap<Place, Vec<(Period, usize)>> = HashMap::new();
    let mut periods: Vec<(usize, &Cell, Period)> = Vec::new();
    for (at, cell) in counted().filter(|(_, cell)| cell.group_by == none) {
        match cells.text(cell.period).parse() {
            Ok(month @ Period::Month(_)) => months.entry(cell.place).or_default().push((month, at)),
            Ok(period) => periods.push((at, cell, period)),
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
        if !parts.is_empty() && parts.iter().map(|at| size(*at)).sum::<i64>() == size(total) {
            sums.push(Sum { total: Some(total), parts });
        }
    }
    sums
}

/// Returns the sums over areas: those directly below an area make it up.
pub fn of_areas(cells: &Cells, members: &[usize], sizes: &[i64], below: &Below) -> Vec<Sum> {
    let counted = || members.iter().filter_map(|at| Some((*at, cells.all.get(*at)?)));
    let size = |at: usize| sizes.get(at).copied().unwrap_or_default();
    let key = |cell: &Cell, place: Place| (place, cell.period, cell.group_by, cell.group, cell.comparator);
    let by_key: HashMap<_, usize> = counted().map(|(at, cell)| (key(cell, cell.place), at)).collect();
    let below: HashMap<(Name, Name), Vec<Name>> = below
        .iter()
        .map(|((root, area), children)| {
            ((cells.name(root), cells.name(area)), children.iter().map(|child| cells.name(child)).collect())
        })
        .collect();
    let mut sums = Vec::new();
    for (total, cell) in counted() {
        let [_, _, root, area, ..] = cell.place;
        let Some(children) = below.get(&(root, area)) else { continue };
        let of_child = |child: &Name| {
            let mut place = cell.place;
            place[AREA] = *child;
            by_key.get(&key(cell, place)).copied()
        };
        let parts: Vec<usize> = children.iter().filter_map(of_child).collect();
        // Areas that do not make up the whole (answers without an area) leave a part that nobody sees.
        if parts.iter().map(|at| size(*at)).sum::<i64>() == size(total) {
            sums.push(Sum { total: Some(total), parts });
        }
    }
    sums
}
