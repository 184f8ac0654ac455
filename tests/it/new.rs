//! `tellonce new`: what it writes passes `check` as it is, except a licence, which only a person can fill in.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::demo::{said, tellonce};
use crate::documents::words;

/// A fresh workspace.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    said(&["init", folder.path().to_str().unwrap()]);
    folder
}

/// Runs a command in the workspace and returns what it writes to standard output.
fn ran(workspace: &Path, args: &[&str]) -> String {
    said(&[&["--workspace", workspace.to_str().unwrap()], args].concat())
}

/// Runs a command that must be refused and returns what it says.
fn refused(workspace: &Path, args: &[&str]) -> String {
    let output = tellonce(&[&["--workspace", workspace.to_str().unwrap()], args].concat());
    assert_eq!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty(), "{args:?} wrote to standard output");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_new_instrument_and_its_outcome_pass_the_check_as_they_are() {
    let folder = workspace();
    let path = ran(folder.path(), &["new", "instrument", "first-visit"]);
    assert_eq!(PathBuf::from(path.trim_end()), folder.path().join("measures/instruments/first-visit.toml"));
    ran(folder.path(), &["new", "outcome", "listened", "--instrument", "first-visit"]);
    assert!(ran(folder.path(), &["check"]).starts_with("no mistakes: "));

    let text = std::fs::read_to_string(folder.path().join("measures/outcomes/listened.toml")).unwrap();
    assert!(text.contains("item = \"listened\""), "{text}");
    assert!(text.contains("counts = [\"yes\"]\nout_of = [\"yes\", \"partly\", \"no\"]\n"), "{text}");
}

#[test]
fn an_outcome_can_be_begun_for_every_instrument_that_ships() {
    let folder = workspace();
    let instruments = [
        ("eq-5d-3l", "score = \"index\""),
        ("eq-5d-5l", "score = \"level_sum\""),
        ("eq-vas", "score = \"score\""),
        ("friends-and-family", "item = \"overall\""),
        ("i-statements", "item = \"goals\""),
        ("ons4", "score = \"life_satisfaction_score\""),
        ("oxford-hip", "score = \"score\""),
        ("oxford-knee", "score = \"score\""),
        ("person-centred-questions", "item = \"self_help\""),
        ("swemwbs", "score = \"metric\""),
        ("ucla-3", "direction = \"lower\""),
    ];
    for (instrument, counted) in instruments {
        let id = format!("new-{instrument}");
        let path = ran(folder.path(), &["new", "outcome", &id, "--instrument", instrument]);
        let text = std::fs::read_to_string(path.trim_end()).unwrap();
        assert!(text.contains(counted), "{instrument}: {text}");
    }
    ran(folder.path(), &["check"]);
}

#[test]
fn a_new_licence_is_no_evidence_until_it_is_filled_in() {
    let folder = workspace();
    let path = ran(folder.path(), &["new", "licence", "eq-vas"]);
    let told = refused(folder.path(), &["check"]);
    for key in ["holder", "reference", "settings", "expires"] {
        assert!(told.contains("eq-vas.toml:") && told.contains(key), "{key}: {told}");
    }
    let text = std::fs::read_to_string(path.trim_end()).unwrap();
    let text = text.replace("holder = \"\"", "holder = \"Our trust\"").replace("reference = \"\"", "reference = \"1\"");
    let text = text.replace("settings = [\"\"]", "settings = [\"Clinics\"]").replace("expires = \"\"\n", "");
    std::fs::write(path.trim_end(), text).unwrap();
    ran(folder.path(), &["check"]);
}

