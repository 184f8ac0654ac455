//! Pseudonyms: one person is one person however the number is written, and nobody without the key.

use tellonce::land::Key;

use super::{CLINIC, GOOD, RESPONSES, clinic};
use crate::support::{Bench, counts};

const SPACED: &str = "1,14/03/2026,A81001,paper,943 476 5919,41,Good,";
const PLAIN: &str = "2,14/03/2026,A81001,paper,9434765919,42,Good,";
const OTHER: &str = "3,14/03/2026,A81001,paper,4010232137,43,Good,";
const WRONG: &str = "4,14/03/2026,A81001,paper,9434765918,44,Good,";

/// The persons of the responses, in the order of the ages in the rows.
async fn persons(bench: &Bench) -> Vec<String> {
    let rows = bench.rows(RESPONSES, &["f_age", "person"]).await;
    rows.iter().map(|row| row.split(' ').nth(1).unwrap().to_owned()).collect()
}

fn other_key() -> Option<Key> {
    Some(Key::new("another key for tests, long enough as well").unwrap())
}

#[tokio::test]
async fn one_number_is_one_person_however_it_is_written() {
    let bench = Bench::new();
    let report = bench.land("one.csv", &clinic(&[SPACED, PLAIN, OTHER]), CLINIC).await;
    assert_eq!(report.counts, counts(3, [0, 3, 0, 0, 0]));
    let persons = persons(&bench).await;
    assert_eq!(persons[0], persons[1]);
    assert_ne!(persons[0], persons[2]);
    assert!(persons.iter().all(|person| person.len() == 22 && !person.contains("943")));
    assert_eq!(report.notes, [""; 0]);
    let landings = bench.landings().await;
    let fingerprint = landings.all()[0].key_fingerprint.clone();
    assert_eq!(fingerprint, bench.key.as_ref().map(Key::fingerprint));
}

#[tokio::test]
async fn the_same_number_in_two_schemes_is_two_people() {
    let bench = Bench::new();
    bench.land("one.csv", &clinic(&[PLAIN]), CLINIC).await;
    for (system, scheme) in [("ward-a", "ward-a-number"), ("ward-b", "ward-b-number"), ("ward-c", "ward-b-number")] {
        let mapping = CLINIC.replace("\"clinic\"", &format!("\"{system}\"")).replace("nhs-number", scheme);
        bench.land("one.csv", &clinic(&[PLAIN]), &mapping).await;
    }
    let mut persons = persons(&bench).await;
    assert_eq!(persons.len(), 4);
    persons.sort();
    persons.dedup();
    assert_eq!(persons.len(), 3, "two systems that share a scheme share their people");
}

#[tokio::test]
async fn a_wrong_check_digit_is_nobody() {
    let bench = Bench::new();
    let report = bench.land("one.csv", &clinic(&[WRONG, GOOD]), CLINIC).await;
    assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
    assert_eq!(persons(&bench).await, ["-", "-"]);
    assert_eq!(bench.quarantined().await, ["2 false nhs the identifier cannot be right -"]);

    let required = CLINIC.replace("scheme = ", "required = true\nscheme = ");
    let bench = Bench::new();
    let report = bench.land("one.csv", &clinic(&[WRONG, GOOD, PLAIN]), &required).await;
    assert_eq!(report.counts, counts(3, [2, 1, 0, 0, 0]));
    let put_aside = ["2 true nhs the identifier cannot be right -", "3 true nhs no identifier -"];
    assert_eq!(bench.quarantined().await, put_aside);
}

#[tokio::test]
async fn without_a_key_there_are_no_people_and_the_report_says_so() {
    let mut bench = Bench::new();
    bench.key = None;
    let report = bench.land("one.csv", &clinic(&[SPACED, PLAIN]), CLINIC).await;
    assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
    assert_eq!(persons(&bench).await, ["-", "-"]);
    assert!(report.notes[0].contains("no pseudonym key: identifiers are not landed"), "{:?}", report.notes);
    assert_eq!(bench.landings().await.all()[0].key_fingerprint, None);

    // With the key the same file makes them people; the responses stay the same ones.
    let ids = bench.rows(RESPONSES, &["response_id"]).await;
    bench.key = Bench::new().key;
    let later = bench.land("one.csv", &clinic(&[SPACED, PLAIN]), CLINIC).await;
    assert_eq!(later.counts, counts(2, [0, 0, 2, 0, 0]));
    assert!(persons(&bench).await.iter().all(|person| person != "-"));
    assert_eq!(bench.rows(RESPONSES, &["response_id"]).await, ids);
}

