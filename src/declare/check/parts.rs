//! Checks of the responses of a mapping: which instrument, which version, which columns.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::super::Declarations;
use super::super::instrument::{Instrument, Item, ItemKind, LARGEST_WEIGHT};
use super::super::lines::Spot;
use super::super::mapping::{Cell, Mapping, Part};
use super::super::mistake::{choose, one_of};
use super::cell::{cell, value};
use super::instruments::BESIDE_OPTIONS;
use super::mapping::date;
use super::{Found, Once, filled, plain};

pub(super) fn check(
    top: &Spot<'_>,
    mapping: &Mapping,
    declarations: &Declarations,
    default_instrument: Option<&str>,
    found: &mut Found,
) {
    if mapping.responses.is_empty() {
        let what = "a row gives no response";
        found.push(top.key("responses").mistake(what, "Add one as `[[responses]]`."));
    }
    let mut numbered: BTreeMap<String, bool> = BTreeMap::new();
    let mut once = Once::new("response", "Put their questions together, or give one another occasion or repeat.");
    for (spot, part) in top.each("responses", &mapping.responses) {
        let Some(instrument) = instrument(&spot, part, declarations, default_instrument, found) else { continue };
        one(&spot, part, instrument, found);
        let occasion = part.occasion.as_ref().or(instrument.occasions.first());
        let repeat = part.repeat.map_or(String::new(), |repeat| format!(", repeat {repeat}"));
        let name = format!("{}, {}", instrument.id, occasion.map_or("", String::as_str));
        once.add(spot.clone(), &format!("{name}{repeat}"), found);
        // The number in a column may be any, so that it may be the one that stands in another part.
        let by_column = part.repeat_column.is_some();
        if part.repeat.is_some() != by_column && *numbered.entry(name.clone()).or_insert(by_column) != by_column {
            let what = format!("the repeats of `{name}` are numbered both here and in a column");
            let mend = "Number them all by `repeat`, or all by `repeat_column`: two of them could be one response.";
            found.push(spot.mistake(what, mend));
        }
        respondent(top, mapping, instrument, found);
    }
}

/// Returns the version of the instrument that a response belongs to.
fn instrument<'a>(
    spot: &Spot<'_>,
    part: &Part,
    declarations: &'a Declarations,
    default_instrument: Option<&str>,
    found: &mut Found,
) -> Option<&'a Instrument> {
    let known = || declarations.instruments.keys().map(String::as_str);
    let spot_of = spot.key("instrument");
    let Some(id) = part.instrument.as_deref().or(default_instrument) else {
        let mend = format!("Add `instrument`, or give it with `--instrument`. {}", one_of(known()));
        found.push(spot_of.mistake("this response has no instrument", mend));
        return None;
    };
    if declarations.instrument(id).is_none() {
        found.push(spot_of.mistake(format!("there is no instrument `{id}`"), choose(id, known())));
        return None;
    }
    let instrument = declarations.version(id, part.version.as_deref());
    if let (None, Some(version)) = (instrument, &part.version) {
        let versions = declarations.versions(id);
        let what = format!("the instrument `{id}` has no version `{version}`");
        let mend = choose(version, versions.iter().map(|version| version.version.as_str()));
        found.push(spot.key("version").mistake(what, mend));
    }
    instrument
}

/// Who always answers must be somebody who may.
fn respondent(top: &Spot<'_>, mapping: &Mapping, instrument: &Instrument, found: &mut Found) {
    let always = mapping.how.respondent.as_ref().and_then(|cell| cell.always.as_ref());
    let Some(word) = always.filter(|word| !instrument.respondents.contains(word)) else { return };
    if !instrument.respondents.is_empty() {
        let what = format!("the instrument `{}` is not answered by `{word}`", instrument.id);
        let known = one_of(instrument.respondents.iter().map(String::as_str));
        found.push(top.key("how").key("respondent").key("always").mistake(what, known));
    }
}

