//! Checks of the settings of a workspace.

use super::super::Declarations;
use super::super::mistake::choose;
use super::super::read::Source;
use super::super::workspace::Settings;
use super::{Found, filled, language_tag, text};

pub(in super::super) fn check(source: &Source<Settings>, declarations: &Declarations, found: &mut Found) {
    let (top, settings) = (source.top(), &source.value);
    text(&top.key("name"), &settings.name, found);
    filled(&top.key("store"), &settings.store, found);
    if let Some(file) = &settings.key_file {
        filled(&top.key("key_file"), file, found);
    }
    language_tag(&top.key("language"), &settings.language, found);
    if declarations.policies.get(&settings.policy).is_some_and(|policy| policy.for_submission) {
        let what = format!("the policy `{}` is for returns: figures of few answers would be shown", settings.policy);
        let others = declarations.policies.values().filter(|policy| !policy.for_submission);
        found.push(
            top.key("policy").mistake(what, super::super::mistake::one_of(others.map(|policy| policy.id.as_str()))),
        );
    }
    if !declarations.policies.contains_key(&settings.policy) {
        let what = format!("there is no disclosure policy `{}`", settings.policy);
        let known = declarations.policies.keys().map(String::as_str);
        found.push(top.key("policy").mistake(what, choose(&settings.policy, known)));
    }
    if settings.time_zone.parse::<chrono_tz::Tz>().is_err() {
        let what = format!("there is no time zone `{}`", settings.time_zone);
        let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let mend = match super::super::did_you_mean(&settings.time_zone, known) {
            Some(meant) => format!("Did you mean `{meant}`?"),
            None => "Use a name such as `Europe/London`.".into(),
        };
        found.push(top.key("time_zone").mistake(what, mend));
    }
    // The salt itself is not printed: whoever has it can work out which source record a response came from.
    let hex = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
    if settings.salt.len() != 64 || !settings.salt.chars().all(hex) {
        let what = "expected 64 characters out of 0 to 9 and a to f";
        let mend =
            "Put back the salt that `tellonce init` made: with another one, answers that landed before land again.";
        found.push(top.key("salt").mistake(what, mend));
    }
}
