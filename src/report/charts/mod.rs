//! The charts that templates can call. Each takes an id, the data and, from the file of words, its texts.
//!
//! A chart is one picture to a screen reader: its title says the finding and its description is the text alternative.
//! The template puts the table of the same numbers beneath it.

mod axis;
mod classes;
mod crossed;
mod dots;
mod funnel;
mod slope;
mod spc;
mod text;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Kwargs, Serde, Value};
use minijinja::{Environment, Error, ErrorKind};
use serde::Deserialize;

use super::context::{self, Comparison, Crossed, Equity, Series};
use super::svg::{self, Scale, Svg};
use axis::{Axis, Tick};

/// Sizes of type in units; the style sheet gives the classes the same sizes.
const TEXT: f64 = 12.0;
const SMALL: f64 = 11.0;

/// The few words inside the drawings, from `chart` in the file of words.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    mean: String,
    upper: String,
    lower: String,
    target: String,
    all: String,
    n: String,
    answers: String,
    usual: String,
    improvement: String,
    concern: String,
    unusual: String,
    hidden: String,
    within: String,
    differs: String,
    limits_95: String,
    limits_998: String,
    few: String,
    fitted: String,
    no_data: String,
    better: String,
    same: String,
    worse: String,
    drawn: String,
    expected: String,
}

/// What every chart gets besides its data.
#[derive(Debug)]
struct Frame {
    id: String,
    title: String,
    description: String,
    words: Words,
    axis: Axis,
}

impl Frame {
    fn finish(&self, chart: Svg, height: f64) -> String {
        chart.finish(&self.id, &self.title, &self.description, height)
    }
}

/// The chart ids that one page has used: an id may stand on a page once.
#[derive(Debug, Clone, Default)]
pub struct Ids(Arc<Mutex<BTreeSet<String>>>);

impl Ids {
    /// Forgets all, for the next page.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// `false` when the id was used before.
    fn take(&self, id: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned())
    }
}

/// Makes `chart_spc`, `chart_funnel`, `chart_dots`, `chart_slope`, `chart_classes` and `chart_crossed` known to templates.
pub fn register(environment: &mut Environment<'_>, used: &Ids) {
    let ids = used.clone();
    environment.add_function("chart_spc", move |id: &str, series: Serde<Series>, kwargs: Kwargs| {
        let target = kwargs.get::<Option<f64>>("target")?;
        let higher_is_better = kwargs.get::<&str>("direction")? != "lower";
        let frame = frame(&ids, id, &kwargs)?;
        Ok::<_, Error>(Value::from_safe_string(spc::draw(&frame, &series, target, higher_is_better)))
    });

    let ids = used.clone();
    environment.add_function("chart_funnel", move |id: &str, areas: Serde<Comparison>, kwargs: Kwargs| {
        let frame = frame(&ids, id, &kwargs)?;
        Ok::<_, Error>(Value::from_safe_string(funnel::draw(&frame, &areas)))
    });

    let ids = used.clone();
    environment.add_function("chart_dots", move |id: &str, rows: Value, kwargs: Kwargs| {
        let rows = dots::rows(&rows)?;
        let line = kwargs.get::<Option<f64>>("line")?;
        let frame = frame(&ids, id, &kwargs)?;
        Ok::<_, Error>(Value::from_safe_string(dots::draw(&frame, &rows, line)))
    });

    let ids = used.clone();
    environment.add_function("chart_slope", move |id: &str, equity: Serde<Equity>, kwargs: Kwargs| {
        let frame = frame(&ids, id, &kwargs)?;
        Ok::<_, Error>(Value::from_safe_string(slope::draw(&frame, &equity)))
    });

    let ids = used.clone();
    environment.add_function("chart_crossed", move |id: &str, crossed: Serde<Crossed>, kwargs: Kwargs| {
        let frame = frame(&ids, id, &kwargs)?;
        Ok::<_, Error>(Value::from_safe_string(crossed::draw(&frame, &crossed)))
    });

    let ids = used.clone();
    environment.add_function("chart_classes", move |id: &str, bars: Value, kwargs: Kwargs| {
        let bars = classes::bars(&bars)?;
        let frame = frame(&ids, id, &kwargs)?;
        Ok::<_, Error>(Value::from_safe_string(classes::draw(&frame, &bars)))
    });
}

fn frame(used: &Ids, id: &str, kwargs: &Kwargs) -> Result<Frame, Error> {
    let bad = |detail: String| Error::new(ErrorKind::InvalidOperation, detail);
    if id.is_empty() || !id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Err(bad(format!("the chart id `{id}` may only have letters, digits, `-` and `_`")));
    }
    if !used.take(id) {
        return Err(bad(format!("the chart id `{id}` is used twice on this page")));
    }
    let words: Value = kwargs.get("words")?;
    let words = Words::deserialize(words).map_err(|error| bad(format!("the words of chart `{id}`: {error}")))?;
    let scale: Option<Serde<Option<context::Scale>>> = kwargs.get("scale")?;
    let frame = Frame {
        axis: Axis(scale.and_then(|scale| scale.0)),
        id: id.to_owned(),
        title: plain(id, "title", kwargs)?,
        description: plain(id, "description", kwargs)?,
        words,
    };
    kwargs.assert_all_used()?;
    Ok(frame)
}

/// A text for `<title>` or `<desc>`, escaped once. A macro has escaped its result already, and must not return elements.
fn plain(id: &str, name: &str, kwargs: &Kwargs) -> Result<String, Error> {
    let value: Value = kwargs.get(name)?;
    let text = value.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("chart `{id}` has an empty {name}")));
    }
    if !value.is_safe() {
        return Ok(svg::escape(&text));
    }
    if text.contains('<') {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("the {name} of chart `{id}` holds HTML elements")));
    }
    Ok(text)
}

/// Horizontal grid lines with their figures on the left; returns the scale from figure to height.
fn figure_axis(chart: &mut Svg, ticks: &[Tick], (left, right): (f64, f64), (top, bottom): (f64, f64)) -> Scale {
    let scale = Scale::new(ends(ticks), (bottom, top));
    for tick in ticks {
        let y = scale.at(tick.at);
        chart.line("grid", (left, y), (right, y));
        chart.text("", "end", (left - 4.0, y + 4.0), &tick.label);
    }
    scale
}

/// The first and the last place of an axis.
fn ends(ticks: &[Tick]) -> (f64, f64) {
    (ticks.first().map_or(0.0, |tick| tick.at), ticks.last().map_or(1.0, |tick| tick.at))
}

/// A line of type that explains a mark: returns where the next entry begins.
fn legend(chart: &mut Svg, (x, y): (f64, f64), shape: svg::Shape, class: &str, label: &str) -> (f64, f64) {
    let needed = 14.0 + text::width(label, SMALL) + 12.0;
    let (x, y) = if 4.0 < x && svg::WIDTH < x + needed - 10.0 { (4.0, y + 16.0) } else { (x, y) };
    chart.mark(shape, class, (x + 5.0, y - 4.0), 4.0);
    chart.text("sub", "start", (x + 14.0, y), label);
    (x + needed, y)
}

/// An empty chart still says why it is empty.
fn nothing(frame: &Frame) -> String {
    let mut chart = Svg::new();
    chart.rect("empty", (0.5, 0.5), (svg::WIDTH - 1.0, 47.0));
    chart.text("", "middle", (svg::WIDTH / 2.0, 28.0), &frame.words.no_data);
    frame.finish(chart, 48.0)
}

#[cfg(test)]
mod tests;
