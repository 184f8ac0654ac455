//! Quantiles of the beta distribution.

use statrs::function::beta::checked_beta_reg;

/// Returns the value that a share `p` of the beta distribution with shapes `a` and `b` lies below: 0.5 for a half of the
/// distribution with equal shapes.
///
/// A shape of 0 stands for its limit, all at one end: `a = 0` gives 0, `b = 0` gives 1. `None` unless `p` lies strictly
/// between 0 and 1, no shape is below 0, both are finite, and one is above 0.
///
/// Source: the regularised incomplete beta function (Abramowitz & Stegun 26.5.1), inverted by bisection.
pub fn quantile(p: f64, a: f64, b: f64) -> Option<f64> {
    let shapes = a >= 0.0 && b >= 0.0 && a.is_finite() && b.is_finite();
    if !(p > 0.0 && p < 1.0 && shapes && a + b > 0.0) {
        return None;
    }
    if a == 0.0 || b == 0.0 {
        return Some(if a == 0.0 { 0.0 } else { 1.0 });
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // Doubles between 0 and 1 lie so close to 0 that halving finds the last of them only after a thousand steps; a limit
    // of a share needs no more than these.
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if checked_beta_reg(a, b, middle).ok()? < p { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn closed_forms() {
        // Below x lies x^a where b is 1, and 1 - (1 - x)^b where a is 1.
        for (p, a, b, expected) in [
            (0.5, 3.5, 3.5, 0.5),
            (0.025, 20.0, 1.0, 0.025_f64.powf(0.05)),
            (0.975, 1.0, 20.0, 1.0 - 0.025_f64.powf(0.05)),
            (0.025, 0.0, 8.0, 0.0),
            (0.975, 8.0, 0.0, 1.0),
        ] {
            assert!(quantile(p, a, b).is_some_and(|x| (x - expected).abs() < 1e-13), "{p}, {a}, {b}");
        }
    }

    #[test]
    fn outside_the_domain_there_is_none() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for (p, a, b) in [
            (0.0, 1.0, 1.0),
            (1.0, 1.0, 1.0),
            (nan, 1.0, 1.0),
            (0.5, -1.0, 1.0),
            (0.5, 0.0, 0.0),
            (0.5, inf, 1.0),
            (0.5, 1.0, nan),
        ] {
            assert_eq!(quantile(p, a, b), None, "{p}, {a}, {b}");
        }
    }
}
