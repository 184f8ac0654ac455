//! Life tables, scales, units and levels through SQL.

use super::{column, fails, near, refused, row, rows_in, session};

/// Runs a query over a table of several partitions, so that partial results have to be merged, and over the table itself.
async fn both_ways(table: &str, columns: &str, call: &str, expected: &[f64]) {
    let context = session();
    let create = format!("CREATE TABLE parts AS SELECT * FROM (VALUES {table}) t({columns})");
    rows_in(&context, &create).await.expect("a table");
    for source in ["parts", "(SELECT * FROM parts WHERE k = 0 UNION ALL SELECT * FROM parts WHERE k = 1)"] {
        let sql = format!("SELECT {call} FROM {source}");
        let cells = rows_in(&context, &sql).await.unwrap_or_else(|err| panic!("{sql}: {err}")).remove(0);
        near(&cells, expected);
    }
}

/// Two bands from 65, of which the younger comes in two rows: 5 years at the rate 0.04, then 10 years on average.
const BANDS: &str = "(0, 65, 600, 20, 0.5, 100), (1, 70, 900, 90, 0.25, NULL), (1, 65, 400, 20, 0.5, 50)";

#[tokio::test]
async fn life_expectancy_adds_rows_of_one_age_and_begins_where_it_is_told() {
    // 0.2 / 1.1 die in the younger band: 5 · (9 / 11 + 1 / 11) years in it and 10 · 9 / 11 after it.
    let value = 50.0 / 11.0 + 90.0 / 11.0;
    both_ways(BANDS, "k, age, people, died, ill, asked", "life_expectancy(age, people, died, 65)['value']", &[value])
        .await;
    let healthy = 25.0 / 11.0 + 90.0 / 11.0 * 0.75;
    let call = "healthy_life_expectancy(age, people, died, ill, asked, 65)['value']";
    both_ways(BANDS, "k, age, people, died, ill, asked", call, &[healthy]).await;
    let of = |call: &str| format!("SELECT {call} FROM (VALUES {BANDS}) t(k, age, people, died, ill, asked)");
    let limits = of("life_expectancy(age, people, died, 70)['lower'], life_expectancy(age, people, died, 70)['upper']");
    // The open band alone: 10 years, of which the standard error is 10 / sqrt(90).
    let reach = 1.959_963_984_540_054 * 10.0 / 90.0_f64.sqrt();
    near(&row(&limits).await, &[10.0 - reach, 10.0 + reach]);
    let unknown = of("healthy_life_expectancy(age, people, died, ill, asked, 65)['lower']");
    assert_eq!(row(&unknown).await, ["null"], "one band without the number asked");
}

#[tokio::test]
async fn a_life_table_that_lacks_a_number_is_null() {
    for bands in [
        "(65, 1000, NULL, 0.5), (70, 900, 90, 0.5)",
        "(65, 1000, 40, NULL), (70, 900, 90, 0.5)",
        "(65, 1000, 40, 0.5), (NULL, 900, 90, 0.5)",
        "(65, 1000, 40, 0.5), (70, 0, 0, 0.5)",
        "(65, 1000, 40, 0.5), (70, 900, 0, 0.5)",
        "(65, 1000, 40, 1.5), (70, 900, 90, 0.5)",
    ] {
        let of = |call: &str| format!("SELECT {call} FROM (VALUES {bands}) t(age, people, died, ill)");
        assert_eq!(
            row(&of("healthy_life_expectancy(age, people, died, ill, 9, 65)['value']")).await,
            ["null"],
            "{bands}"
        );
        // How many are ill does not count for the years of life.
        if !bands.contains("40, NULL") && !bands.contains("1.5") {
            assert_eq!(row(&of("life_expectancy(age, people, died, 65)['value']")).await, ["null"], "{bands}");
        }
    }
    let from_birth = "SELECT life_expectancy(age, 100, 10) FROM (VALUES (65), (70)) t(age)";
    assert_eq!(row(from_birth).await, ["null"], "no band starts at birth");
    let ages = "SELECT life_expectancy(age, 100, 10, age) FROM (VALUES (65), (70)) t(age)";
    assert!(fails(ages).await.contains("`life_expectancy` takes one number for all rows of a group"));
    assert!(refused("SELECT life_expectancy(0, 1)").await.contains("`life_expectancy` takes 3 to 4 arguments, not 2"));
}

