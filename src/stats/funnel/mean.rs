//! Funnel limits for means and for adjusted values, widened for over-dispersion.

use super::super::{Interval, normal};
use super::{Band, Funnel, Unit, between, dispersion};

/// Returns the over-dispersed funnel of some units' means.
///
/// Each unit is `(mean, sd, n)`: `n` answers with this mean and this standard deviation (of a sample: over n - 1). A unit
/// that is missing, has under 2 answers, an `sd` below 0 or a number that is not finite keeps its place as `None` and has
/// no part in the rest. The target is the mean over all units together, and chance gives a mean the standard error
/// `sd / √n` with one standard deviation within all units (pooled over them), so that the limits depend on the number of
/// answers alone and a small unit whose answers happen to agree is not held against a limit of no width. The variance
/// between units is estimated as by [`super::funnel`]. `None` when no unit is left, or all answers within every
/// unit are equal.
///
/// Source: Spiegelhalter DJ (2005), Stat Med 24:1185-1202, continuous responses (normal with a common standard
/// deviation), additive random effects.
pub fn funnel_mean(units: &[Option<(f64, f64, f64)>]) -> Option<Funnel> {
    let finite = |(mean, sd, n): (f64, f64, f64)| mean.is_finite() && sd.is_finite() && n.is_finite();
    let valid = |unit: &(f64, f64, f64)| finite(*unit) && unit.1 >= 0.0 && unit.2 >= 2.0;
    let counted = || units.iter().flatten().filter(|unit| valid(unit));
    let answers: f64 = counted().map(|(_, _, n)| n).sum();
    let target = counted().map(|(mean, _, n)| mean * (n / answers)).sum::<f64>();
    let degrees: f64 = counted().map(|(_, _, n)| n - 1.0).sum();
    let variance = counted().map(|(_, sd, n)| sd.powi(2) * ((n - 1.0) / degrees)).sum::<f64>();
    let placed: Vec<Option<(f64, f64)>> =
        units.iter().map(|unit| unit.filter(valid).map(|(mean, _, n)| (mean, (variance / n).sqrt()))).collect();
    funnel_normal(&placed, target)
}

/// Returns the over-dispersed funnel of some units' values about a given target, such as the value of everything that
/// values adjusted for case mix are held against.
///
/// Each unit is `(value, se)`: its value and the standard error that chance gives it. A unit that is missing, has a
/// standard error not above 0 or a number that is not finite keeps its place as `None` and has no part in the rest. The
/// values are their own scale; the variance between units is estimated as by [`super::funnel`]. `None` when no
/// unit is left or the target is not finite.
///
/// Source: Spiegelhalter DJ (2005), Stat Med 24:1185-1202, additive random effects.
pub fn funnel_normal(units: &[Option<(f64, f64)>], target: f64) -> Option<Funnel> {
    let (z95, z998) = (normal::two_sided(0.95)?, normal::two_sided(0.998)?);
    if !target.is_finite() {
        return None;
    }
    let weight = |se: f64| se.powi(-2);
    let valid = |&(value, se): &(f64, f64)| value.is_finite() && se > 0.0 && weight(se) > 0.0 && weight(se).is_finite();
    let counted: Vec<(f64, f64)> = units.iter().flatten().copied().filter(valid).collect();
    let phi = dispersion(counted.iter().map(|(value, se)| (value - target) / se).collect())?;
    let weights: Vec<f64> = counted.iter().map(|(_, se)| weight(*se)).collect();
    let tau2 = between(phi, &weights)?;
    let place = |(value, se): (f64, f64)| {
        let spread = (se.powi(2) + tau2).sqrt();
        let limits = |z: f64| Interval::around(target, target - z * spread, target + z * spread);
        let (limits95, limits998) = (limits(z95)?, limits(z998)?);
        let z = Some((value - target) / se).filter(|z| z.is_finite());
        Some(Unit { z, limits95, limits998, band: Band::of(value, limits95, limits998) })
    };
    let units = units.iter().map(|unit| unit.filter(valid).and_then(place)).collect();
    Some(Funnel { target, phi, tau2, units })
}

#[cfg(test)]
mod tests {
    use super::Band;
    use super::{funnel_mean, funnel_normal};

    #[test]
    fn units_without_a_spread_keep_their_place() {
        let nan = f64::NAN;
        let units = [
            Some((5.0, 2.0, 30.0)),
            None,
            Some((5.0, 2.0, 1.0)),
            Some((5.0, -1.0, 9.0)),
            Some((nan, 1.0, 9.0)),
            Some((5.0, 0.0, 30.0)),
        ];
        let funnel = funnel_mean(&units);
        let places: Option<Vec<bool>> = funnel.as_ref().map(|f| f.units.iter().map(Option::is_some).collect());
        assert_eq!(places, Some(vec![true, false, false, false, false, true]));
        assert!(funnel.is_some_and(|f| f.target == 5.0 && f.tau2 == 0.0));
    }

    #[test]
    fn nothing_to_compare_is_none() {
        assert_eq!(funnel_mean(&[]), None);
        assert_eq!(funnel_mean(&[None, Some((5.0, 1.0, 1.0))]), None);
        assert_eq!(funnel_mean(&[Some((5.0, 0.0, 10.0)), Some((6.0, 0.0, 10.0))]), None);
        assert_eq!(funnel_normal(&[Some((5.0, 1.0))], f64::NAN), None);
        assert_eq!(funnel_normal(&[Some((5.0, 0.0)), Some((5.0, f64::INFINITY))], 5.0), None);
    }

    #[test]
    fn a_unit_far_from_many_alike_is_banded() {
        let mut units = vec![Some((20.0, 5.0, 100.0)); 20];
        units.extend([Some((15.0, 5.0, 100.0)), Some((25.0, 5.0, 100.0)), Some((21.05, 5.0, 100.0))]);
        let funnel = funnel_mean(&units);
        let of = |at: usize| funnel.as_ref().and_then(|funnel| funnel.units[at]);
        let bands: Vec<_> = [0, 20, 21, 22].iter().map(|at| of(*at).map(|unit| unit.band)).collect();
        let expected = [Band::Same, Band::MuchLower, Band::MuchHigher, Band::Higher];
        assert_eq!(bands, expected.map(Some));
    }
}
