//! An outcome in words and SQL, as it is computed.

use std::fmt::Write;

use crate::declare::{Among, Declarations, Figure, Gives, Instrument, Outcome, Rule, Score, Threshold, ThresholdKind};

use super::change::{Pairing, filter};
use super::expression::Scoring;

/// Returns what an outcome means: what it counts, of whom, and the SQL that runs.
pub fn explain(outcome: &Outcome, declarations: &Declarations, language: &str) -> String {
    let mut out = String::new();
    let Some(instrument) = declarations.instrument(&outcome.instrument) else { return out };
    let mut line = |name: &str, text: &str| {
        if !text.is_empty() {
            // Writing to a text cannot fail.
            let _ = writeln!(out, "{name:<12} {text}");
        }
    };
    line("outcome", &format!("{}, version {}: {}", outcome.id, outcome.version, outcome.title.get(language)));
    line("says", outcome.statement.get(language));
    let versions: Vec<&str> = outcome.versions(instrument).collect();
    line(
        "instrument",
        &format!("{} ({}), version {}", instrument.title.get(language), instrument.id, versions.join(" and ")),
    );
    line("question", declarations.question(outcome).map_or("", |question| question.get(language)));
    let figure = match outcome.figure() {
        Figure::Share => "the share of the denominator's answers that count, with its Wilson interval",
        Figure::Mean => "the mean of the score, with its t interval",
        Figure::MeanChange => "the mean of after less before, with its t interval",
        Figure::Domains => "better, same and worse of each domain by itself",
    };
    line("figure", figure);
    line("counts", &outcome.counts.join(", "));
    line("out of", &format!("{}{}", outcome.out_of.join(", "), of_words(outcome, language)));
    line("only", &filter(&outcome.only).unwrap_or_default());
    for among in &outcome.among {
        line("among", &of_among(among));
    }
    line("unit", outcome.unit_word(instrument));
    line("better", outcome.direction.word());
    line("minimum n", &outcome.minimum_n.map(|n| n.to_string()).unwrap_or_default());
    line("aim", &outcome.target.map(|target| target.to_string()).unwrap_or_default());
    let reference = outcome.reference.as_ref().map(|of| format!("{} ({})", of.value, of.source));
    line("reference", &reference.unwrap_or_default());
    line("by", &outcome.by.join(", "));
    line("adjusted for", &outcome.adjust_for.join(", "));
    line("source", &outcome.source);
    line("licence", &instrument.licence);
    for id in outcome.cut_set.iter().chain(&outcome.other_cut_sets) {
        let Some(set) = outcome.score.as_ref().and_then(|score| instrument.cut_set(score, Some(id))) else { continue };
        let levels: Vec<String> =
            set.levels.iter().map(|level| format!("{} {} to {}", level.id, level.from, level.to)).collect();
        line("cut set", &format!("{}: {} ({})", set.id, levels.join("; "), set.source));
    }
    if let Some(change) = &outcome.change {
        line("change", &format!("{} to {}, paired by {}", change.from, change.to, change.pair_by.words()));
        if let Some(window) = instrument.windows.get(&change.to) {
            let months = format!("{} months and {} days", window.months, window.days);
            line("window", &format!("{months} after {}, give or take {} days", window.after, window.give_or_take_days));
        }
        line("better on", &change.better_on.join(" and "));
        line("and not on", &change.not_better_on.join(" or "));
        for threshold in &change.thresholds {
            line("threshold", &format!("{}: {}", threshold.id, told(threshold)));
        }
        if change.chosen_for_low_baseline {
            line("mind", "people were chosen for a bad score before: part of the change is regression to the mean");
        }
    }
    let _ = write!(out, "\n{}", sql(outcome, instrument, declarations, language));
    out
}

fn of_words(outcome: &Outcome, language: &str) -> String {
    let words = outcome.out_of_words.get(language);
    if outcome.out_of.is_empty() { words.to_owned() } else { format!(" ({words})") }
}

/// A condition in words.
fn of_among(among: &Among) -> String {
    let asked = match (&among.item, &among.score, &among.cut_set) {
        (Some(item), ..) => item.clone(),
        (None, score, set) => {
            format!(
                "{}{}",
                score.as_deref().unwrap_or_default(),
                set.as_ref().map_or(String::new(), |set| format!("@{set}"))
            )
        }
    };
    let of = among.instrument.as_ref().map(|instrument| format!(" of {instrument}")).unwrap_or_default();
    let within = among
        .within
        .map(|within| format!(", at most {} days before and {} days after", within.days_before, within.days_after));
    format!("{asked}{of} is {}, in {}{}", among.is.join(" or "), among.by.words(), within.unwrap_or_default())
}

