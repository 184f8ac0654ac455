//! What a store knows already of the responses in a file.

use std::collections::{BTreeSet, HashMap};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::row::{RowConverter, SortField};
use datafusion::logical_expr::{col, lit};
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use crate::error::{Error, Result};
use crate::store::{self, Landings, Store};

/// How a response stands to what landed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its id is new.
    New,
    /// Its id is known, with other answers.
    Corrected,
    /// Its id is known, with the same answers.
    Known,
}

/// Columns that do not make a response another one.
fn compared(name: &str, with_key: bool) -> bool {
    // Without the key a landing knows nobody: that takes no person away from a response that has one.
    name != "landing" && (with_key || name != "person")
}

fn content(batch: &RecordBatch, with_key: bool) -> (Vec<SortField>, Vec<arrow::array::ArrayRef>) {
    let schema = batch.schema();
    let chosen = schema.fields().iter().zip(batch.columns()).filter(|(field, _)| compared(field.name(), with_key));
    chosen.map(|(field, column)| (SortField::new(field.data_type().clone()), column.clone())).unzip()
}

/// Returns the ids of a batch of responses.
pub fn ids(batch: &RecordBatch) -> Result<&arrow::array::StringArray> {
    batch
        .column_by_name("response_id")
        .and_then(|column| column.as_string_opt::<i32>())
        .ok_or_else(|| Error::Broken("responses without their ids".into()))
}

/// How the responses of a batch stand, and the landings whose rows they were compared with.
pub struct Known {
    /// One for each row of the batch.
    pub standings: Vec<Standing>,
    /// Landings that gave responses with ids of the batch.
    pub landings: BTreeSet<String>,
    /// For each row of the batch, whether a landing after `since` gave the response that a reader sees.
    pub later: Vec<bool>,
    /// By row of the batch, the person that a reader sees, where this landing knows nobody.
    pub persons: HashMap<usize, String>,
}

/// Returns how each response of `batch` stands to the responses of `instrument` that a reader sees.
///
/// Where the very file of the batch stands already, since the event `since`, what later landings corrected is known: landing every file
/// of a folder once more takes no correction back.
pub async fn standings(
    store: &Store,
    session: &SessionContext,
    landings: &Landings,
    instrument: &str,
    batch: &RecordBatch,
    with_key: bool,
    since: Option<i64>,
) -> Result<Known> {
    let table = store::responses_of(instrument);
    let mut known = Known {
        standings: vec![Standing::New; batch.num_rows()],
        landings: BTreeSet::new(),
        later: vec![false; batch.num_rows()],
        persons: HashMap::new(),
    };
    let Some(seen) = landings.seen(store, session, &table, Some(batch.schema())).await? else { return Ok(known) };
    let error = || Error::table(&table);
    let places: HashMap<&str, usize> = ids(batch)?.iter().enumerate().filter_map(|(at, id)| Some((id?, at))).collect();

    // First the ids alone: most files bring few responses that landed before, or none, and then the answers need not be read.
    let only_ids = seen.clone().select_columns(&["response_id", "landing"]).map_err(error())?;
    let mut stored = only_ids.execute_stream().await.map_err(error())?;
    while let Some(batch) = stored.next().await {
        let batch = batch.map_err(error())?;
        let of = batch.column(1).as_string::<i32>();
        let mut last = "";
        for (row, id) in ids(&batch)?.iter().enumerate() {
            let landing = of.value(row);
            if landing != last && id.is_some_and(|id| places.contains_key(id)) {
                known.landings.insert(landing.to_owned());
                last = landing;
            }
        }
    }
    if known.landings.is_empty() {
        return Ok(known);
    }

    let (fields, columns) = content(batch, with_key);
    let converter = RowConverter::new(fields).map_err(Error::table(&table))?;
    let rows = converter.convert_columns(&columns).map_err(Error::table(&table))?;
    let wanted = known.landings.iter().map(|landing| lit(landing.clone())).collect();
    let seen = seen.filter(col("landing").in_list(wanted, false)).map_err(error())?;
    let mut stored = seen.execute_stream().await.map_err(error())?;
    while let Some(batch) = stored.next().await {
        let batch = batch.map_err(error())?;
        let found: Vec<(usize, usize)> =
            ids(&batch)?.iter().enumerate().filter_map(|(row, id)| Some((row, *places.get(id?)?))).collect();
        if found.is_empty() {
            continue;
        }
        let (_, columns) = content(&batch, with_key);
        let old = converter.convert_columns(&columns).map_err(Error::table(&table))?;
        let given_by = batch.column_by_name("landing").and_then(|column| column.as_string_opt::<i32>());
        let persons = batch.column_by_name("person").and_then(|column| column.as_string_opt::<i32>());
        for (row, place) in found {
            if let Some(persons) = persons.filter(|persons| !with_key && persons.is_valid(row)) {
                known.persons.insert(place, persons.value(row).to_owned());
            }
            let given_later = |since| landings.get(given_by?.value(row)).map(|landing| landing.event > since);
            let is_later = since.and_then(given_later).unwrap_or(false);
            if let (Some(standing), Some(later)) = (known.standings.get_mut(place), known.later.get_mut(place)) {
                let same = is_later || old.row(row) == rows.row(place);
                *standing = if same { Standing::Known } else { Standing::Corrected };
                *later = is_later;
            }
        }
    }
    Ok(known)
}

