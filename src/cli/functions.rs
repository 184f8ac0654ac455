//! `tellonce functions`

use clap::Args;

use super::print;
use crate::declare::did_you_mean;
use crate::error::{Error, Result};
use crate::functions::manual;

/// Print what the statistics in SQL take and give
#[derive(Debug, Args)]
pub struct Functions {
    /// The function; all are listed where none is named
    name: Option<String>,
}

impl Functions {
    /// Prints the list, or one entry.
    pub fn run(&self) -> Result<()> {
        let entries = manual();
        let Some(name) = &self.name else {
            let line = |entry: &crate::functions::Entry| format!("{}\n    {}\n", entry.syntax(), entry.summary());
            return print(entries.iter().map(line).collect::<String>().as_bytes());
        };
        let Some(entry) = entries.iter().find(|entry| entry.name == name.to_lowercase()) else {
            return Err(Error::Usage {
                what: format!("there is no function `{name}` among the statistics"),
                mend: did_you_mean(name, entries.iter().map(|entry| entry.name.as_str())).map_or_else(
                    || "`tellonce functions` lists them".to_owned(),
                    |near| format!("did you mean `{near}`? `tellonce functions` lists them"),
                ),
            });
        };
        print(entry.manual().as_bytes())
    }
}
