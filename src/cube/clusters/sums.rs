//! Sums over clusters, by area. A cluster in one area adds up like anything else; one in several areas is first put together in each
//! area that holds some of them.

use std::collections::{BTreeMap, HashMap};
use std::ops::AddAssign;

use arrow::array::{AsArray, RecordBatch};

use super::answers::{Answers, ROOTS, Value};
use super::layout::Layout;
use crate::cube::cell::PARTS;
use crate::declare::{EVERYTHING, Root};
use crate::error::{Error, Result};
use crate::names::Names;

/// Where and when a sum is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Number of the period.
    pub span: u32,
    /// Place of the root.
    pub root: usize,
    /// Number of the area; 0 is none.
    pub area: u32,
    /// Number of the occasion.
    pub occasion: u32,
    /// Number of the stratum; 0 is none.
    pub stratum: u32,
}

/// The areas that an area lies in, itself and everything included, by root.
pub struct Areas([HashMap<u32, Vec<u32>>; ROOTS]);

impl Areas {
    /// Reads the columns `root`, `area` and `ancestor` of the tree of areas. Everything is counted by the main root alone.
    pub fn new(tree: &RecordBatch, main_root: usize, names: &mut Names) -> Result<Self> {
        let text = |name: &str| {
            let column = tree.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| Error::Broken(format!("a tree of areas without `{name}`")))
        };
        let (roots, areas, ancestors) = (text("root")?, text("area")?, text("ancestor")?);
        let mut all: [HashMap<u32, Vec<u32>>; ROOTS] = Default::default();
        for row in 0..tree.num_rows() {
            let Some(root) = Root::ALL.iter().position(|root| root.column() == roots.value(row)) else { continue };
            let ancestor = ancestors.value(row);
            if let Some(of_root) = all.get_mut(root).filter(|_| ancestor != EVERYTHING || root == main_root) {
                of_root.entry(names.number(areas.value(row))).or_default().push(names.number(ancestor));
            }
        }
        Ok(Areas(all))
    }

    fn above(&self, root: usize, area: u32) -> &[u32] {
        self.0.get(root).and_then(|areas| areas.get(&area)).map_or(&[], Vec::as_slice)
    }
}

/// Sums over the answers of one cluster to one outcome that stand in one group and one area. Weights and values are millionths, and so are
/// their products; squares have twelve decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Number of the group.
    pub group: u32,
    /// Number of the area.
    pub area: u32,
    /// Answers.
    pub n: i64,
    /// Their weights.
    pub w: i128,
    /// Weight times value.
    pub wy: i128,
    /// Squared weights.
    pub ww: i128,
    /// Weight times squared value.
    pub wyy: i128,
    /// Weight times weight times value.
    pub w_wy: i128,
    /// Squares of weight times value.
    pub wy_wy: i128,
}

impl Part {
    fn new(group: u32, area: u32, weight: i64, value: i64) -> Self {
        let (w, y) = (i128::from(weight), i128::from(value));
        let parts = PARTS as i128;
        let product = w * y;
        let wy = (product + product.signum() * parts / 2) / parts;
        Part { group, area, n: 1, w, wy, ww: w * w, wyy: wy * y, w_wy: w * wy, wy_wy: wy * wy }
    }

    fn merge(&mut self, other: &Part) {
        self.n += other.n;
        self.w += other.w;
        self.wy += other.wy;
        self.ww += other.ww;
        self.wyy += other.wyy;
        self.w_wy += other.w_wy;
        self.wy_wy += other.wy_wy;
    }
}

/// Rows that are few enough to be gone through.
const FEW: usize = 8;

