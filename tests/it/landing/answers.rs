//! Cells that cannot be read: the answer becomes -3, the row lands, and the quarantine says what stood there.

use super::{CLINIC, GOOD, GOOD_SEEN, POOR, POOR_SEEN, clinic, file};
use crate::support::{Bench, counts};

/// Lands a row with a bad cell between two good ones: all three land; returns what is seen of the row, and the quarantine.
async fn lands_without_the_cell(row: &str, now_seen: &str, quarantine: &str) {
    let bench = Bench::new();
    let report = bench.land("clinic.csv", &clinic(&[GOOD, row, POOR]), CLINIC).await;
    assert_eq!(report.counts, counts(3, [0, 3, 0, 0, 0]), "{row:.80}");
    let mut seen = vec![GOOD_SEEN, POOR_SEEN, now_seen];
    seen.sort_unstable();
    assert_eq!(bench.answers().await, seen, "{row:.80}");
    assert_eq!(bench.quarantined().await, [format!("3 false {quarantine}")], "{row:.80}");
}

const NOT_AN_OPTION: &str = "not an answer option of friends-and-family version 2020-04";

#[tokio::test]
async fn answers_that_are_no_option_become_minus_three() {
    let of = |answer: &str| format!("3,16/03/2026,A81001,app,,43,{answer},");
    let unread = "43 2026-03-16 A81001 app -3";
    // A code out of range, the label of another version, a formula, a NUL.
    for (answer, raw) in [
        ("9", "9"),
        ("-3", "-3"),
        ("7.0", "7.0"),
        ("Extremely likely", "Extremely likely"),
        ("=cmd|'/C calc'!A0", "=cmd|'/C calc'!A0"),
        ("Very\0good", "Very\u{fffd}good"),
    ] {
        lands_without_the_cell(&of(answer), unread, &format!("answer {NOT_AN_OPTION} {raw}")).await;
    }
    let long = "x".repeat(1 << 20);
    lands_without_the_cell(&of(&long), unread, &format!("answer {NOT_AN_OPTION} {}", "x".repeat(40))).await;
    let words = "the nurse was kind ".repeat(60_000);
    lands_without_the_cell(&of(&words), unread, &format!("answer {NOT_AN_OPTION} [withheld]")).await;
}

#[tokio::test]
async fn options_are_read_by_code_name_and_label_and_nothing_is_not_answered() {
    let bench = Bench::new();
    let answers = ["1", "1.0", "Very good", "very-good", " VERY\u{a0} good ", "", "not-asked", "Don’t know"];
    let rows: Vec<String> = answers
        .iter()
        .enumerate()
        .map(|(at, answer)| format!("{at},16/03/2026,A81001,app,,{},{answer},", 50 + at))
        .collect();
    let report = bench.land("clinic.csv", &clinic(&rows.iter().map(String::as_str).collect::<Vec<_>>()), CLINIC).await;
    assert_eq!(report.counts, counts(8, [0, 8, 0, 0, 0]));
    let seen = bench.rows(super::RESPONSES, &["f_age", "i_overall"]).await;
    assert_eq!(seen, ["50 1", "51 1", "52 1", "53 1", "54 1", "55 -1", "56 -2", "57 6"]);
    assert_eq!(bench.quarantined().await, [""; 0]);
}

#[tokio::test]
async fn comments_land_as_they_are_however_long_or_odd() {
    let bench = Bench::new();
    let long = "kind words ".repeat(100_000);
    let rows = [
        GOOD.to_owned() + &long,
        POOR.to_owned() + "=cmd|'/C calc'!A0",
        "3,16/03/2026,A81001,app,,43,Good,a\0b".into(),
        "4,16/03/2026,A81001,app,,44,Good,   ".into(),
    ];
    let report = bench.land("clinic.csv", &clinic(&rows.each_ref().map(String::as_str)), CLINIC).await;
    assert_eq!(report.counts, counts(4, [0, 4, 0, 0, 0]));
    assert_eq!(bench.rows("comments", &["text"]).await, ["=cmd|'/C calc'!A0", "a\u{fffd}b", long.as_str()]);
    assert_eq!(bench.quarantined().await, [""; 0]);
}

#[tokio::test]
async fn a_date_that_cannot_be_is_no_date() {
    for (date, reason) in
        [("31/02/2026", "not a date"), ("16/03/2046", "a date in the future"), ("02/11/2026", "a date in the future")]
    {
        let row = format!("3,{date},A81001,app,,43,Good,");
        lands_without_the_cell(&row, "43 - A81001 app 2", &format!("date {reason} {date}")).await;
        // Where the mapping needs a date, the row is put aside whole.
        let bench = Bench::new();
        let required = CLINIC.replace("order = ", "required = true\norder = ");
        let report = bench.land("clinic.csv", &clinic(&[GOOD, &row, POOR]), &required).await;
        assert_eq!(report.counts, counts(3, [1, 2, 0, 0, 0]));
        assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN]);
        assert_eq!(bench.quarantined().await, [format!("3 true date {reason} {date}")]);
    }
    // Today is no future.
    let bench = Bench::new();
    bench.land("clinic.csv", &clinic(&["3,01/11/2026,A81001,app,,43,Good,"]), CLINIC).await;
    assert_eq!(bench.answers().await, ["43 2026-11-01 A81001 app 2"]);
}

