//! Outcome-based contracts: what is paid for which improvement, beside whom it is judged, and the most that is paid.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::text::Text;

/// What two parties agreed to pay for outcomes: a file in `measures/contracts/`.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Name of the file: small letters, digits and hyphens.
    pub id: String,
    /// Version of the agreement; figures of two versions are never compared.
    pub version: String,
    /// What a reader calls it.
    pub title: Text,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub provider: String,
    /// The agreement that it follows: its name, date and where it is kept.
    pub source: String,
    /// Most that is paid of all parts together, in pounds, such as `"60000.00"`.
    pub cap: String,
    /// What becomes of parts of a penny.
    pub rounding: Rounding,
    /// Fewest people of a cohort whose before and after are known: with fewer, a part is not paid.
    #[schemars(range(min = 1, max = 1000000))]
    pub minimum_people: u32,
    /// Whose outcomes are paid for.
    pub treated: Cohort,
    /// Beside whom they are judged: the first one decides what is paid, the others show what they would say.
    pub comparators: Vec<Comparator>,
    /// Parts that pay for each person who improved.
    #[serde(default)]
    pub outcome_payments: Vec<OutcomePayment>,
    /// Parts that pay a share of what was saved beside the comparator.
    #[serde(default)]
    pub saving_shares: Vec<SavingShare>,
}

/// What becomes of parts of a penny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// They are not paid.
    Down,
    /// The nearest penny is paid; half a penny is a whole one.
    Nearest,
}

/// Which people belong to a cohort: those with a response that has one of the pathways and is of one of the areas.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cohort {
    /// Values of `pathway`; any where none is named.
    #[serde(default)]
    pub pathway: Vec<String>,
    /// Codes of practices, or of areas that hold practices; any where none is named.
    #[serde(default)]
    pub areas: Vec<String>,
}

/// A cohort beside which the treated are judged.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Comparator {
    /// Name in figures: small letters, digits and hyphens.
    pub id: String,
    /// Values of `pathway`; any where none is named.
    #[serde(default)]
    pub pathway: Vec<String>,
    /// Codes of practices, or of areas that hold practices; any where none is named.
    #[serde(default)]
    pub areas: Vec<String>,
}

impl Comparator {
    /// Returns who belongs to it.
    pub fn cohort(&self) -> Cohort {
        Cohort { pathway: self.pathway.clone(), areas: self.areas.clone() }
    }
}

/// A first and a last day, both of them inside.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// First day, such as `"2026-04-01"`.
    pub first: String,
    /// Last day.
    pub last: String,
}

impl Days {
    /// Returns the two days; none where a text is no day.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        Some((day(&self.first)?, day(&self.last)?))
    }
}

/// Returns a day that is written `2026-04-01`.
pub fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|day| day.to_string() == text)
}

/// A part of a contract that pays for each person whose score got better by a threshold.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutcomePayment {
    /// Name in figures: small letters, digits and hyphens.
    pub id: String,
    /// The instrument.
    pub instrument: String,
    /// The score of it.
    pub score: String,
    /// The occasion before: a person's first answer.
    pub from: String,
    /// The occasion after: a person's first answer within the window.
    pub to: String,
    /// Least change that is paid for.
    pub threshold: Least,
    /// Other least changes, to show what they would pay; half, three quarters, one and a quarter and one and a half where it is left out.
    #[serde(default)]
    pub other_thresholds: Vec<f64>,
    /// What is paid for each person who improved, in pounds, such as `"150.00"`.
    pub tariff: String,
    /// Most that is paid of this part, in pounds: without it, nobody could say what the contract may cost.
    pub cap: String,
    /// The days on which an answer after counts.
    pub window: Days,
}

/// A least change and where it comes from.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Least {
    /// The least change, in points of the score.
    pub least: f64,
    /// Why it matters to people, and who says so.
    pub source: String,
}

/// A part of a contract that pays a share of what the treated cost less than the comparator would lead one to expect.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavingShare {
    /// Name in figures: small letters, digits and hyphens.
    pub id: String,
    /// The instrument whose records are costs by person.
    pub instrument: String,
    /// The item of it that is the cost: a number.
    pub item: String,
    /// What the cost is counted in.
    pub unit: MoneyUnit,
    /// The days of the costs before.
    pub before: Days,
    /// The days of the costs after.
    pub after: Days,
    /// Share of the saving that is paid, between 0 and 1, such as `"0.5"`.
    pub share: String,
    /// Most that is paid of this part, in pounds: without it, nobody could say what the contract may cost.
    pub cap: String,
}

/// What a cost is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyUnit {
    /// Pounds, with pence as decimals.
    Pounds,
    /// Pence.
    Pence,
}

/// Returns the pence of an amount in pounds, such as `"150"` or `"150.50"`; none where the text is no such amount, or one of more than ten
/// billion pounds.
pub fn pence(text: &str) -> Option<i64> {
    let decimals = decimal(text, 2)?;
    (decimals <= 1_000_000_000_000).then_some(decimals)
}

/// Millionths of a share, such as `"0.5"`; none where the text is no decimal number of at most six decimals.
pub fn millionths(text: &str) -> Option<i64> {
    decimal(text, 6)
}

/// A decimal number without a sign as a whole number of its last decimal.
fn decimal(text: &str, decimals: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > decimals {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

impl Contract {
    /// Returns the cohort and id of every comparator, the one that decides first.
    pub fn cohorts(&self) -> Vec<(&str, Cohort)> {
        self.comparators.iter().map(|comparator| (comparator.id.as_str(), comparator.cohort())).collect()
    }

    /// Returns the first and the last day of all its windows; none where a text is no day.
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let outcomes = self.outcome_payments.iter().map(|part| part.window.days());
        let savings = self.saving_shares.iter().map(|part| part.after.days());
        let all: Vec<(NaiveDate, NaiveDate)> = outcomes.chain(savings).collect::<Option<_>>()?;
        Some((all.iter().map(|days| days.0).min()?, all.iter().map(|days| days.1).max()?))
    }

    /// Returns the instruments that it reads, each once.
    pub fn instruments(&self) -> Vec<&str> {
        let outcomes = self.outcome_payments.iter().map(|part| part.instrument.as_str());
        let mut all: Vec<&str> =
            outcomes.chain(self.saving_shares.iter().map(|part| part.instrument.as_str())).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{millionths, pence};

    #[test]
    fn amounts_are_whole_pence() {
        for (text, expected) in [("150", 15_000), ("150.5", 15_050), ("0.07", 7), ("1000000.00", 100_000_000)] {
            assert_eq!(pence(text), Some(expected), "{text}");
        }
        for text in
            ["", ".5", "1.", "1.005", "-1", "1e3", "£5", "1,000", " 1", "99999999999999999999", "10000000000.01"]
        {
            assert_eq!(pence(text), None, "{text}");
        }
        assert_eq!(millionths("0.125"), Some(125_000));
        assert_eq!(millionths("1"), Some(1_000_000));
    }
}
