//! Two groups at a time, and the need of areas.

use super::super::context::{Crossed, CrossedCell, CrossedRow, InverseCare};
use super::super::rows::Row;
use super::Page;
use crate::declare::{Group, Instrument, NOT_STATED, Outcome, Pair, TIMES};

impl Page<'_> {
    /// Everybody in a band of each of two groups, in the order in which the bands are declared.
    pub(super) fn crossed(&self, rows: &[&Row], pair: &Pair, [first, second]: [&Group; 2]) -> Option<Crossed> {
        let (period, id) = (self.period(), pair.id());
        let here: Vec<&&Row> =
            rows.iter().filter(|row| row.area == self.area && row.period == period && row.group_by == id).collect();
        let bands = |group: &Group| -> Vec<(String, String)> {
            let declared = group.bands.iter().map(|band| (band.id.clone(), self.text(&band.label).to_owned()));
            declared.chain([(NOT_STATED.to_owned(), self.text(&group.not_stated).to_owned())]).collect()
        };
        let columns = bands(second);
        let cell = |of_first: &str, (of_second, label): &(String, String)| {
            let both = format!("{of_first}{TIMES}{of_second}");
            let one = |statistic: &str| here.iter().find(|row| row.statistic == statistic && row.group == both);
            Some(CrossedCell {
                label: label.clone(),
                measured: one("value")?.figure.clone(),
                drawn: one("intersection").map(|row| row.figure.clone()),
                expected: one("intersection_expected").and_then(|row| row.figure.value),
            })
        };
        let row = |(of_first, label): (String, String)| {
            let cells: Vec<CrossedCell> = columns.iter().filter_map(|column| cell(&of_first, column)).collect();
            (!cells.is_empty()).then_some(CrossedRow { label, cells })
        };
        let rows: Vec<CrossedRow> = bands(first).into_iter().filter_map(row).collect();
        let [first_title, second_title] = [first, second].map(|group| self.text(&group.title).to_owned());
        (!rows.is_empty()).then_some(Crossed { first_title, second_title, rows })
    }

    /// The outcome over the need of the smallest areas, where it names one.
    pub(super) fn inverse_care(
        &self,
        outcome: &Outcome,
        rows: &[&Row],
        instrument: &Instrument,
    ) -> Option<InverseCare> {
        let declarations = self.sources.declarations;
        let (need, period) = (outcome.need.as_ref()?, self.period());
        let row = rows.iter().find(|row| {
            row.area == self.area
                && row.period == period
                && row.statistic == "inverse_care"
                && row.comparator.as_ref() == Some(need)
        })?;
        let title = match declarations.group(need) {
            Some(group) => &group.title,
            None => &declarations.outcomes.iter().find(|outcome| outcome.id == *need)?.title,
        };
        let level = declarations.areas.levels.iter().find(|level| level.root == instrument.main_root)?;
        Some(InverseCare {
            need: self.text(title).to_owned(),
            areas: self.text(&level.plural).to_owned(),
            figure: row.figure.clone(),
        })
    }
}
