//! One Delta table: its files, its writes, and how DataFusion reads it.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema, SchemaRef};
use chrono::Utc;
use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use deltalake::DeltaTable;
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::CommitBuilder;
use deltalake::kernel::{Action, Add};
use deltalake::protocol::{DeltaOperation, SaveMode};
use object_store::ObjectStoreExt;
use object_store::buffered::BufWriter;
use object_store::path::Path as ObjectPath;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{AsyncArrowWriter, add_encoded_arrow_schema_to_metadata};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use crate::error::{Error, Result};

/// Which files a write takes out of the table in the same commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// None: the rows are added.
    Nothing,
    /// Those written under the same tag, so that writing twice is writing once.
    SameTag,
    /// All of them.
    Everything,
}

/// A Delta table at one version.
pub struct Table {
    name: String,
    inner: DeltaTable,
    compression: Compression,
}

/// A file that was written and is not part of the table yet.
pub struct Written(Add);

/// Columns whose values hardly occur twice: a dictionary would only cost time.
const RANDOM: [&str; 5] = ["response_id", "submission", "person", "episode", "cell"];

impl Table {
    pub(super) fn new(name: &str, inner: DeltaTable, compression: Compression) -> Self {
        Table { name: name.into(), inner, compression }
    }

    /// Returns the name of the table.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the version that this handle reads.
    pub fn version(&self) -> u64 {
        self.inner.version().unwrap_or_default()
    }

    /// Returns the columns of the table.
    pub fn schema(&self) -> Result<SchemaRef> {
        Ok(self.inner.snapshot().map_err(Error::table(&self.name))?.snapshot().arrow_schema())
    }

    /// Returns the tag of each file: what stands before the first `.` of its name.
    pub fn tags(&self) -> Result<Vec<String>> {
        let state = self.inner.snapshot().map_err(Error::table(&self.name))?;
        let tags = state.log_data().into_iter().map(|file| tag_of(&file.path()).to_owned());
        Ok(tags.collect())
    }

    /// Returns the number of rows in the files whose tag is wanted.
    pub fn rows(&self, wanted: &dyn Fn(&str) -> bool) -> Result<u64> {
        let state = self.inner.snapshot().map_err(Error::table(&self.name))?;
        let files = state.log_data().into_iter().filter(|file| wanted(tag_of(&file.path())));
        Ok(files.map(|file| file.num_records().unwrap_or_default() as u64).sum())
    }

    /// Returns the table as DataFusion reads it, with the columns of `schema` (the table's own where it is none). A column that a
    /// file lacks reads as null.
    pub fn provider(&self, schema: Option<SchemaRef>) -> Result<Arc<dyn TableProvider>> {
        self.provider_of(schema, &|_| true)
    }

    /// The same of the files whose tag is wanted.
    pub fn provider_of(
        &self,
        schema: Option<SchemaRef>,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Arc<dyn TableProvider>> {
        let schema = match schema {
            Some(schema) => schema,
            None => self.schema()?,
        };
        // A reader that knows nothing of these features would read dead rows as living ones.
        let state = self.inner.snapshot().map_err(Error::table(&self.name))?;
        let features = format!("{:?}", state.protocol().reader_features());
        if features.contains("DeletionVectors") || features.contains("ColumnMapping") {
            return Err(Error::Input {
                file: self.name.clone(),
                what: "the table uses deletion vectors or column mapping, which another program must have switched on"
                    .into(),
                mend: "rewrite the table without them".into(),
            });
        }
        let urls: Vec<_> = self
            .inner
            .get_file_uris()
            .map_err(Error::table(&self.name))?
            .filter(|uri| wanted(tag_of(uri)))
            .map(|uri| ListingTableUrl::parse(uri).map_err(Error::table(&self.name)))
            .collect::<Result<_>>()?;
        if urls.is_empty() {
            return Ok(Arc::new(EmptyTable::new(schema)));
        }
        let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
        let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options).with_schema(schema);
        Ok(Arc::new(ListingTable::try_new(config).map_err(Error::table(&self.name))?))
    }

    /// Adds the columns of `schema` that the table lacks.
    pub(super) async fn add_columns(&mut self, schema: &SchemaRef) -> Result<()> {
        let have = self.schema()?;
        let new: Vec<_> =
            schema.fields().iter().filter(|field| have.field_with_name(field.name()).is_err()).cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        let new = super::plain(&Arc::new(Schema::new(new)));
        let fields: StructType = new.as_ref().try_into_kernel().map_err(|source: arrow::error::ArrowError| {
            Error::Table { table: self.name.clone(), source: Box::new(source) }
        })?;
        self.inner = self
            .inner
            .clone()
            .add_columns()
            .with_fields(fields.fields().cloned().collect::<Vec<_>>())
            .await
            .map_err(Error::table(&self.name))?;
        Ok(())
    }

