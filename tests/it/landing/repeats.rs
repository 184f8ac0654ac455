//! Instruments that are answered several times over: repeats side by side in a row, or a row each.

use tellonce::land::Report;

use super::file;
use super::garden::mapping;
use crate::support::{Bench, counts};

const GOALS: &str = "responses/garden-goals";
const SEEN: [&str; 3] = ["f_age", "repeat", "i_reached"];

const LONG: &str = r#"
[[responses]]
instrument = "garden-goals"
repeat_column = "goal"
[responses.items.reached]
column = "reached"
[responses.comments.goal]
column = "words"
"#;

async fn land(bench: &Bench, name: &str, rows: &[&str], mapping: &str) -> Report {
    bench.land(name, &file("id,goal,reached,words", rows), mapping).await
}

#[tokio::test]
async fn repeats_side_by_side_are_responses_of_one_submission() {
    let part = |goal: i32| {
        format!(
            "[[responses]]\ninstrument = \"garden-goals\"\nrepeat = {goal}\n[responses.items.reached]\ncolumn = \"g{goal}\"\n\
             [responses.comments.goal]\ncolumn = \"w{goal}\"\n"
        )
    };
    let mapping = mapping(&[1, 2, 3].map(part).concat());
    let bench = Bench::garden();
    let bytes = file("id,g1,w1,g2,w2,g3,w3", &["1,5,beans,7,peas,,", "2,1,,,,2,kale", "3,,,,,,"]);
    let report = bench.land("wide.csv", &bytes, &mapping).await;
    assert_eq!(report.counts, counts(3, [0, 3, 0, 0, 0]));
    assert_eq!(report.responses, [("garden-goals (before)".into(), [5, 0, 0])]);
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["1 1 5", "1 2 7", "2 1 1", "2 3 2", "3 1 -1"]);
    assert_eq!(bench.rows("comments", &["text", "number"]).await, ["beans 1", "kale 1", "peas 1"]);
    distinct(&bench, 5, 3).await;
    // One goal of one row is corrected; the other row brings nothing new.
    let bytes = file("id,g1,w1,g2,w2,g3,w3", &["1,5,beans,8,peas,,", "2,1,,,,2,kale"]);
    let report = bench.land("two.csv", &bytes, &mapping).await;
    assert_eq!(report.counts, counts(2, [0, 0, 1, 0, 1]));
    assert_eq!(report.responses, [("garden-goals (before)".into(), [0, 1, 3])]);
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["1 1 5", "1 2 8", "2 1 1", "2 3 2", "3 1 -1"]);
    // The landing names the instrument once.
    assert!(bench.landings().await.all().iter().all(|landing| landing.instruments == "garden-goals"));
}

/// Holds the numbers of different responses and submissions.
async fn distinct(bench: &Bench, responses: usize, submissions: usize) {
    for (column, wanted) in [("response_id", responses), ("submission", submissions)] {
        let mut all = bench.rows(GOALS, &[column]).await;
        all.dedup();
        assert_eq!(all.len(), wanted, "{column}");
    }
}

#[tokio::test]
async fn rows_of_one_id_with_other_repeats_are_other_responses() {
    let bench = Bench::garden();
    let rows = ["1,1,5,beans", "1,2,7,peas", "2,1.0,1,", "1,3,,kale", "2,3,,"];
    let report = land(&bench, "long.csv", &rows, &mapping(LONG)).await;
    // The last row names a goal and says nothing of it.
    assert_eq!(report.counts, counts(5, [0, 4, 0, 1, 0]));
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["1 1 5", "1 2 7", "1 3 -1", "2 1 1"]);
    assert_eq!(bench.rows("comments", &["text", "number"]).await, ["beans 1", "kale 1", "peas 1"]);
    distinct(&bench, 4, 2).await;

    // A later file repeats, corrects and adds.
    let rows = ["1,2,8,peas", "1,1,5,beans", "2,1,1,", "2,2,4,"];
    let report = land(&bench, "two.csv", &rows, &mapping(LONG)).await;
    assert_eq!(report.counts, counts(4, [0, 1, 1, 0, 2]));
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["1 1 5", "1 2 8", "1 3 -1", "2 1 1", "2 2 4"]);
    distinct(&bench, 5, 2).await;
}

