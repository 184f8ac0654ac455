//! Damaged files: each row is read, or kept in quarantine with its reason; the rows around it land.

use super::{CLINIC, GOOD, GOOD_SEEN, HEADER, POOR, POOR_SEEN, clinic, file};
use crate::support::{Bench, counts};

/// Lands a damaged row between two good ones: the good ones land, the damaged one is put aside for `reason`.
async fn put_aside(bad: &str, reason: &str) {
    let bench = Bench::new();
    let report = bench.land("clinic.csv", &clinic(&[GOOD, bad, POOR]), CLINIC).await;
    assert_eq!(report.counts, counts(3, [1, 2, 0, 0, 0]), "{bad:?}");
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN], "{bad:?}");
    assert_eq!(bench.quarantined().await, [format!("3 true - {reason} -")], "{bad:?}");
}

/// Lands a file and finds the two good rows in it, and nothing wrong.
async fn reads_as_usual(bytes: &[u8]) -> Vec<String> {
    let bench = Bench::new();
    let report = bench.land("clinic.csv", bytes, CLINIC).await;
    assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN]);
    assert_eq!(bench.quarantined().await, [""; 0]);
    report.notes
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_the_first_column() {
    let plain = clinic(&[GOOD, POOR]);
    assert_eq!(reads_as_usual(&plain).await, [""; 0]);
    assert_eq!(reads_as_usual(&[b"\xef\xbb\xbf", &plain[..]].concat()).await, [""; 0]);
}

#[tokio::test]
async fn utf_16_is_read_with_and_without_its_mark() {
    let text = String::from_utf8(clinic(&[GOOD, POOR])).unwrap();
    // A column name with a letter that has no zero byte.
    let welsh = text.replacen("id,", "id,ŵ,", 1).replace("\n1,", "\n1,,").replace("\n2,", "\n2,,");
    for text in [text, welsh] {
        for mark in ["\u{feff}", ""] {
            let units: Vec<u16> = format!("{mark}{text}").encode_utf16().collect();
            let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
            assert_eq!(reads_as_usual(&little).await, ["read as UTF-16LE"]);
            assert_eq!(reads_as_usual(&big).await, ["read as UTF-16BE"]);
        }
    }
}

#[tokio::test]
async fn windows_bytes_in_a_utf_8_file_are_letters() {
    let bench = Bench::new();
    let mut bytes = clinic(&[GOOD]);
    bytes.extend_from_slice(b"2,15/03/2026,A81001,app,,42,Poor,caf\xe9 na\xc3\xafve \x93quoted\x94\n");
    let report = bench.land("clinic.csv", &bytes, CLINIC).await;
    assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
    assert_eq!(report.notes, ["3 bytes are not UTF-8 and were read as Windows-1252"]);
    assert_eq!(bench.rows("comments", &["item", "number", "text"]).await, ["why 1 café naïve “quoted”"]);
}

#[tokio::test]
async fn ragged_rows_are_put_aside_with_their_number_of_cells() {
    put_aside("3,16/03/2026,A81001", "ragged: 3 cells where the header has 8").await;
    put_aside("3,16/03/2026,A81001,app,,43,Good,fine,more", "ragged: 9 cells where the header has 8").await;
    // Separators at the end are not cells.
    let bench = Bench::new();
    let report = bench.land("clinic.csv", &clinic(&[GOOD, &format!("{POOR},,")]), CLINIC).await;
    assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
}

#[tokio::test]
async fn empty_rows_and_blank_lines_are_put_aside() {
    for blank in ["", "   ", ",,,", ",,,,,,,", "\"\",\"\"", "\u{a0},,,,,,,"] {
        put_aside(blank, "blank line").await;
    }
}

#[tokio::test]
async fn the_header_again_is_put_aside() {
    put_aside(HEADER, "the header again").await;
    put_aside("id, date ,practice,mode,nhs,age,\"answer\",why", "the header again").await;
    // Two exports put one behind the other: the mark of the second stands before its header.
    put_aside(&format!("\u{feff}{HEADER}"), "the header again").await;
    put_aside("\u{feff}\"id\",date,practice,mode,nhs,age,answer,why", "the header again").await;
}

#[tokio::test]
async fn a_column_name_that_comes_twice_is_refused_only_where_the_mapping_needs_it() {
    let bench = Bench::new();
    let twice = file(&format!("{HEADER},answer"), &[&format!("{GOOD},Poor")]);
    let refused = bench.prepare("clinic.csv", &twice, CLINIC).await.err().unwrap();
    let said = refused.to_string();
    assert!(said.contains("more than one column `answer`"), "{said}");
    assert!(refused.mend().is_some());
    assert_eq!(bench.store.names().await.unwrap(), [""; 0], "nothing is written");

    let unmapped = file(&format!("{HEADER},other,other,,"), &[&format!("{GOOD},x,y,,"), &format!("{POOR},x,y")]);
    assert_eq!(reads_as_usual(&unmapped).await, [""; 0]);
    let empty_within = file("id,,date,practice,mode,nhs,age,answer,why", &["1,x,14/03/2026,A81001,paper,,41,Good,"]);
    let report = bench.land("clinic.csv", &empty_within, CLINIC).await;
    assert_eq!(report.counts, counts(1, [0, 1, 0, 0, 0]));
}

