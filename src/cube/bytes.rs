//! A cell as the bytes of the table `cube`.
//!
//! One byte says how wide a count is (1, 2, 4 or 8 bytes: the narrowest that holds them all); then come the counts; then of each sum how many
//! numbers (8 bytes), their sum in millionths (16) and the sum of the squares of the millionths (16); then of each weight how
//! many are above zero (8), their sum (16) and the sum of their squares (16). All are little-endian, counts without a sign and all others with one. How many there are of each is the
//! layout's to say. Most bytes are zero: that is for the compression of the file.

use super::cell::{Cell, Counts, Sum, Weight};
use super::layout::Layout;

/// Bytes of one sum.
const SUM: usize = 40;
/// Bytes of one weight.
const WEIGHT: usize = 40;

/// Returns a cell as bytes.
pub fn encode(cell: &Cell) -> Vec<u8> {
    let counts = cell.counts.clone().narrowest();
    let mut bytes = Vec::with_capacity(1 + 8 * counts.len() + SUM * cell.sums.len() + WEIGHT * cell.weights.len());
    match counts {
        Counts::Bytes(counts) => {
            bytes.push(1);
            bytes.extend(counts);
        }
        Counts::Shorts(counts) => {
            bytes.push(2);
            bytes.extend(counts.iter().flat_map(|count| count.to_le_bytes()));
        }
        Counts::Words(counts) => {
            bytes.push(4);
            bytes.extend(counts.iter().flat_map(|count| count.to_le_bytes()));
        }
        Counts::Longs(counts) => {
            bytes.push(8);
            bytes.extend(counts.iter().flat_map(|count| count.to_le_bytes()));
        }
    }
    for sum in &cell.sums {
        bytes.extend(sum.count.to_le_bytes());
        bytes.extend(sum.sum.to_le_bytes());
        bytes.extend(sum.squares.to_le_bytes());
    }
    for weight in &cell.weights {
        bytes.extend(weight.count.to_le_bytes());
        bytes.extend(weight.sum.to_le_bytes());
        bytes.extend(weight.squares.to_le_bytes());
    }
    bytes
}

/// Returns the cell that bytes hold; none where they are not those of a cell of the layout.
pub fn decode(layout: &Layout, bytes: &[u8]) -> Option<Cell> {
    let places = layout.width().checked_mul(layout.groups())?;
    let (width, bytes) = bytes.split_first()?;
    let (counts, bytes) = bytes.split_at_checked(places.checked_mul(usize::from(*width))?)?;
    let counts = match width {
        1 => Counts::Bytes(counts.to_vec()),
        2 => Counts::Shorts(numbers(counts, u16::from_le_bytes)),
        4 => Counts::Words(numbers(counts, u32::from_le_bytes)),
        8 => Counts::Longs(numbers(counts, u64::from_le_bytes)),
        _ => return None,
    };
    let sums = layout.amounts.len().checked_mul(layout.groups())?;
    let (sums, weights) = bytes.split_at_checked(sums.checked_mul(SUM)?)?;
    let sum = |bytes: &[u8; SUM]| {
        let (count, rest) = bytes.split_first_chunk()?;
        let (sum, squares) = rest.split_first_chunk()?;
        Some(Sum {
            count: i64::from_le_bytes(*count),
            sum: i128::from_le_bytes(*sum),
            squares: i128::from_le_bytes(*squares.first_chunk()?),
        })
    };
    let weight = |bytes: &[u8; WEIGHT]| {
        let (count, rest) = bytes.split_first_chunk()?;
        let (sum, squares) = rest.split_first_chunk()?;
        Some(Weight {
            count: i64::from_le_bytes(*count),
            sum: i128::from_le_bytes(*sum),
            squares: i128::from_le_bytes(*squares.first_chunk()?),
        })
    };
    if weights.len() != layout.width().checked_mul(layout.schemes.len())?.checked_mul(WEIGHT)? {
        return None;
    }
    Some(Cell {
        counts,
        sums: sums.as_chunks().0.iter().map(sum).collect::<Option<_>>()?,
        weights: weights.as_chunks().0.iter().map(weight).collect::<Option<_>>()?,
    })
}

fn numbers<const N: usize, T>(bytes: &[u8], number: fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|chunk| number(*chunk)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::layout::{Bands, Coded};
    use super::*;

    fn layout(items: usize, amounts: usize, schemes: usize, bands: usize) -> Layout {
        let names = |n: usize| (0..n).map(|at| format!("n{at}")).collect::<Vec<_>>();
        Layout {
            items: names(items).into_iter().map(|item| Coded { item, lowest: -3, width: 5 }).collect(),
            amounts: names(amounts),
            schemes: names(schemes),
            breakdowns: vec![Bands { id: "g".into(), bands: names(bands) }],
            counts_responses: true,
        }
    }

    prop_compose! {
        /// A layout and a cell of it, with counts of any width.
        fn cells()(items in 0..4_usize, amounts in 0..3_usize, schemes in 0..3_usize, bands in 0..4_usize, shift in 0..64_u32)
            (counts in vec(any::<u64>().prop_map(move |count| count >> shift), (items * 5 + 1) * (1 + bands)),
             sums in vec(any::<(i64, i128, i128)>(), amounts * (1 + bands)),
             weights in vec(any::<(i64, i128, i128)>(), schemes * (items * 5 + 1)),
             layout in Just(layout(items, amounts, schemes, bands))) -> (Layout, Cell) {
            let sums = sums.into_iter().map(|(count, sum, squares)| Sum { count, sum, squares });
            let weights = weights.into_iter().map(|(count, sum, squares)| Weight { count, sum, squares });
            let counts = Counts::Longs(counts).narrowest();
            (layout, Cell { counts, sums: sums.collect(), weights: weights.collect() })
        }
    }

    proptest! {
        #[test]
        fn bytes_give_the_cell_back_and_fewer_or_more_give_nothing((layout, cell) in cells(), cut in any::<prop::sample::Index>()) {
            let bytes = encode(&cell);
            prop_assert_eq!(decode(&layout, &bytes), Some(cell));
            prop_assert_eq!(decode(&layout, &bytes[..cut.index(bytes.len())]), None);
            prop_assert_eq!(decode(&layout, &[&bytes[..], &[0]].concat()), None);
        }

        #[test]
        fn a_width_that_there_is_not_gives_nothing((layout, cell) in cells(), width in 0..=u8::MAX) {
            prop_assume!(![1, 2, 4, 8].contains(&width));
            let mut bytes = encode(&cell);
            bytes[0] = width;
            prop_assert_eq!(decode(&layout, &bytes), None);
        }
    }
}
