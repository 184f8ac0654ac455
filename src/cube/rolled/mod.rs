//! Rolling up: cells of areas and times become those of every area above, for the period of a run and for its months.
//!
//! Promises: what stands in a rolled-up table is what the rows of the cube add up to; answers without an area of a tree count in everything,
//! and everything is counted once, by the main root of its instrument. Must never know: which codes an outcome counts.

mod columns;
mod merged;
mod parts;
mod rows;
mod source;
mod table;
mod total;
mod tree;
mod weights;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::Cell;
use super::counted::Key;
use super::layout::Layout;
use super::time::Time;
use crate::declare::Root;
use crate::period::Period;
use columns::Grain;
use parts::Builder;
pub use table::Rolled;
use total::{Addend, Total};
use tree::Spot;
pub use tree::Tree;
use weights::Weights;

/// Between the versions of an instrument that are added up together.
pub const AND: &str = " + ";

/// What of an instrument is rolled up.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The tree that everything is counted by.
    pub main_root: Root,
    /// The versions that are added up together, in order: one list for each table that somebody reads.
    pub versions: Vec<Vec<String>>,
}

/// Adds cells up as they come.
pub struct RollUp {
    period: Period,
    tree: Arc<Tree>,
    wanted: Arc<BTreeMap<String, Wanted>>,
    blocks: BTreeMap<Name, Block>,
    weights: Weights,
}

/// Instrument, part and versions.
type Name = (String, String, String);
/// Occasion of answers.
type Occasion = Option<Arc<str>>;
/// One total for each area that there is one of, by number.
type Slab = Vec<Option<Total>>;

/// What one pass over the versions of an instrument that belong together adds up to.
#[derive(Clone, Debug)]
struct Block {
    main_root: Root,
    layout: Arc<Layout>,
    /// The period, by occasion and area that answers name.
    leaves: BTreeMap<Occasion, Slab>,
    /// Months of everybody, by month and occasion.
    months: BTreeMap<(Time, Occasion), Slab>,
    /// Months of all groups, at detailed levels.
    detailed: BTreeMap<(Time, Occasion), Slab>,
}

/// The cells of one block, rolled up.
struct Done {
    layout: Arc<Layout>,
    period: Vec<Placed>,
    months: Vec<Placed>,
    detailed: Vec<Placed>,
}

/// A cell of an area by number, a month (none for the period) and an occasion.
type Placed = (usize, Option<Time>, Occasion, Cell);

/// What was rolled up of some instruments.
pub struct RolledUp {
    tree: Arc<Tree>,
    blocks: BTreeMap<Name, Done>,
    weights: Weights,
}

/// The tables of what was rolled up.
pub struct Tables {
    /// The period: every area, every group.
    pub period: Rolled,
    /// The months up to its end: every area, everybody.
    pub months: Rolled,
    /// The same months by group, at detailed levels.
    pub detailed: Rolled,
}

impl RollUp {
    /// Begins with nothing. `wanted` says what is read of each instrument; no other is rolled up.
    pub fn new(period: Period, tree: Arc<Tree>, wanted: Arc<BTreeMap<String, Wanted>>) -> Self {
        RollUp { period, tree, wanted, blocks: BTreeMap::new(), weights: Weights::default() }
    }

    /// Adds the cell of one key that the pass `part` over an instrument counted.
    pub fn add(&mut self, instrument: &str, part: &str, layout: &Arc<Layout>, key: &Key, cell: &Cell) {
        let Some(leaf) = self.tree.leaf(key.root, key.area.as_ref()) else { return };
        let Some((wanted, version)) = self.wanted.get(instrument).zip(key.version.as_deref()) else { return };
        let (inside, in_series) = places(self.period, key.time);
        if !inside && !in_series {
            return;
        }
        for versions in wanted.versions.iter().filter(|versions| versions.iter().any(|of| of == version)) {
            let name = (instrument.to_owned(), part.to_owned(), versions.join(AND));
            if in_series {
                self.weights.add(&name, self.tree.above(leaf, wanted.main_root), layout, key, cell);
            }
            let block = self.blocks.entry(name).or_insert_with(|| Block::new(wanted.main_root, layout));
            let other = block.make_room(layout).then(|| merged::placed(cell, layout, &block.layout));
            let cell = other.as_ref().unwrap_or(cell);
            if inside {
                let slab = block.leaves.entry(key.occasion.clone());
                let slab = slab.or_insert_with(|| vec![None; self.tree.leaves()]);
                put(slab, leaf, &Addend::all(cell));
            }
            if in_series {
                block.add_to_months(&self.tree, leaf, &(key.time, key.occasion.clone()), cell);
            }
        }
    }

    /// Adds up what areas above still lack.
    pub fn finish(self) -> RolledUp {
        let tree = self.tree;
        let blocks = self.blocks.into_iter().map(|(name, block)| (name, block.finish(&tree))).collect();
        RolledUp { tree, blocks, weights: self.weights }
    }
}

/// Says whether a time counts in the period, and whether it is a month of the series up to its end. The month that is the period itself is
/// none: it stands in the table of the period.
fn places(period: Period, time: Time) -> (bool, bool) {
    let Some((starts, ends)) = period.range() else { return (true, matches!(time, Time::Month(_))) };
    let Some((first, after)) = time.range() else { return (false, false) };
    let is_period = matches!(period, Period::Month(month) if month == first);
    (starts <= first && after <= ends, matches!(time, Time::Month(_)) && after <= ends && !is_period)
}

