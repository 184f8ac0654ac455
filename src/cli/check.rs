//! `tellonce check`

mod coverage;

use std::path::{Path, PathBuf};

use clap::Args;

use super::{open, print};
use crate::declare;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::pipeline::{self, SETTINGS};
use crate::report;

/// Read everything that is declared and print all mistakes, each with file, line, key and the mend
#[derive(Debug, Args)]
pub struct Check {
    /// Mappings to check as well
    mappings: Vec<PathBuf>,
    /// Write the JSON Schema of each kind of file into this folder, for editors that complete and check TOML
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
    /// Print what is measured: every system of the register with its outcomes, and the rows of the workspace's latest run, then the parts of
    /// frameworks
    #[arg(long)]
    coverage: bool,
    /// How --coverage is written
    #[arg(long, value_enum, default_value_t = coverage::Format::Text, requires = "coverage")]
    format: coverage::Format,
}

impl Check {
    /// Checks the declarations of the program and, where there is one, of the workspace.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        if let Some(dir) = &self.schemas {
            std::fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
            for (kind, schema) in declare::schemas() {
                let path = dir.join(format!("{kind}.json"));
                std::fs::write(&path, format!("{schema:#}\n")).map_err(Error::io("write", &path))?;
            }
        }
        let files = Files::with_workspace(folder);
        let wrong = |mistakes: declare::Mistakes| Error::Declarations(mistakes.to_string());
        let declarations = declare::Declarations::load(&files).map_err(wrong)?;
        let mut all = Vec::new();
        let settings = folder.join(SETTINGS);
        if settings.is_file() {
            let text = std::fs::read_to_string(&settings).map_err(Error::io("read", &settings))?;
            if let Err(mistakes) = declare::settings(SETTINGS, &text, &declarations) {
                all.push(mistakes.to_string());
            }
        }
        for path in &self.mappings {
            let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
            if let Err(mistakes) = declare::mapping(&path.display().to_string(), &text, &declarations, None) {
                all.push(mistakes.to_string());
            }
        }
        if !all.is_empty() {
            return Err(Error::Declarations(all.join("\n\n")));
        }
        if self.coverage {
            return self.coverage(folder, &declarations).await;
        }
        println!(
            "no mistakes: {} instruments, {} outcomes, {} groups, {} levels of areas, {} policies{}",
            declarations.instruments.len(),
            declarations.outcomes.len(),
            declarations.groups.groups.len(),
            declarations.areas.levels.len(),
            declarations.policies.len(),
            match self.mappings.len() {
                0 => String::new(),
                n => format!(", {n} mappings"),
            }
        );
        Ok(())
    }

    /// Prints what is measured; the folder need not be a workspace.
    async fn coverage(&self, folder: &Path, declarations: &declare::Declarations) -> Result<()> {
        let (rows, language) = if folder.join(SETTINGS).is_file() {
            let workspace = open(folder)?;
            (pipeline::rows(&workspace).await?, workspace.settings.language)
        } else {
            (None, "en".to_owned())
        };
        let coverage = report::coverage::coverage(declarations, rows.as_ref());
        print(coverage::written(&coverage, self.format, &language).as_bytes())
    }
}
