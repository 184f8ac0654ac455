//! Checks of returns.

use super::super::group::NOT_STATED;
use super::super::lines::Spot;
use super::super::load::Loaded;
use super::super::mistake::choose;
use super::super::returns::Return;
use super::{Found, Once, Spelling, filled, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let mut ids = Once::ids("return");
    for source in &loaded.returns {
        let (top, declared) = (source.top(), &source.value);
        spelt(&top.key("id"), &declared.id, Spelling::Name, found);
        ids.add(top.key("id"), &declared.id, found);
        if declared.id != source.stem() {
            let what = format!("the id `{}` is not the name of the file", declared.id);
            let mend = format!("Write `id = \"{}\"`, or rename the file.", source.stem());
            found.push(top.key("id").mistake(what, mend));
        }
        text(&top.key("title"), &declared.title, found);
        filled(&top.key("source"), &declared.source, found);
        policy(&top, declared, loaded, found);
        answers(&top, declared, loaded, found);
        methods(&top, declared, loaded, found);
        let mut columns = Once::new("column", "Give one of the two another heading.");
        let answers = top.each("answers", &declared.answers).map(|(spot, column)| (spot, &column.column));
        for (spot, column) in
            answers.chain(top.each("methods", &declared.methods).map(|(spot, one)| (spot, &one.column)))
        {
            filled(&spot.key("column"), column, found);
            columns.add(spot.key("column"), column, found);
        }
    }
}

/// Counts of few answers may leave only where they are submitted.
fn policy(top: &Spot<'_>, declared: &Return, loaded: &Loaded, found: &mut Found) {
    let all = || loaded.policies.iter().map(|source| &source.value);
    let of_returns = all().filter(|policy| policy.for_submission).map(|policy| policy.id.as_str());
    let mend = choose(&declared.policy, of_returns);
    match all().find(|policy| policy.id == declared.policy) {
        Some(policy) if policy.for_submission => {}
        Some(_) => {
            let what = format!("the policy `{}` is not for submission", declared.policy);
            found.push(top.key("policy").mistake(what, mend));
        }
        None => {
            found.push(top.key("policy").mistake(format!("there is no disclosure policy `{}`", declared.policy), mend));
        }
    }
}

fn answers(top: &Spot<'_>, declared: &Return, loaded: &Loaded, found: &mut Found) {
    let Some(instrument) = loaded.current(&declared.instrument) else {
        if !loaded.is_unread(&declared.instrument) {
            let what = format!("there is no instrument `{}`", declared.instrument);
            found.push(top.key("instrument").mistake(what, choose(&declared.instrument, loaded.instrument_ids())));
        }
        return;
    };
    let coded = instrument.value.coded();
    let Some(item) = coded.iter().find(|coded| coded.id == declared.item) else {
        let what = format!("`{}` has no item `{}` with options", declared.instrument, declared.item);
        let mend = choose(&declared.item, coded.iter().map(|coded| coded.id.as_str()));
        found.push(top.key("item").mistake(what, mend));
        return;
    };
    let known: Vec<&str> = item.choices.iter().map(|choice| choice.id.as_str()).collect();
    let columns = top.each("answers", &declared.answers);
    let named: Vec<_> = columns.flat_map(|(spot, column)| spot.each("options", &column.options)).collect();
    each_once(top.key("answers"), "option", &named, &known, found);
}

fn methods(top: &Spot<'_>, declared: &Return, loaded: &Loaded, found: &mut Found) {
    let Some(groups) = &loaded.groups else { return };
    let groups = || groups.value.groups.iter();
    let Some(group) = groups().find(|group| group.id == declared.methods_by) else {
        let what = format!("there is no group `{}`", declared.methods_by);
        let mend = choose(&declared.methods_by, groups().map(|group| group.id.as_str()));
        found.push(top.key("methods_by").mistake(what, mend));
        return;
    };
    let known: Vec<&str> = group.bands.iter().map(|band| band.id.as_str()).chain([NOT_STATED]).collect();
    let columns = top.each("methods", &declared.methods);
    let named: Vec<_> = columns.flat_map(|(spot, column)| spot.each("bands", &column.bands)).collect();
    each_once(top.key("methods"), "band", &named, &known, found);
}

/// Each thing that is known stands in exactly one column: the counts then add up to all answers.
fn each_once(list: Spot<'_>, kind: &str, named: &[(Spot<'_>, &String)], known: &[&str], found: &mut Found) {
    for (at, (spot, name)) in named.iter().enumerate() {
        if !known.contains(&name.as_str()) {
            found.push(spot.mistake(format!("there is no {kind} `{name}`"), choose(name, known.iter().copied())));
        } else if named.iter().take(at).any(|(_, other)| other == name) {
            let what = format!("`{name}` is counted already");
            found.push(spot.mistake(what, "Take it out of one of the two columns."));
        }
    }
    for name in known.iter().filter(|name| !named.iter().any(|(_, named)| named == *name)) {
        let mend = format!("Add the {kind} to a column, or the counts do not add up to all answers.");
        found.push(list.mistake(format!("`{name}` is counted nowhere"), mend));
    }
}
