//! What no single file can tell: whether the declarations fit together.

use std::collections::BTreeMap;

use super::lines::Spot;
use super::load::Loaded;
use super::mistake::Mistake;
use super::text::Text;

mod adjust;
mod among;
mod answered;
mod areas;
mod cell;
mod change;
mod columns;
pub(super) mod contracts;
mod counted;
mod crosswalks;
mod cut_sets;
mod frameworks;
mod groups;
mod instruments;
mod items;
mod ladder;
mod languages;
mod licences;
mod life;
pub(super) mod mapping;
mod outcomes;
mod parts;
mod policies;
mod priorities;
mod reach;
mod register;
mod returns;
mod rules;
mod scales;
mod scores;
pub(super) mod settings;
mod spliced;
mod together;
mod value_sets;
mod versions;

/// Where the checks put what they find.
type Found = Vec<Mistake>;

/// Checks instruments as they are written: before value sets have given them scores, and licences wording.
pub(super) fn as_written(loaded: &Loaded, found: &mut Found) {
    versions::check(loaded, found);
    for source in &loaded.instruments {
        instruments::check(source, loaded, found);
    }
    scores::files(loaded, found);
    value_sets::check(loaded, found);
    licences::check(loaded, found);
}

/// Checks everything else, by the instruments in full.
pub(super) fn all(loaded: &Loaded, found: &mut Found) {
    cut_sets::check(loaded, found);
    outcomes::check(loaded, found);
    if let Some(groups) = &loaded.groups {
        groups::check(groups, loaded, found);
    }
    if let Some(areas) = &loaded.areas {
        areas::check(areas, loaded, found);
    }
    policies::check(loaded, found);
    contracts::check(loaded, found);
    returns::check(loaded, found);
    frameworks::check(loaded, found);
    priorities::check(loaded, found);
    register::check(loaded, found);
}

/// How an id is spelt.
#[derive(Clone, Copy)]
enum Spelling {
    /// Small letters, digits and hyphens, beginning with a letter: names of things that have files, tables or commands.
    Name,
    /// Small letters, digits and underscores, beginning with a letter: parts of column names.
    Column,
    /// Small letters and digits, in words divided by hyphens.
    Words,
}

impl Spelling {
    fn fits(self, id: &str) -> bool {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let begins = id.starts_with(|c: char| c.is_ascii_lowercase());
        match self {
            Spelling::Name => begins && id.chars().all(|c| plain(c) || c == '-'),
            Spelling::Column => begins && id.chars().all(|c| plain(c) || c == '_'),
            Spelling::Words => id.split('-').all(|word| !word.is_empty() && word.chars().all(plain)),
        }
    }

    fn told(self) -> &'static str {
        match self {
            Spelling::Name => "Use small letters, digits and hyphens, beginning with a letter.",
            Spelling::Column => "Use small letters, digits and underscores, beginning with a letter.",
            Spelling::Words => "Use small letters, digits and single hyphens between words.",
        }
    }
}

/// Checks the spelling of an id that stands at `spot`.
fn spelt(spot: &Spot<'_>, id: &str, spelling: Spelling, found: &mut Found) {
    if !spelling.fits(id) {
        found.push(spot.mistake(format!("`{id}` cannot be an id"), spelling.told()));
    }
}

/// Checks the id of a question, an entry or a score: in the names of columns, two underscores stand between two ids.
fn column_part(spot: &Spot<'_>, id: &str, found: &mut Found) {
    if Spelling::Column.fits(id) && (id.contains("__") || id.ends_with('_')) {
        let what = format!("`{id}` cannot be an id: two underscores divide a question from its entry");
        found.push(spot.mistake(what, "Put one underscore between two words, and none at the end."));
    } else {
        spelt(spot, id, Spelling::Column, found);
    }
}

/// Returns a number as a person writes it.
fn plain(number: f64) -> String {
    // Adding zero turns the zero below zero into the other one.
    ((number * 1e6).round() / 1e6 + 0.0).to_string()
}

/// Checks that a required text is not empty.
fn filled(spot: &Spot<'_>, text: &str, found: &mut Found) {
    if text.trim().is_empty() {
        found.push(spot.mistake("this is empty", "Fill it in."));
    }
}

/// Checks a text that a person reads.
fn text(spot: &Spot<'_>, text: &Text, found: &mut Found) {
    if text.0.is_empty() {
        found.push(spot.mistake("there is no text in any language", "Add one, such as `en`."));
    }
    for (language, words) in &text.0 {
        let spot = spot.key(language);
        language_tag(&spot, language, found);
        filled(&spot, words, found);
    }
}

/// Returns whether a word can be a language tag as BCP 47 spells it: a language, then perhaps script, region and variant.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let language = matches!(language.len(), 2 | 3) && language.chars().all(|c| c.is_ascii_lowercase());
    let further = |part: &str| matches!(part.len(), 1..=8) && part.chars().all(|c| c.is_ascii_alphanumeric());
    language && parts.all(further)
}

/// Checks that a word can be a language tag.
fn language_tag(spot: &Spot<'_>, tag: &str, found: &mut Found) {
    if !is_language(tag) {
        let what = format!("`{tag}` is not a language tag");
        found.push(spot.mistake(what, "Use one such as `en`, `cy` or `pt-BR`."));
    }
}

/// Names that may stand only once, with the place where each was first seen.
struct Once<'a> {
    /// What kind of thing the names are names of.
    kind: &'static str,
    mend: &'static str,
    seen: BTreeMap<String, Spot<'a>>,
}

impl<'a> Once<'a> {
    /// Returns an empty set of ids.
    fn ids(kind: &'static str) -> Self {
        Self::new(kind, "Give one of the two another id, or take one out.")
    }

    fn new(kind: &'static str, mend: &'static str) -> Self {
        let seen = BTreeMap::new();
        Self { kind, mend, seen }
    }

    /// Reports a name that was seen before.
    fn add(&mut self, spot: Spot<'a>, name: &str, found: &mut Found) {
        match self.seen.get(name) {
            Some(first) => {
                let what = format!("the {} `{name}` is there already, at {}", self.kind, first.place());
                found.push(spot.mistake(what, self.mend));
            }
            None => {
                self.seen.insert(name.to_owned(), spot);
            }
        }
    }
}

/// Reports names that a list holds twice.
fn no_repeats(spot: &Spot<'_>, key: &str, names: &[String], found: &mut Found) {
    for (index, (entry, name)) in spot.each(key, names).enumerate() {
        if names[..index].contains(name) {
            found.push(entry.mistake(format!("`{name}` is listed twice"), "Take one out."));
        }
    }
}
