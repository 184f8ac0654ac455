//! The rule of each score as an SQL expression.

use crate::declare::{CutSet, Declarations, Gives, Instrument, Item, ItemKind, Rule, Score, ValueSet};

use super::sql::{ident, number};

/// A score, or the levels of a score, as a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name of the column: `s_` and the score; `l_`, the score, two underscores and the cut set for levels.
    pub name: String,
    /// Name in the cube: the score; for levels the score, `@` and the cut set.
    pub counted_as: String,
    /// What it holds.
    pub kind: Kind,
    /// Its SQL expression, over items' values (`v_…`) and earlier scores.
    pub expression: String,
}

/// What the column of a score holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code up to the given one.
    Code(i8),
    /// A number.
    Number,
    /// A state, as a whole number.
    Profile,
}

/// The scores of one version of an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scoring {
    /// Values of items: `v_` and the item, null where it was not answered or its answer is not scored.
    pub values: Vec<(String, String)>,
    /// The columns, in steps: each reads only values and the columns of earlier steps.
    pub steps: Vec<Vec<Column>>,
}

impl Scoring {
    /// Compiles every score of `instrument`.
    pub fn new(instrument: &Instrument, declarations: &Declarations) -> Self {
        let mut values: Vec<(String, String)> = Vec::new();
        let mut value = |id: &str| -> String {
            let name = format!("v_{id}");
            if !values.iter().any(|known| known.0 == name) {
                values.push((name.clone(), item_value(instrument, id)));
            }
            ident(&name)
        };
        let mut steps: Vec<Vec<Column>> = vec![Vec::new()];
        for score in &instrument.scores {
            let column = Column {
                name: score.column(),
                counted_as: score.id.clone(),
                kind: kind(score),
                expression: expression(score, instrument, declarations, &mut value),
            };
            // A table is looked up in a score that stands before it: one step after that one.
            let step = match &score.rule {
                Rule::Lookup { of, .. } => step_of(&steps, of) + 1,
                _ => 0,
            };
            put(&mut steps, step, column);
        }
        for set in &instrument.cut_sets {
            let Some(score) = instrument.score(&set.score) else { continue };
            let step = step_of(&steps, &score.id) + 1;
            put(&mut steps, step, levels(set, score));
        }
        Scoring { values, steps }
    }

    /// Returns the columns of all steps.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.steps.iter().flatten()
    }

    /// Returns the column of a score, or of its levels by a cut set.
    pub fn column(&self, score: &str, cut_set: Option<&str>) -> Option<&Column> {
        let name = cut_set.map_or_else(|| score.to_owned(), |cut_set| format!("{score}@{cut_set}"));
        self.columns().find(|column| column.counted_as == name)
    }

    /// Returns what of it is needed for the columns that are named in `expressions`.
    pub fn needed(&self, expressions: &[String]) -> Self {
        let mut texts = expressions.to_vec();
        let mut steps = Vec::new();
        for step in self.steps.iter().rev() {
            let named = |column: &&Column| texts.iter().any(|text| text.contains(&ident(&column.name)));
            let step: Vec<Column> = step.iter().filter(named).cloned().collect();
            texts.extend(step.iter().map(|column| column.expression.clone()));
            steps.push(step);
        }
        steps.reverse();
        let named = |value: &&(String, String)| texts.iter().any(|text| text.contains(&ident(&value.0)));
        Scoring { values: self.values.iter().filter(named).cloned().collect(), steps }
    }

    /// Returns the SQL that adds every score to the columns of `from`, which is a table or a query in brackets.
    pub fn select(&self, from: &str) -> String {
        let line = |(name, sql): (&str, &str)| format!(",\n    {sql} AS {}", ident(name));
        let mut sql = from.to_owned();
        let values: String = self.values.iter().map(|(name, sql)| line((name.as_str(), sql.as_str()))).collect();
        if !values.is_empty() {
            sql = format!("(SELECT *{values}\n FROM {sql})");
        }
        for step in self.steps.iter().filter(|step| !step.is_empty()) {
            let columns: String = step.iter().map(|of| line((&of.name, &of.expression))).collect();
            sql = format!("(SELECT *{columns}\n FROM {sql})");
        }
        sql
    }
}

