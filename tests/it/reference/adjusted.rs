//! P-values of many tests, and differences in differences.

use arrow::array::AsArray;
use arrow::datatypes::{Float64Type, Int64Type};
use tellonce::contract::Person;
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

/// The difference in differences that a contract pays by: its own figures, from people as its packs hold them.
pub fn changes_of_people() -> Option<Comparison> {
    let mut to = Comparison::new(
        "difference in differences of people seen before and after",
        "did_changes",
        "R 4.2.2 `t.test`, `lm`, plain formula",
    );
    let folder = ours("did_changes");
    let input = rows(&folder.join("input.csv"));
    let contract = include_str!("../../../docs/examples/contract/by-hand.toml");
    let contract = tellonce::declare::contract_alone("by-hand.toml", contract).expect("a contract");
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        let person = |line: &Row| Person {
            part: "secondary-care".into(),
            number: line.number("person") as u32,
            cohorts: vec![if line.text("treated") == "1" { "treated" } else { "usual-care" }.into()],
            place: 0,
            state: "counted".into(),
            before: Some(line.number("before") as i64),
            after: Some(line.number("after") as i64),
        };
        let people: Vec<Person> = input.iter().filter(|line| line.text("case") == case).map(person).collect();
        let results = tellonce::contract::evaluate(&contract, &[], &people).expect("figures");
        let column = |name: &str| results.column_by_name(name).expect("a column").clone();
        let (statistics, counts) = (column("statistic"), column("n"));
        let at = statistics.as_string::<i32>().iter().position(|name| name == Some("did")).expect("a difference");
        let number = |name: &str| column(name).as_primitive::<Float64Type>().value(at);
        let fewest = row.number("n1").min(row.number("n0"));
        to.same(case, counts.as_primitive::<Int64Type>().value(at) as f64, fewest);
        to.relative("did", number("value"), row.number("did"), 1e-9);
        to.relative("interaction", number("value"), row.number("interaction"), 1e-9);
        to.relative("lower", number("lower"), row.number("lower95"), 1e-9);
        to.relative("upper", number("upper"), row.number("upper95"), 1e-9);
        let t = student::two_sided(0.95, row.number("df")).expect("a quantile");
        for se in ["se", "se_hc2"] {
            to.relative(se, (number("upper") - number("value")) / t, row.number(se), 1e-9);
        }
        to.row();
    }
    Some(to)
}
