//! The settings of a workspace.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// The file `tellonce.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What reports call the care system.
    pub name: Text,
    /// Where the tables are: a folder, taken from the workspace, or a URL.
    #[serde(default = "store")]
    pub store: String,
    /// Time zone of the dates in files without an offset.
    #[serde(default = "time_zone")]
    pub time_zone: String,
    /// Language of reports, as a BCP 47 tag.
    #[serde(default = "language")]
    pub language: String,
    /// Disclosure policy that everything goes through.
    #[serde(default = "policy")]
    pub policy: String,
    /// Made by `tellonce init` and never changed: the identities of responses depend on it. It is not the pseudonym key.
    #[schemars(length(min = 64, max = 64))]
    pub salt: String,
    /// File with the pseudonym key, taken from the workspace; the environment variable `TELLONCE_KEY` goes before it.
    #[serde(default)]
    pub key_file: Option<String>,
}

fn store() -> String {
    "store".into()
}

fn time_zone() -> String {
    "Europe/London".into()
}

fn language() -> String {
    "en".into()
}

fn policy() -> String {
    "survey".into()
}
