//! The texts that an analyst may edit: `measures/`, `queries/` and `reports/`.
//!
//! The program carries all three folders inside it. A file at the same path in the workspace wins, so that nobody needs a
//! compiler to change a measure, a query or a report.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

// Three folders rather than one with globs: the embedding then never walks `target/` or `.git`.
#[derive(RustEmbed)]
#[folder = "measures/"]
#[prefix = "measures/"]
#[allow_missing = true]
struct Measures;

#[derive(RustEmbed)]
#[folder = "queries/"]
#[prefix = "queries/"]
#[allow_missing = true]
struct Queries;

#[derive(RustEmbed)]
#[folder = "reports/"]
#[prefix = "reports/"]
#[allow_missing = true]
struct Reports;

/// The files of the program, with those of a workspace in front of them.
#[derive(Clone, Debug, Default)]
pub struct Files {
    workspace: Option<PathBuf>,
}

impl Files {
    /// Returns the files that the program carries.
    pub fn embedded() -> Self {
        Self { workspace: None }
    }

    /// Returns the files that the program carries, with those in `folder` in front of them.
    pub fn with_workspace(folder: impl Into<PathBuf>) -> Self {
        Self { workspace: Some(folder.into()) }
    }

    /// Returns the paths of the files directly in `folder` whose names end in `.ext`, sorted.
    ///
    /// A path looks like `measures/outcomes/x.toml`. Hidden files and folders in the workspace are passed over; links are
    /// followed, and one that leads nowhere is an error, because somebody meant it to change something.
    pub fn list(&self, folder: &str, ext: &str) -> io::Result<Vec<String>> {
        let folder = folder.trim_end_matches('/');
        checked(folder)?;
        let mut found: BTreeSet<String> = Measures::iter()
            .chain(Queries::iter())
            .chain(Reports::iter())
            .filter(|path| path.rsplit_once('/').is_some_and(|(parent, name)| parent == folder && wanted(name, ext)))
            .map(Cow::into_owned)
            .collect();
        if let Some(workspace) = &self.workspace {
            let names = names_in(workspace, folder, ext)?;
            found.extend(names.into_iter().map(|name| format!("{folder}/{name}")));
        }
        Ok(found.into_iter().collect())
    }

    /// Returns the text of a file, or nothing where there is no such file.
    pub fn read(&self, path: &str) -> io::Result<Option<String>> {
        Ok(self.open(path)?.map(|(text, _)| text))
    }

    /// Returns the SHA-256 of a file in hexadecimal, or nothing where there is no such file.
    pub fn hash(&self, path: &str) -> io::Result<Option<String>> {
        Ok(self.bytes(path)?.map(|bytes| sha256(&bytes)))
    }

    /// Returns the text of a file and the SHA-256 of the very same bytes.
    pub(crate) fn open(&self, path: &str) -> io::Result<Option<(String, String)>> {
        let Some(bytes) = self.bytes(path)? else {
            return Ok(None);
        };
        let hash = sha256(&bytes);
        let text = String::from_utf8(bytes.into_owned())
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, format!("`{path}` is not UTF-8 text")))?;
        // Some Windows editors put a byte order mark first, which no parser of ours expects.
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Ok(Some((text, hash)))
    }

    fn bytes(&self, path: &str) -> io::Result<Option<Cow<'static, [u8]>>> {
        checked(path)?;
        if let Some(workspace) = &self.workspace {
            match fs::read(workspace.join(path)) {
                Ok(bytes) => return Ok(Some(Cow::Owned(bytes))),
                Err(err) if err.kind() == ErrorKind::NotFound => {}
                Err(err) => return Err(about(path, &err)),
            }
        }
        let file = Measures::get(path).or_else(|| Queries::get(path)).or_else(|| Reports::get(path));
        Ok(file.map(|file| file.data))
    }
}

/// Refuses a path that could lead out of the workspace.
fn checked(path: &str) -> io::Result<()> {
    let plain = |part: Component| matches!(part, Component::Normal(_));
    if path.is_empty() || path.contains('\\') || !Path::new(path).components().all(plain) {
        let text = format!("`{path}` is not a path below the workspace");
        return Err(io::Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(())
}

fn names_in(workspace: &Path, folder: &str, ext: &str) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(workspace.join(folder)) {
        Ok(entries) => entries,
        Err(err) if err.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(err) => return Err(about(folder, &err)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|err| about(folder, &err))?;
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        if !wanted(&shown, ext) {
            continue;
        }
        // Follows links, unlike `entry.metadata()`.
        let kind = fs::metadata(entry.path());
        let kind = kind.map_err(|err| about(&format!("{folder}/{shown}"), &err))?;
        if kind.is_file() {
            let name = name.into_string().map_err(|name| {
                let text = format!("the file name {name:?} in `{folder}` is not UTF-8 text");
                io::Error::new(ErrorKind::InvalidData, text)
            })?;
            names.push(name);
        }
    }
    Ok(names)
}

/// Hidden files are left out: editors keep locks and copies under such names.
fn wanted(name: &str, ext: &str) -> bool {
    !name.starts_with('.') && name.rsplit_once('.').is_some_and(|(_, end)| end == ext)
}

fn about(path: &str, err: &io::Error) -> io::Error {
    io::Error::new(err.kind(), format!("`{path}`: {err}"))
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
