//! Checks of contracts: that they can be computed, that they have an upper end, and that nothing is paid twice.

use chrono::NaiveDate;

use super::super::contract::{self, Cohort, Contract, Days, OutcomePayment, SavingShare};
use super::super::instrument::{Instrument, ItemKind};
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::score::Gives;
use super::{Found, Once, Spelling, filled, no_repeats, plain, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let mut ids = Once::ids("contract");
    for source in &loaded.contracts {
        let (top, contract) = (source.top(), &source.value);
        alone(&top, contract, found);
        ids.add(top.key("id"), &contract.id, found);
        if contract.id != source.stem() {
            let what = format!("the file is called `{}`", source.stem());
            found.push(top.key("id").mistake(what, format!("Call it `{}.toml`, or change the id.", contract.id)));
        }
        for (spot, part) in top.each("outcome_payments", &contract.outcome_payments) {
            if let Some(instrument) = instrument(&spot, &part.instrument, loaded, found) {
                score(&spot, part, instrument, found);
            }
        }
        for (spot, part) in top.each("saving_shares", &contract.saving_shares) {
            if let Some(instrument) = instrument(&spot, &part.instrument, loaded, found) {
                item(&spot, part, instrument, found);
            }
        }
    }
}

/// What the file of a contract tells by itself.
pub(in super::super) fn alone(top: &Spot<'_>, contract: &Contract, found: &mut Found) {
    spelt(&top.key("id"), &contract.id, Spelling::Name, found);
    text(&top.key("title"), &contract.title, found);
    for (key, words) in [
        ("version", &contract.version),
        ("payer", &contract.payer),
        ("provider", &contract.provider),
        ("source", &contract.source),
    ] {
        filled(&top.key(key), words, found);
    }
    let cap = amount(&top.key("cap"), &contract.cap, found);
    cohorts(top, contract, found);
    let mut ids = Once::ids("part");
    let mut caps = Vec::new();
    for (spot, part) in top.each("outcome_payments", &contract.outcome_payments) {
        spelt(&spot.key("id"), &part.id, Spelling::Name, found);
        ids.add(spot.key("id"), &part.id, found);
        caps.extend(outcome(&spot, part, found));
    }
    for (spot, part) in top.each("saving_shares", &contract.saving_shares) {
        spelt(&spot.key("id"), &part.id, Spelling::Name, found);
        ids.add(spot.key("id"), &part.id, found);
        caps.extend(saving(&spot, part, found));
    }
    if contract.outcome_payments.is_empty() && contract.saving_shares.is_empty() {
        let what = "nothing is paid for";
        found.push(top.mistake(what, "Add a part as `[[outcome_payments]]` or `[[saving_shares]]`."));
    }
    if let Some((cap, most)) = cap.zip(caps.iter().max())
        && cap < *most
    {
        let what = "the cap of the contract is lower than the cap of one of its parts";
        found.push(
            top.key("cap").mistake(what, "Raise it, or lower the cap of the part: that much could never be paid."),
        );
    }
    twice(top, contract, found);
}

/// An amount of pounds above nothing, as pence.
fn amount(spot: &Spot<'_>, text: &str, found: &mut Found) -> Option<i64> {
    let pence = contract::pence(text).filter(|pence| *pence > 0);
    if pence.is_none() {
        let what = format!("`{text}` is no amount of pounds above 0");
        found.push(spot.mistake(what, "Write digits, and at most two decimals, such as `\"1500.00\"`."));
    }
    pence
}

fn outcome(spot: &Spot<'_>, part: &OutcomePayment, found: &mut Found) -> Option<i64> {
    let tariff = amount(&spot.key("tariff"), &part.tariff, found);
    let cap = amount(&spot.key("cap"), &part.cap, found);
    if let Some((tariff, cap)) = tariff.zip(cap)
        && cap < tariff
    {
        let what = "the cap is lower than what is paid for one person";
        found.push(spot.key("cap").mistake(what, "Raise the cap, or lower the tariff: nobody could be paid for."));
    }
    let threshold = spot.key("threshold");
    filled(&threshold.key("source"), &part.threshold.source, found);
    above_0(&threshold.key("least"), part.threshold.least, found);
    for (spot, other) in spot.each("other_thresholds", &part.other_thresholds) {
        above_0(&spot, *other, found);
        if *other == part.threshold.least {
            found.push(spot.mistake("this is the threshold that is paid by", "Take it out: it is shown anyway."));
        }
    }
    if part.from == part.to {
        let what = "before and after are the same occasion";
        found.push(spot.key("to").mistake(what, "Name another one."));
    }
    days(&spot.key("window"), &part.window, found);
    cap
}

