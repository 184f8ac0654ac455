//! Rows of several cut sets, of changes, of levels before and after, and of what was not paired.

use super::*;

/// One row; what is not named is that of everybody in area `a` and period `all`.
#[derive(Clone, Debug)]
pub(super) struct Full {
    pub(super) area: &'static str,
    pub(super) period: String,
    pub(super) group_by: &'static str,
    pub(super) group: String,
    pub(super) statistic: &'static str,
    pub(super) comparator: Option<&'static str>,
    pub(super) cut_set: Option<&'static str>,
    pub(super) n: Option<i64>,
    pub(super) numerator: i64,
    pub(super) why_not: Option<&'static str>,
}

pub(super) fn row(statistic: &'static str, n: i64) -> Full {
    Full {
        area: "a",
        period: "all".into(),
        group_by: "none",
        group: "all".into(),
        statistic,
        comparator: None,
        cut_set: None,
        n: Some(n),
        numerator: n,
        why_not: None,
    }
}

fn cell(area: &'static str, name: String, pairs: i64, n: i64) -> Full {
    let cut_set = Some("levels");
    Full { area, group_by: "transition", group: name, numerator: pairs, cut_set, ..row("transition", n) }
}

fn batch(rows: &[Full]) -> RecordBatch {
    let schema = store::results();
    let text =
        |of: &dyn Fn(&Full) -> Option<String>| Arc::new(rows.iter().map(of).collect::<StringArray>()) as ArrayRef;
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "measure" | "measure_version" | "root" | "occasion" => text(&|_| Some("m".into())),
        "area" => text(&|row| Some(row.area.into())),
        "period" => text(&|row| Some(row.period.clone())),
        "group_by" => text(&|row| Some(row.group_by.into())),
        "group" => text(&|row| Some(row.group.clone())),
        "statistic" => text(&|row| Some(row.statistic.into())),
        "comparator" => text(&|row| row.comparator.map(Into::into)),
        "cut_set" => text(&|row| row.cut_set.map(Into::into)),
        "why_not" => text(&|row| row.why_not.map(Into::into)),
        "n" => Arc::new(rows.iter().map(|row| row.n).collect::<Int64Array>()),
        "numerator" => Arc::new(rows.iter().map(|row| Some(row.numerator)).collect::<Int64Array>()),
        "value" => Arc::new(rows.iter().map(|row| row.why_not.is_none().then_some(0.5)).collect::<Float64Array>()),
        _ => new_null_array(field.data_type(), rows.len()),
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

/// The mark of every row.
fn marks_in(rows: &[Full], below: &Below) -> Vec<Option<String>> {
    let published = protect(&[batch(rows)], &survey(), below, &[]).unwrap();
    let marks = published.rows()[0].column_by_name("mark").unwrap().as_string::<i32>().clone();
    marks.iter().map(|mark| mark.map(str::to_owned)).collect()
}

pub(super) fn hidden_in(rows: &[Full], below: &Below) -> Vec<bool> {
    marks_in(rows, below).iter().map(|mark| mark.as_deref() == Some("c")).collect()
}

#[test]
fn each_cut_set_is_protected_by_itself() {
    let by = |cut_set, group: &str, n| Full { group_by: "sex", group: group.into(), cut_set, ..row("value", n) };
    let all = |cut_set, n| Full { cut_set, ..row("value", n) };
    let (old, new) = (Some("2010"), Some("2024"));
    let rows = [
        all(old, 100),
        by(old, "f", 60),
        by(old, "m", 33),
        by(old, "x", 7),
        all(new, 100),
        by(new, "f", 30),
        by(new, "m", 30),
        by(new, "x", 40),
    ];
    assert_eq!(hidden_in(&rows, &Below::new()), [false, false, true, true, false, false, false, false]);
}

#[test]
fn too_few_to_be_reliable_is_no_secret() {
    let rows = [
        Full { why_not: Some("under-minimum"), ..row("value", 20) },
        Full { area: "b", why_not: Some("under-minimum"), ..row("value", 9) },
        Full { area: "d", why_not: Some("no-answers"), ..row("value", 12) },
    ];
    let published = protect(&[batch(&rows)], &survey(), &Below::new(), &[]).unwrap();
    let text = |name: &str| published.rows()[0].column_by_name(name).unwrap().as_string::<i32>().clone();
    assert_eq!(text("mark").iter().collect::<Vec<_>>(), [Some("u"), Some("c"), Some("x")]);
    assert_eq!(text("mark_reason").value(0), "too few to be reliable");
    assert_eq!(published.rows()[0].column_by_name("n").unwrap().as_primitive::<Int64Type>().value(0), 20);
    assert_eq!((published.shown, published.hidden), (2, 1));
}

#[test]
fn every_row_of_a_hidden_figure_goes() {
    let band = |group: &str, statistic, n| Full { group_by: "baseline", group: group.into(), ..row(statistic, n) };
    let without = |statistic| Full { n: None, ..row(statistic, 0) };
    let rows = [
        row("value", 100),
        row("mean_change", 100),
        without("effect_size"),
        without("residual_sd"),
        band("low", "value", 60),
        band("middle", "value", 33),
        Full { n: None, ..band("middle", "srm", 0) },
        Full { comparator: Some("individual"), ..band("middle", "better", 33) },
        band("high", "value", 7),
        band("high", "mean_before", 7),
        Full { n: None, ..band("high", "effect_size", 0) },
        Full { n: None, ..band("nobody", "effect_size", 0) },
    ];
    let hidden = [false, false, false, false, false, true, true, true, true, true, true, true];
    assert_eq!(hidden_in(&rows, &Below::new()), hidden);
    // Where there is no `value`, the mean change speaks for the figure.
    let rows: Vec<Full> = rows.into_iter().filter(|row| row.statistic != "value").collect();
    assert!(hidden_in(&rows, &Below::new())[3..].iter().all(|hidden| *hidden));
}

#[test]
fn domains_stand_by_themselves_but_areas_add_up() {
    let below = Below::from([(("m".to_owned(), "a".to_owned()), vec!["b".to_owned(), "d".to_owned(), "e".to_owned()])]);
    let domain = |area, item: &str, n| {
        ["better", "same", "worse"].map(|is| Full {
            area,
            group_by: "domain",
            group: item.into(),
            comparator: Some("any"),
            ..row(is, n)
        })
    };
    let areas = [domain("a", "mood", 100), domain("b", "mood", 60), domain("d", "mood", 33), domain("e", "mood", 7)];
    let rows: Vec<Full> = areas.into_iter().chain([domain("a", "money", 8)]).flatten().collect();
    let hidden = hidden_in(&rows, &below);
    let first: Vec<bool> = hidden.chunks(3).map(|of| of[0]).collect();
    assert_eq!(first, [false, false, true, true, true]);
    assert!(hidden.chunks(3).all(|of| of[0] == of[1] && of[1] == of[2]));
}

#[test]
fn what_was_not_paired_is_hidden_like_counts() {
    let reason = |comparator, n| Full { comparator: Some(comparator), numerator: 0, ..row("unpaired", n) };
    let rows = [row("value", 50), reason("no answer after", 4), reason("twice", 0), reason("too late", 12)];
    assert_eq!(hidden_in(&rows, &Below::new()), [false, true, false, true]);
    let rows = [row("value", 50), reason("no answer after", 14), reason("twice", 0), reason("too late", 12)];
    assert_eq!(hidden_in(&rows, &Below::new()), [false; 4]);
    // Alone, it takes the empty ones with it: the responses less the pairs are known.
    let rows = [row("value", 50), reason("no answer after", 4), reason("twice", 0)];
    assert_eq!(hidden_in(&rows, &Below::new()), [false, true, true]);
    let rows = [row("value", 9), reason("no answer after", 40)];
    assert_eq!(hidden_in(&rows, &Below::new()), [true, true]);
}

fn matrix_of(area: &'static str, pairs: &[Vec<i64>]) -> Vec<Full> {
    let n = pairs.iter().flatten().sum();
    let lines = pairs.iter().enumerate();
    let cells = lines.flat_map(|(from, line)| line.iter().enumerate().map(move |(to, pairs)| (from, to, *pairs)));
    let cells = cells.map(|(from, to, pairs)| cell(area, format!("l{from} → l{to}"), pairs, n));
    [Full { area, ..row("value", n) }].into_iter().chain(cells).collect()
}

#[test]
fn a_small_cell_of_a_matrix_takes_three_more_with_it() {
    let pairs = [vec![40, 30, 4], vec![50, 90, 20], vec![60, 70, 80]];
    let hidden = hidden_in(&matrix_of("a", &pairs), &Below::new());
    assert_eq!(hidden, [false, false, true, true, false, true, true, false, false, false]);
    // With everybody where they were, no cell can stand in for another.
    let hidden = hidden_in(&matrix_of("a", &[vec![5, 0], vec![0, 50]]), &Below::new());
    assert_eq!(hidden, [false, true, true, true, true]);
    let few = hidden_in(&matrix_of("a", &[vec![5, 0], vec![0, 4]]), &Below::new());
    assert!(few.iter().all(|hidden| *hidden));
}

#[test]
fn a_cell_cannot_be_worked_out_from_the_areas_around() {
    let below = Below::from([(("m".to_owned(), "a".to_owned()), vec!["b".to_owned(), "d".to_owned()])]);
    let (one, two) = ([vec![40, 30], vec![50, 60]], [vec![40, 4], vec![50, 60]]);
    let both = [vec![80, 34], vec![100, 120]];
    let rows: Vec<Full> = [("a", &both), ("b", &one), ("d", &two)].iter().flat_map(|(a, m)| matrix_of(a, *m)).collect();
    let hidden = hidden_in(&rows, &below);
    // `d` hides all four, so `b` must: otherwise they are what `b` leaves of `a`.
    assert!(hidden[11..].iter().all(|hidden| *hidden) && hidden[6..10].iter().all(|hidden| *hidden), "{hidden:?}");
    assert!(hidden[..6].iter().all(|hidden| !hidden), "{hidden:?}");
}

/// Number of independent lines, by elimination.
pub(super) fn rank(mut lines: Vec<Vec<f64>>) -> usize {
    let width = lines.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..width {
        let Some(pivot) = (rank..lines.len()).find(|line| lines[*line][column].abs() > 1e-9) else { continue };
        lines.swap(rank, pivot);
        let first = lines[rank].clone();
        for line in lines.iter_mut().skip(rank + 1) {
            let times = line[column] / first[column];
            line.iter_mut().zip(&first).for_each(|(to, from)| *to -= times * from);
        }
        rank += 1;
    }
    rank
}

proptest! {
    /// Whoever knows the total, every row and column sum and the shown cells cannot work out a small cell: the linear equations leave it
    /// open. Cells that are hidden and empty count as known, unless nothing at all of the matrix is shown.
    #[test]
    fn no_cell_of_a_matrix_can_be_worked_out(
        levels in 2_usize..6,
        counts in proptest::collection::vec(prop_oneof![Just(0_i64), 1_i64..10, 10_i64..60], 25),
    ) {
        let pairs: Vec<Vec<i64>> = counts.chunks(levels).take(levels).map(<[i64]>::to_vec).collect();
        let rows = matrix_of("a", &pairs);
        let hidden = hidden_in(&rows, &Below::new());
        let nothing_shown = hidden[1..].iter().all(|hidden| *hidden);
        let open: Vec<usize> = (0..levels * levels)
            .filter(|at| hidden[at + 1] && (nothing_shown || counts[*at] > 0))
            .collect();
        let equation = |holds: &dyn Fn(usize) -> bool| -> Vec<f64> {
            open.iter().map(|at| if holds(*at) { 1.0 } else { 0.0 }).collect()
        };
        let by_row = (0..levels).map(|row| equation(&|at| at / levels == row));
        let by_column = (0..levels).map(|column| equation(&|at| at % levels == column));
        let known: Vec<Vec<f64>> = by_row.chain(by_column).collect();
        for at in 0..levels * levels {
            if !(1..10).contains(&counts[at]) {
                continue;
            }
            prop_assert!(hidden[at + 1], "{pairs:?}: a small cell is shown");
            let mut with = known.clone();
            with.push(equation(&|other| other == at));
            prop_assert!(rank(with) > rank(known.clone()), "{pairs:?}: cell {at} can be worked out from {hidden:?}");
        }
    }

    /// Without small counts, everything is shown.
    #[test]
    fn a_matrix_without_small_cells_is_whole(
        counts in proptest::collection::vec(prop_oneof![Just(0_i64), 10_i64..60], 9),
    ) {
        prop_assume!(counts.iter().any(|count| *count > 0));
        let pairs: Vec<Vec<i64>> = counts.chunks(3).map(<[i64]>::to_vec).collect();
        prop_assert!(hidden_in(&matrix_of("a", &pairs), &Below::new()).iter().all(|hidden| !hidden));
    }

    /// Nobody who knows how many responses were not paired can name the count of one hidden reason.
    #[test]
    fn no_reason_can_be_worked_out(counts in proptest::collection::vec(0_i64..30, 2..6)) {
        const REASONS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
        let reasons = counts.iter().zip(REASONS).map(|(n, reason)| Full { comparator: Some(reason), ..row("unpaired", *n) });
        let rows: Vec<Full> = [row("value", 50)].into_iter().chain(reasons).collect();
        let hidden = &hidden_in(&rows, &Below::new())[1..];
        let small = |n: &i64| (1..10).contains(n);
        prop_assert!(counts.iter().zip(hidden).all(|(n, hidden)| !small(n) || *hidden));
        let gone: Vec<i64> = counts.iter().zip(hidden).filter(|(_, hidden)| **hidden).map(|(n, _)| *n).collect();
        prop_assert!(gone.len() != 1 && (gone.iter().filter(|n| **n > 0).count() != 1 || gone.len() == counts.len()));
    }

    /// A band of the score before is a group like others: none that is hidden can be worked out from everybody and the others.
    #[test]
    fn no_baseline_band_can_be_worked_out(counts in proptest::collection::vec(0_i64..40, 2..6)) {
        let total: i64 = counts.iter().sum();
        let band = |(at, n): (usize, &i64)| {
            ["value", "mean_change", "better"]
                .map(|is| Full { group_by: "baseline", group: format!("b{at}"), ..row(is, *n) })
        };
        let rows: Vec<Full> = [row("value", total)].into_iter().chain(counts.iter().enumerate().flat_map(band)).collect();
        let hidden = hidden_in(&rows, &Below::new());
        for of in hidden[1..].chunks(3) {
            prop_assert!(of[0] == of[1] && of[1] == of[2]);
        }
        let gone = counts.iter().zip(hidden[1..].chunks(3)).filter(|(n, of)| of[0] && **n > 0).count();
        prop_assert!(hidden[0] || gone != 1, "{counts:?} {hidden:?}");
    }
}
