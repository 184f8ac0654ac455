//! The concentration index: how far a good or an ill lies with one end of an order.

use super::rank::mid_points;
use super::regression::{Case, Errors, Model, fit};
use super::slope_model::Unit;
use super::{Estimate, normal};

/// A group of an ordered dimension.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Place in the order: the lowest is the most disadvantaged. Only the order counts, not the distance.
    pub rank_order: f64,
    /// People in the group, above 0.
    pub population: f64,
    /// What was measured, in any unit.
    pub value: f64,
}

/// A concentration index. Above 0 means that the less disadvantaged have more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Concentration {
    /// The absolute index: twice the covariance of value and rank, in the unit of the values.
    pub absolute: Estimate,
    /// Standard error of the absolute index.
    pub absolute_se: f64,
    /// The relative index: the absolute one over the mean, from -1 to 1 for values that are not below 0. `None` where
    /// the mean is not above 0.
    pub relative: Option<Estimate>,
    /// Standard error of the relative index.
    pub relative_se: Option<f64>,
    /// Mean of the values.
    pub mean: f64,
}

impl Concentration {
    /// The same, its absolute index and limits times one number and its relative ones made from the absolute by
    /// another.
    fn scaled(self, absolute: f64, relative: Option<f64>) -> Option<Self> {
        let scaled = |factor: f64| {
            let Estimate { value, lower, upper } = self.absolute;
            Estimate::new(value * factor, lower * factor, upper * factor)
        };
        Some(Self {
            absolute: scaled(absolute)?,
            absolute_se: self.absolute_se * absolute,
            relative: relative.and_then(scaled),
            relative_se: relative.map(|factor| self.absolute_se * factor),
            mean: self.mean,
        })
    }
}

/// Returns the concentration index of people or groups by the convenient regression: twice the variance of the rank
/// times the value, on the rank; its slope is the index. Normal limits, which leave out that ranks and mean are
/// themselves from a sample. `level` is the confidence level.
///
/// `None` where there is no regression or no covariance, which see, with a single rank, and when `level` does not lie
/// strictly between 0 and 1.
///
/// Source: Kakwani N, Wagstaff A & van Doorslaer E (1997), J Econometrics 77:87-103, section 3.
pub fn concentration(units: &[Unit], errors: Errors<'_>, level: f64) -> Option<Concentration> {
    let z = normal::two_sided(level)?;
    let total: f64 = units.iter().map(|unit| unit.weight).sum();
    let mean_of = |of: &dyn Fn(&Unit) -> f64| units.iter().map(|unit| unit.weight / total * of(unit)).sum::<f64>();
    let (mean, mean_rank) = (mean_of(&|unit| unit.value), mean_of(&|unit| unit.rank));
    let spread = mean_of(&|unit| (unit.rank - mean_rank).powi(2));
    let case = |unit: &Unit| Case {
        predictors: vec![unit.rank],
        outcome: 2.0 * spread * (unit.value - mean),
        weight: unit.weight,
    };
    let cases: Vec<Case> = units.iter().map(case).collect();
    let fit = fit(Model::Linear, &cases)?;
    let value = fit.coefficients.get(1).copied().flatten()?;
    let se = fit.covariance(&cases, errors)?.get(1)?.get(1)?.max(0.0).sqrt();
    let index = Concentration {
        absolute: Estimate::new(value, value - z * se, value + z * se)?,
        absolute_se: se,
        relative: None,
        relative_se: None,
        mean,
    };
    index.scaled(1.0, (mean > 0.0).then(|| mean.recip()))
}

/// Returns the concentration index of ordered groups, weighted by their people, with limits from the scatter about the
/// line.
///
/// `None` with fewer than 3 groups, when two groups have the same `rank_order`, a population is not above 0, a number
/// is not finite, and when `level` does not lie strictly between 0 and 1.
///
/// Source: as [`concentration`].
pub fn concentration_index(groups: &[Group], level: f64) -> Option<Concentration> {
    let mut orders: Vec<f64> = groups.iter().map(|group| group.rank_order).collect();
    orders.sort_by(f64::total_cmp);
    if orders.windows(2).any(|pair| pair[0] == pair[1]) {
        return None;
    }
    let ranks = mid_points(&groups.iter().map(|group| (group.rank_order, group.population)).collect::<Vec<_>>())?;
    let unit = |(group, rank): (&Group, &f64)| Unit { rank: *rank, value: group.value, weight: group.population };
    concentration(&groups.iter().zip(&ranks).map(unit).collect::<Vec<_>>(), Errors::Model, level)
}

