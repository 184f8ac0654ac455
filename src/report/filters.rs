//! Numbers as people read them: whole percents, whole points, thousands with commas.
//!
//! Filters that would have to speak English return parts, and the file of words makes the sentence. A hidden number is
//! `none`, and every filter refuses it, so that no template can print a hidden figure as 0 or leave it blank.

use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};

use super::amount::{amount_text, points_text};
use super::context::Scale;
use super::svg;

/// Makes the filters known to templates.
pub fn register(environment: &mut Environment<'_>) {
    environment.add_filter("percent", |value: &Value| share(value).map(percent_text));
    environment.add_filter("amount", |value: &Value, scale: Serde<Option<Scale>>| {
        share(value).map(|value| amount_text(value, scale.as_ref()))
    });
    environment.add_filter("size", |value: &Value, scale: Serde<Option<Scale>>| {
        share(value).map(|value| points_text(value.abs(), scale.unwrap_or_default().decimals, false))
    });
    environment.add_filter("plain", |value: &Value| share(value).map(|value| svg::number(value).replace('-', "−")));
    environment.add_filter("points", |value: &Value| share(value).map(points));
    environment.add_filter("in_ten", |value: &Value| share(value).map(in_ten));
    environment.add_filter("thousands", |value: &Value| whole(value).map(thousands_text));
    environment.add_filter("date_parts", |value: &str| date_parts(value));
    environment.add_filter("sentence_case", |value: &Value| sentence_case(value));
    environment.add_filter("lower_case", |value: &Value| lower_case(value));
    environment.add_filter("tidy", |value: &Value| tidy(value));
}

/// A share as whole percent. What is above 0 or below all is never rounded to 0% or 100%.
///
/// ```text
/// 0.653 -> "65%"    0.003 -> "<1%"    0.998 -> ">99%"
/// ```
pub fn percent_text(value: f64) -> String {
    let percent = value * 100.0;
    if 0.0 < percent && percent < 0.5 {
        return "<1%".to_owned();
    }
    if (99.5..100.0 - 1e-9).contains(&percent) {
        return ">99%".to_owned();
    }
    // A share written as 0.285 is a little less in binary; the nudge keeps half-way cases going up.
    format!("{:.0}%", (percent + 1e-9).round())
}

/// A difference of shares as whole percentage points, without its sign: the words say the direction.
pub fn points(value: f64) -> i64 {
    // A share is at most 1, so this fits.
    ((value.abs() * 100.0) + 1e-9).round() as i64
}

/// `1204` as `1,204`.
pub fn thousands_text(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if value < 0 { format!("-{out}") } else { out }
}

/// How a share is said out of ten: `{how, count}`.
///
/// `how` is `none`, `few` (fewer than 1), `nearly`, `exactly`, `over`, `between` (`count` and the next), `most` (more than 9)
/// or `all`. "Exactly" spans 1.5 points to either side, so that 71% is 7 in 10.
pub fn in_ten(value: f64) -> Value {
    let tenths = value * 10.0;
    let nearest = tenths.round();
    let rest = tenths - nearest;
    let (how, count) = if value <= 0.0 {
        ("none", 0.0)
    } else if 1.0 <= value {
        ("all", 10.0)
    } else if tenths < 0.65 {
        ("few", 1.0)
    } else if 9.35 < tenths {
        ("most", 9.0)
    } else if rest.abs() <= 0.15 {
        ("exactly", nearest)
    } else if (-0.35..0.0).contains(&rest) {
        ("nearly", nearest)
    } else if 0.0 < rest && rest <= 0.35 {
        ("over", nearest)
    } else {
        ("between", tenths.floor())
    };
    // Between 0 and 10.
    minijinja::context! { how, count => count as i64 }
}

/// `2026-09-30` as `{year, month, day}`; the words name the month.
fn date_parts(text: &str) -> Result<Value, Error> {
    let bad = || Error::new(ErrorKind::InvalidOperation, format!("`{text}` is not a date like 2026-09-30"));
    let day = text.get(..10).filter(|day| day.is_ascii()).ok_or_else(bad)?;
    let mut parts = day.split('-').map(str::parse::<u32>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad());
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return Err(bad());
    }
    Ok(minijinja::context! { year, month, day })
}

