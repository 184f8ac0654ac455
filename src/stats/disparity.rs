//! How far groups without an order, such as ethnic groups or services, lie apart.
//!
//! Each measure is `None` without groups, where a population is not above 0 or a number is not finite, and where it
//! divides by, or takes the logarithm of, what is not above 0. Sources of all: Harper S & Lynch J (2005), Methods for
//! Measuring Cancer Disparities; Schlotheuber A & Hosseinpoor AR (2022), Int J Environ Res Public Health 19:3697.

mod errors;

pub use errors::{attributable_fraction_se, between_group_variance_se, mean_log_deviation_se, theil_index_se};

/// One group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// What was measured, in any unit.
    pub value: f64,
    /// People in the group, above 0.
    pub population: f64,
}

/// Which values are the better ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    /// High ones.
    Higher,
    /// Low ones.
    Lower,
}

impl Better {
    /// The better of two values.
    fn of(self, one: f64, other: f64) -> f64 {
        match self {
            Self::Higher => one.max(other),
            Self::Lower => one.min(other),
        }
    }
}

/// How much each group counts in a mean of distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Each alike.
    Groups,
    /// By its people.
    People,
}

/// What groups are held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Against {
    /// The mean of everybody.
    Mean,
    /// The group with the best value.
    Best(Better),
    /// This value, such as that of a reference group.
    Value(f64),
}