#[tokio::test]
async fn without_a_scope_the_declared_order_of_day_and_month_holds() {
    let bench = Bench::new();
    let rows = ["3,03/10/2025,A81001,app,,43,Good,", "4,12/31/2025,A81001,app,,44,Good,"];
    let report = bench.land("clinic.csv", &clinic(&rows), CLINIC).await;
    assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
    assert_eq!(bench.answers().await, ["43 2025-10-03 A81001 app 2", "44 - A81001 app 2"]);
    assert_eq!(bench.quarantined().await, ["3 false date not a date 12/31/2025"]);
    assert_eq!(report.undated, [0, 1]);
}

#[tokio::test]
async fn in_a_part_of_the_file_that_swaps_day_and_month_a_date_with_two_readings_is_uncertain() {
    let several = CLINIC
        .replace("columns = [\"id\"]", "columns = [\"id\"]\nseveral_rows = true\nmust_agree = [\"answer\"]")
        .replace("order = ", "scope = \"practice\"\norder = ");
    let bench = Bench::new();
    let rows = [
        // A81001 writes month first, as its 31 shows; A81002 gives no sign of it.
        "1,12/31/2025,A81001,app,,41,Good,",
        "2,03/10/2025,A81001,app,,42,Good,",
        "3,03/10/2025,A81002,app,,43,Good,",
        // Another row of the same response leaves one of its two readings.
        "4,03/10/2025,A81001,app,,44,Good,one",
        "4,03/10/2025,A81002,app,,44,Good,two",
        // The same day both ways round is one reading.
        "5,05/05/2025,A81001,app,,45,Good,",
        // One of the two readings has not come yet.
        "6,10/12/2026,A81001,app,,46,Good,",
    ];
    let report = bench.land("clinic.csv", &clinic(&rows), &several).await;
    assert_eq!(report.counts, counts(7, [0, 6, 0, 1, 0]));
    assert_eq!(report.undated, [1, 0]);
    assert_eq!(
        bench.rows(super::RESPONSES, &["f_age", "submitted_on", "date_precision"]).await,
        [
            "41 2025-12-31 day",
            "42 - uncertain",
            "43 2025-10-03 day",
            "44 2025-10-03 day",
            "45 2025-05-05 day",
            "46 2026-10-12 day"
        ]
    );
}

#[tokio::test]
async fn the_same_id_with_other_answers_in_one_file_is_put_aside_whole() {
    let bench = Bench::new();
    let again = "1,14/03/2026,A81001,paper,,41,Poor,";
    let report = bench.land("clinic.csv", &clinic(&[GOOD, POOR, again]), CLINIC).await;
    assert_eq!(report.counts, counts(3, [2, 1, 0, 0, 0]));
    assert_eq!(bench.answers().await, [POOR_SEEN]);
    let reason = "the same id twice with other answers";
    assert_eq!(bench.quarantined().await, [format!("2 true - {reason} -"), format!("4 true - {reason} -")]);
}

#[tokio::test]
async fn the_same_id_with_the_same_answers_is_one_response_with_one_comment() {
    let bench = Bench::new();
    let said = format!("{GOOD}thank you");
    let report = bench.land("clinic.csv", &clinic(&[&said, POOR, &said]), CLINIC).await;
    assert_eq!(report.counts, counts(3, [0, 2, 0, 1, 0]));
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN]);
    assert_eq!(bench.rows("comments", &["number", "text"]).await, ["1 thank you"]);
    // The next file has it once, and that is nothing new.
    let report = bench.land("clinic.csv", &clinic(&[&said, POOR]), CLINIC).await;
    assert_eq!(report.counts, counts(2, [0, 0, 0, 0, 2]));
}

