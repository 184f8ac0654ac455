//! A mapping made ready for one file: columns found by name, answers and codes looked up.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::withhold;
use crate::declare::{self, Declarations, Fact, Mapping, did_you_mean};
use crate::error::{Error, Result};

mod part;

pub use part::{CodeCell, Codes, DayCell, NumberCell, PartLayout, Repeat};

/// Where a value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A column, with what its values and an empty cell mean.
    Column { at: usize, name: String, values: HashMap<String, String>, blank: Option<String> },
    /// The same for every row.
    Always(String),
}

impl Source {
    /// Returns what stands in the cells of a row.
    pub fn raw(&self, cells: &[Cow<'_, str>]) -> String {
        match self {
            Source::Column { at, .. } => cells.get(*at).map(|cell| tidy(cell)).unwrap_or_default(),
            Source::Always(_) => String::new(),
        }
    }

    /// Returns what a tidy text of its column means where the mapping says so.
    pub fn meant(&self, raw: &str) -> Option<&str> {
        match self {
            Source::Always(value) => Some(value),
            Source::Column { blank, .. } if raw.is_empty() => blank.as_deref(),
            Source::Column { values, .. } if values.is_empty() => None,
            Source::Column { values, .. } => values.get(&raw.to_lowercase()).map(String::as_str),
        }
    }

    /// Returns the name of its column; nothing where it has none.
    pub fn column(&self) -> &str {
        match self {
            Source::Column { name, .. } => name,
            Source::Always(_) => "",
        }
    }
}

/// What a fact holds.
#[derive(Clone, Debug)]
pub enum FactRule {
    /// A whole number between two limits.
    Number(i16, i16),
    /// A code, by every spelling in small letters.
    Code(HashMap<String, String>),
}

/// A column of dates, and the column that divides the file for reading them.
#[derive(Clone, Debug)]
pub struct DateLayout {
    /// How its dates are written.
    pub date: declare::Date,
    /// The column.
    pub at: usize,
    /// Column of the scope.
    pub scope: Option<usize>,
}

/// Everything that reading a row needs.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The mapping itself.
    pub mapping: Mapping,
    /// Cells of the header.
    pub header: Vec<String>,
    /// Columns of the source's own id.
    pub identity: Vec<usize>,
    /// Columns in which the rows of one response must agree.
    pub must_agree: Vec<usize>,
    /// Column of the person's identifier.
    pub person: Option<usize>,
    /// Columns of dates: the row's first, where it has one, then those of parts that have their own.
    pub dates: Vec<DateLayout>,
    /// Practice, home and service.
    pub places: [Option<Source>; 3],
    /// Mode, language, respondent, pathway and episode.
    pub how: [Option<Source>; 5],
    /// Facts in the order of their declaration.
    pub facts: Vec<(String, FactRule, Option<Source>)>,
    /// The responses out of a row.
    pub parts: Vec<PartLayout>,
}

