//! Real exports of other systems, where the shared inputs are there: what their cells hold is what lands.

use crate::support::{Bench, counts, shared};

/// An instrument for what the exports hold, in words of our own.
const EXPORTED: &str = r#"
id = "exported"
version = "1"
title.en = "What exports hold"
source = "Made up for tests"
licence = "Apache-2.0"
occasions = ["once"]
repeats.en = "measurement"
[[items]]
id = "dot"
kind = "number"
range = [0, 300]
text.en = "A number"
[[items]]
id = "comma"
kind = "number"
range = [0, 300]
text.en = "The same number"
[[items]]
id = "set"
kind = "tick-all"
text.en = "Which of these?"
[[items.entries]]
id = "a"
label.en = "The first"
[[items.entries]]
id = "b"
label.en = "The second"
[[items.entries]]
id = "c"
label.en = "The third"
[[items.entries]]
id = "d"
label.en = "The fourth"
"#;

/// Lands an export by a mapping of its part; none where the shared inputs are not there.
async fn landed(export: &str, id: &str, part: &str) -> Option<(Bench, tellonce::land::Report)> {
    let bytes = std::fs::read(shared()?.join("real/exports").join(export)).unwrap();
    let mut bench = Bench::new();
    bench.declare("measures/instruments/exported.toml", EXPORTED);
    let mapping = format!("source_system = \"export\"\n[identity]\ncolumns = [\"{id}\"]\n{part}");
    let report = bench.land("export.csv", &bytes, &mapping).await;
    assert!(bench.land("export.csv", &bytes, &mapping).await.stands_already);
    Some((bench, report))
}

#[tokio::test]
async fn decimal_commas_and_dots_in_one_file_are_the_same_numbers() {
    let part = "[[responses]]\ninstrument = \"exported\"\nrepeat = 1\n[responses.items.dot]\ncolumn = \"weight_dot\"\n\
                [responses.items.comma]\ncolumn = \"weight_comma\"\n";
    let Some((bench, report)) = landed("redcap/decimal-comma-and-dot_data.csv", "record_id", part).await else {
        return;
    };
    assert_eq!(report.counts, counts(4, [0, 4, 0, 0, 0]));
    let seen = bench.rows("responses/exported", &["i_dot", "i_comma"]).await;
    assert_eq!(seen, ["123.4 123.4", "45.9 45.9", "52.3 52.3", "92.3 92.3"]);
    assert_eq!(bench.quarantined().await, [""; 0]);
}

#[tokio::test]
async fn repeating_instruments_have_a_row_for_each_repeat_and_one_for_the_record() {
    // The record's own row has the age, and an answer that is given once; each measurement has a row and a day of its own.
    let part = r#"
[facts.age]
column = "ethnicity"
[[responses]]
instrument = "friends-and-family"
[responses.items.overall]
column = "demographics_complete"
[[responses]]
instrument = "exported"
repeat_column = "redcap_repeat_instance"
date = { column = "date_bp", order = "year-month-day", required = true }
[responses.items.dot]
column = "bp_systolic"
"#;
    let export = "redcap/repeating-instruments_data.csv";
    let Some((bench, report)) = landed(export, "record_id", part).await else { return };
    assert_eq!(report.counts, counts(6, [0, 6, 0, 0, 0]));
    assert_eq!(
        bench.rows("responses/exported", &["f_age", "repeat", "submitted_on", "i_dot"]).await,
        ["0 1 2004-04-04 114.0", "1 1 2019-10-14 110.0", "1 2 2019-10-14 111.0", "1 3 2019-10-14 112.0"]
    );
    assert_eq!(bench.rows("responses/friends-and-family", &["f_age", "repeat", "i_overall"]).await, ["0 - 2", "1 - 2"]);
}

#[tokio::test]
async fn delimited_sets_with_a_separator_at_their_end_are_counted() {
    let part = r#"
[[responses]]
instrument = "exported"
repeat = 1
[responses.items.set]
column = "q2"
split = ";"
values = { "1" = "a", "2" = "b", "3" = "c", "4" = "d", "98" = "no" }
"#;
    let Some((bench, report)) = landed("quantipy/example_A-1000.csv", "unique_id", part).await else { return };
    assert_eq!(report.counts, counts(1000, [0, 1000, 0, 0, 0]));
    for (entry, ticked) in [("a", 113), ("b", 161), ("c", 205), ("d", 71)] {
        let codes = bench.rows("responses/exported", &[&format!("i_set__{entry}")]).await;
        let of = |code: &str| codes.iter().filter(|found| *found == code).count();
        assert_eq!((of("1"), of("-1")), (ticked, 641), "{entry}");
    }
    // 5, 6 and 97 are not among our entries: each is told of where it stands.
    assert_eq!(bench.quarantined().await.len(), 57 + 54 + 64);
}
