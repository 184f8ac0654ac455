//! The slope index of inequality by regression: of people or groups, linear or by the logit.

use super::rank::mid_points;
use super::regression::{Case, Errors, Fit, Model, fit};
use super::slope::{Slope, lacks_fit};
use super::{Estimate, Interval, normal};

/// A person, or a group of people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// Place from the most disadvantaged (0) to the least (1).
    pub rank: f64,
    /// What was measured; by the logit a fraction from 0 to 1.
    pub value: f64,
    /// The person's weight in the sample, or the people of the group; above 0.
    pub weight: f64,
}

/// Answers of a group that met a condition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted {
    /// Place in the order: the lowest is the most disadvantaged. Only the order counts, not the distance.
    pub rank_order: f64,
    /// Answers that met the condition.
    pub x: f64,
    /// Answers.
    pub n: f64,
}

/// The two ends of a fitted line compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// Fitted at the least disadvantaged end minus at the most disadvantaged end, in the unit of the values.
    pub sii: Estimate,
    /// Its standard error, in the same unit.
    pub sii_se: f64,
    /// The first over the second. `None` unless both are above 0.
    pub rii: Option<Estimate>,
    /// Standard error of its logarithm.
    pub log_rii_se: Option<f64>,
    /// Fitted at the most disadvantaged end.
    pub start: f64,
}

/// Returns the slope and the relative index of a regression of the values on the rank, with normal limits: of the
/// difference by the delta method, of the ratio by the delta method on its logarithm. `level` is the confidence level.
///
/// `None` where there is no regression or no covariance, which see, where it does not settle, with a single rank, and
/// when `level` does not lie strictly between 0 and 1.
///
/// Source: Schlotheuber A & Hosseinpoor AR (2022), Int J Environ Res Public Health 19:3697; Harper S & Lynch J (2005),
/// Methods for Measuring Cancer Disparities, section 3.
pub fn slope_by(model: Model, units: &[Unit], errors: Errors<'_>, level: f64) -> Option<Ends> {
    let cases = cases(units);
    let fit = fit(model, &cases)?;
    ends(model, &fit, &fit.covariance(&cases, errors)?, level)
}

/// Returns the slope index and the relative index of ordered groups by the logit of their proportions, each group
/// weighted by its answers. The slope and its start are fractions; the limits come from the scatter of counts.
///
/// `None` with fewer than 2 groups, when two groups have the same `rank_order`, `n` is not above 0 or `x` not from 0 to
/// `n`, when no answer or every answer met the condition or one rank parts those that did, and when `level` does not
/// lie strictly between 0 and 1.
///
/// Source: as [`slope_by`]; the logit is the WHO's choice for proportions. Its package weights a group by the square of
/// its people, which is a mistake: of its people gives what the same package computes from single people.
pub fn slope_index_logit(groups: &[Counted], level: f64) -> Option<Slope> {
    let mut orders: Vec<f64> = groups.iter().map(|group| group.rank_order).collect();
    orders.sort_by(f64::total_cmp);
    if groups.len() < 2 || orders.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let ranks = mid_points(&groups.iter().map(|group| (group.rank_order, group.n)).collect::<Vec<_>>())?;
    let unit = |(group, rank): (&Counted, &f64)| Unit { rank: *rank, value: group.x / group.n, weight: group.n };
    let cases = cases(&groups.iter().zip(&ranks).map(unit).collect::<Vec<_>>());
    let fit = fit(Model::Logistic, &cases)?;
    let ends = ends(Model::Logistic, &fit, &fit.covariance(&cases, Errors::Model)?, level)?;
    let part = |(case, mu): (&Case, &f64)| case.weight * (case.outcome - mu).powi(2) / (mu * (1.0 - mu));
    let chi_squared = cases.iter().zip(&fit.fitted).map(part).sum();
    Some(Slope {
        sii: ends.sii,
        intercept: ends.start,
        rii: ends.rii.map(|rii| rii.value),
        rii_limits: ends.rii.map(|rii| Interval { lower: rii.lower, upper: rii.upper }),
        lack_of_fit: lacks_fit(chi_squared, groups.len()),
        groups: groups.len(),
    })
}

