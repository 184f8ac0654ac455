//! The JSON Schemas of the declarations, for editors and for our own first look at a file.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::area::AreaFile;
use super::contract::Contract;
use super::framework::Framework;
use super::group::GroupFile;
use super::instrument::Instrument;
use super::licence::Licence;
use super::mapping::Mapping;
use super::outcome::OutcomeFile;
use super::policy::Policy;
use super::priority::Priorities;
use super::register::SystemFile;
use super::returns::Return;
use super::score::ValueSet;
use super::workspace::Settings;

/// Returns the schema of every kind of declaration, by name.
pub fn schemas() -> Vec<(&'static str, Value)> {
    let schemas = [
        ("instrument", schema::<Instrument>()),
        ("outcomes", schema::<OutcomeFile>()),
        ("groups", schema::<GroupFile>()),
        ("areas", schema::<AreaFile>()),
        ("policy", schema::<Policy>()),
        ("return", schema::<Return>()),
        ("value-set", schema::<ValueSet>()),
        ("licence", schema::<Licence>()),
        ("contract", schema::<Contract>()),
        ("systems", schema::<SystemFile>()),
        ("framework", schema::<Framework>()),
        ("priorities", schema::<Priorities>()),
        ("mapping", schema::<Mapping>()),
        ("tellonce", schema::<Settings>()),
    ];
    let titled = schemas.into_iter().map(|(name, mut schema)| {
        schema["title"] = name.into();
        (name, schema)
    });
    titled.collect()
}

/// Returns the schema of one kind of file, in the form that gives the plainest messages.
pub(super) fn schema<T: JsonSchema>() -> Value {
    // Draft 7 is what editors of TOML know. Inlined, so that the path of an error leads straight to what was expected.
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    simplify(&mut schema);
    schema
}

/// Takes out what a TOML file cannot hold or a person would not say: nulls, and choices spelt as alternatives.
fn simplify(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    without_null(object);
    plain_choice(object);
    choice_by_kind(object);
    for key in ["properties", "definitions"] {
        if let Some(Value::Object(named)) = object.get_mut(key) {
            named.values_mut().for_each(simplify);
        }
    }
    for key in ["items", "additionalProperties", "then"] {
        if let Some(part) = object.get_mut(key) {
            simplify(part);
        }
    }
    if let Some(Value::Array(parts)) = object.get_mut("allOf") {
        parts.iter_mut().for_each(simplify);
    }
}

/// TOML has no null: a key that may be left out is just left out.
fn without_null(object: &mut Map<String, Value>) {
    if object.get("default").is_some_and(Value::is_null) {
        object.shift_remove("default");
    }
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = &types[..] {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    let Some(Value::Array(alternatives)) = object.get_mut("anyOf") else {
        return;
    };
    alternatives.retain(|alternative| alternative["type"] != "null");
    if let [Value::Object(only)] = &alternatives[..] {
        let only = only.clone();
        object.shift_remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

/// Turns alternatives that are one word each into a list of words.
fn plain_choice(object: &mut Map<String, Value>) {
    let Some(alternatives) = object.get("oneOf").and_then(Value::as_array) else {
        return;
    };
    let words = alternatives.iter().map(|alternative| alternative.get("const").cloned());
    let Some(words) = words.collect::<Option<Vec<_>>>() else {
        return;
    };
    let told = alternatives.iter().filter_map(|alternative| {
        let word = alternative["const"].as_str()?;
        Some(format!("\n`{word}`: {}", alternative["description"].as_str()?))
    });
    let told: String = told.collect();
    let description = object.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{description}{told}");
    object.shift_remove("oneOf");
    object.insert("description".into(), description.into());
    object.insert("type".into(), "string".into());
    object.insert("enum".into(), words.into());
}

/// Turns alternatives that the key `kind` tells apart into conditions on `kind`, so that a mistake inside one kind is not
/// reported as failing all kinds.
fn choice_by_kind(object: &mut Map<String, Value>) {
    let Some(alternatives) = object.get("oneOf").and_then(Value::as_array) else {
        return;
    };
    let kind_of = |alternative: &Value| alternative["properties"]["kind"].get("const").cloned();
    let Some(kinds) = alternatives.iter().map(kind_of).collect::<Option<Vec<_>>>() else {
        return;
    };
    let conditions = alternatives.iter().zip(&kinds).map(|(alternative, kind)| {
        json!({
            "if": { "properties": { "kind": { "const": kind } }, "required": ["kind"] },
            "then": alternative,
        })
    });
    let conditions: Vec<Value> = conditions.collect();
    object.shift_remove("oneOf");
    object.insert("type".into(), "object".into());
    object.insert("properties".into(), json!({ "kind": { "type": "string", "enum": kinds } }));
    object.insert("required".into(), json!(["kind"]));
    object.insert("allOf".into(), conditions.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_refuses_keys_that_it_does_not_know() {
        fn strict(path: &str, schema: &Value) {
            // The outside of a choice by kind leaves that to the branches.
            if schema["type"] == "object" && schema.get("allOf").is_none() {
                assert!(schema.get("additionalProperties").is_some(), "{path}");
            }
            for (key, part) in schema["properties"].as_object().into_iter().flatten() {
                strict(&format!("{path}.{key}"), part);
            }
            for part in schema["allOf"].as_array().into_iter().flatten() {
                strict(&format!("{path}.<kind>"), &part["then"]);
            }
            strict_if_any(path, schema, "items");
            strict_if_any(path, schema, "additionalProperties");
        }
        fn strict_if_any(path: &str, schema: &Value, key: &str) {
            if let Some(part) = schema.get(key) {
                strict(&format!("{path}.<{key}>"), part);
            }
        }
        for (name, schema) in schemas() {
            strict(name, &schema);
        }
    }

    #[test]
    fn nothing_is_left_that_the_messages_have_no_words_for() {
        for (name, schema) in schemas() {
            let text = schema.to_string();
            for word in ["\"oneOf\"", "\"anyOf\"", "\"null\"", "\"$ref\""] {
                assert!(!text.contains(word), "{word} in the schema of {name}: {text}");
            }
        }
    }
}
