//! The register of systems: what the sources ask for by name, and what here measures and shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// The file `measures/systems.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemFile {
    /// The systems, in the order in which the page of every measure shows them.
    pub systems: Vec<System>,
}

/// One way of measuring that the sources name, such as personal goals.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// Its number: letters and digits, such as `S7`.
    pub id: String,
    /// What a report calls it.
    pub title: Text,
    /// What it is, in a sentence.
    pub what: Text,
    /// Who asks for it, or where it comes from.
    pub source: String,
    /// The instruments that ask it.
    #[serde(default)]
    pub instruments: Vec<String>,
    /// The outcomes that measure it; an outcome may belong to several systems.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// The frameworks that it is about, where it has no instrument of its own.
    #[serde(default)]
    pub frameworks: Vec<String>,
    /// What shows it.
    #[serde(default)]
    pub report: Vec<Shown>,
    /// Outputs that it asks for, where it has no instrument of its own.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// The page that explains it, from the folder of the documents.
    pub page: String,
}

/// What shows a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Shown {
    /// The board report.
    Board,
    /// The page of every measure.
    Annex,
    /// What a contract pays.
    Contract,
    /// The counts that a body collects every month.
    Return,
}

impl Shown {
    /// Returns it as files spell it.
    pub fn word(self) -> &'static str {
        match self {
            Shown::Board => "board",
            Shown::Annex => "annex",
            Shown::Contract => "contract",
            Shown::Return => "return",
        }
    }
}

/// Something that is handed on.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// Name: small letters, digits and hyphens.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// The command that makes it; left out where nothing makes it yet.
    #[serde(default)]
    pub command: Option<String>,
}
