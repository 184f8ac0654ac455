//! One bar a row, divided into better, same and worse, with the shares beneath it in the same order.

use minijinja::value::Value;
use minijinja::{Error, ErrorKind};
use serde::Deserialize;

use super::super::context::{Classes, Figure};
use super::super::svg::{self, Shape, Svg};
use super::{Frame, TEXT, legend, nothing, text};

const BAR: f64 = 15.0;
/// White between two parts of a bar.
const BETWEEN: f64 = 1.5;

/// A row of the chart.
#[derive(Debug, Deserialize)]
pub struct Bar {
    label: String,
    classes: Classes,
}

/// Reads a list of labels with their classes.
pub fn bars(value: &Value) -> Result<Vec<Bar>, Error> {
    let bad = |error| {
        let detail = format!("chart_classes needs a list of `label` and `classes`: {error}");
        Error::new(ErrorKind::InvalidOperation, detail)
    };
    Vec::<Bar>::deserialize(value.clone()).map_err(bad)
}

/// Draws one bar for each class, from the first to the last.
pub fn draw(frame: &Frame, bars: &[Bar]) -> String {
    let words = &frame.words;
    if bars.is_empty() {
        return nothing(frame);
    }
    let mut chart = Svg::new();
    let mut top = 0.0;
    for bar in bars {
        for line in text::wrap(&bar.label, TEXT, svg::WIDTH - 4.0) {
            top += 14.0;
            chart.text("", "start", (2.0, top), &line);
        }
        top += 6.0;
        let Classes { better, same, worse } = &bar.classes;
        let parts: [(&Figure, Shape, &str, &str); 3] = [
            (better, Shape::Up, "good", &words.better),
            (same, Shape::Circle, "common", &words.same),
            (worse, Shape::Down, "bad", &words.worse),
        ];
        if parts.iter().any(|(figure, ..)| figure.value.is_none()) {
            let mark = parts.iter().find_map(|(figure, ..)| figure.mark.as_deref()).unwrap_or("x");
            chart.rect("empty", (0.5, top), (svg::WIDTH - 1.0, BAR));
            chart.text("sub", "start", (6.0, top + 11.5), &format!("[{mark}] {}", words.hidden));
            top += BAR + 10.0;
            continue;
        }
        let mut left = 0.0;
        let mut pen = (0.0, top + BAR + 15.0);
        for (figure, shape, class, label) in parts {
            let value = figure.value.unwrap_or_default();
            let width = value.clamp(0.0, 1.0) * svg::WIDTH;
            if BETWEEN < width {
                chart.rect(class, (left, top), (width - BETWEEN, BAR));
            }
            left += width;
            pen = legend(&mut chart, pen, shape, class, &format!("{label} {}", frame.axis.text(value)));
        }
        top = pen.1 + 10.0;
    }
    frame.finish(chart, top)
}
