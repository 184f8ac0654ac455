//! Rows of results as disclosure control sees them, and back.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::nullif;
use arrow::datatypes::Int64Type;

use crate::error::{Error, Result};
use crate::names::Names;
use crate::store;

/// A number for a text of a key: figures share few texts, and there are many figures.
pub type Name = u32;

/// What says whose numbers they are: measure, version, root, area, occasion, cut set and weighting.
pub type Place = [Name; 7];
/// Where in a [`Place`] the area stands.
pub const AREA: usize = 3;
/// Where in a [`Place`] the cut set stands.
pub const CUT_SET: usize = 5;
/// Where in a [`Place`] the weighting stands.
pub const WEIGHTING: usize = 6;

/// What of a row says which number it is, and from how many answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whose number it is.
    pub place: Place,
    /// The period.
    pub period: Name,
    /// The breakdown.
    pub group_by: Name,
    /// The group.
    pub group: Name,
    /// What the number is.
    pub statistic: Name,
    /// What it is compared with, or which of several of its kind it is.
    pub comparator: Name,
    /// Answers that it comes from; none where the row does not say.
    pub n: Option<i64>,
    /// People who gave them; none where that is not known.
    pub people: Option<i64>,
    /// Whether each of n is a person: of such figures several periods do not add up.
    pub of_people: bool,
    /// Answers that count.
    pub numerator: i64,
    /// Whether it is adjusted for case mix: such a number is part of the figure that it adjusts.
    pub adjusted: bool,
}

/// Rows of results and the texts of their keys.
#[derive(Default)]
pub struct Cells {
    /// The rows, in their order.
    pub all: Vec<Cell>,
    names: Names,
}

impl Cells {
    /// Returns the number of a text; one that no row has where it is in none.
    pub fn name(&self, text: &str) -> Name {
        self.names.known(text).unwrap_or(Name::MAX)
    }

    /// Returns the text of a number.
    pub fn text(&self, name: Name) -> &str {
        self.names.text(name).unwrap_or_default()
    }
}

/// Why there is no value, where an outcome needs more answers than there are.
const UNDER_MINIMUM: &str = "under-minimum";

/// Why a figure is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// It comes from too few answers.
    TooFew,
    /// Another hidden figure could be worked out from it and a total.
    Complement,
    /// It is computed from a hidden figure.
    Derived,
}

impl Hidden {
    /// Returns the reason in words.
    pub fn words(self) -> &'static str {
        match self {
            Hidden::TooFew => "too few answers to show without risking that people are recognised",
            Hidden::Complement => "hidden so that a figure from too few answers cannot be worked out from a total",
            Hidden::Derived => "computed from a hidden figure",
        }
    }
}

/// Reads the rows of results.
pub fn read(results: &[RecordBatch]) -> Result<Cells> {
    let mut cells = Cells::default();
    for batch in results {
        let text = |name: &str| {
            batch
                .column_by_name(name)
                .and_then(|column| column.as_string_opt::<i32>())
                .ok_or_else(|| Error::Broken(format!("results without `{name}`")))
        };
        let long = |name: &str| {
            batch
                .column_by_name(name)
                .and_then(|column| column.as_primitive_opt::<Int64Type>())
                .ok_or_else(|| Error::Broken(format!("results without `{name}`")))
        };
        let place = [
            text("measure")?,
            text("measure_version")?,
            text("root")?,
            text("area")?,
            text("occasion")?,
            text("cut_set")?,
            text("weighting")?,
        ];
        let (period, group_by, group) = (text("period")?, text("group_by")?, text("group")?);
        let (statistic, comparator) = (text("statistic")?, text("comparator")?);
        let (adjustment, unit) = (text("adjustment")?, text("unit")?);
        let (n, people, numerator) = (long("n")?, long("people")?, long("numerator")?);
        let number = |column: &Int64Array, row: usize| column.is_valid(row).then(|| column.value(row));
        for row in 0..batch.num_rows() {
            let mut of =
                |column: &StringArray| cells.names.number(if column.is_valid(row) { column.value(row) } else { "" });
            let cell = Cell {
                place: place.map(&mut of),
                period: of(period),
                group_by: of(group_by),
                group: of(group),
                statistic: of(statistic),
                comparator: of(comparator),
                n: number(n, row),
                people: number(people, row),
                of_people: unit.is_valid(row) && unit.value(row) == "person",
                numerator: number(numerator, row).unwrap_or_default(),
                adjusted: adjustment.is_valid(row) && adjustment.value(row) != "none",
            };
            cells.all.push(cell);
        }
    }
    Ok(cells)
}

