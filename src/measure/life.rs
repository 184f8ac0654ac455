//! Life tables, and how outcomes go into them, as small tables that queries join.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};

use super::areas::text;
use super::tables::{table, texts};
use crate::declare::{Band, Declarations, Group, IN_LIFE_TABLE, Outcome, Pair, TIMES};
use crate::error::{Error, Result};

/// Fewest answers of a surveyed age that its share goes into a life table with: of fewer, a share of 0 or 1 would pass for certain. Our own
/// rule; a policy with a higher minimum goes before it.
const LEAST_OF_AN_AGE: i64 = 10;

/// What stands in the column `sex` where a row is of people of every sex.
const EVERY_SEX: &str = "all";

/// Highest age at which a band may begin.
const OLDEST: i64 = 120;

/// A row of the file.
struct Row<'a> {
    area: &'a str,
    sex: Option<&'a str>,
    deprivation: Option<&'a str>,
    years: &'a str,
    age: i64,
    population: f64,
    deaths: f64,
}

impl<'a> Row<'a> {
    /// Reads one; what is wrong with it where it is none: the column, and what stands there.
    fn read(batch: &'a RecordBatch, row: usize) -> Result<Self, (&'static str, String)> {
        let number = |name: &'static str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<Float64Type>());
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
        };
        let ages = batch.column_by_name("age").and_then(|column| column.as_primitive_opt::<Int64Type>());
        let age = ages.filter(|ages| ages.is_valid(row)).map(|ages| ages.value(row));
        let empty = |name| (name, "it is empty".to_owned());
        let read = Row {
            area: text(batch, "area", row).ok_or_else(|| empty("area"))?,
            sex: text(batch, "sex", row).filter(|sex| *sex != EVERY_SEX),
            deprivation: text(batch, "deprivation", row),
            years: text(batch, "years", row).unwrap_or_default(),
            age: age.ok_or_else(|| empty("age"))?,
            population: number("population").ok_or_else(|| empty("population"))?,
            deaths: number("deaths").ok_or_else(|| empty("deaths"))?,
        };
        if !(0..=OLDEST).contains(&read.age) {
            return Err(("age", format!("{} is no age at which a band begins, in years", read.age)));
        }
        if !(read.population > 0.0 && read.population.is_finite()) {
            return Err(("population", format!("{} is not above 0", read.population)));
        }
        if !(0.0..=read.population).contains(&read.deaths) {
            return Err(("deaths", format!("{} is not between 0 and the population", read.deaths)));
        }
        if read.sex.is_some() && read.deprivation.is_some() {
            let what = "people of one sex and one fifth: life tables are of everybody, of a sex or of a fifth";
            return Err(("deprivation", what.into()));
        }
        Ok(read)
    }

    /// Whose life table it is part of.
    fn of(&self) -> (&'a str, Option<&'a str>, Option<&'a str>) {
        (self.area, self.sex, self.deprivation)
    }
}

/// Checks a life table as it stands in its file.
///
/// # Errors
/// A row has no area, age, population or deaths, or one that cannot be; an age stands there twice; no band begins at birth; nobody died in
/// the last band; or the rows are of different years. The message names file, line and column.
pub fn check(file: &Path, batch: &RecordBatch) -> Result<()> {
    let wrong = |row: Option<usize>, what: String, mend: &str| {
        let line = row.map_or(String::new(), |row| format!("line {}, ", row + 2));
        Err(Error::Input { file: file.display().to_string(), what: format!("{line}{what}"), mend: mend.into() })
    };
    let mut tables: BTreeMap<_, BTreeMap<i64, f64>> = BTreeMap::new();
    let mut years: Option<&str> = None;
    for row in 0..batch.num_rows() {
        let read = match Row::read(batch, row) {
            Ok(read) => read,
            Err((column, what)) => {
                return wrong(
                    Some(row),
                    format!("column `{column}`: {what}"),
                    "each row is an age of one life table: its people, and how many of them died",
                );
            }
        };
        if let Some(other) = years.replace(read.years).filter(|other| *other != read.years) {
            let what = format!("column `years`: `{}`, but `{other}` above", read.years);
            return wrong(Some(row), what, "keep the life tables of the same years in this file");
        }
        if tables.entry(read.of()).or_default().insert(read.age, read.deaths).is_some() {
            let what = format!("column `age`: {} stands there twice for the same people", read.age);
            return wrong(Some(row), what, "add the two rows together, or take one of them out");
        }
    }
    for ((area, sex, deprivation), ages) in tables {
        let people = [sex, deprivation].into_iter().flatten().fold(area.to_owned(), |all, one| format!("{all}, {one}"));
        if !ages.contains_key(&0) {
            let what = format!("the life table of {people} does not begin at birth");
            return wrong(None, what, "add the row with the age 0");
        }
        if ages.last_key_value().is_none_or(|(_, deaths)| *deaths <= 0.0) {
            let what = format!("in the last band of the life table of {people}, nobody died");
            return wrong(None, what, "let the last band begin earlier, or add deaths of more years");
        }
    }
    Ok(())
}

