//! Before and after as SQL: which responses are a pair, and what became of those that are none.

use crate::declare::{Change, Direction, Instrument, Only, Outcome, PairBy, Score, Threshold, Undated, Window};
use crate::stats::profile::Class;

use super::expression::{Kind, Scoring};
use super::repeats;
use super::sql::{ident, literal, number, one_of};

/// What becomes of a response of either occasion, by its code.
pub const STATES: [&str; 10] = [
    "paired",
    "no answer before",
    "no answer after",
    "nothing to pair by",
    "outside the window",
    "time apart not known",
    "no score before",
    "no score after",
    "no predicted score",
    "another answer of the same occasion counts",
];

/// Code of a response after that has a pair.
const PAIRED: i8 = 0;

/// A column of the pairs, and its name in the cube behind the outcome and a stroke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairColumn {
    /// Name of the column.
    pub name: String,
    /// Name in the cube, without the outcome.
    pub counted_as: String,
    /// What it holds.
    pub kind: Kind,
    /// Its SQL over `before`, `after` and what belongs to them.
    pub expression: String,
}

/// The pairs of a change outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// The query: one row a response of either occasion, with what became of it.
    pub sql: String,
    /// What is counted of each row.
    pub columns: Vec<PairColumn>,
    /// Column with the band of the score before, where bands are declared: a code from 1 on.
    pub band: Option<String>,
}

/// Decimals of a change: less than these is rounding of the machine, not of a person.
const EXACT: u8 = 6;

/// Returns the SQL that is true for the responses that an outcome counts; nothing where all are.
pub fn filter(only: &Only) -> Option<String> {
    let conditions = [one_of("pathway", &only.pathway), one_of("respondent", &only.respondent)];
    let conditions: Vec<String> = conditions.into_iter().flatten().collect();
    (!conditions.is_empty()).then(|| conditions.join(" AND "))
}

impl Pairing {
    /// Compiles the change of `outcome`. `scored` gives, from the columns that it is told, the responses of one version of the instrument
    /// with their scores; `keep` are the columns that the cube needs of each row.
    pub fn new(
        outcome: &Outcome,
        change: &Change,
        instrument: &Instrument,
        scoring: &Scoring,
        scored: &dyn Fn(&[String]) -> String,
        keep: &[String],
    ) -> Self {
        let (gains, columns) = columns(outcome, change, instrument, scoring);
        let pieces = pieces(outcome, change, instrument, scoring, scored, keep);
        let sql = sql(change, &pieces, keep, &gains, &columns);
        let band = (!change.baseline_bands.is_empty()).then(|| "baseline_band".to_owned());
        Pairing { sql, columns, band }
    }
}

/// The value of the score, and of whatever else is compared, on one occasion.
struct Side {
    name: &'static str,
}

const BEFORE: Side = Side { name: "before" };
const AFTER: Side = Side { name: "after" };

impl Side {
    fn of(&self, what: &str) -> String {
        ident(&format!("{}_{what}", self.name))
    }
}

/// What is carried from each side: name and SQL over the scored responses.
fn carried(change: &Change, outcome: &Outcome, scoring: &Scoring) -> Vec<(String, String)> {
    let mut carried = Vec::new();
    let column = |score: &str, cut_set: Option<&str>| scoring.column(score, cut_set).map(|of| ident(&of.name));
    if let Some(score) = &outcome.score {
        carried.extend(column(score, None).map(|of| ("score".to_owned(), of)));
        if let Some(set) = &change.transitions {
            carried.extend(column(score, Some(set)).map(|of| ("level".to_owned(), of)));
        }
    }
    if let Some(profile) = &change.profile {
        carried.extend(column(profile, None).map(|of| ("profile".to_owned(), of)));
    }
    if let Some(item) = &outcome.item {
        carried.push(("score".into(), coded(item)));
    }
    carried.extend(change.domains.iter().map(|item| (format!("d_{item}"), coded(item))));
    carried.extend(change.together().filter_map(|id| Some((format!("t_{id}"), column(id, None)?))));
    carried
}

fn coded(item: &str) -> String {
    let column = ident(&format!("i_{item}"));
    format!("CASE WHEN {column} >= 0 THEN CAST({column} AS DOUBLE) END")
}

