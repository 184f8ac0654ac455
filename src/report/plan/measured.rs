//! What was measured of everybody, and what the answers of a part of them can see against the rest.

use super::super::rows::Row;
use super::Standing;
use crate::stats::power::{
    Demand, Way, answers_beside, answers_beside_mean, answers_for_means, answers_for_shares, smallest_of_means,
    smallest_of_shares,
};
use crate::stats::student;

/// Confidence of the published limits of a mean, from which its standard deviation is had back.
const PUBLISHED_LEVEL: f64 = 0.95;

/// What was measured of everybody.
pub struct Measured {
    /// Answers.
    pub n: f64,
    /// Share or mean.
    pub value: f64,
    /// Standard deviation of the answers; none of a share, whose spread follows from itself.
    sd: Option<f64>,
    demand: Demand,
}

impl Measured {
    /// Reads the figure of everybody; none where it is not shown, or shows nothing to plan by.
    pub fn of(whole: &Row, shares: bool, demand: Demand) -> Option<Self> {
        let (n, value) = (whole.figure.n? as f64, whole.figure.value?);
        let sd = if shares { None } else { Some(spread(n, whole.figure.lower?, whole.figure.upper?)?) };
        Some(Self { n, value, sd, demand })
    }

    /// What the answers of a part can see against the rest; none where they are not shown, or there is no rest.
    pub fn standing(&self, part: &Row, wanted: f64) -> Option<Standing> {
        let (n, value) = (part.figure.n? as f64, part.figure.value?);
        let others = Some(self.n - n).filter(|others| *others > 0.0 && n > 0.0)?;
        if let Some(sd) = self.sd {
            // The spread of everybody: that of a small part is itself unsure.
            return Some(Standing {
                n,
                difference: smallest_of_means((sd, n), (sd, others), self.demand),
                change: smallest_of_means((sd, n), (sd, n), self.demand),
                needed: answers_beside_mean(wanted, sd, (sd, others), self.demand),
                needed_of_all: answers_for_means(wanted, sd, sd, others / n, self.demand),
            });
        }
        let rest = ((self.value * self.n - value * n) / others).clamp(0.0, 1.0);
        let shares =
            |way| Some(if way == Way::Up { rest + wanted } else { rest - wanted }).filter(|p| (0.0..=1.0).contains(p));
        Some(Standing {
            n,
            difference: either_way(|way| smallest_of_shares(rest, n, others, way, self.demand)),
            change: either_way(|way| smallest_of_shares(value, n, n, way, self.demand)),
            needed: either_way(|way| answers_beside(shares(way)?, rest, others, self.demand)),
            needed_of_all: either_way(|way| answers_for_shares(shares(way)?, rest, others / n, self.demand)),
        })
    }
}

/// The larger of what is had upward and downward, so that it holds whichever way the difference goes; the one way that there is
/// room for where there is no other.
fn either_way(of: impl Fn(Way) -> Option<f64>) -> Option<f64> {
    [of(Way::Up), of(Way::Down)].into_iter().flatten().reduce(f64::max)
}

/// The standard deviation of answers whose mean has these published limits.
fn spread(n: f64, lower: f64, upper: f64) -> Option<f64> {
    let half = (upper - lower) / 2.0;
    let sd = half / student::two_sided(PUBLISHED_LEVEL, n - 1.0)? * n.sqrt();
    Some(sd).filter(|sd| *sd > 0.0 && sd.is_finite())
}
