//! What a share could be among everybody, if those who did not answer differ from those who did.

use super::Interval;

/// Returns the lowest and the highest share that everybody could have, as fractions in `[0, 1]`.
///
/// `x` of `n` answers met the condition, out of a `population` of which each gave at most one answer. Among those who
/// did not answer the share may lie up to `difference` below or above the share among those who did, and never leaves
/// `[0, 1]`: with a `difference` of 1 nothing is assumed, and these are the worst-case bounds. They are no confidence
/// interval: with more answers to go round they do not shrink unless more of the people answer. `None` unless `0 <= x
/// <= n <= population`, `n > 0`, all are finite, and `difference` lies in `[0, 1]`.
///
/// Source: Manski CF (1989), J Hum Resour 24:343-360 (worst case); Cochran WG (1977), Sampling Techniques, 3rd ed.,
/// section 13.2 (a stated difference between those who answered and those who did not).
pub fn bounds(x: f64, n: f64, population: f64, difference: f64) -> Option<Interval> {
    let counts = n > 0.0 && (0.0..=n).contains(&x) && n <= population && population.is_finite();
    if !(counts && (0.0..=1.0).contains(&difference)) {
        return None;
    }
    let (value, answered) = (x / n, n / population);
    let everybody = |others: f64| answered * value + (1.0 - answered) * others.clamp(0.0, 1.0);
    Interval::around(value, everybody(value - difference), everybody(value + difference))
}

#[cfg(test)]
mod tests {
    use super::{Interval, bounds};

    fn near(got: Option<Interval>, lower: f64, upper: f64) {
        let near = got.is_some_and(|got| (got.lower - lower).abs() < 1e-12 && (got.upper - upper).abs() < 1e-12);
        assert!(near, "{got:?} against {lower} to {upper}");
    }

    #[test]
    fn worked_by_hand() {
        // 62 of 100 answers, 154 people: 54 people say nothing. All or none of them: 62/154 and 116/154.
        near(bounds(62.0, 100.0, 154.0, 1.0), 62.0 / 154.0, 116.0 / 154.0);
        // 20 points either way: (62 + 54 * 0.42) / 154 and (62 + 54 * 0.82) / 154.
        near(bounds(62.0, 100.0, 154.0, 0.2), 84.68 / 154.0, 106.28 / 154.0);
        // Nobody of those who answered: the others cannot be below 0.
        near(bounds(0.0, 10.0, 40.0, 0.2), 0.0, 0.15);
    }

    #[test]
    fn everybody_answered_leaves_nothing_open() {
        assert_eq!(bounds(3.0, 4.0, 4.0, 1.0), Some(Interval { lower: 0.75, upper: 0.75 }));
        near(bounds(3.0, 4.0, 400.0, 0.0), 0.75, 0.75);
    }

    #[test]
    fn impossible_counts_have_none() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for (x, n, population, difference) in [
            (0.0, 0.0, 5.0, 1.0),
            (2.0, 1.0, 5.0, 1.0),
            (-1.0, 1.0, 5.0, 1.0),
            (1.0, 6.0, 5.0, 1.0),
            (1.0, 2.0, inf, 1.0),
            (1.0, 2.0, nan, 1.0),
            (nan, 2.0, 5.0, 1.0),
            (1.0, 2.0, 5.0, -0.1),
            (1.0, 2.0, 5.0, 1.1),
            (1.0, 2.0, 5.0, nan),
        ] {
            assert_eq!(bounds(x, n, population, difference), None, "{x} of {n} of {population}, {difference}");
        }
    }
}
