//! Checks of outcomes.

use std::collections::BTreeSet;

use super::super::instrument::{Choice, Instrument, ItemKind};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::{choose, one_of};
use super::super::outcome::{Outcome, Unit};
use super::{Found, Once, Spelling, filled, no_repeats, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let all = || loaded.outcomes.iter().flat_map(|source| &source.value.outcomes);
    let outcomes: Vec<&Outcome> = all().collect();
    let mut ids = Once::ids("outcome");
    for source in &loaded.outcomes {
        for (spot, outcome) in source.top().each("outcomes", &source.value.outcomes) {
            let id = spot.key("id");
            spelt(&id, &outcome.id, Spelling::Name, found);
            ids.add(id, &outcome.id, found);
            words(&spot, outcome, found);
            answers(&spot, outcome, loaded, found);
            second(&spot, outcome, &outcomes, loaded, found);
            by(&spot, outcome, loaded, found);
            if outcome.unit == Unit::Person {
                let what = "people cannot be counted yet, only answers";
                let mend = "Take out `unit`. Distinct people need a pass of their own over the responses, which does not exist yet.";
                found.push(spot.key("unit").mistake(what, mend));
            }
        }
    }
}

fn words(spot: &Spot<'_>, outcome: &Outcome, found: &mut Found) {
    filled(&spot.key("version"), &outcome.version, found);
    text(&spot.key("title"), &outcome.title, found);
    text(&spot.key("statement"), &outcome.statement, found);
    text(&spot.key("out_of_words"), &outcome.out_of_words, found);
    filled(&spot.key("source"), &outcome.source, found);
    if let Some(note) = &outcome.note {
        text(&spot.key("note"), note, found);
    }
}

/// The answers that an outcome counts: instrument, question, options.
fn answers(spot: &Spot<'_>, outcome: &Outcome, loaded: &Loaded, found: &mut Found) {
    let before = found.len();
    for (key, list) in [("counts", &outcome.counts), ("out_of", &outcome.out_of)] {
        if list.is_empty() {
            found.push(spot.key(key).mistake("there is no option", "Name at least one option of the question."));
        }
        no_repeats(spot, key, list, found);
    }
    if let Some(options) = options(spot, outcome, loaded, found) {
        for (key, list) in [("counts", &outcome.counts), ("out_of", &outcome.out_of)] {
            for (spot, id) in spot.each(key, list) {
                if !options.iter().any(|option| option.id == *id) {
                    let known = options.iter().map(|option| option.id.as_str());
                    let what = format!("the question `{}` has no option `{id}`", outcome.item);
                    found.push(spot.mistake(what, choose(id, known)));
                }
            }
        }
    }
    if found.len() > before {
        return;
    }
    for (entry, id) in spot.each("counts", &outcome.counts) {
        if !outcome.out_of.contains(id) {
            let what = format!("`{id}` is counted, but is not among the answers that it is counted out of");
            found.push(entry.mistake(what, "Add it to `out_of`, or take it out of `counts`."));
        }
    }
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
    if set(&outcome.counts) == set(&outcome.out_of) {
        let what = "`counts` and `out_of` hold the same options, so the share is always 100 %";
        found.push(spot.key("counts").mistake(what, "Take out of `counts` what does not fulfil the statement."));
    }
}

/// Returns the options of the question that an outcome is about; nothing if that is not known.
fn options<'a>(spot: &Spot<'_>, outcome: &Outcome, loaded: &'a Loaded, found: &mut Found) -> Option<&'a [Choice]> {
    let instruments = || loaded.instruments.iter().map(|source| &source.value);
    let Some(instrument) = instruments().find(|instrument| instrument.id == outcome.instrument) else {
        if !loaded.is_unread(&outcome.instrument) {
            let known = instruments().map(|instrument| instrument.id.as_str());
            let what = format!("there is no instrument `{}`", outcome.instrument);
            found.push(spot.key("instrument").mistake(what, choose(&outcome.instrument, known)));
        }
        return None;
    };
    question_options(spot, &outcome.item, instrument, found)
}

fn question_options<'a>(
    spot: &Spot<'_>,
    item: &str,
    instrument: &'a Instrument,
    found: &mut Found,
) -> Option<&'a [Choice]> {
    let spot = spot.key("item");
    let known = || {
        let choices = instrument.items.iter().filter(|item| item.kind == ItemKind::SingleChoice);
        choices.map(|item| item.id.as_str())
    };
    match instrument.items.iter().find(|other| other.id == item) {
        None => {
            let what = format!("the instrument `{}` has no question `{item}`", instrument.id);
            found.push(spot.mistake(what, choose(item, known())));
            None
        }
        Some(other) if other.kind == ItemKind::FreeText => {
            let what = format!("`{item}` is answered in people's own words, which are never counted");
            found.push(spot.mistake(what, one_of(known())));
            None
        }
        // A scale that does not exist is reported where the question names it.
        Some(other) => {
            let scale = instrument.scales.get(other.scale.as_ref()?)?;
            Some(&scale.options)
        }
    }
}

/// The main outcome that a second figure is shown beside.
fn second(spot: &Spot<'_>, outcome: &Outcome, all: &[&Outcome], loaded: &Loaded, found: &mut Found) {
    let Some(main) = &outcome.second_to else {
        return;
    };
    let spot = spot.key("second_to");
    let fits =
        |other: &Outcome| other.second_to.is_none() && other.instrument == outcome.instrument && other.id != outcome.id;
    let known = || all.iter().filter(|other| fits(other)).map(|other| other.id.as_str());
    match all.iter().find(|other| other.id == *main) {
        _ if *main == outcome.id => {
            found.push(spot.mistake("an outcome cannot be second to itself", one_of(known())));
        }
        None if loaded.misses_outcomes() => {}
        None => found.push(spot.mistake(format!("there is no outcome `{main}`"), choose(main, known()))),
        Some(other) if other.second_to.is_some() => {
            let what = format!("`{main}` is a second figure itself");
            found.push(spot.mistake(what, "Name the main outcome."));
        }
        Some(other) if other.instrument != outcome.instrument => {
            let what = format!("`{main}` belongs to another instrument, `{}`", other.instrument);
            found.push(spot.mistake(what, one_of(known())));
        }
        Some(_) => {}
    }
}

fn by(spot: &Spot<'_>, outcome: &Outcome, loaded: &Loaded, found: &mut Found) {
    no_repeats(spot, "by", &outcome.by, found);
    let Some(groups) = &loaded.groups else {
        return;
    };
    for (spot, id) in spot.each("by", &outcome.by) {
        if !groups.value.groups.iter().any(|group| group.id == *id) {
            let known = groups.value.groups.iter().map(|group| group.id.as_str());
            found.push(spot.mistake(format!("there is no group `{id}`"), choose(id, known)));
        }
    }
}
