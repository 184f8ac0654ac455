//! Groups that are not counted by themselves because they are sums of others: everybody is the sum over any one breakdown, and a breakdown
//! is the sum over any pair that it is part of.

use crate::cube::bands::Breakdown;
use crate::cube::cell::{Cell, Sum};
use crate::cube::histogram::Histograms;

/// Which groups are counted, and which are sums.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Places of the breakdowns that are counted, each with its first group; everybody is none of them.
    pub counted: Vec<(Option<usize>, usize)>,
    /// Sums in an order in which they can be made: the group, and those that it is the sum of.
    sums: Vec<(usize, Vec<usize>)>,
}

impl Sums {
    /// Finds out what of these breakdowns has to be counted.
    pub fn new(breakdowns: &[Breakdown]) -> Self {
        let mut sums = Sums::default();
        let firsts: Vec<usize> = breakdowns
            .iter()
            .scan(1, |next, breakdown| {
                let first = *next;
                *next += breakdown.bands.len();
                Some(first)
            })
            .collect();
        for (at, (breakdown, first)) in breakdowns.iter().zip(&firsts).enumerate() {
            let parts = breakdowns.iter().zip(&firsts).filter_map(|(pair, start)| Some((pair.parts()?, *start)));
            let of_pair = |([one, other], start): ([&Breakdown; 2], usize)| -> Option<Vec<Vec<usize>>> {
                let (height, width) = (one.bands.len(), other.bands.len());
                if breakdown.is(one) {
                    Some((0..height).map(|band| (0..width).map(|o| start + band * width + o).collect()).collect())
                } else if breakdown.is(other) {
                    Some((0..width).map(|band| (0..height).map(|o| start + o * width + band).collect()).collect())
                } else {
                    None
                }
            };
            let found = parts.filter_map(of_pair).min_by_key(|bands| bands.iter().map(Vec::len).sum::<usize>());
            match found {
                Some(bands) => sums.sums.extend(bands.into_iter().enumerate().map(|(band, of)| (first + band, of))),
                None => sums.counted.push((Some(at), *first)),
            }
        }
        match breakdowns.iter().zip(firsts).min_by_key(|(breakdown, _)| breakdown.bands.len()) {
            Some((breakdown, first)) => sums.sums.push((0, (first..first + breakdown.bands.len()).collect())),
            None => sums.counted.push((None, 0)),
        }
        sums
    }

    /// Makes the sums of a cell.
    pub fn complete(&self, cell: &mut Cell, histograms: &Histograms) {
        let (width, amounts) = (histograms.width, histograms.amounts.len());
        let mut counts = vec![0; width];
        for (sum, of) in &self.sums {
            counts.fill(0);
            of.iter().for_each(|group| cell.counts.add_to(group * width, &mut counts));
            cell.counts.add_at(sum * width, &counts);
            for group in of {
                add(&mut cell.sums, group * amounts, sum * amounts, amounts, Sum::plus);
            }
        }
    }
}

/// Adds `n` of `all` from one place on to those from another place on.
fn add<T: Copy>(all: &mut [T], from: usize, to: usize, n: usize, plus: fn(&mut T, &T)) {
    for at in 0..n {
        let Some(more) = all.get(from + at).copied() else { return };
        if let Some(sum) = all.get_mut(to + at) {
            plus(sum, &more);
        }
    }
}
