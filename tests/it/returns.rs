//! `tellonce return`: what it counts is what landed, and nothing that is another question.

use std::collections::BTreeMap;

use crate::people::Bench;

const MAPPING: &str = r#"
source_system = "sample"
[identity]
columns = ["id"]
[date]
column = "date"
order = "year-month-day"
required = true
[where.practice]
column = "practice"
[how.mode]
column = "mode"
[[responses]]
instrument = "friends-and-family"
occasion = "after-contact"
items.overall = { column = "answer", values = { "1" = "very-good", "2" = "good", "3" = "neither", "4" = "poor", "5" = "very-poor", "6" = "dont-know" } }
"#;

/// The rows of a month in two practices: id, date, practice, way, answer.
const ROWS: &str = "id,date,practice,mode,answer
1,2026-09-01,A,sms,1
2,2026-09-02,A,sms,2
3,2026-09-03,A,paper,6
4,2026-09-04,A,,1
5,2026-09-05,B,phone,5
6,2026-10-01,A,sms,4
7,2026-08-31,A,sms,4
";

fn bench() -> Bench {
    let bench = Bench::new("survey");
    bench.put("fft.toml", MAPPING);
    bench.put("fft.csv", ROWS);
    bench.run(&["land", "workspace/fft.csv", "--mapping", "workspace/fft.toml"]);
    bench
}

/// The cells of a return that are not 0, by practice and column.
fn counts(csv: &str) -> BTreeMap<(String, String), u32> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut counts = BTreeMap::new();
    for row in reader.records() {
        let row = row.unwrap();
        for (column, cell) in header.iter().zip(&row).skip(3).filter(|(_, cell)| *cell != "0") {
            counts.insert((row[1].to_owned(), column.to_owned()), cell.parse().unwrap());
        }
    }
    counts
}

#[test]
fn a_return_counts_what_landed_in_its_month() {
    let bench = bench();
    // One answer is a count too: the policy of the workspace hides it, that of the return does not.
    let shown = bench.run(&["return", "friends-and-family", "--month", "2026-09"]);
    let expected = [
        ("A", "All answers", 4),
        ("A", "Very good", 2),
        ("A", "Good", 1),
        ("A", "Don't know", 1),
        ("A", "By text message", 2),
        ("A", "On paper", 1),
        ("A", "Not known how", 1),
        ("B", "All answers", 1),
        ("B", "Very poor", 1),
        ("B", "By phone or face to face", 1),
    ];
    let expected = expected.map(|(practice, column, n)| ((practice.to_owned(), column.to_owned()), n));
    assert_eq!(counts(&shown), BTreeMap::from(expected));

    // Looking writes nothing; what was written once is not written over.
    let path = bench.at().join("return.csv");
    let out = ["return", "friends-and-family", "--month", "2026-09", "--out", "workspace/return.csv"];
    bench.run(&out);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), shown);
    assert!(bench.refused(&out).contains("there already"));
    let one = bench.run(&["return", "friends-and-family", "--month", "2026-09", "--area", "B"]);
    assert_eq!(counts(&one).len(), 3);
}

#[test]
fn an_incomplete_return_is_not_written() {
    let bench = bench();
    let policy = "id = \"return\"\ntitle.en = \"Return\"\nnote.en = \"For submission.\"\nminimum_n = 2\nfor_submission = true\nsource = \"Our own\"\n";
    bench.put("measures/policies/return.toml", policy);
    let shown = bench.run(&["return", "friends-and-family", "--month", "2026-09"]);
    assert!(shown.contains("[c]"), "{shown}");
    let told = bench.refused(&["return", "friends-and-family", "--month", "2026-09", "--out", "workspace/return.csv"]);
    assert!(told.contains("a return is complete"), "{told}");
    assert!(!bench.at().join("return.csv").exists());
}

#[test]
fn the_question_before_april_2020_is_not_returned() {
    let bench = bench();
    let earlier = MAPPING
        .replace("source_system = \"sample\"", "source_system = \"earlier\"")
        .replace("instrument = \"friends-and-family\"", "instrument = \"friends-and-family\"\nversion = \"2013-04\"");
    let earlier = earlier.split("items.overall").next().unwrap().to_owned()
        + "items.overall = { column = \"answer\", values = { \"1\" = \"extremely-likely\" } }\n";
    bench.put("earlier.toml", &earlier);
    bench.put("earlier.csv", "id,date,practice,mode,answer\n1,2020-03-01,A,sms,1\n");
    bench.run(&["land", "workspace/earlier.csv", "--mapping", "workspace/earlier.toml"]);
    let told = bench.refused(&["return", "friends-and-family", "--month", "2020-03"]);
    assert!(told.contains("1 answers of 2020-03 are to an earlier version"), "{told}");
    let told = bench.refused(&["return", "friends-and-famly", "--month", "2020-03"]);
    assert!(told.contains("choose one of friends-and-family"), "{told}");
}
