//! Checks of the files of an instrument's versions: their names, and what they hold in the same columns.

use std::collections::BTreeMap;

use super::super::instrument::{Holds, Instrument};
use super::super::load::Loaded;
use super::super::read::Source;
use super::{Found, Once, Spelling, spelt};

pub(super) fn check(loaded: &Loaded, found: &mut Found) {
    let mut ids = Once::ids("instrument");
    let mut versions = Once::new("version", "Give one of the two another version, or take one out.");
    let mut columns = BTreeMap::new();
    for source in &loaded.instruments {
        let (top, instrument) = (source.top(), &source.value);
        spelt(&top.key("id"), &instrument.id, Spelling::Name, found);
        let before = found.len();
        match source.stem().split_once('@') {
            None => {
                if instrument.id != source.stem() {
                    let what = format!("the id `{}` is not the name of the file", instrument.id);
                    let mend = format!("Write `id = \"{}\"`, or rename the file.", source.stem());
                    found.push(top.key("id").mistake(what, mend));
                }
                ids.add(top.key("id"), &instrument.id, found);
            }
            Some((id, version)) => earlier(source, id, version, loaded, found),
        }
        if found.len() == before {
            versions.add(top.key("version"), &format!("{}@{}", instrument.id, instrument.version), found);
            kinds(source, &mut columns, found);
        }
    }
}

/// An earlier version: its file is called after the instrument and the version.
fn earlier(source: &Source<Instrument>, id: &str, version: &str, loaded: &Loaded, found: &mut Found) {
    let (top, instrument) = (source.top(), &source.value);
    for (key, part, written, side) in
        [("id", id, &instrument.id, "before"), ("version", version, &instrument.version, "after")]
    {
        if part != written {
            let what = format!("the {key} `{written}` is not the part of the file's name {side} `@`");
            found.push(top.key(key).mistake(what, format!("Write `{key} = \"{part}\"`, or rename the file.")));
        }
    }
    if loaded.current(id).is_none() && !loaded.is_unread(id) {
        let what = format!("there is no file of the version of `{id}` that is in use");
        let mend = format!("Add measures/instruments/{id}.toml, or give this file that name.");
        found.push(top.key("version").mistake(what, mend));
    }
}

/// The kind of each column of an instrument, and the first version that has it.
type Kinds<'a> = BTreeMap<(&'a str, String), (Holds, &'a str)>;

/// All versions of an instrument share their columns, and one column holds one kind of value.
fn kinds<'a>(source: &'a Source<Instrument>, known: &mut Kinds<'a>, found: &mut Found) {
    let instrument = &source.value;
    for (column, holds) in instrument.columns() {
        let key = (instrument.id.as_str(), column.clone());
        let (first, version) = *known.entry(key).or_insert((holds, &instrument.version));
        if first == holds {
            continue;
        }
        let item = column.strip_prefix("i_").and_then(|name| name.split("__").next()).unwrap_or_default();
        let spot = source.top().each("items", &instrument.items).find(|(_, of)| of.id == item);
        let spot = spot.map_or(source.top(), |(spot, _)| spot.key("kind"));
        let what =
            format!("the column `{column}` holds {} here, and {} in the version `{version}`", told(holds), told(first));
        found.push(
            spot.mistake(what, "One column holds one kind of value: give the question another id in one of the two."),
        );
    }
}

fn told(holds: Holds) -> &'static str {
    match holds {
        Holds::Code => "codes",
        Holds::Number => "numbers",
        Holds::Day => "days",
        Holds::Covariate => "covariates",
        Holds::Weight => "weights",
    }
}
