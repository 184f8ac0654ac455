//! Instruments: sets of questions with their answer codes, and what may be computed from one response.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::score::{CutSet, Rule, Score};
use super::text::Text;

/// A set of questions that people answer together, as one file in `measures/instruments/` declares it: `<id>.toml` is the version
/// in use, `<id>@<version>.toml` an earlier one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Name in tables and commands: small letters, digits and hyphens.
    pub id: String,
    /// Version of the wording and the codes. Answers to different versions are added together only where a crosswalk allows it.
    pub version: String,
    /// What a report calls it.
    pub title: Text,
    /// Where the instrument comes from.
    pub source: String,
    /// Under which terms it may be used.
    pub licence: String,
    /// Who grants the licence, where one is needed: the wording is then not in this file, and `measures/licences/` must show
    /// that there is a licence before anything lands or is reported.
    #[serde(default)]
    pub licensed_by: Option<String>,
    /// The area column that its responses are mainly looked at by.
    #[serde(default)]
    pub main_root: Root,
    /// When it may be asked; the first one is taken where a mapping names none.
    pub occasions: Vec<String>,
    /// Occasion to the time after another occasion in which it counts.
    #[serde(default)]
    pub windows: BTreeMap<String, Window>,
    /// Who may answer it (self, carer, proxy): everybody where nobody is named.
    #[serde(default)]
    pub respondents: Vec<String>,
    /// The time that the questions ask about.
    #[serde(default)]
    pub recall: Option<Text>,
    /// Languages in which every text must be there.
    #[serde(default)]
    pub languages: Vec<String>,
    /// What one repeat is, where a person answers the questions several times over, such as once for each goal.
    #[serde(default)]
    pub repeats: Option<Text>,
    /// Numbers that a file may bring beside the answers, such as a predicted score: the column is `x_` and the name.
    #[serde(default)]
    pub covariates: Vec<String>,
    /// Schemes of weights that a file may bring beside the answers, as a survey does: the column is `w_` and the name.
    #[serde(default)]
    pub weights: Vec<String>,
    /// Lists of answer options that several items may share.
    #[serde(default)]
    pub scales: BTreeMap<String, Scale>,
    /// The questions, in the order they are asked.
    pub items: Vec<Item>,
    /// What is computed from the answers of one response.
    #[serde(default)]
    pub scores: Vec<Score>,
    /// Levels that scores are divided into.
    #[serde(default)]
    pub cut_sets: Vec<CutSet>,
    /// What may be compared with earlier versions.
    #[serde(default)]
    pub crosswalks: Vec<Crosswalk>,
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

/// The time after another occasion in which an occasion counts.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The occasion that it is counted from.
    pub after: String,
    /// Months after it.
    #[serde(default)]
    #[schemars(range(min = 0, max = 600))]
    pub months: u16,
    /// Days after it, beside the months.
    #[serde(default)]
    #[schemars(range(min = 0, max = 3650))]
    pub days: u16,
    /// Days by which it may be earlier or later.
    #[schemars(range(min = 0, max = 3650))]
    pub give_or_take_days: u16,
}

/// What may be compared between this version and an earlier one.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Crosswalk {
    /// The earlier version.
    pub version: String,
    /// Items that both versions ask alike: an outcome may count the answers to both.
    #[serde(default)]
    pub may_compare: Vec<String>,
    /// Items whose answers may never be joined into one series.
    #[serde(default)]
    pub never_splice: Vec<String>,
    /// Why.
    pub why: String,
}

/// The answer options of one or more items.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The options, in the order they are shown.
    pub options: Vec<Choice>,
    /// What stands in files where the question was asked and not answered, such as `9`.
    #[serde(default)]
    pub not_answered: Vec<String>,
    /// What stands in files where the question was not asked.
    #[serde(default)]
    pub not_asked: Vec<String>,
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
    /// What the person who answers reads; left out where the wording comes with a licence.
    #[serde(default)]
    pub label: Text,
    /// Other spellings found in files.
    #[serde(default)]
    pub also: Vec<String>,
    /// False for answers such as don't know, which scores treat as not answered.
    #[serde(default = "yes")]
    pub scored: bool,
}

