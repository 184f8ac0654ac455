//! Checks of facts and groups.

use std::collections::BTreeMap;

use super::super::group::{Fact, Group, GroupFile, NOT_STATED};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::{choose, one_of};
use super::super::read::Source;
use super::super::{MODES, RESPONDENTS};
use super::{Found, Once, Spelling, answered, filled, language_tag, spelt, text};

pub(super) fn check(source: &Source<GroupFile>, loaded: &Loaded, found: &mut Found) {
    let (top, file) = (source.top(), &source.value);
    let mut ids = Once::ids("fact");
    for (spot, fact) in top.each("facts", &file.facts) {
        spelt(&spot.key("id"), fact.id(), Spelling::Column, found);
        ids.add(spot.key("id"), fact.id(), found);
        one_fact(&spot, fact, found);
    }
    let mut ids = Once::ids("group");
    for (spot, group) in top.each("groups", &file.groups) {
        spelt(&spot.key("id"), &group.id, Spelling::Column, found);
        ids.add(spot.key("id"), &group.id, found);
        text(&spot.key("title"), &group.title, found);
        text(&spot.key("not_stated"), &group.not_stated, found);
        match &group.instrument {
            None => column(&spot, group, file, found),
            Some(instrument) => answered::check(&spot, group, instrument, loaded, found),
        }
        bands(&spot, group, found);
        gap(&spot, group, found);
        overlap(&spot, group, file, found);
    }
    pairs(&top, file, found);
}

/// The group in whose bands both ends of a gap must have answers is another one.
fn overlap(spot: &Spot<'_>, group: &Group, file: &GroupFile, found: &mut Found) {
    let Some(overlap) = &group.overlap else { return };
    if group.instrument.is_some() {
        return;
    }
    let others = || file.shared().map(|other| other.id.as_str()).filter(|other| *other != group.id);
    if !others().any(|other| other == overlap) {
        let what = if *overlap == group.id {
            "a group overlaps with itself in every band".to_owned()
        } else {
            format!("there is no group `{overlap}`")
        };
        found.push(spot.key("overlap").mistake(what, choose(overlap, others())));
    }
}

/// Pairs of two different groups, each pair once.
fn pairs(top: &Spot<'_>, file: &GroupFile, found: &mut Found) {
    let known = || file.groups.iter().map(|group| group.id.as_str());
    let mut seen = Once::new("pair", "Take one of the two out: the order of the two groups does not matter.");
    for (spot, pair) in top.each("pairs", &file.pairs) {
        for (spot, id) in spot.each("of", &pair.of) {
            if !known().any(|group| group == id) {
                found.push(spot.mistake(format!("there is no group `{id}`"), choose(id, known())));
            }
        }
        let [first, second] = &pair.of;
        if first == second {
            let what = "the pair is a group and itself";
            let others = known().filter(|group| group != first);
            found.push(spot.key("of").mistake(what, one_of(others)));
        } else {
            seen.add(spot.key("of"), &pair.id(), found);
        }
    }
}

fn one_fact(spot: &Spot<'_>, fact: &Fact, found: &mut Found) {
    match fact {
        Fact::WholeNumber { minimum, maximum, .. } if minimum > maximum => {
            let what = format!("the smallest number, {minimum}, is above the largest, {maximum}");
            found.push(spot.key("minimum").mistake(what, "Exchange the two."));
        }
        Fact::WholeNumber { .. } => {}
        Fact::Code { values, .. } => {
            let spot = spot.key("values");
            if values.is_empty() {
                found.push(spot.mistake("there is no code", "Add the codes that are stored."));
            }
            let plain = |words: &str| words.trim().to_lowercase();
            let mut meant: BTreeMap<String, &str> = BTreeMap::new();
            let codes = values.keys().map(|code| (spot.key(code), code, code));
            let others = values.iter().flat_map(|(code, spellings)| {
                let spot = spot.key(code);
                spellings.iter().enumerate().map(move |(index, words)| (spot.nth(index), code, words))
            });
            for (spot, code, words) in codes.chain(others) {
                filled(&spot, words, found);
                let other = *meant.entry(plain(words)).or_insert(code);
                if other != code {
                    let what = format!("`{words}` is a spelling of the code `{other}` already");
                    let mend = "Each spelling must mean one code: take it out of one of the two.";
                    found.push(spot.mistake(what, mend));
                }
            }
        }
    }
}

