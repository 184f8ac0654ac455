//! Slope and concentration over single people of a sample with weights, clusters and strata, against the WHO's package.

use std::path::Path;

use tellonce::stats::Estimate;
use tellonce::stats::concentration::concentration;
use tellonce::stats::rank::mid_points;
use tellonce::stats::regression::{Errors, Model};
use tellonce::stats::slope_model::{Unit, slope_by};

use super::{Comparison, Row, ours, rows, shared_folder};

const FOLDER: &str = "04_healthequal_individual";
const SOURCE: &str = "healthequal 1.0.1, survey 4.4-2";

/// The people of one case who have this outcome.
struct People {
    units: Vec<Unit>,
    clusters: Vec<u64>,
    strata: Vec<u64>,
}

impl People {
    fn of(input: &[Row], case: &str, outcome: &str) -> Self {
        let rows: Vec<&Row> =
            input.iter().filter(|row| row.text("case") == case && row.optional(outcome).is_some()).collect();
        let places: Vec<_> = rows.iter().map(|row| (row.number("subgroup_order"), row.number("weight"))).collect();
        let ranks = mid_points(&places).expect("ranks");
        let unit = |(row, rank): (&&Row, f64)| Unit { rank, value: row.number(outcome), weight: row.number("weight") };
        let id = |column: &'static str| move |row: &&Row| row.text(column).parse::<u64>().expect("a number");
        Self {
            units: rows.iter().zip(ranks).map(unit).collect(),
            clusters: rows.iter().map(id("psu")).collect(),
            strata: rows.iter().map(id("strata")).collect(),
        }
    }

    fn errors(&self, design: &str) -> Errors<'_> {
        let clusters = design.contains("psu").then_some(self.clusters.as_slice());
        let strata = design.contains("strata").then_some(self.strata.as_slice());
        Errors::Sample { clusters, strata }
    }
}

fn compare(to: &mut Comparison, people: &People, row: &Row) {
    let errors = people.errors(row.text("design"));
    let what = ["case", "outcome", "design", "measure"].map(|column| row.text(column)).join(" ");
    let slope = |model| slope_by(model, &people.units, errors, 0.95).expect("a slope");
    let index = || concentration(&people.units, errors, 0.95).expect("an index");
    let (model, tolerance) = if what.ends_with("logit") { (Model::Logistic, 1e-6) } else { (Model::Linear, 1e-9) };
    let (estimate, se) = match row.text("measure") {
        "sii_logit" | "sii_linear" => (slope(model).sii, slope(model).sii_se),
        "rii_logit" | "rii_linear" => {
            (slope(model).rii.expect("a ratio"), slope(model).log_rii_se.expect("a standard error"))
        }
        "aci" => (index().absolute, index().absolute_se),
        "rci" => (index().relative.expect("an index"), index().relative_se.expect("a standard error")),
        other => panic!("unknown measure {other}"),
    };
    let Estimate { value, lower, upper } = estimate;
    to.relative(&what, value, row.number("estimate"), tolerance);
    to.relative(&what, se, row.number("se"), 1e-5);
    to.relative(&what, lower, row.number("lowerci"), 1e-5);
    to.relative(&what, upper, row.number("upperci"), 1e-5);
}

fn compare_all(mut to: Comparison, folder: &Path, meant: impl Fn(&str) -> bool) -> Option<Comparison> {
    let input = rows(&folder.join("input.csv"));
    let expected = to.expected_where(&folder.join("expected.csv"), |row| meant(row.text("case")));
    let mut people: Option<(String, People)> = None;
    for row in expected {
        let of = format!("{} {}", row.text("case"), row.text("outcome"));
        if people.as_ref().is_none_or(|(known, _)| *known != of) {
            people = Some((of, People::of(&input, row.text("case"), row.text("outcome"))));
        }
        compare(&mut to, &people.as_ref().expect("people").1, &row);
        to.row();
    }
    Some(to)
}

pub fn generated() -> Option<Comparison> {
    let to = Comparison::new("slope and concentration of people in a sample", FOLDER, SOURCE);
    compare_all(to, &ours(FOLDER), |_| true)
}

pub fn example() -> Option<Comparison> {
    let to = Comparison::new("slope and concentration of people in a sample, the package's example", FOLDER, SOURCE);
    compare_all(to, &shared_folder(FOLDER)?, |case| case != "gen")
}
