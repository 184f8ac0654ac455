//! One cell of the cube: the counts and sums of one area, time and occasion, for every group and item.

/// Numbers of one unit are counted in so many parts.
pub const PARTS: f64 = 1e6;

/// Numbers added up: in millionths and their squares, so that sums are exact and the order of adding does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many numbers.
    pub count: i64,
    /// Their sum in millionths.
    pub sum: i128,
    /// The sum of the squares of the millionths.
    pub squares: i128,
}

/// Weights of responses with one answer, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// How many are above zero.
    pub count: i64,
    /// Their sum.
    pub sum: i128,
    /// The sum of their squares.
    pub squares: i128,
}

/// Counts in the narrowest whole numbers that hold them all: a cell has thousands of them, and most are small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counts {
    /// All under 2^8.
    Bytes(Vec<u8>),
    /// All under 2^16.
    Shorts(Vec<u16>),
    /// All under 2^32.
    Words(Vec<u32>),
    /// Any.
    Longs(Vec<u64>),
}

/// What is counted and added up for one key. See `Layout` for what lies where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// `groups` times `width` counts.
    pub counts: Counts,
    /// `groups` times as many sums as there are amounts.
    pub sums: Vec<Sum>,
    /// `width` weights for each scheme, of everybody: what is weighted by group needs single responses (see `clusters`), and a cell would be
    /// a hundred times as large.
    pub weights: Vec<Weight>,
}

impl Sum {
    /// Adds one number, given in millionths.
    pub fn add(&mut self, millionths: i64) {
        self.count += 1;
        self.sum += i128::from(millionths);
        self.squares += i128::from(millionths) * i128::from(millionths);
    }

    /// Adds numbers that were added up.
    pub fn plus(&mut self, other: &Sum) {
        self.add_times(other, 1);
    }

    fn add_times(&mut self, other: &Sum, sign: i64) {
        self.count += sign * other.count;
        self.sum += i128::from(sign) * other.sum;
        self.squares += i128::from(sign) * other.squares;
    }
}

impl Weight {
    /// Adds one weight, given in millionths.
    pub fn add(&mut self, millionths: i64) {
        self.count += i64::from(millionths > 0);
        self.sum += i128::from(millionths);
        self.squares += i128::from(millionths) * i128::from(millionths);
    }

    /// Adds weights that were added up.
    pub fn plus(&mut self, other: &Weight) {
        self.add_times(other, 1);
    }

    fn add_times(&mut self, other: &Weight, sign: i64) {
        self.count += sign * other.count;
        self.sum += i128::from(sign) * other.sum;
        self.squares += i128::from(sign) * other.squares;
    }
}

/// Runs `$body` with the counts of `$counts` as a slice or vector called `$of`, whatever their width.
macro_rules! each_width {
    ($counts:expr, $of:ident => $body:expr) => {
        match $counts {
            Counts::Bytes($of) => $body,
            Counts::Shorts($of) => $body,
            Counts::Words($of) => $body,
            Counts::Longs($of) => $body,
        }
    };
}

#[expect(clippy::useless_conversion, reason = "the widest counts are `u64` already")]
impl Counts {
    /// Returns so many counts of nothing.
    pub fn none(places: usize) -> Self {
        Counts::Bytes(vec![0; places])
    }

    /// Returns how many there are.
    pub fn len(&self) -> usize {
        each_width!(self, counts => counts.len())
    }

    /// Says whether nothing was counted.
    pub fn is_zero(&self) -> bool {
        each_width!(self, counts => counts.iter().all(|count| *count == 0))
    }

    /// Returns the count at a place; 0 outside.
    pub fn get(&self, place: usize) -> u64 {
        each_width!(self, counts => counts.get(place).map_or(0, |count| u64::from(*count)))
    }

    /// Adds counts from the place `first` on, widening where one does not hold its sum. What would lie outside is not added.
    pub fn add_at<T: Copy + Into<u64>>(&mut self, first: usize, more: &[T]) {
        while !self.try_add(first, more) {
            self.widen();
        }
    }

    /// Adds counts; false, and nothing is added, where one would run over.
    fn try_add<T: Copy + Into<u64>>(&mut self, first: usize, more: &[T]) -> bool {
        each_width!(self, counts => {
            let counts = counts.get_mut(first..).unwrap_or_default();
            // One loop without a way out, so that many are added at a time; it seldom has to be taken back.
            let mut over = false;
            for (count, more) in counts.iter_mut().zip(more) {
                let more: u64 = (*more).into();
                let cut = more as _;
                *count = count.wrapping_add(cut);
                over |= (*count < cut) | (u64::from(cut) != more);
            }
            if over {
                for (count, more) in counts.iter_mut().zip(more) {
                    *count = count.wrapping_sub((*more).into() as _);
                }
            }
            !over
        })
    }

