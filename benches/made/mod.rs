//! Files of made-up responses, of the shape that `tellonce bench cube` reads.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Int8Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const PRACTICES: usize = 6_300;
const ITEMS: usize = 10;
/// Groups of people, with their first band and how many there are.
const GROUPS: [(&str, i8, u64); 5] =
    [("imd_quintile", 1, 5), ("ethnicity", 0, 6), ("age_band", 0, 8), ("sex", 0, 3), ("mode", 0, 4)];
/// Rows that are sorted by practice among themselves, as those of one landing are.
const BLOCK: usize = 2_000_000;
/// Numbers below `end`.
fn below(random: &mut ChaCha8Rng, end: u64) -> u64 {
    (u64::from(random.next_u32()) * end) >> 32
}

fn block(random: &mut ChaCha8Rng, practices: &ArrayRef, rows: usize, sorted: bool) -> RecordBatch {
    let mut keys: Vec<i32> = (0..rows).map(|_| below(random, PRACTICES as u64) as i32).collect();
    if sorted {
        keys.sort_unstable();
    }
    let practice = DictionaryArray::<Int32Type>::new(Int32Array::from(keys), practices.clone());
    let days: Vec<i32> = (0..rows).map(|_| 19_000 + below(random, 730) as i32).collect();
    let mut columns: Vec<(String, ArrayRef)> =
        vec![("practice".into(), Arc::new(practice)), ("submitted".into(), Arc::new(Date32Array::from(days)))];
    for (name, first, bands) in GROUPS {
        let column: Vec<i8> = (0..rows).map(|_| first + below(random, bands) as i8).collect();
        columns.push((name.into(), Arc::new(Int8Array::from(column))));
    }
    for item in 1..=ITEMS {
        // Three answers of a hundred are missing.
        let answer = |random: &mut ChaCha8Rng| (below(random, 100) >= 3).then(|| 1 + below(random, 5) as i8);
        let column: Int8Array = (0..rows).map(|_| answer(random)).collect();
        columns.push((format!("q{item}"), Arc::new(column)));
    }
    // Weights in millionths, from a tenth to four.
    let weights: Vec<i64> = (0..rows).map(|_| 100_000 + below(random, 3_900_000) as i64).collect();
    columns.push(("weight".into(), Arc::new(Int64Array::from(weights))));
    RecordBatch::try_from_iter(columns).expect("a batch")
}

/// Makes a file of so many responses; sorted by practice as landed ones are, or in no order.
pub fn make(rows: usize, sorted: bool, path: &Path) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let practices: ArrayRef = Arc::new(StringArray::from_iter_values((0..PRACTICES).map(|at| format!("P{at:05}"))));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).expect("a level")))
        .set_max_row_group_row_count(Some(BLOCK / 2))
        .build();
    let mut writer: Option<ArrowWriter<File>> = None;
    for first in (0..rows).step_by(BLOCK) {
        let batch = block(&mut random, &practices, BLOCK.min(rows - first), sorted);
        let writer = writer.get_or_insert_with(|| {
            let file = File::create(path).expect("a file");
            ArrowWriter::try_new(file, batch.schema(), Some(properties.clone())).expect("a writer")
        });
        writer.write(&batch).expect("written");
    }
    writer.expect("some rows").close().expect("closed");
}
