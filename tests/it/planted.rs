//! Planted truths: what the generator put into the answers comes out of the published figures, from 20 seeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use tellonce::fixtures::{Direction, Effects, Plan, Truth, generate};
use tellonce::land::{Key, Lander, Mapped, apply};
use tellonce::pipeline::{Workspace, measure};
use tellonce::session::session;
use tellonce::store;

use crate::support::KEY;

pub const SEEDS: u64 = 20;

/// What was published of the planted effects.
struct Found {
    truth: Truth,
    slope: [f64; 3],
    /// App less paper.
    mode: [f64; 3],
    /// Logarithm of the answers of the young for each person on the list, over those of people of 65 to 79.
    young: [f64; 3],
    /// Practices outside their 99.8% limits.
    outside: Vec<String>,
    /// Months flagged, with the side.
    flagged: Vec<(String, String)>,
}

/// Joins the months of a source: one landing instead of 24, since only the figures matter here. The headers in between are quarantined.
fn joined(inbox: &Path, source: &str) -> Vec<u8> {
    let mut files: Vec<_> = std::fs::read_dir(inbox).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(source));
    files.sort();
    files.iter().flat_map(|path| std::fs::read(path).unwrap()).collect()
}

pub async fn published(folder: &Path, wanted: &str) -> Vec<BTreeMap<String, String>> {
    let workspace = Workspace::open(folder).unwrap();
    let session = session().unwrap();
    let table = workspace.store.table(store::PUBLISHED).await.unwrap().unwrap();
    session.register_table("published", table.provider(None).unwrap()).unwrap();
    let mut rows = Vec::new();
    for batch in session.sql(wanted).await.unwrap().collect().await.unwrap() {
        for row in 0..batch.num_rows() {
            let cell = |at: usize| {
                let column = batch.column(at);
                if column.is_null(row) {
                    return None;
                }
                Some(match column.data_type() {
                    arrow::datatypes::DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
                    arrow::datatypes::DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
                    _ => column.as_primitive::<Float64Type>().value(row).to_string(),
                })
            };
            let names = batch.schema();
            let names = names.fields().iter().enumerate();
            rows.push(names.filter_map(|(at, field)| Some((field.name().clone(), cell(at)?))).collect());
        }
    }
    rows
}

/// Lands files of a fictional system, each with the name of its mapping, and measures them.
pub async fn measured(dir: &Path, files: &[(PathBuf, String)]) {
    std::fs::write(dir.join("tellonce.toml"), format!("name.en = \"Test\"\nsalt = \"{}\"\n", "a1".repeat(32))).unwrap();
    let workspace = Workspace::open(dir).unwrap();
    let session = session().unwrap();
    let key = Key::new(KEY).unwrap();
    for (file, mapping) in files {
        let text = std::fs::read_to_string(dir.join("mappings").join(mapping)).unwrap();
        let mapping = tellonce::declare::mapping(mapping, &text, &workspace.declarations, None)
            .unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let lander = Lander {
            store: &workspace.store,
            session: &session,
            declarations: &workspace.declarations,
            salt: &workspace.salt().unwrap(),
            key: Some(&key),
            zone: workspace.zone().unwrap(),
            now: "2026-11-01T12:00:00Z".parse().unwrap(),
            new_key: false,
        };
        let mapped = Mapped { mapping: &mapping, text: &text, instrument: None };
        let prepared = lander.prepare(file, &mapped, &mut |_, _, _| ()).await.unwrap();
        apply(&workspace.store, &prepared.commits).await.unwrap();
    }
    measure(&workspace, None, false, "2026-11-01T12:00:00Z".parse().unwrap(), &mut |_, _, _| ()).await.unwrap();
}

