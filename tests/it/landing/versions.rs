//! Versions of an instrument, side by side in one table.

use super::file;
use super::garden::mapping;
use crate::support::{Bench, counts};

const VISIT: &str = "responses/garden-visit";

fn of(version: &str, items: &str) -> String {
    mapping(&format!("[[responses]]\ninstrument = \"garden-visit\"\n{version}{items}"))
}

const DIGGING: &str = "[responses.items.digging]\ncolumn = \"digging\"\n";

#[tokio::test]
async fn a_mapping_names_the_version_that_its_file_holds() {
    let bench = Bench::garden();
    let harvest = "[responses.items.harvest]\ncolumn = \"number\"\n";
    let weeds = "[responses.items.weeds]\ncolumn = \"number\"\n";
    let old = of("version = \"1\"\n", &format!("{DIGGING}{weeds}"));
    let new = of("", &format!("{DIGGING}{harvest}"));
    let header = "id,digging,number";
    let report = bench.land("new.csv", &file(header, &["1,easy,20", "2,1,21"]), &new).await;
    assert_eq!(report.counts, counts(2, [0, 2, 0, 0, 0]));
    // In the earlier version another code is easy, there is no 0, and another number was asked for.
    let report = bench.land("old.csv", &file(header, &["3,easy,300", "4,2,301", "5,0,302"]), &old).await;
    assert_eq!(report.counts, counts(3, [0, 3, 0, 0, 0]));
    let columns = ["f_age", "instrument_version", "i_digging", "i_harvest", "i_weeds", "i_alone"];
    assert_eq!(
        bench.rows(VISIT, &columns).await,
        [
            "1 2 2 20.0 - -2",
            "2 2 1 21.0 - -2",
            // What a version does not ask is nothing at all.
            "3 1 1 - 300.0 -",
            "4 1 2 - 301.0 -",
            "5 1 -3 - 302.0 -"
        ]
    );
    let reason = "not an answer option of garden-visit version 1";
    assert_eq!(bench.quarantined().await, [format!("4 false digging {reason} 0")]);
    // Both are there already, each by its own mapping.
    assert!(bench.land("new.csv", &file(header, &["1,easy,20", "2,1,21"]), &new).await.stands_already);
    let report = bench.land("more.csv", &file(header, &["3,easy,300", "6,easy,303"]), &old).await;
    assert_eq!(report.counts, counts(2, [0, 1, 0, 0, 1]));
}

#[tokio::test]
async fn a_response_that_was_read_by_the_wrong_version_is_corrected() {
    let bench = Bench::garden();
    let bytes = file("id,digging", &["1,2"]);
    bench.land("one.csv", &bytes, &of("version = \"1\"\n", DIGGING)).await;
    assert_eq!(bench.rows(VISIT, &["instrument_version", "i_digging"]).await, ["1 2"]);
    let report = bench.land("one.csv", &bytes, &of("version = \"2\"\n", DIGGING)).await;
    assert_eq!(report.counts, counts(1, [0, 0, 1, 0, 0]));
    assert_eq!(bench.rows(VISIT, &["instrument_version", "i_digging"]).await, ["2 2"]);
}

#[tokio::test]
async fn answers_to_an_earlier_version_alone_make_the_table_of_all() {
    let bench = Bench::garden();
    bench.land("old.csv", &file("id,digging", &["1,hard"]), &of("version = \"1\"\n", DIGGING)).await;
    let columns = ["instrument_version", "i_digging", "i_weeds", "i_harvest", "i_sown", "x_predicted"];
    assert_eq!(bench.rows(VISIT, &columns).await, ["1 2 - - - -"]);
}
