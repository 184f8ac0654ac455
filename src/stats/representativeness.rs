//! Whether those who answered are like those who could have: R-indicators.

use super::{Estimate, normal};

/// A kind of people: everybody in it has the same chance to answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// How many of them answered.
    pub responses: f64,
    /// How many there are.
    pub population: f64,
}

/// How evenly people answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Representativeness {
    /// The R-indicator: 1 where all cells answered equally often, 0 where half of the people answered and the other
    /// half never would have.
    pub r: Estimate,
    /// Standard error of the R-indicator by the delta method; none where no difference between cells is left after
    /// adjustment.
    pub se: Option<f64>,
    /// Share of the people who answered.
    pub propensity: f64,
    /// Standard deviation of the chances to answer over their mean (coefficient of variation): no mean of a quantity
    /// with a standard deviation of 1 can be further off than this for want of those who did not answer, as far as the
    /// cells explain who did.
    pub variation: f64,
}

/// Counts of cells as chances to answer.
struct Propensities {
    /// Everybody.
    population: f64,
    /// Share of everybody who answered.
    overall: f64,
    cells: Vec<Propensity>,
}

/// The chance to answer in one cell.
struct Propensity {
    /// The cell's share of everybody.
    weight: f64,
    /// The chance, less that of everybody.
    excess: f64,
    /// Variance of one answer: chance times chance not to.
    spread: f64,
    /// Sampling variance of the chance.
    variance: f64,
}

impl Propensities {
    /// The chances of cells with people; `None` below two of them, without answers, and where a cell has more answers
    /// than people or a count is below 0 or not finite.
    fn of(cells: &[Cell]) -> Option<Self> {
        let valid = |cell: &Cell| cell.population.is_finite() && (0.0..=cell.population).contains(&cell.responses);
        if !cells.iter().all(valid) {
            return None;
        }
        let peopled = || cells.iter().filter(|cell| cell.population > 0.0);
        let population: f64 = peopled().map(|cell| cell.population).sum();
        let overall = peopled().map(|cell| cell.responses).sum::<f64>() / population;
        if peopled().count() < 2 || !(overall > 0.0 && population > 1.0 && population.is_finite()) {
            return None;
        }
        let propensity = |cell: &Cell| {
            let chance = cell.responses / cell.population;
            let spread = chance * (1.0 - chance);
            let weight = cell.population / population;
            Propensity { weight, excess: chance - overall, spread, variance: spread / cell.population }
        };
        Some(Self { population, overall, cells: peopled().map(propensity).collect() })
    }

    /// Sum over the cells.
    fn sum(&self, of: impl Fn(&Propensity) -> f64) -> f64 {
        self.cells.iter().map(of).sum()
    }
}

/// Returns the R-indicator of cells whose people are counted on a list, 1 less twice the standard deviation of the
/// chances to answer.
///
/// Each cell's chance to answer is its answers over its people, which is the saturated logistic model of answering on
/// the cells. The variance of the chances is adjusted for the part that chance alone adds (which grows with the number
/// of cells), and is 0 where that part is all of it. The interval at `level` (such as 0.95) is normal on the scale of
/// that variance and then taken to the scale of R: near R = 1, where the delta method fails, it stays an interval.
/// `None` below two cells with people, without answers, when a cell has more answers than people, a count is below 0 or
/// not finite, or `level` does not lie strictly between 0 and 1.
///
/// Source: Schouten B, Cobben F & Bethlehem J (2009), Surv Methodol 35:101-113; adjustment and standard error: Shlomo
/// N, Skinner C & Schouten B (2012), J Stat Plan Inference 142:201-211, for a sample that is the whole list.
pub fn r_indicator(cells: &[Cell], level: f64) -> Option<Representativeness> {
    let z = normal::two_sided(level)?;
    let all = Propensities::of(cells)?;
    let population = all.population;
    let between = all.sum(|cell| cell.weight * cell.excess * cell.excess) * population / (population - 1.0);
    let variance = (between - all.sum(|cell| cell.spread) / population).max(0.0);
    let error = all.variance_of_spread().sqrt();
    let r = |variance: f64| (1.0 - 2.0 * variance.max(0.0).sqrt()).max(0.0);
    let se = (variance > 0.0).then(|| error / variance.sqrt());
    Some(Representativeness {
        r: Estimate::new(r(variance), r(variance + z * error), r(variance - z * error))?,
        se: se.filter(|se| se.is_finite()),
        propensity: all.overall,
        variation: variance.sqrt() / all.overall,
    })
}

impl Propensities {
    /// Sampling variance of the variance between cells: a quadratic form in independent chances.
    fn variance_of_spread(&self) -> f64 {
        let square = |number: f64| number * number;
        let linear = self.sum(|cell| square(cell.weight * cell.excess) * cell.variance);
        // The trace of (B V)², where B = diag(w) − w wᵀ and V = diag(v).
        let weighed = self.sum(|cell| square(cell.weight) * cell.variance);
        let own = self.sum(|cell| square(cell.weight * cell.variance) * (1.0 - 2.0 * cell.weight));
        4.0 * linear + 2.0 * (own + square(weighed))
    }
}

