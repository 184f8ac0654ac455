//! What change outcomes declare, as small tables that queries join.

use std::sync::Arc;

use arrow::array::{Int8Array, RecordBatch, StringArray};

use super::tables::{table, texts};
use crate::declare::{Change, Declarations, Outcome};
use crate::error::Result;
use crate::score::STATES;
use crate::stats::profile::Class;

fn changes(declarations: &Declarations) -> impl Iterator<Item = (&Outcome, &Change)> {
    declarations.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.change.as_ref()?)))
}

/// Returns `classes`: each item of the cube that holds better, same and worse, by threshold or domain.
pub fn classes(declarations: &Declarations) -> Result<RecordBatch> {
    let mut rows: [Vec<String>; 3] = Default::default();
    let mut domains: Vec<Option<String>> = Vec::new();
    let mut add = |measure: &str, threshold: &str, item: String, domain: Option<&String>| {
        for (column, value) in rows.iter_mut().zip([measure, threshold, item.as_str()]) {
            column.push(value.to_owned());
        }
        domains.push(domain.cloned());
    };
    for (outcome, change) in changes(declarations) {
        let first = change.thresholds.first().map_or("", |threshold| &threshold.id);
        for domain in &change.domains {
            add(&outcome.id, first, format!("{}/domain:{domain}", outcome.id), Some(domain));
        }
        // Scores that are looked at together give a share and no classes of their own.
        let of_a_score = change.domains.is_empty() && change.better_on.is_empty();
        for threshold in change.thresholds.iter().filter(|_| of_a_score) {
            add(&outcome.id, &threshold.id, format!("{}/class:{}", outcome.id, threshold.id), None);
        }
    }
    let [measures, thresholds, items] = rows;
    table(
        "classes",
        vec![
            ("measure", texts(measures)),
            ("threshold", texts(thresholds)),
            ("item", texts(items)),
            ("domain", Arc::new(StringArray::from(domains))),
        ],
    )
}

/// Returns `transitions`: what each code of the levels before and after means.
pub fn transitions(declarations: &Declarations) -> Result<RecordBatch> {
    let mut rows: [Vec<String>; 4] = Default::default();
    let mut codes: Vec<i8> = Vec::new();
    for (outcome, change) in changes(declarations) {
        let set = change.transitions.as_deref().and_then(|set| {
            declarations.instrument(&outcome.instrument)?.cut_set(outcome.score.as_deref()?, Some(set))
        });
        let Some(set) = set else { continue };
        let levels = || set.levels.iter();
        for ((from, to), code) in levels().flat_map(|from| levels().map(move |to| (from, to))).zip(1_i8..) {
            for (column, value) in rows.iter_mut().zip([&outcome.id, &set.id, &from.id, &to.id]) {
                column.push(value.clone());
            }
            codes.push(code);
        }
    }
    let [measures, sets, from, to] = rows;
    table(
        "transitions",
        vec![
            ("measure", texts(measures)),
            ("cut_set", texts(sets)),
            ("code", Arc::new(Int8Array::from(codes))),
            ("from_level", texts(from)),
            ("to_level", texts(to)),
        ],
    )
}

fn named(name: &str, from: i8, names: impl IntoIterator<Item = &'static str>) -> Result<RecordBatch> {
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let codes = (from..).take(names.len()).collect::<Vec<i8>>();
    table(name, vec![("code", Arc::new(Int8Array::from(codes))), ("name", texts(names))])
}

/// Returns `pair_states`: what became of a response of either occasion.
pub fn pair_states() -> Result<RecordBatch> {
    named("pair_states", 0, STATES)
}

/// Returns `profile_classes`: how a state of health changed.
pub fn profile_classes() -> Result<RecordBatch> {
    named("profile_classes", 1, Class::ALL.map(Class::name))
}
