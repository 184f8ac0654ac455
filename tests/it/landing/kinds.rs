//! Every kind of question: codes, numbers, days, covariates.

use super::file;
use super::garden::{mapping, seen_of};
use crate::support::{Bench, counts};

const VISIT: &str = "responses/garden-visit";

#[tokio::test]
async fn spellings_of_no_answer_count_as_such_and_the_mapping_goes_before_them() {
    let cell = "[responses.items.digging]\ncolumn = \"answer\"\n";
    let answers = ["0", "2.0", "Easy", "hard", "9", "9.0", "8", "", "not-asked", "7"];
    let (seen, quarantined) = seen_of(cell, &answers, &["i_digging"]).await;
    assert_eq!(seen, ["0", "2", "2", "0", "-1", "-1", "-2", "-1", "-2", "-3"]);
    assert_eq!(quarantined, ["11 false answer not an answer option of garden-visit version 2 7"]);

    let values = format!(
        "{cell}values = {{ \"9\" = \"easy\", \"8\" = \"hard\", \"7\" = \"not-answered\" }}\nblank = \"fair\"\n"
    );
    let (seen, quarantined) = seen_of(&values, &["9", "8", "7", "", "1"], &["i_digging"]).await;
    assert_eq!(seen, ["2", "0", "-1", "1", "1"]);
    assert_eq!(quarantined, [""; 0]);
}

#[tokio::test]
async fn a_scale_of_numbers_is_a_code_within_its_range() {
    let cell = "[responses.items.energy]\ncolumn = \"answer\"\n";
    let (seen, quarantined) = seen_of(cell, &["0", "10", "10.0", "11", "5.5", "-1", "99", ""], &["i_energy"]).await;
    assert_eq!(seen, ["0", "10", "10", "-3", "-3", "-3", "-1", "-1"]);
    assert_eq!(quarantined.len(), 3);
}

#[tokio::test]
async fn yes_and_no_are_read_as_check_boxes_write_them() {
    let cell = "[responses.items.alone]\ncolumn = \"answer\"\n";
    let (seen, quarantined) = seen_of(cell, &["Yes", "n", "TRUE", "1", "0", "x", "", "maybe"], &["i_alone"]).await;
    assert_eq!(seen, ["1", "0", "1", "1", "0", "1", "-1", "-3"]);
    assert_eq!(quarantined.len(), 1);
}

#[tokio::test]
async fn a_checklist_has_a_code_for_each_entry() {
    let cell = "[responses.items.tools__fork]\ncolumn = \"answer\"\n";
    let columns = ["i_tools__spade", "i_tools__fork"];
    let (seen, quarantined) = seen_of(cell, &["Easy", "9", "8", "ticked"], &columns).await;
    assert_eq!(seen, ["-2 2", "-2 -1", "-2 -2", "-2 -3"]);
    assert_eq!(quarantined.len(), 1);
}

#[tokio::test]
async fn a_number_is_read_within_its_range_and_what_cannot_be_read_is_null() {
    let cell = "[responses.items.harvest]\ncolumn = \"answer\"\n";
    let answers =
        ["15", "15.0", " -2 ", "1.54", "1,54", "+3", "1e-1", "100", "", "999", "999.0", "not-answered", "not-asked"];
    let (seen, quarantined) = seen_of(cell, &answers, &["i_harvest"]).await;
    assert_eq!(seen, ["15.0", "15.0", "-2.0", "1.54", "1.54", "3.0", "0.1", "100.0", "-", "-", "-", "-", "-"]);
    assert_eq!(quarantined, [""; 0]);

    let (seen, quarantined) =
        seen_of(cell, &["100.1", "-6", "1,234", "1,234.5", "ten", "12 34", "NaN"], &["i_harvest"]).await;
    assert_eq!(seen, ["-"; 7]);
    let range = "`harvest` is a number from -5 to 100";
    assert_eq!(
        quarantined,
        [
            format!("2 false answer {range} 100.1"),
            format!("3 false answer {range} -6"),
            "4 false answer a comma that may divide thousands or decimals 1,234".into(),
            "5 false answer not a number 1,234.5".into(),
            "6 false answer not a number ten".into(),
            "7 false answer not a number 12 34".into(),
            "8 false answer not a number NaN".into(),
        ]
    );

    let values = format!(
        "{cell}values = {{ \"999\" = \"99.5\", \"trace\" = \"0\", \"lost\" = \"not-answered\" }}\nblank = \"1\"\n"
    );
    let (seen, quarantined) = seen_of(&values, &["999", "Trace", "lost", ""], &["i_harvest"]).await;
    assert_eq!(seen, ["99.5", "0.0", "-", "1.0"]);
    assert_eq!(quarantined, [""; 0]);
}

