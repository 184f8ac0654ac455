use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, new_null_array};
use arrow::datatypes::Int64Type;
use proptest::prelude::*;

use super::*;
use crate::store;

mod change;
mod equity;
mod fair;
mod life;
mod people;
mod subsets;

/// Area, period, group_by, group, statistic, n.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, i64);

fn results(rows: &[Row<'_>]) -> RecordBatch {
    let schema = store::results();
    let text =
        |of: &dyn Fn(&Row<'_>) -> String| Arc::new(StringArray::from_iter_values(rows.iter().map(of))) as ArrayRef;
    let columns = schema
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "area" => text(&|row| row.0.to_owned()),
            "period" => text(&|row| row.1.to_owned()),
            "group_by" => text(&|row| row.2.to_owned()),
            "group" => text(&|row| row.3.to_owned()),
            "statistic" => text(&|row| row.4.to_owned()),
            "n" | "numerator" => Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.5))),
            "value" | "lower" | "upper" => Arc::new(Float64Array::from(vec![0.5; rows.len()])),
            "measure" | "measure_version" | "root" | "occasion" | "band" | "signal" => text(&|_| "m".to_owned()),
            _ => new_null_array(field.data_type(), rows.len()),
        })
        .collect();
    RecordBatch::try_new(schema.clone(), columns).unwrap()
}

fn survey() -> Policy {
    Policy {
        id: "survey".into(),
        title: Default::default(),
        note: Default::default(),
        minimum_n: 10,
        already_published: false,
        for_submission: false,
        source: String::new(),
    }
}

fn shown(rows: &[Row<'_>], below: &Below) -> Vec<Option<i64>> {
    let published = protect(&[results(rows)], &survey(), below, &[]).unwrap();
    let n = published.rows()[0].column_by_name("n").unwrap().as_primitive::<Int64Type>().clone();
    n.iter().collect()
}

#[test]
fn a_hidden_row_has_no_number_left() {
    let published =
        protect(&[results(&[("a", "all", "none", "all", "value", 9)])], &survey(), &Below::new(), &[]).unwrap();
    let row = &published.rows()[0];
    for name in ["n", "numerator", "value", "lower", "upper", "band", "signal", "people", "n_effective", "why_not"] {
        assert_eq!(row.column_by_name(name).unwrap().null_count(), 1, "{name}");
    }
    assert_eq!(row.column_by_name("mark").unwrap().as_string::<i32>().value(0), "c");
    assert_eq!((published.shown, published.hidden), (0, 1));
}

#[test]
fn the_next_smallest_part_goes_too() {
    let rows = [
        ("a", "all", "none", "all", "value", 100),
        ("a", "all", "sex", "f", "value", 60),
        ("a", "all", "sex", "m", "value", 33),
        ("a", "all", "sex", "not-stated", "value", 7),
        ("a", "all", "sex", "all", "gap", 93),
    ];
    assert_eq!(shown(&rows, &Below::new()), [Some(100), Some(60), None, None, None]);
}

#[test]
fn areas_and_months_are_parts_too() {
    let below =
        Below::from([(("m".to_owned(), "all".to_owned()), vec!["a".to_owned(), "b".to_owned(), "c".to_owned()])]);
    let rows = [
        ("all", "all", "none", "all", "value", 75),
        ("a", "all", "none", "all", "value", 50),
        ("b", "all", "none", "all", "value", 20),
        ("c", "all", "none", "all", "value", 5),
        ("a", "2026-01", "none", "all", "value", 9),
        ("a", "2026-02", "none", "all", "value", 20),
        ("a", "2026-03", "none", "all", "value", 21),
        ("a", "2026-03", "none", "all", "xmr", 21),
    ];
    assert_eq!(shown(&rows, &below), [Some(75), Some(50), None, None, None, None, Some(21), None]);
}

#[test]
fn who_is_missing_says_nothing_of_hidden_groups() {
    let all = ("a", "all", "none", "all", "value", 100);
    let groups = |f, m, not_stated| {
        [
            ("a", "all", "sex", "f", "value", f),
            ("a", "all", "sex", "m", "value", m),
            ("a", "all", "sex", "not-stated", "value", not_stated),
            ("a", "all", "sex", "f", "representation", f),
            ("a", "all", "sex", "f", "partial_r_indicator", f),
            ("a", "all", "sex", "all", "r_indicator", f + m),
            ("a", "all", "sex", "m", "population_share", 2),
        ]
    };
    let of = |rows: [(&'static str, &'static str, &'static str, &'static str, &'static str, i64); 7]| {
        shown(&[vec![all], rows.to_vec()].concat(), &Below::new())
    };
    assert!(of(groups(50, 30, 20)).iter().all(Option::is_some));
    // It is out of those whose sex is known: who has it has the number of those whose sex is not.
    assert_eq!(of(groups(81, 12, 7))[4..], [None, None, None, Some(2)]);
}

#[test]
fn nothing_is_hidden_without_a_policy() {
    let policy = Policy { minimum_n: 0, ..survey() };
    let rows = results(&[("a", "all", "none", "all", "value", 1)]);
    let published = protect(&[rows], &policy, &Below::new(), &[]).unwrap();
    assert_eq!(published.hidden, 0);
}

proptest! {
    /// Whatever the counts, nobody who knows the total and the shown parts can name a hidden part.
    #[test]
    fn no_hidden_part_can_be_worked_out(counts in proptest::collection::vec(0_i64..40, 1..8)) {
        let names: Vec<String> = (0..counts.len()).map(|at| format!("g{at}")).collect();
        let total: i64 = counts.iter().sum();
        let mut rows = vec![("a", "all", "none", "all", "value", total)];
        rows.extend(names.iter().zip(&counts).map(|(name, n)| ("a", "all", "age", name.as_str(), "value", *n)));
        let shown = shown(&rows, &Below::new());
        for (row, shown) in rows.iter().zip(&shown) {
            prop_assert!(row.5 >= 10 || shown.is_none());
        }
        if shown[0].is_some() {
            let hidden = rows.iter().zip(&shown).skip(1).filter(|(row, shown)| shown.is_none() && row.5 > 0).count();
            prop_assert!(hidden != 1, "{rows:?} {shown:?}");
        }
    }
}
