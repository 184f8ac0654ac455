//! The axis of figures: shares in percent, or points of a score.

use super::super::amount::{amount_text, points_text};
use super::super::context::Scale;
use super::super::svg::share_ticks;

/// A place on an axis, and what stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub at: f64,
    pub label: String,
}

/// How the figures of a chart are written and between which ends they lie; none is shares.
#[derive(Debug, Clone, Copy, Default)]
pub struct Axis(pub Option<Scale>);

impl Axis {
    /// A figure beside a mark.
    pub fn text(&self, value: f64) -> String {
        amount_text(value, self.0.as_ref())
    }

    /// Limits may lie where no figure can: they are drawn at the end.
    pub fn clamp(&self, value: f64) -> f64 {
        let (low, high) = self.ends();
        value.max(low).min(high)
    }

    fn ends(&self) -> (f64, f64) {
        match self.0 {
            None => (0.0, 1.0),
            Some(Scale { signed: true, .. }) => (f64::NEG_INFINITY, f64::INFINITY),
            Some(scale) => (scale.lowest.unwrap_or(f64::NEG_INFINITY), scale.highest.unwrap_or(f64::INFINITY)),
        }
    }

    /// At most eight places, even steps apart, that hold all of `values`.
    pub fn ticks(&self, values: impl Iterator<Item = f64>) -> Vec<Tick> {
        match self.0 {
            None => share_ticks(values).into_iter().map(|at| Tick { at, label: self.text(at) }).collect(),
            Some(scale) => self.points(scale, values),
        }
    }

    fn points(&self, scale: Scale, values: impl Iterator<Item = f64>) -> Vec<Tick> {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .map(|value| self.clamp(value))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) =
            if low > high { (scale.lowest.unwrap_or(0.0), scale.highest.unwrap_or(1.0)) } else { (low, high) };
        // An axis of less than a tenth of the score would make noise look like news.
        let tenth = scale.lowest.zip(scale.highest).map_or(0.0, |(lowest, highest)| (highest - lowest) / 10.0);
        let least = if tenth > 0.0 { tenth } else { 10_f64.powi(-i32::from(scale.decimals)) };
        let spare = ((least - (high - low)) / 2.0).max(0.0);
        let (low, high) = (self.clamp(low - spare), self.clamp(high + spare));
        let span = (high - low).max(least);
        let unit = 10_f64.powf((span / 6.0).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * unit);
        let step = steps.into_iter().find(|step| span / step <= 6.0 + 1e-9).unwrap_or(span);
        let decimals = (-step.log10().floor()).clamp(0.0, 6.0);
        // At most eight steps, and scores are small numbers.
        let (first, last) = ((low / step + 1e-9).floor() as i64, (high / step - 1e-9).ceil() as i64);
        let tick = |k: i64| {
            let at = k as f64 * step;
            Tick { at, label: points_text(at, decimals as u8, scale.signed) }
        };
        (first..=last.max(first + 1)).map(tick).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(lowest: f64, highest: f64, signed: bool) -> Axis {
        Axis(Some(Scale { decimals: 1, lowest: Some(lowest), highest: Some(highest), signed, rate: false }))
    }

    fn labels(axis: Axis, values: &[f64]) -> Vec<String> {
        axis.ticks(values.iter().copied()).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_of_points_are_round_and_hold_the_values() {
        assert_eq!(labels(axis(0.0, 48.0, false), &[18.0, 39.4]), ["15", "20", "25", "30", "35", "40"]);
        assert_eq!(labels(axis(0.0, 48.0, true), &[-0.5, 21.0]), ["−5", "0", "+5", "+10", "+15", "+20", "+25"]);
        assert_eq!(labels(axis(-0.594, 1.0, false), &[0.71, 0.74]), ["0.60", "0.65", "0.70", "0.75", "0.80", "0.85"]);
        for values in [vec![0.0], vec![48.0], vec![], vec![12.34, 12.35], vec![f64::NAN], vec![0.0, 48.0]] {
            for axis in [axis(0.0, 48.0, false), axis(0.0, 48.0, true), Axis(Some(Scale::default())), Axis(None)] {
                let ticks = axis.ticks(values.iter().copied());
                assert!(2 <= ticks.len() && ticks.len() <= 9, "{values:?} {ticks:?}");
                for value in values.iter().filter(|value| value.is_finite()).map(|value| axis.clamp(*value)) {
                    assert!(
                        ticks[0].at <= value + 1e-9 && value <= ticks[ticks.len() - 1].at + 1e-9,
                        "{value} {ticks:?}"
                    );
                }
            }
        }
    }
}
