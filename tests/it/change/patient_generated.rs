//! What people name themselves: PSYCHLOPS, MYMOP, goal attainment scaling.

use super::{ABOUT, Workspace, about, close, near, people};

/// Outcome, statistic and comparator to n and value.
fn figures(workspace: &Workspace, instrument: &str) -> Vec<Vec<String>> {
    workspace.sql(&format!(
        "select measure, statistic, comparator, n, value from latest where measure like '{instrument}%' and area = 'all' and period = 'all' \
         and group_by = 'none' and statistic in ('value', 'unpaired') and n > 0 order by 1, 2, 3"
    ))
}

fn heads(rows: &[Vec<String>]) -> Vec<[&str; 4]> {
    rows.iter().map(|row| [&row[0][..], &row[1], &row[2], &row[3]]).collect()
}

#[test]
fn psychlops_needs_all_four_answers_and_counts_nothing_else() {
    let workspace = Workspace::of_people("psychlops");
    let who: Vec<String> = people().take(3).map(about).collect();
    let header = format!("Case,{ABOUT},Before on,P1,Since 1,P2,Since 2,F1,W1,After on,Q1,Q2,F2,W2\n");
    let rows = [
        // 14 to 6, and 12 to 13: how long the problems have been there is in neither.
        format!("1,{},2026-01-05,5,5,4,1,3,2,2026-04-05,1,2,3,0\n", who[0]),
        format!("2,{},2026-01-05,3,0,3,0,3,3,2026-04-05,4,3,3,3\n", who[1]),
        format!("3,{},2026-01-05,4,5,,,4,4,2026-04-05,1,1,1,1\n", who[2]),
    ];
    workspace.measured(&(header + &rows.concat()));
    let rows = figures(&workspace, "psychlops");
    let expected = [
        ["psychlops-better", "unpaired", "no score before", "1"],
        ["psychlops-better", "value", "", "2"],
        ["psychlops-change", "unpaired", "no score before", "1"],
        ["psychlops-change", "value", "", "2"],
    ];
    assert_eq!(heads(&rows), expected);
    close("one of two is better", &rows[1][4], 0.5);
    close("-8 and 1", &rows[3][4], -3.5);
    // Different people rate different things: no outcome is a mean of scores.
    let means = workspace.sql(
        "select measure from latest where measure like 'psychlops%' and statistic = 'value' and method like 'mean, t%'",
    );
    assert!(means.is_empty(), "{means:?}");
    let page = workspace.page(&["board"]);
    assert!(page.contains("PSYCHLOPS: change") && page.contains("regression to the mean"));
}

#[test]
fn mymop_is_the_mean_of_what_was_named() {
    let workspace = Workspace::of_people("mymop");
    let who: Vec<String> = people().take(3).map(about).collect();
    let header = format!("Case,{ABOUT},Start on,S1,S2,A,W,Again on,S1 again,S2 again,A again,W again\n");
    let rows = [
        // (4 + 3 + 5) / 3 to 2; (6 + 5 + 5 + 4) / 4 to (6 + 5 + 5 + 3) / 4; one answer alone is no profile.
        format!("1,{},2026-01-05,4,,3,5,2026-04-05,2,,2,2\n", who[0]),
        format!("2,{},2026-01-05,6,5,5,4,2026-04-05,6,5,5,3\n", who[1]),
        format!("3,{},2026-01-05,3,,,,2026-04-05,1,1,1,1\n", who[2]),
    ];
    workspace.measured(&(header + &rows.concat()));
    let rows = figures(&workspace, "mymop");
    let expected = [
        ["mymop-better", "unpaired", "no score before", "1"],
        ["mymop-better", "value", "", "2"],
        ["mymop-change", "unpaired", "no score before", "1"],
        ["mymop-change", "value", "", "2"],
    ];
    assert_eq!(heads(&rows), expected);
    close("a quarter of a point is not a step", &rows[1][4], 0.5);
    close("-2 and -1/4", &rows[3][4], -1.125);
}

#[test]
fn goal_attainment_is_over_all_goals_of_a_review_whenever_they_land() {
    let workspace = Workspace::of_people("goal-attainment");
    let who: Vec<String> = people().take(2).map(about).collect();
    let header = format!("Review,{ABOUT},Goal,Reviewed on,Level,Weight\n");
    let goal = |review: usize, goal: u32, level: i32, weight: u32| {
        format!("r{review},{},{goal},2026-04-05,{level},{weight}\n", who[review])
    };
    let rows = [goal(0, 1, 1, 9), goal(0, 2, 0, 4), goal(0, 3, -1, 1), goal(1, 1, -1, 4)];
    workspace.measured(&(header.clone() + &rows.concat()));
    let found = || {
        let rows = figures(&workspace, "goal-attainment");
        assert_eq!(heads(&rows), [["goal-attainment", "value", "", "2"], ["goal-attainment-met", "value", "", "2"]]);
        (rows[0][4].clone(), rows[1][4].clone())
    };
    // 50 + 10 (9 + 0 - 1) / sqrt(0.7 (81 + 16 + 1) + 0.3 x 14^2) = 57.0877, and 50 - 10 x 4 / sqrt(16) = 40.
    let first = (50.0 + 80.0 / 127.4_f64.sqrt() + 40.0) / 2.0;
    let (mean, met) = found();
    near("mean T", &mean, first);
    close("one of two as expected or better", &met, 0.5);
    // The second goal is put right by a file that holds nothing else: the T of its review is over all three goals still.
    workspace.measured(&(header + &goal(0, 2, 2, 4)));
    let (mean, _) = found();
    near("mean T after a correction", &mean, (50.0 + 160.0 / 127.4_f64.sqrt() + 40.0) / 2.0);
    workspace.run(&["measure", "--period", "all", "--full"]);
    assert_eq!(found().0, mean);
}