/// Mean value of everybody, and each group's value and share of the people. `None` where the groups are none or not
/// valid.
fn shares(groups: &[Group]) -> Option<(f64, Vec<(f64, f64)>)> {
    let total: f64 = groups.iter().map(|group| group.population).sum();
    let valid = |group: &Group| group.value.is_finite() && group.population > 0.0;
    if groups.is_empty() || !groups.iter().all(valid) || !total.is_finite() {
        return None;
    }
    let shares: Vec<(f64, f64)> = groups.iter().map(|group| (group.value, group.population / total)).collect();
    let mean: f64 = shares.iter().map(|(value, share)| share * value).sum();
    mean.is_finite().then_some((mean, shares))
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Returns the variance of the groups' values about the mean of everybody, by people, in the square of the unit.
pub fn between_group_variance(groups: &[Group]) -> Option<f64> {
    let (mean, shares) = shares(groups)?;
    finite(shares.iter().map(|(value, share)| share * (value - mean).powi(2)).sum())
}

/// Returns the square root of that variance, in the unit.
pub fn between_group_sd(groups: &[Group]) -> Option<f64> {
    between_group_variance(groups).map(f64::sqrt)
}

/// Returns that standard deviation over the mean, in percent of the mean. `None` unless the mean is above 0.
pub fn coefficient_of_variation(groups: &[Group]) -> Option<f64> {
    let (mean, _) = shares(groups).filter(|(mean, _)| *mean > 0.0)?;
    finite(100.0 * between_group_sd(groups)? / mean)
}

/// Returns the mean logarithm of the mean over a value, by people, times 1,000. `None` unless every value is above 0.
pub fn mean_log_deviation(groups: &[Group]) -> Option<f64> {
    let (mean, shares) = shares(groups)?;
    let positive = shares.iter().all(|(value, _)| *value > 0.0);
    finite(1e3 * shares.iter().map(|(value, share)| share * (mean / value).ln()).sum::<f64>()).filter(|_| positive)
}

/// Returns Theil's index: the mean of a value over the mean times its logarithm, by people, times 1,000. A value of 0
/// adds nothing. `None` where a value is below 0 or all are 0.
pub fn theil_index(groups: &[Group]) -> Option<f64> {
    let (mean, shares) = shares(groups)?;
    let part =
        |(value, share): &(f64, f64)| if *value > 0.0 { share * value / mean * (value / mean).ln() } else { 0.0 };
    let valid = mean > 0.0 && shares.iter().all(|(value, _)| *value >= 0.0);
    finite(1e3 * shares.iter().map(part).sum::<f64>()).filter(|_| valid)
}

/// Returns the mean distance of the groups from what they are held against, in the unit.
pub fn mean_difference(groups: &[Group], against: Against, count: Count) -> Option<f64> {
    let (mean, shares) = shares(groups)?;
    let from = match against {
        Against::Mean => mean,
        Against::Best(better) => best(groups, better)?,
        Against::Value(value) => value,
    };
    let alike = (shares.len() as f64).recip();
    let part = |(value, share): &(f64, f64)| (value - from).abs() * if count == Count::People { *share } else { alike };
    finite(shares.iter().map(part).sum())
}

/// Returns the mean distance of the groups from the mean of everybody, in percent of the mean. `None` unless that is
/// above 0.
pub fn index_of_disparity(groups: &[Group], count: Count) -> Option<f64> {
    let (mean, _) = shares(groups).filter(|(mean, _)| *mean > 0.0)?;
    finite(100.0 * mean_difference(groups, Against::Mean, count)? / mean)
}

/// The best value.
fn best(groups: &[Group], better: Better) -> Option<f64> {
    groups.iter().map(|group| group.value).reduce(|one, other| better.of(one, other))
}

/// Returns how much the mean of everybody would change, in the unit, if every group had the value of the best, or of
/// the `reference` that is given: above 0 where higher is better, below 0 where lower is. 0 where the mean is already
/// better than the reference.
pub fn attributable_risk(groups: &[Group], better: Better, reference: Option<f64>) -> Option<f64> {
    let (mean, _) = shares(groups)?;
    let reference = reference.or_else(|| best(groups, better))?;
    finite(better.of(reference, mean) - mean).filter(|_| reference.is_finite())
}

/// Returns [`attributable_risk`] in percent of the mean of everybody. `None` unless that is above 0.
pub fn attributable_fraction(groups: &[Group], better: Better, reference: Option<f64>) -> Option<f64> {
    let (mean, _) = shares(groups).filter(|(mean, _)| *mean > 0.0)?;
    finite(100.0 * attributable_risk(groups, better, reference)? / mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(rows: &[(f64, f64)]) -> Vec<Group> {
        rows.iter().map(|&(value, population)| Group { value, population }).collect()
    }

    #[test]
    fn by_hand() {
        // Mean (2 · 1 + 4 · 3) / 4 = 3.5.
        let two = groups(&[(2.0, 1.0), (4.0, 3.0)]);
        assert_eq!(between_group_variance(&two), Some(0.75));
        assert_eq!(mean_difference(&two, Against::Mean, Count::Groups), Some(1.0));
        assert_eq!(mean_difference(&two, Against::Mean, Count::People), Some(0.75));
        assert_eq!(mean_difference(&two, Against::Best(Better::Lower), Count::People), Some(1.5));
        assert_eq!(mean_difference(&two, Against::Best(Better::Higher), Count::Groups), Some(1.0));
        assert_eq!(mean_difference(&two, Against::Value(5.0), Count::Groups), Some(2.0));
        assert_eq!(attributable_risk(&two, Better::Higher, None), Some(0.5));
        assert_eq!(attributable_risk(&two, Better::Lower, None), Some(-1.5));
        assert_eq!(attributable_fraction(&two, Better::Higher, None), Some(100.0 / 7.0));
    }

    #[test]
    fn a_reference_that_the_mean_surpasses_leaves_nothing_to_gain() {
        let two = groups(&[(2.0, 1.0), (4.0, 3.0)]);
        assert_eq!(attributable_risk(&two, Better::Higher, Some(2.0)), Some(0.0));
        assert_eq!(attributable_risk(&two, Better::Lower, Some(4.0)), Some(0.0));
        assert_eq!(attributable_risk(&two, Better::Lower, Some(2.0)), Some(-1.5));
        assert_eq!(attributable_risk(&two, Better::Lower, Some(f64::NAN)), None);
    }

    #[test]
    fn values_of_0_have_no_logarithm() {
        assert_eq!(mean_log_deviation(&groups(&[(0.0, 1.0), (4.0, 3.0)])), None);
        // Theil: only the second group, 3/4 · 4/3 · ln(4/3).
        let theil = theil_index(&groups(&[(0.0, 1.0), (4.0, 3.0)]));
        assert!(theil.is_some_and(|theil| (theil - 1e3 * (4.0_f64 / 3.0).ln()).abs() < 1e-9));
        assert_eq!(theil_index(&groups(&[(0.0, 1.0), (0.0, 3.0)])), None);
        assert_eq!(theil_index(&groups(&[(-1.0, 1.0), (4.0, 3.0)])), None);
    }

    #[test]
    fn what_has_no_answer_is_none() {
        for rows in
            [vec![], vec![(1.0, 0.0)], vec![(f64::NAN, 1.0)], vec![(1.0, -1.0), (1.0, 3.0)], vec![(1.0, f64::NAN)]]
        {
            let groups = groups(&rows);
            assert_eq!(between_group_sd(&groups), None, "{rows:?}");
            assert_eq!(index_of_disparity(&groups, Count::People), None, "{rows:?}");
            assert_eq!(attributable_risk(&groups, Better::Lower, None), None, "{rows:?}");
        }
        assert_eq!(index_of_disparity(&groups(&[(0.0, 1.0)]), Count::Groups), None);
        assert_eq!(coefficient_of_variation(&groups(&[(-1.0, 1.0)])), None);
    }
}
