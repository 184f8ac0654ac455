//! `tellonce demo`

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::land::Land;
use super::progress::Bar;
use super::{fixtures, init, measure, open, report, thousands};
use crate::error::{Error, Result};
use crate::fixtures::Plan;
use crate::land::Counts;
use crate::pipeline::{self, Wanted};
use crate::report::context::Paper;

/// Make a fictional care system, land it, measure it and make its board report
#[derive(Debug, Args)]
pub struct Demo {
    /// Folder for it all; it must not exist, or be empty
    #[arg(default_value = "tellonce-demo")]
    dir: PathBuf,
}

/// The exports, in the order in which they land, and the mapping of each.
const SOURCES: [&str; 3] = ["app", "survey", "kiosk"];

impl Demo {
    /// Runs every step as a user would, one after the other.
    pub async fn run(&self) -> Result<()> {
        let dir = &self.dir;
        let taken = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
        if taken {
            return Err(Error::Usage {
                what: format!("`{}` is not empty", dir.display()),
                mend: "remove it, or name another folder: tellonce demo DIR".into(),
            });
        }
        init::make(dir, "Exampleshire (fictional)", "survey")?;
        let plan = Plan { systems: true, ..Plan::default() };
        let truth = fixtures::make(&plan, dir)?;
        let written: u64 = truth.counts.responses.values().sum();
        println!("made a fictional care system: {} responses in `{}`", thousands(written), dir.join("inbox").display());
        // The key of the demo protects nobody: its people do not exist.
        let key_file = dir.join("demo.key");
        std::fs::write(&key_file, "the key of a demo whose people do not exist\n")
            .map_err(Error::io("write", &key_file))?;
        let settings = dir.join(pipeline::SETTINGS);
        let text = std::fs::read_to_string(&settings).map_err(Error::io("read", &settings))?;
        std::fs::write(&settings, text + "key_file = \"demo.key\"\n").map_err(Error::io("write", &settings))?;

        let workspace = open(dir)?;
        for source in SOURCES {
            let land =
                Land::of(exports(&dir.join("inbox"), source)?, dir.join("mappings").join(format!("{source}.toml")));
            landed(source, &land.quietly(&workspace, None).await?);
        }
        let mappings = SOURCES.map(|source| format!("{source}.toml"));
        let others = truth.counts.files.iter().filter(|file| !mappings.contains(&file.mapping));
        let mut all = Counts::default();
        for file in others {
            let land = Land::of(vec![dir.join("inbox").join(&file.file)], dir.join("mappings").join(&file.mapping));
            all.add(&land.quietly(&workspace, None).await?);
        }
        landed("the exports of other systems", &all);
        let bar = Bar::new();
        let measured =
            pipeline::measure(&workspace, None, false, Utc::now(), &mut |what, done, of| bar.show(what, done, of))
                .await?;
        drop(bar);
        measure::print(&measured);
        let page = report::write(&workspace, Paper::Board, &Wanted::default(), None).await?;
        println!("\nboard report: {}", page.display());
        let page = report::write(&workspace, Paper::Annex, &Wanted::default(), None).await?;
        println!("every measure: {}", page.display());
        let shown = dir.display();
        println!("open it in a browser; then try");
        println!("  tellonce --workspace {shown} report board --area PL1");
        println!("  tellonce --workspace {shown} sql \"select measure, value, lower, upper, n from latest");
        println!("      where area = 'all' and group_by = 'none' and statistic = 'value' and period like '12m%'\"");
        println!("  tellonce --workspace {shown} contract ways-forward");
        println!("  tellonce --workspace {shown} unland");
        println!("what was planted in the answers stands in {}", dir.join("truth.json").display());
        Ok(())
    }
}

/// Says what became of the rows of a source.
fn landed(source: &str, counts: &Counts) {
    println!(
        "landed {source}: rows read {} = quarantined {} + landed {} + corrected {} + folded {} + already there {}",
        thousands(counts.read),
        thousands(counts.quarantined),
        thousands(counts.landed),
        thousands(counts.corrected),
        thousands(counts.folded),
        thousands(counts.already_there)
    );
}

fn exports(inbox: &Path, source: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(inbox).map_err(Error::io("read", inbox))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(source)))
        .collect();
    files.sort();
    Ok(files)
}
