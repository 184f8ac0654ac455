//! Evidence that a licensed instrument may be used, and the wording that comes with the licence.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::instrument::Instrument;
use super::text::Text;

/// A file in `measures/licences/`, named like its instrument.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// The instrument.
    pub instrument: String,
    /// Who holds the licence.
    pub holder: String,
    /// Number or date of the licence, or the terms under which none is needed.
    pub reference: String,
    /// What it allows: where and for what the instrument is used.
    pub settings: Vec<String>,
    /// Last day on which it holds, as `2027-03-31`; left out where it does not end.
    #[serde(default)]
    pub expires: Option<String>,
    /// The wording that the licence allows to show.
    #[serde(default)]
    pub wording: Wording,
}

/// Texts that an instrument of ours does not hold.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Item to its question.
    #[serde(default)]
    pub items: BTreeMap<String, Text>,
    /// Scale to option to what the person who answers reads.
    #[serde(default)]
    pub options: BTreeMap<String, BTreeMap<String, Text>>,
    /// Item to entry to what the person who answers reads.
    #[serde(default)]
    pub entries: BTreeMap<String, BTreeMap<String, Text>>,
}

/// Days after its last day in which a licence only brings a warning: our own rule, long enough to renew one.
pub const GRACE: u64 = 30;

/// Whether a licensed instrument may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may, or needs no licence.
    Given,
    /// It may, and a person should know this.
    Warned(String),
    /// It may not: what is wrong, and how to mend it.
    Refused(String, String),
}

impl Instrument {
    /// Returns whether the instrument may be used on `today` with this evidence.
    pub fn permission(&self, licence: Option<&Licence>, today: NaiveDate) -> Permission {
        let Some(by) = &self.licensed_by else { return Permission::Given };
        let id = &self.id;
        let Some(licence) = licence else {
            return Permission::Refused(
                format!("`{id}` needs a licence of {by}, and there is no evidence of one"),
                format!(
                    "write measures/licences/{id}.toml with `instrument`, `holder`, `reference`, `settings` and `expires` \
                     (`tellonce new licence {id}` begins it)"
                ),
            );
        };
        // `check` has seen to it that a day that is written here is one.
        let Some(last) = licence.expires.as_ref().and_then(|day| day.parse::<NaiveDate>().ok()) else {
            return Permission::Given;
        };
        if today <= last {
            return Permission::Given;
        }
        let refused_after = last.checked_add_days(Days::new(GRACE)).unwrap_or(last);
        if today <= refused_after {
            return Permission::Warned(format!(
                "the licence of `{id}` ended on {last}; it is refused after {refused_after}"
            ));
        }
        Permission::Refused(
            format!("the licence of `{id}` ended on {last}"),
            format!("renew it with {by} and write the new last day into measures/licences/{id}.toml"),
        )
    }

    /// Fills in the wording that comes with a licence.
    pub(super) fn word(&mut self, wording: &Wording) {
        for item in &mut self.items {
            if let Some(text) = wording.items.get(&item.id) {
                item.text = text.clone();
            }
            for entry in &mut item.entries {
                if let Some(text) = wording.entries.get(&item.id).and_then(|of| of.get(&entry.id)) {
                    entry.label = text.clone();
                }
            }
        }
        for (name, scale) in &mut self.scales {
            for option in &mut scale.options {
                if let Some(text) = wording.options.get(name).and_then(|of| of.get(&option.id)) {
                    option.label = text.clone();
                }
            }
        }
    }
}
