//! Case-mix adjustment: what each unit would show if the people it sees were like everybody.

use std::collections::{BTreeMap, BTreeSet};

use super::regression::{Case, Errors, Model, fit};

/// What people differ in that units have no part in, one value a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariate<'a> {
    /// Its name, for notes.
    pub name: &'a str,
    /// Its values.
    pub values: Values<'a>,
}

/// The values of a covariate.
#[derive(Debug, Clone, PartialEq)]
pub enum Values<'a> {
    /// Each compared with the first in the order of the alphabet.
    Categories(Vec<&'a str>),
    /// A straight line.
    Numbers(Vec<f64>),
}

/// A fitted adjustment.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjustment {
    /// Mean outcome of everybody.
    pub overall: f64,
    /// The coefficients of the model, the intercept first.
    pub terms: Vec<Term>,
    /// Expected outcome of each person, in the order given.
    pub expected: Vec<f64>,
    /// The units, in the order of their names.
    pub units: Vec<Unit>,
}

/// One coefficient.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// `(intercept)`, the name of a covariate, or that with one of its categories: `age: 75+`.
    pub name: String,
    /// Its value (in the unit of the outcome, or in log odds) and its standard error. `None` where it was left out,
    /// because those before it say all that it says.
    pub estimate: Option<(f64, f64)>,
}

/// One unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Its name.
    pub unit: String,
    /// People.
    pub n: u64,
    /// What was observed: how many have the outcome ([`Model::Logistic`]), or the mean ([`Model::Linear`]).
    pub observed: f64,
    /// What would be expected of these people anywhere, in the same terms.
    pub expected: f64,
    /// Observed over expected; `None` where that is not finite, and for means, where it says nothing.
    pub ratio: Option<f64>,
    /// The adjusted figure: observed over expected times the overall proportion, from 0 to 1; or observed minus
    /// expected plus the overall mean.
    pub adjusted: f64,
    /// Whether the adjusted proportion was brought down to 1.
    pub capped: bool,
}

/// Why there is no adjustment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There are no people.
    NoRows,
    /// Units, covariates and outcomes are not one a person each.
    Lengths,
    /// An outcome or covariate is not finite, or the outcome of a logistic model is neither 0 nor 1.
    Values,
    /// All people have the same outcome.
    OneOutcome,
    /// There are no more people than coefficients.
    TooFew {
        /// People.
        people: usize,
        /// Coefficients.
        coefficients: usize,
    },
    /// Covariates part those with the outcome from those without, so that the logistic model has no end.
    Separated {
        /// A category in which all have the same outcome, as `age: 75+`, where there is one.
        category: Option<String>,
    },
    /// Numbers too large or too small to compute with.
    Range,
}

impl Reason {
    /// A code of the reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRows => "no_rows",
            Self::Lengths => "lengths",
            Self::Values => "values",
            Self::OneOutcome => "one_outcome",
            Self::TooFew { .. } => "too_few",
            Self::Separated { .. } => "separated",
            Self::Range => "range",
        }
    }
}