#[tokio::test]
async fn wide_and_long_files_give_the_same_responses() {
    let long = Bench::garden();
    land(&long, "long.csv", &["1,1,5,", "1,2,7,"], &mapping(LONG)).await;
    let part = |goal: i32| {
        format!(
            "[[responses]]\ninstrument = \"garden-goals\"\nrepeat = {goal}\n[responses.items.reached]\ncolumn = \"g{goal}\"\n"
        )
    };
    let wide = Bench::garden();
    wide.land("wide.csv", &file("id,g1,g2", &["1,5,7"]), &mapping(&[1, 2].map(part).concat())).await;
    let columns = ["response_id", "submission", "repeat", "i_reached"];
    assert_eq!(long.rows(GOALS, &columns).await, wide.rows(GOALS, &columns).await);
}

#[tokio::test]
async fn the_same_repeat_twice_is_one_response_or_a_contradiction() {
    let bench = Bench::garden();
    let rows = ["1,1,5,beans", "1,1,5,beans", "1,2,7,", "1,2,8,", "1,3,9,", "2,1,3,"];
    let report = land(&bench, "long.csv", &rows, &mapping(LONG)).await;
    assert_eq!(report.counts, counts(6, [2, 3, 0, 1, 0]));
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["1 1 5", "1 3 9", "2 1 3"]);
    assert_eq!(bench.rows("comments", &["text", "number"]).await, ["beans 1"]);
    let reason = "the same id and repeat twice with other answers";
    assert_eq!(bench.quarantined().await, [4, 5].map(|line| format!("{line} true - {reason} -")));

    // Where several rows make a response, each brings its comment.
    let bench = Bench::garden();
    let several = mapping(LONG).replace("columns = [\"id\"]", "columns = [\"id\"]\nseveral_rows = true");
    let rows = ["1,1,5,beans", "1,1,,peas", "1,2,7,kale", "1,2,8,"];
    let report = land(&bench, "long.csv", &rows, &several).await;
    assert_eq!(report.counts, counts(4, [2, 1, 0, 1, 0]));
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["1 1 5"]);
    assert_eq!(bench.rows("comments", &["text", "number"]).await, ["beans 1", "peas 2"]);
}

#[tokio::test]
async fn a_repeat_that_is_no_number_puts_the_row_aside() {
    let bench = Bench::garden();
    let rows = ["1,0,5,", "2,1001,5,", "3,one,5,", "4,,5,", "5,1000,5,", "6,,,words", "7,1.5,,", "8,,,", "9,-1,,"];
    let report = land(&bench, "long.csv", &rows, &mapping(LONG)).await;
    assert_eq!(report.counts, counts(9, [8, 1, 0, 0, 0]));
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["5 1000 5"]);
    let wrong = "true goal the number of a repeat is a whole number from 1 to 1000";
    assert_eq!(
        bench.quarantined().await,
        [
            format!("10 {wrong} -1"),
            format!("2 {wrong} 0"),
            format!("3 {wrong} 1001"),
            format!("4 {wrong} one"),
            "5 true goal no number of the repeat ".into(),
            "7 true goal no number of the repeat ".into(),
            format!("8 {wrong} 1.5"),
            "9 true goal no number of the repeat ".into(),
        ]
    );
}

/// Answers that are given once, beside goals of which each has a row.
fn beside() -> String {
    mapping(&format!(
        "[where.practice]\ncolumn = \"practice\"\n[date]\ncolumn = \"date\"\norder = \"year-month-day\"\n\
         [[responses]]\ninstrument = \"garden-visit\"\n[responses.items.digging]\ncolumn = \"digging\"\n\
         [responses.comments.words]\ncolumn = \"more\"\n{LONG}"
    ))
}

const BESIDE: &str = "id,goal,practice,date,digging,more,reached,words";

