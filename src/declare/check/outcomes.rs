//! Checks of outcomes, each by itself and beside the others.

use super::super::RESPONDENTS;
use super::super::counted::Figure;
use super::super::instrument::{Instrument, Root};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::{choose, one_of};
use super::super::outcome::{Outcome, Unit};
use super::{Found, Once, Spelling, adjust, among, counted, filled, life, no_repeats, spelt, spliced, text};

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
            let instrument = instrument(&spot, outcome, loaded, found);
            if let Some(instrument) = instrument {
                counted::check(&spot, outcome, instrument, found);
                adjust::check(&spot, outcome, instrument, loaded, found);
                only(&spot, outcome, instrument, found);
                among::check(&spot, outcome, instrument, loaded, found);
                by_answers(&spot, outcome, instrument, loaded, found);
                spliced::check(&spot, outcome, instrument, loaded, found);
            }
            for (key, list) in [("counts", &outcome.counts), ("out_of", &outcome.out_of), ("by", &outcome.by)] {
                no_repeats(&spot, key, list, found);
            }
            second(&spot, outcome, &outcomes, loaded, found);
            by(&spot, outcome, loaded, found);
            need(&spot, outcome, &outcomes, loaded, found);
            life::check(&spot, outcome, loaded, found);
            unit(&spot, outcome, instrument, found);
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
    if let Some(reference) = &outcome.reference {
        filled(&spot.key("reference").key("source"), &reference.source, found);
    }
}

/// Returns the instrument of an outcome, in the version in use.
fn instrument<'a>(spot: &Spot<'_>, outcome: &Outcome, loaded: &'a Loaded, found: &mut Found) -> Option<&'a Instrument> {
    let instrument = loaded.current(&outcome.instrument);
    if instrument.is_none() && !loaded.is_unread(&outcome.instrument) {
        let what = format!("there is no instrument `{}`", outcome.instrument);
        found.push(spot.key("instrument").mistake(what, choose(&outcome.instrument, loaded.instrument_ids())));
    }
    instrument.map(|source| &source.value)
}

/// Which responses count.
fn only(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, found: &mut Found) {
    let only = spot.key("only");
    for (key, list) in [("pathway", &outcome.only.pathway), ("respondent", &outcome.only.respondent)] {
        no_repeats(&only, key, list, found);
    }
    for (spot, pathway) in only.each("pathway", &outcome.only.pathway) {
        filled(&spot, pathway, found);
    }
    for (spot, word) in only.each("respondent", &outcome.only.respondent) {
        if !RESPONDENTS.contains(&word.as_str()) {
            found.push(spot.mistake(format!("`{word}` is not one of the choices"), choose(word, RESPONDENTS)));
        } else if !instrument.respondents.is_empty() && !instrument.respondents.contains(word) {
            let what = format!("the instrument `{}` is not answered by `{word}`", instrument.id);
            found.push(spot.mistake(what, one_of(instrument.respondents.iter().map(String::as_str))));
        }
    }
    // What counts only some responses is counted under the name of the outcome, beside the questions and scores.
    let taken = instrument.item(&outcome.id).is_some() || instrument.score(&outcome.id).is_some();
    if taken && outcome.change.is_none() && !outcome.is_everybody() {
        let what = format!("`{}` is a question or a score of `{}` already", outcome.id, instrument.id);
        let key = if outcome.among.is_empty() { "only" } else { "among" };
        let mend = format!("Give the outcome another id: with `{key}`, it is counted under it.");
        found.push(spot.key("id").mistake(what, mend));
    }
}

/// Groups by answers to another instrument: something must lead there.
fn by_answers(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, loaded: &Loaded, found: &mut Found) {
    let groups = || loaded.groups.iter().flat_map(|source| &source.value.groups);
    for (here, id) in spot.each("by", &outcome.by) {
        let Some(group) = groups().find(|group| group.id == *id && group.is_of_others(&instrument.id)) else {
            continue;
        };
        let of = group.instrument.as_deref().unwrap_or_default();
        if group.by.is_none() {
            let what =
                format!("`{id}` is made of answers to `{of}`, which responses to `{}` do not hold", instrument.id);
            let mend = format!(
                "Add `by = \"person\"` or `by = \"submission\"` to the group in measures/groups.toml, or take `{id}` out."
            );
            found.push(here.mistake(what, mend));
        } else if outcome.change.is_some() {
            let what = format!("a change is made of two responses, and `{id}` is read from a third, to `{of}`");
            found.push(here.mistake(what, "Take it out, or name it in the `by` of an outcome without `change`."));
        } else if instrument.item(&outcome.id).is_some() || instrument.score(&outcome.id).is_some() {
            let what = format!("`{}` is a question or a score of `{}` already", outcome.id, instrument.id);
            let mend = format!("Give the outcome another id: by `{id}`, it is counted under it.");
            found.push(spot.key("id").mistake(what, mend));
        }
    }
}

