//! Cells added up to one: hundreds of thousands of cells of thousands of counts each, so that adding has to be quick.

use std::ops::AddAssign;

use super::merged;
use crate::cube::cell::{Cell, Counts, Sum};
use crate::cube::layout::Layout;

/// The sum of cells of one layout. Weights are left out: no figure is computed from those of the cube.
#[derive(Clone, Debug)]
pub struct Total {
    counts: Counts,
    sums: Vec<Sum>,
    /// No count is greater. Kept so that most cells are added without looking whether their counts fit.
    most: u64,
}

/// The counts and sums of a cell, or of its first groups, as they are added.
pub struct Addend<'a> {
    counts: Slice<'a>,
    sums: &'a [Sum],
    most: u64,
}

#[derive(Clone, Copy)]
enum Slice<'a> {
    Bytes(&'a [u8]),
    Shorts(&'a [u16]),
    Words(&'a [u32]),
    Longs(&'a [u64]),
}

impl<'a> Addend<'a> {
    /// Takes a whole cell.
    pub fn all(cell: &'a Cell) -> Self {
        Self::new(&cell.counts, &cell.sums, cell.counts.len(), cell.sums.len())
    }

    /// Takes so many counts and sums of a cell, from its first on.
    pub fn first(cell: &'a Cell, counts: usize, sums: usize) -> Self {
        Self::new(&cell.counts, &cell.sums, counts, sums)
    }

    /// Takes a total.
    pub fn total(total: &'a Total) -> Self {
        Self::new(&total.counts, &total.sums, total.counts.len(), total.sums.len())
    }

    fn new(counts: &'a Counts, sums: &'a [Sum], places: usize, amounts: usize) -> Self {
        let counts = match counts {
            Counts::Bytes(counts) => Slice::Bytes(counts.get(..places).unwrap_or(counts)),
            Counts::Shorts(counts) => Slice::Shorts(counts.get(..places).unwrap_or(counts)),
            Counts::Words(counts) => Slice::Words(counts.get(..places).unwrap_or(counts)),
            Counts::Longs(counts) => Slice::Longs(counts.get(..places).unwrap_or(counts)),
        };
        Addend { counts, sums: sums.get(..amounts).unwrap_or(sums), most: counts.most() }
    }
}

impl Slice<'_> {
    fn most(self) -> u64 {
        fn most<T: Copy + Ord + Default + Into<u64>>(counts: &[T]) -> u64 {
            // A fold without branches, which runs over many counts at once.
            counts.iter().fold(T::default(), |most, count| most.max(*count)).into()
        }
        match self {
            Slice::Bytes(counts) => most(counts),
            Slice::Shorts(counts) => most(counts),
            Slice::Words(counts) => most(counts),
            Slice::Longs(counts) => most(counts),
        }
    }
}

impl Total {
    /// Begins with one cell.
    pub fn of(cell: &Addend<'_>) -> Self {
        let counts = match cell.counts {
            Slice::Bytes(counts) => Counts::Bytes(counts.to_vec()),
            Slice::Shorts(counts) => Counts::Shorts(counts.to_vec()),
            Slice::Words(counts) => Counts::Words(counts.to_vec()),
            Slice::Longs(counts) => Counts::Longs(counts.to_vec()),
        };
        Total { counts, sums: cell.sums.to_vec(), most: cell.most }
    }

    /// Adds a cell of the same layout.
    pub fn add(&mut self, cell: &Addend<'_>) {
        for (sum, more) in self.sums.iter_mut().zip(cell.sums) {
            sum.count += more.count;
            sum.sum += more.sum;
            sum.squares += more.squares;
        }
        if self.most.saturating_add(cell.most) > limit(&self.counts) {
            // The bound is the sum of the greatest counts, which need not be of one place.
            self.most = Addend::total(self).most;
        }
        self.most = self.most.saturating_add(cell.most);
        while self.most > limit(&self.counts) || !add(&mut self.counts, cell.counts) {
            self.counts = wider(&self.counts);
        }
    }

    /// Moves the counts and sums from the places of one layout to those of another.
    pub fn place(&mut self, from: &Layout, to: &Layout) {
        let old = Total { counts: Counts::none(0), sums: Vec::new(), most: 0 };
        let cell = merged::placed(&std::mem::replace(self, old).cell(), from, to);
        *self = Total::of(&Addend::all(&cell));
    }

    /// Returns the cell, in the narrowest width.
    pub fn cell(self) -> Cell {
        Cell { counts: self.counts.narrowest(), sums: self.sums, weights: Vec::new() }
    }
}

/// The greatest count that the width holds.
fn limit(counts: &Counts) -> u64 {
    match counts {
        Counts::Bytes(_) => u64::from(u8::MAX),
        Counts::Shorts(_) => u64::from(u16::MAX),
        Counts::Words(_) => u64::from(u32::MAX),
        Counts::Longs(_) => u64::MAX,
    }
}

fn wider(counts: &Counts) -> Counts {
    let zeros = counts.len();
    let mut wide = match counts {
        Counts::Bytes(_) => Counts::Shorts(vec![0; zeros]),
        Counts::Shorts(_) => Counts::Words(vec![0; zeros]),
        Counts::Words(_) | Counts::Longs(_) => Counts::Longs(vec![0; zeros]),
    };
    wide.add(counts);
    wide
}

/// Adds counts that are known to fit; false, and nothing is added, where they are of a greater width.
fn add(sums: &mut Counts, more: Slice<'_>) -> bool {
    fn each<S: Copy + AddAssign, M: Copy + Into<S>>(sums: &mut [S], more: &[M]) -> bool {
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum += (*more).into();
        }
        true
    }
    match (sums, more) {
        (Counts::Bytes(sums), Slice::Bytes(more)) => each(sums, more),
        (Counts::Shorts(sums), Slice::Bytes(more)) => each(sums, more),
        (Counts::Shorts(sums), Slice::Shorts(more)) => each(sums, more),
        (Counts::Words(sums), Slice::Bytes(more)) => each(sums, more),
        (Counts::Words(sums), Slice::Shorts(more)) => each(sums, more),
        (Counts::Words(sums), Slice::Words(more)) => each(sums, more),
        (Counts::Longs(sums), Slice::Bytes(more)) => each(sums, more),
        (Counts::Longs(sums), Slice::Shorts(more)) => each(sums, more),
        (Counts::Longs(sums), Slice::Words(more)) => each(sums, more),
        (Counts::Longs(sums), Slice::Longs(more)) => each(sums, more),
        _ => false,
    }
}
