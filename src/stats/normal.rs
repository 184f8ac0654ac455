//! Quantiles and tails of the normal distribution.

use statrs::function::erf::{erf_inv, erfc_inv};
use statrs::function::gamma::checked_gamma_ur;

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

/// Returns the chance that a standard normal number lies below `z`: 0.975 for 1.959964.
///
/// Source: the incomplete gamma function (Abramowitz & Stegun 6.5.17), which keeps its digits in the tails.
pub fn below(z: f64) -> f64 {
    // No chance is left beyond what the function takes.
    let tail = checked_gamma_ur(0.5, z * z / 2.0).map_or(if z == 0.0 { 0.5 } else { 0.0 }, |both| both / 2.0);
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// Returns the number below which a standard normal number lies with the chance `p`: 0.841621 for 0.8.
///
/// `None` unless `p` lies strictly between 0 and 1.
pub fn quantile(p: f64) -> Option<f64> {
    let inside = p > 0.0 && p < 1.0;
    inside.then(|| -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p))
}

/// Returns the two-sided p value of a standard normal distance: the chance of lying at least as far from 0.
///
/// `None` where `z` is not a number.
pub fn two_sided_p(z: f64) -> Option<f64> {
    (!z.is_nan()).then(|| 2.0 * below(-z.abs()))
}

#[cfg(test)]
mod tests {
    use super::{below, quantile, two_sided, two_sided_p};

    #[test]
    fn published_chances() {
        // pnorm and qnorm of R 4.2.
        for (z, p) in [
            (-3.0, 0.001_349_898_031_630_094_6),
            (0.0, 0.5),
            (0.841_621_233_572_914_4, 0.8),
            (1.281_551_565_544_600_6, 0.9),
            (2.0, 0.977_249_868_051_820_8),
        ] {
            assert!((below(z) / p - 1.0).abs() < 1e-14, "{z}: {}", below(z));
            assert!(quantile(p).is_some_and(|got| (got - z).abs() < 1e-13), "{p}: {:?}", quantile(p));
        }
        assert_eq!((quantile(0.0), quantile(1.0), quantile(f64::NAN)), (None, None, None));
    }

    #[test]
    fn published_tails() {
        // 2 * pnorm(-z) of R 4.2.
        for (z, expected) in [
            (0.0, 1.0),
            (1.0, 0.317_310_507_862_914_1),
            (-1.959_963_984_540_054, 0.05),
            (3.0, 0.002_699_796_063_260_189),
            (6.0, 1.973_175_290_075_396e-9),
        ] {
            let p = two_sided_p(z).unwrap_or(f64::NAN);
            assert!((p / expected - 1.0).abs() < 1e-13, "{z}: {p} against {expected}");
        }
        assert_eq!(two_sided_p(f64::INFINITY), Some(0.0));
        assert_eq!(two_sided_p(f64::NAN), None);
    }

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
