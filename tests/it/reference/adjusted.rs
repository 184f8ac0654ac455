//! P-values of many tests, and differences in differences.

use tellonce::stats::adjust::{Adjustment, adjusted};
use tellonce::stats::did::Cells;
use tellonce::stats::student;

use super::{Comparison, Row, ours, rows};

pub fn p_values() -> Option<Comparison> {
    let mut to = Comparison::new(
        "adjusted p-values: Benjamini-Hochberg, Benjamini-Yekutieli, Holm, Hochberg, Bonferroni",
        "10_p_adjust",
        "R 4.5.0 `p.adjust`",
    );
    let folder = ours("10_p_adjust");
    let (input, expected) = (rows(&folder.join("input.csv")), to.expected(&folder.join("expected.csv")));
    let mut cases: Vec<&str> = expected.iter().map(|row| row.text("case")).collect();
    cases.dedup();
    for case in cases {
        let of_case = |row: &&Row| row.text("case") == case;
        let p: Vec<Option<f64>> = input.iter().filter(of_case).map(|row| row.optional("p")).collect();
        let expected: Vec<&Row> = expected.iter().filter(of_case).collect();
        to.same(case, p.len(), expected.len());
        for (column, how) in [
            ("bh", Adjustment::BenjaminiHochberg),
            ("by", Adjustment::BenjaminiYekutieli),
            ("holm", Adjustment::Holm),
            ("hochberg", Adjustment::Hochberg),
            ("bonferroni", Adjustment::Bonferroni),
        ] {
            for (got, row) in adjusted(&p, how).into_iter().zip(&expected) {
                to.same(case, got.is_some(), row.optional(column).is_some());
                if let Some(got) = got {
                    to.relative(column, got, row.number(column), 1e-12);
                }
            }
        }
        expected.iter().for_each(|_| to.row());
    }
    Some(to)
}

pub fn differences_in_differences() -> Option<Comparison> {
    let method = "difference in differences, least squares";
    let mut to = Comparison::new(method, "10_diff_in_diff", "R 4.5.0 `lm`");
    let folder = ours("10_diff_in_diff");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        let of_case = input.iter().filter(|line| line.text("case") == case);
        let flag = |line: &Row, column: &str| line.text(column) == "1";
        let cells = of_case
            .fold(Cells::ZERO, |cells, line| cells.with(line.number("y"), flag(line, "treat"), flag(line, "post")));
        let got = cells.difference(0.95).expect("a difference");
        for (cell, column) in [
            (cells.treated_before, "mean_t0"),
            (cells.treated_after, "mean_t1"),
            (cells.other_before, "mean_c0"),
            (cells.other_after, "mean_c1"),
        ] {
            to.relative(column, cell.mean, row.number(column), 1e-12);
        }
        to.same(case, got.degrees_of_freedom, row.number("df"));
        to.same(case, got.degrees_of_freedom + 4.0, row.number("n"));
        to.relative("did", got.estimate.value, row.number("did"), 1e-9);
        to.relative("se", got.se, row.number("se_ols"), 1e-9);
        to.relative("t", got.estimate.value / got.se, row.number("t"), 1e-9);
        to.relative("lower", got.estimate.lower, row.number("lower95"), 1e-9);
        to.relative("upper", got.estimate.upper, row.number("upper95"), 1e-9);
        // The p-value is one minus the level whose limits end at 0.
        let t = student::two_sided(1.0 - row.number("p"), row.number("df")).expect("a quantile");
        to.relative("p", t, row.number("t").abs(), 1e-9);
        to.row();
    }
    Some(to)
}
