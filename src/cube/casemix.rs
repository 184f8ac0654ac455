//! What case-mix models are fitted to: the responses of an outcome added up by area, month and pattern of covariates.
//!
//! Responses of one pattern have one expected value, so a model needs of them no more than their number, their sum and the sum of their
//! squares; a numeric covariate makes a pattern of each of its values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::Int64Type;
use datafusion::datasource::MemTable;
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::logical_expr::{col, lit};
use datafusion::prelude::{DataFrame, SessionContext};

use super::linked::Linked;
use super::pairs;
use crate::declare::{Declarations, Figure, Group, Instrument, NOT_STATED, Outcome, Root};
use crate::error::{Error, Result};
use crate::score::{Scoring, ident, literal};
use crate::store::{self, Store};

/// Runs a query that `sql` made of an outcome.
pub async fn read(session: &SessionContext, outcome: &str, sql: &str) -> Result<Vec<RecordBatch>> {
    let error = || Error::query(outcome);
    fitted(session.sql(sql).await.map_err(error())?.collect().await.map_err(error())?)
}

/// Brings rows to the types of the table.
fn fitted(rows: Vec<RecordBatch>) -> Result<Vec<RecordBatch>> {
    let schema = store::casemix();
    let fitted = |batch: RecordBatch| {
        let columns: arrow::error::Result<Vec<ArrayRef>> = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, column)| cast(column, field.data_type()))
            .collect();
        columns.and_then(|columns| RecordBatch::try_new(schema.clone(), columns)).map_err(Error::table(store::CASEMIX))
    };
    rows.into_iter().map(fitted).collect()
}

/// Returns the patterns of an outcome as they are kept, with those added that are newly seen and those taken off that are no longer seen.
///
/// # Errors
/// Of the kind `Input`, where more is taken off than there is.
pub async fn merged(
    store: &Store,
    session: &SessionContext,
    outcome: &str,
    plus: Vec<RecordBatch>,
    minus: Vec<RecordBatch>,
) -> Result<Vec<RecordBatch>> {
    let error = || Error::table(store::CASEMIX);
    let rows = |batches: Vec<RecordBatch>| -> Result<DataFrame> {
        let table = MemTable::try_new(store::casemix(), vec![batches]).map_err(error())?;
        session.read_table(Arc::new(table)).map_err(error())
    };
    let mut all = rows(plus)?;
    if let Some(table) = store.table(store::CASEMIX).await? {
        let kept = table.provider_of(Some(store::casemix()), &|tag| tag == outcome)?;
        all = session.read_table(kept).and_then(|kept| kept.union(all)).map_err(error())?;
    }
    let keys = PATTERN.map(col);
    let off = keys.iter().cloned().chain(SUMS.map(|name| (-col(name)).alias(name)));
    let off = rows(minus)?.select(off.collect::<Vec<_>>()).map_err(error())?;
    let sums = SUMS.map(|name| sum(col(name)).alias(name)).to_vec();
    let columns = PATTERN.into_iter().chain(SUMS).map(col);
    let merged = all
        .union(off)
        .and_then(|all| all.aggregate(keys.to_vec(), sums))
        .and_then(|merged| merged.filter(col("n").not_eq(lit(0))))
        .and_then(|merged| merged.select(columns.collect::<Vec<_>>()))
        .and_then(|merged| merged.sort(keys.iter().map(|key| key.clone().sort(true, false)).collect()))
        .map_err(error())?;
    let merged = fitted(merged.collect().await.map_err(error())?)?;
    let n = merged.iter().filter_map(|batch| batch.column_by_name("n")?.as_primitive_opt::<Int64Type>());
    if n.flat_map(|n| n.iter().flatten()).any(|n| n < 0) {
        return Err(Error::Input {
            file: store::CASEMIX.into(),
            what: format!("the patterns of `{outcome}` are not those that were counted"),
            mend: "make it anew with `tellonce measure --full`".into(),
        });
    }
    Ok(merged)
}

/// What makes a pattern.
const PATTERN: [&str; 8] = ["measure", "root", "area", "starts", "ends", "occasion", "categories", "covariates"];
/// What is added up of it.
const SUMS: [&str; 3] = ["n", "sum", "sum_squares"];

/// Replaces the rows of the outcomes that were counted, and takes those of outcomes that are not `declared` out. The table is not made where
/// no outcome ever adjusted for anything.
pub async fn write(
    store: &Store,
    counted: &BTreeMap<String, Vec<RecordBatch>>,
    declared: &BTreeSet<String>,
) -> Result<()> {
    if counted.values().all(Vec::is_empty) && store.table(store::CASEMIX).await?.is_none() {
        return Ok(());
    }
    let mut table = store.table_or_create(store::CASEMIX, &store::casemix()).await?;
    let mut written = Vec::new();
    for (outcome, rows) in counted {
        written.extend(table.put(outcome, rows).await?);
    }
    table.commit(written, &|tag| counted.contains_key(tag) || !declared.contains(tag)).await
}