#[tokio::test]
async fn rows_of_one_response_add_comments_and_are_put_aside_together_where_they_differ() {
    let several =
        CLINIC.replace("columns = [\"id\"]", "columns = [\"id\"]\nseveral_rows = true\nmust_agree = [\"practice\"]");
    let bench = Bench::new();
    let rows = [
        "1,14/03/2026,A81001,paper,,41,Good,first",
        "1,14/03/2026,A81001,paper,,41,Good,second",
        // Its rows differ in what must agree.
        "2,14/03/2026,A81001,paper,,42,Good,",
        "2,14/03/2026,A81002,paper,,42,Good,",
        "2,14/03/2026,A81001,paper,,42,Good,",
        // Its rows hold two answers.
        "3,14/03/2026,A81001,paper,,43,Good,",
        "3,14/03/2026,A81001,paper,,43,Poor,",
        // Its answer stands in one of its rows.
        "4,14/03/2026,A81001,paper,,44,,one",
        "4,14/03/2026,A81001,paper,,44,Poor,two",
    ];
    let report = bench.land("clinic.csv", &clinic(&rows), &several).await;
    assert_eq!(report.counts, counts(9, [5, 2, 0, 2, 0]));
    assert_eq!(bench.answers().await, ["41 2026-03-14 A81001 paper 2", "44 2026-03-14 A81001 paper 4"]);
    let comments = bench.rows("comments", &["text", "number"]).await;
    assert_eq!(comments, ["first 1", "one 1", "second 2", "two 2"]);
    let reason = "rows of one response differ in what must agree";
    assert_eq!(bench.quarantined().await, [4, 5, 6, 7, 8].map(|line| format!("{line} true - {reason} -")));
}

#[tokio::test]
async fn an_identifier_in_a_wrong_column_is_withheld() {
    let number = "9434765919";
    for spelt in [number, "943 476 5919", "943-476-5919"] {
        for (row, seen, quarantine) in [
            (
                format!("3,16/03/2026,A81001,app,,43,{spelt},"),
                "43 2026-03-16 A81001 app -3",
                format!("answer {NOT_AN_OPTION}"),
            ),
            (
                format!("3,16/03/2026,{spelt},app,,43,Good,"),
                "43 2026-03-16 - app 2",
                "practice looks as if it named a person".into(),
            ),
            (
                format!("3,16/03/2026,A81001,app,,{spelt},Good,"),
                "- 2026-03-16 A81001 app 2",
                "age `age` is a whole number from 0 to 120".into(),
            ),
            (
                format!("3,16/03/2026,A81001,{spelt},,43,Good,"),
                "43 2026-03-16 A81001 - 2",
                "mode not one of app, web, sms, paper, phone, face-to-face, assisted".into(),
            ),
            (format!("3,{spelt},A81001,app,,43,Good,"), "43 - A81001 app 2", "date not a date".into()),
        ] {
            lands_without_the_cell(&row, seen, &format!("{quarantine} [withheld]")).await;
            let bench = Bench::new();
            bench.land(&format!("{spelt}.csv"), &clinic(&[GOOD, &row, POOR]), CLINIC).await;
            for found in [number, "943 476 5919", "943-476-5919"] {
                assert_eq!(bench.holding(found), [""; 0], "{row}");
            }
        }
    }
}

#[tokio::test]
async fn a_short_local_identifier_in_a_wrong_column_is_withheld_too() {
    let bench = Bench::new();
    let local = CLINIC.replace("scheme = \"nhs-number\"", "scheme = \"clinic\"");
    let rows = [
        "1,14/03/2026,A81001,paper,AB/12,41,Good,",
        "2,14/03/2026,A81001,AB12,AB/12,42,ab-12,",
        "3,14/03/2026,ab/12,paper,X,43,Good,",
    ];
    let report = bench.land("clinic.csv", &clinic(&rows), &local).await;
    assert_eq!(report.counts, counts(3, [0, 3, 0, 0, 0]));
    let raw = bench.rows("quarantine", &["line", "column", "raw"]).await;
    assert_eq!(raw, ["3 answer [withheld]", "3 mode [withheld]", "4 practice [withheld]"]);
}

#[tokio::test]
async fn a_part_with_a_comment_but_no_answer_keeps_its_comment() {
    let both = r#"
source_system = "survey"
[identity]
columns = ["id"]
[[responses]]
instrument = "person-centred-questions"
[responses.items.self_help]
column = "self"
[[responses]]
instrument = "friends-and-family"
[responses.items.overall]
column = "overall"
[responses.comments.why]
column = "why"
"#;
    let bench = Bench::new();
    let bytes = file("id,self,overall,why", &["1,No,Good,", "2,No,,", "3,,Good,", "4,No,,why not", "5,,,"]);
    let report = bench.land("survey.csv", &bytes, both).await;
    assert_eq!(report.counts, counts(5, [0, 5, 0, 0, 0]));
    assert_eq!(
        bench.rows("responses/person-centred-questions", &["i_self_help", "i_in_charge"]).await,
        ["-1 -2", "3 -2", "3 -2", "3 -2"]
    );
    assert_eq!(bench.rows(super::RESPONSES, &["i_overall"]).await, ["-1", "2", "2"]);
    assert_eq!(bench.rows("comments", &["instrument", "text"]).await, ["friends-and-family why not"]);
    // Two responses out of one row share their submission.
    let mut submissions = bench.rows(super::RESPONSES, &["submission"]).await;
    submissions.extend(bench.rows("responses/person-centred-questions", &["submission"]).await);
    assert_eq!(submissions.len(), 7);
    submissions.sort();
    submissions.dedup();
    assert_eq!(submissions.len(), 5);
}
