//! Checks of scales: options, and how files spell them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::instrument::{Choice, Instrument, Scale};
use super::super::lines::Spot;
use super::super::text::Text;
use super::instruments::BESIDE_OPTIONS;
use super::{Found, Once, Spelling, filled, no_repeats, spelt, text};

/// How to mend a spelling of two options.
const ONE_MEANING: &str = "Each spelling must mean one option: take it out of one of the two.";

pub(super) fn check(spot: &Spot<'_>, scale: &Scale, instrument: &Instrument, found: &mut Found) {
    let options = &scale.options;
    if options.len() < 2 {
        let what = "a scale needs two options or more";
        found.push(spot.key("options").mistake(what, ""));
    }
    let mut ids = Once::ids("option");
    let mut codes: BTreeMap<i8, &str> = BTreeMap::new();
    for (spot, option) in spot.each("options", options) {
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
        label(&spot.key("label"), &option.label, instrument, found);
        for (spot, also) in spot.each("also", &option.also) {
            filled(&spot, also, found);
        }
    }
    let labels = spot.each("options", options).enumerate().flat_map(|(index, (spot, option))| {
        let words = option.label.0.iter();
        words.map(move |(language, words)| (index, spot.key("label").key(language), words.as_str()))
    });
    let also = spot.each("options", options).enumerate().flat_map(|(index, (spot, option))| {
        spot.each("also", &option.also).map(move |(spot, words)| (index, spot, words.as_str())).collect::<Vec<_>>()
    });
    let mut words: Vec<_> = labels.chain(also).collect();
    words.sort_by_key(|(index, ..)| *index);
    spellings(options, &words, found);
    let lists = [("not_answered", &scale.not_answered), ("not_asked", &scale.not_asked)];
    let answer = |word: &str| meant(options, word).map(|id| format!("a spelling of the option `{id}` already"));
    absent(spot, &lists, &answer, found);
}

/// Checks what the person who answers reads: only the wording of a licence may be missing.
pub(super) fn label(spot: &Spot<'_>, label: &Text, instrument: &Instrument, found: &mut Found) {
    if !label.is_empty() {
        text(spot, label, found);
    } else if instrument.licensed_by.is_none() {
        let mend =
            "Add one, such as `label.en = \"Yes\"`. Only an instrument with `licensed_by` may leave it to the licence.";
        found.push(spot.mistake("there is no label", mend));
    }
}

fn tidy(words: &str) -> String {
    words.trim().to_lowercase()
}

/// What stands in a file must mean one option: ids, codes, labels and other spellings are all looked up, whatever their case.
/// `words` are labels and other spellings with the number of their option.
pub(super) fn spellings(options: &[Choice], words: &[(usize, Spot<'_>, &str)], found: &mut Found) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (index, option) in options.iter().enumerate() {
        // Equal ids and codes are reported as such.
        known.entry(tidy(&option.id)).or_insert(index);
        known.entry(option.code.to_string()).or_insert(index);
    }
    let mut told = BTreeSet::new();
    for (index, spot, words) in words {
        let other = *known.entry(tidy(words)).or_insert(*index);
        let (Some(option), Some(first)) = (options.get(*index), options.get(other)) else { continue };
        if other != *index && first.id != option.id && !words.trim().is_empty() && told.insert((index, tidy(words))) {
            let what = format!("`{words}` is a spelling of the option `{}` already", first.id);
            found.push(spot.mistake(what, ONE_MEANING));
        }
    }
}

/// Returns the option that a word in a file means.
pub(super) fn meant<'a>(options: &'a [Choice], word: &str) -> Option<&'a str> {
    let word = tidy(word);
    let means = |option: &&Choice| {
        let labels = option.label.0.values().chain(&option.also);
        tidy(&option.id) == word
            || option.code.to_string() == word
            || labels.map(|words| tidy(words)).any(|words| words == word)
    };
    options.iter().find(means).map(|option| option.id.as_str())
}

/// What stands in a file where there is no answer must not be an answer: `answer` says of a word what else it is.
pub(super) fn absent(
    spot: &Spot<'_>,
    lists: &[(&str, &Vec<String>)],
    answer: &dyn Fn(&str) -> Option<String>,
    found: &mut Found,
) {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    for (key, list) in lists {
        no_repeats(spot, key, list, found);
        for (spot, word) in spot.each(key, list) {
            filled(&spot, word, found);
            if let Some(other) = answer(word) {
                found.push(spot.mistake(
                    format!("`{word}` is {other}"),
                    "A word cannot mean an answer and none: take it out of one of the two.",
                ));
            }
            let other = *first.entry(tidy(word)).or_insert(key);
            if other != *key {
                let what = format!("`{word}` stands in `{other}` already");
                found.push(
                    spot.mistake(
                        what,
                        "A question was either not asked or not answered: take it out of one of the two.",
                    ),
                );
            }
        }
    }
}
