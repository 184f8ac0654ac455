//! Figures beside the same figure of more answers, or of the same answers without weights: neither gives the other away.

use std::collections::HashMap;

use super::cells::{Cells, Hidden, Name};
use super::leads::Leads;
use crate::declare::Subset;

/// Figures, each with its twin, as places in the list of cells.
pub struct Twins(Vec<(usize, Option<usize>)>);

impl Twins {
    /// Finds weighted figures, with the same without weights, and those of outcomes that count all but a few, under `minimum`, of the answers
    /// that another one counts.
    pub fn find(cells: &Cells, leads: &Leads, subsets: &[Subset], sizes: &[i64], minimum: i64) -> Self {
        let twins = Twins(leads.weighted(cells));
        let name = |of: &[String; 2]| [cells.name(&of[0]), cells.name(&of[1])];
        let mut of_more: HashMap<[Name; 2], Vec<[Name; 2]>> = HashMap::new();
        for subset in subsets {
            of_more.entry(name(&subset.some)).or_default().push(name(&subset.all));
        }
        let mut pairs = Vec::new();
        for at in leads.all() {
            let Some(cell) = cells.all.get(at) else { continue };
            let [measure, version, ..] = cell.place;
            for [measure, version] in of_more.get(&[measure, version]).into_iter().flatten() {
                let mut place = cell.place;
                [place[0], place[1]] = [*measure, *version];
                pairs.extend(leads.at(&(place, cell.period, cell.group_by, cell.group)).map(|twin| (at, Some(twin))));
            }
        }
        pairs.retain(|(at, twin)| (0..minimum).contains(&left_out(sizes, *at, *twin)));
        Twins([twins.0, pairs].concat())
    }

    /// Hides figures that leave out some answers of their twin, but under `minimum` of them: the two together would tell what those few
    /// answered.
    pub fn hide_near(&self, sizes: &[i64], minimum: i64, hidden: &mut [Option<Hidden>]) {
        for (at, twin) in &self.0 {
            if let Some(place) = hidden.get_mut(*at)
                && place.is_none()
                && (1..minimum).contains(&left_out(sizes, *at, *twin))
            {
                *place = Some(Hidden::TooFew);
            }
        }
    }

    /// Hides the figures whose twin is hidden or missing; returns whether it hid any.
    pub fn follow(&self, hidden: &mut [Option<Hidden>]) -> bool {
        let mut changed = false;
        for (at, twin) in &self.0 {
            let gone = twin.is_none_or(|twin| hidden.get(twin).is_some_and(Option::is_some));
            if let Some(place) = hidden.get_mut(*at)
                && gone
                && place.is_none()
            {
                *place = Some(Hidden::Derived);
                changed = true;
            }
        }
        changed
    }
}

/// Answers of its twin that a figure leaves out.
fn left_out(sizes: &[i64], at: usize, twin: Option<usize>) -> i64 {
    let size = |at: usize| sizes.get(at).copied().unwrap_or_default();
    twin.map_or(0, |twin| size(twin) - size(at))
}
