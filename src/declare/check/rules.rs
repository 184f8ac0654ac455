//! Checks of what scores are made of.

use super::super::instrument::{Instrument, ItemKind};
use super::super::lines::Spot;
use super::super::load::{Loaded, SCORES};
use super::super::mistake::choose;
use super::super::score::{Category, Rule, Score};
use super::columns::{coded, of_kind, single};
use super::{Found, Once, Spelling, no_repeats, plain, reach, spelt, text};

/// Checks the rule of a score; `earlier` are the scores that stand before it.
pub(super) fn check(
    spot: &Spot<'_>,
    score: &Score,
    earlier: &[&Score],
    instrument: &Instrument,
    loaded: &Loaded,
    found: &mut Found,
) {
    match &score.rule {
        Rule::Answer { item } => {
            if instrument.item(item).is_none_or(|item| item.kind != ItemKind::Number) {
                single(&spot.key("item"), item, instrument, found);
            }
        }
        Rule::Sum { items, least_answered } | Rule::Mean { items, least_answered } => {
            all(spot, items, instrument, found);
            let cannot_be = |least: &usize| !items.is_empty() && !(1..=items.len()).contains(least);
            if let Some(least) = least_answered.filter(cannot_be) {
                let what = format!("of {} items, {least} can never be those that must be answered", items.len());
                let mend = format!("Write a number from 1 to {}.", items.len());
                found.push(spot.key("least_answered").mistake(what, mend));
            }
        }
        Rule::TopScore { items, counts } => {
            all(spot, items, instrument, found);
            top_score(spot, items, counts, instrument, found);
        }
        Rule::Lookup { of, from, values } => lookup(spot, (of, *from, values), score, earlier, instrument, found),
        Rule::Profile { items } => {
            all(spot, items, instrument, found);
            digits(spot, items, instrument, found);
        }
        Rule::ValueSet { set } => {
            let mend =
                format!("Take the score out: measures/value-sets/{set}.toml gives it to the instrument by itself.");
            found.push(spot.key("kind").mistake("a score of this kind is not declared here", mend));
        }
        Rule::ChecklistShare { item, done, not_needed } | Rule::ChecklistAll { item, done, not_needed } => {
            checklist(spot, item, [("done", done), ("not_needed", not_needed)], instrument, found);
        }
        Rule::GoalAttainment { achieved, weight } => {
            goals(spot, achieved, weight.as_deref(), instrument, found);
        }
        Rule::Categories { item, categories } => gathered(spot, item, categories, instrument, found),
        Rule::Sql {} => {
            let name = format!("{}.{}", instrument.id, score.id);
            if !loaded.sql_scores.contains_key(&name) {
                let what = format!("there is no file {SCORES}/{name}.sql");
                found.push(
                    spot.key("kind").mistake(what, "Write it: one SQL expression over the columns of the responses."),
                );
            }
        }
    }
}

/// The items of a score, each a question with one answer.
fn all(spot: &Spot<'_>, items: &[String], instrument: &Instrument, found: &mut Found) {
    if items.is_empty() {
        found.push(spot.key("items").mistake("the score is made of no question", "Name at least one."));
    }
    no_repeats(spot, "items", items, found);
    for (spot, item) in spot.each("items", items) {
        single(&spot, item, instrument, found);
    }
}

