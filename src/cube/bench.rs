//! The pass over a plain Parquet file, to be timed: the operator of every pass, with neither declarations nor tables.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, Int32Builder, Int64Builder, RecordBatch, StringDictionaryBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema};
use datafusion::prelude::{ParquetReadOptions, SessionContext};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::bands::Breakdown;
use super::bytes;
use super::count;
use super::counted::Counted;
use super::histogram::{Histograms, Slot, Weighting};
use super::landed::only_read;
use crate::declare::Root;
use crate::error::{Error, Result};
use crate::period::days;
use crate::score::ident;
use crate::session::session;

/// Name of the file in queries.
const FILE: &str = "file";
/// The column of areas.
const AREA: &str = "practice";

/// A Parquet file of responses: a text column `practice`, columns of whole numbers named q1, q2, … with the codes of answers, and
/// others that are groups.
pub struct Bench {
    session: SessionContext,
    file: String,
    /// Items with their highest codes.
    items: Vec<(String, i8)>,
    /// Groups with their lowest and highest numbers.
    groups: Vec<(String, i8, i8)>,
    month: Option<String>,
    weight: Option<String>,
}

impl Bench {
    /// Opens a file. Cells are by month where the column of a date is given; a column of weights is in whole millionths.
    pub async fn open(path: &Path, month: Option<&str>, weight: Option<&str>) -> Result<Self> {
        let file = path.display().to_string();
        std::fs::File::open(path).map_err(Error::io("read", path))?;
        let session = session()?;
        // The ranges of codes then come out of the file's statistics, where it has any.
        session.state_ref().write().config_mut().options_mut().execution.collect_statistics = true;
        let unread = |source: datafusion::error::DataFusionError| Error::Input {
            file: file.clone(),
            what: format!("it cannot be read as Parquet ({source})"),
            mend: "give a Parquet file".into(),
        };
        session
            .register_parquet(FILE, &file, ParquetReadOptions::default().file_extension(""))
            .await
            .map_err(unread)?;
        let schema = session.table(FILE).await.map_err(unread)?.schema().as_arrow().clone();
        let mut bench = Bench {
            session,
            file,
            items: Vec::new(),
            groups: Vec::new(),
            month: month.map(str::to_owned),
            weight: weight.map(str::to_owned),
        };
        bench.needs(&schema, AREA, "text", is_text)?;
        if let Some(month) = month {
            bench.needs(&schema, month, "a date", |of| *of == DataType::Date32)?;
        }
        if let Some(weight) = weight {
            bench.needs(&schema, weight, "whole millionths (int64)", |of| *of == DataType::Int64)?;
        }
        let codes = schema.fields().iter().filter(|field| *field.data_type() == DataType::Int8);
        for name in codes.map(|field| field.name()) {
            let Some((lowest, highest)) = bench.range(name).await? else { continue };
            let number = name.strip_prefix('q').map(|number| number.parse::<u32>());
            match number {
                Some(Ok(_)) => bench.items.push((name.clone(), highest)),
                _ => bench.groups.push((name.clone(), lowest, highest)),
            }
        }
        match bench.items.is_empty() {
            true => {
                Err(bench.wrong("it has no column q1, q2, … of small whole numbers (int8) with the codes of answers"))
            }
            false => Ok(bench),
        }
    }

    /// Returns how many items and groups are counted.
    pub fn counts(&self) -> [usize; 2] {
        [self.items.len(), self.groups.len()]
    }

    fn needs(&self, schema: &Schema, name: &str, what: &str, is: impl Fn(&DataType) -> bool) -> Result<()> {
        match schema.field_with_name(name) {
            Ok(field) if is(field.data_type()) => Ok(()),
            Ok(field) => Err(self.wrong(&format!("the column `{name}` is {}, not {what}", field.data_type()))),
            Err(_) => Err(self.wrong(&format!("it has no column `{name}`"))),
        }
    }

    fn wrong(&self, what: &str) -> Error {
        Error::Input {
            file: self.file.clone(),
            what: what.to_owned(),
            mend:
                "give a Parquet file with a text column `practice`, int8 columns q1, q2, … and int8 columns of groups; \
                   --month names a date column, --weight an int64 column"
                    .into(),
        }
    }