async fn find(seed: u64, effects: Effects) -> Found {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let truth = generate(&Plan { seed, effects, ..Plan::default() }, dir, &mut |_| ()).unwrap();
    let files = ["app", "survey", "kiosk"].map(|source| {
        let file = dir.join(format!("{source}.csv"));
        std::fs::write(&file, joined(&dir.join("inbox"), source)).unwrap();
        (file, format!("{source}.toml"))
    });
    measured(dir, &files).await;
    let wanted = "select measure, area, area_level, period, group_by, \"group\", statistic, band, signal, n, value, lower, upper \
         from published where (area = 'all' or statistic = 'funnel') and root = 'practice' order by period";
    let rows = published(dir, wanted).await;
    let number = |row: &BTreeMap<String, String>, name: &str| row[name].parse::<f64>().unwrap();
    let of = |measure: &str, statistic: &str, group_by: &str| -> Vec<&BTreeMap<String, String>> {
        rows.iter()
            .filter(|row| row["measure"] == measure && row["statistic"] == statistic && row["group_by"] == group_by)
            .collect()
    };
    let one = |measure: &str, statistic: &str, group_by: &str| {
        // The months of a gap stand beside that of the period.
        let mut found = of(measure, statistic, group_by);
        found.retain(|row| row["period"].starts_with("12m"));
        assert_eq!(found.len(), 1, "{measure} {statistic} {group_by}");
        ["value", "lower", "upper"].map(|name| number(found[0], name))
    };
    let [value, lower, upper] = one(&truth.mode.outcome, "gap", "mode");
    let answered = format!("answered/{}", truth.young.instrument);
    let [young, old] = [0, 1].map(|at| {
        let rows = of(&answered, "value", "age_band");
        let row = rows.iter().find(|row| row["group"] == truth.young.bands[at]).unwrap();
        (number(row, "n"), number(row, "value"))
    });
    let ratio = (young.1 / old.1).ln();
    // Katz: the logarithm of a ratio of rates of two counts.
    let half = 1.959_964 * (1.0 / young.0 + 1.0 / old.0).sqrt();
    Found {
        slope: one(&truth.slope.outcome, "slope_index", &truth.slope.group),
        mode: [-value, -upper, -lower],
        young: [ratio, ratio - half, ratio + half],
        outside: of(&truth.odd_practice.outcome, "funnel", "none")
            .into_iter()
            .filter(|row| {
                row["area_level"] == "practice" && row.get("band").is_some_and(|band| band.starts_with("much"))
            })
            .map(|row| row["area"].clone())
            .collect(),
        flagged: of(&truth.shift.outcome, "xmr", "none")
            .into_iter()
            .filter(|row| row["area"] == "all")
            .filter_map(|row| Some((row["period"].clone(), row.get("signal")?.rsplit('_').next()?.to_owned())))
            .collect(),
        truth,
    }
}

/// Runs every seed, two at a time.
pub fn all<T: Send>(find: impl AsyncFn(u64) -> T + Sync) -> Vec<T> {
    let next = Mutex::new(1..=SEEDS);
    let found = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                loop {
                    let Some(seed) = next.lock().unwrap().next() else { break };
                    let one = runtime.block_on(find(seed));
                    found.lock().unwrap().push(one);
                }
            });
        }
    });
    found.into_inner().unwrap()
}

fn count(found: &[Found], of: impl Fn(&Found) -> bool) -> usize {
    found.iter().filter(|found| of(found)).count()
}

fn inside([_, lower, upper]: [f64; 3], truth: f64) -> bool {
    (lower..=upper).contains(&truth)
}

#[test]
fn planted_effects_are_found() {
    let found = all(async |seed| find(seed, Effects::ALL).await);
    for (name, interval, truth) in [
        (
            "slope",
            (|f: &Found| f.slope) as fn(&Found) -> [f64; 3],
            (|f: &Found| f.truth.slope.planted) as fn(&Found) -> f64,
        ),
        ("mode", |f| f.mode, |f| f.truth.mode.planted),
        ("young", |f| f.young, |f| f.truth.young.ratio.ln()),
    ] {
        let covered = count(&found, |f| inside(interval(f), truth(f)));
        let seen = count(&found, |f| !inside(interval(f), 0.0));
        println!("{name}: inside {covered}, no effect excluded {seen} of {SEEDS}");
        assert!(covered >= 17, "{name}: inside its interval in {covered}");
        assert!(seen >= 17, "{name}: no effect excluded in {seen}");
    }
    let odd = count(&found, |f| {
        let odd = f.truth.odd_practice.practice.as_ref().unwrap();
        f.outside.contains(odd) && f.outside.len() <= 2
    });
    println!("odd practice: {odd} of {SEEDS}");
    assert!(odd >= 17, "odd practice found, with at most one other, in {odd}");
    let shift = count(&found, |f| {
        let side = if f.truth.shift.direction == Some(Direction::Up) { "high" } else { "low" };
        let first = f.flagged.iter().find(|(_, flagged)| flagged == side);
        let at = |month: &str| f.truth.months.iter().position(|known| known == month).unwrap();
        let planted = at(f.truth.shift.month.as_ref().unwrap());
        first.is_some_and(|(month, _)| at(month).abs_diff(planted) <= 1)
    });
    println!("shift: {shift} of {SEEDS}");
    assert!(shift >= 17, "shift found in its month give or take one in {shift}");
}

#[test]
fn without_an_effect_none_is_found() {
    let found = all(async |seed| find(seed, Effects::NONE).await);
    for (name, interval) in
        [("slope", (|f: &Found| f.slope) as fn(&Found) -> [f64; 3]), ("mode", |f| f.mode), ("young", |f| f.young)]
    {
        let seen = count(&found, |f| !inside(interval(f), 0.0));
        println!("{name}: no effect excluded {seen} of {SEEDS}");
        assert!(seen <= 3, "{name}: an effect that is not there was found in {seen}");
    }
    let flags = count(&found, |f| !f.flagged.is_empty());
    println!("series with a flag: {flags} of {SEEDS}");
    assert!(flags <= 8, "series with a flag: {flags}");
}
