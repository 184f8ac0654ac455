//! Checks of mappings.

use std::collections::BTreeMap;

use super::super::group::Fact;
use super::super::lines::Spot;
use super::super::mapping::{Cell, Date, Identity, Mapping};
use super::super::mistake::choose;
use super::super::read::Source;
use super::super::{Declarations, MODES, RESPONDENTS};
use super::cell::{Meaning, cell};
use super::{Found, filled, language_tag, no_repeats, parts};

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
    if let Some(of_rows) = &mapping.date {
        date(&top.key("date"), of_rows, found);
    }
    place_and_how(&top, mapping, found);
    facts(&top.key("facts"), &mapping.facts, declarations, found);
    if let (true, Some(_)) = (mapping.identity.is_episode, &mapping.how.episode) {
        let what = "the episode comes both from the identity and from `how.episode`";
        found.push(top.key("identity").key("is_episode").mistake(what, "Take out one of the two."));
    }
    parts::check(&top, mapping, declarations, default_instrument, found);
}

/// Checks the columns of a date.
pub(super) fn date(spot: &Spot<'_>, date: &Date, found: &mut Found) {
    filled(&spot.key("column"), &date.column, found);
    if let Some(scope) = &date.scope {
        filled(&spot.key("scope"), scope, found);
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
