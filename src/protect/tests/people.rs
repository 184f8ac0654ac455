//! Figures of people, weighted figures, and answers of nobody known.

use super::*;

/// Area, period, group, statistic, weighting, n, people.
pub(super) type Of = (&'static str, &'static str, &'static str, &'static str, &'static str, i64, Option<i64>);

pub(super) fn batch(rows: &[Of], unit: &str) -> RecordBatch {
    let schema = store::results();
    let text = |of: &dyn Fn(&Of) -> String| Arc::new(StringArray::from_iter_values(rows.iter().map(of))) as ArrayRef;
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "area" => text(&|row| row.0.into()),
        "period" => text(&|row| row.1.into()),
        "group_by" => text(&|row| if row.2 == "all" { "none".into() } else { "sex".into() }),
        "group" => text(&|row| row.2.into()),
        "statistic" => text(&|row| row.3.into()),
        "weighting" => text(&|row| row.4.into()),
        "unit" => text(&|_| unit.into()),
        "n" => Arc::new(rows.iter().map(|row| Some(row.5)).collect::<Int64Array>()),
        "people" => Arc::new(rows.iter().map(|row| row.6).collect::<Int64Array>()),
        "value" => Arc::new(Float64Array::from(vec![0.5; rows.len()])),
        "measure" | "root" => text(&|_| "m".into()),
        _ => new_null_array(field.data_type(), rows.len()),
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

fn hidden_in(rows: &[Of], unit: &str, below: &Below) -> Vec<bool> {
    let published = protect(&[batch(rows, unit)], &survey(), below, &[]).unwrap();
    let row = &published.rows()[0];
    let hidden: Vec<bool> =
        row.column_by_name("mark").unwrap().as_string::<i32>().iter().map(|mark| mark == Some("c")).collect();
    for name in ["n", "people", "value"] {
        let column = row.column_by_name(name).unwrap();
        assert!((0..hidden.len()).all(|at| !hidden[at] || column.is_null(at)), "{name}");
    }
    hidden
}

#[test]
fn a_weighted_figure_goes_with_its_twin() {
    let rows = [
        ("a", "all", "all", "value", "none", 100, None),
        ("a", "all", "f", "value", "none", 60, None),
        ("a", "all", "m", "value", "none", 33, None),
        ("a", "all", "x", "value", "none", 7, None),
        ("a", "all", "all", "value", "raked", 80, None),
        ("a", "all", "f", "value", "raked", 50, None),
        ("a", "all", "m", "value", "raked", 20, None),
        ("a", "all", "x", "value", "raked", 0, None),
    ];
    assert_eq!(hidden_in(&rows, "answer", &Below::new()), [false, false, true, true, false, true, true, true]);
    // Both hidden groups have no weights: the total less the other one is nobody's, and says so.
    let rows = [
        ("a", "all", "all", "value", "none", 100, None),
        ("a", "all", "f", "value", "none", 60, None),
        ("a", "all", "m", "value", "none", 33, None),
        ("a", "all", "x", "value", "none", 7, None),
        ("a", "all", "all", "value", "raked", 60, None),
        ("a", "all", "f", "value", "raked", 60, None),
    ];
    assert_eq!(hidden_in(&rows, "answer", &Below::new())[..4], [false, false, true, true]);
}

#[test]
fn a_weighted_month_goes_with_its_month() {
    let months = |shown: [i64; 4], weighted: [i64; 4]| {
        let of = |weighting, n: [i64; 4]| {
            let periods = ["all", "2026-01", "2026-02", "2026-03"];
            std::iter::zip(periods, n).map(move |(period, n)| ("a", period, "all", "value", weighting, n, None))
        };
        hidden_in(&of("none", shown).chain(of("survey", weighted)).collect::<Vec<_>>(), "answer", &Below::new())
    };
    // January is of too few, and February would tell it. Weighted months that do not add up tell nothing, and go with theirs.
    let hidden = [false, true, true, false];
    assert_eq!(months([109, 9, 40, 60], [99, 9, 30, 50]), [hidden, hidden].concat());
    // The weighted February leaves out three answers, and without it and January it cannot be worked out.
    assert_eq!(months([140, 40, 40, 60], [107, 20, 37, 50]), [[false; 4], [false, true, true, false]].concat());
    // All have weights: weighted months are as many as the others.
    assert_eq!(months([140, 40, 40, 60], [140, 40, 40, 60]), [false; 8]);
}

#[test]
fn two_figures_do_not_tell_what_a_few_left_out_answered() {
    let pair = |n| [("a", "all", "all", "value", "none", 100, None), ("a", "all", "all", "value", "raked", n, None)];
    for (n, hidden) in [(100, false), (99, true), (91, true), (90, false), (9, true)] {
        assert_eq!(hidden_in(&pair(n), "answer", &Below::new()), [false, hidden], "{n}");
    }
    // A weighted figure without a twin is nothing that anybody checked.
    assert_eq!(hidden_in(&pair(50)[1..], "answer", &Below::new()), [true]);
}

#[test]
fn many_answers_of_few_people_are_few() {
    let rows = [("a", "all", "all", "value", "none", 40, Some(9)), ("b", "all", "all", "value", "none", 40, Some(10))];
    assert_eq!(hidden_in(&rows, "answer", &Below::new()), [true, false]);
}

#[test]
fn months_of_people_are_more_than_their_period_and_still_tell_of_it() {
    let rows = [
        ("a", "2026/27-Q1", "all", "value", "none", 40, Some(40)),
        ("a", "2026-04", "all", "value", "none", 8, Some(8)),
        ("a", "2026-05", "all", "value", "none", 20, Some(20)),
        ("a", "2026-06", "all", "value", "none", 14, Some(14)),
    ];
    assert_eq!(hidden_in(&rows, "person", &Below::new()), [false, true, false, true]);
    // Answers do add up: where they do not, a part of them has no month and protects the others.
    assert_eq!(hidden_in(&rows, "answer", &Below::new()), [false, true, false, false]);
}

#[test]
fn answers_of_nobody_known_are_counts() {
    let of = |n, unknown| {
        [("a", "all", "all", "value", "none", n, Some(n)), ("a", "all", "all", "without_person", "none", unknown, None)]
    };
    assert_eq!(hidden_in(&of(30, 12), "person", &Below::new()), [false, false]);
    assert_eq!(hidden_in(&of(30, 3), "person", &Below::new()), [false, true]);
    assert_eq!(hidden_in(&of(3, 30), "person", &Below::new()), [true, true]);
    let below = Below::from([(("m".to_owned(), "a".to_owned()), vec!["b".to_owned(), "d".to_owned()])]);
    let rows = [
        ("a", "all", "all", "without_person", "none", 30, None),
        ("b", "all", "all", "without_person", "none", 4, None),
        ("d", "all", "all", "without_person", "none", 26, None),
        ("a", "all", "all", "value", "none", 90, Some(90)),
        ("b", "all", "all", "value", "none", 40, Some(40)),
        ("d", "all", "all", "value", "none", 50, Some(50)),
    ];
    assert_eq!(hidden_in(&rows, "person", &below), [false, true, true, false, false, false]);
}

proptest! {
    /// Whoever knows the total and the shown parts cannot name a hidden part, neither with weights nor without; and no weighted figure is
    /// shown whose twin is hidden, or that leaves out a few of its answers.
    #[test]
    fn no_hidden_part_can_be_worked_out_of_twins(
        counts in proptest::collection::vec((0_i64..40, 0_i64..40), 2..6),
    ) {
        const GROUPS: [&str; 5] = ["v", "w", "x", "y", "z"];
        let parts: Vec<(i64, i64)> = counts.iter().map(|(n, out)| (*n, (n - out).max(0))).collect();
        let total = |of: &dyn Fn(&(i64, i64)) -> i64| parts.iter().map(of).sum::<i64>();
        let mut rows: Vec<Of> = vec![
            ("a", "all", "all", "value", "none", total(&|part| part.0), None),
            ("a", "all", "all", "value", "raked", total(&|part| part.1), None),
        ];
        for (part, group) in parts.iter().zip(GROUPS) {
            rows.push(("a", "all", group, "value", "none", part.0, None));
            rows.push(("a", "all", group, "value", "raked", part.1, None));
        }
        let hidden = hidden_in(&rows, "answer", &Below::new());
        for (pair, gone) in rows.chunks(2).zip(hidden.chunks(2)) {
            let left_out = pair[0].5 - pair[1].5;
            prop_assert!(gone[1] || (!gone[0] && pair[1].5 >= 10 && !(1..10).contains(&left_out)));
        }
        for family in 0..2 {
            if !hidden[family] {
                let gone = (1..=parts.len()).filter(|at| hidden[at * 2 + family] && rows[at * 2 + family].5 > 0).count();
                prop_assert!(gone != 1, "{rows:?} {hidden:?}");
            }
        }
    }
}
