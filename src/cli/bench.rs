//! `tellonce bench`

mod grid;
mod landed;

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand};

use super::thousands;
use crate::cube::bench;
use crate::error::Result;

/// Time what the program does on a file of your own, to compare machines and programs
#[derive(Debug, Args)]
pub struct Bench {
    /// What to time
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Cube(Cube),
    Landed(landed::Landed),
    Grid(grid::Grid),
}

/// Count a Parquet file as `tellonce measure` counts responses: every item for every practice, alone and by every group
///
/// The file has a text column `practice`, int8 columns q1, q2, … with the codes of answers, and int8 columns of groups.
#[derive(Debug, Args)]
struct Cube {
    /// The file
    #[arg(value_name = "FILE.parquet")]
    file: PathBuf,
    /// Write the counts here: group_by, practice, group, item, code, n. They are not protected: small numbers stand in them as they are
    #[arg(long, value_name = "FILE.parquet", conflicts_with = "decode_only")]
    out: Option<PathBuf>,
    /// Only read the columns, for comparison
    #[arg(long)]
    decode_only: bool,
    /// How often to do it; the median is shown
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
    /// Column of a date: count by month too
    #[arg(long, value_name = "COLUMN")]
    month: Option<String>,
    /// Column of weights in whole millionths (int64): add them up too
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,
}

impl Bench {
    /// Times what is asked for.
    pub async fn run(&self, workspace: &Path) -> Result<()> {
        match &self.what {
            What::Cube(cube) => cube.run().await,
            What::Landed(landed) => landed.run(workspace).await,
            What::Grid(grid) => grid.run().await,
        }
    }
}

impl Cube {
    async fn run(&self) -> Result<()> {
        let bench = bench::Bench::open(&self.file, self.month.as_deref(), self.weight.as_deref()).await?;
        let [items, groups] = bench.counts();
        println!("{}: {items} items, {groups} groups", self.file.display());
        let mut timed = Timed::default();
        let mut counts = None;
        for _ in 0..self.runs {
            // The last counts go before the next are made: memory is that of one run.
            counts = None;
            let begun = Instant::now();
            let rows = match self.decode_only {
                true => bench.decode().await?,
                false => counts.insert(bench.count().await?).size().0,
            };
            timed.add(begun, rows);
        }
        say(&timed, self.decode_only, counts.as_ref().map(|counts| counts.size().1 as u64));
        if let (Some(counts), Some(out)) = (&counts, &self.out) {
            println!("  {} rows written to {}", thousands(counts.write(out)?), out.display());
        }
        Ok(())
    }
}

/// How long it took each time, and how many rows there were.
#[derive(Debug, Default)]
struct Timed {
    seconds: Vec<f64>,
    rows: u64,
}

impl Timed {
    fn add(&mut self, begun: Instant, rows: u64) {
        self.seconds.push(begun.elapsed().as_secs_f64());
        self.rows = rows;
    }
}

/// Prints how long it took, and the most memory that the program has had so far.
fn say(timed: &Timed, decode_only: bool, cells: Option<u64>) {
    let mut seconds = timed.seconds.clone();
    seconds.sort_by(f64::total_cmp);
    let median = seconds.get(seconds.len() / 2).copied().unwrap_or_default();
    let (least, most) = (seconds.first().unwrap_or(&median), seconds.last().unwrap_or(&median));
    println!(
        "  {} {} rows in {median:.2} s (smallest {least:.2}, largest {most:.2} of {}): {} rows a second",
        if decode_only { "read" } else { "counted" },
        thousands(timed.rows),
        seconds.len(),
        thousands((timed.rows as f64 / median.max(f64::MIN_POSITIVE)) as u64)
    );
    if let Some(cells) = cells {
        println!("  {} cells", thousands(cells));
    }
    if let Some(peak) = peak_memory() {
        println!("  peak memory {} MiB", thousands(peak / 1024));
    }
}

/// Returns the most memory that the process has had, in KiB; none where the system does not say.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok())
}
