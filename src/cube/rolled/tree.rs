//! Which areas lie in which, by number.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};

use crate::declare::{EVERYTHING, Root};
use crate::error::{Error, Result};

/// An area that others are added up to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    /// The tree that it is of.
    pub root: Root,
    /// Its code.
    pub area: Arc<str>,
    /// Its level.
    pub level: Arc<str>,
    /// Whether groups are followed from month to month here.
    pub detailed: bool,
}

/// For each area that answers name, the areas that it lies in.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// All areas that others lie in, by number.
    pub spots: Vec<Spot>,
    leaves: HashMap<(Root, Arc<str>), usize>,
    above: Vec<Vec<usize>>,
}

impl Tree {
    /// Reads the columns `root`, `area`, `ancestor` and `ancestor_level`. `detailed` are the levels where groups are followed by month.
    pub fn new(tree: &RecordBatch, detailed: &HashSet<&str>) -> Result<Self> {
        let text = |name: &str| -> Result<&StringArray> {
            let column = tree.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| Error::Broken(format!("a tree of areas without `{name}`")))
        };
        let [roots, areas] = [text("root")?, text("area")?];
        let [ancestors, levels] = [text("ancestor")?, text("ancestor_level")?];
        let mut made = Tree::default();
        let mut numbers: HashMap<Spot, usize> = HashMap::new();
        for row in (0..tree.num_rows()).filter(|row| !areas.is_null(*row)) {
            let Some(root) = Root::ALL.into_iter().find(|root| root.column() == roots.value(row)) else { continue };
            let level = levels.value(row);
            let spot = Spot {
                root,
                area: ancestors.value(row).into(),
                level: level.into(),
                detailed: detailed.contains(level) || level == EVERYTHING,
            };
            let number = *numbers.entry(spot.clone()).or_insert_with(|| {
                made.spots.push(spot);
                made.spots.len() - 1
            });
            let leaf = *made.leaves.entry((root, areas.value(row).into())).or_insert_with(|| {
                made.above.push(Vec::new());
                made.above.len() - 1
            });
            if let Some(above) = made.above.get_mut(leaf) {
                above.push(number);
            }
        }
        Ok(made)
    }

    /// Returns the number of an area that answers name; none where the tree does not have it.
    pub fn leaf(&self, root: Root, area: Option<&Arc<str>>) -> Option<usize> {
        let area = area.map_or_else(|| Arc::from(""), Arc::clone);
        self.leaves.get(&(root, area)).copied()
    }

    /// Returns how many areas answers name.
    pub fn leaves(&self) -> usize {
        self.above.len()
    }

    /// Returns the areas that one lies in, for answers whose instrument counts everything by `main_root`.
    pub fn above(&self, leaf: usize, main_root: Root) -> impl Iterator<Item = (usize, &Spot)> {
        let above = self.above.get(leaf).map_or(&[][..], Vec::as_slice);
        let spots = above.iter().filter_map(|number| Some((*number, self.spots.get(*number)?)));
        spots.filter(move |(_, spot)| spot.root == main_root || &*spot.area != EVERYTHING)
    }
}
