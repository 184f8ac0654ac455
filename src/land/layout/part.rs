//! One response out of a row: where its answers stand, and how each is read.

use std::collections::HashMap;

use super::{Columns, DateLayout, Source, tidy};
use crate::declare::{
    Coded, Date, DateOrder, Instrument, Item, ItemKind, LARGEST_WEIGHT, NOT_ANSWERED, NOT_ASKED, Part, weight_column,
};

/// One response out of a row.
#[derive(Clone, Debug)]
pub struct PartLayout {
    /// The instrument, in the version that the mapping names.
    pub instrument: Instrument,
    /// The occasion.
    pub occasion: String,
    /// The repeat.
    pub repeat: Repeat,
    /// Place of its column of dates in `Layout::dates`.
    pub date: Option<usize>,
    /// Columns of codes in the order of the instrument; without a cell where the file does not hold the item.
    pub codes: Vec<(String, Option<CodeCell>)>,
    /// Columns of numbers: items, then covariates and weights.
    pub numbers: Vec<(String, Option<NumberCell>)>,
    /// Columns of days.
    pub days: Vec<(String, Option<DayCell>)>,
    /// Free texts: item, column, column of the consent.
    pub comments: Vec<(String, usize, Option<usize>)>,
}

/// Which repeat a response is.
#[derive(Clone, Debug)]
pub enum Repeat {
    /// The instrument is answered once.
    Once,
    /// Always the same one: the row holds several, side by side.
    Always(i32),
    /// The one that a column says: each repeat is a row.
    Column(Source),
}

/// A cell that gives a code.
#[derive(Clone, Debug)]
pub struct CodeCell {
    /// Where it stands.
    pub source: Source,
    /// Spellings in small letters of what is no answer; what the mapping says of a value goes before them.
    pub missing: HashMap<String, i8>,
    /// How its answers are told.
    pub codes: Codes,
}

/// How the answers in a cell are told.
#[derive(Clone, Debug)]
pub enum Codes {
    /// One answer: the code of each spelling in small letters.
    One(HashMap<String, i8>),
    /// Several answers: whether one of them is the entry at `entry`, by the spellings of all entries in small letters.
    Several { split: Option<char>, entry: usize, entries: HashMap<String, usize> },
}

/// A cell that gives a number.
#[derive(Clone, Debug)]
pub struct NumberCell {
    /// Where it stands.
    pub source: Source,
    /// What a message calls it.
    pub name: String,
    /// True where it is an answer, false where it only comes with the answers.
    pub is_answer: bool,
    /// Spellings in small letters of what is no answer; what the mapping says of a value goes before them.
    pub missing: Vec<String>,
    /// Smallest and largest number.
    pub range: Option<[f64; 2]>,
}

/// A cell that gives a day.
#[derive(Clone, Debug)]
pub struct DayCell {
    /// Where it stands.
    pub source: Source,
    /// Spellings in small letters of what is no answer; what the mapping says of a value goes before them.
    pub missing: Vec<String>,
    /// The order in which days are written that are not written as 2026-12-31.
    pub order: DateOrder,
}

