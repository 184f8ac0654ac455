//! Where in a file a value stands.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::Mistake;

/// The line of every key and list entry of a file, found by its path.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// JSON pointer to line and to the path as a person reads it.
    known: HashMap<String, (usize, String)>,
}

impl Lines {
    /// Returns the line of a value, or of the nearest thing around it where the value is missing.
    pub fn line(&self, pointer: &str) -> Option<usize> {
        let (pointer, _) = self.nearest(pointer);
        self.known.get(pointer).map(|(line, _)| *line)
    }

    /// Returns a path as a person reads it: `outcomes[goals-matter].counts[2]`.
    pub fn shown(&self, pointer: &str) -> String {
        let (nearest, rest) = self.nearest(pointer);
        let known = self.known.get(nearest).map_or("", |(_, shown)| shown);
        rest.split('/').skip(1).fold(known.to_owned(), |shown, key| below(&shown, &unescaped(key)))
    }

    /// Divides a pointer into the longest part that stands in the file, and the rest.
    fn nearest<'a>(&self, pointer: &'a str) -> (&'a str, &'a str) {
        let mut end = pointer.len();
        while !self.known.contains_key(&pointer[..end]) {
            match pointer[..end].rfind('/') {
                Some(slash) => end = slash,
                None => break,
            }
        }
        pointer.split_at(end)
    }
}

/// A place in a file, from which mistakes are reported.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    file: &'a str,
    lines: &'a Lines,
    pointer: String,
}

impl<'a> Spot<'a> {
    pub fn top(file: &'a str, lines: &'a Lines) -> Self {
        Self::at(file, lines, "")
    }

    pub fn at(file: &'a str, lines: &'a Lines, pointer: &str) -> Self {
        let pointer = pointer.to_owned();
        Self { file, lines, pointer }
    }

    /// Returns the last key of the path.
    pub fn last(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the place of a key below this one.
    pub fn key(&self, key: &str) -> Self {
        let pointer = format!("{}/{}", self.pointer, escaped(key));
        Self { pointer, ..*self }
    }

    /// Returns the place of an entry of this list.
    pub fn nth(&self, index: usize) -> Self {
        let pointer = format!("{}/{index}", self.pointer);
        Self { pointer, ..*self }
    }

    /// Returns the places of a list's entries, with the entries.
    pub fn each<'b, T>(&self, key: &str, list: &'b [T]) -> impl Iterator<Item = (Spot<'a>, &'b T)> + use<'a, 'b, T> {
        let spot = self.key(key);
        list.iter().enumerate().map(move |(index, entry)| (spot.nth(index), entry))
    }

    /// Returns file and line, to point at from elsewhere.
    pub fn place(&self) -> String {
        match self.lines.line(&self.pointer) {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.to_owned(),
        }
    }

    pub fn mistake(&self, what: impl Into<String>, mend: impl Into<String>) -> Mistake {
        Mistake {
            file: self.file.to_owned(),
            line: self.lines.line(&self.pointer),
            key: self.lines.shown(&self.pointer),
            what: what.into(),
            mend: mend.into(),
        }
    }
}

/// Parses TOML into a JSON value with the lines of its parts; whatever is wrong goes to `mistakes`, and a value that cannot
/// be used is null.
pub(super) fn parse(file: &str, text: &str, mistakes: &mut Vec<Mistake>) -> Option<(Value, Lines)> {
    let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    let mut walk = Walk {
        starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect(),
        lines: Lines::default(),
        wrong: Vec::new(),
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let at = errors.iter().map(|err| err.span().map(|span| walk.line(span.start)));
        let mut found: Vec<Mistake> = errors.iter().zip(at).map(|(err, line)| broken(file, text, line, err)).collect();
        // What follows on the same line mostly follows from the first slip.
        found.dedup_by_key(|mistake| mistake.line);
        mistakes.extend(found);
        return None;
    }
    let value = walk.table("", "", table.get_ref());
    let Walk { lines, wrong, .. } = walk;
    let wrong = wrong.iter().map(|(pointer, what, mend)| Spot::at(file, &lines, pointer).mistake(what.as_str(), *mend));
    mistakes.extend(wrong);
    Some((value, lines))
}

