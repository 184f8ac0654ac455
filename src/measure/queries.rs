//! The SQL files: found, filled in, run.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Date32Array, RecordBatch, StringArray, new_null_array};
use arrow::compute::cast;
use chrono::NaiveDate;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::declare::did_you_mean;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::period::{Period, days};
use crate::store;

/// One SQL file.
pub struct Query {
    /// Its path, for messages.
    pub path: String,
    /// The name under which later queries read its rows.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Returns the SQL files in the order in which they run.
pub fn all(files: &Files) -> Result<Vec<Query>> {
    let paths = files.list("queries", "sql").map_err(Error::io("list", "queries"))?;
    let mut queries = Vec::new();
    for path in paths {
        let Some(text) = files.read(&path).map_err(Error::io("read", &path))? else { continue };
        let stem = path.trim_start_matches("queries/").trim_end_matches(".sql");
        let name = stem.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('_');
        queries.push(Query { name: name.replace(['/', '-'], "_"), path, text });
    }
    Ok(queries)
}

/// Fills in what a file asks for. Every value goes through `ident` or `literal`; a bare one is an error, because what is put into SQL
/// unquoted becomes SQL.
pub fn fill_in(query: &Query, values: Value) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Custom("sql".into()));
    environment.set_formatter(|out, _, value| {
        if value.is_safe() {
            return out.write_str(value.as_str().unwrap_or_default()).map_err(minijinja::Error::from);
        }
        Err(minijinja::Error::new(minijinja::ErrorKind::BadEscape, "a value in SQL needs `| ident` or `| literal`"))
    });
    environment
        .add_filter("ident", |text: String| Value::from_safe_string(format!("\"{}\"", text.replace('"', "\"\""))));
    environment.add_filter("literal", |value: Value| {
        // A filter is handed what is undefined, and would make a silent NULL of a misspelt name.
        if value.is_undefined() {
            return Err(minijinja::Error::from(minijinja::ErrorKind::UndefinedError));
        }
        Ok(Value::from_safe_string(match value.as_str() {
            Some(text) => format!("'{}'", text.replace('\'', "''")),
            None if value.is_number() => value.to_string(),
            None => "NULL".into(),
        }))
    });
    environment.render_named_str(&query.path, &query.text, values).map_err(Error::query(&query.path))
}

/// Runs a query, keeps its rows for later queries under its name, and returns them as rows of results.
pub async fn run(
    session: &SessionContext,
    query: &Query,
    run: &str,
    period: Period,
    boundaries_on: NaiveDate,
) -> Result<Vec<RecordBatch>> {
    let id = period.to_string();
    let sql = fill_in(query, context! { run => run, period => &id })?;
    let error = || Error::query(&query.path);
    let frame = session.sql(&sql).await.map_err(error())?;
    let schema = Arc::new(frame.schema().as_arrow().clone());
    let rows = frame.collect().await.map_err(error())?;
    // A query without this column gives no figures: it is a step for later ones.
    let figures = schema.field_with_name("statistic").is_ok();
    let results = rows
        .iter()
        .filter(|batch| figures && batch.num_rows() > 0)
        .map(|batch| fit(query, batch, run, &id, boundaries_on))
        .collect::<Result<Vec<_>>>()?;
    let rows: Vec<RecordBatch> = rows
        .into_iter()
        .map(|batch| RecordBatch::try_new(schema.clone(), batch.columns().to_vec()))
        .collect::<arrow::error::Result<_>>()
        .map_err(Error::query(&query.path))?;
    let table = MemTable::try_new(schema, vec![rows]).map_err(error())?;
    session.deregister_table(query.name.as_str()).map_err(error())?;
    session.register_table(query.name.as_str(), Arc::new(table)).map_err(error())?;
    Ok(results)
}

/// Fits the rows of a query to the columns of results: what it leaves out is filled with what holds for all, or with nothing.
fn fit(query: &Query, batch: &RecordBatch, run: &str, period: &str, boundaries_on: NaiveDate) -> Result<RecordBatch> {
    let wanted = store::results();
    for field in batch.schema().fields() {
        if wanted.field_with_name(field.name()).is_err() {
            let near = did_you_mean(field.name(), wanted.fields().iter().map(|field| field.name().as_str()));
            return Err(Error::Input {
                file: query.path.clone(),
                what: format!("it returns the column `{}`, which results do not have", field.name()),
                mend: near.map_or("leave it out".into(), |near| format!("did you mean `{near}`?")),
            });
        }
    }
    let n = batch.num_rows();
    let columns = wanted
        .fields()
        .iter()
        .map(|field| {
            let fixed = |text: &str| -> Result<ArrayRef> { Ok(Arc::new(StringArray::from(vec![text; n]))) };
            match (batch.column_by_name(field.name()), field.name().as_str()) {
                (_, "run") => fixed(run),
                (Some(column), _) if column.data_type() != &arrow::datatypes::DataType::Null => {
                    cast(column, field.data_type()).map_err(Error::query(&query.path))
                }
                (None, "period") => fixed(period),
                (None, "weighting" | "adjustment") => fixed("none"),
                (None, "unit") => fixed("answer"),
                (None, "boundaries_on") => Ok(Arc::new(Date32Array::from(vec![days(boundaries_on); n])) as ArrayRef),
                _ => Ok(new_null_array(field.data_type(), n)),
            }
        })
        .collect::<Result<Vec<_>>>()?;
    RecordBatch::try_new(wanted, columns).map_err(Error::query(&query.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String> {
        let query = Query { path: "queries/x.sql".into(), name: "x".into(), text: text.into() };
        fill_in(&query, context! { period => "a'b", number => 7, name => "x\"y" })
    }

    #[test]
    fn a_bare_value_is_an_error_and_quotes_are_doubled() {
        assert_eq!(
            filled("select {{ period | literal }}, {{ number | literal }}, {{ name | ident }}").unwrap(),
            "select 'a''b', 7, \"x\"\"y\""
        );
        assert!(filled("select {{ period }}").is_err());
        assert!(filled("select {{ missing | literal }}").is_err());
    }
}
