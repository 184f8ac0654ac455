//! `tellonce plan`, as a user runs it. Expected sizes are those of statsmodels 0.15.

use std::path::PathBuf;
use std::process::Output;

use crate::demo::tellonce;

const INSTRUMENT: &str = r#"
id = "clinic-score"
version = "1"
title.en = "Score of the clinic"
source = "Our own"
licence = "Apache-2.0"
main_root = "service"
occasions = ["contact"]
[[items]]
id = "given"
kind = "number"
range = [0, 100]
title.en = "The score"
[[scores]]
id = "score"
title.en = "Score"
better = "higher"
range = [0, 100]
decimals = 1
source = "Our own"
rule = { kind = "answer", item = "given" }
[[cut_sets]]
id = "level"
score = "score"
in_use = true
source = "Our own"
levels = [{ id = "low", label.en = "Low", from = 0, to = 49.9 }, { id = "high", label.en = "High", from = 50, to = 100 }]
"#;

const OUTCOMES: &str = r#"
[[outcomes]]
id = "high"
version = "1"
title.en = "High score"
statement.en = "their score was high"
instrument = "clinic-score"
score = "score"
cut_set = "level"
counts = ["high"]
out_of = ["low", "high"]
out_of_words.en = "all with a score"
direction = "higher"
by = ["sex"]
source = "Our own"

[[outcomes]]
id = "mean-score"
version = "1"
title.en = "Mean score"
statement.en = "mean of the score"
instrument = "clinic-score"
score = "score"
out_of_words.en = "all with a score"
direction = "higher"
by = ["sex"]
source = "Our own"
"#;

const MAPPING: &str = r#"
source_system = "clinic"
[identity]
columns = ["id"]
[date]
column = "date"
order = "year-month-day"
[where.service]
column = "service"
[facts.sex]
column = "sex"
[[responses]]
instrument = "clinic-score"
occasion = "contact"
items.given = { column = "score" }
"#;

/// A workspace with the measured answers of services: of each its name, its answers, and how many of them are high (70; others 30).
struct Planned(tempfile::TempDir);

impl Planned {
    fn new(policy: &str, services: &[(&str, u32, u32)]) -> Self {
        let planned = Planned(tempfile::tempdir().unwrap());
        let at = planned.at().to_str().unwrap().to_owned();
        planned.done(&tellonce(&["init", &at, "--policy", policy]));
        let mut rows = String::from("id,date,service,sex,score\n");
        for (service, answers, high) in services {
            for answer in 0..*answers {
                let (sex, score) = (["f", "m", "m"][answer as usize % 3], if answer < *high { 70 } else { 30 });
                rows.push_str(&format!("{service}-{answer},2026-03-01,{service},{sex},{score}\n"));
            }
        }
        for (path, text) in [
            ("measures/instruments/clinic-score.toml", INSTRUMENT),
            ("measures/outcomes/clinic-score.toml", OUTCOMES),
            ("mapping.toml", MAPPING),
            ("rows.csv", &rows),
        ] {
            let path = planned.at().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let [file, mapping] = ["rows.csv", "mapping.toml"].map(|name| planned.at().join(name));
        planned.done(&planned.run(&["land", file.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]));
        planned.done(&planned.run(&["measure", "--period", "all"]));
        planned
    }

    fn at(&self) -> PathBuf {
        self.0.path().join("workspace")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        tellonce(&[&["--workspace", self.at().to_str().unwrap()], arguments].concat())
    }

    fn done(&self, output: &Output) -> String {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout.clone()).unwrap()
    }

    fn said(&self, arguments: &[&str]) -> String {
        self.done(&self.run(arguments))
    }
}

