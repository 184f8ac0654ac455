//! The gap between two values, each with its standard error: their difference and their ratio.

use super::{Estimate, normal};

/// A value with its standard error, both in one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// Its standard error, 0 or above.
    pub se: f64,
}

/// Returns the difference `one - other` of two independent values with normal limits, in their unit. `level` is the
/// confidence level. `None` where a number is not finite or a standard error below 0, and when `level` does not lie
/// strictly between 0 and 1.
///
/// Source: WHO (2013), Handbook on Health Inequality Monitoring, section 3.
pub fn difference(one: Measured, other: Measured, level: f64) -> Option<Estimate> {
    let reach = normal::two_sided(level)? * one.se.hypot(other.se);
    let value = one.value - other.value;
    Estimate::new(value, value - reach, value + reach).filter(|_| one.se >= 0.0 && other.se >= 0.0)
}

/// Returns the ratio `one / other` of two independent values with limits that are normal for its logarithm. `None` as
/// for [`difference`], and unless both values are above 0.
///
/// Source: as [`difference`].
pub fn ratio(one: Measured, other: Measured, level: f64) -> Option<Estimate> {
    let reach = normal::two_sided(level)? * (one.se / one.value).hypot(other.se / other.value);
    let value = one.value / other.value;
    let valid = one.value > 0.0 && other.value > 0.0 && one.se >= 0.0 && other.se >= 0.0;
    Estimate::new(value, value * (-reach).exp(), value * reach.exp()).filter(|_| valid)
}

#[cfg(test)]
mod tests {
    use super::{Measured, difference, ratio};

    #[test]
    fn what_has_no_answer_is_none() {
        let [one, other] = [(4.0, 0.3), (2.0, 0.4)].map(|(value, se)| Measured { value, se });
        assert!(difference(one, other, 0.95).is_some_and(|d| d.value == 2.0 && (d.upper - 2.979_982).abs() < 1e-6));
        assert_eq!(difference(one, Measured { se: -0.1, ..other }, 0.95), None);
        assert_eq!(difference(one, Measured { value: f64::NAN, ..other }, 0.95), None);
        assert_eq!(difference(one, other, 1.0), None);
        assert_eq!(ratio(one, Measured { value: 0.0, ..other }, 0.95), None);
        assert_eq!(ratio(Measured { value: -1.0, ..one }, Measured { value: -1.0, ..other }, 0.95), None);
    }
}
