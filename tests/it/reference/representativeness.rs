//! Who is missing: R-indicators.

use tellonce::stats::representativeness::{Cell, partial_r_indicators, r_indicator};

use super::{Comparison, Row, ours, rows};

const FOLDER: &str = "r_indicator";
const SOURCE: &str = "R 4.2.2, base: matrix formulas of the papers";

fn cells(input: &[Row], case: &str) -> Vec<Cell> {
    let of_case = input.iter().filter(|row| row.text("case") == case);
    of_case.map(|row| Cell { responses: row.number("responses"), population: row.number("population") }).collect()
}

pub fn r_indicators() -> Option<Comparison> {
    let mut to = Comparison::new("R-indicator", FOLDER, SOURCE);
    let input = rows(&ours(FOLDER).join("input.csv"));
    for row in to.expected(&ours(FOLDER).join("expected.csv")) {
        let cells = cells(&input, row.text("case"));
        let found = r_indicator(&cells, 0.95).expect("an R-indicator");
        let wide = r_indicator(&cells, 0.998).expect("an R-indicator");
        for (column, got) in [
            ("value", found.r.value),
            ("lower", found.r.lower),
            ("upper", found.r.upper),
            ("lower99_8", wide.r.lower),
            ("upper99_8", wide.r.upper),
            ("propensity", found.propensity),
            ("variation", found.variation),
        ] {
            to.absolute(column, got, row.number(column), 1e-10);
        }
        to.same("se", found.se.is_some(), row.optional("se").is_some());
        if let Some((got, expected)) = found.se.zip(row.optional("se")) {
            to.absolute("se", got, expected, 1e-10);
        }
        to.row();
    }
    Some(to)
}

pub fn partial() -> Option<Comparison> {
    let mut to = Comparison::new("Partial R-indicator of a category", FOLDER, SOURCE);
    let input = rows(&ours(FOLDER).join("input.csv"));
    for row in to.expected(&ours(FOLDER).join("expected_partial.csv")) {
        let parts = partial_r_indicators(&cells(&input, row.text("case")), 0.95).expect("partial indicators");
        let part = parts[row.number("cell") as usize - 1].expect("a cell with people");
        for (column, got) in [("value", part.value), ("lower", part.lower), ("upper", part.upper)] {
            to.absolute(column, got, row.number(column), 1e-12);
        }
        to.row();
    }
    Some(to)
}
