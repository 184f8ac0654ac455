//! Checks of priorities.

use super::super::load::Loaded;
use super::super::priority::Priorities;
use super::super::read::Source;
use super::register::main_outcome;
use super::{Found, Once, Spelling, filled, no_repeats, plain, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let mut areas = Once::new("area", "An area has one order of its own: take it out of one of the two files.");
    for source in &loaded.priorities {
        let (top, priorities) = (source.top(), &source.value);
        spelt(&top.key("id"), &priorities.id, Spelling::Name, found);
        if priorities.id != source.stem() {
            let what = format!("the id `{}` is not the name of the file", priorities.id);
            let mend = format!("Write `id = \"{}\"`, or rename the file.", source.stem());
            found.push(top.key("id").mistake(what, mend));
        }
        text(&top.key("title"), &priorities.title, found);
        text(&top.key("set_by"), &priorities.set_by, found);
        no_repeats(&top, "areas", &priorities.areas, found);
        if priorities.areas.is_empty() {
            let mend = "Name at least one by its code; `all` is everything.";
            found.push(top.key("areas").mistake("the priorities hold for no area", mend));
        }
        for (at, (spot, area)) in top.each("areas", &priorities.areas).enumerate() {
            filled(&spot, area, found);
            // Twice in one list is told above.
            if !priorities.areas.iter().take(at).any(|before| before == area) {
                areas.add(spot, area, found);
            }
        }
        outcomes(source, loaded, found);
    }
}

fn outcomes(source: &Source<Priorities>, loaded: &Loaded, found: &mut Found) {
    let (top, priorities) = (source.top(), &source.value.priorities);
    if priorities.is_empty() {
        let mend = "Add at least one outcome with its weight under `[[priorities]]`.";
        found.push(top.key("priorities").mistake("there is no priority", mend));
    }
    let mut once = Once::new("outcome", "Keep one of the two, with the weight that holds.");
    for (spot, priority) in top.each("priorities", priorities) {
        let id = spot.key("outcome");
        main_outcome(&id, &priority.outcome, loaded, found);
        once.add(id, &priority.outcome, found);
        if !(priority.weight > 0.0 && priority.weight.is_finite()) {
            let what = format!("expected a number above 0, found {}", plain(priority.weight));
            let mend = "The largest comes first; what has no weight is left out.";
            found.push(spot.key("weight").mistake(what, mend));
        }
        if let Some(why) = &priority.why {
            text(&spot.key("why"), why, found);
        }
    }
}