/// Returns `life_table`: people and deaths by age of everybody (`none`, `all`) and of the bands of groups.
pub fn table_by_groups(batch: &RecordBatch, declarations: &Declarations) -> Result<RecordBatch> {
    let mut keys: [Vec<String>; 4] = Default::default();
    let (mut ages, mut populations, mut deaths) = (Vec::new(), Vec::new(), Vec::new());
    for at in 0..batch.num_rows() {
        let Ok(row) = Row::read(batch, at) else { continue };
        let named = IN_LIFE_TABLE.iter().zip([row.sex, row.deprivation]).find_map(|(of, band)| Some((of, band?)));
        let (group_by, group) = match named {
            None => ("none".to_owned(), "all".to_owned()),
            Some(((column, fact), band)) => {
                (of_band(declarations, at, column, fact, band)?.id.clone(), band.to_owned())
            }
        };
        for (column, value) in keys.iter_mut().zip([row.area.to_owned(), group_by, group, row.years.to_owned()]) {
            column.push(value);
        }
        ages.push(row.age as f64);
        populations.push(row.population);
        deaths.push(row.deaths);
    }
    let [area, group_by, group, years] = keys.map(texts);
    let number = |values: Vec<f64>| Arc::new(Float64Array::from(values)) as ArrayRef;
    table(
        "life_table",
        vec![
            ("area", area),
            ("group_by", group_by),
            ("group", group),
            ("years", years),
            ("age", number(ages)),
            ("population", number(populations)),
            ("deaths", number(deaths)),
        ],
    )
}

/// The group of which a row names a band.
fn of_band<'a>(declarations: &'a Declarations, row: usize, column: &str, fact: &str, band: &str) -> Result<&'a Group> {
    let groups = || declarations.groups.groups.iter().filter(|group| group.column == fact);
    let has = |group: &&Group| group.bands.iter().any(|known| known.id == band);
    groups().find(has).ok_or_else(|| {
        let known: BTreeSet<&str> = groups().flat_map(|group| &group.bands).map(|band| band.id.as_str()).collect();
        Error::Input {
            file: "areas/life-table.csv".into(),
            what: format!("line {}, column `{column}`: there is no band `{band}`", row + 2),
            mend: format!(
                "write one of {}, or leave it empty for everybody",
                known.into_iter().collect::<Vec<_>>().join(", ")
            ),
        }
    })
}

/// Returns `life_bands`: for each outcome with a life table, whose life table it is (`group_by`, `group`), and which cell of the cube
/// (`breakdown`, `cell`) has the answers of the age that begins at `from_age`; an age with fewer than `least_n` answers is not enough.
pub fn bands(declarations: &Declarations) -> Result<RecordBatch> {
    let mut rows: [Vec<String>; 5] = Default::default();
    let mut from_age: Vec<f64> = Vec::new();
    for outcome in &declarations.outcomes {
        let Some((ages, by)) = of_outcome(declarations, outcome) else { continue };
        let mut add = |group_by: &str, group: &str, breakdown: String, cell: String, age: &Band| {
            let row = [outcome.id.clone(), group_by.to_owned(), group.to_owned(), breakdown, cell];
            rows.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
            from_age.push(age.from.unwrap_or_default().into());
        };
        let asked_from = outcome.life_expectancy.as_ref().map_or(0, |life| life.asked_from.into());
        for age in ages.bands.iter().filter(|age| age.from.is_some_and(|from| asked_from <= from)) {
            add("none", "all", ages.id.clone(), age.id.clone(), age);
            for group in &by {
                let pair = Pair { of: [ages.id.clone(), group.id.clone()] };
                let ages_first = pair.in_order()[0] == ages.id;
                for band in &group.bands {
                    let both = if ages_first { [&age.id, &band.id] } else { [&band.id, &age.id] };
                    add(&group.id, &band.id, pair.id(), both.map(String::as_str).join(TIMES), age);
                }
            }
        }
    }
    let least = Int64Array::from(vec![LEAST_OF_AN_AGE; from_age.len()]);
    let [measure, group_by, group, breakdown, cell] = rows.map(texts);
    table(
        "life_bands",
        vec![
            ("measure", measure),
            ("group_by", group_by),
            ("group", group),
            ("breakdown", breakdown),
            ("cell", cell),
            ("from_age", Arc::new(Float64Array::from(from_age))),
            ("least_n", Arc::new(least)),
        ],
    )
}

/// The ages of an outcome with a life table, and the groups that have one of their own.
fn of_outcome<'a>(declarations: &'a Declarations, outcome: &Outcome) -> Option<(&'a Group, Vec<&'a Group>)> {
    let life = outcome.life_expectancy.as_ref()?;
    Some((declarations.group(&life.ages)?, life.by.iter().filter_map(|id| declarations.group(id)).collect()))
}

/// Returns `life_ages`: the ages from which years are counted, and what they are called.
pub fn ages(declarations: &Declarations) -> Result<RecordBatch> {
    let of = |outcome: &'_ Outcome| outcome.life_expectancy.as_ref().map(|life| life.at.clone()).unwrap_or_default();
    let all: Vec<(String, u8)> = declarations
        .outcomes
        .iter()
        .flat_map(|outcome| of(outcome).into_iter().map(|age| (outcome.id.clone(), age)))
        .collect();
    let called = |age: u8| if age == 0 { "at birth".to_owned() } else { format!("at {age}") };
    table(
        "life_ages",
        vec![
            ("measure", texts(all.iter().map(|(measure, _)| measure.clone()))),
            ("at_age", Arc::new(all.iter().map(|(_, age)| Some(f64::from(*age))).collect::<Float64Array>())),
            ("called", texts(all.iter().map(|(_, age)| called(*age)))),
        ],
    )
}
