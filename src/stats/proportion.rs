//! One proportion.

use super::{Interval, normal};

/// Returns the Wilson score interval of the proportion `x / n`, as fractions in `[0, 1]`.
///
/// `x` of `n` answers met the condition (fractions of an answer are allowed, so that weighted counts can be given);
/// `level` is the confidence level, such as 0.95. No continuity correction. `None` unless `0 <= x <= n`, `n > 0`, both
/// are finite, and `level` lies strictly between 0 and 1.
///
/// Source: Wilson EB (1927), J Am Stat Assoc 22:209-212.
pub fn wilson(x: f64, n: f64, level: f64) -> Option<Interval> {
    let z = normal::two_sided(level)?;
    if !(n > 0.0 && n.is_finite() && (0.0..=n).contains(&x)) {
        return None;
    }
    let (p, q) = (x / n, (n - x) / n);
    // The published formula with numerator and denominator divided by n + z²: nothing overflows, however large n is.
    let (own, pull) = (n / (n + z * z), z * z / (n + z * z));
    let centre = own * p + pull / 2.0;
    let half = (pull * pull / 4.0 + own * pull * p * q).sqrt();
    // The product of the two limits is own·p², which spares the lower one a subtraction of near equals.
    let lower = if x > 0.0 { own * p * p / (centre + half) } else { 0.0 };
    let upper = if x < n { (centre + half).min(1.0) } else { 1.0 };
    Interval::around(p, lower, upper)
}

#[cfg(test)]
mod tests {
    use super::wilson;

    #[test]
    fn nobody_and_everybody_reach_the_ends_exactly() {
        assert!(wilson(0.0, 1.0, 0.95).is_some_and(|w| w.lower == 0.0 && w.upper < 0.8));
        assert!(wilson(1.0, 1.0, 0.95).is_some_and(|w| w.lower > 0.2 && w.upper == 1.0));
        assert!(wilson(1e9, 1e9, 0.998).is_some_and(|w| w.lower < 1.0 && w.upper == 1.0));
    }

    #[test]
    fn no_answers_and_impossible_counts_have_none() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for (x, n) in [
            (0.0, 0.0),
            (1.0, 0.0),
            (2.0, 1.0),
            (-1.0, 3.0),
            (0.0, -1.0),
            (nan, 1.0),
            (1.0, nan),
            (1.0, inf),
            (inf, inf),
        ] {
            assert_eq!(wilson(x, n, 0.95), None, "{x} of {n}");
        }
        assert_eq!(wilson(1.0, 2.0, 1.0), None);
        assert_eq!(wilson(1.0, 2.0, 95.0), None);
    }

    #[test]
    fn the_largest_and_smallest_counts_stay_finite() {
        for n in [f64::MIN_POSITIVE, 1e-300, 1e300, f64::MAX] {
            for level in [f64::MIN_POSITIVE, 0.95, 1.0 - f64::EPSILON] {
                let w = wilson(n / 3.0, n, level);
                assert!(
                    w.is_some_and(|w| 0.0 <= w.lower && w.lower <= w.upper && w.upper <= 1.0),
                    "{n} at {level}: {w:?}"
                );
            }
        }
    }
}
