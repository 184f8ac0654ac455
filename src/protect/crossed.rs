//! Figures that stand in rows and columns with sums on both sides: two groups at a time, and groups by month.

use std::collections::{BTreeMap, HashMap};

use super::cells::{Cells, Hidden, Name, Place};
use super::matrix::Matrix;
use super::parts::Sum;
use crate::declare::TIMES;

/// Whose table it is: place, period, and the pair of groups or the one that is followed from month to month.
type Whose = (Place, Name, Name);

/// A table with the sums that are known of it: of rows, of columns, and of what these add up to.
#[derive(Default)]
struct Table {
    matrix: Matrix,
    cells: Vec<usize>,
    sums: Vec<Sum>,
}

/// Pairs of groups, and groups from month to month.
pub struct Crossed {
    tables: Vec<Table>,
    /// Each band of one group is made up by what it has in common with the bands of the other.
    margins: Vec<Sum>,
}

impl Crossed {
    /// Finds them among the leading rows of figures, with the sums over groups and over months.
    pub fn find(cells: &Cells, leads: &[usize], sizes: &[i64], groups: &[Sum], months: &[Sum]) -> Self {
        let of_groups: HashMap<Whose, &Sum> = groups
            .iter()
            .filter_map(|sum| {
                let part = cells.all.get(*sum.parts.first()?)?;
                Some(((part.place, part.period, part.group_by), sum))
            })
            .collect();
        let mut crossed = Crossed { tables: Vec::new(), margins: Vec::new() };
        crossed.pairs(cells, leads, sizes, &of_groups);
        crossed.months(cells, sizes, &of_groups, months);
        crossed
    }

    /// Returns the sums over one of the two groups of every pair.
    pub fn margins(&self) -> Vec<Sum> {
        self.margins.clone()
    }

    fn pairs(&mut self, cells: &Cells, leads: &[usize], sizes: &[i64], groups: &HashMap<Whose, &Sum>) {
        let mut parsed: HashMap<Name, Option<(Name, Name)>> = HashMap::new();
        let mut both = |name: Name| {
            *parsed.entry(name).or_insert_with(|| {
                // More than two groups at a time are counted, and no figures.
                let (first, second) = cells.text(name).split_once(TIMES).filter(|(_, rest)| !rest.contains(TIMES))?;
                Some((cells.name(first), cells.name(second)))
            })
        };
        let mut tables: BTreeMap<Whose, (Table, [Name; 2])> = BTreeMap::new();
        let mut bands: HashMap<(Whose, Name), Vec<(Whose, usize)>> = HashMap::new();
        for at in leads {
            let Some(cell) = cells.all.get(*at) else { continue };
            let Some((groups, of)) = both(cell.group_by).zip(both(cell.group)) else { continue };
            let whose = (cell.place, cell.period, cell.group_by);
            let (table, _) = tables.entry(whose).or_insert_with(|| (Table::default(), [groups.0, groups.1]));
            table.add(of, *at, sizes);
            for (group_by, band) in [(groups.0, of.0), (groups.1, of.1)] {
                bands.entry(((cell.place, cell.period, group_by), band)).or_default().push((whose, *at));
            }
        }
        for at in leads.iter().filter(|_| !bands.is_empty()) {
            let Some(cell) = cells.all.get(*at) else { continue };
            let band = ((cell.place, cell.period, cell.group_by), cell.group);
            // Of two pairs of one group, each makes it up by itself.
            let mut by_pair: BTreeMap<Whose, Vec<usize>> = BTreeMap::new();
            for (whose, part) in bands.get(&band).into_iter().flatten() {
                by_pair.entry(*whose).or_default().push(*part);
            }
            for (whose, parts) in by_pair {
                let sum = Sum { total: Some(*at), parts };
                if let Some((table, _)) = tables.get_mut(&whose) {
                    table.sums.push(sum.clone());
                }
                self.margins.push(sum);
            }
        }
        for ((place, period, _), (mut table, of)) in tables {
            let whole = of.iter().filter_map(|group_by| groups.get(&(place, period, *group_by)));
            table.sums.extend(whole.map(|sum| (*sum).clone()));
            self.tables.push(table);
        }
    }

    /// Groups are the rows and months the columns.
    fn months(&mut self, cells: &Cells, sizes: &[i64], groups: &HashMap<Whose, &Sum>, months: &[Sum]) {
        let none = cells.name("none");
        let of_total = |sum: &Sum| cells.all.get(sum.total?).copied();
        let everybody: HashMap<(Place, Name), &Sum> = months
            .iter()
            .filter_map(|sum| Some((of_total(sum)?, sum)))
            .filter(|(total, _)| total.group_by == none)
            .map(|(total, sum)| ((total.place, total.period), sum))
            .collect();
        let mut tables: BTreeMap<Whose, Table> = BTreeMap::new();
        for sum in months {
            let Some(total) = of_total(sum).filter(|total| total.group_by != none) else { continue };
            let table = tables.entry((total.place, total.period, total.group_by)).or_default();
            for at in &sum.parts {
                if let Some(part) = cells.all.get(*at) {
                    table.add((part.group, part.period), *at, sizes);
                }
            }
            table.sums.push(sum.clone());
        }
        for ((place, period, group_by), mut table) in tables {
            let whole = everybody.get(&(place, period)).copied();
            let month = |at: &usize| cells.all.get(*at).map(|cell| cell.period);
            let periods: Vec<Name> =
                whole.iter().flat_map(|sum| &sum.parts).filter_map(month).chain([period]).collect();
            let of_groups = periods.iter().filter_map(|period| groups.get(&(place, *period, group_by)));
            table.sums.extend(of_groups.chain(whole.iter()).map(|sum| (*sum).clone()));
            self.tables.push(table);
        }
    }

