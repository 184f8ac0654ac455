//! Shares and scores of one answer: small files whose figures are worked out by hand.

use std::collections::BTreeMap;

use tellonce::declare::{Declarations, Rule};
use tellonce::files::Files;

use crate::people::Bench;

/// What each file has beside the answers.
const COMMON: &str = r#"
source_system = "by-hand"
[identity]
columns = ["id"]
[date]
column = "date"
order = "year-month-day"
[where.practice]
column = "practice"
"#;

const LICENCE: &str = r#"
holder = "Nobody"
reference = "A test"
settings = ["A test"]
"#;

/// Lands forms (practice, and what was answered), measures them, and returns the rows of `latest` that `wanted` selects.
fn figures(
    instrument: &str,
    items: &[&str],
    forms: &[(&str, Vec<&str>)],
    wanted: &str,
) -> Vec<BTreeMap<String, String>> {
    let bench = Bench::new("none");
    bench.put(&format!("measures/licences/{instrument}.toml"), &format!("instrument = \"{instrument}\"{LICENCE}"));
    let mut mapping = format!("{COMMON}[[responses]]\ninstrument = \"{instrument}\"\n");
    for item in items {
        mapping.push_str(&format!("items.{item} = {{ column = \"{item}\", blank = \"not-answered\" }}\n"));
    }
    bench.put("mapping.toml", &mapping);
    let mut rows = format!("id,date,practice,{}\n", items.join(","));
    for (at, (practice, answers)) in forms.iter().enumerate() {
        rows.push_str(&format!("{at},2026-05-04,{practice},{}\n", answers.join(",")));
    }
    bench.land(&rows);
    bench.run(&["measure", "--period", "2026-05"]);
    let query =
        format!("select * from latest where period = '2026-05' and group_by = 'none' and {wanted} order by area");
    let csv = bench.run(&["sql", &query, "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// Holds a figure of an area to numbers worked out by hand: n, value, lower, upper, to four decimals; empty where there is none.
fn is(rows: &[BTreeMap<String, String>], area: &str, expected: [&str; 4]) {
    let row = rows.iter().find(|row| row["area"] == area).unwrap_or_else(|| panic!("no {area} in {rows:?}"));
    let number = |name: &str| row[name].parse::<f64>().map(|value| format!("{value:.4}")).unwrap_or_default();
    assert_eq!([row["n"].clone(), number("value"), number("lower"), number("upper")], expected, "{row:?}");
}

const THREE: [&str; 3] = ["understanding", "listening", "choosing"];

#[test]
fn collaborate_counts_only_complete_forms_and_needs_25_of_them() {
    let mut forms = Vec::new();
    let mut add = |practice, times, answers: [&'static str; 3]| {
        forms.extend((0..times).map(|_| (practice, answers.to_vec())));
    };
    // A: 25 complete forms, of which 10 at the top, and three with an answer missing that would have been.
    add("A", 10, ["9", "9", "9"]);
    add("A", 14, ["9", "9", "8"]);
    add("A", 1, ["0", "0", "0"]);
    add("A", 1, ["9", "9", ""]);
    add("A", 1, ["9", "", "9"]);
    add("A", 1, ["", "9", "9"]);
    // B: 24 complete forms and many that are not.
    add("B", 12, ["9", "9", "9"]);
    add("B", 12, ["9", "7", "9"]);
    add("B", 9, ["9", "9", ""]);
    let rows = figures("collaborate", &THREE, &forms, "measure = 'collaborate-top' and statistic = 'value'");
    // Wilson, by hand: (2 × 10 + 3.8415 ± 1.95996 √(3.8415 + 4 × 10 × 0.6)) / (2 × 28.8415).
    is(&rows, "A", ["25", "0.4000", "0.2340", "0.5926"]);
    is(&rows, "B", ["24", "", "", ""]);
    let b = rows.iter().find(|row| row["area"] == "B").unwrap();
    assert_eq!(b["why_not"], "under-minimum");
    // Both together: 22 of 49.
    let place = rows.iter().find(|row| row["area"] == "P").unwrap();
    assert_eq!((place["n"].as_str(), place["numerator"].as_str()), ("49", "22"));
}

#[test]
fn the_top_of_collaborate_from_0_to_4_is_4() {
    let mut forms: Vec<(&str, Vec<&str>)> = Vec::new();
    forms.extend((0..15).map(|_| ("A", vec!["4", "4", "4"])));
    forms.extend((0..10).map(|_| ("A", vec!["4", "3", "4"])));
    // What stands on the other scale alone cannot be read here, and is as good as missing.
    forms.extend((0..5).map(|_| ("A", vec!["9", "9", "9"])));
    let rows = figures("collaborate-5", &THREE, &forms, "measure = 'collaborate-5-top' and statistic = 'value'");
    is(&rows, "A", ["25", "0.6000", "0.4074", "0.7660"]);
}

const NINE: [&str; 9] = [
    "to_decide",
    "my_wish",
    "options_told",
    "for_and_against",
    "all_understood",
    "preferred",
    "weighed",
    "chosen",
    "next_steps",
];

#[test]
fn sdm_q_9_is_the_sum_times_20_over_9_of_forms_without_a_gap() {
    // Sums 45, 36, 27, 18 and 9 are 100, 80, 60, 40 and 20. A sixth form has eight answers.
    let mut forms: Vec<(&str, Vec<&str>)> =
        ["5", "4", "3", "2", "1"].iter().map(|code| ("A", vec![*code; 9])).collect();
    forms.push(("A", ["5", "5", "5", "5", "", "5", "5", "5", "5"].to_vec()));
    let rows = figures("sdm-q-9", &NINE, &forms, "measure = 'sdm-q-9-mean' and statistic = 'value'");
    // Mean 60, standard deviation 31.6228, t of 4 degrees of freedom 2.7764: 60 ± 2.7764 × 31.6228 / √5.
    is(&rows, "A", ["5", "60.0000", "20.7351", "99.2649"]);
}

#[test]
fn sdm_q_9_has_every_sum_in_its_table() {
    let declarations = Declarations::load(&Files::embedded()).unwrap();
    let score = declarations.instrument("sdm-q-9").unwrap().score("score").unwrap();
    let Rule::Lookup { from, values, .. } = &score.rule else { panic!("{score:?}") };
    assert_eq!((*from, values.len()), (0, 46));
    for (raw, value) in values.iter().enumerate() {
        assert!((value - raw as f64 * 20.0 / 9.0).abs() <= 0.00005, "{raw}: {value}");
    }
}

#[test]
fn reached_is_a_message_from_somebody_trusted_with_7_or_more() {
    let forms: Vec<(&str, Vec<&str>)> = [
        ["yes", "7"],
        ["yes", "10"],
        ["yes", "8"],
        ["yes", "7"],
        ["yes", "6"],
        ["yes", "0"],
        ["yes", "5"],
        ["no", ""],
        // A no with trust is a slip, and still no message.
        ["no", "9"],
        ["dont-know", ""],
        // Not known whether it was trusted, or whether there was one.
        ["yes", ""],
        ["", "8"],
    ]
    .iter()
    .map(|answers| ("A", answers.to_vec()))
    .collect();
    let items = ["heard", "trust"];
    let rows =
        figures("community-reach", &items, &forms, "measure = 'reached-by-somebody-trusted' and statistic = 'value'");
    // 4 of 10, by Wilson.
    is(&rows, "A", ["10", "0.4000", "0.1682", "0.6873"]);
}

#[test]
fn help_is_looked_at_only_among_those_who_need_some() {
    let forms: Vec<(&str, Vec<&str>)> = [
        (3, ["a-lot", "all"]),
        (2, ["a-little", "some"]),
        (4, ["a-little", "all"]),
        (1, ["a-lot", "dont-know"]),
        // They need none, whatever they say of help.
        (9, ["none", "all"]),
        (5, ["none", ""]),
        // Nobody knows whether they need any.
        (2, ["", "all"]),
    ]
    .iter()
    .flat_map(|(times, answers)| (0..*times).map(|_| ("A", answers.to_vec())))
    .collect();
    let rows = figures("support-need", &["need", "had"], &forms, "measure = 'needed-help-had' and statistic = 'value'");
    // 7 of 10, by Wilson.
    is(&rows, "A", ["10", "0.7000", "0.3968", "0.8922"]);
}
