//! Two dimensions at once: the cells of two crossed groups, shrunken towards what the two dimensions add up to.

use super::regression::{Case, Errors, Fit, Model, fit};
use super::{Estimate, normal};

/// People of one group of each of two dimensions, such as one ethnic group in one age band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// Number of the group in the first dimension.
    pub first: usize,
    /// Number of the group in the second dimension.
    pub second: usize,
    /// What was measured.
    pub value: f64,
    /// Its standard error, in the same unit, above 0.
    pub se: f64,
}

impl Cell {
    /// The cell of `x` of `n` answers that met a condition: the share, with the standard error of the share that has
    /// two more answers of either kind, which is above 0 also where nobody or everybody did. `None` unless `n` is above
    /// 0 and `x` from 0 to `n`.
    ///
    /// Source: Agresti A & Coull BA (1998), Am Stat 52:119-126.
    pub fn share(first: usize, second: usize, x: f64, n: f64) -> Option<Self> {
        let more = (x + 2.0) / (n + 4.0);
        let valid = n > 0.0 && n.is_finite() && x >= 0.0 && x <= n;
        valid.then(|| Self { first, second, value: x / n, se: (more * (1.0 - more) / (n + 4.0)).sqrt() })
    }
}

/// What is said of one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunken {
    /// What the groups of the cell add up to, without anything of its own.
    pub expected: f64,
    /// The value, drawn towards that the more, the less certain it is, with its limits.
    pub estimate: Estimate,
}

/// The cells of two dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Intersections {
    /// One a cell, in their order.
    pub cells: Vec<Shrunken>,
    /// Variance of the cells about what their groups add up to, in the square of the unit.
    pub tau2: f64,
    /// That variance as a part of the variance of the cells about their mean: 0 where all is additive, 1 where nothing
    /// is. `None` where the cells do not vary.
    pub not_additive: Option<f64>,
}

/// Returns the cells shrunken towards the additive expectation: a model of the values with a main effect for each group
/// of either dimension, a random effect for each cell (restricted maximum likelihood) and the known standard errors.
/// The limits are normal and count that the main effects are estimated too; that the variance of the cells is, they
/// leave out. `level` is the confidence level.
///
/// `None` unless there are more cells than main effects, where two cells are of the same groups, a number is not finite
/// or a standard error not above 0, and when `level` does not lie strictly between 0 and 1.
///
/// Source: Evans CR, Williams DR, Onnela JP & Subramanian SV (2018), Soc Sci Med 203:64-73 (the model); Raudenbush SW &
/// Bryk AS (1985), J Educ Stat 10:75-98 (values with known standard errors and their shrinking).
pub fn intersections(cells: &[Cell], level: f64) -> Option<Intersections> {
    let z = normal::two_sided(level)?;
    let mut places: Vec<_> = cells.iter().map(|cell| (cell.first, cell.second)).collect();
    places.sort_unstable();
    let valid = |cell: &Cell| cell.value.is_finite() && cell.se > 0.0 && cell.se.is_finite();
    if places.windows(2).any(|pair| pair[0] == pair[1]) || !cells.iter().all(valid) {
        return None;
    }
    let additive = Additive::of(cells);
    let tau2 = additive.between()?;
    let (fit, covariance) = additive.fit(tau2)?;
    let shrunken = |(cell, case): (&Cell, &Case)| {
        let (expected, variance) = (fit.at(&case.predictors)?, cell.se * cell.se);
        let own = tau2 / (tau2 + variance);
        let value = own * cell.value + (1.0 - own) * expected;
        let of_expected = (1.0 - own).powi(2) * variance_at(&covariance, &case.predictors);
        let reach = z * (own * variance + of_expected).sqrt();
        Some(Shrunken { expected, estimate: Estimate::new(value, value - reach, value + reach)? })
    };
    let shrunken: Option<Vec<Shrunken>> = cells.iter().zip(&additive.cases).map(shrunken).collect();
    let about_mean = Additive::mean_only(cells).between()?;
    let not_additive = (about_mean > 0.0).then(|| (tau2 / about_mean).min(1.0));
    Some(Intersections { cells: shrunken?, tau2, not_additive })
}

/// The cells with the predictors of a model; its weights are set for each variance.
struct Additive {
    cases: Vec<Case>,
    variances: Vec<f64>,
}

