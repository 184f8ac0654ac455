//! Areas by number of answers, with the limits within which chance alone would put them.
//!
//! Only areas outside the 99.8% limits get a letter; the key below gives their names in order of name, so that the
//! chart cannot be read as a league table. All areas are in the table beneath.

use super::super::context::{AreaPoint, Comparison};
use super::super::filters::thousands_text;
use super::super::svg::{self, Scale, Shape, Svg};
use super::{Frame, SMALL, TEXT, figure_axis, legend, nothing, text};

const LEFT: f64 = 38.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 120.0;
/// With more than this the letters say nothing any more; the table has the names.
const MOST_LETTERS: usize = 12;

/// An area with a value: what is drawn.
struct Unit<'a> {
    area: &'a AreaPoint,
    n: f64,
    value: f64,
    outside: Option<Shape>,
}

pub fn draw(frame: &Frame, comparison: &Comparison) -> String {
    let words = &frame.words;
    let mut units: Vec<Unit<'_>> = comparison.points.iter().filter_map(unit).collect();
    if units.is_empty() {
        return nothing(frame);
    }
    units.sort_by(|a, b| a.area.name.cmp(&b.area.name).then_with(|| a.area.code.cmp(&b.area.code)));
    let limits = |unit: &Unit<'_>| [unit.area.lower998, unit.area.upper998];
    let ticks = frame.axis.ticks(units.iter().flat_map(|unit| limits(unit).into_iter().flatten().chain([unit.value])));
    let most = units.iter().map(|unit| unit.n).fold(0.0, f64::max);
    let step = answers_step(most);
    let all = comparison.target.map(|target| format!("{} {}", words.all, frame.axis.text(target)));
    let labels = [Some(words.limits_998.as_str()), Some(words.limits_95.as_str()), all.as_deref()];
    let widest = labels.iter().flatten().map(|label| text::width(label, SMALL)).fold(8.0, f64::max);
    let right = (svg::WIDTH - 6.0 - widest).max(svg::WIDTH / 2.0);

    let mut chart = Svg::new();
    let y = figure_axis(&mut chart, &ticks, (LEFT, right), (TOP, BOTTOM));
    // The lines end at the largest area; a little room keeps its mark off the labels.
    let x = Scale::new((0.0, most * 1.04), (LEFT, right));
    for tick in (0..=4).map(|k| f64::from(k) * step).take_while(|tick| *tick <= most) {
        chart.line("axis", (x.at(tick), BOTTOM), (x.at(tick), BOTTOM + 4.0));
        chart.text("", "middle", (x.at(tick), BOTTOM + 17.0), &thousands_text(tick as i64));
    }
    chart.text("sub", "middle", ((LEFT + right) / 2.0, BOTTOM + 32.0), &words.answers);

    let mut ends = limit_lines(&mut chart, frame, &units, (x, y));
    if let (Some(target), Some(all)) = (comparison.target, all.clone()) {
        chart.line("mean", (LEFT, y.at(target)), (right, y.at(target)));
        ends.push((y.at(target), all));
    }
    let wanted: Vec<f64> = ends.iter().map(|end| end.0 + 4.0).collect();
    for ((_, label), place) in ends.iter().zip(text::spread(&wanted, 13.0, (TOP + 4.0, BOTTOM))) {
        chart.text("sub", "start", (right + 4.0, place), label);
    }
    let places: Vec<(f64, f64)> = units.iter().map(|unit| (x.at(unit.n), y.at(unit.value))).collect();
    let mut taken = places.clone();
    let outside = units.iter().filter(|unit| unit.outside.is_some()).count();
    let mut key: Vec<(String, &str)> = Vec::new();
    for (unit, &place) in units.iter().zip(&places) {
        chart.mark(
            unit.outside.unwrap_or(Shape::Circle),
            if unit.outside.is_some() { "differs" } else { "common" },
            place,
            4.0,
        );
    }
    for (unit, &place) in units.iter().zip(&places) {
        // Casting is exact: there are at most 12 letters.
        if unit.outside.is_some() && outside <= MOST_LETTERS {
            let letter = char::from(b'A' + key.len() as u8).to_string();
            let at = free_place(place, &taken, right);
            taken.push(at);
            chart.text("strong", "middle", (at.0, at.1 + 4.0), &letter);
            key.push((letter, unit.area.name.as_str()));
        }
    }
    let mut pen = (4.0, BOTTOM + 32.0);
    // Where all are alike there is nothing to tell apart.
    if 0 < outside {
        pen.1 += 18.0;
        pen = legend(&mut chart, pen, Shape::Circle, "common", &words.within);
        pen = legend(&mut chart, pen, Shape::Diamond, "differs", &words.differs);
    }
    let mut bottom = pen.1;
    for (letter, name) in &key {
        bottom += 4.0;
        for (index, line) in text::wrap(name, TEXT, svg::WIDTH - 26.0).iter().enumerate() {
            bottom += 14.0;
            if index == 0 {
                chart.text("strong", "start", (5.0, bottom), letter);
            }
            chart.text("", "start", (22.0, bottom), line);
        }
    }
    frame.finish(chart, bottom + 8.0)
}