    /// Writes `batches` as one commit; each batch becomes a file whose name begins with `tag`.
    ///
    /// Nothing is committed where there is neither a row to add nor a file to take out.
    pub async fn write(&mut self, tag: &str, batches: &[RecordBatch], replace: Replace) -> Result<()> {
        let mut written = Vec::new();
        for (number, batch) in batches.iter().filter(|batch| batch.num_rows() > 0).enumerate() {
            written.push(self.file(&file_name(tag, number), std::slice::from_ref(batch)).await?);
        }
        self.commit(written, &|of| match replace {
            Replace::Nothing => false,
            Replace::SameTag => of == tag,
            Replace::Everything => true,
        })
        .await
    }

    /// Writes a file whose name begins with `tag`, each batch as a row group; none where no batch has a row. Nobody reads it before it is
    /// committed.
    pub async fn put(&self, tag: &str, batches: &[RecordBatch]) -> Result<Option<Written>> {
        match batches.iter().all(|batch| batch.num_rows() == 0) {
            true => Ok(None),
            false => self.file(&file_name(tag, 0), batches).await.map(Some),
        }
    }

    /// Makes files part of the table, and takes those out whose tag is `gone`, as one commit; nothing is committed where there is neither.
    pub async fn commit(&mut self, written: Vec<Written>, gone: &(dyn Fn(&str) -> bool + Sync)) -> Result<()> {
        let log_store = self.inner.log_store();
        let state = self.inner.snapshot().map_err(Error::table(&self.name))?;
        let mut actions = Vec::new();
        let mut left = 0;
        for file in state.log_data() {
            if gone(tag_of(&file.path())) {
                let mut remove = file.remove_action(true);
                remove.deletion_timestamp = Some(Utc::now().timestamp_millis());
                actions.push(Action::Remove(remove));
            } else {
                left += 1;
            }
        }
        let mode = if left == 0 && !actions.is_empty() { SaveMode::Overwrite } else { SaveMode::Append };
        actions.extend(written.into_iter().map(|written| Action::Add(written.0)));
        if actions.is_empty() {
            return Ok(());
        }
        let operation = DeltaOperation::Write { mode, partition_by: None, predicate: None };
        CommitBuilder::default()
            .with_actions(actions)
            .build(Some(state), log_store, operation)
            .await
            .map_err(Error::table(&self.name))?;
        self.inner.update_state().await.map_err(Error::table(&self.name))
    }

    async fn file(&self, name: &str, batches: &[RecordBatch]) -> Result<Written> {
        let objects = self.inner.object_store();
        let path = ObjectPath::from(name);
        let mut properties = WriterProperties::builder().set_compression(self.compression);
        for column in RANDOM {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
        }
        let sink = BufWriter::new(objects.clone(), path.clone());
        let schema = batches.first().map_or_else(|| Arc::new(Schema::empty()), |batch| super::plain(&batch.schema()));
        let mut properties = properties.build();
        // The file says how it is best read: DataFusion would read texts and look each up in a dictionary.
        let read_as =
            if self.name.starts_with(&super::responses_of("")) { super::coded(&schema) } else { schema.clone() };
        add_encoded_arrow_schema_to_metadata(&read_as, &mut properties);
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let mut writer =
            AsyncArrowWriter::try_new_with_options(sink, schema, options).map_err(Error::table(&self.name))?;
        for batch in batches {
            let batch = flat(batch).map_err(Error::table(&self.name))?;
            writer.write(&batch).await.map_err(Error::table(&self.name))?;
            writer.flush().await.map_err(Error::table(&self.name))?;
        }
        writer.close().await.map_err(Error::table(&self.name))?;
        let written = objects.head(&path).await.map_err(Error::table(&self.name))?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        Ok(Written(Add {
            path: name.to_owned(),
            size: i64::try_from(written.size).unwrap_or(i64::MAX),
            partition_values: HashMap::new(),
            modification_time: Utc::now().timestamp_millis(),
            data_change: true,
            // Only the count: smallest and largest values of a person's column would outlive the rows in the log.
            stats: Some(format!("{{\"numRecords\":{rows}}}")),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        }))
    }
}

/// Returns the batch with dictionaries written out, as the table's columns are plain text.
fn flat(batch: &RecordBatch) -> arrow::error::Result<RecordBatch> {
    let schema = super::plain(&batch.schema());
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| match column.data_type() {
            DataType::Dictionary(..) => arrow::compute::cast(column, field.data_type()),
            _ => Ok(column.clone()),
        })
        .collect::<arrow::error::Result<Vec<_>>>()?;
    RecordBatch::try_new(schema, columns)
}

fn tag_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}

/// A name that no other write uses: a writer that was stopped before its commit may have left a file of the same tag.
fn file_name(tag: &str, number: usize) -> String {
    let nanos = Utc::now().timestamp_nanos_opt().unwrap_or_default();
    format!("{tag}.{nanos:x}-{}-{number}.parquet", std::process::id())
}