impl RolledUp {
    /// Takes in what was rolled up of other instruments over the same tree.
    pub fn extend(&mut self, other: RolledUp) {
        self.blocks.extend(other.blocks);
        self.weights.extend(other.weights);
    }

    /// Returns the tables.
    pub fn tables(self) -> Tables {
        let tree = &self.tree;
        let [mut period, mut months, mut detailed] = std::array::from_fn(|_| Builder::new(tree));
        for ((instrument, _, versions), done) in self.blocks {
            let layout = done.layout.as_ref();
            let everybody = Layout { breakdowns: Vec::new(), ..layout.clone() };
            period.add(&instrument, &versions, layout.clone(), done.period);
            months.add(&instrument, &versions, everybody, done.months);
            detailed.add(&instrument, &versions, layout.clone(), done.detailed);
        }
        Tables {
            period: Rolled::new(Grain::Period, period.finish()),
            months: Rolled::new(Grain::Months, months.finish()),
            detailed: Rolled::new(Grain::Groups, detailed.finish()),
        }
    }
}

impl Block {
    fn new(main_root: Root, layout: &Arc<Layout>) -> Self {
        let layout = layout.clone();
        Block { main_root, layout, leaves: BTreeMap::new(), months: BTreeMap::new(), detailed: BTreeMap::new() }
    }

    /// Makes room for the cells of a layout; true where they have other places in it.
    fn make_room(&mut self, layout: &Arc<Layout>) -> bool {
        if Arc::ptr_eq(layout, &self.layout) || **layout == *self.layout {
            return false;
        }
        let both = merged::both(&self.layout, layout);
        if both != *self.layout {
            let everybody = |layout: &Layout| Layout { breakdowns: Vec::new(), ..layout.clone() };
            let (old, both) = (self.layout.clone(), Arc::new(both));
            let (old_everybody, everybody) = (everybody(&old), everybody(&both));
            let all = self.leaves.values_mut().chain(self.detailed.values_mut());
            all.flatten().flatten().for_each(|total| total.place(&old, &both));
            let months = self.months.values_mut();
            months.flatten().flatten().for_each(|total| total.place(&old_everybody, &everybody));
            self.layout = both;
        }
        *self.layout != **layout
    }

    fn add_to_months(&mut self, tree: &Tree, leaf: usize, when: &(Time, Occasion), cell: &Cell) {
        let everybody = Addend::first(cell, self.layout.width(), self.layout.amounts.len());
        let months = self.months.entry(when.clone()).or_insert_with(|| vec![None; tree.spots.len()]);
        for (spot, _) in tree.above(leaf, self.main_root) {
            put(months, spot, &everybody);
        }
        let mut detailed = tree.above(leaf, self.main_root).filter(|(_, spot)| spot.detailed).peekable();
        if detailed.peek().is_some() {
            let all = Addend::all(cell);
            let slab = self.detailed.entry(when.clone()).or_insert_with(|| vec![None; tree.spots.len()]);
            detailed.for_each(|(spot, _)| put(slab, spot, &all));
        }
    }

    fn finish(self, tree: &Tree) -> Done {
        let main_root = self.main_root;
        let leaves = self.leaves.into_iter();
        let period = leaves.map(|(occasion, leaves)| ((None, occasion), rolled_up(tree, main_root, leaves)));
        let timed = |slabs: BTreeMap<(Time, Occasion), Slab>| {
            slabs.into_iter().map(|((time, occasion), slab)| ((Some(time), occasion), slab))
        };
        Done {
            layout: self.layout,
            period: placed(period),
            months: placed(timed(self.months)),
            detailed: placed(timed(self.detailed)),
        }
    }
}

fn placed(slabs: impl Iterator<Item = ((Option<Time>, Occasion), Slab)>) -> Vec<Placed> {
    let of_slab = |((time, occasion), slab): ((Option<Time>, Occasion), Slab)| {
        let totals = slab.into_iter().enumerate();
        totals.filter_map(move |(spot, total)| Some((spot, time, occasion.clone(), total?.cell())))
    };
    slabs.flat_map(of_slab).collect()
}

fn put(slab: &mut Slab, at: usize, cell: &Addend<'_>) {
    match slab.get_mut(at) {
        Some(Some(total)) => total.add(cell),
        Some(none) => *none = Some(Total::of(cell)),
        None => (),
    }
}

/// Adds areas that answers name to those above them. First over time, then over areas: an area lies in several others.
fn rolled_up(tree: &Tree, main_root: Root, leaves: Slab) -> Slab {
    let mut slab: Slab = vec![None; tree.spots.len()];
    for (leaf, total) in leaves.into_iter().enumerate() {
        let Some(total) = total else { continue };
        // One of the areas that have nothing yet, as a rule the area itself, takes the total as it is.
        let mut vacant = None;
        for (spot, _) in tree.above(leaf, main_root) {
            match slab.get_mut(spot) {
                Some(Some(sum)) => sum.add(&Addend::total(&total)),
                Some(None) if vacant.is_none() => vacant = Some(spot),
                Some(none) => *none = Some(total.clone()),
                None => (),
            }
        }
        if let Some(none) = vacant.and_then(|spot| slab.get_mut(spot)) {
            *none = Some(total);
        }
    }
    slab
}

#[cfg(test)]
mod tests;
