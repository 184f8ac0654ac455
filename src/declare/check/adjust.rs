//! Checks of what areas are adjusted for.

use super::super::counted::Figure;
use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::outcome::Outcome;
use super::{Found, no_repeats};

pub(super) fn check(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, loaded: &Loaded, found: &mut Found) {
    if outcome.adjust_for.is_empty() {
        return;
    }
    no_repeats(spot, "adjust_for", &outcome.adjust_for, found);
    let here = spot.key("adjust_for");
    if outcome.figure() == Figure::Domains {
        let what = "domains are shown each by itself, and areas are not compared by them";
        found.push(here.mistake(what, "Take out `adjust_for`."));
    }
    if outcome.change.as_ref().is_some_and(|change| change.predicted.is_some()) {
        let what = "the predicted score adjusts this change already";
        found.push(here.mistake(what, "Take out `adjust_for`, or `change.predicted`."));
    }
    let Some(groups) = &loaded.groups else {
        return;
    };
    let answered = |id: &str| groups.value.groups.iter().any(|group| group.id == id && group.instrument.is_some());
    let groups = || groups.value.shared().map(|group| group.id.as_str());
    let covariates = || instrument.covariates.iter().map(String::as_str);
    for (spot, id) in spot.each("adjust_for", &outcome.adjust_for) {
        match (groups().any(|group| group == id), covariates().any(|covariate| covariate == id)) {
            (true, true) => {
                let what = format!(
                    "`{id}` is a group and a covariate of `{}`, and it is not known which is meant",
                    instrument.id
                );
                found.push(spot.mistake(what, "Give the covariate another name."));
            }
            (false, false) if answered(id) => {
                let what = format!("`{id}` is made of answers, and areas are adjusted for facts about people");
                found.push(spot.mistake(what, "Take it out, or show the outcome by it: name it in `by`."));
            }
            (false, false) => {
                let what = format!("there is no group `{id}`, and `{}` has no covariate of that name", instrument.id);
                found.push(spot.mistake(what, choose(id, groups().chain(covariates()))));
            }
            _ => {}
        }
    }
}