fn above_0(spot: &Spot<'_>, least: f64, found: &mut Found) {
    // Changes are compared in millionths: less than one is no threshold.
    if least < 1e-6 {
        let what = format!("expected a number above 0, found {}", plain(least));
        let mend = "A threshold is written without a minus: the score itself says which way is better.";
        found.push(spot.mistake(what, mend));
    }
}

fn saving(spot: &Spot<'_>, part: &SavingShare, found: &mut Found) -> Option<i64> {
    let cap = amount(&spot.key("cap"), &part.cap, found);
    if contract::millionths(&part.share).is_none_or(|share| !(1..=1_000_000).contains(&share)) {
        let what = format!("`{}` is no share above 0 and up to 1", part.share);
        found.push(
            spot.key("share").mistake(what, "Write a decimal number of at most six decimals, such as `\"0.5\"`."),
        );
    }
    let before = days(&spot.key("before"), &part.before, found);
    let after = days(&spot.key("after"), &part.after, found);
    if let Some((before, after)) = before.zip(after) {
        // Months and leap years differ by a few days.
        const ALIKE: i64 = 3;
        let long = |(first, last): (NaiveDate, NaiveDate)| (last - first).num_days() + 1;
        if after.0 <= before.1 {
            let what = format!("it begins on {}, before the costs before end on {}", after.0, before.1);
            found.push(
                spot.key("after").mistake(what, "Begin it after them: a cost would be before and after at once."),
            );
        } else if (long(before) - long(after)).abs() > ALIKE {
            let what = format!("it covers {} days, and `before` {}", long(after), long(before));
            let mend = "Make both equally long: the costs of more days are more.";
            found.push(spot.key("after").mistake(what, mend));
        }
    }
    cap
}

fn days(spot: &Spot<'_>, days: &Days, found: &mut Found) -> Option<(NaiveDate, NaiveDate)> {
    for (key, text) in [("first", &days.first), ("last", &days.last)] {
        if contract::day(text).is_none() {
            let what = format!("`{text}` is not a day");
            found.push(spot.key(key).mistake(what, "Write year, month and day, such as `\"2026-04-01\"`."));
        }
    }
    let (first, last) = days.days()?;
    if last < first {
        let what = format!("it ends on {last}, before it begins on {first}");
        found.push(spot.key("last").mistake(what, "Change the two days round, or mend the year."));
        return None;
    }
    Some((first, last))
}

/// The treated and those they are held against.
fn cohorts(top: &Spot<'_>, contract: &Contract, found: &mut Found) {
    let treated = top.key("treated");
    cohort(&treated, &contract.treated, found);
    if contract.comparators.is_empty() {
        let what = "there is nobody to compare with";
        let mend = "Add `[[comparators]]`: without one, what would have happened anyway is paid for.";
        found.push(top.key("comparators").mistake(what, mend));
    }
    let mut ids = Once::ids("comparator");
    for (spot, comparator) in top.each("comparators", &contract.comparators) {
        spelt(&spot.key("id"), &comparator.id, Spelling::Name, found);
        ids.add(spot.key("id"), &comparator.id, found);
        if comparator.id == TREATED {
            found.push(spot.key("id").mistake(format!("`{TREATED}` is another cohort"), "Choose another id."));
        }
        let other = comparator.cohort();
        cohort(&spot, &other, found);
        apart(&spot, &contract.treated, &other, found);
    }
}

/// Name of the cohort that is paid for.
const TREATED: &str = "treated";

fn cohort(spot: &Spot<'_>, cohort: &Cohort, found: &mut Found) {
    for (key, list) in [("pathway", &cohort.pathway), ("areas", &cohort.areas)] {
        no_repeats(spot, key, list, found);
        for (spot, word) in spot.each(key, list) {
            filled(&spot, word, found);
        }
    }
    if cohort.pathway.is_empty() && cohort.areas.is_empty() {
        found.push(spot.mistake("it is not said who belongs to this cohort", "Name `pathway`, `areas` or both."));
    }
}

/// A comparator must not hold the treated: that their areas do not lie in each other is seen when areas are read.
fn apart(spot: &Spot<'_>, treated: &Cohort, other: &Cohort, found: &mut Found) {
    let both =
        |one: &[String], other: &[String]| -> Option<String> { one.iter().find(|word| other.contains(word)).cloned() };
    let by = |one: &[String], other: &[String]| !one.is_empty() && !other.is_empty() && both(one, other).is_none();
    if by(&treated.pathway, &other.pathway) || by(&treated.areas, &other.areas) {
        return;
    }
    let shared = [("pathway", both(&treated.pathway, &other.pathway)), ("areas", both(&treated.areas, &other.areas))];
    if let Some((key, word)) = shared.into_iter().find_map(|(key, word)| Some((key, word?))) {
        let what = format!("`{word}` is of the treated too: the comparator would include them");
        found.push(
            spot.key(key)
                .mistake(what, "Name another one: those who are paid for cannot be those they are held against."),
        );
    } else if !treated.pathway.is_empty() || !treated.areas.is_empty() {
        let (has, lacks) = if treated.pathway.is_empty() { ("areas", "pathway") } else { ("pathway", "areas") };
        let what = format!("the treated are known by `{has}` and this comparator by `{lacks}`, so it may include them");
        found.push(spot.mistake(what, format!("Add `{has}` to the comparator: other ones than those of the treated.")));
    }
}

