//! Scales and units: internal consistency, reliability of a unit's mean, differential item functioning.

use std::collections::BTreeMap;

use tellonce::stats::consistency::consistency;
use tellonce::stats::dif::{Stratum, association, mantel_haenszel};
use tellonce::stats::moments::Moments;
use tellonce::stats::reliability::{Components, components};

use super::{Comparison, Row, ours, rows};

pub fn cronbach_alpha() -> Option<Comparison> {
    let mut to = Comparison::new("Cronbach's alpha, Feldt limits", "10_cronbach_alpha", "psych 2.4.12");
    let folder = ours("10_cronbach_alpha");
    let input = rows(&folder.join("input.csv"));
    let [expected, of_items] = ["expected.csv", "expected_items.csv"].map(|file| to.expected(&folder.join(file)));
    for row in &expected {
        let case = row.text("case");
        let answers: Vec<&Row> = input.iter().filter(|answers| answers.text("case") == case).collect();
        let item = |at| -> Vec<f64> {
            let column = format!("item{at}");
            answers.iter().map(|row| row.optional(&column).unwrap_or(f64::NAN)).collect()
        };
        // A column without any answer is no item of the case.
        let items: Vec<Vec<f64>> =
            (1..=8).map(item).filter(|item| item.iter().any(|answer| !answer.is_nan())).collect();
        let items: Vec<&[f64]> = items.iter().map(Vec::as_slice).collect();
        let got = consistency(&items).expect("an alpha");
        to.same("people", got.n as f64, row.number("n"));
        to.same("items", got.items as f64, row.number("k"));
        let limits = got.limits(0.95).expect("limits");
        for (column, got) in [
            ("raw_alpha", got.alpha),
            ("std_alpha", got.standardised.expect("an alpha")),
            ("average_r", got.correlation.expect("a correlation")),
            ("feldt_lower95", limits.lower),
            ("feldt_upper95", limits.upper),
        ] {
            to.relative(column, got, row.number(column), 1e-9);
        }
        to.row();
        let of_items = of_items.iter().filter(|item| item.text("case") == case);
        for (at, (item, row)) in got.of_items.iter().zip(of_items).enumerate() {
            to.same("item", format!("item{}", at + 1).as_str(), row.text("item"));
            to.relative("r_drop", item.with_rest.expect("a correlation"), row.number("r_drop"), 1e-9);
            let without = item.alpha_without.expect("an alpha");
            to.relative("alpha_if_dropped", without, row.number("alpha_if_dropped"), 1e-9);
            to.row();
        }
    }
    Some(to)
}

pub fn unit_reliability() -> Option<Comparison> {
    let mut to = Comparison::new("reliability of a unit's mean, REML", "10_unit_reliability", "lme4 1.1-37");
    let folder = ours("10_unit_reliability");
    let input = rows(&folder.join("input.csv"));
    let [expected, of_units] = ["expected.csv", "expected_units.csv"].map(|file| to.expected(&folder.join(file)));
    for row in &expected {
        let case = row.text("case");
        let mut units: BTreeMap<&str, Moments> = BTreeMap::new();
        for answer in input.iter().filter(|answer| answer.text("case") == case) {
            let unit = units.entry(answer.text("unit")).or_insert(Moments::ZERO);
            *unit = unit.with(answer.number("y"));
        }
        let all: Moments = units.values().copied().fold(Moments::ZERO, Moments::merge);
        let spread = all.sd().expect("a spread");
        let units_of_case: Vec<Moments> = units.values().copied().collect();
        let got: Components = components(&units_of_case).expect("components");
        to.same("units", got.units as f64, row.number("n_units"));
        to.same("answers", got.n as f64, row.number("n_obs"));
        let mean_n = got.n as f64 / got.units as f64;
        for (column, got, tolerance) in [
            ("var_unit", got.between, 1e-4),
            ("var_resid", got.within, 1e-4),
            ("icc_reml", got.icc(), 1e-4),
            ("intercept", got.mean, 1e-4),
            ("icc_anova", got.icc_anova.expect("a share"), 1e-9),
            ("mean_n", mean_n, 1e-9),
            ("spearman_brown_at_mean_n", got.reliability(mean_n).expect("a reliability"), 1e-4),
            ("n_for_reliability_0_7", got.needed(0.7).expect("a number"), 1e-4),
            ("n_for_reliability_0_8", got.needed(0.8).expect("a number"), 1e-4),
            ("reml_deviance", got.deviance.expect("a deviance"), 1e-9),
        ] {
            to.relative(column, got, row.number(column), tolerance);
        }
        to.row();
        for row in of_units.iter().filter(|unit| unit.text("case") == case) {
            let unit = units[row.text("unit")];
            let (away, sd) = got.shrunken(unit).expect("a deviation");
            let reliability = got.reliability(unit.n as f64).expect("a reliability");
            to.same("answers of the unit", unit.n as f64, row.number("n"));
            to.relative("unit_reliability", reliability, row.number("unit_reliability"), 1e-4);
            to.absolute("blup", away / spread, row.number("blup") / spread, 1e-4);
            to.relative("cond_sd", sd, row.number("cond_sd"), 1e-4);
            to.row();
        }
    }
    Some(to)
}

