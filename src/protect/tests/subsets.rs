//! An outcome of only some answers beside one of all.

use super::people::{Of, batch};
use super::*;
use crate::declare::Subset;

/// What is hidden of rows whose weighting stands for their measure: `few` counts some of the answers that `none` counts.
fn hidden_in(rows: &[Of]) -> Vec<bool> {
    let batch = batch(rows, "answer");
    let column = |name: &str| batch.schema().index_of(name).unwrap();
    let mut columns = batch.columns().to_vec();
    columns[column("measure")] = batch.column_by_name("weighting").unwrap().clone();
    for (name, text) in [("weighting", "none"), ("measure_version", "1")] {
        columns[column(name)] = Arc::new(StringArray::from(vec![text; rows.len()]));
    }
    let batch = RecordBatch::try_new(batch.schema(), columns).unwrap();
    let of = |id: &str| [id.to_owned(), "1".to_owned()];
    let subsets = [Subset { some: of("few"), all: of("none") }];
    let published = protect(&[batch], &survey(), &Below::new(), &subsets).unwrap();
    let marks = published.rows()[0].column_by_name("mark").unwrap().as_string::<i32>().clone();
    marks.iter().map(|mark| mark == Some("c")).collect()
}

#[test]
fn some_answers_are_hidden_where_all_but_a_few_of_them_count() {
    let rows = |all: [i64; 3], some: [i64; 3]| {
        let of = |measure, n: [i64; 3]| {
            std::iter::zip(["all", "f", "m"], n).map(move |(group, n)| ("a", "all", group, "value", measure, n, None))
        };
        of("none", all).chain(of("few", some)).collect::<Vec<_>>()
    };
    // Ten or more are left out everywhere.
    assert_eq!(hidden_in(&rows([100, 60, 40], [60, 40, 20])), [false; 6]);
    // Of the men, three are left out; the women would tell them.
    let told = [false, false, false, false, true, true];
    assert_eq!(hidden_in(&rows([100, 60, 40], [77, 40, 37])), told);
    // Nobody is left out: it says what the other says.
    assert_eq!(hidden_in(&rows([100, 60, 40], [100, 60, 40])), [false; 6]);
    // What is hidden of all is hidden of the same answers, under another name.
    assert_eq!(hidden_in(&rows([67, 60, 7], [60, 60, 0])), [false, true, true, true, true, true]);
}

proptest! {
    /// Whoever knows both outcomes cannot say what fewer than ten answered whom only one of them counts.
    #[test]
    fn no_few_can_be_told_from_both(counts in proptest::collection::vec((0_i64..40, 0_i64..40), 2..6)) {
        const GROUPS: [&str; 5] = ["v", "w", "x", "y", "z"];
        let parts: Vec<(i64, i64)> = counts.iter().map(|(n, out)| (*n, (n - out).max(0))).collect();
        let total = |of: &dyn Fn(&(i64, i64)) -> i64| parts.iter().map(of).sum::<i64>();
        let mut rows: Vec<Of> = vec![
            ("a", "all", "all", "value", "none", total(&|part| part.0), None),
            ("a", "all", "all", "value", "few", total(&|part| part.1), None),
        ];
        for (part, group) in parts.iter().zip(GROUPS) {
            rows.push(("a", "all", group, "value", "none", part.0, None));
            rows.push(("a", "all", group, "value", "few", part.1, None));
        }
        let hidden = hidden_in(&rows);
        for (pair, gone) in rows.chunks(2).zip(hidden.chunks(2)) {
            let left_out = pair[0].5 - pair[1].5;
            prop_assert!(gone[1] || pair[1].5 >= 10 && !(1..10).contains(&left_out));
            prop_assert!(gone[1] || left_out > 0 || !gone[0], "the same answers under another name: {rows:?} {hidden:?}");
        }
        for family in 0..2 {
            if !hidden[family] {
                let gone = (1..=parts.len()).filter(|at| hidden[at * 2 + family] && rows[at * 2 + family].5 > 0).count();
                prop_assert!(gone != 1, "{rows:?} {hidden:?}");
            }
        }
    }
}
