//! Reading one file: TOML, then its shape, then its type.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::lines::{self, Lines, Spot};
use super::mistake::Mistake;
use super::{schema, shape};

/// Reads a file into its type and the lines of its keys; whatever is wrong goes to `mistakes`.
///
/// The shape is compared with the schema first, because that finds every mistake at once and can say where each is.
pub(super) fn read<T: DeserializeOwned + JsonSchema>(
    file: &str,
    text: &str,
    mistakes: &mut Vec<Mistake>,
) -> Option<(T, Lines)> {
    let before = mistakes.len();
    let (value, lines) = lines::parse(file, text, mistakes)?;
    shape::check(file, &value, &schema::schema::<T>(), &lines, mistakes);
    if mistakes.len() > before {
        return None;
    }
    match serde_json::from_value(value) {
        Ok(value) => Some((value, lines)),
        Err(err) => {
            let what = format!("a value does not fit: {err}");
            mistakes.push(Spot::top(file, &lines).mistake(what, ""));
            None
        }
    }
}

/// A file that was read.
#[derive(Debug)]
pub(super) struct Source<T> {
    pub file: String,
    pub value: T,
    pub lines: Lines,
}

impl<T: DeserializeOwned + JsonSchema> Source<T> {
    pub fn read(file: &str, text: &str, mistakes: &mut Vec<Mistake>) -> Option<Self> {
        let (value, lines) = read(file, text, mistakes)?;
        let file = file.to_owned();
        Some(Self { file, value, lines })
    }
}

impl<T> Source<T> {
    /// Returns the place of the whole file.
    pub fn top(&self) -> Spot<'_> {
        Spot::top(&self.file, &self.lines)
    }

    /// Returns the name of the file without folder and ending.
    pub fn stem(&self) -> &str {
        let name = self.file.rsplit_once('/').map_or(&*self.file, |(_, name)| name);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }
}