fn one(spot: &Spot<'_>, part: &Part, instrument: &Instrument, found: &mut Found) {
    if let Some(occasion) = &part.occasion
        && !instrument.occasions.contains(occasion)
    {
        let known = instrument.occasions.iter().map(String::as_str);
        let what = format!("the instrument `{}` has no occasion `{occasion}`", instrument.id);
        found.push(spot.key("occasion").mistake(what, choose(occasion, known)));
    }
    repeats(spot, part, instrument, found);
    if let Some(of_part) = &part.date {
        date(&spot.key("date"), of_part, found);
    }
    if part.items.is_empty() && part.comments.is_empty() {
        let what = "this response has neither answers nor comments";
        found.push(spot.key("items").mistake(what, "Name the column of at least one question."));
    }
    for (name, value) in &part.items {
        answer(&spot.key("items").key(name), name, value, &part.items, instrument, found);
    }
    for (name, value) in &part.covariates {
        let spot = spot.key("covariates").key(name);
        if !instrument.covariates.contains(name) {
            let known = instrument.covariates.iter().map(String::as_str);
            let what = format!("the instrument `{}` has no covariate `{name}`", instrument.id);
            found.push(spot.mistake(what, choose(name, known)));
        }
        cell(&spot, value, &number(None), found);
    }
    for (name, value) in &part.weights {
        let spot = spot.key("weights").key(name);
        if !instrument.weights.contains(name) {
            let known = instrument.weights.iter().map(String::as_str);
            let what = format!("the instrument `{}` brings no weights by the scheme `{name}`", instrument.id);
            let mend = match instrument.weights.is_empty() {
                true => format!("Add `weights = [\"{name}\"]` to the file of the instrument."),
                false => choose(name, known),
            };
            found.push(spot.mistake(what, mend));
        }
        cell(&spot, value, &number(Some([0.0, LARGEST_WEIGHT])), found);
    }
    for (name, comment) in &part.comments {
        let spot = spot.key("comments").key(name);
        free_text(&spot, name, instrument, found);
        filled(&spot.key("column"), &comment.column, found);
        if let Some(consent) = &comment.consent {
            filled(&spot.key("consent"), consent, found);
        }
    }
}

fn repeats(spot: &Spot<'_>, part: &Part, instrument: &Instrument, found: &mut Found) {
    match (part.repeat, &part.repeat_column, &instrument.repeats) {
        (Some(_), Some(_), _) => {
            let what = "the number of the repeat comes both from `repeat` and from a column";
            found.push(spot.key("repeat").mistake(what, "Give exactly one of `repeat` and `repeat_column`."));
        }
        (None, None, Some(_)) => {
            let what = format!(
                "the instrument `{}` is answered several times over, and it is not said which repeat this is",
                instrument.id
            );
            found.push(
                spot.key("repeat").mistake(what, "Add `repeat = 1`, or `repeat_column` where each repeat is a row."),
            );
        }
        (None, None, None) => {}
        (repeat, column, None) => {
            let key = if repeat.is_some() { "repeat" } else { "repeat_column" };
            let what = format!("the instrument `{}` has no repeats", instrument.id);
            found.push(spot.key(key).mistake(what, format!("Take out `{key}`.")));
            column.iter().for_each(|column| filled(&spot.key("repeat_column"), column, found));
        }
        (_, column, Some(_)) => column.iter().for_each(|column| filled(&spot.key("repeat_column"), column, found)),
    }
}

/// Where the answer to a question comes from, and what the words in the file mean.
fn answer(
    spot: &Spot<'_>,
    name: &str,
    cell_of: &Cell,
    all: &BTreeMap<String, Cell>,
    instrument: &Instrument,
    found: &mut Found,
) {
    let coded = instrument.coded();
    if let Some(column) = coded.iter().find(|coded| coded.id == name) {
        if column.entry.is_some() && all.contains_key(&column.item.id) {
            let what = format!("`{}` brings the answers to all its entries already", column.item.id);
            found.push(spot.mistake(what, "Take one of the two out."));
        }
        let ids = column.choices.iter().map(|choice| choice.id.as_str());
        let known: Vec<&str> = ids.chain(BESIDE_OPTIONS).collect();
        let meaning = among(&known, format!("the question `{name}` has no option"));
        cell(spot, cell_of, &meaning, found);
        return;
    }
    match instrument.item(name) {
        Some(item) if item.kind == ItemKind::TickAll => several(spot, item, cell_of, instrument, found),
        Some(item) if item.kind == ItemKind::Number => cell(spot, cell_of, &number(item.range), found),
        Some(item) if item.kind == ItemKind::Date => cell(spot, cell_of, &day, found),
        Some(item) if item.kind == ItemKind::FreeText => {
            let what = format!("`{name}` is answered in people's own words");
            found.push(spot.mistake(what, "Move it from `items` to `comments`."));
        }
        Some(item) => {
            let what = format!("`{name}` has an answer for each of its entries");
            found.push(spot.mistake(what, one_of(instrument.coded_of(item).iter().map(|coded| coded.id.as_str()))));
        }
        None => {
            let whole = |item: &&Item| matches!(item.kind, ItemKind::TickAll | ItemKind::Number | ItemKind::Date);
            let others = instrument.items.iter().filter(whole);
            let known = coded.iter().map(|coded| coded.id.as_str()).chain(others.map(|item| item.id.as_str()));
            let what = format!("the instrument `{}` has no question `{name}`", instrument.id);
            found.push(spot.mistake(what, choose(name, known)));
        }
    }
}

