//! The made-up care system: what landing its files says is what the generator counted while it wrote them.

use tellonce::fixtures::{Plan, generate};

use crate::support::{Bench, counts};

#[tokio::test]
async fn every_fixture_file_lands_as_its_generator_counted() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan { responses: 12_000, months: 3, seed: 11, ..Plan::default() };
    let truth = generate(&plan, folder.path(), &mut |_| {}).unwrap();
    let bench = Bench::new();
    let mut put_aside = 0;
    for file in &truth.counts.files {
        let bytes = std::fs::read(folder.path().join("inbox").join(&file.file)).unwrap();
        let mapping = std::fs::read_to_string(folder.path().join("mappings").join(&file.mapping)).unwrap();
        let report = bench.land(&file.file, &bytes, &mapping).await;
        let expected =
            counts(file.rows, [file.quarantined, file.landed, file.corrected, file.folded, file.already_there]);
        assert_eq!(report.counts, expected, "{}: {:?}", file.file, report.problems);
        put_aside += file.quarantined;
    }
    assert!(put_aside > 0 && truth.counts.files.iter().any(|file| file.corrected > 0 && file.already_there > 0));
    let whole = bench.rows("quarantine", &["whole_row"]).await;
    assert_eq!(whole.iter().filter(|row| *row == "true").count() as u64, put_aside);

    // No NHS number that stands in a file stands anywhere but among the comments.
    for planted in &truth.counts.planted_identifiers {
        let outside: Vec<String> =
            bench.holding(&planted.identifier).into_iter().filter(|name| !name.starts_with("comments/")).collect();
        assert_eq!(outside, [""; 0], "{planted:?}");
    }

    // All of it once more is the same tables.
    let (tables, versions) = (bench.everything().await, bench.versions().await);
    for file in &truth.counts.files {
        let bytes = std::fs::read(folder.path().join("inbox").join(&file.file)).unwrap();
        let mapping = std::fs::read_to_string(folder.path().join("mappings").join(&file.mapping)).unwrap();
        let again = bench.land(&file.file, &bytes, &mapping).await;
        assert!(again.stands_already, "{}: {:?}", file.file, again.counts);
    }
    assert!(bench.everything().await == tables && bench.versions().await == versions);
}
