//! What the functions say of themselves, for `tellonce functions`.

use datafusion::logical_expr::Documentation;

/// A function and what it says of itself.
pub struct Entry {
    /// Its name in SQL.
    pub name: String,
    /// `scalar`, `aggregate` or `window`.
    pub kind: &'static str,
    documentation: Option<Documentation>,
}

impl Entry {
    /// How it is called.
    pub fn syntax(&self) -> &str {
        self.documentation.as_ref().map_or(self.name.as_str(), |documentation| documentation.syntax_example.as_str())
    }

    /// What it does: the first sentence, without what a struct's fields are.
    pub fn summary(&self) -> &str {
        let description = self.documentation.as_ref().map_or("", |documentation| documentation.description.as_str());
        let end = description.find(": a struct").or_else(|| description.find(". ")).unwrap_or(description.len());
        description.get(..end).unwrap_or(description).trim_end_matches('.')
    }

    /// All of it: syntax, description, arguments and an example.
    pub fn manual(&self) -> String {
        let mut text = format!("{}\n  {} function\n", self.syntax(), self.kind);
        let Some(documentation) = &self.documentation else { return text };
        text.push_str(&format!("\n{}\n", wrapped(&documentation.description, 0)));
        if let Some(arguments) = &documentation.arguments {
            text.push_str("\nArguments:\n");
            for (name, what) in arguments {
                text.push_str(&format!("  {name}\n{}\n", wrapped(what, 6)));
            }
        }
        if let Some(example) = &documentation.sql_example {
            let example = example.trim_start_matches("```sql\n").trim_end_matches("\n```");
            text.push_str(&format!("\nExample:\n  {}\n", example.replace('\n', "\n  ")));
        }
        text
    }
}

/// Breaks a text into lines of at most 100 characters, each moved in by `indent`.
fn wrapped(text: &str, indent: usize) -> String {
    let space = " ".repeat(indent);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{space}{word}")),
        }
    }
    lines.join("\n")
}

/// Every function, in the order of the names.
pub fn manual() -> Vec<Entry> {
    let scalars = super::scalars();
    let aggregates = super::aggregates();
    let windows = super::windows();
    let entry = |name: &str, kind, documentation: Option<&Documentation>| Entry {
        name: name.to_owned(),
        kind,
        documentation: documentation.cloned(),
    };
    let mut entries: Vec<Entry> = scalars
        .iter()
        .map(|function| entry(function.name(), "scalar", function.documentation()))
        .chain(aggregates.iter().map(|function| entry(function.name(), "aggregate", function.documentation())))
        .chain(windows.iter().map(|function| entry(function.name(), "window", function.documentation())))
        .collect();
    entries.sort_by(|one, two| one.name.cmp(&two.name));
    entries
}
