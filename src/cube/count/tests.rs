//! The cells equal those of the plainest way to count: row by row, one count at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, Int8Array, Int16Array, Int64Array, StringArray,
};
use arrow::datatypes::{Field, Schema};
use proptest::prelude::*;

use super::*;
use crate::cube::bands::Breakdown;
use crate::cube::cell::{Cell, Counts, PARTS};
use crate::cube::counted::Key;
use crate::cube::histogram::{Amount, LOWEST, Slot, Weighting};
use crate::cube::time::Time;
use crate::declare::{Group, NOT_ASKED, Root};

/// A response; a text is the number of one, null where it is none.
#[derive(Clone, Debug)]
struct Row {
    /// Version, occasion, precision, practice, home.
    texts: [Option<u8>; 5],
    day: Option<i32>,
    age: Option<i16>,
    sex: Option<u8>,
    level: Option<i8>,
    codes: [Option<i8>; 3],
    amounts: [Option<f64>; 2],
    weights: [Option<i64>; 2],
}

const PRECISIONS: [&str; 4] = ["day", "quarter", "financial year", "month"];
const SEXES: [&str; 3] = ["female", "male", "x"];
/// The highest code of each slot.
const HIGHEST: [i8; 3] = [5, 0, 100];

fn text(column: usize, number: u8) -> String {
    match column {
        2 => PRECISIONS[usize::from(number) % PRECISIONS.len()].to_owned(),
        // An empty code of an area is none.
        3 if number == 0 => String::new(),
        _ => format!("{column}-{number}"),
    }
}

fn row() -> impl Strategy<Value = Row> {
    let few = |most: u8| proptest::option::weighted(0.9, 0..most);
    let code = proptest::option::weighted(0.9, prop_oneof![4 => -3..7_i8, 1 => any::<i8>()]);
    let amount = proptest::option::weighted(
        0.8,
        prop_oneof![5 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(1e15)],
    );
    let weight = proptest::option::weighted(0.8, prop_oneof![4 => 0..5_000_000_i64, 1 => 0..1_i64 << 50]);
    (
        (few(2), few(2), few(4), few(4), few(3)),
        proptest::option::weighted(0.9, prop_oneof![5 => 19_000..19_100_i32, 1 => any::<i32>()]),
        (proptest::option::weighted(0.9, -5..130_i16), few(3), proptest::option::weighted(0.9, -1..6_i8)),
        proptest::array::uniform3(code),
        proptest::array::uniform2(amount),
        proptest::array::uniform2(weight),
    )
        .prop_map(|(texts, day, (age, sex, level), codes, amounts, weights)| {
            let (version, occasion, precision, practice, home) = texts;
            let texts = [version, occasion, precision, practice, home];
            Row { texts, day, age, sex, level, codes, amounts, weights }
        })
}

fn group(toml: &str) -> Group {
    toml::from_str(toml).unwrap()
}

/// Breakdowns of every rule: bands of a number with a gap between them, of codes, by place, and two at a time.
fn breakdowns(with_pair: bool) -> Vec<Breakdown> {
    let age = group(
        "id = 'age'\ntitle.en = 'Age'\nnot_stated.en = 'N'\ncolumn = 'f_age'\nbands = [{ id = 'young', label.en = 'Y', from = 16, to = 34 }, { id = 'old', label.en = 'O', from = 65, to = 110 }]",
    );
    let sex = group(
        "id = 'sex'\ntitle.en = 'Sex'\nnot_stated.en = 'N'\ncolumn = 'f_sex'\nbands = [{ id = 'f', label.en = 'F', values = ['female'] }, { id = 'm', label.en = 'M', values = ['male'] }]",
    );
    let mut breakdowns = vec![Breakdown::new(&age), Breakdown::new(&sex)];
    if with_pair {
        breakdowns.push(Breakdown::pair([Breakdown::new(&age), Breakdown::new(&sex)]));
    }
    breakdowns.push(Breakdown::by_place("level", "level", ["low".to_owned(), "high".to_owned()].into_iter()));
    breakdowns
}