fn told(threshold: &Threshold) -> String {
    let least = threshold.least().map(|least| format!(" of at least {least}")).unwrap_or_default();
    let kind = match threshold.kind {
        ThresholdKind::Any => "any difference".to_owned(),
        ThresholdKind::Group => format!("minimal important change of a group's mean{least}"),
        ThresholdKind::Individual => format!("minimal important change of one person{least}"),
        ThresholdKind::Reliable if threshold.least.is_some() => format!("reliable change{least}"),
        ThresholdKind::Reliable => format!(
            "reliable change{least} (sd {}, reliability {})",
            threshold.sd.unwrap_or_default(),
            threshold.reliability.unwrap_or_default()
        ),
    };
    format!("{kind} ({})", threshold.source)
}

/// The scores that an outcome needs, and the query that makes its rows of the cube or its pairs.
fn sql(outcome: &Outcome, instrument: &Instrument, declarations: &Declarations, language: &str) -> String {
    let mut out = String::new();
    let scoring = Scoring::new(instrument, declarations);
    let mut needed = Vec::new();
    for id in outcome
        .score
        .iter()
        .chain(outcome.change.iter().flat_map(|change| change.profile.iter().chain(change.together())))
    {
        need(instrument, id, &mut needed);
    }
    for score in needed {
        let range = score.range.map(|[from, to]| format!(", {from} to {to}")).unwrap_or_default();
        let _ = writeln!(out, "-- score {}: {}{range} ({})", score.id, score.title.get(language), score.source);
        if let Gives::Codes(codes) = score.gives() {
            let codes: Vec<String> = codes.iter().map(|(code, id, _)| format!("{code} {id}")).collect();
            let _ = writeln!(out, "-- gives {}", codes.join(", "));
        }
        let column = scoring.column(&score.id, None);
        for (name, value) in &scoring.values {
            if column.is_some_and(|column| column.expression.contains(&format!("\"{name}\""))) {
                let _ = writeln!(out, "{name} := {value}");
            }
        }
        if let Some(column) = column {
            let _ = writeln!(out, "{} := {}\n", column.name, column.expression);
        }
    }
    let cuts = outcome.cut_set.iter().chain(&outcome.other_cut_sets);
    for column in cuts.filter_map(|set| scoring.column(outcome.score.as_ref()?, Some(set))) {
        let _ = writeln!(out, "{} := {}\n", column.name, column.expression);
    }
    if let Some(change) = &outcome.change {
        let keep = ["submitted_on", "date_precision", "practice", "home", "service"].map(str::to_owned);
        let scored = |_: &[String]| format!("scored_{}", instrument.id.replace('-', "_"));
        let pairing = Pairing::new(outcome, change, instrument, &scoring, &scored, &keep);
        let _ = writeln!(out, "-- the pairs, over the responses with their scores\n{}\n", pairing.sql);
    }
    let files = match outcome.figure() {
        Figure::Share => {
            "10_figures.sql, 20_months.sql, 30_xmr.sql, 40_gaps.sql, 50_slope.sql, 64_reliability.sql, 66_funnel.sql"
        }
        Figure::Mean | Figure::MeanChange => {
            "15_means.sql, 25_mean_months.sql, 30_xmr.sql, 60_spread.sql, 64_reliability.sql, 66_funnel.sql"
        }
        Figure::Domains => "82_classes.sql",
    };
    let adjusted = if outcome.adjust_for.is_empty() { "" } else { "; adjusted: 62_case_mix.sql, 68_models.sql" };
    let beside = if outcome.change.is_some() {
        ", and what stands beside a change in queries/80_change.sql and after"
    } else {
        ""
    };
    let _ = writeln!(out, "-- figures: queries/ {files}{adjusted}{beside}");
    let _ = writeln!(out, "-- counted in the cube as `{}`", outcome.counted_as(outcome.cut_set.as_deref()));
    out
}

/// Adds a score after those that it is looked up in.
fn need<'a>(instrument: &'a Instrument, id: &str, needed: &mut Vec<&'a Score>) {
    let Some(score) = instrument.score(id).filter(|score| needed.iter().all(|known| known.id != score.id)) else {
        return;
    };
    if let Rule::Lookup { of, .. } = &score.rule {
        // A score that is looked up in itself is a mistake that the checks report.
        if of != id {
            need(instrument, of, needed);
        }
    }
    needed.push(score);
}
