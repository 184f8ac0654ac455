//! Which landings stand, and so which rows a reader sees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, SchemaRef};
use datafusion::datasource::MemTable;
use datafusion::logical_expr::{JoinType, col, lit};
use datafusion::prelude::{DataFrame, SessionContext};

use super::{COMMENTS, LANDINGS, QUARANTINE, Replace, SUPERSEDED, Store, responses_of, tables};
use crate::error::{Error, Result};

/// What is known of one landing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Landing {
    /// Its name.
    pub id: String,
    /// Whether it stands.
    pub standing: bool,
    /// Name of the file that landed, without its folder.
    pub file_name: String,
    /// Hash of the file.
    pub file_hash: String,
    /// Hash of the mapping and of the instruments it lands.
    pub mapping_hash: String,
    /// The instruments, separated by commas.
    pub instruments: String,
    /// Fingerprint of the pseudonym key, where there was one.
    pub key_fingerprint: Option<String>,
    /// Source rows: read, quarantined, landed, corrected, folded, already there.
    pub counts: [i64; 6],
    /// Responses that it gave.
    pub responses: i64,
    /// Running number of the event that says so.
    pub event: i64,
}

/// Which rows of a table of landings are meant.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// The landings that gave them: only their files are read.
    pub given_by: &'a BTreeSet<String>,
    /// No landing of these supersedes them.
    pub not_hidden_by: &'a BTreeSet<String>,
    /// Some landing of these supersedes them, where that matters.
    pub hidden_by: Option<&'a BTreeSet<String>>,
}

impl Which<'_> {
    /// Returns the rows of the table `name`; none where it was never made, and where there is nothing that `hidden_by` could hide. Columns that
    /// the table lacks read as null.
    pub async fn rows(
        &self,
        store: &Store,
        session: &SessionContext,
        name: &str,
        schema: Option<SchemaRef>,
    ) -> Result<Option<DataFrame>> {
        let Some(table) = store.table(name).await? else { return Ok(None) };
        let schema = match schema {
            Some(schema) => schema,
            None => table.schema()?,
        };
        let read = |wanted: &dyn Fn(&str) -> bool| {
            session.read_table(table.provider_of(Some(schema.clone()), wanted)?).map_err(Error::table(name))
        };
        let mut given_by = self.given_by.clone();
        let mut hidden = None;
        if let Some(by) = self.hidden_by {
            match superseded(store, session, name, by).await? {
                Some((of, rows)) => {
                    given_by.retain(|landing| of.contains(landing));
                    hidden = Some(rows);
                }
                None => return Ok(None),
            }
        }
        // The ids of responses are long and random: only files with a row that gives way are read with them.
        let (some, all) = match superseded(store, session, name, self.not_hidden_by).await? {
            Some((of, gone)) => {
                let (some, all) = given_by.into_iter().partition(|landing| of.contains(landing));
                (Some((some, gone)), all)
            }
            None => (None, given_by),
        };
        let mut rows = read(&|tag| all.contains(tag))?;
        if let Some((some, gone)) = some.filter(|(some, _): &(BTreeSet<String>, _)| !some.is_empty()) {
            let left =
                joined(read(&|tag| some.contains(tag))?, gone, JoinType::RightAnti).map_err(Error::table(name))?;
            rows = if all.is_empty() { left } else { rows.union(left).map_err(Error::table(name))? };
        }
        match hidden {
            Some(hidden) => Ok(Some(joined(rows, hidden, JoinType::RightSemi).map_err(Error::table(name))?)),
            None => Ok(Some(rows)),
        }
    }
}

/// Holds rows against the superseded ones: those are held in memory, the others stream by.
fn joined(rows: DataFrame, with: DataFrame, how: JoinType) -> datafusion::error::Result<DataFrame> {
    with.join(rows, how, &["gone_response", "gone_landing"], &["response_id", "landing"], None)
}

/// Returns which rows of the table `name` the landings `by` supersede, after the landings that gave those; none where there is none.
async fn superseded(
    store: &Store,
    session: &SessionContext,
    name: &str,
    by: &BTreeSet<String>,
) -> Result<Option<(BTreeSet<String>, DataFrame)>> {
    let instrument = name.strip_prefix("responses/");
    if instrument.is_none() && name != COMMENTS {
        return Ok(None);
    }
    let Some(table) = store.table(SUPERSEDED).await? else { return Ok(None) };
    let error = || Error::table(SUPERSEDED);
    let rows = table.provider_of(Some(tables::superseded()), &|tag| by.contains(tag))?;
    let mut rows = session.read_table(rows).map_err(error())?;
    if let Some(instrument) = instrument {
        rows = rows.filter(col("instrument").eq(lit(instrument))).map_err(error())?;
    }
    let gone = rows
        .select(vec![col("response_id").alias("gone_response"), col("landing").alias("gone_landing")])
        .map_err(error())?;
    let schema = gone.schema().inner().clone();
    let gone = gone.collect().await.map_err(error())?;
    let landings = gone.iter().flat_map(|batch| batch.column(1).as_string::<i32>().iter().flatten());
    let of: BTreeSet<String> = landings.map(str::to_owned).collect();
    if of.is_empty() {
        return Ok(None);
    }
    // Kept as rows, so that their number is known when a join is planned.
    let gone = MemTable::try_new(schema, vec![gone]).map_err(error())?;
    Ok(Some((of, session.read_table(Arc::new(gone)).map_err(error())?)))
}

/// All landings of a store.
#[derive(Clone, Debug, Default)]
pub struct Landings {
    by_id: BTreeMap<String, Landing>,
}