fn unit(area: &AreaPoint) -> Option<Unit<'_>> {
    let (value, n) = (area.compared().value?, area.compared().n?);
    let outside = matches!(area.band.as_deref(), Some("much lower" | "much higher")).then_some(Shape::Diamond);
    // Counts of answers are far below 2^53.
    (0 < n).then_some(Unit { area, n: n as f64, value, outside })
}

/// Draws each limit through the areas' own limits, in order of n. Returns the labels and the heights where lines end.
fn limit_lines(chart: &mut Svg, frame: &Frame, units: &[Unit<'_>], (x, y): (Scale, Scale)) -> Vec<(f64, String)> {
    let mut order: Vec<&Unit<'_>> = units.iter().collect();
    order.sort_by(|a, b| a.n.total_cmp(&b.n));
    type Limit = fn(&AreaPoint) -> Option<f64>;
    let limits: [(Limit, &str, &str); 4] = [
        (|area| area.upper998, "limit", &frame.words.limits_998),
        (|area| area.upper95, "limit-near", &frame.words.limits_95),
        (|area| area.lower95, "limit-near", &frame.words.limits_95),
        (|area| area.lower998, "limit", &frame.words.limits_998),
    ];
    let mut ends = Vec::new();
    for (limit, class, label) in limits {
        let points: Vec<(f64, f64)> =
            order.iter().filter_map(|unit| Some((x.at(unit.n), y.at(limit(unit.area)?)))).collect();
        ends.extend(points.last().map(|(_, end)| (*end, label.to_owned())));
        chart.path(class, points);
    }
    ends
}

/// A round number of answers, so that at most four steps reach the end.
fn answers_step(most: f64) -> f64 {
    let most = most.max(4.0);
    let unit = 10_f64.powf((most / 4.0).log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * unit)
        .find(|step| most <= step * 4.0 && step.fract() == 0.0)
        .unwrap_or(unit * 10.0)
}

/// Right, left, above, below, then further out: the first place at least 11 units from all that is there.
fn free_place((x, y): (f64, f64), taken: &[(f64, f64)], right: f64) -> (f64, f64) {
    let around = [
        (11.0, 0.0),
        (-11.0, 0.0),
        (0.0, -12.0),
        (0.0, 12.0),
        (10.0, -10.0),
        (-10.0, -10.0),
        (10.0, 10.0),
        (-10.0, 10.0),
    ];
    let places = [1.0, 1.6, 2.2].into_iter().flat_map(|reach| around.map(|(dx, dy)| (x + dx * reach, y + dy * reach)));
    let free = |place: &(f64, f64)| {
        LEFT < place.0 - 6.0
            && place.0 + 6.0 < right
            && TOP < place.1
            && place.1 < BOTTOM - 4.0
            && taken.iter().all(|other| 10.5 <= (other.0 - place.0).hypot(other.1 - place.1))
    };
    places.into_iter().find(free).unwrap_or((x, y - 12.0))
}
