//! Reliability of a unit's mean: how much of the differences between units is more than chance.

use super::moments::Moments;

/// What makes the answers of people in units differ, by a model with a normal deviation for each unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Components {
    /// Units.
    pub units: usize,
    /// Answers in all.
    pub n: u64,
    /// Mean of a unit like any other, in the unit of the answers.
    pub mean: f64,
    /// Variance between units; 0 where chance alone explains their differences.
    pub between: f64,
    /// Variance of the answers within a unit.
    pub within: f64,
    /// Share of the variance that lies between units, by the mean squares of one-way analysis of variance, not by the
    /// model. Below 0 where units differ less than chance would have them. `None` where no two answers differ.
    pub icc_anova: Option<f64>,
    /// Minus twice the restricted log likelihood at its largest; `None` where nobody differs within a unit.
    pub deviance: Option<f64>,
}

/// Returns the variance between and within units, by restricted maximum likelihood.
///
/// One item a unit; units without answers are left out. `None` below 2 units, where no unit has 2 answers, where all
/// answers are equal, and where they are too large to square.
///
/// Source: Patterson HD & Thompson R (1971), Biometrika 58:545-554, as in R's `lme4`; the ratio of the two variances is
/// searched for, the rest follows from it. Analysis of variance: Snijders TAB & Bosker RJ (2012), Multilevel Analysis,
/// 2nd ed., section 3.3.
pub fn components(units: &[Moments]) -> Option<Components> {
    let units: Vec<Moments> = units.iter().copied().filter(|unit| unit.n > 0).collect();
    let all = units.iter().copied().fold(Moments::ZERO, Moments::merge);
    let inside: f64 = units.iter().map(|unit| unit.squares).sum();
    let usable = units.len() >= 2 && all.n > units.len() as u64 && all.squares > 0.0 && all.squares.is_finite();
    if !usable {
        return None;
    }
    let found = Components {
        units: units.len(),
        n: all.n,
        mean: 0.0,
        between: 0.0,
        within: 0.0,
        icc_anova: icc_anova(&units, all, inside),
        deviance: None,
    };
    if inside == 0.0 {
        let means: Moments = units.iter().map(|unit| unit.mean).collect();
        return Some(Components { mean: means.mean, between: means.squares / (units.len() - 1) as f64, ..found });
    }
    let fit = Fit::at(&units, inside, best_ratio(&units, inside));
    let within = fit.squares / fit.beyond;
    let finite = [fit.mean, within, fit.ratio * within, fit.deviance].into_iter().all(f64::is_finite);
    finite.then_some(Components {
        mean: fit.mean,
        between: fit.ratio * within,
        within,
        deviance: Some(fit.deviance),
        ..found
    })
}

impl Components {
    /// Share of the variance that lies between units: the reliability of one answer.
    pub fn icc(&self) -> f64 {
        self.between / (self.between + self.within)
    }

    /// Returns the reliability of a mean of `n` answers, from 0 (nothing but chance) to 1. `None` unless `n` is above 0
    /// and finite.
    ///
    /// Source: Spearman C (1910), Br J Psychol 3:271-295; Lyratzopoulos G and others (2011), Med Care 49:724-733.
    pub fn reliability(&self, n: f64) -> Option<f64> {
        (n > 0.0 && n.is_finite()).then(|| self.between / (self.between + self.within / n))
    }

    /// Returns how many answers a mean needs for this reliability. `None` where units do not differ, and unless
    /// `wanted` lies from 0 to below 1.
    pub fn needed(&self, wanted: f64) -> Option<f64> {
        let needed = wanted / (1.0 - wanted) * self.within / self.between;
        ((0.0..1.0).contains(&wanted) && needed.is_finite()).then_some(needed)
    }

    /// Returns how far a unit lies from the mean of units, drawn towards it by what its reliability lacks, and the
    /// standard deviation of what is left unknown. `None` for a unit without answers.
    ///
    /// Source: Robinson GK (1991), Stat Sci 6:15-32.
    pub fn shrunken(&self, unit: Moments) -> Option<(f64, f64)> {
        let reliability = self.reliability(unit.n as f64)?;
        Some((reliability * (unit.mean - self.mean), (self.between * (1.0 - reliability)).sqrt()))
    }
}

/// The model at one ratio of the variance between units to that within.
struct Fit {
    ratio: f64,
    mean: f64,
    /// Weighted squares about the mean, within and between units.
    squares: f64,
    /// Answers less one, for the mean.
    beyond: f64,
    deviance: f64,
    /// How the deviance changes with the ratio.
    slope: f64,
}

