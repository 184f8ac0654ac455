//! Goal Attainment Scaling.

/// The correlation that is assumed between a person's goals.
///
/// Source: Kiresuk TJ & Sherman RE (1968), Community Ment Health J 4:443-453, who assume 0.3.
pub const RHO: f64 = 0.3;

/// What is kept of a person's goals that have arrived.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goals {
    /// Sum of weight times attainment.
    pub attained: f64,
    /// Sum of the weights.
    pub weights: f64,
    /// Sum of the squared weights.
    pub squares: f64,
}

impl Goals {
    /// No goals.
    pub const ZERO: Self = Self { attained: 0.0, weights: 0.0, squares: 0.0 };

    /// These goals and one more: `achieved` is its level, 0 as expected and usually from -2 to 2; `weight` says how much
    /// it counts (importance times difficulty). Left out where either is NaN. A weight below 0 takes the score from all
    /// of them.
    #[must_use]
    pub fn with(self, achieved: f64, weight: f64) -> Self {
        if achieved.is_nan() || weight.is_nan() {
            return self;
        }
        let weight = if weight < 0.0 { f64::NAN } else { weight };
        self.merge(Self { attained: weight * achieved, weights: weight, squares: weight * weight })
    }

    /// These goals and those.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            attained: self.attained + other.attained,
            weights: self.weights + other.weights,
            squares: self.squares + other.squares,
        }
    }

    /// Returns the T score: 50 where every goal was reached as expected, with a standard deviation of about 10.
    ///
    /// `None` without goals, when all weights are 0, one is below 0, or a number is infinite.
    ///
    /// Source: Kiresuk & Sherman (1968), see [`RHO`]; Turner-Stokes L (2009), Clin Rehabil 23:362-370.
    pub fn t_score(&self) -> Option<f64> {
        let spread = ((1.0 - RHO) * self.squares + RHO * self.weights * self.weights).sqrt();
        let score = 50.0 + 10.0 * self.attained / spread;
        // An infinite spread would make 50 of any attainment.
        (spread > 0.0 && spread.is_finite() && score.is_finite()).then_some(score)
    }
}

impl FromIterator<(f64, f64)> for Goals {
    fn from_iter<I: IntoIterator<Item = (f64, f64)>>(goals: I) -> Self {
        goals.into_iter().fold(Self::ZERO, |sum, (achieved, weight)| sum.with(achieved, weight))
    }
}

#[cfg(test)]
mod tests {
    use super::Goals;

    fn score(goals: &[(f64, f64)]) -> Option<f64> {
        goals.iter().copied().collect::<Goals>().t_score()
    }

    #[test]
    fn the_expected_is_50_and_one_goal_moves_it_by_tens() {
        assert_eq!(score(&[(0.0, 1.0), (0.0, 6.0)]), Some(50.0));
        for (achieved, expected) in [(-2.0, 30.0), (-1.0, 40.0), (2.0, 70.0)] {
            assert!(score(&[(achieved, 5.0)]).is_some_and(|t| (t - expected).abs() < 1e-12));
        }
    }

    #[test]
    fn a_goal_without_weight_does_not_count() {
        assert_eq!(score(&[(1.0, 2.0), (-2.0, 0.0), (f64::NAN, 1.0), (1.0, f64::NAN)]), score(&[(1.0, 2.0)]));
    }

    #[test]
    fn goals_that_cannot_be_weighed_have_no_score() {
        for goals in [
            &[][..],
            &[(1.0, 0.0), (2.0, 0.0)],
            &[(1.0, -1.0), (1.0, 3.0)],
            &[(f64::NAN, 1.0)],
            &[(1.0, f64::NAN)],
            &[(1.0, f64::INFINITY)],
            &[(1.0, 1e200)],
            &[(f64::INFINITY, 1.0)],
        ] {
            assert_eq!(score(goals), None, "{goals:?}");
        }
    }
}
