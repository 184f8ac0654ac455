//! What a response is known by, and the episode that the responses of one source record share.

use super::garden::mapping;
use super::{CLINIC, GOOD, RESPONSES, clinic, file};
use crate::support::{Bench, counts};

const VISIT: &str = "responses/garden-visit";

const BEFORE_AND_AFTER: &str = r#"
[[responses]]
instrument = "garden-visit"
occasion = "before"
[responses.items.harvest]
column = "before"
[[responses]]
instrument = "garden-visit"
occasion = "after"
[responses.items.harvest]
column = "after"
"#;

#[tokio::test]
async fn a_response_is_known_by_the_hash_that_it_always_had() {
    let bench = Bench::new();
    bench.land("clinic.csv", &clinic(&[GOOD]), CLINIC).await;
    let key = bench.salt.hash(&["1"]);
    let id = bench.salt.hash(&["response", "clinic", "friends-and-family", "after-contact", "", &key]);
    let submission = bench.salt.hash(&["submission", "clinic", "after-contact", &key]);
    let seen = bench.rows(RESPONSES, &["response_id", "submission", "repeat", "episode"]).await;
    assert_eq!(seen, [format!("{id} {submission} - -")]);
    assert_eq!(id, "WHsAu_P0uabEGL964MAl-A");
}

#[tokio::test]
async fn the_responses_of_a_record_share_its_episode() {
    let bench = Bench::garden();
    let mapping = mapping(BEFORE_AND_AFTER).replace("columns = [\"id\"]", "columns = [\"id\"]\nis_episode = true");
    let bytes = file("id,before,after", &["1,5,7", "2,5,7"]);
    bench.land("records.csv", &bytes, &mapping).await;
    let key = |id: &str| bench.salt.hash(&["episode", "garden", &bench.salt.hash(&[id])]);
    let mut seen = bench.rows(VISIT, &["f_age", "occasion", "episode"]).await;
    seen.sort();
    let of = |id: &str| [format!("{id} after {}", key(id)), format!("{id} before {}", key(id))];
    assert_eq!(seen, [of("1"), of("2")].concat());
    // Another system's record of the same id is another episode.
    bench.land("records.csv", &bytes, &mapping.replace("\"garden\"", "\"orchard\"")).await;
    let mut episodes = bench.rows(VISIT, &["episode"]).await;
    episodes.dedup();
    assert_eq!(episodes.len(), 4);
}

#[tokio::test]
async fn equal_rows_without_ids_are_different_episodes() {
    let bench = Bench::garden();
    let mapping = format!("source_system = \"garden\"\n[identity]\nis_episode = true\n{BEFORE_AND_AFTER}");
    let bytes = file("before,after", &["5,7", "5,7", "5,8"]);
    let report = bench.land("records.csv", &bytes, &mapping).await;
    assert_eq!(report.counts, counts(3, [0, 3, 0, 0, 0]));
    let mut pairs = bench.rows(VISIT, &["episode", "occasion"]).await;
    assert_eq!(pairs.len(), 6);
    pairs.dedup();
    assert_eq!(pairs.len(), 6, "each episode has one response of each occasion");
    let again = bench.land("records.csv", &bytes, &mapping).await;
    assert!(again.stands_already);
}
