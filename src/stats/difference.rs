//! The difference of two proportions and of two means.

use super::{Estimate, proportion::wilson, student};

/// Returns the difference `x1 / n1 - x2 / n2` with Newcombe's hybrid score interval, as fractions in `[-1, 1]`.
///
/// The two groups are independent: `x1` of `n1` and `x2` of `n2` answers met the condition. `level` is the confidence
/// level, such as 0.95. No continuity correction. `None` when either proportion has no Wilson interval, which see.
///
/// Source: Newcombe RG (1998), Stat Med 17:873-890, method 10.
pub fn newcombe(x1: f64, n1: f64, x2: f64, n2: f64, level: f64) -> Option<Estimate> {
    let (first, second) = (wilson(x1, n1, level)?, wilson(x2, n2, level)?);
    let (p1, p2) = (x1 / n1, x2 / n2);
    let value = p1 - p2;
    let lower = value - (p1 - first.lower).hypot(second.upper - p2);
    let upper = value + (first.upper - p1).hypot(p2 - second.lower);
    Estimate::new(value, lower.max(-1.0), upper.min(1.0))
}

/// One group of answers whose mean is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Answers.
    pub n: f64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation (of a sample: over n - 1).
    pub sd: f64,
}

/// The difference of two means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Welch {
    /// The first mean minus the second, in their unit, with its limits.
    pub estimate: Estimate,
    /// Its standard error.
    pub se: f64,
    /// Satterthwaite's degrees of freedom; `None` where all answers of both groups are equal.
    pub degrees_of_freedom: Option<f64>,
}

/// Returns the difference of the means of two independent groups with Welch's t interval.
///
/// The groups may scatter differently. `level` is the confidence level, such as 0.95. Where all answers of both groups
/// are equal both limits are the difference. `None` below 2 answers in a group, when a standard deviation is below 0, a
/// number is not finite, or `level` does not lie strictly between 0 and 1.
///
/// Source: Welch BL (1947), Biometrika 34:28-35; degrees of freedom: Satterthwaite FE (1946), Biometrics Bull 2:110-114.
pub fn welch(first: Sample, second: Sample, level: f64) -> Option<Welch> {
    let sound = |s: Sample| s.n >= 2.0 && s.n.is_finite() && s.sd >= 0.0 && s.sd.is_finite();
    if !(sound(first) && sound(second) && level > 0.0 && level < 1.0) {
        return None;
    }
    let value = first.mean - second.mean;
    let (one, two) = (first.sd / first.n.sqrt(), second.sd / second.n.sqrt());
    let se = one.hypot(two);
    if se == 0.0 {
        let estimate = Estimate::new(value, value, value)?;
        return Some(Welch { estimate, se, degrees_of_freedom: None });
    }
    // Shares of the variance: fourth powers of the errors themselves would overflow sooner.
    let (one, two) = ((one / se).powi(2), (two / se).powi(2));
    let df = 1.0 / (one * one / (first.n - 1.0) + two * two / (second.n - 1.0));
    let reach = student::two_sided(level, df)? * se;
    let estimate = Estimate::new(value, value - reach, value + reach)?;
    Some(Welch { estimate, se, degrees_of_freedom: Some(df) })
}

#[cfg(test)]
mod tests {
    use super::{Sample, newcombe, welch};

    #[test]
    fn equal_answers_leave_no_doubt_and_one_answer_leaves_all() {
        let sample = |n, mean, sd| Sample { n, mean, sd };
        let sure = welch(sample(3.0, 5.0, 0.0), sample(4.0, 2.0, 0.0), 0.95);
        assert!(
            sure.is_some_and(|w| w.estimate.lower == 3.0 && w.estimate.upper == 3.0 && w.degrees_of_freedom.is_none())
        );
        // One group that does not scatter leaves the degrees of freedom to the other.
        let half = welch(sample(3.0, 5.0, 0.0), sample(4.0, 2.0, 1.0), 0.95);
        assert!(half.and_then(|w| w.degrees_of_freedom).is_some_and(|df| (df - 3.0).abs() < 1e-12));
        for (n, mean, sd) in [(1.0, 5.0, 1.0), (3.0, f64::NAN, 1.0), (3.0, 5.0, -1.0), (f64::INFINITY, 5.0, 1.0)] {
            assert_eq!(welch(sample(n, mean, sd), sample(4.0, 2.0, 1.0), 0.95), None);
            assert_eq!(welch(sample(4.0, 2.0, 1.0), sample(n, mean, sd), 0.95), None);
        }
        assert_eq!(welch(sample(4.0, 2.0, 0.0), sample(4.0, 2.0, 0.0), 1.0), None);
    }

    #[test]
    fn the_extremes_do_not_leave_minus_1_to_1() {
        assert!(
            newcombe(10.0, 10.0, 0.0, 20.0, 0.95).is_some_and(|d| d.value == 1.0 && d.upper == 1.0 && d.lower < 1.0)
        );
        assert!(newcombe(0.0, 10.0, 20.0, 20.0, 0.95).is_some_and(|d| d.value == -1.0 && d.lower == -1.0));
        assert!(newcombe(0.0, 5.0, 0.0, 5.0, 0.95).is_some_and(|d| d.value == 0.0 && d.lower == -d.upper));
    }

    #[test]
    fn a_group_without_answers_has_no_difference() {
        assert_eq!(newcombe(0.0, 0.0, 1.0, 2.0, 0.95), None);
        assert_eq!(newcombe(1.0, 2.0, 3.0, 2.0, 0.95), None);
        assert_eq!(newcombe(1.0, 2.0, 1.0, 2.0, 0.0), None);
    }
}
