//! Change from before to after, of the same people.

use super::{Interval, mean::t_interval, moments::Moments};

/// A standard deviation below this many parts of the largest score is rounding: 0.3 - 0.2 and 0.4 - 0.3 differ in the
/// last digit although both people changed by 0.1. R's `t.test` calls data constant by the same factor.
const ROUNDING: f64 = 10.0 * f64::EPSILON;

/// What is kept of the pairs that have arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pairs {
    /// The scores before.
    pub before: Moments,
    /// After less before.
    pub change: Moments,
    /// The largest score, before or after, whatever its sign.
    pub largest: f64,
}

/// Mean change with its interval and its two standardised forms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Complete pairs.
    pub n: u64,
    /// Mean of after less before, in the unit of the scores. `None` without pairs.
    pub value: Option<f64>,
    /// Paired t interval of the mean. `None` below 2 pairs; both limits are the mean where all change alike.
    pub limits: Option<Interval>,
    /// Standard deviation of the changes, 0 where all change alike. `None` below 2 pairs.
    pub sd: Option<f64>,
    /// Standardised response mean: mean change over the standard deviation of the changes. `None` where that is 0 or
    /// `None`.
    pub srm: Option<f64>,
    /// Effect size: mean change over the standard deviation of the scores before. `None` where that is 0 or `None`.
    pub effect_size: Option<f64>,
}

impl Pairs {
    /// No pairs.
    pub const ZERO: Self = Self { before: Moments::ZERO, change: Moments::ZERO, largest: 0.0 };

    /// These pairs and one more, which is left out where either score is not finite.
    #[must_use]
    pub fn with(self, before: f64, after: f64) -> Self {
        if !(before.is_finite() && after.is_finite()) {
            return self;
        }
        Self {
            before: self.before.with(before),
            change: self.change.with(after - before),
            largest: self.largest.max(before.abs()).max(after.abs()),
        }
    }

    /// These pairs and those.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            before: self.before.merge(other.before),
            change: self.change.merge(other.change),
            largest: self.largest.max(other.largest),
        }
    }

    /// Returns the mean change of the pairs; `level` is the confidence level, such as 0.95.
    ///
    /// What has no value is `None`, field by field. Numbers too large to add or square have none either.
    ///
    /// Source: paired t, Altman et al. (2000), Statistics with Confidence, 2nd ed., chapter 4. Standardised response
    /// mean: Liang MH, Fossel AH & Larson MG (1990), Med Care 28:632-642. Effect size: Kazis LE, Anderson JJ & Meenan
    /// RF (1989), Med Care 27:S178-S189.
    pub fn change(&self, level: f64) -> Change {
        let n = self.change.n;
        let value = Some(self.change.mean).filter(|mean| n > 0 && mean.is_finite());
        let sd = self.spread(self.change);
        let over = |sd: Option<f64>| value.zip(sd).map(|(mean, sd)| mean / sd).filter(|ratio| ratio.is_finite());
        Change {
            n,
            value,
            limits: value.zip(sd).and_then(|(mean, sd)| t_interval(n as f64, mean, sd, level)),
            sd,
            srm: over(sd.filter(|&sd| sd > 0.0)),
            effect_size: over(self.spread(self.before).filter(|&sd| sd > 0.0)),
        }
    }

    fn spread(&self, of: Moments) -> Option<f64> {
        of.sd().map(|sd| if sd <= ROUNDING * self.largest { 0.0 } else { sd })
    }
}

impl FromIterator<(f64, f64)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(pairs: I) -> Self {
        pairs.into_iter().fold(Self::ZERO, |sum, (before, after)| sum.with(before, after))
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Interval, Pairs};

    const NONE: Change = Change { n: 0, value: None, limits: None, sd: None, srm: None, effect_size: None };

    #[test]
    fn fewer_than_two_pairs_have_no_spread() {
        assert_eq!(Pairs::ZERO.change(0.95), NONE);
        assert_eq!(Pairs::ZERO.with(3.0, 5.0).change(0.95), Change { n: 1, value: Some(2.0), ..NONE });
    }

    #[test]
    fn a_pair_with_a_side_missing_is_left_out() {
        let one = Pairs::ZERO.with(3.0, 5.0);
        for (before, after) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::INFINITY, 1.0), (1.0, f64::NEG_INFINITY)] {
            assert_eq!(one.with(before, after), one);
        }
    }

    #[test]
    fn equal_changes_have_limits_but_no_response_mean() {
        // 0.1 is no binary fraction: the three changes differ in their last digits.
        for pairs in [[(1.0, 3.0), (2.0, 4.0), (6.0, 8.0)], [(0.2, 0.3), (0.3, 0.4), (0.7, 0.8)]] {
            let change = pairs.into_iter().collect::<Pairs>().change(0.95);
            let limits = change.value.map(|value| Interval { lower: value, upper: value });
            assert!(change.limits == limits && limits.is_some(), "{change:?}");
            assert!(change.sd == Some(0.0) && change.srm.is_none() && change.effect_size.is_some(), "{change:?}");
        }
    }

    #[test]
    fn equal_scores_before_have_no_effect_size() {
        let change = [(0.1, 0.3), (0.1, 0.7)].into_iter().collect::<Pairs>().change(0.95);
        assert!(change.effect_size.is_none() && change.srm.is_some() && change.limits.is_some(), "{change:?}");
    }

    #[test]
    fn scores_too_large_to_add_have_no_change() {
        let change = [(f64::MAX, -f64::MAX), (0.0, 1.0)].into_iter().collect::<Pairs>().change(0.95);
        assert_eq!(change, Change { n: 2, ..NONE });
    }
}
