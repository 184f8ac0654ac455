//! Measures of inequality through SQL. Expected numbers are those of `tests/reference/`.

use super::{column, fails, in_three_parts, near, refused, row, rows_in, session};

/// The case `gen_up` of `04_healthequal_ordered`, its last group being the reference.
const UP: &str = "(VALUES (51.447, 1195, 1, false), (59.254, 488, 2, false), (65.608, 1017, 3, false), \
                  (77.893, 1072, 4, false), (86.046, 1301, 5, true)) t(v, p, r, ref)";

#[tokio::test]
async fn the_logit_slope_is_that_of_its_groups() {
    let fields = ["sii", "lower", "upper", "rii", "rii_lower", "rii_upper"].map(|field| format!("s['{field}']"));
    let column = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
    let context = in_three_parts(&[
        ("x", column(&[330.0, 304.0, 542.0, 759.0, 1004.0])),
        ("n", column(&[812.0, 640.0, 955.0, 1203.0, 1410.0])),
        ("r", column(&[1.0, 2.0, 3.0, 4.0, 5.0])),
    ]);
    let sql = format!("SELECT {} FROM (SELECT slope_index_logit(x, n, r) AS s FROM parts)", fields.join(", "));
    let rows = rows_in(&context, &sql).await.expect("a slope");
    let sii = [0.372_645_817_436_241_03, 0.329_276_378_673_208_9, 0.416_015_256_199_273_15];
    let rii = [1.954_325_996_891_088, 1.788_050_648_958_903, 2.136_063_709_575_673_4];
    near(&rows[0], &[sii, rii].concat());
    let flag = "SELECT slope_index_logit(x, n, r, 0.9)['lack_of_fit'] FROM parts";
    assert_eq!(rows_in(&context, flag).await.expect("a slope"), [["false"]]);
}

#[tokio::test]
async fn the_logit_slope_is_null_where_there_is_none() {
    let three = "(VALUES (1, 5, 1), (3, 5, 2), (4, 5, 3), (NULL, 5, 4)) t(x, n, r)";
    let two = "SELECT slope_index_logit(x, n, r)['sii'] FROM (VALUES (42, 75, 1), (24, 120, 3)) t(x, n, r)";
    near(&column(two).await, &[-0.620_036_045_231_911_6]);
    for none in [
        format!("SELECT slope_index_logit(x, n, r) FROM {three} WHERE r = 1"),
        format!("SELECT slope_index_logit(x, n, 1) FROM {three}"),
        format!("SELECT slope_index_logit(n, x, r) FROM {three}"),
        format!("SELECT slope_index_logit(0, n, r) FROM {three}"),
        format!("SELECT slope_index_logit(n, n, r) FROM {three}"),
        format!("SELECT slope_index_logit(x, n, r, NULL) FROM {three}"),
        "SELECT slope_index_logit(NULL, NULL, NULL)".to_owned(),
    ] {
        assert_eq!(column(&none).await, ["null"], "{none}");
    }
}

#[tokio::test]
async fn concentration_is_that_of_its_groups() {
    let sql = format!(
        "SELECT c['absolute'], c['absolute_lower'], c['absolute_upper'], c['relative'], c['relative_lower'], \
         c['relative_upper'] FROM (SELECT concentration_index(v, p, r) AS c FROM {UP})"
    );
    let absolute = [7.427_619_280_328_604, 6.762_090_480_588_807, 8.093_148_080_068_4];
    let relative = [0.106_874_616_081_319_51, 0.097_298_447_422_321_5, 0.116_450_784_740_317_53];
    near(&row(&sql).await, &[absolute, relative].concat());

    let share = "(VALUES (0.42, 812, 1), (0.51, 640, 2), (0.55, 955, 3), (0.63, 1203, 4), (0.71, 1410, 5)) t(v, p, r)";
    let sql = format!(
        "SELECT e['absolute'], e['absolute_lower'], e['relative'], e['relative_upper'] FROM \
         (SELECT erreygers_index(v, p, r, 0, 1) AS e FROM {share})"
    );
    let (absolute, lower) = (0.226_205_514_198_187_32, 0.197_230_575_599_048_55);
    near(&row(&sql).await, &[absolute, lower, 0.233_433_739_013_042_15, 0.263_334_549_693_299_56]);
    for none in [
        format!("SELECT concentration_index(v, p, r) FROM {share} WHERE r < 3"),
        format!("SELECT concentration_index(v, 0, r) FROM {share}"),
        format!("SELECT concentration_index(v, p, 1) FROM {share}"),
        format!("SELECT erreygers_index(v, p, r, 0, 0.7) FROM {share}"),
        format!("SELECT erreygers_index(v, p, r, 1, 0) FROM {share}"),
        format!("SELECT erreygers_index(v, p, r, NULL, 1) FROM {share}"),
    ] {
        assert_eq!(column(&none).await, ["null"], "{none}");
    }
    let two = format!("SELECT erreygers_index(v, p, r, 0, r) FROM {share}");
    assert!(fails(&two).await.contains("`erreygers_index` takes one number for all rows of a group as argument 5"));
}

