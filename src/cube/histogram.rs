//! What a pass counts: columns of codes, numbers and weights, all breakdowns side by side.

use super::bands::Breakdown;
use super::layout::{Bands, Coded, Layout};
use crate::declare::{Root, UNREADABLE};

/// A column of codes and where its counts lie.
pub struct Slot {
    /// Name in the cube: an item, the levels of a score, a kind of change.
    pub item: String,
    /// The column of the batches.
    pub column: String,
    /// First place among the counts of a group; the place of a code is this plus the code minus the lowest code.
    pub offset: usize,
    /// How many codes there are from the lowest to the highest.
    pub width: usize,
}

/// A column of numbers that are added up.
pub struct Amount {
    /// Name in the cube: a score, or a score before or after.
    pub item: String,
    /// The column of the batches.
    pub column: String,
}

/// A column of weights, in whole millionths; null is outside the scheme.
pub struct Weighting {
    /// Name of the scheme.
    pub scheme: String,
    /// The column of the batches.
    pub column: String,
}

/// Lowest code: nothing below it is stored.
pub const LOWEST: i8 = UNREADABLE;

impl Slot {
    /// Returns a slot for the codes of a column, up to `highest`.
    pub fn new(item: String, column: String, highest: i8) -> Self {
        let width = usize::try_from(i16::from(highest) - i16::from(LOWEST) + 1).unwrap_or(1);
        Slot { item, column, offset: 0, width }
    }
}

/// Columns that say, besides the areas, which cell a row belongs to: version, occasion, day and how exactly the day is known.
pub const KEYS: [&str; 4] = ["instrument_version", "occasion", "submitted_on", "date_precision"];

/// What a pass counts, and by what.
pub struct Histograms {
    /// The columns of codes.
    pub slots: Vec<Slot>,
    /// The columns of numbers.
    pub amounts: Vec<Amount>,
    /// The columns of weights.
    pub weightings: Vec<Weighting>,
    /// The breakdowns; everybody comes first and is not among them.
    pub breakdowns: Vec<Breakdown>,
    /// Counts of one group: the last one is of responses.
    pub width: usize,
    /// Groups of all breakdowns, everybody included.
    pub groups: usize,
    /// Whether responses themselves are an item.
    pub counts_responses: bool,
    /// The tree of areas that every row is counted by; by another, those rows are that name an area of it.
    pub main_root: Root,
    keys: Vec<String>,
}

impl Histograms {
    /// Lays out what is counted. Each slot gets its place.
    pub fn new(
        main_root: Root,
        mut slots: Vec<Slot>,
        amounts: Vec<Amount>,
        breakdowns: Vec<Breakdown>,
        counts_responses: bool,
    ) -> Self {
        let mut offset = 0;
        for slot in &mut slots {
            slot.offset = offset;
            offset += slot.width;
        }
        let keys = KEYS.into_iter().chain(Root::ALL.map(Root::column)).map(str::to_owned).collect();
        Histograms {
            width: offset + 1,
            groups: 1 + breakdowns.iter().map(|breakdown| breakdown.bands.len()).sum::<usize>(),
            slots,
            amounts,
            weightings: Vec::new(),
            breakdowns,
            counts_responses,
            main_root,
            keys,
        }
    }

    /// Returns the same with the weights of these schemes added up too.
    pub fn weighted(mut self, weightings: Vec<Weighting>) -> Self {
        self.weightings = weightings;
        self
    }

    /// Returns the same for rows that have only these of the key columns; the others are as if they were null.
    pub fn keyed_by(mut self, keys: &[&str]) -> Self {
        self.keys.retain(|key| keys.contains(&key.as_str()));
        self
    }

    /// Says whether rows have this key column.
    pub fn has_key(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key == name)
    }

    /// Returns the columns that the pass reads.
    pub fn columns(&self) -> Vec<String> {
        let mut columns = self.keys.clone();
        let bands = self.breakdowns.iter().flat_map(|breakdown| &breakdown.columns);
        let codes = self.slots.iter().map(|slot| &slot.column);
        let amounts = self.amounts.iter().map(|amount| &amount.column);
        let weights = self.weightings.iter().map(|weighting| &weighting.column);
        for name in bands.chain(codes).chain(amounts).chain(weights) {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        columns
    }

    /// Returns what lies where in the cells.
    pub fn layout(&self) -> Layout {
        let item = |slot: &Slot| Coded { item: slot.item.clone(), lowest: LOWEST, width: slot.width };
        let bands = |breakdown: &Breakdown| Bands { id: breakdown.id.clone(), bands: breakdown.bands.clone() };
        Layout {
            items: self.slots.iter().map(item).collect(),
            amounts: self.amounts.iter().map(|amount| amount.item.clone()).collect(),
            schemes: self.weightings.iter().map(|weighting| weighting.scheme.clone()).collect(),
            breakdowns: self.breakdowns.iter().map(bands).collect(),
            counts_responses: self.counts_responses,
        }
    }
}
