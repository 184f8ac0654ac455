//! The difference of two proportions.

use super::{Estimate, proportion::wilson};

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

#[cfg(test)]
mod tests {
    use super::newcombe;

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
