//! What `tellonce check --coverage` prints.

use clap::ValueEnum;

use super::super::thousands;
use crate::declare::{Item, Outcome, Shown, System};
use crate::report::coverage::{About, Coverage, Covered};

/// How the table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One line a system, in columns
    Text,
    /// With every name, as a page of the documents
    Markdown,
}

/// Returns the table; `language` picks the titles.
pub fn written(coverage: &Coverage<'_>, format: Format, language: &str) -> String {
    match format {
        Format::Text => text(coverage, language),
        Format::Markdown => markdown(coverage, language),
    }
}

const NOT_MEASURED: &str = "not measured here";
const NOTHING: &str = "nothing yet";
const NO_MEASURE: &str = "no measure";

fn rows(covered: &Covered<'_>) -> String {
    match covered.rows {
        None => NOT_MEASURED.into(),
        Some([0, _]) => "no rows".into(),
        Some([all, shown]) => format!("{} rows, {} shown", thousands(all as u64), thousands(shown as u64)),
    }
}

fn counted(n: usize, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

fn text(coverage: &Coverage<'_>, language: &str) -> String {
    let cells: Vec<[String; 6]> = coverage
        .systems
        .iter()
        .map(|covered| {
            let system = covered.system;
            let made = || system.outputs.iter().filter(|output| output.command.is_some()).count();
            let measures = match (system.outcomes.len(), system.frameworks.len(), system.outputs.len()) {
                (0, 0, 0) => NOTHING.to_owned(),
                (0, 0, all) => format!("{} of {all} outputs", made()),
                (0, frameworks, _) => counted(frameworks, "framework", "frameworks"),
                (outcomes, ..) => counted(outcomes, "outcome", "outcomes"),
            };
            let figures = if system.outcomes.is_empty() { String::new() } else { rows(covered) };
            let asked = match system.instruments.len() {
                0 => String::new(),
                n => counted(n, "instrument", "instruments"),
            };
            [system.id.clone(), system.title.get(language).to_owned(), asked, measures, figures, system.page.clone()]
        })
        .collect();
    let mut out = in_columns(&cells);
    for (framework, parts) in &coverage.frameworks {
        out.push_str(&format!("\n{} (`{}`)\n", framework.title.get(language), framework.id));
        let cells: Vec<[String; 3]> = parts
            .iter()
            .map(|about| {
                [format!("  {}", about.part.id), about.part.title.get(language).to_owned(), measured_by(about)]
            })
            .collect();
        out.push_str(&in_columns(&cells));
    }
    if !coverage.in_no_system.is_empty() {
        out.push_str(&format!("\nin no system: {}\n", ids(&coverage.in_no_system).join(", ")));
    }
    out
}

fn measured_by(about: &About<'_>) -> String {
    match (about.items.len(), about.outcomes.len()) {
        (0, _) => NO_MEASURE.into(),
        (items, 0) => format!("{}, no outcome", counted(items, "question", "questions")),
        (items, outcomes) => {
            format!("{}, {}", counted(items, "question", "questions"), counted(outcomes, "outcome", "outcomes"))
        }
    }
}

fn ids(outcomes: &[&Outcome]) -> Vec<String> {
    outcomes.iter().map(|outcome| outcome.id.clone()).collect()
}

/// Writes rows of cells in columns; the last one is as long as it is.
fn in_columns<const N: usize>(cells: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    cells.iter().map(line).collect()
}

const HEAD: &str = "# What is measured\n\n\
    Made by `tellonce --workspace tellonce-demo check --coverage --format markdown`, in the folder where `tellonce demo` was run; not written by hand. \
    *Rows* are published rows of the demo's latest run: figures of all its areas, groups and months, and how many of them disclosure control \
    shows. A system without an instrument of its own is about the outcomes of others.\n\n";

fn markdown(coverage: &Coverage<'_>, language: &str) -> String {
    let mut out = String::from(HEAD);
    out.push_str(
        "## By system\n\n| system | instruments | outcomes | rows | shown by | page |\n|---|---|---|---|---|---|\n",
    );
    for covered in &coverage.systems {
        let system = covered.system;
        let figures = if system.outcomes.is_empty() { "–".into() } else { rows(covered) };
        out.push_str(&format!(
            "| {} {} | {} | {} | {figures} | {} | {} |\n",
            system.id,
            system.title.get(language),
            code(&system.instruments),
            measures(system),
            or_none(system.report.iter().map(|shown| Shown::word(*shown)).collect::<Vec<_>>().join(", ")),
            link(&system.page),
        ));
    }
    for system in coverage.systems.iter().map(|covered| covered.system).filter(|system| !system.outputs.is_empty()) {
        out.push_str(&format!("\n## {} {}\n\n", system.id, system.title.get(language)));
        out.push_str("| output | made by |\n|---|---|\n");
        for output in &system.outputs {
            let made = output.command.as_ref().map_or(NOTHING.to_owned(), |command| format!("`{command}`"));
            out.push_str(&format!("| {} | {made} |\n", output.title.get(language)));
        }
    }
    for (framework, parts) in &coverage.frameworks {
        out.push_str(&format!("\n## {}\n\n{}.\n\n", framework.title.get(language), framework.source));
        out.push_str("| part | questions | outcomes |\n|---|---|---|\n");
        for about in parts {
            let title = format!("{} (`{}/{}`)", about.part.title.get(language), framework.id, about.part.id);
            let outcomes = code(&ids(&about.outcomes));
            let items = if about.items.is_empty() { NO_MEASURE.to_owned() } else { questions(&about.items) };
            out.push_str(&format!("| {title} | {items} | {outcomes} |\n"));
        }
    }
    if !coverage.in_no_system.is_empty() {
        out.push_str(&format!("\n## In no system\n\n{}\n", code(&ids(&coverage.in_no_system))));
    }
    out
}

fn measures(system: &System) -> String {
    match (system.outcomes.is_empty(), system.frameworks.is_empty(), system.outputs.is_empty()) {
        (false, ..) => code(&system.outcomes),
        (true, false, _) => format!("the frameworks {}", code(&system.frameworks)),
        (true, true, false) => "the outputs below".into(),
        (true, true, true) => NOTHING.into(),
    }
}

fn questions(items: &[(&str, &Item)]) -> String {
    let names: Vec<String> = items.iter().map(|(instrument, item)| format!("{instrument}.{}", item.id)).collect();
    code(&names)
}

fn code(names: &[String]) -> String {
    or_none(names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
}

fn or_none(text: String) -> String {
    if text.is_empty() { "–".into() } else { text }
}

/// Returns a link to a page of the documents, from the page that stands in their folder.
fn link(page: &str) -> String {
    let path = page.strip_prefix("docs/").unwrap_or(page);
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name).trim_end_matches(".md");
    format!("[{name}]({path})")
}