/// Returns a cell as it is compared: no-break spaces are spaces, runs of spaces are one, none at the ends.
pub fn tidy(text: &str) -> String {
    let bytes = text.as_bytes();
    let clean = |(at, byte): (usize, &u8)| match byte {
        b' ' => at > 0 && at + 1 < bytes.len() && bytes.get(at + 1) != Some(&b' '),
        byte => byte.is_ascii_graphic(),
    };
    // Nearly every cell is tidy already.
    if bytes.iter().enumerate().all(clean) {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Finds columns of a header by name.
struct Columns<'a> {
    file: &'a str,
    header: &'a [String],
    missing: Vec<String>,
}

impl Columns<'_> {
    fn find(&mut self, name: &str) -> usize {
        let wanted = tidy(name);
        let mut found = self.header.iter().enumerate().filter(|(_, have)| **have == wanted).map(|(at, _)| at);
        match (found.next(), found.next()) {
            (Some(at), None) => at,
            (Some(_), Some(_)) => {
                self.missing.push(format!("the header has more than one column `{wanted}`: give them different names"));
                0
            }
            _ => {
                // Where a file has no header, its first line is a person's answers: no message may show them.
                let shown = |name: &&str| !withhold::personal(name, &HashSet::new());
                let hint = did_you_mean(&wanted, self.header.iter().map(String::as_str).filter(shown));
                self.missing.push(match hint {
                    Some(near) => format!("there is no column `{wanted}`; did you mean `{near}`?"),
                    None => format!("there is no column `{wanted}`"),
                });
                0
            }
        }
    }

    fn source(&mut self, cell: &declare::Cell) -> Source {
        match (&cell.column, &cell.always) {
            (Some(column), _) => Source::Column {
                at: self.find(column),
                name: tidy(column),
                values: cell.values.iter().map(|(from, to)| (tidy(from).to_lowercase(), to.clone())).collect(),
                blank: cell.blank.clone(),
            },
            (None, always) => Source::Always(always.clone().unwrap_or_default()),
        }
    }

    /// Returns the place of a column of dates in `dates`, to which it is added: parts that read the same column alike share one.
    fn date(&mut self, date: &declare::Date, dates: &mut Vec<DateLayout>) -> usize {
        if let Some(known) = dates.iter().position(|known| known.date == *date) {
            return known;
        }
        let at = self.find(&date.column);
        let scope = date.scope.as_ref().map(|scope| self.find(scope));
        dates.push(DateLayout { date: date.clone(), at, scope });
        dates.len() - 1
    }

    fn done(self) -> Result<()> {
        if self.missing.is_empty() {
            return Ok(());
        }
        Err(Error::Input {
            file: self.file.into(),
            what: format!("the mapping does not fit the header: {}", self.missing.join("; ")),
            mend: "mend the column names in the mapping, or choose the mapping that belongs to this file".into(),
        })
    }
}

impl Layout {
    /// Fits `mapping` to the header of `file`.
    pub fn new(
        file: &str,
        header: Vec<String>,
        mapping: &Mapping,
        declarations: &Declarations,
        instrument: Option<&str>,
    ) -> Result<Self> {
        let mut columns = Columns { file, header: &header, missing: Vec::new() };
        let identity = mapping.identity.columns.iter().map(|name| columns.find(name)).collect();
        let must_agree = mapping.identity.must_agree.iter().map(|name| columns.find(name)).collect();
        let person = mapping.person.as_ref().map(|person| columns.find(&person.column));
        let mut dates = Vec::new();
        if let Some(date) = &mapping.date {
            columns.date(date, &mut dates);
        }
        let places = [&mapping.place.practice, &mapping.place.home, &mapping.place.service]
            .map(|cell| cell.as_ref().map(|cell| columns.source(cell)));
        let how = &mapping.how;
        let how = [&how.mode, &how.language, &how.respondent, &how.pathway, &how.episode]
            .map(|cell| cell.as_ref().map(|cell| columns.source(cell)));
        let facts = declarations
            .groups
            .facts
            .iter()
            .map(|fact| {
                let source = mapping.facts.get(fact.id()).map(|cell| columns.source(cell));
                (fact.id().to_owned(), rule(fact), source)
            })
            .collect();
        let mut parts = Vec::new();
        for part in &mapping.responses {
            let id = part.instrument.as_deref().or(instrument).unwrap_or_default();
            let Some(known) = declarations.version(id, part.version.as_deref()) else {
                let version = part.version.as_ref().map_or(String::new(), |version| format!(" version {version}"));
                return Err(Error::Usage {
                    what: format!("there is no instrument `{id}`{version}"),
                    mend: "name one of `measures/instruments/`, in the mapping or with --instrument".into(),
                });
            };
            parts.push(PartLayout::new(part, known, mapping.date.as_ref(), &mut columns, &mut dates));
        }
        columns.done()?;
        Ok(Layout { mapping: mapping.clone(), header, identity, must_agree, person, dates, places, how, facts, parts })
    }
}

fn rule(fact: &Fact) -> FactRule {
    match fact {
        Fact::WholeNumber { minimum, maximum, .. } => FactRule::Number(*minimum, *maximum),
        Fact::Code { values, .. } => {
            let mut codes = HashMap::new();
            for (code, spellings) in values {
                codes.insert(code.to_lowercase(), code.clone());
                codes.extend(spellings.iter().map(|spelling| (tidy(spelling).to_lowercase(), code.clone())));
            }
            FactRule::Code(codes)
        }
    }
}
