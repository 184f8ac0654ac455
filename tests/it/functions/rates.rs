//! Rates, funnels of ratios and by chance alone, standardised rates, adjusted p-values, differences in differences. Expected
//! numbers are those of `tests/reference/`, of R 4.2 or of scipy.

use tellonce::stats::funnel::ratio::{Scale, funnel_ratio};

use super::{column, fails, in_three_parts, near, refused, row, rows_in, session};

/// The three fields of a struct, as columns.
fn fields(call: &str, from: &str) -> String {
    format!("SELECT e['value'], e['lower'], e['upper'] FROM (SELECT {call} AS e {from})")
}

#[tokio::test]
async fn rates_change_their_limits_at_10_events() {
    let sql = "SELECT rate_lower(9, 8000, 100000), rate_upper(9, 8000, 100000), rate_lower(10, 8000, 100000), \
               rate_upper(CAST(10 AS SMALLINT), 8000.0, 100000, 0.998), rate_lower(0, 1000, 1)";
    let expected = [51.442_163_717_229_164, 213.560_043_242_739_6, 59.843_123_924_594_55, 302.421_561_598_506_86, 0.0];
    near(&row(sql).await, &expected);
    let none = "SELECT rate_upper(x, n, per, level) FROM (VALUES (-1, 5, 1, 0.9), (1, 0, 1, 0.9), (1, 5, 0, 0.9), (NULL, 5, 1, 0.9), \
                (1, NULL, 1, 0.9), (1, 5, NULL, 0.9), (1, 5, 1, NULL)) t(x, n, per, level)";
    assert_eq!(column(none).await, ["null"; 7]);
}

#[tokio::test]
async fn ratios_of_rates_and_differences_of_means_have_limits() {
    let ratio = fields("rate_ratio(12, 100, 30, 80)", "");
    near(&row(&ratio).await, &[0.32, 0.149_207_285_467_343_2, 0.643_623_272_028_898_7]);
    let wide = fields("rate_ratio(12, 100, 30, 80, 0.998)", "");
    near(&row(&wide).await, &[0.32, 0.094_281_559_743_920_27, 0.915_599_207_938_746_5]);
    let means = fields("welch(40, 21.5, 4.2, 35, 19.8, 5.1)", "");
    near(&row(&means).await, &[1.7, -0.472_598_063_399_137_1, 3.872_598_063_399_135_7]);
    for none in [
        "rate_ratio(12, 100, 0, 80)",
        "rate_ratio(-1, 100, 3, 80)",
        "rate_ratio(1, 0, 3, 80)",
        "rate_ratio(1, NULL, 3, 80)",
        "welch(1, 21.5, 4.2, 35, 19.8, 5.1)",
        "welch(40, 21.5, -4.2, 35, 19.8, 5.1)",
        "welch(40, 21.5, 4.2, 35, NULL, 5.1)",
    ] {
        assert_eq!(row(&format!("SELECT {none} IS NULL, {none}['value']")).await, ["true", "null"], "{none}");
    }
}

#[tokio::test]
async fn lines_of_a_funnel_are_points_for_a_chart() {
    let sql = "SELECT n, funnel_limits_wilson(n, 0.3116)['lower'] FROM generate_series(100, 500, 100) AS t(n) ORDER BY n LIMIT 1";
    near(&rows_in(&session(), sql).await.expect(sql)[0], &[100.0, 0.220_824_793_331_280_47]);
    let outer = "SELECT funnel_limits_wilson(2, 0.31159498015660198, 0.998)['upper'], funnel_limits_wilson(2, 0.31159498015660198)['upper']";
    near(&row(outer).await, &[1.0, 0.953_469_792_112_600_6]);
    // Where 3 events of 8.767273069742323 expected are just not too few: Garwood's limits of 3.
    let poisson = "SELECT funnel_limits_poisson(8.767273069742323)['lower'] * 8.767273069742323, \
                   funnel_limits_poisson(0.6186721228956016)['upper'] * 0.6186721228956016, funnel_limits_poisson(1, 0.998)['lower']";
    near(&row(poisson).await, &[3.0, 3.0, 0.0]);
    for none in ["funnel_limits_wilson(0, 0.5)", "funnel_limits_wilson(9, 1.5)", "funnel_limits_poisson(0)"] {
        assert_eq!(row(&format!("SELECT {none} IS NULL")).await, ["true"], "{none}");
    }
}

