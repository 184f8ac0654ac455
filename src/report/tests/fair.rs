//! Areas that are compared adjusted, and areas that are not compared.

use super::*;

/// The first comparison of the input in which areas were held against limits.
fn compared(board: &mut Board) -> &mut context::Comparison {
    let all = board.measures.iter_mut().flat_map(|measure| &mut measure.areas);
    all.into_iter().find(|areas| areas.target.is_some() && areas.shown > 3).expect("a comparison")
}

#[test]
fn what_is_compared_is_counted_and_what_is_unreliable_is_said() {
    let mut board = input("board");
    let before = answer::read(&board).tested;
    let areas = compared(&mut board);
    let shown: Vec<usize> = (0..areas.points.len()).filter(|at| areas.points[*at].lower95.is_some()).collect();
    let (unreliable, remains) = (shown[0], shown[1]);
    assert!(!areas.points[remains].remains);
    areas.points[unreliable].band = None;
    areas.points[unreliable].reliability = Some(0.4321);
    areas.points[remains].remains = true;
    areas.points[remains].band = Some("much lower".to_owned());
    let after = answer::read(&board).tested;
    assert_eq!(
        (after.areas, after.areas_remain, after.areas_unreliable),
        (before.areas, before.areas_remain + 1, before.areas_unreliable + 1)
    );
    assert!((after.areas_by_chance - 0.05 * after.areas as f64).abs() < 1e-12);
    let html = page(&board);
    let told = format!("and {} remain after false-discovery control. 1 of them is too unreliable", after.areas_remain);
    for words in [&told, "Too unreliable to compare", "0.43", "Much lower; remains after false-discovery control"] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn an_adjusted_figure_stands_beside_the_raw_one_and_is_what_is_held_against_limits() {
    let mut board = input("board");
    let areas = compared(&mut board);
    areas.adjusted_for = Some("age; sex".to_owned());
    let at = areas.points.iter().position(|point| point.lower95.is_some()).expect("an area");
    for point in &mut areas.points {
        point.adjusted = Some(Box::new(point.figure.clone()));
    }
    let far = context::Figure { value: Some(0.9731), n: Some(77), ..context::Figure::default() };
    areas.points[at].adjusted = Some(Box::new(far));
    let read = reading::areas(areas);
    assert!(read.beyond >= 1);
    let html = page(&board);
    assert!(html.contains("Adjusted (95% range)") && html.contains("97%"));
    assert!(html.contains("Compared are figures adjusted for: age; sex."));
    assert!(html.contains("Figures adjusted for case mix"));

    // A model that could not be fitted: the raw figure stays, and the page says why nothing is compared.
    let areas = compared(&mut board);
    let none = context::Figure { why_not: Some("model-separated".to_owned()), ..context::Figure::default() };
    for point in &mut areas.points {
        point.adjusted = Some(Box::new(none.clone()));
        (point.band, point.lower95, point.upper95, point.lower998, point.upper998) = (None, None, None, None, None);
    }
    assert!(page(&board).contains("Not compared: the case-mix model has no solution"));
}
