//! Difference in differences.

use super::moments::Moments;
use super::{Estimate, student};

/// The four cells of a comparison before and after of those who were treated and those who were not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cells {
    /// Treated, before.
    pub treated_before: Moments,
    /// Treated, after.
    pub treated_after: Moments,
    /// Not treated, before.
    pub other_before: Moments,
    /// Not treated, after.
    pub other_after: Moments,
}

/// By how much the treated changed beyond the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DifferenceInDifferences {
    /// The change of the treated minus that of the others, in the unit of the outcome, with its limits.
    pub estimate: Estimate,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom of the residuals: answers minus 4.
    pub degrees_of_freedom: f64,
}

impl Cells {
    /// No answers.
    pub const ZERO: Self = Self {
        treated_before: Moments::ZERO,
        treated_after: Moments::ZERO,
        other_before: Moments::ZERO,
        other_after: Moments::ZERO,
    };

    /// These answers and one more.
    #[must_use]
    pub fn with(mut self, y: f64, treated: bool, after: bool) -> Self {
        let cell = match (treated, after) {
            (true, false) => &mut self.treated_before,
            (true, true) => &mut self.treated_after,
            (false, false) => &mut self.other_before,
            (false, true) => &mut self.other_after,
        };
        *cell = cell.with(y);
        self
    }

    /// Returns the difference in differences with its t interval.
    ///
    /// The answers are independent of each other and scatter alike in the four cells; `level` is the confidence level,
    /// such as 0.95. `None` where a cell is empty, where there are fewer than 5 answers, where numbers are too large,
    /// and for a level outside (0, 1).
    ///
    /// Source: the interaction of treatment and time in a linear model by least squares (Angrist JD & Pischke J-S (2009),
    /// Mostly Harmless Econometrics, section 5.2), which for four cells is their means and their common variance.
    pub fn difference(&self, level: f64) -> Option<DifferenceInDifferences> {
        let cells = [self.treated_before, self.treated_after, self.other_before, self.other_after];
        if cells.iter().any(|cell| cell.n == 0) {
            return None;
        }
        let n: f64 = cells.iter().map(|cell| cell.n as f64).sum();
        let degrees_of_freedom = n - 4.0;
        let t = student::two_sided(level, degrees_of_freedom)?;
        let common = cells.iter().map(|cell| cell.squares).sum::<f64>() / degrees_of_freedom;
        let se = (common * cells.iter().map(|cell| 1.0 / cell.n as f64).sum::<f64>()).sqrt();
        let value =
            (self.treated_after.mean - self.treated_before.mean) - (self.other_after.mean - self.other_before.mean);
        let estimate = Estimate::new(value, value - t * se, value + t * se)?;
        Some(DifferenceInDifferences { estimate, se, degrees_of_freedom })
    }
}

#[cfg(test)]
mod tests {
    use super::Cells;

    fn cells(rows: &[(f64, bool, bool)]) -> Cells {
        rows.iter().fold(Cells::ZERO, |cells, &(y, treated, after)| cells.with(y, treated, after))
    }

    #[test]
    fn a_change_that_everybody_had_is_not_counted() {
        let rows = [(1.0, true, false), (9.0, true, true), (2.0, false, false), (5.0, false, true), (7.0, false, true)];
        let got = cells(&rows).difference(0.95);
        assert!(got.is_some_and(|d| d.estimate.value == 4.0 && d.degrees_of_freedom == 1.0 && d.se > 0.0));
    }

    #[test]
    fn an_empty_cell_or_nothing_to_measure_scatter_by_has_none() {
        let rows = [(1.0, true, false), (2.0, true, true), (3.0, false, false), (4.0, false, true)];
        assert_eq!(cells(&rows).difference(0.95), None);
        assert_eq!(cells(&[rows[0], rows[1], rows[2], rows[2], rows[2]]).difference(0.95), None);
        assert_eq!(cells(&[rows[0], rows[1], rows[2], rows[3], rows[3]]).difference(1.0), None);
        assert_eq!(Cells::ZERO.difference(0.95), None);
    }
}
