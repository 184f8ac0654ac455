//! The declarations: what is asked, what is measured, by which groups and areas, and what may be shown.
//!
//! An analyst writes them in TOML below `measures/`. They are read whole and checked against each other before anything
//! runs, and every mistake is reported at once, with its file, its line and what would mend it.

use std::collections::BTreeMap;

pub mod among;
pub mod area;
mod check;
pub mod contract;
pub mod counted;
pub mod framework;
pub mod group;
pub mod instrument;
pub mod licence;
pub mod life;
mod lines;
mod load;
mod made_of;
pub mod mapping;
pub mod mistake;
pub mod outcome;
pub mod policy;
pub mod priority;
mod read;
pub mod register;
pub mod returns;
pub mod schema;
pub mod score;
mod shape;
pub mod text;
pub mod workspace;

use crate::files::Files;

pub use self::among::{Among, Through, Within};
pub use self::area::{AreaFile, EVERYTHING, Level};
pub use self::contract::{
    Cohort, Comparator, Contract, Days, Least, MoneyUnit, OutcomePayment, Rounding, SavingShare, millionths, pence,
};
pub use self::counted::{Answer, CLASSES, Figure, Subset};
pub use self::framework::{Framework, FrameworkPart};
pub use self::group::{Band, Fact, Group, GroupFile, LISTED, NOT_STATED, Ordered, Pair, TIMES};
pub use self::instrument::{
    Choice, Coded, Crosswalk, Entry, Holds, Instrument, Item, ItemKind, LARGEST_WEIGHT, NOT_ANSWERED, NOT_ASKED, Root,
    Scale, UNREADABLE, Window, weight_column,
};
pub use self::licence::{Licence, Permission, Wording};
pub use self::life::{IN_LIFE_TABLE, LifeExpectancy};
use self::load::Loaded;
pub use self::mapping::{Cell, Comment, Date, DateOrder, How, Identity, Mapping, Part, Person, Place};
pub use self::mistake::{Mistake, Mistakes, did_you_mean};
pub use self::outcome::{
    BaselineBand, Change, Direction, Only, Outcome, OutcomeFile, PairBy, Reference, Threshold, ThresholdKind, Undated,
    Unit,
};
pub use self::policy::Policy;
pub use self::priority::{Priorities, Priority};
use self::read::Source;
pub use self::register::{Output, Shown, System, SystemFile};
pub use self::returns::Return;
pub use self::schema::schemas;
pub use self::score::{Category, CutLevel, CutSet, Gives, Rule, Score, ValueSet};
pub use self::text::Text;
pub use self::workspace::Settings;

/// Ways of answering, as the column `mode` holds them.
pub const MODES: [&str; 7] = ["app", "web", "sms", "paper", "phone", "face-to-face", "assisted"];

/// Who answered, as the column `respondent` holds it.
pub const RESPONDENTS: [&str; 3] = ["self", "carer", "proxy"];

/// Everything below `measures/`, read and found to fit together.
#[derive(Clone, Debug, PartialEq)]
pub struct Declarations {
    /// Sets of questions in the version in use, by id.
    pub instruments: BTreeMap<String, Instrument>,
    /// Earlier versions of them.
    pub earlier: Vec<Instrument>,
    /// What is measured, in the order of file names, and within a file as it stands there.
    pub outcomes: Vec<Outcome>,
    /// Facts about people, and the groups made from them.
    pub groups: GroupFile,
    /// Levels of areas.
    pub areas: AreaFile,
    /// Rules about what may be shown, by id.
    pub policies: BTreeMap<String, Policy>,
    /// Returns of counts, by id.
    pub returns: BTreeMap<String, Return>,
    /// Values of health states, by id.
    pub value_sets: BTreeMap<String, ValueSet>,
    /// Evidence of licences, by instrument.
    pub licences: BTreeMap<String, Licence>,
    /// Outcome-based contracts, by id.
    pub contracts: BTreeMap<String, Contract>,
    /// The register of systems, in its order.
    pub systems: Vec<System>,
    /// Frameworks that questions are about, by id.
    pub frameworks: BTreeMap<String, Framework>,
    /// What comes first in the reports of areas, in the order of file names.
    pub priorities: Vec<Priorities>,
    /// SQL expressions of scores, by instrument, dot, score.
    pub sql_scores: BTreeMap<String, String>,
    /// SHA-256 of every file that was read, by path.
    pub hashes: BTreeMap<String, String>,
}

