//! What an XmR chart can say, and the codes for it.

use std::{fmt, str::FromStr};

use super::Limits;

/// Which way of a measure is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A higher value is better.
    Increase,
    /// A lower value is better.
    Decrease,
    /// Neither is.
    Neutral,
}

/// The text is none of `increase`, `decrease` and `neutral`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDirection(pub String);

impl fmt::Display for UnknownDirection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "direction `{}` is none of `increase`, `decrease`, `neutral`", self.0)
    }
}

impl std::error::Error for UnknownDirection {}

impl FromStr for Direction {
    type Err = UnknownDirection;

    fn from_str(text: &str) -> Result<Self, UnknownDirection> {
        match text {
            "increase" => Ok(Self::Increase),
            "decrease" => Ok(Self::Decrease),
            "neutral" => Ok(Self::Neutral),
            _ => Err(UnknownDirection(text.to_owned())),
        }
    }
}

/// A special cause: the strongest rule that a point breaks, and on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// The rule.
    pub rule: Rule,
    /// The side.
    pub side: Side,
}

/// The rules, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Outside the process limits.
    Outside,
    /// One of seven points in a row that rise, or that fall.
    Trend,
    /// Beyond a near limit, as one of at least two in three points that are all on one side of the centre.
    TwoOfThree,
    /// One of seven points in a row on one side of the centre.
    Shift,
}

/// Above or below the centre; for a trend, rising or falling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Above, or rising.
    High,
    /// Below, or falling.
    Low,
}

impl Signal {
    /// Rule and side as one code, such as `trend_low`.
    pub fn name(self) -> &'static str {
        match (self.rule, self.side) {
            (Rule::Outside, Side::High) => "outside_high",
            (Rule::Outside, Side::Low) => "outside_low",
            (Rule::Trend, Side::High) => "trend_high",
            (Rule::Trend, Side::Low) => "trend_low",
            (Rule::TwoOfThree, Side::High) => "two_of_three_high",
            (Rule::TwoOfThree, Side::Low) => "two_of_three_low",
            (Rule::Shift, Side::High) => "shift_high",
            (Rule::Shift, Side::Low) => "shift_low",
        }
    }
}

/// What a point's signal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variation {
    /// No special cause.
    Common,
    /// A special cause the better way.
    Improvement,
    /// A special cause the worse way.
    Concern,
    /// A special cause on the high side where neither way is better.
    NeutralHigh,
    /// A special cause on the low side where neither way is better.
    NeutralLow,
}

impl Variation {
    /// The variation as a code, such as `neutral_high`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Common => "common",
            Self::Improvement => "improvement",
            Self::Concern => "concern",
            Self::NeutralHigh => "neutral_high",
            Self::NeutralLow => "neutral_low",
        }
    }

    pub(super) fn of(signal: Option<Signal>, direction: Direction) -> Self {
        match (signal.map(|signal| signal.side), direction) {
            (None, _) => Self::Common,
            (Some(Side::High), Direction::Neutral) => Self::NeutralHigh,
            (Some(Side::Low), Direction::Neutral) => Self::NeutralLow,
            (Some(Side::High), Direction::Increase) | (Some(Side::Low), Direction::Decrease) => Self::Improvement,
            (Some(Side::Low), Direction::Increase) | (Some(Side::High), Direction::Decrease) => Self::Concern,
        }
    }
}

/// What to expect of a target while the process stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// The target is met every time.
    Passes,
    /// The target is missed every time.
    Fails,
    /// The target is met or missed by chance.
    HitAndMiss,
}

impl Assurance {
    /// The assurance as a code, such as `hit_and_miss`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passes => "passes",
            Self::Fails => "fails",
            Self::HitAndMiss => "hit_and_miss",
        }
    }

    pub(super) fn of(target: f64, limits: Limits, direction: Direction) -> Option<Self> {
        let (above, below) = match direction {
            Direction::Increase => (Self::Fails, Self::Passes),
            Direction::Decrease => (Self::Passes, Self::Fails),
            Direction::Neutral => return None,
        };
        Some(if target > limits.upper {
            above
        } else if target < limits.lower {
            below
        } else {
            Self::HitAndMiss
        })
    }
}
