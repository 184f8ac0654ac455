//! Means, shares and totals of weighted answers.

use std::path::Path;

use tellonce::stats::Interval;
use tellonce::stats::design::{Answer, Design, Method, Stratum, effective_n, ratio_mean, strata, total};

use super::{Comparison, Row, ours, rows, shared_folder};

/// Strata of one case as a design has them: `weights`, `psu`, `strata` and `fpc` are what it uses.
///
/// With a domain, the other answers lie outside it.
fn design<'a>(input: &[&'a Row], design: &str, domain: &str, y: impl Fn(&Row) -> f64) -> Vec<Stratum> {
    let uses = |part: &str| design.split('+').any(|used| used == part);
    let answer = |row: &&'a Row| answer(row, &uses, domain, &y);
    strata(input.iter().map(answer)).expect("strata")
}

fn answer<'a>(row: &'a Row, uses: &impl Fn(&str) -> bool, domain: &str, y: &impl Fn(&Row) -> f64) -> Answer<'a> {
    let inside = domain == "all" || row.text("domain") == domain;
    let population = uses("fpc").then(|| row.number("fpc"));
    Answer {
        y: inside.then(|| y(row)),
        weight: row.number("weight"),
        stratum: uses("strata").then(|| row.text("strata")),
        cluster: uses("psu").then(|| row.text("psu")),
        population,
    }
}

/// What the survey package's `svyvar` takes the mean of: squared distances from the mean.
fn variance(input: &[&Row], of: &str, outcome: &str) -> Design {
    let mean = ratio_mean(&design(input, of, "all", |row| row.number(outcome))).expect("a mean");
    let n = mean.n as f64;
    let distance = |row: &Row| (row.number(outcome) - mean.value).powi(2) * n / (n - 1.0);
    ratio_mean(&design(input, of, "all", distance)).expect("a variance")
}

fn compare(comparison: &mut Comparison, row: &Row, what: &str, got: &Design, limits: Option<Interval>, tolerance: f64) {
    comparison.relative(what, got.value, row.number("estimate"), 1e-9);
    if let Some(se) = row.optional("se") {
        comparison.relative(&format!("{what} se"), got.se.expect("an error"), se, 1e-9);
    }
    if let Some(limits) = limits {
        comparison.relative(&format!("{what} lower"), limits.lower, row.number("lower95"), tolerance);
        comparison.relative(&format!("{what} upper"), limits.upper, row.number("upper95"), tolerance);
    }
    comparison.row();
}

/// A design effect against sampling without replacement from as many people as the weights add up to.
fn without_replacement(design: &Design, strata: &[Stratum]) -> f64 {
    let people: f64 = strata.iter().map(|stratum| stratum.tw).sum();
    design.design_effect.expect("a design effect") / (1.0 - design.n as f64 / people)
}

fn method(quantity: &str) -> Option<(Method, f64)> {
    Some(match quantity {
        // The package iterates until it is near enough.
        "ciprop_logit" => (Method::Logit, 1e-5),
        "ciprop_xlogit" => (Method::Logit, 1e-9),
        "ciprop_beta" => (Method::Beta, 1e-9),
        "ciprop_mean" => (Method::Mean, 1e-9),
        // The package reads its limits from a curve through a few points.
        "ciprop_likelihood" => (Method::Likelihood, 1e-4),
        _ => return None,
    })
}

fn estimates(mut comparison: Comparison, folder: &Path) -> Comparison {
    let input = rows(&folder.join("input.csv"));
    let expected = comparison.expected(&folder.join("expected.csv"));
    for case in expected.chunk_by(|one, other| one.text("case") == other.text("case")) {
        let name = case[0].text("case");
        let input: Vec<&Row> = input.iter().filter(|row| row.text("case") == name).collect();
        for row in case {
            let [of, quantity, outcome, domain] =
                ["design", "quantity", "outcome", "domain"].map(|column| row.text(column));
            let what = format!("{name} {of} {quantity} {outcome} {domain}");
            let outcome = if outcome.is_empty() { "y_bin" } else { outcome };
            let strata = design(&input, of, domain, |row| row.number(outcome));
            let mean = ratio_mean(&strata).expect("a mean");
            match (quantity, method(quantity)) {
                ("mean", _) => compare(&mut comparison, row, &what, &mean, mean.normal_limits(0.95), 1e-9),
                ("total", _) => {
                    let total = total(&strata).expect("a total");
                    compare(&mut comparison, row, &what, &total, total.normal_limits(0.95), 1e-9);
                }
                ("variance", _) => compare(&mut comparison, row, &what, &variance(&input, of, outcome), None, 1e-9),
                ("deff", _) => {
                    comparison.relative(&what, without_replacement(&mean, &strata), row.number("estimate"), 1e-9);
                    comparison.row();
                }
                ("degf", _) => {
                    comparison.same(&what, mean.degrees_of_freedom as f64, row.number("estimate"));
                    comparison.row();
                }
                (_, Some((method, tolerance))) => {
                    let limits = mean.share_limits(method, 0.95);
                    compare(&mut comparison, row, &what, &mean, Some(limits.expect("limits")), tolerance);
                }
                _ => comparison.left_out("svyquantile"),
            }
        }
    }
    comparison
}

