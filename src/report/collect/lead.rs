//! What a page shows, in which order: what a community wants first on the board page, every system on the page of every measure.

use std::collections::BTreeSet;

use super::super::context::{Measure, Paper, Priorities, PriorityLine};
use super::super::coverage;
use super::super::rows::Row;
use super::{Page, Sources, day, used};
use crate::declare::{self, EVERYTHING, Outcome};

impl<'a> Page<'a> {
    /// The main outcomes that the page shows, in their order.
    pub(super) fn outcomes(&self) -> Vec<&'a Outcome> {
        let declarations = self.sources.declarations;
        let main = || declarations.outcomes.iter().filter(|outcome| outcome.second_to.is_none());
        let named = |id: &str| main().find(|outcome| outcome.id == id);
        match (self.paper, self.first) {
            (Paper::Board, Some(set)) => set.in_order().iter().filter_map(|first| named(&first.outcome)).collect(),
            (Paper::Board, None) => main().collect(),
            (Paper::Annex, _) => {
                let mut seen = BTreeSet::new();
                let systems = declarations.systems.iter().flat_map(|system| &system.outcomes);
                let of_systems = systems.filter_map(|id| named(id)).filter(|outcome| seen.insert(&*outcome.id));
                let mut all: Vec<&Outcome> = of_systems.collect();
                all.extend(coverage::in_no_system(declarations));
                all
            }
        }
    }

    /// What the page says of the priorities that its order comes from, given its measures.
    pub(super) fn priorities(&self, measures: &[Measure]) -> Option<Priorities> {
        let set = self.first?;
        let order = set.in_order();
        let of = |id: &str| order.iter().find(|first| first.outcome == id);
        let shown = |id: &str| measures.iter().any(|measure| measure.id == id);
        let title = |outcome: &Outcome| self.text(&outcome.title).to_owned();
        let outcomes = self.outcomes();
        let not_here = outcomes.iter().filter(|outcome| !shown(&outcome.id)).map(|outcome| title(outcome));
        let main = self.sources.declarations.outcomes.iter().filter(|outcome| outcome.second_to.is_none());
        let others = main.filter(|outcome| of(&outcome.id).is_none() && self.has_figures(&outcome.id)).map(title);
        let lines = measures.iter().filter_map(|measure| of(&measure.id));
        Some(Priorities {
            title: self.text(&set.title).to_owned(),
            set_by: self.text(&set.set_by).to_owned(),
            set_for: self.set_for(set),
            weighted: order.windows(2).any(|two| two.first().map(|one| one.weight) != two.last().map(|one| one.weight)),
            lines: lines
                .map(|first| PriorityLine {
                    weight: first.weight,
                    why: first.why.as_ref().map(|why| self.text(why).to_owned()),
                })
                .collect(),
            not_here: not_here.collect(),
            others: others.collect(),
        })
    }

    /// Names of the areas that priorities were set for, where the page's area is none of them.
    fn set_for(&self, set: &declare::Priorities) -> Option<String> {
        let named = |area: &String| match self.sources.areas.name(area) {
            Some((name, _)) => name.to_owned(),
            None if area == EVERYTHING => self.text(&self.sources.settings.name).to_owned(),
            None => area.clone(),
        };
        let inherited = set.areas.iter().all(|area| area != self.area);
        inherited.then(|| set.areas.iter().map(named).collect::<Vec<_>>().join(", "))
    }

    fn has_figures(&self, measure: &str) -> bool {
        self.measured(measure).any(|row| row.area == self.area)
    }
}

/// Returns the priorities that were set for an area, or for the nearest area around it that has some.
pub(super) fn first<'a>(sources: &Sources<'a>, rows: &[Row], area: &str) -> Option<&'a declare::Priorities> {
    let all = &sources.declarations.priorities;
    if all.is_empty() {
        return None;
    }
    let used = used(rows);
    let around = |area: &str| match area {
        EVERYTHING => BTreeSet::from([EVERYTHING.to_owned()]),
        area => sources.areas.around(sources.declarations, &used, day(rows), area),
    };
    let here = around(area);
    let with = all.iter().flat_map(|set| set.areas.iter().map(move |area| (set, area)));
    let mut near: Option<(usize, &declare::Priorities)> = None;
    for (set, area) in with.filter(|(_, area)| here.contains(*area)) {
        // Of two areas around this one, the nearer lies in more areas itself; of two that are equally near, the first one counts.
        let depth = around(area).len();
        if near.is_none_or(|(nearest, _)| nearest < depth) {
            near = Some((depth, set));
        }
    }
    near.map(|(_, set)| set)
}
