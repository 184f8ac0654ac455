//! Checks of what an outcome counts: a question or a score, as a share, a mean or a change.

use std::collections::BTreeSet;

use super::super::counted::Figure;
use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::mistake::{choose, one_of};
use super::super::outcome::{Direction, Outcome};
use super::super::score::{Gives, Score};
use super::reach::EXACT;
use super::{Found, change, columns, no_repeats, plain, reach};

/// What the number is of which an outcome gives the share, the mean or the change.
pub(super) struct Number<'a> {
    /// Its smallest and largest value, where they are known.
    pub range: Option<[f64; 2]>,
    /// Its decimals.
    pub decimals: u8,
    /// The score that it is; none for an item.
    pub score: Option<&'a Score>,
}

pub(super) fn check(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, found: &mut Found) {
    let before = found.len();
    let number = subject(spot, outcome, instrument, found);
    let is_known = found.len() == before;
    let is_divided = cut_sets(spot, outcome, instrument, found) || outcome.change.is_some();
    if let Some(declared) = &outcome.change {
        change::check(&spot.key("change"), outcome, declared, instrument, number.as_ref(), found);
    }
    // Where it is not known what is counted, nothing can be said of its answers.
    if is_known && is_divided {
        shares(spot, outcome, instrument, found);
    }
    rate(spot, outcome, number.as_ref(), found);
    if let Some(number) = &number {
        aims(spot, outcome, number, found);
        direction(spot, outcome, number, found);
    }
}

/// Returns the number that an outcome is about; none where that is not known, or where it is about domains.
fn subject<'a>(
    spot: &Spot<'_>,
    outcome: &'a Outcome,
    instrument: &'a Instrument,
    found: &mut Found,
) -> Option<Number<'a>> {
    let domains = outcome.change.as_ref().is_some_and(|change| !change.domains.is_empty());
    let together = outcome.change.as_ref().is_some_and(|change| !change.better_on.is_empty());
    match (&outcome.item, &outcome.score) {
        (None, None) if together && !domains => Some(Number { range: None, decimals: 0, score: None }),
        (item, score) if together && !domains => {
            for (key, _) in [("item", item), ("score", score)].into_iter().filter(|(_, name)| name.is_some()) {
                let what = "scores are looked at together, so the outcome has nothing else to count";
                found.push(spot.key(key).mistake(what, format!("Take out `{key}`, or `change.better_on`.")));
            }
            None
        }
        (item, score) if domains => {
            for (key, _) in [("item", item), ("score", score)].into_iter().filter(|(_, name)| name.is_some()) {
                let what = "domains are shown each by itself, so the outcome has nothing else to count";
                found.push(spot.key(key).mistake(what, format!("Take out `{key}`, or `change.domains`.")));
            }
            None
        }
        (Some(_), Some(_)) => {
            let what = "an outcome counts a question or a score, not both";
            found.push(spot.key("score").mistake(what, "Take out `item` or `score`."));
            None
        }
        (None, None) => {
            found.push(
                spot.key("item").mistake("it is not said what is counted", "Add `item`, a question, or `score`."),
            );
            None
        }
        (Some(item), None) => {
            columns::coded(&spot.key("item"), item, instrument, found)?;
            if outcome.change.is_some() && !outcome.counts.is_empty() {
                let what = format!("it is not known which way of `{item}` is better: `direction` is that of the share");
                let mend = "Give the instrument a score with the rule `answer` over it, which says what is better, and name that as `score`.";
                found.push(spot.key("item").mistake(what, mend));
            }
            Some(Number { range: reach::of_item(item, instrument), decimals: 0, score: None })
        }
        (None, Some(id)) => {
            let spot = spot.key("score");
            let known = || instrument.scores.iter().map(|score| score.id.as_str());
            let Some(score) = instrument.score(id) else {
                let what = format!("the instrument `{}` has no score `{id}`", instrument.id);
                found.push(spot.mistake(what, choose(id, known())));
                return None;
            };
            match score.gives() {
                Gives::Profile => {
                    let what = format!("`{id}` gives states, which are only compared and never counted");
                    let mend = "Name it as `change.profile` of the change of another score.";
                    found.push(spot.mistake(what, mend));
                    None
                }
                Gives::Codes(_) if outcome.change.is_some() => {
                    let what = format!("`{id}` is no number, so it has no change");
                    let numbers = instrument.scores.iter().filter(|score| score.gives() == Gives::Number);
                    found.push(spot.mistake(what, one_of(numbers.map(|score| score.id.as_str()))));
                    None
                }
                _ => Some(Number { range: score.range, decimals: score.decimals, score: Some(score) }),
            }
        }
    }
}

