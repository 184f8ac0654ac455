//! How our values are held against those of other programs, and what is written down of it.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A row of a file, by the names of its columns.
pub struct Row(HashMap<String, String>);

impl Row {
    #[track_caller]
    pub fn text(&self, column: &str) -> &str {
        self.0.get(column).unwrap_or_else(|| panic!("no column `{column}`"))
    }

    #[track_caller]
    pub fn number(&self, column: &str) -> f64 {
        self.text(column).parse().unwrap_or_else(|_| panic!("`{column}` is not a number: {}", self.text(column)))
    }

    /// The number of a column that may say `NA` or nothing.
    #[track_caller]
    pub fn optional(&self, column: &str) -> Option<f64> {
        (!matches!(self.text(column), "NA" | "NaN" | "")).then(|| self.number(column))
    }
}

/// The rows of a file.
pub fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|err| panic!("{}: {err}", path.display()));
    reader.deserialize().map(|row| Row(row.expect("a row of text"))).collect()
}

/// A folder of values that are kept with the tests.
pub fn ours(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(folder)
}

/// A folder of values that may only be read where they are; none where they are not here.
pub fn shared_folder(folder: &str) -> Option<PathBuf> {
    crate::support::shared().map(|shared| shared.join("reference").join(folder))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Absolute,
    Relative,
    Simulated,
}

/// One method, compared with what another program computed for one folder of cases.
pub struct Comparison {
    /// What is compared, in words.
    pub method: &'static str,
    /// The folder of the cases.
    pub folder: &'static str,
    /// Who computed them: package and version.
    pub source: &'static str,
    /// Rows of expected values.
    pub of: usize,
    /// Rows whose every value was compared.
    pub compared: usize,
    /// Rows left out, by reason.
    pub left_out: BTreeMap<&'static str, usize>,
    /// Tolerance (as text, so that it can be a key) to the largest difference.
    largest: BTreeMap<(Kind, String), f64>,
}

impl Comparison {
    pub fn new(method: &'static str, folder: &'static str, source: &'static str) -> Self {
        Self { method, folder, source, of: 0, compared: 0, left_out: BTreeMap::new(), largest: BTreeMap::new() }
    }

    /// Reads expected rows. Each must then be counted by `row` or by `left_out`.
    pub fn expected(&mut self, path: &Path) -> Vec<Row> {
        self.expected_where(path, |_| true)
    }

    /// Reads those expected rows that are meant.
    pub fn expected_where(&mut self, path: &Path, wanted: impl Fn(&Row) -> bool) -> Vec<Row> {
        let rows: Vec<Row> = rows(path).into_iter().filter(|row| wanted(row)).collect();
        self.of += rows.len();
        rows
    }

    /// Counts a row as compared.
    pub fn row(&mut self) {
        self.compared += 1;
    }

    /// Counts a row as left out: `simulated limits`, `finding 7`, `svyquantile`.
    pub fn left_out(&mut self, why: &'static str) {
        *self.left_out.entry(why).or_default() += 1;
    }

    /// Fails unless the number is the expected one but for `tolerance`.
    #[track_caller]
    pub fn absolute(&mut self, what: &str, got: f64, expected: f64, tolerance: f64) {
        let difference = (got - expected).abs();
        assert!(difference <= tolerance, "{}, {what}: {got} against {expected}", self.folder);
        self.note(Kind::Absolute, tolerance, difference);
    }

    /// Fails unless the number is the expected one but for the part `tolerance` of it.
    #[track_caller]
    pub fn relative(&mut self, what: &str, got: f64, expected: f64, tolerance: f64) {
        let difference = (got - expected).abs();
        assert!(difference <= tolerance * expected.abs(), "{}, {what}: {got} against {expected}", self.folder);
        self.note(Kind::Relative, tolerance, if difference == 0.0 { 0.0 } else { difference / expected.abs() });
    }

    /// Fails unless the number is one that was simulated, but for 6 times the Monte-Carlo error that its source states.
    #[track_caller]
    pub fn simulated(&mut self, what: &str, got: f64, expected: f64, error: f64) {
        let errors = (got - expected).abs() / error;
        assert!(errors <= 6.0, "{}, {what}: {got} against {expected}, {errors} Monte-Carlo errors", self.folder);
        self.note(Kind::Simulated, 6.0, errors);
    }

    /// Fails unless both are the same: counts, words, whether there is a value at all.
    #[track_caller]
    pub fn same<T: PartialEq + std::fmt::Debug>(&self, what: &str, got: T, expected: T) {
        assert_eq!(got, expected, "{}, {what}", self.folder);
    }

    fn note(&mut self, kind: Kind, tolerance: f64, difference: f64) {
        let largest = self.largest.entry((kind, format!("{tolerance:e}"))).or_default();
        *largest = largest.max(difference);
    }

    /// Its row of the table in `docs/reference.md`. The largest difference stands last: its digits may be others on other machines.
    pub fn line(&self) -> String {
        let left_out: Vec<String> = self.left_out.iter().map(|(why, rows)| format!("{rows}: {why}")).collect();
        let largest = self.largest.iter().map(|((kind, tolerance), largest)| {
            let kind = match kind {
                Kind::Absolute => "absolute",
                Kind::Relative => "relative",
                Kind::Simulated => "Monte-Carlo errors",
            };
            let largest = if *largest == 0.0 { "0".to_owned() } else { format!("{largest:.0e}") };
            format!("{largest} ({kind}, within {tolerance})")
        });
        let largest: Vec<String> = largest.collect();
        let largest = if largest.is_empty() { "the same".to_owned() } else { largest.join("; ") };
        let left_out = if left_out.is_empty() { "none".to_owned() } else { left_out.join("; ") };
        format!(
            "| {} | `{}` | {} | {} of {} | {left_out} | {largest} |",
            self.method, self.folder, self.source, self.compared, self.of
        )
    }
}