#[tokio::test]
async fn a_missing_key_takes_nobody_away() {
    let mut bench = Bench::new();
    bench.land("one.csv", &clinic(&[SPACED, OTHER]), CLINIC).await;
    let before = persons(&bench).await;
    bench.key = None;
    // The same answers in a later file.
    let later = bench.land("two.csv", &clinic(&[SPACED, OTHER, GOOD.replacen('1', "9", 1).as_str()]), CLINIC).await;
    assert_eq!(later.counts, counts(3, [0, 1, 0, 0, 2]));
    assert_eq!(bench.rows(RESPONSES, &["person"]).await.iter().filter(|person| before.contains(person)).count(), 2);
    // The very same file.
    let again = bench.land("one.csv", &clinic(&[SPACED, OTHER]), CLINIC).await;
    assert!(again.stands_already);
    // A corrected answer, and a changed comment.
    let poor = SPACED.replace("Good", "Poor");
    let corrected = bench.land("three.csv", &clinic(&[&poor, &format!("{OTHER}kind")]), CLINIC).await;
    assert_eq!(corrected.counts, counts(2, [0, 0, 2, 0, 0]));
    let now = persons(&bench).await;
    assert_eq!([&now[1], &now[2]], [&before[0], &before[1]]);
    // A mapping that leaves the person out knows nobody either, with the key.
    bench.key = Bench::new().key;
    let nobody = CLINIC.replace("[person]\ncolumn = \"nhs\"\nscheme = \"nhs-number\"\n", "");
    let later = bench.land("four.csv", &clinic(&[&poor]), &nobody).await;
    assert_eq!(later.counts, counts(1, [0, 0, 0, 0, 1]));
    // With the key, what the file says of the person holds again.
    let another = bench.land("five.csv", &clinic(&[&poor.replace("943 476 5919", "4010232137")]), CLINIC).await;
    assert_eq!(another.counts, counts(1, [0, 0, 1, 0, 0]));
    let now = persons(&bench).await;
    assert_eq!(now[1], now[2]);
}

#[tokio::test]
async fn another_key_is_refused_unless_it_is_meant() {
    let mut bench = Bench::new();
    bench.land("one.csv", &clinic(&[SPACED]), CLINIC).await;
    let (persons_before, ids) = (persons(&bench).await, bench.rows(RESPONSES, &["response_id"]).await);
    let tables = bench.everything().await;
    bench.key = other_key();
    let later = clinic(&[SPACED, ""]);
    let refused = bench.prepare("two.csv", &later, CLINIC).await.err().unwrap();
    assert!(refused.to_string().contains("the pseudonym key is not the one"), "{refused}");
    assert!(refused.mend().unwrap().contains("--new-key"));
    assert_eq!(refused.exit_code(), 2);
    assert_eq!(bench.everything().await, tables);

    // A file that names nobody needs no key, and so no right one.
    let nobody = CLINIC.replace("[person]\ncolumn = \"nhs\"\nscheme = \"nhs-number\"\n", "").replace("clinic", "other");
    bench.land("nobody.csv", &clinic(&[GOOD.replace("41", "90").as_str()]), &nobody).await;

    bench.new_key = true;
    let meant = bench.land("two.csv", &later, CLINIC).await;
    assert_eq!(meant.counts, counts(2, [1, 0, 1, 0, 0]));
    assert_ne!(persons(&bench).await[0], persons_before[0]);
    assert!(bench.rows(RESPONSES, &["response_id"]).await.contains(&ids[0]), "the response keeps its id");

    // From now on the new key is the known one, also where the landing under the old one is taken back.
    bench.new_key = false;
    let old = bench.landings().await.all().iter().find(|landing| landing.file_name == "one.csv").unwrap().id.clone();
    bench.unland(&old).await;
    bench.land("three.csv", &clinic(&[SPACED, PLAIN]), CLINIC).await;
    bench.key = Bench::new().key;
    assert!(bench.prepare("four.csv", &clinic(&[SPACED, PLAIN, ""]), CLINIC).await.is_err());
}

#[tokio::test]
async fn where_the_id_is_a_person_the_key_is_needed_and_must_be_the_same() {
    for person in [true, false] {
        let mut mapping = CLINIC.replace("columns = [\"id\"]", "columns = [\"nhs\"]\nis_person = true");
        if !person {
            mapping = mapping.replace("[person]\ncolumn = \"nhs\"\nscheme = \"nhs-number\"\n", "");
        }
        let mut bench = Bench::new();
        bench.key = None;
        let bytes = clinic(&[SPACED, OTHER]);
        let refused = bench.prepare("one.csv", &bytes, &mapping).await.err().unwrap();
        assert!(refused.to_string().contains("there is no pseudonym key"), "{refused}");
        assert!(refused.mend().unwrap().contains("TELLONCE_KEY"));
        assert_eq!(bench.store.names().await.unwrap(), [""; 0]);

        bench.key = Bench::new().key;
        let report = bench.land("one.csv", &bytes, &mapping).await;
        assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
        // Written otherwise it is the same response.
        let unspaced = clinic(&[&SPACED.replace("943 476 5919", "943-4765919"), OTHER, WRONG]);
        let later = bench.land("two.csv", &unspaced, &mapping).await;
        let wrong = if person { [1, 0, 0, 0, 2] } else { [0, 1, 0, 0, 2] };
        assert_eq!(later.counts, counts(3, wrong), "person {person}");

        // Under another key every response would be another one.
        bench.key = other_key();
        let refused = bench.prepare("three.csv", &clinic(&[SPACED, ""]), &mapping).await.err().unwrap();
        assert!(refused.mend().unwrap().contains("--new-key"), "{refused}");
    }
}
