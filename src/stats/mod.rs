//! The statistics, as pure functions on numbers.
//!
//! Nothing here knows Arrow, SQL or files. Every function answers `None` for input that has no answer, and never a
//! NaN, an infinity or a panic. Each is held to values computed by the field's own packages (`tests/it/reference/`).

pub mod adjust;
pub mod beta;
pub mod bounds;
pub mod casemix;
pub mod change;
pub mod concentration;
pub mod consistency;
pub mod design;
pub mod did;
pub mod dif;
pub mod difference;
pub mod disparity;
pub mod funnel;
pub mod gap;
pub mod goal;
pub mod intersections;
#[cfg(test)]
mod laws;
pub mod life;
pub mod mean;
pub mod moments;
pub mod normal;
pub mod patterns;
pub mod poisson;
pub mod power;
pub mod profile;
pub mod proportion;
pub mod rake;
pub mod rank;
pub mod rate;
pub mod ratio;
pub mod regression;
pub mod reliability;
pub mod representativeness;
pub mod slope;
pub mod slope_model;
pub mod standardised;
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

/// The place between two numbers where an answer turns from true at `low` to false at `high`, to the last digit.
fn turning(mut low: f64, mut high: f64, holds: impl Fn(f64) -> Option<bool>) -> Option<f64> {
    // Halving a float's whole range takes some 1 100 steps, which only a place next to 0 needs.
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle)? { low = middle } else { high = middle }
    }
    Some(f64::midpoint(low, high))
}
