//! One measure, from its outcome and its rows.

use super::super::context::{ByCutSet, Figure, Kind, Measure, Reference, Scale, SecondFigure};
use super::super::rows::Row;
use super::Page;
use crate::declare::{self, Instrument, Outcome, Score};

/// A score that spans at least this many points is shown with one decimal, a smaller one with two: our own rule.
const WIDE: f64 = 10.0;

impl Page<'_> {
    pub(super) fn measure(&self, outcome: &Outcome) -> Option<Measure> {
        let declarations = self.sources.declarations;
        let instrument = declarations.instrument(&outcome.instrument)?;
        let (adjusted, all) = self.of_outcome(outcome, instrument);
        let rows = by_cut_set(&all, outcome.cut_set.as_deref());
        let change = self.change(outcome, instrument, &all);
        let figure = self.headline(outcome, &rows).or_else(|| {
            let parts = change.as_ref().is_some_and(|change| !change.domains.is_empty());
            (kind(outcome) == Kind::Domains && parts).then(apart)
        })?;
        let answers = outcome.answers(instrument, outcome.cut_set.as_deref());
        let counted = answers.iter().filter(|answer| outcome.counts.contains(&answer.id));
        let seconds = declarations.outcomes.iter().filter(|second| second.second_to.as_ref() == Some(&outcome.id));
        let score = outcome.score.as_ref().and_then(|id| instrument.score(id));
        Some(Measure {
            id: outcome.id.clone(),
            version: outcome.version.clone(),
            instrument_title: self.text(&instrument.title).to_owned(),
            question: declarations.question(outcome).map(|text| self.text(text).to_owned()),
            score: score.map(|score| self.text(&score.title).to_owned()),
            kind: kind(outcome),
            scale: scale(outcome, instrument),
            title: self.text(&outcome.title).to_owned(),
            statement: self.text(&outcome.statement).to_owned(),
            counts: counted
                .map(|answer| if answer.label.is_empty() { &answer.id } else { self.text(&answer.label) })
                .collect::<Vec<_>>()
                .join(" / "),
            out_of: self.text(&outcome.out_of_words).to_owned(),
            direction: outcome.direction.word().to_owned(),
            // A change says itself what it compares.
            occasion: (score.is_some() && outcome.change.is_none() && 1 < instrument.occasions.len())
                .then(|| rows.first().map(|row| row.occasion.clone()))
                .flatten(),
            unit: outcome.unit_word(instrument).to_owned(),
            target: outcome.target,
            reference: outcome
                .reference
                .as_ref()
                .map(|reference| Reference { value: reference.value, source: reference.source.clone() }),
            source: outcome.source.clone(),
            figure,
            cut_set: outcome.cut_set.clone(),
            other_cut_sets: outcome
                .other_cut_sets
                .iter()
                .filter_map(|name| {
                    let figure = self.headline(outcome, &by_cut_set(&all, Some(name)))?;
                    Some(ByCutSet { name: name.clone(), figure })
                })
                .collect(),
            weighted: self.headline_row(outcome, &rows).map(|row| self.weighted(row)).unwrap_or_default(),
            change,
            second: seconds.filter_map(|second| self.second(second)).collect(),
            series: self.series(&rows),
            areas: self.comparisons(&rows, &adjusted, outcome, instrument),
            equity: outcome.by.iter().filter_map(|by| self.equity(outcome, &rows, declarations.group(by)?)).collect(),
            crossed: declarations
                .pairs_of(outcome)
                .filter_map(|(pair, groups)| self.crossed(&rows, pair, groups))
                .collect(),
            inverse_care: self.inverse_care(outcome, &rows, instrument),
            beside: self.beside(outcome),
            steps: self.steps(outcome),
            healthy_life: self.healthy_life(outcome, &rows),
            mode_mix: self.mode_mix(instrument),
            bounds: self.bounds(&rows),
            differs: self.differs(outcome, instrument),
            note: outcome.note.as_ref().map(|note| self.text(note).to_owned()),
        })
    }

    fn second(&self, outcome: &Outcome) -> Option<SecondFigure> {
        let instrument = self.sources.declarations.instrument(&outcome.instrument)?;
        let (_, rows) = self.of_outcome(outcome, instrument);
        Some(SecondFigure {
            title: self.text(&outcome.title).to_owned(),
            statement: self.text(&outcome.statement).to_owned(),
            scale: scale(outcome, instrument),
            figure: self.headline(outcome, &by_cut_set(&rows, outcome.cut_set.as_deref()))?,
        })
    }

    /// The rows of an outcome that its case-mix model adjusts, and all others, by all its cut sets. A change belongs to the occasion after.
    fn of_outcome(&self, outcome: &Outcome, instrument: &Instrument) -> (Vec<&Row>, Vec<&Row>) {
        let after = outcome.change.iter().map(|change| &change.to);
        let rows = self.on(&outcome.id, instrument, after.chain(&instrument.occasions));
        let adjustment = outcome.adjustment();
        rows.into_iter().partition(|row| adjustment.as_ref() == Some(&row.adjustment))
    }

    /// The figure of the page's area and period, for everybody.
    fn headline(&self, outcome: &Outcome, rows: &[&Row]) -> Option<Figure> {
        self.headline_row(outcome, rows).map(|row| row.figure.clone())
    }

    fn headline_row<'r>(&self, outcome: &Outcome, rows: &[&'r Row]) -> Option<&'r Row> {
        if kind(outcome) == Kind::Domains {
            return None;
        }
        let period = self.period();
        rows.iter().copied().find(|row| {
            row.area == self.area && row.period == period && row.group_by == "none" && row.statistic == "value"
        })
    }
}

/// What stands in the place of the figure where parts stand beside each other.
fn apart() -> Figure {
    let reason = "its parts are never added up".to_owned();
    Figure { mark: Some("z".to_owned()), mark_reason: Some(reason), ..Figure::default() }
}

fn by_cut_set<'r>(rows: &[&'r Row], cut_set: Option<&str>) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.cut_set.as_deref() == cut_set).copied().collect()
}

fn kind(outcome: &Outcome) -> Kind {
    match outcome.figure() {
        declare::Figure::Share => Kind::Share,
        declare::Figure::Mean if outcome.rate => Kind::Rate,
        declare::Figure::Mean => Kind::Mean,
        declare::Figure::MeanChange => Kind::MeanChange,
        declare::Figure::Domains => Kind::Domains,
    }
}

/// How the figure of an outcome is written; none where it is a share.
pub(super) fn scale(outcome: &Outcome, instrument: &Instrument) -> Option<Scale> {
    let signed = match kind(outcome) {
        Kind::Share | Kind::Domains => return None,
        Kind::Mean | Kind::Rate => false,
        Kind::MeanChange => true,
    };
    let score = outcome.score.as_ref().and_then(|id| instrument.score(id))?;
    let scale = of_score(score);
    // How high a rate could be says nothing of how high it is.
    let highest = scale.highest.filter(|_| !outcome.rate);
    let decimals = if outcome.rate { score.decimals } else { scale.decimals };
    Some(Scale { signed, highest, decimals, rate: outcome.rate, ..scale })
}

/// How the values of a score are written.
pub(super) fn of_score(score: &Score) -> Scale {
    let decimals = match score.range {
        Some([lowest, highest]) => {
            if highest - lowest < WIDE {
                2
            } else {
                1
            }
        }
        None => score.decimals.clamp(1, 2),
    };
    let [lowest, highest] = score.range.map_or([None, None], |range| range.map(Some));
    Scale { decimals, lowest, highest, signed: false, rate: false }
}
