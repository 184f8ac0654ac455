//! Which row of a figure says from how many answers the whole figure comes.

use std::collections::HashMap;

use super::cells::{CUT_SET, Cell, Cells, Name, Place, WEIGHTING};

/// Statistics that can speak for a figure; the first one that it has does.
const LEADING: [&str; 8] =
    ["value", "mean_change", "mean_before", "mean_after", "better", "same", "worse", "profile_class"];

/// What stands for the weighting where there is none.
const UNWEIGHTED: &str = "none";

/// Place, period, breakdown and group: what the rows of one figure share.
pub type Figure = (Place, Name, Name, Name);

/// The leading row of every figure, as a place in the list of cells.
pub struct Leads {
    of: HashMap<Figure, usize>,
    transition: Name,
    everybody: (Name, Name),
    unweighted: Name,
}

impl Leads {
    /// Finds them.
    pub fn find(cells: &Cells) -> Self {
        let ranks: HashMap<Name, usize> = LEADING.iter().map(|name| cells.name(name)).zip(0..).collect();
        let mut found: HashMap<Figure, (usize, usize)> = HashMap::new();
        for (at, cell) in cells.all.iter().enumerate().filter(|(_, cell)| !cell.adjusted) {
            let Some(rank) = ranks.get(&cell.statistic) else { continue };
            let lead = found.entry((cell.place, cell.period, cell.group_by, cell.group)).or_insert((*rank, at));
            if *rank < lead.0 {
                *lead = (*rank, at);
            }
        }
        Leads {
            of: found.into_iter().map(|(figure, (_, at))| (figure, at)).collect(),
            transition: cells.name("transition"),
            everybody: (cells.name("none"), cells.name("all")),
            unweighted: cells.name(UNWEIGHTED),
        }
    }

    /// Returns the leading rows, in the order of the list.
    pub fn all(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.of.values().copied().collect();
        all.sort_unstable();
        all
    }

    /// Returns the leading row of a group's figure.
    pub fn at(&self, figure: &Figure) -> Option<usize> {
        self.of.get(figure).copied()
    }

    /// Returns the leading row of the figure that a row is part of. What moved between levels is part of everybody's figure, which
    /// has no cut set where the outcome itself needs none.
    pub fn of(&self, cell: &Cell) -> Option<usize> {
        let (group_by, group) =
            if cell.statistic == self.transition { self.everybody } else { (cell.group_by, cell.group) };
        let mut place = cell.place;
        let by_cut_set = self.of.get(&(place, cell.period, group_by, group));
        place[CUT_SET] = 0;
        by_cut_set.or_else(|| self.of.get(&(place, cell.period, group_by, group))).copied()
    }

    /// Returns the weighted figures, each with the same figure without weights, as places in the list of cells.
    pub fn weighted(&self, cells: &Cells) -> Vec<(usize, Option<usize>)> {
        let weighted = |at: &usize| {
            let cell = cells.all.get(*at)?;
            let mut place = cell.place;
            // No text at all is no weighting either.
            if [self.unweighted, 0].contains(&place[WEIGHTING]) {
                return None;
            }
            place[WEIGHTING] = self.unweighted;
            Some((*at, self.of.get(&(place, cell.period, cell.group_by, cell.group)).copied()))
        };
        self.all().iter().filter_map(weighted).collect()
    }
}
