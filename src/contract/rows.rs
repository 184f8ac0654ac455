//! Single people as rows of a file: what a figure is computed from, and nothing else of them.

use crate::error::{Error, Result};

/// Columns of the file.
const COLUMNS: [&str; 7] = ["part", "person", "cohorts", "place", "state", "before", "after"];
/// What stands between two cohorts of one person.
const AND: char = ';';

/// One person in one part of a contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The part.
    pub part: String,
    /// A number that means nothing outside the evaluation.
    pub number: u32,
    /// The cohorts that the person belongs to.
    pub cohorts: Vec<String>,
    /// A number of the person's practice, given anew; 0 where none is known.
    pub place: u32,
    /// `counted`, or why not.
    pub state: String,
    /// Score before in millionths, or cost before in pence; only of those who count.
    pub before: Option<i64>,
    /// The same after.
    pub after: Option<i64>,
}

/// Writes people as CSV.
pub fn written(people: &[Person]) -> Result<Vec<u8>> {
    let wrong = || Error::query("the rows of a contract");
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(wrong())?;
    for person in people {
        let number = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
        let cohorts = person.cohorts.join(&AND.to_string());
        writer
            .write_record([
                person.part.as_str(),
                &person.number.to_string(),
                &cohorts,
                &person.place.to_string(),
                &person.state,
                &number(person.before),
                &number(person.after),
            ])
            .map_err(wrong())?;
    }
    writer.into_inner().map_err(|error| Error::Broken(format!("rows of a contract cannot be written ({error})")))
}

/// Reads what `written` writes.
///
/// # Errors
/// A row is not of this form; the message names the row.
pub fn read(file: &str, bytes: &[u8]) -> Result<Vec<Person>> {
    let wrong = |row: usize, what: &str| Error::Input {
        file: file.to_owned(),
        what: format!("row {}: {what}", row + 2),
        mend: "ask for the pack again: only the program writes this file".into(),
    };
    let mut reader = csv::Reader::from_reader(bytes);
    let headers = reader.headers().map_err(|error| wrong(0, &error.to_string()))?;
    if headers.iter().ne(COLUMNS) {
        return Err(wrong(0, "its columns are not those of the rows of a contract"));
    }
    let mut people = Vec::new();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| wrong(row, &error.to_string()))?;
        let text = |at: usize| record.get(at).unwrap_or_default();
        let amount = |at: usize| match text(at) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| wrong(row, &format!("`{text}` is no whole number"))),
        };
        let number = |at: usize| text(at).parse().map_err(|_| wrong(row, &format!("`{}` is no number", text(at))));
        people.push(Person {
            part: text(0).to_owned(),
            number: number(1)?,
            cohorts: text(2).split(AND).map(str::to_owned).collect(),
            place: number(3)?,
            state: text(4).to_owned(),
            before: amount(5)?,
            after: amount(6)?,
        });
    }
    Ok(people)
}
