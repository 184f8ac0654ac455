//! Checks of crosswalks: what may be compared between two versions of an instrument, and what never.

use std::collections::BTreeMap;

use super::super::instrument::{Crosswalk, Instrument, Item, ItemKind};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::read::Source;
use super::{Found, Once, filled, no_repeats};

pub(super) fn check(source: &Source<Instrument>, loaded: &Loaded, found: &mut Found) {
    let instrument = &source.value;
    let mut versions = Once::new("crosswalk to the version", "Put the two together.");
    for (spot, crosswalk) in source.top().each("crosswalks", &instrument.crosswalks) {
        versions.add(spot.key("version"), &crosswalk.version, found);
        filled(&spot.key("why"), &crosswalk.why, found);
        let earlier =
            || loaded.versions(&instrument.id).filter(|other| other.file != source.file && other.stem().contains('@'));
        let other = earlier().find(|other| other.value.version == crosswalk.version);
        match other {
            Some(other) => between(&spot, crosswalk, instrument, &other.value, found),
            None if loaded.misses_versions(&instrument.id) => {}
            None => {
                let what = format!("there is no earlier version `{}` of `{}`", crosswalk.version, instrument.id);
                let known: Vec<&str> = earlier().map(|other| other.value.version.as_str()).collect();
                let mend = match known.is_empty() {
                    true => format!("Add it as measures/instruments/{}@{}.toml.", instrument.id, crosswalk.version),
                    false => choose(&crosswalk.version, known),
                };
                found.push(spot.key("version").mistake(what, mend));
            }
        }
    }
}

fn between(spot: &Spot<'_>, crosswalk: &Crosswalk, new: &Instrument, old: &Instrument, found: &mut Found) {
    for (key, list) in [("may_compare", &crosswalk.may_compare), ("never_splice", &crosswalk.never_splice)] {
        no_repeats(spot, key, list, found);
        for (spot, id) in spot.each(key, list) {
            let lacks = [new, old].into_iter().find(|version| version.item(id).is_none());
            if let Some(version) = lacks {
                let what = format!("the version `{}` has no question `{id}`", version.version);
                let known = version.items.iter().map(|item| item.id.as_str());
                found.push(spot.mistake(what, choose(id, known)));
            }
        }
    }
    for (spot, id) in spot.each("may_compare", &crosswalk.may_compare) {
        if crosswalk.never_splice.contains(id) {
            let what = format!("`{id}` stands in `never_splice` too");
            found.push(spot.mistake(what, "Take it out of one of the two."));
        } else if let (Some(now), Some(then)) = (new.item(id), old.item(id))
            && let Some(difference) = difference((new, now), (old, then))
        {
            let what = format!("`{id}` {difference} in the version `{}`", old.version);
            found.push(spot.mistake(what, "Answers to it cannot be compared: move it to `never_splice`."));
        }
    }
    let told = |id: &String| crosswalk.may_compare.contains(id) || crosswalk.never_splice.contains(id);
    let counted = |item: &&Item| item.kind != ItemKind::FreeText && old.item(&item.id).is_some();
    for item in new.items.iter().filter(counted).filter(|item| !told(&item.id)) {
        let what = format!("both versions ask `{}`, and it is not said whether its answers may be compared", item.id);
        let mend = "Add it to `may_compare` where both ask it alike, else to `never_splice`.";
        found.push(spot.mistake(what, mend));
    }
}

/// Returns in what two versions of a question differ so that their answers cannot be compared.
fn difference(now: (&Instrument, &Item), then: (&Instrument, &Item)) -> Option<&'static str> {
    let codes = |(instrument, item): (&Instrument, &Item)| -> BTreeMap<String, Vec<(i8, String, bool)>> {
        let coded = instrument.coded_of(item).into_iter().map(|coded| {
            let mut choices: Vec<_> = coded.choices.iter().map(|of| (of.code, of.id.clone(), of.scored)).collect();
            choices.sort();
            (coded.id, choices)
        });
        coded.collect()
    };
    if now.1.kind != then.1.kind {
        Some("is a question of another kind")
    } else if codes(now).keys().ne(codes(then).keys()) {
        Some("has other entries")
    } else if codes(now) != codes(then) {
        Some("has other options or codes")
    } else if now.1.reversed != then.1.reversed {
        Some("is worded the other way round")
    } else {
        None
    }
}