/// What a cell means in which nothing is ticked, where that is the answer.
const NOTHING_TICKED: &str = "no";

/// A question of which several may be ticked, with all ticks in one cell.
fn several(spot: &Spot<'_>, item: &Item, cell: &Cell, instrument: &Instrument, found: &mut Found) {
    if cell.split.is_none() {
        let what = format!("`{}` may have several answers, and it is not said how they are divided", item.id);
        let entries = instrument.coded_of(item);
        let mend = format!(
            "Add `split`, the character between them. Where each entry has a column, name those instead. {}",
            one_of(entries.iter().map(|coded| coded.id.as_str()))
        );
        found.push(spot.key("split").mistake(what, mend));
    }
    let entries = item.entries.iter().map(|entry| entry.id.as_str());
    let known: Vec<&str> = entries.chain([NOTHING_TICKED]).chain(BESIDE_OPTIONS).collect();
    value(spot, cell, &among(&known, format!("the question `{}` has no entry", item.id)), found);
}

/// Accepts a few words.
fn among<'a>(known: &'a [&'a str], lacks: String) -> impl Fn(&Spot<'_>, &str, &mut Found) + 'a {
    move |spot, word, found| {
        if !known.contains(&word) {
            found.push(spot.mistake(format!("{lacks} `{word}`"), choose(word, known.iter().copied())));
        }
    }
}

/// Accepts numbers, within a range where there is one.
fn number(range: Option<[f64; 2]>) -> impl Fn(&Spot<'_>, &str, &mut Found) {
    move |spot, word, found| {
        let fits = |number: f64| range.is_none_or(|[from, to]| (from..=to).contains(&number));
        let is_number = word.trim().parse::<f64>().is_ok_and(|number| number.is_finite() && fits(number));
        if !is_number && !BESIDE_OPTIONS.contains(&word) {
            let wanted = match range {
                Some([from, to]) => format!("a number between {} and {}", plain(from), plain(to)),
                None => "a number".into(),
            };
            found.push(spot.mistake(
                format!("expected {wanted}, found `{word}`"),
                "Without an answer, it means `not-answered` or `not-asked`.",
            ));
        }
    }
}

/// Accepts days.
fn day(spot: &Spot<'_>, word: &str, found: &mut Found) {
    if word.parse::<NaiveDate>().is_err() && !BESIDE_OPTIONS.contains(&word) {
        let what = format!("expected a day such as `2026-12-31`, found `{word}`");
        found.push(spot.mistake(what, "Without an answer, it means `not-answered` or `not-asked`."));
    }
}

/// Comments hold people's own words only.
fn free_text(spot: &Spot<'_>, name: &str, instrument: &Instrument, found: &mut Found) {
    match instrument.item(name) {
        Some(item) if item.kind == ItemKind::FreeText => {}
        Some(item) => {
            let what = match item.kind {
                ItemKind::Number => format!("`{name}` is a number"),
                ItemKind::Date => format!("`{name}` is a day"),
                _ => format!("`{name}` has answer options"),
            };
            found.push(spot.mistake(what, "Move it from `comments` to `items`."));
        }
        None => {
            let items = instrument.items.iter().filter(|item| item.kind == ItemKind::FreeText);
            let what = format!("the instrument `{}` has no question `{name}`", instrument.id);
            found.push(spot.mistake(what, choose(name, items.map(|item| item.id.as_str()))));
        }
    }
}