#[tokio::test]
async fn a_covariate_is_a_number_that_is_no_answer() {
    let cell = "[responses.covariates.predicted]\ncolumn = \"answer\"\n[responses.items.digging]\nalways = \"easy\"\n";
    let (seen, quarantined) = seen_of(cell, &["88.66916578", "-0.003", "", "*", "not-asked"], &["x_predicted"]).await;
    assert_eq!(seen, ["88.66916578", "-0.003", "-", "-", "-"]);
    assert_eq!(quarantined, ["5 false answer not a number *"]);
    let meant = cell.replacen("\"answer\"\n", "\"answer\"\nvalues = { \"*\" = \"not-answered\" }\n", 1);
    let (seen, quarantined) = seen_of(&meant, &["*", "1"], &["x_predicted"]).await;
    assert_eq!((seen, quarantined), (vec!["-".to_owned(), "1.0".into()], Vec::new()));
}

#[tokio::test]
async fn a_covariate_alone_makes_no_response() {
    let bench = Bench::garden();
    let mapping = mapping(
        r#"
[[responses]]
instrument = "garden-visit"
occasion = "before"
[responses.items.harvest]
column = "before"
[[responses]]
instrument = "garden-visit"
occasion = "after"
[responses.items.harvest]
column = "after"
[responses.covariates.predicted]
column = "predicted"
"#,
    );
    let rows = ["1,5,6,5.5", "2,5,,5.5", "3,,,5.5", "4,5,x,", "5,999,7,"];
    let report = bench.land("garden.csv", &file("id,before,after,predicted", &rows), &mapping).await;
    assert_eq!(report.counts, counts(5, [0, 5, 0, 0, 0]));
    let seen = bench.rows(VISIT, &["f_age", "occasion", "i_harvest", "x_predicted"]).await;
    assert_eq!(
        seen,
        [
            "1 after 6.0 5.5",
            "1 before 5.0 -",
            "2 before 5.0 -",
            // Nothing was answered at all: the first part says so.
            "3 before - -",
            // What cannot be read was an answer.
            "4 after - -",
            "4 before 5.0 -",
            "5 after 7.0 -"
        ]
    );
}

