//! Cells of two crossed groups, shrunken towards their sum, against a meta-regression with random effects.

use tellonce::stats::intersections::{Cell, intersections};

use super::{Comparison, Row, ours, rows};

const FOLDER: &str = "intersections";

pub fn shrunken() -> Option<Comparison> {
    let mut to = Comparison::new("intersections shrunken to the additive expectation", FOLDER, "metafor 3.8-1");
    let input = rows(&ours(FOLDER).join("input.csv"));
    let expected = to.expected(&ours(FOLDER).join("expected.csv"));
    let cell = |row: &Row| Cell {
        first: row.text("first").parse().expect("a number"),
        second: row.text("second").parse().expect("a number"),
        value: row.number("value"),
        se: row.number("se"),
    };
    for rows in expected.chunk_by(|a, b| a.text("case") == b.text("case")) {
        let case = rows[0].text("case");
        let cells: Vec<Cell> = input.iter().filter(|row| row.text("case") == case).map(cell).collect();
        let ours = intersections(&cells, 0.95).expect("cells");
        to.same(case, ours.cells.len(), rows.len());
        let about_mean = rows[0].number("tau2_mean_only");
        to.relative(case, ours.not_additive.expect("a part") * about_mean, rows[0].number("tau2"), 1e-9);
        for (shrunken, row) in ours.cells.iter().zip(rows) {
            to.relative(case, ours.tau2, row.number("tau2"), 1e-9);
            for (got, column) in [
                (shrunken.expected, "expected"),
                (shrunken.estimate.value, "value"),
                (shrunken.estimate.lower, "lower"),
                (shrunken.estimate.upper, "upper"),
            ] {
                to.relative(case, got, row.number(column), 1e-9);
            }
            to.row();
        }
    }
    Some(to)
}