fn put(steps: &mut Vec<Vec<Column>>, step: usize, column: Column) {
    if steps.len() <= step {
        steps.resize_with(step + 1, Vec::new);
    }
    if let Some(step) = steps.get_mut(step) {
        step.push(column);
    }
}

fn step_of(steps: &[Vec<Column>], score: &str) -> usize {
    steps.iter().position(|step| step.iter().any(|column| column.counted_as == score)).unwrap_or(0)
}

fn kind(score: &Score) -> Kind {
    match score.gives() {
        Gives::Codes(codes) => Kind::Code(codes.iter().map(|code| code.0).max().unwrap_or(0)),
        Gives::Number => Kind::Number,
        Gives::Profile => Kind::Profile,
    }
}

/// Returns the smallest and the largest code of an item that scores use.
pub fn scored_codes(instrument: &Instrument, item: &Item) -> Option<(i8, i8)> {
    let coded = instrument.coded_of(item);
    let codes = || coded.iter().flat_map(|coded| coded.choices.iter()).filter(|choice| choice.scored);
    Some((codes().map(|choice| choice.code).min()?, codes().map(|choice| choice.code).max()?))
}

/// The answer to an item as a number; null where there is none that scores use.
fn item_value(instrument: &Instrument, id: &str) -> String {
    let column = ident(&format!("i_{id}"));
    let Some(item) = instrument.item(id).filter(|item| item.kind != ItemKind::Number) else { return column };
    let coded = instrument.coded_of(item);
    let choices = || coded.iter().flat_map(|coded| coded.choices.iter());
    let unscored: Vec<String> =
        choices().filter(|choice| !choice.scored).map(|choice| choice.code.to_string()).collect();
    let answered = match unscored.is_empty() {
        true => format!("{column} >= 0"),
        false => format!("{column} >= 0 AND {column} NOT IN ({})", unscored.join(", ")),
    };
    let value = match (item.reversed, scored_codes(instrument, item)) {
        (true, Some((low, high))) => format!("{} - {column}", i16::from(low) + i16::from(high)),
        _ => column,
    };
    format!("CASE WHEN {answered} THEN CAST({value} AS DOUBLE) END")
}

fn joined(parts: &[String], between: &str) -> String {
    parts.join(between)
}

/// Returns a sum that is null as soon as one part is.
fn sum(parts: &[String]) -> String {
    joined(parts, " + ")
}

fn answered(values: &[String]) -> String {
    let counts: Vec<String> =
        values.iter().map(|value| format!("CASE WHEN {value} IS NULL THEN 0 ELSE 1 END")).collect();
    format!("({})", sum(&counts))
}

/// The mean of the answered items, where enough are.
fn mean(values: &[String], least: usize) -> String {
    let known: Vec<String> = values.iter().map(|value| format!("coalesce({value}, 0.0)")).collect();
    let answered = answered(values);
    format!("CASE WHEN {answered} >= {least} THEN ({}) / {answered} END", sum(&known))
}

