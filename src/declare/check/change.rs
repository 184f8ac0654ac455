//! Checks of changes: two occasions, and what counts as a change between them.

use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::mistake::choose;
use super::super::outcome::{Change, Outcome, Threshold, ThresholdKind};
use super::super::score::Gives;
use super::counted::{Number, known_cut_set};
use super::ladder::{Divided, Step};
use super::{Found, Once, Spelling, columns, filled, no_repeats, plain, spelt, text, together};

/// What a change calls the first response of all occasions, and the latest.
pub(super) const FIRST: &str = "first";
pub(super) const LATEST: &str = "latest";

/// Checks the change of an outcome that stands at `spot`; `number` is what changes, where that is known.
pub(super) fn check(
    spot: &Spot<'_>,
    outcome: &Outcome,
    change: &Change,
    instrument: &Instrument,
    number: Option<&Number<'_>>,
    found: &mut Found,
) {
    occasions(spot, change, instrument, found);
    let range = number.and_then(|number| number.range);
    if change.thresholds.is_empty() {
        let mend = "Add one as `[[outcomes.change.thresholds]]`: `kind = \"any\"` counts every difference.";
        found.push(spot.key("thresholds").mistake("it is not said what counts as a change", mend));
    }
    let mut ids = Once::ids("threshold");
    for (spot, threshold) in spot.each("thresholds", &change.thresholds) {
        spelt(&spot.key("id"), &threshold.id, Spelling::Words, found);
        ids.add(spot.key("id"), &threshold.id, found);
        filled(&spot.key("source"), &threshold.source, found);
        one_threshold(&spot, threshold, range, found);
    }
    bands(spot, change, number, found);
    beside(spot, outcome, change, instrument, found);
    if !change.domains.is_empty() {
        domains(spot, change, instrument, found);
    }
    together::check(spot, outcome, change, instrument, found);
}

fn occasions(spot: &Spot<'_>, change: &Change, instrument: &Instrument, found: &mut Found) {
    let known = || instrument.occasions.iter().map(String::as_str);
    if (change.from == FIRST) != (change.to == LATEST) {
        let what = format!("`{FIRST}` and `{LATEST}` are of all occasions, so they go only together");
        let (key, other) = if change.from == FIRST { ("to", LATEST) } else { ("from", FIRST) };
        found.push(spot.key(key).mistake(what, format!("Write `{key} = \"{other}\"`, or name two occasions.")));
        return;
    }
    if change.from == FIRST {
        return;
    }
    for (key, occasion) in [("from", &change.from), ("to", &change.to)] {
        if !known().any(|known| known == occasion) {
            let what = format!("the instrument `{}` has no occasion `{occasion}`", instrument.id);
            let known = known().chain([if key == "from" { FIRST } else { LATEST }]);
            found.push(spot.key(key).mistake(what, choose(occasion, known)));
        }
    }
    if change.from == change.to {
        let what = "before and after are the same occasion";
        found.push(spot.key("to").mistake(what, format!("Name another one, or write `{FIRST}` and `{LATEST}`.")));
    }
}

fn one_threshold(spot: &Spot<'_>, threshold: &Threshold, range: Option<[f64; 2]>, found: &mut Found) {
    let is_reliable = threshold.kind == ThresholdKind::Reliable;
    // A publication may give the number itself, or what it is worked out from.
    let is_given = is_reliable && threshold.least.is_some();
    let (word, takes_least) = match threshold.kind {
        ThresholdKind::Any => ("any", false),
        ThresholdKind::Group => ("group", true),
        ThresholdKind::Individual => ("individual", true),
        ThresholdKind::Reliable => ("reliable", is_given),
    };
    for (key, value, takes) in [
        ("least", threshold.least, takes_least),
        ("sd", threshold.sd, is_reliable && !is_given),
        ("reliability", threshold.reliability, is_reliable && !is_given),
    ] {
        let spot = spot.key(key);
        match value {
            Some(_) if !takes && is_given => {
                let what = format!(
                    "a reliable change has `least`, or `sd` and `reliability`, and here is `{key}` beside `least`"
                );
                found.push(spot.mistake(what, "Take it out, or take out `least`."));
            }
            Some(_) if !takes => {
                let what = format!("a threshold of the kind `{word}` has no `{key}`");
                found.push(spot.mistake(what, "Take it out, or choose another `kind`."));
            }
            None if takes => {
                let what = format!("a threshold of the kind `{word}` needs `{key}`");
                found.push(spot.mistake(what, "Add it as the publication in `source` gives it."));
            }
            Some(value) if key == "reliability" && !(value > 0.0 && value < 1.0) => {
                let what = format!("a reliability lies between 0 and 1, found {}", plain(value));
                found
                    .push(spot.mistake(what, "At 1 every difference would be reliable, and at 0 none means anything."));
            }
            Some(value) if value <= 0.0 => {
                found.push(spot.mistake(
                    format!("expected a number above 0, found {}", plain(value)),
                    "A threshold holds for both ways: write it without a minus.",
                ));
            }
            _ => {}
        }
    }
    if let (Some(least), Some([from, to])) = (threshold.least(), range)
        && least > to - from
    {
        let what =
            format!("no change of a score from {} to {} can be as large as {}", plain(from), plain(to), plain(least));
        found.push(
            spot.mistake(what, "Compare it with the publication in `source`: it may be meant for another scale."),
        );
    }
}

