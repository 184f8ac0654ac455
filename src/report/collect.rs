//! From protected figures to what a board page may see.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::context::{
    Answered, AnsweredBy, AnsweredGroup, AreaPoint, Board, Comparison, Count, Equity, Figure, Gap, GroupPoint, Hidden,
    HiddenReason, Measure, PeriodLabel, Place, SecondFigure, Series, SeriesPoint, Share, Slope, SlopePoint,
    TableVersion,
};
use super::rows::{self, Row};
use crate::declare::{Declarations, Direction, EVERYTHING, Group, Instrument, NOT_STATED, Outcome, Policy, Settings};
use crate::error::{Error, Result};
use crate::measure::Areas;
use crate::period::{Period, month_start};
use crate::protect::Published;

/// What is recorded of a run of measures.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its name.
    pub id: String,
    /// Its period.
    pub period: Period,
    /// Its policy.
    pub policy: String,
    /// Version of the program that made it.
    pub program_version: String,
    /// Shortened hash of every declaration, query and template.
    pub declarations_hash: String,
    /// Tables that were read, with their versions.
    pub tables: BTreeMap<String, i64>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// Everything a page is made of besides the figures.
pub struct Sources<'a> {
    /// Titles, wordings and labels.
    pub declarations: &'a Declarations,
    /// Name of the system, language.
    pub settings: &'a Settings,
    /// Names of areas.
    pub areas: &'a Areas,
    /// The run that the figures come from.
    pub run: &'a Run,
    /// The policy of that run.
    pub policy: &'a Policy,
}

/// Fewer months than these make trial limits (Making Data Count).
const TRIAL: usize = 12;

/// Collects the page of one area.
///
/// # Errors
/// There is no figure for the area.
pub fn collect(published: &Published, sources: &Sources<'_>, area: &str) -> Result<Board> {
    let rows = rows::read(published)?;
    let page = Page { sources, area, inside: inside(&rows, sources, area), rows: &rows };
    if !rows.iter().any(|row| row.area == area) {
        return Err(Error::Usage {
            what: format!("there are no figures for the area `{area}`"),
            mend: "name an area that has answers, by its code; without --area the page shows all of them".into(),
        });
    }
    Ok(page.board(published))
}

/// The areas within `area`.
fn inside(rows: &[Row], sources: &Sources<'_>, area: &str) -> BTreeSet<String> {
    let used: BTreeSet<(String, String)> = rows.iter().map(|row| (row.root.clone(), row.area.clone())).collect();
    let used: Vec<(String, String)> = used.into_iter().filter(|(_, code)| code != EVERYTHING).collect();
    if area == EVERYTHING {
        return used.into_iter().map(|(_, code)| code).collect();
    }
    let day = rows.iter().find_map(|row| row.boundaries_on.as_deref()?.parse::<NaiveDate>().ok()).unwrap_or_default();
    sources.areas.inside(sources.declarations, &used, day, area)
}

struct Page<'a> {
    sources: &'a Sources<'a>,
    area: &'a str,
    inside: BTreeSet<String>,
    rows: &'a [Row],
}

