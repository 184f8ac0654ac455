//! Declarations as small tables that queries join.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int8Builder, Int32Array, ListBuilder, RecordBatch, StringArray,
};
use arrow::datatypes::{DataType, Field};
use chrono::NaiveDate;

use crate::declare::{Choice, Declarations, Outcome};
use crate::error::{Error, Result};
use crate::period::{Period, days};

fn texts(values: impl IntoIterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from(values.into_iter().collect::<Vec<_>>()))
}

fn table(name: &str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let nullable = columns.into_iter().map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(nullable).map_err(Error::query(name))
}

fn day(date: Option<NaiveDate>) -> ArrayRef {
    Arc::new(Date32Array::from(vec![date.map(days)]))
}

/// Returns `outcomes`, `outcome_groups`, `instruments`, `bands`, `gaps` and `period`.
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
        ("period", period),
    ])
}

fn choices<'a>(declarations: &'a Declarations, outcome: &Outcome) -> &'a [Choice] {
    let instrument = declarations.instrument(&outcome.instrument);
    let item = instrument.and_then(|instrument| instrument.choices().find(|(item, _)| item.id == outcome.item));
    item.map_or(&[][..], |(_, choices)| choices)
}

fn outcomes(declarations: &Declarations) -> Result<RecordBatch> {
    let all = &declarations.outcomes;
    let codes = |of: &dyn Fn(&Outcome) -> &Vec<String>| -> ArrayRef {
        let mut lists = ListBuilder::new(Int8Builder::new()).with_field(Field::new("element", DataType::Int8, true));
        for outcome in all {
            let wanted = of(outcome);
            for choice in choices(declarations, outcome).iter().filter(|choice| wanted.contains(&choice.id)) {
                lists.values().append_value(choice.code);
            }
            lists.append(true);
        }
        Arc::new(lists.finish())
    };
    let of = |value: &dyn Fn(&Outcome) -> String| texts(all.iter().map(value));
    let instrument = |outcome: &Outcome| declarations.instrument(&outcome.instrument);
    table(
        "outcomes",
        vec![
            ("measure", of(&|outcome| outcome.id.clone())),
            ("measure_version", of(&|outcome| outcome.version.clone())),
            ("instrument", of(&|outcome| outcome.instrument.clone())),
            ("instrument_version", of(&|outcome| instrument(outcome).map(|i| i.version.clone()).unwrap_or_default())),
            (
                "main_root",
                of(&|outcome| instrument(outcome).map(|i| i.main_root.column().to_owned()).unwrap_or_default()),
            ),
            ("item", of(&|outcome| outcome.item.clone())),
            ("counts", codes(&|outcome| &outcome.counts)),
            ("out_of", codes(&|outcome| &outcome.out_of)),
            ("improvement", of(&|outcome| outcome.direction.improvement().to_owned())),
            ("target", Arc::new(Float64Array::from_iter(all.iter().map(|outcome| outcome.target)))),
        ],
    )
}

fn outcome_groups(declarations: &Declarations) -> Result<RecordBatch> {
    let everybody = declarations.outcomes.iter().map(|outcome| (outcome.id.clone(), "none".to_owned()));
    let groups =
        declarations.outcomes.iter().flat_map(|outcome| outcome.by.iter().map(|by| (outcome.id.clone(), by.clone())));
    let (measures, group_by): (Vec<_>, Vec<_>) = everybody.chain(groups).unzip();
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
