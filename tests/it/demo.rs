//! `tellonce demo`, as a user runs it.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::LazyLock;

use tellonce::fixtures::Truth;

/// Runs the program.
pub fn tellonce(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tellonce")).env_remove("TELLONCE_KEY").args(args).output().unwrap()
}

/// Runs the program and returns what it writes to standard output.
pub fn said(args: &[&str]) -> String {
    let output = tellonce(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// One demo for all tests.
static DEMO: LazyLock<(tempfile::TempDir, String)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let said = said(&["demo", folder.path().join("demo").to_str().unwrap()]);
    (folder, said)
});

pub fn folder() -> PathBuf {
    DEMO.0.path().join("demo")
}

/// The board page of the demo.
pub fn page() -> PathBuf {
    let line = DEMO.1.lines().find_map(|line| line.strip_prefix("board report: ")).unwrap();
    PathBuf::from(line)
}

/// The page of every measure of the demo.
pub fn annex() -> PathBuf {
    let line = DEMO.1.lines().find_map(|line| line.strip_prefix("every measure: ")).unwrap();
    PathBuf::from(line)
}

fn sql(query: &str) -> String {
    said(&["--workspace", folder().to_str().unwrap(), "sql", "--format", "csv", query])
}

#[test]
fn the_demo_ends_with_a_report_that_says_it_is_not_for_publication() {
    let page = std::fs::read_to_string(page()).unwrap();
    assert!(page.contains("Not for publication"));
    assert!(page.contains("Exampleshire"));
}

#[test]
fn the_rows_of_the_demo_add_up_to_what_was_written() {
    let truth: Truth = serde_json::from_str(&std::fs::read_to_string(folder().join("truth.json")).unwrap()).unwrap();
    let written: u64 = truth.counts.files.iter().map(|file| file.rows).sum();
    let read: u64 = DEMO
        .1
        .lines()
        .filter_map(|line| line.split_once("rows read ")?.1.split_once(" = "))
        .map(|(read, _)| read.replace(',', "").parse::<u64>().unwrap())
        .sum();
    assert_eq!(read, written);
}

#[test]
fn small_practices_are_hidden_and_no_number_of_theirs_is_left() {
    let truth: Truth = serde_json::from_str(&std::fs::read_to_string(folder().join("truth.json")).unwrap()).unwrap();
    assert!(!truth.small_practices.is_empty());
    for small in &truth.small_practices {
        let rows = sql(&format!(
            "select count(*) as n, count(n) + count(value) + count(numerator) + count(lower) as numbers from latest \
             where area = '{}' and statistic = 'value' and measure not like 'answered/%' and period like '12m%'",
            small.practice
        ));
        let last = rows.lines().last().unwrap();
        let (n, numbers) = last.split_once(',').unwrap();
        assert_eq!(numbers, "0", "{} of {n} figures", small.practice);
    }
}

#[test]
fn measuring_twice_gives_the_same_figures() {
    let demo = folder();
    let demo = demo.to_str().unwrap();
    // Into a copy: the other tests look at the first run.
    let copy = tempfile::tempdir().unwrap();
    assert!(Command::new("cp").args(["-r", demo, copy.path().to_str().unwrap()]).status().unwrap().success());
    let copy = copy.path().join("demo");
    let copy = copy.to_str().unwrap();
    said(&["--workspace", copy, "measure"]);
    let different = "with numbered as (select *, dense_rank() over (order by run) as nth from published), \
         one as (select * from numbered where nth = 1), two as (select * from numbered where nth = 2) \
         select (select count(*) from one) as rows, count(*) as different from one join two \
         on one.measure = two.measure and one.root = two.root and one.area = two.area and one.period = two.period \
         and one.occasion = two.occasion and one.group_by = two.group_by and one.\"group\" = two.\"group\" \
         and one.statistic = two.statistic and one.weighting = two.weighting and one.adjustment = two.adjustment \
         and (one.cut_set is not distinct from two.cut_set) and (one.comparator is not distinct from two.comparator) \
         where (one.value is distinct from two.value) or (one.n is distinct from two.n) or (one.lower is distinct from two.lower) \
         or (one.mark is distinct from two.mark)";
    let rows = said(&["--workspace", copy, "sql", "--format", "csv", different]);
    let last = rows.lines().last().unwrap();
    assert!(last.ends_with(",0") && !last.starts_with("0,"), "{rows}");
}

#[test]
fn an_old_paper_is_made_again() {
    let demo = folder();
    let demo = demo.to_str().unwrap();
    let run = sql("select max(run) as run from runs");
    let run = run.lines().last().unwrap();
    let out = tempfile::tempdir().unwrap();
    let again = out.path().join("again.html");
    said(&["--workspace", demo, "report", "board", "--run", run, "--out", again.to_str().unwrap()]);
    assert_eq!(std::fs::read(&again).unwrap(), std::fs::read(page()).unwrap());
}

#[test]
fn the_board_leads_with_what_was_chosen_and_the_annex_has_everything() {
    let titles = |page: &str| -> Vec<String> {
        let rows = page.split("<th scope=\"row\"><a href=\"#m").skip(1);
        rows.map(|row| row.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()).collect()
    };
    let board = titles(&std::fs::read_to_string(page()).unwrap());
    assert_eq!(board.len(), 12, "{board:?}");
    assert_eq!(board[0], "Friends and family: good or very good");
    let annex = titles(&std::fs::read_to_string(annex()).unwrap());
    assert!(annex.len() > 12 && board.iter().all(|title| annex.contains(title)), "{annex:?}");
    let out = tempfile::tempdir().unwrap();
    let out = out.path().join("place.html");
    let folder = folder();
    said(&[
        "--workspace",
        folder.to_str().unwrap(),
        "report",
        "board",
        "--area",
        "PL1",
        "--out",
        out.to_str().unwrap(),
    ]);
    let place = std::fs::read_to_string(out).unwrap();
    assert_eq!(titles(&place)[0], "Know what to do if things get worse", "what weighs most comes first");
    assert!(place.contains("86 residents"), "who set it is said");
}

#[test]
fn a_demo_writes_over_nothing() {
    let output = tellonce(&["demo", folder().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not empty"));
}
