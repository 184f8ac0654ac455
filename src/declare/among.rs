//! Which answer of which response: what an outcome counts only some responses by, and what groups are made of besides facts about people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::counted::Answer;
use super::instrument::Instrument;
use super::score::Gives;

/// A condition: only responses that meet it count.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Among {
    /// The instrument that the answer was given to: the outcome's own where it is left out.
    #[serde(default)]
    pub instrument: Option<String>,
    /// The item: for an entry, the item, two underscores and the entry.
    #[serde(default)]
    pub item: Option<String>,
    /// The score, where it is not an item.
    #[serde(default)]
    pub score: Option<String>,
    /// The cut set that divides the score into levels.
    #[serde(default)]
    pub cut_set: Option<String>,
    /// Options or levels: the answer is one of them.
    pub is: Vec<String>,
    /// Which response the answer stands in.
    #[serde(default)]
    pub by: Through,
    /// How far apart the two responses may be; however far where it is left out.
    #[serde(default)]
    pub within: Option<Within>,
}

/// Which response an answer stands in, seen from the response that is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// The same response.
    #[default]
    Response,
    /// The response to another instrument in the same submission.
    Submission,
    /// The latest response of the same person to another instrument.
    Person,
}

impl Through {
    /// Returns it in words.
    pub fn words(self) -> &'static str {
        match self {
            Through::Response => "the same response",
            Through::Submission => "the same submission",
            Through::Person => "the latest response of the same person",
        }
    }
}

/// How far two responses of one person may be apart. Both must be known to the day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// Most days by which the other response may be earlier.
    #[serde(default)]
    pub days_before: u16,
    /// Most days by which the other response may be later.
    #[serde(default)]
    pub days_after: u16,
}

impl Instrument {
    /// Returns the column of responses with their scores that holds the codes of an item, of a score or of its levels, and what each code
    /// means; none where there is no such column in this version.
    pub fn code_column(
        &self,
        item: Option<&str>,
        score: Option<&str>,
        cut_set: Option<&str>,
    ) -> Option<(String, Vec<Answer>)> {
        if let Some(item) = item {
            let coded = self.coded().into_iter().find(|coded| coded.id == item)?;
            let answer = |choice: super::Choice| Answer { code: choice.code, id: choice.id, label: choice.label };
            return Some((format!("i_{item}"), coded.choices.into_owned().into_iter().map(answer).collect()));
        }
        let score = self.score(score?)?;
        let answers = |codes: Vec<(i8, String, super::Text)>| -> Vec<Answer> {
            codes.into_iter().map(|(code, id, label)| Answer { code, id, label }).collect()
        };
        match (cut_set, score.gives()) {
            (Some(set), _) => {
                let set = self.cut_set(&score.id, Some(set))?;
                Some((set.column(), answers(set.codes())))
            }
            (None, Gives::Codes(codes)) => Some((score.column(), answers(codes))),
            (None, Gives::Number | Gives::Profile) => None,
        }
    }
}

impl Among {
    /// Returns the column that holds the answer in responses to `instrument`, and the codes that meet the condition.
    pub fn column(&self, instrument: &Instrument) -> Option<(String, Vec<i8>)> {
        let names = [&self.item, &self.score, &self.cut_set].map(|name| name.as_deref());
        let [item, score, cut_set] = names;
        let (column, answers) = instrument.code_column(item, score, cut_set)?;
        let meant = answers.iter().filter(|answer| self.is.contains(&answer.id));
        Some((column, meant.map(|answer| answer.code).collect()))
    }
}
