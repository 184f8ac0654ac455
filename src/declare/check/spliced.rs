//! Checks of outcomes that count earlier versions of their instrument: a crosswalk must allow it.

use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::made_of::made_of;
use super::super::mistake::choose;
use super::super::outcome::Outcome;
use super::super::score::Rule;
use super::{Found, no_repeats};

pub(super) fn check(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, loaded: &Loaded, found: &mut Found) {
    no_repeats(spot, "with_versions", &outcome.with_versions, found);
    let value_set = |id: &str| loaded.value_sets.iter().map(|source| &source.value).find(|set| set.id == id);
    let items = made_of(outcome, instrument, &value_set);
    let path = |version: &str| format!("measures/instruments/{}{version}.toml", instrument.id);
    for (spot, version) in spot.each("with_versions", &outcome.with_versions) {
        let others = || {
            loaded
                .versions(&instrument.id)
                .map(|source| &source.value)
                .filter(|other| other.version != instrument.version)
        };
        if *version == instrument.version {
            found.push(
                spot.mistake(format!("`{version}` is the version in use, which is counted anyway"), "Take it out."),
            );
            continue;
        }
        let Some(other) = others().find(|other| other.version == *version) else {
            if !loaded.misses_versions(&instrument.id) {
                let what = format!("the instrument `{}` has no version `{version}`", instrument.id);
                found.push(spot.mistake(what, choose(version, others().map(|other| other.version.as_str()))));
            }
            continue;
        };
        let Some(crosswalk) = instrument.crosswalks.iter().find(|crosswalk| crosswalk.version == *version) else {
            let what = format!("nothing says that the version `{version}` may be compared with the one in use");
            let mend = format!("Add a `[[crosswalks]]` to {}, or take the version out.", path(""));
            found.push(spot.mistake(what, mend));
            continue;
        };
        for item in &items {
            if crosswalk.never_splice.contains(item) {
                let what = format!("`{item}` may never be spliced with the version `{version}`: {}", crosswalk.why);
                found.push(spot.mistake(what, "Take the version out, or count it by an outcome of its own."));
            } else if !crosswalk.may_compare.contains(item) {
                let what = format!("the crosswalk to the version `{version}` does not list `{item}`");
                let mend = format!(
                    "Add it to `may_compare` in {} where both versions ask it alike, or take the version out.",
                    path("")
                );
                found.push(spot.mistake(what, mend));
            }
        }
        same_scores(&spot, outcome, instrument, other, &path(&format!("@{version}")), found);
    }
}

/// Each version scores its own responses, so the earlier one must have the score too, by the same rule.
fn same_scores(spot: &Spot<'_>, outcome: &Outcome, now: &Instrument, then: &Instrument, path: &str, found: &mut Found) {
    let profile = outcome.change.as_ref().and_then(|change| change.profile.as_ref());
    for score in outcome.score.iter().chain(profile).filter_map(|id| now.score(id)) {
        let id = &score.id;
        let of_set = |rule: &Rule| matches!(rule, Rule::ValueSet { .. });
        let what = match then.score(id) {
            None => format!("the version `{}` has no score `{id}`", then.version),
            // A value set is one of its version.
            Some(other) if other.rule != score.rule && !(of_set(&other.rule) && of_set(&score.rule)) => {
                format!("the version `{}` computes the score `{id}` by another rule", then.version)
            }
            Some(_) => continue,
        };
        found.push(
            spot.mistake(what, format!("Declare it in {path} as in the version in use, or take the version out.")),
        );
    }
    let change = outcome.change.as_ref();
    let sets = outcome
        .cut_set
        .iter()
        .chain(&outcome.other_cut_sets)
        .chain(change.and_then(|change| change.transitions.as_ref()));
    for set in sets {
        let levels = |of: &Instrument| Some(of.cut_set(outcome.score.as_ref()?, Some(set))?.levels.clone());
        // A cut set that does not exist at all is told where it is named.
        if levels(now).is_some()
            && levels(now) != levels(then)
            && outcome.score.as_ref().is_some_and(|id| then.score(id).is_some())
        {
            let what = format!("the cut set `{set}` has not the same levels in the version `{}`", then.version);
            found.push(
                spot.mistake(what, format!("Declare it in {path} as in the version in use, or take the version out.")),
            );
        }
    }
}
