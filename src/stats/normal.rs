//! Quantiles of the normal distribution.

use statrs::function::erf::{erf_inv, erfc_inv};

/// Returns the two-sided normal quantile of a confidence level: 1.959964 for 0.95.
///
/// `level` is a fraction. `None` unless it lies strictly between 0 and 1.
///
/// Source: the inverse error function of `statrs`, good to about 1e-15 relative.
pub fn two_sided(level: f64) -> Option<f64> {
    let inside = level > 0.0 && level < 1.0;
    // Near 1 the tail is the accurate side, near 0 the middle is: `1 - level` would lose digits there.
    inside.then(|| std::f64::consts::SQRT_2 * if level < 0.5 { erf_inv(level) } else { erfc_inv(1.0 - level) })
}

#[cfg(test)]
mod tests {
    use super::two_sided;

    #[test]
    fn published_quantiles() {
        // qnorm((1 + level) / 2) of R 4.5.
        for (level, expected) in [
            (0.5, 0.674_489_750_196_081_7),
            (0.9, 1.644_853_626_951_472_7),
            (0.95, 1.959_963_984_540_054),
            (0.99, 2.575_829_303_548_900_4),
            (0.998, 3.090_232_306_167_813),
        ] {
            let z = two_sided(level).unwrap_or(f64::NAN);
            assert!((z / expected - 1.0).abs() < 1e-14, "{level}: {z} against {expected}");
        }
    }

    #[test]
    fn only_levels_strictly_between_0_and_1() {
        for level in [0.0, 1.0, -0.1, 1.1, 95.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(two_sided(level), None);
        }
        assert!(two_sided(f64::MIN_POSITIVE).is_some_and(|z| (0.0..1e-300).contains(&z)));
        assert!(two_sided(1.0 - f64::EPSILON / 2.0).is_some_and(|z| (8.0..9.0).contains(&z)));
    }
}
