//! Complementary hiding: no hidden part can be worked out from a total and the other parts.

use std::collections::{BTreeMap, HashMap};

use super::Below;
use super::cells::{AREA, Cell, Cells, Hidden, Name, Place};
use crate::period::Period;

/// A total and its parts, as places in the list of cells.
#[derive(Clone)]
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

/// Returns the sums over groups of whole figures, each spoken for by its leading row.
pub fn of_groups(cells: &Cells, leads: &[usize]) -> Vec<Sum> {
    let [none, all, domain] = ["none", "all", "domain"].map(|name| cells.name(name));
    let counted = || leads.iter().filter_map(|at| Some((*at, cells.all.get(*at)?)));

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
    of_groups.collect()
}

/// Which group of whose figures: place, breakdown and group.
type Followed = (Place, Name, Name);

/// Returns the sums over months: those of a period make it up, for everybody and for each group that is followed from month to month.
pub fn of_months(cells: &Cells, leads: &[usize], sizes: &[i64]) -> Vec<Sum> {
    let counted = || leads.iter().filter_map(|at| Some((*at, cells.all.get(*at)?)));
    let size = |at: usize| sizes.get(at).copied().unwrap_or_default();
    let mut periods: HashMap<Name, Option<Period>> = HashMap::new();
    let mut months: HashMap<Followed, Vec<(Period, usize)>> = HashMap::new();
    for (at, cell) in counted() {
        let period = periods.entry(cell.period).or_insert_with(|| cells.text(cell.period).parse().ok());
        if let Some(month @ Period::Month(_)) = *period {
            months.entry((cell.place, cell.group_by, cell.group)).or_default().push((month, at));
        }
    }
    let mut sums = Vec::new();
    for (total, cell) in counted() {
        let Some(period) = periods.get(&cell.period).copied().flatten() else { continue };
        let inside = |month: Period| match (period.range(), month.range()) {
            _ if matches!(period, Period::Month(_)) => false,
            (Some((from, to)), Some((start, end))) => from <= start && end <= to,
            (None, Some(_)) => true,
            _ => false,
        };
        let followed = months.get(&(cell.place, cell.group_by, cell.group)).into_iter().flatten();
        let parts: Vec<usize> = followed.filter(|(month, _)| inside(*month)).map(|(_, at)| *at).collect();
        // People who answered in several months are one in the period: the months are then more than the whole, and still tell nearly what
        // a hidden one of them is.
        let whole = parts.iter().map(|at| size(*at)).sum::<i64>() == size(total);
        if !parts.is_empty() && (whole || cell.of_people) {
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
