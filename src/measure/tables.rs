//! Declarations as small tables that queries join.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int8Builder, Int64Array, ListBuilder, RecordBatch, StringArray,
    StringBuilder,
};
use arrow::datatypes::{DataType, Field};
use chrono::NaiveDate;
use datafusion::common::DFSchema;
use datafusion::datasource::ViewTable;
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};
use datafusion::prelude::SessionContext;

use super::{casemix, changes, groups, life, missing, rolled};
use crate::cube::BASELINE;
use crate::declare::{Declarations, EVERYTHING, Figure, Instrument, Level, Outcome, Policy, Unit};
use crate::error::{Error, Result};
use crate::period::{Period, days};
use crate::store;

pub(super) fn texts(values: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from(values.into_iter().collect::<Vec<_>>()))
}

pub(super) fn table(name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let nullable = columns.into_iter().map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(nullable).map_err(Error::query(name))
}

/// Returns a table with a number in the place of each of its texts: a join then copies numbers for millions of rows.
pub(super) fn few_texts(batch: &RecordBatch) -> Result<RecordBatch> {
    let few = |column: &ArrayRef| match column.data_type() {
        DataType::Utf8 => arrow::compute::cast(column, &store::few_texts()),
        _ => Ok(column.clone()),
    };
    let columns =
        batch.columns().iter().map(few).collect::<Result<Vec<_>, _>>().map_err(Error::query("declarations"))?;
    let schema = batch.schema();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    RecordBatch::try_from_iter_with_nullable(names.zip(columns).map(|(name, column)| (name, column, true)))
        .map_err(Error::query("declarations"))
}

/// Makes a table known to queries. One without rows is known to be empty when a query is planned: a join with it then costs nothing.
pub(super) fn register(session: &SessionContext, name: &str, batch: RecordBatch) -> Result<()> {
    if batch.num_rows() > 0 {
        session.register_batch(name, batch).map_err(Error::query(name))?;
        return Ok(());
    }
    let schema = DFSchema::try_from(batch.schema()).map_err(Error::query(name))?;
    let empty = LogicalPlan::EmptyRelation(EmptyRelation { produce_one_row: false, schema: Arc::new(schema) });
    session.register_table(name, Arc::new(ViewTable::new(empty, None))).map_err(Error::query(name))?;
    Ok(())
}

fn day(date: Option<NaiveDate>) -> ArrayRef {
    Arc::new(Date32Array::from(vec![date.map(days)]))
}

/// Returns `outcomes`, `outcome_groups`, `instruments`, `levels`, `period`, what groups declare, what says who is missing, and what change
/// outcomes declare. `of_people` are the instruments of which some answers come from known people.
pub fn declared(
    declarations: &Declarations,
    policy: &Policy,
    period: Period,
    boundaries_on: NaiveDate,
    of_people: &BTreeSet<String>,
) -> Result<Vec<(&'static str, RecordBatch)>> {
    let range = period.range();
    let period = table(
        "period",
        vec![
            ("id", texts([period.to_string()])),
            ("starts", day(range.map(|range| range.0))),
            ("ends", day(range.map(|range| range.1))),
            ("boundaries_on", day(Some(boundaries_on))),
        ],
    )?;
    Ok(vec![
        ("outcomes", outcomes(declarations, of_people)?),
        ("outcome_groups", outcome_groups(declarations)?),
        ("instruments", instruments(declarations)?),
        ("levels", levels(declarations)?),
        ("bands", groups::bands(declarations)?),
        ("gaps", groups::gaps(declarations)?),
        ("outcome_pairs", groups::outcome_pairs(declarations)?),
        ("needs", groups::needs(declarations)?),
        ("classes", changes::classes(declarations)?),
        ("compared", casemix::compared(declarations)?),
        ("transitions", changes::transitions(declarations)?),
        ("pair_states", changes::pair_states()?),
        ("profile_classes", changes::profile_classes()?),
        ("period", period),
        ("gap_ends", missing::gap_ends(declarations)?),
        ("overlapping", missing::overlapping(declarations)?),
        ("life_bands", life::bands(declarations)?),
        ("life_ages", life::ages(declarations)?),
        ("policy", missing::policy(policy)?),
    ])
}

