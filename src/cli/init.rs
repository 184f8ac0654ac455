//! `tellonce init`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::{Error, Result};
use crate::pipeline::SETTINGS;

/// Make a workspace: settings, and places for measures, queries, reports and areas
#[derive(Debug, Args)]
pub struct Init {
    /// The folder, made where it does not exist
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// What reports call the care system
    #[arg(long, default_value = "Our care system")]
    name: String,
    /// Disclosure policy: `survey`, or `none` for input that is published already
    #[arg(long, default_value = "survey")]
    policy: String,
}

/// What a new folder of the workspace is for.
const PLACES: [(&str, &str); 8] = [
    ("measures/instruments", "Your own instruments. A file of the same name as one of the program's goes before it."),
    ("measures/outcomes", "Your own outcomes. A file of the same name as one of the program's goes before it."),
    ("measures/contracts", "Your outcome-based contracts: `tellonce contract ID` says what is payable."),
    (
        "measures/priorities",
        "Which outcomes the board page of an area leads with, by weight, and who chose them (docs/measures/s15-community-priorities.md).",
    ),
    ("mappings", "How your files become responses: `tellonce land FILE --mapping mappings/….toml`."),
    ("queries", "SQL that goes before the program's (same name) or runs after it (a higher number)."),
    ("reports", "Templates that go before the program's, such as board/words.en.jinja."),
    (
        "areas",
        "areas.csv (code,level,name,valid_from,valid_to,successor), parents.csv (child,parent,level,valid_from,valid_to),\n\
         population.csv (area,age,sex,deprivation,ethnicity,date,n) and\n\
         life-table.csv (area,sex,age,deprivation,years,population,deaths). Levels are those of measures/areas.toml.",
    ),
];

impl Init {
    /// Makes the workspace.
    pub fn run(&self) -> Result<()> {
        make(&self.dir, &self.name, &self.policy)?;
        eprintln!("made a workspace in `{}`; what it declares is checked by `tellonce check`", self.dir.display());
        Ok(())
    }
}

/// Makes a workspace in `dir` with a new salt.
pub fn make(dir: &Path, name: &str, policy: &str) -> Result<()> {
    let settings = dir.join(SETTINGS);
    if settings.exists() {
        return Err(Error::Usage {
            what: format!("`{}` is a workspace already", dir.display()),
            mend: "choose another folder: its salt must never change, so nothing is written over".into(),
        });
    }
    for (place, what) in PLACES {
        let folder = dir.join(place);
        std::fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
        let readme = folder.join("README.txt");
        if !readme.exists() {
            std::fs::write(&readme, format!("{what}\n")).map_err(Error::io("write", &readme))?;
        }
    }
    let mut salt = [0_u8; 32];
    getrandom::fill(&mut salt)
        .map_err(|error| Error::Broken(format!("no random numbers from the system ({error})")))?;
    let salt: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = toml::Value::String(name.to_owned());
    let policy = toml::Value::String(policy.to_owned());
    let text = format!(
        "# Settings of this workspace. `tellonce check` reads them.\n\
         name.en = {name}\n\
         # Where the tables are: a folder, or a URL of an object store.\n\
         store = \"store\"\n\
         # Times in files without an offset are in this zone.\n\
         time_zone = \"Europe/London\"\n\
         language = \"en\"\n\
         # Disclosure policy, one of measures/policies/.\n\
         policy = {policy}\n\
         # The identities of responses depend on this. It must never change, and it is not the pseudonym key.\n\
         salt = \"{salt}\"\n\
         # File with the pseudonym key, kept away from the data; the environment variable TELLONCE_KEY goes before it.\n\
         # Without a key, identifiers are not landed.\n\
         # key_file = \"../tellonce.key\"\n"
    );
    std::fs::write(&settings, text).map_err(Error::io("write", &settings))
}
