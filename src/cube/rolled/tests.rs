//! What is rolled up is what rows of items come to, added up by code that knows no shortcut.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int8Type, Int64Type};
use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::cell::{Counts, Sum};
use super::super::layout::{Bands, Coded};
use super::*;
use crate::session::session;

fn day(year: i32, month: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap()
}

/// Versions have places of their own: the second asks another item, has more codes of the first and its bands in another order.
fn layouts() -> [Arc<Layout>; 2] {
    let coded = |item: &str, lowest, width| Coded { item: item.into(), lowest, width };
    let bands =
        |id: &str, bands: &[&str]| Bands { id: id.into(), bands: bands.iter().map(|of| (*of).into()).collect() };
    let first = Layout {
        items: vec![coded("a", -3, 5), coded("b", -3, 4)],
        amounts: vec!["score".into()],
        schemes: Vec::new(),
        breakdowns: vec![bands("sex", &["f", "m"])],
        counts_responses: true,
    };
    let second = Layout {
        items: vec![coded("c", 0, 2), coded("a", -1, 5)],
        amounts: vec!["other".into(), "score".into()],
        breakdowns: vec![bands("age", &["old"]), bands("sex", &["m", "x", "f"])],
        ..first.clone()
    };
    [Arc::new(first), Arc::new(second)]
}

/// A and B lie in P, A in Q as well; C lies in everything only. H is of another tree.
fn tree() -> Tree {
    let rows = [
        ("practice", "A", "A", "practice"),
        ("practice", "A", "P", "place"),
        ("practice", "A", "Q", "network"),
        ("practice", "A", "all", "all"),
        ("practice", "B", "B", "practice"),
        ("practice", "B", "P", "place"),
        ("practice", "B", "all", "all"),
        ("practice", "C", "all", "all"),
        ("practice", "", "all", "all"),
        ("home", "H", "H", "home"),
        ("home", "H", "all", "all"),
        ("home", "", "all", "all"),
    ];
    let column = |of: fn(&(&'static str, &'static str, &'static str, &'static str)) -> &'static str| {
        Arc::new(rows.iter().map(|row| Some(of(row))).collect::<StringArray>()) as ArrayRef
    };
    let batch = RecordBatch::try_from_iter([
        ("root", column(|row| row.0)),
        ("area", column(|row| row.1)),
        ("ancestor", column(|row| row.2)),
        ("ancestor_level", column(|row| row.3)),
    ]);
    Tree::new(&batch.unwrap(), &HashSet::from(["place"])).unwrap()
}

fn wanted() -> BTreeMap<String, Wanted> {
    let versions = [&["1"][..], &["1", "2"], &["2"]].map(|of| of.iter().map(|of| (*of).to_owned()).collect());
    BTreeMap::from([("q".into(), Wanted { main_root: Root::Practice, versions: versions.into() })])
}

fn times() -> [Time; 6] {
    [
        Time::Month(day(2026, 1)),
        Time::Month(day(2026, 2)),
        Time::Month(day(2026, 5)),
        Time::Quarter(day(2026, 1)),
        Time::Year(day(2025, 4)),
        Time::Undated,
    ]
}

fn periods() -> [Period; 4] {
    ["2026-02", "2026/27-Q1", "12m-to-2026-03", "all"].map(|period| period.parse().unwrap())
}

prop_compose! {
    /// Counts of all widths, many of them zero, and sums of either sign.
    fn cell(layout: Arc<Layout>)
        (counts in prop::collection::vec(prop_oneof![4 => Just(0_u64), 3 => 1..300_u64, 1 => 60_000..70_000_u64, 1 => Just(u64::from(u32::MAX))],
            layout.width() * layout.groups()),
         sums in prop::collection::vec(prop::option::of(-9_999_999..9_999_999_i64), layout.amounts.len() * layout.groups()))
        -> Cell {
        let of = |value: Option<i64>| {
            let mut sum = Sum::default();
            value.into_iter().for_each(|value| sum.add(value));
            sum
        };
        Cell { counts: Counts::Longs(counts).narrowest(), sums: sums.into_iter().map(of).collect(), weights: Vec::new() }
    }
}

type Counted = (usize, Key, Cell);

fn counted() -> impl Strategy<Value = Vec<Counted>> {
    let key = (0..2_usize, 0..2_usize, 0..6_usize, 0..6_usize, prop::option::of(0..2_u8));
    let one = key.prop_flat_map(|(version, root, area, time, occasion)| {
        let areas = [None, Some("A"), Some("B"), Some("C"), Some("H"), Some("unknown")];
        let key = Key {
            root: [Root::Practice, Root::Home][root],
            area: areas[area].map(Arc::from),
            time: times()[time],
            version: Some(["1", "2"][version].into()),
            occasion: occasion.map(|of| Arc::from(format!("o{of}"))),
        };
        cell(layouts()[version].clone()).prop_map(move |cell| (version, key.clone(), cell))
    });
    prop::collection::vec(one, 0..12)
}

