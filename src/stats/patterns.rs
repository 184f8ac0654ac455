//! Case-mix models fitted to patterns: people who are alike in all that is adjusted for, added up.

use std::collections::BTreeMap;

use super::casemix::Reason;
use super::regression::{Case, Errors, Model, fit};

/// A category with fewer people than this has no term of its own: it counts with the first one.
pub const LEAST: f64 = 10.0;
/// So many people a term, and of shares so many of the rarer outcome, or there is no model.
///
/// Source: Peduzzi P et al. (1996), J Clin Epidemiol 49:1373-1379; Harrell FE (2015), Regression Modeling Strategies, 2nd
/// ed., section 4.4.
pub const PER_TERM: f64 = 10.0;

/// People who are alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern<'a> {
    /// A category of each covariate that has categories.
    pub categories: Vec<&'a str>,
    /// A value of each covariate that is a number.
    pub numbers: Vec<f64>,
    /// How many there are.
    pub n: f64,
    /// Sum of their outcomes; each is 0 or 1 for [`Model::Logistic`].
    pub sum: f64,
    /// Sum of the squares of their outcomes.
    pub squares: f64,
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterned {
    /// People behind it.
    pub n: f64,
    /// Their mean outcome.
    pub overall: f64,
    /// The coefficients, the intercept first.
    pub terms: Vec<Term>,
    /// What is expected of one person of each pattern, in the order given.
    pub expected: Vec<f64>,
}

/// One coefficient of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Place of the covariate in the names: of categories first, then of numbers. `None` for the intercept.
    pub covariate: Option<usize>,
    /// The category.
    pub category: Option<String>,
    /// People of the category; of an intercept or a number, all.
    pub n: f64,
    /// The coefficient and its standard error, in the unit of the outcome or in log odds. `None` where those before it say
    /// all that it says.
    pub estimate: Option<(f64, f64)>,
}

/// Returns what each pattern of people is expected to show, whichever unit they belong to.
///
/// Categories are compared with the first one in the order of the alphabet that has [`LEAST`] people; those that have
/// fewer count with it. The answer is that of a model of single people, standard errors included.
///
/// # Errors
///
/// A [`Reason`] where there is no model.
///
/// Source: as of [`super::casemix::adjust`].
pub fn patterned(model: Model, patterns: &[Pattern<'_>]) -> Result<Patterned, Reason> {
    let first = patterns.first().ok_or(Reason::NoRows)?;
    let alike =
        |of: &Pattern<'_>| of.categories.len() == first.categories.len() && of.numbers.len() == first.numbers.len();
    if !patterns.iter().all(alike) {
        return Err(Reason::Lengths);
    }
    let usable = |of: &Pattern<'_>| {
        let finite = [of.sum, of.squares].iter().chain(&of.numbers).all(|number| number.is_finite());
        finite && of.n >= 1.0 && of.n.is_finite() && (model == Model::Linear || (0.0..=of.n).contains(&of.sum))
    };
    if !patterns.iter().all(usable) {
        return Err(Reason::Values);
    }
    let total = |of: fn(&Pattern<'_>) -> f64| patterns.iter().map(of).sum::<f64>();
    let (n, sum, squares) = (total(|of| of.n), total(|of| of.sum), total(|of| of.squares));
    let overall = sum / n;
    if squares - sum * overall <= 1e-12 * squares {
        return Err(Reason::OneOutcome);
    }
    let dummies = dummies(patterns, first.categories.len());
    let merged = merged(patterns, &dummies);
    let terms = 1 + dummies.len() + first.numbers.len();
    let rarer = if model == Model::Logistic { sum.min(n - sum) } else { n };
    if n <= terms as f64 || rarer < PER_TERM * (terms - 1) as f64 {
        return Err(Reason::TooFew { people: n as usize, coefficients: terms });
    }
    let cases: Vec<Case> = merged.values().flat_map(|of| of.cases(model)).collect();
    let fit = fit(model, &cases).ok_or(Reason::Range)?;
    if !fit.settled {
        return Err(Reason::Separated { category: None });
    }
    let covariance = fit.covariance(&cases, Errors::Model).ok_or(Reason::Range)?;
    let rank = fit.coefficients.iter().flatten().count();
    // The scatter of a linear model is over people less coefficients, not over rows.
    let scale = match model {
        Model::Linear => cases.len().saturating_sub(rank) as f64 / (n - rank as f64),
        Model::Logistic => 1.0,
    };
    let variance = |at: usize| covariance.get(at).and_then(|row| row.get(at)).copied().unwrap_or_default() * scale;
    let whose = std::iter::once((None, None, n))
        .chain(dummies.iter().map(|of| (Some(of.covariate), Some(of.category.to_owned()), of.n)))
        .chain((first.categories.len()..).take(first.numbers.len()).map(|at| (Some(at), None, n)));
    let terms = whose.zip(&fit.coefficients).enumerate().map(|(at, ((covariate, category, n), value))| Term {
        covariate,
        category,
        n,
        estimate: value.map(|value| (value, variance(at).sqrt())),
    });
    let expected = patterns.iter().map(|of| fit.at(&predictors(of, &dummies))).collect::<Option<Vec<f64>>>();
    Ok(Patterned { n, overall, terms: terms.collect(), expected: expected.ok_or(Reason::Range)? })
}

/// A category with a term.
struct Dummy<'a> {
    covariate: usize,
    category: &'a str,
    n: f64,
}

