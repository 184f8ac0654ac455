//! Answers to the items of a score by the total of the people who gave them: whether people of two groups who are alike
//! in the total answer an item alike (differential item functioning) is computed from these counts. Only responses with
//! an answer to every item are counted, and only over all areas: how an item works is no matter of a place.

use super::bands::Breakdown;
use super::histogram::{Histograms, Slot};
use super::joint::{self, OVER_ALL_AREAS};
use super::scored::Pass;
use crate::declare::{Declarations, Group, Instrument, Rule, Score, TIMES};
use crate::score::{Scoring, ident, scored_codes};

/// Fewest items that a total says enough with.
const FEWEST_ITEMS: usize = 3;

/// Returns the passes over the responses of one version of an instrument, one for each score that adds up items;
/// `responses` is what they are read from.
pub fn passes(declarations: &Declarations, instrument: &Instrument, responses: &str) -> Vec<Pass> {
    let scoring = Scoring::new(instrument, declarations);
    instrument.scores.iter().filter_map(|score| pass(declarations, instrument, &scoring, score, responses)).collect()
}

fn pass(
    declarations: &Declarations,
    instrument: &Instrument,
    scoring: &Scoring,
    score: &Score,
    responses: &str,
) -> Option<Pass> {
    let (Rule::Sum { items, .. } | Rule::Mean { items, .. }) = &score.rule else { return None };
    let codes = |id: &String| scored_codes(instrument, instrument.item(id)?);
    let codes: Vec<(i8, i8)> = items.iter().map(codes).collect::<Option<_>>()?;
    if items.len() < FEWEST_ITEMS {
        return None;
    }
    let end = |of: fn(&(i8, i8)) -> i8| codes.iter().map(|codes| i16::from(of(codes))).sum::<i16>();
    let (lowest, highest) = (end(|codes| codes.0), end(|codes| codes.1));
    let values: Vec<String> = items.iter().map(|id| ident(&format!("v_{id}"))).collect();
    let total = values.join(" + ");
    let slots = items
        .iter()
        .zip(&codes)
        .map(|(id, (_, high))| Slot::new(format!("dif/{}/{id}", score.id), format!("v_{id}"), *high));
    let slots: Vec<Slot> = slots.collect();
    let (mut columns, mut breakdowns) = (Vec::new(), Vec::new());
    for (group, [first, second]) in declarations
        .groups
        .shared()
        .filter(|group| declarations.counts_by(&group.id, &instrument.id))
        .filter_map(|group| Some((group, group.ends()?)))
    {
        let totals = |band: &str| (lowest..=highest).map(|total| format!("{band}{TIMES}{total}")).collect::<Vec<_>>();
        let bands = [totals(first), totals(second)].concat();
        if i16::try_from(bands.len()).is_err() {
            continue;
        }
        let column = format!("g_{}", group.id);
        let width = bands.len() / 2;
        columns.push(format!(
            "CAST({} * {width} + {total} - {lowest} AS SMALLINT) AS {}",
            side(group, [first, second])?,
            ident(&column)
        ));
        breakdowns.push(Breakdown::by_number(group.id.clone(), &column, bands));
    }
    columns.extend(values.iter().map(|value| format!("CAST({value} AS TINYINT) AS {value}")));
    let histograms = Histograms::new(instrument.main_root, slots, Vec::new(), breakdowns, false);
    let sql = format!(
        "SELECT {}, {}\nFROM {}\nWHERE {total} IS NOT NULL",
        joint::keys(OVER_ALL_AREAS),
        columns.join(", "),
        scoring.needed(&values).select(responses)
    );
    Some(Pass { part: format!("dif/{}", score.id), histograms, sql })
}

/// Returns SQL for 0 in the first of two bands, 1 in the second and null elsewhere.
fn side(group: &Group, ends: [&str; 2]) -> Option<String> {
    let place = |end: &str| group.bands.iter().position(|band| band.id == end);
    let [first, second] = [place(ends[0])?, place(ends[1])?];
    Some(format!("CASE {} WHEN {first} THEN 0 WHEN {second} THEN 1 END", joint::band_number(group)))
}
