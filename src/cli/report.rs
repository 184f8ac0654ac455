//! `tellonce report`

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::{Args, Subcommand};

use super::open;
use crate::error::{Error, Result};
use crate::period::Period;
use crate::pipeline::{self, Page, Wanted, Workspace};

/// Make a report from measured figures
#[derive(Debug, Args)]
pub struct Report {
    /// Which report
    #[command(subcommand)]
    which: Which,
}

#[derive(Debug, Subcommand)]
enum Which {
    Board(Board),
}

/// The board report: one page of HTML that needs nothing else
#[derive(Debug, Args)]
struct Board {
    /// Code of the area; everything where it is left out
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// Period of the run, such as 12m-to-2026-09
    #[arg(long, value_name = "PERIOD")]
    period: Option<Period>,
    /// A run that was made before; the latest one where it is left out
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// File to write; `output/board-AREA-PERIOD.html` in the workspace where it is left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Report {
    /// Makes the report and says where it is.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let Which::Board(board) = &self.which;
        let wanted = Wanted { area: board.area.clone(), period: board.period, run: board.run.clone() };
        let path = write(&open(folder)?, &wanted, board.out.as_deref()).await?;
        println!("{}", path.display());
        Ok(())
    }
}

/// Makes a board report and returns the file.
pub async fn write(workspace: &Workspace, wanted: &Wanted, out: Option<&Path>) -> Result<PathBuf> {
    let Page { run, html, warnings } = pipeline::board(workspace, wanted, Utc::now()).await?;
    for warning in warnings {
        eprintln!("warning: {warning}");
    }
    let area = wanted.area.as_deref().unwrap_or(crate::declare::EVERYTHING);
    let period = run.split_once('-').map_or(run.as_str(), |(_, period)| period);
    let safe: String = area.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let path = out
        .map_or_else(|| workspace.folder.join("output").join(format!("board-{safe}-{period}.html")), Path::to_path_buf);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    std::fs::write(&path, html).map_err(Error::io("write", &path))?;
    Ok(path)
}