#[tokio::test]
async fn a_day_is_read_as_the_standard_writes_it_or_in_the_order_of_the_mapping() {
    let cell = "[responses.items.sown]\ncolumn = \"answer\"\n";
    let answers = ["2026-03-14", "2026-03-14 23:30", "never", "", "not-asked", "14/03/2026", "2026-02-30"];
    let (seen, quarantined) = seen_of(cell, &answers, &["i_sown"]).await;
    assert_eq!(seen, ["2026-03-14", "2026-03-14", "-", "-", "-", "-", "-"]);
    assert_eq!(quarantined, ["7 false answer not a date 14/03/2026", "8 false answer not a date 2026-02-30"]);

    let dated = format!("date = {{ column = \"id\", order = \"day-month-year\" }}\n{cell}");
    let answers = ["2026-03-14", "14/03/2026", "03/10/2026", "12/31/2026", "01/01/2031"];
    let bench = Bench::garden();
    let rows: Vec<String> = answers.iter().enumerate().map(|(at, text)| format!("{at},{text}")).collect();
    let bytes = file("id,answer", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let mapping = mapping(&format!("[[responses]]\ninstrument = \"garden-visit\"\n{dated}"));
    bench.land("garden.csv", &bytes, &mapping).await;
    let seen = bench.rows(VISIT, &["f_age", "i_sown"]).await;
    // A day may be one that is still to come.
    assert_eq!(seen, ["0 2026-03-14", "1 2026-03-14", "2 2026-10-03", "3 -", "4 2031-01-01"]);
}

#[tokio::test]
async fn a_number_that_is_an_identifier_is_not_kept() {
    let bench = Bench::garden();
    let mapping = mapping(
        r#"
[person]
column = "who"
scheme = "allotment"
[[responses]]
instrument = "garden-visit"
[responses.items.rain]
column = "rain"
[responses.covariates.predicted]
column = "predicted"
"#,
    );
    let rows = ["1,12-345,9434765919,943476591.5", "2,,12345,12345.0", "3,42,42,42.25", "4,,123456.75,88.66916578"];
    bench.land("garden.csv", &file("id,who,rain,predicted", &rows), &mapping).await;
    let seen = bench.rows(VISIT, &["f_age", "i_rain", "x_predicted"]).await;
    assert_eq!(seen, ["1 - -", "2 - -", "3 42.0 42.25", "4 123456.75 88.66916578"]);
    let reason = "looks as if it named a person";
    assert_eq!(
        bench.quarantined().await,
        ["2 false predicted", "2 false rain", "3 false predicted", "3 false rain"]
            .map(|cell| format!("{cell} {reason} [withheld]"))
    );
}

#[tokio::test]
async fn another_number_is_a_correction_and_the_same_one_otherwise_written_is_none() {
    let bench = Bench::garden();
    let mapping = mapping(
        r#"
[[responses]]
instrument = "garden-visit"
[responses.items.harvest]
column = "harvest"
[responses.items.sown]
column = "sown"
[responses.covariates.predicted]
column = "predicted"
"#,
    );
    let header = "id,harvest,sown,predicted";
    let rows = ["1,1.50,2026-03-14,-0", "2,2,2026-03-14,1", "3,3,2026-03-14,1", "4,4,2026-03-14,1", "5,5,,"];
    bench.land("one.csv", &file(header, &rows), &mapping).await;
    let rows = ["1,1.5,2026-03-14,0.0", "2,2.5,2026-03-14,1", "3,3,2026-03-15,1", "4,4,2026-03-14,1.1", "5,5.0,,"];
    let report = bench.land("two.csv", &file(header, &rows), &mapping).await;
    assert_eq!(report.counts, counts(5, [0, 0, 3, 0, 2]));
    assert_eq!(
        bench.rows(VISIT, &["f_age", "i_harvest", "i_sown", "x_predicted"]).await,
        ["1 1.5 2026-03-14 0.0", "2 2.5 2026-03-14 1.0", "3 3.0 2026-03-15 1.0", "4 4.0 2026-03-14 1.1", "5 5.0 - -"]
    );
}

#[tokio::test]
async fn rows_of_one_response_must_not_differ_in_numbers_or_days() {
    let bench = Bench::garden();
    let mapping = mapping(
        r#"
[[responses]]
instrument = "garden-visit"
[responses.items.harvest]
column = "harvest"
[responses.items.sown]
column = "sown"
"#,
    );
    let mapping = mapping.replace("columns = [\"id\"]", "columns = [\"id\"]\nseveral_rows = true");
    let rows =
        ["1,1.5,", "1,,2026-03-14", "2,1,", "2,2,", "3,,2026-03-14", "3,,2026-03-15", "4,7,2026-03-14", "4,7.0,"];
    let report = bench.land("garden.csv", &file("id,harvest,sown", &rows), &mapping).await;
    assert_eq!(report.counts, counts(8, [4, 2, 0, 2, 0]));
    assert_eq!(bench.rows(VISIT, &["f_age", "i_harvest", "i_sown"]).await, ["1 1.5 2026-03-14", "4 7.0 2026-03-14"]);
}
