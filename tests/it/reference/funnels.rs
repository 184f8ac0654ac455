//! Funnels.

use std::path::Path;

use tellonce::stats::funnel::plain::{poisson_band, poisson_limits, wilson_band, wilson_limits};
use tellonce::stats::funnel::ratio::{Scale, funnel_ratio};
use tellonce::stats::funnel::{Band, Unit, funnel};
use tellonce::stats::poisson;

use super::{Comparison, Row, ours, rows};

const ADJUSTED: [&str; 4] = ["OD95LCL", "OD95UCL", "OD998LCL", "OD998UCL"];

fn limits(unit: &Unit) -> [f64; 4] {
    [unit.limits95.lower, unit.limits95.upper, unit.limits998.lower, unit.limits998.upper]
}

/// The rows of a case, and their numerators and denominators.
fn units(folder: &Path, case: &str) -> (Vec<Row>, Vec<Option<(f64, f64)>>) {
    let input = rows(&folder.join("input.csv"));
    let input: Vec<Row> = input.into_iter().filter(|row| row.text("case") == case).collect();
    let units = input.iter().map(|row| Some((row.number("numerator"), row.number("denominator")))).collect();
    (input, units)
}

pub fn over_dispersed_proportions() -> Option<Comparison> {
    let mut to = Comparison::new("over-dispersed funnel, proportions", "06_funnel_overdispersed", "FunnelPlotR 0.6.0");
    let folder = ours("06_funnel_overdispersed");
    let of_method = |row: &Row| row.text("method") == "PR";
    let expected = to.expected_where(&folder.join("expected.csv"), of_method);
    let (input, units) = units(&folder, "pr150");
    let ours = funnel(&units).expect("a funnel");
    let summary = to.expected_where(&folder.join("expected_summary.csv"), of_method);
    to.relative("phi", ours.phi, summary[0].number("phi"), 1e-9);
    to.relative("tau2", ours.tau2, summary[0].number("tau2"), 1e-9);
    to.relative("target", ours.target, summary[0].number("target"), 1e-12);
    to.row();
    for ((unit, row), case) in ours.units.iter().zip(&expected).zip(&input) {
        assert_eq!(row.text("unit"), case.text("unit"));
        let unit = unit.expect("a place");
        to.relative("z", unit.z.expect("a score"), row.number("z_unadjusted"), 1e-9);
        for (limit, column) in limits(&unit).into_iter().zip(ADJUSTED) {
            // The package rounds its two quantiles to six places.
            to.relative(column, limit, row.number(column), 1e-6);
        }
        to.same(row.text("unit"), unit.band != Band::Same, row.text("outlier") == "1");
        let (ratio, limit) = (row.number("ratio"), |column| row.number(column));
        let much = ratio < limit("OD998LCL") || ratio > limit("OD998UCL");
        to.same(row.text("unit"), matches!(unit.band, Band::MuchLower | Band::MuchHigher), much);
        to.row();
    }
    Some(to)
}

pub fn over_dispersed_ratios_by_logarithm() -> Option<Comparison> {
    over_dispersed_ratios("over-dispersed funnel, ratios by logarithm (SHMI)", "SR_SHMI", Scale::Log)
}

pub fn over_dispersed_ratios_by_square_root() -> Option<Comparison> {
    over_dispersed_ratios("over-dispersed funnel, ratios by square root (CQC)", "SR_CQC", Scale::Sqrt)
}

