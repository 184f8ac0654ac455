//! Funnel limits widened for over-dispersion: of proportions here, of ratios in [`ratio`]. [`plain`] has those of chance
//! alone.

pub mod mean;
pub mod plain;
pub mod ratio;

use std::f64::consts::FRAC_PI_2;

use super::{Interval, normal};

/// The share of z-scores pulled in at each end before the dispersion is measured.
const WINSORISED: f64 = 0.1;

/// What a set of units has in common, and where each unit stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// What units are compared with: of proportions that of all units together, as a fraction; of ratios 1.
    pub target: f64,
    /// Dispersion ratio: the mean of the squared z-scores without their extremes. 1 is what chance alone gives.
    pub phi: f64,
    /// Variance between units beyond chance, on the scale of the z-scores.
    pub tau2: f64,
    /// One a unit given, in order. `None` for a unit with nothing to compare or with impossible counts.
    pub units: Vec<Option<Unit>>,
}

/// Where one unit stands in the funnel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// Standard errors between the unit and the target before any adjustment. `None` where the unit lies at the end of an
    /// endless scale: the logarithm of no events.
    pub z: Option<f64>,
    /// 95% limits for a unit of this size, in the unit of the target.
    pub limits95: Interval,
    /// 99.8% limits for a unit of this size, in the unit of the target.
    pub limits998: Interval,
    /// How the unit compares.
    pub band: Band,
}

/// How a unit compares with the others, by the over-dispersed limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Below the 99.8% limits.
    MuchLower,
    /// Below the 95% limits.
    Lower,
    /// Between the 95% limits.
    Same,
    /// Above the 95% limits.
    Higher,
    /// Above the 99.8% limits.
    MuchHigher,
}

impl Band {
    /// The band in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::MuchLower => "much lower",
            Self::Lower => "lower",
            Self::Same => "about the same",
            Self::Higher => "higher",
            Self::MuchHigher => "much higher",
        }
    }

    fn of(p: f64, limits95: Interval, limits998: Interval) -> Self {
        if p < limits998.lower {
            Self::MuchLower
        } else if p < limits95.lower {
            Self::Lower
        } else if p > limits998.upper {
            Self::MuchHigher
        } else if p > limits95.upper {
            Self::Higher
        } else {
            Self::Same
        }
    }
}

/// Returns the over-dispersed funnel of some units' proportions.
///
/// Each unit is `(x, n)`: `x` of `n` answers met the condition. A unit that is missing, has no answers or impossible
/// counts (`x < 0`, `x > n`) keeps its place as `None` and has no part in the rest. A proportion has the arcsine of its
/// square root as its scale, with standard error `1 / (2√n)`; the variance between units is the moment estimate from
/// z-scores winsorised by a tenth at each end, 0 when there is no more scatter than chance gives. `None` when no unit
/// has answers.
///
/// Source: Spiegelhalter DJ (2005), Stat Med 24:1185-1202, additive random effects; quantiles by linear interpolation
/// (type 7).
pub fn funnel(units: &[Option<(f64, f64)>]) -> Option<Funnel> {
    let (z95, z998) = (normal::two_sided(0.95)?, normal::two_sided(0.998)?);
    let valid = |&(x, n): &(f64, f64)| n > 0.0 && n.is_finite() && (0.0..=n).contains(&x);
    let counted: Vec<(f64, f64)> = units.iter().flatten().copied().filter(valid).collect();
    let (hits, answers) = counted.iter().fold((0.0, 0.0), |(x, n), unit| (x + unit.0, n + unit.1));
    let target = Some(hits / answers).filter(|_| answers > 0.0 && answers.is_finite())?.min(1.0);
    let middle = angle(target);
    let z_score = |x: f64, n: f64| (angle(x / n) - middle) * 2.0 * n.sqrt();

    let phi = dispersion(counted.iter().map(|&(x, n)| z_score(x, n)).collect())?;
    let tau2 = between(phi, &counted.iter().map(|&(_, n)| 4.0 * n).collect::<Vec<_>>())?;
    let limits = |n: f64, z: f64| {
        let reach = z * (0.25 / n + tau2).sqrt();
        Interval::around(target, proportion(middle - reach), proportion(middle + reach))
    };
    let place = |(x, n): (f64, f64)| {
        let (limits95, limits998) = (limits(n, z95)?, limits(n, z998)?);
        Some(Unit { z: Some(z_score(x, n)), limits95, limits998, band: Band::of(x / n, limits95, limits998) })
    };
    let units = units.iter().map(|unit| unit.filter(valid).and_then(place)).collect();
    Some(Funnel { target, phi, tau2, units })
}

