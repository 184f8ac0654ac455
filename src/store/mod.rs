//! Delta tables over an object store: what lasts.
//!
//! Promises: a write is atomic; readers see only landings that stand. Must never know: what an instrument or an outcome means.
//! Files are written and listed by us (sorted, one landing a file), the log is delta-rs's.

mod seen;
mod table;
mod tables;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{Schema, SchemaRef};
use deltalake::DeltaTable;
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use futures::TryStreamExt;
use object_store::ObjectStore;
use parquet::basic::{Compression, ZstdLevel};
use url::Url;

use crate::error::{Error, Result};

pub use seen::{Landing, Landings, Which};
pub use table::{Replace, Table, Written};
pub use tables::*;

/// The folder, or bucket, that holds all tables of a workspace.
#[derive(Clone)]
pub struct Store {
    root: Url,
    compression: Compression,
    /// Tables opened before: only what was committed since is read of their logs.
    opened: Arc<Mutex<HashMap<String, DeltaTable>>>,
}

impl Store {
    /// Opens the store at `location`: a URL, or a folder taken from `base`. Nothing is created yet.
    pub fn open(location: &str, base: &Path) -> Result<Self> {
        let root = if location.contains("://") {
            let with_slash = format!("{}/", location.trim_end_matches('/'));
            Url::parse(&with_slash).map_err(|source| Error::Usage {
                what: format!("`{location}` is not a URL of a store ({source})"),
                mend: "set `store` in tellonce.toml to a folder or a URL".into(),
            })?
        } else {
            let path = std::path::absolute(base.join(location)).map_err(Error::io("find", base.join(location)))?;
            Url::from_directory_path(&path)
                .map_err(|()| Error::Broken(format!("`{}` is no absolute path", path.display())))?
        };
        let level = ZstdLevel::try_new(1).map_err(Error::table("any"))?;
        Ok(Store { root, compression: Compression::ZSTD(level), opened: Arc::default() })
    }

    /// Returns the store with files written uncompressed, so that a test can search their bytes.
    pub fn uncompressed(mut self) -> Self {
        self.compression = Compression::UNCOMPRESSED;
        self
    }

    fn url(&self, name: &str) -> Result<Url> {
        self.root.join(&format!("{name}/")).map_err(Error::table(name))
    }

    /// Returns the names of the tables that exist, in order; those in a folder as `folder/name`.
    pub async fn names(&self) -> Result<Vec<String>> {
        let (objects, prefix) = object_store::parse_url(&self.root).map_err(Error::table("any"))?;
        let objects: Arc<dyn ObjectStore> = Arc::from(objects);
        let mut names = Vec::new();
        let mut listed = objects.list(Some(&prefix));
        loop {
            match listed.try_next().await {
                Ok(Some(object)) => {
                    let parts: Vec<_> = object
                        .location
                        .prefix_match(&prefix)
                        .into_iter()
                        .flatten()
                        .map(|p| p.as_ref().to_owned())
                        .collect();
                    if let Some(at) = parts.iter().position(|part| part == "_delta_log") {
                        names.push(parts[..at].join("/"));
                    }
                }
                Ok(None) | Err(object_store::Error::NotFound { .. }) => break,
                Err(source) => return Err(Error::Table { table: "any".into(), source: Box::new(source) }),
            }
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// Opens the table `name` as it is now; none where it was never made.
    pub async fn table(&self, name: &str) -> Result<Option<Table>> {
        let url = self.url(name)?;
        if let Ok(path) = url.to_file_path()
            && !path.join("_delta_log").is_dir()
        {
            return Ok(None);
        }
        let known = self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let opened = match known {
            Some(mut known) => known.update_state().await.map(|()| known),
            None => DeltaTable::try_from_url(url).await,
        };
        match opened {
            // A folder with a log of its own that says nothing yet.
            Ok(inner) if inner.version().is_none() => Ok(None),
            Ok(inner) => {
                self.opened.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), inner.clone());
                Ok(Some(Table::new(name, inner, self.compression)))
            }
            Err(deltalake::DeltaTableError::NotATable(_)) => Ok(None),
            Err(source) => Err(Error::Table { table: name.into(), source: Box::new(source) }),
        }
    }

    /// Opens the table `name`, made with `schema` where it does not exist; columns that it lacks are added.
    pub async fn table_or_create(&self, name: &str, schema: &SchemaRef) -> Result<Table> {
        if let Some(mut table) = self.table(name).await? {
            table.add_columns(schema).await?;
            return Ok(table);
        }
        let url = self.url(name)?;
        if let Ok(path) = url.to_file_path() {
            std::fs::create_dir_all(&path).map_err(Error::io("create", path))?;
        }
        let fields: StructType =
            plain(schema).as_ref().try_into_kernel().map_err(|source: arrow::error::ArrowError| Error::Table {
                table: name.into(),
                source: Box::new(source),
            })?;
        let inner = DeltaTable::try_from_url(url)
            .await
            .map_err(Error::table(name))?
            .create()
            .with_columns(fields.fields().cloned())
            .await
            .map_err(Error::table(name))?;
        Ok(Table::new(name, inner, self.compression))
    }
}

/// Returns the schema without dictionaries, which Delta does not know.
fn plain(schema: &SchemaRef) -> SchemaRef {
    use arrow::datatypes::DataType;
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Dictionary(_, value) => Arc::new(field.as_ref().clone().with_data_type(value.as_ref().clone())),
            _ => field.clone(),
        })
        .collect();
    Arc::new(Schema::new(fields))
}