/// Returns the free texts of each response of the landings `of` that a reader sees, as one text to compare.
pub async fn texts(
    store: &Store,
    session: &SessionContext,
    landings: &Landings,
    of: &BTreeSet<String>,
) -> Result<HashMap<String, String>> {
    let mut all = HashMap::new();
    if of.is_empty() {
        return Ok(all);
    }
    let Some(seen) = landings.seen(store, session, store::COMMENTS, Some(store::comments())).await? else {
        return Ok(all);
    };
    let error = || Error::table(store::COMMENTS);
    let rows = seen
        .filter(col("landing").in_list(of.iter().map(|landing| lit(landing.clone())).collect(), false))
        .map_err(error())?
        .sort(vec![col("response_id").sort(true, true), col("number").sort(true, true)])
        .map_err(error())?
        .collect()
        .await
        .map_err(error())?;
    for batch in &rows {
        add_texts(batch, &mut all)?;
    }
    Ok(all)
}

/// Adds the free texts of a batch of `comments` to those of their responses.
pub fn add_texts(batch: &RecordBatch, all: &mut HashMap<String, String>) -> Result<()> {
    let column = |name: &str| {
        batch
            .column_by_name(name)
            .and_then(|column| column.as_string_opt::<i32>().cloned())
            .ok_or_else(|| Error::Broken(format!("comments without `{name}`")))
    };
    let (ids, items, texts) = (column("response_id")?, column("item")?, column("text")?);
    let consents = batch.column_by_name("consent_to_publish").and_then(|column| column.as_boolean_opt());
    for row in 0..batch.num_rows() {
        let all = all.entry(ids.value(row).to_owned()).or_default();
        all.push_str(items.value(row));
        all.push('\u{1f}');
        all.push_str(texts.value(row));
        // Consent that is given or withdrawn later is a correction too.
        let consent = consents.filter(|of| of.is_valid(row)).map(|of| of.value(row));
        all.push_str(consent.map_or("", |yes| if yes { "\u{1f}yes" } else { "\u{1f}no" }));
        all.push('\u{1e}');
    }
    Ok(())
}

/// Returns every standing row of the responses `wanted`, as (response, landing): a correction supersedes them all, so that taking
/// back the landing of an earlier correction brings no second row to light.
pub async fn standing_rows(
    store: &Store,
    session: &SessionContext,
    landings: &Landings,
    instrument: &str,
    wanted: &[String],
) -> Result<Vec<(String, String)>> {
    let name = store::responses_of(instrument);
    let Some(table) = store.table(&name).await? else { return Ok(Vec::new()) };
    let standing = landings.standing().map(|landing| lit(landing.id.clone())).collect();
    let rows = session
        .read_table(table.provider(None)?)
        .and_then(|rows| rows.filter(col("landing").in_list(standing, false)))
        .and_then(|rows| rows.select_columns(&["response_id", "landing"]))
        .map_err(Error::table(&name))?
        .collect()
        .await
        .map_err(Error::table(&name))?;
    let wanted: std::collections::HashSet<&str> = wanted.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for batch in &rows {
        let landings = batch.column(1).as_string::<i32>();
        for (row, id) in ids(batch)?.iter().enumerate() {
            if let Some(id) = id.filter(|id| wanted.contains(id)) {
                found.push((id.to_owned(), landings.value(row).to_owned()));
            }
        }
    }
    Ok(found)
}