/// Every estimate of the generated surveys.
pub fn generated() -> Option<Comparison> {
    let comparison =
        Comparison::new("Means and shares with strata and clusters", "08_survey_estimates", "survey 4.4-2");
    Some(estimates(comparison, &ours("08_survey_estimates")))
}

/// Every estimate of the package's own examples.
pub fn academic_performance() -> Option<Comparison> {
    let comparison = Comparison::new("Means and shares, the package's example", "08_survey_api", "survey 4.4-2");
    shared_folder("08_survey_api").map(|folder| estimates(comparison, &folder))
}

/// Strata with a single cluster; design effects against sampling with replacement; limits of a mean by Student's t.
pub fn single_clusters() -> Option<Comparison> {
    let mut comparison = Comparison::new("Strata with a single cluster", "08_survey_lonely", "survey 4.1-1");
    let input = rows(&ours("08_survey_lonely").join("input.csv"));
    for row in comparison.expected(&ours("08_survey_lonely").join("expected.csv")) {
        let [case, quantity, outcome, domain] =
            ["case", "quantity", "outcome", "domain"].map(|column| row.text(column));
        let what = format!("{case} {quantity} {outcome} {domain}");
        let outcome = if outcome.is_empty() { "y_bin" } else { outcome };
        let input: Vec<&Row> = input.iter().filter(|row| row.text("case") == case).collect();
        let strata = design(&input, "weights+psu+strata", domain, |row| row.number(outcome));
        let mean = ratio_mean(&strata).expect("a mean");
        match (quantity, method(quantity)) {
            ("mean", _) => compare(&mut comparison, &row, &what, &mean, mean.t_limits(0.95), 1e-9),
            ("total", _) => {
                let total = total(&strata).expect("a total");
                compare(&mut comparison, &row, &what, &total, total.normal_limits(0.95), 1e-9);
            }
            ("deff", _) => {
                comparison.relative(&what, mean.design_effect.expect("an effect"), row.number("estimate"), 1e-9);
                comparison.row();
            }
            ("degf", _) => {
                comparison.same(&what, mean.degrees_of_freedom as f64, row.number("estimate"));
                comparison.row();
            }
            (_, method) => {
                let (method, tolerance) = method.expect("a method");
                // Few degrees of freedom lead far along that curve.
                let tolerance = if method == Method::Likelihood { 5e-4 } else { tolerance };
                let limits = mean.share_limits(method, 0.95);
                compare(&mut comparison, &row, &what, &mean, Some(limits.expect("limits")), tolerance);
            }
        }
    }
    Some(comparison)
}

/// Kish's effective number.
pub fn kish() -> Option<Comparison> {
    let mut comparison = Comparison::new("Effective number of answers", "08_kish_neff", "plain formula in R 4.5");
    let input = rows(&ours("08_kish_neff").join("input.csv"));
    for row in comparison.expected(&ours("08_kish_neff").join("expected.csv")) {
        let case = row.text("case");
        let weights: Vec<f64> =
            input.iter().filter(|row| row.text("case") == case).map(|row| row.number("weight")).collect();
        let n = weights.len() as f64;
        let (sum, squares): (f64, f64) = (weights.iter().sum(), weights.iter().map(|weight| weight * weight).sum());
        let effective = effective_n(sum, squares).expect("a number");
        comparison.same(case, n, row.number("n"));
        comparison.relative(case, sum, row.number("sum_w"), 1e-12);
        comparison.relative(case, effective, row.number("kish_neff"), 1e-12);
        comparison.relative(case, n / effective, row.number("kish_deff"), 1e-12);
        comparison.relative(case, n / effective, row.number("cv2_plus_1"), 1e-12);
        comparison.row();
    }
    Some(comparison)
}
