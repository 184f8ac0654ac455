//! Checks of conditions on other answers, and of what a group by answers is made of.

use super::super::among::{Among, Through, Within};
use super::super::counted::Answer;
use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::{choose, one_of};
use super::super::outcome::Outcome;
use super::counted::known_cut_set;
use super::{Found, columns, no_repeats};

/// The conditions that a response meets to count.
pub(super) fn check(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, loaded: &Loaded, found: &mut Found) {
    if outcome.change.is_some() && !outcome.among.is_empty() {
        let what = "a change is made of two responses, and it is not known which of them must meet a condition";
        found.push(spot.key("among").mistake(what, "Take out `among`; `only` holds for both responses."));
        return;
    }
    for (spot, among) in spot.each("among", &outcome.among) {
        let named = among.instrument.as_ref().filter(|named| **named != instrument.id);
        let other = match named {
            None => Some(instrument),
            Some(named) => other(&spot.key("instrument"), named, loaded, found),
        };
        through(&spot, among, named, instrument, other, found);
        within(&spot, among.by, among.within, found);
        let Some(other) = other else { continue };
        if let Some(answers) =
            answers(&spot, "item", among.item.as_deref(), [&among.score, &among.cut_set], other, found)
        {
            is(&spot, &among.is, &answers, found);
        }
    }
}

/// Returns another instrument, in the version in use.
pub(super) fn other<'a>(spot: &Spot<'_>, named: &str, loaded: &'a Loaded, found: &mut Found) -> Option<&'a Instrument> {
    let other = loaded.current(named);
    if other.is_none() && !loaded.is_unread(named) {
        found.push(spot.mistake(format!("there is no instrument `{named}`"), choose(named, loaded.instrument_ids())));
    }
    other.map(|source| &source.value)
}

/// The instrument's own answers stand in the same response, those of another in another one.
fn through(
    spot: &Spot<'_>,
    among: &Among,
    named: Option<&String>,
    instrument: &Instrument,
    other: Option<&Instrument>,
    found: &mut Found,
) {
    match (named, among.by) {
        (Some(named), Through::Response) => {
            let what = format!("a response to `{}` holds no answers to `{named}`", instrument.id);
            let mend = "Add `by = \"submission\"` or `by = \"person\"`, or take out `instrument`.";
            found.push(spot.key("by").mistake(what, mend));
        }
        (None, Through::Submission | Through::Person) => {
            let what = format!("`by` leads to another instrument, and `{}` is the outcome's own", instrument.id);
            let mend = "Take out `by` for the same response, or name the other `instrument`.";
            found.push(spot.key("by").mistake(what, mend));
        }
        (Some(named), Through::Submission) if other.is_some_and(|other| other.repeats.is_some()) => {
            let what = format!("a submission has several responses to `{named}`, and it is not known which is meant");
            found.push(spot.key("by").mistake(what, "Name an item of an instrument that is answered once."));
        }
        _ => {}
    }
}

/// Days are counted between two responses of a person.
pub(super) fn within(spot: &Spot<'_>, by: Through, within: Option<Within>, found: &mut Found) {
    if within.is_some() && by != Through::Person {
        let what = format!("days are counted between two responses of a person, and these are in {}", by.words());
        found.push(spot.key("within").mistake(what, "Take out `within`, or write `by = \"person\"`."));
    }
}

/// Returns what the codes of an item, a score or its levels mean; `item_key` is where the item is named.
pub(super) fn answers(
    spot: &Spot<'_>,
    item_key: &str,
    item: Option<&str>,
    [score, cut_set]: [&Option<String>; 2],
    instrument: &Instrument,
    found: &mut Found,
) -> Option<Vec<Answer>> {
    match (item, score) {
        (Some(_), Some(_)) => {
            let what = "this is both a question and a score";
            found.push(spot.key("score").mistake(what, format!("Take out `{item_key}` or `score`.")));
            return None;
        }
        (None, None) => {
            let mend = format!("Add `{item_key}`, a question, or `score` with its `cut_set`.");
            found.push(spot.key(item_key).mistake("it is not said which answer is meant", mend));
            return None;
        }
        (Some(item), None) => {
            columns::coded(&spot.key(item_key), item, instrument, found)?;
            if cut_set.is_some() {
                let what = "a cut set divides a score, and this is a question";
                found.push(spot.key("cut_set").mistake(what, "Take it out."));
                return None;
            }
        }
        (None, Some(id)) => {
            if instrument.score(id).is_none() {
                let known = instrument.scores.iter().map(|score| score.id.as_str());
                let what = format!("the instrument `{}` has no score `{id}`", instrument.id);
                found.push(spot.key("score").mistake(what, choose(id, known)));
                return None;
            }
            if let Some(set) = cut_set.as_ref().filter(|set| instrument.cut_set(id, Some(set)).is_none()) {
                known_cut_set(&spot.key("cut_set"), id, set, instrument, found);
                return None;
            }
        }
    }
    let column = instrument.code_column(item, score.as_deref(), cut_set.as_deref());
    if column.is_none() {
        let score = score.as_deref().unwrap_or_default();
        let sets = instrument.cut_sets.iter().filter(|set| set.score == score).map(|set| set.id.as_str());
        let what = format!("the score `{score}` is a number, which has no levels by itself");
        let sets: Vec<&str> = sets.collect();
        let mend = match sets.is_empty() {
            true => "Give the instrument a cut set of it, and name that as `cut_set`.".to_owned(),
            false => format!("Name its `cut_set`. {}", one_of(sets)),
        };
        found.push(spot.key("cut_set").mistake(what, mend));
    }
    column.map(|(_, answers)| answers)
}

/// The answers that meet a condition.
fn is(spot: &Spot<'_>, meant: &[String], answers: &[Answer], found: &mut Found) {
    let known = || answers.iter().map(|answer| answer.id.as_str());
    no_repeats(spot, "is", meant, found);
    if meant.is_empty() {
        found.push(spot.key("is").mistake("no answer meets the condition", one_of(known())));
    }
    for (spot, id) in spot.each("is", meant) {
        if !known().any(|answer| answer == id) {
            found.push(spot.mistake(format!("there is no answer `{id}`"), choose(id, known())));
        }
    }
}
