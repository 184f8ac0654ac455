//! Responses counted by several groups at once: whether those who answered are like the lists, and whether the two ends
//! of a gap were answered by the same kinds of people. Only responses are counted, so that the cube stays small.

use super::bands::Breakdown;
use super::histogram::{Histograms, Slot};
use super::scored::Pass;
use crate::declare::{Band, Declarations, Group, Instrument, TIMES};
use crate::score::{ident, literal};

/// Item under which responses are counted by every group that the lists know, over all areas.
pub const LISTED: &str = "responses/listed";
/// Item under which responses are counted by a group and the one that it must overlap in.
pub const OVERLAP: &str = "responses/overlap";

/// Column of the passes with the number of the cell.
const CELL: &str = "cell";
/// Column of the passes that is counted.
const ONE: &str = "one";
/// The keys of a response.
const KEYS: [&str; 4] = ["instrument_version", "occasion", "submitted_on", "date_precision"];
/// Its areas.
const AREAS: [&str; 3] = ["practice", "home", "service"];

/// Returns the passes over the responses of one version of an instrument; `responses` is what they are read from.
pub fn passes(declarations: &Declarations, instrument: &Instrument, responses: &str) -> Vec<Pass> {
    let groups = &declarations.groups;
    let listed = groups.listed();
    // One group by itself is a breakdown of the cube already.
    let mut passes: Vec<Pass> = (listed.len() > 1)
        .then(|| pass(instrument, responses, LISTED, &listed, OVER_ALL_AREAS))
        .flatten()
        .into_iter()
        .collect();
    for group in &groups.groups {
        let other = group.overlap.as_ref().and_then(|id| groups.groups.iter().find(|other| other.id == *id));
        let Some(other) = other else { continue };
        let mut pair = [group, other];
        pair.sort_by(|one, two| one.id.cmp(&two.id));
        passes.extend(pass(instrument, responses, OVERLAP, &pair, None));
    }
    passes
}

/// What stands in the place of each area where responses are counted over all of them.
pub(super) const OVER_ALL_AREAS: Option<&str> = Some("CAST(NULL AS VARCHAR)");

/// Returns SQL for the keys and areas of a response; `area` takes the place of each area.
pub(super) fn keys(area: Option<&str>) -> String {
    let areas = AREAS.map(|root| area.map_or_else(|| ident(root), |area| format!("{area} AS {}", ident(root))));
    KEYS.iter().map(|key| ident(key)).chain(areas).collect::<Vec<_>>().join(", ")
}

/// Counts responses by `groups` at once, in the order given; none where there are more cells than a small whole number
/// can tell apart.
fn pass(instrument: &Instrument, responses: &str, item: &str, groups: &[&Group], area: Option<&str>) -> Option<Pass> {
    let mut cells = vec![String::new()];
    let mut number = String::from("0");
    for group in groups {
        let join = |cell: &String, band: &Band| match cell.as_str() {
            "" => band.id.clone(),
            cell => format!("{cell}{TIMES}{}", band.id),
        };
        cells = cells.iter().flat_map(|cell| group.bands.iter().map(move |band| join(cell, band))).collect();
        // A response outside every band of one group is null, and so in no cell.
        number = format!("({number}) * {} + {}", group.bands.len(), band_number(group));
    }
    i16::try_from(cells.len()).ok()?;
    let name = groups.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(TIMES);
    let slot = Slot::new(item.to_owned(), ONE.to_owned(), 0);
    let part = format!("{item}/{name}");
    let breakdown = Breakdown::by_number(name, CELL, cells);
    let histograms = Histograms::new(instrument.main_root, vec![slot], Vec::new(), vec![breakdown], false);
    let sql = format!(
        "SELECT {}, CAST({number} AS SMALLINT) AS {}, CAST(0 AS TINYINT) AS {}\nFROM {responses}",
        keys(area),
        ident(CELL),
        ident(ONE)
    );
    Some(Pass { part, histograms, sql })
}

/// Returns SQL for the number of a group's band, from 0 on; null outside every band.
pub(super) fn band_number(group: &Group) -> String {
    band_number_of(group, &ident(&group.column))
}

/// Returns the same where `column` stands in the place of the group's own.
pub(super) fn band_number_of(group: &Group, column: &str) -> String {
    let when = |(at, band): (usize, &Band)| match (band.from, band.to) {
        (Some(from), Some(to)) => format!("WHEN {column} BETWEEN {from} AND {to} THEN {at}"),
        _ if group.instrument.is_some() => {
            let codes: Vec<String> = band.codes.iter().map(i8::to_string).collect();
            format!("WHEN {column} IN ({}) THEN {at}", codes.join(", "))
        }
        _ => {
            let values: Vec<String> = band.values.iter().map(|value| literal(value)).collect();
            format!("WHEN {column} IN ({}) THEN {at}", values.join(", "))
        }
    };
    let cases: Vec<String> = group.bands.iter().enumerate().map(when).collect();
    format!("CASE {} END", cases.join(" "))
}
