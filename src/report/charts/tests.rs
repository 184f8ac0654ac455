use super::*;
use crate::report::context::{
    AreaPoint, Classes, CrossedCell, CrossedRow, Figure, GroupPoint, Scale, SeriesPoint, Slope, SlopePoint,
};

const NASTY: &str = "<script>alert('x')</script> & \"Sons\"";

fn words() -> Words {
    let word = || "word".to_owned();
    Words {
        mean: "Average".into(),
        upper: word(),
        lower: word(),
        target: word(),
        all: word(),
        n: word(),
        answers: word(),
        usual: word(),
        improvement: word(),
        concern: word(),
        unusual: word(),
        hidden: "Too few".into(),
        within: word(),
        differs: word(),
        limits_95: word(),
        limits_998: word(),
        few: word(),
        fitted: word(),
        no_data: "Nothing".into(),
        better: "Better".into(),
        same: "Same".into(),
        worse: "Worse".into(),
        drawn: "Drawn".into(),
        expected: "Expected".into(),
    }
}

fn a_frame() -> Frame {
    Frame {
        id: "c".into(),
        title: "Title".into(),
        description: "Description.".into(),
        words: words(),
        axis: Axis::default(),
    }
}

fn figure(value: Option<f64>, n: i64) -> Figure {
    match value {
        Some(value) => Figure {
            value: Some(value),
            lower: Some((value - 0.1).max(0.0)),
            upper: Some((value + 0.1).min(1.0)),
            n: Some(n),
            ..Figure::default()
        },
        None => Figure { mark: Some("c".into()), mark_reason: Some("too few".into()), ..Figure::default() },
    }
}

fn a_series(values: &[Option<f64>]) -> Series {
    let point = |(index, value): (usize, &Option<f64>)| SeriesPoint {
        period: format!("p{index}"),
        label: NASTY.into(),
        value: *value,
        lower: None,
        upper: None,
        n: value.map(|_| 40),
        mark: value.is_none().then(|| "c".into()),
        signal: (index == 1).then(|| "outside".into()),
        variation: (index == 1).then(|| "concern".into()),
    };
    let limits = !values.is_empty();
    Series {
        points: values.iter().enumerate().map(point).collect(),
        centre: limits.then_some(0.5),
        lower: limits.then_some(0.4),
        upper: limits.then_some(0.6),
        near_lower: None,
        near_upper: None,
        assurance: None,
        trial: true,
        screened: false,
        why_not: None,
    }
}

fn a_comparison(values: &[Option<f64>]) -> Comparison {
    let point = |(index, value): (usize, &Option<f64>)| AreaPoint {
        code: format!("A{index}"),
        name: format!("{NASTY} {index}"),
        figure: figure(*value, 20 + index as i64),
        lower95: value.map(|_| 0.4),
        upper95: value.map(|_| 0.6),
        lower998: value.map(|_| 0.3),
        upper998: value.map(|_| 0.7),
        band: value.map(|value| if value < 0.3 { "much lower".into() } else { "about the same".into() }),
        adjusted: None,
        reliability: None,
        remains: false,
    };
    let shown = values.iter().flatten().count();
    Comparison {
        level: "practice".into(),
        level_title: "practices".into(),
        target: Some(0.5),
        adjusted_for: None,
        points: values.iter().enumerate().map(point).collect(),
        shown,
        hidden: values.len() - shown,
    }
}

fn an_equity(values: &[Option<f64>], slope: bool) -> Equity {
    let group = |value: &Option<f64>| GroupPoint {
        id: "g".into(),
        label: NASTY.into(),
        figure: figure(*value, 100),
        not_stated: false,
        rest: None,
    };
    let points = values
        .iter()
        .enumerate()
        .filter_map(|(index, value)| {
            Some(SlopePoint { rank: (index as f64 + 0.5) / values.len() as f64, value: (*value)? })
        })
        .collect();
    Equity {
        group_by: "deprivation".into(),
        title: "Deprivation".into(),
        ordered: true,
        order_note: None,
        groups: values.iter().map(group).collect(),
        gap: None,
        ratio: None,
        placed: None,
        trend: None,
        measures: Vec::new(),
        rates: Vec::new(),
        slope: slope.then_some(Slope {
            sii: Some(0.1),
            lower: None,
            upper: None,
            rii: Some(1.0),
            rii_lower: None,
            rii_upper: None,
            lack_of_fit: None,
            points,
            groups: values.len(),
        }),
        why_not: None,
    }
}

fn a_crossing(values: &[Option<f64>]) -> Crossed {
    let cell = |value: &Option<f64>| CrossedCell {
        label: NASTY.into(),
        measured: figure(*value, 100),
        drawn: Some(figure(*value, 100)),
        expected: value.map(|value| value + 0.1),
    };
    let row = |values: &[Option<f64>]| CrossedRow { label: NASTY.into(), cells: values.iter().map(cell).collect() };
    let rows = values.chunks(3).map(row).collect();
    Crossed { first_title: NASTY.into(), second_title: NASTY.into(), rows }
}

