//! Rates as they would be in another population.

use super::{Estimate, poisson};

/// Below this many events a directly standardised rate is not given: OHID's rule.
const FEWEST: f64 = 10.0;

/// One band, such as an age group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Events.
    pub events: f64,
    /// Sum over the people of the band of their events squared; the events again where nobody can have two.
    pub squares: f64,
    /// People.
    pub population: f64,
    /// People of this band in the standard population.
    pub standard: f64,
}

/// Returns the directly standardised rate in events per `per`, with Dobson's interval.
///
/// What the rate would be in the standard population if each band had the rate that it has here. `level` is the
/// confidence level, such as 0.95. Where one small band carries so much of the variance that the lower limit would lie
/// below 0, it is 0. `None` below 10 events; without a band; where a band has no people, a number below 0 or not finite, or fewer squares
/// than whole events can have (one an event); and for a level outside (0, 1).
///
/// Source: Dobson AJ, Kuulasmaa K, Eberle E & Scherer J (1991), Stat Med 10:457-462, with Byar's limits of the count;
/// where a person can have several events, the variance of a band's count is the sum of squared events (OHID,
/// Fingertips technical guide: non-independent events).
pub fn direct(bands: &[Band], per: f64, level: f64) -> Option<Estimate> {
    let sound = |b: &Band| b.events >= 0.0 && b.squares >= b.events && b.population > 0.0 && b.standard >= 0.0;
    if !(bands.iter().all(sound) && per > 0.0) {
        return None;
    }
    let events: f64 = bands.iter().map(|band| band.events).sum();
    if events < FEWEST {
        return None;
    }
    let standard: f64 = bands.iter().map(|band| band.standard).sum();
    let rate: f64 = bands.iter().map(|b| b.standard / standard * (b.events / b.population)).sum();
    let variance: f64 = bands.iter().map(|b| (b.standard / standard / b.population).powi(2) * b.squares).sum();
    let limits = poisson::byar(events, level)?;
    let end = |limit: f64| (rate + (variance / events).sqrt() * (limit - events)) * per;
    Estimate::new(rate * per, end(limits.lower).max(0.0), end(limits.upper))
}

/// Returns the indirectly standardised ratio: events over those expected at the rates of a standard population.
///
/// 1 where there are as many as expected. The expected number is taken as known; the limits are those of the count
/// ([`poisson::limits`]). Times the crude rate of the standard population it is the indirectly standardised rate.
/// `None` for counts below 0, nothing expected, numbers that are not finite and a level outside (0, 1).
///
/// Source: Breslow NE & Day NE (1987), Statistical Methods in Cancer Research, volume II, IARC, pages 65-72.
pub fn indirect(observed: f64, expected: f64, level: f64) -> Option<Estimate> {
    if !(expected > 0.0 && expected.is_finite()) {
        return None;
    }
    let limits = poisson::limits(observed, level)?;
    Estimate::new(observed / expected, limits.lower / expected, limits.upper / expected)
}

#[cfg(test)]
mod tests {
    use super::{Band, direct, indirect};

    const YOUNG: Band = Band { events: 8.0, squares: 8.0, population: 400.0, standard: 500.0 };
    const OLD: Band = Band { events: 30.0, squares: 30.0, population: 600.0, standard: 500.0 };

    #[test]
    fn each_band_counts_as_in_the_standard_population() {
        // (0.02 + 0.05) / 2.
        assert!(direct(&[YOUNG, OLD], 1_000.0, 0.95).is_some_and(|r| (r.value - 35.0).abs() < 1e-12));
        let only_old = direct(&[Band { standard: 0.0, ..YOUNG }, OLD], 1_000.0, 0.95);
        assert!(only_old.is_some_and(|r| (r.value - 50.0).abs() < 1e-12));
    }

    #[test]
    fn people_with_several_events_widen_the_limits_and_leave_the_rate() {
        let repeat = direct(&[YOUNG, Band { squares: 50.0, ..OLD }], 1_000.0, 0.95);
        let once = direct(&[YOUNG, OLD], 1_000.0, 0.95);
        assert!(once.zip(repeat).is_some_and(|(a, b)| a.value == b.value && b.lower < a.lower && b.upper > a.upper));
    }

    #[test]
    fn a_rate_has_no_limit_below_0() {
        // One person with a hundred times the standard of the others and all but none of the events.
        let one = Band { events: 1.0, squares: 1.0, population: 1.0, standard: 100.0 };
        let others = Band { events: 20.0, squares: 20.0, population: 1e6, standard: 1.0 };
        assert!(direct(&[one, others], 1.0, 0.998).is_some_and(|r| r.lower == 0.0 && r.value > 0.9));
    }

    #[test]
    fn few_events_and_unsound_bands_have_no_rate() {
        assert_eq!(direct(&[], 1_000.0, 0.95), None);
        assert_eq!(direct(&[YOUNG], 1_000.0, 0.95), None);
        for band in [
            Band { population: 0.0, ..OLD },
            Band { events: -1.0, ..OLD },
            Band { squares: 29.0, ..OLD },
            Band { standard: -1.0, ..OLD },
            Band { standard: 0.0, ..OLD },
            Band { events: f64::NAN, ..OLD },
            Band { standard: f64::INFINITY, ..OLD },
        ] {
            assert_eq!(direct(&[Band { standard: 0.0, ..OLD }, band], 1_000.0, 0.95), None, "{band:?}");
        }
        assert_eq!(direct(&[OLD], 0.0, 0.95), None);
        assert_eq!(direct(&[OLD], 1_000.0, 1.0), None);
    }

    #[test]
    fn nothing_expected_has_no_ratio() {
        assert_eq!(indirect(3.0, 0.0, 0.95), None);
        assert_eq!(indirect(-3.0, 2.0, 0.95), None);
        assert!(indirect(0.0, 2.0, 0.95).is_some_and(|r| r.value == 0.0 && r.lower == 0.0 && r.upper > 1.0));
    }
}