fn top_score(spot: &Spot<'_>, items: &[String], counts: &[String], instrument: &Instrument, found: &mut Found) {
    let columns = instrument.coded();
    let options = |item: &String| {
        columns.iter().find(|coded| coded.id == *item).map(|coded| &coded.choices[..]).unwrap_or_default()
    };
    no_repeats(spot, "counts", counts, found);
    for (spot, id) in spot.each("counts", counts) {
        let all = || items.iter().flat_map(options);
        match all().find(|option| option.id == *id) {
            None => {
                let what = format!("the questions of this score have no option `{id}`");
                found.push(spot.mistake(what, choose(id, all().map(|option| option.id.as_str()))));
            }
            Some(option) if !option.scored => {
                let what = format!("the option `{id}` is not scored, so it cannot be the top");
                found.push(spot.mistake(what, "Take it out, or take `scored = false` out of the option."));
            }
            Some(_) => {}
        }
    }
    for (spot, item) in spot.each("items", items) {
        let options = options(item);
        let none = !options.is_empty() && !options.iter().any(|option| counts.contains(&option.id));
        if none && !counts.is_empty() {
            let what = format!("`{item}` has none of the options in `counts`, so the score can never be `yes`");
            found.push(spot.mistake(what, "Take the question out, or add its option to `counts`."));
        }
    }
}

fn lookup(
    spot: &Spot<'_>,
    (of, from, values): (&str, i32, &[f64]),
    score: &Score,
    earlier: &[&Score],
    instrument: &Instrument,
    found: &mut Found,
) {
    let spot_of = spot.key("of");
    let Some(raw) = earlier.iter().find(|other| other.id == of) else {
        let known = earlier.iter().map(|other| other.id.as_str());
        let mistake = match instrument.score(of) {
            _ if of == score.id => spot_of.mistake("a score cannot be looked up in itself", choose(of, known)),
            Some(_) => {
                spot_of.mistake(format!("the score `{of}` stands after this one"), "Move it up, before this one.")
            }
            None => spot_of.mistake(format!("there is no score `{of}`"), choose(of, known)),
        };
        found.push(mistake);
        return;
    };
    if !is_whole(raw) {
        let what = format!("`{of}` is not always a whole number, and a table has a value only for those");
        found.push(spot_of.mistake(what, "Look up a sum of which every item must be answered, or an answer."));
        return;
    }
    let to = i64::from(from) + values.len() as i64 - 1;
    if let Some([first, last]) = raw.range.filter(|range| *range != [f64::from(from), to as f64]) {
        let what = format!("the table holds {from} to {to}, and `{of}` goes from {} to {}", plain(first), plain(last));
        found.push(
            spot.key("values").mistake(what, format!("Give one value for each whole number of the range of `{of}`.")),
        );
    }
}

/// Returns whether a score can only be a whole number.
fn is_whole(score: &Score) -> bool {
    match &score.rule {
        Rule::Sum { items, least_answered } => least_answered.is_none_or(|least| least >= items.len()),
        Rule::Answer { .. } => score.range.is_none_or(|range| range.iter().all(|end| end.fract() == 0.0)),
        Rule::Lookup { values, .. } => values.iter().all(|value| value.fract() == 0.0),
        // Only its author knows.
        Rule::Sql {} => true,
        _ => false,
    }
}

/// The items of a health state: each gives one digit, and all begin with the same one.
pub(super) fn digits(spot: &Spot<'_>, items: &[String], instrument: &Instrument, found: &mut Found) {
    // More would not be told apart by a number with a fraction.
    const MOST: usize = 15;
    if items.len() > MOST {
        found.push(spot.key("items").mistake(format!("a state has at most {MOST} items"), "Take some out."));
    }
    let columns = instrument.coded();
    let mut first: Option<(&str, i8)> = None;
    for (spot, item) in spot.each("items", items) {
        let column = columns.iter().find(|coded| coded.id == *item);
        let Some((low, high)) = column.and_then(reach::of_column) else { continue };
        if high > 9 {
            let what = format!("`{item}` has codes up to {high}, and a state has one digit for it");
            found.push(spot.mistake(what, "Take it out, or give its options codes from 0 to 9."));
        }
        let (other, lowest) = *first.get_or_insert((item, low));
        if low != lowest {
            let what = format!("the codes of `{item}` begin at {low}, and those of `{other}` at {lowest}");
            found.push(spot.mistake(what, "All items of a state begin with the same code, the one without a problem."));
        }
    }
}

