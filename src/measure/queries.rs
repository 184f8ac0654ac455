//! The SQL files: found, filled in, run.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, DictionaryArray, Int32Array, RecordBatch, StringArray, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::SchemaRef;
use chrono::NaiveDate;
use datafusion::config::Dialect;
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
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

impl Query {
    /// Returns the name of its file.
    pub fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
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

/// Takes the figures of a run as they come: those of one stream after the other, those of several at once.
pub type Take = Arc<dyn Fn(usize, RecordBatch) -> Result<()> + Send + Sync>;

/// A run of queries.
#[derive(Clone)]
pub struct Run {
    /// Where the tables are known.
    pub session: SessionContext,
    /// Its name.
    pub run: String,
    /// The period.
    pub period: Period,
    /// The day whose areas hold.
    pub boundaries_on: NaiveDate,
}

impl Run {
    /// Runs queries in order and hands on what are figures, fitted to the columns of results, with the number of their stream. The rows of a
    /// query are kept where a later one reads them.
    pub async fn all(&self, queries: Vec<Query>, take: &Take) -> Result<()> {
        let id = self.period.to_string();
        let mut filled = Vec::with_capacity(queries.len());
        for query in queries {
            let sql = fill_in(&query, context! { run => &self.run, period => &id })?;
            filled.push((self.reads(&query, &sql)?, sql, Arc::new(query)));
        }
        for (at, (_, sql, query)) in filled.iter().enumerate() {
            let later = filled.iter().skip(at + 1).any(|(reads, ..)| reads.contains(&query.name));
            self.one(query, sql, later, take).await?;
        }
        Ok(())
    }

    /// Returns the tables that a query names.
    fn reads(&self, query: &Query, sql: &str) -> Result<HashSet<String>> {
        let state = self.session.state();
        let statement = state.sql_to_statement(sql, &Dialect::Generic).map_err(Error::query(&query.path))?;
        let tables = state.resolve_table_references(&statement).map_err(Error::query(&query.path))?;
        Ok(tables.iter().map(|table| table.table().to_owned()).collect())
    }

    async fn one(&self, query: &Arc<Query>, sql: &str, later: bool, take: &Take) -> Result<()> {
        let (session, error) = (&self.session, || Error::query(&query.path));
        let frame = session.sql(sql).await.map_err(error())?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        // A query without this column gives no figures: it is a step for later ones.
        let figures = schema.field_with_name("statistic").is_ok();
        let mut tasks = Vec::new();
        for (number, stream) in frame.execute_stream_partitioned().await.map_err(error())?.into_iter().enumerate() {
            let (run, query, schema) = (self.clone(), query.clone(), schema.clone());
            let take = take.clone();
            tasks.push(tokio::spawn(async move {
                let mut rows = Vec::new();
                let mut stream = stream;
                while let Some(batch) = stream.next().await {
                    let batch = batch.map_err(Error::query(&query.path))?;
                    if figures && batch.num_rows() > 0 {
                        take(number, run.fit(&query, &batch)?)?;
                    }
                    if later {
                        rows.push(as_planned(&batch, &schema).map_err(Error::query(&query.path))?);
                    }
                }
                Ok::<_, Error>(rows)
            }));
        }
        let mut partitions = Vec::with_capacity(tasks.len());
        for task in tasks {
            partitions.push(task.await.map_err(Error::query(&query.path))??);
        }
        session.deregister_table(query.name.as_str()).map_err(error())?;
        if later {
            let table = MemTable::try_new(schema, partitions).map_err(error())?;
            session.register_table(query.name.as_str(), Arc::new(table)).map_err(error())?;
        }
        Ok(())
    }

    /// Fits the rows of a query to the columns of results: what it leaves out is filled with what holds for all, or with nothing.
    fn fit(&self, query: &Query, batch: &RecordBatch) -> Result<RecordBatch> {
        let wanted = store::with_few_texts(&store::results());
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
        let (n, period) = (batch.num_rows(), self.period.to_string());
        let columns = wanted
            .fields()
            .iter()
            .map(|field| {
                let fixed = |text: &str| -> Result<ArrayRef> {
                    let keys = Int32Array::from(vec![0; n]);
                    let array = DictionaryArray::try_new(keys, Arc::new(StringArray::from(vec![text])));
                    Ok(Arc::new(array.map_err(Error::query(&query.path))?))
                };
                match (batch.column_by_name(field.name()), field.name().as_str()) {
                    (_, "run") => fixed(&self.run),
                    (Some(column), _) if column.data_type() != &arrow::datatypes::DataType::Null => {
                        cast(column, field.data_type()).map_err(Error::query(&query.path))
                    }
                    (None, "period") => fixed(&period),
                    (None, "weighting" | "adjustment") => fixed("none"),
                    (None, "unit") => fixed("answer"),
                    (None, "boundaries_on") => {
                        Ok(Arc::new(Date32Array::from(vec![days(self.boundaries_on); n])) as ArrayRef)
                    }
                    _ => Ok(new_null_array(field.data_type(), n)),
                }
            })
            .collect::<Result<Vec<_>>>()?;
        RecordBatch::try_new(wanted, columns).map_err(Error::query(&query.path))
    }
}

/// Returns a batch with the columns that its query was planned with: a union may hand on text in the place of numbers for texts.
fn as_planned(batch: &RecordBatch, schema: &SchemaRef) -> arrow::error::Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| match column.data_type() == field.data_type() {
        true => Ok(column.clone()),
        false => cast(column, field.data_type()),
    });
    RecordBatch::try_new(schema.clone(), columns.collect::<arrow::error::Result<Vec<_>>>()?)
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
