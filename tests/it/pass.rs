//! The pass that is timed is the pass that measures: the same responses give the same counts by either way.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int8Array, RecordBatch, StringArray};
use arrow::datatypes::{Int32Type, Int64Type};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::demo::{said, tellonce};

const SEXES: [(&str, &str); 3] = [("f", "female"), ("m", "male"), ("i", "other")];
const MODES: [&str; 4] = ["app", "web", "sms", "paper"];

/// One response: practice, sex, mode, month and answers.
struct Response(usize, usize, usize, usize, [Option<i8>; 10]);

/// Responses in no order, some without an answer; numbers by a linear congruence (Park & Miller 1988).
fn responses(n: usize) -> Vec<Response> {
    let mut state = 7_u64;
    let mut below = |end: u64| {
        state = state * 48_271 % 2_147_483_647;
        (state % end) as usize
    };
    let one = |_| {
        let whose = [below(7), below(3), below(4), below(3)];
        let answers = std::array::from_fn(|_| (below(20) > 0).then(|| 1 + below(5) as i8));
        Response(whose[0], whose[1], whose[2], whose[3], answers)
    };
    (0..n).map(one).collect()
}

/// Group, band, practice, item and code.
type Cell = (String, String, String, String, i32);

fn landed(folder: &Path, responses: &[Response]) -> BTreeMap<Cell, i64> {
    let workspace = folder.join("workspace");
    let at = workspace.to_str().unwrap();
    said(&["init", at]);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/pass");
    std::fs::create_dir_all(workspace.join("measures/instruments")).unwrap();
    let instrument = workspace.join("measures/instruments/ten-questions.toml");
    std::fs::copy(examples.join("instrument.toml"), instrument).unwrap();
    let mut csv = String::from("id,date,practice,mode,age,sex,ethnicity,imd,weight");
    (1..=10).for_each(|item| csv.push_str(&format!(",q{item}")));
    for (at, Response(practice, sex, mode, month, answers)) in responses.iter().enumerate() {
        csv.push_str(&format!("\n{at},2026-0{}-11,P{practice},{},40,{},A,3,1", 1 + month, MODES[*mode], SEXES[*sex].0));
        for answer in answers {
            csv.push_str(&answer.map_or(",".into(), |answer| format!(",{answer}")));
        }
    }
    let file = folder.join("answers.csv");
    std::fs::write(&file, csv).unwrap();
    let mapping = examples.join("mapping.toml");
    said(&["--workspace", at, "land", file.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]);
    said(&["--workspace", at, "measure", "--period", "all"]);
    let sql = "select breakdown, \"group\", area, item, unnest(codes) as code, unnest(n) as n from cube \
               where root = 'practice' and breakdown in ('none', 'sex', 'mode') and item like 'q%'";
    let rows = said(&["--workspace", at, "sql", "--unprotected", sql, "--format", "csv"]);
    let mut counts = BTreeMap::new();
    for row in rows.lines().skip(1) {
        let [group, band, area, item, code, n] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        let code: i32 = code.parse().unwrap();
        if code > 0 {
            let cell = [group, band, area, item].map(str::to_owned);
            let [group, band, area, item] = cell;
            *counts.entry((group, band, area, item, code)).or_default() += n.parse::<i64>().unwrap();
        }
    }
    counts
}

fn plain(folder: &Path, responses: &[Response]) -> BTreeMap<Cell, i64> {
    let text =
        |of: &dyn Fn(&Response) -> String| Arc::new(responses.iter().map(|r| Some(of(r))).collect::<StringArray>());
    let code =
        |of: &dyn Fn(&Response) -> Option<i8>| Arc::new(responses.iter().map(of).collect::<Int8Array>()) as ArrayRef;
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("practice".into(), text(&|response| format!("P{}", response.0))),
        ("sex".into(), code(&|response| i8::try_from(response.1).ok())),
        ("mode".into(), code(&|response| i8::try_from(response.2).ok())),
    ];
    columns.extend((0..10).map(|item| (format!("q{}", item + 1), code(&|response| response.4[item]))));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let [file, out] = ["responses.parquet", "counts.parquet"].map(|name| folder.join(name));
    let mut writer = ArrowWriter::try_new(File::create(&file).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    said(&["bench", "cube", file.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    let mut counts = BTreeMap::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(File::open(&out).unwrap()).unwrap().build().unwrap() {
        let batch = batch.unwrap();
        let column = |name: &str| batch.column_by_name(name).unwrap().clone();
        let [group_by, area, item] =
            ["group_by", "practice", "item"].map(|name| column(name).as_string::<i32>().clone());
        let [group, code] = ["group", "code"].map(|name| column(name).as_primitive::<Int32Type>().clone());
        let n = column("n").as_primitive::<Int64Type>().clone();
        for row in 0..batch.num_rows() {
            let number = group.is_valid(row).then(|| usize::try_from(group.value(row)).unwrap());
            let (by, band) = match (group_by.value(row), number) {
                ("", None) => ("none", "all"),
                ("sex", Some(at)) => ("sex", SEXES[at].1),
                ("mode", Some(at)) => ("mode", MODES[at]),
                other => panic!("{other:?}"),
            };
            let cell = [by, band, area.value(row), item.value(row)].map(str::to_owned);
            let [by, band, area, item] = cell;
            assert_eq!(
                counts.insert((by, band, area, item, code.value(row)), n.value(row)),
                None,
                "a cell comes twice"
            );
        }
    }
    counts
}

#[test]
fn what_lands_and_what_lies_in_a_plain_file_are_counted_alike() {
    let folder = tempfile::tempdir().unwrap();
    let responses = responses(1_500);
    let [landed, plain] = [landed(folder.path(), &responses), plain(folder.path(), &responses)];
    // Everybody, three sexes and four modes, in seven practices; ten items of five answers.
    assert_eq!(landed.len(), 8 * 7 * 10 * 5);
    assert!(landed == plain);
    let answers = responses.iter().flat_map(|response| response.4).flatten().count();
    let of_everybody = landed.iter().filter(|(cell, _)| cell.0 == "none").map(|(_, n)| *n).sum::<i64>();
    assert_eq!(of_everybody, answers as i64);
}

#[test]
fn only_reading_counts_rows_and_a_file_of_another_shape_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    plain(folder.path(), &responses(40));
    let file = folder.path().join("responses.parquet");
    let read = said(&["bench", "cube", file.to_str().unwrap(), "--decode-only", "--runs", "2"]);
    assert!(read.contains("read 40 rows in "), "{read}");
    let counts = folder.path().join("counts.parquet");
    let refused = tellonce(&["bench", "cube", counts.to_str().unwrap()]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("q1") && said.contains("to mend it"), "{said}");
}

#[test]
fn what_has_landed_is_timed_too() {
    let folder = tempfile::tempdir().unwrap();
    landed(folder.path(), &responses(60));
    let workspace = folder.path().join("workspace");
    let at = workspace.to_str().unwrap();
    let counted = said(&["--workspace", at, "bench", "landed", "ten-questions"]);
    assert!(counted.contains("counted 60 rows in "), "{counted}");
    let read = said(&["--workspace", at, "bench", "landed", "ten-questions", "--decode-only"]);
    assert!(read.contains("read 60 rows in "), "{read}");
    let refused = tellonce(&["--workspace", at, "bench", "landed", "friends-and-family"]);
    assert!(!refused.status.success());
}
