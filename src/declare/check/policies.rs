//! Checks of disclosure policies.

use super::super::load::Loaded;
use super::{Found, Once, Spelling, filled, spelt, text};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let mut ids = Once::ids("policy");
    for source in &loaded.policies {
        let (top, policy) = (source.top(), &source.value);
        spelt(&top.key("id"), &policy.id, Spelling::Name, found);
        ids.add(top.key("id"), &policy.id, found);
        if policy.id != source.stem() {
            let what = format!("the id `{}` is not the name of the file", policy.id);
            let mend = format!("Write `id = \"{}\"`, or rename the file.", source.stem());
            found.push(top.key("id").mistake(what, mend));
        }
        text(&top.key("title"), &policy.title, found);
        text(&top.key("note"), &policy.note, found);
        filled(&top.key("source"), &policy.source, found);
        if policy.minimum_n < 0 {
            let what = format!("expected 0 or more, found {}", policy.minimum_n);
            let mend = "Figures from fewer answers than this are hidden; 0 hides nothing.";
            found.push(top.key("minimum_n").mistake(what, mend));
        }
        if policy.for_submission && policy.minimum_n < 1 {
            let what = "a return hides nothing but empty counts";
            found
                .push(top.key("minimum_n").mistake(what, "Set `minimum_n = 1` or more, or take out `for_submission`."));
        }
        if policy.already_published && policy.minimum_n != 0 {
            let what = "data that is published already cannot be hidden";
            let mend = "Set `minimum_n = 0`, or take out `already_published`.";
            found.push(top.key("already_published").mistake(what, mend));
        }
    }
}