    /// Adds all counts of another cell of the same layout.
    pub fn add(&mut self, other: &Counts) {
        each_width!(other, more => self.add_at(0, more));
    }

    /// Takes all counts of another cell of the same layout off; false, and nothing is taken, where more would be taken than there is.
    pub fn subtract(&mut self, other: &Counts) -> bool {
        each_width!(self, counts => each_width!(other, less => {
            if counts.iter().zip(less).any(|(count, less)| u64::from(*count) < u64::from(*less)) {
                return false;
            }
            for (count, less) in counts.iter_mut().zip(less) {
                *count = count.wrapping_sub(*less as _);
            }
        }));
        true
    }

    /// Adds the counts from the place `first` on to `sums`.
    pub fn add_to(&self, first: usize, sums: &mut [u64]) {
        each_width!(self, counts => {
            for (sum, count) in sums.iter_mut().zip(counts.iter().skip(first)) {
                *sum += u64::from(*count);
            }
        });
    }

    /// Brings the counts to the narrowest width that holds them: equal counts are then equal cells, whatever way they came by.
    pub fn narrowest(self) -> Self {
        let most = match &self {
            // There is nothing narrower.
            Counts::Bytes(_) => return self,
            wide => each_width!(wide, counts => counts.iter().copied().max().unwrap_or(0).into()),
        };
        let mut narrow = Counts::none(self.len());
        while !narrow.holds(most) {
            narrow.widen();
        }
        if std::mem::discriminant(&narrow) == std::mem::discriminant(&self) {
            return self;
        }
        narrow.add(&self);
        narrow
    }

    fn holds(&self, count: u64) -> bool {
        match self {
            Counts::Bytes(_) => u8::try_from(count).is_ok(),
            Counts::Shorts(_) => u16::try_from(count).is_ok(),
            Counts::Words(_) => u32::try_from(count).is_ok(),
            Counts::Longs(_) => true,
        }
    }

    fn widen(&mut self) {
        *self = match self {
            Counts::Bytes(counts) => Counts::Shorts(counts.iter().map(|count| u16::from(*count)).collect()),
            Counts::Shorts(counts) => Counts::Words(counts.iter().map(|count| u32::from(*count)).collect()),
            Counts::Words(counts) => Counts::Longs(counts.iter().map(|count| u64::from(*count)).collect()),
            Counts::Longs(counts) => Counts::Longs(std::mem::take(counts)),
        };
    }
}

impl Cell {
    /// Returns an empty cell of a layout with so many counts, sums and weights.
    pub fn new(counts: usize, sums: usize, weights: usize) -> Self {
        Cell {
            counts: Counts::none(counts),
            sums: vec![Sum::default(); sums],
            weights: vec![Weight::default(); weights],
        }
    }

    /// Adds a cell of the same layout.
    pub fn add(&mut self, other: &Cell) {
        self.counts.add(&other.counts);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| sum.plus(more));
        self.weights.iter_mut().zip(&other.weights).for_each(|(weight, more)| weight.plus(more));
    }

    /// Takes a cell of the same layout off; false where it held more than this one.
    pub fn subtract(&mut self, other: &Cell) -> bool {
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, less)| sum.add_times(less, -1));
        self.weights.iter_mut().zip(&other.weights).for_each(|(weight, less)| weight.add_times(less, -1));
        self.counts.subtract(&other.counts)
            && self.sums.iter().all(|sum| sum.count >= 0)
            && self.weights.iter().all(|weight| weight.sum >= 0)
    }

    /// Says whether nothing was counted or added up.
    pub fn is_zero(&self) -> bool {
        self.counts.is_zero() && self.sums.iter().all(|sum| sum.count == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_of_zero_is_added_and_not_counted() {
        let mut weight = Weight::default();
        [0, 3, 4].into_iter().for_each(|millionths| weight.add(millionths));
        assert_eq!(weight, Weight { count: 2, sum: 7, squares: 25 });
        let twice = Weight { count: 4, sum: 14, squares: 50 };
        weight.plus(&weight.clone());
        assert_eq!(weight, twice);
    }
}
