//! Checks of instruments, each by itself.

use super::super::RESPONDENTS;
use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::{choose, one_of};
use super::super::read::Source;
use super::change::{FIRST, LATEST};
use super::{
    Found, Once, Spelling, column_part, crosswalks, filled, items, languages, no_repeats, scales, scores, spelt, text,
};

/// Words that a mapping uses beside the options, so that no option may have them as its id.
pub(super) const BESIDE_OPTIONS: [&str; 2] = ["not-answered", "not-asked"];

pub(super) fn check(source: &Source<Instrument>, loaded: &Loaded, found: &mut Found) {
    let (top, instrument) = (source.top(), &source.value);
    filled(&top.key("version"), &instrument.version, found);
    text(&top.key("title"), &instrument.title, found);
    filled(&top.key("source"), &instrument.source, found);
    filled(&top.key("licence"), &instrument.licence, found);
    if let Some(by) = &instrument.licensed_by {
        filled(&top.key("licensed_by"), by, found);
    }
    for (key, words) in [("recall", &instrument.recall), ("repeats", &instrument.repeats)] {
        if let Some(words) = words {
            text(&top.key(key), words, found);
        }
    }
    occasions(&top, instrument, found);
    windows(&top, instrument, found);
    people(&top, instrument, found);
    for (name, scale) in &instrument.scales {
        let spot = top.key("scales").key(name);
        if !instrument.items.iter().any(|item| item.scale.as_ref() == Some(name)) {
            let mend = format!("Take it out, or give a question `scale = \"{name}\"`.");
            found.push(spot.mistake("no question uses this scale", mend));
        }
        scales::check(&spot, scale, instrument, found);
    }
    if instrument.items.is_empty() {
        found.push(top.key("items").mistake("there is no question", "Add one as `[[items]]`."));
    }
    let mut ids = Once::ids("question");
    for (spot, item) in top.each("items", &instrument.items) {
        column_part(&spot.key("id"), &item.id, found);
        not_reserved(&spot.key("id"), &item.id, found);
        ids.add(spot.key("id"), &item.id, found);
        items::check(&spot, item, instrument, found);
    }
    scores::check(source, loaded, found);
    languages::check(source, found);
    crosswalks::check(source, loaded, found);
}

fn occasions(top: &Spot<'_>, instrument: &Instrument, found: &mut Found) {
    if instrument.occasions.is_empty() {
        let what = "there is no occasion on which it is asked";
        found.push(top.key("occasions").mistake(what, "Name at least one, such as `after-contact`."));
    }
    for (spot, occasion) in top.each("occasions", &instrument.occasions) {
        spelt(&spot, occasion, Spelling::Words, found);
        if [FIRST, LATEST].contains(&occasion.as_str()) {
            let what = format!("`{occasion}` is what a change calls a response of any occasion");
            found.push(spot.mistake(what, "Give the occasion another name."));
        }
    }
    no_repeats(top, "occasions", &instrument.occasions, found);
}

fn windows(top: &Spot<'_>, instrument: &Instrument, found: &mut Found) {
    // Near enough to tell a window that opens too early.
    const MONTH: u32 = 30;
    let known = || instrument.occasions.iter().map(String::as_str);
    for (occasion, window) in &instrument.windows {
        let spot = top.key("windows").key(occasion);
        if !known().any(|known| known == occasion) {
            found.push(spot.mistake(format!("there is no occasion `{occasion}`"), choose(occasion, known())));
        }
        let others = || known().filter(|other| *other != occasion);
        if window.after == *occasion {
            let what = "the time is counted from the occasion itself";
            found.push(spot.key("after").mistake(what, one_of(others())));
        } else if !known().any(|known| known == window.after) {
            let what = format!("there is no occasion `{}`", window.after);
            found.push(spot.key("after").mistake(what, choose(&window.after, others())));
        }
        let days = u32::from(window.months) * MONTH + u32::from(window.days);
        let give_or_take = u32::from(window.give_or_take_days);
        if days == 0 && give_or_take == 0 {
            let mend = "Add `months` or `days`, the time between the two, or make `give_or_take_days` more than 0.";
            found.push(spot.mistake("the window is no longer than the day itself", mend));
        } else if days > 0 && give_or_take >= days {
            let what = format!("the window opens before `{}`, from which it is counted", window.after);
            let mend = format!("Make `give_or_take_days` less than the time itself, about {days} days.");
            found.push(spot.key("give_or_take_days").mistake(what, mend));
        }
    }
}

/// What figures have in the place of a scheme where they are not weighted.
const UNWEIGHTED: &str = "none";

/// Who answers, in which languages, and what a file may bring beside the answers.
fn people(top: &Spot<'_>, instrument: &Instrument, found: &mut Found) {
    for (spot, word) in top.each("respondents", &instrument.respondents) {
        if !RESPONDENTS.contains(&word.as_str()) {
            found.push(spot.mistake(format!("`{word}` is not one of the choices"), choose(word, RESPONDENTS)));
        }
    }
    for (spot, name) in top.each("covariates", &instrument.covariates) {
        spelt(&spot, name, Spelling::Column, found);
    }
    for (spot, scheme) in top.each("weights", &instrument.weights) {
        spelt(&spot, scheme, Spelling::Column, found);
        if scheme == UNWEIGHTED {
            let what = format!("figures without weights have `{UNWEIGHTED}` in the place of a scheme");
            found.push(spot.mistake(what, "Give the scheme another name."));
        }
    }
    no_repeats(top, "respondents", &instrument.respondents, found);
    no_repeats(top, "covariates", &instrument.covariates, found);
    no_repeats(top, "weights", &instrument.weights, found);
}

/// Name under which the cube counts responses, whatever was answered.
const RESPONSES: &str = "responses";

/// Checks that a question or a score has no name that the cube needs itself.
pub(super) fn not_reserved(spot: &Spot<'_>, id: &str, found: &mut Found) {
    if id == RESPONSES {
        let what = format!("under the name `{RESPONSES}`, the number of responses is counted");
        found.push(spot.mistake(what, "Choose another id."));
    }
}
