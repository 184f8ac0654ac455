//! The board page, drawn from example contexts.

use std::path::Path;

use tellonce::files::Files;
use tellonce::report::context::Board;
use tellonce::report::render;

use crate::demo::{said, tellonce};

/// Draws `tests/report_inputs/<name>.json`.
pub fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/report_inputs/{name}.json"));
    let board: Board = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let files = Files::embedded();
    render(&board, &|name| files.read(&format!("reports/{name}")).ok().flatten()).unwrap()
}

/// What a person reads of a page: its text, a line a block, without styles and drawings.
fn words(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let end = ["style", "svg"].iter().find(|tag| after.starts_with(**tag)).map(|tag| format!("</{tag}>"));
        rest = match end.and_then(|end| after.split_once(end.as_str())) {
            Some((_, after)) => after,
            None => {
                let (tag, after) = after.split_once('>').unwrap_or((after, ""));
                let block = ["/p", "/h", "/li", "/tr", "/dt", "/dd", "/caption", "/summary", "/div"];
                if block.iter().any(|name| tag.starts_with(name)) {
                    text.push('\n');
                } else if tag.starts_with("/t") {
                    text.push_str(" | ");
                }
                after
            }
        };
    }
    text.push_str(rest);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty() && line != "|").collect::<Vec<_>>().join("\n")
}

#[test]
fn the_words_of_the_example_pages() {
    for name in ["board", "few", "change", "annex", "first"] {
        insta::assert_snapshot!(name, words(&page(name)));
    }
}

#[test]
fn the_same_board_gives_the_same_bytes_and_asks_for_nothing() {
    let page = page("board");
    assert_eq!(page, self::page("board"));
    for word in ["<script", "http://", "https://", "src=", "@import", "url("] {
        assert!(!page.contains(word), "{word}");
    }
}

/// A workspace whose instrument is declared in `tests/report_inputs/steps` and needs a licence; 80 people answered before and after, 8 of
/// them in the smallest practice.
struct Steps {
    folder: tempfile::TempDir,
}

impl Steps {
    fn new() -> Self {
        let steps = Steps { folder: tempfile::tempdir().unwrap() };
        said(&["init", steps.workspace(), "--name", "Steps in Exampleshire"]);
        for (from, to) in [
            ("instrument", "measures/instruments/steps"),
            ("outcomes", "measures/outcomes/steps"),
            ("licence", "measures/licences/steps"),
            ("mapping", "mappings/steps"),
        ] {
            let inputs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report_inputs/steps");
            let to = steps.folder.path().join(format!("{to}.toml"));
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(inputs.join(format!("{from}.toml")), to).unwrap();
        }
        let row = |at: usize| {
            let practice = ["P1", "P2", "P3"][usize::from(at >= 50) + usize::from(at >= 72)];
            let before = at % 7;
            // Every tenth person did not say how far they had got after.
            let after = if at.is_multiple_of(10) { String::new() } else { (before + at % 5).min(10).to_string() };
            let (home, money) = ((at % 4, at % 6), (at % 3, at * 2 % 5));
            let day = 1 + at % 28;
            format!("{at},2026-03-{day:02},{practice},{before},{},{},{after},{},{}\n", home.0, money.0, home.1, money.1)
        };
        let rows: String = (0..80).map(row).collect();
        let file = steps.path("steps.csv");
        std::fs::write(&file, format!("id,date,practice,reach1,home1,money1,reach2,home2,money2\n{rows}")).unwrap();
        let mapping = steps.path("mappings/steps.toml");
        said(&["--workspace", steps.workspace(), "land", &file, "--mapping", &mapping]);
        said(&["--workspace", steps.workspace(), "measure", "--period", "2025/26"]);
        steps
    }

    fn workspace(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn report(&self, area: Option<&str>) -> (std::process::Output, String) {
        let out = self.path("page.html");
        let mut args = vec!["--workspace", self.workspace(), "report", "board", "--out", &out];
        args.extend(area.iter().flat_map(|area| ["--area", area]));
        let output = tellonce(&args);
        (output, std::fs::read_to_string(&out).unwrap_or_default())
    }

    /// Writes the last day of the licence.
    fn ends(&self, day: chrono::NaiveDate) {
        let path = self.path("measures/licences/steps.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("expires")).collect();
        std::fs::write(path, format!("{}\nexpires = \"{day}\"\n", lines.join("\n"))).unwrap();
    }
}

#[test]
fn from_answers_before_and_after_to_the_page() {
    let steps = Steps::new();
    let page = words(&steps.report(None).1);
    for said in [
        "Mean reach: 2.9 points (2.5 to 3.4).",
        "Aim: 6.0 points. To compare: 5.5 points (Made up for tests).",
        "The score: Reach, from 0 to 10, higher is better. Out of: all answers. Asked at: before.",
        "In nearly 3 in 10 answers (19% to 38%), the score showed that they got far.",
        "By the other cut set (old): 0% (0% to 5%).",
        "Mean change of reach: 2.2 points better (1.9 to 2.5).",
        "72 episodes of care with answers before and after",
        "These people were chosen because their score was bad before.",
        "Matters to one person: 3 points or more | 44% (34% to 56%) | 56% (44% to 66%) | 0% (0% to 5%) | 72 |",
        "0 to 4 | +2.3 | +1.9 to +2.7 | 90% | 52 |",
        "Of 72 episodes of care, 23 moved to a better level, 49 stayed and 0 moved to a worse one.",
        "No score after | [c] |",
        "Home | 48% (37% to 58%) |",
        "Steps: licence of The Steps Trust, held by Exampleshire (ST-1).",
    ] {
        assert!(page.contains(said), "{said} is not in:\n{page}");
    }
    // The smallest practice is hidden, and the next one with it: not a number of either is on its page.
    for area in ["P2", "P3"] {
        let page = words(&steps.report(Some(area)).1);
        let blocks = page.split("Each step\n").next().unwrap();
        assert!(blocks.contains("Too few episodes of care to say: mean change of reach."), "{blocks}");
        assert!(!blocks.contains("points better") && !blocks.contains("moved to a better level"), "{blocks}");
    }
}

#[test]
fn a_page_needs_the_licences_of_what_is_on_it() {
    let steps = Steps::new();
    let today = chrono::Utc::now().date_naive();
    steps.ends(today - chrono::Days::new(5));
    let (output, page) = steps.report(None);
    assert!(output.status.success());
    assert!(words(&page).contains("The licence of `steps` ended on"), "a warning stands on the page");

    steps.ends(today - chrono::Days::new(90));
    let (output, _) = steps.report(None);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("the licence of `steps` ended on") && told.contains("renew it with The Steps Trust"),
        "{told}"
    );

    std::fs::remove_file(steps.path("measures/licences/steps.toml")).unwrap();
    let (output, _) = steps.report(None);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("needs a licence of The Steps Trust") && told.contains("measures/licences/steps.toml"),
        "{told}"
    );
}
