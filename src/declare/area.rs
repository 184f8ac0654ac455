//! Levels of areas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::instrument::Root;
use super::text::Text;

/// The file `measures/areas.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AreaFile {
    /// The levels, each root's smallest first.
    pub levels: Vec<Level>,
}

/// A level of areas, such as practice, network or place.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Name in tables.
    pub id: String,
    /// The tree it belongs to.
    pub root: Root,
    /// One of them, in words.
    pub title: Text,
    /// Several of them, in words.
    pub plural: Text,
    /// Whether groups are also followed from month to month here, and looked at two at a time: for levels with many answers.
    #[serde(default)]
    pub detailed: bool,
}

/// Code and level of everything that landed, with or without an area.
pub const EVERYTHING: &str = "all";
