//! Declarations as small tables that queries join.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int8Builder, Int32Array, Int64Array, ListBuilder, RecordBatch,
    StringArray, StringBuilder,
};
use arrow::datatypes::{DataType, Field};
use chrono::NaiveDate;

use super::changes;
use crate::cube::BASELINE;
use crate::declare::{Declarations, Figure, Instrument, Outcome};
use crate::error::{Error, Result};
use crate::period::{Period, days};

pub(super) fn texts(values: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from(values.into_iter().collect::<Vec<_>>()))
}

pub(super) fn table(name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let nullable = columns.into_iter().map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(nullable).map_err(Error::query(name))
}

fn day(date: Option<NaiveDate>) -> ArrayRef {
    Arc::new(Date32Array::from(vec![date.map(days)]))
}

/// Returns `outcomes`, `outcome_groups`, `instruments`, `bands`, `gaps`, `period`, and what change outcomes declare.
pub fn declared(
    declarations: &Declarations,
    period: Period,
    boundaries_on: NaiveDate,
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
        ("outcomes", outcomes(declarations)?),
        ("outcome_groups", outcome_groups(declarations)?),
        ("instruments", instruments(declarations)?),
        ("bands", bands(declarations)?),
        ("gaps", gaps(declarations)?),
        ("classes", changes::classes(declarations)?),
        ("transitions", changes::transitions(declarations)?),
        ("pair_states", changes::pair_states()?),
        ("profile_classes", changes::profile_classes()?),
        ("period", period),
    ])
}

/// One row an outcome and cut set: an outcome without levels has one row, without a cut set.
fn outcomes(declarations: &Declarations) -> Result<RecordBatch> {
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
    let least = |row: &Row<'_>| row.0.minimum_n.map(i64::from);
    table(
        "outcomes",
        vec![
            ("measure", of(&|row| row.0.id.clone())),
            ("measure_version", of(&|row| row.0.version.clone())),
            ("cut_set", Arc::new(all.iter().map(|row| row.2).collect::<StringArray>())),
            ("figure", of(&|row| figure(row).to_owned())),
            ("is_change", Arc::new(BooleanArray::from_iter(all.iter().map(|row| Some(row.0.change.is_some()))))),
            ("unit", of(&|row| row.0.unit_word().to_owned())),
            ("instrument", of(&|row| row.1.id.clone())),
            ("instrument_versions", Arc::new(versions.finish())),
            ("main_root", of(&|row| row.1.main_root.column().to_owned())),
            ("item", of(&|row| row.0.counted_as(row.2))),
            ("counts", codes(&|outcome| &outcome.counts)),
            ("out_of", codes(&|outcome| &outcome.out_of)),
            ("minimum_n", Arc::new(all.iter().map(|row| Some(least(row).unwrap_or(1))).collect::<Int64Array>())),
            ("improvement", of(&|row| row.0.direction.improvement().to_owned())),
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

fn bands(declarations: &Declarations) -> Result<RecordBatch> {
    let all = || {
        declarations
            .groups
            .groups
            .iter()
            .flat_map(|group| group.bands.iter().enumerate().map(move |band| (group, band)))
    };
    table(
        "bands",
        vec![
            ("group_by", texts(all().map(|(group, _)| group.id.clone()))),
            ("group", texts(all().map(|(_, (_, band))| band.id.clone()))),
            ("rank", Arc::new(all().map(|(_, (at, _))| i32::try_from(at + 1).ok()).collect::<Int32Array>())),
            (
                "ordered",
                Arc::new(BooleanArray::from(all().map(|(group, _)| group.ordered.is_some()).collect::<Vec<_>>())),
            ),
        ],
    )
}

fn gaps(declarations: &Declarations) -> Result<RecordBatch> {
    let mut rows = (Vec::new(), Vec::new(), Vec::new());
    for group in &declarations.groups.groups {
        let ends = group.bands.first().zip(group.bands.last()).map(|(first, last)| [first.id.clone(), last.id.clone()]);
        if let Some([first, second]) = group.gap.clone().or(ends) {
            rows.0.push(group.id.clone());
            rows.1.push(first);
            rows.2.push(second);
        }
    }
    table("gaps", vec![("group_by", texts(rows.0)), ("first", texts(rows.1)), ("second", texts(rows.2))])
}