impl Landings {
    /// Reads the landings of `store`.
    pub async fn read(store: &Store, session: &SessionContext) -> Result<Self> {
        let mut all = Landings::default();
        let Some(table) = store.table(LANDINGS).await? else { return Ok(all) };
        let rows = session.read_table(table.provider(Some(tables::landings()))?).map_err(Error::table(LANDINGS))?;
        for batch in rows.collect().await.map_err(Error::table(LANDINGS))? {
            for row in 0..batch.num_rows() {
                let landing = landing(&batch, row);
                let newer = all.by_id.get(&landing.id).is_none_or(|known| known.event < landing.event);
                if newer {
                    all.by_id.insert(landing.id.clone(), landing);
                }
            }
        }
        Ok(all)
    }

    /// Returns every landing, ended ones too, in the order of their latest events.
    pub fn all(&self) -> Vec<&Landing> {
        let mut all: Vec<_> = self.by_id.values().collect();
        all.sort_by_key(|landing| landing.event);
        all
    }

    /// Returns the landing `id`, ended or not.
    pub fn get(&self, id: &str) -> Option<&Landing> {
        self.by_id.get(id)
    }

    /// Returns the landings that stand.
    pub fn standing(&self) -> impl Iterator<Item = &Landing> {
        self.by_id.values().filter(|landing| landing.standing)
    }

    /// Returns the landings as they would be without `id`.
    pub fn without(&self, id: &str) -> Self {
        let mut others = self.clone();
        if let Some(landing) = others.by_id.get_mut(id) {
            landing.standing = false;
        }
        others
    }

    /// Returns the running number that the next event takes.
    pub fn next_event(&self) -> i64 {
        self.by_id.values().map(|landing| landing.event).max().unwrap_or(0) + 1
    }

    /// Returns the rows of the table `name` that a reader sees: those of standing landings which no standing landing supersedes.
    /// None where the table was never made. Columns that it lacks read as null.
    pub async fn seen(
        &self,
        store: &Store,
        session: &SessionContext,
        name: &str,
        schema: Option<SchemaRef>,
    ) -> Result<Option<DataFrame>> {
        let standing = self.standing().map(|landing| landing.id.clone()).collect();
        let which = Which { given_by: &standing, not_hidden_by: &standing, hidden_by: None };
        which.rows(store, session, name, schema).await
    }

    /// Takes back what landings left that never came to stand, as a killed program leaves it; returns their names.
    ///
    /// The caller holds the workspace's lock: an unfinished landing is then nobody's work in hand.
    pub async fn take_back(&self, store: &Store) -> Result<Vec<String>> {
        let mut unfinished = Vec::new();
        for name in store.names().await? {
            let of_landings =
                name.starts_with(&responses_of("")) || [QUARANTINE, COMMENTS, SUPERSEDED].contains(&name.as_str());
            if !of_landings {
                continue;
            }
            let Some(mut table) = store.table(&name).await? else { continue };
            let mut tags = table.tags()?;
            tags.sort();
            tags.dedup();
            for tag in tags.into_iter().filter(|tag| !self.by_id.contains_key(tag)) {
                table.write(&tag, &[], Replace::SameTag).await?;
                unfinished.push(tag);
            }
        }
        unfinished.sort();
        unfinished.dedup();
        Ok(unfinished)
    }
}

fn landing(batch: &RecordBatch, row: usize) -> Landing {
    let text = |name: &str| {
        let column = batch.column_by_name(name).map(|column| column.as_string::<i32>());
        column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned())
    };
    let long = |name: &str| {
        let column = batch.column_by_name(name).map(|column| column.as_primitive::<Int64Type>());
        column.filter(|column| column.is_valid(row)).map_or(0, |column| column.value(row))
    };
    Landing {
        id: text("landing").unwrap_or_default(),
        standing: batch.column_by_name("standing").is_some_and(|column| column.as_boolean().value(row)),
        file_name: text("file_name").unwrap_or_default(),
        file_hash: text("file_hash").unwrap_or_default(),
        mapping_hash: text("mapping_hash").unwrap_or_default(),
        instruments: text("instruments").unwrap_or_default(),
        key_fingerprint: text("key_fingerprint"),
        counts: ["read", "quarantined", "landed", "corrected", "folded", "already_there"].map(long),
        responses: long("responses"),
        event: long("event"),
    }
}

impl Landing {
    /// Returns the row of `landings` that says how this landing stands now.
    pub fn row(&self, at_micros: i64) -> Result<RecordBatch> {
        use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray, TimestampMicrosecondArray};
        let text = |value: Option<&str>| Arc::new(StringArray::from(vec![value])) as ArrayRef;
        let long = |value: i64| Arc::new(Int64Array::from(vec![value])) as ArrayRef;
        let mut columns =
            vec![text(Some(&self.id)), long(self.event), Arc::new(BooleanArray::from(vec![self.standing])) as ArrayRef];
        columns.extend([
            text(Some(&self.file_name)),
            text(Some(&self.file_hash)),
            text(Some(&self.mapping_hash)),
            text(Some(&self.instruments)),
            text(self.key_fingerprint.as_deref()),
            text(Some(env!("CARGO_PKG_VERSION"))),
        ]);
        columns.extend(self.counts.map(long));
        columns.push(long(self.responses));
        columns.push(Arc::new(TimestampMicrosecondArray::from(vec![at_micros]).with_timezone("UTC")));
        RecordBatch::try_new(tables::landings(), columns).map_err(Error::table(LANDINGS))
    }
}