fn expression(
    score: &Score,
    instrument: &Instrument,
    declarations: &Declarations,
    value: &mut dyn FnMut(&str) -> String,
) -> String {
    let mut all = |items: &[String]| -> Vec<String> { items.iter().map(|item| value(item)).collect() };
    match &score.rule {
        Rule::Answer { item } => value(item),
        Rule::Sum { items, least_answered } => {
            let values = all(items);
            match least_answered.filter(|least| *least < items.len()) {
                None => sum(&values),
                Some(least) => format!("{} * ({})", number(items.len() as f64), mean(&values, least)),
            }
        }
        Rule::Mean { items, least_answered } => {
            let values = all(items);
            match least_answered.filter(|least| *least < items.len()) {
                None => format!("({}) / {}", sum(&values), number(items.len() as f64)),
                Some(least) => mean(&values, least),
            }
        }
        Rule::TopScore { items, counts } => top_score(items, counts, instrument, &all(items)),
        Rule::Lookup { of, from, values } => {
            let of = ident(&format!("s_{of}"));
            let lines = values.iter().zip(*from..).map(|(to, at)| format!("WHEN {at} THEN {}", number(*to)));
            format!("CASE CAST({of} AS BIGINT) {} END", joined(&lines.collect::<Vec<_>>(), " "))
        }
        Rule::Profile { items } => profile(&all(items)),
        Rule::ValueSet { set } => match declarations.value_sets.get(set) {
            Some(set) => value_set(set, instrument, &all(&set.items)),
            None => "CAST(NULL AS DOUBLE)".into(),
        },
        Rule::ChecklistShare { item, done, not_needed } => {
            let Checklist { answered, done, needed } = checklist(instrument, item, done, not_needed);
            format!("CASE WHEN {answered} > 0 AND {needed} > 0 THEN CAST({done} AS DOUBLE) / {needed} END")
        }
        Rule::ChecklistAll { item, done, not_needed } => {
            let Checklist { answered, done, needed } = checklist(instrument, item, done, not_needed);
            let unknown = format!("{answered} = 0 OR {needed} = 0");
            code(&format!("CASE WHEN {unknown} THEN -1 WHEN {done} = {needed} THEN 1 ELSE 0 END"))
        }
        Rule::GoalAttainment { achieved, weight } => {
            let weight = weight.as_ref().map_or_else(|| "1.0".to_owned(), |weight| value(weight));
            let achieved = value(achieved);
            format!(
                "CASE WHEN repeat = min(repeat) OVER (PARTITION BY submission) \
                 THEN goal_attainment_t({achieved}, {weight}) OVER (PARTITION BY submission) END"
            )
        }
        Rule::Categories { item, categories } => {
            let coded = instrument.coded().into_iter().find(|coded| coded.id == *item);
            let choices = coded.map(|coded| coded.choices.into_owned()).unwrap_or_default();
            let lines = categories.iter().enumerate().map(|(at, category)| {
                let of = choices.iter().filter(|choice| category.options.contains(&choice.id));
                let codes: Vec<String> = of.map(|choice| choice.code.to_string()).collect();
                format!("WHEN {} IN ({}) THEN {}", ident(&format!("i_{item}")), joined(&codes, ", "), at + 1)
            });
            code(&format!("CASE {} ELSE -1 END", joined(&lines.collect::<Vec<_>>(), " ")))
        }
        Rule::Sql {} => {
            let text = declarations.sql_scores.get(&format!("{}.{}", instrument.id, score.id));
            // The line end closes a comment that the file may end with.
            format!("CAST((\n{}\n) AS DOUBLE)", text.map_or("NULL", |text| text.trim()))
        }
    }
}

fn code(sql: &str) -> String {
    format!("CAST({sql} AS TINYINT)")
}

fn top_score(items: &[String], counts: &[String], instrument: &Instrument, values: &[String]) -> String {
    let missing: Vec<String> = values.iter().map(|value| format!("{value} IS NULL")).collect();
    let top = items.iter().zip(values).map(|(id, value)| {
        let Some(item) = instrument.item(id) else { return "FALSE".to_owned() };
        let coded = instrument.coded_of(item);
        let choices = || coded.iter().flat_map(|coded| coded.choices.iter());
        let named: Vec<String> = choices()
            .filter(|choice| counts.contains(&choice.id))
            .map(|choice| match scored_codes(instrument, item).filter(|_| item.reversed) {
                Some((low, high)) => (i16::from(low) + i16::from(high) - i16::from(choice.code)).to_string(),
                None => choice.code.to_string(),
            })
            .collect();
        match (named.is_empty(), scored_codes(instrument, item)) {
            (false, _) => format!("{value} IN ({})", joined(&named, ", ")),
            (true, Some((_, high))) => format!("{value} = {high}"),
            (true, None) => "FALSE".to_owned(),
        }
    });
    let top: Vec<String> = top.collect();
    code(&format!("CASE WHEN {} THEN -1 WHEN {} THEN 1 ELSE 0 END", joined(&missing, " OR "), joined(&top, " AND ")))
}

fn profile(values: &[String]) -> String {
    let places = values.iter().zip((0..values.len()).rev());
    let digits: Vec<String> = places
        .map(|(value, zeros)| format!("{value} * {}", number(10_f64.powi(i32::try_from(zeros).unwrap_or(0)))))
        .collect();
    format!("CAST({} AS BIGINT)", sum(&digits))
}

