//! Reading all files below `measures/`, whatever is wrong with some of them.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::files::Files;

use super::Declarations;
use super::area::AreaFile;
use super::check;
use super::contract::Contract;
use super::framework::Framework;
use super::group::{Group, GroupFile};
use super::instrument::Instrument;
use super::licence::Licence;
use super::mistake::Mistake;
use super::outcome::{Outcome, OutcomeFile};
use super::policy::Policy;
use super::priority::Priorities;
use super::read::Source;
use super::register::SystemFile;
use super::returns::Return;
use super::score::{Rule, Score, ValueSet};

/// Where the SQL files of scores are.
pub(super) const SCORES: &str = "queries/scores";

/// What could be read.
#[derive(Debug)]
pub(super) struct Loaded {
    pub instruments: Vec<Source<Instrument>>,
    pub outcomes: Vec<Source<OutcomeFile>>,
    pub groups: Option<Source<GroupFile>>,
    pub areas: Option<Source<AreaFile>>,
    pub policies: Vec<Source<Policy>>,
    pub value_sets: Vec<Source<ValueSet>>,
    pub licences: Vec<Source<Licence>>,
    pub contracts: Vec<Source<Contract>>,
    pub returns: Vec<Source<Return>>,
    pub systems: Option<Source<SystemFile>>,
    pub frameworks: Vec<Source<Framework>>,
    pub priorities: Vec<Source<Priorities>>,
    /// The SQL files of scores, by their names: instrument, dot, score.
    pub sql_scores: BTreeMap<String, String>,
    /// Paths of the files that could not be read: what refers into them is left unchecked, or one slip would be told often.
    unread: BTreeSet<String>,
    hashes: BTreeMap<String, String>,
}

impl Loaded {
    pub fn read(files: &Files, mistakes: &mut Vec<Mistake>) -> Self {
        let hashes = BTreeMap::new();
        let unread = BTreeSet::new();
        let mut reader = Reader { files, mistakes, unread, hashes };
        let mut loaded = Self {
            instruments: reader.folder("measures/instruments"),
            outcomes: reader.folder("measures/outcomes"),
            groups: reader.file("measures/groups.toml"),
            areas: reader.file("measures/areas.toml"),
            policies: reader.folder("measures/policies"),
            value_sets: reader.folder("measures/value-sets"),
            licences: reader.folder("measures/licences"),
            contracts: reader.folder("measures/contracts"),
            returns: reader.folder("measures/returns"),
            systems: reader.file("measures/systems.toml"),
            frameworks: reader.folder("measures/frameworks"),
            priorities: reader.folder("measures/priorities"),
            sql_scores: reader.sql(SCORES),
            unread: reader.unread,
            hashes: reader.hashes,
        };
        check::as_written(&loaded, mistakes);
        loaded.complete();
        loaded
    }

    /// Gives every instrument the scores of its value sets, and the wording of its licence.
    fn complete(&mut self) {
        for set in &self.value_sets {
            let set = &set.value;
            let of = |instrument: &&mut Source<Instrument>| {
                instrument.value.id == set.instrument && instrument.value.version == set.instrument_version
            };
            let Some(instrument) = self.instruments.iter_mut().find(of) else { continue };
            // Another score of that name is a mistake that the checks report.
            if instrument.value.score(&set.score).is_none() {
                instrument.value.scores.push(Score {
                    id: set.score.clone(),
                    title: set.title.clone(),
                    better: super::Direction::Higher,
                    range: set.range(),
                    decimals: set.decimals,
                    source: set.source.clone(),
                    rule: Rule::ValueSet { set: set.id.clone() },
                });
            }
        }
        for group in self.groups.iter_mut().flat_map(|source| &mut source.value.groups) {
            let of = |source: &&Source<Instrument>| {
                Some(&source.value.id) == group.instrument.as_ref() && !source.stem().contains('@')
            };
            if let Some(source) = self.instruments.iter().find(of) {
                group.with_levels(&source.value);
            }
        }
        for licence in &self.licences {
            for instrument in &mut self.instruments {
                if instrument.value.id == licence.value.instrument {
                    instrument.value.word(&licence.value.wording);
                }
            }
        }
    }

