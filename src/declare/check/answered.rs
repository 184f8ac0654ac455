//! Checks of groups that are made of answers to one instrument.

use super::super::among::Through;
use super::super::group::Group;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::{Found, among};

/// Keys that only a group by answers has.
pub(super) fn without_instrument(spot: &Spot<'_>, group: &Group, found: &mut Found) {
    let keys = [
        ("score", group.score.is_some()),
        ("cut_set", group.cut_set.is_some()),
        ("by", group.by.is_some()),
        ("within", group.within.is_some()),
    ];
    for (key, _) in keys.iter().filter(|(_, is_there)| *is_there) {
        let what = format!("`{key}` belongs to a group by answers, and no instrument is named");
        found.push(spot.key(key).mistake(what, format!("Add `instrument`, or take out `{key}`.")));
    }
}

/// What a group is made of, and its bands: options of a question, or levels.
pub(super) fn check(spot: &Spot<'_>, group: &Group, instrument: &str, loaded: &Loaded, found: &mut Found) {
    if group.by == Some(Through::Response) {
        let what = "in responses to its own instrument, a group needs no `by`";
        let mend =
            "Take it out, or write `submission` or `person`: what leads there from responses to other instruments.";
        found.push(spot.key("by").mistake(what, mend));
    } else {
        among::within(spot, group.by.unwrap_or_default(), group.within, found);
    }
    if group.overlap.is_some() {
        let what = "only groups that the responses to every instrument have are held against each other";
        found.push(spot.key("overlap").mistake(what, "Take out `overlap`."));
    }
    let Some(instrument) = among::other(&spot.key("instrument"), instrument, loaded, found) else { return };
    if !group.column.is_empty() && group.item().is_none() {
        let what = format!("`{}` is no question of `{}`", group.column, instrument.id);
        let columns: Vec<String> = instrument.coded().iter().map(|coded| format!("i_{}", coded.id)).collect();
        let mend = choose(&group.column, columns.iter().map(String::as_str));
        found.push(spot.key("column").mistake(what, mend));
        return;
    }
    let of_score = [&group.score, &group.cut_set];
    let Some(answers) = among::answers(spot, "column", group.item(), of_score, instrument, found) else { return };
    let whole = answers.iter().map(|answer| i32::from(answer.code));
    let ends = whole.clone().min().zip(whole.max());
    match ends.filter(|_| group.item().is_some() && group.bands.iter().any(|band| band.from.is_some())) {
        Some((first, last)) => {
            let item = group.item().unwrap_or_default();
            super::groups::numbers(spot, group, &format!("question `{item}`"), first..=last, found);
        }
        None => {
            let known: Vec<&str> = answers.iter().map(|answer| answer.id.as_str()).collect();
            super::groups::codes(spot, group, Some(&known), found);
        }
    }
}