/// Returns the query that adds up the responses to one version of an instrument that `outcome` counts; none where it adjusts for nothing.
pub fn sql(declarations: &Declarations, instrument: &Instrument, outcome: &Outcome, responses: &str) -> Option<String> {
    if outcome.adjust_for.is_empty() {
        return None;
    }
    let (from, value) = counted(declarations, instrument, outcome, responses)?;
    let categories = outcome.adjust_for.iter().filter_map(|id| declarations.group(id)).map(band);
    let covariates = outcome.adjust_for.iter().filter(|name| instrument.covariates.contains(name));
    let covariates: Vec<String> = covariates.map(|name| ident(&format!("x_{name}"))).collect();
    // Without a covariate a response has no expected value; a group that is not stated is a group.
    let known: String = covariates.iter().map(|column| format!(" AND {column} IS NOT NULL")).collect();
    let list = |parts: Vec<String>, data_type: &str| match parts.is_empty() {
        true => format!("CAST(NULL AS {data_type}[])"),
        false => format!("make_array({})", parts.join(", ")),
    };
    let taken = format!(
        "SELECT practice, home, service, occasion, CAST({value} AS DECIMAL(18, 6)) AS y,\n  {} AS categories,\n  {} AS covariates,\n  \
         {STARTS} AS starts,\n  {ENDS} AS ends\nFROM {from}\nWHERE {value} IS NOT NULL{known}",
        list(categories.collect(), "VARCHAR"),
        list(covariates, "DOUBLE")
    );
    let trees = Root::ALL.map(|root| {
        let column = ident(root.column());
        let without = if root == instrument.main_root { String::new() } else { format!(" WHERE {column} IS NOT NULL") };
        format!("SELECT *, {} AS root, {column} AS area FROM taken{without}", literal(root.column()))
    });
    Some(format!(
        "WITH taken AS (\n{taken}\n),\ntrees AS (\n{}\n)\nSELECT {} AS measure, root, area, starts, ends, occasion, categories, covariates, \
         count(*) AS n, sum(y) AS sum, sum(y * y) AS sum_squares\nFROM trees\nGROUP BY root, area, starts, ends, occasion, categories, \
         covariates\nORDER BY root, area, starts, ends, occasion, categories, covariates",
        trees.join("\nUNION ALL\n"),
        literal(&outcome.id)
    ))
}

/// The first day of a response's month, or of what coarser is known, as the cube keys it.
const STARTS: &str = "CASE WHEN submitted_on < DATE '1970-01-01' THEN NULL \
                      WHEN date_precision IN ('quarter', 'financial year') THEN submitted_on \
                      ELSE CAST(date_trunc('month', submitted_on) AS DATE) END";
/// The day after the last one.
const ENDS: &str = "CASE WHEN submitted_on < DATE '1970-01-01' THEN NULL \
                    WHEN date_precision = 'quarter' THEN CAST(submitted_on + INTERVAL '3 months' AS DATE) \
                    WHEN date_precision = 'financial year' THEN CAST(submitted_on + INTERVAL '12 months' AS DATE) \
                    ELSE CAST(date_trunc('month', submitted_on) + INTERVAL '1 month' AS DATE) END";

/// Returns what the responses are read from, and the SQL of the value that counts: 1 and 0 where the outcome is a share.
fn counted(
    declarations: &Declarations,
    instrument: &Instrument,
    outcome: &Outcome,
    responses: &str,
) -> Option<(String, String)> {
    let scoring = Scoring::new(instrument, declarations);
    let (from, column) = match &outcome.change {
        Some(change) => {
            let pairing = pairs::pairing(declarations, instrument, outcome, change, responses);
            let name = if outcome.figure() == Figure::Share { "class" } else { "change" };
            let column = pairing.columns.iter().find(|column| column.counted_as == name)?;
            (format!("({})", pairing.sql), column.name.clone())
        }
        None => {
            let score = outcome.score.as_deref().and_then(|score| scoring.column(score, outcome.cut_set.as_deref()));
            let column = match (score, &outcome.item) {
                (Some(column), _) => column.name.clone(),
                (None, item) => format!("i_{}", item.as_ref()?),
            };
            let linked = Linked::of(declarations, std::iter::once(outcome));
            let condition = linked.condition(outcome, instrument);
            let needed: Vec<String> = std::iter::once(ident(&column)).chain(condition.clone()).collect();
            let scored = scoring.needed(&needed).select(&linked.select(responses));
            let from = condition.map(|condition| format!("(SELECT * FROM {scored} WHERE {condition})"));
            (from.unwrap_or(scored), column)
        }
    };
    let column = ident(&column);
    let value = match outcome.figure() {
        Figure::Share => {
            let answers = outcome.answers(instrument, outcome.cut_set.as_deref());
            let codes = |wanted: &[String]| {
                let of = answers.iter().filter(|answer| wanted.contains(&answer.id));
                of.map(|answer| answer.code.to_string()).collect::<Vec<_>>().join(", ")
            };
            let (counts, out_of) = (codes(&outcome.counts), codes(&outcome.out_of));
            format!("CASE WHEN {column} IN ({counts}) THEN 1 WHEN {column} IN ({out_of}) THEN 0 END")
        }
        _ => format!("CASE WHEN NOT isnan({column}) THEN {column} END"),
    };
    Some((from, value))
}

/// The band of a response as a text.
fn band(group: &Group) -> String {
    let column = ident(&group.column);
    let lines = group.bands.iter().map(|band| match (band.from, band.to) {
        (Some(from), Some(to)) => format!(" WHEN {column} BETWEEN {from} AND {to} THEN {}", literal(&band.id)),
        _ => {
            let values: Vec<String> = band.values.iter().map(|value| literal(value)).collect();
            format!(" WHEN {column} IN ({}) THEN {}", values.join(", "), literal(&band.id))
        }
    });
    format!("CASE{} ELSE {} END", lines.collect::<String>(), literal(NOT_STATED))
}
