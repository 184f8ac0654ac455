//! Linear and logistic regression with weights, and standard errors that believe the model, the scatter or the sample.
//!
//! [`fit`] takes one [`Case`] a row and adds the intercept itself; [`Fit::at`] gives the expected outcome of anybody,
//! and [`Fit::covariance`] the uncertainty of the coefficients by one of three [`Errors`].

mod errors;
mod least_squares;

pub use errors::Errors;
use least_squares::{Solution, least_squares};

/// Most steps of the logistic fit, and the relative change of the deviance below which it stops: those of R's `glm`.
const STEPS: usize = 25;
const STILL: f64 = 1e-8;

/// Most that the log odds may still move in one more step: those of a fit that runs away move by 1.
const AT_REST: f64 = 1e-3;

/// One row of the data: a person, or a group of people with one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What explains the outcome, in the same order in every row; without the intercept.
    pub predictors: Vec<f64>,
    /// What is explained. For [`Model::Logistic`] a fraction from 0 to 1: 0 or 1 for a person, the share of a group.
    pub outcome: f64,
    /// How many people the row stands for, or their weight in the sample; above 0.
    pub weight: f64,
}

/// How the outcome follows the predictors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// The outcome itself is a straight line of each predictor.
    Linear,
    /// The logarithm of its odds is.
    Logistic,
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    model: Model,
    /// The intercept, then one coefficient a predictor, in the unit of the outcome (linear) or of the log odds. `None`
    /// for a predictor that says nothing that those before it do not say, such as a constant: it is left out of the
    /// model.
    pub coefficients: Vec<Option<f64>>,
    /// Expected outcome of each row.
    pub fitted: Vec<f64>,
    /// Whether the logistic fit came to rest; it does not where a predictor parts those with the outcome from those
    /// without, and its coefficients then mean nothing, though its expected outcomes do. A linear fit always does.
    pub settled: bool,
    solution: Solution,
}

/// Returns the weighted regression of the outcomes on the predictors.
///
/// Linear: least squares by orthogonal decomposition. Logistic: the largest likelihood by iteratively reweighted least
/// squares, from the start and with the rule to stop of R's `glm`,
/// and one step more.
///
/// `None` without rows, where the rows have different numbers of predictors, a number is not finite, a weight is not
/// above 0, a logistic outcome is not from 0 to 1, and where the fit leaves the range of numbers.
///
/// Source: McCullagh P & Nelder JA (1989), Generalized Linear Models, sections 2.5 and 4.4.
pub fn fit(model: Model, cases: &[Case]) -> Option<Fit> {
    let width = cases.first()?.predictors.len();
    if !cases.iter().all(|case| case.is_valid(model) && case.predictors.len() == width) {
        return None;
    }
    let predictor = |j: usize| cases.iter().map(|case| case.predictors.get(j).copied().unwrap_or(0.0)).collect();
    let columns: Vec<Vec<f64>> = std::iter::once(vec![1.0; cases.len()]).chain((0..width).map(predictor)).collect();
    let fit = match model {
        Model::Linear => linear(&columns, cases),
        Model::Logistic => logistic(&columns, cases),
    }?;
    fit.fitted.iter().all(|value| value.is_finite()).then_some(fit)
}

impl Case {
    fn is_valid(&self, model: Model) -> bool {
        let outcome = match model {
            Model::Linear => self.outcome.is_finite(),
            Model::Logistic => (0.0..=1.0).contains(&self.outcome),
        };
        outcome && self.weight.is_finite() && self.weight > 0.0 && self.predictors.iter().all(|x| x.is_finite())
    }
}

impl Fit {
    /// Returns the expected outcome for these predictors, in the unit of the outcome. `None` where there are not as
    /// many as the model has, and where it is not finite.
    pub fn at(&self, predictors: &[f64]) -> Option<f64> {
        let (intercept, slopes) = self.coefficients.split_first()?;
        let line = slopes.iter().zip(predictors).filter_map(|(slope, x)| slope.map(|slope| slope * x));
        let line = intercept.unwrap_or(0.0) + line.sum::<f64>();
        let expected = match self.model {
            Model::Linear => line,
            Model::Logistic => expit(line),
        };
        (slopes.len() == predictors.len() && expected.is_finite()).then_some(expected)
    }
}

fn linear(columns: &[Vec<f64>], cases: &[Case]) -> Option<Fit> {
    let outcomes: Vec<f64> = cases.iter().map(|case| case.outcome).collect();
    let weights: Vec<f64> = cases.iter().map(|case| case.weight).collect();
    let solution = least_squares(columns, &outcomes, &weights)?;
    let fitted = solution.line(columns);
    Some(Fit { model: Model::Linear, coefficients: solution.coefficients(), fitted, settled: true, solution })
}