#[tokio::test]
async fn bands_by_chance_alone() {
    let sql =
        "SELECT funnel_band_wilson(x, 252, 0.31159498015660198) FROM (VALUES (40), (63), (80), (100), (120)) t(x)";
    assert_eq!(column(sql).await, ["much lower", "lower", "about the same", "higher", "much higher"]);
    let sql =
        "SELECT funnel_band_poisson(o, e) FROM (VALUES (138, 105.599), (24, 33.053), (0, 5.13), (0, 7.0)) t(o, e)";
    assert_eq!(column(sql).await, ["higher", "about the same", "lower", "much lower"]);
    let none = "SELECT funnel_band_wilson(3, 2, 0.5), funnel_band_wilson(1, 2, 1.5), funnel_band_poisson(1, 0), funnel_band_poisson(NULL, 1)";
    assert_eq!(row(none).await, ["null"; 4]);
}

#[tokio::test]
async fn a_level_outside_0_and_1_is_refused() {
    for call in [
        "rate_lower(1, 2, 3, 95)",
        "rate_upper(1, 2, 3, 0)",
        "rate_ratio(1, 2, 3, 4, 1)",
        "welch(3, 1, 1, 3, 1, 1, 1.5)",
        "funnel_limits_wilson(9, 0.5, 95)",
        "funnel_limits_poisson(9, -1)",
        "standardised_rate(v, v, v, 1, 95)",
        "standardised_rate_repeat(v, v, v, v, 1, 95)",
        "standardised_ratio(v, v, 95)",
        "difference_in_differences(v, 1, 0, 95)",
    ] {
        let sql = format!("SELECT {call} FROM (VALUES (1)) t(v)");
        assert!(refused(&sql).await.contains("a confidence level lies between 0 and 1"), "{sql}");
    }
}

#[tokio::test]
async fn wrong_arguments_are_refused() {
    for (sql, why) in [
        ("SELECT rate_lower(1, 2)", "`rate_lower` takes 3 to 4 arguments, not 2"),
        ("SELECT welch(1, 2, 3)", "`welch` takes 6 to 7 arguments, not 3"),
        ("SELECT rate_ratio('a', 2, 3, 4)", "`rate_ratio` takes numbers, not Utf8"),
        ("SELECT standardised_rate(1, 2, 3)", "`standardised_rate` takes 4 to 5 arguments, not 3"),
        ("SELECT difference_in_differences(1, 'a', 0)", "`difference_in_differences` takes numbers, not Utf8"),
        ("SELECT funnel_ratio(1) OVER ()", "`funnel_ratio` takes 2 to 3 arguments, not 1"),
        ("SELECT funnel_ratio(1, 2, 3) OVER ()", "`funnel_ratio` takes a text as scale, not Int64"),
        ("SELECT funnel_ratio(1, 2, 'ln') OVER ()", "`funnel_ratio` takes 'log' or 'sqrt' as scale, not 'ln'"),
        ("SELECT benjamini_hochberg(1, 2) OVER ()", "`benjamini_hochberg` takes 1 arguments, not 2"),
        ("SELECT holm('a') OVER ()", "`holm` takes numbers, not Utf8"),
        ("SELECT funnel_band_wilson(1, 2)", "`funnel_band_wilson` takes 3 arguments, not 2"),
    ] {
        let error = refused(sql).await;
        assert!(error.contains(why), "{sql}: {error}");
    }
}

