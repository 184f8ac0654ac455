//! Checks of cut sets: the levels that scores are divided into.

use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::read::Source;
use super::super::score::{CutSet, Gives};
use super::ladder::{Divided, Step};
use super::{Found, Once, Spelling, filled, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    for source in &loaded.instruments {
        let mut ids = Once::ids("cut set");
        for (spot, set) in source.top().each("cut_sets", &source.value.cut_sets) {
            spelt(&spot.key("id"), &set.id, Spelling::Words, found);
            ids.add(spot.key("id"), &format!("{}@{}", set.score, set.id), found);
            filled(&spot.key("source"), &set.source, found);
            levels(&spot, set, found);
            divides(&spot, set, &source.value, found);
        }
        in_use(source, found);
    }
}

fn levels(spot: &Spot<'_>, set: &CutSet, found: &mut Found) {
    if set.levels.len() < 2 {
        found
            .push(spot.key("levels").mistake("a cut set has two levels or more", "Add them, the lowest scores first."));
    }
    let mut ids = Once::ids("level");
    for (spot, level) in spot.each("levels", &set.levels) {
        spelt(&spot.key("id"), &level.id, Spelling::Words, found);
        ids.add(spot.key("id"), &level.id, found);
        text(&spot.key("label"), &level.label, found);
    }
}

/// The levels hold every value of the score once.
fn divides(spot: &Spot<'_>, set: &CutSet, instrument: &Instrument, found: &mut Found) {
    let scores = || instrument.scores.iter().filter(|score| score.gives() == Gives::Number);
    let known = || scores().map(|score| score.id.as_str());
    let Some(score) = instrument.score(&set.score) else {
        let what = format!("the instrument `{}` has no score `{}`", instrument.id, set.score);
        found.push(spot.key("score").mistake(what, choose(&set.score, known())));
        return;
    };
    if score.gives() != Gives::Number {
        let what = format!("the score `{}` is no number that could be divided into levels", score.id);
        found.push(spot.key("score").mistake(what, choose(&set.score, known())));
        return;
    }
    let steps = spot.each("levels", &set.levels);
    let steps = steps.map(|(spot, level)| Step { spot, id: &level.id, from: level.from, to: level.to });
    let (range, decimals) = (score.range, score.decimals);
    let divided = Divided { kind: "level", of: "the score", range, decimals };
    divided.check(&steps.collect::<Vec<_>>(), found);
}

/// One cut set of each score is the one that is taken where none is named.
fn in_use(source: &Source<Instrument>, found: &mut Found) {
    let sets = || source.top().each("cut_sets", &source.value.cut_sets);
    let mut seen: Vec<&str> = Vec::new();
    for (spot, set) in sets() {
        if seen.contains(&set.score.as_str()) {
            continue;
        }
        seen.push(&set.score);
        let mut used = sets().filter(|(_, other)| other.score == set.score && other.in_use);
        if used.next().is_none() {
            let what = format!("no cut set of the score `{}` is in use", set.score);
            found.push(
                spot.key("in_use").mistake(what, "Add `in_use = true` to the one that is taken where none is named."),
            );
        }
        for (spot, _) in used {
            let what = format!("another cut set of the score `{}` is in use already", set.score);
            found.push(spot.key("in_use").mistake(what, "Take `in_use` out of all but one."));
        }
    }
}
