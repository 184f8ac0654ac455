//! What areas are compared by, through SQL.

use super::{column, near, refused, rows_in, session};

/// The case `few` of tests/reference/funnel_mean, and rows that are no units.
const UNITS: &str = "(VALUES
    ('U01', 7, 2.9128571428571428, 0.71006371276842195), ('U02', 9, 3.3166666666666664, 1.03979565300110766),
    ('U03', 11, 3.8863636363636362, 1.04286406331096426), ('U04', 13, 3.6353846153846154, 1.15004793657058313),
    ('none', NULL, 3.0, 1.0), ('one', 1, 9.0, NULL), ('wrong', 5, 3.0, -1.0)) AS units(unit, n, mean, sd)";

#[tokio::test]
async fn units_are_what_r_says_and_rows_that_are_none_are_null() {
    let of = |field: &str| {
        format!(
            "SELECT funnel_mean(mean, sd, n) OVER ()['{field}'] FROM {UNITS} ORDER BY unit = 'none', unit = 'one', unit = 'wrong', unit"
        )
    };
    for (field, expected) in [
        ("target", [3.506_25; 4]),
        ("lower998", [2.299_609, 2.442_093, 2.543_683, 2.620_817]),
        ("upper95", [4.271_556, 4.181_186, 4.116_753, 4.067_831]),
    ] {
        let cells = column(&of(field)).await;
        for (cell, expected) in cells.iter().zip(expected) {
            let got: f64 = cell.parse().unwrap();
            assert!((got - expected).abs() < 1e-6, "{field}: {got} against {expected}");
        }
        assert_eq!(cells[4..], ["null", "null", "null"]);
    }
    let sql = format!(
        "SELECT reliability(n, mean, sd) OVER () FROM {UNITS} ORDER BY unit = 'none', unit = 'one', unit = 'wrong', unit"
    );
    let cells = column(&sql).await;
    let ratio = 0.038_304_187_130_831_66 / 1.074_915_397_469_358_6;
    for (cell, n) in cells.iter().zip([7.0, 9.0, 11.0, 13.0]) {
        assert!((cell.parse::<f64>().unwrap() - ratio / (ratio + 1.0 / n)).abs() < 1e-5, "{cell}");
    }
    assert_eq!(cells[4..], ["null", "null", "null"]);
}

#[tokio::test]
async fn reliability_from_sums_is_that_of_the_single_answers() {
    let values = "(VALUES ('a', 1.0), ('a', 2.0), ('a', 4.0), ('b', 5.0), ('b', 7.0), ('c', 3.0), ('c', 3.5), ('c', 6.0), ('c', 2.0)) AS v(unit, y)";
    let single = column(&format!(
        "SELECT unit_reliability(unit, y)['between'] / unit_reliability(unit, y)['within'] FROM {values}"
    ))
    .await;
    let ratio: f64 = single[0].parse().unwrap();
    let sums = column(&format!(
        "SELECT reliability(n, mean, sd) OVER () FROM (SELECT unit, count(*) AS n, avg(y) AS mean, stddev(y) AS sd FROM {values} GROUP BY unit) ORDER BY unit"
    ))
    .await;
    near(&sums, &[3.0, 2.0, 4.0].map(|n| ratio / (ratio + 1.0 / n)));
}

#[tokio::test]
async fn values_are_held_against_one_target() {
    let rows = |target: &str| {
        format!(
            "SELECT funnel_normal(value, se, target) OVER ()['band'] FROM (VALUES (1, 0.60, 0.02, 0.6), (2, 0.61, 0.02, 0.6), (3, 0.59, 0.02, {target}), (4, 0.9, 0.02, 0.6), (5, 0.6, 0.0, 0.6)) AS u(id, value, se, target) ORDER BY id"
        )
    };
    // z of 15 is pulled in to 10.65, tau2 is (4 * 28.48 - 3) / 7500, and 0.9 stands 2.43 widened standard errors away.
    let all = ["about the same", "about the same", "about the same", "higher", "null"];
    assert_eq!(column(&rows("0.6")).await, all);
    assert_eq!(column(&rows("0.5")).await, ["null"; 5]);
    // Of three, z of 15 is pulled in to 12.1, tau2 is (146.7 - 2) / 5000, and 0.9 stands 1.75 widened standard errors away.
    assert_eq!(column(&rows("NULL")).await, ["about the same", "about the same", "null", "about the same", "null"]);
    // The order and the division of the rows are nothing to a partition.
    let context = session();
    let sql =
        format!("SELECT unit, funnel_mean(mean, sd, n) OVER (ORDER BY unit DESC)['tau2'] FROM {UNITS} ORDER BY 1");
    let turned = rows_in(&context, &sql).await.unwrap();
    let sql = format!("SELECT unit, funnel_mean(mean, sd, n) OVER ()['tau2'] FROM {UNITS} ORDER BY 1");
    assert_eq!(turned, rows_in(&context, &sql).await.unwrap());
}

#[tokio::test]
async fn p_values_are_those_of_r_and_wrong_arguments_are_refused() {
    // R 4.2.2: 2 * pnorm(-z).
    let cells = column("SELECT normal_p(z) FROM (VALUES (0.0), (1.0), (-3.0)) AS v(z)").await;
    near(&cells, &[1.0, 0.317_310_507_862_914_1, 0.002_699_796_063_260_189]);
    assert_eq!(column("SELECT normal_p(NULL)").await, ["null"]);
    assert_eq!(column("SELECT normal_p('NaN'::double)").await, ["null"]);
    for (sql, why) in [
        ("SELECT normal_p(1, 2)", "`normal_p` takes 1 arguments, not 2"),
        ("SELECT funnel_mean(1, 2) OVER ()", "`funnel_mean` takes 3 arguments, not 2"),
        ("SELECT funnel_normal('a', 1, 1) OVER ()", "`funnel_normal` takes numbers, not Utf8"),
        ("SELECT reliability(1, 2, 3, 4) OVER ()", "`reliability` takes 3 arguments, not 4"),
    ] {
        let error = refused(sql).await;
        assert!(error.contains(why), "{sql}: {error}");
    }
}
