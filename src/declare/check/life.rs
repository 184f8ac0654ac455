//! Checks of what makes years of life in good health.

use super::super::counted::Figure;
use super::super::group::{Group, Pair};
use super::super::life::IN_LIFE_TABLE;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::outcome::{Outcome, Unit};
use super::{Found, no_repeats};

/// The fact that ages are read from.
const AGE: &str = "f_age";

pub(super) fn check(spot: &Spot<'_>, outcome: &Outcome, loaded: &Loaded, found: &mut Found) {
    let Some(life) = &outcome.life_expectancy else { return };
    let spot = spot.key("life_expectancy");
    if outcome.figure() != Figure::Share || outcome.change.is_some() || outcome.unit != Unit::Answer {
        let what = "years in good health come from a share of answers";
        found.push(spot.mistake(what, "Take out `life_expectancy`, or make the outcome a share of all answers."));
    }
    no_repeats(&spot, "by", &life.by, found);
    if life.at.is_empty() {
        found.push(spot.key("at").mistake("there is no age", "Name one at least, such as 0 for birth."));
    }
    for (at, age) in life.at.iter().enumerate() {
        if life.at.iter().take(at).any(|other| other == age) {
            found.push(spot.key("at").nth(at).mistake(format!("{age} stands there twice"), "Take one of them out."));
        }
    }
    let Some(file) = &loaded.groups else { return };
    let groups = || file.value.groups.iter();
    let of_ages = |group: &&Group| group.column == AGE;
    let ages = groups().find(|group| group.id == life.ages);
    if ages.is_none_or(|group| group.column != AGE) {
        let what = match ages {
            Some(_) => format!("`{}` is no group of ages", life.ages),
            None => format!("there is no group `{}`", life.ages),
        };
        let mend = choose(&life.ages, groups().filter(of_ages).map(|group| group.id.as_str()));
        found.push(spot.key("ages").mistake(what, mend));
        return;
    }
    let begins: Vec<i16> = ages.iter().flat_map(|group| &group.bands).filter_map(|band| band.from).collect();
    if !begins.contains(&life.asked_from.into()) {
        let what = format!("no band of `{}` begins at {}", life.ages, life.asked_from);
        let mend = format!("Choose one of {}.", begins.iter().map(i16::to_string).collect::<Vec<_>>().join(", "));
        found.push(spot.key("asked_from").mistake(what, mend));
    }
    if outcome.by.contains(&life.ages) {
        // Shares of all ages but one, and the years, would tell the share of that one where it is hidden.
        let what = format!(
            "the outcome is shown by `{}`, and years in good health would tell of ages that are hidden",
            life.ages
        );
        found.push(
            spot.key("ages")
                .mistake(what, "Take it out of the `by` of the outcome, or show it by another group of ages."),
        );
    }
    let listed = |group: &&Group| IN_LIFE_TABLE.iter().any(|(_, fact)| group.column == *fact);
    let paired = |id: &str| {
        let wanted = Pair { of: [life.ages.clone(), id.to_owned()] }.id();
        file.value.pairs.iter().any(|pair| pair.id() == wanted)
    };
    for (spot, id) in spot.each("by", &life.by) {
        let known = || groups().filter(listed).map(|group| group.id.as_str());
        if !known().any(|group| group == id) {
            let what = format!("a life table has no people by `{id}`");
            found.push(spot.mistake(what, choose(id, known())));
        } else if !outcome.by.contains(id) {
            let what = format!("the outcome is not shown by `{id}`");
            found.push(spot.mistake(what, format!("Add \"{id}\" to the `by` of the outcome.")));
        } else if !paired(id) {
            let what = format!("`{}` and `{id}` are not counted together", life.ages);
            let mend = format!("Add to measures/groups.toml: [[pairs]] of = [\"{}\", \"{id}\"].", life.ages);
            found.push(spot.mistake(what, mend));
        }
    }
}
