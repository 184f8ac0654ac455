//! Contracts: an amount that is paid for each person who improved tells how many did.
//!
//! So a share of too few who improved, or did not, takes the amount with it; two thresholds or two comparators between which there are too few
//! people are not both shown; and a sum goes with any of its parts.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{CUT_SET, Cell, Cells, Hidden, Name};
use super::parts::{self, Sum};

/// What stands in front of a contract in the name of a measure.
const MEASURE: &str = "contract/";

/// The rows of one part of a contract, as places in the list of cells.
struct Part<'a> {
    cells: &'a Cells,
    rows: Vec<usize>,
    treated: Name,
}

/// Hides what would give few people away.
pub fn hide(cells: &Cells, minimum: i64, hidden: &mut [Option<Hidden>]) {
    let mut parts: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
    for (at, cell) in cells.all.iter().enumerate() {
        let [measure, ..] = cell.place;
        if cells.text(measure).starts_with(MEASURE) {
            parts.entry(measure).or_default().push(at);
        }
    }
    let mut wholes = BTreeSet::new();
    for (measure, rows) in &parts {
        let part = Part { cells, rows: rows.clone(), treated: cells.name("treated") };
        part.shares(minimum, hidden);
        part.comparators(minimum, hidden);
        part.left_out(minimum, hidden);
        let name = cells.text(*measure).trim_start_matches(MEASURE);
        let amount = cells.name("before_cap");
        let is_gone = |at: &usize| hidden.get(*at).is_some_and(Option::is_some);
        // The rows before the cap are those of what is decided by.
        if let Some((whole, _)) = name.split_once('/')
            && part.of(amount).any(|(at, cell)| is_gone(&at) && cell.place.get(CUT_SET) == Some(&0))
        {
            wholes.insert(format!("{MEASURE}{whole}"));
        }
    }
    for rows in wholes.iter().filter_map(|whole| parts.get(&cells.name(whole))) {
        rows.iter().for_each(|at| gone(*at, Hidden::Derived, hidden));
    }
}

fn gone(at: usize, why: Hidden, hidden: &mut [Option<Hidden>]) {
    if let Some(hidden) = hidden.get_mut(at).filter(|hidden| hidden.is_none()) {
        *hidden = Some(why);
    }
}

impl Part<'_> {
    fn all(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.rows.iter().filter_map(|at| Some((*at, self.cells.all.get(*at)?)))
    }

    fn of(&self, statistic: Name) -> impl Iterator<Item = (usize, &Cell)> {
        self.all().filter(move |(_, cell)| cell.statistic == statistic)
    }

    /// Shares of those who improved, and what is computed from them.
    fn shares(&self, minimum: i64, hidden: &mut [Option<Hidden>]) {
        let [improved, difference, paid, before_cap] =
            ["improved", "improved_difference", "payable", "before_cap"].map(|name| self.cells.name(name));
        let threshold = |cell: &Cell| cell.place.get(CUT_SET).copied().unwrap_or_default();
        let few = |cell: &Cell| {
            let n = cell.n.unwrap_or_default();
            cell.numerator < minimum || n - cell.numerator < minimum
        };
        let (of_treated, of_others): (Vec<_>, Vec<_>) =
            self.of(improved).partition(|(_, cell)| cell.group == self.treated);
        // The threshold that decides goes first, then the nearest ones: between two that are shown there are none, or enough.
        let mut order = of_treated;
        let main = order.iter().find(|(_, cell)| threshold(cell) == 0).map_or(0, |(_, cell)| cell.numerator);
        order.sort_by_key(|(at, cell)| (threshold(cell) != 0, (cell.numerator - main).abs(), *at));
        let mut shown: Vec<i64> = Vec::new();
        for (at, cell) in order {
            let near = shown.iter().any(|other| (1..minimum).contains(&(other - cell.numerator).abs()));
            if !few(cell) && !near {
                shown.push(cell.numerator);
                continue;
            }
            gone(at, if few(cell) { Hidden::TooFew } else { Hidden::Complement }, hidden);
            let with = self.all().filter(|(_, row)| threshold(row) == threshold(cell));
            for (with, row) in with {
                let is_difference = row.statistic == difference && threshold(cell) == 0;
                if [paid, before_cap].contains(&row.statistic) || is_difference {
                    gone(with, Hidden::Derived, hidden);
                }
            }
        }
        // One comparator may be a part of another one.
        let mut beside: Vec<[i64; 2]> = Vec::new();
        for (at, cell) in of_others {
            let counts = [cell.numerator, cell.n.unwrap_or_default() - cell.numerator];
            let between =
                |other: &[i64; 2]| other.iter().zip(counts).any(|(one, two)| (1..minimum).contains(&(one - two).abs()));
            if !few(cell) && !beside.iter().any(between) {
                beside.push(counts);
                continue;
            }
            gone(at, if few(cell) { Hidden::TooFew } else { Hidden::Complement }, hidden);
            for (with, _) in self.of(difference).filter(|(_, row)| row.comparator == cell.group) {
                gone(with, Hidden::Derived, hidden);
            }
        }
    }

    /// Comparators that are much the same people: what few of them changed by would be the difference.
    fn comparators(&self, minimum: i64, hidden: &mut [Option<Hidden>]) {
        let change = self.cells.name("change");
        let mut shown: Vec<i64> = Vec::new();
        for (_, cell) in self.of(change).filter(|(_, cell)| cell.group != self.treated) {
            let n = cell.n.unwrap_or_default();
            if !shown.iter().any(|other| (1..minimum).contains(&(other - n).abs())) {
                shown.push(n);
                continue;
            }
            for (with, _) in self.all().filter(|(_, row)| row.group == cell.group || row.comparator == cell.group) {
                gone(with, Hidden::Complement, hidden);
            }
        }
    }

    /// People who are left out of one cohort, by reason: with those who count they make up the cohort.
    fn left_out(&self, minimum: i64, hidden: &mut [Option<Hidden>]) {
        let mut reasons: BTreeMap<Name, Vec<usize>> = BTreeMap::new();
        let mut beside: BTreeMap<Name, Vec<i64>> = BTreeMap::new();
        for (at, cell) in self.of(self.cells.name("left_out")) {
            reasons.entry(cell.group).or_default().push(at);
            // One comparator may be a part of another one.
            if cell.group != self.treated {
                let (n, shown) = (cell.n.unwrap_or_default(), beside.entry(cell.comparator).or_default());
                if shown.iter().any(|other| (1..minimum).contains(&(other - n).abs())) {
                    gone(at, Hidden::Complement, hidden);
                } else {
                    shown.push(n);
                }
            }
        }
        let sums: Vec<Sum> = reasons.into_values().map(|parts| Sum { total: None, parts }).collect();
        let sizes: Vec<i64> = self.cells.all.iter().map(|cell| cell.n.unwrap_or_default()).collect();
        parts::hide_complements(&sums, &sizes, hidden);
    }
}
