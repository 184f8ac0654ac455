//! Checks of value sets: a value for every health state.

use super::super::instrument::{Coded, Instrument, ItemKind};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::read::Source;
use super::super::score::ValueSet;
use super::columns::single;
use super::instruments::not_reserved;
use super::items::word;
use super::{Found, Once, Spelling, column_part, filled, languages, no_repeats, plain, reach, rules, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let mut scores = Once::new("value set of the score", "Let each give another score, or take one out.");
    for source in &loaded.value_sets {
        let (top, set) = (source.top(), &source.value);
        spelt(&top.key("id"), &set.id, Spelling::Name, found);
        if set.id != source.stem() {
            let what = format!("the id `{}` is not the name of the file", set.id);
            let mend = format!("Write `id = \"{}\"`, or rename the file.", source.stem());
            found.push(top.key("id").mistake(what, mend));
        }
        for (key, words) in [("version", &set.version), ("country", &set.country), ("source", &set.source)] {
            filled(&top.key(key), words, found);
        }
        text(&top.key("title"), &set.title, found);
        column_part(&top.key("score"), &set.score, found);
        not_reserved(&top.key("score"), &set.score, found);
        let of = format!("{}@{}, {}", set.instrument, set.instrument_version, set.score);
        scores.add(top.key("score"), &of, found);
        if let Some(instrument) = instrument(source, loaded, found) {
            of_instrument(&top, set, instrument, found);
        }
    }
}

/// Returns the version of the instrument that a set values.
fn instrument<'a>(source: &Source<ValueSet>, loaded: &'a Loaded, found: &mut Found) -> Option<&'a Instrument> {
    let (top, set) = (source.top(), &source.value);
    let versions = || loaded.versions(&set.instrument).map(|source| &source.value);
    if let Some(instrument) = versions().find(|version| version.version == set.instrument_version) {
        return Some(instrument);
    }
    if loaded.misses_versions(&set.instrument) {
        return None;
    }
    if versions().next().is_none() {
        let what = format!("there is no instrument `{}`", set.instrument);
        found.push(top.key("instrument").mistake(what, choose(&set.instrument, loaded.instrument_ids())));
    } else {
        let what = format!("the instrument `{}` has no version `{}`", set.instrument, set.instrument_version);
        let known = versions().map(|version| version.version.as_str());
        found.push(top.key("instrument_version").mistake(what, choose(&set.instrument_version, known)));
    }
    None
}

fn of_instrument(top: &Spot<'_>, set: &ValueSet, instrument: &Instrument, found: &mut Found) {
    languages::complete(&top.key("title"), &set.title, &instrument.languages, found);
    if instrument.score(&set.score).is_some() || instrument.item(&set.score).is_some() {
        let what = format!("the instrument `{}` has a score or a question `{}` already", instrument.id, set.score);
        found.push(top.key("score").mistake(what, "Let the value set give a score of another name."));
    }
    let before = found.len();
    no_repeats(top, "items", &set.items, found);
    if set.items.is_empty() {
        found.push(
            top.key("items")
                .mistake("the states are made of no question", "Name the items in the order of a state's digits."),
        );
    }
    let mut columns = Vec::new();
    for (spot, id) in top.each("items", &set.items) {
        let Some(column) = single(&spot, id, instrument, found) else { continue };
        if !matches!(column.item.kind, ItemKind::SingleChoice | ItemKind::Scale) {
            let what = format!("`{id}` is of the kind `{}`, which has no levels", word(column.item.kind));
            found.push(spot.mistake(what, "A state is made of items of the kinds `single-choice` and `scale`."));
        }
        columns.push(column);
    }
    match (set.decrements.is_empty(), set.states.is_empty()) {
        (false, true) => decrements(top, set, &columns, found),
        (true, false) => {
            rules::digits(top, &set.items, instrument, found);
            if found.len() == before {
                states(top, set, &columns, found);
            }
        }
        (empty, _) => {
            let what =
                if empty { "the set holds no values" } else { "the set holds both decrements and values of states" };
            found.push(top.key("decrements").mistake(what, "Give exactly one of `decrements` and `states`."));
        }
    }
}

