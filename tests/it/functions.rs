//! Every SQL function through SQL, with its null and error cases.

mod clustered;
mod design;
mod fair;
mod inequality;
mod rates;
mod units;

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Float64Array, RecordBatch, StringArray};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::Result;
use datafusion::datasource::MemTable;
use datafusion::logical_expr::Documentation;
use datafusion::prelude::{SessionConfig, SessionContext};
use tellonce::functions;
use tellonce::stats::change::Pairs;
use tellonce::stats::funnel::funnel;
use tellonce::stats::goal::Goals;
use tellonce::stats::slope::{Group, slope_index};

fn session() -> SessionContext {
    let mut context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(3));
    functions::register(&mut context).expect("a session takes functions");
    context
}

/// The rows of an answer as text; null is `null`.
async fn rows_in(context: &SessionContext, sql: &str) -> Result<Vec<Vec<String>>> {
    let options = FormatOptions::default().with_null("null");
    let mut rows = Vec::new();
    for batch in context.sql(sql).await?.collect().await? {
        let columns: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<Result<_, _>>()?;
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect()));
    }
    Ok(rows)
}

/// The only row of an answer.
async fn row(sql: &str) -> Vec<String> {
    let mut rows = rows_in(&session(), sql).await.unwrap_or_else(|err| panic!("{sql}: {err}"));
    assert_eq!(rows.len(), 1, "{sql}");
    rows.remove(0)
}

/// The first column of an answer.
async fn column(sql: &str) -> Vec<String> {
    let rows = rows_in(&session(), sql).await.unwrap_or_else(|err| panic!("{sql}: {err}"));
    rows.into_iter().map(|mut row| row.remove(0)).collect()
}

#[track_caller]
fn near(cells: &[String], expected: &[f64]) {
    assert_eq!(cells.len(), expected.len());
    for (cell, expected) in cells.iter().zip(expected) {
        let got: f64 = cell.parse().unwrap_or_else(|_| panic!("not a number: {cell}"));
        assert!((got - expected).abs() < 1e-9 * expected.abs().max(1.0), "{got} against {expected}");
    }
}

/// The error of a query that must not even be planned.
async fn refused(sql: &str) -> String {
    let context = session();
    let planned = match context.sql(sql).await {
        Ok(frame) => frame.create_physical_plan().await.map(drop),
        Err(err) => Err(err),
    };
    planned.expect_err(sql).strip_backtrace()
}

/// The error of a query that is planned and then fails.
async fn fails(sql: &str) -> String {
    let context = session();
    let frame = context.sql(sql).await.unwrap_or_else(|err| panic!("{sql}: {err}"));
    frame.clone().create_physical_plan().await.unwrap_or_else(|err| panic!("{sql}: {err}"));
    frame.collect().await.expect_err(sql).strip_backtrace()
}

/// Names that queries outside the project may call. Names are added, never changed.
const CONTRACT: &[&str] = &[
    "attributable_fraction",
    "attributable_risk",
    "benjamini_hochberg",
    "between_group_sd",
    "between_group_variance",
    "concentration_index",
    "count_in",
    "cronbach_alpha",
    "design_mean",
    "design_proportion",
    "difference_in_differences",
    "effective_n",
    "erreygers_index",
    "funnel",
    "funnel_limits_poisson",
    "funnel_limits_wilson",
    "funnel_ratio",
    "goal_attainment_t",
    "healthy_life_expectancy",
    "index_of_disparity",
    "index_of_disparity_weighted",
    "life_expectancy",
    "mantel_haenszel",
    "mean_difference_from_best",
    "mean_difference_from_best_weighted",
    "mean_difference_from_mean",
    "mean_difference_from_mean_weighted",
    "mean_difference_from_reference",
    "mean_difference_from_reference_weighted",
    "mean_log_deviation",
    "mean_lower",
    "mean_upper",
    "newcombe",
    "paired_change",
    "profile_change",
    "profile_class",
    "rate_lower",
    "rate_ratio",
    "rate_upper",
    "slope_index",
    "slope_index_logit",
    "standardised_rate",
    "standardised_ratio",
    "theil_index",
    "unit_reliability",
    "welch",
    "why_not",
    "wilson_lower",
    "wilson_upper",
    "xmr",
];

#[test]
fn every_function_has_its_own_name_and_a_full_description() {
    let documented = |name: &str, doc: Option<&Documentation>| {
        let doc = doc.unwrap_or_else(|| panic!("{name}: no documentation"));
        assert!(doc.description.ends_with('.'), "{name}");
        assert!(doc.syntax_example.starts_with(&format!("{name}(")), "{name}");
        assert!(doc.sql_example.as_ref().is_some_and(|example| example.contains(name)), "{name}");
        assert!(doc.arguments.as_ref().is_some_and(|arguments| !arguments.is_empty()), "{name}");
        name.to_owned()
    };
    let (scalars, aggregates, windows) = (functions::scalars(), functions::aggregates(), functions::windows());
    let names: Vec<String> = (scalars.iter().map(|f| documented(f.name(), f.documentation())))
        .chain(aggregates.iter().map(|f| documented(f.name(), f.documentation())))
        .chain(windows.iter().map(|f| documented(f.name(), f.documentation())))
        .collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    let missing: Vec<_> = CONTRACT.iter().filter(|name| !names.iter().any(|known| known == *name)).collect();
    assert!(missing.is_empty(), "queries of others call these by name: {missing:?}");
}

