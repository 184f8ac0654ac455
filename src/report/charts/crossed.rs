//! Two groups at a time: a heading for each band of the first, and under it a line for each band of the second, in their declared order. A dot with
//! its 95% interval, and a bar where the two bands together let it lie.

use super::super::context::{Crossed, CrossedCell};
use super::super::svg::{self, Scale, Shape, Svg};
use super::{Frame, SMALL, TEXT, ends, legend, nothing, text};

const LEFT: f64 = 128.0;
const RIGHT: f64 = 276.0;
const TOP: f64 = 8.0;
/// Height of a line of type.
const LINE: f64 = 15.0;

/// Draws every combination of two groups in declared order: drawn figure, interval, and what the two groups add up to.
pub fn draw(frame: &Frame, crossed: &Crossed) -> String {
    let words = &frame.words;
    let drawn = |cell: &CrossedCell| cell.drawn.clone().filter(|figure| figure.value.is_some());
    let cells = || crossed.rows.iter().flat_map(|row| &row.cells);
    let figures: Vec<f64> = cells()
        .filter_map(|cell| Some([drawn(cell)?.lower, drawn(cell)?.value, drawn(cell)?.upper, cell.expected]))
        .flatten()
        .flatten()
        .map(|value| frame.axis.clamp(value))
        .collect();
    if figures.is_empty() {
        return nothing(frame);
    }
    let ticks = frame.axis.ticks(figures.into_iter());
    let x = Scale::new(ends(&ticks), (LEFT, RIGHT));
    let at = |value: f64| x.at(frame.axis.clamp(value));

    let heading = |label: &str| text::wrap(label, TEXT, svg::WIDTH - 4.0);
    let name = |label: &str| text::wrap(label, SMALL, LEFT - 14.0);
    let height = |lines: &[String]| LINE * lines.len().max(1) as f64;
    let rows: f64 = crossed.rows.iter().map(|row| height(&heading(&row.label)) + 8.0).sum();
    let bottom = TOP + rows + cells().map(|cell| height(&name(&cell.label))).sum::<f64>();

    let mut chart = Svg::new();
    let step = if 5 < ticks.len() { 2 } else { 1 };
    for tick in ticks.iter().step_by(step) {
        chart.line("grid", (x.at(tick.at), TOP), (x.at(tick.at), bottom));
        chart.text("", "middle", (x.at(tick.at), bottom + 15.0), &tick.label);
    }
    let mut top = TOP;
    for row in &crossed.rows {
        chart.line("rule", (0.0, top), (svg::WIDTH, top));
        for line in heading(&row.label) {
            top += LINE;
            chart.text("strong", "start", (2.0, top - 2.0), &line);
        }
        top += 4.0;
        for cell in &row.cells {
            let lines = name(&cell.label);
            let middle = top + height(&lines) / 2.0;
            for (index, line) in lines.iter().enumerate() {
                chart.text("sub", "start", (10.0, top + 11.0 + LINE * index as f64), line);
            }
            match drawn(cell) {
                Some(figure) => {
                    if let (Some(lower), Some(upper)) = (figure.lower, figure.upper) {
                        chart.line("interval", (at(lower), middle), (at(upper), middle));
                    }
                    if let Some(expected) = cell.expected {
                        chart.line("mean", (at(expected), middle - 6.0), (at(expected), middle + 6.0));
                    }
                    if let Some(value) = figure.value {
                        chart.mark(Shape::Circle, "dot", (at(value), middle), 4.0);
                        chart.text("", "end", (svg::WIDTH - 2.0, middle + 4.0), &frame.axis.text(value));
                    }
                }
                None => {
                    let hidden = cell.drawn.as_ref().unwrap_or(&cell.measured);
                    let mark = hidden.mark.as_deref().unwrap_or("u");
                    chart.text("sub", "start", (LEFT + 4.0, middle + 4.0), &format!("[{mark}] {}", words.hidden));
                }
            }
            top += height(&lines);
        }
        top += 4.0;
    }
    chart.line("axis", (LEFT, bottom), (RIGHT, bottom));
    let pen = legend(&mut chart, (4.0, bottom + 34.0), Shape::Circle, "dot", &words.drawn);
    let below = pen.1 + 16.0;
    chart.line("mean", (9.0, below - 10.0), (9.0, below + 2.0));
    chart.text("sub", "start", (18.0, below), &words.expected);
    frame.finish(chart, below + 8.0)
}
