//! Checks of mappings.

use std::collections::BTreeMap;

use super::super::group::Fact;
use super::super::instrument::{Instrument, Item, ItemKind};
use super::super::lines::Spot;
use super::super::mapping::{Cell, Identity, Mapping, Part};
use super::super::mistake::{choose, one_of};
use super::super::read::Source;
use super::super::{Declarations, MODES, RESPONDENTS};
use super::cell::{Meaning, cell};
use super::instruments::BESIDE_OPTIONS;
use super::{Found, Once, filled, language_tag, no_repeats};

pub(in super::super) fn check(
    source: &Source<Mapping>,
    declarations: &Declarations,
    default_instrument: Option<&str>,
    found: &mut Found,
) {
    let (top, mapping) = (source.top(), &source.value);
    filled(&top.key("source_system"), &mapping.source_system, found);
    if !mapping.delimiter.is_ascii() || matches!(mapping.delimiter, '"' | '\'' | '\n' | '\r') {
        let what = "this cannot divide cells";
        let mend = "Use a comma, a semicolon, a bar or a tab (`\"\\t\"`).";
        found.push(top.key("delimiter").mistake(what, mend));
    }
    identity(&top.key("identity"), &mapping.identity, found);
    if let Some(person) = &mapping.person {
        filled(&top.key("person").key("column"), &person.column, found);
        filled(&top.key("person").key("scheme"), &person.scheme, found);
    }
    if let Some(person) = mapping.person.as_ref().filter(|person| mapping.identity.columns.contains(&person.column))
        && !mapping.identity.is_person
    {
        let what = format!("`{}` identifies a person", person.column);
        let mend = "Add `is_person = true`: the id then becomes a pseudonym under the key, not under the salt.";
        found.push(top.key("identity").key("columns").mistake(what, mend));
    }
    if let Some(date) = &mapping.date {
        filled(&top.key("date").key("column"), &date.column, found);
        if let Some(scope) = &date.scope {
            filled(&top.key("date").key("scope"), scope, found);
        }
    }
    place_and_how(&top, mapping, found);
    facts(&top.key("facts"), &mapping.facts, declarations, found);
    if mapping.responses.is_empty() {
        let what = "a row gives no response";
        found.push(top.key("responses").mistake(what, "Add one as `[[responses]]`."));
    }
    let mut once = Once::new("response", "Put their questions together, or give one another occasion.");
    for (spot, response) in top.each("responses", &mapping.responses) {
        if let Some(instrument) = instrument(&spot, response, declarations, default_instrument, found) {
            part(&spot, response, instrument, found);
            let occasion = response.occasion.as_ref().or(instrument.occasions.first());
            let name = format!("{}, {}", instrument.id, occasion.map_or("", String::as_str));
            once.add(spot, &name, found);
        }
    }
}

fn identity(spot: &Spot<'_>, identity: &Identity, found: &mut Found) {
    for (key, list) in [("columns", &identity.columns), ("must_agree", &identity.must_agree)] {
        no_repeats(spot, key, list, found);
        for (spot, column) in spot.each(key, list) {
            filled(&spot, column, found);
        }
    }
    let mut needs = |key: &str, other: &str, why: &str| {
        let what = format!("this needs `{other}`");
        found.push(spot.key(key).mistake(what, why));
    };
    if identity.several_rows && identity.columns.is_empty() {
        needs("several_rows", "columns", "Name the columns that are the same in all rows of a response.");
    }
    if identity.is_person && identity.columns.is_empty() {
        needs("is_person", "columns", "Name the column with the identifier.");
    }
    if !identity.must_agree.is_empty() && !identity.several_rows {
        needs("must_agree", "several_rows", "Write `several_rows = true`, or take out `must_agree`.");
    }
}

fn place_and_how(top: &Spot<'_>, mapping: &Mapping, found: &mut Found) {
    let (place, how) = (&mapping.place, &mapping.how);
    let free: Meaning = &|spot, word, found| filled(spot, word, found);
    let of = |known: &'static [&'static str]| {
        move |spot: &Spot<'_>, word: &str, found: &mut Found| {
            if !known.contains(&word) {
                let what = format!("`{word}` is not one of the choices");
                found.push(spot.mistake(what, choose(word, known.iter().copied())));
            }
        }
    };
    let (mode, respondent) = (of(&MODES), of(&RESPONDENTS));
    let cells: [(&str, &str, &Option<Cell>, Meaning); 8] = [
        ("where", "practice", &place.practice, free),
        ("where", "home", &place.home, free),
        ("where", "service", &place.service, free),
        ("how", "mode", &how.mode, &mode),
        ("how", "language", &how.language, &language_tag),
        ("how", "respondent", &how.respondent, &respondent),
        ("how", "pathway", &how.pathway, free),
        ("how", "episode", &how.episode, free),
    ];
    for (table, key, value, meaning) in cells {
        if let Some(value) = value {
            cell(&top.key(table).key(key), value, meaning, found);
        }
    }
}

