//! Weights that a file brings: whole millionths, null where there is none.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::file;
use super::garden::{mapping, seen_of};
use crate::support::{Bench, counts};

const VISIT: &str = "responses/garden-visit";
const CELL: &str = "[responses.weights.survey]\ncolumn = \"answer\"\n[responses.items.digging]\nalways = \"easy\"\n";

#[tokio::test]
async fn a_weight_is_whole_millionths_and_what_is_none_is_null() {
    let answers =
        ["85", "85.123456", "1,54", "1.2345675001", "0.0000004", "0", "-0.0", "1e-3", "1000000", "", "not-asked"];
    let (seen, quarantined) = seen_of(CELL, &answers, &["w_survey"]).await;
    let millionths = ["85000000", "85123456", "1540000", "1234568", "0", "0", "0", "1000", "1000000000000", "-", "-"];
    assert_eq!(seen, millionths);
    assert_eq!(quarantined, [""; 0]);

    let answers = ["-0.5", "1000000.1", "1e300", "1,234", "heavy", "NaN", "inf", "it is not known", "9434765919"];
    let (seen, quarantined) = seen_of(CELL, &answers, &["w_survey", "i_digging"]).await;
    // The answers of a row without a weight count where nothing is weighted.
    assert_eq!(seen, ["- 2"; 9]);
    let range = "`survey` is a number from 0 to 1000000";
    assert_eq!(
        quarantined,
        [
            format!("10 false answer {range} [withheld]"),
            format!("2 false answer {range} -0.5"),
            format!("3 false answer {range} 1000000.1"),
            format!("4 false answer {range} 1e300"),
            "5 false answer a comma that may divide thousands or decimals 1,234".into(),
            "6 false answer not a number heavy".into(),
            "7 false answer not a number NaN".into(),
            "8 false answer not a number inf".into(),
            "9 false answer not a number [withheld]".into(),
        ]
    );

    let meant = CELL.replacen("\"answer\"\n", "\"answer\"\nvalues = { \"*\" = \"not-answered\" }\nblank = \"1\"\n", 1);
    let (seen, quarantined) = seen_of(&meant, &["*", "", "2"], &["w_survey"]).await;
    assert_eq!((seen, quarantined), (["-", "1000000", "2000000"].map(String::from).to_vec(), Vec::new()));
}

#[tokio::test]
async fn a_weight_alone_is_no_answer_and_another_one_is_a_correction() {
    let bench = Bench::garden();
    let mapping = mapping(
        r#"
[person]
column = "who"
scheme = "allotment"
[[responses]]
instrument = "garden-visit"
occasion = "before"
items.harvest = { column = "before" }
weights.survey = { column = "weight" }
[[responses]]
instrument = "garden-visit"
occasion = "after"
items.harvest = { column = "after" }
weights.survey = { column = "weight" }
"#,
    );
    let header = "id,who,before,after,weight";
    let rows = ["1,,5,6,1.5", "2,,5,,2.5", "3,,,,3.5", "4,54-321,5,,54321.25", "5,,5,,0.5"];
    let report = bench.land("one.csv", &file(header, &rows), &mapping).await;
    assert_eq!(report.counts, counts(5, [0, 5, 0, 0, 0]));
    // The same weight otherwise written, and one that differs by less than a millionth, is none.
    let rows = ["1,,5,6,1.50", "2,,5,,2.5000000001", "3,,,,3.5", "4,54-321,5,,54321.25", "5,,5,,0.6"];
    let report = bench.land("two.csv", &file(header, &rows), &mapping).await;
    assert_eq!(report.counts, counts(5, [0, 0, 1, 0, 4]));
    assert_eq!(
        bench.rows(VISIT, &["f_age", "occasion", "i_harvest", "w_survey"]).await,
        [
            "1 after 6.0 1500000",
            "1 before 5.0 1500000",
            "2 before 5.0 2500000",
            "3 before - 3500000",
            // As any other number that names a person.
            "4 before 5.0 -",
            "5 before 5.0 600000",
        ]
    );
    let withheld = "5 false weight looks as if it named a person [withheld]";
    // Two responses of two files.
    assert_eq!(bench.quarantined().await, [withheld; 4]);
    assert_eq!(bench.holding("54321"), [""; 0]);
}

