//! Groups of one breakdown, and the difference between them.

use super::super::context::{
    Equity, Figure, Gap, GroupPoint, Inequality, RateRatio, Scale, Series, Slope, SlopePoint, Trend,
};
use super::super::rows::Row;
use super::Page;
use super::measure::scale;
use crate::declare::{Band, Group, NOT_STATED, Outcome};

/// Statistics of a breakdown that stand by themselves on the page.
const SHOWN: [&str; 5] = ["value", "gap", "ratio", "rate_ratio", "slope_index"];

impl Page<'_> {
    pub(super) fn equity(&self, outcome: &Outcome, rows: &[&Row], group: &Group) -> Option<Equity> {
        let period = self.period();
        let here: Vec<&&Row> = rows
            .iter()
            .filter(|row| row.area == self.area && row.period == period && row.group_by == group.id)
            .collect();
        let one = |statistic: &str| here.iter().find(|row| row.statistic == statistic).copied();
        let bands = group.bands.iter().map(|band| (band.id.as_str(), self.text(&band.label)));
        let groups: Vec<GroupPoint> = bands
            .chain([(NOT_STATED, self.text(&group.not_stated))])
            .filter_map(|(id, label)| {
                let row = here.iter().find(|row| row.statistic == "value" && row.group == id)?;
                Some(GroupPoint {
                    id: id.to_owned(),
                    label: label.to_owned(),
                    figure: row.figure.clone(),
                    not_stated: id == NOT_STATED,
                    rest: here
                        .iter()
                        .find(|row| row.statistic == "gap_rest" && row.group == id)
                        .map(|row| row.figure.clone()),
                })
            })
            .collect();
        if groups.is_empty() {
            return None;
        }
        let label = |id: &str| groups.iter().find(|group| group.id == id).map(|group| group.label.clone());
        let gap = one("gap").zip(ends(group)).and_then(|(row, [first, second])| {
            let Figure { value, lower, upper, .. } = row.figure;
            Some(Gap { to_label: label(&first)?, from_label: label(&second)?, value, lower, upper })
        });
        let rates = rates(group, &here, &label);
        let slope = one("slope_index").map(|row| {
            let ratio = one("relative_index").map(|row| row.figure.clone()).unwrap_or_default();
            let points = fitted(&groups);
            Slope {
                sii: row.figure.value,
                lower: row.figure.lower,
                upper: row.figure.upper,
                rii: ratio.value,
                rii_lower: ratio.lower,
                rii_upper: ratio.upper,
                lack_of_fit: row.figure.value.map(|_| row.band.is_some()),
                groups: points.len(),
                points,
            }
        });
        let trend = self.trend(outcome, rows, group, &groups);
        let others = here.iter().filter(|row| row.group == "all" && !SHOWN.contains(&row.statistic.as_str()));
        let why_not = slope.as_ref().filter(|slope| slope.sii.is_none()).and_then(|_| {
            let figure = &one("slope_index")?.figure;
            figure.mark_reason.clone().or_else(|| figure.why_not.clone())
        });
        Some(Equity {
            group_by: group.id.clone(),
            title: self.text(&group.title).to_owned(),
            ordered: group.ordered.is_some(),
            // Levels say their order themselves.
            order_note: group
                .ordered
                .filter(|_| group.instrument.is_none())
                .map(|_| "most disadvantaged first".to_owned()),
            groups,
            gap,
            ratio: one("ratio").map(|row| row.figure.clone()),
            rates,
            placed: one("slope_index").and_then(|row| row.responders_share),
            slope,
            trend,
            measures: others
                .map(|row| Inequality { statistic: row.statistic.clone(), figure: row.figure.clone() })
                .collect(),
            why_not,
        })
    }

    /// The gap from month to month, as the page speaks of it: the later group less the earlier one.
    fn trend(&self, outcome: &Outcome, rows: &[&Row], group: &Group, groups: &[GroupPoint]) -> Option<Trend> {
        let instrument = self.sources.declarations.instrument(&outcome.instrument)?;
        let mut series = self.charted(rows, &group.id, ["gap", "gap_xmr"])?;
        series.points.iter().find_map(|point| point.value)?;
        let [first, second] = ends(group)?;
        let place = |id: &str| groups.iter().position(|group| group.id == id);
        let (of_first, of_second) = (place(&first)?, place(&second)?);
        let turned = if of_first < of_second { -1.0 } else { 1.0 };
        let (scale, unit) = match scale(outcome, instrument) {
            // A share is told in points of percent.
            None => (Scale::default(), 100.0),
            Some(scale) => (scale, 1.0),
        };
        times(&mut series, turned * unit);
        let label = |at: usize| groups.get(at).map(|group| group.label.clone());
        Some(Trend {
            from_label: label(of_first.min(of_second))?,
            to_label: label(of_first.max(of_second))?,
            scale: Scale { signed: true, lowest: None, highest: None, ..scale },
            series,
        })
    }
}

/// Each later group against the first one, in their order.
fn rates(group: &Group, rows: &[&&Row], label: &dyn Fn(&str) -> Option<String>) -> Vec<RateRatio> {
    let Some((first, later)) = group.bands.split_first() else { return Vec::new() };
    let of = |band: &Band| {
        let comparator = format!("{} over {}", band.id, first.id);
        let row = rows
            .iter()
            .find(|row| row.statistic == "rate_ratio" && row.comparator.as_deref() == Some(comparator.as_str()))?;
        Some(RateRatio { label: label(&band.id)?, first_label: label(&first.id)?, figure: row.figure.clone() })
    };
    later.iter().filter_map(of).collect()
}

/// The two bands that the gap sets against each other.
fn ends(group: &Group) -> Option<[String; 2]> {
    let ends = group.bands.first().zip(group.bands.last()).map(|(first, last)| [first.id.clone(), last.id.clone()]);
    group.gap.clone().or(ends)
}

/// Takes a series of gaps times `factor`; below 0, what was high is low.
fn times(series: &mut Series, factor: f64) {
    let turned = factor < 0.0;
    let pair = |lower: Option<f64>, upper: Option<f64>| {
        let (lower, upper) = (lower.map(|lower| lower * factor), upper.map(|upper| upper * factor));
        if turned { (upper, lower) } else { (lower, upper) }
    };
    (series.lower, series.upper) = pair(series.lower, series.upper);
    (series.near_lower, series.near_upper) = pair(series.near_lower, series.near_upper);
    series.centre = series.centre.map(|centre| centre * factor);
    // A gap has no aim.
    series.assurance = None;
    for point in &mut series.points {
        (point.lower, point.upper) = pair(point.lower, point.upper);
        point.value = point.value.map(|value| value * factor);
        if turned {
            point.variation = point.variation.take().map(|variation| match variation.as_str() {
                "neutral_high" => "neutral_low".to_owned(),
                "neutral_low" => "neutral_high".to_owned(),
                _ => variation,
            });
        }
    }
}

/// Where the ordered groups stand on the line of the slope: at the middle of their share of the answers.
fn fitted(groups: &[GroupPoint]) -> Vec<SlopePoint> {
    let stated: Vec<(f64, f64)> = groups
        .iter()
        .filter(|group| !group.not_stated)
        .filter_map(|group| Some((group.figure.n? as f64, group.figure.value?)))
        .collect();
    let all: f64 = stated.iter().map(|(n, _)| n).sum();
    let mut below = 0.0;
    stated
        .into_iter()
        .map(|(n, value)| {
            let rank = (below + n / 2.0) / all;
            below += n;
            SlopePoint { rank, value }
        })
        .collect()
}
