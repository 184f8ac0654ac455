//! Adjusted figures, and the terms of case-mix models.

use super::*;

/// Group dimension, group, statistic, adjustment, comparator and n, of everybody's figure in one area.
type Fair = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>, i64);

fn marked(rows: &[Fair]) -> Vec<bool> {
    let schema = store::results();
    let text =
        |of: &dyn Fn(&Fair) -> Option<&'static str>| Arc::new(rows.iter().map(of).collect::<StringArray>()) as ArrayRef;
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "measure" | "measure_version" | "root" | "area" | "occasion" => text(&|_| Some("m")),
        "period" => text(&|_| Some("all")),
        "weighting" => text(&|_| Some("none")),
        "group_by" => text(&|row| Some(row.0)),
        "group" => text(&|row| Some(row.1)),
        "statistic" => text(&|row| Some(row.2)),
        "adjustment" => text(&|row| Some(row.3)),
        "comparator" => text(&|row| row.4),
        "n" | "numerator" => Arc::new(rows.iter().map(|row| Some(row.5)).collect::<Int64Array>()),
        "value" => Arc::new(Float64Array::from(vec![0.5; rows.len()])),
        _ => new_null_array(field.data_type(), rows.len()),
    });
    let results = RecordBatch::try_new(schema.clone(), columns.collect()).unwrap();
    let published = protect(&[results], &survey(), &Below::new(), &[]).unwrap();
    let marks = published.rows()[0].column_by_name("mark").unwrap().as_string::<i32>().clone();
    marks.iter().map(|mark| mark == Some("c")).collect()
}

#[test]
fn an_adjusted_figure_goes_with_the_one_that_it_adjusts() {
    let of = |n: i64, adjusted: i64| -> Vec<Fair> {
        vec![
            ("none", "all", "value", "age", None, adjusted),
            ("none", "all", "value", "none", None, n),
            ("none", "all", "sd", "age", None, adjusted),
            ("none", "all", "reliability", "age", None, adjusted),
            ("none", "all", "funnel", "age", None, adjusted),
            ("none", "all", "funnel", "none", None, n),
        ]
    };
    assert_eq!(marked(&of(9, 9)), [true; 6]);
    assert_eq!(marked(&of(10, 10)), [false; 6]);
    // Too few have all that is adjusted for: the figure itself is nobody's secret.
    assert_eq!(marked(&of(12, 9)), [true, false, true, true, true, false]);
}

#[test]
fn the_terms_of_a_model_are_told_together_or_not_at_all() {
    let model = |old: i64| -> Vec<Fair> {
        vec![
            ("none", "all", "value", "none", None, 100),
            ("none", "all", "coefficient", "age", Some("intercept"), 100),
            ("none", "all", "coefficient", "age", Some("age: old"), old),
            ("none", "all", "coefficient_se", "age", Some("age: old"), old),
        ]
    };
    assert_eq!(marked(&model(10)), [false; 4]);
    assert_eq!(marked(&model(9)), [false, true, true, true]);
    // The old are hidden in the breakdown, so that the oldest cannot be worked out.
    let groups: [Fair; 3] = [
        ("age", "young", "value", "none", None, 80),
        ("age", "old", "value", "none", None, 12),
        ("age", "oldest", "value", "none", None, 8),
    ];
    let rows: Vec<Fair> = model(12).into_iter().chain(groups).collect();
    assert_eq!(marked(&rows), [false, true, true, true, false, true, true]);
}
