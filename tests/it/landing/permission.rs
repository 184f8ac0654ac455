//! Who may answer an instrument, and whether it may be used at all.

use tellonce::error::Error;

use super::file;
use super::garden::{VISIT, mapping};
use crate::support::{Bench, counts};

const BOTH: &str = r#"
[how.respondent]
column = "who"
values = { "mum" = "proxy" }
[[responses]]
instrument = "garden-visit"
[responses.items.harvest]
column = "harvest"
[[responses]]
instrument = "garden-goals"
repeat = 1
[responses.items.reached]
column = "reached"
"#;

#[tokio::test]
async fn a_row_of_somebody_who_may_not_answer_is_put_aside() {
    let bench = Bench::garden();
    let rows = [
        "1,self,5,5",
        "2,Carer,5,5",
        "3,proxy,5,5",
        "4,mum,,5",
        // Nobody answered the goals, and the other questions are for everybody.
        "5,proxy,5,",
        "6,,5,5",
        // Who it was cannot be read.
        "7,neighbour,5,5",
        "8,proxy,,",
    ];
    let report = bench.land("garden.csv", &file("id,who,harvest,reached", &rows), &mapping(BOTH)).await;
    assert_eq!(report.counts, counts(8, [2, 6, 0, 0, 0]));
    assert_eq!(
        bench.rows("responses/garden-goals", &["f_age", "respondent"]).await,
        ["1 self", "2 carer", "6 -", "7 -"]
    );
    let reason = "`garden-goals` may be answered by self or carer, not by proxy";
    assert_eq!(
        bench.quarantined().await,
        [
            format!("4 true who {reason} proxy"),
            format!("5 true who {reason} mum"),
            "8 false who not one of self, carer, proxy neighbour".into()
        ]
    );
}

const LICENCE: &str = r#"
instrument = "garden-visit"
holder = "The garden club"
reference = "No. 7"
settings = ["allotments"]
"#;

fn licensed() -> Bench {
    let mut bench = Bench::garden();
    // The wording is then not in this file.
    let licensed = VISIT.replacen("licence =", "licensed_by = \"The almanac\"\nlicence =", 1);
    let licensed = licensed.replace("\ntext.en =", "\ntitle.en =");
    bench.declare("measures/instruments/garden-visit.toml", &licensed);
    bench
}

#[tokio::test]
async fn an_instrument_without_evidence_of_its_licence_does_not_land() {
    let mut bench = licensed();
    // Not even a file that is not there is looked at.
    let refused = bench.prepare_file(&bench.folder.path().join("none.csv"), &mapping(BOTH)).await.err().unwrap();
    assert!(matches!(refused, Error::Usage { .. }), "{refused:?}");
    assert_eq!(refused.to_string(), "`garden-visit` needs a licence of The almanac, and there is no evidence of one");
    assert!(refused.mend().unwrap().contains("measures/licences/garden-visit.toml"));
    // Other instruments do.
    let (_, goals) = BOTH.split_once("\"harvest\"").unwrap();
    let report = bench.land("goals.csv", &file("id,reached", &["1,5"]), &mapping(goals)).await;
    assert_eq!((report.counts.landed, report.notes), (1, Vec::new()));

    // What people read comes with the evidence, and files hold it.
    let wording = "[wording.options.ease]\nhard.en = \"Back-breaking\"\n";
    bench.declare("measures/licences/garden-visit.toml", &format!("{LICENCE}{wording}"));
    let both = BOTH.replace("items.harvest", "items.digging");
    let bytes = file("id,who,harvest,reached", &["1,,back-breaking,"]);
    let report = bench.land("garden.csv", &bytes, &mapping(&both)).await;
    assert_eq!((report.counts.landed, report.notes), (1, Vec::new()));
    assert_eq!(bench.rows("responses/garden-visit", &["i_digging"]).await, ["0"]);
}

#[tokio::test]
async fn a_licence_that_ended_is_warned_of_and_then_refused() {
    let mut bench = licensed();
    bench.declare("measures/licences/garden-visit.toml", &format!("{LICENCE}expires = \"2026-10-31\"\n"));
    let both = BOTH.replace("repeat = 1", "occasion = \"after\"");
    let mapping = mapping(&both.replace("garden-goals", "garden-visit").replace("items.reached", "items.rain"));
    let bytes = file("id,who,harvest,reached", &["1,,5,"]);
    for (now, notes) in [
        ("2026-10-31T23:00:00Z", 0),
        // The day begins in the workspace's zone.
        ("2026-10-31T23:59:59Z", 0),
        ("2026-11-01T00:00:00Z", 1),
        ("2026-11-30T12:00:00Z", 1),
    ] {
        bench.now = now.parse().unwrap();
        let prepared = bench.prepare("garden.csv", &bytes, &mapping).await.unwrap();
        // Two parts of one instrument are warned of once.
        assert_eq!(prepared.report.notes.len(), notes, "{now}: {:?}", prepared.report.notes);
        assert!(prepared.report.notes.iter().all(|note| note.contains("ended on 2026-10-31")));
    }
    bench.now = "2026-12-01T00:00:00Z".parse().unwrap();
    let refused = bench.prepare("garden.csv", &bytes, &mapping).await.err().unwrap();
    assert_eq!(refused.to_string(), "the licence of `garden-visit` ended on 2026-10-31");
    assert!(refused.mend().unwrap().contains("renew it with The almanac"));
}
