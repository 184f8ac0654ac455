//! Reading all files below `measures/`, whatever is wrong with some of them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::files::Files;

use super::Declarations;
use super::area::AreaFile;
use super::group::GroupFile;
use super::instrument::Instrument;
use super::mistake::Mistake;
use super::outcome::OutcomeFile;
use super::policy::Policy;
use super::read::Source;

/// What could be read.
#[derive(Debug)]
pub(super) struct Loaded {
    pub instruments: Vec<Source<Instrument>>,
    pub outcomes: Vec<Source<OutcomeFile>>,
    pub groups: Option<Source<GroupFile>>,
    pub areas: Option<Source<AreaFile>>,
    pub policies: Vec<Source<Policy>>,
    /// Paths of the files that could not be read: what refers into them is left unchecked, or one slip would be told often.
    unread: BTreeSet<String>,
    hashes: BTreeMap<String, String>,
}

impl Loaded {
    pub fn read(files: &Files, mistakes: &mut Vec<Mistake>) -> Self {
        let hashes = BTreeMap::new();
        let unread = BTreeSet::new();
        let mut reader = Reader { files, mistakes, unread, hashes };
        Self {
            instruments: reader.folder("measures/instruments"),
            outcomes: reader.folder("measures/outcomes"),
            groups: reader.file("measures/groups.toml"),
            areas: reader.file("measures/areas.toml"),
            policies: reader.folder("measures/policies"),
            unread: reader.unread,
            hashes: reader.hashes,
        }
    }

    /// Returns the declarations. To be called when nothing is wrong: of two with one id, one would be lost.
    pub fn declarations(self) -> Declarations {
        let instruments = self.instruments.into_iter().map(|source| source.value);
        let outcomes = self.outcomes.into_iter().flat_map(|source| source.value.outcomes);
        let nothing = || GroupFile { facts: Vec::new(), groups: Vec::new() };
        let policies = self.policies.into_iter().map(|source| source.value);
        Declarations {
            instruments: instruments.map(|instrument| (instrument.id.clone(), instrument)).collect(),
            outcomes: outcomes.collect(),
            groups: self.groups.map_or_else(nothing, |source| source.value),
            areas: self.areas.map_or(AreaFile { levels: Vec::new() }, |source| source.value),
            policies: policies.map(|policy| (policy.id.clone(), policy)).collect(),
            hashes: self.hashes,
        }
    }

    /// Returns whether an instrument has a file that could not be read.
    pub fn is_unread(&self, instrument: &str) -> bool {
        self.unread.contains(&format!("measures/instruments/{instrument}.toml"))
    }

    /// Returns whether there may be outcomes that nobody could read.
    pub fn misses_outcomes(&self) -> bool {
        self.unread.iter().any(|path| path.starts_with("measures/outcomes/"))
    }
}

struct Reader<'a> {
    files: &'a Files,
    mistakes: &'a mut Vec<Mistake>,
    unread: BTreeSet<String>,
    hashes: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn folder<T: DeserializeOwned + JsonSchema>(&mut self, folder: &str) -> Vec<Source<T>> {
        match self.files.list(folder, "toml") {
            Ok(paths) => paths.iter().filter_map(|path| self.file(path)).collect(),
            Err(err) => {
                self.mistakes.push(unread(folder, &format!("cannot be read: {err}")));
                Vec::new()
            }
        }
    }

    fn file<T: DeserializeOwned + JsonSchema>(&mut self, path: &str) -> Option<Source<T>> {
        let source = match self.files.open(path) {
            Ok(Some((text, hash))) => {
                self.hashes.insert(path.to_owned(), hash);
                Source::read(path, &text, self.mistakes)
            }
            Ok(None) => {
                self.mistakes.push(unread(path, "this file is missing"));
                None
            }
            Err(err) => {
                self.mistakes.push(unread(path, &format!("cannot be read: {err}")));
                None
            }
        };
        if source.is_none() {
            self.unread.insert(path.to_owned());
        }
        source
    }
}

/// Returns the mistake of a file that cannot be opened.
pub(super) fn unread(path: &str, why: &str) -> Mistake {
    Mistake { file: path.to_owned(), line: None, key: String::new(), what: why.to_owned(), mend: String::new() }
}