/// Two bands: 8 of 400 and 30 of 600 events, half of the standard population in each.
const BANDS: &str = "FROM (VALUES (8, 8, 400, 500), (30, 50, 600, 500)) t(x, x2, n, s)";

#[tokio::test]
async fn standardised_rates_count_each_band_as_in_the_standard_population() {
    let sql = fields("standardised_rate(x, n, s, 1000)", BANDS);
    near(&row(&sql).await, &[35.0, 24.592_347_965_894_856, 48.261_524_451_486_34]);
    let repeat = "SELECT standardised_rate_repeat(x, x2, n, s, 1000)['value'], standardised_rate_repeat(x, x2, n, s, 1000)['lower'] ";
    near(&row(&format!("{repeat}{BANDS}")).await, &[35.0, 22.612_416_314_876_615]);
    let ratio =
        fields("standardised_ratio(x, x2 - 14.0)", "FROM (VALUES (8, 24), (30, 34), (NULL, 50), (5, NULL)) t(x, x2)");
    near(&row(&ratio).await, &[1.266_666_666_666_666_6, 0.896_255_616_039_821_6, 1.738_647_781_032_487_2]);
    for none in [
        "standardised_rate(x, n, s, 1000) FROM (VALUES (8, 400, 500), (NULL, 600, 500), (30, 600, 500)) t(x, n, s)",
        "standardised_rate(x, n, s, 1000) FROM (VALUES (8, 400, 500)) t(x, n, s)",
        "standardised_rate(x, n, s, 1000) FROM (VALUES (80, 400, 500), (1, 0, 500)) t(x, n, s)",
        "standardised_rate(x, n, s, NULL) FROM (VALUES (80, 400, 500)) t(x, n, s)",
        "standardised_rate_repeat(x, x - 1, n, s, 1000) FROM (VALUES (80, 400, 500)) t(x, n, s)",
        "standardised_ratio(x, 0) FROM (VALUES (80), (7)) t(x)",
        "standardised_ratio(x, 9) FROM (VALUES (80), (-7)) t(x)",
        "standardised_ratio(x, 9) FROM (VALUES (80)) t(x) WHERE x < 0",
    ] {
        assert_eq!(row(&format!("SELECT e IS NULL FROM (SELECT {none}) u(e)")).await, ["true"], "{none}");
    }
    let two = "SELECT standardised_rate(x, n, s, s) FROM (VALUES (8, 400, 500), (30, 600, 501)) t(x, n, s)";
    assert!(fails(two).await.contains("takes one number for all rows of a group"));
}

#[tokio::test]
async fn differences_in_differences_merge_the_parts_of_a_group() {
    let number = |i: u32| f64::from(i * 37 % 11);
    let context = in_three_parts(&[
        ("y", (0..60_u32).map(|i| (i != 7).then(|| number(i))).collect()),
        ("t", (0..60_u32).map(|i| Some(f64::from(i % 2))).collect()),
        ("a", (0..60_u32).map(|i| Some(f64::from(i / 2 % 2))).collect()),
    ]);
    let cells = (0..60_u32)
        .filter(|i| *i != 7)
        .fold(tellonce::stats::did::Cells::ZERO, |cells, i| cells.with(number(i), i % 2 == 1, i / 2 % 2 == 1));
    let expected = cells.difference(0.9).expect("a difference").estimate;
    for call in ["difference_in_differences(y, t, a, 0.9)", "difference_in_differences(y, t = 1, a = 1, 0.9)"] {
        let rows = rows_in(&context, &fields(call, "FROM parts")).await.expect(call);
        near(&rows[0], &[expected.value, expected.lower, expected.upper]);
    }
    for none in ["(y, t + 1, a)", "(y, 1, a)", "(y, t, NULL)"] {
        let sql = format!("SELECT e IS NULL FROM (SELECT difference_in_differences{none} FROM parts) u(e)");
        assert_eq!(rows_in(&context, &sql).await.expect(none), [["true"]], "{none}");
    }
}