/// Returns for each cell its unconditional partial R-indicator: how much it adds to unequal answering, below 0 where
/// its people answered less often than everybody and above 0 where they did more often.
///
/// It is the root of the cell's share of people times the difference of its chance to answer from that of everybody;
/// the squares of all cells add up to the variance between them. Its interval at `level` is normal, the cells being
/// independent. `None` as for [`r_indicator`]; within, `None` for a cell without people.
///
/// Source: Schouten B, Shlomo N & Skinner C (2011), J Off Stat 27:231-253.
pub fn partial_r_indicators(cells: &[Cell], level: f64) -> Option<Vec<Option<Estimate>>> {
    let z = normal::two_sided(level)?;
    let all = Propensities::of(cells)?;
    let of_overall = all.sum(|cell| cell.weight * cell.weight * cell.variance);
    let mut peopled = all.cells.iter();
    let partial = |cell: &Cell| {
        let cell = if cell.population > 0.0 { peopled.next()? } else { return None };
        let scale = cell.weight.sqrt();
        let reach = z * scale * (cell.variance * (1.0 - 2.0 * cell.weight) + of_overall).max(0.0).sqrt();
        let value = scale * cell.excess;
        Estimate::new(value, value - reach, value + reach)
    };
    Some(cells.iter().map(partial).collect())
}

#[cfg(test)]
mod tests {
    use super::{Cell, partial_r_indicators, r_indicator};

    fn cells(counts: &[(f64, f64)]) -> Vec<Cell> {
        counts.iter().map(|&(responses, population)| Cell { responses, population }).collect()
    }

    #[test]
    fn equal_chances_are_fully_representative() {
        let even = r_indicator(&cells(&[(50.0, 100.0), (500.0, 1000.0)]), 0.95);
        assert!(even.is_some_and(|even| even.r.value == 1.0 && even.r.upper == 1.0 && even.r.lower < 1.0));
        assert!(even.is_some_and(|even| even.se.is_none() && even.propensity == 0.5 && even.variation == 0.0));
        let all = r_indicator(&cells(&[(5.0, 5.0), (7.0, 7.0)]), 0.95);
        assert!(all.is_some_and(|all| all.r.value == 1.0 && all.r.lower == 1.0));
    }

    #[test]
    fn everybody_or_nobody_by_cell_is_not_representative_at_all() {
        // Two halves, one of which never answers: S = 0.5 and R = 0.
        let split = r_indicator(&cells(&[(1e6, 1e6), (0.0, 1e6)]), 0.95);
        assert!(split.is_some_and(|split| split.r.value < 1e-6 && (split.variation - 1.0).abs() < 1e-6));
    }

    #[test]
    fn squares_of_the_parts_are_the_variance_between() {
        let given = cells(&[(120.0, 1000.0), (0.0, 0.0), (300.0, 1500.0), (90.0, 400.0)]);
        let parts = partial_r_indicators(&given, 0.95).unwrap_or_default();
        assert!(parts.get(1).is_some_and(Option::is_none));
        let squares: f64 = parts.iter().flatten().map(|part| part.value * part.value).sum();
        let unadjusted = (120.0_f64 / 1000.0, 300.0_f64 / 1500.0, 90.0_f64 / 400.0, 510.0 / 2900.0);
        let by_hand = (1000.0 * (unadjusted.0 - unadjusted.3).powi(2)
            + 1500.0 * (unadjusted.1 - unadjusted.3).powi(2)
            + 400.0 * (unadjusted.2 - unadjusted.3).powi(2))
            / 2900.0;
        assert!((squares - by_hand).abs() < 1e-15, "{squares} against {by_hand}");
    }

    #[test]
    fn counts_that_cannot_be_have_none() {
        let nan = f64::NAN;
        for given in [
            &[][..],
            &[(5.0, 10.0)],
            &[(5.0, 10.0), (0.0, 0.0)],
            &[(0.0, 10.0), (0.0, 10.0)],
            &[(11.0, 10.0), (1.0, 10.0)],
            &[(1.0, 0.0), (1.0, 10.0), (1.0, 10.0)],
            &[(-1.0, 10.0), (1.0, 10.0)],
            &[(nan, 10.0), (1.0, 10.0)],
            &[(1.0, nan), (1.0, 10.0)],
            &[(1.0, f64::INFINITY), (1.0, 10.0)],
        ] {
            assert_eq!(r_indicator(&cells(given), 0.95), None, "{given:?}");
            assert_eq!(partial_r_indicators(&cells(given), 0.95), None, "{given:?}");
        }
        assert_eq!(r_indicator(&cells(&[(1.0, 2.0), (1.0, 3.0)]), 1.0), None);
    }
}