impl Additive {
    /// A main effect for each group but the first of either dimension.
    fn of(cells: &[Cell]) -> Self {
        let groups = |of: fn(&Cell) -> usize| {
            let mut groups: Vec<usize> = cells.iter().map(of).collect();
            groups.sort_unstable();
            groups.dedup();
            groups
        };
        let (first, second) = (groups(|cell| cell.first), groups(|cell| cell.second));
        let predictors = |cell: &Cell| {
            let is = |own: usize| move |group: &usize| f64::from(u8::from(own == *group));
            let effects = first.iter().skip(1).map(is(cell.first)).chain(second.iter().skip(1).map(is(cell.second)));
            effects.collect()
        };
        Self::with(cells, predictors)
    }

    /// No effects.
    fn mean_only(cells: &[Cell]) -> Self {
        Self::with(cells, |_| Vec::new())
    }

    fn with(cells: &[Cell], predictors: impl Fn(&Cell) -> Vec<f64>) -> Self {
        let case = |cell: &Cell| Case { predictors: predictors(cell), outcome: cell.value, weight: 1.0 };
        Self {
            cases: cells.iter().map(case).collect(),
            variances: cells.iter().map(|cell| cell.se * cell.se).collect(),
        }
    }

    fn weighted(&self, tau2: f64) -> Vec<Case> {
        let case = |(case, variance): (&Case, &f64)| Case { weight: (variance + tau2).recip(), ..case.clone() };
        self.cases.iter().zip(&self.variances).map(case).collect()
    }

    fn fit(&self, tau2: f64) -> Option<(Fit, Vec<Vec<f64>>)> {
        let cases = self.weighted(tau2);
        let fit = fit(Model::Linear, &cases)?;
        let covariance = fit.covariance(&cases, Errors::Weights)?;
        Some((fit, covariance))
    }

    /// How the restricted likelihood rises with the variance between cells, but for a factor.
    fn rise(&self, tau2: f64) -> Option<f64> {
        let (fit, covariance) = self.fit(tau2)?;
        let part = |(case, mu): (&Case, &f64)| {
            let distance = case.weight * (case.outcome - mu);
            let free = 1.0 - case.weight * variance_at(&covariance, &case.predictors);
            distance * distance - case.weight * free
        };
        Some(self.weighted(tau2).iter().zip(&fit.fitted).map(part).sum())
    }

    /// The variance between cells at which the restricted likelihood is largest; 0 where it falls from there.
    fn between(&self) -> Option<f64> {
        let effects = self.fit(0.0)?.0.coefficients.iter().flatten().count();
        if self.cases.len() <= effects {
            return None;
        }
        let (mut low, mut high) = (0.0, self.variances.iter().copied().fold(0.0, f64::max));
        let (mut at_low, mut at_high) = (self.rise(low)?, self.rise(high)?);
        if at_low <= 0.0 {
            return Some(0.0);
        }
        while at_high > 0.0 {
            (low, at_low) = (high, at_high);
            high *= 2.0;
            at_high = self.rise(high)?;
        }
        // False position that halves the weight of an end that stays twice (the Illinois rule: Dowell M & Jarratt P
        // (1971), BIT 11:168-174), with a bisection between so that both ends close in.
        let mut rose = None;
        for step in 0..200 {
            let crossing = low + (high - low) * at_low / (at_low - at_high);
            let next = if step % 3 < 2 { crossing } else { f64::midpoint(low, high) };
            let rise = self.rise(next)?;
            if high - low <= 1e-13 * high || next <= low || next >= high || rise == 0.0 {
                return Some(next.clamp(low, high));
            }
            let again = rose.replace(rise > 0.0) == Some(rise > 0.0);
            let of_other = if again { 0.5 } else { 1.0 };
            if rise > 0.0 {
                (low, at_low, at_high) = (next, rise, at_high * of_other);
            } else {
                (high, at_high, at_low) = (next, rise, at_low * of_other);
            }
        }
        Some(f64::midpoint(low, high))
    }
}