#[tokio::test]
async fn an_unclosed_quote_costs_one_row() {
    put_aside("3,16/03/2026,A81001,app,,43,Good,\"fine", "a quote does not close").await;
    put_aside("3,16/03/2026,A81001,app,,43,Good,\"fine\" she said", "a quote does not close").await;
    // Rows behind it that have quotes of their own land too.
    let bench = Bench::new();
    let open = "3,16/03/2026,A81001,app,,43,Good,\"no end";
    let quoted = "4,17/03/2026,A81001,app,,44,\"Very good\",\"a \"\"quoted\"\" word,\nand a second line\"";
    let report = bench.land("clinic.csv", &clinic(&[GOOD, open, quoted, POOR]), CLINIC).await;
    assert_eq!(report.counts, counts(4, [1, 3, 0, 0, 0]));
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN, "44 2026-03-17 A81001 app 1"]);
    assert_eq!(bench.quarantined().await, ["3 true - a quote does not close -"]);
    assert_eq!(bench.rows("comments", &["text"]).await, ["a \"quoted\" word,\nand a second line"]);
}

#[tokio::test]
async fn a_lone_carriage_return_ends_a_row() {
    let text = String::from_utf8(clinic(&[GOOD, POOR])).unwrap();
    for end in ["\r", "\r\n"] {
        assert_eq!(reads_as_usual(text.replace('\n', end).as_bytes()).await, [""; 0]);
    }
    // In the middle of a row it leaves two halves, and both are put aside.
    let bench = Bench::new();
    let report = bench.land("clinic.csv", &clinic(&[GOOD, "3,16/03/2026,A81\r001,app,,43,Good,", POOR]), CLINIC).await;
    assert_eq!(report.counts, counts(4, [2, 2, 0, 0, 0]));
    assert_eq!(
        bench.quarantined().await,
        ["3 true - ragged: 3 cells where the header has 8 -", "4 true - ragged: 6 cells where the header has 8 -"]
    );
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN]);
    let [(reason, .., whole, count, line)] = &report.problems[..] else { panic!("{:?}", report.problems) };
    assert_eq!((reason.as_str(), *whole, *count, *line), ("ragged", true, 2, 3));
}

#[tokio::test]
async fn a_file_without_a_header_is_refused_and_one_without_rows_lands_empty() {
    let bench = Bench::new();
    for nothing in [&b""[..], b"\n", b"\xef\xbb\xbf", b"\"id,date\n1,2\n"] {
        let refused = bench.prepare("clinic.csv", nothing, CLINIC).await.err().unwrap();
        assert!(refused.to_string().contains("there is no header"), "{refused}");
        assert!(refused.mend().is_some());
    }
    // The first line is a row of answers: the message names the columns that are missed, and nothing of the row.
    let refused = bench.prepare("clinic.csv", b"9,1/2/26,A81001,app,9434765919,9,Good,9434765910\n", CLINIC).await;
    let said = refused.err().unwrap().to_string();
    assert!(said.contains("there is no column `id`") && !said.contains("94347"), "{said}");
    assert_eq!(bench.store.names().await.unwrap(), [""; 0], "nothing is written");

    let report = bench.land("clinic.csv", HEADER.as_bytes(), CLINIC).await;
    assert_eq!(report.counts, counts(0, [0; 5]));
    assert_eq!(bench.landings().await.standing().count(), 1);
    assert_eq!(bench.answers().await, [""; 0]);
}

#[tokio::test]
async fn a_column_that_is_not_there_is_named_with_the_one_that_may_be_meant() {
    let bench = Bench::new();
    let header = HEADER.replace("practice", "Practise").replace("answer", "reply");
    let refused = bench.prepare("clinic.csv", &file(&header, &[GOOD]), CLINIC).await.err().unwrap();
    let said = refused.to_string();
    assert!(said.contains("clinic.csv"), "{said}");
    assert!(said.contains("there is no column `practice`; did you mean `Practise`?"), "{said}");
    assert!(said.contains("there is no column `answer`"), "{said}");
    assert_eq!(refused.exit_code(), 3);
    assert!(refused.mend().unwrap().contains("mapping"));
    assert_eq!(bench.store.names().await.unwrap(), [""; 0], "nothing is written");
}
