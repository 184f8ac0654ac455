//! Goals, each by itself; three ratings beside them, and who is better on which together.

use super::{ABOUT, Workspace, about, close, near, people};

const HEADER: &str = "Goal,Category,Set on,Progress then,Reviewed on,Progress now,Reached,Main goal then,Symptoms then,Everyday then,\
                      Main goal now,Symptoms now,Everyday now";

/// Then and now of goal, symptoms and everyday life, for 30 people.
fn ratings(person: usize) -> &'static str {
    match person {
        0..10 => "2,2,2,5,5,5",
        10..20 => "2,2,2,5,4,2",
        20..25 => "5,5,5,2,2,2",
        _ => "2,2,2,5,5,",
    }
}

fn workspace() -> Workspace {
    let workspace = Workspace::of_people("goals");
    let mut rows = format!("Record,{ABOUT},{HEADER}\n");
    for (at, person) in people().take(31).enumerate() {
        let who = about(person);
        if at == 30 {
            // A goal that was not reviewed, and one that was not rated when it was set.
            rows.push_str(&format!("r{at},{who},1,2,2026-01-05,4,,,,,,,,,\n"));
            rows.push_str(&format!("r{at},{who},2,2,,,2026-04-05,9,1,,,,,,\n"));
            continue;
        }
        // Three points are more than 2.45, two and one are not. The second goal was given up.
        rows.push_str(&format!("r{at},{who},1,1,2026-01-05,2,2026-04-05,5,1,{}\n", ratings(at)));
        rows.push_str(&format!("r{at},{who},2,3,2026-01-05,4,2026-04-05,{},4,,,,,,\n", if at < 20 { 6 } else { 5 }));
    }
    workspace.measured(&rows);
    workspace
}

#[test]
fn goals_are_paired_one_by_one() {
    let workspace = workspace();
    let figures = workspace.sql(
        "select measure, n, unit, value from latest where area = 'all' and period = 'all' and group_by = 'none' and statistic = 'value' \
         and occasion = 'review' and measure in ('goals-progress', 'goals-moved', 'goals-reached') order by 1",
    );
    let heads: Vec<&[String]> = figures.iter().map(|row| &row[..3]).collect();
    assert_eq!(
        heads,
        [["goals-moved", "60", "pair"], ["goals-progress", "60", "pair"], ["goals-reached", "31", "answer"]]
    );
    close("half of the goals moved", &figures[0][3], 0.5);
    // Thirty goals by 3 points, twenty by 2 and ten by 1.
    near("mean", &figures[1][3], 7.0 / 3.0);
    close("all that were not given up", &figures[2][3], 1.0);
    // Twenty people have 5 points together and ten have 4, of two goals each: (30 / 29) (20 (5 - 14/3)^2 + 10 (4 - 14/3)^2) / 60^2 is the
    // variance with people as clusters, and 2.045230 the quantile of t with 29 degrees of freedom.
    let clustered = workspace.sql(
        "select people, lower, upper, method from latest where measure = 'goals-progress' and statistic = 'value' and area = 'all' \
         and period = 'all' and group_by = 'none' and occasion = 'review'",
    );
    let half = 2.045_229_642 * (30.0 / 29.0 * (20.0 / 9.0 + 40.0 / 9.0) / 3600.0_f64).sqrt();
    assert_eq!(clustered[0][0], "30");
    near("lower", &clustered[0][1], 7.0 / 3.0 - half);
    near("upper", &clustered[0][2], 7.0 / 3.0 + half);
    assert!(clustered[0][3..].concat().contains("person as cluster"), "{clustered:?}");
    let unpaired = workspace.sql(
        "select comparator, n from latest where measure = 'goals-progress' and statistic = 'unpaired' and area = 'all' \
         and period = 'all' and n > 0 order by 1",
    );
    assert_eq!(unpaired, [["no score after", "1"], ["no score before", "1"]]);
}