    /// Returns the smallest and the largest number of a column; none where it has none.
    async fn range(&self, name: &str) -> Result<Option<(i8, i8)>> {
        let name = ident(name);
        let sql = format!("SELECT CAST(min({name}) AS BIGINT), CAST(max({name}) AS BIGINT) FROM {FILE}");
        let ends = self.session.sql(&sql).await.map_err(Error::query(&self.file))?;
        let ends = ends.collect().await.map_err(Error::query(&self.file))?;
        let end = |at: usize| {
            let batch = ends.first()?;
            let values = arrow::array::AsArray::as_primitive_opt::<Int64Type>(batch.column(at))?;
            values.iter().next().flatten().and_then(|value| i8::try_from(value).ok())
        };
        Ok(end(0).zip(end(1)))
    }

    fn histograms(&self) -> Histograms {
        let slots = self.items.iter().map(|(name, highest)| Slot::new(name.clone(), name.clone(), *highest));
        let breakdowns = self.groups.iter().map(|(name, lowest, highest)| {
            let bands = (*lowest..=*highest).map(|number| number.to_string()).collect();
            Breakdown::by_number_from(name.clone(), name, (*lowest).into(), bands)
        });
        let weightings = self.weight.iter().map(|name| Weighting { scheme: name.clone(), column: name.clone() });
        let keys: &[&str] = if self.month.is_some() { &[AREA, "submitted_on"] } else { &[AREA] };
        Histograms::new(Root::Practice, slots.collect(), Vec::new(), breakdowns.collect(), true)
            .weighted(weightings.collect())
            .keyed_by(keys)
    }

    fn sql(&self) -> String {
        let column = |name: &String| match &self.month {
            Some(month) if name == "submitted_on" => format!("{} AS {}", ident(month), ident(name)),
            _ => ident(name),
        };
        let columns: Vec<String> = self.histograms().columns().iter().map(column).collect();
        format!("SELECT {} FROM {FILE}", columns.join(", "))
    }

    /// Reads the columns that are counted, and nothing else; returns the number of rows.
    pub async fn decode(&self) -> Result<u64> {
        let rows = self.session.sql(&self.sql()).await.map_err(Error::query(&self.file))?;
        only_read(rows, &self.file).await
    }

    /// Counts the file.
    pub async fn count(&self) -> Result<Counts> {
        let rows = self.session.sql(&self.sql()).await.map_err(Error::query(&self.file))?;
        Ok(self.counts_of(count::rows(rows, self.histograms(), &self.file, &mut |_| ()).await?))
    }

    /// Reads the file into memory, to time what comes after reading.
    pub async fn load(&self) -> Result<Loaded<'_>> {
        let rows = self.session.sql(&self.sql()).await.map_err(Error::query(&self.file))?;
        Ok(Loaded { bench: self, batches: rows.collect().await.map_err(Error::query(&self.file))? })
    }

    fn counts_of(&self, counted: Counted) -> Counts {
        let groups = self.groups.iter().map(|(_, lowest, _)| *lowest).collect();
        Counts { counted, groups, by_month: self.month.is_some() }
    }
}

/// The rows of a file in memory.
pub struct Loaded<'a> {
    bench: &'a Bench,
    batches: Vec<RecordBatch>,
}

impl Loaded<'_> {
    /// Counts them on one core.
    pub fn count(&self) -> Result<Counts> {
        Ok(self.bench.counts_of(count::batches(&self.batches, self.bench.histograms())?))
    }
}

fn is_text(of: &DataType) -> bool {
    matches!(of, DataType::Dictionary(_, of) if of.is_string()) || of.is_string()
}

/// What a file came to.
pub struct Counts {
    counted: Counted,
    /// The number of the first band of each group.
    groups: Vec<i8>,
    by_month: bool,
}

/// Rows of a batch of the long form.
const BATCH: usize = 1 << 20;

impl Counts {
    /// Returns the number of rows, and of cells.
    pub fn size(&self) -> (u64, usize) {
        (self.counted.rows, self.counted.cells.len())
    }

    /// Makes the bytes of every cell that are kept, and cells of the bytes; returns the number of bytes.
    pub fn kept_and_read(&self) -> usize {
        let bytes = self.counted.cells.values().map(bytes::encode);
        bytes.map(|bytes| bytes::decode(&self.counted.layout, &bytes).map_or(0, |_| bytes.len())).sum()
    }

