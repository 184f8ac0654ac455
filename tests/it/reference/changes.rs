//! Paired change, change of health profiles, goal attainment.

use std::path::Path;

use tellonce::stats::change::Pairs;
use tellonce::stats::goal::Goals;
use tellonce::stats::profile::{Class, Tally, class};

use super::{Comparison, Row, ours, rows, shared_folder};

pub fn paired() -> Option<Comparison> {
    let mut to =
        Comparison::new("paired change, SRM, effect size", "02_change_paired", "R 4.5.0 `t.test`, plain formulas");
    let folder = ours("02_change_paired");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        let of_case = input.iter().filter(|row| row.text("case") == case);
        let side = |row: &Row, column| row.optional(column).unwrap_or(f64::NAN);
        let pairs: Pairs = of_case.map(|row| (side(row, "pre"), side(row, "post"))).collect();
        let change = pairs.change(0.95);
        to.same(case, change.n as f64, row.number("n"));
        let limits = change.limits.expect("limits");
        for (column, got) in [
            ("mean_change", change.value),
            ("sd_change", change.sd),
            ("lower95", Some(limits.lower)),
            ("upper95", Some(limits.upper)),
            ("srm", change.srm),
            ("effect_size_kazis", change.effect_size),
        ] {
            to.relative(column, got.expect(column), row.number(column), 1e-9);
        }
        to.row();
    }
    Some(to)
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

/// Compares the people and the counts of one case.
fn compare_profiles(mut to: Comparison, folder: &Path, case: &str) -> Option<Comparison> {
    let of_case = |row: &Row| row.text("case") == case;
    let input: Vec<Row> = rows(&folder.join("input.csv")).into_iter().filter(of_case).collect();
    let classes = to.expected_where(&folder.join("expected_class.csv"), of_case);
    let counts = to.expected_where(&folder.join("expected.csv"), of_case);
    let dimensions = ["MO", "SC", "UA", "PD", "AD"];
    let change = |row: &Row, dimensions: &[&str]| {
        let profile =
            |when: &str| dimensions.iter().map(|name| row.text(&format!("{when}_{name}"))).collect::<String>();
        class(&profile("pre"), &profile("post"))
    };
    for (row, expected) in input.iter().zip(&classes) {
        assert_eq!(row.text("id"), expected.text("id"));
        let got = change(row, &dimensions).map_or("NA", class_in_package);
        to.same(row.text("id"), got, expected.text("class"));
        to.row();
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
        to.same(&format!("{case} {dimension} {name}"), number as f64, expected.number("number"));
        to.row();
    }
    Some(to)
}

pub fn profiles() -> Option<Comparison> {
    let to = Comparison::new("change of health profiles (PCHC)", "09_pchc", "eq5d 0.16.3.9000");
    compare_profiles(to, &ours("09_pchc"), "gen_5L")
}

pub fn profiles_of_the_package() -> Option<Comparison> {
    let to = Comparison::new("change of health profiles (PCHC), the package's example", "09_pchc", "eq5d 0.16.3.9000");
    compare_profiles(to, &shared_folder("09_pchc")?, "eq5d_example_3L")
}

pub fn goals() -> Option<Comparison> {
    let mut to = Comparison::new("goal attainment T score", "10_goal_attainment", "plain formula");
    let folder = ours("10_goal_attainment");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let goals: Vec<&Row> = input.iter().filter(|goal| goal.text("case") == row.text("case")).collect();
        to.same("goals", goals.len() as f64, row.number("n_goals"));
        let score = |when: &str| {
            let goals: Goals = goals.iter().map(|goal| (goal.number(when), goal.number("weight"))).collect();
            goals.t_score().expect("a score")
        };
        to.relative("t_baseline", score("baseline"), row.number("t_baseline"), 1e-12);
        to.relative("t_achieved", score("achieved"), row.number("t_achieved"), 1e-12);
        to.relative("t_change", score("achieved") - score("baseline"), row.number("t_change"), 1e-12);
        to.row();
    }
    Some(to)
}
