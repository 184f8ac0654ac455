//! The cube as it is kept: the cells of every pass, read batch by batch.
//!
//! A file holds the cells of one instrument and time; the parts (passes) lie in it one after the other, each in row groups of its own. What
//! lies where in a cell is kept beside the cells, so that a cube can be read whatever is declared by then.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Int64Type};
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, col, lit};
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::{Stream, StreamExt, TryStreamExt};

use super::bytes;
use super::cell::Cell;
use super::counted::Key;
use super::kept::Kept;
use super::layout::Layout;
use super::merge::{self, Stamped};
use super::time::Time;
use crate::declare::Root;
use crate::error::{Error, Result};
use crate::store::{self, Store, Table};

/// What one pass over an instrument counted, as far as one layout holds for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The instrument.
    pub instrument: String,
    /// Name of the pass: `items`, `change/<outcome>`, and so on.
    pub name: Arc<str>,
    /// What lies where in its cells.
    pub layout: Arc<Layout>,
}

/// Cells of one part.
pub struct Cells {
    /// The part.
    pub part: Arc<Part>,
    /// Its cells; a key comes once in the whole part.
    pub cells: Vec<(Key, Cell)>,
}

/// The stored cube at one version.
pub struct Stored {
    table: Table,
    about: About,
}

/// What is said of the cells beside them.
pub struct About {
    /// The parts.
    pub parts: Arc<Parts>,
    kept: HashMap<String, Kept>,
}

/// The parts of a cube by instrument, name and layout.
pub type Parts = HashMap<[String; 3], Arc<Part>>;

/// The columns of a cell, as `Reader` wants them.
pub const COLUMNS: [&str; 11] = [
    "instrument",
    "part",
    "layout",
    "version",
    "root",
    "area",
    "precision",
    "starts",
    "occasion",
    "cell",
    "responses_version",
];

/// Tag of the files that say of an instrument what its parts are.
pub fn about(instrument: &str) -> String {
    format!("{instrument}_about")
}

/// Tag of the files with the cells of an instrument and time.
pub fn tag(instrument: &str, time: Time) -> String {
    format!("{instrument}_{}", time.describe().0.replace('/', "-"))
}

/// Returns the error of a table that cannot be read.
pub fn damaged(what: impl Into<String>) -> Error {
    Error::Input {
        file: store::CUBE.into(),
        what: what.into(),
        mend: "make it anew with `tellonce measure --full`".into(),
    }
}

impl Stored {
    /// Opens the cube as it is now; none where nothing was measured yet.
    pub async fn open(session: &dyn Session, store: &Store) -> Result<Option<Self>> {
        let Some(table) = store.table(store::CUBE).await? else { return Ok(None) };
        let about = About::read(session, &table).await?;
        Ok(Some(Stored { table, about }))
    }

    /// Returns every part, in no order; a pass over several versions of an instrument is as many parts as it has layouts.
    pub fn parts(&self) -> impl Iterator<Item = &Arc<Part>> {
        self.about.parts.values()
    }

    /// Returns what the cells of an instrument were made of; none where that is not known.
    pub fn kept(&self, instrument: &str) -> Option<&Kept> {
        self.about.kept.get(instrument)
    }

    /// Reads all cells of the files with a tag.
    pub async fn tagged(&self, session: &dyn Session, tag: &str) -> Result<merge::Cells> {
        let provider = self.table.provider_of(Some(store::cells()), &|of| of == tag)?;
        let plan = plan(session, provider, None, &COLUMNS).await?;
        let mut stream = execute_stream(plan, session.task_ctx()).map_err(Error::table(store::CUBE))?;
        let mut reader = Reader::new(self.about.parts.clone());
        let mut cells = merge::Cells::new();
        while let Some(batch) = stream.try_next().await.map_err(Error::table(store::CUBE))? {
            for row in 0..batch.num_rows() {
                let Row { part, key, cell, responses_version } = reader.row(&batch, row)?;
                let stamped = Stamped { layout: part.layout.clone(), cell, responses_version };
                cells.insert((part.name.clone(), key), stamped);
            }
        }
        Ok(cells)
    }

