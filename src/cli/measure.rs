//! `tellonce measure`

use std::path::Path;

use chrono::Utc;
use clap::Args;

use super::progress::Bar;
use super::{open, thousands};
use crate::error::Result;
use crate::period::Period;
use crate::pipeline::{self, Measured};

/// Compute the figures of a period, protect them and keep them
#[derive(Debug, Args)]
pub struct Measure {
    /// 2026-04, 2026/27, 2026/27-Q2, 12m-to-2026-09 or all; the last twelve months with answers where it is left out
    #[arg(long, value_name = "PERIOD")]
    period: Option<Period>,
    /// Count every response anew, not only what landed, was corrected or taken back, or is declared otherwise since the last time; the
    /// figures are the same
    #[arg(long)]
    full: bool,
}

impl Measure {
    /// Measures and says what came of it.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let workspace = open(folder)?;
        let bar = Bar::new();
        let measured = pipeline::measure(&workspace, self.period, self.full, Utc::now(), &mut |what, done, of| {
            bar.show(what, done, of)
        })
        .await?;
        drop(bar);
        print(&measured);
        Ok(())
    }
}

/// Prints what a run did.
pub fn print(measured: &Measured) {
    for warning in &measured.passed.warnings {
        eprintln!("warning: {warning}");
    }
    println!("run {} ({})", measured.run, measured.period.label());
    println!(
        "  {} responses ({} read in {:.1} s) make {} cells of the cube; {} figures shown, {} hidden",
        thousands(measured.passed.responses),
        thousands(measured.passed.responses_read()),
        measured.passed_in.as_secs_f64(),
        thousands(measured.passed.cells),
        thousands(measured.figures[0] as u64),
        thousands(measured.figures[1] as u64)
    );
    if !measured.unlisted.is_empty() {
        let first: Vec<_> = measured.unlisted.iter().take(5).map(String::as_str).collect();
        let more = measured.unlisted.len().saturating_sub(first.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        println!("  practices in answers that areas/areas.csv does not list: {}{more}", first.join(", "));
    }
}
