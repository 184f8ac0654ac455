//! From single people to the figures of a contract.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use super::figures::{self, Figure, LEVEL};
use super::rows::Person;
use super::{COUNTED, TREATED, saving, share};
use crate::declare::{Contract, pence};
use crate::error::{Error, Result};
use crate::stats::Interval;
use crate::stats::difference::Sample;
use crate::stats::mean::t_interval;
use crate::stats::moments::Moments;

/// What stands behind the name of a comparator whose largest practice is left out.
pub const WITHOUT_LARGEST: &str = " without its largest practice";

/// An amount to be paid, with its limits, in pence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payable {
    /// What is paid.
    pub value: i64,
    /// Its limits; none where they cannot be told.
    pub limits: Option<[i64; 2]>,
}

impl Payable {
    /// Nothing, for certain.
    pub const NOTHING: Self = Payable { value: 0, limits: Some([0, 0]) };

    /// Returns the amount held at a cap.
    #[must_use]
    pub fn capped(self, cap: i64) -> Self {
        Payable { value: self.value.min(cap), limits: self.limits.map(|limits| limits.map(|pence| pence.min(cap))) }
    }

    /// Returns the limits as numbers.
    pub fn interval(self) -> Option<Interval> {
        self.limits.map(|[lower, upper]| Interval { lower: lower as f64, upper: upper as f64 })
    }
}

/// A part of a contract that was evaluated.
pub struct Part {
    /// Its figures.
    pub figures: Vec<Figure>,
    /// What it pays, its cap applied.
    pub payable: Payable,
    /// Fewest people behind it.
    pub n: i64,
}

/// The changes of one cohort in one part: after less before, in the order of people's numbers.
pub struct Changes {
    /// The cohort.
    pub cohort: String,
    /// Each change with the number of the person's practice.
    pub of: Vec<(i64, u32)>,
}

impl Changes {
    /// People.
    pub fn n(&self) -> i64 {
        i64::try_from(self.of.len()).unwrap_or(i64::MAX)
    }

    /// Their sum.
    pub fn sum(&self) -> i128 {
        self.of.iter().map(|(change, _)| i128::from(*change)).sum()
    }

    /// Their number, mean and standard deviation, a change of `unit` being 1; none under two people.
    pub fn sample(&self, unit: f64) -> Option<Sample> {
        let moments: Moments = self.of.iter().map(|(change, _)| *change as f64 / unit).collect();
        Some(Sample { n: moments.n as f64, mean: moments.mean, sd: moments.sd()? })
    }

    /// The mean change, as a figure of `part`.
    pub fn mean(&self, part: &str, unit: f64) -> Option<Figure> {
        let Sample { n, mean, sd } = self.sample(unit)?;
        let figure = Figure::new(part, "change", self.n()).of(&self.cohort);
        Some(figure.valued(mean, t_interval(n, mean, sd, LEVEL), "mean change of a person, t interval"))
    }

    /// The same people without those of the practice that most of them are of; none where no practice is known or nobody else is left.
    pub fn without_largest(&self) -> Option<Self> {
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        for (_, place) in self.of.iter().filter(|(_, place)| *place > 0) {
            *sizes.entry(*place).or_default() += 1;
        }
        let (largest, _) = sizes.iter().max_by_key(|(place, n)| (**n, std::cmp::Reverse(**place)))?;
        let rest: Vec<_> = self.of.iter().copied().filter(|(_, place)| place != largest).collect();
        (!rest.is_empty()).then(|| Changes { cohort: format!("{}{WITHOUT_LARGEST}", self.cohort), of: rest })
    }
}

/// Returns the rows of `results` of a contract, from the people in its parts. `lower_is_better` names the parts whose score is better when it is
/// lower.
///
/// # Errors
/// A person who counts has no score or cost, or an amount is no amount: the contract was not checked.
pub fn evaluate(contract: &Contract, lower_is_better: &[String], people: &[Person]) -> Result<RecordBatch> {
    let mut people: Vec<&Person> = people.iter().collect();
    people.sort();
    let mut figures = Vec::new();
    let mut parts = Vec::new();
    for part in &contract.outcome_payments {
        let cohorts = cohorts(contract, &part.id, &people, &mut figures)?;
        let turned = lower_is_better.contains(&part.id);
        parts.push(share::part(contract, part, cohorts, turned)?);
    }
    for part in &contract.saving_shares {
        let cohorts = cohorts(contract, &part.id, &people, &mut figures)?;
        parts.push(saving::part(contract, part, &cohorts)?);
    }
    figures.extend(total(contract, &parts)?);
    figures.extend(parts.into_iter().flat_map(|part| part.figures));
    figures::results(contract, &figures)
}

/// The changes of those who count, the treated first, then the comparators in their order; who does not count goes to `figures`.
fn cohorts(contract: &Contract, part: &str, people: &[&Person], figures: &mut Vec<Figure>) -> Result<Vec<Changes>> {
    let ids = std::iter::once(TREATED).chain(contract.comparators.iter().map(|comparator| comparator.id.as_str()));
    let mut cohorts = Vec::new();
    for id in ids {
        let mut left_out: BTreeMap<&str, i64> = BTreeMap::new();
        let mut of = Vec::new();
        for person in people.iter().filter(|person| person.part == part && person.cohorts.iter().any(|of| of == id)) {
            if person.state != COUNTED {
                *left_out.entry(&person.state).or_default() += 1;
                continue;
            }
            let change = person.after.zip(person.before).and_then(|(after, before)| after.checked_sub(before));
            let wrong = || Error::Broken(format!("person {} of `{part}` counts and has no change", person.number));
            of.push((change.ok_or_else(wrong)?, person.place));
        }
        figures.extend(left_out.into_iter().map(|(reason, n)| Figure::new(part, "left_out", n).of(id).beside(reason)));
        cohorts.push(Changes { cohort: id.to_owned(), of });
    }
    Ok(cohorts)
}

/// An amount of a contract that was checked.
pub fn amount(text: &str) -> Result<i64> {
    pence(text).ok_or_else(|| Error::Broken(format!("`{text}` of a contract that was checked is no amount")))
}

/// What is payable of all parts.
///
/// Each part's limits lie so far from what it pays; these distances are added as squares, as if the parts erred independently of each other
/// (MOVER: Zou GY and Donner A, Construction of confidence limits about effect measures, Stat Med 2008;27:1693-1702).
fn total(contract: &Contract, parts: &[Part]) -> Result<[Figure; 2]> {
    let value = parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(part.payable.value));
    let value = value.ok_or_else(|| Error::Broken("an amount is larger than amounts can be".into()))?;
    let away = |end: usize| {
        let squares = parts.iter().map(|part| {
            let limit = part.payable.limits.and_then(|limits| limits.get(end).copied())?;
            Some(((limit - part.payable.value) as f64).powi(2))
        });
        squares.sum::<Option<f64>>().map(f64::sqrt)
    };
    let limits = away(0).zip(away(1)).map(|(down, up)| {
        let nearest = |pence: f64| pence.round() as i64;
        [nearest((value as f64 - down).max(0.0)), nearest(value as f64 + up)]
    });
    let before_cap = Payable { value, limits };
    let payable = before_cap.capped(amount(&contract.cap)?);
    // A part for which nobody counts pays nothing, and tells nothing of anybody.
    let n = parts.iter().map(|part| part.n).filter(|n| *n > 0).min().unwrap_or_default();
    let of = |statistic, payable: Payable| {
        Figure::new("", statistic, n).valued(payable.value as f64, payable.interval(), "sum of the parts")
    };
    Ok([of("before_cap", before_cap), of("payable", payable)])
}
