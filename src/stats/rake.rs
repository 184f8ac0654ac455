//! Raking: weights that bring a sample to the known margins of its population.

use super::design;

/// Responses that are alike in every margin and have the same weight to begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// How many responses.
    pub n: f64,
    /// Weight of each before raking, 1 where they were not drawn with different chances.
    pub base: f64,
    /// Its category in every margin, by place in the margin's list.
    pub categories: Vec<usize>,
}

/// How raking is to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Sum that the weights shall have.
    pub total: f64,
    /// Smallest and largest weight allowed, as multiples of the mean weight.
    pub trim: Option<(f64, f64)>,
    /// Largest deviation from a margin, relative to it, that counts as none.
    pub tolerance: f64,
    /// Rounds over all margins after which to stop.
    pub most: usize,
}

impl Settings {
    /// Raking to this sum of weights, without bounds.
    pub fn to(total: f64) -> Self {
        Self { total, trim: None, tolerance: 1e-10, most: 1_000 }
    }
}

/// Raked weights and how they came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Raked {
    /// Weight of each response of a cell, in the order of the cells.
    pub weights: Vec<f64>,
    /// Rounds over all margins.
    pub iterations: usize,
    /// Largest deviation of a category from its target, relative to that, for every margin.
    pub deviations: Vec<f64>,
    /// Whether all deviations are within the tolerance.
    pub converged: bool,
    /// Responses whose weight is at a bound.
    pub trimmed: f64,
    /// Kish's effective number of responses.
    pub effective_n: f64,
    /// Responses over their effective number: 1 + the squared coefficient of variation of the weights.
    pub design_effect: f64,
}

/// Why weights cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The population has people in a category that no response is of.
    NoResponses {
        /// Place of the margin.
        margin: usize,
        /// Place of the category in it.
        category: usize,
    },
    /// Responses are of a category that has nobody in the population.
    NoPeople {
        /// Place of the margin.
        margin: usize,
        /// Place of the category in it.
        category: usize,
    },
    /// A number is not finite or below 0, a category does not exist, there are no responses or margins, or the bounds
    /// leave no room for a mean weight of 1.
    Impossible,
}

/// Rakes cells to margins: in turn, weights of each category are multiplied so that they add up to its target, until all
/// margins hold at once.
///
/// `margins` holds for every margin the target of each category; a margin counts by its shares, and all are brought to
/// `settings.total`. With bounds a weight is its product of factors, cut off at the bounds, and the others take up what is
/// cut, which keeps the weights as near to the untrimmed ones as the margins allow; where no weights within the bounds
/// meet the margins, `converged` is false and the deviations say by how much.
///
/// # Errors
///
/// When no weights meet the margins, whatever the number of rounds.
///
/// Source: Deming WE & Stephan FF (1940), Ann Math Stat 11:427-444; with bounds: Deville JC, Särndal CE & Sautory O
/// (1993), J Am Stat Assoc 88:1013-1020, the multiplicative distance with truncation.
pub fn rake(cells: &[Cell], margins: &[Vec<f64>], settings: Settings) -> Result<Raked, Problem> {
    let targets = targets(cells, margins, settings)?;
    let n: f64 = cells.iter().map(|cell| cell.n).sum();
    let mean = settings.total / n;
    let (low, high) = settings.trim.map_or((0.0, f64::MAX), |(low, high)| (low * mean, high * mean));
    let start: f64 = cells.iter().map(|cell| cell.n * cell.base).sum();
    // What the weights would be without bounds.
    let mut free: Vec<f64> = cells.iter().map(|cell| cell.base * (settings.total / start)).collect();
    let bounded = |free: f64| free.clamp(low, high);
    let (mut iterations, mut deviations) = (0, off(cells, &targets, &free, bounded));
    let within = |deviations: &[f64]| deviations.iter().all(|deviation| *deviation <= settings.tolerance);
    while !within(&deviations) && iterations < settings.most {
        for (margin, targets) in targets.iter().enumerate() {
            let sums = sums(cells, margin, targets.len(), &free, bounded);
            for (free, cell) in free.iter_mut().zip(cells) {
                let at = cell.categories.get(margin).and_then(|at| targets.get(*at).zip(sums.get(*at)));
                let factor = at.map_or(1.0, |(target, sum)| if *sum > 0.0 { target / sum } else { 1.0 });
                // Where bounds cannot be met, factors would grow for ever.
                *free = (*free * factor).clamp(low * 1e-6, high.min(1e300) * 1e6);
            }
        }
        iterations += 1;
        deviations = off(cells, &targets, &free, bounded);
    }
    let weights: Vec<f64> = free.into_iter().map(bounded).collect();
    let sum = |of: fn(f64) -> f64| cells.iter().zip(&weights).map(|(cell, weight)| cell.n * of(*weight)).sum::<f64>();
    let effective_n = design::effective_n(sum(|weight| weight), sum(|weight| weight * weight));
    let effective_n = effective_n.ok_or(Problem::Impossible)?;
    let at_bound = |weight: f64| settings.trim.is_some() && (weight <= low || weight >= high);
    let trimmed = cells.iter().zip(&weights).filter(|(_, weight)| at_bound(**weight)).map(|(cell, _)| cell.n).sum();
    let converged = within(&deviations);
    Ok(Raked { iterations, converged, trimmed, effective_n, design_effect: n / effective_n, deviations, weights })
}