    /// Reads the cells of the parts that are `wanted`. `filter` is a condition on the columns version, root, area, time, precision, starts,
    /// ends and occasion of the table; files and row groups that cannot fulfil it are not read. The cells come in no order; those of a part
    /// and time may come in several batches.
    pub async fn cells(
        &self,
        session: &dyn Session,
        wanted: &(dyn Fn(&Part) -> bool + Sync),
        filter: Option<Expr>,
    ) -> Result<impl Stream<Item = Result<Vec<Cells>>> + use<>> {
        let wanted: Vec<&Part> = self.parts().map(Arc::as_ref).filter(|part| wanted(part)).collect();
        let of = |tag: &str| {
            let of_instrument = |part: &&Part| tag.split('_').next() == Some(part.instrument.as_str());
            !tag.ends_with("_about") && wanted.iter().any(of_instrument)
        };
        let provider = self.table.provider_of(Some(store::cells()), &of)?;
        let any = wanted.iter().map(|part| {
            col("instrument").eq(lit(part.instrument.clone())).and(col("part").eq(lit(part.name.as_ref())))
        });
        let chosen = any.reduce(Expr::or).unwrap_or_else(|| lit(false));
        let plan = plan(session, provider, std::iter::once(chosen).chain(filter), &COLUMNS).await?;
        let stream = execute_stream(plan, session.task_ctx()).map_err(Error::table(store::CUBE))?;
        let mut reader = Reader::new(self.about.parts.clone());
        Ok(stream.map(move |batch| reader.cells(&batch.map_err(Error::table(store::CUBE))?)))
    }
}

impl About {
    /// Reads what is said of the cells of a table.
    pub async fn read(session: &dyn Session, table: &Table) -> Result<Self> {
        if table.schema()?.field_with_name("cell").is_err() {
            return Err(damaged("the table is of an earlier form"));
        }
        let provider = table.provider_of(Some(store::cells()), &|tag| tag.ends_with("_about"))?;
        let plan = plan(session, provider, None, &["instrument", "part", "layout", "about"]).await?;
        let stream = execute_stream(plan, session.task_ctx()).map_err(Error::table(store::CUBE))?;
        let batches: Vec<RecordBatch> = stream.try_collect().await.map_err(Error::table(store::CUBE))?;
        let (mut parts, mut kept) = (Parts::new(), HashMap::new());
        for batch in &batches {
            let text = |at: usize, row: usize| {
                let column = batch.columns().get(at).and_then(|column| column.as_string_opt::<i32>());
                column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned())
            };
            for row in 0..batch.num_rows() {
                let (instrument, about) = (text(0, row).unwrap_or_default(), text(3, row).unwrap_or_default());
                let Some(name) = text(1, row) else {
                    // Where it cannot be read, all is counted anew.
                    kept.extend(serde_json::from_str(&about).ok().map(|of| (instrument, of)));
                    continue;
                };
                let id = [instrument, name, text(2, row).unwrap_or_default()];
                let layout = serde_json::from_str(&about)
                    .map_err(|_| damaged(format!("what lies where in `{}` cannot be read", id.join(" "))))?;
                let [instrument, name, _] = id.clone();
                parts.insert(id, Arc::new(Part { instrument, name: name.into(), layout: Arc::new(layout) }));
            }
        }
        Ok(About { parts: Arc::new(parts), kept })
    }
}

/// Plans to read columns of the rows that fulfil every filter.
pub async fn plan(
    session: &dyn Session,
    provider: Arc<dyn TableProvider>,
    filters: impl IntoIterator<Item = Expr>,
    columns: &[&str],
) -> Result<Arc<dyn ExecutionPlan>> {
    let scan = LogicalPlanBuilder::scan(store::CUBE, provider_as_source(provider), None);
    let filtered = scan.and_then(|scan| filters.into_iter().try_fold(scan, |scan, filter| scan.filter(filter)));
    let plan = filtered
        .and_then(|rows| rows.project(columns.iter().map(|name| col(*name))))
        .and_then(LogicalPlanBuilder::build)
        .map_err(Error::table(store::CUBE))?;
    session.create_physical_plan(&plan).await.map_err(Error::table(store::CUBE))
}