fn histograms(breakdowns: Vec<Breakdown>) -> Histograms {
    let slots =
        HIGHEST.iter().enumerate().map(|(at, highest)| Slot::new(format!("q{at}"), format!("i_{at}"), *highest));
    let amounts = [0, 1].map(|at| Amount { item: format!("s{at}"), column: format!("s_{at}") });
    let weightings = [0, 1].map(|at| Weighting { scheme: format!("w{at}"), column: format!("w_{at}") });
    Histograms::new(Root::Practice, slots.collect(), amounts.into(), breakdowns, true).weighted(weightings.into())
}

fn batch(rows: &[Row], coded: bool) -> RecordBatch {
    let texts = |of: &dyn Fn(&Row) -> Option<String>| -> ArrayRef {
        let plain: StringArray = rows.iter().map(of).collect();
        match coded {
            true => Arc::new(DictionaryArray::<arrow::datatypes::Int32Type>::from_iter(plain.iter())),
            false => Arc::new(plain),
        }
    };
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (at, name) in ["instrument_version", "occasion", "date_precision", "practice", "home"].iter().enumerate() {
        columns.push((name.to_string(), texts(&|row| row.texts[at].map(|number| text(at, number)))));
    }
    columns.push(("service".into(), texts(&|_| None)));
    columns.push(("f_sex".into(), texts(&|row| row.sex.map(|sex| SEXES[usize::from(sex)].to_owned()))));
    columns.push(("submitted_on".into(), Arc::new(rows.iter().map(|row| row.day).collect::<Date32Array>())));
    columns.push(("f_age".into(), Arc::new(rows.iter().map(|row| row.age).collect::<Int16Array>())));
    columns.push(("level".into(), Arc::new(rows.iter().map(|row| row.level).collect::<Int8Array>())));
    for at in 0..3 {
        columns.push((format!("i_{at}"), Arc::new(rows.iter().map(|row| row.codes[at]).collect::<Int8Array>())));
    }
    for at in 0..2 {
        columns.push((format!("s_{at}"), Arc::new(rows.iter().map(|row| row.amounts[at]).collect::<Float64Array>())));
        columns.push((format!("w_{at}"), Arc::new(rows.iter().map(|row| row.weights[at]).collect::<Int64Array>())));
    }
    let fields: Vec<Field> =
        columns.iter().map(|(name, column)| Field::new(name, column.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, column)| column).collect())
        .unwrap()
}

/// Groups that a row is in: everybody, and one of each breakdown.
fn groups(row: &Row, with_pair: bool) -> Vec<usize> {
    let age = match row.age {
        Some(16..=34) => 0,
        Some(65..=110) => 1,
        _ => 2,
    };
    let sex = usize::from(row.sex.unwrap_or(2));
    let level = match row.level {
        Some(1) => 0,
        Some(2) => 1,
        _ => 2,
    };
    let pair = with_pair.then_some(7 + 3 * age + sex);
    [0, 1 + age, 4 + sex].into_iter().chain(pair).chain([if with_pair { 16 } else { 7 } + level]).collect()
}

