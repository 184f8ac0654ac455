//! Who answered an instrument.

use super::super::context::{Answered, AnsweredBy, AnsweredGroup, Count, Share};
use super::super::rows::Row;
use super::Page;
use crate::declare::{Instrument, NOT_STATED};

impl Page<'_> {
    /// The rows of `answered/<instrument>` for the page's area and period.
    fn answers(&self, instrument: &Instrument) -> Vec<&Row> {
        let period = self.period();
        let rows = self.of(&format!("answered/{}", instrument.id), instrument);
        rows.into_iter().filter(|row| row.area == self.area && row.period == period).collect()
    }

    pub(super) fn mode_mix(&self, instrument: &Instrument) -> Vec<Share> {
        let rows = self.answers(instrument);
        let Some(mode) = self.sources.declarations.groups.groups.iter().find(|group| group.column == "mode") else {
            return Vec::new();
        };
        let bands = mode.bands.iter().map(|band| (band.id.as_str(), self.text(&band.label)));
        bands
            .chain([(NOT_STATED, self.text(&mode.not_stated))])
            .filter_map(|(id, label)| {
                let row =
                    rows.iter().find(|row| row.statistic == "value" && row.group_by == mode.id && row.group == id)?;
                Some(Share {
                    label: label.to_owned(),
                    share: row.responders_share,
                    mark: row.figure.mark.clone().filter(|mark| mark == "c"),
                })
            })
            .collect()
    }

    pub(super) fn answered(&self, instrument: &Instrument) -> Option<Answered> {
        let rows = self.answers(instrument);
        let value = |group_by: &str, group: &str, statistic: &str| {
            rows.iter()
                .find(|row| row.group_by == group_by && row.group == group && row.statistic == statistic)
                .copied()
        };
        let all = value("none", "all", "value")?;
        // Where there is no list, only the share of the list is missing; the count stands.
        let hidden = |row: &Row| row.figure.mark.clone().filter(|mark| mark == "c");
        let breakdowns = self.sources.declarations.groups.groups.iter().filter(|group| group.column.starts_with("f_"));
        let breakdowns = breakdowns
            .map(|group| {
                let bands = group.bands.iter().map(|band| (band.id.as_str(), self.text(&band.label)));
                AnsweredBy {
                    title: self.text(&group.title).to_owned(),
                    groups: bands
                        .chain([(NOT_STATED, self.text(&group.not_stated))])
                        .filter_map(|(id, label)| {
                            // Nobody of a group on the list may have answered: it has no count then, and is not left out.
                            let representation = value(&group.id, id, "representation");
                            let row = value(&group.id, id, "value").or(representation)?;
                            Some(AnsweredGroup {
                                label: label.to_owned(),
                                responses: row.figure.n,
                                representation: representation.map(|row| row.figure.clone()).unwrap_or_default(),
                                responder_share: row.responders_share,
                                population_share: value(&group.id, id, "population_share")
                                    .and_then(|row| row.figure.value),
                                per_100: value(&group.id, id, "value")
                                    .and_then(|row| row.figure.value)
                                    .map(|value| value * 100.0),
                                mark: hidden(row),
                                mark_reason: hidden(row).and(row.figure.mark_reason.clone()),
                            })
                        })
                        .collect(),
                }
            })
            .filter(|by: &AnsweredBy| !by.groups.is_empty())
            .collect();
        Some(Answered {
            instrument_title: self.text(&instrument.title).to_owned(),
            responses: Count {
                n: all.figure.n,
                mark: hidden(all),
                mark_reason: hidden(all).and(all.figure.mark_reason.clone()),
            },
            per_100: all.figure.value.map(|value| value * 100.0),
            breakdowns,
            representativeness: self.representativeness(&rows),
            mode_mix: self.mode_mix(instrument),
        })
    }
}
