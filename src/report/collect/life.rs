//! Years of life in good health, from their rows.

use super::super::context::{Figure, HealthyLife, LifeBand, LifeBy, LifeGap};
use super::super::rows::Row;
use super::Page;
use crate::declare::{Group, Outcome};

const HEALTHY: &str = "healthy_life_expectancy";
const LIFE: &str = "life_expectancy";

impl Page<'_> {
    /// The years from each age on that the outcome names; none where there is no life table of the area.
    pub(super) fn healthy_life(&self, outcome: &Outcome, rows: &[&Row]) -> Vec<HealthyLife> {
        let Some(life) = &outcome.life_expectancy else { return Vec::new() };
        let period = self.period();
        let here: Vec<&Row> =
            rows.iter().copied().filter(|row| row.area == self.area && row.period == period).collect();
        let of_age = |age: &u8| {
            let called = if *age == 0 { "at birth".to_owned() } else { format!("at {age}") };
            let from = From { rows: &here, called };
            let healthy = from.row(HEALTHY, "none", "all")?;
            let by = life.by.iter().filter_map(|id| self.sources.declarations.group(id));
            Some(HealthyLife {
                age: *age,
                healthy: healthy.figure.clone(),
                life: from.figure(LIFE, "none", "all"),
                share: from.figure("share_of_life_healthy", "none", "all").value,
                groups: by.filter_map(|group| self.life_by(&from, group)).collect(),
                method: healthy.method.clone(),
            })
        };
        life.at.iter().filter_map(of_age).collect()
    }

    fn life_by(&self, from: &From<'_>, group: &Group) -> Option<LifeBy> {
        let band = |id: &str, label: &str| {
            let healthy = from.row(HEALTHY, &group.id, id)?.figure.clone();
            Some(LifeBand { label: label.to_owned(), healthy, life: from.figure(LIFE, &group.id, id) })
        };
        let bands: Vec<_> = group.bands.iter().filter_map(|one| band(&one.id, self.text(&one.label))).collect();
        let label =
            |id: &str| group.bands.iter().find(|band| band.id == id).map(|band| self.text(&band.label).to_owned());
        let gap = group.ends().and_then(|[first, second]| {
            let of = |statistic: &str| from.gap(statistic, &group.id, &format!("{first} less {second}"));
            Some(LifeGap {
                first_label: label(first)?,
                second_label: label(second)?,
                healthy: of(HEALTHY)?,
                life: of(LIFE)?,
            })
        });
        let slope = from.row(&format!("{HEALTHY}_slope"), &group.id, "all").map(|row| row.figure.clone());
        let title = self.text(&group.title).to_owned();
        (!bands.is_empty()).then(|| LifeBy { group_by: group.id.clone(), title, bands, gap, slope })
    }
}

/// The rows of an area, and the age that they count from.
struct From<'a> {
    rows: &'a [&'a Row],
    called: String,
}

impl From<'_> {
    fn row(&self, statistic: &str, group_by: &str, group: &str) -> Option<&Row> {
        let is = |row: &&&Row| {
            row.statistic == statistic
                && row.group_by == group_by
                && row.group == group
                && row.comparator.as_ref() == Some(&self.called)
        };
        self.rows.iter().find(is).copied()
    }

    fn figure(&self, statistic: &str, group_by: &str, group: &str) -> Figure {
        self.row(statistic, group_by, group).map(|row| row.figure.clone()).unwrap_or_default()
    }

    fn gap(&self, statistic: &str, group_by: &str, compared: &str) -> Option<Figure> {
        let wanted = format!("{}: {compared}", self.called);
        let is = |row: &&&Row| {
            row.statistic == format!("{statistic}_gap")
                && row.group_by == group_by
                && row.comparator.as_ref() == Some(&wanted)
        };
        self.rows.iter().find(is).map(|row| row.figure.clone())
    }
}
