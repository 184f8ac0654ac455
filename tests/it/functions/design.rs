//! `design_mean`, `design_proportion` and `effective_n`.

use super::{column, fails, in_three_parts, near, refused, row, rows_in, session};

/// The struct in its parts.
async fn parts(call: &str, from: &str) -> Vec<String> {
    let names = ["value", "se", "lower", "upper", "design_effect", "degrees_of_freedom"];
    let parts: Vec<String> = names.iter().map(|name| format!("d['{name}']")).collect();
    row(&format!("select {} from (select {call} as d from {from})", parts.join(", "))).await
}

const FIVE: &str = "(values (1.0, 2, 'a', 'p'), (4.0, 2, 'a', 'q'), (4.0, 2, 'b', 'p'), (5.0, 2, 'b', 'q'), (6.0, 2, 'b', 'q')) as t(y, w, s, c)";

#[tokio::test]
async fn equal_weights_without_a_design_are_the_textbook() {
    // Mean 4 and variance 3.5 of 5 answers, t of 4 degrees of freedom 2.776445.
    let se = (3.5_f64 / 5.0).sqrt();
    let reach = 2.776_445_105_197_793_4 * se;
    near(&parts("design_mean(y, w, null, null)", FIVE).await, &[4.0, se, 4.0 - reach, 4.0 + reach, 1.0, 4.0]);
    near(&column(&format!("select effective_n(w) from {FIVE}")).await, &[5.0]);
}

#[tokio::test]
async fn strata_and_clusters_are_text_or_numbers() {
    // By hand: deviations from the mean 4, times 2, over 10: a p -0.6, a q 0, b p 0, b q 0.6. Each stratum: 2 × (0.3² + 0.3²).
    let se = 0.72_f64.sqrt();
    let by_text = parts("design_mean(y, w, s, c)", FIVE).await;
    near(&by_text[..2], &[4.0, se]);
    near(&by_text[4..], &[0.72 / 0.7, 2.0]);
    let by_number = "design_mean(y, w, case s when 'a' then 1 else 2 end, case c when 'p' then 1.5 else 2.5 end)";
    assert_eq!(parts(by_number, FIVE).await, by_text);
    // Of 4 clusters in the population half are not drawn; of 2, none; 1 cannot be.
    near(&parts("design_mean(y, w, s, c, 4)", FIVE).await[..2], &[4.0, se / 2.0_f64.sqrt()]);
    near(&parts("design_mean(y, w, s, c, 2)", FIVE).await[..2], &[4.0, 0.0]);
    assert_eq!(parts("design_mean(y, w, s, c, 1)", FIVE).await, ["null"; 6]);
    assert_eq!(parts("design_mean(y, w, s, c, y + 10)", FIVE).await, ["null"; 6], "populations of one stratum differ");
}

#[tokio::test]
async fn nulls_are_left_out_and_weight_0_keeps_its_cluster() {
    let with = |rows: &str| FIVE.replace("(values ", &format!("(values {rows}, "));
    let plain = parts("design_mean(y, w, s, c)", FIVE).await;
    assert_eq!(parts("design_mean(y, w, s, c)", &with("(null, 2, 'a', 'z'), (3.0, null, 'a', 'y')")).await, plain);
    let more = parts("design_mean(y, w, s, c)", &with("(9.0, 0, 'a', 'z')")).await;
    // Stratum a has a third cluster with nothing: 3 / 2 × (0.6² - 0.6² / 3).
    near(&more[..2], &[4.0, (0.36 + 0.36_f64).sqrt()]);
    assert_eq!(more[5], "2", "only clusters with answers are counted");
    assert_eq!(parts("design_mean(y, w, s, c)", &with("(3.0, -1, 'a', 'z')")).await, ["null"; 6]);
    assert_eq!(parts("design_mean(y, 0, s, c)", FIVE).await, ["null"; 6]);
    assert_eq!(column(&format!("select effective_n(-w) from {FIVE}")).await, ["null"]);
    assert_eq!(column("select effective_n(w) from (values (cast(null as double)), (0.0)) as t(w)").await, ["null"]);
    let one = parts("design_mean(y, w, s, c)", "(values (3.0, 1, null, null)) as t(y, w, s, c)").await;
    assert_eq!(one, ["3.0", "null", "null", "null", "null", "0"]);
}