/// Checks the cut sets that divide the score of an outcome; returns whether all exist.
fn cut_sets(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, found: &mut Found) -> bool {
    let (cut_set, others) = (&outcome.cut_set, &outcome.other_cut_sets);
    no_repeats(spot, "other_cut_sets", others, found);
    let named = cut_set.iter().map(|set| (spot.key("cut_set"), set)).chain(spot.each("other_cut_sets", others));
    for (spot, id) in named {
        match &outcome.score {
            _ if outcome.change.is_some() => {
                let mend =
                    "Take it out: `change.transitions` names the cut set whose levels are set against each other.";
                found.push(spot.mistake("a change is not divided into levels", mend));
            }
            None => found.push(spot.mistake("a cut set divides a score, and this outcome has none", "Take it out.")),
            // A score that does not exist is told already.
            Some(score) if instrument.score(score).is_some() && instrument.cut_set(score, Some(id)).is_none() => {
                known_cut_set(&spot, score, id, instrument, found);
            }
            Some(_) => {}
        }
    }
    for (spot, id) in spot.each("other_cut_sets", others) {
        if cut_set.as_ref() == Some(id) {
            found.push(
                spot.mistake(
                    format!("`{id}` is the outcome's own cut set"),
                    "Take it out: others are shown beside it.",
                ),
            );
        }
    }
    if cut_set.is_none() && !others.is_empty() && outcome.change.is_none() {
        let what = "there is no cut set that these could be shown beside";
        found.push(spot.key("other_cut_sets").mistake(what, "Name one of them in `cut_set`."));
    }
    let score = outcome.score.as_deref().unwrap_or_default();
    cut_set.iter().chain(others).all(|id| instrument.cut_set(score, Some(id)).is_some())
}

/// Reports a cut set that a score does not have.
pub(super) fn known_cut_set(spot: &Spot<'_>, score: &str, id: &str, instrument: &Instrument, found: &mut Found) {
    if instrument.cut_set(score, Some(id)).is_none() {
        let known = instrument.cut_sets.iter().filter(|set| set.score == *score).map(|set| set.id.as_str());
        found.push(spot.mistake(format!("the score `{score}` has no cut set `{id}`"), choose(id, known)));
    }
}

/// The answers that a share counts, and out of which.
fn shares(spot: &Spot<'_>, outcome: &Outcome, instrument: &Instrument, found: &mut Found) {
    let before = found.len();
    let lists = [("counts", &outcome.counts), ("out_of", &outcome.out_of)];
    let has_none = lists.iter().all(|(_, list)| list.is_empty());
    let cut_set = outcome.cut_set.as_deref();
    let answers = outcome.answers(instrument, cut_set);
    if outcome.figure() == Figure::Domains {
        for (key, _) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            let what = "domains are each shown as better, same and worse, so nothing is chosen here";
            found.push(spot.key(key).mistake(what, format!("Take out `{key}`.")));
        }
        return;
    }
    if answers.is_empty() {
        // A number: without `counts`, the outcome is its mean.
        let score = outcome.score.as_deref().unwrap_or_default();
        for (key, _) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            let sets: Vec<&str> =
                instrument.cut_sets.iter().filter(|set| set.score == score).map(|set| set.id.as_str()).collect();
            let mend = match sets.is_empty() {
                true => format!("Take out `{key}`: the outcome is then the mean."),
                false => format!(
                    "Take out `{key}`: the outcome is then the mean. Or name the `cut_set` whose levels are meant. {}",
                    one_of(sets)
                ),
            };
            found.push(
                spot.key(key).mistake(format!("the score `{score}` is a number, which has no levels by itself"), mend),
            );
        }
        return;
    }
    if has_none && outcome.change.is_some() {
        return;
    }
    for (key, _) in lists.iter().filter(|(_, list)| list.is_empty()) {
        let mend = match (&outcome.item, cut_set) {
            (Some(_), _) => "Name at least one option of the question.".into(),
            (None, Some(_)) if has_none => {
                "Name at least one level, or take out `cut_set`: the outcome is then the mean.".into()
            }
            _ => one_of(answers.iter().map(|answer| answer.id.as_str())),
        };
        let what = match (&outcome.item, cut_set) {
            (Some(_), _) => "there is no option",
            (None, Some(_)) => "there is no level",
            (None, None) => "there is no answer",
        };
        found.push(spot.key(key).mistake(what, mend));
    }
    // Whatever is counted must be there in every cut set that is shown.
    let others = outcome.other_cut_sets.iter().filter(|_| cut_set.is_some()).map(|set| Some(set.as_str()));
    for set in std::iter::once(cut_set).chain(others) {
        let answers = outcome.answers(instrument, set);
        for (key, list) in lists {
            for (spot, id) in spot.each(key, list) {
                if !answers.iter().any(|answer| answer.id == *id) {
                    let known = answers.iter().map(|answer| answer.id.as_str());
                    found.push(spot.mistake(format!("{} `{id}`", has_no(outcome, set)), choose(id, known)));
                }
            }
        }
    }
    if found.len() == before {
        part_of(spot, outcome, found);
    }
}

