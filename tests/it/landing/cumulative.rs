//! Real exports are cumulative: a later file adds nothing, adds, or corrects; a landing can be taken back.

use super::{CLINIC, GOOD, GOOD_SEEN, POOR, POOR_SEEN, RESPONSES, clinic, file};
use crate::support::{Bench, counts};

const CORRECTED: &str = "1,14/03/2026,A81001,paper,,41,Very good,";
const CORRECTED_SEEN: &str = "41 2026-03-14 A81001 paper 1";
const AGAIN: &str = "1,14/03/2026,A81001,paper,,41,Neither,";
const AGAIN_SEEN: &str = "41 2026-03-14 A81001 paper 3";
const NEW: &str = "3,16/03/2026,A81001,app,,43,Very poor,";
const NEW_SEEN: &str = "43 2026-03-16 A81001 app 5";

/// Three exports, each the one before with a correction or more; returns the names of their landings.
async fn three_landings(bench: &Bench) -> [String; 3] {
    let one = bench.land("one.csv", &clinic(&[GOOD, POOR]), CLINIC).await;
    assert_eq!(one.counts, counts(2, [0, 2, 0, 0, 0]));
    let two = bench.land("two.csv", &clinic(&[CORRECTED, POOR]), CLINIC).await;
    assert_eq!(two.counts, counts(2, [0, 0, 1, 0, 1]));
    assert_eq!(bench.answers().await, [CORRECTED_SEEN, POOR_SEEN]);
    let three = bench.land("three.csv", &clinic(&[AGAIN, POOR, NEW]), CLINIC).await;
    assert_eq!(three.counts, counts(3, [0, 1, 1, 0, 1]));
    assert_eq!(bench.answers().await, [AGAIN_SEEN, POOR_SEEN, NEW_SEEN]);
    [one.landing, two.landing, three.landing]
}

#[tokio::test]
async fn a_later_file_with_the_same_ids_adds_only_what_is_new() {
    let bench = Bench::new();
    bench.land("one.csv", &clinic(&[GOOD, POOR]), CLINIC).await;
    let before = bench.answers().await;
    let later = bench.land("two.csv", &clinic(&[POOR, GOOD]), CLINIC).await;
    assert_eq!(later.counts, counts(2, [0, 0, 0, 0, 2]));
    assert!(!later.stands_already, "it is another file, and its landing is on record");
    assert_eq!(bench.answers().await, before);
    let third = bench.land("three.csv", &clinic(&[GOOD, POOR, NEW]), CLINIC).await;
    assert_eq!(third.counts, counts(3, [0, 1, 0, 0, 2]));
    assert_eq!(third.responses, [("friends-and-family (after-contact)".into(), [1, 0, 2])]);
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN, NEW_SEEN]);
}

#[tokio::test]
async fn a_correction_takes_the_place_of_what_it_corrects() {
    let bench = Bench::new();
    let [_, two, three] = three_landings(&bench).await;
    // Every row that gives way is named once for each landing it gives way to.
    let by = bench.rows("superseded", &["by_landing"]).await;
    assert_eq!(by.iter().filter(|landing| **landing == two).count(), 1);
    assert_eq!(by.iter().filter(|landing| **landing == three).count(), 2);
    assert_eq!(bench.rows(RESPONSES, &["response_id"]).await.len(), 3);
}

#[tokio::test]
async fn taking_back_any_landing_of_a_chain_leaves_one_row_a_response_or_none() {
    for (which, left) in [
        // POOR came with the first landing alone: with it, it goes.
        (0, vec![AGAIN_SEEN, NEW_SEEN]),
        (1, vec![AGAIN_SEEN, POOR_SEEN, NEW_SEEN]),
        (2, vec![CORRECTED_SEEN, POOR_SEEN]),
    ] {
        let bench = Bench::new();
        let landings = three_landings(&bench).await;
        let preview = bench.unland(&landings[which]).await;
        assert_eq!(preview.seen, [("friends-and-family".into(), 3, left.len())]);
        assert_eq!(bench.answers().await, left, "without landing {which}");
    }
}

#[tokio::test]
async fn taking_back_all_landings_in_any_order_leaves_nothing() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0], [0, 2, 1], [2, 0, 1]] {
        let bench = Bench::new();
        let landings = three_landings(&bench).await;
        for which in order {
            bench.unland(&landings[which]).await;
            let ids = bench.rows(RESPONSES, &["response_id"]).await;
            let mut single = ids.clone();
            single.dedup();
            assert_eq!(ids, single, "{order:?}: one row a response");
        }
        assert_eq!(bench.answers().await, [""; 0], "{order:?}");
    }
}