/// Versions, item, root, area, level, month, occasion, breakdown, band, and the code where it is a count.
type Row = ([String; 9], Option<i64>);
/// A count; or how many numbers, their sum and the sum of squares.
type Added = [i128; 3];

/// Adds the rows of one cell up, for each group that is wanted.
fn add_rows(rows: &mut BTreeMap<Row, Added>, layout: &Layout, cell: &Cell, keys: &[String; 6], everybody_only: bool) {
    let [versions, root, area, level, month, occasion] = keys;
    let all = [("none", "all")].into_iter();
    let groups = layout.breakdowns.iter().flat_map(|of| of.bands.iter().map(|band| (of.id.as_str(), band.as_str())));
    for (group, (breakdown, band)) in all.chain(groups).enumerate().filter(|(group, _)| *group == 0 || !everybody_only)
    {
        let mut add = |item: &str, code: Option<i64>, added: Added| {
            let of = [versions, item, root, area, level, month, occasion, breakdown, band].map(str::to_owned);
            if added[0] > 0 {
                let sum = rows.entry((of, code)).or_default();
                sum.iter_mut().zip(added).for_each(|(sum, more)| *sum += more);
            }
        };
        let mut place = group * layout.width();
        for coded in &layout.items {
            for at in 0..coded.width {
                let code = i64::from(coded.lowest) + at as i64;
                add(&coded.item, Some(code), [i128::from(cell.counts.get(place)), 0, 0]);
                place += 1;
            }
        }
        add("responses", Some(0), [i128::from(cell.counts.get(place)), 0, 0]);
        for (at, amount) in layout.amounts.iter().enumerate() {
            let sum = cell.sums[group * layout.amounts.len() + at];
            add(amount, None, [i128::from(sum.count), sum.sum, sum.squares]);
        }
    }
}

/// Returns the rows of the three tables as they should be.
fn naively(cells: &[Counted], period: Period) -> [BTreeMap<Row, Added>; 3] {
    let mut tables: [BTreeMap<Row, Added>; 3] = Default::default();
    for (version, key, cell) in cells {
        let area = key.area.as_deref().unwrap_or("");
        let above: &[(&str, &str)] = match (key.root, area) {
            (Root::Practice, "A") => &[("A", "practice"), ("P", "place"), ("Q", "network"), ("all", "all")],
            (Root::Practice, "B") => &[("B", "practice"), ("P", "place"), ("all", "all")],
            (Root::Practice, "C" | "") => &[("all", "all")],
            // Everything is counted by the main root.
            (Root::Home, "H") => &[("H", "home")],
            _ => &[],
        };
        let (name, precision, range) = key.time.describe();
        let bounds = period.range();
        let inside = match (bounds, range) {
            (None, _) => true,
            (Some((starts, ends)), Some((first, after))) => starts <= first && after <= ends,
            _ => false,
        };
        let is_month = precision == "month"
            && bounds.is_none_or(|(_, ends)| range.is_some_and(|(_, after)| after <= ends))
            && name != period.to_string();
        for (area, level) in above {
            for versions in [&["1"][..], &["1", "2"], &["2"]].iter().filter(|of| of.contains(&["1", "2"][*version])) {
                let of = |month: &str| {
                    let occasion = key.occasion.as_deref().unwrap_or("no occasion");
                    [&versions.join(" + "), key.root.column(), area, level, month, occasion].map(str::to_owned)
                };
                let layout = &layouts()[*version];
                if inside {
                    add_rows(&mut tables[0], layout, cell, &of(""), false);
                }
                if is_month {
                    add_rows(&mut tables[1], layout, cell, &of(&name), true);
                }
                if is_month && ["place", "all"].contains(level) {
                    add_rows(&mut tables[2], layout, cell, &of(&name), false);
                }
            }
        }
    }
    tables
}

