//! Scores, levels and pairs as SQL: against published tables, against the field's own packages, and by rules that a person can check.

use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Float64Type, Int8Type};
use datafusion::prelude::{CsvReadOptions, SessionContext};
use tellonce::declare::{Declarations, Instrument, Outcome};
use tellonce::files::Files;
use tellonce::score::{Pairing, STATES, Scoring};
use tellonce::session::session;

fn reference(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(path);
    path.to_str().unwrap().to_owned()
}

async fn csv(session: &SessionContext, name: &str, path: &str) {
    let options = CsvReadOptions::new().schema_infer_max_records(10_000);
    session.register_csv(name, &reference(path), options).await.unwrap();
}

/// Keeps the rows of a query as the responses.
async fn responses(session: &SessionContext, sql: &str) {
    let batch = rows(session, sql).await;
    session.register_batch("responses", batch).unwrap();
}

async fn rows(session: &SessionContext, sql: &str) -> RecordBatch {
    let frame = session.sql(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    let schema = std::sync::Arc::new(frame.schema().as_arrow().clone());
    let batches = frame.collect().await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    concat_batches(&schema, &batches).unwrap()
}

fn numbers(batch: &RecordBatch, column: &str) -> Vec<Option<f64>> {
    let values = cast(batch.column_by_name(column).unwrap(), &DataType::Float64).unwrap();
    values.as_primitive::<Float64Type>().iter().collect()
}

fn codes(batch: &RecordBatch, column: &str) -> Vec<Option<i8>> {
    batch.column_by_name(column).unwrap().as_primitive::<Int8Type>().iter().collect()
}

fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    let values = cast(batch.column_by_name(column).unwrap(), &DataType::Utf8).unwrap();
    let values = values.as_string::<i32>();
    (0..values.len()).map(|row| if values.is_null(row) { "NA".into() } else { values.value(row).to_owned() }).collect()
}

