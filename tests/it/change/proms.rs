//! The hospital of the demo that gains less is told from the others by its band.

use tellonce::fixtures::{Plan, generate};

use crate::planted::{measured, published};

#[tokio::test]
async fn the_hospital_that_gains_less_is_outside_the_limits() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let plan = Plan { systems: true, responses: 20_000, practices: Some(18), ..Plan::default() };
    let truth = generate(&plan, dir, &mut |_| ()).unwrap();
    let planted = truth.systems.iter().find(|figure| figure.measure == "oxford-hip-change").unwrap();
    let file = dir.join("inbox/hip-replacements.csv");
    measured(dir, &[(file, "hip-replacements.toml".into())]).await;
    let rows = published(
        dir,
        "select area, band, signal from published where measure = 'oxford-hip-change' and statistic = 'funnel' and root = 'service' \
         and group_by = 'none' and period like '12m%' order by area",
    )
    .await;
    assert_eq!(rows.len(), 12);
    for row in &rows {
        let band = row.get("band").map_or("", String::as_str);
        match row["area"] == planted.area {
            true => assert!(band == "much lower" && row.get("signal").is_some_and(|of| of == "fdr"), "{row:?}"),
            false => assert!(band != "much lower", "{row:?}"),
        }
    }
}