/// Better, same or worse as 1, 2, 3 of a difference in the direction that is better.
fn class(gain: &str, least: Option<f64>) -> String {
    let (better, worse) = match least {
        None => (format!("{gain} > 0"), format!("{gain} < 0")),
        Some(least) => {
            // A threshold that is not a decimal number is met by what equals it to the precision of changes.
            let least = (least * 1e6).round() / 1e6;
            (format!("{gain} >= {}", number(least)), format!("{gain} <= {}", number(-least)))
        }
    };
    format!("CAST(CASE WHEN {gain} IS NULL THEN -2 WHEN {better} THEN 1 WHEN {worse} THEN 3 ELSE 2 END AS TINYINT)")
}

/// Better as 1 where every gain of `on` is and none of `not_on`, worse as 3 where every gain of `on` is worse, else 2.
fn together(on: &[String], not_on: &[String], least: Option<f64>) -> String {
    let is = |gain: &String, code: i8| format!("{} = {code}", class(gain, least));
    let all = |code: i8| on.iter().map(|gain| is(gain, code)).collect::<Vec<_>>().join(" AND ");
    let none: String = not_on.iter().map(|gain| format!(" AND NOT {}", is(gain, 1))).collect();
    let unknown = on.iter().chain(not_on).map(|gain| format!("{gain} IS NULL")).collect::<Vec<_>>().join(" OR ");
    let (better, worse) = (all(1), all(3));
    format!("CAST(CASE WHEN {unknown} THEN -2 WHEN {better}{none} THEN 1 WHEN {worse} THEN 3 ELSE 2 END AS TINYINT)")
}

/// A difference between after and before, by the name of its column.
type Gain = (String, String);

/// Returns the differences that classes are made of, and the columns that are counted.
fn columns(
    outcome: &Outcome,
    change: &Change,
    instrument: &Instrument,
    scoring: &Scoring,
) -> (Vec<Gain>, Vec<PairColumn>) {
    let column = |name: &str, counted_as: String, kind, expression: String| PairColumn {
        name: format!("p_{name}"),
        counted_as,
        kind,
        expression,
    };
    let mut gains = Vec::new();
    let mut columns = vec![column("state", "paired".into(), Kind::Code(9), "CAST(state AS TINYINT)".into())];
    let paired = |sql: String| format!("CASE WHEN state = {PAIRED} THEN {sql} END");
    let difference = |what: &str| paired(format!("round({} - {}, {EXACT})", AFTER.of(what), BEFORE.of(what)));
    let turned = |gain: &str, is_turned: bool| if is_turned { format!("-{gain}") } else { gain.to_owned() };
    // A share of those who are better rises as a score falls whose lower values are better.
    let score = outcome.score.as_ref().and_then(|id| instrument.score(id));
    let lower_is_better = score.map_or(outcome.direction, |score| score.better) == Direction::Lower;
    let main = change.thresholds.first().and_then(Threshold::least);
    if change.domains.is_empty() && change.better_on.is_empty() {
        gains.push(("difference".to_owned(), difference("score")));
        let (before, after) = (BEFORE.of("score"), AFTER.of("score"));
        columns.push(column("before", "before".into(), Kind::Number, paired(before)));
        columns.push(column("after", "after".into(), Kind::Number, paired(after.clone())));
        columns.push(column("change", "change".into(), Kind::Number, "difference".into()));
        if let Some(predicted) = &change.predicted {
            let predicted = AFTER.of(&format!("x_{predicted}"));
            columns.push(column("residual", "residual".into(), Kind::Number, paired(format!("{after} - {predicted}"))));
        }
        let gain = turned("difference", lower_is_better);
        columns.push(column("class", "class".into(), Kind::Code(3), class(&gain, main)));
        for (threshold, at) in change.thresholds.iter().zip(0..) {
            let counted_as = format!("class:{}", threshold.id);
            columns.push(column(&format!("class_{at}"), counted_as, Kind::Code(3), class(&gain, threshold.least())));
        }
        let levels = change.transitions.as_ref().and_then(|set| instrument.cut_set(outcome.score.as_ref()?, Some(set)));
        if let Some(set) = levels {
            let n = set.levels.len();
            let code = paired(format!("({} - 1) * {n} + {}", BEFORE.of("level"), AFTER.of("level")));
            let most = i8::try_from(n * n).unwrap_or(i8::MAX);
            let code = format!("CAST(coalesce({code}, -2) AS TINYINT)");
            columns.push(column("levels", "levels".into(), Kind::Code(most), code));
        }
    }
    let mut turned_gains = Vec::new();
    for (id, at) in change.together().zip(0..) {
        let (what, gain) = (format!("t_{id}"), format!("together_{at}"));
        gains.push((gain.clone(), difference(&what)));
        let lower_is_better = instrument.score(id).is_some_and(|score| score.better == Direction::Lower);
        turned_gains.push(turned(&gain, lower_is_better));
    }
    if !change.better_on.is_empty() {
        let (on, not_on) = turned_gains.split_at(change.better_on.len().min(turned_gains.len()));
        columns.push(column("class", "class".into(), Kind::Code(3), together(on, not_on, main)));
    }
    if change.profile.as_ref().is_some_and(|id| scoring.column(id, None).is_some()) {
        let class = paired(format!("profile_class({}, {})", BEFORE.of("profile"), AFTER.of("profile")));
        let classes = Class::ALL.iter().zip(1..);
        let lines: String =
            classes.map(|(class, code)| format!(" WHEN {} THEN {code}", literal(class.name()))).collect();
        let code = format!("CAST(CASE {class}{lines} ELSE -2 END AS TINYINT)");
        columns.push(column("profile", "profile".into(), Kind::Code(5), code));
    }
    for (item, at) in change.domains.iter().zip(0..) {
        let (what, gain) = (format!("d_{item}"), format!("difference_{at}"));
        gains.push((gain.clone(), difference(&what)));
        let is_turned = lower_is_better != instrument.item(item).is_some_and(|item| item.reversed);
        let class = class(&turned(&gain, is_turned), main);
        columns.push(column(&format!("domain_{at}"), format!("domain:{item}"), Kind::Code(3), class));
    }
    (gains, columns)
}

