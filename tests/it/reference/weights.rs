//! Raking.

use std::path::Path;

use tellonce::stats::design::{Answer, ratio_mean, strata};
use tellonce::stats::rake::{Cell, Raked, Settings, rake};

use super::{Comparison, Row, ours, rows};

/// A case: a cell for every response, and the margins in the order of the file.
struct Case {
    cells: Vec<Cell>,
    margins: Vec<Vec<f64>>,
}

fn case(folder: &Path, name: &str, base: impl Fn(&Row) -> f64) -> Case {
    let of_case = |row: &Row| row.text("case") == name;
    let targets: Vec<Row> = rows(&folder.join("input_targets.csv")).into_iter().filter(of_case).collect();
    let margins: Vec<&[Row]> = targets.chunk_by(|one, other| one.text("margin") == other.text("margin")).collect();
    let cell = |row: Row| {
        let category = |margin: &&[Row]| {
            let level = row.text(margin[0].text("margin"));
            margin.iter().position(|target| target.text("level") == level).expect("a level")
        };
        Cell { n: 1.0, base: base(&row), categories: margins.iter().map(category).collect() }
    };
    let cells = rows(&folder.join("input.csv")).into_iter().filter(of_case).map(cell).collect();
    let people = |margin: &&[Row]| margin.iter().map(|target| target.number("target")).collect();
    Case { cells, margins: margins.iter().map(people).collect() }
}

fn raked(folder: &Path, name: &str, base: fn(&Row) -> f64, trim: Option<(f64, f64)>) -> Raked {
    let Case { cells, margins } = case(folder, name, base);
    let total = margins[0].iter().sum();
    let raked = rake(&cells, &margins, Settings { trim, ..Settings::to(total) }).expect("weights");
    assert!(raked.converged, "{name}: {:?}", raked.deviations);
    raked
}

/// Weights without bounds.
pub fn free() -> Option<Comparison> {
    let mut comparison = Comparison::new("raking to margins: weights", "08_rake_weights", "survey 4.4-2");
    let folder = ours("08_rake_weights");
    let expected = comparison.expected(&folder.join("expected.csv"));
    for case in expected.chunk_by(|one, other| one.text("case") == other.text("case")) {
        let name = case[0].text("case");
        let raked = raked(&folder, name, |row| row.number("weight"), None);
        comparison.same(name, raked.weights.len(), case.len());
        for (weight, row) in raked.weights.iter().zip(case) {
            comparison.relative(row.text("id"), *weight, row.number("raked_weight"), 1e-7);
            comparison.row();
        }
    }
    Some(comparison)
}

/// What the weights come to. The package's standard error of the mean knows that the weights were raked; ours takes them
/// as given and is not compared.
pub fn summary() -> Option<Comparison> {
    let mut comparison = Comparison::new("raking to margins: effective number", "08_rake_weights", "survey 4.4-2");
    let folder = ours("08_rake_weights");
    for row in comparison.expected(&folder.join("expected_summary.csv")) {
        let name = row.text("case");
        let raked = raked(&folder, name, |row| row.number("weight"), None);
        let values = rows(&folder.join("input.csv")).into_iter().filter(|row| row.text("case") == name);
        let answer = |(row, weight): (Row, &f64)| Answer {
            y: Some(row.number("y")),
            weight: *weight,
            stratum: None,
            cluster: None,
            population: None,
        };
        let strata = strata(values.zip(&raked.weights).map(answer)).expect("strata");
        let mean = ratio_mean(&strata).expect("a mean");
        comparison.same(name, mean.n as f64, row.number("n"));
        comparison.relative("sum", raked.weights.iter().sum(), row.number("sum_w"), 1e-9);
        comparison.relative("effective number", raked.effective_n, row.number("kish_neff"), 1e-7);
        comparison.relative("design effect", raked.design_effect, row.number("kish_deff"), 1e-7);
        comparison.relative("mean", mean.value, row.number("mean_y_raked"), 1e-7);
        comparison.row();
    }
    Some(comparison)
}

/// Weights with bounds, and which of them are at one.
pub fn bounded() -> Option<Comparison> {
    let mut comparison = Comparison::new("raking with bounds on the weights", "08_rake_bounds", "survey 4.1-1");
    let folder = ours("08_rake_bounds");
    let expected = comparison.expected(&folder.join("expected.csv"));
    for case in expected.chunk_by(|one, other| one.text("case") == other.text("case")) {
        let name = case[0].text("case");
        let raked = raked(&folder, name, |_| 1.0, Some((case[0].number("low"), case[0].number("high"))));
        comparison.same(name, raked.weights.len(), case.len());
        comparison.same(name, raked.trimmed, case.iter().map(|row| row.number("at_bound")).sum());
        for (weight, row) in raked.weights.iter().zip(case) {
            comparison.relative(row.text("id"), *weight, row.number("weight"), 1e-7);
            comparison.row();
        }
    }
    Some(comparison)
}