impl PartLayout {
    /// Fits a part of the mapping to the header; `row_date` is the date of the whole row.
    pub(super) fn new(
        part: &Part,
        instrument: &Instrument,
        row_date: Option<&Date>,
        columns: &mut Columns<'_>,
        dates: &mut Vec<DateLayout>,
    ) -> Self {
        let codes = instrument.coded().into_iter().map(|coded| {
            let cell = match part.items.get(&coded.id) {
                Some(cell) => {
                    Some(CodeCell { source: columns.source(cell), missing: missing(&coded), codes: one(&coded) })
                }
                None => part.items.get(&coded.item.id).filter(|_| coded.item.kind == ItemKind::TickAll).map(|cell| {
                    let codes = several(&coded, cell.split);
                    CodeCell { source: columns.source(cell), missing: missing(&coded), codes }
                }),
            };
            (format!("i_{}", coded.id), cell)
        });
        let codes = codes.collect();
        let of_kind = |kind| instrument.items.iter().filter(move |item| item.kind == kind);
        let numbers = of_kind(ItemKind::Number).map(|item| {
            let cell = part.items.get(&item.id).map(|cell| NumberCell {
                source: columns.source(cell),
                name: item.id.clone(),
                is_answer: true,
                missing: spellings(item),
                range: item.range,
            });
            (format!("i_{}", item.id), cell)
        });
        let mut numbers: Vec<_> = numbers.collect();
        numbers.extend(instrument.covariates.iter().map(|name| {
            let cell = part.covariates.get(name).map(|cell| NumberCell {
                source: columns.source(cell),
                name: name.clone(),
                is_answer: false,
                missing: Vec::new(),
                range: None,
            });
            (format!("x_{name}"), cell)
        }));
        numbers.extend(instrument.weights.iter().map(|scheme| {
            let cell = part.weights.get(scheme).map(|cell| NumberCell {
                source: columns.source(cell),
                name: scheme.clone(),
                is_answer: false,
                missing: Vec::new(),
                range: Some([0.0, LARGEST_WEIGHT]),
            });
            (weight_column(scheme), cell)
        }));
        let order = part.date.as_ref().or(row_date).map_or(DateOrder::YearMonthDay, |date| date.order);
        let days = of_kind(ItemKind::Date).map(|item| {
            let day = |cell| DayCell { source: columns.source(cell), missing: spellings(item), order };
            (format!("i_{}", item.id), part.items.get(&item.id).map(day))
        });
        let days = days.collect();
        let comments = part.comments.iter().map(|(item, comment)| {
            let consent = comment.consent.as_ref().map(|name| columns.find(name));
            (item.clone(), columns.find(&comment.column), consent)
        });
        let comments = comments.collect();
        let repeat = match (part.repeat, &part.repeat_column) {
            (Some(number), _) => Repeat::Always(number),
            (None, Some(name)) => {
                let (at, name) = (columns.find(name), tidy(name));
                Repeat::Column(Source::Column { at, name, values: HashMap::new(), blank: None })
            }
            (None, None) => Repeat::Once,
        };
        let own_date = part.date.as_ref().map(|date| columns.date(date, dates));
        PartLayout {
            instrument: instrument.clone(),
            occasion: part.occasion.clone().or_else(|| instrument.occasions.first().cloned()).unwrap_or_default(),
            repeat,
            date: own_date.or(row_date.map(|_| 0)),
            codes,
            numbers,
            days,
            comments,
        }
    }
}

fn small(text: &str) -> String {
    tidy(text).to_lowercase()
}

fn spellings(item: &Item) -> Vec<String> {
    item.not_answered.iter().map(|text| small(text)).collect()
}

fn missing(coded: &Coded<'_>) -> HashMap<String, i8> {
    let of = |texts: &[String], code| texts.iter().map(|text| (small(text), code)).collect::<Vec<_>>();
    let not_asked = of(coded.not_asked, NOT_ASKED);
    not_asked.into_iter().chain(of(coded.not_answered, NOT_ANSWERED)).collect()
}

fn one(coded: &Coded<'_>) -> Codes {
    let mut codes = HashMap::new();
    for choice in coded.choices.iter() {
        let labels = choice.label.0.values().chain(&choice.also).chain([&choice.id]);
        codes.extend(labels.map(|label| (small(label), choice.code)));
        codes.insert(choice.code.to_string(), choice.code);
    }
    if coded.item.kind == ItemKind::TickAll {
        // Many systems write the words of what was ticked into its column.
        let labels = coded.entry.into_iter().flat_map(|entry| entry.label.0.values());
        codes.extend(labels.map(|label| (small(label), 1)));
    }
    codes.insert("not-answered".into(), NOT_ANSWERED);
    codes.insert("not-asked".into(), NOT_ASKED);
    Codes::One(codes)
}

fn several(coded: &Coded<'_>, split: Option<char>) -> Codes {
    let mut entries = HashMap::new();
    for (at, entry) in coded.item.entries.iter().enumerate() {
        entries.extend(entry.label.0.values().chain([&entry.id]).map(|text| (small(text), at)));
    }
    let is_own = |entry: &crate::declare::Entry| coded.entry.is_some_and(|own| own.id == entry.id);
    let entry = coded.item.entries.iter().position(is_own).unwrap_or_default();
    Codes::Several { split, entry, entries }
}