impl Fit {
    fn at(units: &[Moments], inside: f64, ratio: f64) -> Self {
        let weight = |unit: &Moments| unit.n as f64 / (1.0 + unit.n as f64 * ratio);
        let sum = |of: &dyn Fn(&Moments) -> f64| units.iter().map(of).sum::<f64>();
        let weights = sum(&weight);
        let mean = sum(&|unit| weight(unit) * unit.mean) / weights;
        let apart = |unit: &Moments| (unit.mean - mean).powi(2);
        let squares = inside + sum(&|unit| weight(unit) * apart(unit));
        let beyond = sum(&|unit| unit.n as f64) - 1.0;
        let deviance = beyond * (1.0 + (2.0 * std::f64::consts::PI * squares / beyond).ln())
            + sum(&|unit| (unit.n as f64 * ratio).ln_1p())
            + weights.ln();
        // The weight of a unit falls by its square with the ratio.
        let slope = weights
            - sum(&|unit| weight(unit).powi(2)) / weights
            - beyond * sum(&|unit| weight(unit).powi(2) * apart(unit)) / squares;
        Self { ratio, mean, squares, beyond, deviance, slope }
    }
}

/// The ratio with the smallest deviance: the best of a row of doublings, then where the deviance is level next to it.
fn best_ratio(units: &[Moments], inside: f64) -> f64 {
    let fit = |ratio: f64| Fit::at(units, inside, ratio);
    let mut best = fit(0.0);
    for power in -40..=40 {
        let next = fit(2_f64.powi(power));
        if next.deviance < best.deviance {
            best = next;
        }
    }
    let (mut low, mut high) =
        if best.ratio == 0.0 { (0.0, 2_f64.powi(-40)) } else { (best.ratio / 2.0, best.ratio * 2.0) };
    // At 0 a rising deviance is the end of the way: units differ no more than by chance.
    if best.ratio == 0.0 && best.slope >= 0.0 {
        return 0.0;
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if fit(middle).slope < 0.0 { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

fn icc_anova(units: &[Moments], all: Moments, inside: f64) -> Option<f64> {
    let (k, n) = (units.len() as f64, all.n as f64);
    let between = (all.squares - inside) / (k - 1.0);
    let within = inside / (n - k);
    let size = (n - units.iter().map(|unit| (unit.n as f64).powi(2)).sum::<f64>() / n) / (k - 1.0);
    let icc = (between - within) / (between + (size - 1.0) * within);
    icc.is_finite().then_some(icc)
}

#[cfg(test)]
mod tests {
    use super::components;
    use crate::stats::moments::Moments;

    fn unit(values: &[f64]) -> Moments {
        values.iter().copied().collect()
    }

    #[test]
    fn balanced_units_have_the_variances_of_the_mean_squares() {
        // Means 2, 5 and 11, variance 1 within: between (21 · 1 - 1) / 3 with mean square 3 · 21 = 63, so 62 / 3.
        let found = components(&[unit(&[1.0, 2.0, 3.0]), unit(&[4.0, 5.0, 6.0]), unit(&[10.0, 11.0, 12.0])]);
        assert!(found.is_some_and(|c| (c.between - 62.0 / 3.0).abs() < 1e-9 && (c.within - 1.0).abs() < 1e-9));
        assert!(found.is_some_and(|c| (c.mean - 6.0).abs() < 1e-9));
    }

    #[test]
    fn units_alike_have_no_reliability() {
        let found = components(&[unit(&[1.0, 5.0]), unit(&[5.0, 1.0]), unit(&[3.0])]);
        assert!(found.is_some_and(|c| c.between == 0.0 && c.reliability(10.0) == Some(0.0) && c.needed(0.7).is_none()));
    }

    #[test]
    fn units_that_agree_within_are_wholly_reliable() {
        let found = components(&[unit(&[1.0, 1.0]), unit(&[3.0, 3.0])]);
        assert!(found.is_some_and(|c| c.between == 2.0 && c.within == 0.0 && c.reliability(1.0) == Some(1.0)));
    }

    #[test]
    fn without_units_answers_or_spread_there_is_none() {
        for units in [
            &[][..],
            &[unit(&[1.0, 2.0])],
            &[unit(&[1.0]), unit(&[2.0])],
            &[unit(&[1.0, 2.0]), Moments::ZERO],
            &[unit(&[2.0, 2.0]), unit(&[2.0])],
            &[unit(&[f64::MAX, -f64::MAX]), unit(&[1.0])],
        ] {
            assert_eq!(components(units), None, "{units:?}");
        }
    }
}
