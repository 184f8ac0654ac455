//! `tellonce sql`

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use clap::{Args, ValueEnum};
use datafusion::prelude::SessionContext;

use super::{open, print};
use crate::cube;
use crate::declare::{Declarations, Instrument};
use crate::error::{Error, Result};
use crate::pipeline::SETTINGS;
use crate::score;
use crate::session::session;
use crate::store::{self, Landings, Store};

/// Ask the protected figures, or files, in SQL
///
/// Tables: published, latest (published, of the latest run), runs, areas, area_parents, population, life_table. A CSV or Parquet file is a table
/// under its path in quotes: select * from 'file.csv'.
#[derive(Debug, Args)]
pub struct Sql {
    /// The query
    query: String,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Open the unprotected tables too: results, cube, landings, superseded, weights, weight_schemes, responses_… and scored_… (the same
    /// with their scores); with `=comments` also free text and quarantine
    #[arg(long, value_name = "comments", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    unprotected: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Parquet,
}

impl Sql {
    /// Runs the query and prints its rows.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let session = session()?.enable_url_table();
        // A query without tables, or over files, needs no workspace.
        if folder.join(SETTINGS).is_file() {
            self.tables(&session, folder).await?;
        }
        let error = || Error::query(&self.query);
        let frame = session.sql(&self.query).await.map_err(error())?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let rows = frame.collect().await.map_err(error())?;
        print(&written(self.format, &schema, &rows)?)
    }

    async fn tables(&self, session: &SessionContext, folder: &Path) -> Result<()> {
        let workspace = open(folder)?;
        let store = &workspace.store;
        for name in [store::PUBLISHED, store::RUNS, "areas", "area_parents", "population", "life_table"] {
            register(session, store, name).await?;
        }
        if session.table_exist(store::PUBLISHED).unwrap_or(false) {
            let latest = "create view latest as select * from published where run = (select max(run) from published)";
            session.sql(latest).await.map_err(Error::query("latest"))?;
        }
        let Some(level) = &self.unprotected else { return Ok(()) };
        eprintln!("warning: these tables are not protected: what they say of few people must not leave this room");
        let landings = Landings::read(store, session).await?;
        for name in [store::RESULTS, store::LANDINGS, store::SUPERSEDED, store::WEIGHTS, store::WEIGHT_SCHEMES] {
            register(session, store, name).await?;
        }
        if let Some(cube) = cube::view(store).await? {
            session.register_table(store::CUBE, cube).map_err(Error::query(store::CUBE))?;
        }
        let mut seen: Vec<String> =
            workspace.declarations.instruments.keys().map(|id| store::responses_of(id)).collect();
        match level.as_str() {
            "" => (),
            "comments" => seen.extend([store::COMMENTS.to_owned(), store::QUARANTINE.to_owned()]),
            other => {
                return Err(Error::Usage {
                    what: format!("`--unprotected={other}` opens nothing"),
                    mend: "write `--unprotected`, or `--unprotected=comments` for free text and quarantine".into(),
                });
            }
        }
        for name in seen {
            let instrument = name.strip_prefix("responses/").and_then(|id| workspace.declarations.instrument(id));
            let facts = &workspace.declarations.groups.facts;
            let schema = instrument.map(|of| store::responses(&workspace.declarations.columns(&of.id), facts));
            if let Some(rows) = landings.seen(store, session, &name, schema).await? {
                let view = name.replace(['/', '-'], "_");
                session.register_table(view.as_str(), rows.into_view()).map_err(Error::query(&name))?;
                if let Some(instrument) = instrument.filter(|of| !of.scores.is_empty()) {
                    scored(session, &workspace.declarations, instrument, &view).await?;
                }
            }
        }
        Ok(())
    }
}

/// Makes the responses to the version of an instrument that is in use known with their scores.
async fn scored(
    session: &SessionContext,
    declarations: &Declarations,
    instrument: &Instrument,
    responses: &str,
) -> Result<()> {
    let of_version = format!(
        "(select * from {} where instrument_version = {})",
        score::ident(responses),
        score::literal(&instrument.version)
    );
    let select = score::Scoring::new(instrument, declarations).select(&of_version);
    let view = responses.replacen("responses_", "scored_", 1);
    let rows = session.sql(&format!("select * from {select}")).await.map_err(Error::query(&view))?;
    session.register_table(view.as_str(), rows.into_view()).map_err(Error::query(&view))?;
    Ok(())
}

async fn register(session: &SessionContext, store: &Store, name: &str) -> Result<()> {
    if let Some(table) = store.table(name).await? {
        session.register_table(name, table.provider(None)?).map_err(Error::query(name))?;
    }
    Ok(())
}

fn written(format: Format, schema: &Arc<Schema>, rows: &[RecordBatch]) -> Result<Vec<u8>> {
    let wrong = || Error::query("its answer");
    let mut out = Vec::new();
    match format {
        Format::Table => {
            let table = arrow::util::pretty::pretty_format_batches_with_schema(schema.clone(), rows).map_err(wrong())?;
            out = format!("{table}\n").into_bytes();
        }
        Format::Csv => {
            let mut writer = arrow::csv::WriterBuilder::new().with_header(true).build(&mut out);
            writer.write(&RecordBatch::new_empty(schema.clone())).map_err(wrong())?;
            for batch in rows {
                writer.write(batch).map_err(wrong())?;
            }
        }
        Format::Json => {
            let mut writer = arrow::json::ArrayWriter::new(&mut out);
            writer.write_batches(&rows.iter().collect::<Vec<_>>()).map_err(wrong())?;
            writer.finish().map_err(wrong())?;
            drop(writer);
            if out.is_empty() {
                out.extend(b"[]");
            }
            out.push(b'\n');
        }
        Format::Parquet => {
            if std::io::stdout().is_terminal() {
                return Err(Error::Usage {
                    what: "Parquet is not for the eye".into(),
                    mend: "send it to a file: `tellonce sql … --format parquet > file.parquet`".into(),
                });
            }
            let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, schema.clone(), None)
                .map_err(Error::query("its answer"))?;
            for batch in rows {
                writer.write(batch).map_err(Error::query("its answer"))?;
            }
            writer.close().map_err(Error::query("its answer"))?;
        }
    }
    Ok(out)
}
