//! The statistics against values that the field's own packages computed (`tests/reference/`, and what may only be read
//! from the shared folder). Every test says how many rows it compared, so that a row that falls out fails.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tellonce::stats::change::Pairs;
use tellonce::stats::difference::newcombe;
use tellonce::stats::funnel::{Band, funnel};
use tellonce::stats::goal::Goals;
use tellonce::stats::mean::t_interval;
use tellonce::stats::moments::Moments;
use tellonce::stats::normal::two_sided;
use tellonce::stats::profile::{Class, Tally, class};
use tellonce::stats::proportion::wilson;
use tellonce::stats::slope::{Group, Slope, slope_index};
use tellonce::stats::xmr::{Assurance, Direction, Observation, Settings, Variation, xmr};
use tellonce::stats::{Estimate, Interval};

struct Row(HashMap<String, String>);

impl Row {
    fn text(&self, column: &str) -> &str {
        self.0.get(column).unwrap_or_else(|| panic!("no column `{column}`"))
    }

    fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap_or_else(|_| panic!("`{column}` is not a number: {}", self.text(column)))
    }

    fn optional(&self, column: &str) -> Option<f64> {
        (self.text(column) != "NA").then(|| self.number(column))
    }
}

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
    reader.deserialize().map(|row| Row(row.expect("a row of text"))).collect()
}

fn ours(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(folder)
}

#[track_caller]
fn absolutely(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance, "{what}: {got} against {expected}");
}

#[track_caller]
fn relatively(what: &str, got: f64, expected: f64, tolerance: f64) {
    assert!((got - expected).abs() <= tolerance * expected.abs(), "{what}: {got} against {expected}");
}

#[test]
fn wilson_intervals() {
    let mut compared = 0;
    for row in rows(&ours("01_proportion_wilson").join("expected.csv")) {
        let (x, n) = (row.number("x"), row.number("n"));
        for (level, lower, upper) in [(0.95, "lower95_0cl", "upper95_0cl"), (0.998, "lower99_8cl", "upper99_8cl")] {
            let Interval { lower: low, upper: high } = wilson(x, n, level).expect("an interval");
            absolutely(lower, low, row.number(lower), 1e-12);
            absolutely(upper, high, row.number(upper), 1e-12);
            compared += 1;
        }
    }
    assert_eq!(compared, 44);
}