/// Counts row by row.
fn naive(rows: &[Row], histograms: &Histograms, groups: impl Fn(&Row) -> Vec<usize>) -> BTreeMap<Key, Cell> {
    let (width, groups_of_all) = (histograms.width, histograms.groups);
    let mut cells = BTreeMap::new();
    for row in rows {
        let of =
            |at: usize| row.texts[at].map(|number| Arc::<str>::from(text(at, number))).filter(|text| !text.is_empty());
        let time = Time::new(row.day, of(2).as_deref().unwrap_or_default());
        for (root, area) in [(Root::Practice, of(3)), (Root::Home, of(4))] {
            if root == Root::Home && area.is_none() {
                continue;
            }
            let key = Key { root, area, time, version: of(0), occasion: of(1) };
            let new = || Cell::new(groups_of_all * width, groups_of_all * 2, 2 * width);
            let cell: &mut Cell = cells.entry(key).or_insert_with(new);
            for group in groups(row) {
                let mut places = vec![width - 1];
                for (slot, code) in histograms.slots.iter().zip(row.codes) {
                    let code = code.unwrap_or(NOT_ASKED).clamp(
                        LOWEST,
                        i8::try_from(i16::try_from(slot.width).unwrap() + i16::from(LOWEST) - 1).unwrap(),
                    );
                    places.push(slot.offset + usize::try_from(code - LOWEST).unwrap());
                }
                for place in places {
                    cell.counts.add_at(group * width + place, &[1_u8]);
                    for (scheme, weight) in row.weights.iter().enumerate().filter(|_| group == 0) {
                        if let Some(weight) = weight {
                            cell.weights[scheme * width + place].add(*weight);
                        }
                    }
                }
                for (at, amount) in row.amounts.iter().enumerate() {
                    if let Some(amount) = amount.filter(|amount| amount.is_finite()) {
                        cell.sums[group * 2 + at].add((amount * PARTS).round() as i64);
                    }
                }
            }
        }
    }
    for cell in cells.values_mut() {
        cell.counts = std::mem::replace(&mut cell.counts, Counts::none(0)).narrowest();
    }
    cells
}

/// So many rows that their counts outgrow a byte, and others a short.
#[test]
fn counts_of_many_rows_are_exact() {
    let row = |at: u32| Row {
        texts: [Some(0), None, None, Some(1), None],
        day: Some(19_000),
        age: Some(20),
        sex: Some((at.is_multiple_of(300)).into()),
        level: None,
        codes: [Some((at % 7) as i8), Some(0), None],
        amounts: [Some(f64::from(at)), None],
        weights: [None, Some(1_000_000)],
    };
    let rows: Vec<Row> = (0..70_000).map(row).collect();
    for some in [255, 256, 70_000] {
        let cuts: Vec<RecordBatch> = rows[..some].chunks(8192).map(|rows| batch(rows, true)).collect();
        let counted = batches(&cuts, histograms(breakdowns(true))).unwrap();
        assert_eq!(counted.cells, naive(&rows[..some], &histograms(breakdowns(true)), |row| groups(row, true)));
    }
}

proptest! {
    /// Whatever the rows, however they are cut into batches, as plain texts or as dictionaries.
    #[test]
    fn cells_equal_a_naive_count(
        rows in proptest::collection::vec(row(), 0..400),
        cut in 1..150_usize,
        coded in any::<bool>(),
        with_pair in any::<bool>(),
        sorted in any::<bool>(),
    ) {
        let mut rows = rows;
        if sorted {
            rows.sort_by_key(|row| (row.texts, row.day));
        }
        let of_all = naive(&rows, &histograms(breakdowns(with_pair)), |row| groups(row, with_pair));
        // The other way round every other time: neither the order of batches nor their borders matter.
        let mut cuts: Vec<RecordBatch> = rows.chunks(cut).map(|rows| batch(rows, coded)).collect();
        if cut % 2 == 0 {
            cuts.reverse();
        }
        let counted = batches(&cuts, histograms(breakdowns(with_pair))).unwrap();
        prop_assert_eq!(counted.rows, rows.len() as u64);
        prop_assert_eq!(counted.cells, of_all);
    }

    /// Everybody is counted where there is nothing to sum over.
    #[test]
    fn without_breakdowns_everybody_is_counted(rows in proptest::collection::vec(row(), 1..50)) {
        let counted = batches(&[batch(&rows, true)], histograms(Vec::new())).unwrap();
        prop_assert_eq!(counted.cells, naive(&rows, &histograms(Vec::new()), |_| vec![0]));
    }
}