/// Returns whether a column says nothing of people, and so stays where a figure is hidden. Everything else is emptied, so that a column which
/// is added to results later is hidden until somebody decides otherwise. The method goes as well: it says whether people answered often.
fn kept(name: &str) -> bool {
    store::RESULT_KEY.contains(&name) || ["area_level", "boundaries_on", "unit", "confidence"].contains(&name)
}

/// Returns the rows with hidden ones emptied and marked.
pub fn publish(results: &[RecordBatch], hidden: &[Option<Hidden>]) -> Result<Vec<RecordBatch>> {
    let schema = store::published();
    let mut first = 0;
    let mut rows = Vec::with_capacity(results.len());
    for batch in results {
        let of_batch = hidden.get(first..first + batch.num_rows()).unwrap_or_default();
        first += batch.num_rows();
        let gone: BooleanArray = of_batch.iter().map(|hidden| Some(hidden.is_some())).collect();
        let columns = schema
            .fields()
            .iter()
            .map(|field| match (field.name().as_str(), batch.column_by_name(field.name())) {
                ("mark", _) => Ok(Arc::new(marks(batch, of_batch, Mark::letter)) as ArrayRef),
                ("mark_reason", _) => Ok(Arc::new(marks(batch, of_batch, Mark::words)) as ArrayRef),
                // What a gap compares is part of its name; what a chart assures is a finding.
                ("comparator", Some(column)) => {
                    let charted = batch.column_by_name("statistic").and_then(|column| column.as_string_opt::<i32>());
                    let finding = (0..batch.num_rows())
                        .map(|row| Some(gone.value(row) && charted.is_some_and(|charted| charted.value(row) == "xmr")));
                    nullif(column, &finding.collect::<BooleanArray>())
                }
                (name, Some(column)) if kept(name) => Ok(column.clone()),
                (_, Some(column)) => nullif(column, &gone),
                (name, None) => Err(arrow::error::ArrowError::SchemaError(format!("results without `{name}`"))),
            })
            .collect::<arrow::error::Result<Vec<_>>>()
            .map_err(Error::table(store::PUBLISHED))?;
        rows.push(RecordBatch::try_new(schema.clone(), columns).map_err(Error::table(store::PUBLISHED))?);
    }
    Ok(rows)
}

/// What stands in the place of a number.
#[derive(Clone, Copy)]
enum Mark {
    Hidden(Hidden),
    Unreliable,
    Missing,
}

impl Mark {
    fn letter(self) -> Option<&'static str> {
        Some(match self {
            Mark::Hidden(_) => "c",
            Mark::Unreliable => "u",
            Mark::Missing => "x",
        })
    }

    /// Why: a missing figure says so itself, in `why_not`.
    fn words(self) -> Option<&'static str> {
        match self {
            Mark::Hidden(hidden) => Some(hidden.words()),
            Mark::Unreliable => Some("too few to be reliable"),
            Mark::Missing => None,
        }
    }
}

fn marks(batch: &RecordBatch, hidden: &[Option<Hidden>], of: fn(Mark) -> Option<&'static str>) -> StringArray {
    let why_not = batch.column_by_name("why_not").and_then(|column| column.as_string_opt::<i32>());
    let marked = hidden.iter().enumerate().map(|(row, hidden)| {
        let why_not = why_not.filter(|column| column.is_valid(row)).map(|column| column.value(row));
        let mark = match (hidden, why_not) {
            (Some(hidden), _) => Mark::Hidden(*hidden),
            (None, Some(UNDER_MINIMUM)) => Mark::Unreliable,
            (None, Some(_)) => Mark::Missing,
            (None, None) => return None,
        };
        of(mark)
    });
    marked.collect()
}

/// Counts the hidden rows of a batch of `published`.
pub fn marked(batch: &RecordBatch) -> Result<usize> {
    let marks = batch
        .column_by_name("mark")
        .and_then(|column| column.as_string_opt::<i32>())
        .ok_or_else(|| Error::Broken("published figures without marks".into()))?;
    Ok(marks.iter().filter(|mark| *mark == Some("c")).count())
}
