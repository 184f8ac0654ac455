//! Events over a time or a population.

use statrs::function::beta::checked_beta_reg;

use super::{Estimate, poisson, turning};

/// Returns the rate `x / n` in events per `per`, with its interval.
///
/// `x` events happened in a population or a time of `n`; `per` is what the rate is for, such as 1 000 people; `level`
/// is the confidence level, such as 0.95. The limits are exact below 10 events and Byar's from 10 ([`poisson::limits`]).
/// `None` unless `x` is at least 0, `n` and `per` are above 0, all are finite, and `level` lies strictly between 0 and 1.
pub fn rate(x: f64, n: f64, per: f64, level: f64) -> Option<Estimate> {
    if !(n > 0.0 && n.is_finite() && per > 0.0) {
        return None;
    }
    let limits = poisson::limits(x, level)?;
    let of = |events: f64| events / n * per;
    Estimate::new(of(x), of(limits.lower), of(limits.upper))
}

/// Returns the ratio of two rates, `(x1 / t1) / (x2 / t2)`, with its exact interval.
///
/// `x1` events happened in the time or population `t1`, `x2` in `t2`, the two in one unit; both groups are
/// independent. `level` is the confidence level, such as 0.95. `None` without events in the second group (the ratio has
/// no upper end), for counts below 0, times not above 0, numbers that are not finite, and a level outside (0, 1).
///
/// Source: given how many events there were in all, those of the first group are binomial (Przyborowski J & Wilenski H
/// (1940), Biometrika 31:313-323); the limits of that share are those of Clopper CJ & Pearson ES (1934), Biometrika
/// 26:404-413. R's `poisson.test` has the same.
pub fn rate_ratio(x1: f64, t1: f64, x2: f64, t2: f64, level: f64) -> Option<Estimate> {
    let sound = x1 >= 0.0 && x2 > 0.0 && t1 > 0.0 && t2 > 0.0 && level > 0.0 && level < 1.0;
    if !(sound && x1.is_finite() && x2.is_finite()) {
        return None;
    }
    let tail = (1.0 - level) / 2.0;
    // The share of all events that falls to the first group, as odds; the middle keeps the bisection to one side.
    let at_least =
        |share: f64, x: f64, others: f64| checked_beta_reg(x, others + 1.0, share).ok().filter(|p| p.is_finite());
    let middle = x1 / (x1 + x2);
    let lower = if x1 > 0.0 { turning(0.0, middle, |share| Some(at_least(share, x1, x2)? < tail))? } else { 0.0 };
    // By the other group's share, so that shares near 1 keep their digits.
    let other = turning(0.0, 1.0 - middle, |share| Some(at_least(share, x2, x1)? < tail))?;
    let times = t2 / t1;
    Estimate::new(x1 / x2 * times, lower / (1.0 - lower) * times, (1.0 - other) / other * times)
}

#[cfg(test)]
mod tests {
    use super::{rate, rate_ratio};

    #[test]
    fn a_rate_is_in_the_unit_of_per() {
        let thousand = rate(12.0, 3_000.0, 1_000.0, 0.95);
        assert!(thousand.is_some_and(|r| r.value == 4.0 && r.lower < 4.0 && r.upper > 4.0));
        assert!(rate(0.0, 10.0, 1.0, 0.95).is_some_and(|r| r.value == 0.0 && r.lower == 0.0 && r.upper > 0.0));
    }

    #[test]
    fn without_a_population_there_is_no_rate() {
        for (x, n, per) in [(1.0, 0.0, 1.0), (-1.0, 5.0, 1.0), (1.0, -5.0, 1.0), (1.0, 5.0, 0.0), (1.0, f64::NAN, 1.0)]
        {
            assert_eq!(rate(x, n, per, 0.95), None);
        }
        assert_eq!(rate(1.0, f64::INFINITY, 1.0, 0.95), None);
    }

    #[test]
    fn groups_swapped_turn_the_ratio_over() {
        let pair = rate_ratio(12.0, 100.0, 30.0, 80.0, 0.95).zip(rate_ratio(30.0, 80.0, 12.0, 100.0, 0.95));
        let one = |a: f64, b: f64| (a * b - 1.0).abs() < 1e-9;
        assert!(pair.is_some_and(|(a, b)| one(a.value, b.value) && one(a.lower, b.upper) && one(a.upper, b.lower)));
    }

    #[test]
    fn no_events_in_the_second_group_have_no_ratio() {
        assert_eq!(rate_ratio(3.0, 10.0, 0.0, 10.0, 0.95), None);
        assert!(
            rate_ratio(0.0, 10.0, 3.0, 10.0, 0.95).is_some_and(|r| r.value == 0.0 && r.lower == 0.0 && r.upper > 1.0)
        );
        assert_eq!(rate_ratio(3.0, 0.0, 3.0, 10.0, 0.95), None);
        assert_eq!(rate_ratio(3.0, 10.0, 3.0, 10.0, 1.0), None);
        assert_eq!(rate_ratio(3.0, 10.0, f64::INFINITY, 10.0, 0.95), None);
    }
}
