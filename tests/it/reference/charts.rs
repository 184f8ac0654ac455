//! XmR charts.

use tellonce::stats::xmr::{Assurance, Direction, Observation, Settings, Variation, xmr};

use super::{Comparison, Row, ours, rows};

/// The package's words for what a rule and a side are called here.
fn cause(name: Option<&str>) -> &'static str {
    match name {
        None => "Common Cause",
        Some("outside_high") => "Above UCL",
        Some("outside_low") => "Below LCL",
        Some("trend_high") => "7 Point Trend (Increasing)",
        Some("trend_low") => "7 Point Trend (Decreasing)",
        Some("two_of_three_high") => "2 in 3 Above CL",
        Some("two_of_three_low") => "2 in 3 Below CL",
        Some("shift_high") => "7 Points Above CL",
        Some("shift_low") => "7 Points Below CL",
        Some(other) => panic!("unknown signal `{other}`"),
    }
}

fn point_type(variation: Variation) -> &'static str {
    match variation {
        Variation::Common => "common_cause",
        Variation::Improvement => "special_cause_improvement",
        Variation::Concern => "special_cause_concern",
        Variation::NeutralHigh => "special_cause_neutral_high",
        Variation::NeutralLow => "special_cause_neutral_low",
    }
}

fn icon(assurance: Option<Assurance>) -> &'static str {
    match assurance {
        None => "NA",
        Some(Assurance::Passes) => "consistent_pass",
        Some(Assurance::Fails) => "consistent_fail",
        Some(Assurance::HitAndMiss) => "inconsistent",
    }
}

pub fn xmr_charts() -> Option<Comparison> {
    let mut to = Comparison::new("XmR chart: points and phases", "07_spc_xmr", "NHSRplotthedots 0.2.2");
    let folder = ours("07_spc_xmr");
    let settings = rows(&folder.join("input_settings.csv"));
    let [expected, summary] = ["expected.csv", "expected_summary.csv"].map(|file| to.expected(&folder.join(file)));
    for setting in &settings {
        let name = setting.text("series");
        let of_series = |row: &&Row| row.text("series") == name;
        let rows: Vec<&Row> = expected.iter().filter(of_series).collect();
        let direction: Direction = setting.text("improvement_direction").parse().expect("a direction");
        let observation = |row: &&Row| Observation {
            value: Some(row.number("value")),
            target: setting.optional("target"),
            phase: row.text("rebase_group").parse().expect("a phase"),
        };
        let series: Vec<Observation> = rows.iter().map(observation).collect();
        let chart = xmr(&series, Settings { direction, screen: setting.text("screen_outliers") == "TRUE" });
        assert_eq!(chart.len(), rows.len());
        let chart: Vec<_> = chart.into_iter().zip(&rows).map(|(point, row)| (point.expect("a point"), row)).collect();

        for (point, row) in &chart {
            let limits = point.limits.expect("limits");
            let at = format!("{name} {}", row.text("date"));
            to.relative(&at, point.centre, row.number("mean"), 1e-10);
            to.relative(&at, limits.lower, row.number("lpl"), 1e-10);
            to.relative(&at, limits.upper, row.number("upl"), 1e-10);
            to.same(&at, cause(point.signal.map(|signal| signal.name())), row.text("special_cause_type"));
            to.same(&at, point_type(point.variation), row.text("point_type"));
            let value = row.number("value");
            let close = (value < limits.near_lower && value >= limits.lower)
                || (value > limits.near_upper && value <= limits.upper);
            to.same(&at, close.to_string().as_str(), row.text("close_to_limits"));
            to.row();
        }
        for phase in summary.iter().filter(of_series) {
            let inside: Vec<_> =
                chart.iter().filter(|(_, row)| row.text("rebase_group") == phase.text("rebase_group")).collect();
            assert_eq!(inside.len() as f64, phase.number("n"));
            for column in ["common_cause", "improvement", "concern", "neutral_high", "neutral_low"] {
                let found = inside
                    .iter()
                    .filter(|(point, _)| point_type(point.variation).trim_start_matches("special_cause_") == column);
                to.same(column, found.count() as f64, phase.number(column));
            }
            let (last, _) = inside.last().expect("a point");
            to.same(name, point_type(last.variation), phase.text("variation_icon"));
            to.same(name, icon(last.assurance), phase.text("assurance_icon"));
            to.row();
        }
    }
    Some(to)
}