#[tokio::test]
async fn disparities_are_those_of_the_reference() {
    for (call, expected) in [
        ("between_group_variance(v, p)", 175.002_621_087_529_55),
        ("between_group_sd(v, p)", 13.228_855_622_748_688),
        ("coefficient_of_variation(v, p)", 19.034_751_412_486_543),
        ("mean_log_deviation(v, p)", 18.864_594_813_680_636),
        ("theil_index(v, p)", 18.396_508_558_479_844),
        ("index_of_disparity(v, p)", 16.440_207_956_196_07),
        ("index_of_disparity_weighted(v, p)", 17.317_253_957_350_84),
        ("mean_difference_from_mean(v, p)", 11.425_688_350_088_707),
        ("mean_difference_from_mean_weighted(v, p)", 12.035_221_654_325_85),
        ("mean_difference_from_best(v, p, 'higher')", 17.996_4),
        ("mean_difference_from_best_weighted(v, p, 'higher')", 16.547_558_249_556_477),
        ("mean_difference_from_reference(v, p, ref)", 17.996_4),
        ("mean_difference_from_reference_weighted(v, p, CASE WHEN ref THEN 1 ELSE 0 END)", 16.547_558_249_556_477),
        ("attributable_risk(v, p, 'higher')", 16.547_558_249_556_474),
        ("attributable_risk(v, p, 'higher', ref)", 16.547_558_249_556_474),
        ("attributable_fraction(v, p, 'higher')", 23.809_970_170_231_722),
        ("attributable_risk(v, p, 'lower', ref)", 0.0),
    ] {
        near(&column(&format!("SELECT {call} FROM {UP}")).await, &[expected]);
    }
}

#[tokio::test]
async fn disparities_of_parts_are_those_of_the_whole() {
    let column = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
    let context = in_three_parts(&[
        ("v", column(&[51.447, 59.254, 65.608, 77.893, 86.046])),
        ("p", column(&[1195.0, 488.0, 1017.0, 1072.0, 1301.0])),
    ]);
    let sql = "SELECT theil_index(v, p), mean_difference_from_best(v, p, 'higher') FROM parts";
    near(&rows_in(&context, sql).await.expect("numbers")[0], &[18.396_508_558_479_844, 17.996_4]);
}

#[tokio::test]
async fn disparities_are_null_where_there_is_none() {
    for none in [
        "between_group_variance(v, 0)",
        "between_group_sd(NULL, p)",
        "mean_log_deviation(v - 60, p)",
        "theil_index(v - 60, p)",
        "index_of_disparity(-v, p)",
        "mean_difference_from_best(v, p, NULL)",
        "mean_difference_from_reference(v, p, r > 3)",
        "mean_difference_from_reference_weighted(v, p, r > 5)",
        "attributable_risk(v, p, 'higher', r > 5)",
        "attributable_fraction(v - 86, p, 'higher')",
    ] {
        assert_eq!(column(&format!("SELECT {none} FROM {UP}")).await, ["null"], "{none}");
    }
    // A row with a null is no group.
    let sql = "SELECT between_group_sd(v, p) FROM (VALUES (1, 1), (NULL, 5), (3, 1), (4, NULL)) t(v, p)";
    near(&column(sql).await, &[1.0]);
}

#[tokio::test]
async fn what_is_better_is_one_of_two_words() {
    for call in [
        "mean_difference_from_best(v, p, 'up')",
        "attributable_risk(v, p, 'Higher')",
        "attributable_fraction(v, p, '')",
    ] {
        let error = refused(&format!("SELECT {call} FROM {UP}")).await;
        assert!(error.contains("takes 'higher' or 'lower', not '"), "{call}: {error}");
    }
    let number = refused(&format!("SELECT attributable_risk(v, p, 1) FROM {UP}")).await;
    assert!(number.contains("`attributable_risk` takes a word there, not Int64"), "{number}");
    let several = format!("SELECT attributable_risk(v, p, CASE WHEN r = 1 THEN 'higher' ELSE 'lower' END) FROM {UP}");
    assert!(fails(&several).await.contains("takes one word for all rows"));
}

#[tokio::test]
async fn a_ratio_of_shares_has_limits() {
    let sql = "SELECT q['value'], q['lower'], q['upper'] FROM (SELECT share_ratio(36, 40, 16, 80) AS q)";
    near(&row(sql).await, &[4.5, 2.939_569_192_214_994_2, 7.152_223_434_866_029]);
    let none = "SELECT share_ratio(x1, n1, x2, n2) FROM (VALUES (1, 2, 0, 2), (3, 2, 1, 2), (1, 0, 1, 2), (NULL, 2, 1, 2)) \
                t(x1, n1, x2, n2)";
    assert_eq!(column(none).await, ["null"; 4]);
}

