//! `r_indicator`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::representativeness::{Cell, r_indicator};

/// How evenly people answered.
pub(super) static R_INDICATOR: Definition = Definition {
    name: "r_indicator",
    args: &[Arg::Number, Arg::Number, Arg::Level],
    required: 2,
    variadic: false,
    returns: Returns::Struct(&[
        ("value", DataType::Float64),
        ("lower", DataType::Float64),
        ("upper", DataType::Float64),
        ("se", DataType::Float64),
        ("propensity", DataType::Float64),
        ("variation", DataType::Float64),
    ]),
    compute,
    document,
};

fn compute(rows: &Rows) -> Option<Vec<ScalarValue>> {
    let cells = rows.numbers(0).iter().zip(rows.numbers(1));
    let cells: Vec<Cell> = cells.map(|(&responses, &population)| Cell { responses, population }).collect();
    let found = r_indicator(&cells, rows.level(2))?;
    Some(vec![
        number(found.r.value),
        number(found.r.lower),
        number(found.r.upper),
        number(found.se),
        number(found.propensity),
        number(found.variation),
    ])
}

pub(super) const CELLS: [(&str, &str); 2] =
    [("responses", "People of the cell who answered."), ("population", "People of the cell.")];

fn document() -> Documentation {
    args::document(
        "R-indicator of the cells of a group, one row a cell: a struct of `value` (1 where all answered equally often; Schouten, \
         Cobben & Bethlehem 2009, adjusted after Shlomo, Skinner & Schouten 2012), `lower`, `upper`, `se`, `propensity` (share of \
         the people who answered) and `variation` (standard deviation of the cells' shares over that, their coefficient of \
         variation). Rows with a null are left out. Null below two cells with people, without answers, and where a cell has more \
         answers than people; `se` is null where no difference between the cells is left after adjustment.",
        "r_indicator(responses, population[, level])",
        "SELECT area, r_indicator(responses, people)['value'] FROM age_by_sex GROUP BY area;",
        &[CELLS[0], CELLS[1], args::LEVEL],
    )
}
