//! `clustered_share`, `clustered_mean` and `design_from_sums`: from sums over clusters, the same as from the rows.

use super::{near, refused, row};

const ROWS: &str = "(select value % 37 as c, value % 3 as s, 1.0 + value % 4 as w, case when value * value % 11 < 4 then 1.0 else 0.0 end as y, \
                    (value * 7 % 23) / 2.0 as x from generate_series(1, 150))";

/// The struct in its parts.
async fn parts(call: &str, from: &str) -> Vec<String> {
    let names = ["value", "se", "lower", "upper", "design_effect"].map(|name| format!("d['{name}']"));
    row(&format!("select {} from (select {call} as d from {from})", names.join(", "))).await
}

fn numbers(parts: &[String]) -> Vec<f64> {
    parts.iter().map(|part| part.parse().unwrap()).collect()
}

#[tokio::test]
async fn people_by_their_sums_are_people_by_their_rows() {
    for (value, clustered, by_rows) in [
        (
            "y",
            "clustered_share(sum(ty), sum(n), count(*), sum(n * n), sum(n * ty), sum(ty * ty))",
            "design_proportion(y, 1, null, c)",
        ),
        (
            "x",
            "clustered_mean(sum(ty), sum(yy), sum(n), count(*), sum(n * n), sum(n * ty), sum(ty * ty))",
            "design_mean(x, 1, null, c)",
        ),
    ] {
        let clusters =
            format!("(select count(*) as n, sum({value}) as ty, sum({value} * {value}) as yy from {ROWS} group by c)");
        near(&parts(clustered, &clusters).await, &numbers(&parts(by_rows, ROWS).await));
        let level = |call: &str, level: &str| call.strip_suffix(')').map(|call| format!("{call}, {level})")).unwrap();
        let wide = parts(&level(clustered, "0.998"), &clusters).await;
        assert!(numbers(&wide)[2] < numbers(&parts(clustered, &clusters).await)[2]);
    }
}

#[tokio::test]
async fn strata_by_their_sums_are_strata_by_their_rows() {
    for (value, kind, by_rows) in
        [("y", "share", "design_proportion(y, w, s, c)"), ("x", "mean", "design_mean(x, w, s, c)")]
    {
        let sums = format!(
            "(select s, count(*) as k, sum(n) as n, sum(tw) as tw, sum(ty) as ty, sum(tw * tw) as tww, sum(tw * ty) as twy, sum(ty * ty) as tyy, \
             sum(ww) as ww, sum(wyy) as wyy from (select s, count(*) as n, sum(w) as tw, sum(w * {value}) as ty, sum(w * w) as ww, \
             sum(w * {value} * {value}) as wyy from {ROWS} group by s, c) group by s)"
        );
        let call = format!("design_from_sums(k, k, n, tw, ty, tww, twy, tyy, ww, wyy, '{kind}')");
        near(&parts(&call, &sums).await, &numbers(&parts(by_rows, ROWS).await));
        let effective = row(&format!("select {call}['n_effective'] from {sums}")).await;
        near(&effective, &numbers(&row(&format!("select effective_n(w) from {ROWS}")).await));
    }
}

#[tokio::test]
async fn sums_that_do_not_fit_have_no_answer() {
    for call in [
        "clustered_share(3, 4, 0, 4, 3, 3)",
        "clustered_share(3, 4, 5, 4, 3, 3)",
        "clustered_share(3, 4, 2.5, 4, 3, 3)",
        "clustered_share(3, -4, 2, 4, 3, 3)",
        "clustered_share(3, null, 2, 4, 3, 3)",
        "clustered_mean(3, 9, 4, null, 4, 3, 3)",
        "clustered_mean(3, 9, 0, 0, 0, 0, 0)",
    ] {
        assert_eq!(parts(call, "(values (1))").await, ["null"; 5], "{call}");
    }
    // One person has no others to differ from; where all are alike the limits are exact.
    assert_eq!(parts("clustered_mean(6, 18, 2, 1, 4, 12, 36)", "(values (1))").await[1..4], ["null"; 3]);
    let alike = numbers(&parts("clustered_share(6, 6, 3, 12, 12, 12)", "(values (1))").await[2..4]);
    assert!(alike[0] > 0.0 && alike[0] < 1.0 && alike[1] == 1.0, "{alike:?}");
    for call in ["clustered_share(3, 4, 2, 4, 3, 3, 1)", "clustered_mean(3, 9, 4, 2, 4, 3, 3, 0)"] {
        refused(&format!("select {call}")).await;
    }
    for word in ["'total'", "'share', 1.5"] {
        refused(&format!("select design_from_sums(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, {word})")).await;
    }
}
