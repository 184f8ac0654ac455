//! `tellonce bench landed`

use std::path::Path;
use std::time::Instant;

use clap::Args;

use super::{Timed, say};
use crate::cli::open;
use crate::cube::Landed as Responses;
use crate::error::{Error, Result};
use crate::session::session;

/// Count the responses to an instrument that have landed as `tellonce measure --full` counts them, and keep nothing
#[derive(Debug, Args)]
pub struct Landed {
    /// The instrument
    #[arg(value_name = "INSTRUMENT")]
    instrument: String,
    /// Only read the columns, for comparison
    #[arg(long)]
    decode_only: bool,
    /// How often to do it; the median is shown
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

impl Landed {
    /// Times the pass over the responses of a workspace.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let workspace = open(folder)?;
        let Some(instrument) = workspace.declarations.instrument(&self.instrument) else {
            let known: Vec<&str> = workspace.declarations.instruments.keys().map(String::as_str).collect();
            return Err(Error::Usage {
                what: format!("there is no instrument `{}`", self.instrument),
                mend: format!("choose one of {}", known.join(", ")),
            });
        };
        let session = session()?;
        let landed = Responses::open(&workspace.store, &session, &workspace.declarations, instrument).await?;
        let landed = landed.ok_or_else(|| Error::Usage {
            what: format!("no responses to `{}` have landed", self.instrument),
            mend: "land some with `tellonce land FILE --mapping MAPPING`".into(),
        })?;
        let mut timed = Timed::default();
        let mut cells = None;
        for _ in 0..self.runs {
            let begun = Instant::now();
            let rows = match self.decode_only {
                true => landed.decode().await?,
                false => {
                    let [rows, made] = landed.count().await?;
                    cells = Some(made);
                    rows
                }
            };
            timed.add(begun, rows);
        }
        say(&timed, self.decode_only, cells);
        Ok(())
    }
}