/// What most slips in TOML come from.
const QUOTES: &str = "Text stands in straight double quotes, and a list in square brackets.";

fn broken(file: &str, text: &str, line: Option<usize>, err: &toml::de::Error) -> Mistake {
    let at = err.span().and_then(|span| text.get(span)).unwrap_or_default();
    let (what, mend) = match err.message().split_once(", expected ") {
        None if err.message() == "duplicate key" => {
            (format!("the key `{at}` is here a second time"), "Take one out, or give it another name.")
        }
        // A character that is missing helps; the name of a rule of the grammar does not.
        Some((message, expected)) if !expected.starts_with('`') => (format!("this is not TOML: {message}"), QUOTES),
        _ => (format!("this is not TOML: {}", err.message()), QUOTES),
    };
    Mistake {
        file: file.to_owned(),
        line,
        key: String::new(),
        what: what.replace("basic string", "text"),
        mend: mend.into(),
    }
}

struct Walk {
    /// Where each line begins.
    starts: Vec<usize>,
    lines: Lines,
    wrong: Vec<(String, String, &'static str)>,
}

impl Walk {
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    fn note(&mut self, pointer: &str, shown: &str, at: usize) {
        let line = self.line(at);
        self.lines.known.insert(pointer.to_owned(), (line, shown.to_owned()));
    }

    fn table(&mut self, pointer: &str, shown: &str, table: &DeTable<'_>) -> Value {
        let mut object = Map::new();
        for (key, value) in table.iter() {
            let name = key.get_ref();
            let pointer = format!("{pointer}/{}", escaped(name));
            let shown = below(shown, name);
            self.note(&pointer, &shown, key.span().start);
            let value = self.value(&pointer, &shown, value);
            object.insert(name.to_string(), value);
        }
        Value::Object(object)
    }

    fn value(&mut self, pointer: &str, shown: &str, value: &Spanned<DeValue<'_>>) -> Value {
        match value.get_ref() {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(truth) => Value::Bool(*truth),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Number(number.into()),
                Err(_) => self.wrong(pointer, "this number is too large", ""),
            },
            DeValue::Float(number) => match number.as_str().parse().ok().and_then(plain_number) {
                Some(number) => Value::Number(number),
                None => self.wrong(pointer, "this is not a number that can be used here", ""),
            },
            DeValue::Datetime(_) => {
                self.wrong(pointer, "expected text, found a date without quotes", "Put the date in double quotes.")
            }
            DeValue::Array(entries) => {
                let entries = entries.iter().enumerate().map(|(index, entry)| {
                    let pointer = format!("{pointer}/{index}");
                    // An entry is known by its own id where it has one: a number would have to be counted.
                    let name = entry.get_ref().get("id").and_then(|id| id.get_ref().as_str());
                    let shown = match name {
                        Some(name) => format!("{shown}[{name}]"),
                        None => format!("{shown}[{}]", index + 1),
                    };
                    self.note(&pointer, &shown, entry.span().start);
                    self.value(&pointer, &shown, entry)
                });
                Value::Array(entries.collect())
            }
            DeValue::Table(table) => self.table(pointer, shown, table),
        }
    }

    fn wrong(&mut self, pointer: &str, what: &str, mend: &'static str) -> Value {
        self.wrong.push((pointer.to_owned(), what.to_owned(), mend));
        Value::Null
    }
}

/// Returns a number as JSON; `10.0` is taken as the whole number that it is.
fn plain_number(number: f64) -> Option<Number> {
    const EXACT: f64 = 9e15;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Some(Number::from(number as i64));
    }
    Number::from_f64(number)
}

/// Returns a path with one key more, as a person reads it.
fn below(shown: &str, key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let key = match !key.is_empty() && key.chars().all(bare) {
        true => key.to_owned(),
        false => format!("\"{key}\""),
    };
    match shown.is_empty() {
        true => key,
        false => format!("{shown}.{key}"),
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn unescaped(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}