/// Every chart over the same values.
fn all(values: &[Option<f64>]) -> [String; 5] {
    let rows = Value::from(Serde(a_comparison(values).points));
    [
        spc::draw(&a_frame(), &a_series(values), Some(0.55), true),
        funnel::draw(&a_frame(), &a_comparison(values)),
        dots::draw(&a_frame(), &dots::rows(&rows).expect("rows"), Some(0.5)),
        slope::draw(&a_frame(), &an_equity(values, true)),
        crossed::draw(&a_frame(), &a_crossing(values)),
    ]
}

fn shapes_of_data() -> Vec<Vec<Option<f64>>> {
    vec![
        vec![],
        vec![Some(0.5)],
        vec![None],
        vec![None, None, None],
        vec![Some(0.0), Some(1.0)],
        vec![Some(0.5), Some(0.5), None, Some(0.5)],
        (0..60).map(|index| Some(f64::from(index) / 60.0)).collect(),
    ]
}

#[test]
fn every_chart_is_one_picture_with_name_and_description() {
    for chart in shapes_of_data().iter().flat_map(|values| all(values)) {
        assert!(chart.starts_with("<svg class=\"chart\" viewBox=\"0 0 320 "), "{chart}");
        assert!(chart.contains(r#"role="img" aria-labelledby="c-title" aria-describedby="c-desc""#), "{chart}");
        assert!(chart.contains(r#"<title id="c-title">Title</title><desc id="c-desc">Description.</desc>"#), "{chart}");
        assert_eq!(chart.matches("<svg").count(), 1);
    }
}

#[test]
fn nothing_from_outside_becomes_markup_and_no_number_is_broken() {
    for chart in shapes_of_data().iter().flat_map(|values| all(values)) {
        assert!(!chart.contains("<script") && !chart.contains("\"Sons"), "{chart}");
        assert!(!chart.contains("NaN") && !chart.contains("inf"), "{chart}");
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    for values in shapes_of_data() {
        assert_eq!(all(&values), all(&values));
    }
}

#[test]
fn empty_charts_say_so_and_hidden_points_are_marked() {
    for chart in all(&[]) {
        assert!(chart.contains(">Nothing<"), "{chart}");
    }
    let [spc, _, dots, _, crossed] = all(&[Some(0.5), None, Some(0.5)]);
    assert!(dots.contains("[c] Too few"), "{dots}");
    assert!(
        crossed.contains("[c] Too few") && crossed.matches("<circle").count() == 3,
        "two and the legend: {crossed}"
    );
    assert!(spc.contains("Too few") && !spc.contains(r#"class="series""#), "a hidden month is not bridged: {spc}");
}

#[test]
fn bars_say_their_shares_in_words_and_hidden_ones_say_so() {
    let bar = |better: Option<f64>| {
        let classes = Classes { better: figure(better, 40), same: figure(Some(0.3), 40), worse: figure(Some(0.0), 40) };
        minijinja::context! { label => NASTY, classes => Serde(classes) }
    };
    let bars = classes::bars(&Value::from(vec![bar(Some(0.7)), bar(None)])).expect("bars");
    let chart = classes::draw(&a_frame(), &bars);
    assert!(chart.contains(">Better 70%<") && chart.contains(">Same 30%<") && chart.contains(">Worse 0%<"), "{chart}");
    assert!(chart.contains(">[c] Too few<") && !chart.contains("<script"), "{chart}");
    // Nobody is worse: no sliver of a bar.
    assert_eq!(chart.matches(r#"<rect class="bad""#).count(), 0);
    assert!(classes::draw(&a_frame(), &[]).contains(">Nothing<"));
}

#[test]
fn charts_of_scores_have_points_and_no_percent() {
    let scale = Scale { decimals: 1, lowest: Some(0.0), highest: Some(48.0), signed: true, rate: false };
    let frame = Frame { axis: Axis(Some(scale)), ..a_frame() };
    let mut series = a_series(&[Some(20.0), Some(21.5), None, Some(-2.0)]);
    (series.centre, series.lower, series.upper) = (Some(13.2), Some(-9.0), Some(35.0));
    let chart = spc::draw(&frame, &series, Some(19.8), true);
    assert!(chart.contains(">Average +13.2<") && chart.contains(">−10<") && !chart.contains('%'), "{chart}");
    let rows = dots::rows(&Value::from(Serde(a_comparison(&[Some(20.0), Some(3.0)]).points))).expect("rows");
    let chart = dots::draw(&frame, &rows, Some(20.9));
    assert!(chart.contains("word +20.9<") && chart.contains(">+3.0<") && !chart.contains('%'), "{chart}");
}

#[test]
fn crossed_groups_stand_in_their_order_with_what_is_expected() {
    let mut crossed = a_crossing(&[Some(0.3), Some(0.9), Some(0.1), Some(0.5)]);
    for (row, name) in crossed.rows.iter_mut().zip(["First", "Second"]) {
        row.label = name.into();
        row.cells.iter_mut().zip(["a", "b", "c"]).for_each(|(cell, name)| cell.label = format!("{} {name}", row.label));
    }
    // Too few for the model, though it may be shown as measured.
    crossed.rows[0].cells[1].drawn = None;
    let chart = crossed::draw(&a_frame(), &crossed);
    let order =
        ["First", "First a", "First b", "First c", "Second", "Second a"].map(|name| chart.find(&format!(">{name}<")));
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "{chart}");
    assert!(chart.contains(">30%<") && !chart.contains(">90%<") && chart.contains(">[u] Too few<"), "{chart}");
    assert_eq!(chart.matches(r#"<line class="mean""#).count(), 3 + 1, "three bars and the legend");
}

#[test]
fn what_was_not_asked_is_not_called_too_few() {
    let mut areas = a_comparison(&[Some(0.5), None]);
    areas.points[1].figure.mark = Some("x".into());
    let rows = dots::rows(&Value::from(Serde(areas.points))).expect("rows");
    let chart = dots::draw(&a_frame(), &rows, None);
    assert!(chart.contains(">[x]<") && !chart.contains("Too few"), "{chart}");
}

#[test]
fn a_funnel_names_only_what_is_outside_and_gives_up_beyond_twelve() {
    let some = a_comparison(&[Some(0.1), Some(0.5), Some(0.2)]);
    let chart = funnel::draw(&a_frame(), &some);
    assert!(chart.contains(">A<") && chart.contains(">B<") && !chart.contains(">C<"), "{chart}");
    let many = a_comparison(&[Some(0.1); 13]);
    assert!(!funnel::draw(&a_frame(), &many).contains(">A<"));
}

/// Renders a template that calls a chart and returns the error or the page.
fn call(template: &str) -> Result<String, String> {
    let mut environment = Environment::new();
    register(&mut environment, &Ids::default());
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    let words: std::collections::BTreeMap<&str, &str> = [
        "mean",
        "upper",
        "lower",
        "target",
        "all",
        "n",
        "answers",
        "usual",
        "improvement",
        "concern",
        "unusual",
        "hidden",
        "within",
        "differs",
        "limits_95",
        "limits_998",
        "few",
        "fitted",
        "no_data",
        "better",
        "same",
        "worse",
        "drawn",
        "expected",
    ]
    .into_iter()
    .map(|key| (key, key))
    .collect();
    let context = minijinja::context! { words, areas => Serde(a_comparison(&[Some(0.5)])) };
    environment.render_named_str("t.jinja", template, context).map_err(|error| error.to_string())
}

#[test]
fn titles_are_escaped_once_whoever_wrote_them() {
    let safe =
        "{% macro t() %}A &amp; B{% endmacro %}{{ chart_funnel('x', areas, title=t(), description='d', words=words) }}";
    let raw = "{{ chart_funnel('x', areas, title='A & B', description='d', words=words) }}";
    for template in [safe, raw] {
        assert!(call(template).expect(template).contains(r#"<title id="x-title">A &amp; B</title>"#));
    }
}

#[test]
fn wrong_calls_are_refused_by_name() {
    for (template, part) in [
        ("{{ chart_funnel('a b', areas, title='t', description='d', words=words) }}", "chart id"),
        ("{{ chart_funnel('x', areas, title='', description='d', words=words) }}", "empty title"),
        ("{{ chart_funnel('x', areas, title='<b>t</b>'|safe, description='d', words=words) }}", "HTML"),
        ("{{ chart_funnel('x', areas, title='t', description='d', words={}) }}", "words of chart"),
        ("{{ chart_funnel('x', areas, title='t', description='d', words=words, colour=1) }}", "colour"),
        ("{{ chart_dots('x', 3, line=none, title='t', description='d', words=words) }}", "list"),
        (
            "{% for i in [1, 2] %}{{ chart_funnel('x', areas, title='t', description='d', words=words) }}{% endfor %}",
            "used twice",
        ),
    ] {
        let error = call(template).expect_err(template);
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn months_do_not_collide_below_a_steady_chart() {
    for (months, labels) in [(6, 6), (13, 3), (24, 4), (36, 3)] {
        let mut series = a_series(&vec![Some(0.5); months]);
        for (index, point) in series.points.iter_mut().enumerate() {
            point.label = format!("Sep {}", 2000 + index);
            (point.signal, point.variation) = (None, Some("common".into()));
        }
        let chart = spc::draw(&a_frame(), &series, None, true);
        // Year labels are four digits below the axis: read their places from the drawing.
        let places: Vec<f64> = chart
            .split("<text ")
            .filter(|text| text.contains(">20"))
            .filter_map(|text| text.split(" x=\"").nth(1)?.split('"').next()?.parse().ok())
            .collect();
        assert_eq!(places.len(), labels, "{months}: {chart}");
        assert!(chart.contains(&format!(">{}<", 2000 + months - 1)), "the last month is labelled: {chart}");
        let apart = text::width("2000", SMALL) + 4.0;
        assert!(places.windows(2).all(|pair| apart <= pair[1] - pair[0]), "{months}: {places:?}");
    }
}
