//! The real file of friends-and-family comments, by the script that ships with its mapping, against a count of our own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::support::shared;

#[test]
fn the_friends_and_family_file_gives_what_another_reader_counts() {
    let Some(shared) = shared() else { return };
    let data = shared.join("real/nhs-fft/fft_comments_two_trusts.csv");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/nhs-fft/run.sh");
    let output = Command::new(script)
        .arg(&data)
        .env("TELLONCE", env!("CARGO_BIN_EXE_tellonce"))
        .env_remove("TELLONCE_KEY")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("without a certain date: 471 with two readings, 0 with none"), "{told}");

    // Another reader: the csv crate, and people told apart by their ids alone.
    let mut people: BTreeMap<String, (String, u8)> = BTreeMap::new();
    let mut rows = 0;
    for record in csv::Reader::from_path(&data).unwrap().records() {
        let record = record.unwrap();
        let service = record[4].split_whitespace().collect::<Vec<_>>().join(" ");
        let service = if service.is_empty() { "not stated".to_owned() } else { service };
        people.insert(record[2].to_owned(), (service, record[6].parse().unwrap()));
        rows += 1;
    }
    assert_eq!((rows, people.len()), (7_908, 4_466));
    let mut expected: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for (service, answer) in people.into_values() {
        let (n, positive) = expected.entry(service).or_default();
        *n += 1.0;
        *positive += f64::from(u8::from(answer <= 2));
    }

    let csv = String::from_utf8(output.stdout).unwrap();
    assert!(csv.starts_with("service,n,positive,lower,upper\n") && csv.ends_with('\n') && !csv.contains('\r'));
    let mut seen = BTreeSet::new();
    for record in csv::Reader::from_reader(csv.as_bytes()).records() {
        let record = record.unwrap();
        let number = |at: usize| record[at].parse::<f64>().unwrap();
        let (n, positive) = expected[&record[0]];
        assert_eq!((number(1), number(2)), (n, positive), "{}", &record[0]);
        // Wilson (1927), written out again.
        let (z, p) = (1.959_963_984_540_054_f64, positive / n);
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        for (at, limit) in [(3, middle - half), (4, middle + half)] {
            assert!((number(at) - limit / (1.0 + z * z / n)).abs() < 1e-12, "{}", &record[0]);
        }
        seen.insert(record[0].to_owned());
    }
    assert_eq!(seen, expected.into_keys().collect());
}