/// The margins brought to the total, or why they cannot be met.
fn targets(cells: &[Cell], margins: &[Vec<f64>], settings: Settings) -> Result<Vec<Vec<f64>>, Problem> {
    let positive = |number: f64| number > 0.0 && number.is_finite();
    let room = settings.trim.is_none_or(|(low, high)| (0.0..=1.0).contains(&low) && high >= 1.0 && high.is_finite());
    let known = |cell: &Cell| {
        let inside = cell.categories.iter().zip(margins).all(|(at, margin)| *at < margin.len());
        positive(cell.n) && positive(cell.base) && inside && cell.categories.len() == margins.len()
    };
    if cells.is_empty() || margins.is_empty() || !positive(settings.total) || !room || !cells.iter().all(known) {
        return Err(Problem::Impossible);
    }
    let mut all = Vec::with_capacity(margins.len());
    for (margin, people) in margins.iter().enumerate() {
        let sum: f64 = people.iter().sum();
        if !positive(sum) || people.iter().any(|people| *people < 0.0) {
            return Err(Problem::Impossible);
        }
        let responses = sums(cells, margin, people.len(), &vec![1.0; cells.len()], |one| one);
        for (category, (people, responses)) in people.iter().zip(&responses).enumerate() {
            match (*people > 0.0, *responses > 0.0) {
                (true, false) => return Err(Problem::NoResponses { margin, category }),
                (false, true) => return Err(Problem::NoPeople { margin, category }),
                _ => {}
            }
        }
        all.push(people.iter().map(|people| people / sum * settings.total).collect());
    }
    Ok(all)
}

/// Sum of the bounded weights in each category of a margin.
fn sums(cells: &[Cell], margin: usize, categories: usize, free: &[f64], bounded: impl Fn(f64) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; categories];
    for (cell, free) in cells.iter().zip(free) {
        if let Some(sum) = cell.categories.get(margin).and_then(|at| sums.get_mut(*at)) {
            *sum += cell.n * bounded(*free);
        }
    }
    sums
}