/// The variance of a fitted line at some predictors.
fn variance_at(covariance: &[Vec<f64>], predictors: &[f64]) -> f64 {
    let at = || std::iter::once(1.0).chain(predictors.iter().copied());
    let rows = at().zip(covariance);
    rows.map(|(one, row)| one * at().zip(row).map(|(other, v)| other * v).sum::<f64>()).sum::<f64>().max(0.0)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::{Cell, intersections};

    fn grid(value: impl Fn(usize, usize) -> f64, se: f64) -> Vec<Cell> {
        let cell = |i: usize| Cell { first: i / 3, second: i % 3, value: value(i / 3, i % 3), se };
        (0..12).map(cell).collect()
    }

    #[test]
    fn what_adds_up_is_left_as_it_is() {
        let cells = grid(|first, second| 50.0 + 3.0 * first as f64 - 7.0 * second as f64, 1.0);
        let all = intersections(&cells, 0.95).unwrap();
        assert_eq!((all.tau2, all.not_additive), (0.0, Some(0.0)));
        for (cell, shrunken) in cells.iter().zip(&all.cells) {
            assert!(
                (shrunken.expected - cell.value).abs() < 1e-9 && (shrunken.estimate.value - cell.value).abs() < 1e-9
            );
        }
    }

    #[test]
    fn a_cell_of_its_own_is_drawn_towards_its_groups() {
        let odd = |first, second| if (first, second) == (1, 1) { 20.0 } else { 0.0 };
        let all = intersections(&grid(odd, 2.0), 0.95).unwrap();
        let cell = all.cells[4];
        assert!(
            cell.expected < cell.estimate.value && cell.estimate.value < 20.0 && cell.estimate.lower > 0.0,
            "{cell:?}"
        );
    }

    /// Two uniform numbers made normal (Box & Muller 1958).
    fn normal(random: &mut ChaCha8Rng) -> f64 {
        let mut uniform = || (random.next_u64() >> 11) as f64 / 2_f64.powi(53);
        (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos()
    }

    #[test]
    fn what_was_planted_is_found() {
        let mut random = ChaCha8Rng::seed_from_u64(20_260_919);
        let (mut inside, mut cells, mut tau2, mut raw, mut shrunken) = (0, 0, 0.0, 0.0, 0.0);
        for _ in 0..50 {
            let truths: Vec<f64> =
                (0..40).map(|i| 60.0 + (i / 5) as f64 - 2.0 * (i % 5) as f64 + 3.0 * normal(&mut random)).collect();
            let cell = |(i, truth): (usize, &f64)| {
                let se = 1.0 + (i % 4) as f64;
                Cell { first: i / 5, second: i % 5, value: truth + se * normal(&mut random), se }
            };
            let measured: Vec<Cell> = truths.iter().enumerate().map(cell).collect();
            let all = intersections(&measured, 0.9).unwrap();
            tau2 += all.tau2 / 50.0;
            for ((truth, measured), cell) in truths.iter().zip(&measured).zip(&all.cells) {
                let limits = cell.estimate;
                inside += usize::from(limits.lower <= *truth && *truth <= limits.upper);
                cells += 1;
                raw += (measured.value - truth).powi(2);
                shrunken += (limits.value - truth).powi(2);
            }
        }
        let coverage = f64::from(inside as u32) / f64::from(cells);
        assert!((tau2 - 9.0).abs() < 1.5, "planted 9, found {tau2}");
        // A little under 0.9, for the limits take the variance between cells as known.
        assert!((0.87..0.91).contains(&coverage), "{coverage}");
        assert!(shrunken < 0.7 * raw, "{shrunken} against {raw}");
    }

    #[test]
    fn shares_of_nobody_and_everybody_are_uncertain_too() {
        assert!(Cell::share(0, 0, 0.0, 10.0).is_some_and(|cell| cell.value == 0.0 && cell.se > 0.05));
        assert!(Cell::share(0, 0, 10.0, 10.0).is_some_and(|cell| cell.value == 1.0 && cell.se > 0.05));
        assert_eq!(Cell::share(0, 0, 3.0, 2.0), None);
        assert_eq!(Cell::share(0, 0, 0.0, 0.0), None);
    }

    #[test]
    fn what_has_no_answer_is_none() {
        let cells = grid(|first, second| (first * second) as f64, 1.0);
        assert_eq!(intersections(&[], 0.95), None);
        assert_eq!(intersections(&cells[..3], 0.95), None, "a single group of the first dimension");
        assert_eq!(intersections(&cells, 1.0), None);
        assert_eq!(intersections(&[&cells[..], &cells[..1]].concat(), 0.95), None);
        for spoil in [Cell { se: 0.0, ..cells[0] }, Cell { value: f64::NAN, ..cells[0] }] {
            assert_eq!(intersections(&[&cells[1..], &[spoil]].concat(), 0.95), None);
        }
    }
}
