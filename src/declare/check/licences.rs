//! Checks of licences: the evidence, and the wording that comes with it.

use chrono::NaiveDate;

use super::super::instrument::{Choice, Instrument};
use super::super::licence::{Licence, Wording};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::text::Text;
use super::{Found, filled, languages, scales, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    for source in &loaded.licences {
        let (top, licence) = (source.top(), &source.value);
        if licence.instrument != source.stem() {
            let what = format!("the instrument `{}` is not the name of the file", licence.instrument);
            let mend = format!("Write `instrument = \"{}\"`, or rename the file.", source.stem());
            found.push(top.key("instrument").mistake(what, mend));
        }
        evidence(&top, licence, found);
        let versions: Vec<&Instrument> = loaded.versions(&licence.instrument).map(|source| &source.value).collect();
        if !versions.is_empty() {
            wording(&top.key("wording"), &licence.wording, &versions, found);
        } else if !loaded.misses_versions(&licence.instrument) {
            let what = format!("there is no instrument `{}`", licence.instrument);
            found.push(top.key("instrument").mistake(what, choose(&licence.instrument, loaded.instrument_ids())));
        }
    }
}

fn evidence(top: &Spot<'_>, licence: &Licence, found: &mut Found) {
    filled(&top.key("holder"), &licence.holder, found);
    filled(&top.key("reference"), &licence.reference, found);
    if licence.settings.is_empty() {
        let what = "it is not said what the licence allows";
        found.push(top.key("settings").mistake(what, "Name at least one setting, such as where it is used."));
    }
    for (spot, setting) in top.each("settings", &licence.settings) {
        filled(&spot, setting, found);
    }
    if let Some(day) = licence.expires.as_ref().filter(|day| day.parse::<NaiveDate>().is_err()) {
        let what = format!("`{day}` is not a day");
        found.push(top.key("expires").mistake(what, "Write year, month and day, such as `2027-03-31`."));
    }
}

/// The wording of things that at least one version of the instrument has.
fn wording(top: &Spot<'_>, wording: &Wording, versions: &[&Instrument], found: &mut Found) {
    let items = || versions.iter().flat_map(|version| &version.items);
    let item_ids = || items().map(|item| item.id.as_str());
    let unknown =
        |spot: &Spot<'_>, kind: &str, name: &str, known: &mut dyn Iterator<Item = &str>, found: &mut Found| {
            let known: Vec<&str> = known.collect();
            let is_known = known.contains(&name);
            if !is_known {
                found.push(spot.mistake(format!("the instrument has no {kind} `{name}`"), choose(name, known)));
            }
            !is_known
        };
    for (id, words) in &wording.items {
        let spot = top.key("items").key(id);
        unknown(&spot, "question", id, &mut item_ids(), found);
        promised(&spot, words, versions, found);
    }
    for (id, entries) in &wording.entries {
        let spot = top.key("entries").key(id);
        if unknown(&spot, "question", id, &mut item_ids(), found) {
            continue;
        }
        for (entry, words) in entries {
            let of = items().filter(|item| item.id == *id).flat_map(|item| &item.entries);
            unknown(&spot.key(entry), "entry", entry, &mut of.map(|entry| entry.id.as_str()), found);
            promised(&spot.key(entry), words, versions, found);
        }
    }
    for (name, options) in &wording.options {
        let spot = top.key("options").key(name);
        let mut known = versions.iter().flat_map(|version| version.scales.keys().map(String::as_str));
        if unknown(&spot, "scale", name, &mut known, found) {
            continue;
        }
        for (id, words) in options {
            let of = versions.iter().filter_map(|version| version.scales.get(name)).flat_map(|scale| &scale.options);
            unknown(&spot.key(id), "option", id, &mut of.map(|option| option.id.as_str()), found);
            promised(&spot.key(id), words, versions, found);
        }
        for scale in versions.iter().filter_map(|version| version.scales.get(name)) {
            spelt_once(&spot, &scale.options, options, found);
        }
    }
}

/// Checks a text, and that it is there in every language that the instrument promises.
fn promised(spot: &Spot<'_>, words: &Text, versions: &[&Instrument], found: &mut Found) {
    text(spot, words, found);
    if let Some(version) = versions.first() {
        languages::complete(spot, words, &version.languages, found);
    }
}

/// What a licence calls an option is a spelling of it in files, so it must be none of another.
fn spelt_once(
    spot: &Spot<'_>,
    options: &[Choice],
    wording: &std::collections::BTreeMap<String, Text>,
    found: &mut Found,
) {
    let words =
        options.iter().enumerate().filter_map(|(index, option)| Some((index, option, wording.get(&option.id)?)));
    let words = words.flat_map(|(index, option, text)| {
        let spot = spot.key(&option.id);
        text.0.iter().map(move |(language, words)| (index, spot.key(language), words.as_str()))
    });
    scales::spellings(options, &words.collect::<Vec<_>>(), found);
}
