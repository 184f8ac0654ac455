//! The floors of the house: a room uses only rooms below its own.

use std::path::{Path, PathBuf};

/// Rooms from the ground up; rooms of one row do not know each other.
const FLOORS: &[&[&str]] = &[
    &["error", "files", "names", "period", "progress"],
    &["declare", "stats", "fixtures"],
    &["store", "functions"],
    &["session"],
    &["land", "score"],
    &["cube", "weight"],
    &["measure"],
    &["protect"],
    &["contract"],
    &["report"],
    &["pipeline"],
    &["cli"],
];

fn rust_files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
}

fn floor(room: &str) -> Option<usize> {
    FLOORS.iter().position(|row| row.contains(&room))
}

#[test]
fn rooms_use_only_rooms_below_their_own() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut checked = 0;
    for path in files {
        let inner = path.strip_prefix(&src).unwrap();
        let own = inner.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if ["lib", "main"].contains(&own) {
            continue;
        }
        let depth = inner.iter().count();
        let text = std::fs::read_to_string(&path).unwrap();
        // `super::super::…` that climbs out of the room would be another way in.
        let climbs = "super::".repeat(depth + 1);
        assert!(!text.contains(&climbs), "{}: climbs out of its room", inner.display());
        for used in text.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(floor(&used).is_some(), "{}: `{used}` has no floor", inner.display());
            assert!(
                used == own || floor(&used) < floor(own),
                "{}: `{own}` may not use `{used}`, which is not below it",
                inner.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 100, "only {checked} uses were found");
}

#[test]
fn standard_output_and_the_environment_belong_to_the_command_line() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for path in files.iter().filter(|path| !path.starts_with(src.join("cli"))) {
        let text = std::fs::read_to_string(path).unwrap();
        for word in ["println!", "print!(", "std::env::var", "env::args"] {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
}