/// What before and after have in common; of answers that are repeated, such as once for each goal, the repeat too.
fn key(pair_by: PairBy, instrument: &Instrument) -> String {
    let whose = repeats::whose(pair_by);
    match instrument.repeats {
        Some(_) => format!("{whose} || '/' || CAST(repeat AS VARCHAR)"),
        None => whose.to_owned(),
    }
}

/// 0 where the time between before and after is right, 4 outside the window, 5 where it is not known.
fn window(window: Option<&Window>, undated: Undated) -> String {
    let Some(Window { months, days, give_or_take_days, .. }) = window else { return "0".into() };
    let at = |sign: &str| {
        format!(
            "CAST(before_on + INTERVAL '{months} months' + INTERVAL '{days} days' {sign} INTERVAL '{give_or_take_days} days' AS DATE)"
        )
    };
    let unknown = match undated {
        Undated::LeaveOut => 5,
        Undated::Pair => 0,
    };
    // Only days can be held against days: a month or a year says too little.
    let known = |side: &str| format!("{side}_on IS NOT NULL AND {side}_precision IN ('second', 'day')");
    format!(
        "CASE WHEN NOT ({} AND {}) THEN {unknown} WHEN after_on BETWEEN {} AND {} THEN 0 ELSE 4 END",
        known("before"),
        known("after"),
        at("-"),
        at("+")
    )
}

/// The pieces that both ways of pairing are put together from.
struct Pieces {
    kept: String,
    scored: String,
    from_before: String,
    from_after: String,
    first_before: String,
    from_latest: String,
    carried: String,
    nothing: String,
    apart: String,
    unscored: String,
    whose: &'static str,
    bands: String,
}