fn logistic(columns: &[Vec<f64>], cases: &[Case]) -> Option<Fit> {
    let start = |case: &Case| (case.weight * case.outcome + 0.5) / (case.weight + 1.0);
    let mut fitted: Vec<f64> = cases.iter().map(start).collect();
    let mut line: Vec<f64> = fitted.iter().map(|mu| (mu / (1.0 - mu)).ln()).collect();
    let (mut deviance, mut still) = (deviance_of(cases, &fitted), false);
    for step in 1.. {
        let weights: Vec<f64> = cases.iter().zip(&fitted).map(|(case, mu)| case.weight * mu * (1.0 - mu)).collect();
        let towards = |((case, mu), eta): ((&Case, &f64), &f64)| eta + (case.outcome - mu) / (mu * (1.0 - mu));
        let outcomes: Vec<f64> = cases.iter().zip(&fitted).zip(&line).map(towards).collect();
        let solution = least_squares(columns, &outcomes, &weights)?;
        let before = std::mem::replace(&mut line, solution.line(columns));
        fitted = line.iter().map(|&eta| expit(eta)).collect();
        // One step after it came to rest, so that the weights behind the uncertainty are those of the result.
        if still || step > STEPS {
            let settled = still && before.iter().zip(&line).all(|(before, now)| (before - now).abs() < AT_REST);
            let (model, coefficients) = (Model::Logistic, solution.coefficients());
            return Some(Fit { model, coefficients, fitted, settled, solution });
        }
        let next = deviance_of(cases, &fitted);
        still = (next - deviance).abs() < STILL * (next.abs() + 0.1);
        deviance = next;
    }
    None
}

/// The share for a logarithm of odds, kept off 0 and 1 by the last digit so that its own odds are finite.
fn expit(line: f64) -> f64 {
    (1.0 / (1.0 + (-line).exp())).clamp(f64::EPSILON, 1.0 - f64::EPSILON)
}