fn checklist(
    spot: &Spot<'_>,
    item: &str,
    lists: [(&str, &Vec<String>); 2],
    instrument: &Instrument,
    found: &mut Found,
) {
    let [(_, done), (_, not_needed)] = lists;
    if done.is_empty() {
        found.push(spot.key("done").mistake("no option means done", "Name at least one."));
    }
    for (spot, id) in spot.each("not_needed", not_needed) {
        if done.contains(id) {
            found.push(spot.mistake(format!("`{id}` stands in `done` too"), "Take it out of one of the two."));
        }
    }
    let Some(item) = of_kind(&spot.key("item"), item, ItemKind::Checklist, instrument, found) else { return };
    // A scale that does not exist is reported where the question names it.
    let Some(scale) = item.scale.as_ref().and_then(|name| instrument.scales.get(name)) else { return };
    for (key, list) in lists {
        no_repeats(spot, key, list, found);
        for (spot, id) in spot.each(key, list) {
            known_option(&spot, &item.id, id, scale.options.iter().map(|option| option.id.as_str()), found);
        }
    }
}

fn known_option<'a>(
    spot: &Spot<'_>,
    item: &str,
    id: &str,
    mut known: impl Iterator<Item = &'a str> + Clone,
    found: &mut Found,
) {
    let all = known.clone();
    if !known.any(|option| option == id) {
        found.push(spot.mistake(format!("the question `{item}` has no option `{id}`"), choose(id, all)));
    }
}

fn goals(spot: &Spot<'_>, achieved: &str, weight: Option<&str>, instrument: &Instrument, found: &mut Found) {
    // Kiresuk and Sherman 1968: two steps below and above what was expected.
    const STEPS: f64 = 2.0;
    if instrument.repeats.is_none() {
        let what = "goals are the repeats of one response, and this instrument has none";
        found.push(spot.key("kind").mistake(what, "Add `repeats` to the instrument, such as `repeats.en = \"goal\"`."));
    }
    let range = |key: &str, name: &str, found: &mut Found| {
        of_kind(&spot.key(key), name, ItemKind::Number, instrument, found)?.range
    };
    if let Some([low, high]) = range("achieved", achieved, found)
        && (low < -STEPS || high > STEPS)
    {
        let what = format!("`{achieved}` goes from {} to {}, and an attainment from -2 to 2", plain(low), plain(high));
        found.push(spot.key("achieved").mistake(what, format!("Write `range = [-2, 2]` for `{achieved}`.")));
    }
    if let Some([low, _]) = weight.and_then(|name| range("weight", name, found))
        && low < 0.0
    {
        let what = format!("a weight cannot be below 0, and `{}` begins at {}", weight.unwrap_or_default(), plain(low));
        found.push(spot.key("weight").mistake(what, "Let its range begin at 0 or above."));
    }
}

fn gathered(spot: &Spot<'_>, item: &str, categories: &[Category], instrument: &Instrument, found: &mut Found) {
    if categories.len() < 2 {
        found.push(
            spot.key("categories").mistake("there are fewer than two categories", "Add some: one alone says nothing."),
        );
    }
    let column = coded(&spot.key("item"), item, instrument, found);
    let mut ids = Once::ids("category");
    let mut options = Once::new("option", "An option belongs to one category: take it out of the others.");
    for (spot, category) in spot.each("categories", categories) {
        spelt(&spot.key("id"), &category.id, Spelling::Words, found);
        ids.add(spot.key("id"), &category.id, found);
        text(&spot.key("label"), &category.label, found);
        if category.options.is_empty() {
            found.push(spot.key("options").mistake("the category has no options", "Name at least one."));
        }
        for (spot, id) in spot.each("options", &category.options) {
            if let Some(column) = &column {
                known_option(&spot, item, id, column.choices.iter().map(|option| option.id.as_str()), found);
            }
            options.add(spot, id, found);
        }
    }
}
