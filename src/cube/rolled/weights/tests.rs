//! Weights by month are what naive code adds up, one weight after the other.

use std::collections::HashSet;

use arrow::array::{Array, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{Decimal128Type, Int8Type, Int64Type};
use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::{RollUp, Tree, Wanted};
use super::*;
use crate::cube::layout::{Bands, Coded};
use crate::declare::Root;

/// Root, area, ancestor and its level: A lies in two places, and answers may name no area.
const TREE: [[&str; 4]; 11] = [
    ["practice", "A", "A", "practice"],
    ["practice", "A", "P", "place"],
    ["practice", "A", "Q", "place"],
    ["practice", "A", "all", "all"],
    ["practice", "B", "B", "practice"],
    ["practice", "B", "Q", "place"],
    ["practice", "B", "all", "all"],
    ["practice", "", "all", "all"],
    ["home", "H", "H", "home"],
    ["home", "H", "all", "all"],
    ["home", "", "all", "all"],
];

/// Versions 1, 2 and 3: with two schemes, with the same two and another item before in other codes, and without any.
fn layouts() -> [Layout; 3] {
    let coded = |item: &str, lowest, width| Coded { item: item.into(), lowest, width };
    let bands = |id: &str, of: &[&str]| Bands { id: id.into(), bands: of.iter().map(|of| (*of).to_owned()).collect() };
    let first = Layout {
        items: vec![coded("fine", -3, 6), coded("seen", 0, 2)],
        schemes: vec!["survey".into(), "other".into()],
        breakdowns: vec![bands("sex", &["f", "m"])],
        counts_responses: true,
        ..Layout::default()
    };
    let second = Layout {
        items: vec![coded("late", 1, 1), coded("fine", -1, 5)],
        schemes: vec!["other".into(), "survey".into()],
        breakdowns: vec![bands("age", &["old"]), bands("sex", &["f"])],
        ..first.clone()
    };
    let third = Layout { schemes: Vec::new(), ..first.clone() };
    [first, second, third]
}

/// What every place of a layout's weights is of: scheme, item and code.
fn places(layout: &Layout) -> Vec<(String, String, i8)> {
    let mut places = Vec::new();
    for scheme in &layout.schemes {
        for item in &layout.items {
            for at in 0..item.width {
                places.push((scheme.clone(), item.item.clone(), item.lowest + at as i8));
            }
        }
        places.push((scheme.clone(), "responses".into(), 0));
    }
    places
}

/// One weight: instrument, version, area of the tree, month, occasion, place in the cell (modulo how many there are) and millionths.
type Weighed = (usize, usize, usize, u32, Option<bool>, usize, i64);

fn weighed() -> impl Strategy<Value = Vec<Weighed>> {
    let millionths = prop_oneof![Just(0), Just(1), Just(1_000_000_000_000), 1..5_000_000_i64];
    prop::collection::vec(
        (0..2_usize, 0..3_usize, 0..TREE.len(), 1..5_u32, any::<Option<bool>>(), 0..1000_usize, millionths),
        0..60,
    )
}

fn month(month: u32) -> Time {
    Time::Month(NaiveDate::from_ymd_opt(2026, month, 1).unwrap())
}

fn occasion(of: Option<bool>) -> Occasion {
    of.map(|before| if before { "before".into() } else { "after".into() })
}

fn key(weight: &Weighed) -> (Layout, Key) {
    let (_, version, area, at, of, ..) = weight;
    let [root, area, ..] = TREE[*area];
    let key = Key {
        root: if root == "home" { Root::Home } else { Root::Practice },
        area: (!area.is_empty()).then(|| area.into()),
        time: month(*at),
        version: Some((version + 1).to_string().into()),
        occasion: occasion(*of),
    };
    (layouts()[*version].clone(), key)
}

fn rolled_up(weights: &[Weighed], period: &str) -> RecordBatch {
    let column = |at: usize| Arc::new(TREE.iter().map(|row| Some(row[at])).collect::<StringArray>()) as ArrayRef;
    let names = ["root", "area", "ancestor", "ancestor_level"].into_iter().enumerate();
    let tree = RecordBatch::try_from_iter(names.map(|(at, name)| (name, column(at)))).unwrap();
    let tree = Arc::new(Tree::new(&tree, &HashSet::from(["place"])).unwrap());
    let versions = [&["1"][..], &["1", "2", "3"]];
    let versions = versions.map(|of| of.iter().map(|of| (*of).to_owned()).collect()).to_vec();
    let wanted = ["q", "r"].map(|id| (id.to_owned(), Wanted { main_root: Root::Practice, versions: versions.clone() }));
    let wanted = Arc::new(BTreeMap::from(wanted));
    let period = period.parse().unwrap();
    let mut all = RollUp::new(period, tree.clone(), wanted.clone()).finish();
    for (at, instrument) in ["q", "r"].into_iter().enumerate() {
        let mut roll_up = RollUp::new(period, tree.clone(), wanted.clone());
        for weight in weights.iter().filter(|weight| weight.0 == at) {
            // A cell for each weight: keys come more than once, as they do from several files.
            let (layout, key) = key(weight);
            let n = layout.groups() * layout.width();
            let mut cell = Cell::new(n, 0, layout.width() * layout.schemes.len());
            if !cell.weights.is_empty() {
                let place = weight.5 % cell.weights.len();
                cell.weights[place].add(weight.6);
            }
            roll_up.add(instrument, "items", &Arc::new(layout), &key, &cell);
        }
        all.extend(roll_up.finish());
    }
    all.month_weights().unwrap()
}

/// Texts of a row, in the order of the columns.
type Texts = [String; 9];

fn read(batch: &RecordBatch) -> BTreeMap<(Texts, i8), (i64, i128, i128)> {
    let names = ["instrument", "versions", "item", "root", "area", "area_level", "period", "occasion", "weighting"];
    let texts = names.map(|name| cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap());
    let mut rows = BTreeMap::new();
    for row in 0..batch.num_rows() {
        let key = texts.each_ref().map(|column| {
            let column = column.as_string::<i32>();
            if column.is_valid(row) { column.value(row).to_owned() } else { String::new() }
        });
        let [codes, n, w, ww] =
            ["codes", "n", "w", "ww"].map(|name| batch.column_by_name(name).unwrap().as_list::<i32>().value(row));
        assert!(!codes.is_empty(), "a row of nothing: {key:?}");
        for at in 0..codes.len() {
            let decimal = |of: &ArrayRef| of.as_primitive::<Decimal128Type>().value(at);
            let sums = (n.as_primitive::<Int64Type>().value(at), decimal(&w), decimal(&ww));
            let code = codes.as_primitive::<Int8Type>().value(at);
            assert_eq!(rows.insert((key.clone(), code), sums), None, "twice: {key:?}");
        }
    }
    rows
}

/// Adds every weight of everybody up by itself; `months` are those of the series.
fn naive(weights: &[Weighed], months: &[u32]) -> BTreeMap<(Texts, i8), (i64, i128, i128)> {
    let mut sums = BTreeMap::new();
    for weight in weights.iter().filter(|weight| months.contains(&weight.3) && weight.6 > 0) {
        let [of_root, of_area, ..] = TREE[weight.2];
        let places = places(&layouts()[weight.1]);
        let Some((scheme, item, code)) = places.get(weight.5 % places.len().max(1)) else { continue };
        for [root, area, ancestor, level] in TREE {
            // Everything is counted once, by the main root.
            if (root, area) != (of_root, of_area) || (ancestor == "all" && root != "practice") {
                continue;
            }
            let added = if weight.1 == 0 { &["1", "1 + 2 + 3"][..] } else { &["1 + 2 + 3"] };
            for versions in added {
                let occasion = occasion(weight.4).unwrap_or_default();
                let period = format!("2026-0{}", weight.3);
                let key = [["q", "r"][weight.0], versions, item, root, ancestor, level, &period, &occasion, scheme];
                let sum: &mut (i64, i128, i128) = sums.entry((key.map(str::to_owned), *code)).or_default();
                sum.0 += 1;
                sum.1 += i128::from(weight.6);
                sum.2 += i128::from(weight.6).pow(2);
            }
        }
    }
    sums
}

proptest! {
    #[test]
    fn months_are_what_weights_add_up_to_one_by_one(weights in weighed()) {
        // The month that is the period itself stands with the period.
        for (period, months) in [("all", &[1, 2, 3, 4][..]), ("12m-to-2026-03", &[1, 2, 3]), ("2026-03", &[1, 2])] {
            prop_assert_eq!(read(&rolled_up(&weights, period)), naive(&weights, months), "{}", period);
        }
    }
}

#[test]
fn sums_are_exact_where_they_fill_more_than_eight_bytes() {
    let largest = i128::from(1_000_000_000_000_i64);
    let n = 20_000_000;
    let layout = Layout { counts_responses: true, schemes: vec!["survey".into()], ..Layout::default() };
    let weight = Weight { count: n, sum: largest * i128::from(n), squares: largest.pow(2) * i128::from(n) };
    let cell = Cell { weights: vec![weight], ..Cell::new(1, 0, 1) };
    let name = ["q", "items", "1"].map(str::to_owned).into();
    let spot = Spot { root: Root::Practice, area: "all".into(), level: "all".into(), detailed: true };
    let key = Key { root: Root::Practice, area: None, time: month(1), version: None, occasion: None };
    let mut weights = Weights::default();
    for _ in 0..2 {
        weights.add(&name, [(0, &spot)].into_iter(), &layout, &key, &cell);
    }
    let rows = read(&weights.rows(std::slice::from_ref(&spot)).unwrap());
    assert_eq!(rows.into_values().collect::<Vec<_>>(), [(2 * n, 2 * weight.sum, 2 * weight.squares)]);
    assert!(i64::try_from(weight.sum).is_err());
}
