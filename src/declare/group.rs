//! Facts about people, and the groups that figures are shown by.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::among::{Through, Within};
use super::instrument::Instrument;
use super::text::Text;

/// The file `measures/groups.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    /// What may be landed about a person, raw and coarse.
    pub facts: Vec<Fact>,
    /// Equity dimensions computed from the facts and from `mode`, `language`, `pathway` and `respondent`, and groups by what was answered.
    pub groups: Vec<Group>,
    /// Groups that are looked at two at a time.
    #[serde(default)]
    pub pairs: Vec<Pair>,
}

/// Two groups that are looked at together: how people fare who are in a band of the one and in a band of the other. Every outcome that is
/// shown by both has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// The two groups, in any order.
    pub of: [String; 2],
}

/// What stands between the names of groups that are counted together, and between those of their bands.
pub const TIMES: &str = " × ";

impl Pair {
    /// Returns the names of the two groups in the order of the alphabet, which is theirs in tables.
    pub fn in_order(&self) -> [&str; 2] {
        let [first, second] = &self.of;
        if second < first { [second, first] } else { [first, second] }
    }

    /// Returns its name in tables.
    pub fn id(&self) -> String {
        self.in_order().join(TIMES)
    }
}

/// Columns of `areas/population.csv`, each with the fact whose bands it holds.
pub const LISTED: [(&str, &str); 4] =
    [("age", "f_age"), ("sex", "f_sex"), ("deprivation", "f_imd_decile"), ("ethnicity", "f_ethnicity")];

impl GroupFile {
    /// Returns the groups that the responses to every instrument have.
    pub fn shared(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| group.instrument.is_none())
    }

    /// Returns the groups that the responses to one version of an instrument have by themselves.
    pub fn of(&self, version: &Instrument) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(move |group| group.is_in(version))
    }

    /// Returns the groups whose bands the lists of people know, one for each column, in the order of their names.
    pub fn listed(&self) -> Vec<&Group> {
        let of = |fact: &str| self.groups.iter().find(|group| group.column == fact);
        let mut listed: Vec<&Group> = LISTED.iter().filter_map(|(_, fact)| of(fact)).collect();
        listed.sort_by(|one, two| one.id.cmp(&two.id));
        listed
    }
}

/// Something about the person, landed as the column `f_` and its name. Never a date of birth.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, tag = "kind", rename_all = "kebab-case")]
pub enum Fact {
    /// A whole number, such as age in years.
    WholeNumber {
        /// Name: the column is `f_` and this name.
        id: String,
        /// Smallest number that is believed.
        minimum: i16,
        /// Largest number that is believed.
        maximum: i16,
    },
    /// A code from a list; spellings are matched without regard to case.
    Code {
        /// Name: the column is `f_` and this name.
        id: String,
        /// Each code that is stored, with the other spellings found in files.
        values: BTreeMap<String, Vec<String>>,
    },
}

impl Fact {
    /// Returns the name of the fact.
    pub fn id(&self) -> &str {
        match self {
            Fact::WholeNumber { id, .. } | Fact::Code { id, .. } => id,
        }
    }
}

