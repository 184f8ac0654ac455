//! Over-dispersed funnel of ratios of observed to expected events.

use super::super::{Interval, normal};
use super::{Band, Funnel, Unit, between, dispersion};

/// On which scale ratios are compared, and what is done with the extremes before the dispersion is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Logarithm; a tenth of the units at each end is left out: as the summary hospital-level mortality indicator (SHMI).
    Log,
    /// Square root; z-scores are winsorised by a tenth at each end: as the Care Quality Commission.
    Sqrt,
}

impl Scale {
    /// The transformed ratio less that of the target, 1.
    fn distance(self, ratio: f64) -> f64 {
        match self {
            Self::Log => ratio.ln(),
            Self::Sqrt => ratio.sqrt() - 1.0,
        }
    }

    /// Back to a ratio.
    fn ratio(self, distance: f64) -> f64 {
        match self {
            Self::Log => distance.exp(),
            Self::Sqrt => (1.0 + distance).max(0.0).powi(2),
        }
    }

    /// One over the variance by chance of a unit with `expected` events.
    fn weight(self, expected: f64) -> f64 {
        match self {
            Self::Log => expected,
            Self::Sqrt => 4.0 * expected,
        }
    }
}

/// Returns the over-dispersed funnel of some units' ratios, whose target is 1.
///
/// Each unit is `(observed, expected)` events. A unit that is missing, has nothing expected or a number below 0 or not
/// finite keeps its place as `None` and has no part in the rest. The variance between units is the moment estimate, 0
/// when there is no more scatter than chance gives. `None` when no unit is left, and on the logarithmic scale when units
/// without events are not among those left out at the end: there the square root serves.
///
/// Source: Spiegelhalter DJ (2005), Stat Med 24:1185-1202, additive random effects; Spiegelhalter D, Sherlaw-Johnson C,
/// Bardsley M et al. (2012), J R Stat Soc A 175:1-47; of the logarithm, NHS Digital, SHMI indicator specification:
/// methods. Limits are brought back from the scale on which they were computed.
pub fn funnel_ratio(units: &[Option<(f64, f64)>], scale: Scale) -> Option<Funnel> {
    let (z95, z998) = (normal::two_sided(0.95)?, normal::two_sided(0.998)?);
    let valid = |&(observed, expected): &(f64, f64)| {
        expected > 0.0 && expected.is_finite() && observed >= 0.0 && (observed / expected).is_finite()
    };
    let z_score =
        |(observed, expected): (f64, f64)| scale.distance(observed / expected) * scale.weight(expected).sqrt();
    let counted: Vec<(f64, f64)> = units.iter().flatten().filter(|unit| valid(unit)).copied().collect();
    let scored = counted.iter().map(|&unit| (z_score(unit), scale.weight(unit.1)));
    let (phi, weights) = match scale {
        Scale::Sqrt => {
            let (scores, weights): (Vec<f64>, Vec<f64>) = scored.unzip();
            (dispersion(scores)?, weights)
        }
        Scale::Log => truncated(scored.collect())?,
    };
    let tau2 = between(phi, &weights)?;
    let limits = |expected: f64, z: f64| {
        let reach = z * (1.0 / scale.weight(expected) + tau2).sqrt();
        Interval::around(1.0, scale.ratio(-reach), scale.ratio(reach))
    };
    let place = |unit: (f64, f64)| {
        let (limits95, limits998) = (limits(unit.1, z95)?, limits(unit.1, z998)?);
        let z = Some(z_score(unit)).filter(|z| z.is_finite());
        Some(Unit { z, limits95, limits998, band: Band::of(unit.0 / unit.1, limits95, limits998) })
    };
    let units = units.iter().map(|unit| unit.filter(valid).and_then(place)).collect();
    Some(Funnel { target: 1.0, phi, tau2, units })
}

/// Mean square of the z-scores, and the weights, of the units that are not among the lowest or the highest tenth by rank.
fn truncated(mut scored: Vec<(f64, f64)>) -> Option<(f64, Vec<f64>)> {
    scored.sort_by(|one, other| one.0.total_cmp(&other.0));
    let n = scored.len() as f64;
    let tenth = |z: f64| {
        // Equal scores share their mean rank, so that the order in which they were given does not matter.
        let (below, to) = (scored.partition_point(|other| other.0 < z), scored.partition_point(|other| other.0 <= z));
        let rank = f64::midpoint(below as f64 + 1.0, to as f64);
        (rank * 10.0 / (n + 1.0)).floor()
    };
    let kept: Vec<(f64, f64)> = scored.iter().filter(|(z, _)| (1.0..9.0).contains(&tenth(*z))).copied().collect();
    let sum: f64 = kept.iter().map(|(z, _)| z * z).sum();
    let phi = Some(sum / kept.len() as f64).filter(|phi| phi.is_finite())?;
    Some((phi, kept.into_iter().map(|(_, weight)| weight).collect()))
}

#[cfg(test)]
mod tests {
    use super::{Band, Scale, funnel_ratio};

    #[test]
    fn units_with_nothing_expected_keep_their_place() {
        let nan = f64::NAN;
        let units =
            [Some((9.0, 10.0)), None, Some((1.0, 0.0)), Some((-1.0, 5.0)), Some((nan, 5.0)), Some((12.0, 10.0))];
        for scale in [Scale::Log, Scale::Sqrt] {
            let funnel = funnel_ratio(&units, scale);
            let places: Option<Vec<bool>> = funnel.as_ref().map(|f| f.units.iter().map(Option::is_some).collect());
            assert_eq!(places, Some(vec![true, false, false, false, false, true]));
            assert!(funnel.is_some_and(|f| f.target == 1.0 && f.tau2 == 0.0));
            assert_eq!(funnel_ratio(&[None], scale), None);
        }
    }

    #[test]
    fn a_unit_without_events_is_banded_where_it_is_left_out_of_the_dispersion() {
        let mut units = vec![Some((40.0, 40.0)); 20];
        units.push(Some((0.0, 40.0)));
        let unit = funnel_ratio(&units, Scale::Log).and_then(|funnel| funnel.units.last().copied().flatten());
        assert!(unit.is_some_and(|unit| unit.z.is_none() && unit.band == Band::MuchLower));
        assert_eq!(funnel_ratio(&[Some((0.0, 4.0)), Some((4.0, 4.0))], Scale::Log), None);
        assert!(funnel_ratio(&[Some((0.0, 4.0)), Some((4.0, 4.0))], Scale::Sqrt).is_some());
    }

    #[test]
    fn the_order_of_equal_units_does_not_matter() {
        let units: Vec<_> = (1..=12).map(|i| Some((f64::from(i / 3) * 10.0 + 5.0, 20.0 + f64::from(i)))).collect();
        let opposite: Vec<_> = units.iter().rev().copied().collect();
        let pair = funnel_ratio(&units, Scale::Log).zip(funnel_ratio(&opposite, Scale::Log));
        assert!(pair.is_some_and(|(a, b)| (a.phi - b.phi).abs() < 1e-12 && (a.tau2 - b.tau2).abs() < 1e-12));
    }
}
