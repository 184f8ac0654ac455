//! Real files that other people made, by the scripts that ship with their mappings: friends-and-family comments against a count of our own,
//! records of operations against the figures that were published from them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::shared;

#[test]
fn the_friends_and_family_file_gives_what_another_reader_counts() {
    let Some(shared) = shared() else { return };
    let data = shared.join("real/nhs-fft/fft_comments_two_trusts.csv");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/nhs-fft/run.sh");
    let output = Command::new(script)
        .arg(&data)
        .env("TELLONCE", env!("CARGO_BIN_EXE_tellonce"))
        .env_remove("TELLONCE_KEY")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("without a certain date: 471 with two readings, 0 with none"), "{told}");

    // Another reader: the csv crate, and people told apart by their ids alone.
    let mut people: BTreeMap<String, (String, u8)> = BTreeMap::new();
    let mut rows = 0;
    for record in csv::Reader::from_path(&data).unwrap().records() {
        let record = record.unwrap();
        let service = record[4].split_whitespace().collect::<Vec<_>>().join(" ");
        let service = if service.is_empty() { "not stated".to_owned() } else { service };
        people.insert(record[2].to_owned(), (service, record[6].parse().unwrap()));
        rows += 1;
    }
    assert_eq!((rows, people.len()), (7_908, 4_466));
    let mut expected: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for (service, answer) in people.into_values() {
        let (n, positive) = expected.entry(service).or_default();
        *n += 1.0;
        *positive += f64::from(u8::from(answer <= 2));
    }

    let csv = String::from_utf8(output.stdout).unwrap();
    assert!(csv.starts_with("service,n,positive,lower,upper\n") && csv.ends_with('\n') && !csv.contains('\r'));
    let mut seen = BTreeSet::new();
    for record in csv::Reader::from_reader(csv.as_bytes()).records() {
        let record = record.unwrap();
        let number = |at: usize| record[at].parse::<f64>().unwrap();
        let (n, positive) = expected[&record[0]];
        assert_eq!((number(1), number(2)), (n, positive), "{}", &record[0]);
        // Wilson (1927), written out again.
        let (z, p) = (1.959_963_984_540_054_f64, positive / n);
        let middle = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        for (at, limit) in [(3, middle - half), (4, middle + half)] {
            assert!((number(at) - limit / (1.0 + z * z / n)).abs() < 1e-12, "{}", &record[0]);
        }
        seen.insert(record[0].to_owned());
    }
    assert_eq!(seen, expected.into_keys().collect());
}

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/nhs-proms").join(name)
}

/// NHS England's table of one operation: by provider and measure, the columns by name.
fn published(path: &Path) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let mut table = BTreeMap::new();
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    for record in reader.records() {
        let record = record.unwrap();
        let row: BTreeMap<String, String> = header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
        if row["Organisation Type"] == "Provider" && row["Procedure"].ends_with("Primary") {
            let measure = match row["Measure"].as_str() {
                "EQ VAS" => "vas",
                "EQ-5D Index" => "eq5d",
                _ => "oxford",
            };
            table.insert((row["Organisation Code"].clone(), measure.to_owned()), row);
        }
    }
    table
}

/// Runs the example and holds its figures against the published ones; returns how many providers and standard deviations agree.
fn provider_table(part: &str, records: &Path, table: &Path) -> (usize, BTreeMap<String, usize>) {
    let output = Command::new(example("run.sh"))
        .arg(part)
        .arg(records)
        .env("TELLONCE", env!("CARGO_BIN_EXE_tellonce"))
        .env_remove("TELLONCE_KEY")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let csv = String::from_utf8(output.stdout).unwrap();
    let first = "provider,measure,n,before,after,improved,same,worse,adjusted_after,sd\n";
    assert!(csv.starts_with(first) && csv.ends_with('\n') && !csv.contains('\r'));
    let published = published(table);
    let mut providers = BTreeSet::new();
    let mut deviations: BTreeMap<String, usize> = BTreeMap::new();
    let mut further: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut last = (String::new(), String::new());
    for record in csv::Reader::from_reader(csv.as_bytes()).records() {
        let record = record.unwrap();
        let key = (record[0].to_owned(), record[1].to_owned());
        assert!(last < key, "sorted by provider, then measure");
        last = key.clone();
        let Some(row) = published.get(&key).filter(|row| row["Modelled Records"] != "*") else { continue };
        let theirs = |column: &str| row[column].parse::<f64>().ok();
        let ours = |at: usize| record[at].parse::<f64>().ok();
        for (at, column) in [(2, "Modelled Records"), (5, "Improved"), (6, "Same"), (7, "Worse")] {
            assert_eq!(ours(at), theirs(column), "{key:?} {column}");
        }
        for (at, column) in [(3, "Average Pre-Op Q Score"), (4, "Average Post-Op Q Score")] {
            let (ours, theirs) = (ours(at).unwrap(), theirs(column).unwrap());
            assert!((ours - theirs).abs() <= 1e-3, "{key:?} {column}: {ours} against {theirs}");
        }
        if let Some(theirs) = theirs("Standard Deviation") {
            let ours = ours(9).unwrap();
            assert!((ours - theirs).abs() <= 1e-3, "{key:?}: standard deviation {ours} against {theirs}");
            *deviations.entry(key.1.clone()).or_default() += 1;
        }
        if let Some(theirs) = theirs("Adjusted Post-Op Q Score") {
            further.entry(key.1.clone()).or_default().push(ours(8).unwrap() - theirs);
        }
        providers.insert(key.0);
    }
    // England's own mean includes providers whose records are withheld: all of a measure differ by one constant.
    for (measure, differences) in &further {
        let most = differences.iter().copied().fold(f64::MIN, f64::max);
        let least = differences.iter().copied().fold(f64::MAX, f64::min);
        assert!(most - least <= 1e-3, "{measure}: from {least} to {most}");
        assert!(most.abs().max(least.abs()) <= 0.005, "{measure}: {most}");
    }
    assert_eq!(further.len(), 3);
    (providers.len(), deviations)
}

