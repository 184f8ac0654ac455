//! Checks of scores: their names, their ranges, and the SQL files that belong to them.

use super::super::instrument::Instrument;
use super::super::lines::Spot;
use super::super::load::{Loaded, SCORES};
use super::super::mistake::{Mistake, choose};
use super::super::read::Source;
use super::super::score::{Gives, Rule, Score};
use super::instruments::not_reserved;
use super::items::ascending;
use super::reach::EXACT;
use super::{Found, Once, column_part, filled, plain, reach, rules, text};

pub(super) fn check(source: &Source<Instrument>, loaded: &Loaded, found: &mut Found) {
    let (top, instrument) = (source.top(), &source.value);
    let mut ids = Once::ids("score");
    let mut earlier: Vec<&Score> = Vec::new();
    for (spot, score) in top.each("scores", &instrument.scores) {
        let id = spot.key("id");
        column_part(&id, &score.id, found);
        not_reserved(&id, &score.id, found);
        if instrument.item(&score.id).is_some() {
            let what = format!("`{}` is the id of a question already", score.id);
            found.push(id.mistake(what, "Give the score another id: outcomes and figures call both by their ids."));
        }
        ids.add(id, &score.id, found);
        text(&spot.key("title"), &score.title, found);
        filled(&spot.key("source"), &score.source, found);
        let before = found.len();
        rules::check(&spot.key("rule"), score, &earlier, instrument, loaded, found);
        // What a broken rule can reach would only confuse.
        range(&spot.key("range"), score, instrument, found.len() == before, found);
        earlier.push(score);
    }
}

fn range(spot: &Spot<'_>, score: &Score, instrument: &Instrument, rule_is_sound: bool, found: &mut Found) {
    let reach = reach::of_score(score, instrument).filter(|_| rule_is_sound);
    let needs_none = matches!(score.rule, Rule::Sql {} | Rule::GoalAttainment { .. });
    match (score.gives() == Gives::Number, score.range) {
        (false, Some(_)) => {
            let what = "this score gives answers or states, which have no range";
            found.push(spot.mistake(what, "Take out `range`."));
        }
        (true, None) if !needs_none => {
            let mend = match reach {
                Some([low, high]) => format!("Add `range = [{}, {}]`.", plain(low), plain(high)),
                None => "Add its smallest and its largest value, such as `range = [0, 10]`.".into(),
            };
            found.push(spot.mistake("a score that is a number needs its range", mend));
        }
        (true, Some([from, to])) => {
            ascending(spot, [from, to], found);
            let Some([low, high]) = reach.filter(|_| from < to) else { return };
            if low < from - EXACT || high > to + EXACT {
                let (low, high) = (plain(low), plain(high));
                let what =
                    format!("the score can be {low} to {high}, beyond its range of {} to {}", plain(from), plain(to));
                let mend = format!("Write `range = [{low}, {high}]`, or change what it is made of.");
                found.push(spot.mistake(what, mend));
            }
        }
        _ => {}
    }
}

/// Every SQL file of a score belongs to a score that asks for it.
pub(super) fn files(loaded: &Loaded, found: &mut Found) {
    let scores = loaded.instruments.iter().flat_map(|source| {
        let of_sql = source.value.scores.iter().filter(|score| matches!(score.rule, Rule::Sql {}));
        of_sql.map(|score| format!("{}.{}", source.value.id, score.id))
    });
    let known: Vec<String> = scores.collect();
    for (name, sql) in &loaded.sql_scores {
        let mistake = |what: &str, mend: String| Mistake {
            file: format!("{SCORES}/{name}.sql"),
            line: None,
            key: String::new(),
            what: what.into(),
            mend,
        };
        if sql.trim().is_empty() {
            found.push(mistake(
                "this file is empty",
                "Write one SQL expression over the columns of the responses.".into(),
            ));
        }
        let instrument = name.split('.').next().unwrap_or_default();
        if !known.contains(name) && !loaded.misses_versions(instrument) {
            let mend = match known.is_empty() {
                true => "Give an instrument a score with `rule.kind = \"sql\"`; the file is called after both, with a dot between.".into(),
                false => choose(name, known.iter().map(String::as_str)),
            };
            found.push(mistake("no score is computed by this file", mend));
        }
    }
}
