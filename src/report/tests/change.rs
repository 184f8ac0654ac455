//! Means, changes, levels and licences on the page.

use super::*;
use crate::report::context::{Gap, Kind};

/// The example with only one of its measures.
fn only(id: &str) -> Board {
    let mut board = input("change");
    board.measures.retain(|measure| measure.id == id);
    assert_eq!(board.measures.len(), 1, "{id}");
    board
}

/// The page without its styles and drawings.
fn words_of(board: &Board) -> String {
    let page = page(board);
    let text = page.split("</style>").nth(1).expect("a body");
    text.split("<svg").map(|part| part.split_once("</svg>").map_or(part, |(_, after)| after)).collect()
}

#[test]
fn whatever_is_missing_of_a_change_the_page_is_made() {
    for id in ["movement-change", "steps"] {
        let mut board = only(id);
        let measure = &mut board.measures[0];
        // These are tried with shares.
        (measure.series, measure.areas, measure.equity) = (None, Vec::new(), Vec::new());
        let tried = without_each(&board);
        assert!(60 < tried, "{id}: {tried}");
    }
}

#[test]
fn means_are_in_points_and_never_in_percent() {
    let mut board = only("days-mean");
    board.measures[0].mode_mix.clear();
    let words = words_of(&board);
    let block = words.split(r#"id="m1""#).nth(1).and_then(|rest| rest.split("</section>").next()).expect("a block");
    assert!(block.contains("The mean good days score: 23.4 points (23.2 to 23.6)."), "{block}");
    assert!(block.contains("Good days score, from 7 to 35, higher is better"), "{block}");
    assert!(block.contains("The aim of 24.0 points") && block.contains("To compare: 25.1 points"), "{block}");
    assert!(!block.replace("95%", "").contains('%'), "{block}");
}

#[test]
fn a_change_says_whether_it_is_good() {
    let mut board = only("movement-change");
    assert!(words_of(&board).contains("the movement score: 20.9 points better (20.1 to 21.8)."));
    board.measures[0].direction = "lower".into();
    assert!(words_of(&board).contains("20.9 points worse (20.1 to 21.8)."));
    let figure = &mut board.measures[0].figure;
    (figure.value, figure.lower, figure.upper) = (Some(-0.3), Some(-0.9), Some(0.3));
    let unclear = "no clear change, anything from 0.9 points better to 0.3 points worse";
    assert!(words_of(&board).contains(unclear), "{}", words_of(&board));
}

#[test]
fn a_mean_is_never_an_alert_of_fairness() {
    let mut board = only("movement-change");
    let gap = Gap {
        from_label: "Men".into(),
        to_label: "Women".into(),
        value: Some(9.0),
        lower: Some(8.0),
        upper: Some(10.0),
    };
    let equity = &mut board.measures[0].equity[1];
    equity.gap = Some(gap);
    let kinds = |board: &Board| {
        let read = answer::read(board);
        let all = read.alert.iter().chain(&read.advise).map(|finding| finding.kind);
        all.filter(|kind| ["unequal", "groups_differ"].contains(kind)).count()
    };
    assert_eq!(kinds(&board), 0);
    board.measures[0].kind = Kind::Share;
    assert_eq!(kinds(&board), 1);
}

#[test]
fn regression_to_the_mean_is_always_said_and_louder_where_people_were_chosen() {
    let (chosen, bands) = ("These people were chosen because", "Read these groups with care.");
    let words = words_of(&only("movement-change"));
    assert!(words.contains(chosen) && words.contains(bands));
    let words = words_of(&only("worry-better"));
    assert!(!words.contains(chosen) && words.contains(bands));
}

#[test]
fn every_threshold_says_whose_it_is_and_where_it_comes_from() {
    let words = words_of(&only("movement-change"));
    for part in [
        "Any difference at all",
        "Matters to one person: 8 points or more",
        "Matters for a group: 11 points or more",
        "smallest mean change that matters for a group",
        "More than chance in measuring: over 7.63 points",
        "a standard deviation of 8.3 and a reliability of 0.89",
        "Journal of Invented Measures 2015",
    ] {
        assert!(words.contains(part), "{part}");
    }
}

#[test]
fn what_other_cut_sets_say_is_said() {
    let words = words_of(&only("active-levels"));
    assert!(words.contains("By the other cut set (2010): 47%"));
    assert!(words.contains("in levels by the cut set 2024") && words.contains("Aim: 45%. To compare: 43%"));
}

#[test]
fn moves_are_added_up_only_where_nothing_is_hidden() {
    let mut board = only("movement-change");
    assert!(words_of(&board).contains("moves are not added up"));
    let transitions = board.measures[0].change.as_mut().and_then(|change| change.transitions.as_mut()).expect("levels");
    let mut number = 0;
    for cell in transitions.levels.iter_mut().flat_map(|level| &mut level.after) {
        number += 1;
        (cell.n, cell.mark, cell.mark_reason) = (Some(number), None, None);
    }
    let read = reading::moves(transitions, "higher").expect("moves");
    assert_eq!(
        (read.better, read.same, read.worse),
        (2 + 3 + 4 + 7 + 8 + 12, 1 + 6 + 11 + 16, 5 + 9 + 10 + 13 + 14 + 15)
    );
    let turned = reading::moves(transitions, "lower").expect("moves");
    assert_eq!((turned.better, turned.worse), (read.worse, read.better));
    assert!(words_of(&board).contains("36 moved to a better level, 34 stayed and 66 moved to a worse one."));
}

#[test]
fn domains_have_no_figure_of_their_own() {
    let board = only("steps");
    let words = words_of(&board);
    assert!(words.contains("never added up to one number") && words.contains("7 parts, each by itself"));
    assert_eq!(answer::read(&board).counts.not_shown, 0);
    let mut hidden = board.clone();
    let domains = hidden.measures[0].change.iter_mut().flat_map(|change| &mut change.domains);
    domains.for_each(|domain| domain.classes = Default::default());
    assert_eq!(answer::read(&hidden).counts.not_shown, 1);
}

#[test]
fn licences_stand_with_the_method() {
    let words = words_of(&input("change"));
    assert!(
        words.contains(
            "licence of The Invented Measures Trust, held by Exampleshire Integrated Care Board (IMT-2024-117)"
        )
    );
    assert!(
        words.contains(
            "<strong>The licence of `movement` ended on 2026-10-20; it is refused after 2026-11-19.</strong>"
        )
    );
    assert!(!words_of(&input("board")).contains("Licences"));
}
