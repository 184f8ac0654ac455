//! Values of EQ-5D states, computed as a landing's scores are: by the SQL that a value set is compiled to.

use std::fmt::Write as _;
use std::path::Path;

use arrow::array::AsArray;
use arrow::compute::concat_batches;
use arrow::datatypes::Float64Type;
use tellonce::declare::Declarations;
use tellonce::files::Files;
use tellonce::score::Scoring;
use tellonce::session::session;
use tellonce::stats::profile::{level_frequency, level_sum};

use super::{Comparison, Row, ours, rows};

const ITEMS: [&str; 5] = ["mobility", "self_care", "activity", "discomfort", "anxiety"];

/// A score of each state, by the value sets of the program and those of `docs/examples/value-sets/`.
fn values(instrument: &str, score: &str, states: &[&str]) -> Vec<f64> {
    let workspace = tempfile::tempdir().expect("a folder");
    let folder = workspace.path().join("measures/value-sets");
    std::fs::create_dir_all(&folder).expect("a folder");
    for file in ["eq-5d-3l-uk-vas.toml", "eq-5d-5l-england.toml"] {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/value-sets");
        std::fs::copy(examples.join(file), folder.join(file)).expect("a copy");
    }
    let declarations = Declarations::load(&Files::with_workspace(workspace.path()));
    let declarations = declarations.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let scoring = Scoring::new(declarations.instrument(instrument).expect("the instrument"), &declarations);
    let mut lines = String::new();
    for (at, state) in states.iter().enumerate() {
        let codes: Vec<String> = state.chars().map(|code| format!("CAST({code} AS TINYINT)")).collect();
        let comma = if at == 0 { "" } else { ", " };
        write!(lines, "{comma}({at}, {})", codes.join(", ")).expect("a line");
    }
    let columns = ITEMS.map(|item| format!("i_{item}")).join(", ");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let session = session().expect("a session");
        let responses = format!("CREATE VIEW responses AS SELECT * FROM (VALUES {lines}) t(at, {columns})");
        session.sql(&responses).await.expect("a view").collect().await.expect("a view");
        let sql = format!("SELECT s_{score} FROM {} ORDER BY at", scoring.select("responses"));
        let found = session.sql(&sql).await.expect("a plan").collect().await.expect("values");
        let found = concat_batches(&found[0].schema(), &found).expect("one batch");
        found.column(0).as_primitive::<Float64Type>().iter().map(|value| value.expect("a value")).collect()
    })
}

/// Compares a score of every state with a column.
fn compare_values(to: &mut Comparison, instrument: &str, score: &str, states: &[&str], expected: &[Row], column: &str) {
    let got = values(instrument, score, states);
    assert_eq!((got.len(), expected.len()), (states.len(), states.len()));
    for ((got, state), row) in got.iter().zip(states).zip(expected) {
        // Both are rounded to 3 decimals.
        to.absolute(&format!("{column} of {state}"), *got, row.number(column), 1e-9);
    }
}

pub fn three_levels() -> Option<Comparison> {
    let folder = "09_eq5d3l_uk_tto";
    let mut to =
        Comparison::new("EQ-5D-3L: UK values (TTO and VAS), sum of levels, frequencies", folder, "eq5d 0.16.3.9000");
    let expected = to.expected(&ours(folder).join("expected.csv"));
    let states: Vec<&str> = expected.iter().map(|row| row.text("state")).collect();
    compare_values(&mut to, "eq-5d-3l", "index", &states, &expected, "uk_tto");
    compare_values(&mut to, "eq-5d-3l", "index_vas", &states, &expected, "uk_vas");
    for row in &expected {
        let state = row.text("state");
        to.same(state, level_sum(state).map(|sum| sum as f64), row.optional("level_sum_score"));
        to.same(state, level_frequency(state, 3).as_deref(), Some(row.text("level_frequency")));
        to.row();
    }
    Some(to)
}

pub fn five_levels() -> Option<Comparison> {
    let folder = "09_eq5d5l_mapping";
    let method = "EQ-5D-5L: values of England, sum of levels (the crosswalk and the DSU mapping are not at hand)";
    let mut to = Comparison::new(method, folder, "eq5d 0.16.3.9000");
    let input = rows(&ours(folder).join("input.csv"));
    let expected = to.expected(&ours(folder).join("expected.csv"));
    let states: Vec<&str> = input.iter().map(|row| row.text("state")).collect();
    compare_values(&mut to, "eq-5d-5l", "index", &states, &expected, "england_vt");
    let sums = values("eq-5d-5l", "level_sum", &states);
    for (((case, row), state), sum) in input.iter().zip(&expected).zip(&states).zip(sums) {
        to.same("case", case.text("case"), row.text("case"));
        to.same(state, sum, row.number("level_sum_score"));
        to.same(state, level_sum(state).map(|sum| sum as f64), row.optional("level_sum_score"));
        to.row();
    }
    Some(to)
}
