//! Months in order with mean and limits (XmR). Triangles are months that chance alone would hardly give.

use super::super::context::{Series, SeriesPoint};
use super::super::svg::{self, Scale, Shape, Svg};
use super::{Frame, SMALL, legend, nothing, percent_text, share_axis, text};

const LEFT: f64 = 38.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 178.0;

pub fn draw(frame: &Frame, series: &Series, target: Option<f64>, higher_is_better: bool) -> String {
    let words = &frame.words;
    let lines = [
        (series.upper, "limit", &words.upper),
        (series.centre, "mean", &words.mean),
        (target, "target", &words.target),
        (series.lower, "limit", &words.lower),
    ];
    let lines: Vec<_> =
        lines.into_iter().filter_map(|(at, class, label)| Some((at?.clamp(0.0, 1.0), class, label))).collect();
    let values = series.points.iter().filter_map(|point| point.value);
    if values.clone().next().is_none() {
        return nothing(frame);
    }
    let ticks = svg::share_ticks(values.chain(lines.iter().map(|line| line.0)));
    let labels: Vec<String> = lines.iter().map(|(at, _, label)| format!("{label} {}", percent_text(*at))).collect();
    // The words may be longer in another language: the plot gives way to the labels, up to half.
    let widest = labels.iter().map(|label| text::width(label, SMALL)).fold(8.0, f64::max);
    let right = (svg::WIDTH - 6.0 - widest).max(svg::WIDTH / 2.0);

    let mut chart = Svg::new();
    let y = share_axis(&mut chart, &ticks, (LEFT, right), (TOP, BOTTOM));
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
    for index in labelled(series.points.len()) {
        if let Some(point) = series.points.get(index) {
            let label_width = text::width(&point.label, SMALL);
            let centre = x.at(index as f64).clamp(2.0 + label_width / 2.0, svg::WIDTH - 2.0 - label_width / 2.0);
            chart.line("axis", (x.at(index as f64), BOTTOM), (x.at(index as f64), BOTTOM + 4.0));
            chart.text("sub", "middle", (centre, BOTTOM + 16.0), &point.label);
        }
    }
    let mut pen = (4.0, BOTTOM + 36.0);
    for (shape, class, label) in seen {
        pen = legend(&mut chart, pen, shape, class, label);
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

/// First, last and at most two between, evenly: four labels of "Sep 2026" fit side by side.
fn labelled(points: usize) -> Vec<usize> {
    let Some(last) = points.checked_sub(1) else {
        return Vec::new();
    };
    let steps = if last < 3 { last.max(1) } else { 3 };
    let mut indices: Vec<usize> = (0..=steps).map(|step| last * step / steps).collect();
    indices.dedup();
    indices
}
