//! `tellonce contract`

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::{open, print, thousands};
use crate::contract::{Pack, Rerun};
use crate::declare::did_you_mean;
use crate::error::{Error, Result};
use crate::pipeline::{self, SETTINGS, Workspace};

/// Say what an outcome-based contract pays, how sure that is, who was left out and why; without an id, list the contracts
///
/// With --pack, write an evidence pack as well; with --from, come to the figures of a pack again and say whether they are the same.
#[derive(Debug, Args)]
pub struct Contract {
    /// The contract
    id: Option<String>,
    /// Write the evidence into this folder; output/contract-ID-DAYS in the workspace where no folder is named
    #[arg(long, value_name = "DIR", num_args = 0..=1, requires = "id")]
    pack: Option<Option<PathBuf>>,
    /// Add the single people to the pack, under new numbers: for a party that an agreement entitles to them
    #[arg(long, requires = "pack")]
    with_data: bool,
    /// Evaluate the contract of this pack again
    #[arg(long, value_name = "PACK", conflicts_with_all = ["id", "pack", "with_data"])]
    from: Option<PathBuf>,
}

impl Contract {
    /// Evaluates a contract, or the one of a pack again.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        if let Some(pack) = &self.from {
            return again(pack, folder).await;
        }
        let workspace = open(folder)?;
        let Some(id) = &self.id else {
            let contracts = workspace.declarations.contracts.values();
            let lines: String =
                contracts.map(|of| format!("{}\t{}\n", of.id, of.title.get(&workspace.settings.language))).collect();
            return print(lines.as_bytes());
        };
        let known = &workspace.declarations.contracts;
        let Some(contract) = known.get(id) else {
            return Err(Error::Usage {
                what: format!("there is no contract `{id}`"),
                mend: match did_you_mean(id, known.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "declare it in measures/contracts/; `tellonce contract` lists those there are".into(),
                },
            });
        };
        let evaluated = pipeline::contract(&workspace, contract, Utc::now()).await?;
        print(evaluated.statement(&workspace.settings.language)?.as_bytes())?;
        let Some(pack) = &self.pack else { return Ok(()) };
        let days = contract.days().map_or(String::new(), |(first, last)| format!("-{first}-to-{last}"));
        let folder =
            pack.clone().unwrap_or_else(|| workspace.folder.join("output").join(format!("contract-{id}{days}")));
        if self.with_data {
            eprintln!(
                "warning: people.csv will hold {} rows of single people: part, number, cohorts, practice number, what became of them, \
                 before, after. Hand it to nobody whom an agreement does not entitle to it",
                thousands(evaluated.evaluation.people.len() as u64)
            );
        }
        let hash = evaluated.pack(&workspace, &folder, self.with_data)?;
        print(format!("\nevidence pack: {}\nits hash: {hash}\n", folder.display()).as_bytes())
    }
}

/// Comes to the figures of a pack again: from its own rows, else from the tables of the workspace.
async fn again(folder: &Path, workspace: &Path) -> Result<()> {
    let pack = Pack::open(folder)?;
    let mut notes = vec![format!("pack {}: every file is what its manifest says", pack.hash)];
    if pack.record.program_version != env!("CARGO_PKG_VERSION") {
        notes.push(format!(
            "it was made by tellonce {}, and this is {}",
            pack.record.program_version,
            env!("CARGO_PKG_VERSION")
        ));
    }
    let (rerun, language) = match pack.rerun()? {
        Some(rerun) => (rerun, "en".to_owned()),
        None if workspace.join(SETTINGS).is_file() => {
            let workspace = open(workspace)?;
            (from_tables(&pack, &workspace, &mut notes).await?, workspace.settings.language)
        }
        None => {
            return Err(Error::Usage {
                what: format!(
                    "`{}` holds no rows of people, and there is no workspace to read them from",
                    folder.display()
                ),
                mend: "name a workspace with the same landings by --workspace, or ask for a pack made with --with-data"
                    .into(),
            });
        }
    };
    let statement = pack.words(&rerun.published, &language)?;
    let said = match &rerun.differ[..] {
        [] => format!("same: all {} figures, to the penny", rerun.compared),
        differ => {
            let lines = differ.iter().map(|[one, other]| format!("\n  pack: {one}\n  here: {other}"));
            format!("differs: {} of {} figures{}", differ.len(), rerun.compared, lines.collect::<String>())
        }
    };
    print(format!("{}\n\n{statement}\n{said}\n", notes.join("\n")).as_bytes())?;
    match rerun.differ.is_empty() {
        true => Ok(()),
        false => Err(Error::Input {
            file: folder.display().to_string(),
            what: "the figures of the pack are not those that come of its contract here".into(),
            mend: "compare the landings and the version of the program with those in evaluation.json".into(),
        }),
    }
}

async fn from_tables(pack: &Pack, workspace: &Workspace, notes: &mut Vec<String>) -> Result<Rerun> {
    let evaluated = pipeline::contract(workspace, &pack.contract, Utc::now()).await?;
    let [missing, more] = pack.landed_otherwise(&evaluated.evaluation.record);
    for (files, what) in [(missing, "landed for the pack and not here"), (more, "landed here and not for the pack")] {
        notes.extend((!files.is_empty()).then(|| format!("{what}: {}", files.join(", "))));
    }
    pack.against(evaluated.evaluation.published)
}
