//! Individuals and moving range charts (XmR), by NHS England's Making Data Count rules.

mod rules;
mod words;

pub use words::{Assurance, Direction, Rule, Side, Signal, UnknownDirection, Variation};

/// Limits are this many mean moving ranges from the centre (Wheeler: 3 / 1.128).
const REACH: f64 = 2.66;
/// Near limits are two thirds of that.
const NEAR_REACH: f64 = 2.0 * (REACH / 3.0);
/// A moving range this many times the mean of them is left out, once (Wheeler: the upper limit of the range chart).
const SCREEN: f64 = 3.267;

/// One point in time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Observation {
    /// What was measured. A missing value keeps its place and is otherwise passed over.
    pub value: Option<f64>,
    /// What the value should reach, in its unit.
    pub target: Option<f64>,
    /// Limits are computed anew wherever this changes from one point to the next.
    pub phase: usize,
}

/// How a chart is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Which way is better.
    pub direction: Direction,
    /// Whether extreme moving ranges are left out of the limits.
    pub screen: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { direction: Direction::Neutral, screen: true }
    }
}

/// What the chart says about one point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Mean of the phase, in the unit of the values.
    pub centre: f64,
    /// Limits of the phase. `None` in a phase of one value, which says nothing about variation.
    pub limits: Option<Limits>,
    /// Why the point is a special cause. `None` when it is not.
    pub signal: Option<Signal>,
    /// What the signal means, given which way is better.
    pub variation: Variation,
    /// What the limits say about the target. `None` without a target, without limits, and when neither way is better.
    pub assurance: Option<Assurance>,
}

/// Process limits, in the unit of the values. In a phase of equal values they are equal to the centre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Lower process limit.
    pub lower: f64,
    /// Upper process limit.
    pub upper: f64,
    /// Two thirds of the way from the centre to the lower limit.
    pub near_lower: f64,
    /// Two thirds of the way from the centre to the upper limit.
    pub near_upper: f64,
}

/// Returns what an XmR chart says about every point of a series, which is in order of time.
///
/// Centre and limits hold for a phase; so do the rules, which never look over the edge of one. `None` for a point whose
/// value is missing or not finite, and for a whole phase whose limits are beyond the largest number.
///
/// Source: NHS England, Making Data Count; Wheeler DJ (2000), Understanding Variation. Order of the rules and screening
/// of moving ranges as in NHSRplotthedots 0.2.2; a phase of equal values, for which that package has no limits, has no
/// special cause here.
pub fn xmr(series: &[Observation], settings: Settings) -> Vec<Option<Point>> {
    series.chunk_by(|one, next| one.phase == next.phase).flat_map(|phase| read_phase(phase, settings)).collect()
}

fn read_phase(phase: &[Observation], settings: Settings) -> Vec<Option<Point>> {
    let known = |observation: &Observation| observation.value.filter(|value| value.is_finite());
    let values: Vec<f64> = phase.iter().filter_map(known).collect();
    let Some((centre, limits)) = limits(&values, settings.screen) else {
        return vec![None; phase.len()];
    };
    let mut signals = match limits {
        Some(limits) => rules::signals(&values, centre, limits),
        None => vec![None; values.len()],
    }
    .into_iter();
    let point = |observation: &Observation| {
        known(observation)?;
        let signal = signals.next().flatten();
        let variation = Variation::of(signal, settings.direction);
        let target = observation.target.filter(|target| target.is_finite());
        let assurance =
            target.zip(limits).and_then(|(target, limits)| Assurance::of(target, limits, settings.direction));
        Some(Point { centre, limits, signal, variation, assurance })
    };
    phase.iter().map(point).collect()
}

/// Centre and limits of the values of a phase.
fn limits(values: &[f64], screen: bool) -> Option<(f64, Option<Limits>)> {
    let first = *values.first()?;
    // Said apart, because the rounding of a mean could put equal values on one side of it.
    let (centre, range) = if values.iter().all(|&value| value == first) {
        (first, 0.0)
    } else {
        (mean(values)?, mean_moving_range(values, screen)?)
    };
    let limits = Limits {
        lower: centre - REACH * range,
        upper: centre + REACH * range,
        near_lower: centre - NEAR_REACH * range,
        near_upper: centre + NEAR_REACH * range,
    };
    let finite = limits.lower.is_finite() && limits.upper.is_finite();
    finite.then_some((centre, (values.len() > 1).then_some(limits)))
}

fn mean_moving_range(values: &[f64], screen: bool) -> Option<f64> {
    let mut ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let all = mean(&ranges)?;
    if screen {
        ranges.retain(|&range| range < SCREEN * all);
    }
    mean(&ranges)
}