fn unit(spot: &Spot<'_>, outcome: &Outcome, instrument: Option<&Instrument>, found: &mut Found) {
    if outcome.unit == Unit::Answer {
        return;
    }
    if outcome.change.is_some() {
        let what = "a change counts what its pairs have in common";
        found.push(spot.key("unit").mistake(what, "Take out `unit`: `change.pair_by` says it."));
    } else if let Some(repeats) = instrument.and_then(|instrument| instrument.repeats.as_ref()) {
        let what = format!("a person answers once for each {}, so there is no latest answer", repeats.get("en"));
        found.push(spot.key("unit").mistake(what, "Take out `unit`."));
    }
}

/// The main outcome that a second figure is shown beside.
fn second(spot: &Spot<'_>, outcome: &Outcome, all: &[&Outcome], loaded: &Loaded, found: &mut Found) {
    let Some(main) = &outcome.second_to else {
        return;
    };
    let spot = spot.key("second_to");
    let fits = |other: &Outcome| {
        other.second_to.is_none()
            && other.instrument == outcome.instrument
            && other.id != outcome.id
            && other.figure() == outcome.figure()
    };
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
        Some(other) if other.figure() != outcome.figure() => {
            let what = format!("`{main}` is {}, and this outcome {}", figure(other), figure(outcome));
            found.push(spot.mistake(what, one_of(known())));
        }
        Some(_) => {}
    }
}

fn figure(outcome: &Outcome) -> &'static str {
    match outcome.figure() {
        Figure::Share => "a share",
        Figure::Mean => "a mean",
        Figure::MeanChange => "a mean change",
        Figure::Domains => "a change of domains",
    }
}

fn by(spot: &Spot<'_>, outcome: &Outcome, loaded: &Loaded, found: &mut Found) {
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

/// What an outcome is sloped over: another outcome that is counted by the same areas, or an ordered group of which the lists tell.
fn need(spot: &Spot<'_>, outcome: &Outcome, all: &[&Outcome], loaded: &Loaded, found: &mut Found) {
    let Some(need) = &outcome.need else {
        return;
    };
    let spot = spot.key("need");
    let root = |outcome: &Outcome| Some(loaded.current(&outcome.instrument)?.value.main_root);
    let groups = || loaded.groups.iter().flat_map(|source| &source.value.groups);
    if let Some(group) = groups().find(|group| group.id == *need) {
        if group.instrument.is_some() {
            let what = format!("`{need}` is made of answers, and need is known of everybody on the lists");
            found.push(spot.mistake(what, "Name an outcome, or a group by a fact about people."));
        } else if group.ordered.is_none() {
            let what = format!("the bands of `{need}` have no order, so none of them has more need");
            found.push(spot.mistake(what, "Name an ordered group, or an outcome."));
        } else if root(outcome).is_some_and(|root| root != Root::Practice) {
            let what = format!("`{need}` is known of the people on the lists of practices only");
            let mend = "Name an outcome: the instrument is mainly looked at by other areas.";
            found.push(spot.mistake(what, mend));
        }
        return;
    }
    let fits =
        |other: &Outcome| other.id != outcome.id && other.figure() != Figure::Domains && root(other) == root(outcome);
    let ordered = groups().filter(|group| group.ordered.is_some()).map(|group| group.id.as_str());
    let known = || all.iter().filter(|other| fits(other)).map(|other| other.id.as_str()).chain(ordered.clone());
    match all.iter().find(|other| other.id == *need) {
        _ if *need == outcome.id => {
            found.push(spot.mistake("an outcome cannot be its own need", one_of(known())));
        }
        None if loaded.misses_outcomes() || loaded.groups.is_none() => {}
        None => found.push(spot.mistake(format!("there is no outcome or group `{need}`"), choose(need, known()))),
        Some(other) if other.figure() == Figure::Domains => {
            found.push(spot.mistake(format!("`{need}` has no figure of its own"), one_of(known())));
        }
        Some(other) if root(other).is_some() && root(outcome).is_some() && root(other) != root(outcome) => {
            let what = format!("`{need}` is mainly looked at by other areas than this outcome");
            found.push(spot.mistake(what, one_of(known())));
        }
        Some(_) => {}
    }
}
