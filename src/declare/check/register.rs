//! Checks of the register of systems.

use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::outcome::Outcome;
use super::super::register::System;
use super::{Found, Once, Spelling, filled, no_repeats, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let Some(source) = &loaded.systems else { return };
    let mut ids = Once::ids("system");
    for (spot, system) in source.top().each("systems", &source.value.systems) {
        let id = spot.key("id");
        if !(system.id.starts_with(|c: char| c.is_ascii_alphabetic())
            && system.id.chars().all(|c| c.is_ascii_alphanumeric()))
        {
            let what = format!("`{}` cannot be an id", system.id);
            found.push(id.mistake(what, "Use letters and digits, beginning with a letter, such as `S7`."));
        }
        ids.add(id, &system.id, found);
        text(&spot.key("title"), &system.title, found);
        text(&spot.key("what"), &system.what, found);
        filled(&spot.key("source"), &system.source, found);
        let lists =
            [("instruments", &system.instruments), ("outcomes", &system.outcomes), ("frameworks", &system.frameworks)];
        for (key, list) in lists {
            no_repeats(&spot, key, list, found);
        }
        instruments(&spot, system, loaded, found);
        outcomes(&spot, system, loaded, found);
        frameworks(&spot, system, loaded, found);
        outputs(&spot, system, found);
        if !(system.page.starts_with("docs/") && system.page.ends_with(".md")) {
            let what = format!("`{}` is not a page of the documents", system.page);
            found.push(spot.key("page").mistake(what, "Write its path, such as `docs/measures/s07-goals.md`."));
        }
    }
}

fn instruments(spot: &Spot<'_>, system: &System, loaded: &Loaded, found: &mut Found) {
    for (spot, id) in spot.each("instruments", &system.instruments) {
        if loaded.current(id).is_none() && !loaded.is_unread(id) {
            found.push(spot.mistake(format!("there is no instrument `{id}`"), choose(id, loaded.instrument_ids())));
        }
    }
}

fn outcomes(spot: &Spot<'_>, system: &System, loaded: &Loaded, found: &mut Found) {
    for (spot, id) in spot.each("outcomes", &system.outcomes) {
        let Some(outcome) = main_outcome(&spot, id, loaded, found) else { continue };
        if !system.instruments.contains(&outcome.instrument) {
            let what =
                format!("`{id}` belongs to the instrument `{}`, which the system does not name", outcome.instrument);
            found.push(spot.mistake(what, format!("Add `{}` to `instruments`.", outcome.instrument)));
        }
    }
}

/// Returns an outcome that is shown by itself; a second figure comes with its main one.
pub(super) fn main_outcome<'a>(
    spot: &Spot<'_>,
    id: &str,
    loaded: &'a Loaded,
    found: &mut Found,
) -> Option<&'a Outcome> {
    let all = || loaded.outcomes.iter().flat_map(|source| &source.value.outcomes);
    let Some(outcome) = all().find(|outcome| outcome.id == id) else {
        if !loaded.misses_outcomes() {
            let main = all().filter(|outcome| outcome.second_to.is_none()).map(|outcome| outcome.id.as_str());
            found.push(spot.mistake(format!("there is no outcome `{id}`"), choose(id, main)));
        }
        return None;
    };
    if let Some(main) = &outcome.second_to {
        let what = format!("`{id}` is shown beside `{main}`");
        found.push(spot.mistake(what, "Name the main outcome."));
    }
    Some(outcome)
}

fn frameworks(spot: &Spot<'_>, system: &System, loaded: &Loaded, found: &mut Found) {
    let known = || loaded.frameworks.iter().map(|source| source.value.id.as_str());
    for (spot, id) in spot.each("frameworks", &system.frameworks) {
        if !known().any(|known| known == id) && !loaded.misses_frameworks() {
            found.push(spot.mistake(format!("there is no framework `{id}`"), choose(id, known())));
        }
    }
}

fn outputs(spot: &Spot<'_>, system: &System, found: &mut Found) {
    let mut ids = Once::ids("output");
    for (spot, output) in spot.each("outputs", &system.outputs) {
        let id = spot.key("id");
        spelt(&id, &output.id, Spelling::Name, found);
        ids.add(id, &output.id, found);
        text(&spot.key("title"), &output.title, found);
        if let Some(command) = &output.command {
            filled(&spot.key("command"), command, found);
        }
    }
}