fn instrument<'a>(spot: &Spot<'_>, id: &str, loaded: &'a Loaded, found: &mut Found) -> Option<&'a Instrument> {
    let instrument = loaded.current(id);
    if instrument.is_none() && !loaded.is_unread(id) {
        let what = format!("there is no instrument `{id}`");
        found.push(spot.key("instrument").mistake(what, choose(id, loaded.instrument_ids())));
    }
    let instrument = &instrument?.value;
    if instrument.repeats.is_some() {
        let what = format!("`{id}` is answered several times over by one person, so a person has no one change");
        found.push(spot.key("instrument").mistake(what, "Name an instrument that is answered once on an occasion."));
    }
    Some(instrument)
}

fn score(spot: &Spot<'_>, part: &OutcomePayment, instrument: &Instrument, found: &mut Found) {
    let numbers = || instrument.scores.iter().filter(|score| score.gives() == Gives::Number);
    let score = numbers().find(|score| score.id == part.score);
    if score.is_none() {
        let what = format!("the instrument `{}` has no score `{}` that is a number", instrument.id, part.score);
        found.push(spot.key("score").mistake(what, choose(&part.score, numbers().map(|score| score.id.as_str()))));
    }
    if let Some([from, to]) = score.and_then(|score| score.range)
        && part.threshold.least > to - from
    {
        let what = format!(
            "no change of a score from {} to {} can be as large as {}",
            plain(from),
            plain(to),
            plain(part.threshold.least)
        );
        let mend = "Compare it with its `source`: it may be meant for another scale.";
        found.push(spot.key("threshold").key("least").mistake(what, mend));
    }
    for (key, occasion) in [("from", &part.from), ("to", &part.to)] {
        if !instrument.occasions.contains(occasion) {
            let what = format!("the instrument `{}` has no occasion `{occasion}`", instrument.id);
            let known = instrument.occasions.iter().map(String::as_str);
            found.push(spot.key(key).mistake(what, choose(occasion, known)));
        }
    }
}

fn item(spot: &Spot<'_>, part: &SavingShare, instrument: &Instrument, found: &mut Found) {
    let numbers = || instrument.items.iter().filter(|item| item.kind == ItemKind::Number);
    if !numbers().any(|item| item.id == part.item) {
        let what = format!("the instrument `{}` has no item `{}` that is a number", instrument.id, part.item);
        found.push(spot.key("item").mistake(what, choose(&part.item, numbers().map(|item| item.id.as_str()))));
    }
}

/// Two parts that would pay for the same thing.
fn twice(top: &Spot<'_>, contract: &Contract, found: &mut Found) {
    let meet = |one: &Days, other: &Days| {
        let ((first, last), (from, to)) = (one.days()?, other.days()?);
        Some(first <= to && from <= last)
    };
    let outcomes: Vec<_> = top.each("outcome_payments", &contract.outcome_payments).collect();
    for (at, (spot, part)) in outcomes.iter().enumerate() {
        let same = |other: &OutcomePayment| other.instrument == part.instrument && other.score == part.score;
        let earlier =
            outcomes.iter().take(at).find(|(_, other)| same(other) && meet(&other.window, &part.window) == Some(true));
        if let Some((first, other)) = earlier {
            let what = format!("`{}` pays for the same outcome within this window, at {}", other.id, first.place());
            found.push(
                spot.key("window").mistake(what, "Let one end before the other begins: an improvement is paid once."),
            );
        }
    }
    let savings: Vec<_> = top.each("saving_shares", &contract.saving_shares).collect();
    for (at, (spot, part)) in savings.iter().enumerate() {
        let same = |other: &SavingShare| other.instrument == part.instrument && other.item == part.item;
        let earlier =
            savings.iter().take(at).find(|(_, other)| same(other) && meet(&other.after, &part.after) == Some(true));
        if let Some((first, other)) = earlier {
            let what = format!("`{}` pays for the same costs within this window, at {}", other.id, first.place());
            found.push(spot.key("after").mistake(what, "Let one end before the other begins: a saving is paid once."));
        }
    }
}
