//! `tellonce unland`

use std::io::{IsTerminal, Write};
use std::path::Path;

use chrono::Utc;
use clap::Args;

use super::{open, thousands};
use crate::error::{Error, Result};
use crate::land::{apply, unland};
use crate::session::session;
use crate::store::Landings;

/// Take one landing back, such as one with a wrong mapping; without a landing, list those that stand
#[derive(Debug, Args)]
pub struct Unland {
    /// The landing, as `tellonce land` named it
    landing: Option<String>,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
}

impl Unland {
    /// Shows what would change, asks, and does it.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let workspace = open(folder)?;
        let session = session()?;
        let Some(id) = &self.landing else {
            for landing in
                Landings::read(&workspace.store, &session).await?.all().iter().filter(|landing| landing.standing)
            {
                println!(
                    "{}  {}  {} rows of {}",
                    landing.id, landing.file_name, landing.counts[0], landing.instruments
                );
            }
            return Ok(());
        };
        let _lock = workspace.lock()?;
        Landings::read(&workspace.store, &session).await?.take_back(&workspace.store).await?;
        let (preview, commit) = unland(&workspace.store, &session, id, Utc::now()).await?;
        println!("landing {id} of `{}`", preview.landing.file_name);
        for (instrument, now, then) in &preview.seen {
            println!(
                "  responses to {instrument}: {} now, {} without it",
                thousands(*now as u64),
                thousands(*then as u64)
            );
        }
        println!("  its quarantine and comments go with it; figures change with the next `tellonce measure`");
        if !self.yes && !confirmed()? {
            println!("nothing was changed; `--yes` does it without asking");
            return Ok(());
        }
        apply(&workspace.store, &[commit]).await?;
        println!("taken back");
        Ok(())
    }
}

fn confirmed() -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    print!("take it back? [y/N] ");
    std::io::stdout().flush().map_err(Error::io("write to", "standard output"))?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(Error::io("read", "standard input"))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
