//! Who is missing: how evenly people answered, what the figure of everybody could be, and which groups answer a
//! question differently.

use super::super::context::{Bounds, Differs, Representative};
use super::super::rows::Row;
use super::Page;
use crate::declare::{Group, Instrument, Outcome, Rule, TIMES, Text};

impl Page<'_> {
    /// How evenly people answered, from the rows of `answered/<instrument>`.
    pub(super) fn representativeness(&self, rows: &[&Row]) -> Vec<Representative> {
        let listed = self.sources.declarations.groups.listed();
        let together = listed.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(TIMES);
        let one = |group_by: &str, title: Option<&Text>| {
            let find = |statistic| rows.iter().find(|row| row.group_by == group_by && row.statistic == statistic);
            Some(Representative {
                title: title.map(|title| self.text(title).to_owned()),
                r: find("r_indicator")?.figure.clone(),
                variation: find("response_variation").and_then(|row| row.figure.value),
            })
        };
        let each = listed.iter().filter_map(|group| one(&group.id, Some(&group.title)));
        let together = if listed.len() > 1 { one(&together, None) } else { None };
        together.into_iter().chain(each).collect()
    }

    /// What the share of everybody on the list could be; none where there is no list.
    pub(super) fn bounds(&self, rows: &[&Row]) -> Vec<Bounds> {
        let period = self.period();
        let here = rows.iter().filter(|row| row.area == self.area && row.period == period && row.statistic == "bounds");
        let bounds = here.map(|row| Bounds {
            difference: row.comparator.as_ref().and_then(|difference| difference.parse().ok()),
            lower: row.figure.lower,
            upper: row.figure.upper,
            why_not: row.figure.why_not.clone().filter(|_| row.figure.mark.as_deref() == Some("x")),
        });
        bounds.collect()
    }

    /// The groups that should not be compared on the score of an outcome: class C of differential item functioning.
    pub(super) fn differs(&self, outcome: &Outcome, instrument: &Instrument) -> Vec<Differs> {
        let score = outcome.score.as_ref().map(|score| added_up(instrument, score));
        let Some(score) = score else { return Vec::new() };
        let (measure, period) = (format!("dif/{}/{score}", instrument.id), self.period());
        let found = |group: &Group| {
            let rows = self
                .measured(&measure)
                .filter(|row| row.period == period && row.group_by == group.id && row.signal.is_some());
            let title = |row: &Row| {
                let item = instrument.item(&row.group);
                item.map_or_else(|| row.group.clone(), |item| self.text(item.name()).to_owned())
            };
            let mut items: Vec<String> = rows.map(title).collect();
            // Found on more than one occasion, it is still one question.
            items.sort();
            items.dedup();
            let label = |end: &str| group.bands.iter().find(|band| band.id == end).map(|band| self.text(&band.label));
            let [first, second] = group.ends()?;
            (!items.is_empty()).then_some(Differs {
                group_by: group.id.clone(),
                title: self.text(&group.title).to_owned(),
                first_label: label(first)?.to_owned(),
                second_label: label(second)?.to_owned(),
                items,
            })
        };
        outcome.by.iter().filter_map(|by| found(self.sources.declarations.group(by)?)).collect()
    }
}

/// The score that adds up items, where `score` is looked up in it; itself elsewhere.
fn added_up<'a>(instrument: &'a Instrument, score: &'a str) -> &'a str {
    match instrument.score(score).map(|score| &score.rule) {
        Some(Rule::Lookup { of, .. }) => of,
        _ => score,
    }
}