fn counts(oxford: usize, eq5d: usize, vas: usize) -> BTreeMap<String, usize> {
    BTreeMap::from([("oxford", oxford), ("eq5d", eq5d), ("vas", vas)].map(|(name, n)| (name.to_owned(), n)))
}

#[test]
fn published_figures_of_hip_replacements_come_out() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("real/nhs-proms");
    let table = folder.join("published_ProvComm_hip_2017-18.csv");
    let found = provider_table("hip", &folder.join("hip_records_2017-18.csv.gz"), &table);
    assert_eq!(found, (268, counts(222, 220, 217)));
}

#[test]
fn published_figures_of_knee_replacements_come_out() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("real/nhs-proms");
    let table = folder.join("published_ProvComm_knee_2016-17.csv");
    let found = provider_table("knee", &folder.join("knee_records_2016-17.csv.gz"), &table);
    assert_eq!(found, (283, counts(249, 246, 242)));
}

#[test]
fn every_published_index_is_the_value_of_its_answers() {
    let Some(shared) = shared() else { return };
    for (part, records) in [("hip", "hip_records_2017-18.csv.gz"), ("knee", "knee_records_2016-17.csv.gz")] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("records.csv");
        let unpacked =
            Command::new("gunzip").arg("-c").arg(shared.join("real/nhs-proms").join(records)).output().unwrap();
        std::fs::write(&data, &unpacked.stdout).unwrap();
        let workspace = folder.path().join("workspace");
        let tellonce = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_tellonce"))
                .args(arguments)
                .env_remove("TELLONCE_KEY")
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let at = workspace.to_str().unwrap();
        tellonce(&["init", at, "--policy", "none"]);
        let licences = workspace.join("measures/licences");
        std::fs::create_dir_all(&licences).unwrap();
        for licence in [format!("oxford-{part}.toml"), "eq-5d-3l.toml".into(), "eq-vas.toml".into()] {
            std::fs::copy(example("licences").join(&licence), licences.join(&licence)).unwrap();
        }
        let mapping = example(&format!("{part}.toml"));
        tellonce(&["--workspace", at, "land", data.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]);
        let query = "select s_state, s_index, count(*) as n from scored_eq_5d_3l group by 1, 2 order by 1";
        let csv = tellonce(&["--workspace", at, "sql", "--unprotected", "--format", "csv", query]);
        let mut values: BTreeMap<String, (String, usize)> = BTreeMap::new();
        for record in csv::Reader::from_reader(csv.as_bytes()).records() {
            let record = record.unwrap();
            values.insert(record[0].to_owned(), (record[1].to_owned(), record[2].parse().unwrap()));
        }

        // Each record of the file, before and after: its profile, as it stands there, has the index that stands there.
        let mut reader = csv::Reader::from_path(&data).unwrap();
        let header = reader.headers().unwrap().clone();
        let column = |name: &str| header.iter().position(|have| have == name).unwrap();
        let sides = ["Pre-Op Q", "Post-Op Q"]
            .map(|side| (column(&format!("{side} EQ5D Index Profile")), column(&format!("{side} EQ5D Index"))));
        let (mut with_index, mut seen) = (0, BTreeMap::<String, usize>::new());
        for record in reader.records() {
            let record = record.unwrap();
            for (profile, index) in sides {
                if record[index].is_empty() {
                    continue;
                }
                with_index += 1;
                *seen.entry(record[profile].to_owned()).or_default() += 1;
                let (ours, _) = &values[&record[profile]];
                let (ours, theirs): (f64, f64) = (ours.parse().unwrap(), record[index].parse().unwrap());
                assert!((ours - theirs).abs() < 1e-9, "{}: {ours} against {theirs}", &record[profile]);
            }
        }
        assert!(with_index > 70_000, "{with_index}");
        // And no state occurs more or less often than in the file.
        values.retain(|state, _| !state.is_empty());
        let landed: BTreeMap<String, usize> = values.into_iter().map(|(state, (_, n))| (state, n)).collect();
        assert_eq!(landed, seen, "{part}");
    }
}
