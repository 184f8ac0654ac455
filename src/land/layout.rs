//! A mapping made ready for one file: columns found by name, answers and codes looked up.

use std::collections::{HashMap, HashSet};

use super::withhold;
use crate::declare::{Cell, Declarations, Fact, Instrument, Mapping, NOT_ANSWERED, NOT_ASKED, did_you_mean};
use crate::error::{Error, Result};

/// Where a value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A column, with what its values and an empty cell mean.
    Column { at: usize, name: String, values: HashMap<String, String>, blank: Option<String> },
    /// The same for every row.
    Always(String),
}

/// What a fact holds.
#[derive(Clone, Debug)]
pub enum FactRule {
    /// A whole number between two limits.
    Number(i16, i16),
    /// A code, by every spelling in small letters.
    Code(HashMap<String, String>),
}

/// Where the answer to an item stands, and the code of each spelling in small letters.
pub type Answer = (Source, HashMap<String, i8>);

/// One response out of a row.
#[derive(Clone, Debug)]
pub struct PartLayout {
    /// The instrument.
    pub instrument: Instrument,
    /// The occasion.
    pub occasion: String,
    /// The counted items in the order of the instrument; without an answer where the file does not hold the item.
    pub items: Vec<(String, Option<Answer>)>,
    /// Free texts: item, column, column of the consent.
    pub comments: Vec<(String, usize, Option<usize>)>,
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
    /// Column of the date, and of its scope.
    pub date: Option<(usize, Option<usize>)>,
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

    fn source(&mut self, cell: &Cell) -> Source {
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
        let date = mapping
            .date
            .as_ref()
            .map(|date| (columns.find(&date.column), date.scope.as_ref().map(|scope| columns.find(scope))));
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
            let Some(known) = declarations.instrument(id) else {
                return Err(Error::Usage {
                    what: format!("there is no instrument `{id}`"),
                    mend: "name one of `measures/instruments/`, in the mapping or with --instrument".into(),
                });
            };
            let items = known
                .choices()
                .map(|(item, choices)| {
                    let cell = part.items.get(&item.id).map(|cell| {
                        let mut codes = HashMap::new();
                        for choice in choices {
                            let labels = choice.label.0.values().chain(&choice.also).chain([&choice.id]);
                            codes.extend(labels.map(|label| (tidy(label).to_lowercase(), choice.code)));
                            codes.insert(choice.code.to_string(), choice.code);
                        }
                        codes.insert("not-answered".into(), NOT_ANSWERED);
                        codes.insert("not-asked".into(), NOT_ASKED);
                        (columns.source(cell), codes)
                    });
                    (item.id.clone(), cell)
                })
                .collect();
            let comments = part
                .comments
                .iter()
                .map(|(item, comment)| {
                    (
                        item.clone(),
                        columns.find(&comment.column),
                        comment.consent.as_ref().map(|name| columns.find(name)),
                    )
                })
                .collect();
            let occasion = part.occasion.clone().or_else(|| known.occasions.first().cloned()).unwrap_or_default();
            parts.push(PartLayout { instrument: known.clone(), occasion, items, comments });
        }
        columns.done()?;
        Ok(Layout { mapping: mapping.clone(), header, identity, must_agree, person, date, places, how, facts, parts })
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
