//! The statistics, as pure functions on numbers.
//!
//! Nothing here knows Arrow, SQL or files. Every function answers `None` for input that has no answer, and never a
//! NaN, an infinity or a panic. Each is held to values computed by the field's own packages (`tests/it/reference.rs`).

pub mod change;
pub mod difference;
pub mod funnel;
pub mod goal;
#[cfg(test)]
mod laws;
pub mod mean;
pub mod moments;
pub mod normal;
pub mod profile;
pub mod proportion;
pub mod slope;
pub mod student;
pub mod xmr;

/// The two ends of a confidence interval, in the unit of the estimate it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Interval {
    /// The interval between two finite numbers, stretched where rounding left `value` a hair outside it.
    fn around(value: f64, lower: f64, upper: f64) -> Option<Self> {
        let finite = value.is_finite() && lower.is_finite() && upper.is_finite();
        finite.then(|| Self { lower: lower.min(value), upper: upper.max(value) })
    }
}

/// A number with its confidence interval, all three in one unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate itself.
    pub value: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Estimate {
    /// The estimate with limits, or `None` where any of the three is not finite.
    fn new(value: f64, lower: f64, upper: f64) -> Option<Self> {
        Interval::around(value, lower, upper).map(|Interval { lower, upper }| Self { value, lower, upper })
    }
}
