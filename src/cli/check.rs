//! `tellonce check`

use std::path::{Path, PathBuf};

use clap::Args;

use crate::declare;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::pipeline::SETTINGS;

/// Read everything that is declared and print all mistakes, each with file, line, key and the mend
#[derive(Debug, Args)]
pub struct Check {
    /// Mappings to check as well
    mappings: Vec<PathBuf>,
    /// Write the JSON Schema of each kind of file into this folder, for editors that complete and check TOML
    #[arg(long, value_name = "DIR")]
    schemas: Option<PathBuf>,
}

impl Check {
    /// Checks the declarations of the program and, where there is one, of the workspace.
    pub fn run(&self, folder: &Path) -> Result<()> {
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
}