fn facts(spot: &Spot<'_>, facts: &BTreeMap<String, Cell>, declarations: &Declarations, found: &mut Found) {
    for (name, value) in facts {
        let spot = spot.key(name);
        let Some(fact) = declarations.fact(name) else {
            let known = declarations.groups.facts.iter().map(Fact::id);
            let what = format!("there is no fact `{name}`");
            found.push(spot.mistake(what, choose(name, known)));
            continue;
        };
        let meaning = |spot: &Spot<'_>, word: &str, found: &mut Found| match fact {
            Fact::WholeNumber { minimum, maximum, .. } => {
                let number = word.trim().parse::<i16>();
                if !number.is_ok_and(|number| (*minimum..=*maximum).contains(&number)) {
                    let what = format!("expected a whole number between {minimum} and {maximum}, found `{word}`");
                    found.push(spot.mistake(what, ""));
                }
            }
            Fact::Code { values, .. } if !values.contains_key(word) => {
                let known = values.keys().map(String::as_str);
                let what = format!("the fact `{name}` has no code `{word}`");
                found.push(spot.mistake(what, choose(word, known)));
            }
            Fact::Code { .. } => {}
        };
        cell(&spot, value, &meaning, found);
    }
}

/// Returns the instrument that a response belongs to.
fn instrument<'a>(
    spot: &Spot<'_>,
    part: &Part,
    declarations: &'a Declarations,
    default_instrument: Option<&str>,
    found: &mut Found,
) -> Option<&'a Instrument> {
    let spot = spot.key("instrument");
    let known = || declarations.instruments.keys().map(String::as_str);
    let Some(id) = part.instrument.as_deref().or(default_instrument) else {
        let mend = format!("Add `instrument`, or give it with `--instrument`. {}", one_of(known()));
        found.push(spot.mistake("this response has no instrument", mend));
        return None;
    };
    let instrument = declarations.instrument(id);
    if instrument.is_none() {
        let what = format!("there is no instrument `{id}`");
        found.push(spot.mistake(what, choose(id, known())));
    }
    instrument
}

fn part(spot: &Spot<'_>, part: &Part, instrument: &Instrument, found: &mut Found) {
    if let Some(occasion) = &part.occasion
        && !instrument.occasions.contains(occasion)
    {
        let known = instrument.occasions.iter().map(String::as_str);
        let what = format!("the instrument `{}` has no occasion `{occasion}`", instrument.id);
        found.push(spot.key("occasion").mistake(what, choose(occasion, known)));
    }
    if part.items.is_empty() && part.comments.is_empty() {
        let what = "this response has neither answers nor comments";
        found.push(spot.key("items").mistake(what, "Name the column of at least one question."));
    }
    for (name, value) in &part.items {
        let spot = spot.key("items").key(name);
        let Some(item) = question(&spot, name, ItemKind::SingleChoice, instrument, found) else {
            continue;
        };
        let scale = item.scale.as_ref().and_then(|scale| instrument.scales.get(scale));
        let options = scale.map_or(&[][..], |scale| &scale.options);
        let ids = options.iter().map(|option| option.id.as_str());
        let known: Vec<&str> = ids.chain(BESIDE_OPTIONS).collect();
        let meaning = |spot: &Spot<'_>, word: &str, found: &mut Found| {
            if !known.contains(&word) {
                let what = format!("the question `{name}` has no option `{word}`");
                found.push(spot.mistake(what, choose(word, known.iter().copied())));
            }
        };
        cell(&spot, value, &meaning, found);
    }
    for (name, comment) in &part.comments {
        let spot = spot.key("comments").key(name);
        question(&spot, name, ItemKind::FreeText, instrument, found);
        filled(&spot.key("column"), &comment.column, found);
        if let Some(consent) = &comment.consent {
            filled(&spot.key("consent"), consent, found);
        }
    }
}

/// Returns the question of that name, if it is answered in the way that its place in the mapping asks for.
fn question<'a>(
    spot: &Spot<'_>,
    name: &str,
    kind: ItemKind,
    instrument: &'a Instrument,
    found: &mut Found,
) -> Option<&'a Item> {
    let item = instrument.items.iter().find(|item| item.id == name);
    match item {
        Some(item) if item.kind == kind => return Some(item),
        Some(_) if kind == ItemKind::SingleChoice => {
            let what = format!("`{name}` is answered in people's own words");
            found.push(spot.mistake(what, "Move it from `items` to `comments`."));
        }
        Some(_) => {
            let what = format!("`{name}` has answer options");
            found.push(spot.mistake(what, "Move it from `comments` to `items`."));
        }
        None => {
            let items = instrument.items.iter().filter(|item| item.kind == kind);
            let known = items.map(|item| item.id.as_str());
            let what = format!("the instrument `{}` has no question `{name}`", instrument.id);
            found.push(spot.mistake(what, choose(name, known)));
        }
    }
    None
}
