//! Responses that were given on days of their own.

use super::file;
use super::garden::mapping;
use crate::support::{Bench, counts};

const VISIT: &str = "responses/garden-visit";
const SEEN: [&str; 4] = ["f_age", "occasion", "submitted_on", "date_precision"];

/// A record with answers before and after, the second with a date of its own, by the keys of either date.
fn before_and_after(row: &str, after: &str) -> String {
    mapping(&format!(
        r#"
{row}
[[responses]]
instrument = "garden-visit"
occasion = "before"
[responses.items.harvest]
column = "one"
[[responses]]
instrument = "garden-visit"
occasion = "after"
{after}
[responses.items.harvest]
column = "two"
"#
    ))
}

const ROW: &str = "date = { column = \"day one\", order = \"day-month-year\" }";
const AFTER: &str = "date = { column = \"day two\", order = \"day-month-year\" }";
const HEADER: &str = "id,day one,one,day two,two,place";

fn top(row: &str) -> String {
    row.replace("date = { ", "[date]\n").replace(", order", "\norder").replace(", scope", "\nscope").replace(" }", "")
}

#[tokio::test]
async fn each_response_has_the_day_of_its_part() {
    let bench = Bench::garden();
    let rows = [
        "1,14/03/2026,5,15/09/2026 10:30,7,",
        // No day of its own: it is not the row's.
        "2,14/03/2026,5,,7,",
        "3,14/03/2026,5,31/02/2026,7,",
        // Not yet answered: neither a response nor a problem.
        "4,14/03/2026,5,,,",
        "5,,5,15/09/2026,7,",
    ];
    let report = bench.land("garden.csv", &file(HEADER, &rows), &before_and_after(&top(ROW), AFTER)).await;
    assert_eq!(report.counts, counts(5, [0, 5, 0, 0, 0]));
    assert_eq!(
        bench.rows(VISIT, &SEEN).await,
        [
            "1 after 2026-09-15 second",
            "1 before 2026-03-14 day",
            "2 after - none",
            "2 before 2026-03-14 day",
            "3 after - none",
            "3 before 2026-03-14 day",
            "4 before 2026-03-14 day",
            "5 after 2026-09-15 day",
            "5 before - none"
        ]
    );
    assert_eq!(bench.rows(VISIT, &["submitted_at"]).await.iter().filter(|at| *at != "-").count(), 1);
    assert_eq!(report.undated, [0, 3]);
    assert_eq!(bench.quarantined().await, ["4 false day two not a date 31/02/2026"]);
}

#[tokio::test]
async fn without_its_own_date_a_part_has_that_of_the_row() {
    let bench = Bench::garden();
    let rows = ["1,14/03/2026,5,,7,"];
    bench.land("garden.csv", &file(HEADER, &rows), &before_and_after(&top(ROW), "")).await;
    assert_eq!(bench.rows(VISIT, &SEEN).await, ["1 after 2026-03-14 day", "1 before 2026-03-14 day"]);

    // A row without a date, and one part with its own.
    let bench = Bench::garden();
    let rows = ["1,,5,15/09/2026,7,"];
    let report = bench.land("garden.csv", &file(HEADER, &rows), &before_and_after("", AFTER)).await;
    assert_eq!(bench.rows(VISIT, &SEEN).await, ["1 after 2026-09-15 day", "1 before - none"]);
    assert_eq!(report.undated, [0, 1]);
}

#[tokio::test]
async fn a_part_whose_date_is_required_needs_one_only_where_it_is_answered() {
    let bench = Bench::garden();
    let required = AFTER.replace(" }", ", required = true }");
    let rows = [
        "1,14/03/2026,5,15/09/2026,7,",
        "2,14/03/2026,5,,,",
        "3,14/03/2026,5,x,,",
        "4,14/03/2026,5,,7,",
        "5,14/03/2026,5,x,7,",
        "6,14/03/2026,5,15/09/2046,zz,",
    ];
    let report = bench.land("garden.csv", &file(HEADER, &rows), &before_and_after(&top(ROW), &required)).await;
    assert_eq!(report.counts, counts(6, [3, 3, 0, 0, 0]));
    assert_eq!(bench.rows(VISIT, &SEEN[..2]).await, ["1 after", "1 before", "2 before", "3 before"]);
    assert_eq!(
        bench.quarantined().await,
        [
            "4 false day two not a date x",
            "5 true day two no date ",
            "6 true day two not a date x",
            "7 true day two a date in the future 15/09/2046"
        ]
    );
}

#[tokio::test]
async fn each_column_of_dates_is_read_by_what_stands_in_it() {
    let bench = Bench::garden();
    let scope = |date: &str| date.replace(" }", ", scope = \"place\" }");
    let rows = [
        // In the second column, the shed writes the month first; in the first column nothing says so.
        "1,03/10/2025,5,12/31/2025,7,shed",
        "2,03/10/2025,5,04/05/2026,7,shed",
        "3,03/10/2025,5,04/05/2026,7,lawn",
        "4,03/10/2025,5,05/05/2026,7,shed",
    ];
    let mapping = before_and_after(&top(&scope(ROW)), &scope(AFTER));
    let report = bench.land("garden.csv", &file(HEADER, &rows), &mapping).await;
    assert_eq!(
        bench.rows(VISIT, &SEEN).await,
        [
            "1 after 2025-12-31 day",
            "1 before 2025-10-03 day",
            "2 after - uncertain",
            "2 before 2025-10-03 day",
            "3 after 2026-05-04 day",
            "3 before 2025-10-03 day",
            "4 after 2026-05-05 day",
            "4 before 2025-10-03 day"
        ]
    );
    assert_eq!(report.undated, [1, 0]);
}

#[tokio::test]
async fn another_day_of_a_part_corrects_that_response_alone() {
    let bench = Bench::garden();
    let mapping = before_and_after(&top(ROW), AFTER);
    bench.land("one.csv", &file(HEADER, &["1,14/03/2026,5,15/09/2026,7,"]), &mapping).await;
    let report = bench.land("two.csv", &file(HEADER, &["1,14/03/2026,5,16/09/2026,7,"]), &mapping).await;
    assert_eq!(report.counts, counts(1, [0, 0, 1, 0, 0]));
    assert_eq!(
        report.responses,
        [("garden-visit (before)".into(), [0, 0, 1]), ("garden-visit (after)".into(), [0, 1, 0])]
    );
}

#[tokio::test]
async fn a_follow_up_outside_its_window_lands_all_the_same() {
    // Six months, give or take six weeks, is when it counts: that is for the measure to say, which may say why it left one out.
    let bench = Bench::garden();
    assert_eq!(bench.declarations.instrument("garden-visit").unwrap().windows["after"].months, 6);
    let rows = ["1,14/03/2025,5,14/03/2026,7,", "2,14/03/2025,5,15/03/2025,7,", "3,14/03/2025,5,14/03/2024,7,"];
    let report = bench.land("garden.csv", &file(HEADER, &rows), &before_and_after(&top(ROW), AFTER)).await;
    assert_eq!(report.counts, counts(3, [0, 3, 0, 0, 0]));
    let after = bench.rows(VISIT, &SEEN[1..3]).await;
    assert_eq!(after[..3], ["after 2024-03-14", "after 2025-03-15", "after 2026-03-14"]);
}
