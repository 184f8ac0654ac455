//! Standard errors of measures of disparity, from those of the groups' values; the groups are independent.

use super::{Better, Group, best, finite, shares};

/// Returns the standard error of [`super::between_group_variance`], in its unit. `errors` are the standard errors of
/// the values, one a group. `None` where they are not, and where the measure is.
///
/// Source: Ahn J, Harper S, Yu M, Feuer EJ, Liu B & Luta G (2018), JCO Clin Cancer Inform 2:1-19: variance of a
/// quadratic form of normal values.
pub fn between_group_variance_se(groups: &[Group], errors: &[f64]) -> Option<f64> {
    let (mean, shares) = shares(groups)?;
    let along = delta(groups, errors, |value, share| 2.0 * share * (value - mean))?.powi(2);
    // Of the squares: each group's own, and of any two.
    let parts = || shares.iter().zip(errors).map(|((_, share), se)| (share, share * se * se));
    let own: f64 = parts().map(|(share, part)| part * part * ((1.0 - share).powi(2) - share * share)).sum();
    let all: f64 = parts().map(|(share, part)| share * part).sum();
    finite((along + 2.0 * (own + all * all)).sqrt())
}

/// Returns the standard error of [`super::mean_log_deviation`], on its scale (times 1,000). `None` as for the measure.
///
/// Source: as [`between_group_variance_se`]; delta method.
pub fn mean_log_deviation_se(groups: &[Group], errors: &[f64]) -> Option<f64> {
    super::mean_log_deviation(groups)?;
    let (mean, _) = shares(groups)?;
    delta(groups, errors, |value, share| 1e3 * share * (mean.recip() - value.recip()))
}

/// Returns the standard error of [`super::theil_index`], on its scale (times 1,000). `None` as for the measure, and
/// where a value is 0.
///
/// Source: as [`between_group_variance_se`]; delta method.
pub fn theil_index_se(groups: &[Group], errors: &[f64]) -> Option<f64> {
    let theil = super::theil_index(groups)? / 1e3;
    let (mean, _) = shares(groups)?;
    delta(groups, errors, |value, share| 1e3 * share / mean * ((value / mean).ln() - theil))
}

/// Returns the standard error of [`super::attributable_fraction`] against the best group, in percent, for values that
/// are fractions of people who were counted: people fall into the best group or another, with the condition or without,
/// by chance. `None` as for the measure, and where a value is not from 0 to 1 or the best one is 0.
///
/// Source: Hildebrandt M, Bender R, Gehrmann U & Blettner M (2006), BMC Med Res Methodol 6:32; delta method.
pub fn attributable_fraction_se(groups: &[Group], better: Better) -> Option<f64> {
    let (mean, _) = shares(groups)?;
    let value = best(groups, better).filter(|value| *value > 0.0)?;
    let people: f64 = groups.iter().map(|group| group.population).sum();
    let there = groups.iter().find(|group| group.value == value)?.population;
    let (with, everybody_with) = (value * there, mean * people);
    let (lack, others_with) = (there - with, everybody_with - with);
    // Of log(with / there / everybody_with): what one person more in each of three parts adds.
    let steps = [
        (with, with.recip() - there.recip() - everybody_with.recip()),
        (lack, -there.recip()),
        (others_with, -everybody_with.recip()),
    ];
    let squares: f64 = steps.iter().map(|(count, step)| count * step * step).sum();
    let valid = groups.iter().all(|group| (0.0..=1.0).contains(&group.value));
    finite(100.0 * value / mean * (squares - people.recip()).max(0.0).sqrt()).filter(|_| valid)
}

/// The standard error of a function of independent values, from how fast it moves with each value and share.
fn delta(groups: &[Group], errors: &[f64], speed: impl Fn(f64, f64) -> f64) -> Option<f64> {
    let (_, shares) = shares(groups)?;
    let valid = errors.len() == groups.len() && errors.iter().all(|se| *se >= 0.0);
    let parts = shares.iter().zip(errors).map(|((value, share), se)| (speed(*value, *share) * se).powi(2));
    finite(parts.sum::<f64>().sqrt()).filter(|_| valid)
}

#[cfg(test)]
mod tests {
    use super::super::Group;
    use super::*;

    #[test]
    fn what_has_no_answer_is_none() {
        let groups = [Group { value: 0.2, population: 10.0 }, Group { value: 0.4, population: 30.0 }];
        assert!(between_group_variance_se(&groups, &[0.1, 0.1]).is_some());
        assert_eq!(between_group_variance_se(&groups, &[0.1]), None);
        assert_eq!(between_group_variance_se(&groups, &[0.1, -0.1]), None);
        assert_eq!(mean_log_deviation_se(&groups, &[f64::NAN, 0.1]), None);
        assert_eq!(theil_index_se(&[Group { value: -0.2, ..groups[0] }, groups[1]], &[0.1, 0.1]), None);
        assert!(attributable_fraction_se(&groups, Better::Higher).is_some());
        assert_eq!(attributable_fraction_se(&[Group { value: 2.0, ..groups[0] }, groups[1]], Better::Lower), None);
        assert_eq!(attributable_fraction_se(&[Group { value: 0.0, ..groups[0] }, groups[1]], Better::Lower), None);
    }
}
