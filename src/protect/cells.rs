//! Rows of results as disclosure control sees them, and back.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::nullif;
use arrow::datatypes::Int64Type;

use crate::error::{Error, Result};
use crate::names::Names;
use crate::store;

/// A number for a text of a key: figures share few texts, and there are many figures.
pub type Name = u32;

/// What of a row says which number it is, and from how many answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Measure, version, root, area and occasion.
    pub place: [Name; 5],
    /// The period.
    pub period: Name,
    /// The breakdown.
    pub group_by: Name,
    /// The group.
    pub group: Name,
    /// What the number is.
    pub statistic: Name,
    /// Answers that it comes from.
    pub n: i64,
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
        let place = [text("measure")?, text("measure_version")?, text("root")?, text("area")?, text("occasion")?];
        let (period, group_by, group, statistic) =
            (text("period")?, text("group_by")?, text("group")?, text("statistic")?);
        let n = batch
            .column_by_name("n")
            .and_then(|column| column.as_primitive_opt::<Int64Type>())
            .ok_or_else(|| Error::Broken("results without `n`".into()))?;
        for row in 0..batch.num_rows() {
            let mut of =
                |column: &StringArray| cells.names.number(if column.is_valid(row) { column.value(row) } else { "" });
            let cell = Cell {
                place: place.map(&mut of),
                period: of(period),
                group_by: of(group_by),
                group: of(group),
                statistic: of(statistic),
                n: if n.is_valid(row) { n.value(row) } else { 0 },
            };
            cells.all.push(cell);
        }
    }
    Ok(cells)
}

/// Returns whether a column says nothing of people, and so stays where a figure is hidden. Everything else is emptied, so that a column which
/// is added to results later is hidden until somebody decides otherwise.
fn kept(name: &str) -> bool {
    store::RESULT_KEY.contains(&name) || ["area_level", "boundaries_on", "unit", "confidence", "method"].contains(&name)
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
                ("mark", _) => Ok(Arc::new(marks(batch, of_batch)) as ArrayRef),
                ("mark_reason", _) => {
                    Ok(Arc::new(of_batch.iter().map(|hidden| hidden.map(Hidden::words)).collect::<StringArray>())
                        as ArrayRef)
                }
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

/// `c` where a figure is hidden, `x` where there is none.
fn marks(batch: &RecordBatch, hidden: &[Option<Hidden>]) -> StringArray {
    let why_not = batch.column_by_name("why_not");
    hidden
        .iter()
        .enumerate()
        .map(|(row, hidden)| match hidden {
            Some(_) => Some("c"),
            None => why_not.is_some_and(|column| column.is_valid(row)).then_some("x"),
        })
        .collect()
}

/// Counts the hidden rows of a batch of `published`.
pub fn marked(batch: &RecordBatch) -> Result<usize> {
    let marks = batch
        .column_by_name("mark")
        .and_then(|column| column.as_string_opt::<i32>())
        .ok_or_else(|| Error::Broken("published figures without marks".into()))?;
    Ok(marks.iter().filter(|mark| *mark == Some("c")).count())
}
