//! Rates, ratios of rates, and differences of means.

use tellonce::stats::difference::{Sample, welch};
use tellonce::stats::moments::Moments;
use tellonce::stats::poisson;
use tellonce::stats::rate::{rate, rate_ratio};
use tellonce::stats::student;

use super::{Comparison, ours, rows};

const LEVELS: [(f64, &str, &str); 2] = [(0.95, "lower95", "upper95"), (0.998, "lower99_8", "upper99_8")];

pub fn byars_and_exact() -> Option<Comparison> {
    let mut to = Comparison::new(
        "rate: Byar's limits, exact under 10 events, and exact limits",
        "01_rate_byars_exact",
        "PHEindicatormethods 2.1.0, R 4.5.0 `poisson.test`",
    );
    for row in to.expected(&ours("01_rate_byars_exact").join("expected.csv")) {
        let (case, x, n) = (row.text("case"), row.number("x"), row.number("n"));
        let tolerance = if x < 10.0 { 1e-8 } else { 1e-10 };
        for (level, lower, upper) in [(0.95, "lower95_0cl", "upper95_0cl"), (0.998, "lower99_8cl", "upper99_8cl")] {
            let got = rate(x, n, 1e5, level).expect("a rate");
            to.relative(case, got.value, row.number("value"), 1e-14);
            to.relative(case, got.lower, row.number(lower), tolerance);
            to.relative(case, got.upper, row.number(upper), tolerance);
        }
        for (level, lower, upper) in LEVELS {
            let got = poisson::exact(x, level).expect("limits");
            to.relative(case, got.lower / n * 1e5, row.number(&format!("exact_{lower}")), 1e-8);
            to.relative(case, got.upper / n * 1e5, row.number(&format!("exact_{upper}")), 1e-8);
        }
        to.row();
    }
    Some(to)
}

pub fn ratios() -> Option<Comparison> {
    let mut to = Comparison::new("ratio of two rates, exact", "rate_ratio", "R 4.2.2 `poisson.test`");
    let folder = ours("rate_ratio");
    let input = rows(&folder.join("input.csv"));
    for (case, row) in input.iter().zip(to.expected(&folder.join("expected.csv"))) {
        to.same("case", case.text("case"), row.text("case"));
        let [x1, t1, x2, t2] = ["x1", "t1", "x2", "t2"].map(|column| case.number(column));
        for (level, lower, upper) in LEVELS {
            let got = rate_ratio(x1, t1, x2, t2, level).expect("a ratio");
            to.relative(case.text("case"), got.value, row.number("value"), 1e-14);
            to.relative(case.text("case"), got.lower, row.number(lower), 1e-9);
            to.relative(case.text("case"), got.upper, row.number(upper), 1e-9);
        }
        to.row();
    }
    Some(to)
}

pub fn welch_differences() -> Option<Comparison> {
    let mut to = Comparison::new("difference of means, Welch", "02_diff_means_welch", "R 4.5.0 `t.test`");
    let folder = ours("02_diff_means_welch");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        let sample = |group: &str| {
            let of_group = input.iter().filter(|row| row.text("case") == case && row.text("group") == group);
            let moments: Moments = of_group.map(|row| row.number("value")).collect();
            Sample { n: moments.n as f64, mean: moments.mean, sd: moments.sd().expect("a standard deviation") }
        };
        let (a, b) = (sample("A"), sample("B"));
        to.relative(case, a.mean, row.number("mean_a"), 1e-12);
        to.relative(case, b.mean, row.number("mean_b"), 1e-12);
        for (level, lower, upper) in LEVELS {
            let got = welch(a, b, level).expect("a difference");
            to.relative(case, got.estimate.value, row.number("diff"), 1e-9);
            to.relative(case, got.se, row.number("se"), 1e-9);
            to.relative(case, got.degrees_of_freedom.expect("degrees of freedom"), row.number("df"), 1e-9);
            to.relative(case, got.estimate.value / got.se, row.number("t"), 1e-9);
            to.relative(case, got.estimate.lower, row.number(lower), 1e-9);
            to.relative(case, got.estimate.upper, row.number(upper), 1e-9);
        }
        // The p-value is one minus the level whose limits end at 0.
        let t = student::two_sided(1.0 - row.number("p"), row.number("df")).expect("a quantile");
        to.relative(case, t, row.number("t").abs(), 1e-7);
        to.row();
    }
    Some(to)
}
