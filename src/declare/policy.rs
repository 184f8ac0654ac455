//! Disclosure policies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// A rule about what may be shown, as one file in `measures/policies/` declares it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Name in `tellonce.toml`.
    pub id: String,
    /// What a report calls it.
    pub title: Text,
    /// What it does, in words, printed in every report.
    pub note: Text,
    /// A figure whose denominator is smaller is hidden; 0 hides nothing.
    pub minimum_n: i64,
    /// True for data that is published already: nothing is hidden, and every page says so.
    #[serde(default)]
    pub already_published: bool,
    /// True where counts go to the body that collects them: for returns, never for reports.
    #[serde(default)]
    pub for_submission: bool,
    /// Where the rule comes from.
    pub source: String,
}
