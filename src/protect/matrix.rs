//! Figures in rows and columns (people by their level before and after, groups by month, two groups at a time): no hidden cell can be worked
//! out from the sums of rows and columns.

use std::collections::BTreeMap;

use super::cells::{Hidden, Name};

/// The cells of one matrix.
#[derive(Default)]
pub struct Matrix {
    cells: Vec<Count>,
    rows: BTreeMap<Name, usize>,
    columns: BTreeMap<Name, usize>,
}

struct Count {
    row: usize,
    column: usize,
    /// Place in the list of all cells.
    at: usize,
    size: i64,
}

impl Matrix {
    /// Adds the cell of a row and a column with its place in the list of all cells.
    pub fn add(&mut self, (row, column): (Name, Name), at: usize, size: i64) {
        let number = |of: &mut BTreeMap<Name, usize>, name: Name| {
            let next = of.len();
            *of.entry(name).or_insert(next)
        };
        let (row, column) = (number(&mut self.rows, row), number(&mut self.columns, column));
        self.cells.push(Count { row, column, at, size });
    }

    /// Hides further cells until none that is hidden can be worked out; returns whether it hid any.
    ///
    /// Each time the smallest shown cell goes whose row and column both have an exposed one (it closes a way round), else one of them, else
    /// neither. Empty cells protect nothing
    /// and stay; only where no other cell is left do they go as well, so that nobody is told which ones are empty.
    pub fn hide(&self, hidden: &mut [Option<Hidden>]) -> bool {
        let mut changed = false;
        loop {
            let gone = |cell: &&Count| hidden.get(cell.at).is_some_and(Option::is_some);
            let edges: Vec<&Count> = self.cells.iter().filter(gone).filter(|cell| 0 < cell.size).collect();
            let exposed: Vec<&Count> = edges.iter().copied().filter(|cell| self.is_exposed(cell, &edges)).collect();
            if exposed.is_empty() {
                return changed;
            }
            let apart = |cell: &Count| {
                let row = exposed.iter().any(|near| near.row == cell.row);
                let column = exposed.iter().any(|near| near.column == cell.column);
                2 - usize::from(row) - usize::from(column)
            };
            let shown = || self.cells.iter().filter(|cell| !gone(cell));
            let next = shown().filter(|cell| 0 < cell.size).min_by_key(|cell| (apart(cell), cell.size, cell.at));
            let Some(place) = next.or_else(|| shown().next()).and_then(|cell| hidden.get_mut(cell.at)) else {
                return changed;
            };
            *place = Some(Hidden::Complement);
            changed = true;
        }
    }

    /// Returns whether the sums of rows and columns leave a hidden cell only one value. Hidden cells are edges between their row and
    /// their column: a cell can change exactly where others can make up for it on a way round, from its row back to its column.
    fn is_exposed(&self, cell: &Count, edges: &[&Count]) -> bool {
        let (rows, columns) = (self.rows.len(), self.columns.len());
        let (mut row_reached, mut column_reached) = (vec![false; rows], vec![false; columns]);
        if let Some(first) = row_reached.get_mut(cell.row) {
            *first = true;
        }
        loop {
            let mut changed = false;
            for edge in edges.iter().filter(|edge| edge.at != cell.at) {
                if let (Some(row), Some(column)) = (row_reached.get_mut(edge.row), column_reached.get_mut(edge.column))
                    && *row != *column
                {
                    (*row, *column) = (true, true);
                    changed = true;
                }
            }
            if !changed {
                return !column_reached.get(cell.column).copied().unwrap_or_default();
            }
        }
    }
}
