//! What the documents say is true: commands parse, files exist.

use std::path::Path;

use clap::Parser;
use tellonce::cli::Cli;

use crate::demo;
use crate::new::commands;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The pages of the measures.
fn pages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/measures");
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| format!("docs/measures/{}", file.unwrap().file_name().to_string_lossy())).collect()
}

/// Splits a line as a shell would, for the quotes that the documents use.
pub fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            '\\' if quoted => words.last_mut().unwrap().extend(characters.next()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn every_command_in_the_documents_parses() {
    let mut parsed = 0;
    let documents = [
        "README.md",
        "docs/add-a-measure.md",
        "docs/landing.md",
        "docs/measures.md",
        "docs/plan.md",
        "docs/tables.md",
        "docs/weights.md",
        "docs/real-input.md",
        "docs/performance.md",
    ];
    for document in documents.map(str::to_owned).into_iter().chain(pages()) {
        for line in read(&document).lines().filter_map(|line| line.strip_prefix("$ ")) {
            if let Some(rest) = line.strip_prefix("tellonce ") {
                let line = format!("tellonce {}", rest.split(" > ").next().unwrap());
                Cli::try_parse_from(words(&line)).unwrap_or_else(|error| panic!("{document}: {line}\n{error}"));
                parsed += 1;
            }
        }
    }
    assert!(parsed >= 10, "only {parsed} commands were found");
}

#[test]
fn what_the_pages_of_measures_print_is_what_the_demo_says() {
    let demo = demo::folder();
    let (mut compared, mut wrong) = (0, Vec::new());
    for page in pages() {
        let text = read(&page);
        let mut told = text.clone();
        for (command, shown) in commands(&text) {
            let mut words = words(command);
            let is_of_demo = words.iter().any(|word| word == "tellonce-demo");
            if shown.is_empty() || !is_of_demo || !words.iter().any(|word| ["sql", "contract"].contains(&word.as_str()))
            {
                continue;
            }
            words
                .iter_mut()
                .filter(|word| *word == "tellonce-demo")
                .for_each(|word| *word = demo.display().to_string());
            let words: Vec<&str> = words[1..].iter().map(String::as_str).collect();
            let said = demo::said(&words);
            compared += 1;
            if said.trim_end() != shown.trim_end() {
                wrong.push(format!("{page}: {command}\n{said}"));
                told = told.replace(shown.trim_end(), said.trim_end());
            }
        }
        if told != text && std::env::var_os("UPDATE").is_some_and(|value| value == "1") {
            std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(&page), told).unwrap();
        }
    }
    assert!(wrong.is_empty(), "not what the pages show (UPDATE=1 writes it):\n{}", wrong.join("\n"));
    assert!(compared > 20, "only {compared} commands were compared");
}

#[test]
fn every_file_that_the_documents_point_to_exists() {
    let documents = [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/add-a-measure.md",
        "docs/landing.md",
        "docs/measures.md",
        "docs/tables.md",
        "docs/weights.md",
    ];
    for document in documents.map(str::to_owned).into_iter().chain(pages()) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(&document);
        let folder = folder.parent().unwrap();
        for link in read(&document).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if !link.starts_with("http") {
                let file = link.split('#').next().unwrap();
                assert!(folder.join(file).exists(), "{document}: {link}");
            }
        }
    }
}

#[test]
fn the_wilson_interval_of_the_readme_needs_no_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let query = "select wilson_lower(65, 100) as lower, wilson_upper(65, 100) as upper";
    let csv = crate::demo::said(&["--workspace", folder.path().to_str().unwrap(), "sql", "--format", "csv", query]);
    assert!(csv.starts_with("lower,upper\n0.55254443") && csv.contains(",0.73635751"), "{csv}");
}

#[test]
fn files_are_tables_under_their_paths_and_every_format_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("a.csv");
    std::fs::write(&csv, "name,n\nx,1\ny,2\n").unwrap();
    let sql = |format: &str, path: &Path| {
        let query = format!("select name, n from '{}' order by n desc", path.display());
        let output =
            crate::demo::tellonce(&["--workspace", folder.path().to_str().unwrap(), "sql", "--format", format, &query]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    assert_eq!(String::from_utf8(sql("csv", &csv)).unwrap(), "name,n\ny,2\nx,1\n");
    assert_eq!(String::from_utf8(sql("json", &csv)).unwrap(), "[{\"name\":\"y\",\"n\":2},{\"name\":\"x\",\"n\":1}]\n");
    let parquet = folder.path().join("a.parquet");
    std::fs::write(&parquet, sql("parquet", &csv)).unwrap();
    assert_eq!(String::from_utf8(sql("csv", &parquet)).unwrap(), "name,n\ny,2\nx,1\n");
}
