//! What a pass comes to: cells by key.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::Cell;
use super::layout::Layout;
use super::time::Time;
use crate::declare::Root;

/// What a cell is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The tree of areas.
    pub root: Root,
    /// Code of the area in it; none where a response names none.
    pub area: Option<Arc<str>>,
    /// When.
    pub time: Time,
    /// Version of the instrument.
    pub version: Option<Arc<str>>,
    /// Occasion.
    pub occasion: Option<Arc<str>>,
}

/// The cells of one pass, in the order of their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// What lies where in each cell.
    pub layout: Layout,
    /// Rows that were read.
    pub rows: u64,
    /// The cells.
    pub cells: BTreeMap<Key, Cell>,
}
