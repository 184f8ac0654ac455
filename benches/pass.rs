//! The hot pieces of the pass by themselves, on a million responses in memory: `cargo bench --bench pass`.

mod made;

use std::hint::black_box;
use std::path::PathBuf;

use criterion::{Criterion, Throughput};
use tellonce::cube::bench::Bench;

const ROWS: usize = 1_000_000;

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    {
        let mut group = criterion.benchmark_group("counting, one core");
        group.throughput(Throughput::Elements(ROWS as u64));
        for (name, sorted, month, weight) in [
            ("by practice, sorted", true, None, None),
            ("by practice, in no order", false, None, None),
            ("by practice and month, sorted by practice", true, Some("submitted"), None),
            ("with weights", true, None, Some("weight")),
        ] {
            let file = folder.join(format!("pass-{sorted}.parquet"));
            made::make(ROWS, sorted, &file);
            let bench = runtime.block_on(Bench::open(&file, month, weight)).expect("the file");
            let loaded = runtime.block_on(bench.load()).expect("its rows");
            group.bench_function(name, |bencher| bencher.iter(|| black_box(loaded.count().expect("counted"))));
        }
    }
    {
        let mut group = criterion.benchmark_group("cells, one core");
        let file = folder.join("pass-true.parquet");
        let bench = runtime.block_on(Bench::open(&file, None, None)).expect("the file");
        let counts = runtime.block_on(bench.load()).expect("its rows").count().expect("counted");
        group.throughput(Throughput::Elements(counts.size().1 as u64));
        group.bench_function("to the bytes that are kept, and back", |bencher| {
            bencher.iter(|| black_box(counts.kept_and_read()));
        });
        group.bench_function("added to each other", |bencher| bencher.iter(|| black_box(counts.twice())));
    }
    criterion.final_summary();
}
