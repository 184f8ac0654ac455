//! A program that is killed at any moment: readers see all of a landing or nothing, and the next one finishes the work.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tellonce::land::apply;
use tellonce::store::{Landings, Store};

use super::{CLINIC, file};
use crate::support::{Bench, KEY, counts, lines};

const BOTH: &str = r#"
source_system = "survey"
[identity]
columns = ["id"]
[date]
column = "date"
order = "day-month-year"
[[responses]]
instrument = "person-centred-questions"
[responses.items.self_help]
column = "self"
[[responses]]
instrument = "friends-and-family"
[responses.items.overall]
column = "overall"
[responses.comments.why]
column = "why"
"#;

/// What one landing did, and the file of the one that is stopped: it corrects, adds, comments and quarantines.
async fn begun() -> (Bench, Vec<u8>) {
    let header = "id,date,self,overall,why";
    let bench = Bench::new();
    let first = file(header, &["1,14/03/2026,No,Good,kind", "2,14/03/2026,No,Poor,", ""]);
    let report = bench.land("one.csv", &first, BOTH).await;
    assert_eq!(report.counts, counts(3, [1, 2, 0, 0, 0]));
    let rows = ["1,14/03/2026,No,Very good,very kind", "2,14/03/2026,No,Poor,", "3,31/02/2026,No,Good,new", ",,,,"];
    (bench, file(header, &rows))
}

#[tokio::test]
async fn a_stop_between_any_two_commits_leaves_readers_with_before_or_after() {
    let (whole, second) = begun().await;
    let done = whole.land("two.csv", &second, BOTH).await;
    assert_eq!(done.counts, counts(4, [1, 1, 1, 0, 1]));
    let after = whole.everything().await;

    let (bench, _) = begun().await;
    let tables: Vec<String> =
        bench.prepare("two.csv", &second, BOTH).await.unwrap().commits.into_iter().map(|commit| commit.table).collect();
    assert_eq!(
        tables,
        [
            "quarantine",
            "comments",
            "responses/person-centred-questions",
            "responses/friends-and-family",
            "superseded",
            "landings"
        ]
    );

    for stop in 0..=tables.len() {
        let (bench, second) = begun().await;
        let before = bench.everything().await;
        let prepared = bench.prepare("two.csv", &second, BOTH).await.unwrap();
        apply(&bench.store, &prepared.commits[..stop]).await.unwrap();
        let now = if stop == tables.len() { &after } else { &before };
        assert_eq!(bench.everything().await, *now, "after {stop} commits");

        // The next command takes the half-made landing back.
        let taken = bench.landings().await.take_back(&bench.store).await.unwrap();
        let half = (1..tables.len()).contains(&stop);
        assert_eq!(
            taken,
            if half { vec![prepared.report.landing.clone()] } else { Vec::new() },
            "after {stop} commits"
        );
        assert_eq!(bench.everything().await, *now, "taken back after {stop} commits");
        assert_eq!(bench.landings().await.take_back(&bench.store).await.unwrap(), [""; 0]);

        // Landing again is as if nothing had happened, with and without taking back first.
        let again = bench.land("two.csv", &second, BOTH).await;
        let known = if stop == tables.len() { counts(4, [1, 0, 0, 0, 3]) } else { done.counts };
        assert_eq!(again.counts, known, "after {stop} commits");
        assert_eq!(bench.everything().await, after, "landed again after {stop} commits");

        let (bench, second) = begun().await;
        let prepared = bench.prepare("two.csv", &second, BOTH).await.unwrap();
        apply(&bench.store, &prepared.commits[..stop]).await.unwrap();
        bench.land("two.csv", &second, BOTH).await;
        assert_eq!(bench.everything().await, after, "landed at once after {stop} commits");
    }
}

#[tokio::test]
async fn a_stop_before_a_table_is_made_leaves_no_table() {
    let bench = Bench::new();
    // What a program leaves that dies while it makes its first tables: a folder, a log without a word, a file that no log names.
    let store = bench.folder.path().join("store");
    std::fs::create_dir_all(store.join("quarantine/_delta_log")).unwrap();
    std::fs::create_dir_all(store.join("comments")).unwrap();
    std::fs::write(store.join("comments/abc.1-2-0.parquet"), b"half a file").unwrap();
    assert_eq!(bench.landings().await.take_back(&bench.store).await.unwrap(), [""; 0]);
    let report = bench.land("one.csv", &super::clinic(&["", "1,14/03/2026,A81001,paper,,41,Good,kind"]), CLINIC).await;
    assert_eq!(report.counts, counts(2, [1, 1, 0, 0, 0]));
    assert_eq!(bench.rows("comments", &["text"]).await, ["kind"]);
    assert_eq!(bench.quarantined().await, ["2 true - blank line -"]);
}

