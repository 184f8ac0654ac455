//! Checks of questions: what each kind of question needs, and what it has no use for.

use super::super::instrument::{Instrument, Item, ItemKind};
use super::super::lines::Spot;
use super::super::mistake::{choose, one_of};
use super::{Found, Once, Spelling, column_part, no_repeats, plain, scales, text};

pub(super) fn check(spot: &Spot<'_>, item: &Item, instrument: &Instrument, found: &mut Found) {
    words(spot, item, instrument, found);
    scale(spot, item, instrument, found);
    range(spot, item, found);
    entries(spot, item, instrument, found);
    absent(spot, item, instrument, found);
    if item.reversed && !matches!(item.kind, ItemKind::SingleChoice | ItemKind::Scale) {
        let what = format!("a question of the kind `{}` has no codes to turn round", word(item.kind));
        found.push(spot.key("reversed").mistake(what, "Take out `reversed`."));
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

/// Returns a kind as files spell it.
pub(super) fn word(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::SingleChoice => "single-choice",
        ItemKind::Scale => "scale",
        ItemKind::YesNo => "yes-no",
        ItemKind::TickAll => "tick-all",
        ItemKind::Checklist => "checklist",
        ItemKind::Number => "number",
        ItemKind::Date => "date",
        ItemKind::FreeText => "free-text",
    }
}

fn words(spot: &Spot<'_>, item: &Item, instrument: &Instrument, found: &mut Found) {
    if item.text.is_empty() && item.title.is_empty() {
        let mend = "Add `text`, the question itself. Where its wording may not stand here, add `title`: what it is about, in words of your own.";
        found.push(spot.key("text").mistake("the question has neither `text` nor `title`", mend));
    }
    for (key, words) in [("text", &item.text), ("title", &item.title)] {
        if !words.is_empty() {
            text(&spot.key(key), words, found);
        }
    }
    if let Some(by) = instrument.licensed_by.as_ref().filter(|_| !item.text.is_empty()) {
        let what = format!("the wording needs a licence of {by}, so it may not stand in this file");
        let mend = format!(
            "Move it to `[wording.items]` of measures/licences/{}.toml, and add a `title` in words of your own.",
            instrument.id
        );
        found.push(spot.key("text").mistake(what, mend));
    }
}

fn scale(spot: &Spot<'_>, item: &Item, instrument: &Instrument, found: &mut Found) {
    let known = || instrument.scales.keys().map(String::as_str);
    let spot = spot.key("scale");
    match (item.kind, &item.scale) {
        (ItemKind::SingleChoice | ItemKind::Checklist, None) => {
            found.push(spot.mistake("a question with answer options needs a scale", one_of(known())));
        }
        (ItemKind::SingleChoice | ItemKind::Checklist, Some(name)) => {
            if !instrument.scales.contains_key(name) {
                let what = format!("there is no scale `{name}` in this file");
                found.push(spot.mistake(what, choose(name, known())));
            }
        }
        (ItemKind::FreeText, Some(_)) => {
            let what = "a question answered in people's own words has no scale";
            found.push(spot.mistake(what, "Take out `scale`, or write `kind = \"single-choice\"`."));
        }
        (kind, Some(_)) => {
            let what = format!("a question of the kind `{}` has no scale of options", word(kind));
            found.push(spot.mistake(what, "Take out `scale`, or write `kind = \"single-choice\"`."));
        }
        (_, None) => {}
    }
}

fn range(spot: &Spot<'_>, item: &Item, found: &mut Found) {
    let spot = spot.key("range");
    match (item.kind, item.range) {
        (ItemKind::Scale | ItemKind::Number, None) => {
            let what = format!("a question of the kind `{}` needs a range", word(item.kind));
            found.push(spot.mistake(what, "Add its smallest and its largest number, such as `range = [0, 10]`."));
        }
        (ItemKind::Scale, Some([from, to])) => {
            if item.codes().is_none() {
                let (from, to) = (plain(from), plain(to));
                let what =
                    format!("expected two whole numbers from 0 to 127, the smaller one first, found {from} and {to}");
                found.push(spot.mistake(what, "For other numbers write `kind = \"number\"`."));
            }
        }
        (ItemKind::Number, Some(range)) => ascending(&spot, range, found),
        (kind, Some(_)) => {
            let what = format!("a question of the kind `{}` has no range", word(kind));
            found.push(spot.mistake(what, "Take out `range`."));
        }
        (_, None) => {}
    }
}

/// Checks that a range has a smaller and a larger number.
pub(super) fn ascending(spot: &Spot<'_>, [from, to]: [f64; 2], found: &mut Found) {
    if from >= to {
        let what = format!("the range begins at {} and ends at {}", plain(from), plain(to));
        found.push(spot.mistake(what, "Write the smallest number first and a larger one after it."));
    }
}

fn entries(spot: &Spot<'_>, item: &Item, instrument: &Instrument, found: &mut Found) {
    let has_entries = matches!(item.kind, ItemKind::TickAll | ItemKind::Checklist);
    if !has_entries && !item.entries.is_empty() {
        let what = format!("a question of the kind `{}` has no entries", word(item.kind));
        found.push(spot.key("entries").mistake(what, "Take out `entries`, or write `kind = \"tick-all\"`."));
    }
    if has_entries && item.entries.len() < 2 {
        let what = format!("a question of the kind `{}` needs two entries or more", word(item.kind));
        let one = if item.kind == ItemKind::TickAll { "yes-no" } else { "single-choice" };
        found.push(spot.key("entries").mistake(what, format!("With one, write `kind = \"{one}\"`.")));
    }
    let mut ids = Once::ids("entry");
    let mut labels = Once::new("label", "Each label must mean one entry: change one of the two.");
    for (spot, entry) in spot.each("entries", &item.entries) {
        column_part(&spot.key("id"), &entry.id, found);
        ids.add(spot.key("id"), &entry.id, found);
        scales::label(&spot.key("label"), &entry.label, instrument, found);
        for (language, words) in entry.label.0.iter().filter(|(_, words)| !words.trim().is_empty()) {
            let spot = spot.key("label").key(language);
            labels.add(spot, &format!("{language}: {}", words.trim().to_lowercase()), found);
        }
    }
}

/// What stands in files where a question without a scale was not answered must be no answer to it.
fn absent(spot: &Spot<'_>, item: &Item, instrument: &Instrument, found: &mut Found) {
    if item.not_answered.is_empty() {
        return;
    }
    if item.scale.is_some() {
        let what = "a question with a scale has this in its scale";
        found.push(spot.key("not_answered").mistake(what, "Move it to `not_answered` of the scale."));
        return;
    }
    let coded = instrument.coded_of(item);
    let choices = coded.first().map_or(&[][..], |coded| &coded.choices);
    let answer = |word: &str| match (item.kind, item.range) {
        (ItemKind::Number, Some([from, to])) => {
            let number = word.trim().parse::<f64>().ok().filter(|number| (from..=to).contains(number));
            number.map(|_| format!("a number from {} to {}, as answers are", plain(from), plain(to)))
        }
        _ => scales::meant(choices, word).map(|id| format!("a spelling of the option `{id}` already")),
    };
    scales::absent(spot, &[("not_answered", &item.not_answered)], &answer, found);
}