fn dummies<'a>(patterns: &[Pattern<'a>], covariates: usize) -> Vec<Dummy<'a>> {
    let of = |covariate: usize| {
        let mut people: BTreeMap<&'a str, f64> = BTreeMap::new();
        for pattern in patterns {
            if let Some(category) = pattern.categories.get(covariate) {
                *people.entry(category).or_default() += pattern.n;
            }
        }
        let enough = people.into_iter().filter(|(_, n)| *n >= LEAST).skip(1);
        enough.map(move |(category, n)| Dummy { covariate, category, n }).collect::<Vec<_>>()
    };
    (0..covariates).flat_map(of).collect()
}

fn predictors(pattern: &Pattern<'_>, dummies: &[Dummy<'_>]) -> Vec<f64> {
    let is = |of: &Dummy<'_>| pattern.categories.get(of.covariate) == Some(&of.category);
    let categories = dummies.iter().map(|of| f64::from(u8::from(is(of))));
    categories.chain(pattern.numbers.iter().copied()).collect()
}

/// All people with the same predictors.
#[derive(Default)]
struct Sums {
    predictors: Vec<f64>,
    n: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    /// Of a linear model two rows as far from the mean as people are, so that the scatter within a pattern is not lost.
    fn cases(&self, model: Model) -> Vec<Case> {
        let mean = self.sum / self.n;
        let row = |outcome: f64, weight: f64| Case { predictors: self.predictors.clone(), outcome, weight };
        match model {
            Model::Logistic => vec![row(mean, self.n)],
            Model::Linear => {
                let reach = (self.squares / self.n - mean * mean).max(0.0).sqrt();
                vec![row(mean - reach, self.n / 2.0), row(mean + reach, self.n / 2.0)]
            }
        }
    }
}

fn merged(patterns: &[Pattern<'_>], dummies: &[Dummy<'_>]) -> BTreeMap<Vec<u64>, Sums> {
    let mut merged: BTreeMap<Vec<u64>, Sums> = BTreeMap::new();
    for pattern in patterns {
        let predictors = predictors(pattern, dummies);
        let sums = merged.entry(predictors.iter().map(|value| value.to_bits()).collect()).or_default();
        *sums = Sums {
            predictors,
            n: sums.n + pattern.n,
            sum: sums.sum + pattern.sum,
            squares: sums.squares + pattern.squares,
        };
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::{Model, Pattern, Reason, patterned};

    fn pattern<'a>(category: &'a str, n: f64, sum: f64) -> Pattern<'a> {
        Pattern { categories: vec![category], numbers: Vec::new(), n, sum, squares: sum }
    }

    #[test]
    fn a_pattern_is_expected_to_be_what_it_is_elsewhere() {
        // Of the old 6 in 10, of the young 2 in 10, in two areas of unlike age.
        let patterns = [
            pattern("old", 80.0, 48.0),
            pattern("young", 20.0, 4.0),
            pattern("old", 20.0, 12.0),
            pattern("young", 80.0, 16.0),
        ];
        for model in [Model::Linear, Model::Logistic] {
            let found = patterned(model, &patterns);
            let expected = found.as_ref().map(|found| found.expected.clone()).unwrap_or_default();
            assert!(expected.iter().zip([0.6, 0.2, 0.6, 0.2]).all(|(got, is)| (got - is).abs() < 1e-9), "{expected:?}");
            assert!(found.is_ok_and(|found| found.overall == 0.4 && found.terms[1].n == 100.0));
        }
    }

    #[test]
    fn a_rare_category_counts_with_the_first() {
        let patterns = [pattern("a", 100.0, 40.0), pattern("b", 9.0, 9.0), pattern("c", 100.0, 60.0)];
        let found = patterned(Model::Logistic, &patterns);
        let named =
            found.as_ref().map(|found| found.terms.iter().map(|term| term.category.as_deref()).collect::<Vec<_>>());
        assert_eq!(named, Ok(vec![None, Some("c")]));
        assert!(found.is_ok_and(|found| found.expected[0] == found.expected[1]));
    }

    #[test]
    fn what_has_no_model_says_why() {
        assert_eq!(patterned(Model::Linear, &[]), Err(Reason::NoRows));
        assert_eq!(patterned(Model::Logistic, &[pattern("a", 50.0, 50.0)]), Err(Reason::OneOutcome));
        assert_eq!(patterned(Model::Logistic, &[pattern("a", 5.0, 6.0)]), Err(Reason::Values));
        assert_eq!(patterned(Model::Linear, &[pattern("a", 5.0, f64::NAN)]), Err(Reason::Values));
        let few = [pattern("a", 20.0, 5.0), pattern("b", 20.0, 4.0)];
        assert_eq!(patterned(Model::Logistic, &few), Err(Reason::TooFew { people: 40, coefficients: 2 }));
        let parted = [pattern("a", 200.0, 0.0), pattern("b", 200.0, 90.0)];
        assert_eq!(patterned(Model::Logistic, &parted), Err(Reason::Separated { category: None }));
        let unlike = [pattern("a", 20.0, 5.0), Pattern { numbers: vec![1.0], ..pattern("a", 20.0, 5.0) }];
        assert_eq!(patterned(Model::Linear, &unlike), Err(Reason::Lengths));
    }
}