/// Returns the concentration index of values that lie between `minimum` and `maximum`, by two corrections that say the
/// same of having and of lacking: absolute by Erreygers (4 times the absolute index over the range; -1 to 1), relative
/// by Wagstaff (the absolute index times the range, over the distances of the mean from both bounds; -1 to 1, `None`
/// where the mean is at a bound).
///
/// `None` where [`concentration_index`] is, where the minimum is not below the maximum, and where a value lies outside
/// them.
///
/// Source: Erreygers G (2009), J Health Econ 28:504-515; Wagstaff A (2005), Health Econ 14:429-432.
pub fn erreygers_index(groups: &[Group], minimum: f64, maximum: f64, level: f64) -> Option<Concentration> {
    let range = maximum - minimum;
    let inside = groups.iter().all(|group| (minimum..=maximum).contains(&group.value));
    if !(inside && range > 0.0 && range.is_finite()) {
        return None;
    }
    let index = concentration_index(groups, level)?;
    let room = (index.mean - minimum) * (maximum - index.mean);
    index.scaled(4.0 / range, (room > 0.0).then(|| range / room))
}

#[cfg(test)]
mod tests {
    use super::{Group, concentration_index, erreygers_index};

    fn groups(values: &[f64]) -> Vec<Group> {
        let one = |(i, &value): (usize, &f64)| Group { rank_order: i as f64, population: 10.0, value };
        values.iter().enumerate().map(one).collect()
    }

    #[test]
    fn by_hand() {
        // Ranks 1/6, 3/6, 5/6 with 1, 2, 6: covariance (−1/3 · −2 + 1/3 · 3) / 3 = 5/9, so twice that and, over a mean
        // of 3, 10/27.
        let index = concentration_index(&groups(&[1.0, 2.0, 6.0]), 0.95).unwrap();
        assert!((index.absolute.value - 10.0 / 9.0).abs() < 1e-12);
        assert!(index.relative.is_some_and(|relative| (relative.value - 10.0 / 27.0).abs() < 1e-12));
        // Between 0 and 10: 4 · 10/9 / 10, and 10/9 · 10 / (3 · 7).
        let index = erreygers_index(&groups(&[1.0, 2.0, 6.0]), 0.0, 10.0, 0.95).unwrap();
        assert!((index.absolute.value - 4.0 / 9.0).abs() < 1e-12);
        assert!(index.relative.is_some_and(|relative| (relative.value - 100.0 / 189.0).abs() < 1e-12));
    }

    #[test]
    fn all_with_the_least_disadvantaged_is_the_most_there_can_be() {
        let index = erreygers_index(&groups(&[0.0, 0.0, 1.0, 1.0]), 0.0, 1.0, 0.95).unwrap();
        assert!((index.absolute.value - 1.0).abs() < 1e-12);
        assert!(index.relative.is_some_and(|relative| (relative.value - 1.0).abs() < 1e-12));
    }

    #[test]
    fn what_has_no_answer_is_none() {
        assert_eq!(concentration_index(&groups(&[1.0, 2.0]), 0.95), None);
        assert_eq!(concentration_index(&groups(&[1.0, 2.0, f64::NAN]), 0.95), None);
        assert_eq!(concentration_index(&groups(&[1.0, 2.0, 3.0]), 0.0), None);
        assert_eq!(concentration_index(&[groups(&[1.0, 2.0, 3.0]), groups(&[1.0])].concat(), 0.95), None);
        assert_eq!(erreygers_index(&groups(&[1.0, 2.0, 3.0]), 0.0, 2.5, 0.95), None);
        assert_eq!(erreygers_index(&groups(&[1.0, 1.0, 1.0]), 1.0, 1.0, 0.95), None);
        assert!(concentration_index(&groups(&[-1.0, -2.0, -6.0]), 0.95).is_some_and(|index| index.relative.is_none()));
        assert!(erreygers_index(&groups(&[0.0; 3]), 0.0, 1.0, 0.95).is_some_and(|index| index.relative.is_none()));
    }
}