/// Returns the sums of the answers `rows` to an outcome, by group and area of a root. Bands are left out where only everybody is wanted.
pub fn parts(
    layout: &Layout,
    answers: &Answers,
    rows: &[usize],
    counted: usize,
    root: usize,
    everybody: bool,
) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let Some(of) = layout.counted.get(counted) else { return parts };
    // The many answers of a declared cluster are looked up, the few of a person are sooner gone through.
    let mut places = (rows.len() > FEW).then(HashMap::new);
    let mut add = |part: Part| {
        let key = |part: &Part| (part.group, part.area);
        let at = match &mut places {
            Some(places) => Some(*places.entry(key(&part)).or_insert(parts.len())),
            None => parts.iter().position(|known| key(known) == key(&part)),
        };
        match at.and_then(|at| parts.get_mut(at)) {
            Some(known) => known.merge(&part),
            None => parts.push(part),
        }
    };
    for row in rows {
        let Some(answer) = answers.all.get(*row) else { continue };
        let area = answer.areas.get(root).copied().unwrap_or_default();
        let Value::Millionths(value) = answers.value(layout, *row, counted) else { continue };
        // Without an area, only the main root counts a response, in everything.
        if area == 0 && root != layout.main_root {
            continue;
        }
        let mut group = of.first;
        let mut part = Part::new(group, area, answer.weight, value);
        add(part);
        group += 1;
        for breakdown in of.breakdowns.iter().filter(|_| !everybody) {
            part.group = group + u32::from(answers.band(layout, *row, *breakdown));
            add(part);
            group += layout.breakdowns.get(*breakdown).map_or(0, |b| u32::try_from(b.bands.len()).unwrap_or(0));
        }
    }
    parts
}

/// Sums by place and group: those of areas that are still to be added up, and those that were put together above them.
pub struct Sums<C> {
    places: HashMap<Place, u32>,
    list: Vec<Place>,
    /// The place asked for last, and its number: answers come by area.
    last: Option<(Place, u32)>,
    below: HashMap<(u32, u32), C>,
    above: HashMap<(u32, u32), C>,
}

impl<C: Copy + Default + AddAssign> Sums<C> {
    pub fn new() -> Self {
        Sums { places: HashMap::new(), list: Vec::new(), last: None, below: HashMap::new(), above: HashMap::new() }
    }

    fn number(&mut self, place: Place) -> u32 {
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == place) {
            return number;
        }
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let number = *self.places.entry(place).or_insert(next);
        if number == next {
            self.list.push(place);
        }
        self.last = Some((place, number));
        number
    }

    /// Returns the sums of a group in an area.
    pub fn at(&mut self, place: Place, group: u32) -> &mut C {
        let number = self.number(place);
        self.below.entry((number, group)).or_default()
    }

    /// Adds one cluster: `change` says what its part of a group does to the sums of that group.
    pub fn add_cluster(&mut self, areas: &Areas, place: Place, mut parts: Vec<Part>, change: fn(&mut C, &Part)) {
        parts.sort_unstable_by_key(|part| (part.group, part.area));
        for of_group in parts.chunk_by(|one, two| one.group == two.group) {
            if let [part] = of_group {
                change(self.at(Place { area: part.area, ..place }, part.group), part);
                continue;
            }
            let mut together: BTreeMap<u32, Part> = BTreeMap::new();
            for part in of_group {
                for area in areas.above(place.root, part.area) {
                    let known = together.entry(*area).or_insert(Part { group: part.group, ..Part::default() });
                    known.merge(part);
                }
            }
            for (area, part) in together {
                let number = self.number(Place { area, ..place });
                change(self.above.entry((number, part.group)).or_default(), &part);
            }
        }
    }

    /// Returns the sums of every area, with all that lies in it.
    pub fn rolled_up(mut self, areas: &Areas) -> Vec<(Place, u32, C)> {
        for ((place, group), sums) in std::mem::take(&mut self.below) {
            let Some(place) = self.list.get(place as usize).copied() else { continue };
            for area in areas.above(place.root, place.area) {
                let number = self.number(Place { area: *area, ..place });
                *self.above.entry((number, group)).or_default() += sums;
            }
        }
        let all = self.above.into_iter();
        all.filter_map(|((place, group), sums)| Some((*self.list.get(place as usize)?, group, sums))).collect()
    }
}
