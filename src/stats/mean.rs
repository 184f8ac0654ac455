//! One mean.

use super::{Interval, student};

/// Returns Student's t interval of a mean, in the unit of the mean.
///
/// `n` answers have this `mean` and this standard deviation `sd` (of a sample: over n - 1); `level` is the confidence
/// level, such as 0.95. Where all answers are equal (`sd` 0) both limits are the mean. `None` below 2 answers, when
/// `sd` is below 0, a number is not finite, or `level` does not lie strictly between 0 and 1.
///
/// Source: Altman DG, Machin D, Bryant TN & Gardner MJ (2000), Statistics with Confidence, 2nd ed., chapter 4.
pub fn t_interval(n: f64, mean: f64, sd: f64, level: f64) -> Option<Interval> {
    if !(n >= 2.0 && sd >= 0.0) {
        return None;
    }
    let reach = student::two_sided(level, n - 1.0)? * (sd / n.sqrt());
    Interval::around(mean, mean - reach, mean + reach)
}

#[cfg(test)]
mod tests {
    use super::{Interval, t_interval};

    #[test]
    fn equal_answers_leave_no_doubt() {
        assert_eq!(t_interval(6.0, 5.0, 0.0, 0.95), Some(Interval { lower: 5.0, upper: 5.0 }));
    }

    #[test]
    fn without_two_answers_or_a_spread_there_is_none() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for (n, mean, sd) in [
            (0.0, 4.0, 1.0),
            (1.0, 4.0, 0.0),
            (1.5, 4.0, 1.0),
            (nan, 4.0, 1.0),
            (inf, 4.0, 1.0),
            (3.0, nan, 1.0),
            (3.0, inf, 1.0),
            (3.0, 4.0, -1.0),
            (3.0, 4.0, nan),
            (3.0, 4.0, inf),
        ] {
            assert_eq!(t_interval(n, mean, sd, 0.95), None, "{n}, {mean}, {sd}");
        }
        assert_eq!(t_interval(3.0, 4.0, 1.0, 1.0), None);
    }
}
