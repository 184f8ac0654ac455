//! Months in order with mean and limits (XmR). Triangles are months that chance alone would hardly give.

use super::super::context::{Series, SeriesPoint};
use super::super::svg::{self, Scale, Shape, Svg};
use super::{Frame, SMALL, figure_axis, legend, nothing, text};

const LEFT: f64 = 38.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 118.0;
/// Room between the labels of two months.
const LABEL_GAP: f64 = 12.0;

pub fn draw(frame: &Frame, series: &Series, target: Option<f64>, higher_is_better: bool) -> String {
    let words = &frame.words;
    let lines = [
        (series.upper, "limit", &words.upper),
        (series.centre, "mean", &words.mean),
        (target, "target", &words.target),
        (series.lower, "limit", &words.lower),
    ];
    let lines: Vec<_> =
        lines.into_iter().filter_map(|(at, class, label)| Some((frame.axis.clamp(at?), class, label))).collect();
    let values = series.points.iter().filter_map(|point| point.value);
    if values.clone().next().is_none() {
        return nothing(frame);
    }
    let ticks = frame.axis.ticks(values.chain(lines.iter().map(|line| line.0)));
    let labels: Vec<String> = lines.iter().map(|(at, _, label)| format!("{label} {}", frame.axis.text(*at))).collect();
    // The words may be longer in another language: the plot gives way to the labels, up to half.
    let widest = labels.iter().map(|label| text::width(label, SMALL)).fold(8.0, f64::max);
    let right = (svg::WIDTH - 6.0 - widest).max(svg::WIDTH / 2.0);

    let mut chart = Svg::new();
    let y = figure_axis(&mut chart, &ticks, (LEFT, right), (TOP, BOTTOM));
    // Casting a count of months to f64 is exact.
    let x = Scale::new((0.0, series.points.len().saturating_sub(1) as f64), (LEFT + 7.0, right - 7.0));

    let wanted: Vec<f64> = lines.iter().map(|line| y.at(line.0) + 4.0).collect();
    let places = text::spread(&wanted, 13.0, (TOP + 4.0, BOTTOM + 4.0));
    for (((at, class, _), label), place) in lines.iter().zip(&labels).zip(places) {
        chart.line(class, (LEFT, y.at(*at)), (right, y.at(*at)));
        chart.text("sub", "start", (right + 4.0, place), label);
    }
    // A hidden month breaks the line: joining its neighbours would draw a value that nobody may know.
    for run in series.points.iter().enumerate().collect::<Vec<_>>().split(|(_, point)| point.value.is_none()) {
        let run = run.iter().filter_map(|(index, point)| Some((x.at(*index as f64), y.at(point.value?))));
        if 1 < run.clone().count() {
            chart.path("series", run);
        }
    }
    let mut seen: Vec<(Shape, &str, &str)> = Vec::new();
    for (index, point) in series.points.iter().enumerate() {
        let at_x = x.at(index as f64);
        let (shape, class, label) = look(point, words, higher_is_better);
        match point.value {
            Some(value) => {
                chart.mark(shape, class, (at_x, y.at(value)), if shape == Shape::Circle { 3.0 } else { 4.4 })
            }
            None => chart.mark(shape, class, (at_x, BOTTOM - 6.0), 3.0),
        }
        if !seen.contains(&(shape, class, label)) {
            seen.push((shape, class, label));
        }
    }
    let below = month_labels(&mut chart, &series.points, x);
    // A legend that says only "usual" explains nothing.
    let mut pen = (4.0, below);
    if seen.iter().any(|(shape, ..)| *shape != Shape::Circle) {
        pen.1 += 19.0;
        for (shape, class, label) in seen {
            pen = legend(&mut chart, pen, shape, class, label);
        }
    }
    frame.finish(chart, pen.1 + 8.0)
}

/// Direction of the triangle and its colour say the same: blue is better, orange is worse.
fn look<'a>(point: &SeriesPoint, words: &'a super::Words, higher_is_better: bool) -> (Shape, &'static str, &'a str) {
    let (better, worse) = if higher_is_better { (Shape::Up, Shape::Down) } else { (Shape::Down, Shape::Up) };
    match point.variation.as_deref() {
        _ if point.value.is_none() => (Shape::Diamond, "hollow", &words.hidden),
        Some("improvement") => (better, "good", &words.improvement),
        Some("concern") => (worse, "bad", &words.concern),
        Some("neutral_high" | "neutral_low") => (Shape::Diamond, "neutral", &words.unusual),
        _ => (Shape::Circle, "common", &words.usual),
    }
}

/// Writes the months below the axis, each over as many lines as it has words, and returns the lowest baseline.
fn month_labels(chart: &mut Svg, points: &[SeriesPoint], x: Scale) -> f64 {
    let spacing = x.at(1.0) - x.at(0.0);
    let words = points.iter().flat_map(|point| point.label.split_whitespace());
    let widest = words.map(|word| text::width(word, SMALL)).fold(0.0, f64::max).min(svg::WIDTH / 2.0);
    let mut lowest = BOTTOM + 16.0;
    for index in labelled(points.len(), (widest + LABEL_GAP) / spacing) {
        let Some(point) = points.get(index) else { continue };
        let at = x.at(index as f64);
        chart.line("axis", (at, BOTTOM), (at, BOTTOM + 4.0));
        for (row, line) in text::wrap(&point.label, SMALL, widest + 1.0).iter().enumerate() {
            let half = text::width(line, SMALL) / 2.0;
            let baseline = BOTTOM + 16.0 + 13.0 * row as f64;
            chart.text("sub", "middle", (at.clamp(2.0 + half, svg::WIDTH - 2.0 - half), baseline), line);
            lowest = lowest.max(baseline);
        }
    }
    lowest
}

/// The months that get a label, counted back from the last: each one of a few, every sixth of a year or more, and
/// fewer where `room`, the number of months that a label covers, asks for it.
///
/// Written without `if a < 3 { a.max(1) } else { 3 }`: rustc 1.95 at `opt-level = 1` compiles that to `a`.
fn labelled(points: usize, room: f64) -> Vec<usize> {
    let steps: &[usize] = if points < 12 { &[1, 2, 3, 6] } else { &[6, 12, 24, 60, 120] };
    // Casting a count of months to f64 is exact.
    let step = steps.iter().copied().find(|step| room <= *step as f64).unwrap_or(points.max(1));
    let mut indices: Vec<usize> = (0..points).rev().step_by(step).collect();
    indices.reverse();
    indices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_labelled_back_from_the_last_without_collisions() {
        assert_eq!(labelled(24, 4.5), [5, 11, 17, 23]);
        assert_eq!(labelled(13, 2.4), [0, 6, 12]);
        assert_eq!(labelled(6, 1.0), [0, 1, 2, 3, 4, 5]);
        assert_eq!(labelled(6, 1.5), [1, 3, 5]);
        assert_eq!(labelled(36, 6.9), [11, 23, 35]);
        assert_eq!(labelled(36, 5.9), [5, 11, 17, 23, 29, 35]);
        assert_eq!(labelled(1, f64::INFINITY), [0]);
        assert!(labelled(0, 1.0).is_empty());
    }
}
