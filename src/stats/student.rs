//! Quantiles of Student's t distribution.

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::ln_gamma;

use super::normal;

/// From this many degrees of freedom the quantile is taken from that of the normal. There the series is good to 1e-14,
/// while the incomplete beta function is asked ever nearer to 1 and loses digits (1e-11 of t at 100 000).
const MANY: f64 = 1e4;

/// Returns the two-sided quantile of Student's t: 2.228139 for a level of 0.95 and 10 degrees of freedom.
///
/// `level` is a fraction, `df` the degrees of freedom. `None` unless `level` lies strictly between 0 and 1 and `df` is
/// finite and at least 1.
///
/// Source: the regularised incomplete beta function (Abramowitz & Stegun 26.7.1), inverted by bisection and then
/// polished by Newton steps; from 10 000 degrees of freedom the series about the normal quantile (26.7.5).
pub fn two_sided(level: f64, df: f64) -> Option<f64> {
    if !(level > 0.0 && level < 1.0 && df >= 1.0 && df.is_finite()) {
        return None;
    }
    if df >= MANY {
        let z = normal::two_sided(level)?;
        let terms = [
            (z.powi(3) + z) / 4.0,
            (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
            (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
        ];
        return Some(z + terms.iter().rev().fold(0.0, |sum, term| (sum + term) / df));
    }
    let tail = 1.0 - level;
    // The chance that |T| exceeds t.
    let beyond = |t: f64| checked_beta_reg(df / 2.0, 0.5, df / (df + t * t)).ok().filter(|p| p.is_finite());

    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while beyond(high)? > tail {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if beyond(middle)? > tail { low = middle } else { high = middle }
    }
    let log_scale = ln_gamma(f64::midpoint(df, 1.0)) - ln_gamma(df / 2.0) - (df * std::f64::consts::PI).ln() / 2.0;
    let mut t = f64::midpoint(low, high);
    for _ in 0..2 {
        let density = (log_scale - f64::midpoint(df, 1.0) * (t * t / df).ln_1p()).exp();
        let next = t + (beyond(t)? - tail) / (2.0 * density);
        // A tail so thin that its density vanishes keeps the bisection's answer.
        if next.is_finite() && (next - t).abs() <= 1e-6 * t {
            t = next;
        }
    }
    t.is_finite().then_some(t)
}

#[cfg(test)]
mod tests {
    use super::two_sided;

    #[test]
    fn published_quantiles() {
        // From the closed forms for 1, 2 and even degrees of freedom, in 40 digits; 3 from printed tables; those of many
        // from the incomplete beta function, in 40 digits.
        for (level, df, expected) in [
            (0.95, 1.0, 12.706_204_736_174_7),
            (0.95, 2.0, 4.302_652_729_749_464),
            (0.95, 3.0, 3.182_446_305_284_263),
            (0.95, 8.0, 2.306_004_135_204_166_4),
            (0.95, 10.0, 2.228_138_851_986_274),
            (0.5, 1.0, 1.0),
            (0.998, 1.0, 318.308_838_985_550_1),
            (0.998, 1e4, 3.091_047_516_030_611),
            (0.998, 1e5, 3.090_313_809_427_237_6),
            (0.95, 1e6, 1.959_966_356_814_107),
        ] {
            let t = two_sided(level, df).unwrap_or(f64::NAN);
            assert!((t / expected - 1.0).abs() < 1e-12, "{level}, {df}: {t} against {expected}");
        }
    }

    #[test]
    fn many_degrees_of_freedom_are_normal() {
        // From the incomplete beta function, in 40 digits: just below and at the change of method.
        for (df, expected) in [(9_999.0, 4.894_688_921_525_871), (1e4, 4.894_688_616_315_606)] {
            let t = two_sided(0.999_999, df).unwrap_or(f64::NAN);
            assert!((t / expected - 1.0).abs() < 1e-10, "{df}: {t} against {expected}");
        }
        for df in [1e7, 1e16, 1e300] {
            let t = two_sided(0.95, df).unwrap_or(f64::NAN);
            assert!((t - 1.959_964).abs() < 1e-5, "{df}: {t}");
        }
    }

    #[test]
    fn outside_the_domain_there_is_none() {
        for (level, df) in
            [(0.0, 5.0), (1.0, 5.0), (f64::NAN, 5.0), (0.95, 0.5), (0.95, f64::NAN), (0.95, f64::INFINITY)]
        {
            assert_eq!(two_sided(level, df), None);
        }
    }
}