fn over_dispersed_ratios(method: &'static str, name: &str, scale: Scale) -> Option<Comparison> {
    let mut to = Comparison::new(method, "06_funnel_overdispersed", "FunnelPlotR 0.6.0");
    let folder = ours("06_funnel_overdispersed");
    for summary in to.expected_where(&folder.join("expected_summary.csv"), |row| row.text("method") == name) {
        let case = summary.text("case");
        let expected = to
            .expected_where(&folder.join("expected.csv"), |row| row.text("method") == name && row.text("case") == case);
        // The specification of SHMI rounds the expected events to hundredths first; halves fall as R lets them fall.
        let counts = units(&folder, case).1.into_iter().zip(&expected).map(|(unit, row)| {
            let ((observed, given), expected) = (unit.expect("counts"), row.number("denominator"));
            to.same("expected events", (given - expected).abs() < 0.005 + 1e-9, true);
            to.same("exactly", given == expected || scale == Scale::Log, true);
            Some((observed, expected))
        });
        let units: Vec<_> = counts.collect();
        let ours = funnel_ratio(&units, scale).expect("a funnel");
        to.relative("phi", ours.phi, summary.number("phi"), 1e-9);
        to.relative("tau2", ours.tau2, summary.number("tau2"), 1e-9);
        to.relative("target", ours.target, summary.number("target"), 1e-12);
        to.same(case, ours.units.len() as f64, summary.number("n_units"));
        to.row();
        for ((unit, row), counts) in ours.units.iter().zip(&expected).zip(&units) {
            let (unit, (_, denominator)) = (unit.expect("a place"), counts.expect("counts"));
            to.relative("z", unit.z.expect("a score"), row.number("z_unadjusted"), 1e-9);
            for (limit, column) in limits(&unit).into_iter().zip(ADJUSTED) {
                // The package rounds its two quantiles to six places, and leaves limits on the scale of the square root.
                let limit = if scale == Scale::Sqrt { limit.sqrt() } else { limit };
                to.relative(column, limit, row.number(column), 1e-6);
            }
            // The package holds the ratio itself against limits of its square root (finding 10): there its flag is not ours.
            let ratio = row.number("ratio");
            let outside = match scale {
                Scale::Log => row.text("outlier") == "1",
                Scale::Sqrt => ratio.sqrt() < row.number("OD95LCL") || ratio.sqrt() > row.number("OD95UCL"),
            };
            to.same(row.text("unit"), unit.band != Band::Same, outside);
            // Limits by chance alone are the exact ones of the expected number.
            for (level, lower, upper) in [(0.95, "LCL95", "UCL95"), (0.998, "LCL998", "UCL998")] {
                let plain = poisson::exact(denominator, level).expect("limits");
                to.relative(lower, plain.lower / denominator, row.number(lower), 1e-6);
                to.relative(upper, plain.upper / denominator, row.number(upper), 1e-6);
            }
            to.row();
        }
    }
    Some(to)
}

/// The package's words for a band.
fn words(band: Band) -> &'static str {
    match band {
        Band::MuchLower => "Low (0.001)",
        Band::Lower => "Low (0.025)",
        Band::Same => "Not significant",
        Band::Higher => "High (0.025)",
        Band::MuchHigher => "High (0.001)",
    }
}

const LINES: [(f64, &str); 2] = [(0.95, "2s"), (0.998, "3s")];

pub fn fingertips_proportions() -> Option<Comparison> {
    let mut to =
        Comparison::new("funnel limits and bands of proportions", "06_funnel_phe", "PHEindicatormethods 2.1.0");
    let folder = ours("06_funnel_phe");
    for row in to.expected(&folder.join("expected_limits_proportion.csv")) {
        let (n, target) = (row.number("Population"), row.number("baseline") / 100.0);
        for (level, line) in LINES {
            let got = wilson_limits(n, target, level).expect("limits");
            to.relative(line, got.lower * 100.0, row.number(&format!("lower_{line}_limit")), 1e-9);
            to.relative(line, got.upper * 100.0, row.number(&format!("upper_{line}_limit")), 1e-9);
        }
        to.row();
    }
    let expected = to.expected(&folder.join("expected_significance_proportion.csv"));
    let target = total(&expected, "numerator") / total(&expected, "denominator");
    for row in &expected {
        let band = wilson_band(row.number("numerator"), row.number("denominator"), target).expect("a band");
        to.same(row.text("unit"), words(band), row.text("significance"));
        to.row();
    }
    Some(to)
}

fn total(rows: &[Row], column: &str) -> f64 {
    rows.iter().map(|row| row.number(column)).sum()
}