/// A way to divide the people who answered.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Name in tables and in the `by` of outcomes.
    pub id: String,
    /// What a report calls it.
    pub title: Text,
    /// The column of `responses` that it is read from: a fact (`f_age`), `mode`, `language`, `pathway` or `respondent`; of one instrument an
    /// item (`i_confidence`).
    #[serde(default)]
    pub column: String,
    /// The instrument whose answers it is made of; none where the responses to every instrument have it.
    #[serde(default)]
    pub instrument: Option<String>,
    /// The score of that instrument, where it is not an item.
    #[serde(default)]
    pub score: Option<String>,
    /// The cut set that divides the score into levels.
    #[serde(default)]
    pub cut_set: Option<String>,
    /// Set where outcomes of other instruments are shown by it too: what their responses have in common with those that hold it.
    #[serde(default)]
    pub by: Option<Through>,
    /// How far apart the two responses may be; however far where it is left out.
    #[serde(default)]
    pub within: Option<Within>,
    /// Set where the order of the bands means something: the slope across them is computed in this order.
    #[serde(default)]
    pub ordered: Option<Ordered>,
    /// Which two bands the simple gap compares: first against last where it is not set.
    #[serde(default)]
    pub gap: Option<[String; 2]>,
    /// Another group: the gap is only told where people of the same bands of it answered in both of the two bands. Without that, people who
    /// chose an app and people who chose paper would be compared, and not the app with paper.
    #[serde(default)]
    pub overlap: Option<String>,
    /// The groups, in the order in which they are shown; where they are the levels of a cut set, all of those where none is named.
    #[serde(default)]
    pub bands: Vec<Band>,
    /// What the people without a value are called; they are always a group of their own.
    pub not_stated: Text,
}

impl Group {
    /// Returns the item that it is made of.
    pub fn item(&self) -> Option<&str> {
        self.instrument.as_ref()?;
        self.column.strip_prefix("i_")
    }

    /// Returns the column of an instrument's responses, with their scores, that it is read from, and what each code means.
    pub fn code_column(&self, version: &Instrument) -> Option<(String, Vec<super::Answer>)> {
        version.code_column(self.item(), self.score.as_deref(), self.cut_set.as_deref())
    }

    /// Returns whether the responses to one version of an instrument have it by themselves.
    pub fn is_in(&self, version: &Instrument) -> bool {
        match &self.instrument {
            None => true,
            Some(instrument) => *instrument == version.id && self.code_column(version).is_some(),
        }
    }

    /// Returns whether an outcome of `instrument` has it by other responses only.
    pub fn is_of_others(&self, instrument: &str) -> bool {
        self.instrument.as_ref().is_some_and(|of| of != instrument)
    }

    /// Takes the bands from the levels of its cut set where it names none.
    pub(super) fn with_levels(&mut self, version: &Instrument) {
        let needs_levels = self.bands.is_empty() && self.cut_set.is_some() && self.column.is_empty();
        if let (true, Some((_, levels))) = (needs_levels, self.code_column(version)) {
            let band = |level: super::Answer| Band {
                id: level.id.clone(),
                label: level.label,
                from: None,
                to: None,
                values: vec![level.id],
                codes: Vec::new(),
            };
            self.bands = levels.into_iter().map(band).collect();
        }
    }

    /// Finds the column and the codes of an instrument's answers that it is made of.
    pub(super) fn with_codes(&mut self, version: &Instrument) {
        let Some((column, answers)) = self.code_column(version) else { return };
        for band in &mut self.bands {
            let meant = answers.iter().filter(|answer| band.values.contains(&answer.id));
            band.codes = meant.map(|answer| answer.code).collect();
        }
        self.column = column;
    }

    /// Returns the two bands that the simple gap compares; none where there is no band.
    pub fn ends(&self) -> Option<[&str; 2]> {
        match &self.gap {
            Some([first, second]) => Some([first, second]),
            None => {
                self.bands.first().zip(self.bands.last()).map(|(first, last)| [first.id.as_str(), last.id.as_str()])
            }
        }
    }
}

/// What the order of bands means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ordered {
    /// The first band is the most disadvantaged one.
    MostDisadvantagedFirst,
}

/// One group of people.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Name in tables.
    pub id: String,
    /// What a report calls it.
    pub label: Text,
    /// Smallest number in the band, for whole numbers.
    #[serde(default)]
    pub from: Option<i16>,
    /// Largest number in the band, for whole numbers.
    #[serde(default)]
    pub to: Option<i16>,
    /// Codes in the band, for codes.
    #[serde(default)]
    pub values: Vec<String>,
    /// What the values are stored as, where they are options or levels: known once all declarations are read.
    #[serde(skip)]
    pub codes: Vec<i8>,
}

/// Name of the group of people without a value.
pub const NOT_STATED: &str = "not-stated";
