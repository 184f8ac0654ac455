//! SQL logic tests: one file for each query, in a session with our functions.

use std::path::{Path, PathBuf};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};
use tellonce::session::session;

struct Session(SessionContext);

#[async_trait::async_trait]
impl AsyncDB for Session {
    type Error = DataFusionError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, DataFusionError> {
        // `include FILE` runs a query file as it stands and keeps its rows under the name behind `as`.
        if let Some((file, name)) = sql.strip_prefix("include ").and_then(|rest| rest.split_once(" as ")) {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries").join(file.trim());
            let text = std::fs::read_to_string(path).unwrap();
            let rows = self.0.sql(&text).await?;
            self.0.deregister_table(name.trim())?;
            self.0.register_table(name.trim(), rows.cache().await?.into_view())?;
            return Ok(DBOutput::StatementComplete(0));
        }
        let batches = self.0.sql(sql).await?.collect().await?;
        let options = FormatOptions::new().with_null("NULL");
        let mut rows = Vec::new();
        for batch in &batches {
            let columns: Vec<_> = batch
                .columns()
                .iter()
                .map(|column| ArrayFormatter::try_new(column, &options))
                .collect::<Result<_, _>>()?;
            rows.extend((0..batch.num_rows()).map(|row| {
                columns.iter().map(|column| column.value(row).to_string().trim_end_matches(".0").to_owned()).collect()
            }));
        }
        match batches.first() {
            Some(batch) if batch.num_columns() > 0 => {
                Ok(DBOutput::Rows { types: vec![DefaultColumnType::Any; batch.num_columns()], rows })
            }
            _ => Ok(DBOutput::StatementComplete(0)),
        }
    }

    async fn shutdown(&mut self) {}
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

/// With `UPDATE=1` in the environment the answers are written into the files: read the difference.
#[tokio::test]
async fn every_query_answers_as_its_file_says() {
    let update = std::env::var_os("UPDATE").is_some();
    for path in files("tests/slt", "slt") {
        let mut runner = Runner::new(|| async { Ok(Session(session().unwrap())) });
        if update {
            let (validate, normalise) = (sqllogictest::default_validator, sqllogictest::default_normalizer);
            let columns = sqllogictest::default_column_validator;
            runner.update_test_file(&path, " ", validate, normalise, columns).await.unwrap();
        } else {
            runner.run_file_async(&path).await.unwrap_or_else(|error| panic!("{}", error.display(false)));
        }
    }
}

#[test]
fn every_query_has_its_file() {
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let queries: Vec<_> = files("queries", "sql").iter().map(stem).collect();
    let tests: Vec<_> = files("tests/slt", "slt").iter().map(stem).collect();
    assert_eq!(queries, tests);
}
