//! Which questions an outcome is made of.

use super::instrument::{Instrument, ItemKind};
use super::outcome::Outcome;
use super::score::{Rule, ValueSet};

/// Returns the questions that an outcome is made of, in the order of their names; `value_set` finds a value set by its name.
pub(super) fn made_of<'a>(
    outcome: &Outcome,
    instrument: &Instrument,
    value_set: &dyn Fn(&str) -> Option<&'a ValueSet>,
) -> Vec<String> {
    let change = outcome.change.as_ref();
    let mut items = Vec::new();
    let named = outcome.item.iter().chain(change.iter().flat_map(|change| &change.domains));
    items.extend(named.map(|name| whole(name, instrument)));
    for score in outcome.score.iter().chain(change.and_then(|change| change.profile.as_ref())) {
        of_score(score, instrument, value_set, &mut Vec::new(), &mut items);
    }
    // A name that is no question is told where it stands.
    items.retain(|item| instrument.item(item).is_some());
    items.sort();
    items.dedup();
    items
}

/// Returns the question that a column belongs to.
fn whole(name: &str, instrument: &Instrument) -> String {
    let coded = instrument.coded().into_iter().find(|coded| coded.id == name);
    coded.map_or(name.to_owned(), |coded| coded.item.id.clone())
}

fn of_score<'a, 's>(
    id: &'a str,
    instrument: &'a Instrument,
    value_set: &dyn Fn(&str) -> Option<&'s ValueSet>,
    seen: &mut Vec<&'a str>,
    items: &mut Vec<String>,
) {
    let Some(score) = instrument.score(id).filter(|_| !seen.contains(&id)) else { return };
    seen.push(id);
    match &score.rule {
        Rule::Answer { item }
        | Rule::ChecklistShare { item, .. }
        | Rule::ChecklistAll { item, .. }
        | Rule::Categories { item, .. } => items.push(whole(item, instrument)),
        Rule::Sum { items: of, .. }
        | Rule::Mean { items: of, .. }
        | Rule::TopScore { items: of, .. }
        | Rule::Profile { items: of } => items.extend(of.iter().cloned()),
        Rule::Lookup { of, .. } => of_score(of, instrument, value_set, seen, items),
        Rule::ValueSet { set } => items.extend(value_set(set).into_iter().flat_map(|set| set.items.clone())),
        Rule::GoalAttainment { achieved, weight } => {
            items.push(achieved.clone());
            items.extend(weight.clone());
        }
        // It may read any column.
        Rule::Sql {} => {
            let counted = instrument.items.iter().filter(|item| item.kind != ItemKind::FreeText);
            items.extend(counted.map(|item| item.id.clone()));
        }
    }
}
