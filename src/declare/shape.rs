//! The first look at a file: does it have the keys and the kinds of values that it should have?

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

use super::lines::{Lines, Spot};
use super::mistake::{Mistake, choose, one_of};

/// Reports where a value does not have the shape that the schema describes.
pub(super) fn check(file: &str, value: &Value, schema: &Value, lines: &Lines, mistakes: &mut Vec<Mistake>) {
    let top = Spot::top(file, lines);
    let validator = match jsonschema::validator_for(schema) {
        Ok(validator) => validator,
        Err(err) => {
            let what = format!("the program has no valid description of such files: {err}");
            mistakes.push(top.mistake(what, "This is a fault of the program: please report it."));
            return;
        }
    };
    // A null is a value that was reported when it was parsed: TOML itself has none.
    let errors = validator.iter_errors(value).filter(|err| !err.instance().is_null());
    let errors: Vec<ValidationError> = errors.collect();
    let of_type = |err: &&ValidationError| matches!(err.kind(), Kind::Type { .. });
    let (types, others): (Vec<_>, Vec<_>) = errors.iter().partition(of_type);
    // A value of the wrong kind fails everything else that is asked of it: saying so once is enough.
    let untold = |err: &&&ValidationError| types.iter().all(|told| told.instance_path() != err.instance_path());
    for err in types.iter().chain(others.iter().filter(untold)) {
        tell(file, err, schema, lines, mistakes);
    }
}

fn tell(file: &str, err: &ValidationError, schema: &Value, lines: &Lines, mistakes: &mut Vec<Mistake>) {
    let spot = Spot::at(file, lines, err.instance_path().as_str());
    let path = err.schema_path().as_str();
    // The last part of the path is the rule that failed; what is before it describes the value.
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let wanted = schema.pointer(parent).unwrap_or(&Value::Null);
    let instance = err.instance();
    match err.kind() {
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            let about = wanted["properties"][key]["description"].as_str().unwrap_or_default();
            let about = about.lines().next().unwrap_or_default();
            let words = words(&wanted["properties"][key]["enum"]);
            let choice = if words.is_empty() { String::new() } else { one_of(words) };
            let mend = format!("Add the key `{key}`. {about} {choice}").replace("  ", " ");
            mistakes.push(spot.key(key).mistake("this key is missing", mend.trim_end()));
        }
        Kind::AdditionalProperties { unexpected } => {
            let known = wanted["properties"].as_object();
            let known = || known.into_iter().flat_map(|known| known.keys().map(String::as_str));
            for key in unexpected {
                mistakes.push(spot.key(key).mistake("unknown key", choose(key, known())));
            }
        }
        Kind::Enum { options } => {
            let mend = choose(instance.as_str().unwrap_or_default(), words(options));
            let what = format!("{} is not one of the choices", shown(instance));
            mistakes.push(spot.mistake(what, mend));
        }
        kind => {
            // Of the numbers that fit into a column, only somebody who goes beyond them needs to hear.
            let beyond = matches!(kind, Kind::Minimum { .. } | Kind::Maximum { .. });
            let what = format!("expected {}, found {}", noun(wanted, beyond), found(instance, wanted));
            mistakes.push(spot.mistake(what, hint(spot.last(), instance, wanted)));
        }
    }
}

fn words(options: &Value) -> Vec<&str> {
    options.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns what a schema asks for, in words.
fn noun(wanted: &Value, beyond: bool) -> String {
    if let Some(title) = wanted["title"].as_str() {
        return title.to_owned();
    }
    let range = match (wanted["minimum"].as_f64(), wanted["maximum"].as_f64()) {
        (Some(from), Some(to)) if beyond || from > f64::from(i16::MIN) => {
            format!(" between {from} and {to}")
        }
        (Some(from), None) => format!(" of at least {from}"),
        _ => String::new(),
    };
    let word = match wanted["type"].as_str() {
        Some("integer") => return format!("a whole number{range}"),
        Some("number") => return format!("a number{range}"),
        Some("boolean") => return "`true` or `false`".into(),
        Some("string") if wanted["maxLength"] == 1 => return "one character".into(),
        Some("string") => "text",
        Some("array") => "a list",
        Some("object") => "a table with keys",
        _ => "something else",
    };
    let unit = if word == "text" { "characters" } else { "entries" };
    let [least, most] = match word {
        "text" => ["minLength", "maxLength"],
        _ => ["minItems", "maxItems"],
    };
    match (wanted[least].as_u64(), wanted[most].as_u64()) {
        (Some(least), Some(most)) if least == most => format!("{word} of {least} {unit}"),
        (Some(least), Some(most)) => format!("{word} of {least} to {most} {unit}"),
        (Some(least), None) => format!("{word} of at least {least} {unit}"),
        (None, Some(most)) => format!("{word} of at most {most} {unit}"),
        (None, None) => word.into(),
    }
}

/// Returns what stands in the file: its length where the length is what is wrong.
fn found(instance: &Value, wanted: &Value) -> String {
    let sized = |least: &str, most: &str| wanted.get(least).or(wanted.get(most)).is_some();
    match instance {
        Value::Array(list) if sized("minItems", "maxItems") => counted(list.len(), "entry", "entries"),
        Value::String(text) if sized("minLength", "maxLength") => {
            counted(text.chars().count(), "character", "characters")
        }
        other => shown(other),
    }
}

fn counted(n: usize, one: &str, several: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        n => format!("{n} {several}"),
    }
}

fn shown(value: &Value) -> String {
    const LONGEST: usize = 40;
    match value {
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a table with keys".into(),
        Value::String(text) if text.chars().count() > LONGEST => {
            let start: String = text.chars().take(LONGEST).collect();
            format!("\"{start}…\"")
        }
        other => other.to_string(),
    }
}

/// Returns how to mend the value of a key that is of the wrong kind, for the slips that are easy to make.
fn hint(key: &str, instance: &Value, wanted: &Value) -> String {
    match (wanted["type"].as_str(), instance) {
        (Some("object"), Value::String(_)) if wanted.get("title").is_some() => {
            format!("Add the language to the key: `{key}.en = \"…\"` rather than `{key} = \"…\"`.")
        }
        (Some("object"), Value::String(_)) if wanted["properties"].get("column").is_some() => {
            format!("Say what it is: `{key} = {{ column = \"…\" }}`.")
        }
        (Some("string"), Value::Number(_) | Value::Bool(_)) => "Put it in double quotes.".into(),
        (Some("integer" | "number" | "boolean"), Value::String(_)) => "Write it without quotes.".into(),
        (Some("array"), Value::String(_)) => "Put it in square brackets: `[\"…\"]`.".into(),
        (Some("array"), Value::Object(_)) => format!("Begin each entry with `[[{key}]]`."),
        _ => String::new(),
    }
}