fn pieces(
    outcome: &Outcome,
    change: &Change,
    instrument: &Instrument,
    scoring: &Scoring,
    scored: &dyn Fn(&[String]) -> String,
    keep: &[String],
) -> Pieces {
    let mut carried = carried(change, outcome, scoring);
    let needed: Vec<String> = carried.iter().map(|(_, sql)| sql.clone()).collect();
    if let Some(predicted) = &change.predicted {
        let name = format!("x_{predicted}");
        carried.push((name.clone(), ident(&name)));
    }
    carried.extend(repeats::carried(change, instrument));
    let kept: String = keep.iter().map(|name| format!("{}, ", ident(name))).collect();
    let each = |side: &Side, line: &dyn Fn(&str, &str) -> String| -> String {
        carried.iter().map(|(name, _)| format!(", {}", line(&ident(name), &side.of(name)))).collect()
    };
    let values: String = carried.iter().map(|(name, sql)| format!(", {sql} AS {}", ident(name))).collect();
    let only = filter(&outcome.only).map(|only| format!("\n  WHERE {only}")).unwrap_or_default();
    let mut unscored = String::new();
    if carried.iter().any(|(name, _)| name == "score") {
        unscored = format!(" WHEN {} IS NULL THEN 6 WHEN {} IS NULL THEN 7", BEFORE.of("score"), AFTER.of("score"));
    }
    for (side, state) in [(&BEFORE, 6), (&AFTER, 7)] {
        let missing: Vec<String> =
            change.together().map(|id| format!("{} IS NULL", side.of(&format!("t_{id}")))).collect();
        if !missing.is_empty() {
            unscored.push_str(&format!(" WHEN {} THEN {state}", missing.join(" OR ")));
        }
    }
    if let Some(predicted) = &change.predicted {
        unscored.push_str(&format!(" WHEN {} IS NULL THEN 8", AFTER.of(&format!("x_{predicted}"))));
    }
    let declared = instrument.windows.get(&change.to).filter(|window| window.after == change.from);
    Pieces {
        scored: format!(
            "scored AS (\n  SELECT {kept}occasion, response_id, {} AS pair_key{values}\n  FROM {}{only}\n)",
            key(change.pair_by, instrument),
            scored(&needed)
        ),
        from_before: each(&BEFORE, &|name, of| format!("b.{name} AS {of}")),
        from_after: each(&AFTER, &|name, of| format!("a.{name} AS {of}")),
        first_before: each(&BEFORE, &|name, of| {
            format!("first_value({name}) OVER (PARTITION BY pair_key ORDER BY submitted_on, response_id) AS {of}")
        }),
        from_latest: each(&AFTER, &|name, of| format!("{name} AS {of}")),
        carried: each(&BEFORE, &|_, of| of.to_owned()) + &each(&AFTER, &|_, of| of.to_owned()),
        // Of the type that the other rows have: a union takes it from them.
        nothing: each(&BEFORE, &|_, of| format!("NULL AS {of}")) + &each(&AFTER, &|_, of| format!("NULL AS {of}")),
        apart: window(declared, change.undated),
        kept,
        unscored,
        whose: repeats::columns(change, instrument),
        bands: baseline_bands(change, outcome.score.as_ref().and_then(|id| instrument.score(id))),
    }
}

fn sql(change: &Change, pieces: &Pieces, keep: &[String], gains: &[Gain], columns: &[PairColumn]) -> String {
    let states = match change.from.as_str() {
        FIRST => by_time(pieces),
        _ => by_occasion(pieces, change, keep),
    };
    let gains: String = gains.iter().map(|(name, sql)| format!(",\n    {sql} AS {}", ident(name))).collect();
    let counted: Vec<String> =
        columns.iter().map(|column| format!("  {} AS {}", column.expression, ident(&column.name))).collect();
    format!(
        "WITH {},\n{states},\nchanges AS (\n  SELECT *{gains}\n  FROM states\n)\nSELECT {}{}{} AS occasion,{}\n{}\nFROM changes",
        pieces.scored,
        pieces.kept,
        pieces.whose,
        literal(&change.to),
        pieces.bands,
        counted.join(",\n")
    )
}

/// Name of the occasion that is whichever came first.
const FIRST: &str = "first";

