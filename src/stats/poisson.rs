//! Limits of a count of events.

use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur};

use super::{Interval, normal, turning};

/// Counts below this have exact limits, others Byar's: the rule of OHID's Fingertips.
const FEW: f64 = 10.0;

/// From this many events the exact limits are taken from Byar's, which then differ by less than 1e-9 of them.
const MANY: f64 = 1e6;

/// Returns the limits of the expected number of events where `x` events were counted: exact below 10, Byar's from 10.
///
/// `level` is the confidence level, such as 0.95. Fractions of an event are allowed. `None` unless `x` is finite and at
/// least 0 and `level` lies strictly between 0 and 1.
///
/// Source: OHID, Technical Guide: Confidence intervals; of the two methods, see [`exact`] and [`byar`].
pub fn limits(x: f64, level: f64) -> Option<Interval> {
    if x < FEW { exact(x, level) } else { byar(x, level) }
}

/// Returns Byar's approximation to the limits of the expected number of events where `x` were counted.
///
/// The lower limit of no events is 0. `None` as [`limits`].
///
/// Source: Breslow NE & Day NE (1987), Statistical Methods in Cancer Research, volume II, IARC, page 69.
pub fn byar(x: f64, level: f64) -> Option<Interval> {
    let z = normal::two_sided(level)?;
    if x.is_nan() || x < 0.0 {
        return None;
    }
    let end = |x: f64, z: f64| x * (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).max(0.0).powi(3);
    let lower = if x > 0.0 { end(x, -z) } else { 0.0 };
    Interval::around(x, lower, end(x + 1.0, z))
}

/// Returns the exact limits of the expected number of events where `x` were counted.
///
/// `None` as [`limits`].
///
/// Source: Garwood F (1936), Biometrika 28:437-442: quantiles of the gamma distribution, here by bisection.
pub fn exact(x: f64, level: f64) -> Option<Interval> {
    let tail = (1.0 - level) / 2.0;
    let z = normal::two_sided(level)?;
    if !(x >= 0.0 && x.is_finite()) {
        return None;
    }
    if x >= MANY {
        return byar(x, level);
    }
    // Far enough for any level that a float can hold: its z is at most 8.3.
    let far = 2.0 * (x + 1.0) + z * z * 2.0 + 40.0;
    let lower = if x > 0.0 { turning(0.0, x, |mean| checked_gamma_lr(x, mean).ok().map(|p| p < tail))? } else { 0.0 };
    let upper = turning(x, far, |mean| at_most(x, mean).map(|p| p > tail))?;
    Interval::around(x, lower, upper)
}

/// Returns the counts between which a unit lies that is not far from the expected number of events: those whose exact
/// limits end at `expected`.
///
/// The counts are no whole numbers: they lie on the smooth lines of a funnel. The lower is 0 where not even no events
/// would be few. `None` unless `expected` is above 0 and finite and `level` lies strictly between 0 and 1.
///
/// Source: the limits of Garwood (1936), solved for the count, as OHID draws funnels of rates and ratios.
pub fn counts_around(expected: f64, level: f64) -> Option<Interval> {
    let tail = (1.0 - level) / 2.0;
    let z = normal::two_sided(level)?;
    if !(expected > 0.0 && expected.is_finite()) {
        return None;
    }
    let many = expected >= MANY;
    let few = |x: f64| if many { Some(byar(x, level)?.upper < expected) } else { Some(at_most(x, expected)? < tail) };
    let not_many =
        |x: f64| if many { Some(byar(x, level)?.lower < expected) } else { Some(at_least(x, expected)? > tail) };
    let far = expected + z * (2.0 * z + 4.0 * expected.sqrt()) + 40.0;
    let lower = if few(0.0)? { turning(0.0, expected, few)? } else { 0.0 };
    Interval::around(expected, lower, turning(0.0, far, not_many)?)
}

/// The chance of at most `x` events where `mean` are expected, for any `x`.
fn at_most(x: f64, mean: f64) -> Option<f64> {
    if mean > 0.0 { checked_gamma_ur(x + 1.0, mean).ok().filter(|p| p.is_finite()) } else { Some(1.0) }
}

/// The chance of at least `x` events where `mean` are expected, for any `x`.
fn at_least(x: f64, mean: f64) -> Option<f64> {
    if x > 0.0 { checked_gamma_lr(x, mean).ok().filter(|p| p.is_finite()) } else { Some(1.0) }
}

#[cfg(test)]
mod tests {
    use super::{byar, counts_around, exact, limits};

    #[test]
    fn no_events_have_an_upper_limit_only() {
        for interval in [exact(0.0, 0.95), limits(0.0, 0.95)] {
            // -ln(0.025).
            assert!(interval.is_some_and(|i| i.lower == 0.0 && (i.upper - 3.688_879_454_113_936).abs() < 1e-12));
        }
        assert!(byar(0.0, 0.95).is_some_and(|i| i.lower == 0.0 && i.upper > 3.0));
    }

    #[test]
    fn the_method_changes_at_10() {
        assert_eq!(limits(9.99, 0.95), exact(9.99, 0.95));
        assert_eq!(limits(10.0, 0.95), byar(10.0, 0.95));
    }

    #[test]
    fn the_exact_limits_go_over_into_byars() {
        let (below, above) = (exact(999_999.0, 0.998), byar(999_999.0, 0.998));
        let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-9;
        assert!(below.zip(above).is_some_and(|(a, b)| near(a.lower, b.lower) && near(a.upper, b.upper)));
    }

    #[test]
    fn impossible_counts_have_none() {
        for x in [-1.0, f64::NAN, f64::INFINITY] {
            assert_eq!((limits(x, 0.95), exact(x, 0.95), byar(x, 0.95)), (None, None, None));
        }
        assert_eq!((limits(3.0, 1.0), limits(30.0, 95.0), counts_around(3.0, 0.0)), (None, None, None));
        assert_eq!((counts_around(0.0, 0.95), counts_around(f64::INFINITY, 0.95)), (None, None));
    }

    #[test]
    fn counts_and_limits_are_each_others_inverse() {
        for (expected, level) in [(4.0, 0.95), (30.0, 0.998), (2_000.0, 0.95), (3e6, 0.998)] {
            let counts = counts_around(expected, level);
            let back = counts.and_then(|c| exact(c.lower, level).zip(exact(c.upper, level)));
            let near = |end: f64| (end / expected - 1.0).abs() < 1e-9;
            assert!(back.is_some_and(|(low, high)| near(low.upper) && near(high.lower)), "{expected}: {back:?}");
        }
        assert!(counts_around(3.6, 0.95).is_some_and(|c| c.lower == 0.0));
    }
}
