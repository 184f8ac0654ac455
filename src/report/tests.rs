//! The page as a whole, with the templates that ship.

use super::*;

mod change;
mod fair;

fn shipped(name: &str) -> Option<String> {
    std::fs::read_to_string(format!("reports/{name}")).ok()
}

fn input(name: &str) -> Board {
    let text = std::fs::read_to_string(format!("tests/report_inputs/{name}.json")).expect("input");
    serde_json::from_str(&text).expect("a board")
}

fn page(board: &Board) -> String {
    render(board, &shipped).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_inputs_render_and_give_the_same_bytes_twice() {
    for name in ["board", "few", "change", "annex", "first"] {
        let board = input(name);
        let html = page(&board);
        assert_eq!(html, page(&board));
        for never in ["NaN", ">none<", "undefined", "<script", "http://", "https://"] {
            assert!(!html.contains(never), "{name}: {never}");
        }
    }
}

#[test]
fn the_page_says_how_far_it_may_go() {
    let mut board = input("board");
    assert!(page(&board).contains("<strong>Not for publication.</strong>"));
    board.already_published = true;
    assert!(page(&board).contains("already published"));
    board.publishable = true;
    board.already_published = false;
    assert!(!page(&board).contains("Not for publication"));
}

#[test]
fn names_from_outside_never_become_markup() {
    let mut board = input("board");
    let nasty = "<img src=x onerror=alert(1)> & \"Sons\"";
    board.area.name = nasty.to_owned();
    board.system_name = nasty.to_owned();
    board.period.label = nasty.to_owned();
    for measure in &mut board.measures {
        measure.title = nasty.to_owned();
        measure.statement = nasty.to_owned();
        measure.note = Some(nasty.to_owned());
        measure.figure.mark_reason = Some(nasty.to_owned());
        for point in measure.areas.iter_mut().flat_map(|areas| &mut areas.points) {
            point.name = nasty.to_owned();
        }
        for equity in &mut measure.equity {
            equity.title = nasty.to_owned();
            for group in &mut equity.groups {
                group.label = nasty.to_owned();
            }
        }
    }
    let html = page(&board);
    assert!(!html.contains("<img") && !html.contains("&amp;lt;") && !html.contains("&amp;amp;"));
    assert!(html.contains("&lt;img src=x"));
}

#[test]
fn hidden_figures_are_marked_and_too_few_is_said() {
    let html = page(&input("few"));
    assert!(html.contains("[c]") && html.contains("Too few answers to say how often people said"));
    assert!(!html.contains(">0%") && !html.contains(" 0%"), "a hidden figure must not be printed as 0%");
}

#[test]
fn a_concern_is_an_alert_and_a_steady_measure_is_in_order() {
    let mut board = input("board");
    let kinds = |findings: &[answer::Finding]| findings.iter().map(|finding| finding.kind).collect::<Vec<_>>();
    let read = answer::read(&board);
    assert_eq!(kinds(&read.alert), ["unequal", "concern", "unequal"]);
    assert_eq!(read.tested.series, 3);
    let steady = &mut board.measures[0];
    steady.equity.clear();
    steady.areas.clear();
    assert_eq!(kinds(&answer::read(&board).assure), ["steady"]);
    // Steady below its aim is no comfort.
    board.measures[0].series.as_mut().expect("series").assurance = Some("fails".into());
    assert!(answer::read(&board).assure.is_empty());
    assert!(kinds(&answer::read(&board).advise).contains(&"misses_target"));
}

#[test]
fn a_gap_that_moved_is_told_on_the_first_page_and_which_way() {
    let mut board = input("board");
    board.measures.truncate(1);
    let told = |board: &Board| answer::read(board).advise.iter().any(|finding| finding.kind == "gap_moved");
    let words = page(&board);
    assert!(told(&board) && words.contains("the gap was wider than usual in Sep 2026 (+26 points)"));
    // Low against an average above 0 is narrower; high against one below 0 is too.
    let last = |board: &mut Board, variation: &str, centre: f64| {
        let series = &mut board.measures[0].equity[0].trend.as_mut().expect("a trend").series;
        series.centre = Some(centre);
        series.points[11].variation = Some(variation.into());
        page(board)
    };
    assert!(last(&mut board, "neutral_low", 14.0).contains("the gap was narrower than usual in Sep 2026"));
    assert!(last(&mut board, "neutral_high", -14.0).contains("the gap was narrower than usual in Sep 2026"));
    assert!(last(&mut board, "neutral_low", -14.0).contains("the gap was wider than usual in Sep 2026"));
    let trend = board.measures[0].equity[0].trend.as_mut().expect("a trend");
    trend.series.points.iter_mut().for_each(|point| (point.signal, point.variation) = (None, Some("common".into())));
    assert!(!told(&board) && page(&board).contains("No unusual change of the gap in the last 3 months."));
}

#[test]
fn fairness_is_said_in_words() {
    let words = page(&input("board"));
    let care = "Over practices in the order of their need (how deprived the area is where people live): 9 points fewer where need is \
                greatest than where it is least (between 4 and 14 points). Those with more need fare worse: the inverse care law.";
    assert!(words.contains(care), "{}", words.split("order of their need").nth(1).unwrap_or(&words));
    assert!(words.contains("no clear slope, anything from 6 points fewer to 4 points more where need is greatest"));
    assert!(
        words
            .contains("2 of 5 combinations of how deprived the area is where people live and ethnic group stand apart")
    );
    assert!(words.contains("4% of answers are left out of it, because their group is not stated."));
    let mut board = input("change");
    board.measures.truncate(1);
    assert!(page(&board).contains(
        "2.3 points lower in the most deprived areas than in the least deprived (between 1.0 and 3.6 points)."
    ));
}

#[test]
fn a_gap_that_favours_the_most_deprived_or_may_be_0_is_no_alert() {
    let mut board = input("board");
    board.measures.truncate(1);
    let slope = |board: &mut Board, sii: f64, lower: f64, upper: f64| {
        let slope = board.measures[0].equity[0].slope.as_mut().expect("slope");
        (slope.sii, slope.lower, slope.upper) = (Some(sii), Some(lower), Some(upper));
        answer::read(board).alert.len()
    };
    assert_eq!(slope(&mut board, 0.14, 0.09, 0.19), 1);
    assert_eq!(slope(&mut board, -0.14, -0.19, -0.09), 0);
    assert_eq!(slope(&mut board, 0.14, -0.01, 0.29), 0);
    assert_eq!(slope(&mut board, 0.04, 0.01, 0.07), 0);
    // Where lower is better, having more is the disadvantage.
    board.measures[0].direction = "lower".to_owned();
    assert_eq!(slope(&mut board, -0.14, -0.19, -0.09), 1);
}

#[test]
fn a_gap_reads_the_same_whichever_way_it_was_taken() {
    let mut equity = input("board").measures[0].equity[1].clone();
    let read = reading::equity(&equity, "higher");
    assert_eq!((read.kind, read.certain, read.value.is_some_and(|value| 0.0 < value)), ("gap", true, true));
    let gap = equity.gap.as_mut().expect("gap");
    let turned = |value: Option<f64>| value.map(|value| -value);
    (gap.value, gap.lower, gap.upper) = (turned(gap.value), turned(gap.upper), turned(gap.lower));
    std::mem::swap(&mut gap.from_label, &mut gap.to_label);
    assert_eq!(reading::equity(&equity, "higher"), read);
}

#[test]
fn a_template_that_is_not_there_or_wrong_is_named_with_its_line() {
    let board = input("few");
    let error = render(&board, &|_| None).expect_err("no templates");
    assert_eq!(error.to_string(), "there is no template `board/board.html.jinja`");

    let without = |missing: &'static str| move |name: &str| if name == missing { None } else { shipped(name) };
    let error = render(&board, &without("board/style.css")).expect_err("no style");
    assert_eq!(error.to_string(), "there is no template `board/style.css`");
    let mut welsh = board.clone();
    welsh.language = "cy".to_owned();
    let error = render(&welsh, &shipped).expect_err("no Welsh yet");
    assert_eq!(error.to_string(), "there is no template `board/words.cy.jinja`");

    for (text, part) in [
        ("\n{{ board.nothing }}", "undefined"),
        ("\n{{ board.measures[0].figure.value }}", "hidden or missing"),
        ("\n{{ board.measures[0].figure.value|percent }}", "hidden or missing"),
        ("\n{% if %}", "syntax"),
    ] {
        let with = |name: &str| {
            if name == "board/blocks/answer.jinja" { Some(text.to_owned()) } else { shipped(name) }
        };
        let error = render(&board, &with).expect_err(text).to_string();
        assert!(error.starts_with("template `board/blocks/answer.jinja`, line 2: "), "{error}");
        assert!(error.contains(part), "{error}");
    }
}

/// Every place in `value`, as a JSON pointer with `*` for list positions.
fn places(value: &serde_json::Value, at: &str, out: &mut std::collections::BTreeSet<String>) {
    match value {
        serde_json::Value::Object(map) => {
            map.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), out));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| places(value, &format!("{at}/*"), out)),
        _ => {}
    }
    out.insert(at.to_owned());
}