/// Pairs of two named occasions: of several answers before, the first counts; of several after, the first in the window.
fn by_occasion(pieces: &Pieces, change: &Change, keep: &[String]) -> String {
    let Pieces { kept, from_before, from_after, carried, nothing, apart, unscored, .. } = pieces;
    let (from, to) = (literal(&change.from), literal(&change.to));
    // Hardly any key has several answers of one occasion. Only those are numbered: a million partitions of one row each cost more than the
    // rest of the query.
    let many = |occasion: &str| {
        format!(
            "SELECT pair_key AS key FROM scored WHERE occasion = {occasion} AND pair_key IS NOT NULL GROUP BY pair_key HAVING count(*) > 1"
        )
    };
    let (many_before, many_after) = (many(&from), many(&to));
    // Where and when a pair is, its answer after says; an answer before that has none is where and when it was itself.
    let here: String = keep
        .iter()
        .map(|name| ident(name))
        .map(|name| format!("CASE WHEN a.pair_key IS NULL THEN b.{name} ELSE a.{name} END AS {name}, "))
        .collect();
    format!(
        "befores AS (
  SELECT s.*, CASE WHEN m.key IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY m.key ORDER BY submitted_on, response_id) END AS nth
  FROM (SELECT * FROM scored WHERE occasion = {from} AND pair_key IS NOT NULL) AS s
  LEFT JOIN ({many_before}) AS m ON m.key = s.pair_key
),
joined AS (
  SELECT {here}a.pair_key AS after_key, a.response_id AS after_id, a.many, b.pair_key AS before_key, b.nth AS before_nth,
    b.submitted_on AS before_on, b.date_precision AS before_precision,
    a.submitted_on AS after_on, a.date_precision AS after_precision{from_before}{from_after}
  FROM (
    SELECT s.*, m.key AS many
    FROM (SELECT * FROM scored WHERE occasion = {to} AND pair_key IS NOT NULL) AS s
    LEFT JOIN ({many_after}) AS m ON m.key = s.pair_key
  ) AS a
  FULL JOIN befores AS b ON b.pair_key = a.pair_key AND b.nth = 1
),
ordered AS (
  SELECT *, CASE WHEN many IS NULL THEN 1 ELSE row_number() OVER (PARTITION BY many ORDER BY apart, after_on, after_id) END AS nth
  FROM (SELECT *, CASE WHEN before_key IS NULL THEN 1 WHEN after_key IS NULL THEN 2 ELSE {apart} END AS apart FROM joined)
),
states AS (
  SELECT {kept}CASE
      WHEN before_nth > 1 OR nth > 1 THEN 9
      WHEN apart > 0 THEN apart{unscored} ELSE 0 END AS state{carried}
  FROM ordered
  UNION ALL
  SELECT {kept}3 AS state{nothing}
  FROM scored WHERE pair_key IS NULL AND occasion IN ({from}, {to})
)"
    )
}

/// Pairs of the first and the latest answer of all occasions; answers between them are no part of it.
fn by_time(pieces: &Pieces) -> String {
    let Pieces { kept, first_before, from_latest, carried, nothing, apart, unscored, .. } = pieces;
    format!(
        "ordered AS (
  SELECT *,
    row_number() OVER (PARTITION BY pair_key ORDER BY submitted_on, response_id) AS nth,
    count(*) OVER (PARTITION BY pair_key) AS answers,
    first_value(submitted_on) OVER (PARTITION BY pair_key ORDER BY submitted_on, response_id) AS before_on,
    first_value(date_precision) OVER (PARTITION BY pair_key ORDER BY submitted_on, response_id) AS before_precision,
    submitted_on AS after_on, date_precision AS after_precision{first_before}{from_latest}
  FROM scored WHERE submitted_on IS NOT NULL AND pair_key IS NOT NULL
),
afters AS (
  SELECT *, {apart} AS apart
  FROM ordered WHERE nth = answers
),
states AS (
  SELECT {kept}CASE WHEN answers = 1 THEN 2 WHEN apart > 0 THEN apart{unscored} ELSE 0 END AS state{carried}
  FROM afters
  UNION ALL
  SELECT {kept}CASE WHEN pair_key IS NULL THEN 3 ELSE 5 END AS state{nothing}
  FROM scored WHERE pair_key IS NULL OR submitted_on IS NULL
)"
    )
}

/// The band of the score before, as a code from 1 on: what stands between two bands is rounded to one of them first.
fn baseline_bands(change: &Change, score: Option<&Score>) -> String {
    if change.baseline_bands.is_empty() {
        return String::new();
    }
    let before = format!("round({}, {})", BEFORE.of("score"), score.map_or(0, |score| score.decimals));
    let lines = change.baseline_bands.iter().zip(1..).skip(1).collect::<Vec<_>>().into_iter().rev();
    let lines: String = lines.map(|(band, at)| format!(" WHEN {before} >= {} THEN {at}", number(band.from))).collect();
    format!("\n  CAST(CASE WHEN state <> {PAIRED} THEN NULL{lines} ELSE 1 END AS TINYINT) AS baseline_band,")
}
