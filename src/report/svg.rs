//! A small SVG writer: scale, ticks, escaping, marks. Same input, same bytes.
//!
//! Drawings are 320 units wide, the width of the narrowest screen we promise to serve, so text is never smaller there
//! than its nominal size.

use std::fmt::Write;

/// Width of every chart, in units.
pub const WIDTH: f64 = 320.0;

/// Maps a number to a place on the drawing.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    domain: (f64, f64),
    range: (f64, f64),
}

impl Scale {
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        Self { domain, range }
    }

    /// A domain without width puts everything in the middle instead of dividing by 0.
    pub fn at(&self, value: f64) -> f64 {
        let ((d0, d1), (r0, r1)) = (self.domain, self.range);
        if (d1 - d0).abs() < f64::EPSILON { (r0 + r1) / 2.0 } else { r0 + (value - d0) / (d1 - d0) * (r1 - r0) }
    }
}

/// Ticks of an axis of shares that holds all of `values`: steps of 1, 2, 5, 10 or 20 points, never outside 0 to 1.
pub fn share_ticks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .map(|value| value.clamp(0.0, 1.0) * 100.0)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low > high {
        return vec![0.0, 0.5, 1.0];
    }
    // An axis of less than 10 points would make noise look like news.
    let spare = ((10.0 - (high - low)) / 2.0).max(0.0);
    let (low, high) = ((low - spare).max(0.0), (high + spare).min(100.0));
    let step = [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|step| (high - low) / step <= 6.0 + 1e-9).unwrap_or(20.0);
    // At most 100 steps, so the casts are exact.
    let (first, last) = ((low / step + 1e-9).floor() as i32, (high / step - 1e-9).ceil() as i32);
    (first..=last).map(|k| (f64::from(k) * step).min(100.0) / 100.0).collect()
}

/// At most two decimals, no `-0`, and 0 for what is not a number, so that no chart holds `NaN`.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Names of areas and groups come from outside: everything that could end the text is escaped, control characters go.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#x27;",
            // Variation selectors break other writers of SVG and change nothing here.
            '\u{fe00}'..='\u{fe0f}' => {}
            character if character.is_control() => out.push(' '),
            character => out.push(character),
        }
    }
    out
}

/// Shape says the same as colour, so a chart reads in greyscale too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Circle,
    Up,
    Down,
    Diamond,
}

/// A chart that is being drawn. Texts that come in are escaped here; `title` and `description` must be escaped already.
#[derive(Debug)]
pub struct Svg {
    body: String,
}

impl Svg {
    pub fn new() -> Self {
        Self { body: String::new() }
    }

    pub fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        self.push(format_args!(
            r#"<line class="{class}" x1="{}" y1="{}" x2="{}" y2="{}"/>"#,
            number(x1),
            number(y1),
            number(x2),
            number(y2)
        ));
    }

    pub fn rect(&mut self, class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        self.push(format_args!(
            r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}"/>"#,
            number(x),
            number(y),
            number(width.max(0.0)),
            number(height.max(0.0))
        ));
    }

    pub fn path(&mut self, class: &str, points: impl IntoIterator<Item = (f64, f64)>) {
        let mut data = String::new();
        for (x, y) in points {
            let pen = if data.is_empty() { 'M' } else { 'L' };
            data += &format!("{pen}{} {}", number(x), number(y));
        }
        if !data.is_empty() {
            self.push(format_args!(r#"<path class="{class}" d="{data}"/>"#));
        }
    }

    pub fn mark(&mut self, shape: Shape, class: &str, (x, y): (f64, f64), size: f64) {
        let (width, height) = (size * 1.2, size * 2.1);
        let data = match shape {
            Shape::Circle => {
                return self.push(format_args!(
                    r#"<circle class="{class}" cx="{}" cy="{}" r="{}"/>"#,
                    number(x),
                    number(y),
                    number(size)
                ));
            }
            Shape::Up => [(x, y - width), (x + width, y - width + height), (x - width, y - width + height)].to_vec(),
            Shape::Down => [(x, y + width), (x + width, y + width - height), (x - width, y + width - height)].to_vec(),
            Shape::Diamond => [(x, y - width), (x + width, y), (x, y + width), (x - width, y)].to_vec(),
        };
        let first = data.first().copied();
        self.path(class, data.into_iter().chain(first));
    }

    pub fn text(&mut self, class: &str, anchor: &str, (x, y): (f64, f64), text: &str) {
        self.push(format_args!(
            r#"<text class="{class}" text-anchor="{anchor}" x="{}" y="{}">{}</text>"#,
            number(x),
            number(y),
            escape(text)
        ));
    }

    /// Closes the chart. `id` must be a plain word and, on one page, be used once.
    pub fn finish(self, id: &str, title: &str, description: &str, height: f64) -> String {
        format!(
            concat!(
                r#"<svg class="chart" viewBox="0 0 {width} {height}" role="img" "#,
                r#"aria-labelledby="{id}-title" aria-describedby="{id}-desc">"#,
                r#"<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>{body}</svg>"#
            ),
            width = number(WIDTH),
            height = number(height),
            id = id,
            title = title,
            description = description,
            body = self.body
        )
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = self.body.write_fmt(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_finite() {
        assert_eq!(
            [-0.001, 12.345, 2.0, f64::NAN, f64::INFINITY].map(number),
            ["0", "12.35", "2", "0", "0"].map(str::to_owned)
        );
    }

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(escape("A & <B>\"'\u{7}"), "A &amp; &lt;B&gt;&quot;&#x27; ");
    }

    #[test]
    fn ticks_hold_the_values_and_stay_within_0_and_1() {
        for values in [vec![0.61, 0.68], vec![0.0, 1.0], vec![0.999, 1.0], vec![0.5], vec![0.003], vec![]] {
            let ticks = share_ticks(values.iter().copied());
            assert!(2 <= ticks.len() && ticks.len() <= 8, "{values:?} {ticks:?}");
            assert!(ticks.iter().all(|tick| (0.0..=1.0).contains(tick)), "{values:?} {ticks:?}");
            for value in values {
                assert!(ticks[0] <= value && value <= ticks[ticks.len() - 1], "{value} {ticks:?}");
            }
        }
    }
}