fn shipped() -> Declarations {
    Declarations::load(&Files::embedded()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The declarations of a workspace that adds one instrument and perhaps its outcomes.
fn with(files: &[(&str, &str)]) -> Declarations {
    let workspace = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = workspace.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Declarations::load(&Files::with_workspace(workspace.path())).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

async fn scored(
    session: &SessionContext,
    declarations: &Declarations,
    instrument: &Instrument,
    order: &str,
) -> RecordBatch {
    let sql = Scoring::new(instrument, declarations).select("responses");
    rows(session, &format!("SELECT * FROM {sql} ORDER BY {order}")).await
}

#[tokio::test]
async fn every_state_of_eq_5d_3l_has_its_published_value() {
    let (session, declarations) = (session().unwrap(), shipped());
    csv(&session, "input", "09_eq5d3l_uk_tto/input.csv").await;
    csv(&session, "expected", "09_eq5d3l_uk_tto/expected.csv").await;
    let digits = ["mobility", "self_care", "activity", "discomfort", "anxiety"].iter().zip(1..);
    let digits: Vec<String> = digits
        .map(|(item, at)| format!("CAST(substr(CAST(state AS VARCHAR), {at}, 1) AS TINYINT) AS i_{item}"))
        .collect();
    responses(&session, &format!("SELECT \"case\", {} FROM input", digits.join(", "))).await;
    let got = scored(&session, &declarations, declarations.instrument("eq-5d-3l").unwrap(), "\"case\"").await;
    let expected = rows(&session, "SELECT * FROM expected ORDER BY \"case\"").await;
    let (index, value) = (numbers(&got, "s_index"), numbers(&expected, "uk_tto"));
    assert_eq!(index.len(), 243);
    for (got, expected) in index.iter().zip(&value) {
        assert!((got.unwrap() - expected.unwrap()).abs() < 1e-9, "{got:?} against {expected:?}");
    }
    assert_eq!(numbers(&got, "s_state"), numbers(&expected, "state"));
}

#[tokio::test]
async fn a_state_with_an_answer_missing_has_no_value() {
    let (session, declarations) = (session().unwrap(), shipped());
    responses(
        &session,
        "SELECT CAST(1 AS TINYINT) AS i_mobility, CAST(1 AS TINYINT) AS i_self_care, \
         CAST(-1 AS TINYINT) AS i_activity, CAST(1 AS TINYINT) AS i_discomfort, CAST(1 AS TINYINT) AS i_anxiety",
    )
    .await;
    let got = scored(&session, &declarations, declarations.instrument("eq-5d-3l").unwrap(), "1").await;
    assert_eq!((numbers(&got, "s_index"), numbers(&got, "s_state")), (vec![None], vec![None]));
}

/// The conversion table of Stewart-Brown and others (2009), written out again.
const METRIC: [f64; 29] = [
    7.00, 9.51, 11.25, 12.40, 13.33, 14.08, 14.75, 15.32, 15.84, 16.36, 16.88, 17.43, 17.98, 18.59, 19.25, 19.98,
    20.73, 21.54, 22.35, 23.21, 24.11, 25.03, 26.02, 27.03, 28.13, 29.31, 30.70, 32.55, 35.00,
];

#[tokio::test]
async fn swemwbs_is_the_published_table_and_needs_all_seven_answers() {
    let (session, declarations) = (session().unwrap(), shipped());
    let instrument = declarations.instrument("swemwbs").unwrap();
    let items: Vec<String> = instrument.items.iter().map(|item| format!("i_{}", item.id)).collect();
    assert_eq!(items.len(), 7);
    // Each sum from 7 to 35 once: the answers rise one after the other.
    let lines = (0..=28).map(|extra: i32| {
        let answers = (0..7).map(|item| 1 + (extra / 7) + i32::from(item < extra % 7));
        format!("({})", answers.map(|answer| answer.to_string()).collect::<Vec<_>>().join(", "))
    });
    let mut lines: Vec<String> = lines.collect();
    lines.push("(5, 5, 5, -1, 5, 5, 5)".into());
    let columns: Vec<String> =
        items.iter().zip(1..).map(|(item, at)| format!("CAST(column{at} AS TINYINT) AS {item}")).collect();
    responses(&session, &format!("SELECT {} FROM (VALUES {})", columns.join(", "), lines.join(", "))).await;
    let got = scored(&session, &declarations, instrument, "s_raw NULLS LAST").await;
    let expected: Vec<Option<f64>> = METRIC.iter().copied().map(Some).chain([None]).collect();
    assert_eq!(numbers(&got, "s_metric"), expected);
    let raw: Vec<Option<f64>> = (7..=35).map(|raw| Some(f64::from(raw))).chain([None]).collect();
    assert_eq!(numbers(&got, "s_raw"), raw);
}

#[tokio::test]
async fn ons_levels_have_the_published_bounds() {
    let (session, declarations) = (session().unwrap(), shipped());
    let instrument = declarations.instrument("ons4").unwrap();
    responses(
        &session,
        "SELECT CAST(value AS TINYINT) AS i_life_satisfaction, CAST(value AS TINYINT) AS i_worthwhile, \
         CAST(value AS TINYINT) AS i_happiness, CAST(value AS TINYINT) AS i_anxiety FROM generate_series(-1, 10)",
    )
    .await;
    let got = scored(&session, &declarations, instrument, "i_anxiety").await;
    for item in ["life_satisfaction", "worthwhile", "happiness"] {
        let levels = codes(&got, &format!("l_{item}_score__ons"));
        // Low to 4, medium to 6, high to 8, very high to 10.
        assert_eq!(levels, [-1, 1, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4].map(Some), "{item}");
    }
    // Very low to 1, low to 3, medium to 5, high to 10.
    assert_eq!(codes(&got, "l_anxiety_score__ons"), [-1, 1, 1, 2, 2, 3, 3, 4, 4, 4, 4, 4].map(Some));
}

/// An instrument with a rule of every kind, in our own words.
const EVERY_RULE: &str = r#"
id = "every-rule"
version = "1"
title.en = "Every rule"
source = "Our own"
licence = "Apache-2.0"
occasions = ["before", "after"]
windows.after = { after = "before", months = 6, give_or_take_days = 42 }
covariates = ["predicted"]

[[scales.much.options]]
code = 0
id = "none"
label.en = "None"
[[scales.much.options]]
code = 1
id = "some"
label.en = "Some"
[[scales.much.options]]
code = 2
id = "much"
label.en = "Much"
[[scales.much.options]]
code = 3
id = "dont-know"
label.en = "Don't know"
scored = false

[[scales.state.options]]
code = 1
id = "done"
label.en = "Done"
[[scales.state.options]]
code = 0
id = "open"
label.en = "Open"
[[scales.state.options]]
code = 2
id = "spared"
label.en = "Not needed"

[[items]]
id = "a"
kind = "single-choice"
scale = "much"
title.en = "A"
[[items]]
id = "b"
kind = "single-choice"
scale = "much"
title.en = "B"
reversed = true
[[items]]
id = "c"
kind = "single-choice"
scale = "much"
title.en = "C"
[[items]]
id = "list"
kind = "checklist"
scale = "state"
title.en = "List"
entries = [{ id = "one", label.en = "One" }, { id = "two", label.en = "Two" }, { id = "three", label.en = "Three" }]
[[items]]
id = "given"
kind = "number"
range = [0, 100]
title.en = "A score from elsewhere"

[[scores]]
id = "sum"
title.en = "Sum"
better = "higher"
range = [0, 6]
source = "Our own"
rule = { kind = "sum", items = ["a", "b", "c"] }
[[scores]]
id = "prorated"
title.en = "Prorated sum"
better = "higher"
range = [0, 6]
source = "Our own"
rule = { kind = "sum", items = ["a", "b", "c"], least_answered = 2 }
[[scores]]
id = "mean"
title.en = "Mean"
better = "higher"
range = [0, 2]
source = "Our own"
rule = { kind = "mean", items = ["a", "b", "c"], least_answered = 2 }
[[scores]]
id = "top"
title.en = "Top"
better = "higher"
source = "Our own"
rule = { kind = "top-score", items = ["a", "c"] }
[[scores]]
id = "share"
title.en = "Share done"
better = "higher"
range = [0, 1]
source = "Our own"
rule = { kind = "checklist-share", item = "list", done = ["done"], not_needed = ["spared"] }
[[scores]]
id = "ready"
title.en = "All done"
better = "higher"
source = "Our own"
rule = { kind = "checklist-all", item = "list", done = ["done"], not_needed = ["spared"] }
[[scores]]
id = "any"
title.en = "Any at all"
better = "higher"
source = "Our own"
rule = { kind = "categories", item = "a", categories = [{ id = "no", label.en = "No", options = ["none"] }, { id = "yes", label.en = "Yes", options = ["some", "much"] }] }
[[scores]]
id = "twice"
title.en = "Twice"
better = "higher"
source = "Our own"
rule = { kind = "sql" }
[[scores]]
id = "given_score"
title.en = "Given"
better = "higher"
range = [0, 100]
decimals = 1
source = "Our own"
rule = { kind = "answer", item = "given" }
[[scores]]
id = "burden"
title.en = "Burden"
better = "lower"
range = [0, 100]
source = "Our own"
rule = { kind = "answer", item = "given" }

# The two published cut sets of patient activation: Insignia Health, before and since the change of 2010.
[[cut_sets]]
id = "2010"
score = "given_score"
source = "Insignia Health 2010"
levels = [{ id = "1", label.en = "1", from = 0, to = 47.0 }, { id = "2", label.en = "2", from = 47.1, to = 55.1 }, { id = "3", label.en = "3", from = 55.2, to = 67.0 }, { id = "4", label.en = "4", from = 67.1, to = 100 }]
[[cut_sets]]
id = "current"
score = "given_score"
in_use = true
source = "Insignia Health"
levels = [{ id = "1", label.en = "1", from = 0, to = 47.0 }, { id = "2", label.en = "2", from = 47.1, to = 55.1 }, { id = "3", label.en = "3", from = 55.2, to = 72.4 }, { id = "4", label.en = "4", from = 72.5, to = 100 }]
"#;

fn every_rule(outcomes: &str) -> Declarations {
    with(&[
        ("measures/instruments/every-rule.toml", EVERY_RULE),
        ("queries/scores/every-rule.twice.sql", "i_given * 2 -- the last line is a comment"),
        ("measures/outcomes/every-rule.toml", outcomes),
    ])
}

#[tokio::test]
async fn every_rule_says_what_it_promises() {
    let (session, declarations) = (session().unwrap(), every_rule("outcomes = []"));
    responses(
        &session,
        "SELECT column1 AS id, CAST(column2 AS TINYINT) AS i_a, CAST(column3 AS TINYINT) AS i_b, \
         CAST(column4 AS TINYINT) AS i_c, CAST(column5 AS TINYINT) AS i_list__one, CAST(column6 AS TINYINT) AS i_list__two, \
         CAST(column7 AS TINYINT) AS i_list__three, column8 AS i_given FROM (VALUES \
         (1, 2, 0, 2, 1, 1, 1, 47.0), (2, 2, 0, -1, 1, 2, 0, 47.1), (3, 3, 2, 1, 1, 2, 2, 67.1), \
         (4, -1, -2, -3, -1, -1, -1, NULL), (5, 0, 2, 1, 2, 2, 2, 70.0), (6, 1, 1, 1, 1, -1, 2, 72.5))",
    )
    .await;
    let got = scored(&session, &declarations, declarations.instrument("every-rule").unwrap(), "id").await;
    // B is turned round: 0 counts 2. Don't know (3) is no answer.
    assert_eq!(numbers(&got, "s_sum"), [Some(6.0), None, None, None, Some(1.0), Some(3.0)]);
    assert_eq!(numbers(&got, "s_prorated"), [Some(6.0), Some(6.0), Some(1.5), None, Some(1.0), Some(3.0)]);
    assert_eq!(numbers(&got, "s_mean"), [Some(2.0), Some(2.0), Some(0.5), None, Some(1.0 / 3.0), Some(1.0)]);
    assert_eq!(codes(&got, "s_top"), [1, -1, -1, -1, 0, 0].map(Some));
    // A needed line without an answer is not done; where nothing is needed there is no share.
    assert_eq!(numbers(&got, "s_share"), [Some(1.0), Some(0.5), Some(1.0), None, None, Some(0.5)]);
    assert_eq!(codes(&got, "s_ready"), [1, 0, 1, -1, -1, 0].map(Some));
    assert_eq!(codes(&got, "s_any"), [2, 2, -1, -1, 1, 2].map(Some));
    assert_eq!(numbers(&got, "s_twice"), [Some(94.0), Some(94.2), Some(134.2), None, Some(140.0), Some(145.0)]);
    // A score of 70 is level 4 by the cuts of 2010 and level 3 by the current ones.
    assert_eq!(codes(&got, "l_given_score__2010"), [1, 2, 4, -1, 4, 4].map(Some));
    assert_eq!(codes(&got, "l_given_score__current"), [1, 2, 3, -1, 3, 4].map(Some));
}

#[tokio::test]
async fn activation_levels_have_the_published_bounds() {
    let (session, declarations) = (session().unwrap(), every_rule("outcomes = []"));
    let nothing = "CAST(-2 AS TINYINT)";
    responses(
        &session,
        &format!(
            "SELECT CAST(value AS DOUBLE) / 10 AS i_given, {nothing} AS i_a, {nothing} AS i_b, {nothing} AS i_c, \
             {nothing} AS i_list__one, {nothing} AS i_list__two, {nothing} AS i_list__three FROM generate_series(0, 1000)"
        ),
    )
    .await;
    let got = scored(&session, &declarations, declarations.instrument("every-rule").unwrap(), "i_given").await;
    let scores = numbers(&got, "i_given");
    for (cut_set, bounds) in [("2010", [470, 551, 670]), ("current", [470, 551, 724])] {
        for (score, level) in scores.iter().zip(codes(&got, &format!("l_given_score__{cut_set}"))) {
            let tenths = (score.unwrap() * 10.0).round() as i32;
            let expected = 1 + bounds.iter().filter(|bound| tenths > **bound).count();
            assert_eq!(level.map(i32::from), i32::try_from(expected).ok(), "{cut_set}: {score:?}");
        }
    }
}

const GOALS: &str = r#"
id = "scaled-goals"
version = "1"
title.en = "Goals"
source = "Our own"
licence = "Apache-2.0"
occasions = ["review"]
repeats.en = "goal"
[[items]]
id = "achieved"
kind = "number"
range = [-2, 2]
title.en = "How far the goal was reached"
[[items]]
id = "weight"
kind = "number"
range = [0, 100]
title.en = "How much it matters"
[[scores]]
id = "t"
title.en = "Goal attainment"
better = "higher"
source = "Kiresuk and Sherman, Community Ment Health J 1968;4:443-453"
rule = { kind = "goal-attainment", achieved = "achieved", weight = "weight" }
"#;

#[tokio::test]
async fn goal_attainment_is_one_number_a_submission() {
    let session = session().unwrap();
    let declarations = with(&[("measures/instruments/scaled-goals.toml", GOALS)]);
    csv(&session, "input", "10_goal_attainment/input.csv").await;
    csv(&session, "expected", "10_goal_attainment/expected.csv").await;
    let sql = "SELECT CAST(\"case\" AS VARCHAR) AS submission, CAST(goal AS INT) AS repeat, \
               CAST(achieved AS DOUBLE) AS i_achieved, CAST(weight AS DOUBLE) AS i_weight FROM input";
    responses(&session, sql).await;
    let got =
        scored(&session, &declarations, declarations.instrument("scaled-goals").unwrap(), "submission, repeat").await;
    let scores: Vec<f64> = numbers(&got, "s_t").into_iter().flatten().collect();
    let expected = rows(&session, "SELECT * FROM expected ORDER BY \"case\"").await;
    let expected = numbers(&expected, "t_achieved");
    assert_eq!((scores.len(), expected.len()), (3, 3), "one score a submission, on its first goal");
    for (got, expected) in scores.iter().zip(expected) {
        assert!((got - expected.unwrap()).abs() < 1e-12 * expected.unwrap(), "{got} against {expected:?}");
    }
}

fn outcome<'a>(declarations: &'a Declarations, id: &str) -> &'a Outcome {
    declarations.outcomes.iter().find(|outcome| outcome.id == id).unwrap()
}

async fn pairs(
    session: &SessionContext,
    declarations: &Declarations,
    id: &str,
    keep: &[&str],
    order: &str,
) -> RecordBatch {
    let outcome = outcome(declarations, id);
    let instrument = declarations.instrument(&outcome.instrument).unwrap();
    let scoring = Scoring::new(instrument, declarations);
    let keep: Vec<String> = keep.iter().map(|name| (*name).to_owned()).collect();
    let change = outcome.change.as_ref().unwrap();
    let scored = |needed: &[String]| scoring.needed(needed).select("responses");
    let pairing = Pairing::new(outcome, change, instrument, &scoring, &scored, &keep);
    rows(session, &format!("SELECT * FROM ({}) ORDER BY {order}", pairing.sql)).await
}

#[tokio::test]
async fn changes_of_profiles_are_classed_as_the_reference_says() {
    let session = session().unwrap();
    let outcome = r#"
[[outcomes]]
id = "health-change"
version = "1"
title.en = "Health"
statement.en = "how their health changed"
instrument = "eq-5d-3l"
score = "index"
out_of_words.en = "pairs"
direction = "higher"
source = "Our own"
[outcomes.change]
from = "baseline"
to = "follow-up"
pair_by = "episode"
profile = "state"
thresholds = [{ id = "any", kind = "any", source = "Our own" }]
"#;
    let declarations = with(&[("measures/outcomes/health.toml", outcome)]);
    csv(&session, "input", "09_pchc/input.csv").await;
    csv(&session, "expected", "09_pchc/expected_class.csv").await;
    let items =
        ["mobility", "self_care", "activity", "discomfort", "anxiety"].iter().zip(["MO", "SC", "UA", "PD", "AD"]);
    let side = |occasion: &str, prefix: &str| {
        // 9 and NA are no answer; the levels of five go no further than three here.
        let codes = items.clone().map(|(item, short)| {
            let value = format!("TRY_CAST(\"{prefix}_{short}\" AS INT)");
            format!("CAST(CASE WHEN {value} BETWEEN 1 AND 5 THEN {value} ELSE -1 END AS TINYINT) AS i_{item}")
        });
        let codes: Vec<String> = codes.collect();
        format!(
            "SELECT '{occasion}' AS occasion, '{occasion}' || id AS response_id, CAST(id AS VARCHAR) AS episode, \
             CAST(NULL AS DATE) AS submitted_on, 'none' AS date_precision, {} FROM input",
            codes.join(", ")
        )
    };
    responses(&session, &format!("{} UNION ALL {}", side("baseline", "pre"), side("follow-up", "post"))).await;
    // The window of the instrument cannot be held against people without dates.
    let mut declarations = declarations;
    declarations.instruments.get_mut("eq-5d-3l").unwrap().windows.clear();
    let got = pairs(
        &session,
        &declarations,
        "health-change",
        &["episode", "submitted_on", "date_precision"],
        "CAST(episode AS INT)",
    )
    .await;
    let expected = rows(&session, "SELECT * FROM expected ORDER BY CAST(id AS INT)").await;
    let expected = texts(&expected, "class");
    let got: Vec<Option<i8>> = codes(&got, "p_profile");
    assert_eq!(got.len(), expected.len());
    let mut seen = std::collections::BTreeMap::new();
    for (got, expected) in got.iter().zip(&expected) {
        let code = match expected.as_str() {
            "No problems" => 1,
            "No change" => 2,
            "Improve" => 3,
            "Worsen" => 4,
            "Mixed change" => 5,
            _ => -2,
        };
        assert_eq!(*got, Some(code), "{expected}");
        *seen.entry(expected.clone()).or_insert(0) += 1;
    }
    assert!(seen.len() >= 4, "{seen:?}");
}

const CHANGE: &str = r#"
[[outcomes]]
id = "gain"
version = "1"
title.en = "Gain"
statement.en = "mean change of the score"
instrument = "every-rule"
score = "given_score"
out_of_words.en = "pairs"
direction = "higher"
source = "Our own"
[outcomes.change]
from = "before"
to = "after"
pair_by = "person"
predicted = "predicted"
transitions = "current"
thresholds = [{ id = "five", kind = "individual", least = 5, source = "Our own" }, { id = "any", kind = "any", source = "Our own" }]
baseline_bands = [{ id = "low", label.en = "Low", from = 0, to = 49.9 }, { id = "high", label.en = "High", from = 50, to = 100 }]

[[outcomes]]
id = "eased"
version = "1"
title.en = "Eased"
statement.en = "their burden was lighter"
instrument = "every-rule"
score = "burden"
counts = ["better"]
out_of = ["better", "same", "worse"]
out_of_words.en = "pairs"
direction = "higher"
source = "Our own"
[outcomes.change]
from = "before"
to = "after"
pair_by = "person"
thresholds = [{ id = "five", kind = "individual", least = 5, source = "Our own" }]

[[outcomes]]
id = "latest"
version = "1"
title.en = "Latest"
statement.en = "how far they came"
instrument = "every-rule"
out_of_words.en = "people with two answers"
direction = "higher"
source = "Our own"
[outcomes.change]
from = "first"
to = "latest"
pair_by = "person"
domains = ["a", "b"]
thresholds = [{ id = "any", kind = "any", source = "Our own" }]
"#;

/// Person, occasion, day, given score, predicted score, a, b, and the state that a rule by hand gives it.
type Told = (&'static str, &'static str, &'static str, &'static str, &'static str, i8, i8, usize);

const ANSWERS: [Told; 20] = [
    ("p1", "before", "2026-01-01", "40.0", "NULL", 0, 0, 99),
    ("p1", "after", "2026-07-01", "45.0", "44.0", 2, 2, 0),
    ("p2", "before", "2026-01-01", "60.0", "NULL", 1, 1, 2),
    ("p3", "after", "2026-07-01", "45.0", "44.0", 1, 1, 1),
    ("NULL", "before", "2026-01-01", "40.0", "NULL", 1, 1, 3),
    ("NULL", "after", "2026-01-01", "40.0", "40.0", 1, 1, 3),
    // A day too late: six months and 42 days after the first of January is the twelfth of August.
    ("p4", "before", "2026-01-01", "40.0", "NULL", 2, 0, 99),
    ("p4", "after", "2026-08-13", "45.0", "44.0", 1, 0, 4),
    ("p5", "before", "2026-01-01", "40.0", "NULL", 2, 0, 99),
    ("p5", "after", "2026-08-12", "44.9", "44.0", 1, 1, 0),
    ("p6", "before", "NULL", "40.0", "NULL", 2, 0, 99),
    ("p6", "after", "2026-07-01", "45.0", "44.0", 1, 1, 5),
    ("p7", "before", "2026-01-01", "NULL", "NULL", 2, -1, 99),
    ("p7", "after", "2026-07-01", "45.0", "44.0", 1, 1, 6),
    ("p8", "before", "2026-01-01", "40.0", "NULL", 2, 0, 99),
    ("p8", "after", "2026-07-01", "NULL", "44.0", 2, 1, 7),
    ("p9", "before", "2026-01-01", "40.0", "NULL", 2, 0, 99),
    ("p9", "after", "2026-07-01", "45.0", "NULL", 2, 1, 8),
    // The second answer before, and the second after in the window, count no more.
    ("p1", "before", "2026-01-05", "90.0", "NULL", 1, 1, 9),
    ("p1", "after", "2026-07-02", "90.0", "44.0", 1, 2, 9),
];

async fn answers(session: &SessionContext) {
    let quoted = |text: &str| if text == "NULL" { "NULL".to_owned() } else { format!("'{text}'") };
    let lines = ANSWERS.iter().zip(1..).map(|((person, occasion, day, given, predicted, a, b, _), at)| {
        format!("({at}, {}, '{occasion}', {}, {given}, {predicted}, {a}, {b})", quoted(person), quoted(day))
    });
    let lines: Vec<String> = lines.collect();
    let nothing = "CAST(-2 AS TINYINT)";
    responses(
        session,
        &format!(
            "SELECT 'r' || column1 AS response_id, column1 AS at, column2 AS person, CAST(NULL AS VARCHAR) AS episode, \
             column3 AS occasion, CAST(column4 AS DATE) AS submitted_on, CASE WHEN column4 IS NULL THEN 'none' ELSE 'day' END AS date_precision, \
             CAST(column5 AS DOUBLE) AS i_given, CAST(column6 AS DOUBLE) AS x_predicted, CAST(column7 AS TINYINT) AS i_a, \
             CAST(column8 AS TINYINT) AS i_b, {nothing} AS i_c, {nothing} AS i_list__one, {nothing} AS i_list__two, \
             {nothing} AS i_list__three FROM (VALUES {})",
            lines.join(", ")
        ),
    )
    .await;
}

#[tokio::test]
async fn every_response_is_a_pair_or_says_why_it_is_none() {
    let (session, declarations) = (session().unwrap(), every_rule(CHANGE));
    answers(&session).await;
    let got = pairs(&session, &declarations, "gain", &["at", "submitted_on", "date_precision"], "at").await;
    let states = codes(&got, "p_state");
    let at = numbers(&got, "at");
    // A response before that has a pair stands in the row of the one after.
    let expected: Vec<(Option<f64>, Option<i8>)> = ANSWERS
        .iter()
        .zip(1..)
        .filter(|(told, _)| told.7 != 99)
        .map(|(told, at)| (Some(f64::from(at)), i8::try_from(told.7).ok()))
        .collect();
    let found: Vec<(Option<f64>, Option<i8>)> = at.into_iter().zip(states.clone()).collect();
    let named = |code: Option<i8>| STATES[usize::try_from(code.unwrap()).unwrap()];
    assert_eq!(found, expected, "{:?}", states.into_iter().map(named).collect::<Vec<_>>());

    let pairs: Vec<usize> = (0..got.num_rows()).filter(|row| codes(&got, "p_state")[*row] == Some(0)).collect();
    assert_eq!(pairs.len(), 2);
    let of = |column: &str| -> Vec<Option<f64>> { pairs.iter().map(|row| numbers(&got, column)[*row]).collect() };
    assert_eq!((of("p_before"), of("p_after")), (vec![Some(40.0); 2], vec![Some(45.0), Some(44.9)]));
    assert_eq!(of("p_change"), [Some(5.0), Some(4.9)]);
    assert!((of("p_residual")[1].unwrap() - 0.9).abs() < 1e-9);
    // Five points are better by the threshold of five; 4.9 are not, but are more than nothing.
    assert_eq!((of("p_class"), of("p_class_1")), (vec![Some(1.0), Some(2.0)], vec![Some(1.0); 2]));
    // From level 1 to level 1 of four is the first code.
    assert_eq!(of("p_levels"), [Some(1.0); 2]);
    assert_eq!(of("baseline_band"), [Some(1.0); 2]);
    // What is no pair has no class and no band.
    let others = (0..got.num_rows()).filter(|row| !pairs.contains(row));
    assert!(
        others
            .into_iter()
            .all(|row| codes(&got, "p_class")[row] == Some(-2) && codes(&got, "baseline_band")[row].is_none())
    );
}

#[tokio::test]
async fn better_is_what_the_score_calls_better() {
    let (session, declarations) = (session().unwrap(), every_rule(CHANGE));
    answers(&session).await;
    let got = pairs(&session, &declarations, "eased", &["at", "submitted_on", "date_precision"], "at").await;
    let (states, classes) = (codes(&got, "p_state"), codes(&got, "p_class"));
    let of_pairs: Vec<Option<i8>> =
        states.iter().zip(&classes).filter(|(state, _)| **state == Some(0)).map(|(_, class)| *class).collect();
    // From 40 to 45 a burden grew by the five points that count, twice; to 44.9 it did not.
    assert_eq!(of_pairs, [Some(3), Some(2), Some(3)]);
}

#[tokio::test]
async fn the_first_is_held_against_the_latest_domain_by_domain() {
    let (session, declarations) = (session().unwrap(), every_rule(CHANGE));
    answers(&session).await;
    let got =
        pairs(&session, &declarations, "latest", &["person", "submitted_on", "date_precision"], "person, p_state")
            .await;
    let state = |person: &str| -> Vec<Option<i8>> {
        let people = texts(&got, "person");
        (0..people.len()).filter(|row| people[*row] == person).map(|row| codes(&got, "p_state")[row]).collect()
    };
    // One answer is no pair; answers between the first and the latest are part of nothing; one without a day cannot be put in order.
    assert_eq!((state("p1"), state("p2"), state("p6")), (vec![Some(0)], vec![Some(2)], vec![Some(2), Some(5)]));
    assert_eq!(state("NA"), [Some(3), Some(3)]);
    let class = |person: &str, column: &str| {
        let people = texts(&got, "person");
        let row = (0..people.len()).find(|row| people[*row] == person).unwrap();
        codes(&got, column)[row]
    };
    // A rose from 0 to 1; b, worded the other way round, rose from 0 to 2, which is worse.
    assert_eq!((class("p1", "p_domain_0"), class("p1", "p_domain_1")), (Some(1), Some(3)));
    assert_eq!((class("p4", "p_domain_0"), class("p4", "p_domain_1")), (Some(3), Some(2)));
    // An answer that is missing on one side has no class in that domain only.
    assert_eq!((class("p7", "p_domain_0"), class("p7", "p_domain_1")), (Some(3), Some(-2)));
}
