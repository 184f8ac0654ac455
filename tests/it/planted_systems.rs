//! What each of the other systems planted comes out of the published figures, from 20 seeds.

use std::collections::BTreeMap;

use tellonce::fixtures::{Effects, Figure, Plan, generate};

use crate::planted::{SEEDS, all, measured, published};

/// Of each planted figure what was found in one seed: how it was planted, and its value with its limits.
type Found = Vec<(Figure, [f64; 3])>;

async fn find(seed: u64, effects: Effects) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    // Lists long enough for everyone who is drawn once; the main exports do not land.
    let plan = Plan { seed, effects, systems: true, responses: 20_000, practices: Some(18), ..Plan::default() };
    let truth = generate(&plan, dir, &mut |_| ()).unwrap();
    let main = ["app.toml", "survey.toml", "kiosk.toml"];
    let files = truth.counts.files.iter().filter(|file| !main.contains(&file.mapping.as_str()));
    let files: Vec<_> = files.map(|file| (dir.join("inbox").join(&file.file), file.mapping.clone())).collect();
    measured(dir, &files).await;
    let wanted = "select measure, statistic, group_by, \"group\", area, comparator, cut_set, occasion, value, lower, upper \
         from published where period like '12m-to-%' and value is not null and lower is not null";
    let rows = published(dir, wanted).await;
    let value = |figure: &Figure| {
        let is = |row: &&BTreeMap<String, String>| {
            let same = |name: &str, value: &str| row.get(name).is_some_and(|found| found == value);
            let either = |name: &str, value: &Option<String>| value.as_ref().is_none_or(|value| same(name, value));
            same("measure", &figure.measure)
                && same("statistic", &figure.statistic)
                && same("group_by", &figure.group_by)
                && same("group", &figure.group)
                && same("area", &figure.area)
                && either("comparator", &figure.comparator)
                && either("cut_set", &figure.cut_set)
        };
        let found: Vec<_> = rows.iter().filter(is).collect();
        assert_eq!(found.len(), 1, "rows of {figure:?} from seed {seed}: {found:?}");
        ["value", "lower", "upper"].map(|name| found[0][name].parse::<f64>().unwrap())
    };
    truth.systems.iter().map(|figure| (figure.clone(), value(figure))).collect()
}

/// Counts for each planted figure in how many seeds it lies inside its interval, and in how many the interval leaves out what would be there
/// without an effect.
fn counted(found: &[Found]) -> Vec<(String, u64, u64)> {
    let inside = |truth: f64, [_, lower, upper]: [f64; 3]| u64::from((lower..=upper).contains(&truth));
    let first = found.first().map(Vec::as_slice).unwrap_or_default();
    first
        .iter()
        .enumerate()
        .map(|(at, (figure, _))| {
            let name = format!(
                "{} {} {} {}={}",
                figure.system, figure.measure, figure.statistic, figure.group_by, figure.group
            );
            let covered = found.iter().map(|one| inside(one[at].0.planted, one[at].1)).sum();
            let seen = found.iter().map(|one| 1 - inside(one[at].0.null, one[at].1)).sum();
            println!("{name}: inside {covered}, no effect excluded {seen} of {SEEDS}");
            (name, covered, seen)
        })
        .collect()
}

#[test]
fn what_every_system_planted_is_found() {
    let counted = counted(&all(async |seed| find(seed, Effects::ALL).await));
    assert!(!counted.is_empty());
    let wrong: Vec<_> = counted.iter().filter(|(_, covered, seen)| *covered < 17 || *seen < 17).collect();
    assert!(wrong.is_empty(), "inside its interval, or told from no effect, in fewer than 17 seeds: {wrong:?}");
}

#[test]
fn no_system_shows_an_effect_that_is_not_there() {
    let counted = counted(&all(async |seed| find(seed, Effects { systems: false, ..Effects::ALL }).await));
    assert!(!counted.is_empty());
    let wrong: Vec<_> = counted.iter().filter(|(_, _, seen)| *seen > 3).collect();
    assert!(wrong.is_empty(), "an effect that is not there was found in more than 3 seeds: {wrong:?}");
}
