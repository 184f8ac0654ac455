//! The ratio of two proportions.

use super::{Estimate, normal};

/// Returns the ratio `(x1 / n1) / (x2 / n2)` with the score interval of Koopman: the ratios that the counts do not
/// refute.
///
/// The two groups are independent: `x1` of `n1` and `x2` of `n2` answers met the condition. `level` is the confidence
/// level, such as 0.95. Where `x1` is 0 so is the lower limit. `None` unless `n1` and `n2` are above 0, `x1` from 0 to
/// `n1`, `x2` above 0 and up to `n2`, and `level` strictly between 0 and 1.
///
/// Source: Koopman PAR (1984), Biometrics 40:513-517.
pub fn share_ratio(x1: f64, n1: f64, x2: f64, n2: f64, level: f64) -> Option<Estimate> {
    let valid = n1 > 0.0 && n2 > 0.0 && x1 >= 0.0 && x1 <= n1 && x2 > 0.0 && x2 <= n2 && (n1 + n2).is_finite();
    let quantile = normal::two_sided(level).filter(|_| valid)?;
    let value = x1 / n1 / (x2 / n2);
    let score = |ratio: f64| score(x1, n1, x2, n2, ratio);
    let upper = limit(value.max(f64::MIN_POSITIVE), 2.0, |ratio| score(ratio) > -quantile)?;
    let lower = if x1 > 0.0 { limit(value, 0.5, |ratio| score(ratio) < quantile)? } else { 0.0 };
    Estimate::new(value, lower, upper)
}

/// How many standard errors the first proportion lies above `ratio` times the second, the standard error being that of
/// the likeliest proportions with this ratio.
fn score(x1: f64, n1: f64, x2: f64, n2: f64, ratio: f64) -> f64 {
    let distance = x1 / n1 - ratio * x2 / n2;
    if distance == 0.0 {
        return 0.0;
    }
    let (square, linear, both) = (ratio * (n1 + n2), ratio * (n1 + x2) + x1 + n2, x1 + x2);
    let second = 2.0 * both / (linear + (linear * linear - 4.0 * square * both).max(0.0).sqrt());
    let first = (ratio * second).min(1.0);
    let variance = first * (1.0 - first) / n1 + ratio * ratio * second * (1.0 - second).max(0.0) / n2;
    distance / variance.sqrt()
}

/// The ratio up to which, from `start` and by steps of `factor`, the counts do not refute it.
fn limit(start: f64, factor: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    let (mut inside, mut outside) = (start, start * factor);
    while holds(outside) {
        (inside, outside) = (outside, outside * factor);
        if outside == 0.0 || outside.is_infinite() {
            return None;
        }
    }
    for _ in 0..100 {
        let middle = inside * (outside / inside).sqrt();
        if holds(middle) { inside = middle } else { outside = middle }
    }
    Some(inside)
}

#[cfg(test)]
mod tests {
    use super::share_ratio;

    #[test]
    fn the_example_of_the_paper() {
        let ratio = share_ratio(36.0, 40.0, 16.0, 80.0, 0.95).unwrap();
        assert!((ratio.value - 4.5).abs() < 1e-12);
        assert!((ratio.lower - 2.94).abs() < 5e-3 && (ratio.upper - 7.15).abs() < 5e-3, "{ratio:?}");
    }

    #[test]
    fn nobody_of_the_first_and_everybody_of_both() {
        let none = share_ratio(0.0, 20.0, 5.0, 20.0, 0.95).unwrap();
        assert!(none.value == 0.0 && none.lower == 0.0 && none.upper > 0.3 && none.upper < 1.0, "{none:?}");
        let all = share_ratio(10.0, 10.0, 20.0, 20.0, 0.95).unwrap();
        assert!(all.value == 1.0 && all.lower < 0.9 && all.upper > 1.0, "{all:?}");
    }

    #[test]
    fn what_has_no_answer_is_none() {
        for (x1, n1, x2, n2, level) in [
            (1.0, 2.0, 0.0, 2.0, 0.95),
            (3.0, 2.0, 1.0, 2.0, 0.95),
            (1.0, 2.0, 3.0, 2.0, 0.95),
            (-1.0, 2.0, 1.0, 2.0, 0.95),
            (0.0, 0.0, 1.0, 2.0, 0.95),
            (1.0, 2.0, 1.0, 2.0, 1.0),
            (f64::NAN, 2.0, 1.0, 2.0, 0.95),
        ] {
            assert_eq!(share_ratio(x1, n1, x2, n2, level), None);
        }
    }
}
