//! Checks that every text is there in every language that an instrument promises.

use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::read::Source;
use super::super::score::Rule;
use super::super::text::Text;
use super::{Found, is_language, language_tag, no_repeats};

pub(super) fn check(source: &Source<Instrument>, found: &mut Found) {
    let (top, instrument) = (source.top(), &source.value);
    no_repeats(&top, "languages", &instrument.languages, found);
    for (spot, language) in top.each("languages", &instrument.languages) {
        language_tag(&spot, language, found);
    }
    for (spot, text) in texts(source) {
        complete(&spot, text, &instrument.languages, found);
    }
}

/// Reports the languages in which a text is missing. A text that is there in none is another mistake, or none.
pub(super) fn complete(spot: &Spot<'_>, text: &Text, languages: &[String], found: &mut Found) {
    let is_missing = |language: &&String| is_language(language) && !text.0.contains_key(*language);
    for language in languages.iter().filter(|_| !text.is_empty()).filter(is_missing) {
        let mend = format!("Add it: `languages` of the instrument promises every text in `{language}`.");
        found.push(spot.key(language).mistake("this translation is missing", mend));
    }
}

/// Returns every text of an instrument.
fn texts(source: &Source<Instrument>) -> Vec<(Spot<'_>, &Text)> {
    let (top, instrument) = (source.top(), &source.value);
    let mut texts = vec![(top.key("title"), &instrument.title)];
    for (key, text) in [("recall", &instrument.recall), ("repeats", &instrument.repeats)] {
        texts.extend(text.as_ref().map(|text| (top.key(key), text)));
    }
    for (name, scale) in &instrument.scales {
        let options = top.key("scales").key(name).each("options", &scale.options);
        texts.extend(options.map(|(spot, option)| (spot.key("label"), &option.label)));
    }
    for (spot, item) in top.each("items", &instrument.items) {
        texts.push((spot.key("text"), &item.text));
        texts.push((spot.key("title"), &item.title));
        texts.extend(spot.each("entries", &item.entries).map(|(spot, entry)| (spot.key("label"), &entry.label)));
    }
    for (spot, score) in top.each("scores", &instrument.scores) {
        texts.push((spot.key("title"), &score.title));
        if let Rule::Categories { categories, .. } = &score.rule {
            let categories = spot.key("rule").each("categories", categories);
            texts.extend(categories.map(|(spot, category)| (spot.key("label"), &category.label)));
        }
    }
    for (spot, set) in top.each("cut_sets", &instrument.cut_sets) {
        texts.extend(spot.each("levels", &set.levels).map(|(spot, level)| (spot.key("label"), &level.label)));
    }
    texts
}
