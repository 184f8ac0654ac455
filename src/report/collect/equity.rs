//! Groups of one breakdown, and the difference between them.

use super::super::context::{Equity, Figure, Gap, GroupPoint, Slope, SlopePoint};
use super::super::rows::Row;
use super::Page;
use crate::declare::{Group, NOT_STATED};

impl Page<'_> {
    pub(super) fn equity(&self, rows: &[&Row], group: &Group) -> Option<Equity> {
        let period = self.period();
        let here: Vec<&&Row> = rows
            .iter()
            .filter(|row| row.area == self.area && row.period == period && row.group_by == group.id)
            .collect();
        let one = |statistic: &str| here.iter().find(|row| row.statistic == statistic).copied();
        let bands = group.bands.iter().map(|band| (band.id.as_str(), self.text(&band.label)));
        let groups: Vec<GroupPoint> = bands
            .chain([(NOT_STATED, self.text(&group.not_stated))])
            .filter_map(|(id, label)| {
                let row = here.iter().find(|row| row.statistic == "value" && row.group == id)?;
                Some(GroupPoint {
                    id: id.to_owned(),
                    label: label.to_owned(),
                    figure: row.figure.clone(),
                    not_stated: id == NOT_STATED,
                })
            })
            .collect();
        if groups.is_empty() {
            return None;
        }
        let label = |id: &str| groups.iter().find(|group| group.id == id).map(|group| group.label.clone());
        let ends = group.bands.first().zip(group.bands.last()).map(|(first, last)| [first.id.clone(), last.id.clone()]);
        let pair = group.gap.clone().or(ends);
        let gap = one("gap").zip(pair).and_then(|(row, [first, second])| {
            let Figure { value, lower, upper, .. } = row.figure;
            Some(Gap { to_label: label(&first)?, from_label: label(&second)?, value, lower, upper })
        });
        let slope = one("slope_index").map(|row| {
            let ratio = one("relative_index").map(|row| row.figure.clone()).unwrap_or_default();
            let points = fitted(&groups);
            Slope {
                sii: row.figure.value,
                lower: row.figure.lower,
                upper: row.figure.upper,
                rii: ratio.value,
                rii_lower: ratio.lower,
                rii_upper: ratio.upper,
                lack_of_fit: row.figure.value.map(|_| row.band.is_some()),
                groups: points.len(),
                points,
            }
        });
        let why_not = slope.as_ref().filter(|slope| slope.sii.is_none()).and_then(|_| {
            let figure = &one("slope_index")?.figure;
            figure.mark_reason.clone().or_else(|| figure.why_not.clone())
        });
        Some(Equity {
            group_by: group.id.clone(),
            title: self.text(&group.title).to_owned(),
            ordered: group.ordered.is_some(),
            order_note: group.ordered.map(|_| "most disadvantaged first".to_owned()),
            groups,
            gap,
            slope,
            why_not,
        })
    }
}

/// Where the ordered groups stand on the line of the slope: at the middle of their share of the answers.
fn fitted(groups: &[GroupPoint]) -> Vec<SlopePoint> {
    let stated: Vec<(f64, f64)> = groups
        .iter()
        .filter(|group| !group.not_stated)
        .filter_map(|group| Some((group.figure.n? as f64, group.figure.value?)))
        .collect();
    let all: f64 = stated.iter().map(|(n, _)| n).sum();
    let mut below = 0.0;
    stated
        .into_iter()
        .map(|(n, value)| {
            let rank = (below + n / 2.0) / all;
            below += n;
            SlopePoint { rank, value }
        })
        .collect()
}
