//! Slope index of inequality.

use std::path::Path;

use tellonce::stats::Estimate;
use tellonce::stats::concentration::{self, concentration_index, erreygers_index};
use tellonce::stats::normal::two_sided;
use tellonce::stats::rank::mid_points;
use tellonce::stats::regression::{Errors, Model};
use tellonce::stats::slope::{Group, Slope, slope_index};
use tellonce::stats::slope_model::{Counted, Unit, slope_by, slope_index_logit};

use super::{Comparison, Row, ours, rows, shared_folder};

/// The scale on which the package fits its line.
struct Scale {
    to: fn(f64) -> f64,
    back: fn(f64) -> f64,
}

impl Scale {
    fn of(row: &Row) -> Self {
        match (row.text("transform"), row.text("value_type")) {
            ("1", "1") => Self { to: f64::ln, back: f64::exp },
            ("1", "2") => Self { to: |p| (p / (1.0 - p)).ln(), back: |y| 1.0 / (1.0 + (-y).exp()) },
            _ => Self { to: |y| y, back: |y| y },
        }
    }
}

/// Compares one case; its simulated limits too where it is in the unit of its values.
fn compare_slope(to: &mut Comparison, input: &[&Row], expected: &Row) {
    let case = expected.text("case");
    let (scale, z) = (Scale::of(input[0]), two_sided(0.95).expect("a quantile"));
    let (multiplier, transformed) = (input[0].number("multiplier"), input[0].text("transform") == "1");
    let group = |row: &&Row| {
        let [value, low, high] = ["value", "lower_cl", "upper_cl"].map(|column| (scale.to)(row.number(column)));
        let se = if row.text("use_se") == "1" { row.number("se") } else { (high - low) / 2.0 / z };
        Group { rank_order: row.number("quantile"), population: row.number("population"), value, se: Some(se) }
    };
    let groups: Vec<Group> = input.iter().map(group).collect();
    let slope = |level| slope_index(&groups, level).unwrap_or_else(|| panic!("{case}: no slope"));
    let turn = |ratio: f64| if multiplier < 0.0 { 1.0 / ratio } else { ratio };

    let Slope { sii, intercept, rii, .. } = slope(0.95);
    let (start, end) = ((scale.back)(intercept), (scale.back)(intercept + sii.value));
    to.relative(case, (end - start) * multiplier, expected.number("sii"), 1e-9);
    to.relative(case, turn(end / start), expected.number("rii"), 1e-9);
    // The package multiplies a transformed intercept, but not one in the unit of the values.
    to.relative(case, start * if transformed { multiplier } else { 1.0 }, expected.number("intercept"), 1e-9);
    if transformed || input[0].text("value_type") != "0" {
        return;
    }
    to.relative(case, turn(rii.expect("a ratio")), expected.number("rii"), 1e-9);
    for (level, limit, mad) in [(0.95, "95_0cl", "mad95_0"), (0.998, "99_8cl", "mad99_8")] {
        let slope = slope(level);
        let ratio = slope.rii_limits.expect("limits of the ratio");
        let bounds = [slope.sii.lower * multiplier, slope.sii.upper * multiplier];
        for (name, bounds) in [("sii", bounds), ("rii", [turn(ratio.lower), turn(ratio.upper)])] {
            // The simulation is good to its own Monte-Carlo error, of which the package states the mean.
            let error = expected.number(&format!("{name}_{mad}"));
            let [low, high] = ["lower", "upper"].map(|end| expected.number(&format!("{name}_{end}{limit}")));
            to.simulated(case, bounds[0].min(bounds[1]), low, error);
            to.simulated(case, bounds[0].max(bounds[1]), high, error);
        }
    }
}

fn compare_slopes(mut to: Comparison, folder: &Path, wanted: impl Fn(&str) -> bool) -> Option<Comparison> {
    let input = rows(&folder.join("input.csv"));
    for expected in to.expected_where(&folder.join("expected.csv"), |row| wanted(row.text("case"))) {
        let groups: Vec<&Row> = input.iter().filter(|row| row.text("case") == expected.text("case")).collect();
        compare_slope(&mut to, &groups, &expected);
        to.row();
    }
    Some(to)
}

