//! One source row, read by its mapping.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::date::Reading;
use super::layout::{Layout, Source, tidy};
use super::pseudonym::{Key, Keyed, normalise};
use super::withhold;
use crate::names::Names;

mod answer;
mod part;
mod place;
mod when;

/// Something wrong with a row or one of its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Column of the file, or nothing where it is the whole row.
    pub column: String,
    /// What is wrong, in words.
    pub reason: String,
    /// The raw value, or what of it may be kept.
    pub raw: Option<String>,
}

impl Problem {
    fn row(reason: &str) -> Self {
        Problem { column: String::new(), reason: reason.into(), raw: None }
    }
}

/// A number for a text that occurs often; 0 is no text.
pub type Word = u32;

/// A source row as its mapping reads it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Line of the file.
    pub line: u64,
    /// What makes the rows of one response one: the source's own id, or the whole row and its running number.
    pub key: String,
    /// Hash of the cells that must agree.
    pub agree: String,
    /// Pseudonym of the person.
    pub person: Option<String>,
    /// Pseudonym of the episode.
    pub episode: Option<String>,
    /// The dates as they read, and for each the part of the file in which it is read together with others.
    pub dates: Vec<(Reading, Word)>,
    /// Practice, home and service; mode, language, respondent and pathway.
    pub words: [Word; 7],
    /// Facts: numbers as they are, codes as words; `i32::MIN` is none.
    pub facts: Vec<i32>,
    /// What the row says in each part; none where the part has no repeat in this row.
    pub parts: Vec<Option<Said>>,
    /// Free texts: part, item, text, consent.
    pub comments: Vec<(usize, String, String, Option<bool>)>,
}

/// What a row says in one part of its mapping.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Number of the repeat, where each repeat is a row; else 0.
    pub repeat: i32,
    /// Whether there is any answer, one that cannot be read too, or a free text.
    pub answered: bool,
    /// Codes, in the order of `PartLayout::codes`.
    pub codes: Vec<i8>,
    /// Numbers, covariates and weights, in the order of `PartLayout::numbers`.
    pub numbers: Vec<Option<f64>>,
    /// Days, in the order of `PartLayout::days`.
    pub days: Vec<Option<NaiveDate>>,
}

/// Stands for a fact that is not known.
pub const NO_FACT: i32 = i32::MIN;

/// Everything that reading rows needs and fills.
pub struct Reader<'a> {
    /// The mapping fitted to the file.
    pub layout: &'a Layout,
    /// Hash under the workspace's salt.
    pub salt: &'a Keyed,
    /// The pseudonym key, where there is one.
    pub key: Option<&'a Key>,
    /// Identifiers of people in this file, normalised: values equal to one are never kept.
    pub identifiers: HashSet<String>,
    /// Zone of times without an offset.
    pub zone: Tz,
    /// Day after which no answer can have been given yet.
    pub today: NaiveDate,
    /// Texts that occur often.
    pub words: Names,
    /// How often each whole row occurred, for files without ids.
    pub running: HashMap<String, u32>,
    /// What cells meant before, by place, fact or item: an export holds few different ones.
    pub meant: Vec<HashMap<String, i32>>,
}

/// Different cells that are remembered for each place, fact or item.
const REMEMBERED: usize = 4096;

/// Where `Reader::meant` keeps places, facts and items apart.
const FACTS: usize = 8;

/// What a cell gave: its value, and for a message its column and raw text.
struct Got<'a> {
    value: String,
    /// Whether the value is what the mapping says, and not what stands in the file.
    is_meant: bool,
    column: &'a str,
    raw: String,
}