/// Puts `new` at every place that `path` names.
fn put(value: &mut serde_json::Value, path: &[&str], new: &serde_json::Value) {
    match (path, value) {
        ([], value) => *value = new.clone(),
        (["*", rest @ ..], serde_json::Value::Array(list)) => list.iter_mut().for_each(|value| put(value, rest, new)),
        ([key, rest @ ..], serde_json::Value::Object(map)) => {
            if let Some(value) = map.get_mut(*key) {
                put(value, rest, new);
            }
        }
        _ => {}
    }
}

/// Renders the page with nothing, and with an empty list, at every place in turn; returns how many such pages there are.
fn without_each(board: &Board) -> usize {
    let whole = serde_json::to_value(board).expect("json");
    let mut paths = std::collections::BTreeSet::new();
    places(&whole, "", &mut paths);
    let mut tried = 0;
    for path in paths {
        for new in [serde_json::Value::Null, serde_json::json!([])] {
            let mut changed = whole.clone();
            put(&mut changed, &path.split('/').skip(1).collect::<Vec<_>>(), &new);
            // What the types refuse cannot come in.
            if let Ok(board) = serde_json::from_value::<Board>(changed) {
                tried += 1;
                if let Err(error) = render(&board, &shipped) {
                    panic!("{path} = {new}: {error}");
                }
            }
        }
    }
    tried
}

