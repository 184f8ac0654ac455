//! `tellonce return`

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::progress::Bar;
use super::{open, print};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::pipeline::{self, ReturnRow, Returned};

/// Count the answers of a month for the body that collects them, such as NHS England's friends and family test
///
/// Shows the counts; with --out it writes them. They are for submission only, never for publication.
#[derive(Debug, Args)]
pub struct Return {
    /// The return, one of measures/returns/
    id: String,
    /// The month, such as 2026-09
    #[arg(long, value_name = "MONTH", value_parser = month)]
    month: Period,
    /// Only this area, such as one practice
    #[arg(long, value_name = "CODE")]
    area: Option<String>,
    /// CSV file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn month(text: &str) -> Result<Period, String> {
    match text.parse() {
        Ok(month @ Period::Month(_)) => Ok(month),
        _ => Err("it is a month, such as 2026-09".into()),
    }
}

impl Return {
    /// Shows the counts, and writes them where that is asked for.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let workspace = open(folder)?;
        let bar = Bar::new();
        let mut returned = pipeline::returned(&workspace, &self.id, self.month, Utc::now(), &mut |what, done, of| {
            bar.show(what, done, of)
        })
        .await?;
        drop(bar);
        if let Some(area) = &self.area {
            returned.rows.retain(|row| row.area == *area);
        }
        if returned.rows.is_empty() {
            return Err(Error::Usage {
                what: format!("there are no answers of {} to return", self.month),
                mend: "name another month, or an area with answers by its code".into(),
            });
        }
        let text = self.text(&returned)?;
        let Some(path) = &self.out else {
            print(text.as_bytes())?;
            let title = returned.declared.title.get(&workspace.settings.language);
            eprintln!("{title}: {}", returned.policy.note.get(&workspace.settings.language));
            eprintln!("nothing was written; --out FILE writes it");
            return Ok(());
        };
        if returned.hidden > 0 {
            return Err(Error::Usage {
                what: format!(
                    "the policy `{}` hides {} counts, and a return is complete",
                    returned.policy.id, returned.hidden
                ),
                mend: "set `minimum_n = 1` in the policy of the return, or do not submit".into(),
            });
        }
        if path.exists() {
            return Err(Error::Usage {
                what: format!("`{}` is there already", path.display()),
                mend: "name a new file: what was submitted is kept".into(),
            });
        }
        std::fs::write(path, text).map_err(Error::io("write", path))?;
        println!("{}", path.display());
        Ok(())
    }

    fn text(&self, returned: &Returned) -> Result<String> {
        let declared = &returned.declared;
        let answers = declared.answers.iter().map(|column| column.column.as_str());
        let methods = declared.methods.iter().map(|column| column.column.as_str());
        let mut csv = csv::Writer::from_writer(Vec::new());
        let failed = |error: csv::Error| Error::Broken(format!("a row that is not written: {error}"));
        csv.write_record(["Month", "Code", "Name", "All answers"].into_iter().chain(answers).chain(methods))
            .map_err(failed)?;
        for ReturnRow { area, name, all, counts } in &returned.rows {
            let count = |count: &Option<i64>| count.map_or("[c]".to_owned(), |count| count.to_string());
            let row = [self.month.to_string(), area.clone(), name.clone(), count(all)];
            csv.write_record(row.into_iter().chain(counts.iter().map(count))).map_err(failed)?;
        }
        let bytes =
            csv.into_inner().map_err(|error| Error::Broken(format!("a return that is not written: {error}")))?;
        String::from_utf8(bytes).map_err(|error| Error::Broken(format!("a return that is no text: {error}")))
    }
}