#[tokio::test]
async fn cronbach_alpha_takes_any_number_of_items_and_leaves_nulls_out() {
    // Items 1 2 3 and 2 3 1 of the complete people: variances 1 and 1, of the sum 1: 2 · (1 - 2).
    let table = "(0, 1, 2), (1, 2, 3), (0, 3, 1), (1, NULL, 4), (0, 5, NULL)";
    for (field, expected) in [("n", 3.0), ("items", 2.0), ("value", -2.0), ("correlation", -0.5)] {
        both_ways(table, "k, a, b", &format!("cronbach_alpha(a, b)['{field}']"), &[expected]).await;
    }
    both_ways(table, "k, a, b", "cronbach_alpha(a, a, 2 * a, a)['standardised']", &[1.0]).await;
    assert_eq!(row("SELECT cronbach_alpha(v, v) FROM (VALUES (1)) t(v)").await, ["null"]);
    assert!(refused("SELECT cronbach_alpha(1)").await.contains("`cronbach_alpha` takes 2 arguments or more, not 1"));
}

#[tokio::test]
async fn unit_reliability_is_that_of_the_mean_squares_where_units_are_of_one_size() {
    // Means 2, 5 and 11 of 3 answers each, variance 1 within: 62 / 3 between, as in the tests of the statistic.
    let table = "(0, 'a', 1), (1, 'a', 2), (0, 'a', 3), (1, 'b', 4), (0, 'b', 5), (1, 'b', 6), (0, 'c', 10), (1, 'c', 11), (0, 'c', 12), \
                 (1, NULL, 99), (1, 'd', NULL)";
    let between = 62.0 / 3.0;
    for (field, expected) in [
        ("units", 3.0),
        ("n", 9.0),
        ("between", between),
        ("within", 1.0),
        ("value", between / (between + 1.0 / 3.0)),
        ("icc", between / (between + 1.0)),
        ("needed", 7.0 / 3.0 / between),
    ] {
        both_ways(table, "k, unit, answer", &format!("unit_reliability(unit, answer)['{field}']"), &[expected]).await;
    }
    assert_eq!(row("SELECT unit_reliability(u, 1) FROM (VALUES ('a'), ('a'), ('b')) t(u)").await, ["null"]);
}

#[tokio::test]
async fn mantel_haenszel_says_who_has_the_answer_more_often() {
    // In each of two strata 20 of 30 of the reference group have the answer, and 10 of 30 of the focal group.
    let people = "(SELECT s % 2 AS k, s % 2 AS stratum, (s / 2) % 2 = 1 AS focal, \
                  CASE WHEN (s / 2) % 2 = 1 THEN s / 4 < 10 ELSE s / 4 < 20 END AS correct \
                  FROM (SELECT unnest(range(0, 120)) AS s))";
    let of = |field: &str| format!("SELECT mantel_haenszel(stratum, focal, correct)['{field}'] FROM {people}");
    near(&row(&of("odds_ratio")).await, &[4.0]);
    near(&row(&of("ets_delta")).await, &[-2.35 * 4.0_f64.ln()]);
    assert_eq!(row(&of("class")).await, ["C"]);
    let swapped =
        format!("SELECT mantel_haenszel(stratum, NOT focal, CAST(correct AS INT))['odds_ratio'] FROM {people}");
    near(&row(&swapped).await, &[0.25]);
    // The excess of 2 · 5 answers, squared, over the variance 2 · 30 · 30 · 30 · 30 / (3600 · 59).
    let levels = format!("SELECT mantel_haenszel_levels(stratum, focal, correct)['chi_square'] FROM {people}");
    near(&row(&levels).await, &[100.0 * 59.0 / 450.0]);
    let neither = "SELECT mantel_haenszel(1, f, f), mantel_haenszel_levels(1, f, 'a') FROM (VALUES (1), (2)) t(f)";
    assert_eq!(row(neither).await, ["null"; 2]);
    let alone = "SELECT mantel_haenszel(NULL, true, true), mantel_haenszel_levels(1, true, NULL)";
    assert_eq!(row(alone).await, ["null"; 2]);
}

#[tokio::test]
async fn levels_of_profiles_are_added_and_counted() {
    let sql = "SELECT level_sum('21232'), level_sum(21232), level_frequency('21232', 3), level_frequency(11, 5)";
    assert_eq!(row(sql).await, ["10", "10", "131", "20000"]);
    let none = "SELECT level_sum(p) FROM (VALUES (NULL), (''), ('10'), ('1x')) t(p)";
    assert_eq!(column(none).await, ["null"; 4]);
    let none = "SELECT level_frequency('14', 3), level_frequency('1', 2.5), level_frequency('1', NULL), level_frequency(NULL, 3)";
    assert_eq!(row(none).await, ["null"; 4]);
    assert!(refused("SELECT level_sum('1', 2)").await.contains("`level_sum` takes 1 arguments, not 2"));
}