fn yes() -> bool {
    true
}

/// One question.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Name in tables: small letters, digits and underscores; the column is `i_` and this name.
    pub id: String,
    /// How it is answered.
    pub kind: ItemKind,
    /// The question itself; left out where the wording comes with a licence.
    #[serde(default)]
    pub text: Text,
    /// What the question is about, in a few words of ours: needed where there is no `text`.
    #[serde(default)]
    pub title: Text,
    /// Where the wording is quoted from, when it is not our own.
    #[serde(default)]
    pub quoted_from: Option<String>,
    /// Name of the scale in this file, for items with answer options.
    #[serde(default)]
    pub scale: Option<String>,
    /// Smallest and largest number, for scales of numbers and for numbers.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// What can be ticked, or what a checklist holds.
    #[serde(default)]
    pub entries: Vec<Entry>,
    /// What stands in files where the question was asked and not answered, for items without a scale of their own.
    #[serde(default)]
    pub not_answered: Vec<String>,
    /// True where a higher code means the opposite of what it means in the other items: scores turn it round.
    #[serde(default)]
    pub reversed: bool,
    /// What the item is about, as `framework/part`.
    #[serde(default)]
    pub maps_to: Vec<String>,
}

/// Something that can be ticked, or a line of a checklist.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name in tables: the column is `i_`, the item, two underscores and this name.
    pub id: String,
    /// What the person who answers reads.
    #[serde(default)]
    pub label: Text,
}

/// How an item is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// One option out of a scale.
    SingleChoice,
    /// A whole number within `range`, from 0 to 127 at most.
    Scale,
    /// Yes or no.
    YesNo,
    /// As many of the `entries` as apply.
    TickAll,
    /// Each of the `entries` with one option out of a scale.
    Checklist,
    /// A number within `range`.
    Number,
    /// A day.
    Date,
    /// In the person's own words: kept in `comments`, never counted.
    FreeText,
}

/// Code of an item that was asked and not answered.
pub const NOT_ANSWERED: i8 = -1;
/// Code of an item that was not asked.
pub const NOT_ASKED: i8 = -2;
/// Code of an answer that could not be read.
pub const UNREADABLE: i8 = -3;

/// A column of codes: an item, or one entry of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded<'a> {
    /// Name: the column is `i_` and this name.
    pub id: String,
    /// The item.
    pub item: &'a Item,
    /// The entry, for items that have entries.
    pub entry: Option<&'a Entry>,
    /// The options.
    pub choices: Cow<'a, [Choice]>,
    /// Further spellings of not answered.
    pub not_answered: &'a [String],
    /// Further spellings of not asked.
    pub not_asked: &'a [String],
}

/// What a column of responses holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A code (`i_`).
    Code,
    /// A number (`i_`).
    Number,
    /// A day (`i_`).
    Day,
    /// A covariate (`x_`).
    Covariate,
    /// A weight in millionths (`w_`).
    Weight,
}

/// Largest weight that a file may bring: an answer stands for a million at most. Sums of squares are exact to 38 digits, twelve of them
/// decimals. Were all weights this large, there is room for the squared sum over a cluster of ten million answers to a share, or of a
/// hundred thousand scores of 100, and for 10^14 or 10^10 answers that stand by themselves.
pub const LARGEST_WEIGHT: f64 = 1e6;

/// Returns the column in which the weights of a scheme stand that files bring.
pub fn weight_column(scheme: &str) -> String {
    format!("w_{scheme}")
}

fn plain_choice(code: i8, id: &str, also: &[&str]) -> Choice {
    let also = also.iter().map(|&also| also.to_owned()).collect();
    Choice { code, id: id.to_owned(), label: Text::default(), also, scored: true }
}

/// The options of yes and no, with the spellings of check boxes.
fn yes_no() -> Vec<Choice> {
    vec![
        plain_choice(1, "yes", &["y", "true", "t", "checked", "selected", "ticked", "x"]),
        plain_choice(0, "no", &["n", "false", "f", "unchecked", "not selected", "not ticked"]),
    ]
}