pub fn differential_item_functioning() -> Option<Comparison> {
    let mut to = Comparison::new(
        "Mantel-Haenszel DIF, all but the exact test",
        "10_mantel_haenszel_dif",
        "R 4.5.0 `mantelhaen.test`",
    );
    let folder = ours("10_mantel_haenszel_dif");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        // Strata to answers to counts of both groups, the reference group first.
        let mut strata: BTreeMap<&str, BTreeMap<&str, [f64; 2]>> = BTreeMap::new();
        for cell in input.iter().filter(|cell| cell.text("case") == case) {
            let answers = strata.entry(cell.text("stratum")).or_default();
            let focal = usize::from(cell.text("group") == "1focal");
            answers.entry(cell.text("resp")).or_default()[focal] += cell.number("n");
        }
        let levels: Vec<Vec<[f64; 2]>> = strata.values().map(|answers| answers.values().copied().collect()).collect();
        let test = association(&levels).expect("a test");
        to.same("strata", strata.len() as f64, row.number("n_strata"));
        to.same("degrees of freedom", test.df, row.number("df"));
        to.relative("chi2", test.chi_square, row.number("chi2"), 1e-9);
        to.relative("p", test.p_value, row.number("p"), 1e-9);
        if case != "poly3" {
            let stratum = |level: &Vec<[f64; 2]>| Stratum {
                reference: [level[0][0], level[1][0]],
                focal: [level[0][1], level[1][1]],
            };
            let got = mantel_haenszel(&levels.iter().map(stratum).collect::<Vec<_>>(), 0.95).expect("a comparison");
            let (ratio, test) = (got.odds_ratio.expect("a ratio"), got.corrected.expect("a test"));
            // The folder has the focal group first, the reverse of the usual ratio and delta (finding 17).
            to.relative("or_mh", 1.0 / ratio.value, row.number("or_mh"), 1e-9);
            to.relative("or_lower95", 1.0 / ratio.upper, row.number("or_lower95"), 1e-9);
            to.relative("or_upper95", 1.0 / ratio.lower, row.number("or_upper95"), 1e-9);
            to.relative("ets_delta", -got.ets_delta.expect("a delta"), row.number("ets_delta"), 1e-9);
            to.relative("chi2_cc", test.chi_square, row.number("chi2_cc"), 1e-9);
            to.relative("p_cc", test.p_value, row.number("p_cc"), 1e-9);
            let uncorrected = got.uncorrected.expect("a test");
            to.relative("chi2", uncorrected.chi_square, row.number("chi2"), 1e-9);
            to.relative("p", uncorrected.p_value, row.number("p"), 1e-9);
        }
        to.row();
    }
    Some(to)
}