#[tokio::test]
async fn funnel_ratio_compares_the_units_of_a_partition() {
    let units: Vec<Option<(f64, f64)>> = (0..30_u32)
        .map(|i| Some((f64::from(36 + i * 7 % 9), 40.0)))
        .chain([Some((95.0, 40.0)), Some((2.0, 40.0))])
        .collect();
    let values: Vec<String> =
        units.iter().flatten().enumerate().map(|(i, (o, e))| format!("('a', {i}, {o}, {e})")).collect();
    let values =
        format!("(VALUES {}, ('b', 1, 1, 0), ('b', 2, NULL, 5), ('b', 3, -1, 5)) t(m, id, o, e)", values.join(", "));
    for (given, scale) in [("", Scale::Log), (", 'log'", Scale::Log), (", NULL", Scale::Log), (", 'sqrt'", Scale::Sqrt)]
    {
        let sql = format!(
            "SELECT f['target'], f['z'], f['phi'], f['tau2'], f['lower95'], f['upper998'], f['band'] FROM \
             (SELECT m, id, funnel_ratio(o, e{given}) OVER (PARTITION BY m) AS f FROM {values}) ORDER BY m, id"
        );
        let rows = rows_in(&session(), &sql).await.expect("a funnel");
        let expected = funnel_ratio(&units, scale).expect("a funnel");
        for (cells, unit) in rows.iter().zip(expected.units.iter().flatten()) {
            let z = unit.z.expect("a score");
            near(&cells[..6], &[1.0, z, expected.phi, expected.tau2, unit.limits95.lower, unit.limits998.upper]);
            assert_eq!(cells[6], unit.band.name());
        }
        assert_eq!((rows[30][6].as_str(), rows[31][6].as_str()), ("much higher", "much lower"));
        assert!(rows[32..].iter().all(|cells| cells.iter().all(|cell| cell == "null")) && rows.len() == 35);
    }
    let two = format!("SELECT funnel_ratio(o, e, CASE WHEN id > 3 THEN 'log' ELSE 'sqrt' END) OVER () FROM {values}");
    assert!(fails(&two).await.contains("takes one scale for all units"));
    let unknown = format!("SELECT funnel_ratio(o, e, m) OVER (PARTITION BY m) FROM {values}");
    assert!(fails(&unknown).await.contains("takes 'log' or 'sqrt' as scale"));
}

#[tokio::test]
async fn p_values_are_adjusted_for_all_of_a_partition() {
    let values = "(VALUES ('a', 1, 0.01), ('a', 2, 0.02), ('a', 3, 0.02), ('a', 4, NULL), ('a', 5, 0.04), ('a', 6, 0.04), ('a', 7, 0.9), \
                  ('b', 8, 0.04), ('b', 9, 1.5)) t(page, id, p)";
    // Case `ties` of the reference values; a null is no test.
    for (name, expected) in [
        ("benjamini_hochberg", [0.04, 0.04, 0.04, 0.048, 0.048, 0.9]),
        ("benjamini_yekutieli", [0.098, 0.098, 0.098, 0.1176, 0.1176, 1.0]),
        ("bonferroni", [0.06, 0.12, 0.12, 0.24, 0.24, 1.0]),
        ("hochberg", [0.06, 0.08, 0.08, 0.08, 0.08, 0.9]),
        ("holm", [0.06, 0.1, 0.1, 0.12, 0.12, 0.9]),
    ] {
        let sql = format!("SELECT {name}(p) OVER (PARTITION BY page) FROM {values} ORDER BY id");
        let mut cells = column(&sql).await;
        assert_eq!(cells.remove(3), "null", "{name}");
        near(&cells[..6], &expected);
        near(&cells[6..7], &[0.04]);
        assert_eq!(cells[7], "null", "{name}: no p-value");
    }
}