fn value_set(set: &ValueSet, instrument: &Instrument, values: &[String]) -> String {
    if !set.states.is_empty() {
        let states = set.states.iter().map(|(state, value)| format!("WHEN {state} THEN {}", number(*value)));
        return format!("CASE {} {} END", profile(values), joined(&states.collect::<Vec<_>>(), " "));
    }
    let codes: Vec<(i8, i8)> = set
        .items
        .iter()
        .map(|id| instrument.item(id).and_then(|item| scored_codes(instrument, item)).unwrap_or_default())
        .collect();
    let any = |taken: f64, condition: &dyn Fn(&(i8, i8)) -> String| -> Option<String> {
        let of = values.iter().zip(&codes).map(|(value, codes)| format!("{value} {}", condition(codes)));
        let of = joined(&of.collect::<Vec<_>>(), " OR ");
        (taken != 0.0).then(|| format!(" - CASE WHEN {of} THEN {} ELSE 0.0 END", number(taken)))
    };
    let problem = any(set.any_problem, &|(low, _)| format!("> {low}")).unwrap_or_default();
    let worst = any(set.any_worst, &|(_, high)| format!("= {high}")).unwrap_or_default();
    let taken = set.items.iter().zip(values).zip(&codes).map(|((id, value), (low, _))| {
        let off = set.decrements.get(id).map(Vec::as_slice).unwrap_or_default();
        let off = off.iter().zip(i16::from(*low)..).filter(|(off, _)| **off != 0.0);
        let lines: Vec<String> =
            off.map(|(off, code)| format!("WHEN {value} = {code} THEN {}", number(*off))).collect();
        if lines.is_empty() { String::new() } else { format!(" - CASE {} ELSE 0.0 END", joined(&lines, " ")) }
    });
    let taken: String = taken.collect();
    let missing: Vec<String> = values.iter().map(|value| format!("{value} IS NOT NULL")).collect();
    let (full, decimals) = (number(set.full), set.decimals);
    format!("CASE WHEN {} THEN round({full}{problem}{taken}{worst}, {decimals}) END", joined(&missing, " AND "))
}

/// How many lines of a checklist were answered, are done, and are needed. A needed line without an answer is not done.
struct Checklist {
    answered: String,
    done: String,
    needed: String,
}

fn checklist(instrument: &Instrument, item: &str, done: &[String], not_needed: &[String]) -> Checklist {
    let coded = instrument.item(item).map(|item| instrument.coded_of(item)).unwrap_or_default();
    let count = |condition: &dyn Fn(&str) -> String| {
        let lines = coded.iter().map(|coded| {
            let column = ident(&format!("i_{}", coded.id));
            format!("CASE WHEN {} THEN 1 ELSE 0 END", condition(&column))
        });
        format!("({})", sum(&lines.collect::<Vec<_>>()))
    };
    let codes = |ids: &[String]| -> String {
        let choices = coded.first().map(|coded| coded.choices.to_vec()).unwrap_or_default();
        let of = choices.iter().filter(|choice| ids.contains(&choice.id)).map(|choice| choice.code.to_string());
        joined(&of.collect::<Vec<_>>(), ", ")
    };
    let (done, spare) = (codes(done), codes(not_needed));
    Checklist {
        answered: count(&|column| format!("{column} >= 0")),
        done: count(&|column| format!("{column} IN ({done})")),
        needed: match spare.is_empty() {
            true => coded.len().to_string(),
            false => count(&|column| format!("coalesce({column}, -1) NOT IN ({spare})")),
        },
    }
}

fn levels(set: &CutSet, score: &Score) -> Column {
    let of = ident(&score.column());
    // From the highest level down: what stands between two published bounds is rounded to one of them first.
    let lines = set.levels.iter().zip(1..).skip(1).collect::<Vec<_>>().into_iter().rev();
    let lines: Vec<String> = lines
        .map(|(level, at)| format!("WHEN round({of}, {}) >= {} THEN {at}", score.decimals, number(level.from)))
        .collect();
    Column {
        name: set.column(),
        counted_as: format!("{}@{}", score.id, set.id),
        kind: Kind::Code(i8::try_from(set.levels.len()).unwrap_or(i8::MAX)),
        expression: code(&format!("CASE WHEN {of} IS NULL THEN -1 {} ELSE 1 END", joined(&lines, " "))),
    }
}