/// First letter large, the rest as it is: a name keeps its capitals.
fn sentence_case(value: &Value) -> Result<Value, Error> {
    first_letter(value, |first| first.to_uppercase().collect())
}

/// First letter small, for a heading inside a sentence.
fn lower_case(value: &Value) -> Result<Value, Error> {
    first_letter(value, |first| first.to_lowercase().collect())
}

/// Keeps the mark "already escaped".
fn first_letter(value: &Value, turn: impl Fn(char) -> String) -> Result<Value, Error> {
    if value.kind() != ValueKind::String {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("expected a text, got {}", value.kind())));
    }
    let text = value.to_string();
    let mut characters = text.chars();
    let text = characters.next().map_or_else(String::new, |first| turn(first) + characters.as_str());
    Ok(if value.is_safe() { Value::from_safe_string(text) } else { Value::from(text) })
}

/// One line without doubled spaces, for texts that a macro wrote over several lines. Keeps the mark "already escaped".
fn tidy(value: &Value) -> Value {
    let text = value.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.replace(" .", ".").replace(" ,", ",").replace("( ", "(").replace(" )", ")");
    if value.is_safe() { Value::from_safe_string(text) } else { Value::from(text) }
}

fn share(value: &Value) -> Result<f64, Error> {
    if value.kind() != ValueKind::Number {
        return Err(not_a_number(value));
    }
    f64::try_from(value.clone())
}

fn whole(value: &Value) -> Result<i64, Error> {
    if value.kind() != ValueKind::Number {
        return Err(not_a_number(value));
    }
    i64::try_from(value.clone())
}

fn not_a_number(value: &Value) -> Error {
    let detail = if value.is_none() {
        "this number is hidden or missing: print its mark instead".to_owned()
    } else {
        format!("expected a number, got {}", value.kind())
    };
    Error::new(ErrorKind::InvalidOperation, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_whole_and_never_claim_none_or_all() {
        let cases = [
            (0.0, "0%"),
            (0.003, "<1%"),
            (0.005, "1%"),
            (0.285, "29%"),
            (0.653, "65%"),
            (0.998, ">99%"),
            (1.0, "100%"),
        ];
        for (value, text) in cases {
            assert_eq!(percent_text(value), text);
        }
    }

    #[test]
    fn thousands_have_commas() {
        for (value, text) in [(0, "0"), (999, "999"), (1204, "1,204"), (1_000_000, "1,000,000"), (-1204, "-1,204")] {
            assert_eq!(thousands_text(value), text);
        }
    }

    #[test]
    fn points_have_no_sign() {
        assert_eq!([0.14, -0.14, 0.004, 0.005].map(points), [14, 14, 0, 1]);
    }

    #[test]
    fn tenths_are_careful_at_the_ends() {
        let said = |value: f64| {
            let parts = in_ten(value);
            let part = |name: &str| parts.get_attr(name).map(|part| part.to_string()).unwrap_or_default();
            format!("{} {}", part("how"), part("count"))
        };
        for (value, text) in [
            (0.0, "none 0"),
            (0.001, "few 1"),
            (0.07, "nearly 1"),
            (0.65, "between 6"),
            (0.68, "nearly 7"),
            (0.71, "exactly 7"),
            (0.73, "over 7"),
            (0.93, "over 9"),
            (0.999, "most 9"),
            (1.0, "all 10"),
        ] {
            assert_eq!(said(value), text, "{value}");
        }
    }

    #[test]
    fn hidden_numbers_are_refused() {
        let mut environment = Environment::new();
        register(&mut environment);
        for filter in ["percent", "points", "in_ten", "thousands", "amount(none)", "plain"] {
            let error = environment.render_str(&format!("{{{{ none|{filter} }}}}"), ()).expect_err(filter);
            assert!(error.to_string().contains("hidden"), "{error}");
        }
    }

    #[test]
    fn dates_are_read_or_refused() {
        assert!(date_parts("2026-09-30T10:00:00Z").is_ok());
        for bad in ["2026-13-01", "30/09/2026", "", "2026-09"] {
            assert!(date_parts(bad).is_err(), "{bad}");
        }
    }
}
