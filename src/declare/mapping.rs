//! Mappings: how the rows of a file become responses.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the rows of one kind of file become responses.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name of the system that made the file; the same id in two systems is two responses.
    pub source_system: String,
    /// Character between cells: a comma where it is not set.
    #[serde(default = "comma")]
    pub delimiter: char,
    /// How a response is known again.
    #[serde(default)]
    pub identity: Identity,
    /// Who the person is; without it, or without a key, responses land without a person.
    #[serde(default)]
    pub person: Option<Person>,
    /// When it was answered.
    #[serde(default)]
    pub date: Option<Date>,
    /// Where it belongs.
    #[serde(default, rename = "where")]
    pub place: Place,
    /// How it was answered.
    #[serde(default)]
    pub how: How,
    /// Facts about the person: name of the fact in `groups.toml` to column.
    #[serde(default)]
    pub facts: BTreeMap<String, Cell>,
    /// The responses that one row, or the rows of one key, give: one for each instrument and occasion.
    pub responses: Vec<Part>,
}

fn comma() -> char {
    ','
}

/// How a response is known again when a later file brings it once more.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Columns that together are the source's own id of a response. Without any, the whole row is the id, so a row that is
    /// filled in later becomes a second response: name key columns for such files.
    #[serde(default)]
    pub columns: Vec<String>,
    /// True where several rows belong to one response, such as one row a comment.
    #[serde(default)]
    pub several_rows: bool,
    /// Columns in which the rows of one response must hold the same.
    #[serde(default)]
    pub must_agree: Vec<String>,
    /// True where each source record is one episode of care: the responses out of it are those of one episode.
    #[serde(default)]
    pub is_episode: bool,
    /// True where the id names a person (an NHS number, say): it is then made a pseudonym first and needs the key.
    #[serde(default)]
    pub is_person: bool,
}

/// The column that identifies a person.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Column with the identifier.
    pub column: String,
    /// `nhs-number`, whose check digit is verified, or a name of your own for a local number. Equal numbers of two schemes are two people.
    pub scheme: String,
    /// True where a row without a readable identifier is quarantined.
    #[serde(default)]
    pub required: bool,
}

/// The column that says when.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Date {
    /// Column with the date, or date and time.
    pub column: String,
    /// In which order its parts stand.
    pub order: DateOrder,
    /// Column whose values divide the file: where any date of a part can be read only in another order, dates of that part
    /// with two readings are uncertain.
    #[serde(default)]
    pub scope: Option<String>,
    /// True where a row without a readable date is quarantined.
    #[serde(default)]
    pub required: bool,
}

/// The order in which the parts of a date stand, or how coarse it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// 31/12/2026, with or without a time.
    DayMonthYear,
    /// 12/31/2026, with or without a time.
    MonthDayYear,
    /// 2026-12-31, with or without a time and an offset.
    YearMonthDay,
    /// 2026-12 or 12/2026.
    Month,
    /// 2026-Q4 (calendar quarter).
    Quarter,
    /// 2026/27 (April to March).
    FinancialYear,
}

/// Where a response belongs.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Code of the general practice.
    #[serde(default)]
    pub practice: Option<Cell>,
    /// Code of the small area (LSOA) where the person lives.
    #[serde(default)]
    pub home: Option<Cell>,
    /// Code or name of the provider, site or team.
    #[serde(default)]
    pub service: Option<Cell>,
}

/// How a response was given.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct How {
    /// app, web, sms, paper, phone, face-to-face or assisted.
    #[serde(default)]
    pub mode: Option<Cell>,
    /// Language of the questions, as a BCP 47 tag.
    #[serde(default)]
    pub language: Option<Cell>,
    /// self, carer or proxy.
    #[serde(default)]
    pub respondent: Option<Cell>,
    /// The path of care.
    #[serde(default)]
    pub pathway: Option<Cell>,
    /// Number of the episode of care: landed as a pseudonym that needs no key.
    #[serde(default)]
    pub episode: Option<Cell>,
}

/// Where a value is found: in a column, or the same for every row.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Column of the file.
    #[serde(default)]
    pub column: Option<String>,
    /// The same value for every row.
    #[serde(default)]
    pub always: Option<String>,
    /// What stands in the file, and what it means. `not-answered` and `not-asked` may be meant for items.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// What an empty cell means.
    #[serde(default)]
    pub blank: Option<String>,
    /// Character between several answers in one cell, for items of which several may be ticked.
    #[serde(default)]
    pub split: Option<char>,
}

/// One response out of a row: an instrument on an occasion.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The instrument; `--instrument` sets it where the file does not.
    #[serde(default)]
    pub instrument: Option<String>,
    /// Version of the instrument: the one in use where it is not set.
    #[serde(default)]
    pub version: Option<String>,
    /// The occasion: the instrument's first one where it is not set.
    #[serde(default)]
    pub occasion: Option<String>,
    /// Number of the repeat, for instruments that are answered several times over, such as once for each goal.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1000))]
    pub repeat: Option<i32>,
    /// Column with the number of the repeat, where each repeat is a row of its own.
    #[serde(default)]
    pub repeat_column: Option<String>,
    /// When this response was given, where one row holds responses of several days.
    #[serde(default)]
    pub date: Option<Date>,
    /// Name of the item to its cell; of an entry, the item, two underscores and the entry. Free texts go to `comments`.
    #[serde(default)]
    pub items: BTreeMap<String, Cell>,
    /// Name of the covariate to its cell.
    #[serde(default)]
    pub covariates: BTreeMap<String, Cell>,
    /// Name of the scheme of weights to the cell with the weight of this response; one without a weight is outside the scheme.
    #[serde(default)]
    pub weights: BTreeMap<String, Cell>,
    /// Name of the free-text item to its column.
    #[serde(default)]
    pub comments: BTreeMap<String, Comment>,
}

/// A column with people's own words.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comment {
    /// Column with the text.
    pub column: String,
    /// Column that says whether the text may be published, with `yes`, `true` or `1` for yes.
    #[serde(default)]
    pub consent: Option<String>,
}