pub fn ohid() -> Option<Comparison> {
    let to = Comparison::new("slope and relative index, OHID", "04_sii_phe", "PHEindicatormethods 2.1.0");
    compare_slopes(to, &ours("04_sii_phe"), |_| true)
}

pub fn ohid_examples() -> Option<Comparison> {
    let to =
        Comparison::new("slope and relative index, the package's examples", "04_sii_phe", "PHEindicatormethods 2.1.0");
    compare_slopes(to, &shared_folder("04_sii_phe")?, |case| case.starts_with("help_area"))
}

/// The unit that the package guesses from the largest value: 100 for percent.
fn guessed_scale(input: &[&Row]) -> f64 {
    let largest = input.iter().map(|row| row.number("estimate")).fold(0.0, f64::max);
    [1.0, 100.0, 1e3, 1e4].into_iter().find(|scale| largest <= *scale).expect("a scale")
}

/// The package's slope of groups: people rounded up, by the logit also those with the outcome rounded; weighted by the
/// people, by the logit by their square (finding 1); the sandwich of the scatter.
fn who_slope(input: &[&Row], model: Model) -> tellonce::stats::slope_model::Ends {
    let people: Vec<f64> = input.iter().map(|row| row.number("population").ceil()).collect();
    let places: Vec<_> = input.iter().zip(&people).map(|(row, n)| (row.number("subgroup_order"), *n)).collect();
    let (scale, ranks) = (guessed_scale(input), mid_points(&places).expect("ranks"));
    let unit = |((row, n), rank): ((&&Row, &f64), f64)| {
        let share = row.number("estimate") / scale;
        match model {
            Model::Linear => Unit { rank, value: share, weight: *n },
            Model::Logistic => Unit { rank, value: (share * n).round() / n, weight: n * n },
        }
    };
    let units: Vec<Unit> = input.iter().zip(&people).zip(ranks).map(unit).collect();
    slope_by(model, &units, Errors::Rows, 0.95).expect("a slope")
}

/// Compares an estimate that the package gives in `scale` units, its standard error in one. By the logit the package's
/// standard errors are those of its last step but one.
fn compare_estimate(to: &mut Comparison, expected: &Row, got: Estimate, se: f64, scale: f64, tolerance: f64) {
    let what = format!("{} {}", expected.text("case"), expected.text("measure"));
    to.relative(&what, got.value * scale, expected.number("estimate"), tolerance);
    let of_limits = if what.ends_with("logit") { 1e-5 } else { 1e-6 };
    to.relative(&what, se, expected.number("se"), of_limits);
    to.relative(&what, got.lower * scale, expected.number("lowerci"), of_limits);
    to.relative(&what, got.upper * scale, expected.number("upperci"), of_limits);
}

fn compare_who(to: &mut Comparison, input: &[&Row], expected: &Row) {
    let measure = expected.text("measure");
    if let "aci" | "rci" = measure {
        let group = |row: &&Row| concentration::Group {
            rank_order: row.number("subgroup_order"),
            population: row.number("population"),
            value: row.number("estimate"),
        };
        let index = concentration_index(&input.iter().map(group).collect::<Vec<_>>(), 0.95).expect("an index");
        let relative = || index.relative.zip(index.relative_se).expect("a relative index");
        let (estimate, se) = if measure == "aci" { (index.absolute, index.absolute_se) } else { relative() };
        compare_estimate(to, expected, estimate, se, 1.0, 1e-8);
        return;
    }
    let (model, tolerance) = if measure.ends_with("linear") { (Model::Linear, 1e-8) } else { (Model::Logistic, 1e-6) };
    let ends = who_slope(input, model);
    let ratio = || (ends.rii.expect("a ratio"), ends.log_rii_se.expect("a standard error"), 1.0);
    let (estimate, se, scale) =
        if measure.starts_with("sii") { (ends.sii, ends.sii_se, guessed_scale(input)) } else { ratio() };
    compare_estimate(to, expected, estimate, se, scale, tolerance);
    if model == Model::Linear {
        let group = |row: &&Row| Group {
            rank_order: row.number("subgroup_order"),
            population: row.number("population").ceil(),
            value: row.number("estimate"),
            se: None,
        };
        let slope = slope_index(&input.iter().map(group).collect::<Vec<_>>(), 0.95).expect("a slope");
        let got = if measure == "sii_linear" { slope.sii.value } else { slope.rii.expect("a ratio") };
        to.relative(measure, got, expected.number("estimate"), tolerance);
    }
}