/// The largest relative deviation in each margin.
fn off(cells: &[Cell], targets: &[Vec<f64>], free: &[f64], bounded: impl Fn(f64) -> f64 + Copy) -> Vec<f64> {
    let deviation = |(sum, target): (f64, &f64)| if *target > 0.0 { (sum / target - 1.0).abs() } else { 0.0 };
    let margin = |(margin, targets): (usize, &Vec<f64>)| {
        let sums = sums(cells, margin, targets.len(), free, bounded);
        sums.into_iter().zip(targets).map(deviation).fold(0.0, f64::max)
    };
    targets.iter().enumerate().map(margin).collect()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Problem, Raked, Settings, rake};

    fn cells(counts: &[(f64, usize, usize)]) -> Vec<Cell> {
        counts.iter().map(|(n, a, b)| Cell { n: *n, base: 1.0, categories: vec![*a, *b] }).collect()
    }

    #[test]
    fn a_sample_that_matches_already_is_left_alone() {
        let cells = cells(&[(10.0, 0, 0), (20.0, 0, 1), (30.0, 1, 0), (40.0, 1, 1)]);
        let raked = rake(&cells, &[vec![300.0, 700.0], vec![400.0, 600.0]], Settings::to(100.0)).expect("weights");
        assert!(raked.weights.iter().all(|weight| (weight - 1.0).abs() < 1e-12), "{raked:?}");
        assert_eq!((raked.iterations, raked.converged, raked.trimmed), (0, true, 0.0));
        assert!((raked.design_effect - 1.0).abs() < 1e-12 && (raked.effective_n - 100.0).abs() < 1e-9);
    }

    #[test]
    fn margins_hold_when_it_has_converged() {
        let cells = cells(&[(10.0, 0, 0), (25.0, 0, 1), (30.0, 1, 0), (5.0, 1, 1)]);
        let margins = [vec![520.0, 480.0], vec![300.0, 700.0]];
        let Raked { weights, deviations, converged, .. } =
            rake(&cells, &margins, Settings::to(1000.0)).expect("weights");
        let sum = |wanted: fn(&Cell) -> bool| -> f64 {
            cells.iter().zip(&weights).filter(|(cell, _)| wanted(cell)).map(|(cell, weight)| cell.n * weight).sum()
        };
        assert!(converged && deviations.iter().all(|deviation| *deviation <= 1e-10), "{deviations:?}");
        assert!((sum(|cell| cell.categories[0] == 0) - 520.0).abs() < 1e-6);
        assert!((sum(|cell| cell.categories[1] == 1) - 700.0).abs() < 1e-6);
    }

    #[test]
    fn bounds_that_cannot_be_met_are_kept_and_reported() {
        let cells = cells(&[(90.0, 0, 0), (5.0, 1, 0), (5.0, 1, 1)]);
        let settings = Settings { trim: Some((0.5, 2.0)), ..Settings::to(100.0) };
        let raked = rake(&cells, &[vec![1.0, 1.0], vec![1.0, 1.0]], settings).expect("weights");
        assert!(!raked.converged && raked.deviations.iter().any(|deviation| *deviation > 0.1), "{raked:?}");
        assert!(raked.weights.iter().all(|weight| (0.5..=2.0).contains(weight)), "{raked:?}");
        assert!(raked.trimmed > 0.0);
    }

    #[test]
    fn what_cannot_be_weighted_says_why() {
        let some = cells(&[(10.0, 0, 0), (20.0, 1, 1)]);
        let (settings, margin) = (Settings::to(30.0), vec![1.0, 1.0]);
        let problem = |margins: &[Vec<f64>]| rake(&some, margins, settings).err();
        assert_eq!(
            problem(&[margin.clone(), vec![1.0, 1.0, 1.0]]),
            Some(Problem::NoResponses { margin: 1, category: 2 })
        );
        assert_eq!(problem(&[vec![0.0, 1.0], margin.clone()]), Some(Problem::NoPeople { margin: 0, category: 0 }));
        for margins in
            [vec![], vec![margin.clone()], vec![margin.clone(), vec![1.0]], vec![margin.clone(), vec![-1.0, 2.0]]]
        {
            assert_eq!(problem(&margins), Some(Problem::Impossible), "{margins:?}");
        }
        for trim in [(1.2, 3.0), (-0.1, 3.0), (0.1, 0.9), (0.1, f64::NAN), (0.1, f64::INFINITY)] {
            let settings = Settings { trim: Some(trim), ..settings };
            assert_eq!(
                rake(&some, &[margin.clone(), margin.clone()], settings).err(),
                Some(Problem::Impossible),
                "{trim:?}"
            );
        }
        assert_eq!(rake(&[], std::slice::from_ref(&margin), settings).err(), Some(Problem::Impossible));
        assert_eq!(rake(&some, &[margin.clone(), margin], Settings::to(0.0)).err(), Some(Problem::Impossible));
    }
}