fn tellonce(workspace: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tellonce"));
    command.arg("--workspace").arg(workspace).args(arguments).env("TELLONCE_KEY", KEY);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Rows of the file that is landed by a program that is killed.
const ROWS: usize = 20_000;

/// A workspace and a file to land in it: answers, comments, quarantine, and corrections of what stands there already.
struct Scene {
    workspace: PathBuf,
    arguments: Vec<String>,
}

impl Scene {
    fn new(folder: &Path, name: &str) -> Self {
        let workspace = folder.join(name);
        said(&Command::new(env!("CARGO_BIN_EXE_tellonce")).arg("init").arg(&workspace).output().unwrap());
        let mapping = folder.join("clinic.toml");
        std::fs::write(&mapping, CLINIC).unwrap();
        let land = |data: &str, text: String| {
            let data = folder.join(data);
            std::fs::write(&data, text).unwrap();
            [Path::new("land"), &data, Path::new("--mapping"), &mapping].map(|part| part.display().to_string()).to_vec()
        };
        let first = land("first.csv", format!("{}\n0,14/03/2026,A81001,paper,,0,Poor,first\n", super::HEADER));
        let mut text = format!("{}\n", super::HEADER);
        for row in 0..ROWS {
            let answer = ["Good", "Poor", "9"][row % 3];
            writeln!(text, "{row},14/03/2026,A81001,paper,,{},{answer},comment {row}", row % 90).unwrap();
        }
        let scene = Scene { workspace, arguments: land("data.csv", text) };
        said(&tellonce(&scene.workspace, &first).output().unwrap());
        scene
    }

    fn land(&self) -> Command {
        tellonce(&self.workspace, &self.arguments)
    }

    /// Checks that a reader sees the tables as they were before, or after; returns whether it is after.
    async fn before_or_after(&self) -> bool {
        let (responses, comments, quarantine) = seen(&self.workspace).await;
        let after = responses.len() > 1;
        let expected = if after { (ROWS, ROWS, ROWS / 3) } else { (1, 1, 0) };
        assert_eq!((responses.len(), comments, quarantine), expected);
        let single: BTreeSet<&String> = responses.iter().collect();
        assert_eq!(single.len(), responses.len(), "one row a response");
        after
    }

    /// Lands the file once more and then again: every row of it is there once.
    async fn finishes(&self, after: bool) {
        let words = said(&self.land().output().unwrap());
        if !after {
            assert!(words.contains("read 20,000 = quarantined 0 + landed 19,999 + corrected 1 + folded 0"), "{words}");
        }
        assert!(self.before_or_after().await);
        let words = said(&self.land().output().unwrap());
        assert!(words.contains("this file stands already; nothing was written"), "{words}");
        assert!(words.contains("landed 0 + corrected 0 + folded 0 + already there 20,000"), "{words}");
    }
}

#[tokio::test]
async fn a_program_killed_at_any_moment_leaves_before_or_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut killed = 0;
    for milliseconds in [5, 20, 50, 100, 150, 200, 300] {
        let scene = Scene::new(folder.path(), &milliseconds.to_string());
        let mut child = scene.land().spawn().unwrap();
        std::thread::sleep(Duration::from_millis(milliseconds));
        child.kill().unwrap();
        killed += usize::from(!child.wait_with_output().unwrap().status.success());
        let after = scene.before_or_after().await;
        scene.finishes(after).await;
    }
    assert!(killed > 0, "no run was stopped in its work");
}

#[tokio::test]
async fn a_program_killed_as_it_writes_a_table_leaves_before_or_after() {
    let folder = tempfile::tempdir().unwrap();
    let mut half = 0;
    for table in ["quarantine", "comments", super::RESPONSES, "superseded", "landings"] {
        let scene = Scene::new(folder.path(), &table.replace('/', "-"));
        let place = scene.workspace.join("store").join(table);
        let before = files_in(&place);
        let mut child = scene.land().spawn().unwrap();
        // Killed as soon as the table gets a file.
        while files_in(&place) == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_micros(100));
        }
        child.kill().unwrap();
        let words = child.wait_with_output().unwrap();
        let after = scene.before_or_after().await;
        assert!(after || !words.status.success());
        half += usize::from(!after);
        scene.finishes(after).await;
    }
    assert!(half > 0, "no run was stopped in its work");
}

fn files_in(place: &Path) -> usize {
    if place.is_dir() { super::files(place).len() } else { 0 }
}

/// The responses that a reader sees by their ids; how many comments; how many rows of quarantine.
async fn seen(workspace: &Path) -> (Vec<String>, usize, usize) {
    let store = Store::open("store", workspace).unwrap();
    let session = tellonce::session::session().unwrap();
    let landings = Landings::read(&store, &session).await.unwrap();
    let mut rows = Vec::new();
    for table in [super::RESPONSES, "comments", "quarantine"] {
        let found = match landings.seen(&store, &session, table, None).await.unwrap() {
            Some(found) => found.collect().await.unwrap(),
            None => Vec::new(),
        };
        let column = if table == "quarantine" { "line" } else { "response_id" };
        rows.push(found.iter().flat_map(|batch| lines(batch, &[column])).collect::<Vec<_>>());
    }
    let [responses, comments, quarantine] = <[_; 3]>::try_from(rows).unwrap();
    (responses, comments.len(), quarantine.len())
}
