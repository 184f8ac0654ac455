//! Checks of frameworks, and of what questions say they are about.

use super::super::load::Loaded;
use super::super::mistake::choose;
use super::{Found, Once, Spelling, filled, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    for source in &loaded.frameworks {
        let (top, framework) = (source.top(), &source.value);
        spelt(&top.key("id"), &framework.id, Spelling::Words, found);
        if framework.id != source.stem() {
            let what = format!("the id `{}` is not the name of the file", framework.id);
            let mend = format!("Write `id = \"{}\"`, or rename the file.", source.stem());
            found.push(top.key("id").mistake(what, mend));
        }
        text(&top.key("title"), &framework.title, found);
        filled(&top.key("source"), &framework.source, found);
        if framework.parts.is_empty() {
            found.push(top.key("parts").mistake("the framework has no parts", "Add at least one under `[[parts]]`."));
        }
        let mut ids = Once::ids("part");
        for (spot, part) in top.each("parts", &framework.parts) {
            spelt(&spot.key("id"), &part.id, Spelling::Words, found);
            ids.add(spot.key("id"), &part.id, found);
            text(&spot.key("title"), &part.title, found);
        }
    }
    tags(loaded, found);
}

/// What questions are about: a part of a framework that there is.
fn tags(loaded: &Loaded, found: &mut Found) {
    let frameworks = || loaded.frameworks.iter().map(|source| &source.value);
    for source in &loaded.instruments {
        for (spot, item) in source.top().each("items", &source.value.items) {
            for (spot, tag) in spot.each("maps_to", &item.maps_to) {
                // What is not spelt so is told with the question.
                let Some((name, part)) = tag.split_once('/') else { continue };
                let Some(framework) = frameworks().find(|framework| framework.id == name) else {
                    if !loaded.misses_frameworks() {
                        let known = frameworks().map(|framework| framework.id.as_str());
                        found.push(spot.mistake(format!("there is no framework `{name}`"), choose(name, known)));
                    }
                    continue;
                };
                if framework.parts.iter().all(|known| known.id != part) {
                    let known = framework.parts.iter().map(|part| part.id.as_str());
                    found.push(spot.mistake(format!("`{name}` has no part `{part}`"), choose(part, known)));
                }
            }
        }
    }
}