impl Page<'_> {
    fn text<'t>(&self, text: &'t crate::declare::Text) -> &'t str {
        text.get(&self.sources.settings.language)
    }

    fn board(&self, published: &Published) -> Board {
        let Sources { declarations, settings, areas, run, policy } = self.sources;
        let (name, level) = match areas.name(self.area) {
            Some((name, level)) => (name.to_owned(), level.to_owned()),
            None if self.area == EVERYTHING => (self.text(&settings.name).to_owned(), EVERYTHING.to_owned()),
            None => (self.area.to_owned(), String::new()),
        };
        let title =
            declarations.areas.levels.iter().find(|known| known.id == level).map(|known| self.text(&known.title));
        let range = run.period.range();
        let main = declarations.outcomes.iter().filter(|outcome| outcome.second_to.is_none());
        Board {
            language: settings.language.clone(),
            system_name: self.text(&settings.name).to_owned(),
            area: Place {
                code: self.area.to_owned(),
                name,
                level,
                level_title: title.unwrap_or("the whole system").to_owned(),
            },
            period: PeriodLabel {
                id: run.period.to_string(),
                label: run.period.label(),
                starts: range.map(|(first, _)| first.to_string()),
                ends_inclusive: range.and_then(|(_, after)| after.pred_opt()).map(|last| last.to_string()),
            },
            run: super::context::Run {
                id: run.id.clone(),
                made_at: run.made_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                program_version: run.program_version.clone(),
                policy_id: policy.id.clone(),
                policy_title: self.text(&policy.title).to_owned(),
                policy_note: self.text(&policy.note).to_owned(),
                declarations_hash: run.declarations_hash.clone(),
                tables: run
                    .tables
                    .iter()
                    .map(|(name, version)| TableVersion { name: name.clone(), version: *version })
                    .collect(),
                boundaries_on: self.rows.iter().find_map(|row| row.boundaries_on.clone()),
            },
            publishable: false,
            already_published: policy.already_published,
            measures: main.filter_map(|outcome| self.measure(outcome)).collect(),
            answered: declarations.instruments.values().filter_map(|instrument| self.answered(instrument)).collect(),
            hidden: self.hidden(published),
            landed: None,
        }
    }

    /// The rows of a measure on the occasion that the page shows: the instrument's first one that has figures.
    fn of<'r>(&'r self, measure: &str, instrument: &Instrument) -> Vec<&'r Row> {
        let root = instrument.main_root.column();
        let rows = || self.rows.iter().filter(move |row| row.root == root);
        let occasion = instrument.occasions.iter().find(|occasion| {
            rows().any(|row| row.measure == measure && row.occasion == **occasion && row.area == self.area)
        });
        let Some(occasion) = occasion else { return Vec::new() };
        rows().filter(|row| row.measure == measure && row.occasion == *occasion).collect()
    }

    fn period(&self) -> String {
        self.sources.run.period.to_string()
    }

    /// The figure of the page's area and period, for everybody.
    fn figure(&self, rows: &[&Row]) -> Option<Figure> {
        let period = self.period();
        let row = rows.iter().find(|row| {
            row.area == self.area && row.period == period && row.group_by == "none" && row.statistic == "value"
        });
        row.map(|row| row.figure.clone())
    }

    fn measure(&self, outcome: &Outcome) -> Option<Measure> {
        let declarations = self.sources.declarations;
        let instrument = declarations.instrument(&outcome.instrument)?;
        let rows = self.of(&outcome.id, instrument);
        let figure = self.figure(&rows)?;
        let (item, choices) = instrument.choices().find(|(item, _)| item.id == outcome.item)?;
        let counted = choices.iter().filter(|choice| outcome.counts.contains(&choice.id));
        let seconds = declarations.outcomes.iter().filter(|second| second.second_to.as_ref() == Some(&outcome.id));
        Some(Measure {
            id: outcome.id.clone(),
            version: outcome.version.clone(),
            instrument_title: self.text(&instrument.title).to_owned(),
            question: Some(self.text(&item.text).to_owned()),
            title: self.text(&outcome.title).to_owned(),
            statement: self.text(&outcome.statement).to_owned(),
            counts: counted.map(|choice| self.text(&choice.label)).collect::<Vec<_>>().join(" / "),
            out_of: self.text(&outcome.out_of_words).to_owned(),
            direction: match outcome.direction {
                Direction::Higher => "higher".into(),
                Direction::Lower => "lower".into(),
            },
            unit: "answer".into(),
            target: outcome.target,
            source: outcome.source.clone(),
            figure,
            second: seconds
                .filter_map(|second| {
                    Some(SecondFigure {
                        title: self.text(&second.title).to_owned(),
                        statement: self.text(&second.statement).to_owned(),
                        figure: self.figure(&self.of(&second.id, instrument))?,
                    })
                })
                .collect(),
            series: self.series(&rows),
            areas: self.comparisons(&rows, instrument),
            equity: outcome.by.iter().filter_map(|by| self.equity(&rows, declarations.group(by)?)).collect(),
            mode_mix: self.mode_mix(instrument),
            note: outcome.note.as_ref().map(|note| self.text(note).to_owned()),
        })
    }

    fn series(&self, rows: &[&Row]) -> Option<Series> {
        let mut months: BTreeMap<&str, (&Row, Option<&Row>)> = BTreeMap::new();
        let here = || {
            rows.iter()
                .filter(|row| row.area == self.area && row.group_by == "none" && month_start(&row.period).is_some())
        };
        for row in here().filter(|row| row.statistic == "value") {
            months.insert(&row.period, (row, None));
        }
        for row in here().filter(|row| row.statistic == "xmr") {
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

    fn comparisons(&self, rows: &[&Row], instrument: &Instrument) -> Vec<Comparison> {
        let period = self.period();
        let levels = self.sources.declarations.areas.levels.iter().filter(|level| level.root == instrument.main_root);
        let mut all = Vec::new();
        for level in levels.rev() {
            let here: Vec<&&Row> = rows
                .iter()
                .filter(|row| row.area_level == level.id && row.period == period && row.group_by == "none")
                .filter(|row| row.area != self.area && self.inside.contains(&row.area))
                .collect();
            let of = |statistic: &str, area: &str| {
                here.iter().find(|row| row.statistic == statistic && row.area == area).copied()
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
                target: here.iter().find(|row| row.statistic == "funnel").and_then(|row| row.figure.value),
                shown: points.len() - hidden,
                hidden,
                points,
            });
        }
        all
    }

    fn equity(&self, rows: &[&Row], group: &Group) -> Option<Equity> {
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

    /// The rows of `answered/<instrument>` for the page's area and period.
    fn answers(&self, instrument: &Instrument) -> Vec<&Row> {
        let period = self.period();
        let rows = self.of(&format!("answered/{}", instrument.id), instrument);
        rows.into_iter().filter(|row| row.area == self.area && row.period == period).collect()
    }

    fn mode_mix(&self, instrument: &Instrument) -> Vec<Share> {
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

    fn answered(&self, instrument: &Instrument) -> Option<Answered> {
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
                            let row = value(&group.id, id, "value")?;
                            Some(AnsweredGroup {
                                label: label.to_owned(),
                                responses: row.figure.n,
                                responder_share: row.responders_share,
                                population_share: value(&group.id, id, "population_share")
                                    .and_then(|row| row.figure.value),
                                per_100: row.figure.value.map(|value| value * 100.0),
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
        })
    }

    fn hidden(&self, published: &Published) -> Hidden {
        let mut by_reason: BTreeMap<(String, String), usize> = BTreeMap::new();
        for row in self.rows {
            if let (Some("c"), Some(reason)) = (row.figure.mark.as_deref(), &row.figure.mark_reason) {
                *by_reason.entry(("c".into(), reason.clone())).or_default() += 1;
            }
        }
        Hidden {
            cells: published.hidden,
            shown: published.shown,
            by_reason: by_reason
                .into_iter()
                .map(|((mark, reason), cells)| HiddenReason { mark, reason, cells })
                .collect(),
        }
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
