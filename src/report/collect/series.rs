//! Months and areas of a measure.

use std::collections::BTreeMap;

use super::super::context::{AreaPoint, Comparison, Series, SeriesPoint};
use super::super::rows::Row;
use super::Page;
use crate::declare::{Instrument, Outcome};
use crate::period::month_start;

/// Fewer months than these make trial limits (Making Data Count).
const TRIAL: usize = 12;

impl Page<'_> {
    pub(super) fn series(&self, rows: &[&Row]) -> Option<Series> {
        self.charted(rows, "none", ["value", "xmr"])
    }

    /// The months of everybody's figures, or of the gaps of a breakdown, with their limits: both by the names of their statistics.
    pub(super) fn charted(&self, rows: &[&Row], group_by: &str, [figures, limits]: [&str; 2]) -> Option<Series> {
        let mut months: BTreeMap<&str, (&Row, Option<&Row>)> = BTreeMap::new();
        let here = || {
            rows.iter()
                .filter(|row| row.area == self.area && row.group_by == group_by && month_start(&row.period).is_some())
        };
        for row in here().filter(|row| row.statistic == figures) {
            months.insert(&row.period, (row, None));
        }
        for row in here().filter(|row| row.statistic == limits) {
            if let Some((_, limits)) = months.get_mut(row.period.as_str()) {
                *limits = Some(row);
            }
        }
        if months.len() < 2 {
            return None;
        }
        let points: Vec<SeriesPoint> =
            months.iter().map(|(period, (row, limits))| point(period, row, *limits)).collect();
        let last = months.values().rev().find_map(|(_, limits)| *limits);
        let limits = last.map(|row| &row.figure);
        let (centre, lower, upper) =
            limits.map_or((None, None, None), |figure| (figure.value, figure.lower, figure.upper));
        // Near limits stand two thirds of the way from the centre to the limits.
        let near = |limit: Option<f64>| Some(centre? + (limit? - centre?) * 2.0 / 3.0);
        Some(Series {
            trial: points.len() < TRIAL,
            points,
            centre,
            lower,
            upper,
            near_lower: near(lower),
            near_upper: near(upper),
            assurance: last.and_then(|row| row.comparator.clone()),
            screened: true,
            why_not: match (last, centre) {
                (Some(row), None) => row.figure.mark_reason.clone(),
                _ => None,
            },
        })
    }

    /// The areas of each level; `adjusted` are their figures adjusted for case mix, by which they are compared where the outcome says so.
    pub(super) fn comparisons(
        &self,
        rows: &[&Row],
        adjusted: &[&Row],
        outcome: &Outcome,
        instrument: &Instrument,
    ) -> Vec<Comparison> {
        let period = self.period();
        let adjusts = !outcome.adjust_for.is_empty();
        let compared = if adjusts { adjusted } else { rows };
        let levels = self.sources.declarations.areas.levels.iter().filter(|level| level.root == instrument.main_root);
        let mut all = Vec::new();
        for level in levels.rev() {
            let here: Vec<&&Row> = rows
                .iter()
                .filter(|row| row.area_level == level.id && row.period == period && row.group_by == "none")
                .filter(|row| row.area != self.area && self.inside.contains(&row.area))
                .collect();
            let comparable = || {
                compared
                    .iter()
                    .filter(|row| row.area_level == level.id && row.period == period && row.group_by == "none")
            };
            let of = |statistic: &str, area: &str| {
                comparable().find(|row| row.statistic == statistic && row.area == area).copied()
            };
            let mut points: Vec<AreaPoint> = here
                .iter()
                .filter(|row| row.statistic == "value")
                .map(|row| {
                    let (wide, narrow) = (of("funnel", &row.area), of("funnel_95", &row.area));
                    AreaPoint {
                        code: row.area.clone(),
                        name: self
                            .sources
                            .areas
                            .name(&row.area)
                            .map_or_else(|| row.area.clone(), |(name, _)| name.to_owned()),
                        figure: row.figure.clone(),
                        lower95: narrow.and_then(|row| row.figure.lower),
                        upper95: narrow.and_then(|row| row.figure.upper),
                        lower998: wide.and_then(|row| row.figure.lower),
                        upper998: wide.and_then(|row| row.figure.upper),
                        band: wide.and_then(|row| row.band.clone()),
                        adjusted: adjusts.then(|| {
                            Box::new(of("value", &row.area).map(|row| row.figure.clone()).unwrap_or_default())
                        }),
                        reliability: of("reliability", &row.area).and_then(|row| row.figure.value),
                        remains: wide.is_some_and(|row| row.signal.as_deref() == Some("fdr")),
                    }
                })
                .collect();
            if points.len() < 2 {
                continue;
            }
            points.sort_by(|one, two| (&one.name, &one.code).cmp(&(&two.name, &two.code)));
            let hidden = points.iter().filter(|point| point.figure.value.is_none()).count();
            all.push(Comparison {
                level: level.id.clone(),
                level_title: self.text(&level.plural).to_owned(),
                target: comparable()
                    .filter(|row| row.statistic == "funnel" && self.inside.contains(&row.area))
                    .find_map(|row| row.figure.value),
                adjusted_for: adjusts.then(|| self.adjusted_for(outcome)),
                shown: points.len() - hidden,
                hidden,
                points,
            });
        }
        all
    }
}

impl Page<'_> {
    /// What an outcome is adjusted for, in words.
    fn adjusted_for(&self, outcome: &Outcome) -> String {
        let title = |id: &String| {
            let group = self.sources.declarations.group(id);
            group.map_or_else(|| id.replace('_', " "), |group| self.text(&group.title).to_owned())
        };
        outcome.adjust_for.iter().map(title).collect::<Vec<_>>().join("; ")
    }
}

fn point(period: &str, row: &Row, limits: Option<&Row>) -> SeriesPoint {
    let label = month_start(period).map_or_else(|| period.to_owned(), |month| month.format("%b %Y").to_string());
    let rule = limits.and_then(|limits| limits.signal.as_deref()).map(|signal| {
        let rule = signal.trim_end_matches("_high").trim_end_matches("_low");
        rule.replace('_', "-")
    });
    SeriesPoint {
        period: period.to_owned(),
        label,
        value: row.figure.value,
        lower: row.figure.lower,
        upper: row.figure.upper,
        n: row.figure.n,
        mark: row.figure.mark.clone(),
        signal: rule,
        variation: limits.and_then(|limits| limits.band.clone()),
    }
}