#[tokio::test]
async fn a_share_has_the_limits_that_were_asked_for() {
    let from = "(select value * value % 7 < 2 as y, 1.0 + value % 3 as w, value % 4 as s, value % 12 as c from generate_series(1, 120))";
    let plain = parts("design_proportion(y, w, s, c)", from).await;
    assert_eq!(parts("design_proportion(y, w, s, c, 'logit', 0.95)", from).await, plain);
    assert_eq!(parts("design_proportion(cast(y as int), w, s, c, 'xlogit')", from).await, plain);
    let mean = parts("design_mean(cast(y as int), w, s, c)", from).await;
    assert_eq!(parts("design_proportion(y, w, s, c, 'mean')", from).await, mean);
    let number = |parts: &[String], at: usize| parts[at].parse::<f64>().unwrap();
    // The logit limits are as far from the share on either side, on their scale.
    let logit = |at: usize| (number(&plain, at) / (1.0 - number(&plain, at))).ln();
    assert!((logit(2) + logit(3) - 2.0 * logit(0)).abs() < 1e-9, "{plain:?}");
    let (beta, narrow) = (
        parts("design_proportion(y, w, s, c, 'beta')", from).await,
        parts("design_proportion(y, w, s, c, 'beta', 0.5)", from).await,
    );
    assert!(number(&beta, 2) < number(&narrow, 2) && number(&narrow, 3) < number(&beta, 3));
    assert_eq!(parts("design_proportion(value, 1, null, null)", "generate_series(0, 2)").await, ["null"; 6]);
    let all = parts("design_proportion(true, 2.0, null, value)", "generate_series(1, 20)").await;
    near(&all[..4], &[1.0, 0.0, 0.025_f64.powf(0.05), 1.0]);
}

#[tokio::test]
async fn parts_of_a_group_are_the_whole() {
    let numbers = |of: fn(u32) -> f64| (0..300).map(|i| Some(of(i))).collect::<Vec<_>>();
    let columns = [
        ("y", numbers(|i| f64::from(i * 7 % 11))),
        ("w", numbers(|i| 1.0 + f64::from(i % 5) / 3.0)),
        ("s", numbers(|i| f64::from(i % 3))),
        ("c", numbers(|i| f64::from(i * 13 % 20))),
    ];
    let sql = |from: &str| {
        format!("select design_mean(y, w, s, c), design_proportion(y > 5, w, s, c), effective_n(w) from {from}")
    };
    let context = in_three_parts(&columns);
    let merged = rows_in(&context, &sql("parts")).await.unwrap();
    let again = rows_in(&context, &sql("(select * from parts order by w, y)")).await.unwrap();
    assert_eq!(merged, again);
    assert!(!merged[0].iter().any(|cell| cell.contains("null") || cell.contains("NaN")), "{merged:?}");
}

#[tokio::test]
async fn wrong_arguments_are_refused() {
    for (call, part) in [
        ("design_mean(y, w, s)", "`design_mean` takes 4 to 6 arguments"),
        ("design_mean(y, w, s, c, null, 95)", "a confidence level lies between 0 and 1"),
        ("design_proportion(y, w, s, c, 'wald')", "takes 'xlogit' or 'logit' or 'beta' or 'mean'"),
        ("design_proportion(y, w, s, c, 'beta', 1.0)", "a confidence level lies between 0 and 1"),
        ("effective_n(c)", "`effective_n` takes numbers"),
    ] {
        let said = refused(&format!("select {call} from {FIVE}")).await;
        assert!(said.contains(part), "{call}: {said}");
    }
    let said = fails(&format!("select design_mean(y, w, s, c, null, y / 10) from {FIVE}")).await;
    assert!(said.contains("one confidence level for all rows of a group"), "{said}");
    assert!(rows_in(&session(), &format!("select design_mean(distinct y, w, s, c) from {FIVE}")).await.is_err());
}
