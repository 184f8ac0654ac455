//! Ordered groups along the population, from the most to the least disadvantaged, with the fitted line.

use super::super::context::{Equity, GroupPoint, Slope};
use super::super::svg::{self, Scale, Shape, Svg};
use super::{Frame, SMALL, figure_axis, legend, nothing, text};

const LEFT: f64 = 38.0;
const RIGHT: f64 = 308.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 118.0;

pub fn draw(frame: &Frame, equity: &Equity) -> String {
    let Some(slope) = equity.slope.as_ref().filter(|slope| !slope.points.is_empty()) else {
        return nothing(frame);
    };
    let shown: Vec<&GroupPoint> =
        equity.groups.iter().filter(|group| !group.not_stated && group.figure.value.is_some()).collect();
    // Intervals and names belong to the points only when there is one group for each.
    let groups: Vec<Option<&GroupPoint>> = if shown.len() == slope.points.len() {
        shown.into_iter().map(Some).collect()
    } else {
        vec![None; slope.points.len()]
    };
    let line = fitted(slope);
    let intervals = groups.iter().flatten().flat_map(|group| [group.figure.lower, group.figure.upper]).flatten();
    let values = slope.points.iter().map(|point| point.value).chain(intervals);
    let ticks = frame.axis.ticks(values.chain(line.into_iter().flat_map(|(start, end)| [start, end])));

    let mut chart = Svg::new();
    let y = figure_axis(&mut chart, &ticks, (LEFT, RIGHT), (TOP, BOTTOM));
    let x = Scale::new((0.0, 1.0), (LEFT, RIGHT));
    if let Some((start, end)) = line {
        chart.line("fitted", (x.at(0.0), y.at(frame.axis.clamp(start))), (x.at(1.0), y.at(frame.axis.clamp(end))));
    }
    for (point, group) in slope.points.iter().zip(&groups) {
        let (at_x, at_y) = (x.at(point.rank.clamp(0.0, 1.0)), y.at(point.value));
        let mut label_y = at_y - 10.0;
        if let Some((lower, upper)) = group.and_then(|group| group.figure.lower.zip(group.figure.upper)) {
            chart.line("interval", (at_x, y.at(lower)), (at_x, y.at(upper)));
            for end in [lower, upper] {
                chart.line("interval", (at_x - 4.0, y.at(end)), (at_x + 4.0, y.at(end)));
            }
            label_y = y.at(upper) - 5.0;
        }
        chart.mark(Shape::Circle, "dot", (at_x, at_y), 5.0);
        chart.text("strong", "middle", (at_x, label_y.max(TOP - 2.0)), &frame.axis.text(point.value));
    }
    chart.line("axis", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    let stated: Vec<&GroupPoint> = equity.groups.iter().filter(|group| !group.not_stated).collect();
    let ends = [(stated.first(), "start", LEFT), (stated.last(), "end", svg::WIDTH - 2.0)];
    let mut bottom = BOTTOM;
    for (group, anchor, at) in ends {
        let lines = group.map(|group| text::wrap(&group.label, SMALL, 130.0)).unwrap_or_default();
        for (index, line) in lines.iter().enumerate() {
            let baseline = BOTTOM + 17.0 + 14.0 * index as f64;
            chart.text("sub", anchor, (at, baseline), line);
            bottom = bottom.max(baseline);
        }
    }
    let pen = legend(&mut chart, (4.0, bottom + 20.0), Shape::Circle, "dot", &frame.words.fitted);
    frame.finish(chart, pen.1 + 8.0)
}

/// Ends of the fitted line. The relative index gives its height; near 1 it cannot, and the points' mean does.
fn fitted(slope: &Slope) -> Option<(f64, f64)> {
    let sii = slope.sii.filter(|sii| sii.is_finite())?;
    let start = match slope.rii {
        Some(rii) if rii.is_finite() && 0.01 < (rii - 1.0).abs() => sii / (rii - 1.0),
        // Not empty: `draw` has looked. A count of groups is exact as f64.
        _ => slope.points.iter().map(|point| point.value - sii * point.rank).sum::<f64>() / slope.points.len() as f64,
    };
    Some((start, start + sii))
}
