//! `tellonce land`

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::progress::Bar;
use super::{key_of_environment, open, thousands};
use crate::declare;
use crate::error::{Error, Result};
use crate::land::{Counts, Lander, Mapped, Report, apply};
use crate::pipeline::{Lock, Workspace};
use crate::session::session;
use crate::store::Landings;
use crate::weight;

/// Land files of answers: check them, make pseudonyms, keep what cannot be read in quarantine
#[derive(Debug, Args)]
pub struct Land {
    /// CSV files, in the order in which they were exported
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How their rows become responses
    #[arg(long, value_name = "FILE")]
    mapping: PathBuf,
    /// Instrument of the responses for which the mapping names none
    #[arg(long, value_name = "ID")]
    instrument: Option<String>,
    /// Show what would happen, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The pseudonym key is meant to be another one than before
    #[arg(long)]
    new_key: bool,
}

impl Land {
    /// Lands the files one after the other.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let workspace = open(folder)?;
        let key = key_of_environment();
        let _lock = if self.dry_run { None } else { Some(take_back(&workspace).await?) };
        for file in &self.files {
            let report = land(&workspace, self, file, key.as_deref()).await?;
            print(file, &report, self.dry_run);
        }
        Ok(())
    }

    /// Lands files by a mapping, as `tellonce land FILE… --mapping MAPPING` does.
    pub fn of(files: Vec<PathBuf>, mapping: PathBuf) -> Self {
        Land { files, mapping, instrument: None, dry_run: false, new_key: false }
    }

    /// Lands every file and returns the counts of all.
    pub async fn quietly(&self, workspace: &Workspace, key: Option<&str>) -> Result<Counts> {
        let mut all = Counts::default();
        let _lock = take_back(workspace).await?;
        for file in &self.files {
            all.add(&land(workspace, self, file, key).await?.counts);
        }
        Ok(all)
    }
}

/// Takes the workspace for writing, and what an interrupted landing left back.
async fn take_back(workspace: &Workspace) -> Result<Lock> {
    let lock = workspace.lock()?;
    for landing in Landings::read(&workspace.store, &session()?).await?.take_back(&workspace.store).await? {
        eprintln!("took back landing {landing}, which was interrupted");
    }
    Ok(lock)
}

async fn land(workspace: &Workspace, args: &Land, file: &Path, key: Option<&str>) -> Result<Report> {
    let text = std::fs::read_to_string(&args.mapping).map_err(Error::io("read the mapping", &args.mapping))?;
    let name = args.mapping.display().to_string();
    let mapping = declare::mapping(&name, &text, &workspace.declarations, args.instrument.as_deref())
        .map_err(|mistakes| Error::Declarations(mistakes.to_string()))?;
    let session = session()?;
    weight::refuse_twofold(&workspace.store, &session, &workspace.declarations).await?;
    let key = workspace.key(key)?;
    let lander = Lander {
        store: &workspace.store,
        session: &session,
        declarations: &workspace.declarations,
        salt: &workspace.salt()?,
        key: key.as_ref(),
        zone: workspace.zone()?,
        now: Utc::now(),
        new_key: args.new_key,
    };
    let bar = Bar::new();
    let mapped = Mapped { mapping: &mapping, text: &text, instrument: args.instrument.as_deref() };
    let prepared = lander.prepare(file, &mapped, &mut |what, done, of| bar.show(what, done, of)).await?;
    if !args.dry_run {
        bar.show("writing tables", 0, 0);
        apply(&workspace.store, &prepared.commits).await?;
    }
    Ok(prepared.report)
}

fn print(file: &Path, report: &Report, dry_run: bool) {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let how = if dry_run {
        "would land as"
    } else if report.stands_already {
        "stands already: landing"
    } else {
        "landed as"
    };
    if report.stands_already && !dry_run {
        println!("{name}: this file stands already; nothing was written");
    } else {
        println!("{name}: {how} {}", report.landing);
    }
    let c = &report.counts;
    println!(
        "  rows read {} = quarantined {} + landed {} + corrected {} + folded {} + already there {}",
        thousands(c.read),
        thousands(c.quarantined),
        thousands(c.landed),
        thousands(c.corrected),
        thousands(c.folded),
        thousands(c.already_there)
    );
    for (name, [new, corrected, known]) in &report.responses {
        println!(
            "  responses to {name}: {} new, {} corrected, {} known",
            thousands(*new),
            thousands(*corrected),
            thousands(*known)
        );
    }
    let [uncertain, none] = report.undated;
    if uncertain + none > 0 {
        println!("  without a certain date: {} with two readings, {} with none", thousands(uncertain), thousands(none));
    }
    for (reason, column, whole, count, line) in &report.problems {
        let where_ = if column.is_empty() { String::new() } else { format!(" in `{column}`") };
        let what = if *whole { "rows quarantined" } else { "cells not read" };
        println!("  {what}: {} × {reason}{where_} (first on line {line})", thousands(*count));
    }
    for note in &report.notes {
        println!("  note: {note}");
    }
}