fn cases(units: &[Unit]) -> Vec<Case> {
    units.iter().map(|u| Case { predictors: vec![u.rank], outcome: u.value, weight: u.weight }).collect()
}

fn ends(model: Model, fit: &Fit, covariance: &[Vec<f64>], level: f64) -> Option<Ends> {
    let z = normal::two_sided(level)?;
    let (start, end) = (fit.at(&[0.0])?, fit.at(&[1.0])?);
    // A coefficient that was left out: all of one rank.
    if !fit.settled || fit.coefficients.iter().any(Option::is_none) {
        return None;
    }
    // How fast an end moves with the line under it.
    let speed = |at: f64| if model == Model::Logistic { at * (1.0 - at) } else { 1.0 };
    // The standard error of `of_end` times the line at the end less `of_start` times the line at the start.
    let se = |of_start: f64, of_end: f64| {
        let steps = [of_end - of_start, of_end];
        let rows = steps.iter().zip(covariance);
        let square = rows.map(|(one, row)| one * row.iter().zip(steps).map(|(v, other)| v * other).sum::<f64>());
        square.sum::<f64>().max(0.0).sqrt()
    };
    let sii_se = se(speed(start), speed(end));
    let log_rii_se = (start > 0.0 && end > 0.0).then(|| se(speed(start) / start, speed(end) / end));
    let (sii, rii) = (end - start, end / start);
    Some(Ends {
        sii: Estimate::new(sii, sii - z * sii_se, sii + z * sii_se)?,
        sii_se,
        rii: log_rii_se.and_then(|se| Estimate::new(rii, rii * (-z * se).exp(), rii * (z * se).exp())),
        log_rii_se,
        start,
    })
}

#[cfg(test)]
mod tests {
    use super::{Counted, slope_index_logit};

    fn groups(counts: &[(f64, f64)]) -> Vec<Counted> {
        counts.iter().enumerate().map(|(i, &(x, n))| Counted { rank_order: i as f64, x, n }).collect()
    }

    #[test]
    fn two_groups_are_fitted_exactly() {
        // Ranks 1/4 and 3/4: the line of the logit goes from half a step before the first to half a step after the
        // second.
        let slope = slope_index_logit(&groups(&[(40.0, 100.0), (60.0, 100.0)]), 0.95).unwrap();
        let step = (0.6_f64 / 0.4).ln() * 2.0;
        let end = 1.0 / (1.0 + (-step).exp());
        assert!((slope.sii.value - (2.0 * end - 1.0)).abs() < 1e-9);
        assert_eq!((slope.lack_of_fit, slope.groups), (None, 2));
    }

    #[test]
    fn a_curve_is_flagged() {
        let bump = |x| slope_index_logit(&groups(&[(50.0, 100.0), (x, 100.0), (50.0, 100.0)]), 0.95);
        // Of 50, 50 + d and 50 the chi-squared is about 2d²/75; the bound at 1 degree of freedom is 3.84.
        assert_eq!(bump(61.0).and_then(|s| s.lack_of_fit), Some(false));
        assert_eq!(bump(63.0).and_then(|s| s.lack_of_fit), Some(true));
    }

    #[test]
    fn what_has_no_answer_is_none() {
        let none = |counts: &[(f64, f64)]| assert_eq!(slope_index_logit(&groups(counts), 0.95), None, "{counts:?}");
        none(&[]);
        none(&[(1.0, 2.0)]);
        none(&[(0.0, 10.0), (0.0, 20.0)]);
        none(&[(10.0, 10.0), (20.0, 20.0)]);
        none(&[(0.0, 10.0), (20.0, 20.0)]);
        none(&[(5.0, 4.0), (1.0, 3.0)]);
        none(&[(-1.0, 4.0), (1.0, 3.0)]);
        none(&[(0.0, 0.0), (1.0, 3.0), (2.0, 3.0)]);
        none(&[(f64::NAN, 4.0), (1.0, 3.0)]);
        let good = groups(&[(1.0, 4.0), (2.0, 4.0)]);
        assert_eq!(slope_index_logit(&good, 1.0), None);
        assert_eq!(slope_index_logit(&[good[0], good[0]], 0.95), None);
    }
}