/// Returns the figures of units adjusted for the people they see.
///
/// One unit, outcome and value of each covariate a person; a person without a value must be left out or have a category
/// for it. The model says what to expect of a person from the covariates alone, without the unit: [`Model::Logistic`]
/// for an outcome of 0 or 1, [`Model::Linear`] for a score. Proportions: observed over expected times the overall
/// proportion, brought down to 1 where it exceeds it. Scores: observed minus expected plus the overall mean.
///
/// # Errors
///
/// A [`Reason`] where there is no adjustment.
///
/// Source: indirect standardisation as in the methodology of NHS England's patient reported outcome measures; Iezzoni
/// LI (2013), Risk Adjustment for Measuring Health Care Outcomes, 4th ed.
pub fn adjust(
    model: Model,
    units: &[&str],
    covariates: &[Covariate<'_>],
    outcomes: &[f64],
) -> Result<Adjustment, Reason> {
    let design = Design::new(model, units, covariates, outcomes)?;
    let fit = fit(model, &design.cases).ok_or(Reason::Range)?;
    let coefficients = fit.coefficients.iter().flatten().count();
    if outcomes.len() <= coefficients {
        return Err(Reason::TooFew { people: outcomes.len(), coefficients });
    }
    if !fit.settled {
        return Err(Reason::Separated { category: uniform(covariates, outcomes) });
    }
    let covariance = fit.covariance(&design.cases, Errors::Model).ok_or(Reason::Range)?;
    let terms = design.names.into_iter().zip(&fit.coefficients).enumerate();
    let terms = terms.map(|(at, (name, value))| {
        let variance = covariance.get(at).and_then(|row| row.get(at)).copied().unwrap_or_default();
        Term { name, estimate: value.map(|value| (value, variance.sqrt())) }
    });
    let overall = outcomes.iter().sum::<f64>() / outcomes.len() as f64;
    let terms = terms.collect();
    let units = of_units(model, units, outcomes, &fit.fitted, overall);
    Ok(Adjustment { overall, terms, expected: fit.fitted, units })
}

/// The covariates as numbers.
struct Design {
    names: Vec<String>,
    cases: Vec<Case>,
}

impl Design {
    fn new(model: Model, units: &[&str], covariates: &[Covariate<'_>], outcomes: &[f64]) -> Result<Self, Reason> {
        let people = outcomes.len();
        let first = *outcomes.first().ok_or(Reason::NoRows)?;
        if units.len() != people || covariates.iter().any(|covariate| covariate.values.len() != people) {
            return Err(Reason::Lengths);
        }
        let usable = |outcome: &f64| match model {
            Model::Linear => outcome.is_finite(),
            Model::Logistic => *outcome == 0.0 || *outcome == 1.0,
        };
        if !outcomes.iter().all(usable) || !covariates.iter().all(|covariate| covariate.values.are_finite()) {
            return Err(Reason::Values);
        }
        if outcomes.iter().all(|outcome| *outcome == first) {
            return Err(Reason::OneOutcome);
        }
        let mut names = vec!["(intercept)".to_owned()];
        let case = |outcome: &f64| Case { predictors: Vec::new(), outcome: *outcome, weight: 1.0 };
        let mut cases: Vec<Case> = outcomes.iter().map(case).collect();
        for covariate in covariates {
            match &covariate.values {
                Values::Numbers(numbers) => {
                    names.push(covariate.name.to_owned());
                    cases.iter_mut().zip(numbers).for_each(|(case, number)| case.predictors.push(*number));
                }
                Values::Categories(categories) => {
                    let others: Vec<&str> =
                        categories.iter().copied().collect::<BTreeSet<_>>().into_iter().skip(1).collect();
                    names.extend(others.iter().map(|category| named(covariate, category)));
                    for (case, own) in cases.iter_mut().zip(categories) {
                        case.predictors.extend(others.iter().map(|other| f64::from(u8::from(own == other))));
                    }
                }
            }
        }
        Ok(Self { names, cases })
    }
}

impl Values<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Categories(categories) => categories.len(),
            Self::Numbers(numbers) => numbers.len(),
        }
    }

    fn are_finite(&self) -> bool {
        match self {
            Self::Categories(_) => true,
            Self::Numbers(numbers) => numbers.iter().all(|number| number.is_finite()),
        }
    }
}

fn named(covariate: &Covariate<'_>, category: &str) -> String {
    format!("{}: {category}", covariate.name)
}