fn has_no(outcome: &Outcome, cut_set: Option<&str>) -> String {
    match (&outcome.item, cut_set) {
        _ if outcome.change.is_some() => "a change has no answer".into(),
        (Some(item), _) => format!("the question `{item}` has no option"),
        (None, Some(set)) => format!("the cut set `{set}` has no level"),
        (None, None) => format!("the score `{}` has no answer", outcome.score.as_deref().unwrap_or_default()),
    }
}

/// What is counted is a part of what it is counted out of.
fn part_of(spot: &Spot<'_>, outcome: &Outcome, found: &mut Found) {
    for (entry, id) in spot.each("counts", &outcome.counts) {
        if !outcome.out_of.contains(id) {
            let what = format!("`{id}` is counted, but is not among the answers that it is counted out of");
            found.push(entry.mistake(what, "Add it to `out_of`, or take it out of `counts`."));
        }
    }
    let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
    if set(&outcome.counts) == set(&outcome.out_of) {
        let what = "`counts` and `out_of` hold the same options, so the share is always 100 %";
        found.push(spot.key("counts").mistake(what, "Take out of `counts` what does not fulfil the statement."));
    }
}

/// Target and reference are values that the figure can have.
fn aims(spot: &Spot<'_>, outcome: &Outcome, number: &Number<'_>, found: &mut Found) {
    let (what, range) = match (outcome.figure(), number.range) {
        (Figure::Share, _) => ("a share", Some([0.0, 1.0])),
        (Figure::Mean, range) => ("a mean", range),
        (Figure::MeanChange, range) => ("a change", range.map(|[from, to]| [from - to, to - from])),
        (Figure::Domains, _) => return,
    };
    let Some([from, to]) = range else { return };
    let reference = outcome.reference.as_ref().map(|reference| reference.value);
    for (spot, value) in [(spot.key("target"), outcome.target), (spot.key("reference").key("value"), reference)] {
        let Some(value) = value.filter(|value| *value < from - EXACT || *value > to + EXACT) else { continue };
        let what = format!("{what} lies between {} and {}, found {}", plain(from), plain(to), plain(value));
        let percent = outcome.figure() == Figure::Share && (1.0..=100.0).contains(&value);
        let mend =
            if percent { format!("Write `{}` for {} %.", plain(value / 100.0), plain(value)) } else { String::new() };
        found.push(spot.mistake(what, mend));
    }
}

/// A rate is a mean that has a ratio: of which 0 is none.
fn rate(spot: &Spot<'_>, outcome: &Outcome, number: Option<&Number<'_>>, found: &mut Found) {
    if !outcome.rate {
        return;
    }
    let spot = spot.key("rate");
    if outcome.figure() != Figure::Mean {
        found.push(spot.mistake("a rate is the mean of a score", "Take out `rate`."));
    } else if let Some([from, _]) = number.and_then(|number| number.range).filter(|[from, _]| from.abs() > EXACT) {
        let what = format!("the score begins at {}, so a score twice as high is not twice as much", plain(from));
        found.push(spot.mistake(what, "Take out `rate`, or name a score of which 0 is none."));
    }
}

/// The direction of a mean is that of its score, and that of a share of people who changed that of the change.
fn direction(spot: &Spot<'_>, outcome: &Outcome, number: &Number<'_>, found: &mut Found) {
    let spot = spot.key("direction");
    let counts = |class: &str| outcome.counts.iter().any(|id| id == class);
    match (outcome.figure(), number.score) {
        (Figure::Mean | Figure::MeanChange, Some(score)) if score.better != outcome.direction => {
            let what = format!("a {} `{}` is better, as the instrument says", score.better.word(), score.id);
            found.push(spot.mistake(what, format!("Write `direction = \"{}\"`.", score.better.word())));
        }
        (Figure::Share, _) if outcome.change.is_some() && counts("better") != counts("worse") => {
            let better = if counts("better") { Direction::Higher } else { Direction::Lower };
            if better != outcome.direction {
                let counted = if counts("better") { "better" } else { "worse" };
                let what = format!("a {} share of people who got {counted} is better", better.word());
                found.push(spot.mistake(what, format!("Write `direction = \"{}\"`.", better.word())));
            }
        }
        _ => {}
    }
}