/// Compares a point of a line of a Poisson funnel: `events` counted where `expected` were, and the `limit` there. Whether it
/// could be: the package's search ends in steps of 1e-7 of expected / (expected + events + 1), too coarse next to 0.
fn poisson_point(to: &mut Comparison, level: f64, upper: bool, [events, expected, limit]: [f64; 3]) -> bool {
    let touching = poisson::exact(events, level).expect("limits");
    let touching = if upper { touching.lower } else { touching.upper };
    let share = |expected: f64| expected / (expected + events + 1.0);
    to.absolute("expected events, as a share", share(touching), share(expected), 1e-7);
    if expected < 0.01 {
        return false;
    }
    to.relative("expected events", touching, expected, 5e-6);
    let got = poisson_limits(expected, level).expect("limits");
    to.relative("limit", if upper { got.upper } else { got.lower }, limit, 5e-6);
    true
}

/// Counts a row as compared, or as one that the package's search does not reach.
fn count(to: &mut Comparison, compared: bool) {
    if compared { to.row() } else { to.left_out("finding 10: the search of the package is too coarse there") }
}

pub fn fingertips_ratios() -> Option<Comparison> {
    let mut to = Comparison::new("funnel limits and bands of ratios", "06_funnel_phe", "PHEindicatormethods 2.1.0");
    let folder = ours("06_funnel_phe");
    for file in ["expected_limits_ratio_isr.csv", "expected_limits_ratio_count.csv"] {
        for row in to.expected(&folder.join(file)) {
            let (events, mut compared) = (row.number("Observed_events"), true);
            for ((level, line), end) in LINES.into_iter().flat_map(|line| [(line, "lower"), (line, "upper")]) {
                let limit = row.number(&format!("{end}_{line}_limit"));
                // In hundredths of the ratio, or as its distance from 1.
                let limit = if file.ends_with("isr.csv") { limit / 100.0 } else { limit + 1.0 };
                let expected = row.number(&format!("{end}_{line}_exp_events"));
                compared &= poisson_point(&mut to, level, end == "upper", [events, expected, limit]);
            }
            count(&mut to, compared);
        }
    }
    for row in to.expected(&folder.join("expected_significance_ratio.csv")) {
        let band = poisson_band(row.number("numerator"), row.number("denominator")).expect("a band");
        to.same(row.text("unit"), words(band), row.text("significance"));
        to.row();
    }
    Some(to)
}

pub fn fingertips_rates() -> Option<Comparison> {
    let mut to = Comparison::new("funnel limits and bands of rates", "06_funnel_phe", "PHEindicatormethods 2.1.0");
    let folder = ours("06_funnel_phe");
    let points = to.expected(&folder.join("expected_points_rate.csv"));
    let years = points[0].number("years");
    let target = total(&points, "numerator") / total(&points, "denominator");
    for row in to.expected(&folder.join("expected_limits_rate.csv")) {
        let mut compared = true;
        to.relative("baseline", target * 1e5, row.number("baseline"), 1e-12);
        for ((level, line), end) in LINES.into_iter().flat_map(|line| [(line, "lower"), (line, "upper")]) {
            let expected = row.number(&format!("{end}_{line}_population_1_year")) * years * target;
            let limit = row.number(&format!("{end}_{line}_limit")) / 1e5 / target;
            compared &= poisson_point(&mut to, level, end == "upper", [row.number("Events"), expected, limit]);
        }
        count(&mut to, compared);
    }
    for row in &points {
        // Where a unit stands in the chart: a year's population, and its rate.
        to.relative("population", row.number("denominator") / years, row.number("denominator_derived"), 1e-12);
        to.relative("rate", row.number("numerator") / row.number("denominator") * 1e5, row.number("rate_chart"), 1e-12);
        to.row();
    }
    for row in to.expected(&folder.join("expected_significance_rate.csv")) {
        let band = poisson_band(row.number("numerator"), row.number("denominator") * target).expect("a band");
        to.same(row.text("unit"), words(band), row.text("significance"));
        to.row();
    }
    Some(to)
}
