//! Before and after of one measure.

use super::super::context::{
    Adjusted, Band, Change, Classes, Count, Domain, Figure, Level, ProfileClass, Threshold, Transitions, Unpaired,
};
use super::super::rows::Row;
use super::Page;
use super::measure::of_score;
use crate::declare::{self, CutLevel, CutSet, EVERYTHING, Instrument, Outcome, ThresholdKind};

/// Kinds of change between two health states, in the order in which a page shows them.
const PROFILE: [&str; 5] = ["no problems", "no change", "improve", "worsen", "mixed change"];

/// The rows of one outcome in the page's area and period.
struct Rows<'r> {
    rows: Vec<&'r Row>,
    /// Fewest answers that the outcome gives a figure from.
    minimum: i64,
}

impl Page<'_> {
    /// The change of an outcome, from its rows of all cut sets; none where it is no change.
    pub(super) fn change(&self, outcome: &Outcome, instrument: &Instrument, rows: &[&Row]) -> Option<Change> {
        let declared = outcome.change.as_ref()?;
        let period = self.period();
        let here = rows.iter().filter(|row| row.area == self.area && row.period == period);
        let rows = Rows { rows: here.copied().collect(), minimum: outcome.minimum_n.map_or(1, i64::from) };
        let score = outcome.score.as_ref().and_then(|id| instrument.score(id));
        let first = declared.thresholds.first().map(|threshold| threshold.id.as_str());
        let cut_set = declared.transitions.as_deref().zip(score);
        let cut_set = cut_set.and_then(|(id, score)| instrument.cut_set(&score.id, Some(id)));
        Some(Change {
            from: declared.from.clone(),
            to: declared.to.clone(),
            direction: score.map_or(outcome.direction, |score| score.better).word().to_owned(),
            scale: score.map(of_score).unwrap_or_default(),
            before: rows.of_everybody("mean_before"),
            after: rows.of_everybody("mean_after"),
            mean: rows.of_everybody("mean_change"),
            effect_size: rows.of_everybody("effect_size"),
            srm: rows.of_everybody("srm"),
            // Held against everything, everything is what it is.
            adjusted: rows
                .of_everybody("adjusted_after")
                .filter(|_| self.area != EVERYTHING)
                .map(|after| Adjusted { after, residual_sd: rows.of_everybody("residual_sd") }),
            thresholds: declared.thresholds.iter().filter_map(|of| threshold(of, &rows)).collect(),
            bands: declared
                .baseline_bands
                .iter()
                .filter_map(|band| {
                    let mean = rows.of("mean_change", "baseline", &band.id, None)?;
                    let better = rows.of("better", "baseline", &band.id, first).unwrap_or_default();
                    Some(Band { label: self.text(&band.label).to_owned(), mean, better })
                })
                .collect(),
            chosen_for_low_baseline: declared.chosen_for_low_baseline,
            transitions: cut_set.and_then(|cut_set| self.transitions(cut_set, &rows)),
            profile: PROFILE
                .iter()
                .filter_map(|class| {
                    let figure = rows.of("profile_class", "none", "all", Some(class))?;
                    Some(ProfileClass { class: (*class).to_owned(), figure })
                })
                .collect(),
            domains: declared
                .domains
                .iter()
                .filter_map(|id| {
                    let label = instrument.item(id).map_or(id.as_str(), |item| self.text(item.name()));
                    Some(Domain { label: label.to_owned(), classes: rows.classes("domain", id, None)? })
                })
                .collect(),
            unpaired: rows.unpaired(),
        })
    }

    /// The matrix of levels. A cell without a row is empty, unless everything around it is hidden.
    fn transitions(&self, cut_set: &CutSet, rows: &Rows<'_>) -> Option<Transitions> {
        let cells: Vec<&Row> = rows.rows.iter().filter(|row| row.statistic == "transition").copied().collect();
        let first = cells.first()?;
        let hidden = cells.iter().all(|row| row.figure.mark.is_some());
        let cell = |from: &str, to: &str| {
            let name = format!("{from} → {to}");
            match cells.iter().find(|row| row.group == name) {
                Some(row) => count(row.figure.numerator, &row.figure),
                None if hidden => count(None, &first.figure),
                None => Count { n: Some(0), mark: None, mark_reason: None },
            }
        };
        let levels = || cut_set.levels.iter();
        let after = |from: &CutLevel| levels().map(|to| cell(&from.id, &to.id)).collect();
        Some(Transitions {
            cut_set: cut_set.id.clone(),
            levels: levels()
                .map(|from| Level { label: self.text(&from.label).to_owned(), after: after(from) })
                .collect(),
        })
    }
}

impl Rows<'_> {
    /// One figure; `comparator` only where there are several of the kind.
    fn of(&self, statistic: &str, group_by: &str, group: &str, comparator: Option<&str>) -> Option<Figure> {
        let row = self.rows.iter().find(|row| {
            row.statistic == statistic
                && row.group_by == group_by
                && row.group == group
                && comparator.is_none_or(|comparator| row.comparator.as_deref() == Some(comparator))
        });
        row.map(|row| self.reliable(&row.figure))
    }

    /// A figure, or the mark that it has in `published` where the value of an outcome comes from too few.
    fn reliable(&self, figure: &Figure) -> Figure {
        match figure.n {
            Some(n) if n < self.minimum && figure.mark.is_none() => Figure {
                n: Some(n),
                mark: Some("u".to_owned()),
                mark_reason: Some("too few to be reliable".to_owned()),
                ..Figure::default()
            },
            _ => figure.clone(),
        }
    }

    fn of_everybody(&self, statistic: &str) -> Option<Figure> {
        self.of(statistic, "none", "all", None)
    }

    fn classes(&self, group_by: &str, group: &str, comparator: Option<&str>) -> Option<Classes> {
        let of = |statistic: &str| self.of(statistic, group_by, group, comparator);
        Some(Classes { better: of("better")?, same: of("same")?, worse: of("worse")? })
    }

    /// What was not paired, by reason; reasons that nobody had are left out.
    fn unpaired(&self) -> Vec<Unpaired> {
        let rows = self.rows.iter().filter(|row| row.statistic == "unpaired" && row.figure.n != Some(0));
        rows.map(|row| Unpaired {
            reason: row.comparator.clone().unwrap_or_default(),
            responses: count(row.figure.n, &row.figure),
        })
        .collect()
    }
}

fn count(n: Option<i64>, figure: &Figure) -> Count {
    Count { n, mark: figure.mark.clone(), mark_reason: figure.mark_reason.clone() }
}

fn threshold(threshold: &declare::Threshold, rows: &Rows<'_>) -> Option<Threshold> {
    Some(Threshold {
        id: threshold.id.clone(),
        kind: match threshold.kind {
            ThresholdKind::Any => "any",
            ThresholdKind::Group => "group",
            ThresholdKind::Individual => "individual",
            ThresholdKind::Reliable => "reliable",
        }
        .to_owned(),
        least: threshold.least(),
        sd: threshold.sd,
        reliability: threshold.reliability,
        source: threshold.source.clone(),
        classes: rows.classes("none", "all", Some(&threshold.id))?,
    })
}
