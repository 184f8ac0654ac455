//! One row a group or area: a dot, its 95% interval, its name and its n. The order is the one that came in.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};
use serde::Deserialize;

use super::super::context::{AreaPoint, Figure, GroupPoint};
use super::super::filters::thousands_text;
use super::super::svg::{self, Scale, Shape, Svg};
use super::{Frame, SMALL, TEXT, Tick, ends, legend, nothing, text};

const LEFT: f64 = 138.0;
const RIGHT: f64 = 280.0;
const TOP: f64 = 24.0;
/// Below this a figure is shown, with a hollow dot.
const FEW: i64 = 50;

/// A row of the chart; groups and areas both become one.
#[derive(Debug)]
pub struct Row {
    label: String,
    figure: Figure,
    differs: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Point {
    Area(AreaPoint),
    Group(GroupPoint),
}

/// Reads a list of groups or of areas.
pub fn rows(value: &Value) -> Result<Vec<Row>, Error> {
    if value.kind() != ValueKind::Seq {
        return Err(Error::new(ErrorKind::InvalidOperation, "chart_dots needs a list of groups or areas"));
    }
    let bad = |error| Error::new(ErrorKind::InvalidOperation, format!("chart_dots needs groups or areas: {error}"));
    let points = Vec::<Point>::deserialize(value.clone()).map_err(bad)?;
    Ok(points
        .into_iter()
        .map(|point| match point {
            Point::Area(area) => {
                Row { label: area.name, figure: area.figure, differs: area.band.map(|band| band.starts_with("much ")) }
            }
            Point::Group(group) => Row { label: group.label, figure: group.figure, differs: None },
        })
        .collect())
}

pub fn draw(frame: &Frame, rows: &[Row], line: Option<f64>) -> String {
    let words = &frame.words;
    if rows.is_empty() {
        return nothing(frame);
    }
    let values =
        rows.iter().flat_map(|row| [row.figure.lower, row.figure.value, row.figure.upper]).flatten().chain(line);
    let ticks = frame.axis.ticks(values);
    let x = Scale::new(ends(&ticks), (LEFT, RIGHT));

    let names: Vec<Vec<String>> = rows.iter().map(|row| text::wrap(&row.label, TEXT, LEFT - 16.0)).collect();
    let heights: Vec<f64> = names.iter().map(|lines| 14.0 * lines.len().max(1) as f64 + 24.0).collect();
    let bottom = TOP + heights.iter().sum::<f64>();

    let mut chart = Svg::new();
    for tick in every_other_if_tight(&ticks) {
        chart.line("grid", (x.at(tick.at), TOP), (x.at(tick.at), bottom));
        chart.text("", "middle", (x.at(tick.at), bottom + 15.0), &tick.label);
    }
    if let Some(line) = line {
        let label = format!("{} {}", words.all, frame.axis.text(line));
        let half = text::width(&label, SMALL) / 2.0;
        chart.line("mean", (x.at(line), TOP - 4.0), (x.at(line), bottom));
        chart.text("sub", "middle", (x.at(line).clamp(half + 2.0, svg::WIDTH - half - 2.0), TOP - 9.0), &label);
    }
    let mut seen: Vec<(Shape, &str, &str)> = Vec::new();
    let mut top = TOP;
    for ((row, lines), height) in rows.iter().zip(&names).zip(&heights) {
        let middle = top + height / 2.0;
        chart.line("rule", (0.0, top), (svg::WIDTH, top));
        for (index, line) in lines.iter().enumerate() {
            chart.text("", "start", (2.0, top + 15.0 + 14.0 * index as f64), line);
        }
        if let Some(n) = row.figure.n {
            let at = (2.0, top + 15.0 + 14.0 * lines.len() as f64);
            chart.text("sub", "start", at, &format!("{} {}", words.n, thousands_text(n)));
        }
        match row.figure.value {
            Some(value) => {
                if let (Some(lower), Some(upper)) = (row.figure.lower, row.figure.upper) {
                    chart.line("interval", (x.at(lower), middle), (x.at(upper), middle));
                    for end in [lower, upper] {
                        chart.line("interval", (x.at(end), middle - 4.0), (x.at(end), middle + 4.0));
                    }
                }
                let (shape, class, label) = look(row, words);
                chart.mark(shape, class, (x.at(value), middle), 5.0);
                chart.text("strong", "end", (svg::WIDTH - 2.0, middle + 4.0), &frame.axis.text(value));
                if !label.is_empty() && !seen.contains(&(shape, class, label)) {
                    seen.push((shape, class, label));
                }
            }
            None => {
                let mark = match row.figure.mark.as_deref().unwrap_or("x") {
                    few @ ("c" | "u") => format!("[{few}] {}", words.hidden),
                    other => format!("[{other}]"),
                };
                chart.text("sub", "start", (LEFT + 4.0, middle + 4.0), &mark);
            }
        }
        top += height;
    }
    chart.line("axis", (LEFT, bottom), (RIGHT, bottom));
    let mut pen = (4.0, bottom + 34.0);
    for (shape, class, label) in &seen {
        pen = legend(&mut chart, pen, *shape, class, label);
    }
    frame.finish(chart, if seen.is_empty() { bottom + 22.0 } else { pen.1 + 8.0 })
}

fn look<'a>(row: &Row, words: &'a super::Words) -> (Shape, &'static str, &'a str) {
    match (row.differs, row.figure.n) {
        (Some(true), _) => (Shape::Diamond, "differs", &words.differs),
        (_, Some(n)) if n < FEW => (Shape::Circle, "hollow", &words.few),
        (Some(false), _) => (Shape::Circle, "dot", &words.within),
        (None, _) => (Shape::Circle, "dot", ""),
    }
}

/// Percentages need about 34 units each.
fn every_other_if_tight(ticks: &[Tick]) -> Vec<&Tick> {
    let step = if 5 < ticks.len() { 2 } else { 1 };
    ticks.iter().step_by(step).collect()
}
