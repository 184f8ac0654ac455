//! The register of systems: its pages exist, and the table of the documents is what the program prints.

use std::path::Path;

use tellonce::declare::Declarations;
use tellonce::files::Files;

use crate::demo::{folder, said};

fn shipped() -> Declarations {
    Declarations::load(&Files::embedded()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

#[test]
fn every_system_of_the_register_has_its_page() {
    let declarations = shipped();
    let ids: Vec<String> = declarations.systems.iter().map(|system| system.id.clone()).collect();
    assert_eq!(ids, (1..=22).map(|number| format!("S{number}")).collect::<Vec<_>>());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let missing: Vec<&str> =
        declarations.systems.iter().map(|system| &*system.page).filter(|page| !root.join(page).is_file()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn outside_a_workspace_the_table_says_that_nothing_was_measured() {
    let folder = tempfile::tempdir().unwrap();
    let table = said(&["--workspace", folder.path().to_str().unwrap(), "check", "--coverage"]);
    let line = |id: &str| table.lines().find(|line| line.starts_with(&format!("{id} "))).unwrap().to_owned();
    assert!(line("S1").contains("8 outcomes") && line("S1").contains("not measured here"), "{table}");
    assert!(line("S22").contains("4 of 8 outputs"), "{table}");
    // Parts of a framework that no question is about.
    for part in ["decision-support", "health-system", "safety"] {
        let line = table.lines().find(|line| line.starts_with(&format!("  {part} "))).unwrap();
        assert!(line.ends_with("no measure"), "{line}");
    }
}

#[test]
fn the_table_of_the_documents_is_that_of_the_demo() {
    let folder = folder();
    let printed = said(&["--workspace", folder.to_str().unwrap(), "check", "--coverage", "--format", "markdown"]);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/coverage.md");
    if std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
        std::fs::write(&page, &printed).unwrap();
    }
    let kept = std::fs::read_to_string(&page).unwrap_or_default();
    assert!(kept == printed, "docs/coverage.md is not what the demo gives: UPDATE=1 writes it\n{printed}");
}
