//! `tellonce fixtures`

use std::path::PathBuf;

use clap::Args;

use super::progress::Bar;
use super::thousands;
use crate::error::{Error, Result};
use crate::fixtures::{Plan, Truth, generate};

/// Make a fictional care system of any size, with known truths planted in it
#[derive(Debug, Args)]
pub struct Fixtures {
    /// Folder to write areas, exports, mappings and the planted truths to
    dir: PathBuf,
    /// How many responses, up to 20,000,000
    #[arg(long, default_value_t = Plan::default().responses)]
    responses: u64,
    /// The same seed makes the same files
    #[arg(long, default_value_t = Plan::default().seed)]
    seed: u64,
}

impl Fixtures {
    /// Makes the files and says what was made.
    pub fn run(&self) -> Result<()> {
        let plan = Plan { seed: self.seed, responses: self.responses, ..Plan::default() };
        let truth = make(&plan, &self.dir)?;
        let written: u64 = truth.counts.responses.values().sum();
        println!(
            "{} responses of {} people in `{}`",
            thousands(written),
            thousands(truth.counts.people),
            self.dir.display()
        );
        println!("  what is planted in them stands in truth.json");
        Ok(())
    }
}

/// Makes the fictional system with a progress bar.
pub fn make(plan: &Plan, dir: &std::path::Path) -> Result<Truth> {
    let bar = Bar::new();
    generate(plan, dir, &mut |done| bar.show("making responses", done, plan.responses)).map_err(|error| Error::Input {
        file: dir.display().to_string(),
        what: match std::error::Error::source(&error) {
            Some(cause) => format!("{error} ({cause})"),
            None => error.to_string(),
        },
        mend: "choose other numbers, or a folder that can be written to".into(),
    })
}