/// Finds what a group is read from and checks its bands against that.
fn column(spot: &Spot<'_>, group: &Group, file: &GroupFile, found: &mut Found) {
    answered::without_instrument(spot, group, found);
    let fact = |name: &str| file.facts.iter().find(|fact| fact.id() == name);
    match group.column.strip_prefix("f_").map(fact) {
        Some(Some(Fact::WholeNumber { id, minimum, maximum })) => {
            let believed = i32::from(*minimum)..=i32::from(*maximum);
            numbers(spot, group, &format!("fact `{id}`"), believed, found);
        }
        Some(Some(Fact::Code { values, .. })) => {
            let known: Vec<&str> = values.keys().map(String::as_str).collect();
            codes(spot, group, Some(&known), found);
        }
        None if group.column == "mode" => codes(spot, group, Some(&MODES), found),
        None if group.column == "respondent" => codes(spot, group, Some(&RESPONDENTS), found),
        None if group.column == "language" => {
            codes(spot, group, None, found);
            for (spot, value) in values(spot, group) {
                language_tag(&spot, value, found);
            }
        }
        None if group.column == "pathway" => {
            codes(spot, group, None, found);
            for (spot, value) in values(spot, group) {
                filled(&spot, value, found);
            }
        }
        Some(None) | None if group.column.starts_with("i_") => {
            let what = format!("`{}` is a question, and no instrument is named", group.column);
            found.push(spot.key("column").mistake(what, "Add `instrument`: the one that asks it."));
        }
        Some(None) | None if group.column.is_empty() => {
            let what = "it is not said what the group is made of";
            found.push(spot.key("column").mistake(what, "Add `column`, or `instrument` with `score` and `cut_set`."));
        }
        Some(None) | None => {
            let columns = file.facts.iter().map(|fact| format!("f_{}", fact.id()));
            let others = ["mode", "language", "pathway", "respondent"].map(str::to_owned);
            let columns: Vec<String> = columns.chain(others).collect();
            let what = format!("there is no column `{}` to make groups from", group.column);
            let mend = choose(&group.column, columns.iter().map(String::as_str));
            found.push(spot.key("column").mistake(what, mend));
        }
    }
}

/// The values of all bands, with their places.
fn values<'a, 'b>(spot: &Spot<'a>, group: &'b Group) -> impl Iterator<Item = (Spot<'a>, &'b String)> {
    spot.each("bands", &group.bands).flat_map(|(spot, band)| spot.each("values", &band.values))
}

/// Bands of whole numbers: every number that is believed stands in exactly one; `of` says of what.
pub(super) fn numbers(
    group_spot: &Spot<'_>,
    group: &Group,
    of: &str,
    believed: std::ops::RangeInclusive<i32>,
    found: &mut Found,
) {
    let before = found.len();
    let mut ranges = Vec::new();
    for (spot, band) in group_spot.each("bands", &group.bands) {
        if !band.values.is_empty() {
            let what = format!("the {of} is a whole number, so its bands have no `values`");
            found.push(spot.key("values").mistake(what, "Use `from` and `to`."));
        }
        match (band.from, band.to) {
            (Some(from), Some(to)) if from <= to => {
                ranges.push((i32::from(from), i32::from(to), band.id.as_str(), spot));
            }
            (Some(from), Some(to)) => {
                let what = format!("the band begins at {from} and ends at {to}");
                found.push(spot.key("from").mistake(what, "Exchange `from` and `to`."));
            }
            (from, _) => {
                let key = if from.is_none() { "from" } else { "to" };
                let what = "a band of whole numbers needs both `from` and `to`";
                found.push(spot.key(key).mistake(what, format!("Add `{key}`: it belongs to the band itself.")));
            }
        }
    }
    if found.len() > before {
        // Gaps that only follow from a broken band would hide what is wrong.
        return;
    }
    // Bands stand in the order in which they are shown, which may go down.
    ranges.sort_by_key(|(from, ..)| *from);
    let (first, last) = (*believed.start(), *believed.end());
    let none = |from: i32, to: i32| match from == to {
        true => format!("{from} is in no band"),
        false => format!("{from} to {to} are in no band"),
    };
    let mend = format!("Every number from {first} to {last}, the range of the {of}, needs one band.");
    let mut next = first;
    let mut before = None;
    for (from, to, id, spot) in &ranges {
        if *from < first || *to > last {
            let what = format!("{from} to {to} goes beyond {first} to {last}, the range of the {of}");
            found.push(spot.mistake(what, "Shorten the band, or widen that range."));
        }
        if let (true, Some(other)) = (*from < next, before) {
            let what = format!("the bands `{other}` and `{id}` both hold {from}");
            found.push(spot.mistake(what, "Begin the one after the other ends."));
        }
        if *from > next {
            found.push(spot.mistake(none(next, from - 1), mend.as_str()));
        }
        next = next.max(to + 1);
        before = Some(id);
    }
    if next <= last {
        found.push(group_spot.key("bands").mistake(none(next, last), mend.as_str()));
    }
}