    /// Adds every cell to itself; returns how many were not empty.
    pub fn twice(&self) -> usize {
        let twice = self.counted.cells.values().map(|cell| {
            let mut twice = cell.clone();
            twice.add(cell);
            usize::from(!twice.is_zero())
        });
        twice.sum()
    }

    /// Writes the cells in long form: one row a group, practice (and month), item and code, with the number of answers. `group_by` is
    /// empty for everybody. Codes below zero are left out. Returns the number of rows.
    pub fn write(&self, path: &Path) -> Result<u64> {
        let file = std::fs::File::create(path).map_err(Error::io("write", path))?;
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let mut writer = ArrowWriter::try_new(file, self.schema(), Some(properties)).map_err(Error::table("bench"))?;
        let mut long = Long::default();
        let mut written = 0;
        let layout = &self.counted.layout;
        let width = layout.width();
        let mut counts = vec![0; width];
        for (key, cell) in &self.counted.cells {
            let everybody = [("", None)].into_iter();
            let groups = layout.breakdowns.iter().zip(&self.groups).flat_map(|(breakdown, lowest)| {
                let numbers = (i32::from(*lowest)..).map(Some).take(breakdown.bands.len() - 1).chain([None]);
                numbers.map(|number| (breakdown.id.as_str(), number))
            });
            for (group, (group_by, number)) in everybody.chain(groups).enumerate() {
                counts.fill(0);
                cell.counts.add_to(group * width, &mut counts);
                let mut places = counts.iter();
                for coded in &layout.items {
                    for (code, n) in (i32::from(coded.lowest)..).zip(places.by_ref().take(coded.width)) {
                        if code >= 0 && *n > 0 {
                            long.texts[0].append_value(group_by);
                            long.texts[1].append_option(key.area.as_deref());
                            long.texts[2].append_value(&coded.item);
                            long.month.append_option(key.time.range().map(|(first, _)| days(first)));
                            long.group.append_option(number);
                            long.code.append_value(code);
                            long.n.append_value(i64::try_from(*n).unwrap_or(i64::MAX));
                        }
                    }
                }
            }
            if long.n.values_slice().len() >= BATCH {
                written += self.put(&mut writer, &mut long)?;
            }
        }
        written += self.put(&mut writer, &mut long)?;
        writer.close().map_err(Error::table("bench"))?;
        Ok(written)
    }

    fn schema(&self) -> Arc<Schema> {
        let month = self.by_month.then(|| Field::new("month", DataType::Date32, true));
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let fields = [text("group_by"), text(AREA)].into_iter().chain(month).chain([
            Field::new("group", DataType::Int32, true),
            text("item"),
            Field::new("code", DataType::Int32, true),
            Field::new("n", DataType::Int64, true),
        ]);
        Arc::new(Schema::new(fields.collect::<Vec<_>>()))
    }

    fn put(&self, writer: &mut ArrowWriter<std::fs::File>, long: &mut Long) -> Result<u64> {
        let [group_by, area, item] = long.texts.each_mut().map(|texts| cast(&texts.finish(), &DataType::Utf8));
        let month: ArrayRef = Arc::new(long.month.finish());
        let table = Error::table::<arrow::error::ArrowError>;
        let mut columns = vec![group_by.map_err(table("bench"))?, area.map_err(table("bench"))?];
        columns.extend(self.by_month.then_some(month));
        columns.extend([
            Arc::new(long.group.finish()) as ArrayRef,
            item.map_err(table("bench"))?,
            Arc::new(long.code.finish()),
            Arc::new(long.n.finish()),
        ]);
        let batch = RecordBatch::try_new(self.schema(), columns).map_err(table("bench"))?;
        writer.write(&batch).map_err(Error::table("bench"))?;
        Ok(batch.num_rows() as u64)
    }
}

/// Rows of the long form that are not yet written.
#[derive(Default)]
struct Long {
    texts: [StringDictionaryBuilder<Int32Type>; 3],
    month: Date32Builder,
    group: Int32Builder,
    code: Int32Builder,
    n: Int64Builder,
}