impl Declarations {
    /// Reads and checks everything below `measures/`.
    pub fn load(files: &Files) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let loaded = Loaded::read(files, &mut mistakes);
        check::all(&loaded, &mut mistakes);
        Mistakes::refuse(mistakes)?;
        Ok(loaded.declarations())
    }

    /// Returns an instrument.
    pub fn instrument(&self, id: &str) -> Option<&Instrument> {
        self.instruments.get(id)
    }

    /// Returns the versions of an instrument, the one in use first.
    pub fn versions(&self, id: &str) -> Vec<&Instrument> {
        let earlier = self.earlier.iter().filter(|instrument| instrument.id == id);
        self.instruments.get(id).into_iter().chain(earlier).collect()
    }

    /// Returns a version of an instrument: the one in use where none is named.
    pub fn version(&self, id: &str, version: Option<&str>) -> Option<&Instrument> {
        match version {
            Some(version) => self.versions(id).into_iter().find(|instrument| instrument.version == version),
            None => self.instruments.get(id),
        }
    }

    /// Returns the columns that the responses to an instrument have beside those of every table: of all its versions.
    pub fn columns(&self, id: &str) -> Vec<(String, Holds)> {
        let mut columns: Vec<(String, Holds)> = Vec::new();
        for column in self.versions(id).into_iter().flat_map(Instrument::columns) {
            if !columns.iter().any(|known| known.0 == column.0) {
                columns.push(column);
            }
        }
        columns
    }

    /// Returns the schemes of weights that files bring for the responses to any version of an instrument.
    pub fn weights(&self, id: &str) -> Vec<&str> {
        let mut schemes: Vec<&str> = Vec::new();
        for scheme in self.versions(id).into_iter().flat_map(|version| &version.weights) {
            if !schemes.contains(&scheme.as_str()) {
                schemes.push(scheme);
            }
        }
        schemes
    }

    /// Returns whether an instrument may be used on `today`.
    pub fn permission(&self, id: &str, today: chrono::NaiveDate) -> Permission {
        let refused = |instrument: &Instrument| instrument.permission(self.licences.get(id), today);
        self.instruments.get(id).map_or(Permission::Given, refused)
    }

    /// Returns a group.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.groups.iter().find(|group| group.id == id)
    }

    /// Returns the pairs of groups that an outcome is shown by, each with its two groups in the order of their names.
    pub fn pairs_of(&self, outcome: &Outcome) -> impl Iterator<Item = (&Pair, [&Group; 2])> {
        let shown = |pair: &&Pair| pair.of.iter().all(|id| outcome.by.contains(id));
        let pairs: Vec<&Pair> = self.groups.pairs.iter().filter(shown).collect();
        pairs.into_iter().filter_map(|pair| {
            let [first, second] = pair.in_order().map(|id| self.group(id));
            Some((pair, [first?, second?]))
        })
    }

    /// Returns a fact.
    pub fn fact(&self, id: &str) -> Option<&Fact> {
        self.groups.facts.iter().find(|fact| fact.id() == id)
    }

    /// Returns the outcomes of an instrument, in the order in which a report shows them.
    pub fn outcomes_of(&self, instrument: &str) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().filter(move |outcome| outcome.instrument == instrument)
    }
}

/// Reads and checks the settings of a workspace.
pub fn settings(file_name: &str, text: &str, declarations: &Declarations) -> Result<Settings, Mistakes> {
    checked(file_name, text, |source, wrong| check::settings::check(source, declarations, wrong))
}

/// Reads and checks a mapping; `default_instrument` is meant where the file names none.
pub fn mapping(
    file_name: &str,
    text: &str,
    declarations: &Declarations,
    default_instrument: Option<&str>,
) -> Result<Mapping, Mistakes> {
    checked(file_name, text, |source, wrong| {
        check::mapping::check(source, declarations, default_instrument, wrong);
    })
}

/// Reads a contract as the pack of an evaluation holds it, and checks what it tells by itself.
pub fn contract_alone(file_name: &str, text: &str) -> Result<Contract, Mistakes> {
    checked(file_name, text, |source, wrong| check::contracts::alone(&source.top(), &source.value, wrong))
}

fn checked<T: serde::de::DeserializeOwned + schemars::JsonSchema>(
    file_name: &str,
    text: &str,
    check: impl FnOnce(&Source<T>, &mut Vec<Mistake>),
) -> Result<T, Mistakes> {
    let mut mistakes = Vec::new();
    let source = Source::read(file_name, text, &mut mistakes);
    if let Some(source) = &source {
        check(source, &mut mistakes);
    }
    Mistakes::refuse(mistakes)?;
    source.map(|source| source.value).ok_or_else(|| {
        // Not reached: a file that gives nothing has left a mistake behind.
        Mistakes::one(load::unread(file_name, "it cannot be read"))
    })
}