#[test]
fn whatever_is_missing_the_page_is_made() {
    let mut board = input("board");
    board.measures.truncate(1);
    board.measures[0].areas[0].points.truncate(2);
    if let Some(series) = &mut board.measures[0].series {
        series.points.truncate(5);
    }
    let tried = without_each(&board);
    assert!(60 < tried, "{tried}");
}

#[test]
fn what_is_true_of_many_measures_is_one_line() {
    let mut board = input("board");
    let steady = board.measures[0].clone();
    board.measures = vec![steady; 3];
    for measure in &mut board.measures {
        measure.equity.clear();
        measure.areas.clear();
    }
    let read = answer::read(&board);
    assert_eq!(read.assure.iter().map(|finding| finding.measures.clone()).collect::<Vec<_>>(), [[0, 1, 2]]);
    assert_eq!((read.counts.measures, read.counts.steady, read.counts.alert), (3, 3, 0));
    assert!(page(&board).contains("None of the 3 measures calls for action by the board now; 3 are steady."));

    let few = input("few");
    let read = answer::read(&few);
    let too_few = read.advise.iter().filter(|finding| finding.kind == "too_few");
    assert_eq!(too_few.map(|finding| finding.measures.len()).sum::<usize>(), few.measures.len());
    assert_eq!(read.counts.not_shown, few.measures.len());
    assert!(page(&few).contains("There are too few answers here to say anything yet"));
}

#[test]
fn the_first_line_says_what_comes_first() {
    let html = page(&input("board"));
    let lead = html.split(r#"<p class="lead">"#).nth(1).and_then(|rest| rest.split("</p>").next()).expect("a lead");
    assert!(lead.starts_with("Of 3 measures, 3 need the board’s attention first"), "{lead}");
}