/// Twice what the likelihood lacks of its largest possible value.
fn deviance_of(cases: &[Case], fitted: &[f64]) -> f64 {
    let part = |y: f64, mu: f64| if y > 0.0 { y * (y / mu).ln() } else { 0.0 };
    let one =
        |(case, mu): (&Case, &f64)| 2.0 * case.weight * (part(case.outcome, *mu) + part(1.0 - case.outcome, 1.0 - mu));
    cases.iter().zip(fitted).map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::{Case, Errors, Fit, Model, fit};

    const CLUSTERS: [u64; 8] = [1, 1, 2, 2, 3, 3, 4, 5];
    const STRATA: [u64; 8] = [1, 1, 1, 1, 2, 2, 2, 3];

    fn cases(outcomes: [f64; 8]) -> Vec<Case> {
        let second = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0];
        let weights = [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 2.0, 4.0];
        let one =
            |i: usize| Case { predictors: vec![i as f64 + 1.0, second[i]], outcome: outcomes[i], weight: weights[i] };
        (0..8).map(one).collect()
    }

    fn scores() -> Vec<Case> {
        cases([2.0, 4.0, 3.0, 7.0, 8.0, 7.0, 11.0, 10.0])
    }

    fn answers() -> Vec<Case> {
        cases([0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0])
    }

    #[track_caller]
    fn near(got: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(got.len(), expected.len());
        for (got, expected) in got.iter().zip(expected) {
            assert!((got - expected).abs() <= tolerance * expected.abs(), "{got} against {expected}");
        }
    }

    fn coefficients(fit: &Fit) -> Vec<f64> {
        fit.coefficients.iter().map(|c| c.unwrap_or(f64::NAN)).collect()
    }

    fn variances(fit: &Fit, cases: &[Case], errors: Errors<'_>) -> Vec<f64> {
        let table = fit.covariance(cases, errors).unwrap_or_default();
        table.iter().enumerate().map(|(i, row)| row[i]).collect()
    }

    #[test]
    fn a_line_is_that_of_r() {
        // R 4.2.2: lm(y ~ x + g, weights = w); its vcov; the HC1 sandwich by its formula; vcov of survey 4.1-1's
        // svyglm.
        let cases = scores();
        let fit = fit(Model::Linear, &cases).unwrap();
        near(&coefficients(&fit), &[-0.224_489_795_918_367, 1.275_510_204_081_632_4, 2.0], 1e-12);
        let by_model = [0.237_276_134_943_772_4, 0.005_060_391_503_540_17, 0.110_204_081_632_652_6];
        near(&variances(&fit, &cases, Errors::Model), &by_model, 1e-12);
        let by_rows = [0.552_450_118_558_881, 0.008_453_082_556_624_244, 0.138_672_748_634_341_04];
        near(&variances(&fit, &cases, Errors::Rows), &by_rows, 1e-12);
        let design = Errors::Sample { clusters: Some(&CLUSTERS), strata: Some(&STRATA) };
        let by_design = [0.363_561_686_779_856_3, 0.004_443_324_696_387_83, 0.192_642_556_091_702_08];
        near(&variances(&fit, &cases, design), &by_design, 1e-12);
        let alone = Errors::Sample { clusters: None, strata: None };
        let by_weight = [0.394_607_227_542_059_2, 0.006_037_916_111_874_486, 0.099_051_963_310_243_87];
        near(&variances(&fit, &cases, alone), &by_weight, 1e-12);
        near(&[fit.at(&[2.0, 1.0]).unwrap()], &[fit.fitted[1]], 1e-14);
    }

    #[test]
    fn a_logistic_line_is_that_of_r() {
        // R 4.2.2: glm(b ~ x + g, binomial, weights = w) and the same, svyglm with quasibinomial, both with epsilon =
        // 1e-15.
        let cases = answers();
        let fit = fit(Model::Logistic, &cases).unwrap();
        assert!(fit.settled);
        near(&coefficients(&fit), &[-3.989_558_063_961_692, 0.936_824_778_777_991_3, -0.483_967_477_770_571_86], 1e-12);
        let by_model = [7.003_542_736_928_011, 0.205_078_248_579_108_03, 2.811_270_325_620_935];
        near(&variances(&fit, &cases, Errors::Model), &by_model, 1e-9);
        let by_rows = [17.615_065_276_711_213, 0.267_908_870_531_709_3, 10.769_014_561_792_845];
        near(&variances(&fit, &cases, Errors::Rows), &by_rows, 1e-9);
        let design = Errors::Sample { clusters: Some(&CLUSTERS), strata: Some(&STRATA) };
        let by_design = [10.319_067_124_819_39, 0.139_654_066_348_935_57, 10.315_218_459_098_64];
        near(&variances(&fit, &cases, design), &by_design, 1e-9);
        near(&[fit.at(&[8.0, 0.0]).unwrap()], &[0.970_830_837_509_574_2], 1e-9);
    }

    #[test]
    fn a_group_is_its_people() {
        let row = |x: f64, outcome: f64, weight: f64| Case { predictors: vec![x], outcome, weight };
        let groups = [row(0.0, 0.25, 4.0), row(1.0, 0.5, 6.0), row(2.0, 0.6, 5.0)];
        let people = [row(0.0, 1.0, 1.0), row(0.0, 0.0, 3.0), row(1.0, 1.0, 3.0), row(1.0, 0.0, 3.0)];
        let people = [people.as_slice(), &[row(2.0, 1.0, 3.0), row(2.0, 0.0, 2.0)]].concat();
        let (one, other) = (fit(Model::Logistic, &groups).unwrap(), fit(Model::Logistic, &people).unwrap());
        near(&coefficients(&one), &coefficients(&other), 1e-10);
        near(&variances(&one, &groups, Errors::Model), &variances(&other, &people, Errors::Model), 1e-8);
    }

    #[test]
    fn what_says_nothing_of_its_own_is_left_out() {
        let mut cases = scores();
        let (whole, twice) = (fit(Model::Linear, &cases).unwrap(), |case: &mut Case| {
            case.predictors.insert(1, 3.0 - 2.0 * case.predictors[0]);
        });
        cases.iter_mut().for_each(twice);
        let fit = fit(Model::Linear, &cases).unwrap();
        assert_eq!(fit.coefficients[2], None);
        near(&fit.fitted, &whole.fitted, 1e-12);
        let variances = variances(&fit, &cases, Errors::Model);
        assert_eq!((variances.len(), variances[2]), (4, 0.0));
    }

    #[test]
    fn answers_that_a_predictor_parts_do_not_settle() {
        let row = |x: f64, outcome: f64| Case { predictors: vec![x], outcome, weight: 1.0 };
        let parted = [row(1.0, 0.0), row(2.0, 0.0), row(3.0, 1.0), row(4.0, 1.0)];
        let fit = fit(Model::Logistic, &parted).unwrap();
        assert!(!fit.settled && fit.fitted[0] < 1e-6 && fit.fitted[3] > 1.0 - 1e-6);
        let nobody = [row(1.0, 0.0), row(2.0, 0.0)];
        assert!(super::fit(Model::Logistic, &nobody).is_some_and(|fit| !fit.settled && fit.fitted[0] < 1e-6));
    }

    #[test]
    fn what_has_no_answer_is_none() {
        assert_eq!(fit(Model::Linear, &[]), None);
        let spoilt = |model, spoil: fn(&mut Case)| {
            let mut cases = answers();
            spoil(&mut cases[3]);
            fit(model, &cases)
        };
        assert_eq!(spoilt(Model::Linear, |case| case.weight = 0.0), None);
        assert_eq!(spoilt(Model::Linear, |case| case.outcome = f64::NAN), None);
        assert_eq!(spoilt(Model::Linear, |case| case.predictors[1] = f64::INFINITY), None);
        assert_eq!(spoilt(Model::Linear, |case| case.predictors.truncate(1)), None);
        assert_eq!(spoilt(Model::Logistic, |case| case.outcome = 1.1), None);
        let cases = scores();
        let fit = fit(Model::Linear, &cases[..3]).unwrap();
        assert_eq!(fit.covariance(&cases[..3], Errors::Model), None);
        assert_eq!(fit.covariance(&cases[..3], Errors::Sample { clusters: Some(&[1, 1, 1]), strata: None }), None);
        assert_eq!(fit.at(&[1.0]), None);
    }
}
