//! Names of questions, as outcomes and scores call them: the columns of codes.

use super::super::instrument::{Coded, Instrument, Item, ItemKind};
use super::super::lines::Spot;
use super::super::mistake::{choose, one_of};
use super::Found;

/// Returns the column of codes of that name; reports a name that is none.
pub(super) fn coded<'a>(
    spot: &Spot<'_>,
    name: &str,
    instrument: &'a Instrument,
    found: &mut Found,
) -> Option<Coded<'a>> {
    let mut coded = instrument.coded();
    if let Some(at) = coded.iter().position(|coded| coded.id == name) {
        return Some(coded.swap_remove(at));
    }
    let known = || coded.iter().map(|coded| coded.id.as_str());
    let (what, mend) = match instrument.item(name) {
        None => {
            let what = format!("the instrument `{}` has no question `{name}`", instrument.id);
            (what, choose(name, known()))
        }
        Some(Item { kind: ItemKind::FreeText, .. }) => {
            (format!("`{name}` is answered in people's own words, which are never counted"), one_of(known()))
        }
        Some(Item { kind: ItemKind::Number, .. }) => {
            let mend = "Only the score rules `answer` and `goal-attainment` take numbers.";
            (format!("`{name}` is a number, which has no options"), mend.into())
        }
        Some(Item { kind: ItemKind::Date, .. }) => {
            (format!("`{name}` is a day, which is never counted"), one_of(known()))
        }
        Some(item) => {
            let of = instrument.coded_of(item);
            let mend = match of.is_empty() {
                true => "Give it entries first.".into(),
                false => one_of(of.iter().map(|coded| coded.id.as_str())),
            };
            (format!("`{name}` has an answer for each of its entries"), mend)
        }
    };
    found.push(spot.mistake(what, mend));
    None
}

/// Returns the column of a question that has one answer, which is what scores are made of.
pub(super) fn single<'a>(
    spot: &Spot<'_>,
    name: &str,
    instrument: &'a Instrument,
    found: &mut Found,
) -> Option<Coded<'a>> {
    let several = |item: &Item| matches!(item.kind, ItemKind::TickAll | ItemKind::Checklist);
    let is_entry = instrument.coded().iter().any(|coded| coded.id == name && coded.entry.is_some());
    if is_entry || instrument.item(name).is_some_and(several) {
        let what = format!("`{name}` is of a question with several answers, which cannot be added up like others");
        let mend = "`checklist-share` and `checklist-all` take a whole checklist, `categories` takes one entry, `sql` anything.";
        found.push(spot.mistake(what, mend));
        return None;
    }
    let coded = coded(spot, name, instrument, found)?;
    // A question without options is a mistake of its own.
    if !coded.choices.is_empty() && !coded.choices.iter().any(|choice| choice.scored) {
        found.push(
            spot.mistake(format!("no option of `{name}` is scored"), "Take out `scored = false` of at least one."),
        );
    }
    Some(coded)
}

/// Returns the item of that kind and name; reports a name of another one.
pub(super) fn of_kind<'a>(
    spot: &Spot<'_>,
    name: &str,
    kind: ItemKind,
    instrument: &'a Instrument,
    found: &mut Found,
) -> Option<&'a Item> {
    let known = || instrument.items.iter().filter(|item| item.kind == kind).map(|item| item.id.as_str());
    match instrument.item(name) {
        Some(item) if item.kind == kind => return Some(item),
        Some(item) => {
            let word = super::items::word;
            let what = format!("`{name}` is of the kind `{}`, not `{}`", word(item.kind), word(kind));
            found.push(spot.mistake(what, choose(name, known())));
        }
        None => {
            let what = format!("the instrument `{}` has no question `{name}`", instrument.id);
            found.push(spot.mistake(what, choose(name, known())));
        }
    }
    None
}
