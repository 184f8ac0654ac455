//! Outcomes: what is measured, as a share of answers, as the mean of a score, or as a change of a score.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::among::{Among, Through};
use super::instrument::Instrument;
use super::life::LifeExpectancy;
use super::text::Text;

/// A file in `measures/outcomes/`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomeFile {
    /// The outcomes, in the order in which a report shows them.
    pub outcomes: Vec<Outcome>,
}

/// What is measured: a share of the answers to an item or of the levels of a score, the mean of a score, or its change.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// Name in tables and commands: small letters, digits and hyphens.
    pub id: String,
    /// Version of the definition; figures of two versions are never compared.
    pub version: String,
    /// Short heading.
    pub title: Text,
    /// Ends the sentence "In 7 in 10 answers, people said …"; says what the number is where it is no share.
    pub statement: Text,
    /// The instrument that asks it.
    pub instrument: String,
    /// Earlier versions of the instrument whose answers are counted too, as far as a crosswalk allows.
    #[serde(default)]
    pub with_versions: Vec<String>,
    /// The item in that instrument, as it is counted: for an entry, the item, two underscores and the entry.
    #[serde(default)]
    pub item: Option<String>,
    /// The score in that instrument, where it is not an item.
    #[serde(default)]
    pub score: Option<String>,
    /// The cut set that divides the score into levels: the outcome is then a share of levels.
    #[serde(default)]
    pub cut_set: Option<String>,
    /// Other cut sets of the score, to show what they would say; `counts` and `out_of` must be levels of them too.
    #[serde(default)]
    pub other_cut_sets: Vec<String>,
    /// Set where the outcome is a change between two occasions.
    #[serde(default)]
    pub change: Option<Change>,
    /// Options, levels or categories that count towards the numerator; of a change: `better`, `same`, `worse`.
    #[serde(default)]
    pub counts: Vec<String>,
    /// Options, levels or categories that make up the denominator.
    #[serde(default)]
    pub out_of: Vec<String>,
    /// The denominator in words.
    pub out_of_words: Text,
    /// Which way is better for people.
    pub direction: Direction,
    /// What is counted.
    #[serde(default)]
    pub unit: Unit,
    /// Only these responses count.
    #[serde(default)]
    pub only: Only,
    /// Only responses count that meet all of these conditions.
    #[serde(default)]
    pub among: Vec<Among>,
    /// True where a mean is a rate, of which 0 is none: the bands of its ordered groups are then set against the first one, as ratios.
    #[serde(default)]
    pub rate: bool,
    /// A figure from fewer answers is too unsure to be given.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000000))]
    pub minimum_n: Option<u32>,
    /// Value that the system aims for: a share between 0 and 1, or a score.
    #[serde(default)]
    pub target: Option<f64>,
    /// Value to compare with, such as a national one.
    #[serde(default)]
    pub reference: Option<Reference>,
    /// The outcome that this one is shown beside, as its second figure.
    #[serde(default)]
    pub second_to: Option<String>,
    /// Groups of `groups.toml` that it is shown by.
    #[serde(default)]
    pub by: Vec<String>,
    /// What areas are adjusted for before they are compared: groups of `groups.toml` and covariates of the instrument.
    #[serde(default)]
    pub adjust_for: Vec<String>,
    /// What tells how much need there is in an area, for the slope of support over need: another outcome, whose worse end is the greater need,
    /// or an ordered group, by the people on the lists.
    #[serde(default)]
    pub need: Option<String>,
    /// Set where who counts is in good health: with the life table of the workspace, years of life in good health follow from it.
    #[serde(default)]
    pub life_expectancy: Option<LifeExpectancy>,
    /// Published definition that it follows.
    pub source: String,
    /// What a reader must know before using the figure.
    #[serde(default)]
    pub note: Option<Text>,
    /// Whether other responses say which ones count, or which group one is in: known once all declarations are read.
    #[serde(skip)]
    pub is_linked: bool,
}

/// Which responses an outcome counts; everything where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// Values of `pathway`.
    #[serde(default)]
    pub pathway: Vec<String>,
    /// Values of `respondent` (self, carer, proxy).
    #[serde(default)]
    pub respondent: Vec<String>,
}

impl Outcome {
    /// Returns what one of its n is, as the column `unit` holds it. Where an instrument is answered once for each goal, a person has several
    /// pairs.
    pub fn unit_word(&self, instrument: &Instrument) -> &'static str {
        match self.change.as_ref().map(|change| change.pair_by) {
            Some(_) if instrument.repeats.is_some() => "pair",
            Some(PairBy::Person) => "person",
            Some(PairBy::Episode | PairBy::PersonAndEpisode) => "episode",
            None => match self.unit {
                Unit::Answer => "answer",
                Unit::Person => "person",
            },
        }
    }
}

impl Outcome {
    /// Returns whether every response counts.
    pub fn is_everybody(&self) -> bool {
        self.only.is_everything() && self.among.is_empty()
    }

    /// Returns whether it is counted under its own name, beside what is counted of every response.
    pub fn is_counted_apart(&self) -> bool {
        self.is_linked || !self.is_everybody()
    }

    /// Returns the conditions that other responses decide.
    pub fn among_others(&self) -> impl Iterator<Item = &Among> {
        self.among.iter().filter(|among| among.by != Through::Response)
    }

    /// Returns the name of its case-mix model, as the column `adjustment` holds it; none where nothing is adjusted for.
    pub fn adjustment(&self) -> Option<String> {
        let mut names: Vec<&str> = self.adjust_for.iter().map(String::as_str).collect();
        names.sort_unstable();
        (!names.is_empty()).then(|| names.join("+"))
    }
}