/// What each code of each item takes off.
fn decrements(top: &Spot<'_>, set: &ValueSet, columns: &[Coded<'_>], found: &mut Found) {
    let spot = top.key("decrements");
    for (id, off) in &set.decrements {
        let spot = spot.key(id);
        if !set.items.contains(id) {
            let known = set.items.iter().map(String::as_str);
            found.push(spot.mistake(format!("`{id}` is not among `items`"), choose(id, known)));
        }
        if off.first().is_some_and(|first| *first != 0.0) {
            let what = format!(
                "the lowest code of `{id}`, which is no problem, takes {} off",
                plain(off.first().copied().unwrap_or_default())
            );
            found.push(spot.mistake(what, "Begin the list with 0."));
        }
        for (index, off) in off.iter().enumerate().filter(|(_, off)| **off < 0.0) {
            let what = format!("{} would raise the value above `full`", plain(*off));
            found.push(spot.nth(index).mistake(what, "Write what is taken off, without a minus."));
        }
    }
    for column in columns {
        let Some((low, high)) = reach::of_column(column) else { continue };
        let Some(off) = set.decrements.get(&column.id) else {
            found.push(spot.key(&column.id).mistake("this item takes nothing off", "Add its list, lowest code first."));
            continue;
        };
        let codes = column.choices.iter().filter(|choice| choice.scored).count();
        let wanted = usize::from(high.abs_diff(low)) + 1;
        if codes != wanted {
            let what = format!("the codes of `{}` from {low} to {high} have gaps", column.id);
            found.push(spot.key(&column.id).mistake(what, "Use `states`, or give its options codes without gaps."));
        } else if off.len() != wanted {
            let what = format!("`{}` has {wanted} codes, and the list {} values", column.id, off.len());
            found.push(spot.key(&column.id).mistake(what, format!("Give one for each code from {low} to {high}.")));
        }
    }
}

/// The value of every state that the codes of the items can make.
fn states(top: &Spot<'_>, set: &ValueSet, columns: &[Coded<'_>], found: &mut Found) {
    for (key, value) in [("any_problem", set.any_problem), ("any_worst", set.any_worst)] {
        if value != 0.0 {
            let what = format!("`{key}` means nothing where every state has its value");
            found.push(top.key(key).mistake(what, "Take it out."));
        }
    }
    let digits = |column: &Coded<'_>| -> Vec<String> {
        column.choices.iter().filter(|choice| choice.scored).map(|choice| choice.code.to_string()).collect()
    };
    let digits: Vec<Vec<String>> = columns.iter().map(digits).collect();
    let spot = top.key("states");
    let fits = |state: &&String| {
        state.chars().count() == digits.len()
            && state.chars().zip(&digits).all(|(digit, codes)| codes.contains(&digit.to_string()))
    };
    let wrong: Vec<&String> = set.states.keys().filter(|state| !fits(state)).collect();
    if let Some(first) = wrong.first() {
        // One slip in `items` would otherwise be told of thousands of states.
        let what = match wrong.len() {
            1 => format!("`{first}` is no state of these items"),
            n => format!("`{first}` and {} more are no states of these items", n - 1),
        };
        let mend = "Give one digit for each of `items`, in that order, and each a code of its item.";
        found.push(spot.key(first).mistake(what, mend));
    }
    let all: usize = digits.iter().map(Vec::len).fold(1, usize::saturating_mul);
    let missing = all.saturating_sub(set.states.keys().filter(fits).count());
    if missing > 0 {
        let what = format!("{missing} of {all} states have no value");
        let example = example(&digits, set).map(|state| format!("Add them, such as `{state}`.")).unwrap_or_default();
        found.push(spot.mistake(what, example));
    }
}

/// Returns the first state without a value.
fn example(digits: &[Vec<String>], set: &ValueSet) -> Option<String> {
    // As many as there are values, and one more, must hold one that has none.
    let enough = set.states.len() + 1;
    let mut states = vec![String::new()];
    for codes in digits {
        let longer = states.iter().flat_map(|state| codes.iter().map(move |code| format!("{state}{code}")));
        states = longer.take(enough).collect();
    }
    states.into_iter().find(|state| !set.states.contains_key(state))
}
