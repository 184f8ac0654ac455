//! What the answers of a part can see.

use super::super::context::Figure;
use super::super::rows::Row;
use super::measured::Measured;
use crate::stats::mean::t_interval;
use crate::stats::power::{Demand, answers_for_shares, of_means, of_shares};

const DEMAND: Demand = Demand { power: 0.8, level: 0.95, design_effect: 1.0 };

fn row(n: i64, value: f64, limits: Option<(f64, f64)>) -> Row {
    let (lower, upper) = limits.unzip();
    Row { figure: Figure { n: Some(n), value: Some(value), lower, upper, ..Figure::default() }, ..Row::default() }
}

#[test]
fn a_part_is_held_against_the_rest_and_not_against_everybody() {
    let whole = Measured::of(&row(1_000, 0.6, None), true, DEMAND).expect("a figure");
    // 400 of 1 000 with 75% leave 600 with 50%.
    let standing = whole.standing(&row(400, 0.75, None), 0.1).expect("a standing");
    let smallest = standing.difference.expect("a difference");
    assert!((of_shares(0.5 + smallest, 400.0, 0.5, 600.0, DEMAND).expect("a chance") - 0.8).abs() < 1e-9);
    let needed = standing.needed.expect("a number");
    assert!((of_shares(0.6, needed, 0.5, 600.0, DEMAND).expect("a chance") - 0.8).abs() < 1e-9);
    assert_eq!(standing.is_enough(0.1), needed <= 400.0);
    let together = standing.needed_of_all.expect("a number");
    assert!((of_shares(0.6, together, 0.5, together * 1.5, DEMAND).expect("a chance") - 0.8).abs() < 1e-9);
    let change = standing.change.expect("a change");
    // Downward from 75% there is more spread: that way needs the larger change.
    let n = answers_for_shares(0.75 - change, 0.75, 1.0, DEMAND).expect("a number");
    assert!((n - 400.0).abs() < 1e-6);
}

#[test]
fn the_spread_of_scores_is_had_back_from_the_limits() {
    let limits = t_interval(900.0, 21.0, 8.0, 0.95).map(|limits| (limits.lower, limits.upper));
    let whole = Measured::of(&row(900, 21.0, limits), false, DEMAND).expect("a figure");
    let standing = whole.standing(&row(100, 24.0, None), 2.0).expect("a standing");
    let smallest = standing.difference.expect("a difference");
    assert!((of_means(smallest, (8.0, 100.0), (8.0, 800.0), DEMAND).expect("a chance") - 0.8).abs() < 1e-9);
    let needed = standing.needed.expect("a number");
    assert!((of_means(2.0, (8.0, needed), (8.0, 800.0), DEMAND).expect("a chance") - 0.8).abs() < 1e-9);
}

#[test]
fn what_is_hidden_or_has_no_rest_has_no_standing() {
    let whole = Measured::of(&row(1_000, 0.6, None), true, DEMAND).expect("a figure");
    assert!(whole.standing(&row(1_000, 0.6, None), 0.1).is_none());
    assert!(whole.standing(&Row::default(), 0.1).is_none());
    assert!(Measured::of(&Row::default(), true, DEMAND).is_none());
    assert!(Measured::of(&row(1_000, 21.0, None), false, DEMAND).is_none(), "a mean without limits");
    assert!(Measured::of(&row(1_000, 21.0, Some((21.0, 21.0))), false, DEMAND).is_none(), "scores that do not differ");
}

#[test]
fn a_share_near_its_end_is_planned_for_the_one_way_there_is() {
    let whole = Measured::of(&row(10_000, 0.98, None), true, DEMAND).expect("a figure");
    let standing = whole.standing(&row(200, 0.98, None), 0.05).expect("a standing");
    let needed = standing.needed.expect("downward");
    assert!((of_shares(0.93, needed, 0.98, 9_800.0, DEMAND).expect("a chance") - 0.8).abs() < 1e-9);
}