#[tokio::test]
async fn intersections_are_shrunken_by_partition() {
    let values = "('A', 10, 1, 'm', 1), ('A', 14, 1.5, 'w', 1), ('A', 12, 1.2, 'm', 2), ('A', 25, 2, 'w', 2), \
                  ('A', NULL, 2, 'w', 3), ('A', 7, 0, 'm', 3), ('A', 7, 1, NULL, 3), ('B', 1, 1, 'm', 1)";
    let sql = format!(
        "SELECT i['expected'], i['value'], i['lower'], i['upper'], i['tau2'], i['not_additive'] FROM \
         (SELECT area, v, b, a, intersection(v, se, a, b) OVER (PARTITION BY area) AS i FROM (VALUES {values}) t(area, v, se, a, b)) \
         ORDER BY area, b, a, v"
    );
    let rows = rows_in(&session(), &sql).await.expect("cells");
    let (tau2, about_mean) = (18.077_499_999_999_994, 40.744_427_549_023_75);
    for (cells, expected) in rows.iter().zip([
        [7.880_277_777_777_782, 9.888_888_888_888_89, 7.941_061_020_940_93, 11.836_716_756_836_848],
        [16.258_611_111_111_12, 14.25, 11.351_174_173_864_805, 17.148_825_826_135_195],
        [14.168_611_111_111_115, 12.16, 9.829_043_253_084_74, 14.490_956_746_915_26],
        [22.546_944_444_444_45, 24.555_555_555_555_557, 20.733_641_296_696_64, 28.377_469_814_424_476],
    ]) {
        near(cells, &[&expected[..], &[tau2, tau2 / about_mean]].concat());
    }
    assert_eq!(rows.len(), 8);
    assert!(rows[4..].iter().flatten().all(|cell| cell == "null"));
}

#[tokio::test]
async fn intersections_of_shares_are_those_of_their_values() {
    let cells = "(VALUES (12, 40, 1, 1), (0, 30, 1, 2), (25, 60, 2, 1), (33, 50, 2, 2), (41, 90, 3, 1), (8, 20, 3, 2)) t(x, n, a, b)";
    let share = format!("SELECT intersection_share(x, n, a, b, 0.9) OVER ()['upper'] FROM {cells} ORDER BY a, b");
    let value = format!(
        "SELECT intersection(x * 1.0 / n, sqrt((x + 2) * (n + 2 - x) * 1.0) / pow(n + 4.0, 1.5), a, b, 0.9) OVER ()['upper'] \
         FROM {cells} ORDER BY a, b"
    );
    let expected: Vec<f64> = column(&value).await.iter().map(|cell| cell.parse().expect("a number")).collect();
    near(&column(&share).await, &expected);
    assert_eq!(expected.len(), 6);
}

#[tokio::test]
async fn wrong_arguments_of_measures_of_inequality_are_refused() {
    for (sql, why) in [
        ("SELECT slope_index_logit(1, 2)", "`slope_index_logit` takes 3 to 4 arguments, not 2"),
        ("SELECT slope_index_logit(1, 2, 'a')", "`slope_index_logit` takes numbers, not Utf8"),
        ("SELECT erreygers_index(1, 2, 3, 4)", "`erreygers_index` takes 5 to 6 arguments, not 4"),
        ("SELECT theil_index(1)", "`theil_index` takes 2 arguments, not 1"),
        ("SELECT share_ratio(1, 2, 3)", "`share_ratio` takes 4 to 5 arguments, not 3"),
        ("SELECT intersection(1, 2, 3) OVER ()", "`intersection` takes 4 to 5 arguments, not 3"),
        ("SELECT intersection('a', 2, 3, 4) OVER ()", "`intersection` takes numbers, not Utf8"),
        ("SELECT intersection(1, 2, [3], 4) OVER ()", "`intersection` takes text or numbers to group by, not List"),
        ("SELECT slope_index_logit(1, 2, r, 95) FROM (VALUES (1)) t(r)", "a confidence level lies between 0 and 1"),
        ("SELECT concentration_index(1, 2, r, 0) FROM (VALUES (1)) t(r)", "a confidence level lies between 0 and 1"),
        ("SELECT share_ratio(1, 2, 3, 4, 95)", "a confidence level lies between 0 and 1"),
        (
            "SELECT intersection(1, 2, r, 4, 95) OVER () FROM (VALUES (1)) t(r)",
            "a confidence level lies between 0 and 1",
        ),
    ] {
        let error = refused(sql).await;
        assert!(error.contains(why), "{sql}: {error}");
    }
    let level = "SELECT intersection_share(1, 2, 3, 4, l) OVER () FROM (VALUES (0.9), (0.95)) t(l)";
    assert!(fails(level).await.contains("`intersection_share` takes one confidence level for all rows of a group"));
    let distinct = "SELECT theil_index(DISTINCT v, p) FROM (VALUES (1, 2), (3, 4)) t(v, p)";
    assert!(fails(distinct).await.contains("`theil_index` takes no DISTINCT"));
}