/// A proportion on the scale where its variance does not depend on it.
fn angle(p: f64) -> f64 {
    p.sqrt().min(1.0).asin()
}

/// Back from that scale, which ends at 0 and a right angle: beyond them the sine would turn round.
fn proportion(angle: f64) -> f64 {
    angle.clamp(0.0, FRAC_PI_2).sin().powi(2)
}

/// Mean square of the z-scores after winsorising.
fn dispersion(mut z: Vec<f64>) -> Option<f64> {
    z.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&z, WINSORISED)?, quantile(&z, 1.0 - WINSORISED)?);
    let sum: f64 = z.iter().map(|z| z.max(low).min(high).powi(2)).sum();
    Some(sum / z.len() as f64).filter(|phi| phi.is_finite())
}

/// The quantile at `p` of sorted numbers, interpolated.
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = sorted.len().checked_sub(1)? as f64 * p;
    let (low, part) = (place.floor() as usize, place.fract());
    let from = *sorted.get(low)?;
    let to = sorted.get(low + 1).copied().unwrap_or(from);
    Some(from + part * (to - from))
}

/// Variance between units beyond chance, from the weight of each: one over its variance by chance.
fn between(phi: f64, weights: &[f64]) -> Option<f64> {
    let k = weights.len() as f64;
    let excess = k * phi - (k - 1.0);
    // A single unit says nothing about the others, and there both parts of the fraction are 0 but for rounding.
    if weights.len() < 2 || excess <= 0.0 {
        return Some(0.0);
    }
    let sum: f64 = weights.iter().sum();
    let squares: f64 = weights.iter().map(|weight| weight * (weight / sum)).sum();
    // Not finite where one unit has all the answers but for rounding.
    Some(excess / (sum - squares)).filter(|tau2| tau2.is_finite() && *tau2 >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::{Band, funnel, quantile};

    #[test]
    fn units_without_answers_keep_their_place() {
        let nan = f64::NAN;
        let units =
            [Some((50.0, 100.0)), None, Some((0.0, 0.0)), Some((30.0, 60.0)), Some((3.0, 2.0)), Some((nan, 5.0))];
        let funnel = funnel(&units);
        let places: Option<Vec<bool>> = funnel.as_ref().map(|f| f.units.iter().map(Option::is_some).collect());
        assert_eq!(places, Some(vec![true, false, false, true, false, false]));
        assert!(funnel.is_some_and(|f| f.target == 0.5 && f.tau2 == 0.0));
    }

    #[test]
    fn nothing_to_compare_is_none() {
        assert_eq!(funnel(&[]), None);
        assert_eq!(funnel(&[None, Some((0.0, 0.0))]), None);
    }

    #[test]
    fn one_unit_is_its_own_target() {
        let funnel = funnel(&[Some((7.0, 9.0))]);
        assert!(funnel.as_ref().is_some_and(|f| f.tau2 == 0.0));
        let band = funnel.and_then(|f| f.units[0]).map(|unit| unit.band);
        assert_eq!(band, Some(Band::Same));
    }

    #[test]
    fn nobody_and_everybody_stay_within_0_and_1() {
        for x in [0.0, 20.0] {
            let funnel = funnel(&[Some((x, 20.0)), Some((x * 2.0, 40.0))]);
            let same =
                |f: super::Funnel| f.units.iter().flatten().all(|u| u.band == Band::Same && u.limits998.upper <= 1.0);
            assert!(funnel.is_some_and(same));
        }
    }

    #[test]
    fn a_unit_far_from_many_alike_is_banded() {
        let mut units = vec![Some((500.0, 1000.0)); 20];
        units.extend([Some((100.0, 1000.0)), Some((900.0, 1000.0))]);
        let bands: Option<Vec<_>> = funnel(&units).map(|f| f.units.iter().flatten().map(|u| u.band.name()).collect());
        assert!(bands.is_some_and(|b| b[0] == "about the same" && b[20] == "much lower" && b[21] == "much higher"));
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), Some(2.5));
        assert_eq!(quantile(&[1.0], 0.9), Some(1.0));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
