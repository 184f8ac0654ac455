//! Funnel limits of chance alone, as OHID's Fingertips draws them, and where a unit lies among them.
//!
//! A limit is the value of a unit whose own confidence interval would just touch the target.

use super::super::proportion::wilson;
use super::super::{Interval, normal, poisson};
use super::Band;

/// Returns the funnel limits of a proportion for a unit of `n` answers, as fractions.
///
/// `target` is the proportion of all units together; `level` is 0.95 for the inner and 0.998 for the outer lines of a
/// funnel. `None` unless `n` is above 0 and finite, `target` lies in [0, 1] and `level` strictly between 0 and 1.
///
/// Source: the Wilson interval touches the target where target ± z √(target (1 - target) / n) (Wilson EB (1927), J Am
/// Stat Assoc 22:209-212); OHID, Fingertips technical guide: funnel plots.
pub fn wilson_limits(n: f64, target: f64, level: f64) -> Option<Interval> {
    let z = normal::two_sided(level)?;
    if !(n > 0.0 && n.is_finite() && (0.0..=1.0).contains(&target)) {
        return None;
    }
    let reach = z * (target * (1.0 - target) / n).sqrt();
    Interval::around(target, (target - reach).max(0.0), (target + reach).min(1.0))
}

/// Returns the funnel limits of a ratio of observed to expected events for a unit with `expected` events, 1 where there
/// are as many as expected.
///
/// For rates, `expected` is the unit's population times the rate of all units together, and the limits times that rate are
/// those of the unit's rate. `level` is 0.95 for the inner and 0.998 for the outer lines of a funnel. `None` unless
/// `expected` is above 0 and finite and `level` lies strictly between 0 and 1.
///
/// Source: the exact Poisson interval touches 1 there, see [`poisson::counts_around`].
pub fn poisson_limits(expected: f64, level: f64) -> Option<Interval> {
    let counts = poisson::counts_around(expected, level)?;
    Interval::around(1.0, counts.lower / expected, counts.upper / expected)
}

/// Returns how a proportion of `x` in `n` answers compares with the target: by whether its Wilson intervals at 95% and
/// at 99.8% hold it.
///
/// `None` where [`wilson`] has none and where `target` is not in [0, 1].
pub fn wilson_band(x: f64, n: f64, target: f64) -> Option<Band> {
    let target = Some(target).filter(|target| (0.0..=1.0).contains(target))?;
    Some(band(target, wilson(x, n, 0.95)?, wilson(x, n, 0.998)?))
}

/// Returns how `observed` events compare with those expected: by whether the limits of their number at 95% and at 99.8%
/// ([`poisson::limits`]) hold the expected number.
///
/// `None` for counts below 0, nothing expected and numbers that are not finite.
pub fn poisson_band(observed: f64, expected: f64) -> Option<Band> {
    let expected = Some(expected).filter(|expected| *expected > 0.0 && expected.is_finite())?;
    Some(band(expected, poisson::limits(observed, 0.95)?, poisson::limits(observed, 0.998)?))
}

/// A unit whose whole interval lies above the target is higher.
fn band(target: f64, at95: Interval, at998: Interval) -> Band {
    if at998.upper < target {
        Band::MuchLower
    } else if at95.upper < target {
        Band::Lower
    } else if at998.lower > target {
        Band::MuchHigher
    } else if at95.lower > target {
        Band::Higher
    } else {
        Band::Same
    }
}

#[cfg(test)]
mod tests {
    use super::{Band, poisson_band, poisson_limits, wilson_band, wilson_limits};

    #[test]
    fn limits_touch_the_interval_of_a_unit_that_lies_on_them() {
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-12;
        let (n, target) = (240.0, 0.3);
        let touch = wilson_limits(n, target, 0.95).and_then(|limits| super::wilson(limits.upper * n, n, 0.95));
        assert!(touch.is_some_and(|interval| near(interval.lower, target)));
    }

    #[test]
    fn a_small_unit_reaches_the_ends() {
        assert!(wilson_limits(1.0, 0.3, 0.95).is_some_and(|l| l.lower == 0.0 && l.upper == 1.0));
        assert!(wilson_limits(50.0, 0.0, 0.95).is_some_and(|l| l.lower == 0.0 && l.upper == 0.0));
        assert!(poisson_limits(1.0, 0.95).is_some_and(|l| l.lower == 0.0 && l.upper > 2.0));
        assert_eq!(poisson_band(0.0, 1.0), Some(Band::Same));
        assert_eq!(poisson_band(0.0, 100.0), Some(Band::MuchLower));
    }

    #[test]
    fn impossible_numbers_have_none() {
        assert_eq!((wilson_limits(0.0, 0.3, 0.95), wilson_limits(9.0, 1.3, 0.95)), (None, None));
        assert_eq!((wilson_limits(9.0, f64::NAN, 0.95), wilson_limits(9.0, 0.3, 1.0)), (None, None));
        assert_eq!((poisson_limits(0.0, 0.95), poisson_limits(9.0, 0.0)), (None, None));
        assert_eq!((wilson_band(3.0, 2.0, 0.5), wilson_band(1.0, 2.0, 1.5)), (None, None));
        assert_eq!((poisson_band(-1.0, 2.0), poisson_band(1.0, 0.0), poisson_band(1.0, f64::NAN)), (None, None, None));
    }
}