#[test]
fn nothing_is_written_over_and_nothing_of_the_program_is_hidden() {
    let folder = workspace();
    let path = ran(folder.path(), &["new", "instrument", "ours"]);
    std::fs::write(path.trim_end(), "# changed by hand\n").unwrap();
    let told = refused(folder.path(), &["new", "instrument", "ours"]);
    assert!(told.contains("`measures/instruments/ours.toml` is there already"), "{told}");
    assert_eq!(std::fs::read_to_string(path.trim_end()).unwrap(), "# changed by hand\n");
    std::fs::remove_file(path.trim_end()).unwrap();

    let told = refused(folder.path(), &["new", "instrument", "eq-vas"]);
    assert!(told.contains("`measures/instruments/eq-vas.toml` is a file of the program"), "{told}");
    let told = refused(folder.path(), &["new", "outcome", "knows-self-help", "--instrument", "i-statements"]);
    assert!(told.contains("there is an outcome `knows-self-help` already"), "{told}");
}

#[test]
fn what_cannot_be_begun_is_told_with_the_mend() {
    let folder = workspace();
    for id in ["Ours", "../ours", "1st", ""] {
        let told = refused(folder.path(), &["new", "instrument", id]);
        assert!(told.contains("cannot be an id"), "{told}");
    }
    let told = refused(folder.path(), &["new", "outcome", "x", "--instrument", "eq-vsa"]);
    assert!(told.contains("did you mean `eq-vas`?"), "{told}");
    let told = refused(folder.path(), &["new", "licence", "ons4"]);
    assert!(told.contains("`ons4` needs no licence"), "{told}");
    let elsewhere = tempfile::tempdir().unwrap();
    let told = refused(elsewhere.path(), &["new", "instrument", "ours"]);
    assert!(told.contains("is not a workspace"), "{told}");
}

/// Returns the commands of a page and what it shows of their standard output.
pub fn commands(page: &str) -> Vec<(&str, String)> {
    let mut commands: Vec<(&str, String)> = Vec::new();
    for block in page.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        for line in block.lines() {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command, String::new())),
                (None, Some((_, shown))) => *shown += &format!("{line}\n"),
                (None, None) => panic!("output before any command: {line}"),
            }
        }
    }
    commands
}

/// Takes out the name of a landing, which depends on the salt of the workspace.
pub fn without_landing(text: &str) -> String {
    let lines = text.lines().map(|line| line.split(" landed as ").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_on_adding_a_measure_shows_what_happens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/add-a-measure.md")).unwrap();
    let examples = root.join("docs/examples/going-home");
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(examples.join("answers.csv"), folder.path().join("answers.csv")).unwrap();
    let read = |name: &str| std::fs::read_to_string(examples.join(name)).unwrap();
    let put = |text: &str, place: &str| std::fs::write(folder.path().join("ourics").join(place), text).unwrap();
    let (questions, counted) = ("measures/instruments/going-home.toml", "measures/outcomes/knows-whom-to-call.toml");
    let commands = commands(&page);
    assert!(commands.len() >= 12, "only {} commands", commands.len());
    for (command, shown) in commands {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tellonce"));
        program.current_dir(folder.path()).env_remove("TELLONCE_KEY").args(&words(command)[1..]);
        let output = program.output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        if !shown.is_empty() {
            let told = String::from_utf8(output.stdout).unwrap();
            assert_eq!(without_landing(&told), without_landing(&shown), "{command}");
        }
        // What the page tells its reader to make of the new files: first without the score and its change, then with them.
        if command.contains("new instrument") {
            put(read("instrument.toml").split("\n[[scores]]").next().unwrap(), questions);
            put(&read("mapping.toml"), "mappings/going-home.toml");
        } else if command.contains("new outcome") {
            put(read("outcomes.toml").split("\n[[outcomes]]\nid = \"managing-change\"").next().unwrap(), counted);
        } else if command.contains("explain") {
            put(&read("instrument.toml"), questions);
            put(&read("outcomes.toml"), counted);
        }
    }

    let files = ["instrument.toml", "outcomes.toml", "mapping.toml"].map(read);
    let steps = page.split("\n# Every key\n").next().unwrap();
    for block in steps.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        for part in block.split("\n\n").map(str::trim_end) {
            assert!(files.iter().any(|file| file.contains(part)), "not in docs/examples/going-home:\n{part}");
        }
    }
}
