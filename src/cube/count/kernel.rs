//! The innermost step: the answers of a row become one vector of ones, which is added to the counts of every group that the row is in.
//!
//! Counts are bytes here, so that one instruction adds many of them; whoever adds flushes them before a byte could run over.

/// Places of a group are filled up to a multiple of so many.
const LANES: usize = 32;
/// Bytes of the vectors of one block: they lie in the first-level cache until they are added.
const BLOCK: usize = 6144;
/// Rows that a byte can count.
pub const FULL: usize = u8::MAX as usize;

/// Calls `$function::<S>` where the compiler knows the stride S, which is twice as fast, and `$function::<0>` where it is one of the others.
macro_rules! by_stride {
    ($stride:expr, $object:ident.$function:ident $arguments:tt) => {
        match $stride {
            32 => $object.$function::<32> $arguments,
            64 => $object.$function::<64> $arguments,
            96 => $object.$function::<96> $arguments,
            128 => $object.$function::<128> $arguments,
            160 => $object.$function::<160> $arguments,
            192 => $object.$function::<192> $arguments,
            224 => $object.$function::<224> $arguments,
            256 => $object.$function::<256> $arguments,
            _ => $object.$function::<0> $arguments,
        }
    };
}

/// Returns the stride, known to the compiler or not.
#[inline(always)]
fn stride<const S: usize>(stride: usize) -> usize {
    if S > 0 { S } else { stride }
}

/// The vectors of a block of rows: 1 at the place of each answer, 0 elsewhere.
pub struct Ones {
    stride: usize,
    bytes: Vec<u8>,
}

impl Ones {
    /// Returns the vectors of a block of rows with so many places.
    pub fn new(width: usize) -> Self {
        let stride = width.next_multiple_of(LANES);
        Ones { stride, bytes: vec![0; stride * (BLOCK / stride).clamp(4, FULL)] }
    }

    /// Returns how many rows a block has.
    pub fn rows(&self) -> usize {
        self.bytes.len() / self.stride
    }

    /// Begins a block of so many rows, with a one at `place` in each.
    pub fn begin(&mut self, rows: usize, place: usize) {
        let bytes = self.bytes.get_mut(..rows * self.stride).unwrap_or_default();
        bytes.fill(0);
        bytes.iter_mut().skip(place).step_by(self.stride).for_each(|one| *one = 1);
    }

    /// Sets the place of each row's code, the first of `codes` in the first row; `places` are by the eight bits of a code.
    pub fn mark(&mut self, codes: &[i8], places: &[u16; 256]) {
        by_stride!(self.stride, self.mark_by(codes, places));
    }

    fn mark_by<const S: usize>(&mut self, codes: &[i8], places: &[u16; 256]) {
        for (row, code) in self.bytes.chunks_exact_mut(stride::<S>(self.stride)).zip(codes) {
            if let Some(one) = row.get_mut(usize::from(places[usize::from(code.cast_unsigned())])) {
                *one = 1;
            }
        }
    }

    /// Moves the one of a row to another place.
    pub fn correct(&mut self, row: usize, from: u16, to: u16) {
        for (place, one) in [(from, 0), (to, 1)] {
            if let Some(byte) = self.bytes.get_mut(row * self.stride + usize::from(place)) {
                *byte = one;
            }
        }
    }
}

/// Counts of the groups of one key, since they were flushed.
pub struct Bytes {
    stride: usize,
    counts: Vec<u8>,
    /// A bit for the groups that were added to: the 64th shares that of the first, and so on.
    touched: u64,
}

impl Bytes {
    /// Returns counts of nothing for so many groups.
    pub fn new(groups: usize, width: usize) -> Self {
        let stride = width.next_multiple_of(LANES);
        Bytes { stride, counts: vec![0; groups * stride], touched: 0 }
    }

    /// Adds rows of a block from `first` on, each to the group `start` plus its own of `groups`. At most [`FULL`] rows between two flushes.
    pub fn add(&mut self, ones: &Ones, first: usize, start: usize, groups: &[u16]) {
        by_stride!(self.stride, self.add_by(ones, first, start, groups));
    }

    fn add_by<const S: usize>(&mut self, ones: &Ones, first: usize, start: usize, groups: &[u16]) {
        let stride = stride::<S>(self.stride);
        let rows = ones.bytes.get(first * stride..).unwrap_or_default().chunks_exact(stride);
        let counts = self.counts.get_mut(start * stride..).unwrap_or_default();
        let mut touched = 0;
        for (row, group) in rows.zip(groups) {
            let group = usize::from(*group);
            let counts = counts.get_mut(group * stride..).and_then(|counts| counts.get_mut(..stride));
            for (count, more) in counts.unwrap_or_default().iter_mut().zip(row) {
                *count = count.wrapping_add(*more);
            }
            touched |= 1_u64 << (group % 64);
        }
        self.touched |= touched.rotate_left((start % 64) as u32);
    }

    /// Hands the counts of each group that was added to over, and begins anew. The last of `width` places has a one for every row.
    pub fn flush(&mut self, width: usize, mut take: impl FnMut(usize, &[u8])) {
        let groups = self.counts.len() / self.stride;
        while self.touched != 0 {
            let first = self.touched.trailing_zeros() as usize;
            self.touched &= self.touched - 1;
            for group in (first..groups).step_by(64) {
                let counts = self.counts.get_mut(group * self.stride..(group + 1) * self.stride).unwrap_or_default();
                if counts.get(width - 1).is_some_and(|rows| *rows > 0) {
                    take(group, counts.get(..width).unwrap_or_default());
                    counts.fill(0);
                }
            }
        }
    }
}