#[tokio::test]
async fn wilson_takes_numbers_of_any_type() {
    let sql = "SELECT wilson_lower(45, 90), wilson_upper(45.0, CAST(90 AS DECIMAL(10, 2)), 0.998), \
               wilson_upper(CAST(45 AS SMALLINT), arrow_cast(90, 'UInt64')), wilson_lower(0, 25)";
    near(&row(sql).await, &[0.398_837_228_235_473_46, 0.654_860_805_312_922_3, 0.601_162_771_764_526_5, 0.0]);
    let many =
        "SELECT wilson_lower(x, n, level) FROM (VALUES (0, 1, 0.95), (1, 1, 0.95), (1, 2, 0.998)) t(x, n, level)";
    near(&column(many).await, &[0.0, 0.206_549_314_377_237_5, 0.045_348_247_071_958_496]);
}

#[tokio::test]
async fn wilson_has_nothing_to_say_of_nulls_and_impossible_counts() {
    let sql = "SELECT wilson_lower(x, n, level) FROM (VALUES (NULL, 3, 0.95), (1, NULL, 0.95), (1, 3, NULL), (0, 0, 0.95), \
               (2, 1, 0.95), (-1, 3, 0.95)) t(x, n, level)";
    assert_eq!(column(sql).await, ["null"; 6]);
    assert_eq!(row("SELECT wilson_upper(NULL, NULL), wilson_upper(1, 2, NULL)").await, ["null"; 2]);
    assert_eq!(row("SELECT wilson_upper(arrow_cast('NaN', 'Float64'), 2)").await, ["null"]);
    assert!(column("SELECT wilson_upper(x, 2) FROM (VALUES (1)) t(x) WHERE x > 1").await.is_empty());
}

