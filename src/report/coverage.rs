//! What is measured of what the sources ask for: the register of systems, and the parts of frameworks.

use std::collections::{BTreeMap, BTreeSet};

use crate::declare::{Declarations, Framework, FrameworkPart, Item, Outcome, System};

/// Published rows of each measure of a run: how many there are, and how many of them are shown.
pub type Rows = BTreeMap<String, [usize; 2]>;

/// What is measured and what is not.
#[derive(Debug)]
pub struct Coverage<'a> {
    /// The systems, in the order of the register.
    pub systems: Vec<Covered<'a>>,
    /// The frameworks, in the order of their names, each with its parts.
    pub frameworks: Vec<(&'a Framework, Vec<About<'a>>)>,
    /// Main outcomes that belong to no system.
    pub in_no_system: Vec<&'a Outcome>,
}

/// A system, and what was computed for it.
#[derive(Debug)]
pub struct Covered<'a> {
    /// The system.
    pub system: &'a System,
    /// Rows of its outcomes and their second figures, and how many of them are shown; none where nothing was measured yet.
    pub rows: Option<[usize; 2]>,
}

/// What is about a part of a framework.
#[derive(Debug)]
pub struct About<'a> {
    /// The part.
    pub part: &'a FrameworkPart,
    /// Questions, each with its instrument.
    pub items: Vec<(&'a str, &'a Item)>,
    /// Main outcomes that are made of these questions.
    pub outcomes: Vec<&'a Outcome>,
}

/// Sets the declarations beside the rows of a run; `rows` is none where nothing was measured yet.
pub fn coverage<'a>(declarations: &'a Declarations, rows: Option<&Rows>) -> Coverage<'a> {
    let covered = |system: &'a System| Covered { system, rows: rows.map(|rows| of_system(system, declarations, rows)) };
    let about = |framework: &'a Framework, part: &'a FrameworkPart| About {
        part,
        items: declarations.items_about(&framework.id, &part.id),
        outcomes: declarations.outcomes_about(&framework.id, &part.id),
    };
    let parts = |framework: &'a Framework| framework.parts.iter().map(|part| about(framework, part)).collect();
    Coverage {
        systems: declarations.systems.iter().map(covered).collect(),
        frameworks: declarations.frameworks.values().map(|framework| (framework, parts(framework))).collect(),
        in_no_system: in_no_system(declarations),
    }
}

/// Returns the main outcomes that no system names, in the order of their files.
pub fn in_no_system(declarations: &Declarations) -> Vec<&Outcome> {
    let named: BTreeSet<&String> = declarations.systems.iter().flat_map(|system| &system.outcomes).collect();
    let main = declarations.outcomes.iter().filter(|outcome| outcome.second_to.is_none());
    main.filter(|outcome| !named.contains(&outcome.id)).collect()
}

fn of_system(system: &System, declarations: &Declarations, rows: &Rows) -> [usize; 2] {
    let belongs = |outcome: &&Outcome| system.outcomes.contains(outcome.second_to.as_ref().unwrap_or(&outcome.id));
    let counts = declarations.outcomes.iter().filter(belongs).filter_map(|outcome| rows.get(&outcome.id));
    counts.fold([0, 0], |[all, shown], count| [all + count[0], shown + count[1]])
}