/// Bands of codes: every code is a known one and stands in one band. Codes in no band are among the not stated.
pub(super) fn codes(spot: &Spot<'_>, group: &Group, known: Option<&[&str]>, found: &mut Found) {
    let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
    for (spot, band) in spot.each("bands", &group.bands) {
        for (key, bound) in [("from", band.from), ("to", band.to)] {
            if bound.is_some() {
                let what = format!("`{}` holds codes, so its bands have no `{key}`", made_of(group));
                found.push(spot.key(key).mistake(what, "List the codes of the band in `values`."));
            }
        }
        if band.values.is_empty() {
            let what = "the band has no codes";
            found.push(spot.key("values").mistake(what, "List the codes of the band in `values`."));
        }
        for (spot, value) in spot.each("values", &band.values) {
            if let Some(known) = known.filter(|known| !known.contains(&value.as_str())) {
                let what = format!("`{}` has no code `{value}`", made_of(group));
                found.push(spot.mistake(what, choose(value, known.iter().copied())));
            }
            if let Some(other) = taken.insert(value, &band.id) {
                let what = format!("`{value}` is in the band `{other}` already");
                found.push(spot.mistake(what, "Take it out of one of the two."));
            }
        }
    }
}

/// The column of a group, or the score that it is made of.
fn made_of(group: &Group) -> &str {
    group.score.as_deref().unwrap_or(&group.column)
}

fn bands(group_spot: &Spot<'_>, group: &Group, found: &mut Found) {
    // The levels of a cut set that is not known are told elsewhere.
    if group.bands.is_empty() && group.cut_set.is_none() {
        found.push(group_spot.key("bands").mistake("the group has no bands", "Add at least one."));
    }
    let mut ids = Once::ids("band");
    for (spot, band) in group_spot.each("bands", &group.bands) {
        let id = spot.key("id");
        spelt(&id, &band.id, Spelling::Words, found);
        if band.id == NOT_STATED {
            let what = format!("`{NOT_STATED}` is the band of the people without a value");
            found.push(id.mistake(what, "Give the band another id; codes in no band are counted there by themselves."));
        }
        ids.add(id, &band.id, found);
        text(&spot.key("label"), &band.label, found);
    }
}

fn gap(spot: &Spot<'_>, group: &Group, found: &mut Found) {
    let Some(pair) = &group.gap else {
        return;
    };
    for (spot, id) in spot.each("gap", pair) {
        if !group.bands.iter().any(|band| band.id == *id) {
            let known = group.bands.iter().map(|band| band.id.as_str());
            found.push(spot.mistake(format!("the group has no band `{id}`"), choose(id, known)));
        }
    }
    if pair[0] == pair[1] {
        let what = "the gap compares a band with itself";
        found.push(spot.key("gap").mistake(what, "Name two different bands."));
    }
}