#[tokio::test]
async fn what_is_answered_once_beside_the_repeats_is_one_response() {
    let bench = Bench::garden();
    let rows = [
        // Once in a row of its own, with what the other rows leave open.
        "1,1,,,,,5,",
        "1,,A81001,2026-03-14,easy,thanks,,",
        "1,2,,2026-05-01,,,7,",
        // The same in each row.
        "2,1,A81002,2026-03-15,hard,so so,1,",
        "2,2,A81002,2026-03-15,hard,so so,2,",
        // Only goals; only the other answers.
        "3,4,A81003,2026-03-16,,,4,",
        "4,,A81003,2026-03-16,fair,,,",
    ];
    let report = bench.land("both.csv", &file(BESIDE, &rows), &beside()).await;
    assert_eq!(report.counts, counts(7, [0, 7, 0, 0, 0]));
    assert_eq!(
        bench.rows("responses/garden-visit", &["f_age", "repeat", "practice", "submitted_on", "i_digging"]).await,
        ["1 - A81001 2026-03-14 2", "2 - A81002 2026-03-15 0", "4 - A81003 2026-03-16 1"]
    );
    assert_eq!(
        bench.rows(GOALS, &["f_age", "repeat", "practice", "date_precision", "i_reached"]).await,
        ["1 1 A81001 uncertain 5", "1 2 A81001 day 7", "2 1 A81002 day 1", "2 2 A81002 day 2", "3 4 A81003 day 4"]
    );
    assert_eq!(bench.rows("comments", &["instrument", "text"]).await, ["garden-visit so so", "garden-visit thanks"]);
    let again = bench.land("again.csv", &[&file(BESIDE, &rows)[..], b"\n"].concat(), &beside()).await;
    assert_eq!(again.counts, counts(8, [1, 0, 0, 0, 7]));
}

#[tokio::test]
async fn rows_that_differ_in_what_is_answered_once_are_put_aside_together() {
    let bench = Bench::garden();
    let rows = ["1,1,,,easy,,5,", "1,2,,,hard,,7,", "2,1,,,easy,,5,", "2,2,,,,,7,"];
    let report = bench.land("both.csv", &file(BESIDE, &rows), &beside()).await;
    assert_eq!(report.counts, counts(4, [2, 2, 0, 0, 0]));
    assert_eq!(bench.rows(GOALS, &SEEN).await, ["2 1 5", "2 2 7"]);
    let reason = "rows of one response differ in what must agree";
    assert_eq!(bench.quarantined().await, [2, 3].map(|line| format!("{line} true - {reason} -")));
}

#[tokio::test]
async fn repeats_of_two_instruments_in_the_rows_of_one_id() {
    let bench = Bench::garden();
    let second = LONG.replace("\"goal\"\n[", "\"other\"\noccasion = \"after\"\n[").replace("\"reached\"", "\"now\"");
    let second = second.split("[responses.comments").next().unwrap();
    let rows = ["1,1,5,,1,6", "1,2,7,,1,6", "1,2,7,,2,8", "1,,,,3,9"];
    let report = bench
        .land("two.csv", &file("id,goal,reached,words,other,now", &rows), &mapping(&format!("{LONG}{second}")))
        .await;
    assert_eq!(report.counts, counts(4, [0, 4, 0, 0, 0]));
    assert_eq!(
        bench.rows(GOALS, &["occasion", "repeat", "i_reached"]).await,
        ["after 1 6", "after 2 8", "after 3 9", "before 1 5", "before 2 7"]
    );
    distinct(&bench, 5, 2).await;
}

#[tokio::test]
async fn one_column_may_number_the_repeats_of_several_instruments() {
    let bench = Bench::garden();
    let second = LONG.replace("\"goal\"\n[", "\"goal\"\noccasion = \"after\"\n[").replace("\"reached\"", "\"now\"");
    let second = second.split("[responses.comments").next().unwrap();
    let rows = ["1,1,5,,", "1,2,7,,", "1,1,,,6", "1,2,,,8", "1,3,,,"];
    let bytes = file("id,goal,reached,words,now", &rows);
    let report = bench.land("two.csv", &bytes, &mapping(&format!("{LONG}{second}"))).await;
    assert_eq!(report.counts, counts(5, [0, 4, 0, 1, 0]));
    assert_eq!(
        bench.rows(GOALS, &["occasion", "repeat", "i_reached"]).await,
        ["after 1 6", "after 2 8", "before 1 5", "before 2 7"]
    );
}