/// Reads rows of the table one by one, and remembers the texts and the part of the one before: most rows have the same.
pub struct Reader {
    parts: Arc<Parts>,
    part: Option<([String; 3], Arc<Part>)>,
    texts: [Option<Arc<str>>; 3],
}

/// One row of the table.
pub struct Row {
    /// What its cell is of.
    pub part: Arc<Part>,
    /// Its key.
    pub key: Key,
    /// Its cell.
    pub cell: Cell,
    /// Version of the responses when its cell last changed.
    pub responses_version: i64,
}

impl Reader {
    /// Returns a reader of rows of these parts.
    pub fn new(parts: Arc<Parts>) -> Self {
        Reader { parts, part: None, texts: [const { None }; 3] }
    }

    fn cells(&mut self, batch: &RecordBatch) -> Result<Vec<Cells>> {
        let mut all: Vec<Cells> = Vec::new();
        for row in 0..batch.num_rows() {
            let Row { part, key, cell, .. } = self.row(batch, row)?;
            match all.last_mut().filter(|last| Arc::ptr_eq(&last.part, &part)) {
                Some(last) => last.cells.push((key, cell)),
                None => all.push(Cells { part, cells: vec![(key, cell)] }),
            }
        }
        Ok(all)
    }

    /// Reads a row of a batch with the columns `COLUMNS`.
    pub fn row(&mut self, batch: &RecordBatch, row: usize) -> Result<Row> {
        let column = |at: usize| batch.columns().get(at).filter(|column| column.is_valid(row));
        let text = |at: usize| column(at).and_then(|column| column.as_string_opt::<i32>()).map(|of| of.value(row));
        let part = self.part([0, 1, 2].map(|at| text(at).unwrap_or_default()))?;
        let root = Root::ALL.into_iter().find(|root| Some(root.column()) == text(4));
        let starts = column(7).and_then(|column| column.as_primitive_opt::<Date32Type>());
        let starts = starts.and_then(|starts| starts.value_as_date(row));
        let time = match (text(6), starts) {
            (Some("month"), Some(first)) => Some(Time::Month(first)),
            (Some("quarter"), Some(first)) => Some(Time::Quarter(first)),
            (Some("financial year"), Some(first)) => Some(Time::Year(first)),
            (Some("none"), None) => Some(Time::Undated),
            _ => None,
        };
        let bytes = column(9).and_then(|column| column.as_binary_opt::<i32>()).map(|of| of.value(row));
        let cell = bytes.and_then(|bytes| bytes::decode(&part.layout, bytes));
        let stamp = column(10).and_then(|column| column.as_primitive_opt::<Int64Type>()).map(|of| of.value(row));
        let [version, area, occasion] = [3, 5, 8].map(text);
        let (Some(root), Some(time), Some(cell), Some(responses_version)) = (root, time, cell, stamp) else {
            let of = format!("`{}` of `{}`", part.name, part.instrument);
            return Err(damaged(format!("a cell of {of} cannot be read (area {})", area.unwrap_or("-"))));
        };
        let [last_version, last_area, last_occasion] = &mut self.texts;
        let key = Key {
            root,
            area: kept(last_area, area),
            time,
            version: kept(last_version, version),
            occasion: kept(last_occasion, occasion),
        };
        Ok(Row { part, key, cell, responses_version })
    }

    fn part(&mut self, id: [&str; 3]) -> Result<Arc<Part>> {
        if let Some((known, part)) = &self.part
            && *known == id
        {
            return Ok(part.clone());
        }
        let owned = id.map(str::to_owned);
        let part = self.parts.get(&owned).cloned();
        let part = part.ok_or_else(|| damaged(format!("nothing says what lies where in `{}`", id.join(" "))))?;
        self.part = Some((owned, part.clone()));
        Ok(part)
    }
}

/// Returns a text, shared with the row before where it is the same.
fn kept(last: &mut Option<Arc<str>>, text: Option<&str>) -> Option<Arc<str>> {
    if last.as_deref() != text {
        *last = text.map(Arc::from);
    }
    last.clone()
}

#[cfg(test)]
mod tests;