#[test]
fn people_are_counted_in_each_group_and_month_that_their_goals_are_in() {
    let found = ["a key for tests, long enough to be taken", "quite another key, as long as the one before it"].map(|key| {
        let workspace = Workspace::of_people("goals");
        workspace.put("key", &format!("{key}\n"));
        let mut rows = format!("Record,{ABOUT},{HEADER}\n");
        for (at, person) in people().take(12).enumerate() {
            // Two goals of one category that were reviewed in April, and one of another in May.
            for (goal, category, then, reviewed, now) in
                [(1, 1, 2, "2026-04-05", 5), (2, 1, 2, "2026-04-05", 4), (3, 3, 4, "2026-05-05", 4 + at % 3)]
            {
                let who = about(person);
                rows.push_str(&format!("r{at},{who},{goal},{category},2026-01-05,{then},{reviewed},{now},1,,,,,,\n"));
            }
        }
        workspace.measured(&rows);
        workspace.sql(
            "select measure, period, \"group\", n, people, value, lower, upper from latest where area = 'all' and statistic = 'value' \
             and occasion = 'review' and measure in ('goals-moved', 'goals-progress') and n > 0 \
             and (group_by = 'none' or group_by = 'goal_category' and period = 'all') order by 1, 2, 3",
        )
    });
    let people: Vec<Vec<&str>> = found[0]
        .iter()
        .filter(|row| row[0] == "goals-moved")
        .map(|row| row[1..5].iter().map(String::as_str).collect())
        .collect();
    assert_eq!(
        people,
        [
            ["2026-04", "all", "24", "12"],
            ["2026-05", "all", "12", "12"],
            ["all", "active", "24", "12"],
            ["all", "all", "36", "12"],
            ["all", "mood", "12", "12"],
        ]
    );
    // Whose pseudonym comes first is nothing that a figure may know.
    assert_eq!(found[0], found[1]);
}

#[test]
fn three_ratings_stand_side_by_side_and_together() {
    let workspace = workspace();
    let domains = workspace.sql(
        "select \"group\", statistic, numerator, n from latest where measure = 'goals-symptoms-function' and area = 'all' \
         and period = 'all' and group_by = 'domain' and statistic in ('better', 'worse') order by 1, 2",
    );
    let expected = [
        ["function", "better", "10", "25"],
        ["function", "worse", "5", "25"],
        ["goal", "better", "25", "30"],
        ["goal", "worse", "5", "30"],
        ["symptoms", "better", "15", "30"],
        ["symptoms", "worse", "5", "30"],
    ];
    assert_eq!(domains, expected);
    let together = workspace.sql(
        "select measure, numerator, n from latest where measure in ('better-on-all-three', 'better-on-goals-alone') and area = 'all' \
         and period = 'all' and group_by = 'none' and statistic = 'value' order by 1",
    );
    assert_eq!(together, [["better-on-all-three", "10", "25"], ["better-on-goals-alone", "10", "25"]]);
    let unpaired = workspace.sql(
        "select comparator, n from latest where measure = 'better-on-all-three' and statistic = 'unpaired' and area = 'all' \
         and period = 'all' and n > 0 order by 1",
    );
    // Who left one of the three out cannot be said to be better on all.
    assert_eq!(unpaired, [["no score after", "5"]]);
    let told = workspace.run(&["explain", "better-on-goals-alone"]);
    for words in ["better on    goal_score", "and not on   symptoms_score or function_score", "-- score function_score"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let page = workspace.page(&["board"]);
    for title in ["Goals: progress", "Better on all three", "pairs of answers"] {
        assert!(page.contains(title), "{title}");
    }
}

#[test]
fn worse_on_every_score_is_worse_and_the_rest_is_the_same() {
    let workspace = workspace();
    let text = include_str!("../../../measures/outcomes/goals-symptoms-function.toml");
    workspace.put(
        "measures/outcomes/goals-symptoms-function.toml",
        &text.replace("counts = [\"better\"]", "counts = [\"worse\"]"),
    );
    // A higher share of people who are worse is not better: the checks say so of every outcome that is a share of a change.
    let told = String::from_utf8(workspace.output(&["check"]).stderr).unwrap();
    assert_eq!(told.matches("a lower share of people who got worse is better").count(), 5, "{told}");
    let text = text.replace("counts = [\"better\"]", "counts = [\"worse\"]");
    let (domains, shares) = text.split_once("id = \"better-on-goal\"").unwrap();
    let shares = shares.replace("direction = \"higher\"", "direction = \"lower\"");
    workspace
        .put("measures/outcomes/goals-symptoms-function.toml", &format!("{domains}id = \"better-on-goal\"{shares}"));
    workspace.run(&["measure", "--period", "all"]);
    let worse = workspace.sql(
        "select measure, numerator, n from latest where measure in ('better-on-all-three', 'better-on-goals-alone') and area = 'all' \
         and period = 'all' and group_by = 'none' and statistic = 'value' order by 1",
    );
    assert_eq!(worse, [["better-on-all-three", "5", "25"], ["better-on-goals-alone", "5", "25"]]);
}