#[tokio::test]
async fn what_was_taken_back_can_land_again() {
    let bench = Bench::new();
    let [one, two, three] = three_landings(&bench).await;
    for (landing, name, rows, landed) in [
        (three, "three.csv", &[AGAIN, POOR, NEW][..], counts(3, [0, 1, 1, 0, 1])),
        // The third file corrects it: what lands last is what is seen.
        (two, "two.csv", &[CORRECTED, POOR][..], counts(2, [0, 0, 1, 0, 1])),
        // Only the first file gave POOR; its other row lands as a correction of what stands.
        (one, "one.csv", &[GOOD, POOR][..], counts(2, [0, 1, 1, 0, 0])),
    ] {
        bench.unland(&landing).await;
        let again = bench.land(name, &clinic(rows), CLINIC).await;
        assert_ne!(again.landing, landing, "a landing that ended stays ended");
        assert!(!again.stands_already);
        assert_eq!(again.counts, landed, "{name}");
    }
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN, NEW_SEEN]);
}

#[tokio::test]
async fn what_only_a_landing_gave_that_was_taken_back_comes_back_with_any_file_that_holds_it() {
    let bench = Bench::new();
    let [one, ..] = three_landings(&bench).await;
    bench.unland(&one).await;
    // The third file stands, and was found to bring nothing new of POOR: now it does.
    let again = bench.land("three.csv", &clinic(&[AGAIN, POOR, NEW]), CLINIC).await;
    assert_eq!(again.counts, counts(3, [0, 1, 0, 0, 2]));
    assert_eq!(bench.answers().await, [AGAIN_SEEN, POOR_SEEN, NEW_SEEN]);
    assert!(bench.land("three.csv", &clinic(&[AGAIN, POOR, NEW]), CLINIC).await.stands_already);
}

#[tokio::test]
async fn a_landing_that_is_not_there_or_was_taken_back_cannot_be_taken_back() {
    let bench = Bench::new();
    let session = tellonce::session::session().unwrap();
    let refused = tellonce::land::unland(&bench.store, &session, "nothing", bench.now).await.err().unwrap();
    assert_eq!(refused.mend(), Some("nothing has landed yet"));
    let [one, two, _] = three_landings(&bench).await;
    bench.unland(&one).await;
    let refused = tellonce::land::unland(&bench.store, &session, &one, bench.now).await.err().unwrap();
    assert!(refused.to_string().contains(&one) && refused.mend().unwrap().contains(&two), "{refused}");
}

#[tokio::test]
async fn the_same_file_twice_is_the_same_tables() {
    let bench = Bench::new();
    let bad = "4,31/02/2026,A81001,app,,44,9,odd";
    let bytes = clinic(&[GOOD, "", bad, POOR]);
    let first = bench.land("one.csv", &bytes, CLINIC).await;
    assert_eq!(first.counts, counts(4, [1, 3, 0, 0, 0]));
    assert_eq!(bench.landings().await.all()[0].counts, [4, 1, 3, 0, 0, 0]);
    let (tables, versions) = (bench.everything().await, bench.versions().await);
    // Under another name it is the same file.
    for name in ["one.csv", "copy.csv"] {
        let again = bench.land(name, &bytes, CLINIC).await;
        assert!(again.stands_already);
        assert_eq!(again.counts, counts(4, [1, 0, 0, 0, 3]));
        assert_eq!(bench.everything().await, tables);
        assert_eq!(bench.versions().await, versions);
    }
}

#[tokio::test]
async fn all_files_once_more_take_no_correction_back() {
    let bench = Bench::new();
    three_landings(&bench).await;
    let said = "3,16/03/2026,A81001,app,,43,Very poor,slow";
    bench.land("four.csv", &clinic(&[AGAIN, POOR, said]), CLINIC).await;
    let (tables, versions) = (bench.everything().await, bench.versions().await);
    for (name, rows) in [
        ("one.csv", &[GOOD, POOR][..]),
        ("two.csv", &[CORRECTED, POOR]),
        ("three.csv", &[AGAIN, POOR, NEW]),
        ("four.csv", &[AGAIN, POOR, said]),
    ] {
        let again = bench.land(name, &clinic(rows), CLINIC).await;
        assert!(again.stands_already, "{name}");
        assert_eq!(again.counts, counts(rows.len() as u64, [0, 0, 0, 0, rows.len() as u64]), "{name}");
    }
    assert_eq!(bench.everything().await, tables);
    assert_eq!(bench.versions().await, versions);
}

