//! A workspace that declares instruments of its own, with every kind of question.

use tellonce::declare::Declarations;
use tellonce::files::Files;

use super::file;
use crate::support::Bench;

/// Questions about a garden.
pub const VISIT: &str = r#"
id = "garden-visit"
version = "2"
title.en = "A visit to the garden"
source = "Made up for tests"
licence = "Apache-2.0"
occasions = ["before", "after"]
covariates = ["predicted"]
weights = ["survey"]
[windows.after]
after = "before"
months = 6
give_or_take_days = 42
[scales.ease]
not_answered = ["9"]
not_asked = ["8"]
[[scales.ease.options]]
code = 0
id = "hard"
label.en = "Hard"
[[scales.ease.options]]
code = 1
id = "fair"
label.en = "Fair"
[[scales.ease.options]]
code = 2
id = "easy"
label.en = "Easy"
[[items]]
id = "digging"
kind = "single-choice"
scale = "ease"
text.en = "How was the digging?"
[[items]]
id = "energy"
kind = "scale"
range = [0, 10]
not_answered = ["99"]
text.en = "How much energy is left for the compost?"
[[items]]
id = "alone"
kind = "yes-no"
text.en = "Did you garden alone?"
[[items]]
id = "grew"
kind = "tick-all"
not_answered = ["98"]
text.en = "What grew?"
[[items.entries]]
id = "beans"
label.en = "Broad beans"
[[items.entries]]
id = "peas"
label.en = "Peas"
[[items.entries]]
id = "kale"
label.en = "Kale"
[[items]]
id = "tools"
kind = "checklist"
scale = "ease"
text.en = "How easy to lift was each tool?"
[[items.entries]]
id = "spade"
label.en = "Spade"
[[items.entries]]
id = "fork"
label.en = "Fork"
[[items]]
id = "harvest"
kind = "number"
range = [-5, 100]
not_answered = ["999"]
text.en = "How many pounds were harvested?"
[[items]]
id = "rain"
kind = "number"
range = [0, 20000000000]
text.en = "How much rain fell?"
[[items]]
id = "sown"
kind = "date"
not_answered = ["never"]
text.en = "When was it sown?"
[[items]]
id = "words"
kind = "free-text"
text.en = "What else should we know?"
"#;

/// An earlier version of them.
pub const VISIT_1: &str = r#"
id = "garden-visit"
version = "1"
title.en = "A visit to the garden"
source = "Made up for tests"
licence = "Apache-2.0"
occasions = ["before", "after"]
[[scales.ease.options]]
code = 1
id = "easy"
label.en = "Easy"
[[scales.ease.options]]
code = 2
id = "hard"
label.en = "Hard"
[[items]]
id = "digging"
kind = "single-choice"
scale = "ease"
text.en = "Was the digging easy?"
[[items]]
id = "weeds"
kind = "number"
range = [0, 1000]
text.en = "How many weeds were there?"
"#;

/// What people want of their garden, each goal by itself.
pub const GOALS: &str = r#"
id = "garden-goals"
version = "1"
title.en = "Goals for the garden"
source = "Made up for tests"
licence = "Apache-2.0"
occasions = ["before", "after"]
repeats.en = "goal"
respondents = ["self", "carer"]
[[items]]
id = "reached"
kind = "scale"
range = [0, 10]
text.en = "How near is the goal?"
[[items]]
id = "goal"
kind = "free-text"
text.en = "What is the goal?"
"#;

impl Bench {
    /// A store whose workspace declares the instruments above.
    pub fn garden() -> Self {
        let mut bench = Bench::new();
        bench.declare("measures/instruments/garden-visit.toml", VISIT);
        bench.declare("measures/instruments/garden-goals.toml", GOALS);
        bench.declare("measures/instruments/garden-visit@1.toml", VISIT_1);
        bench
    }

    /// Writes a file of the workspace, and reads all of them anew.
    pub fn declare(&mut self, path: &str, text: &str) {
        let whole = self.folder.path().join(path);
        std::fs::create_dir_all(whole.parent().unwrap()).unwrap();
        std::fs::write(whole, text).unwrap();
        let read = Declarations::load(&Files::with_workspace(self.folder.path()));
        self.declarations = read.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    }
}

/// Returns a mapping of rows that are known by `id`, which stands for the age as well, so that tests can tell them apart.
pub fn mapping(rest: &str) -> String {
    format!("source_system = \"garden\"\n[identity]\ncolumns = [\"id\"]\n[facts.age]\ncolumn = \"id\"\n{rest}")
}

/// Lands one answer a row by the keys of its cell; returns what is seen of `columns` in the order of the rows, and the quarantine.
pub async fn seen_of(cell: &str, answers: &[&str], columns: &[&str]) -> (Vec<String>, Vec<String>) {
    let bench = Bench::garden();
    let mapping = mapping(&format!("[[responses]]\ninstrument = \"garden-visit\"\n{cell}"));
    // Two digits, so that the rows sort as they stand in the file.
    let rows: Vec<String> = answers.iter().enumerate().map(|(at, text)| format!("{},\"{text}\"", at + 10)).collect();
    let bytes = file("id,answer", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let report = bench.land("garden.csv", &bytes, &mapping).await;
    assert_eq!((report.counts.landed, report.counts.quarantined), (answers.len() as u64, 0));
    let again = bench.land("garden.csv", &bytes, &mapping).await;
    assert!(again.stands_already && again.counts.already_there == answers.len() as u64);
    let all: Vec<&str> = ["f_age"].iter().chain(columns).copied().collect();
    let seen = bench.rows("responses/garden-visit", &all).await;
    let quarantined = bench.rows("quarantine", &["line", "whole_row", "column", "reason", "raw"]).await;
    (seen.iter().map(|row| row.split_once(' ').unwrap().1.to_owned()).collect(), quarantined)
}