/// The first category in which all have the same outcome.
fn uniform(covariates: &[Covariate<'_>], outcomes: &[f64]) -> Option<String> {
    covariates.iter().find_map(|covariate| {
        let Values::Categories(categories) = &covariate.values else { return None };
        let mut seen: BTreeMap<&str, (f64, bool)> = BTreeMap::new();
        for (category, outcome) in categories.iter().zip(outcomes) {
            let (first, same) = seen.entry(category).or_insert((*outcome, true));
            *same &= first == outcome;
        }
        seen.into_iter().find(|(_, (_, same))| *same).map(|(category, _)| named(covariate, category))
    })
}

fn of_units(model: Model, units: &[&str], outcomes: &[f64], expected: &[f64], overall: f64) -> Vec<Unit> {
    let mut sums: BTreeMap<&str, (u64, f64, f64)> = BTreeMap::new();
    for ((unit, outcome), expected) in units.iter().zip(outcomes).zip(expected) {
        let (n, observed, sum) = sums.entry(unit).or_default();
        (*n, *observed, *sum) = (*n + 1, *observed + outcome, *sum + expected);
    }
    let unit = |(unit, (n, observed, expected)): (&str, (u64, f64, f64))| match model {
        Model::Logistic => {
            let ratio = Some(observed / expected).filter(|ratio| ratio.is_finite());
            let adjusted = observed / expected * overall;
            Unit {
                unit: unit.to_owned(),
                n,
                observed,
                expected,
                ratio,
                adjusted: adjusted.min(1.0),
                capped: adjusted > 1.0,
            }
        }
        Model::Linear => {
            let (observed, expected) = (observed / n as f64, expected / n as f64);
            let adjusted = observed - expected + overall;
            Unit { unit: unit.to_owned(), n, observed, expected, ratio: None, adjusted, capped: false }
        }
    };
    sums.into_iter().map(unit).collect()
}

#[cfg(test)]
mod tests {
    use super::{Covariate, Model, Reason, Values, adjust};

    const UNITS: [&str; 8] = ["a", "a", "a", "a", "b", "b", "b", "b"];
    const OUTCOMES: [f64; 8] = [1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0];

    fn categories<'a>(name: &'a str, values: [&'a str; 8]) -> Covariate<'a> {
        Covariate { name, values: Values::Categories(values.to_vec()) }
    }

    fn numbers(values: [f64; 8]) -> Covariate<'static> {
        Covariate { name: "number", values: Values::Numbers(values.to_vec()) }
    }

    #[test]
    fn without_covariates_nothing_is_adjusted() {
        for model in [Model::Logistic, Model::Linear] {
            let found = adjust(model, &UNITS, &[], &OUTCOMES).map(|found| found.units);
            let adjusted = found.map(|units| units.iter().map(|unit| unit.adjusted).collect::<Vec<_>>());
            assert!(adjusted.is_ok_and(|a| a.iter().zip([0.5, 0.75]).all(|(got, own)| (got - own).abs() < 1e-9)));
        }
    }

    #[test]
    fn a_proportion_is_brought_down_to_one() {
        // In sex `m` 1 of 4 has the outcome, in `f` 3 of 4; all of unit `c` do, and it sees nobody but `m`.
        let (units, sex) = (["a", "a", "a", "a", "a", "a", "a", "c"], ["f", "f", "f", "f", "m", "m", "m", "m"]);
        let outcomes = [1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        let found = adjust(Model::Logistic, &units, &[categories("sex", sex)], &outcomes);
        let last = found.ok().and_then(|found| found.units.last().cloned());
        assert!(
            last.is_some_and(|u| u.capped
                && u.adjusted == 1.0
                && u.ratio.is_some_and(|ratio| (ratio - 4.0).abs() < 1e-6))
        );
    }

    #[test]
    fn a_category_of_one_outcome_is_named_rather_than_fitted() {
        let age = ["18", "18", "18", "18", "18", "75", "18", "75"];
        let found = adjust(Model::Logistic, &UNITS, &[categories("age", age)], &OUTCOMES);
        assert_eq!(found, Err(Reason::Separated { category: Some("age: 75".to_owned()) }));
        // One among so many that the deviance hardly moves.
        let ages: Vec<&str> = (0..5000).map(|at| if at == 0 { "90" } else { "18" }).collect();
        let outcomes: Vec<f64> = (0..5000).map(|at| f64::from(at % 2)).collect();
        let age = Covariate { name: "age", values: Values::Categories(ages.clone()) };
        let found = adjust(Model::Logistic, &ages, &[age], &outcomes).map(|found| found.terms);
        assert_eq!(found, Err(Reason::Separated { category: Some("age: 90".to_owned()) }));
        let parted = numbers([5.0, 1.0, 6.0, 2.0, 7.0, 8.0, 3.0, 9.0]);
        assert_eq!(adjust(Model::Logistic, &UNITS, &[parted], &OUTCOMES), Err(Reason::Separated { category: None }));
    }

    #[test]
    fn what_says_the_same_twice_is_left_out_by_name() {
        let sex = ["f", "m", "f", "m", "f", "f", "m", "f"];
        let found = adjust(
            Model::Linear,
            &UNITS,
            &[categories("sex", sex), categories("gender", sex)],
            &[2.0, 1.0, 3.0, 1.0, 4.0, 2.0, 2.0, 5.0],
        );
        let left_out = |found: super::Adjustment| {
            found.terms.into_iter().filter(|term| term.estimate.is_none()).map(|term| term.name).collect::<Vec<_>>()
        };
        assert_eq!(found.map(left_out), Ok(vec!["gender: m".to_owned()]));
    }

    #[test]
    fn what_cannot_be_adjusted_says_why() {
        let ok = numbers([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        let with = |outcomes: &[f64]| adjust(Model::Logistic, &UNITS, std::slice::from_ref(&ok), outcomes);
        assert_eq!(with(&[]), Err(Reason::NoRows));
        assert_eq!(with(&[1.0, 0.0]), Err(Reason::Lengths));
        assert_eq!(with(&[1.0; 8]), Err(Reason::OneOutcome));
        assert_eq!(with(&[2.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0]), Err(Reason::Values));
        let each = categories("each", ["a", "b", "c", "d", "e", "f", "g", "h"]);
        let found = adjust(Model::Linear, &UNITS, &[each], &OUTCOMES);
        assert_eq!(found, Err(Reason::TooFew { people: 8, coefficients: 8 }));
        let missing = numbers([1.0, 2.0, f64::NAN, 4.0, 5.0, 6.0, 7.0, 8.0]);
        assert_eq!(adjust(Model::Linear, &UNITS, &[missing], &OUTCOMES), Err(Reason::Values));
    }
}