/// The line of a table that begins with a name, its columns with one space between.
fn line(text: &str, name: &str) -> String {
    let found = text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no `{name}` in:\n{text}"));
    found.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a refused command says; it ends with the code of what was asked for wrongly.
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn each_unit_is_held_against_the_rest() {
    let planned = Planned::new("none", &[("north", 400, 300), ("south", 600, 300)]);
    let text = planned.said(&["plan", "high", "--by", "service", "--difference", "10"]);
    assert!(text.starts_with("High score, all answers, dated or not: 60% of 1,000 answers (everybody)\n"), "{text}");
    assert!(text.contains("2 of 2 have answers enough to see a difference of 10 points from the rest.\n"), "{text}");
    assert_eq!(line(&text, "north"), "north 400 9 or more 9 or more 287 324");
    assert_eq!(line(&text, "south"), "south 600 8.2 or more 8.1 or more 276 414");
    assert!(text.contains("shows with a chance of 80%; where there is none, one shows with a chance of 5%."));

    let strict =
        planned.said(&["plan", "high", "--by", "service", "--difference", "10", "--power", "0.9", "--level", "0.99"]);
    assert!(strict.contains("0 of 2 have answers enough") && strict.contains("shows with a chance of 90%"), "{strict}");
    let clustered = planned.said(&["plan", "high", "--by", "service", "--difference", "10", "--design-effect", "1.5"]);
    assert!(clustered.contains("1.5 answers tell as much as 1"), "{clustered}");
    assert_eq!(line(&clustered, "north"), "north 400 11 or more 11.2 or more 564 485");
}

#[test]
fn groups_levels_and_means_have_their_tables() {
    let planned = Planned::new("none", &[("north", 400, 300), ("south", 600, 300), ("west", 90, 60)]);
    // 5 points where nobody says how many.
    let groups = planned.said(&["plan", "high", "--by", "sex"]);
    assert!(groups.contains("0 of 2 have answers enough to see a difference of 5 points"), "{groups}");
    assert!(line(&groups, "Female").starts_with("Female 364 "), "{groups}");
    let levels = planned.said(&["plan", "high", "--difference", "10"]);
    assert!(line(&levels, "services").starts_with("services 3 0 2 400 "), "{levels}");
    let mean = planned.said(&["plan", "mean-score", "--by", "service", "--difference", "4"]);
    assert!(mean.contains(": a mean of 54.22 of 1,090 answers"), "{mean}");
    // 660 of 1 090 answers of 70 and 430 of 30: a standard deviation of 19.5585.
    assert_eq!(line(&mean, "west"), "west 90 6.03 or more 8.17 or more 232 205");
    let refusal = refused(&planned.run(&["plan", "mean-score"]));
    assert!(refusal.contains("declares no difference that matters") && refusal.contains("--difference"), "{refusal}");
}

#[test]
fn what_is_hidden_stays_hidden() {
    let planned = Planned::new("survey", &[("north", 400, 300), ("south", 600, 300), ("east", 7, 3), ("west", 6, 3)]);
    let text = planned.said(&["plan", "high", "--by", "service"]);
    for (name, n) in [("east", "7"), ("west", "6")] {
        let line = line(&text, name);
        assert!(line.starts_with(&format!("{name} - ")) && !line.contains(&format!(" {n} ")), "{text}");
    }
    assert!(text.contains("2 cannot be planned for, with the reason beside them"), "{text}");
    let levels = planned.said(&["plan", "high"]);
    assert!(line(&levels, "services").starts_with("services 4 2 "), "{levels}");

    let few = Planned::new("survey", &[("east", 7, 3)]);
    let refusal = refused(&few.run(&["plan", "high"]));
    assert!(refusal.contains("is not shown: there is nothing to plan from"), "{refusal}");
}

#[test]
fn wrong_names_are_refused_with_those_that_there_are() {
    let planned = Planned::new("none", &[("north", 400, 300), ("south", 600, 300)]);
    for (arguments, why) in [
        (&["plan", "hihg"][..], "did you mean `high`?"),
        (&["plan", "high", "--by", "age_band"], "--by takes one of its groups or a level of areas: sex, practice"),
        (&["plan", "high", "--by", "sex", "--area", "nowhere"], "`high` has no figure for `nowhere`"),
        (&["plan", "high", "--by", "service", "--area", "north"], "areas are held against everybody"),
        (&["plan", "high", "--occasion", "before"], "these occasions have some: `contact`"),
        (&["plan", "high", "--difference", "100"], "two shares cannot differ by 100 points"),
        (&["plan", "high", "--period", "2026-04"], "that period was not measured"),
    ] {
        let refusal = refused(&planned.run(arguments));
        assert!(refusal.contains(why), "{arguments:?}: {refusal}");
    }
    let empty = tempfile::tempdir().unwrap();
    let at = empty.path().join("w");
    assert!(tellonce(&["init", at.to_str().unwrap()]).status.success());
    let refusal = refused(&tellonce(&["--workspace", at.to_str().unwrap(), "plan", "friends-and-family-positive"]));
    assert!(refusal.contains("nothing was measured yet"), "{refusal}");
}

#[test]
fn without_a_workspace_it_calculates() {
    let calculated = |arguments: &[&str]| {
        let output = tellonce(&[&["--workspace", "/nowhere", "plan"], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = calculated(&["--share", "0.6", "--difference", "0.05"]);
    assert!(text.contains("65% against 60%: 1,471 answers in each group\n"), "{text}");
    assert!(text.contains("60% by itself, known to within 5 points: 366 answers\n"), "{text}");
    let text = calculated(&["--share", "0.65", "--answers", "120", "--others", "4000"]);
    assert!(text.contains("120 answers beside 4,000 can see 11.9 points or more higher than 65%\n"), "{text}");
    assert!(text.contains("120 answers beside 4,000 can see 12.6 points or more lower than 65%\n"), "{text}");
    let text = calculated(&["--share", "0.97", "--difference", "0.05"]);
    assert!(text.contains("higher by 5 points from 97%: there is no room for it\n"), "{text}");
    let text = calculated(&["--sd", "12", "--difference", "5", "--others", "1800"]);
    assert!(text.contains("means that differ by 5, standard deviation 12: 47 answers beside 1,800\n"), "{text}");
    let text = calculated(&["--sd", "12", "--answers", "60", "--others", "1800"]);
    assert!(text.contains("60 answers beside 1,800 can see 4.41 or more\n"), "{text}");
    let text = calculated(&["--share", "0.6", "--difference", "0.05", "--others", "50"]);
    assert!(text.contains("no number of answers is enough beside 50\n"), "{text}");
}

#[test]
fn wrong_numbers_are_refused() {
    for (arguments, why) in [
        (&["plan"][..], "required"),
        (&["plan", "high", "--share", "0.6"], "cannot be used with"),
        (&["plan", "--share", "60", "--difference", "0.05"], "it lies between 0 and 1"),
        (&["plan", "--share", "0.6"], "there is nothing to plan"),
        (&["plan", "--share", "0.6", "--difference", "5"], "the difference is a fraction too"),
        (&["plan", "--share", "0.6", "--difference", "-1"], "'-1'"),
        (&["plan", "--share", "0.6", "--difference", "0"], "it is above 0"),
        (&["plan", "--share", "0.6", "--difference", "0.1", "--power", "1"], "it lies between 0 and 1"),
        (&["plan", "--share", "0.6", "--difference", "0.1", "--level", "95"], "it lies between 0 and 1"),
        (
            &["plan", "--share", "0.6", "--difference", "0.1", "--design-effect", "0.5"],
            "above 1 where they hang together",
        ),
        (&["plan", "--sd", "wide", "--difference", "0.1"], "it is no number"),
        (&["plan", "--share", "0.6", "--difference", "0.1", "--by", "sex"], "cannot be used with"),
    ] {
        let refusal = refused(&tellonce(arguments));
        assert!(refusal.contains(why), "{arguments:?}: {refusal}");
    }
}
