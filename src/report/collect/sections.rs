//! The page of every measure: which measures belong to which system, and to which part of a framework.

use super::super::context::{self, Framework, FrameworkPart, Measure, Section};
use super::super::coverage::{self, About};
use super::Page;
use crate::declare::{Outcome, System};

impl Page<'_> {
    /// The systems that have figures here, then what belongs to none.
    pub(super) fn sections(&self, measures: &[Measure], frameworks: &[Framework]) -> Vec<Section> {
        let declarations = self.sources.declarations;
        let mut told = Vec::new();
        let mut sections = Vec::new();
        for system in &declarations.systems {
            let outcomes = declarations.outcomes.iter().filter(|outcome| outcome.second_to.is_none());
            // In the order of the register.
            let mut outcomes: Vec<&Outcome> =
                outcomes.filter(|outcome| system.outcomes.contains(&outcome.id)).collect();
            outcomes.sort_by_key(|outcome| system.outcomes.iter().position(|id| *id == outcome.id));
            let mut section = self.section(&outcomes, measures, &mut told);
            section.frameworks = self.of_frameworks(system, frameworks);
            section.system = Some(context::System {
                id: system.id.clone(),
                title: self.text(&system.title).to_owned(),
                what: self.text(&system.what).to_owned(),
            });
            sections.push(section);
        }
        sections.push(self.section(&coverage::in_no_system(declarations), measures, &mut told));
        sections.retain(|section| !section.measures.is_empty() || !section.elsewhere.is_empty());
        sections
    }

    /// Divides outcomes into measures that are told here, those that were `told` before, and those without figures.
    fn section(&self, outcomes: &[&Outcome], measures: &[Measure], told: &mut Vec<usize>) -> Section {
        let none = || Vec::with_capacity(outcomes.len());
        let mut section =
            Section { system: None, measures: none(), elsewhere: none(), not_here: Vec::new(), frameworks: Vec::new() };
        for outcome in outcomes {
            match place(outcome, measures) {
                None => section.not_here.push(self.text(&outcome.title).to_owned()),
                Some(place) if told.contains(&place) => section.elsewhere.push(place),
                Some(place) => {
                    told.push(place);
                    section.measures.push(place);
                }
            }
        }
        section
    }

    /// Places of the frameworks that a system is about.
    fn of_frameworks(&self, system: &System, frameworks: &[Framework]) -> Vec<usize> {
        let ids: Vec<&String> = self.sources.declarations.frameworks.keys().collect();
        let places = system.frameworks.iter().filter_map(|id| ids.iter().position(|known| *known == id));
        places.filter(|place| *place < frameworks.len()).collect()
    }

    /// Titles of the systems that have no figure here.
    pub(super) fn systems_not_here(&self, sections: &[Section]) -> Vec<String> {
        let shown = |system: &&System| {
            sections.iter().filter_map(|section| section.system.as_ref()).all(|shown| shown.id != system.id)
        };
        // Of a system without an instrument of its own there are no figures to miss.
        let systems = self.sources.declarations.systems.iter().filter(|system| !system.outcomes.is_empty());
        systems.filter(shown).map(|system| format!("{} {}", system.id, self.text(&system.title))).collect()
    }

    /// Every framework, with what measures its parts here.
    pub(super) fn frameworks(&self, measures: &[Measure]) -> Vec<Framework> {
        let coverage = coverage::coverage(self.sources.declarations, None);
        let part = |about: &About<'_>| FrameworkPart {
            title: self.text(&about.part.title).to_owned(),
            questions: about.items.len(),
            measures: about.outcomes.iter().filter_map(|outcome| place(outcome, measures)).collect(),
        };
        let all = coverage.frameworks.iter().map(|(framework, parts)| Framework {
            title: self.text(&framework.title).to_owned(),
            source: framework.source.clone(),
            parts: parts.iter().map(part).collect(),
        });
        all.collect()
    }
}

/// Returns the place of an outcome among the measures of the page.
fn place(outcome: &Outcome, measures: &[Measure]) -> Option<usize> {
    measures.iter().position(|measure| measure.id == outcome.id)
}