#[tokio::test]
async fn responses_that_landed_before_a_scheme_was_declared_are_outside_it() {
    let mut bench = Bench::garden();
    let plain = mapping("[[responses]]\ninstrument = \"garden-visit\"\nitems.harvest = { column = \"harvest\" }\n");
    bench.land("one.csv", &file("id,harvest,weight", &["1,5,1.5"]), &plain).await;
    let visit = super::garden::VISIT.replace("[\"survey\"]", "[\"survey\", \"later\"]");
    bench.declare("measures/instruments/garden-visit.toml", &visit);
    let both = format!("{plain}weights.survey = {{ column = \"weight\" }}\nweights.later = {{ always = \"2\" }}\n");
    bench.land("two.csv", &file("id,harvest,weight", &["2,5,2.5"]), &both).await;
    assert_eq!(bench.rows(VISIT, &["f_age", "w_survey", "w_later"]).await, ["1 - -", "2 2500000 2000000"]);
    // The same file with the mapping that has the weight brings it after.
    let report = bench.land("one.csv", &file("id,harvest,weight", &["1,5,1.5"]), &both).await;
    assert_eq!(report.counts, counts(1, [0, 0, 1, 0, 0]));
    assert_eq!(bench.rows(VISIT, &["f_age", "w_survey", "w_later"]).await, ["1 1500000 2000000", "2 2500000 2000000"]);
}

/// A decimal number: its digits, and how many of them stand behind the sign.
fn decimal() -> impl Strategy<Value = (u64, u32)> {
    let whole = prop_oneof![Just(0), Just(999_999), 0..100_u64, 0..2_000_000_u64];
    (whole, 0..1_000_000_000_u64, 0..=9_u32).prop_map(|(whole, rest, places)| {
        let ten = 10_u64.pow(places);
        (whole * ten + rest % ten, places)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weights_are_rounded_to_the_nearest_millionth(numbers in vec((decimal(), select(&[".", ","][..])), 1..60)) {
        let text = |((digits, places), sign): &((u64, u32), &str)| {
            let ten = 10_u64.pow(*places);
            let (whole, rest) = (digits / ten, digits % ten);
            // With three digits behind a comma, nobody knows which it is.
            let sign = if *places == 3 { "." } else { sign };
            if *places == 0 { whole.to_string() } else { format!("{whole}{sign}{rest:0width$}", width = *places as usize) }
        };
        let rows: Vec<String> = numbers.iter().enumerate().map(|(at, number)| format!("{},\"{}\"", at + 10, text(number))).collect();
        let bytes = file("id,answer", &rows.iter().map(String::as_str).collect::<Vec<_>>());
        let mapping = mapping(&format!("[[responses]]\ninstrument = \"garden-visit\"\n{CELL}"));
        let seen = tokio::runtime::Runtime::new().unwrap().block_on(async {
            let bench = Bench::garden();
            bench.land("garden.csv", &bytes, &mapping).await;
            bench.rows(VISIT, &["f_age", "w_survey"]).await
        });
        prop_assert_eq!(seen.len(), numbers.len());
        for (seen, number) in seen.iter().zip(&numbers) {
            let ((digits, places), _) = *number;
            let (digits, ten) = (i128::from(digits), 10_i128.pow(places));
            let landed = seen.split_once(' ').unwrap().1;
            if digits > 1_000_000 * ten {
                prop_assert_eq!(landed, "-", "{}", text(number));
                continue;
            }
            let landed: i128 = landed.parse().unwrap();
            // In units of the last digit, times a million. Halves may go either way: 64 bits hold no decimal beyond sixteen digits.
            let off = (landed * ten - digits * 1_000_000).abs();
            prop_assert!(off * 2_000 <= ten * 1_001, "{} became {landed}", text(number));
            prop_assert!(places > 6 || off == 0, "{} became {landed}", text(number));
        }
    }
}
