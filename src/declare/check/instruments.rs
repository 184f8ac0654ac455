//! Checks of instruments.

use std::collections::{BTreeMap, BTreeSet};

use super::super::instrument::{Choice, Instrument, Item, ItemKind};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::{choose, one_of};
use super::super::read::Source;
use super::{Found, Once, Spelling, filled, no_repeats, spelt, text};

/// Words that a mapping uses beside the options, so that no option may have them as its id.
pub(super) const BESIDE_OPTIONS: [&str; 2] = ["not-answered", "not-asked"];

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let mut ids = Once::ids("instrument");
    for source in &loaded.instruments {
        let (top, instrument) = (source.top(), &source.value);
        let id = top.key("id");
        spelt(&id, &instrument.id, Spelling::Name, found);
        if instrument.id != source.stem() {
            let what = format!("the id `{}` is not the name of the file", instrument.id);
            let mend = format!("Write `id = \"{}\"`, or rename the file.", source.stem());
            found.push(id.mistake(what, mend));
        }
        ids.add(id, &instrument.id, found);
        one(source, found);
    }
}

fn one(source: &Source<Instrument>, found: &mut Found) {
    let (top, instrument) = (source.top(), &source.value);
    filled(&top.key("version"), &instrument.version, found);
    text(&top.key("title"), &instrument.title, found);
    filled(&top.key("source"), &instrument.source, found);
    filled(&top.key("licence"), &instrument.licence, found);
    if instrument.occasions.is_empty() {
        let what = "there is no occasion on which it is asked";
        found.push(top.key("occasions").mistake(what, "Name at least one, such as `after-contact`."));
    }
    for (spot, occasion) in top.each("occasions", &instrument.occasions) {
        spelt(&spot, occasion, Spelling::Words, found);
    }
    no_repeats(&top, "occasions", &instrument.occasions, found);
    for (name, scale) in &instrument.scales {
        let spot = top.key("scales").key(name);
        if !instrument.items.iter().any(|item| item.scale.as_ref() == Some(name)) {
            let mend = format!("Take it out, or give a question `scale = \"{name}\"`.");
            found.push(spot.mistake("no question uses this scale", mend));
        }
        options(&spot, &scale.options, found);
    }
    if instrument.items.is_empty() {
        found.push(top.key("items").mistake("there is no question", "Add one as `[[items]]`."));
    }
    let mut ids = Once::ids("question");
    for (spot, item) in top.each("items", &instrument.items) {
        spelt(&spot.key("id"), &item.id, Spelling::Column, found);
        ids.add(spot.key("id"), &item.id, found);
        question(&spot, item, instrument, found);
    }
}

fn question(spot: &Spot<'_>, item: &Item, instrument: &Instrument, found: &mut Found) {
    text(&spot.key("text"), &item.text, found);
    let known = || instrument.scales.keys().map(String::as_str);
    match (item.kind, &item.scale) {
        (ItemKind::SingleChoice, None) => {
            let what = "a question with answer options needs a scale";
            found.push(spot.key("scale").mistake(what, one_of(known())));
        }
        (ItemKind::SingleChoice, Some(name)) if !instrument.scales.contains_key(name) => {
            let what = format!("there is no scale `{name}` in this file");
            found.push(spot.key("scale").mistake(what, choose(name, known())));
        }
        (ItemKind::FreeText, Some(_)) => {
            let what = "a question answered in people's own words has no scale";
            let mend = "Take out `scale`, or write `kind = \"single-choice\"`.";
            found.push(spot.key("scale").mistake(what, mend));
        }
        (ItemKind::SingleChoice, Some(_)) | (ItemKind::FreeText, None) => {}
    }
    for (spot, part) in spot.each("maps_to", &item.maps_to) {
        let words = |words: &str| Spelling::Words.fits(words);
        let fits = part.split_once('/').is_some_and(|(framework, part)| words(framework) && words(part));
        if !fits {
            let what = format!("`{part}` does not name a framework and a part of it");
            found.push(spot.mistake(what, "Write both with a stroke between, such as `narrative/care-planning`."));
        }
    }
    no_repeats(spot, "maps_to", &item.maps_to, found);
}

fn options(scale: &Spot<'_>, options: &[Choice], found: &mut Found) {
    if options.len() < 2 {
        let what = "a scale needs two options or more";
        found.push(scale.key("options").mistake(what, ""));
    }
    let mut ids = Once::ids("option");
    let mut codes: BTreeMap<i8, &str> = BTreeMap::new();
    for (spot, option) in scale.each("options", options) {
        let id = spot.key("id");
        spelt(&id, &option.id, Spelling::Words, found);
        if BESIDE_OPTIONS.contains(&option.id.as_str()) {
            let what = format!("`{}` is what a mapping calls an answer that is not there", option.id);
            found.push(id.mistake(what, "Give the option another id."));
        }
        ids.add(id, &option.id, found);
        if let Some(first) = codes.insert(option.code, &option.id) {
            let what = format!("the option `{first}` has the code {} too", option.code);
            found.push(spot.key("code").mistake(what, "Give each option a code of its own."));
        }
        text(&spot.key("label"), &option.label, found);
        for (spot, also) in spot.each("also", &option.also) {
            filled(&spot, also, found);
        }
    }
    spellings(scale, options, found);
}

/// What stands in a file must mean one option: ids, codes, labels and other spellings are all looked up, whatever their case.
fn spellings(scale: &Spot<'_>, options: &[Choice], found: &mut Found) {
    let plain = |words: &str| words.trim().to_lowercase();
    let mut meant: BTreeMap<String, usize> = BTreeMap::new();
    for (index, option) in options.iter().enumerate() {
        // Equal ids and codes are reported as such.
        meant.entry(plain(&option.id)).or_insert(index);
        meant.entry(option.code.to_string()).or_insert(index);
    }
    for (index, (spot, option)) in scale.each("options", options).enumerate() {
        let labels = option.label.0.iter().map(|(language, words)| (spot.key("label").key(language), words));
        let also = spot.each("also", &option.also);
        let mut told = BTreeSet::new();
        for (spot, words) in labels.chain(also) {
            let other = *meant.entry(plain(words)).or_insert(index);
            let same = options[other].id == option.id;
            if other != index && !same && !words.trim().is_empty() && told.insert(plain(words)) {
                let what = format!("`{words}` is a spelling of the option `{}` already", options[other].id);
                found.push(spot.mistake(what, "Each spelling must mean one option: take it out of one of the two."));
            }
        }
    }
}
