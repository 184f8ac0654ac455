//! One layout for the cells of several versions of an instrument.

use crate::cube::cell::{Cell, Counts, Sum};
use crate::cube::layout::{Bands, Coded, Layout};

/// Returns the layout that has a place for everything that either has; `one` itself where it has all of it.
pub fn both(one: &Layout, other: &Layout) -> Layout {
    let mut both = one.clone();
    for coded in &other.items {
        match both.items.iter_mut().find(|known| known.item == coded.item) {
            Some(known) => *known = span(known, coded),
            None => both.items.push(coded.clone()),
        }
    }
    add_missing(&mut both.amounts, &other.amounts);
    for breakdown in &other.breakdowns {
        match both.breakdowns.iter_mut().find(|known| known.id == breakdown.id) {
            Some(known) => add_missing(&mut known.bands, &breakdown.bands),
            None => both.breakdowns.push(breakdown.clone()),
        }
    }
    both.counts_responses |= other.counts_responses;
    both
}

fn add_missing(known: &mut Vec<String>, more: &[String]) {
    for text in more {
        if !known.contains(text) {
            known.push(text.clone());
        }
    }
}

fn end(coded: &Coded) -> i16 {
    i16::from(coded.lowest).saturating_add(i16::try_from(coded.width).unwrap_or(i16::MAX))
}

fn span(one: &Coded, other: &Coded) -> Coded {
    let lowest = one.lowest.min(other.lowest);
    let width = usize::try_from(end(one).max(end(other)).saturating_sub(i16::from(lowest))).unwrap_or(0);
    Coded { item: one.item.clone(), lowest, width }
}

/// Returns the cell of one layout as a cell of another that has a place for everything.
pub fn placed(cell: &Cell, from: &Layout, to: &Layout) -> Cell {
    let mut counts = vec![0_u64; to.width() * to.groups()];
    let mut sums = vec![Sum::default(); to.amounts.len() * to.groups()];
    let places = places(from, to);
    let amounts: Vec<Option<usize>> =
        from.amounts.iter().map(|amount| to.amounts.iter().position(|known| known == amount)).collect();
    for (group, target) in groups(from, to).into_iter().enumerate() {
        let Some(target) = target else { continue };
        for (at, place) in places.iter().enumerate() {
            let sum = place.and_then(|place| counts.get_mut(target * to.width() + place));
            if let Some(sum) = sum {
                *sum += cell.counts.get(group * from.width() + at);
            }
        }
        for (at, place) in amounts.iter().enumerate() {
            let sum = place.and_then(|place| sums.get_mut(target * to.amounts.len() + place));
            if let Some((sum, more)) = sum.zip(cell.sums.get(group * from.amounts.len() + at)) {
                *sum = *more;
            }
        }
    }
    Cell { counts: Counts::Longs(counts).narrowest(), sums, weights: Vec::new() }
}

/// The place in a group of the second layout of each place of the first.
fn places(from: &Layout, to: &Layout) -> Vec<Option<usize>> {
    let mut places = Vec::with_capacity(from.width());
    for coded in &from.items {
        let mut first = 0;
        let mut found = None;
        for known in &to.items {
            if known.item == coded.item {
                let shift = i16::from(coded.lowest).saturating_sub(i16::from(known.lowest));
                found = usize::try_from(shift).ok().map(|shift| first + shift);
            }
            first += known.width;
        }
        places.extend((0..coded.width).map(|at| found.map(|found| found + at)));
    }
    // Responses stand last.
    places.push(to.width().checked_sub(1));
    places
}

/// The group of the second layout of each group of the first.
fn groups(from: &Layout, to: &Layout) -> Vec<Option<usize>> {
    let find = |breakdown: &Bands, band: &String| {
        let mut first = 1;
        for known in &to.breakdowns {
            if known.id == breakdown.id {
                return known.bands.iter().position(|known| known == band).map(|at| first + at);
            }
            first += known.bands.len();
        }
        None
    };
    let of = |breakdown: &Bands| breakdown.bands.iter().map(|band| find(breakdown, band)).collect::<Vec<_>>();
    std::iter::once(Some(0)).chain(from.breakdowns.iter().flat_map(of)).collect()
}
