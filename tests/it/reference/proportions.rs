//! Proportions, means, and differences of proportions.

use tellonce::stats::difference::newcombe;
use tellonce::stats::mean::t_interval;
use tellonce::stats::moments::Moments;
use tellonce::stats::proportion::wilson;
use tellonce::stats::{Estimate, Interval};

use super::{Comparison, ours, rows};

const LEVELS: [(f64, &str, &str); 2] = [(0.95, "lower95_0cl", "upper95_0cl"), (0.998, "lower99_8cl", "upper99_8cl")];

pub fn wilson_intervals() -> Option<Comparison> {
    let mut to = Comparison::new("Wilson interval", "01_proportion_wilson", "PHEindicatormethods 2.1.0");
    for row in to.expected(&ours("01_proportion_wilson").join("expected.csv")) {
        let (x, n) = (row.number("x"), row.number("n"));
        for (level, lower, upper) in LEVELS {
            let Interval { lower: low, upper: high } = wilson(x, n, level).expect("an interval");
            to.absolute(lower, low, row.number(lower), 1e-12);
            to.absolute(upper, high, row.number(upper), 1e-12);
        }
        to.row();
    }
    Some(to)
}

pub fn means() -> Option<Comparison> {
    let mut to = Comparison::new("t interval of a mean", "01_mean_t", "PHEindicatormethods 2.1.0");
    let folder = ours("01_mean_t");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        let moments: Moments =
            input.iter().filter(|row| row.text("case") == case).map(|row| row.number("value")).collect();
        to.same(case, moments.n as f64, row.number("value_count"));
        to.relative(case, moments.mean, row.number("value"), 1e-12);
        to.same(case, moments.sd().is_some(), row.optional("stdev").is_some());
        for (level, lower, upper) in LEVELS {
            // One value alone has neither a standard deviation nor limits.
            let Some(sd) = moments.sd() else {
                to.same(case, row.optional(lower), None);
                to.same(case, row.optional(upper), None);
                continue;
            };
            to.relative(case, sd, row.number("stdev"), 1e-12);
            let limits = t_interval(moments.n as f64, moments.mean, sd, level).expect("an interval");
            to.relative(case, limits.lower, row.number(lower), 1e-10);
            to.relative(case, limits.upper, row.number(upper), 1e-10);
        }
        to.row();
    }
    Some(to)
}

fn differences(mut to: Comparison, file: &str, tolerance: f64) -> Option<Comparison> {
    let folder = ours("02_diff_proportions_newcombe");
    let input = rows(&folder.join("input.csv"));
    for (case, row) in input.iter().zip(&to.expected(&folder.join(file))) {
        to.same("case", case.text("case"), row.text("case"));
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|column| case.number(column));
        for (level, lower, upper) in [(0.95, "lower95", "upper95"), (0.998, "lower99_8", "upper99_8")] {
            let Estimate { value, lower: low, upper: high } = newcombe(x1, n1, x2, n2, level).expect("an interval");
            to.absolute("value", value, x1 / n1 - x2 / n2, 1e-15);
            to.absolute(lower, low, row.number(lower), tolerance);
            to.absolute(upper, high, row.number(upper), tolerance);
        }
        to.row();
    }
    Some(to)
}

pub fn newcombe_differences() -> Option<Comparison> {
    let to =
        Comparison::new("difference of proportions, Newcombe", "02_diff_proportions_newcombe", "DescTools 0.99.59");
    differences(to, "expected.csv", 1e-8)
}

pub fn newcombe_second_program() -> Option<Comparison> {
    let to =
        Comparison::new("difference of proportions, Newcombe", "02_diff_proportions_newcombe", "statsmodels 0.15.0");
    differences(to, "crosscheck_statsmodels.csv", 1e-12)
}