fn compare_all_who(mut to: Comparison, folder: &Path, ours: bool) -> Option<Comparison> {
    let input = rows(&folder.join("input.csv"));
    let is_meant = |row: &Row| {
        ["sii", "rii", "aci", "rci"].iter().any(|measure| row.text("measure").starts_with(measure))
            && row.text("case").starts_with("gen") == ours
    };
    for expected in to.expected_where(&folder.join("expected.csv"), is_meant) {
        let groups: Vec<&Row> = input.iter().filter(|row| row.text("case") == expected.text("case")).collect();
        compare_who(&mut to, &groups, &expected);
        // Compared too, but with weights that are the package's mistake and not ours.
        if expected.text("measure").ends_with("logit") { to.left_out("finding 1") } else { to.row() }
    }
    Some(to)
}

const WHO: &str = "04_healthequal_ordered";

pub fn who() -> Option<Comparison> {
    let to = Comparison::new("slope and concentration of groups", WHO, "healthequal 1.0.1");
    compare_all_who(to, &ours(WHO), true)
}

pub fn who_examples() -> Option<Comparison> {
    let to = Comparison::new("slope and concentration of groups, the package's examples", WHO, "healthequal 1.0.1");
    compare_all_who(to, &shared_folder(WHO)?, false)
}

/// Compares the groups of each case of a folder with what is expected of it.
fn each_case(to: &mut Comparison, folder: &str, compare: impl Fn(&mut Comparison, &[&Row], &Row)) {
    let input = rows(&ours(folder).join("input.csv"));
    for expected in to.expected(&ours(folder).join("expected.csv")) {
        let groups: Vec<&Row> = input.iter().filter(|row| row.text("case") == expected.text("case")).collect();
        compare(to, &groups, &expected);
        to.row();
    }
}

pub fn logit() -> Option<Comparison> {
    let mut to =
        Comparison::new("slope and relative index by the logit, weighted by people", "slope_logit", "R 4.2.2 `glm`");
    each_case(&mut to, "slope_logit", |to, input, expected| {
        let case = expected.text("case");
        let group =
            |row: &&Row| Counted { rank_order: row.number("rank_order"), x: row.number("x"), n: row.number("n") };
        let slope = slope_index_logit(&input.iter().map(group).collect::<Vec<_>>(), 0.95).expect("a slope");
        let ratio = slope.rii_limits.expect("limits of the ratio");
        for (got, column) in [
            (slope.sii.value, "sii"),
            (slope.sii.lower, "lower"),
            (slope.sii.upper, "upper"),
            (slope.rii.expect("a ratio"), "rii"),
            (ratio.lower, "rii_lower"),
            (ratio.upper, "rii_upper"),
            (slope.intercept, "intercept"),
        ] {
            to.relative(case, got, expected.number(column), 1e-6);
        }
        to.same(case, slope.lack_of_fit, expected.optional("lack_of_fit").map(|flag| flag == 1.0));
    });
    Some(to)
}

pub fn bounded() -> Option<Comparison> {
    let mut to = Comparison::new(
        "concentration of bounded values (Erreygers, Wagstaff)",
        "erreygers",
        "R 4.2.2, plain formulas",
    );
    each_case(&mut to, "erreygers", |to, input, expected| {
        let group = |row: &&Row| concentration::Group {
            rank_order: row.number("rank_order"),
            population: row.number("population"),
            value: row.number("value"),
        };
        let groups: Vec<_> = input.iter().map(group).collect();
        let [minimum, maximum] = ["minimum", "maximum"].map(|column| input[0].number(column));
        let index = erreygers_index(&groups, minimum, maximum, 0.95).expect("an index");
        for (name, got) in [("absolute", index.absolute), ("relative", index.relative.expect("an index"))] {
            for (got, column) in [
                (got.value, name.to_owned()),
                (got.lower, format!("{name}_lower")),
                (got.upper, format!("{name}_upper")),
            ] {
                to.relative(expected.text("case"), got, expected.number(&column), 1e-9);
            }
        }
    });
    Some(to)
}
