//! What areas are compared by: funnels of means, reliability from sums, case-mix models of patterns.

use std::collections::BTreeMap;

use tellonce::stats::funnel::mean::{funnel_mean, funnel_normal};
use tellonce::stats::moments::Moments;
use tellonce::stats::patterns::{Pattern, Term, patterned};
use tellonce::stats::regression::Model;
use tellonce::stats::reliability::components;

use super::{Comparison, Row, ours, rows};

/// The rows of each case, in the order of the file.
fn cases(rows: &[Row]) -> BTreeMap<&str, Vec<&Row>> {
    let mut cases: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|row| cases.entry(row.text("case")).or_default().push(row));
    cases
}

pub fn funnels_of_means() -> Option<Comparison> {
    let mut to = Comparison::new(
        "over-dispersed funnel, means, and reliability from sums",
        "funnel_mean",
        "R 4.2.2, lme4 1.1.31",
    );
    let folder = ours("funnel_mean");
    let (input, expected) = (rows(&folder.join("input.csv")), to.expected(&folder.join("expected.csv")));
    let summary = to.expected(&folder.join("expected_summary.csv"));
    let (input, expected) = (cases(&input), cases(&expected));
    for row in &summary {
        let case = row.text("case");
        let three = |row: &&Row| (row.number("mean"), row.number("sd"), row.number("n"));
        let units: Vec<(f64, f64, f64)> = input[case].iter().map(three).collect();
        let ours = funnel_mean(&units.iter().copied().map(Some).collect::<Vec<_>>()).expect("a funnel");
        to.relative("target", ours.target, row.number("target"), 1e-12);
        to.relative("phi", ours.phi, row.number("phi"), 1e-9);
        to.relative("tau2", ours.tau2, row.number("tau2"), 1e-9);
        let own: Vec<_> = units.iter().map(|(mean, sd, n)| Some((*mean, sd / n.sqrt()))).collect();
        let own = funnel_normal(&own, row.number("own_target")).expect("a funnel");
        to.relative("own phi", own.phi, row.number("own_phi"), 1e-9);
        to.relative("own tau2", own.tau2, row.number("own_tau2"), 1e-9);
        let moments =
            |(mean, sd, n): &(f64, f64, f64)| Moments { n: *n as u64, mean: *mean, squares: sd.powi(2) * (n - 1.0) };
        let variances = components(&units.iter().map(moments).collect::<Vec<_>>()).expect("variances");
        to.relative("within", variances.within, row.number("within"), 1e-4);
        let ratio = row.number("between") / row.number("within");
        to.absolute("between over within", variances.between / variances.within, ratio, 1e-4);
        to.row();
        for (((unit, own), row), (_, _, n)) in ours.units.iter().zip(&own.units).zip(&expected[case]).zip(&units) {
            let (unit, own) = (unit.expect("a place"), own.expect("a place"));
            to.absolute("z", unit.z.expect("a z-score"), row.number("z"), 1e-9);
            to.absolute("own z", own.z.expect("a z-score"), row.number("own_z"), 1e-9);
            let limits = [unit.limits95, unit.limits998, own.limits95].map(|limits| [limits.lower, limits.upper]);
            let columns = ["lower95", "upper95", "lower998", "upper998", "own_lower95", "own_upper95"];
            for (limit, column) in limits.as_flattened().iter().zip(columns) {
                to.relative(column, *limit, row.number(column), 1e-9);
            }
            let reliability = variances.reliability(*n).expect("a reliability");
            to.absolute("reliability", reliability, row.number("reliability"), 1e-5);
            to.row();
        }
    }
    Some(to)
}

pub fn case_mix_of_patterns() -> Option<Comparison> {
    let mut to = Comparison::new("case-mix models fitted to patterns", "10_casemix_adjustment", "R 4.5.0 glm, lm");
    let folder = ours("10_casemix_adjustment");
    let input = rows(&folder.join("input.csv"));
    let people = to.expected(&folder.join("expected.csv"));
    let coefficients = to.expected(&folder.join("expected_coefficients.csv"));
    let by_unit = to.expected(&folder.join("expected_units.csv"));
    let mut fitted = Vec::new();
    for (model, outcome, name, tolerance) in
        [(Model::Logistic, "ybin", "logistic", 1e-6), (Model::Linear, "ycont", "linear", 1e-9)]
    {
        // Everybody of one unit and pattern is one row.
        let mut patterns: BTreeMap<[&str; 4], Pattern<'_>> = BTreeMap::new();
        for row in &input {
            let key = ["unit", "ageband", "sex", "imd"].map(|column| row.text(column));
            let pattern = patterns.entry(key).or_insert_with(|| Pattern {
                categories: vec![key[1], key[2]],
                numbers: vec![row.number("imd")],
                n: 0.0,
                sum: 0.0,
                squares: 0.0,
            });
            let y = row.number(outcome);
            *pattern = Pattern {
                n: pattern.n + 1.0,
                sum: pattern.sum + y,
                squares: pattern.squares + y * y,
                ..pattern.clone()
            };
        }
        let all: Vec<Pattern<'_>> = patterns.values().cloned().collect();
        let found = patterned(model, &all).expect("a model");
        let of = |row: &Row| {
            let key = ["unit", "ageband", "sex", "imd"].map(|column| row.text(column));
            found.expected[patterns.keys().position(|known| *known == key).expect("a pattern")]
        };
        let expected: Vec<f64> = input.iter().map(of).collect();
        for (expected, row) in expected.iter().zip(&people) {
            to.relative("expected", *expected, row.number(&format!("pred_{name}")), tolerance);
        }
        let term = |term: &Term| match (term.covariate, &term.category) {
            (None, _) => "(Intercept)".to_owned(),
            (Some(0), Some(band)) => format!("factor(ageband){band}"),
            (Some(1), Some(sex)) => format!("sex{sex}"),
            _ => "imd".to_owned(),
        };
        for row in coefficients.iter().filter(|row| row.text("model") == name) {
            let ours = found.terms.iter().find(|of| term(of) == row.text("term")).expect("a term");
            let (estimate, se) = ours.estimate.expect("an estimate");
            to.relative(row.text("term"), estimate, row.number("estimate"), tolerance);
            to.relative("standard error", se, row.number("se"), tolerance);
            to.row();
        }
        fitted.push((expected, found.overall));
    }
    people.iter().for_each(|_| to.row());
    for row in &by_unit {
        let of = |column: &str, expected: &[f64]| {
            let here = input.iter().zip(expected).filter(|(person, _)| person.text("unit") == row.text("unit"));
            let (n, y, sum) =
                here.fold((0.0, 0.0, 0.0), |(n, y, sum), (person, of)| (n + 1.0, y + person.number(column), sum + of));
            (n, y, sum)
        };
        let (_, observed, expected) = of("ybin", &fitted[0].0);
        to.relative("expected", expected, row.number("expected"), 1e-6);
        to.relative("adjusted share", observed / expected * fitted[0].1, row.number("adjusted_proportion"), 1e-6);
        let (n, observed, expected) = of("ycont", &fitted[1].0);
        to.relative("adjusted mean", fitted[1].1 + (observed - expected) / n, row.number("adjusted_mean"), 1e-9);
        to.row();
    }
    Some(to)
}
