//! Checks of scores that are looked at together: better on all of some and on none of others.

use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::mistake::choose;
use super::super::outcome::{Change, Outcome, ThresholdKind};
use super::super::score::Gives;
use super::{Found, no_repeats};

/// Checks `better_on` and `not_better_on` of the change that stands at `spot`.
pub(super) fn check(spot: &Spot<'_>, outcome: &Outcome, change: &Change, instrument: &Instrument, found: &mut Found) {
    for (key, list) in [("better_on", &change.better_on), ("not_better_on", &change.not_better_on)] {
        no_repeats(spot, key, list, found);
        for (spot, id) in spot.each(key, list) {
            numeric(&spot, id, instrument, found);
        }
    }
    for (spot, id) in spot.each("not_better_on", &change.not_better_on) {
        if change.better_on.contains(id) {
            found.push(spot.mistake(format!("`{id}` stands in `better_on` too"), "Take it out of one of the two."));
        }
    }
    if change.better_on.is_empty() {
        if !change.not_better_on.is_empty() {
            let what = "it is not said on which scores people are better";
            found.push(spot.key("better_on").mistake(what, "Add `better_on`, or take out `not_better_on`."));
        }
        return;
    }
    if change.better_on.len() + change.not_better_on.len() < 2 {
        let what = "one score alone is not looked at together with another";
        found.push(
            spot.key("better_on").mistake(what, "Name it as `score` of the outcome instead, or add another one."),
        );
    }
    if outcome.counts.is_empty() && change.domains.is_empty() {
        let what = "scores that are looked at together give a share, and it is not said what counts";
        let mend = "Write `counts = [\"better\"]` and `out_of = [\"better\", \"same\", \"worse\"]` in the outcome.";
        found.push(spot.key("better_on").mistake(what, mend));
    }
    for (key, is_set) in [
        ("domains", !change.domains.is_empty()),
        ("baseline_bands", !change.baseline_bands.is_empty()),
        ("predicted", change.predicted.is_some()),
        ("transitions", change.transitions.is_some()),
    ] {
        if is_set {
            let what = format!("`{key}` and `better_on` do not go together");
            found.push(spot.key(key).mistake(what, "Take one of the two out; an outcome of its own may have it."));
        }
    }
    for (index, (spot, threshold)) in spot.each("thresholds", &change.thresholds).enumerate() {
        if index > 0 {
            let what = "scores that are looked at together have one threshold";
            found.push(spot.mistake(what, "Leave the first one, and take out the others."));
        } else if threshold.kind == ThresholdKind::Group {
            let what = "who is better is said of one person, and this threshold is meant for the mean of a group";
            found.push(spot.mistake(what, "Write a threshold of the kind `any`, `individual` or `reliable`."));
        }
    }
}

fn numeric(spot: &Spot<'_>, id: &str, instrument: &Instrument, found: &mut Found) {
    let numbers = || instrument.scores.iter().filter(|score| score.gives() == Gives::Number);
    let known = || numbers().map(|score| score.id.as_str());
    match instrument.score(id) {
        None => {
            let what = format!("the instrument `{}` has no score `{id}`", instrument.id);
            found.push(spot.mistake(what, choose(id, known())));
        }
        Some(score) if score.gives() != Gives::Number => {
            found.push(spot.mistake(format!("`{id}` is no number, so it has no change"), choose(id, known())));
        }
        Some(_) => {}
    }
}