/// Reads the rows of a table, or those that fulfil a condition.
async fn read(table: Rolled, condition: &str) -> BTreeMap<Row, Added> {
    let session = session().unwrap();
    session.register_table("t", Arc::new(table)).unwrap();
    let batches = session.sql(&format!("SELECT * FROM t WHERE {condition}")).await.unwrap().collect().await.unwrap();
    let mut rows = BTreeMap::new();
    for batch in &batches {
        let text = |name: &str, row: usize, none: &str| match batch.column_by_name(name) {
            Some(column) => {
                let column = cast(column, &DataType::Utf8).unwrap();
                let column = column.as_string::<i32>();
                if column.is_valid(row) { column.value(row).to_owned() } else { "no occasion".to_owned() }
            }
            None => none.to_owned(),
        };
        let column = |name: &str| batch.column_by_name(name).unwrap();
        for row in 0..batch.num_rows() {
            assert_eq!(text("instrument", row, ""), "q");
            let of = [
                text("versions", row, ""),
                text("item", row, ""),
                text("root", row, ""),
                text("area", row, ""),
                text("area_level", row, ""),
                text("period", row, ""),
                text("occasion", row, ""),
                text("group_by", row, "none"),
                text("group", row, "all"),
            ];
            let mut insert = |code, added| assert!(rows.insert((of.clone(), code), added).is_none(), "{of:?} {code:?}");
            let codes = column("codes").as_list::<i32>();
            if codes.is_valid(row) {
                let (codes, n) = (codes.value(row), column("n").as_list::<i32>().value(row));
                let n = n.as_primitive::<Int64Type>();
                for (code, n) in codes.as_primitive::<Int8Type>().values().iter().zip(n.values()) {
                    insert(Some(i64::from(*code)), [i128::from(*n), 0, 0]);
                }
            } else {
                let sum = column("sum").as_primitive::<Decimal128Type>().value(row);
                let squares = column("sum_squares").as_primitive::<Decimal128Type>().value(row);
                insert(None, [i128::from(column("count").as_primitive::<Int64Type>().value(row)), sum, squares]);
            }
        }
    }
    rows
}

fn roll_up(cells: &[Counted], period: Period) -> Tables {
    let mut roll_up = RollUp::new(period, Arc::new(tree()), Arc::new(wanted()));
    for (version, key, cell) in cells {
        roll_up.add("q", "items", &layouts()[*version], key, cell);
        roll_up.add("nobody reads it", "items", &layouts()[*version], key, cell);
    }
    roll_up.finish().tables()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn totals_are_what_rows_add_up_to(cells in counted(), period in 0..4_usize) {
        let period = periods()[period];
        let expected = naively(&cells, period);
        let Tables { period, months, detailed } = roll_up(&cells, period);
        for (table, expected) in [period, months, detailed].into_iter().zip(expected) {
            prop_assert_eq!(block_on(read(table, "true")), expected);
        }
    }

    /// A condition on items and breakdowns is answered for all areas at once: it must leave out what it says and nothing else.
    #[test]
    fn conditions_leave_out_what_they_say(cells in counted()) {
        let of = |wanted: fn(&[String; 9], &Option<i64>) -> bool| {
            let [rows, ..] = naively(&cells, Period::All);
            rows.into_iter().filter(|((of, code), _)| wanted(of, code)).collect::<BTreeMap<_, _>>()
        };
        let read = |condition| block_on(read(roll_up(&cells, Period::All).period, condition));
        prop_assert_eq!(read("item = 'a' AND group_by <> 'none'"), of(|of, _| of[1] == "a" && of[7] != "none"));
        prop_assert_eq!(read("starts_with(item, 'sc') OR versions = '2'"), of(|of, _| of[1] == "score" || of[0] == "2"));
        prop_assert_eq!(read("item = 'a' OR area = 'P'"), of(|of, _| of[1] == "a" || of[3] == "P"));
        prop_assert_eq!(read("count IS NOT NULL AND area <> 'all'"), of(|of, code| code.is_none() && of[3] != "all"));
    }
}

/// Responses that name no practice, or one that lies in nothing else, count in everything; those that name a home do not count there twice.
#[test]
fn what_lies_nowhere_counts_in_everything_of_the_main_root_alone() {
    let layout = layouts()[0].clone();
    let one = |root, area: Option<&str>, n: u8| {
        let key = Key {
            root,
            area: area.map(Arc::from),
            time: Time::Month(day(2026, 1)),
            version: Some("1".into()),
            occasion: None,
        };
        let mut cell = Cell::new(layout.width() * layout.groups(), layout.groups(), 0);
        cell.counts.add_at(layout.width() - 1, &[n]);
        (0, key, cell)
    };
    let cells = [one(Root::Practice, None, 1), one(Root::Practice, Some("C"), 2), one(Root::Home, Some("H"), 4)];
    let rows = block_on(read(roll_up(&cells, Period::All).period, "item = 'responses' AND versions = '1'"));
    let found: Vec<_> = rows.iter().map(|((of, _), added)| ([&*of[2], &*of[3], &*of[4]], added[0])).collect();
    assert_eq!(found, [(["home", "H", "home"], 4), (["practice", "all", "all"], 3)]);
}
