//! `tellonce bench grid`

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use arrow::array::RecordBatch;
use chrono::{Months, NaiveDate};
use clap::Args;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::peak_memory;
use crate::cli::progress::Bar;
use crate::cli::{init, open, thousands};
use crate::cube::{MadeByArithmetic, by_arithmetic};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::fixtures;
use crate::measure::{Areas, Measurer, Take, read_areas};
use crate::period::Period;
use crate::session::session;
use crate::store;

/// Measure a grid of practices, months, groups and outcomes from a cube made by arithmetic
#[derive(Debug, Args)]
pub struct Grid {
    /// How many practices; networks, places and boards follow, as 6,300 to 1,250 to 100 to 42
    #[arg(long, default_value_t = 6300)]
    practices: usize,
    /// How many months; the last twelve are the period
    #[arg(long, default_value_t = 24)]
    months: u32,
    /// How many outcomes, ten an instrument
    #[arg(long, default_value_t = 40)]
    outcomes: usize,
    /// Folder for the workspace and the figures, which then stay; it must not exist
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// The queries that the grid is made of: every group in the period, every month, and months by group.
const QUERIES: [&str; 3] = ["10_figures.sql", "20_months.sql", "44_group_months.sql"];
/// The first month of the grid.
const FIRST: (i32, u32) = (2024, 10);

impl Grid {
    /// Makes the cube, measures it and prints rows, seconds and memory.
    pub async fn run(&self) -> Result<()> {
        let folder = self
            .keep
            .clone()
            .unwrap_or_else(|| std::env::temp_dir().join(format!("tellonce-grid-{}", std::process::id())));
        let done = self.measure(&folder).await;
        if self.keep.is_none() {
            std::fs::remove_dir_all(&folder).map_err(Error::io("remove", &folder))?;
        }
        done
    }

    async fn measure(&self, folder: &Path) -> Result<()> {
        init::make(folder, "A grid made by arithmetic", "none")?;
        let embedded = |path: &str| {
            let text = Files::embedded().read(path).map_err(Error::io("read", path))?;
            text.ok_or_else(|| Error::Broken(format!("the program has no `{path}`")))
        };
        let plan = fixtures::Grid { practices: self.practices, outcomes: self.outcomes };
        plan.write(&embedded("measures/groups.toml")?, &embedded("measures/areas.toml")?, folder)
            .map_err(|error| Error::Broken(error.to_string()))?;
        let workspace = open(folder)?;
        let first = NaiveDate::from_ymd_opt(FIRST.0, FIRST.1, 1).unwrap_or_default();
        let months: Vec<NaiveDate> =
            (0..self.months).filter_map(|after| first.checked_add_months(Months::new(after))).collect();
        let period = months.last().map_or(Period::All, |last| Period::twelve_months_to(*last));
        let boundaries_on = months.last().copied().unwrap_or(first);
        let bar = Bar::new();
        bar.show("making the cube", 0, 0);
        let start = Instant::now();
        let (instruments, areas) = (plan.instruments(), plan.practices());
        let made = MadeByArithmetic { instruments: &instruments, areas: &areas, months: &months };
        let cells = by_arithmetic(&workspace.store, &workspace.declarations, &made).await?;
        drop(bar);
        println!(
            "made {} cells in {:.1} s; the figures of {}",
            thousands(cells),
            start.elapsed().as_secs_f64(),
            period.label()
        );

        let measurer = Measurer {
            store: &workspace.store,
            declarations: &workspace.declarations,
            policy: workspace.policy()?,
            files: &workspace.files,
            areas: &Areas::new(read_areas(&folder.join("areas"))?),
            only: Some(&QUERIES),
            returned: None,
        };
        let start = Instant::now();
        let figures = Arc::new(Figures::new(folder));
        let written = figures.clone();
        let take: Take = Arc::new(move |number, rows| written.write(number, &rows));
        measurer.figures(&session()?, "grid", period, boundaries_on, &take).await?;
        let rows = figures.close()?;
        let seconds = start.elapsed().as_secs_f64();
        println!("{} rows in {seconds:.1} s", thousands(rows));
        if let Some(peak) = peak_memory() {
            println!("  peak memory {} MiB", thousands(peak / 1024));
        }
        Ok(())
    }
}

/// Files of figures, one for each stream, written as they come.
struct Figures {
    folder: PathBuf,
    writers: Mutex<HashMap<usize, Arc<Mutex<ArrowWriter<File>>>>>,
}

impl Figures {
    fn new(folder: &Path) -> Self {
        Figures { folder: folder.to_owned(), writers: Mutex::default() }
    }

    fn write(&self, number: usize, rows: &RecordBatch) -> Result<()> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = match writers.get(&number) {
            Some(writer) => writer.clone(),
            None => {
                let path = self.folder.join(format!("figures-{number}.parquet"));
                let file = File::create(&path).map_err(Error::io("create", &path))?;
                let level = ZstdLevel::try_new(1).map_err(Error::table(store::RESULTS))?;
                let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
                let writer = ArrowWriter::try_new(file, rows.schema(), Some(properties));
                let writer = Arc::new(Mutex::new(writer.map_err(Error::table(store::RESULTS))?));
                writers.insert(number, writer.clone());
                writer
            }
        };
        drop(writers);
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write(rows).map_err(Error::table(store::RESULTS))
    }

    /// Ends the files and returns how many rows they hold.
    fn close(&self) -> Result<u64> {
        let writers = std::mem::take(&mut *self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        let mut rows = 0;
        for writer in writers.into_values() {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            let file = writer.finish().map_err(Error::table(store::RESULTS))?;
            rows += u64::try_from(file.file_metadata().num_rows()).unwrap_or(0);
        }
        Ok(rows)
    }
}