    /// Returns the declarations. To be called when nothing is wrong: of two with one id, one would be lost.
    pub fn declarations(self) -> Declarations {
        let (current, earlier): (Vec<_>, Vec<_>) =
            self.instruments.into_iter().partition(|source| source.stem() == source.value.id);
        let mut outcomes: Vec<Outcome> = self.outcomes.into_iter().flat_map(|source| source.value.outcomes).collect();
        let nothing = || GroupFile { facts: Vec::new(), groups: Vec::new(), pairs: Vec::new() };
        let policies = self.policies.into_iter().map(|source| source.value);
        let value_sets = self.value_sets.into_iter().map(|source| source.value);
        let licences = self.licences.into_iter().map(|source| source.value);
        let returns = self.returns.into_iter().map(|source| source.value);
        let instruments: BTreeMap<String, Instrument> =
            current.into_iter().map(|source| (source.value.id.clone(), source.value)).collect();
        let mut groups = self.groups.map_or_else(nothing, |source| source.value);
        for group in &mut groups.groups {
            if let Some(instrument) = group.instrument.as_ref().and_then(|id| instruments.get(id)) {
                group.with_codes(instrument);
            }
        }
        for outcome in &mut outcomes {
            let of_others = |group: &&Group| outcome.by.contains(&group.id) && group.is_of_others(&outcome.instrument);
            let is_linked =
                outcome.among_others().next().is_some() || groups.groups.iter().any(|group| of_others(&group));
            outcome.is_linked = is_linked;
        }
        let contracts = self.contracts.into_iter().map(|source| source.value);
        let frameworks = self.frameworks.into_iter().map(|source| source.value);
        Declarations {
            instruments,
            earlier: earlier.into_iter().map(|source| source.value).collect(),
            outcomes,
            groups,
            areas: self.areas.map_or(AreaFile { levels: Vec::new() }, |source| source.value),
            policies: policies.map(|policy| (policy.id.clone(), policy)).collect(),
            value_sets: value_sets.map(|set| (set.id.clone(), set)).collect(),
            licences: licences.map(|licence| (licence.instrument.clone(), licence)).collect(),
            contracts: contracts.map(|contract| (contract.id.clone(), contract)).collect(),
            returns: returns.map(|declared| (declared.id.clone(), declared)).collect(),
            systems: self.systems.map_or_else(Vec::new, |source| source.value.systems),
            frameworks: frameworks.map(|framework| (framework.id.clone(), framework)).collect(),
            priorities: self.priorities.into_iter().map(|source| source.value).collect(),
            sql_scores: self.sql_scores,
            hashes: self.hashes,
        }
    }

    /// Returns the version of an instrument that is in use.
    pub fn current(&self, instrument: &str) -> Option<&Source<Instrument>> {
        self.instruments.iter().find(|source| source.value.id == instrument && !source.stem().contains('@'))
    }

    /// Returns the files of an instrument's versions.
    pub fn versions(&self, instrument: &str) -> impl Iterator<Item = &Source<Instrument>> {
        self.instruments.iter().filter(move |source| source.value.id == instrument)
    }

    /// Returns the ids of the instruments of which a version is in use.
    pub fn instrument_ids(&self) -> impl Iterator<Item = &str> {
        let current = self.instruments.iter().filter(|source| !source.stem().contains('@'));
        current.map(|source| source.value.id.as_str())
    }

    /// Returns whether an instrument has a file that could not be read: the one of the version in use.
    pub fn is_unread(&self, instrument: &str) -> bool {
        self.unread.contains(&format!("measures/instruments/{instrument}.toml"))
    }

    /// Returns whether there may be a version of an instrument that nobody could read.
    pub fn misses_versions(&self, instrument: &str) -> bool {
        let earlier = format!("measures/instruments/{instrument}@");
        self.is_unread(instrument) || self.unread.iter().any(|path| path.starts_with(&earlier))
    }

    /// Returns whether there may be frameworks that nobody could read.
    pub fn misses_frameworks(&self) -> bool {
        self.unread.iter().any(|path| path.starts_with("measures/frameworks/"))
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

    /// Reads the SQL files in a folder, by name without ending.
    fn sql(&mut self, folder: &str) -> BTreeMap<String, String> {
        let mut texts = BTreeMap::new();
        let mut wrong = |path: &str, err| self.mistakes.push(unread(path, &format!("cannot be read: {err}")));
        for path in self.files.list(folder, "sql").unwrap_or_else(|err| {
            wrong(folder, err);
            Vec::new()
        }) {
            match self.files.open(&path) {
                Ok(Some((text, hash))) => {
                    let name = path.rsplit_once('/').map_or(&*path, |(_, name)| name).trim_end_matches(".sql");
                    texts.insert(name.to_owned(), text);
                    self.hashes.insert(path, hash);
                }
                Ok(None) => {}
                Err(err) => wrong(&path, err),
            }
        }
        texts
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