    /// Hides further figures until none that is hidden can be worked out from the sums of its table; returns whether it hid any.
    pub fn hide(&self, sizes: &[i64], hidden: &mut [Option<Hidden>]) -> bool {
        let mut changed = false;
        for table in &self.tables {
            changed |= table.hide(sizes, hidden);
        }
        changed
    }
}

impl Table {
    fn add(&mut self, place: (Name, Name), at: usize, sizes: &[i64]) {
        self.matrix.add(place, at, sizes.get(at).copied().unwrap_or_default());
        self.cells.push(at);
    }

    /// Each time the smallest shown cell goes, and where none is left the smallest shown sum of a row or a column.
    fn hide(&self, sizes: &[i64], hidden: &mut [Option<Hidden>]) -> bool {
        let mut changed = self.matrix.hide(hidden);
        while self.is_exposed(sizes, hidden) {
            let size = |at: &usize| sizes.get(*at).copied().unwrap_or_default();
            let shown = |at: &usize| hidden.get(*at).is_some_and(Option::is_none) && 0 < size(at);
            let cell = self.cells.iter().copied().filter(shown).min_by_key(|at| (size(at), *at));
            let parts = || self.sums.iter().flat_map(|sum| &sum.parts).copied().filter(shown);
            let totals = || self.sums.iter().filter_map(|sum| sum.total).filter(shown);
            let next = cell.or_else(|| parts().min_by_key(|at| (size(at), *at)));
            let next = next.or_else(|| totals().min_by_key(|at| (size(at), *at)));
            let Some(place) = next.and_then(|at| hidden.get_mut(at)) else { return changed };
            *place = Some(Hidden::Complement);
            changed = true;
        }
        changed
    }

    /// Returns whether the sums leave a hidden figure only one value. What is hidden and empty counts as known: who guesses it is right.
    ///
    /// The sums are equations of what is hidden. Where they are solved for as many figures as can be (Gauss and Jordan), a figure that stands
    /// alone in its equation is known.
    fn is_exposed(&self, sizes: &[i64], hidden: &[Option<Hidden>]) -> bool {
        let is_open =
            |at: &usize| hidden.get(*at).is_some_and(Option::is_some) && sizes.get(*at).is_some_and(|size| 0 < *size);
        let mut columns: BTreeMap<usize, usize> = BTreeMap::new();
        for at in self.sums.iter().flat_map(|sum| sum.parts.iter().chain(&sum.total)).filter(|at| is_open(at)) {
            let next = columns.len();
            columns.entry(*at).or_insert(next);
        }
        let equation = |sum: &Sum| {
            let mut of = vec![0.0; columns.len()];
            for (at, sign) in sum.parts.iter().map(|at| (at, 1.0)).chain(sum.total.iter().map(|at| (at, -1.0))) {
                if let Some(value) = columns.get(at).and_then(|column| of.get_mut(*column)) {
                    *value += sign;
                }
            }
            of
        };
        solved(self.sums.iter().map(equation).collect(), columns.len())
            .iter()
            .any(|equation| equation.iter().filter(|value| SMALL < value.abs()).count() == 1)
    }
}

/// What is below this in an equation of whole numbers is 0.
const SMALL: f64 = 1e-9;

/// Solves equations for as many unknowns as can be, by elimination to the reduced form.
fn solved(mut equations: Vec<Vec<f64>>, unknowns: usize) -> Vec<Vec<f64>> {
    let mut done = 0;
    for unknown in 0..unknowns {
        let of = |equation: &Vec<f64>| equation.get(unknown).copied().unwrap_or_default();
        let found = equations.iter().skip(done).position(|equation| SMALL < of(equation).abs());
        let Some(found) = found.map(|at| at + done) else { continue };
        equations.swap(done, found);
        let Some(pivot) = equations.get_mut(done) else { break };
        let first = of(pivot);
        pivot.iter_mut().for_each(|value| *value /= first);
        let pivot = pivot.clone();
        for (_, equation) in equations.iter_mut().enumerate().filter(|(at, _)| *at != done) {
            let times = of(equation);
            if SMALL < times.abs() {
                equation.iter_mut().zip(&pivot).for_each(|(value, from)| *value -= times * from);
            }
        }
        done += 1;
    }
    equations.truncate(done);
    equations
}
