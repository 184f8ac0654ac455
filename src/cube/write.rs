//! From cells to files of the table `cube`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryBuilder, Date32Builder, Int64Array, Int64Builder, RecordBatch, StringArray,
    StringDictionaryBuilder, new_null_array,
};
use arrow::datatypes::{DataType, Field, Int32Type, Schema};

use super::bytes;
use super::counted::Key;
use super::kept::Kept;
use super::layout::Layout;
use super::merge::{Cells, Stamped};
use super::stored;
use crate::error::{Error, Result};
use crate::period::days;
use crate::store::{self, Table, Written};

/// Bytes of cells in a row group before the next one begins: what a reader holds at a time.
const GROUP: usize = 32 << 20;

/// Writes the cells of an instrument and time, each part in row groups of its own. Nobody reads the file before it is committed.
pub async fn cells(table: &Table, instrument: &str, tag: &str, cells: &Cells) -> Result<Option<Written>> {
    table.put(tag, &groups(instrument, cells)?).await
}

fn groups(instrument: &str, cells: &Cells) -> Result<Vec<RecordBatch>> {
    let mut ids: HashMap<*const Layout, String> = HashMap::new();
    for of in cells.values() {
        ids.entry(Arc::as_ptr(&of.layout)).or_insert_with(|| of.layout.id());
    }
    let id = |of: &Stamped| ids.get(&Arc::as_ptr(&of.layout)).map_or("", String::as_str);
    let mut sorted: Vec<_> = cells.iter().map(|((part, key), of)| (part.as_ref(), id(of), key, of)).collect();
    sorted.sort_by_key(|(part, layout, ..)| (*part, *layout));
    let mut groups = Vec::new();
    for of_part in sorted.chunk_by(|one, two| one.0 == two.0) {
        let mut rows = Rows::default();
        for (part, layout, key, of) in of_part {
            let bytes = bytes::encode(&of.cell);
            if rows.bytes > 0 && rows.bytes + bytes.len() > GROUP {
                groups.push(std::mem::take(&mut rows).finish()?);
            }
            rows.add([instrument, part, layout], key, &bytes, of.responses_version);
        }
        groups.push(rows.finish()?);
    }
    Ok(groups)
}

/// Writes what lies where in the cells of each part of an instrument, and what they were made of: in a row without a part.
pub async fn about(
    table: &Table,
    instrument: &str,
    layouts: &BTreeMap<(String, String), Layout>,
    kept: &Kept,
    responses_version: i64,
) -> Result<Option<Written>> {
    let json = |of: serde_json::Result<String>| of.map_err(Error::table(store::CUBE));
    let mut rows = vec![(None, None, json(serde_json::to_string(kept))?)];
    for ((part, id), layout) in layouts {
        rows.push((Some(part.as_str()), Some(id.as_str()), json(serde_json::to_string(layout))?));
    }
    let text = |values: Vec<Option<&str>>| Arc::new(StringArray::from(values)) as ArrayRef;
    let columns = [
        ("instrument", text(vec![Some(instrument); rows.len()])),
        ("part", text(rows.iter().map(|(part, ..)| *part).collect())),
        ("layout", text(rows.iter().map(|(_, id, _)| *id).collect())),
        ("about", text(rows.iter().map(|(.., about)| Some(about.as_str())).collect())),
        ("responses_version", Arc::new(Int64Array::from(vec![responses_version; rows.len()])) as ArrayRef),
    ];
    let batch = RecordBatch::try_from_iter(columns).map_err(Error::table(store::CUBE))?;
    table.put(&stored::about(instrument), &[batch]).await
}

struct Rows {
    /// Instrument, part, layout, version, root, area, time, precision, occasion.
    texts: [StringDictionaryBuilder<Int32Type>; 9],
    dates: [Date32Builder; 2],
    cells: BinaryBuilder,
    stamps: Int64Builder,
    bytes: usize,
}

impl Default for Rows {
    fn default() -> Self {
        Rows {
            texts: std::array::from_fn(|_| StringDictionaryBuilder::new()),
            dates: std::array::from_fn(|_| Date32Builder::new()),
            cells: BinaryBuilder::new(),
            stamps: Int64Builder::new(),
            bytes: 0,
        }
    }
}

impl Rows {
    fn add(&mut self, [instrument, part, layout]: [&str; 3], key: &Key, bytes: &[u8], responses_version: i64) {
        let (time, precision, range) = key.time.describe();
        let texts = [
            Some(instrument),
            Some(part),
            Some(layout),
            key.version.as_deref(),
            Some(key.root.column()),
            key.area.as_deref(),
            Some(time.as_str()),
            Some(precision),
            key.occasion.as_deref(),
        ];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_option(text);
        }
        let [starts, ends] = &mut self.dates;
        starts.append_option(range.map(|(first, _)| days(first)));
        ends.append_option(range.map(|(_, after)| days(after)));
        self.cells.append_value(bytes);
        self.stamps.append_value(responses_version);
        self.bytes += bytes.len();
    }

    fn finish(mut self) -> Result<RecordBatch> {
        let [instrument, part, layout, version, root, area, time, precision, occasion] =
            self.texts.each_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let [starts, ends] = self.dates.each_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let cells = Arc::new(self.cells.finish()) as ArrayRef;
        let none = new_null_array(&DataType::Utf8, cells.len());
        let stamps = Arc::new(self.stamps.finish()) as ArrayRef;
        let columns = vec![
            instrument, part, layout, version, root, area, time, precision, starts, ends, occasion, cells, none, stamps,
        ];
        let schema = store::cells();
        let fields = schema.fields().iter().zip(&columns);
        let fields: Vec<Field> =
            fields.map(|(field, column)| field.as_ref().clone().with_data_type(column.data_type().clone())).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(Error::table(store::CUBE))
    }
}
