//! Case-mix adjustment.

use tellonce::stats::casemix::{Adjustment, Covariate, Values, adjust};
use tellonce::stats::regression::Model;

use super::{Comparison, Row, ours, rows};

/// R's name of a coefficient, by ours.
fn term_in_r(name: &str) -> String {
    match name.split_once(": ") {
        Some(("ageband", band)) => format!("factor(ageband){band}"),
        Some((covariate, category)) => format!("{covariate}{category}"),
        None if name == "(intercept)" => "(Intercept)".to_owned(),
        None => name.to_owned(),
    }
}

fn adjusted(input: &[Row], model: Model, outcome: &str) -> Adjustment {
    let texts = |column| input.iter().map(|row| row.text(column)).collect::<Vec<_>>();
    let numbers = |column| input.iter().map(|row| row.number(column)).collect::<Vec<_>>();
    let covariates = [
        Covariate { name: "ageband", values: Values::Categories(texts("ageband")) },
        Covariate { name: "sex", values: Values::Categories(texts("sex")) },
        Covariate { name: "imd", values: Values::Numbers(numbers("imd")) },
    ];
    adjust(model, &texts("unit"), &covariates, &numbers(outcome)).expect("an adjustment")
}

pub fn units() -> Option<Comparison> {
    let mut to = Comparison::new("case-mix adjustment", "10_casemix_adjustment", "R 4.5.0 `glm`, `lm`, plain formulas");
    let folder = ours("10_casemix_adjustment");
    let input = rows(&folder.join("input.csv"));
    let [people, coefficients, units] =
        ["expected.csv", "expected_coefficients.csv", "expected_units.csv"].map(|file| to.expected(&folder.join(file)));
    let logistic = adjusted(&input, Model::Logistic, "ybin");
    let linear = adjusted(&input, Model::Linear, "ycont");
    for (at, row) in people.iter().enumerate() {
        to.same("id", input[at].text("id"), row.text("id"));
        to.relative("pred_logistic", logistic.expected[at], row.number("pred_logistic"), 1e-6);
        to.relative("pred_linear", linear.expected[at], row.number("pred_linear"), 1e-9);
        to.row();
    }
    for (model, name, tolerance) in [(&logistic, "logistic", 1e-6), (&linear, "linear", 1e-9)] {
        let of_model: Vec<&Row> = coefficients.iter().filter(|row| row.text("model") == name).collect();
        to.same("coefficients", model.terms.len(), of_model.len());
        for (term, row) in model.terms.iter().zip(of_model) {
            let (value, se) = term.estimate.expect("a coefficient");
            to.same("term", term_in_r(&term.name).as_str(), row.text("term"));
            to.relative("estimate", value, row.number("estimate"), tolerance);
            to.relative("se", se, row.number("se"), tolerance);
            to.row();
        }
    }
    for ((one, other), row) in logistic.units.iter().zip(&linear.units).zip(&units) {
        to.same("unit", [one.unit.as_str(), other.unit.as_str()], [row.text("unit"); 2]);
        to.same("people", [one.n as f64, other.n as f64], [row.number("n"); 2]);
        to.same("observed", one.observed, row.number("observed"));
        to.relative("expected", one.expected, row.number("expected"), 1e-6);
        to.relative("oe_ratio", one.ratio.expect("a ratio"), row.number("oe_ratio"), 1e-6);
        to.relative("adjusted_proportion", one.adjusted, row.number("adjusted_proportion"), 1e-6);
        to.relative("mean_y", other.observed, row.number("mean_y"), 1e-9);
        to.relative("mean_predicted", other.expected, row.number("mean_predicted"), 1e-9);
        to.relative("adjusted_mean", other.adjusted, row.number("adjusted_mean"), 1e-9);
        to.row();
    }
    Some(to)
}