#[test]
fn newcombe_intervals() {
    let folder = ours("02_diff_proportions_newcombe");
    let (input, expected) = (rows(&folder.join("input.csv")), rows(&folder.join("expected.csv")));
    let second = rows(&folder.join("crosscheck_statsmodels.csv"));
    let mut compared = 0;
    for ((case, row), second) in input.iter().zip(&expected).zip(&second) {
        assert!(case.text("case") == row.text("case") && case.text("case") == second.text("case"));
        let [x1, n1, x2, n2] = ["x1", "n1", "x2", "n2"].map(|column| case.number(column));
        for (level, lower, upper) in [(0.95, "lower95", "upper95"), (0.998, "lower99_8", "upper99_8")] {
            let Estimate { value, lower: low, upper: high } = newcombe(x1, n1, x2, n2, level).expect("an interval");
            absolutely("diff", value, row.number("diff"), 1e-15);
            for (row, tolerance) in [(row, 1e-8), (second, 1e-12)] {
                absolutely(lower, low, row.number(lower), tolerance);
                absolutely(upper, high, row.number(upper), tolerance);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 56);
}

#[test]
fn t_intervals_of_means() {
    let folder = ours("01_mean_t");
    let input = rows(&folder.join("input.csv"));
    let (mut compared, mut without) = (0, 0);
    for row in rows(&folder.join("expected.csv")) {
        let case = row.text("case");
        let moments: Moments =
            input.iter().filter(|row| row.text("case") == case).map(|row| row.number("value")).collect();
        assert_eq!(moments.n as f64, row.number("value_count"), "{case}");
        relatively(case, moments.mean, row.number("value"), 1e-12);
        assert_eq!(moments.sd().is_some(), row.optional("stdev").is_some(), "{case}");
        for (level, lower, upper) in [(0.95, "lower95_0cl", "upper95_0cl"), (0.998, "lower99_8cl", "upper99_8cl")] {
            let Some(sd) = moments.sd() else {
                assert!(row.number(lower).is_nan() && row.number(upper).is_nan(), "{case}");
                without += 1;
                continue;
            };
            relatively(case, sd, row.number("stdev"), 1e-12);
            let Interval { lower: low, upper: high } =
                t_interval(moments.n as f64, moments.mean, sd, level).expect("an interval");
            relatively(case, low, row.number(lower), 1e-10);
            relatively(case, high, row.number(upper), 1e-10);
            compared += 1;
        }
    }
    assert_eq!((compared, without), (10, 2));
}

#[test]
fn paired_changes() {
    let folder = ours("02_change_paired");
    let input = rows(&folder.join("input.csv"));
    let mut compared = 0;
    for row in rows(&folder.join("expected.csv")) {
        let case = row.text("case");
        let of_case = input.iter().filter(|row| row.text("case") == case);
        let side = |row: &Row, column| row.optional(column).unwrap_or(f64::NAN);
        let pairs: Pairs = of_case.map(|row| (side(row, "pre"), side(row, "post"))).collect();
        let change = pairs.change(0.95);
        assert_eq!(change.n as f64, row.number("n"), "{case}");
        let limits = change.limits.expect("limits");
        for (column, got) in [
            ("mean_change", change.value),
            ("sd_change", change.sd),
            ("lower95", Some(limits.lower)),
            ("upper95", Some(limits.upper)),
            ("srm", change.srm),
            ("effect_size_kazis", change.effect_size),
        ] {
            relatively(column, got.expect(column), row.number(column), 1e-9);
            compared += 1;
        }
    }
    assert_eq!(compared, 12);
}

/// The package's word for a class that is called otherwise here.
fn class_in_package(class: Class) -> &'static str {
    match class {
        Class::NoProblems => "No problems",
        Class::NoChange => "No change",
        Class::Improve => "Improve",
        Class::Worsen => "Worsen",
        Class::Mixed => "Mixed change",
    }
}

/// People and counts compared.
fn compare_profiles(folder: &Path, case: &str) -> (usize, usize) {
    let [input, classes, counts] = ["input", "expected_class", "expected"].map(|file| {
        let rows = rows(&folder.join(file).with_extension("csv"));
        rows.into_iter().filter(|row| row.text("case") == case).collect::<Vec<_>>()
    });
    let dimensions = ["MO", "SC", "UA", "PD", "AD"];
    let change = |row: &Row, dimensions: &[&str]| {
        let profile =
            |when: &str| dimensions.iter().map(|name| row.text(&format!("{when}_{name}"))).collect::<String>();
        class(&profile("pre"), &profile("post"))
    };
    for (row, expected) in input.iter().zip(&classes) {
        assert_eq!(row.text("id"), expected.text("id"));
        let got = change(row, &dimensions).map_or("NA", class_in_package);
        assert_eq!(got, expected.text("class"), "{case} {}", row.text("id"));
    }
    assert_eq!(input.len(), classes.len());
    for expected in &counts {
        let dimension = expected.text("dimension");
        let own = [dimension];
        let wanted = if dimension == "profile" { &dimensions[..] } else { &own };
        let tally =
            input.iter().filter_map(|row| change(row, wanted)).fold(Tally::ZERO, |sum, class| sum.with(class, 1));
        let (name, apart) = (expected.text("class"), expected.text("no_problems_option") == "true");
        let number = match name {
            "Total" => tally.n(),
            "Total with problems" => tally.n() - tally.of(Class::NoProblems),
            "No change" if !apart => tally.of(Class::NoChange) + tally.of(Class::NoProblems),
            name => Class::ALL
                .into_iter()
                .filter(|class| class_in_package(*class) == name)
                .map(|class| tally.of(class))
                .sum(),
        };
        assert_eq!(number as f64, expected.number("number"), "{case} {dimension} {name}");
    }
    (classes.len(), counts.len())
}

#[test]
fn changes_of_profiles() {
    assert_eq!(compare_profiles(&ours("09_pchc"), "gen_5L"), (120, 36));
}

#[test]
fn changes_of_profiles_of_the_package_example() {
    let Some(shared) = crate::support::shared() else {
        println!("skipped: the shared reference values are not here");
        return;
    };
    assert_eq!(compare_profiles(&shared.join("reference/09_pchc"), "eq5d_example_3L"), (100, 36));
}

#[test]
fn goal_attainment_scores() {
    let folder = ours("10_goal_attainment");
    let input = rows(&folder.join("input.csv"));
    let mut compared = 0;
    for row in rows(&folder.join("expected.csv")) {
        let goals: Vec<&Row> = input.iter().filter(|goal| goal.text("case") == row.text("case")).collect();
        assert_eq!(goals.len() as f64, row.number("n_goals"));
        let score = |when: &str| {
            let goals: Goals = goals.iter().map(|goal| (goal.number(when), goal.number("weight"))).collect();
            goals.t_score().expect("a score")
        };
        relatively("t_baseline", score("baseline"), row.number("t_baseline"), 1e-12);
        relatively("t_achieved", score("achieved"), row.number("t_achieved"), 1e-12);
        relatively("t_change", score("achieved") - score("baseline"), row.number("t_change"), 1e-12);
        compared += 2;
    }
    assert_eq!(compared, 6);
}

/// The scale on which the package fits its line.
struct Scale {
    to: fn(f64) -> f64,
    back: fn(f64) -> f64,
}

impl Scale {
    fn of(row: &Row) -> Self {
        match (row.text("transform"), row.text("value_type")) {
            ("1", "1") => Self { to: f64::ln, back: f64::exp },
            ("1", "2") => Self { to: |p| (p / (1.0 - p)).ln(), back: |y| 1.0 / (1.0 + (-y).exp()) },
            _ => Self { to: |y| y, back: |y| y },
        }
    }
}

/// Compares one case; whether its simulated limits were compared too.
fn compare_slope(input: &[&Row], expected: &Row) -> bool {
    let case = expected.text("case");
    let (scale, z) = (Scale::of(input[0]), two_sided(0.95).expect("a quantile"));
    let (multiplier, transformed) = (input[0].number("multiplier"), input[0].text("transform") == "1");
    let group = |row: &&Row| {
        let [value, low, high] = ["value", "lower_cl", "upper_cl"].map(|column| (scale.to)(row.number(column)));
        let se = if row.text("use_se") == "1" { row.number("se") } else { (high - low) / 2.0 / z };
        Group { rank_order: row.number("quantile"), population: row.number("population"), value, se: Some(se) }
    };
    let groups: Vec<Group> = input.iter().map(group).collect();
    let slope = |level| slope_index(&groups, level).unwrap_or_else(|| panic!("{case}: no slope"));
    let turn = |ratio: f64| if multiplier < 0.0 { 1.0 / ratio } else { ratio };

    let Slope { sii, intercept, rii, .. } = slope(0.95);
    let (start, end) = ((scale.back)(intercept), (scale.back)(intercept + sii.value));
    relatively(case, (end - start) * multiplier, expected.number("sii"), 1e-9);
    relatively(case, turn(end / start), expected.number("rii"), 1e-9);
    // The package multiplies a transformed intercept, but not one in the unit of the values.
    relatively(case, start * if transformed { multiplier } else { 1.0 }, expected.number("intercept"), 1e-9);
    if transformed || input[0].text("value_type") != "0" {
        return false;
    }
    relatively(case, turn(rii.expect("a ratio")), expected.number("rii"), 1e-9);
    for (level, limit, mad) in [(0.95, "95_0cl", "mad95_0"), (0.998, "99_8cl", "mad99_8")] {
        let slope = slope(level);
        let ratio = slope.rii_limits.expect("limits of the ratio");
        let bounds = [slope.sii.lower * multiplier, slope.sii.upper * multiplier];
        for (name, bounds) in [("sii", bounds), ("rii", [turn(ratio.lower), turn(ratio.upper)])] {
            // The simulation is good to its own Monte-Carlo error, of which the package states the mean.
            let tolerance = 6.0 * expected.number(&format!("{name}_{mad}"));
            let [low, high] = ["lower", "upper"].map(|end| expected.number(&format!("{name}_{end}{limit}")));
            absolutely(case, bounds[0].min(bounds[1]), low, tolerance);
            absolutely(case, bounds[0].max(bounds[1]), high, tolerance);
        }
    }
    true
}

/// Cases compared, groups in them, and cases whose limits were compared.
fn compare_slopes(folder: &Path, wanted: impl Fn(&str) -> bool) -> (usize, usize, usize) {
    let input = rows(&folder.join("input.csv"));
    let mut compared = (0, 0, 0);
    for expected in rows(&folder.join("expected.csv")).iter().filter(|row| wanted(row.text("case"))) {
        let groups: Vec<&Row> = input.iter().filter(|row| row.text("case") == expected.text("case")).collect();
        let with_limits = compare_slope(&groups, expected);
        compared = (compared.0 + 1, compared.1 + groups.len(), compared.2 + usize::from(with_limits));
    }
    compared
}

#[test]
fn slope_indices() {
    assert_eq!(compare_slopes(&ours("04_sii_phe"), |_| true), (5, 40, 1));
}

#[test]
fn slope_indices_of_the_package_examples() {
    let Some(shared) = crate::support::shared() else {
        println!("skipped: the shared reference values are not here");
        return;
    };
    let examples = compare_slopes(&shared.join("reference/04_sii_phe"), |case| case.starts_with("help_area"));
    assert_eq!(examples, (4, 40, 4));
}

#[test]
fn over_dispersed_funnels() {
    let folder = ours("06_funnel_overdispersed");
    let (input, expected) = (rows(&folder.join("input.csv")), rows(&folder.join("expected.csv")));
    let units: Vec<_> = input.iter().map(|row| Some((row.number("numerator"), row.number("denominator")))).collect();
    let ours = funnel(&units).expect("a funnel");
    let summary = rows(&folder.join("expected_summary.csv"));
    assert_eq!(summary.len(), 1);
    relatively("phi", ours.phi, summary[0].number("phi"), 1e-9);
    relatively("tau2", ours.tau2, summary[0].number("tau2"), 1e-9);
    relatively("target", ours.target, summary[0].number("target"), 1e-12);
    let mut compared = 0;
    for ((unit, row), case) in ours.units.iter().zip(&expected).zip(&input) {
        assert_eq!(row.text("unit"), case.text("unit"));
        let unit = unit.expect("a place");
        relatively("z", unit.z, row.number("z_unadjusted"), 1e-9);
        let limits = [unit.limits95.lower, unit.limits95.upper, unit.limits998.lower, unit.limits998.upper];
        for (limit, column) in limits.into_iter().zip(["OD95LCL", "OD95UCL", "OD998LCL", "OD998UCL"]) {
            // The package rounds its two quantiles to six places.
            relatively(column, limit, row.number(column), 1e-6);
        }
        assert_eq!(unit.band != Band::Same, row.text("outlier") == "1", "{}", row.text("unit"));
        let (ratio, limit) = (row.number("ratio"), |column| row.number(column));
        let much = ratio < limit("OD998LCL") || ratio > limit("OD998UCL");
        assert_eq!(matches!(unit.band, Band::MuchLower | Band::MuchHigher), much, "{}", row.text("unit"));
        compared += 1;
    }
    assert_eq!(compared, 150);
}

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

#[test]
fn xmr_charts() {
    let folder = ours("07_spc_xmr");
    let [settings, expected, summary] =
        ["input_settings", "expected", "expected_summary"].map(|f| rows(&folder.join(f).with_extension("csv")));
    let (mut points, mut phases) = (0, 0);
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
            relatively(&at, point.centre, row.number("mean"), 1e-10);
            relatively(&at, limits.lower, row.number("lpl"), 1e-10);
            relatively(&at, limits.upper, row.number("upl"), 1e-10);
            assert_eq!(cause(point.signal.map(|signal| signal.name())), row.text("special_cause_type"), "{at}");
            assert_eq!(point_type(point.variation), row.text("point_type"), "{at}");
            let value = row.number("value");
            let close = (value < limits.near_lower && value >= limits.lower)
                || (value > limits.near_upper && value <= limits.upper);
            assert_eq!(close.to_string(), row.text("close_to_limits"), "{at}");
            points += 1;
        }
        for phase in summary.iter().filter(of_series) {
            let inside: Vec<_> =
                chart.iter().filter(|(_, row)| row.text("rebase_group") == phase.text("rebase_group")).collect();
            assert_eq!(inside.len() as f64, phase.number("n"));
            for column in ["common_cause", "improvement", "concern", "neutral_high", "neutral_low"] {
                let found = inside
                    .iter()
                    .filter(|(point, _)| point_type(point.variation).trim_start_matches("special_cause_") == column);
                assert_eq!(found.count() as f64, phase.number(column), "{name}: {column}");
            }
            let (last, _) = inside.last().expect("a point");
            assert_eq!(point_type(last.variation), phase.text("variation_icon"), "{name}");
            assert_eq!(icon(last.assurance), phase.text("assurance_icon"), "{name}");
            phases += 1;
        }
    }
    assert_eq!((settings.len(), points, phases), (13, 250, 14));
}
