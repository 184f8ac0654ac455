//! The board page in a real browser: no console error, no axe-core violation, nothing that runs out of the page.

use std::path::Path;
use std::process::Command;

use crate::support::skip;

fn tool(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Checks a page; skips where browser, node or the packages of `tests/browser` are missing.
fn check(page: &Path) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".into());
    for (there, what) in [
        (tool(&chromium), "chromium"),
        (tool("node"), "node"),
        (folder.join("node_modules/axe-core").is_dir(), "axe-core (run `npm ci` in tests/browser)"),
    ] {
        if !there {
            skip("browser", what);
            return;
        }
    }
    let output = Command::new("node").arg("check.mjs").arg(page).current_dir(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let first: Vec<&str> = said.lines().take(30).collect();
    assert!(output.status.success(), "{}:\n{}", page.display(), first.join("\n"));
}

#[test]
fn example_pages_pass_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["board", "few", "change", "annex", "first"] {
        let page = folder.path().join(format!("{name}.html"));
        std::fs::write(&page, crate::report::page(name)).unwrap();
        check(&page);
    }
}

#[test]
fn the_pages_of_the_demo_pass_in_a_browser() {
    check(&crate::demo::page());
    check(&crate::demo::annex());
}