/// Bands of the score before: every value stands in one.
fn bands(spot: &Spot<'_>, change: &Change, number: Option<&Number<'_>>, found: &mut Found) {
    let mut ids = Once::ids("band");
    for (spot, band) in spot.each("baseline_bands", &change.baseline_bands) {
        spelt(&spot.key("id"), &band.id, Spelling::Words, found);
        ids.add(spot.key("id"), &band.id, found);
        text(&spot.key("label"), &band.label, found);
    }
    let Some(number) = number.filter(|_| !change.baseline_bands.is_empty()) else { return };
    let steps = spot.each("baseline_bands", &change.baseline_bands);
    let steps = steps.map(|(spot, band)| Step { spot, id: &band.id, from: band.from, to: band.to });
    let divided = Divided { kind: "band", of: "the score", range: number.range, decimals: number.decimals };
    divided.check(&steps.collect::<Vec<_>>(), found);
}

/// What is shown beside the change: a predicted score, levels, states.
fn beside(spot: &Spot<'_>, outcome: &Outcome, change: &Change, instrument: &Instrument, found: &mut Found) {
    if let Some(name) = change.predicted.as_ref().filter(|name| !instrument.covariates.contains(name)) {
        let known = instrument.covariates.iter().map(String::as_str);
        let what = format!("the instrument `{}` has no covariate `{name}`", instrument.id);
        found.push(spot.key("predicted").mistake(what, choose(name, known)));
    }
    if let Some(id) = &change.transitions {
        let spot = spot.key("transitions");
        match &outcome.score {
            Some(score) if instrument.score(score).is_some() => {
                known_cut_set(&spot, score, id, instrument, found);
                matrix(&spot, score, id, instrument, found);
            }
            // A score that does not exist, or is not named where it should be, is told already.
            None if outcome.item.is_some() => {
                let what = "a cut set divides a score, and this outcome has none";
                found.push(spot.mistake(what, "Take it out, or name a `score` rather than an `item`."));
            }
            _ => {}
        }
    }
    if let Some(id) = &change.profile {
        let profiles = || instrument.scores.iter().filter(|score| score.gives() == Gives::Profile);
        if !profiles().any(|score| score.id == *id) {
            let what = format!("the instrument `{}` has no score `{id}` with the rule `profile`", instrument.id);
            found.push(spot.key("profile").mistake(what, choose(id, profiles().map(|score| score.id.as_str()))));
        }
    }
}

/// The matrix of levels before and after is counted by codes, of which there are 127.
fn matrix(spot: &Spot<'_>, score: &str, id: &str, instrument: &Instrument, found: &mut Found) {
    const MOST: usize = 11;
    let levels = instrument.cut_set(score, Some(id)).map_or(0, |set| set.levels.len());
    if levels > MOST {
        let what = format!("`{id}` has {levels} levels, and before and after can be set against each other for {MOST}");
        found.push(spot.mistake(what, "Name a cut set with fewer levels."));
    }
}

/// Items that are each shown by themselves, by whole points.
fn domains(spot: &Spot<'_>, change: &Change, instrument: &Instrument, found: &mut Found) {
    no_repeats(spot, "domains", &change.domains, found);
    for (spot, item) in spot.each("domains", &change.domains) {
        columns::coded(&spot, item, instrument, found);
    }
    for (key, is_set) in [
        ("baseline_bands", !change.baseline_bands.is_empty()),
        ("predicted", change.predicted.is_some()),
        ("transitions", change.transitions.is_some()),
        ("profile", change.profile.is_some()),
    ] {
        if is_set {
            let what = format!("`{key}` belongs to the change of a score, and domains have none");
            found.push(spot.key(key).mistake(what, "Take it out."));
        }
    }
    for (index, (spot, threshold)) in spot.each("thresholds", &change.thresholds).enumerate() {
        let points = match threshold.kind {
            ThresholdKind::Any => true,
            ThresholdKind::Individual => threshold.least.is_none_or(|least| least.fract() == 0.0),
            ThresholdKind::Group | ThresholdKind::Reliable => false,
        };
        if index > 0 {
            found.push(spot.mistake("domains have one threshold", "Leave the first one, and take out the others."));
        } else if !points {
            let what = "domains change by whole points of one person";
            found.push(
                spot.mistake(
                    what,
                    "Write `kind = \"any\"`, or `kind = \"individual\"` with a whole number as `least`.",
                ),
            );
        }
    }
}
