//! One error type: each variant holds facts; `cli` turns it into one paragraph and an exit code.

use std::path::PathBuf;

/// What went wrong, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line or the settings ask for something that cannot be.
    #[error("{what}")]
    Usage {
        /// What was asked for and why it cannot be.
        what: String,
        /// What to do.
        mend: String,
    },
    /// A file of the user cannot be used.
    #[error("`{file}`: {what}")]
    Input {
        /// The file.
        file: String,
        /// What is wrong with it.
        what: String,
        /// What to do.
        mend: String,
    },
    /// Declarations have mistakes; the text lists them all.
    #[error("{0}")]
    Declarations(String),
    /// A file or folder cannot be read or written.
    #[error("cannot {doing} `{}`", path.display())]
    Io {
        /// What was tried: `read`, `write`, `create`, …
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A table cannot be read or written.
    #[error("table `{table}`")]
    Table {
        /// The table.
        table: String,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A query cannot be run.
    #[error("query `{query}`")]
    Query {
        /// The query file, or what the user typed.
        query: String,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A report template cannot be rendered.
    #[error("report `{report}`")]
    Report {
        /// The report.
        report: String,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something that the program promises does not hold.
    #[error("this is a defect of the program: {0}")]
    Broken(String),
}

/// The result of everything that can go wrong.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Returns what the user can do about it, where that is known.
    pub fn mend(&self) -> Option<&str> {
        match self {
            Error::Usage { mend, .. } | Error::Input { mend, .. } => Some(mend),
            Error::Declarations(_) => Some("mend the files named above; `tellonce check` reads them all again"),
            _ => None,
        }
    }

    /// Returns the exit code: 2 for what was asked, 3 for data and files, 70 for a defect.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Usage { .. } | Error::Declarations(_) => 2,
            Error::Broken(_) => 70,
            _ => 3,
        }
    }

    /// Returns a function that wraps the cause of a failed read or write.
    pub fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.into();
        move |source| Error::Io { doing, path, source }
    }

    /// Returns a function that wraps the cause of a failed table operation.
    pub fn table<E>(table: &str) -> impl FnOnce(E) -> Error
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let table = table.to_owned();
        move |source| Error::Table { table, source: source.into() }
    }

    /// Returns a function that wraps the cause of a failed query.
    pub fn query<E>(query: &str) -> impl FnOnce(E) -> Error
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let query = query.to_owned();
        move |source| Error::Query { query, source: source.into() }
    }
}
