//! Landing: no row is lost, no identifier is kept, a landing is seen whole or not at all.

mod answers;
mod cumulative;
mod damage;
mod episodes;
mod exports;
mod fixtures;
mod garden;
mod kill;
mod kinds;
mod nasty;
mod permission;
mod pseudonyms;
mod repeats;
mod secrecy;
mod ticks;
mod versions;
mod weights;
mod when;

use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::Bench;

/// The file of a clinic: one row a response to the friends and family test, known by `id`.
pub const CLINIC: &str = r#"
source_system = "clinic"
[identity]
columns = ["id"]
[person]
column = "nhs"
scheme = "nhs-number"
[date]
column = "date"
order = "day-month-year"
[where.practice]
column = "practice"
[how.mode]
column = "mode"
[facts.age]
column = "age"
[[responses]]
instrument = "friends-and-family"
[responses.items.overall]
column = "answer"
[responses.comments.why]
column = "why"
"#;

/// The columns of that file.
pub const HEADER: &str = "id,date,practice,mode,nhs,age,answer,why";
/// A good row, and what readers see of it.
pub const GOOD: &str = "1,14/03/2026,A81001,paper,,41,Good,";
pub const GOOD_SEEN: &str = "41 2026-03-14 A81001 paper 2";
/// Another one.
pub const POOR: &str = "2,15/03/2026,A81001,app,,42,Poor,";
pub const POOR_SEEN: &str = "42 2026-03-15 A81001 app 4";

pub const RESPONSES: &str = "responses/friends-and-family";

/// Returns a file of the clinic.
pub fn clinic(rows: &[&str]) -> Vec<u8> {
    file(HEADER, rows)
}

pub fn file(header: &str, rows: &[&str]) -> Vec<u8> {
    let mut text = format!("{header}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text.into_bytes()
}

impl Bench {
    /// What readers see of the clinic's responses: age (which tells the rows apart), date, practice, mode, answer.
    pub async fn answers(&self) -> Vec<String> {
        self.rows(RESPONSES, &["f_age", "submitted_on", "practice", "mode", "i_overall"]).await
    }

    /// What readers see of the quarantine: line, whether the whole row, column, reason, raw value.
    pub async fn quarantined(&self) -> Vec<String> {
        self.rows("quarantine", &["line", "whole_row", "column", "reason", "raw"]).await
    }

    /// Returns the files under the store that hold `needle`: in their bytes, in their name, or in a string of a table.
    pub fn holding(&self, needle: &str) -> Vec<String> {
        let root = self.folder.path().join("store");
        let mut found = Vec::new();
        for path in files(&root) {
            let name = path.strip_prefix(&root).unwrap().display().to_string();
            let bytes = std::fs::read(&path).unwrap();
            let in_bytes = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            let in_strings = name.ends_with(".parquet") && strings(&path).iter().any(|text| text.contains(needle));
            if in_bytes || in_strings || name.contains(needle) {
                found.push(name);
            }
        }
        found
    }
}

/// Returns every file under a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Returns every string of a Parquet file.
fn strings(path: &Path) -> Vec<String> {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut strings = Vec::new();
    for batch in reader {
        for column in batch.unwrap().columns() {
            if let Some(texts) = column.as_string_opt::<i32>() {
                strings.extend(texts.iter().flatten().map(String::from));
            }
        }
    }
    strings
}
