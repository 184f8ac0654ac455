//! `tellonce report`

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::{Args, Subcommand};

use super::open;
use crate::error::{Error, Result};
use crate::period::Period;
use crate::pipeline::{self, Page, Wanted, Workspace};
use crate::report::context::Paper;

/// Make a report from measured figures
#[derive(Debug, Args)]
pub struct Report {
    /// Which report
    #[command(subcommand)]
    which: Which,
}

#[derive(Debug, Subcommand)]
enum Which {
    /// The board report: one page of HTML that needs nothing else
    Board(What),
    /// Every measure that has figures, by system, and what there is no measure for
    Annex(What),
}

#[derive(Debug, Args)]
struct What {
    /// Code of the area; everything where it is left out
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// Period of the run, such as 12m-to-2026-09
    #[arg(long, value_name = "PERIOD")]
    period: Option<Period>,
    /// A run that was made before; the latest one where it is left out
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// File to write; `output/REPORT-AREA-PERIOD.html` in the workspace where it is left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Report {
    /// Makes the report and says where it is.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let (paper, what) = match &self.which {
            Which::Board(what) => (Paper::Board, what),
            Which::Annex(what) => (Paper::Annex, what),
        };
        let wanted = Wanted { area: what.area.clone(), period: what.period, run: what.run.clone() };
        let path = write(&open(folder)?, paper, &wanted, what.out.as_deref()).await?;
        println!("{}", path.display());
        Ok(())
    }
}

/// Makes a report and returns the file.
pub async fn write(workspace: &Workspace, paper: Paper, wanted: &Wanted, out: Option<&Path>) -> Result<PathBuf> {
    let Page { run, html, warnings } = pipeline::page(workspace, paper, wanted, Utc::now()).await?;
    for warning in warnings {
        eprintln!("warning: {warning}");
    }
    let area = wanted.area.as_deref().unwrap_or(crate::declare::EVERYTHING);
    let period = run.split_once('-').map_or(run.as_str(), |(_, period)| period);
    let safe: String = area.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let path = out.map_or_else(
        || workspace.folder.join("output").join(format!("{}-{safe}-{period}.html", paper.name())),
        Path::to_path_buf,
    );
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    std::fs::write(&path, html).map_err(Error::io("write", &path))?;
    Ok(path)
}
