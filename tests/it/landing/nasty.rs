//! Whatever stands in a file, landing ends with every row counted once.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tellonce::land::apply;

use super::garden::mapping;
use super::{CLINIC, HEADER, RESPONSES, file};
use crate::support::Bench;

/// Pieces that files break on.
const PIECES: [&str; 40] = [
    ",",
    ",",
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "\"",
    "\"\"",
    "\"a,b\"",
    "\0",
    "\u{feff}",
    "\u{a0}",
    " ",
    "1",
    "2",
    "3",
    "Good",
    "Poor",
    "9",
    "-1",
    "14/03/2026",
    "31/02/2026",
    "03/10/2025",
    "99/99/9999",
    "2026-03-14T25:61:61+99:99",
    "A81001",
    "paper",
    "9434765919",
    "943 476 5919",
    "41",
    "999999999999999999999",
    "=cmd|'/C calc'!A0",
    "é",
    "\u{202e}",
    "😀",
    "id,date,practice,mode,nhs,age,answer,why",
    "1,14/03/2026,A81001,paper,,41,Good,",
    "2,15/03/2026,A81001,app,,42,Poor,",
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    vec(select(&PIECES[..]), 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

/// Pieces with any bytes between, behind a header or not, as UTF-8 or UTF-16.
fn nasty() -> impl Strategy<Value = Vec<u8>> {
    let torn =
        (text(), vec(any::<u8>(), 0..12), text()).prop_map(|(before, bytes, after)| [before, bytes, after].concat());
    let headed = (prop_oneof![text(), torn], select(&["\n", "\r\n", "\r", "\n\n"][..]))
        .prop_map(|(rest, end)| [HEADER.as_bytes(), end.as_bytes(), &rest].concat());
    let wide = text().prop_map(|rest| {
        let text = format!("\u{feff}{HEADER}\n{}", String::from_utf8_lossy(&rest));
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    });
    prop_oneof![6 => headed, 1 => wide, 1 => vec(any::<u8>(), 0..200)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_counts_once_whatever_stands_in_the_file(
        bytes in nasty(),
        several in any::<bool>(),
        ids in any::<bool>(),
    ) {
        let mapping = match (ids, several) {
            (true, true) => CLINIC.replace("columns = [\"id\"]", "columns = [\"id\"]\nseveral_rows = true"),
            (true, false) => CLINIC.to_owned(),
            (false, _) => CLINIC.replace("[identity]\ncolumns = [\"id\"]\n", ""),
        };
        let mapping = mapping.replace("order = ", "scope = \"practice\"\norder = ");
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let bench = Bench::new();
            // A header that does not fit is refused in words; anything else lands, and every row of it is counted once.
            match bench.prepare("nasty.csv", &bytes, &mapping).await {
                Ok(prepared) => {
                    let counts = prepared.report.counts;
                    assert!(counts.conserved(), "{counts:?}");
                    assert_eq!((counts.corrected, counts.already_there), (0, 0));
                    apply(&bench.store, &prepared.commits).await.unwrap();
                    assert_eq!(bench.rows(RESPONSES, &["response_id"]).await.len() as u64, counts.landed);
                    let put_aside = bench.rows("quarantine", &["whole_row"]).await;
                    assert_eq!(put_aside.iter().filter(|row| *row == "true").count() as u64, counts.quarantined);
                    let again = bench.land("nasty.csv", &bytes, &mapping).await;
                    assert!(again.stands_already);
                    assert_eq!(again.counts.already_there, counts.landed + counts.folded);
                    assert_eq!(again.counts.quarantined, counts.quarantined);
                }
                Err(refused) => assert_eq!(refused.exit_code(), 3, "{refused}"),
            }
        });
    }
}

/// Rows of few ids: answers given once, repeats that are rows, and a second response on a day of its own.
const GARDEN: &str = r#"
[date]
column = "date"
order = "day-month-year"
scope = "place"
[how.respondent]
column = "who"
[[responses]]
instrument = "garden-visit"
[responses.items.digging]
column = "digging"
[responses.items.grew]
column = "grew"
split = ";"
[responses.comments.words]
column = "words"
[[responses]]
instrument = "garden-visit"
occasion = "after"
date = { column = "later", order = "day-month-year", scope = "place", required = true }
[responses.items.harvest]
column = "harvest"
[responses.items.sown]
column = "sown"
[[responses]]
instrument = "garden-goals"
repeat_column = "goal"
[responses.items.reached]
column = "reached"
[responses.comments.goal]
column = "aim"
"#;

/// The columns of that file, and what stands in them.
const CELLS: [(&str, &[&str]); 13] = [
    ("id", &["1", "2", "3", ""]),
    ("place", &["shed", "lawn"]),
    ("date", &["14/03/2026", "03/10/2025", "12/31/2025", ""]),
    ("who", &["self", "carer", "proxy", ""]),
    ("digging", &["easy", "hard", "9", "", "", "?"]),
    ("grew", &["beans;peas;", "kale", "", "", "leeks"]),
    ("words", &["", "", "thanks"]),
    ("later", &["", "", "15/09/2026", "04/05/2026", "x"]),
    ("harvest", &["", "", "5", "5.0", "999", "x"]),
    ("sown", &["", "", "2026-03-14", "x"]),
    ("goal", &["", "1", "2", "2.0", "0", "x"]),
    ("reached", &["", "", "5", "7", "x"]),
    ("aim", &["", "", "beans"]),
];

fn garden() -> impl Strategy<Value = Vec<u8>> {
    let row = CELLS.iter().map(|(_, cells)| select(*cells)).collect::<Vec<_>>();
    let header = CELLS.map(|(name, _)| name).join(",");
    vec(row, 0..40).prop_map(move |rows| {
        let rows: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        file(&header, &rows.iter().map(String::as_str).collect::<Vec<_>>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_row_counts_once_whatever_its_repeats_and_parts_say(bytes in garden(), several in any::<bool>()) {
        let mapping = match several {
            true => mapping(GARDEN).replace("columns = [\"id\"]", "columns = [\"id\"]\nseveral_rows = true"),
            false => mapping(GARDEN),
        };
        tokio::runtime::Runtime::new().unwrap().block_on(async {
            let bench = Bench::garden();
            let report = bench.land("garden.csv", &bytes, &mapping).await;
            let counts = report.counts;
            assert_eq!(counts.corrected, 0);
            let mut ids = bench.rows("responses/garden-visit", &["response_id"]).await;
            ids.extend(bench.rows("responses/garden-goals", &["response_id"]).await);
            let responses = ids.len() as u64;
            assert_eq!(responses, report.responses.iter().map(|(_, counts)| counts[0]).sum::<u64>());
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len() as u64, responses, "no response is there twice");
            assert!(responses >= counts.landed, "a row that landed gave a response");
            let tables = bench.everything().await;
            let again = bench.land("garden.csv", &bytes, &mapping).await;
            assert!(again.stands_already);
            assert_eq!(again.counts.already_there, counts.landed + counts.folded + counts.already_there);
            assert!(bench.everything().await == tables);
        });
    }
}