/// The mean, with what rounding left behind put back.
fn mean(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let rough = values.iter().sum::<f64>() / n;
    let rest = values.iter().map(|value| value - rough).sum::<f64>() / n;
    Some(rough + rest).filter(|mean| mean.is_finite())
}

#[cfg(test)]
mod tests {
    use super::{Assurance, Direction, Observation, Point, Rule, Settings, Side, Variation, xmr};

    const UP: Settings = Settings { direction: Direction::Increase, screen: true };

    fn chart(values: &[Option<f64>]) -> Vec<Option<Point>> {
        let series: Vec<_> = values.iter().map(|&value| Observation { value, ..Observation::default() }).collect();
        xmr(&series, UP)
    }

    #[test]
    fn equal_values_have_no_special_cause() {
        for n in 2..40 {
            let points = chart(&vec![Some(0.1); n]);
            let calm = |p: &Point| {
                p.variation == Variation::Common && p.limits.is_some_and(|l| l.lower == 0.1 && l.upper == 0.1)
            };
            assert!(points.iter().all(|p| p.as_ref().is_some_and(calm)), "{n}");
        }
    }

    #[test]
    fn one_value_has_a_centre_and_no_limits() {
        let point = chart(&[Some(3.0)])[0];
        assert!(point.is_some_and(|p| p.centre == 3.0 && p.limits.is_none() && p.signal.is_none()));
    }

    #[test]
    fn missing_values_keep_their_place() {
        let full: Vec<_> = [3.0, 5.0, 4.0, 6.0, 2.0].into_iter().map(Some).collect();
        let mut gaps = full.clone();
        gaps.insert(2, None);
        gaps.insert(0, Some(f64::NAN));
        let (full, gaps) = (chart(&full), chart(&gaps));
        assert_eq!((gaps.len(), gaps[0], gaps[3]), (7, None, None));
        assert_eq!(gaps.iter().flatten().collect::<Vec<_>>(), full.iter().flatten().collect::<Vec<_>>());
        assert_eq!(chart(&[None, None]), vec![None, None]);
        assert_eq!(chart(&[]), vec![]);
    }

    #[test]
    fn seven_rising_points_are_a_trend_and_a_tie_breaks_it() {
        let rise = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 11.0, 15.0, 12.0].map(Some);
        let rules: Vec<_> = chart(&rise).iter().map(|p| p.and_then(|p| p.signal).map(|s| (s.rule, s.side))).collect();
        assert_eq!(rules[..7], [Some((Rule::Trend, Side::High)); 7]);
        let mut tie = rise;
        tie[3] = tie[2];
        assert!(chart(&tie).iter().all(|p| p.is_some_and(|p| p.signal.is_none())));
    }

    #[test]
    fn a_phase_has_its_own_limits_and_target() {
        let at = |value: f64, phase: usize| Observation { value: Some(value), target: Some(15.0), phase };
        let series = [at(10.0, 1), at(11.0, 1), at(10.0, 1), at(20.0, 2), at(21.0, 2), at(20.0, 2)];
        let points = xmr(&series, UP);
        let assurance: Vec<_> = points.iter().flatten().filter_map(|p| p.assurance).collect();
        assert_eq!(assurance, [[Assurance::Fails; 3], [Assurance::Passes; 3]].concat());
        assert!(points.iter().flatten().all(|p| p.signal.is_none()));
        assert!(xmr(&series, Settings::default()).iter().flatten().all(|p| p.assurance.is_none()));
    }

    #[test]
    fn a_target_between_the_limits_is_hit_and_miss() {
        // Centre 11, moving ranges of 2: limits 5.68 and 16.32.
        let (passes, hit, fails) = (Assurance::Passes, Assurance::HitAndMiss, Assurance::Fails);
        for (target, up, down) in [(5.6, passes, fails), (5.7, hit, hit), (16.3, hit, hit), (16.4, fails, passes)] {
            let at = |i: usize| Observation { value: Some([10.0, 12.0][i % 2]), target: Some(target), phase: 0 };
            let series: Vec<_> = (0..6).map(at).collect();
            for (direction, expected) in [(Direction::Increase, up), (Direction::Decrease, down)] {
                let points = xmr(&series, Settings { direction, screen: true });
                assert!(points.iter().flatten().all(|p| p.assurance == Some(expected)), "{target} {direction:?}");
            }
        }
    }

    #[test]
    fn numbers_too_large_for_limits_have_none() {
        assert_eq!(chart(&[Some(f64::MAX), Some(-f64::MAX)]), vec![None, None]);
    }

    #[test]
    fn directions_are_spelt_exactly() {
        assert_eq!("decrease".parse(), Ok(Direction::Decrease));
        assert!("Increase".parse::<Direction>().is_err_and(|e| e.to_string().contains("`Increase`")));
    }
}
