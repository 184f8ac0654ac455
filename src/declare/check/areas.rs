//! Checks of the levels of areas.

use super::super::area::{AreaFile, EVERYTHING};
use super::super::load::Loaded;
use super::super::read::Source;
use super::{Found, Once, Spelling, spelt, text};

pub(super) fn check(source: &Source<AreaFile>, loaded: &Loaded, found: &mut Found) {
    let (top, levels) = (source.top(), &source.value.levels);
    let mut ids = Once::ids("level");
    for (spot, level) in top.each("levels", levels) {
        let id = spot.key("id");
        spelt(&id, &level.id, Spelling::Name, found);
        if level.id == EVERYTHING {
            let what = format!("`{EVERYTHING}` is the level of everything that landed");
            found.push(id.mistake(what, "Give the level another id."));
        }
        ids.add(id, &level.id, found);
        text(&spot.key("title"), &level.title, found);
        text(&spot.key("plural"), &level.plural, found);
    }
    let mut missing = Vec::new();
    for instrument in &loaded.instruments {
        let root = instrument.value.main_root;
        if levels.iter().all(|level| level.root != root) && !missing.contains(&root) {
            missing.push(root);
            let column = root.column();
            let what = format!("no level has the root `{column}`");
            let mend = format!(
                "Add a level with `root = \"{column}\"`: the instrument `{}` is mainly looked at by it.",
                instrument.value.id
            );
            found.push(top.key("levels").mistake(what, mend));
        }
    }
}