impl Item {
    /// Returns the smallest and the largest code of a scale of numbers, where it has such a range.
    pub fn codes(&self) -> Option<(i8, i8)> {
        let [from, to] = self.range?;
        let whole = |number: f64| (number.fract() == 0.0 && (0.0..=127.0).contains(&number)).then_some(number as i8);
        Some((whole(from)?, whole(to)?)).filter(|(from, to)| from < to)
    }

    /// Returns what the item is called where there is little room: its title, else its text.
    pub fn name(&self) -> &Text {
        if self.title.is_empty() { &self.text } else { &self.title }
    }
}

impl Instrument {
    /// Returns the columns of codes, in the order of the items.
    pub fn coded(&self) -> Vec<Coded<'_>> {
        self.items.iter().flat_map(|item| self.coded_of(item)).collect()
    }

    /// Returns the columns of codes of one item.
    pub fn coded_of<'a>(&'a self, item: &'a Item) -> Vec<Coded<'a>> {
        let scale = item.scale.as_ref().and_then(|name| self.scales.get(name));
        let of_scale = || Cow::Borrowed(scale.map_or(&[][..], |scale| &scale.options[..]));
        let one = |choices| Coded {
            id: item.id.clone(),
            item,
            entry: None,
            choices,
            not_answered: scale.map_or(&item.not_answered[..], |scale| &scale.not_answered[..]),
            not_asked: scale.map_or(&[][..], |scale| &scale.not_asked[..]),
        };
        let each = |choices: Cow<'a, [Choice]>| -> Vec<Coded<'a>> {
            let entries = item.entries.iter();
            let entries = entries.map(|entry| Coded {
                id: format!("{}__{}", item.id, entry.id),
                entry: Some(entry),
                ..one(choices.clone())
            });
            entries.collect()
        };
        match item.kind {
            ItemKind::SingleChoice => vec![one(of_scale())],
            ItemKind::YesNo => vec![one(Cow::Owned(yes_no()))],
            ItemKind::Scale => {
                let (from, to) = item.codes().unwrap_or_default();
                let choices = (from..=to).map(|code| plain_choice(code, &code.to_string(), &[]));
                vec![one(Cow::Owned(choices.collect()))]
            }
            ItemKind::TickAll => each(Cow::Owned(yes_no())),
            ItemKind::Checklist => each(of_scale()),
            ItemKind::Number | ItemKind::Date | ItemKind::FreeText => Vec::new(),
        }
    }

    /// Returns an item.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// Returns a score.
    pub fn score(&self, id: &str) -> Option<&Score> {
        self.scores.iter().find(|score| score.id == id)
    }

    /// Returns whether a score takes the repeats of a submission together, so that one response does not say what it is.
    pub fn scores_over_repeats(&self) -> bool {
        self.scores.iter().any(|score| matches!(score.rule, Rule::GoalAttainment { .. }))
    }

    /// Returns a cut set of a score: the named one, or the one in use.
    pub fn cut_set(&self, score: &str, id: Option<&str>) -> Option<&CutSet> {
        let mut of_score = self.cut_sets.iter().filter(|set| set.score == score);
        match id {
            Some(id) => of_score.find(|set| set.id == id),
            None => of_score.find(|set| set.in_use),
        }
    }

    /// Returns the columns that its responses have beside those of every table, by their full names.
    pub fn columns(&self) -> Vec<(String, Holds)> {
        let items = self.items.iter().flat_map(|item| match item.kind {
            ItemKind::Number => vec![(format!("i_{}", item.id), Holds::Number)],
            ItemKind::Date => vec![(format!("i_{}", item.id), Holds::Day)],
            _ => self.coded_of(item).into_iter().map(|coded| (format!("i_{}", coded.id), Holds::Code)).collect(),
        });
        let covariates = self.covariates.iter().map(|name| (format!("x_{name}"), Holds::Covariate));
        let weights = self.weights.iter().map(|scheme| (weight_column(scheme), Holds::Weight));
        items.chain(covariates).chain(weights).collect()
    }
}
