//! A workspace in a folder of its own, and the program run on it as a user would from the folder above.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::KEY;

/// The workspace `workspace` in a temporary folder.
pub struct Room {
    folder: tempfile::TempDir,
    has_key: bool,
}

impl Room {
    /// Begins a workspace; pseudonyms have no key but that of its settings.
    pub fn new(options: &[&str]) -> Self {
        Room { folder: tempfile::tempdir().unwrap(), has_key: false }.begun(options)
    }

    /// Begins a workspace; the key of pseudonyms is in the environment.
    pub fn with_key(options: &[&str]) -> Self {
        Room { folder: tempfile::tempdir().unwrap(), has_key: true }.begun(options)
    }

    fn begun(self, options: &[&str]) -> Self {
        let output = self.program(&[&["init", "workspace"], options].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self
    }

    fn program(&self, arguments: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tellonce"));
        program.args(arguments).current_dir(self.folder.path());
        match self.has_key {
            true => program.env("TELLONCE_KEY", KEY),
            false => program.env_remove("TELLONCE_KEY"),
        };
        program.output().unwrap()
    }

    pub fn at(&self) -> PathBuf {
        self.folder.path().join("workspace")
    }

    /// Writes a file of the workspace and returns its path as commands take it.
    pub fn put(&self, path: &str, text: &str) -> String {
        let to = self.at().join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, text).unwrap();
        format!("workspace/{path}")
    }

    /// Runs a command, whatever becomes of it.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.program(&[&["--workspace", "workspace"], arguments].concat())
    }

    /// Runs a command and returns what it prints.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must be refused and returns what it says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Writes and lands a file.
    pub fn land_file(&self, name: &str, rows: &str, mapping: &str) {
        let file = self.put(name, rows);
        self.run(&["land", &file, "--mapping", &format!("workspace/{mapping}")]);
    }

    /// Returns the rows of a query as lists of cells.
    pub fn sql(&self, query: &str) -> Vec<Vec<String>> {
        let csv = self.run(&["sql", "--format", "csv", query]);
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        rows.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    /// Draws a report and returns its page.
    pub fn page(&self, arguments: &[&str]) -> String {
        let path = self.run(&[&["report"], arguments].concat());
        std::fs::read_to_string(self.folder.path().join(path.trim())).unwrap()
    }
}