#[tokio::test]
async fn a_changed_comment_or_consent_is_a_correction() {
    let consent = CLINIC.replace("column = \"why\"", "column = \"why\"\nconsent = \"consent\"");
    let header = format!("{},consent", super::HEADER);
    let bench = Bench::new();
    let of = |said: &str, may: &str| file(&header, &[&format!("{GOOD}{said},{may}"), &format!("{POOR},")]);
    let seen = ["text", "consent_to_publish"];
    bench.land("one.csv", &of("kind", "yes"), &consent).await;
    assert_eq!(bench.rows("comments", &seen).await, ["kind true"]);
    let changed = bench.land("two.csv", &of("very kind", "yes"), &consent).await;
    assert_eq!(changed.counts, counts(2, [0, 0, 1, 0, 1]));
    assert_eq!(bench.rows("comments", &seen).await, ["very kind true"]);
    let withdrawn = bench.land("three.csv", &of("very kind", "no"), &consent).await;
    assert_eq!(withdrawn.counts, counts(2, [0, 0, 1, 0, 1]));
    assert_eq!(bench.rows("comments", &seen).await, ["very kind false"]);
    bench.unland(&withdrawn.landing).await;
    assert_eq!(bench.rows("comments", &seen).await, ["very kind true"]);
    let gone = bench.land("four.csv", &of("", ""), &consent).await;
    assert_eq!(gone.counts, counts(2, [0, 0, 1, 0, 1]));
    assert_eq!(bench.rows("comments", &seen).await, [""; 0]);
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN]);
}

#[tokio::test]
async fn without_ids_equal_rows_are_told_apart_by_their_number() {
    let no_ids = CLINIC.replace("[identity]\ncolumns = [\"id\"]\n", "");
    let bench = Bench::new();
    let first = bench.land("one.csv", &clinic(&[GOOD, POOR, GOOD]), &no_ids).await;
    assert_eq!(first.counts, counts(3, [0, 3, 0, 0, 0]));
    assert_eq!(bench.answers().await, [GOOD_SEEN, GOOD_SEEN, POOR_SEEN]);
    // A later file has one more of them.
    let later = bench.land("two.csv", &clinic(&[GOOD, GOOD, NEW, GOOD, POOR]), &no_ids).await;
    assert_eq!(later.counts, counts(5, [0, 2, 0, 0, 3]));
    assert_eq!(bench.answers().await, [GOOD_SEEN, GOOD_SEEN, GOOD_SEEN, POOR_SEEN, NEW_SEEN]);
    let again = bench.land("two.csv", &clinic(&[GOOD, GOOD, NEW, GOOD, POOR]), &no_ids).await;
    assert!(again.stands_already);
}

#[tokio::test]
async fn the_same_id_of_two_systems_is_two_responses() {
    let bench = Bench::new();
    bench.land("one.csv", &clinic(&[GOOD]), CLINIC).await;
    let other = CLINIC.replace("source_system = \"clinic\"", "source_system = \"ward\"");
    let report = bench.land("one.csv", &clinic(&[GOOD]), &other).await;
    assert_eq!(report.counts, counts(1, [0, 1, 0, 0, 0]));
    assert_eq!(bench.answers().await, [GOOD_SEEN, GOOD_SEEN]);
}

#[tokio::test]
async fn a_wrong_mapping_is_mended_by_taking_its_landing_back() {
    let bench = Bench::new();
    let wrong = CLINIC.replace("day-month-year", "year-month-day");
    let bytes = clinic(&[GOOD, POOR]);
    let first = bench.land("one.csv", &bytes, &wrong).await;
    assert_eq!(first.undated, [0, 2]);
    bench.unland(&first.landing).await;
    assert_eq!(bench.quarantined().await, [""; 0], "its quarantine went with it");
    let mended = bench.land("one.csv", &bytes, CLINIC).await;
    assert_eq!(mended.counts, counts(2, [0, 2, 0, 0, 0]));
    assert_eq!(bench.answers().await, [GOOD_SEEN, POOR_SEEN]);
}
