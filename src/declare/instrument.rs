//! Instruments: sets of questions with their answer codes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// A set of questions that people answer together, as one file in `measures/instruments/` declares it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Name in tables and commands: small letters, digits and hyphens.
    pub id: String,
    /// Version of the wording and the codes. Answers to different versions are never added together.
    pub version: String,
    /// What a report calls it.
    pub title: Text,
    /// Where the instrument comes from.
    pub source: String,
    /// Under which terms it may be used.
    pub licence: String,
    /// The area column that its responses are mainly looked at by.
    #[serde(default)]
    pub main_root: Root,
    /// When it may be asked; the first one is taken where a mapping names none.
    pub occasions: Vec<String>,
    /// Lists of answer options that several items may share.
    #[serde(default)]
    pub scales: BTreeMap<String, Scale>,
    /// The questions, in the order they are asked.
    pub items: Vec<Item>,
}

/// A column that says where a response belongs, each the root of its own tree of areas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Root {
    /// The general practice.
    #[default]
    Practice,
    /// The small area (LSOA) where the person lives.
    Home,
    /// The provider, site or team.
    Service,
}

impl Root {
    /// Every root, in the order in which tables list them.
    pub const ALL: [Root; 3] = [Root::Practice, Root::Home, Root::Service];

    /// Returns the name of the root, which is also its column in `responses`.
    pub fn column(self) -> &'static str {
        match self {
            Root::Practice => "practice",
            Root::Home => "home",
            Root::Service => "service",
        }
    }
}

/// The answer options of one or more items.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The options, in the order they are shown.
    pub options: Vec<Choice>,
}

/// One answer option.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Code that is stored: 0 to 127. Codes below zero are reserved.
    #[schemars(range(min = 0, max = 127))]
    pub code: i8,
    /// Name by which outcomes and mappings call the option.
    pub id: String,
    /// What the person who answers reads.
    pub label: Text,
    /// Other spellings found in files.
    #[serde(default)]
    pub also: Vec<String>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Name in tables: small letters, digits and underscores; the column is `i_` and this name.
    pub id: String,
    /// How it is answered.
    pub kind: ItemKind,
    /// The question itself.
    pub text: Text,
    /// Where the wording is quoted from, when it is not our own.
    #[serde(default)]
    pub quoted_from: Option<String>,
    /// Name of the scale in this file, for items with answer options.
    #[serde(default)]
    pub scale: Option<String>,
    /// What the item is about, as `framework/part`.
    #[serde(default)]
    pub maps_to: Vec<String>,
}

/// How an item is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// One option out of a scale.
    SingleChoice,
    /// In the person's own words: kept in `comments`, never counted.
    FreeText,
}

/// Code of an item that was asked and not answered.
pub const NOT_ANSWERED: i8 = -1;
/// Code of an item that was not asked.
pub const NOT_ASKED: i8 = -2;
/// Code of an answer that could not be read.
pub const UNREADABLE: i8 = -3;

impl Instrument {
    /// Returns the items that are counted, each with its options.
    pub fn choices(&self) -> impl Iterator<Item = (&Item, &[Choice])> {
        self.items.iter().filter(|item| item.kind == ItemKind::SingleChoice).map(|item| {
            let scale = item.scale.as_ref().and_then(|name| self.scales.get(name));
            (item, scale.map_or(&[][..], |scale| &scale.options[..]))
        })
    }
}
