//! `tellonce explain`

use std::path::Path;

use clap::Args;

use super::print;
use crate::declare::{Declarations, did_you_mean};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::score;

/// Print what an outcome means: what it counts, of whom, its thresholds and sources, and the SQL that computes it
#[derive(Debug, Args)]
pub struct Explain {
    /// The outcome; all are listed where none is named
    outcome: Option<String>,
    /// Language of titles, as a BCP 47 tag
    #[arg(long, value_name = "TAG", default_value = "en")]
    language: String,
}

impl Explain {
    /// Explains an outcome of the program or of the workspace.
    pub fn run(&self, folder: &Path) -> Result<()> {
        let wrong = |mistakes: crate::declare::Mistakes| Error::Declarations(mistakes.to_string());
        let declarations = Declarations::load(&Files::with_workspace(folder)).map_err(wrong)?;
        let Some(wanted) = &self.outcome else {
            let lines = declarations.outcomes.iter();
            let lines: String =
                lines.map(|outcome| format!("{}\t{}\n", outcome.id, outcome.title.get(&self.language))).collect();
            return print(lines.as_bytes());
        };
        let Some(outcome) = declarations.outcomes.iter().find(|outcome| outcome.id == *wanted) else {
            let known = declarations.outcomes.iter().map(|outcome| outcome.id.as_str());
            return Err(Error::Usage {
                what: format!("there is no outcome `{wanted}`"),
                mend: did_you_mean(wanted, known).map_or_else(
                    || "`tellonce explain` lists them".to_owned(),
                    |near| format!("did you mean `{near}`? `tellonce explain` lists them"),
                ),
            });
        };
        print(score::explain(outcome, &declarations, &self.language).as_bytes())
    }
}