fn get<'a>(source: &'a Source, cells: &[Cow<'_, str>]) -> Got<'a> {
    let raw = source.raw(cells);
    let meant = source.meant(&raw);
    Got { value: meant.unwrap_or(&raw).to_owned(), is_meant: meant.is_some(), column: source.column(), raw }
}

impl Reader<'_> {
    fn problem(&self, got: &Got<'_>, reason: String) -> Problem {
        Problem { column: got.column.into(), reason, raw: Some(withhold::raw(&got.raw, &self.identifiers)) }
    }

    /// Reads the cells of a row. The first value is the row, or why it is quarantined whole; the second are the cells that could not
    /// be read.
    pub fn read(&mut self, line: u64, cells: &[Cow<'_, str>]) -> (Result<Row, Problem>, Vec<Problem>) {
        let mut problems = Vec::new();
        let row = self.try_read(line, cells, &mut problems);
        (row, problems)
    }

    fn try_read(&mut self, line: u64, cells: &[Cow<'_, str>], problems: &mut Vec<Problem>) -> Result<Row, Problem> {
        let layout = self.layout;
        self.shape(cells)?;
        let person = self.person(cells, problems)?;
        let key = self.key(cells)?;
        let agreeing: Vec<String> =
            layout.must_agree.iter().map(|at| cells.get(*at).map(|cell| tidy(cell)).unwrap_or_default()).collect();
        let agree = match agreeing.is_empty() {
            true => String::new(),
            false => self.salt.hash(&agreeing.iter().map(String::as_str).collect::<Vec<_>>()),
        };
        let mut words = [0; 7];
        let sources = layout.places.iter().chain(layout.how.iter().take(4));
        for (which, (slot, source)) in words.iter_mut().zip(sources).enumerate() {
            if let Some(source) = source {
                let word = self.meaning(which, source, cells, problems, |reader, got, problems| {
                    i32::try_from(reader.word(which, got, problems)).unwrap_or(0)
                });
                *slot = Word::try_from(word).unwrap_or(0);
            }
        }
        let named = layout.how.last().and_then(Option::as_ref).map(|source| get(source, cells).value);
        let episode = if layout.mapping.identity.is_episode { Some(key.clone()) } else { named };
        let episode = episode
            .filter(|text| !text.is_empty())
            .map(|text| self.salt.hash(&["episode", &layout.mapping.source_system, &text]));
        let mut facts = Vec::with_capacity(layout.facts.len());
        for (at, (id, rule, source)) in layout.facts.iter().enumerate() {
            facts.push(match source {
                None => NO_FACT,
                Some(source) => self.meaning(FACTS + at, source, cells, problems, |reader, got, problems| {
                    reader.fact(id, rule, got, problems)
                }),
            });
        }
        let comments = self.comments(cells);
        let parts = self.parts(cells, &comments, problems)?;
        let dates = self.dates(cells, &parts, problems)?;
        self.may_answer(words[5], &parts, cells)?;
        Ok(Row { line, key, agree, person, episode, dates, words, facts, parts, comments })
    }

    fn comments(&self, cells: &[Cow<'_, str>]) -> Vec<(usize, String, String, Option<bool>)> {
        let mut comments = Vec::new();
        for (number, part) in self.layout.parts.iter().enumerate() {
            for (item, at, consent) in &part.comments {
                let text = cells.get(*at).map(|cell| cell.replace('\0', "\u{fffd}")).unwrap_or_default();
                if text.trim().is_empty() {
                    continue;
                }
                let consent = consent.map(|at| {
                    let said = cells.get(at).map(|cell| tidy(cell).to_lowercase()).unwrap_or_default();
                    ["yes", "true", "1", "y"].contains(&said.as_str())
                });
                comments.push((number, item.clone(), text, consent));
            }
        }
        comments
    }

    /// Checks what every row must have before any cell is read.
    fn shape(&self, cells: &[Cow<'_, str>]) -> Result<(), Problem> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Err(Problem::row("blank line"));
        }
        let header = &self.layout.header;
        // Empty names at the end of a header are separators that not every row needs to have.
        let needed = header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let spare = cells.get(header.len()..).unwrap_or_default();
        if cells.len() < needed || spare.iter().any(|cell| !cell.trim().is_empty()) {
            return Err(Problem::row(&format!("ragged: {} cells where the header has {}", cells.len(), header.len())));
        }
        if cells.iter().zip(header).all(|(cell, name)| tidy(cell) == *name) {
            return Err(Problem::row("the header again"));
        }
        Ok(())
    }

    fn person(&self, cells: &[Cow<'_, str>], problems: &mut Vec<Problem>) -> Result<Option<String>, Problem> {
        let (Some(at), Some(person)) = (self.layout.person, &self.layout.mapping.person) else { return Ok(None) };
        let text = cells.get(at).map(|cell| tidy(cell)).unwrap_or_default();
        let Some(plain) = normalise(&person.scheme, &text) else {
            let reason = if text.is_empty() { "no identifier" } else { "the identifier cannot be right" };
            let problem = Problem { column: tidy(&person.column), reason: reason.into(), raw: None };
            if person.required {
                return Err(problem);
            }
            if !text.is_empty() {
                problems.push(problem);
            }
            return Ok(None);
        };
        Ok(self.key.map(|key| key.person(&person.scheme, &plain)))
    }

    fn key(&mut self, cells: &[Cow<'_, str>]) -> Result<String, Problem> {
        let identity = &self.layout.mapping.identity;
        if self.layout.identity.is_empty() {
            let whole: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
            let hash = self.salt.hash(&whole);
            let number = self.running.entry(hash.clone()).or_insert(0);
            *number += 1;
            return Ok(format!("{hash} {number}"));
        }
        let texts: Vec<String> =
            self.layout.identity.iter().map(|at| cells.get(*at).map(|cell| tidy(cell)).unwrap_or_default()).collect();
        if texts.iter().any(String::is_empty) {
            return Err(Problem { column: identity.columns.join(", "), reason: "no id".into(), raw: None });
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        if !identity.is_person {
            return Ok(self.salt.hash(&texts));
        }
        let scheme = self.layout.mapping.person.as_ref().map_or("id", |person| person.scheme.as_str());
        let plain = normalise(scheme, &texts.concat());
        match (plain, self.key) {
            (Some(plain), Some(key)) => Ok(key.person(scheme, &plain)),
            _ => Err(Problem {
                column: identity.columns.join(", "),
                reason: "the identifier cannot be right".into(),
                raw: None,
            }),
        }
    }

    /// Returns what a cell means, by `read`, or as it was read before. What could not be read is not remembered: each time is a problem
    /// of its own row.
    fn meaning(
        &mut self,
        place: usize,
        source: &Source,
        cells: &[Cow<'_, str>],
        problems: &mut Vec<Problem>,
        read: impl FnOnce(&mut Self, &Got<'_>, &mut Vec<Problem>) -> i32,
    ) -> i32 {
        let cell = match source {
            Source::Column { at, .. } => cells.get(*at).map_or("", AsRef::as_ref),
            Source::Always(_) => "",
        };
        if let Some(meant) = self.meant.get(place).and_then(|meant| meant.get(cell)) {
            return *meant;
        }
        let before = problems.len();
        let meant = read(self, &get(source, cells), problems);
        if self.meant.len() <= place {
            self.meant.resize_with(place + 1, HashMap::new);
        }
        if let Some(remembered) =
            self.meant.get_mut(place).filter(|all| problems.len() == before && all.len() < REMEMBERED)
        {
            remembered.insert(cell.to_owned(), meant);
        }
        meant
    }
}

/// Reads `15` and `15.0`, as spreadsheets write whole numbers.
fn whole(text: &str) -> Option<i32> {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    digits.parse().ok()
}