#[tokio::test]
async fn a_level_outside_0_and_1_is_an_error() {
    for sql in [
        "SELECT wilson_lower(1, 2, 95)",
        "SELECT wilson_upper(1, 2, 1.0)",
        "SELECT newcombe(1, 2, 1, 2, 0)",
        "SELECT mean_lower(2, 1, 1, 95)",
        "SELECT paired_change(v, v, 95) FROM (VALUES (1)) t(v)",
    ] {
        assert!(refused(sql).await.contains("a confidence level lies between 0 and 1"), "{sql}");
    }
    let slope = "SELECT slope_index(v, p, r, NULL, 95) FROM (VALUES (1, 1, 1)) t(v, p, r)";
    assert!(refused(slope).await.contains("a confidence level lies between 0 and 1"));

    for call in [
        "wilson_lower(1, 2, level)",
        "newcombe(1, 2, 1, 2, level)",
        "mean_upper(2, 1, 1, level)",
        "slope_index(level, 1, 1, 1, level)",
        "paired_change(level, 1, level)",
    ] {
        let sql = format!("SELECT {call} FROM (VALUES (95.0)) t(level)");
        assert!(fails(&sql).await.contains("a confidence level lies between 0 and 1"), "{call}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_refused_with_what_is_taken() {
    for (sql, why) in [
        ("SELECT wilson_lower(1)", "`wilson_lower` takes 2 to 3 arguments, not 1"),
        ("SELECT wilson_lower('a', 2)", "`wilson_lower` takes numbers, not Utf8"),
        ("SELECT newcombe(1, 2, 3)", "`newcombe` takes 4 to 5 arguments, not 3"),
        ("SELECT why_not(1, 2, 3)", "`why_not` takes 2 arguments, not 3"),
        ("SELECT count_in(1, [2], [3])", "`count_in` takes lists of whole numbers, not Int64"),
        ("SELECT count_in([1.5], [2], [3])", "`count_in` takes lists of whole numbers, not of Float64"),
        ("SELECT slope_index(1, 2)", "`slope_index` takes 3 to 5 arguments, not 2"),
        ("SELECT slope_index(1, 2, 'a')", "`slope_index` takes numbers, not Utf8"),
        ("SELECT mean_lower(1, 2)", "`mean_lower` takes 3 to 4 arguments, not 2"),
        ("SELECT mean_upper(1, 2, 'a')", "`mean_upper` takes numbers, not Utf8"),
        ("SELECT paired_change(1)", "`paired_change` takes 2 to 3 arguments, not 1"),
        ("SELECT paired_change(1, 'a')", "`paired_change` takes numbers, not Utf8"),
        ("SELECT profile_class('1')", "`profile_class` takes 2 arguments, not 1"),
        ("SELECT profile_class('1', true)", "`profile_class` takes profiles as text or whole numbers, not Boolean"),
        ("SELECT profile_change([1], [1])", "`profile_change` takes profiles as text or whole numbers, not List"),
        ("SELECT goal_attainment_t(1)", "`goal_attainment_t` takes 2 arguments, not 1"),
        ("SELECT goal_attainment_t('a', 1)", "`goal_attainment_t` takes numbers, not Utf8"),
        ("SELECT xmr('a') OVER ()", "`xmr` takes numbers, not Utf8"),
        ("SELECT xmr(1, 2, 3) OVER ()", "`xmr` takes a text as direction, not Int64"),
        ("SELECT xmr(1, 2, 'increase', 1, 1) OVER ()", "`xmr` takes true or false as screen, not Int64"),
        ("SELECT xmr(1, 2, 'up') OVER ()", "direction `up` is none of `increase`, `decrease`, `neutral`"),
        ("SELECT funnel(1) OVER ()", "`funnel` takes 2 arguments, not 1"),
    ] {
        let error = refused(sql).await;
        assert!(error.contains(why), "{sql}: {error}");
    }
}

#[tokio::test]
async fn newcombe_returns_the_difference_and_its_limits() {
    let sql = "SELECT d['value'], d['lower'], d['upper'] FROM (SELECT newcombe(56, 70, 48, 80) AS d)";
    near(&row(sql).await, &[0.2, 0.052_431_472_402_364_98, 0.333_872_654_036_906_14]);
    let wide = "SELECT newcombe(56, 70, 48, 80, 0.998)['lower']";
    near(&row(wide).await, &[-0.033_487_253_644_242_23]);
    let none = "SELECT newcombe(x, n, 48, 80) IS NULL, newcombe(x, n, 48, 80)['value'] FROM (VALUES (1, 0), (3, 2), (NULL, 2)) t(x, n)";
    for cells in rows_in(&session(), none).await.expect(none) {
        assert_eq!(cells, ["true", "null"]);
    }
}

#[tokio::test]
async fn why_not_names_the_reason() {
    let sql = "SELECT why_not(x, n) FROM (VALUES (1, 2), (0, 2), (2, 2), (0, 0), (1, NULL), (NULL, NULL), \
               (-1, 2), (3, 2), (0, -1), (NULL, 2)) t(x, n)";
    let (fine, empty, wrong) = ("null", "no-answers", "invalid");
    assert_eq!(column(sql).await, [fine, fine, fine, empty, empty, empty, wrong, wrong, wrong, wrong]);
}

#[tokio::test]
async fn count_in_adds_the_wanted_codes() {
    let sql = "SELECT count_in([1, 2, 3], [10, 20, 30], [1, 3]), count_in([1, 2], [10, 20], [7]), \
               count_in([1, NULL, -1], [10, 20, NULL], [1, NULL, -1]), count_in([], [], [1]), count_in([1], [5], [])";
    assert_eq!(row(sql).await, ["40", "0", "10", "0", "0"]);
    let small = "SELECT count_in(arrow_cast([1, 2, 3], 'List(Int8)'), arrow_cast([1, 2, 4], 'List(Int64)'), \
                 arrow_cast([2, 3], 'List(Int8)')), count_in(arrow_cast([1, 2], 'LargeList(Int32)'), [1, 2], [300, 2])";
    assert_eq!(row(small).await, ["6", "2"]);
    assert_eq!(
        row("SELECT count_in(NULL, [1], [1]), count_in([1], NULL, [1]), count_in([1], [1], NULL)").await,
        ["null"; 3]
    );
}

#[tokio::test]
async fn count_in_reads_each_row_of_a_table() {
    let sql = "SELECT count_in(c, n, [1, 2]) FROM (VALUES (1, [1, 2], [3, 4]), (2, NULL, [1]), (3, [2], [5]), (4, [9, 1], [1, 7])) t(id, c, n) \
               WHERE id > 1 ORDER BY id";
    assert_eq!(column(sql).await, ["null", "5", "7"]);
    let uneven = "SELECT count_in(c, [1], [1]) FROM (VALUES ([1, 2])) t(c)";
    assert!(fails(uneven).await.contains("2 codes do not match 1 counts"));
    let beyond = "SELECT count_in(c, [9223372036854775807, 1], [1]) FROM (VALUES ([1, 1])) t(c)";
    assert!(fails(beyond).await.contains("the sum is beyond 64 bits"));
}

/// Groups of two areas, spread over the partitions of a table so that partial results have to be merged.
fn deciles() -> (SessionContext, Vec<Group>) {
    let value = |i: f64| 40.0 + 3.0 * i + (i * 7.0) % 4.0;
    let groups: Vec<Group> = (0..10_u32)
        .map(f64::from)
        .map(|i| Group { rank_order: i, population: 100.0 + i * 13.0, value: value(i), se: Some(1.0 + i / 10.0) })
        .collect();
    let batch = |area: &'static str, groups: &[Group]| {
        let numbers = |get: fn(&Group) -> f64| Arc::new(groups.iter().map(get).collect::<Float64Array>()) as _;
        let areas: StringArray = groups.iter().map(|_| Some(area)).collect();
        let se: Float64Array = groups.iter().map(|group| group.se).collect();
        RecordBatch::try_from_iter_with_nullable([
            ("area", Arc::new(areas) as _, true),
            ("value", numbers(|g| g.value), true),
            ("population", numbers(|g| g.population), true),
            ("rank", numbers(|g| g.rank_order), true),
            ("se", Arc::new(se) as _, true),
        ])
        .expect("a batch")
    };
    let parts = [&groups[6..], &groups[..2], &groups[2..6]];
    let partitions: Vec<Vec<RecordBatch>> =
        parts.iter().map(|part| vec![batch("A", part), batch("B", &part[..1])]).collect();
    let table = MemTable::try_new(partitions[0][0].schema(), partitions).expect("a table");
    let context = session();
    context.register_table("deciles", Arc::new(table)).expect("a free name");
    (context, groups)
}

#[tokio::test]
async fn slope_index_merges_the_parts_of_a_group() {
    let (context, groups) = deciles();
    let fields = "s['sii'], s['lower'], s['upper'], s['rii'], s['rii_lower'], s['rii_upper']";
    for (call, level, with_se) in [
        ("slope_index(value, population, rank, se)", 0.95, true),
        ("slope_index(value, population, rank, se, 0.998)", 0.998, true),
        ("slope_index(value, population, rank)", 0.95, false),
        ("slope_index(value, population, rank, NULL, 0.9)", 0.9, false),
    ] {
        let groups: Vec<Group> = groups.iter().map(|g| Group { se: g.se.filter(|_| with_se), ..*g }).collect();
        let slope = slope_index(&groups, level).expect("a slope");
        let (rii, limits) = slope.rii.zip(slope.rii_limits).expect("a ratio");
        let expected = [slope.sii.value, slope.sii.lower, slope.sii.upper, rii, limits.lower, limits.upper];
        let sql = format!("SELECT {fields}, s['lack_of_fit'] FROM (SELECT {call} AS s FROM deciles WHERE area = 'A')");
        let cells = rows_in(&context, &sql).await.expect(call).remove(0);
        near(&cells[..6], &expected);
        assert_eq!(cells[6], slope.lack_of_fit.map_or("null".to_owned(), |flag| flag.to_string()));
    }
    let by_area =
        "SELECT area, slope_index(value, population, rank)['sii'] > 0 FROM deciles GROUP BY area ORDER BY area";
    assert_eq!(rows_in(&context, by_area).await.expect(by_area), [["A", "true"], ["B", "true"]]);
    let whole =
        "SELECT slope_index(value, population, rank) OVER (PARTITION BY area)['sii'] FROM deciles WHERE area = 'A'";
    let whole = rows_in(&context, whole).await.expect(whole);
    assert!(whole.len() == 10 && whole.iter().all(|row| row == &whole[0] && row[0] != "null"));
}

#[tokio::test]
async fn slope_index_leaves_null_rows_out_and_is_null_without_a_slope() {
    let three = "(VALUES (50, 1, 1), (60, 1, 2), (70, 1, 3), (NULL, 1, 4), (99, NULL, 5), (99, 1, NULL)) t(v, p, r)";
    near(&column(&format!("SELECT slope_index(v, p, r)['sii'] FROM {three}")).await, &[30.0]);
    for sql in [
        format!("SELECT slope_index(v, p, r) FROM {three} WHERE r < 3"),
        format!("SELECT slope_index(v, p, r) FROM {three} WHERE r > 100"),
        format!("SELECT slope_index(v, p, 1) FROM {three}"),
        format!("SELECT slope_index(v, 0, r) FROM {three}"),
        format!("SELECT slope_index(v, p, r, CASE WHEN r = 1 THEN 1 END) FROM {three}"),
        format!("SELECT slope_index(v, p, r, 1, NULL) FROM {three}"),
        "SELECT slope_index(NULL, NULL, NULL)".to_owned(),
    ] {
        let rows = rows_in(&session(), &format!("SELECT s IS NULL, s['sii'] FROM ({sql}) t(s)")).await;
        assert_eq!(rows.unwrap_or_else(|err| panic!("{sql}: {err}")), [["true", "null"]], "{sql}");
    }
}

#[tokio::test]
async fn slope_index_takes_one_level_and_no_distinct() {
    let levels = "SELECT slope_index(r, 1, r, 1, l) FROM (VALUES (1, 0.9), (2, 0.95)) t(r, l)";
    assert!(fails(levels).await.contains("one confidence level"));
    let distinct = "SELECT slope_index(DISTINCT r, 1, r) FROM (VALUES (1), (2), (3)) t(r)";
    assert!(fails(distinct).await.contains("takes no DISTINCT"));
}

#[tokio::test]
async fn mean_limits_take_numbers_of_any_type() {
    let sql = "SELECT mean_lower(10, 18.4, 4.1), mean_upper(10, 18.4, 4.1, 0.998), mean_lower(CAST(6 AS SMALLINT), 5, 0), \
               mean_upper(arrow_cast(6, 'UInt64'), CAST(5 AS DECIMAL(5, 2)), 0)";
    near(&row(sql).await, &[15.467_036_685_594_453, 23.970_953_948_599_337, 5.0, 5.0]);
    let own = "SELECT mean_upper(count(v), avg(v), stddev(v)) FROM (VALUES (2), (8), (NULL)) t(v)";
    near(&row(own).await, &[5.0 + 12.706_204_736_174_7 * 3.0]);
    let none = "SELECT mean_lower(n, m, s, l) FROM (VALUES (1, 4, 0, 0.9), (0, 4, 1, 0.9), (3, 4, NULL, 0.9), (3, NULL, 1, 0.9), \
                (NULL, 4, 1, 0.9), (3, 4, -1, 0.9), (3, 4, 1, NULL)) t(n, m, s, l)";
    assert_eq!(column(none).await, ["null"; 7]);
    assert_eq!(
        row("SELECT mean_lower(NULL, NULL, NULL), mean_upper(2, 1, arrow_cast('NaN', 'Float64'))").await,
        ["null"; 2]
    );
}

/// A table of three partitions with rows of one kind, so that partial results have to be merged.
fn in_three_parts(columns: &[(&str, Vec<Option<f64>>)]) -> SessionContext {
    let length = columns.first().map_or(0, |(_, values)| values.len());
    let part = |from: usize, to: usize| {
        let array = |values: &[Option<f64>]| Arc::new(values[from..to].iter().copied().collect::<Float64Array>()) as _;
        let columns = columns.iter().map(|(name, values)| (*name, array(values), true));
        vec![RecordBatch::try_from_iter_with_nullable(columns).expect("a batch")]
    };
    let parts = vec![part(0, length / 5), part(length / 5, length / 2), part(length / 2, length)];
    let table = MemTable::try_new(parts[0][0].schema(), parts).expect("a table");
    let context = session();
    context.register_table("parts", Arc::new(table)).expect("a free name");
    context
}

const CHANGE: &str = "c['n'], c['value'], c['lower'], c['upper'], c['sd'], c['srm'], c['effect_size']";

#[tokio::test]
async fn paired_change_merges_the_parts_of_a_group() {
    let before: Vec<Option<f64>> = (0..40_u32).map(|i| (i % 7 != 3).then(|| f64::from(i * 13 % 29))).collect();
    let after: Vec<Option<f64>> = (0..40_u32).map(|i| (i % 11 != 5).then(|| f64::from(i * 17 % 31) / 2.0)).collect();
    let complete = before.iter().zip(&after).filter_map(|(before, after)| before.zip(*after));
    let pairs: Pairs = complete.collect();
    let context = in_three_parts(&[("before", before), ("after", after)]);
    for (call, level) in [("paired_change(before, after)", 0.95), ("paired_change(before, after, 0.998)", 0.998)] {
        let change = pairs.change(level);
        let limits = change.limits.expect("limits");
        let others = [change.value, change.sd, change.srm, change.effect_size].map(|number| number.expect("a number"));
        let expected = [change.n as f64, others[0], limits.lower, limits.upper, others[1], others[2], others[3]];
        let sql = format!("SELECT {CHANGE} FROM (SELECT {call} AS c FROM parts)");
        near(&rows_in(&context, &sql).await.expect(call)[0], &expected);
        let sql = format!("SELECT DISTINCT {CHANGE} FROM (SELECT {call} OVER () AS c FROM parts)");
        near(&rows_in(&context, &sql).await.expect(call)[0], &expected);
    }
    let groups =
        "SELECT before % 2, paired_change(before, after)['n'] FROM parts WHERE before % 2 >= 0 GROUP BY 1 ORDER BY 1";
    let groups = rows_in(&context, groups).await.expect(groups);
    let total: u64 = groups.iter().map(|cells| cells[1].parse::<u64>().expect("a count")).sum();
    assert_eq!((groups.len(), total), (2, pairs.change.n));
}

#[tokio::test]
async fn paired_change_leaves_out_incomplete_pairs_and_says_what_is_undefined() {
    let values = "(VALUES ('a', 3, 5.0), ('a', NULL, 9.0), ('a', 1, NULL), ('a', 1, arrow_cast('NaN', 'Float64')), ('b', 1, 2.0), ('b', 2, 3.0), \
                  ('b', 6, 7.0), ('c', 4, 1.0), ('c', 4, 2.0), ('d', NULL, 1.0)) t(g, b, a)";
    let sql = format!("SELECT {CHANGE} FROM (SELECT g, paired_change(b, a) AS c FROM {values} GROUP BY g) ORDER BY g");
    let rows = rows_in(&session(), &sql).await.expect("changes");
    assert_eq!(rows[0], ["1", "2.0", "null", "null", "null", "null", "null"], "one pair");
    assert_eq!(rows[1][..6], ["3", "1.0", "1.0", "1.0", "0.0", "null"], "equal changes");
    near(&rows[1][6..], &[1.0 / 7_f64.sqrt()]);
    let half = 12.706_204_736_174_7 / 2.0;
    near(&rows[2][..6], &[2.0, -2.5, -2.5 - half, -2.5 + half, 0.5_f64.sqrt(), -2.5 / 0.5_f64.sqrt()]);
    assert_eq!(rows[2][6], "null", "all began alike");
    assert_eq!(rows[3], ["0", "null", "null", "null", "null", "null", "null"], "no pair");
    for call in ["paired_change(b, a) FILTER (WHERE b > 9)", "paired_change(NULL, NULL)", "paired_change(b, a, NULL)"] {
        let sql = format!("SELECT c['n'], c['value'] FROM (SELECT {call} AS c FROM {values})");
        assert_eq!(row(&sql).await, ["0", "null"], "{call}");
    }
}

#[tokio::test]
async fn aggregates_of_people_take_one_level_and_no_distinct() {
    let levels = "SELECT paired_change(r, 1, l) FROM (VALUES (1, 0.9), (2, 0.95)) t(r, l)";
    assert!(fails(levels).await.contains("`paired_change` takes one confidence level"));
    for function in ["paired_change", "profile_change", "goal_attainment_t"] {
        let distinct = format!("SELECT {function}(DISTINCT r, 1) FROM (VALUES (1), (2), (3)) t(r)");
        assert!(fails(&distinct).await.contains(&format!("`{function}` takes no DISTINCT")));
    }
}

#[tokio::test]
async fn profile_class_reads_text_and_whole_numbers() {
    let sql = "SELECT profile_class(b, a) FROM (VALUES ('11111', '11111'), ('21232', '21232'), ('21232', '11232'), \
               ('11111', '11113'), ('21', '12'), ('5', '4')) t(b, a)";
    let (none, same, better, worse, mixed) = ("no problems", "no change", "improve", "worsen", "mixed change");
    assert_eq!(column(sql).await, [none, same, better, worse, mixed, better]);
    let numbers = "SELECT profile_class(21232, 11232), profile_class(21232.0, '31232'), profile_class(1, 1), \
                   profile_class(CAST(21 AS SMALLINT), arrow_cast(12, 'UInt64')), profile_class(CAST(21 AS DECIMAL(4, 1)), 21), \
                   profile_class(arrow_cast('12', 'LargeUtf8'), arrow_cast('12', 'Utf8View')), \
                   profile_class(arrow_cast('12', 'Dictionary(Int32, Utf8)'), 13)";
    assert_eq!(row(numbers).await, [better, worse, none, mixed, same, same, worse]);
    let no_class = "SELECT profile_class(b, a) FROM (VALUES ('', ''), ('11', '111'), ('10', '11'), ('1x', '11'), ('11', ' 1'), \
                    (NULL, '1'), ('1', NULL)) t(b, a)";
    assert_eq!(column(no_class).await, ["null"; 7]);
    let no_number =
        "SELECT profile_class(b, 11) FROM (VALUES (1.5), (-11), (101), (NULL), (arrow_cast('NaN', 'Float64'))) t(b)";
    assert_eq!(column(no_number).await, ["null"; 5]);
    let long = "SELECT profile_class(1111111111111111111, 1111111111111111112), profile_class(11111111111111111.0, 11111111111111111.0)";
    assert_eq!(row(long).await, [worse, "null"], "digits that a floating-point number has lost are not made up");
}

#[tokio::test]
async fn profile_change_counts_the_classes() {
    let fields = "c['n'], c['no_problems'], c['no_change'], c['improve'], c['worsen'], c['mixed']";
    let values = "(VALUES ('11', '11'), ('12', '12'), ('12', '12'), ('12', '11'), ('11', '12'), ('12', '21'), ('21', '12'), ('10', '11'), \
                  (NULL, '11'), ('1', '11')) t(b, a)";
    let sql = format!("SELECT {fields} FROM (SELECT profile_change(b, a) AS c FROM {values})");
    assert_eq!(row(&sql).await, ["7", "1", "2", "1", "1", "2"]);
    for nobody in ["profile_change(b, a) FILTER (WHERE b = 'x')", "profile_change(NULL, NULL)"] {
        let sql = format!("SELECT {fields} FROM (SELECT {nobody} AS c FROM {values})");
        assert_eq!(row(&sql).await, ["0"; 6], "{nobody}");
    }
    let digits =
        |step: u32| (0..50_u32).map(|i| (i % 13 != 0).then(|| f64::from(11 + i * step % 3 + 10 * (i % 2)))).collect();
    let context = in_three_parts(&[("b", digits(1)), ("a", digits(2))]);
    let sql = format!("SELECT {fields} FROM (SELECT profile_change(b, a) AS c FROM parts)");
    let classes = "SELECT count(c), sum(CAST(c = 'no problems' AS INT)), sum(CAST(c = 'no change' AS INT)), sum(CAST(c = 'improve' AS INT)), \
                   sum(CAST(c = 'worsen' AS INT)), sum(CAST(c = 'mixed change' AS INT)) FROM (SELECT profile_class(b, a) AS c FROM parts)";
    let counted = rows_in(&context, &sql).await.expect("counts");
    assert_eq!(counted, rows_in(&context, classes).await.expect("classes"));
    assert_eq!(counted[0][0], "46");
}

/// Goals of two people; the first is case 2 of the reference values.
const GOALS: &str = "(VALUES ('a', 1, 6), ('a', 0, 2), ('a', -1, 4), ('a', 2, 3), ('b', 0, 5), ('b', NULL, 3), ('b', 1, NULL), ('c', 1, 0)) t(s, x, w)";

#[tokio::test]
async fn goal_attainment_scores_each_person() {
    let sql = format!("SELECT goal_attainment_t(x, w) FROM {GOALS} GROUP BY s ORDER BY s");
    let scores = column(&sql).await;
    near(&scores[..2], &[57.525_766_947_068_774, 50.0]);
    assert_eq!(scores[2], "null", "all weights are 0");
    for none in
        ["goal_attainment_t(x, w) FILTER (WHERE w > 9)", "goal_attainment_t(x, -w)", "goal_attainment_t(NULL, 1)"]
    {
        assert_eq!(row(&format!("SELECT {none} FROM {GOALS}")).await, ["null"], "{none}");
    }
    let number = |i: u32| Some(f64::from(i));
    let context = in_three_parts(&[
        ("x", (0..25).map(|i| number(i * 7 % 5).map(|x| x - 2.0)).collect()),
        ("w", (0..25).map(|i| number(i % 4)).collect()),
    ]);
    let goals: Goals = (0..25_u32).map(|i| (f64::from(i * 7 % 5) - 2.0, f64::from(i % 4))).collect();
    let merged = rows_in(&context, "SELECT goal_attainment_t(x, w) FROM parts").await.expect("a score");
    near(&merged[0], &[goals.t_score().expect("a score")]);
}

#[tokio::test]
async fn goal_attainment_is_a_window_aggregate_too() {
    let sql = format!("SELECT goal_attainment_t(x, w) OVER (PARTITION BY s) FROM {GOALS} ORDER BY s");
    let scores = column(&sql).await;
    near(&scores[..4], &[57.525_766_947_068_774; 4]);
    near(&scores[4..7], &[50.0; 3]);
    assert_eq!(scores[7..], ["null"]);
    let running = format!(
        "SELECT goal_attainment_t(x, w) OVER (PARTITION BY s ORDER BY w DESC) FROM {GOALS} WHERE s = 'a' ORDER BY w DESC"
    );
    let scores = column(&running).await;
    near(&[scores[0].clone(), scores[3].clone()], &[60.0, 57.525_766_947_068_774]);
}

/// Seven rising points and three others, in no order.
const RISE: &str = "(VALUES (10, 12.0), (1, 10.0), (2, 11.0), (3, 12.0), (4, 13.0), (8, 11.0), (5, 14.0), (6, 15.0), (7, 16.0), (9, 15.0)) t(day, v)";

#[tokio::test]
async fn xmr_reads_a_series_in_its_order() {
    let sql = format!(
        "SELECT day, x['centre'], x['signal'], x['variation'], x['assurance'] FROM \
         (SELECT day, xmr(v, 40, 'increase') OVER (ORDER BY day) AS x FROM {RISE}) ORDER BY day"
    );
    let rows = rows_in(&session(), &sql).await.expect("a chart");
    assert_eq!(rows.len(), 10);
    for (i, cells) in rows.iter().enumerate() {
        let (signal, variation) = if i < 7 { ("trend_high", "improvement") } else { ("null", "common") };
        assert_eq!(cells[1..], ["12.9", signal, variation, "fails"], "{i}");
    }
    let turned =
        format!("SELECT xmr(v, 40, 'decrease') OVER (ORDER BY day DESC)['signal'] FROM {RISE} ORDER BY day LIMIT 1");
    assert_eq!(column(&turned).await, ["trend_low"]);
}

#[tokio::test]
async fn xmr_computes_limits_for_each_partition_and_phase() {
    let points = "(VALUES ('a', 1, 10, 'old'), ('a', 2, 12, 'old'), ('a', 3, 10, 'old'), ('a', 4, 30, 'new'), ('a', 5, 32, 'new'), \
                  ('a', 6, NULL, 'new'), ('a', 7, 30, 'new'), ('b', 1, 5, 'old'), ('b', 2, 5, 'old'), ('c', 1, 5, 'old')) t(area, day, v, phase)";
    let sql = format!(
        "SELECT area, day, x['centre'], x['lower'], x['near_upper'], x['upper'], x['variation'] FROM \
         (SELECT area, day, xmr(v, NULL, NULL, phase) OVER (PARTITION BY area ORDER BY day) AS x FROM {points}) ORDER BY area, day"
    );
    let rows = rows_in(&session(), &sql).await.expect("charts");
    let centre = 32.0 / 3.0;
    near(&rows[0][2..6], &[centre, centre - 5.32, centre + 5.32 * 2.0 / 3.0, centre + 5.32]);
    near(&rows[4][2..6], &[centre + 20.0, centre + 14.68, centre + 20.0 + 5.32 * 2.0 / 3.0, centre + 25.32]);
    assert_eq!(rows[5][2..], ["null"; 5], "a missing value has no point");
    assert_eq!(rows[7][2..], ["5.0", "5.0", "5.0", "5.0", "common"], "equal values have no special cause");
    assert_eq!(rows[9][2..], ["5.0", "null", "null", "null", "common"], "one value has no limits");
}

#[tokio::test]
async fn xmr_screens_moving_ranges_unless_told_not_to() {
    let spike =
        "(VALUES (1, 10), (2, 11), (3, 10), (4, 11), (5, 10), (6, 40), (7, 10), (8, 11), (9, 10), (10, 11)) t(day, v)";
    let upper = |screen: &str| {
        format!("SELECT xmr(v, NULL, 'increase', NULL, {screen}) OVER (ORDER BY day)['upper'] FROM {spike} LIMIT 1")
    };
    near(&column(&upper("true")).await, &[13.4 + 2.66]);
    near(&column(&upper("NULL")).await, &[13.4 + 2.66]);
    near(&column(&upper("false")).await, &[13.4 + 2.66 * 67.0 / 9.0]);
}

#[tokio::test]
async fn xmr_takes_one_direction_for_a_series() {
    let sql = "SELECT xmr(v, 1, d) OVER (ORDER BY v) FROM (VALUES (1, 'increase'), (2, 'decrease')) t(v, d)";
    assert!(fails(sql).await.contains("one direction for all points"));
    let sql = "SELECT xmr(v, 1, d) OVER (ORDER BY v) FROM (VALUES (1, 'up'), (2, 'up')) t(v, d)";
    assert!(fails(sql).await.contains("direction `up` is none of"));
    let sql = "SELECT xmr(v, 1, d) OVER (PARTITION BY d ORDER BY v)['assurance'] FROM (VALUES (1, 'increase'), (2, 'decrease'), (3, NULL)) t(v, d)";
    assert_eq!(column(sql).await, ["null"; 3]);
}

#[tokio::test]
async fn funnel_compares_the_units_of_a_partition() {
    let units: Vec<(f64, f64)> =
        (0..30_u32).map(|i| (f64::from(40 + i % 5), 100.0)).chain([(95.0, 100.0), (1.0, 100.0)]).collect();
    let values: Vec<String> = units.iter().enumerate().map(|(i, (x, n))| format!("('a', {i}, {x}, {n})")).collect();
    let sql = format!(
        "SELECT f['target'], f['z'], f['phi'], f['tau2'], f['lower95'], f['upper95'], f['lower998'], f['upper998'], f['band'] FROM \
         (SELECT m, id, funnel(x, n) OVER (PARTITION BY m) AS f FROM (VALUES {}, ('b', 1, 1, 2), ('b', 2, 0, 0), ('b', 3, NULL, 2), \
         ('b', 4, 3, 2), ('c', 1, 0, 0)) t(m, id, x, n)) ORDER BY m, id",
        values.join(", ")
    );
    let rows = rows_in(&session(), &sql).await.expect("a funnel");
    let expected = funnel(&units.iter().copied().map(Some).collect::<Vec<_>>()).expect("a funnel");
    for (cells, unit) in rows.iter().zip(expected.units.iter().flatten()) {
        let (inner, outer) = (unit.limits95, unit.limits998);
        let limits = [inner.lower, inner.upper, outer.lower, outer.upper];
        near(&cells[..8], &[[expected.target, unit.z.expect("a score"), expected.phi, expected.tau2], limits].concat());
        assert_eq!(cells[8], unit.band.name());
    }
    assert_eq!(
        (rows[0][8].as_str(), rows[30][8].as_str(), rows[31][8].as_str()),
        ("about the same", "much higher", "much lower")
    );
    assert_eq!((rows.len(), rows[32][0].as_str()), (37, "0.5"), "the partition's own target");
    assert!(rows[33..].iter().all(|cells| cells.iter().all(|cell| cell == "null")));
}

#[tokio::test]
async fn bounds_of_everybody() {
    // 62 of 100, 54 more people: 62/154 to 116/154; with 20 points, (62 + 54 · 0.42)/154 to (62 + 54 · 0.82)/154.
    let sql = "SELECT b['lower'], b['upper'] FROM (SELECT bounds(62, 100, 154) AS b)";
    near(&row(sql).await, &[62.0 / 154.0, 116.0 / 154.0]);
    let sql = "SELECT b['lower'], b['upper'] FROM (SELECT bounds(62, 100, 154, 0.2) AS b)";
    near(&row(sql).await, &[84.68 / 154.0, 106.28 / 154.0]);
    for none in
        ["bounds(1, 2, NULL)", "bounds(1, 0, 5)", "bounds(1, 6, 5)", "bounds(1, 2, 5, 1.5)", "bounds(1, 2, 5, NULL)"]
    {
        assert_eq!(row(&format!("SELECT {none}['lower'] IS NULL")).await, ["true"], "{none}");
    }
    assert!(session().sql("SELECT bounds(1, 2)").await.is_err());
}

#[tokio::test]
async fn r_indicators_of_cells() {
    // Case `three` of tests/reference/r_indicator.
    let cells =
        "(VALUES ('a', 114, 1000), ('b', 251, 1500), ('c', 95, 400), ('d', NULL, 70)) AS t (cell, responses, people)";
    let fields = "r['value'], r['lower'], r['upper'], r['se'], r['propensity'], r['variation']";
    let sql = format!("SELECT {fields} FROM (SELECT r_indicator(responses, people) AS r FROM {cells})");
    near(
        &row(&sql).await,
        &[
            0.924_125_299_752_069_4,
            0.898_774_921_080_615,
            0.964_399_105_724_843,
            0.015_094_801_127_404_4,
            0.158_620_689_655_163_8,
            0.239_170_250_781_533_4,
        ],
    );
    let sql =
        format!("SELECT partial_r_indicator(responses, people) OVER ()['value'] FROM {cells} ORDER BY cell LIMIT 3");
    near(&column(&sql).await, &[-0.026_202_171_174_207_8, 0.006_266_089_353_895_19, 0.029_295_040_419_310_76]);
    let sql = format!("SELECT partial_r_indicator(responses, people) OVER ()['value'] FROM {cells} ORDER BY cell");
    assert_eq!(column(&sql).await.last().map(String::as_str), Some("null"));
    for none in
        ["(VALUES (1, 10))", "(VALUES (11, 10), (1, 10))", "(VALUES (0, 10), (0, 10))", "(VALUES (-1, 10), (1, 10))"]
    {
        let sql = format!("SELECT r_indicator(column1, column2) IS NULL FROM {none}");
        assert_eq!(row(&sql).await, ["true"], "{none}");
    }
    assert!(rows_in(&session(), "SELECT r_indicator(1, 10, 1.5)").await.is_err());
    assert!(session().sql("SELECT r_indicator('a', 10)").await.is_err());
}

#[tokio::test]
async fn mantel_haenszel_of_counts() {
    // Case `dif` of 10_mantel_haenszel_dif (R's mantelhaen.test), whose odds ratio is that of the focal group over the reference.
    let strata =
        "(VALUES (4, 38, 7, 31), (15, 24, 15, 26), (18, 24, 23, 15), (20, 23, 30, 7), (33, 11, 29, 7), (31, 9, 38, 2))";
    let fields = "m['odds_ratio'], m['lower'], m['upper'], m['chi_square'], m['p_value'], m['ets_delta']";
    let call = "mantel_haenszel_counts(column1, column2, column3, column4)";
    let sql = format!("SELECT {fields} FROM (SELECT {call} AS m FROM {strata})");
    let expected = [
        1.0 / 2.078_060_805_258_833,
        1.0 / 3.171_865_994_241_291,
        1.0 / 1.361_449_921_968_073_1,
        11.085_434_540_981_353,
        0.000_870_084_315_174_695_1,
        1.718_872_611_153_729_1,
    ];
    near(&row(&sql).await, &expected);
    assert_eq!(row(&format!("SELECT {call}['class'] FROM {strata}")).await, ["B"]);
    assert_eq!(row("SELECT mantel_haenszel_counts(-1, 2, 3, 4) IS NULL").await, ["true"]);
}
