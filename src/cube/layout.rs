//! What lies where in a cell of the cube.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// An item, or a score's levels: where the counts of its codes lie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coded {
    /// Its name in the cube.
    pub item: String,
    /// The lowest code that has a place.
    pub lowest: i8,
    /// How many codes have one.
    pub width: usize,
}

/// A breakdown and its bands, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bands {
    /// Name of the group, or of the pair.
    pub id: String,
    /// Names of the bands.
    pub bands: Vec<String>,
}

/// What lies where in a cell: for each group (everybody first, then the bands of every breakdown) the counts of every code of every item and
/// last those of responses; for each group every amount; and for each
/// scheme of weights, of everybody, a place for every code. Kept beside the cube, so that it can be read whatever is declared by then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// What is counted, in order.
    pub items: Vec<Coded>,
    /// What is added up, in order.
    pub amounts: Vec<String>,
    /// Schemes of weights.
    pub schemes: Vec<String>,
    /// The breakdowns; everybody is not among them.
    pub breakdowns: Vec<Bands>,
    /// Whether responses themselves are an item.
    pub counts_responses: bool,
}

impl Layout {
    /// Returns the number of counts of one group.
    pub fn width(&self) -> usize {
        self.items.iter().map(|item| item.width).sum::<usize>() + 1
    }

    /// Returns the number of groups, everybody included.
    pub fn groups(&self) -> usize {
        1 + self.breakdowns.iter().map(|breakdown| breakdown.bands.len()).sum::<usize>()
    }

    /// Returns a short name that two layouts share only if they are the same.
    pub fn id(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
