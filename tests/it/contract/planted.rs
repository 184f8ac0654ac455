//! The saving that is planted in the costs of the fictional system comes out of its contract, from 20 seeds.

use arrow::array::AsArray;
use arrow::datatypes::Float64Type;
use tellonce::fixtures::{Effects, Plan, generate};
use tellonce::land::{Key, Lander, Mapped, apply};
use tellonce::pipeline::{Workspace, contract};
use tellonce::session::session;

use crate::planted::{SEEDS, all};
use crate::support::KEY;

/// Pence that a person of the programme cost less in the year after, beyond the change of usual care: 140 pounds in each half-year.
const PLANTED: f64 = -28_000.0;

/// The difference in differences of costs with its limits.
async fn found(seed: u64, effects: Effects) -> [f64; 3] {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let plan = Plan { seed, effects, systems: true, responses: 2_000, practices: Some(18), ..Plan::default() };
    generate(&plan, dir, &mut |_| ()).unwrap();
    std::fs::write(dir.join("tellonce.toml"), format!("name.en = \"Test\"\nsalt = \"{}\"\n", "a1".repeat(32))).unwrap();
    let workspace = Workspace::open(dir).unwrap();
    let (session, key, now) = (session().unwrap(), Key::new(KEY).unwrap(), "2026-11-01T12:00:00Z".parse().unwrap());
    for name in ["wellbeing-baseline", "wellbeing-follow-up", "secondary-care-cost"] {
        let text = std::fs::read_to_string(dir.join(format!("mappings/{name}.toml"))).unwrap();
        let mapping = tellonce::declare::mapping(name, &text, &workspace.declarations, None).unwrap();
        let salt = workspace.salt().unwrap();
        let lander = Lander {
            store: &workspace.store,
            session: &session,
            declarations: &workspace.declarations,
            salt: &salt,
            key: Some(&key),
            zone: workspace.zone().unwrap(),
            now,
            new_key: false,
        };
        let mapped = Mapped { mapping: &mapping, text: &text, instrument: None };
        let prepared =
            lander.prepare(&dir.join(format!("inbox/{name}.csv")), &mapped, &mut |_, _, _| ()).await.unwrap();
        apply(&workspace.store, &prepared.commits).await.unwrap();
    }
    let evaluated = contract(&workspace, &workspace.declarations.contracts["ways-forward"], now).await.unwrap();
    let published = &evaluated.evaluation.published;
    for batch in published.rows() {
        let text = |name: &str, row: usize| batch.column_by_name(name).unwrap().as_string::<i32>().value(row);
        for row in 0..batch.num_rows() {
            let is = text("measure", row) == "contract/ways-forward/secondary-care"
                && text("statistic", row) == "did"
                && text("comparator", row) == "usual-care";
            if is {
                return ["value", "lower", "upper"]
                    .map(|name| batch.column_by_name(name).unwrap().as_primitive::<Float64Type>().value(row));
            }
        }
    }
    panic!("no difference in differences from seed {seed}");
}

fn inside([_, lower, upper]: [f64; 3], truth: f64) -> bool {
    (lower..=upper).contains(&truth)
}

#[test]
fn the_saving_that_is_planted_is_found() {
    let found = all(async |seed| found(seed, Effects::ALL).await);
    let covered = found.iter().filter(|did| inside(**did, PLANTED)).count();
    let seen = found.iter().filter(|did| !inside(**did, 0.0)).count();
    println!("saving: inside {covered}, no effect excluded {seen} of {SEEDS}");
    assert!(covered >= 17 && seen >= 17, "inside in {covered}, no effect excluded in {seen}");
}

#[test]
fn without_a_saving_none_is_found() {
    let found = all(async |seed| found(seed, Effects { systems: false, ..Effects::ALL }).await);
    let seen = found.iter().filter(|did| !inside(**did, 0.0)).count();
    println!("no saving: no effect excluded {seen} of {SEEDS}");
    assert!(seen <= 3, "an effect that is not there in {seen}");
}