/// One row an outcome and cut set: an outcome without levels has one row, without a cut set.
fn outcomes(declarations: &Declarations, of_people: &BTreeSet<String>) -> Result<RecordBatch> {
    type Row<'a> = (&'a Outcome, &'a Instrument, Option<&'a str>);
    let mut all: Vec<Row<'_>> = Vec::new();
    for outcome in &declarations.outcomes {
        let Some(instrument) = declarations.instrument(&outcome.instrument) else { continue };
        let others = outcome.other_cut_sets.iter().map(|set| Some(set.as_str()));
        all.extend(std::iter::once(outcome.cut_set.as_deref()).chain(others).map(|set| (outcome, instrument, set)));
    }
    let codes = |of: &dyn Fn(&Outcome) -> &Vec<String>| -> ArrayRef {
        let mut lists = ListBuilder::new(Int8Builder::new()).with_field(Field::new("element", DataType::Int8, true));
        for (outcome, instrument, cut_set) in &all {
            let wanted = of(outcome);
            for answer in outcome.answers(instrument, *cut_set).iter().filter(|answer| wanted.contains(&answer.id)) {
                lists.values().append_value(answer.code);
            }
            lists.append(true);
        }
        Arc::new(lists.finish())
    };
    let mut versions = ListBuilder::new(StringBuilder::new()).with_field(Field::new("element", DataType::Utf8, true));
    for (outcome, instrument, _) in &all {
        outcome.versions(instrument).for_each(|version| versions.values().append_value(version));
        versions.append(true);
    }
    let of = |value: &dyn Fn(&Row<'_>) -> String| texts(all.iter().map(value));
    let numbers = |value: &dyn Fn(&Outcome) -> Option<f64>| -> ArrayRef {
        Arc::new(all.iter().map(|row| value(row.0)).collect::<Float64Array>())
    };
    let figure = |row: &Row<'_>| match row.0.figure() {
        Figure::Share => "share",
        Figure::Mean => "mean",
        Figure::MeanChange => "mean change",
        Figure::Domains => "domains",
    };
    let score = |row: &Row<'_>| row.0.score.as_ref().and_then(|id| row.1.score(id)).and_then(|score| score.range);
    let ends = |of: &dyn Fn([f64; 2]) -> f64| -> ArrayRef {
        Arc::new(all.iter().map(|row| score(row).map(of)).collect::<Float64Array>())
    };
    let least = |row: &Row<'_>| row.0.minimum_n.map(i64::from);
    let flag = |of: &dyn Fn(&Row<'_>) -> bool| -> ArrayRef {
        Arc::new(BooleanArray::from_iter(all.iter().map(|row| Some(of(row)))))
    };
    table(
        "outcomes",
        vec![
            ("measure", of(&|row| row.0.id.clone())),
            ("measure_version", of(&|row| row.0.version.clone())),
            ("cut_set", Arc::new(all.iter().map(|row| row.2).collect::<StringArray>())),
            ("figure", of(&|row| figure(row).to_owned())),
            ("is_everybody", flag(&|row| row.0.is_everybody())),
            ("is_rate", flag(&|row| row.0.rate)),
            ("is_change", flag(&|row| row.0.change.is_some())),
            ("unit", of(&|row| row.0.unit_word(row.1).to_owned())),
            ("each_person", flag(&|row| row.0.change.is_none() && row.0.unit == Unit::Person)),
            (
                "people_known",
                // A pair is somebody's; where they have but one, their unit says so.
                flag(&|(outcome, instrument, _)| match &outcome.change {
                    Some(change) => change.has_several(instrument),
                    None => of_people.contains(&instrument.id),
                }),
            ),
            ("instrument", of(&|row| row.1.id.clone())),
            ("instrument_versions", Arc::new(versions.finish())),
            ("versions", of(&|row| rolled::versions(row.0, row.1))),
            ("main_root", of(&|row| row.1.main_root.column().to_owned())),
            ("item", of(&|row| row.0.counted_as(row.2))),
            ("counts", codes(&|outcome| &outcome.counts)),
            ("out_of", codes(&|outcome| &outcome.out_of)),
            ("minimum_n", Arc::new(all.iter().map(|row| Some(least(row).unwrap_or(1))).collect::<Int64Array>())),
            ("improvement", of(&|row| row.0.direction.improvement().to_owned())),
            ("better", of(&|row| row.0.direction.word().to_owned())),
            ("lowest", ends(&|[lowest, _]| lowest)),
            ("highest", ends(&|[_, highest]| highest)),
            ("target", numbers(&|outcome| outcome.target)),
        ],
    )
}

fn outcome_groups(declarations: &Declarations) -> Result<RecordBatch> {
    let rows = declarations.outcomes.iter().flat_map(|outcome| {
        let banded = outcome.change.as_ref().is_some_and(|change| !change.baseline_bands.is_empty());
        let groups = outcome.by.iter().map(String::as_str).chain(banded.then_some(BASELINE));
        std::iter::once("none").chain(groups).map(|group| (outcome.id.clone(), group.to_owned()))
    });
    let (measures, group_by): (Vec<_>, Vec<_>) = rows.unzip();
    table("outcome_groups", vec![("measure", texts(measures)), ("group_by", texts(group_by))])
}

fn instruments(declarations: &Declarations) -> Result<RecordBatch> {
    let all = || declarations.instruments.values();
    table(
        "instruments",
        vec![
            ("instrument", texts(all().map(|instrument| instrument.id.clone()))),
            ("instrument_version", texts(all().map(|instrument| instrument.version.clone()))),
            ("main_root", texts(all().map(|instrument| instrument.main_root.column().to_owned()))),
        ],
    )
}

/// One row a level of areas, the smallest of its root first, and one for everything.
fn levels(declarations: &Declarations) -> Result<RecordBatch> {
    let levels = &declarations.areas.levels;
    let smallest = |at: usize, level: &Level| !levels.iter().take(at).any(|other| other.root == level.root);
    let everything = || std::iter::once(EVERYTHING.to_owned());
    let flags = |of: &dyn Fn(usize, &Level) -> bool, of_everything: bool| -> ArrayRef {
        let each = levels.iter().enumerate().map(|(at, level)| of(at, level));
        Arc::new(BooleanArray::from(each.chain([of_everything]).collect::<Vec<_>>()))
    };
    table(
        "levels",
        vec![
            ("level", texts(levels.iter().map(|level| level.id.clone()).chain(everything()))),
            ("smallest", flags(&smallest, false)),
            ("detailed", flags(&|_, level| level.detailed, true)),
        ],
    )
}