impl Only {
    /// Returns whether every response counts.
    pub fn is_everything(&self) -> bool {
        self.pathway.is_empty() && self.respondent.is_empty()
    }
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The value.
    pub value: f64,
    /// Where it comes from.
    pub source: String,
}

/// A change between two occasions: before and after of one person or one episode.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The occasion before, or `first`: the first response of all occasions.
    pub from: String,
    /// The occasion after, or `latest`: the latest response of all occasions.
    pub to: String,
    /// What before and after have in common.
    pub pair_by: PairBy,
    /// What becomes of a pair whose time apart is not known, where the instrument declares a window.
    #[serde(default)]
    pub undated: Undated,
    /// What counts as a change; the first one makes better, same and worse, the others are shown beside it.
    pub thresholds: Vec<Threshold>,
    /// Bands of the score before, by which the change is shown too.
    #[serde(default)]
    pub baseline_bands: Vec<BaselineBand>,
    /// Covariate with the score that a case-mix model predicts for the occasion after: only pairs that have it count.
    #[serde(default)]
    pub predicted: Option<String>,
    /// Cut set whose levels before and after are set against each other.
    #[serde(default)]
    pub transitions: Option<String>,
    /// Profile score whose states before and after are classed as better, worse or mixed.
    #[serde(default)]
    pub profile: Option<String>,
    /// Items that are each shown by themselves as better, same or worse by whole points; there is no score then.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Scores that are looked at together: `better` is who is better on every one of them, by the threshold; there is no score then.
    #[serde(default)]
    pub better_on: Vec<String>,
    /// Scores beside `better_on`: who is better on one of these too is not counted as `better`.
    #[serde(default)]
    pub not_better_on: Vec<String>,
    /// True where people were chosen because their score before was low: part of the change is then regression to the mean.
    #[serde(default)]
    pub chosen_for_low_baseline: bool,
}

impl Change {
    /// Returns the scores that are looked at together, those of `better_on` first.
    pub fn together(&self) -> impl Iterator<Item = &String> {
        self.better_on.iter().chain(&self.not_better_on)
    }

    /// Returns whether one person, or one episode, may have several pairs that count towards one figure, as of goals.
    pub fn has_several(&self, instrument: &Instrument) -> bool {
        instrument.repeats.is_some() && self.domains.is_empty()
    }
}

/// What before and after have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PairBy {
    /// The same person.
    Person,
    /// The same episode of care.
    Episode,
    /// The same person in the same episode of care.
    PersonAndEpisode,
}

impl PairBy {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            PairBy::Person => "person",
            PairBy::Episode => "episode of care",
            PairBy::PersonAndEpisode => "person and episode of care",
        }
    }
}

/// What becomes of a pair whose time apart is not known to the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Undated {
    /// It is left out, and counted as such.
    #[default]
    LeaveOut,
    /// It is a pair.
    Pair,
}

/// What counts as a change.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Name in tables: small letters, digits and hyphens.
    pub id: String,
    /// Whose threshold it is.
    pub kind: ThresholdKind,
    /// The smallest difference that counts; not for `any`, and of `reliable` only where the publication gives it instead of `sd` and `reliability`.
    #[serde(default)]
    pub least: Option<f64>,
    /// Standard deviation of the score, for `reliable`.
    #[serde(default)]
    pub sd: Option<f64>,
    /// Reliability of the score between 0 and 1, for `reliable`.
    #[serde(default)]
    pub reliability: Option<f64>,
    /// Publication that it comes from.
    pub source: String,
}

/// Whose threshold it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ThresholdKind {
    /// Any difference at all.
    Any,
    /// Minimal important change of a group's mean.
    Group,
    /// Minimal important change of one person.
    Individual,
    /// Reliable change: more than measurement error explains, 1.96 sd √2 √(1 − reliability) (Jacobson and Truax 1991).
    Reliable,
}

impl Threshold {
    /// Returns the smallest difference that counts; none for any difference at all.
    pub fn least(&self) -> Option<f64> {
        match self.kind {
            ThresholdKind::Any => None,
            ThresholdKind::Group | ThresholdKind::Individual => self.least,
            ThresholdKind::Reliable if self.least.is_some() => self.least,
            ThresholdKind::Reliable => {
                let (sd, reliability) = (self.sd?, self.reliability?);
                Some(RELIABLE * sd * std::f64::consts::SQRT_2 * (1.0 - reliability).sqrt())
            }
        }
    }
}

/// Standard errors of a difference that a reliable change exceeds: Jacobson and Truax, J Consult Clin Psychol 1991;59:12-19.
const RELIABLE: f64 = 1.96;

/// A band of the score before. Both bounds belong to it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineBand {
    /// Name in tables.
    pub id: String,
    /// What a report calls it.
    pub label: Text,
    /// Lowest score in it.
    pub from: f64,
    /// Highest score in it.
    pub to: f64,
}

/// Which way is better for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// A higher share is better.
    Higher,
    /// A lower share is better.
    Lower,
}

impl Direction {
    /// Returns it as a word.
    pub fn word(self) -> &'static str {
        match self {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
        }
    }

    /// Returns the word that the SQL function `xmr` takes: the direction of an improvement.
    pub fn improvement(self) -> &'static str {
        match self {
            Direction::Higher => "increase",
            Direction::Lower => "decrease",
        }
    }
}

/// What an outcome counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Every answer.
    #[default]
    Answer,
    /// Each person's latest answer in the period: answers of nobody known are left out, and months are counted apart.
    Person,
}
