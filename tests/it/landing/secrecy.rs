//! No identifier of a person is kept, and free text only among the comments: every byte of the store is searched.

use tellonce::land::apply;

use super::{CLINIC, RESPONSES, clinic, files};
use crate::support::Bench;

/// Identifiers that stand in the files, each as it is written somewhere.
const IDENTIFIERS: [&str; 16] = [
    "9434765919",
    "943 476 5919",
    "943-476-5919",
    "4010232137",
    "401 023 2137",
    "9434765918",
    "943 476 5918",
    "07700 900123",
    "07700900123",
    "+44 7700 900123",
    "jo.bloggs@example.org",
    "BS1 4TR",
    "bs14tr",
    "PAT/0042",
    "PAT0042",
    "EP-778899",
];

/// Parts of free texts.
const FREE_TEXT: [&str; 5] =
    ["Josephine Bloggs", "waited four hours", "very kind nurse", "zzz-planted-comment", "my sister"];

/// Lands files of every kind with identifiers and names wherever people put them.
async fn filled() -> Bench {
    let mut bench = Bench::new();
    let rows = [
        // In their own column, right and wrong, with and without spaces.
        "1,14/03/2026,A81001,paper,943 476 5919,41,Good,Josephine Bloggs was a very kind nurse",
        "2,14/03/2026,A81001,paper,9434765919,42,Good,call me on 07700 900123 or +44 7700 900123",
        "3,14/03/2026,A81001,paper,943 476 5918,43,Good,my number is 943 476 5919",
        "4,14/03/2026,A81001,paper,9434765918,44,Good,write to jo.bloggs@example.org at BS1 4TR",
        "5,14/03/2026,A81001,paper,4010232137,45,Good,zzz-planted-comment",
        "6,14/03/2026,A81001,paper,401 023 2137,46,Good,",
        // In every other column.
        "7,9434765919,A81001,paper,,41,Good,",
        "8,14/03/2026,943 476 5919,paper,,41,Good,",
        "9,14/03/2026,A81001,943-476-5919,,41,Good,",
        "10,14/03/2026,A81001,paper,,9434765919,Good,",
        "11,14/03/2026,A81001,paper,,41,943 476 5919,",
        "12,07700900123,bs14tr,jo.bloggs@example.org,,BS1 4TR,+44 7700 900123,",
        // Free text in a column that holds answers, in one that holds places, in one that holds modes.
        "13,14/03/2026,A81001,we waited four hours,,my sister is 41,she waited four hours,",
        "14,14/03/2026,A81001,paper,943 476 5919 or 401 023 2137,41,Good,",
        // Damaged rows.
        "15,14/03/2026,A81001,paper,9434765919",
        "16,14/03/2026,A81001,paper,9434765919,41,Good,waited four hours,Josephine Bloggs,07700 900123",
        "17,14/03/2026,A81001,paper,9434765919,41,Good,\"Josephine Bloggs",
        "9434765919,14/03/2026,A81001,paper,,41,Good,",
        "18,14/03/2026,A81001,paper,9434765919,41,Good,waited four hours",
        "18,14/03/2026,A81001,paper,9434765919,41,Poor,waited four hours",
    ];
    bench.land("9434765919 Josephine.csv", &clinic(&rows), CLINIC).await;
    // A later file corrects some, as UTF-16, and is taken back.
    let corrected: Vec<String> = rows.iter().map(|row| row.replace(",Good,", ",Poor,")).collect();
    let text = String::from_utf8(clinic(&corrected.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let later = bench.land("later.csv", &wide, CLINIC).await;
    assert!(later.counts.corrected > 5, "{:?}", later.counts);
    bench.unland(&later.landing).await;
    // Responses known by the person's own number; a local scheme; episodes.
    let by_person =
        CLINIC.replace("columns = [\"id\"]", "columns = [\"nhs\"]\nis_person = true").replace("\"clinic\"", "\"gp\"");
    bench.land("by-person.csv", &clinic(&rows), &by_person).await;
    let local =
        CLINIC.replace("nhs-number", "patients").replace("[how.mode]", "[how.episode]\ncolumn = \"id\"\n[how.mode]");
    let rows = [
        "EP-778899,14/03/2026,A81001,paper,PAT/0042,41,Good,",
        "EP-778899x,14/03/2026,PAT0042,pat/0042,PAT/0042,41,pat 0042,",
    ];
    bench.land("local.csv", &clinic(&rows), &local.replace("\"clinic\"", "\"local\"")).await;
    // No key, and half a landing of another.
    bench.key = None;
    let half = clinic(&["30,14/03/2026,943 476 5919,paper,943 476 5919,41,9434765919,waited four hours"]);
    let prepared = bench.prepare("half.csv", &half, CLINIC).await.unwrap();
    apply(&bench.store, &prepared.commits[..3]).await.unwrap();
    bench
}

#[tokio::test]
async fn no_byte_of_the_store_holds_an_identifier_or_free_text_but_among_the_comments() {
    let bench = filled().await;
    assert!(files(&bench.folder.path().join("store")).len() > 30);
    for needle in IDENTIFIERS.iter().chain(&FREE_TEXT) {
        let outside: Vec<String> =
            bench.holding(needle).into_iter().filter(|name| !name.starts_with("comments/")).collect();
        assert_eq!(outside, [""; 0], "{needle}");
    }
    // Nor the secrets that pseudonyms and ids are made with.
    for secret in [crate::support::KEY, "a salt for tests"] {
        assert_eq!(bench.holding(secret), [""; 0]);
    }
}

#[tokio::test]
async fn the_search_finds_what_a_table_may_hold() {
    let bench = filled().await;
    for (planted, folder) in [
        ("zzz-planted-comment", "comments/"),
        ("943 476 5919", "comments/"),
        ("Josephine Bloggs", "comments/"),
        ("A81001", "responses/friends-and-family/"),
        ("[withheld]", "quarantine/"),
        ("later.csv", "landings/"),
    ] {
        let found = bench.holding(planted);
        assert!(
            found.iter().any(|name| name.starts_with(folder) && name.ends_with(".parquet")),
            "{planted}: {found:?}"
        );
    }
    // A column that would hold what it must not is noticed: the practice is kept as it stands in the file.
    let planted = clinic(&["50,14/03/2026,Josephine Bloggs,paper,,41,Good,"]);
    bench.land("planted.csv", &planted, CLINIC).await;
    assert!(bench.holding("Josephine Bloggs").iter().any(|name| name.starts_with(RESPONSES)));
}
