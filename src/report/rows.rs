//! Rows of `published` as a page reads them.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};

use super::context::Figure;
use crate::error::{Error, Result};
use crate::protect::Published;

/// One protected figure.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub measure: String,
    pub root: String,
    pub area: String,
    pub area_level: String,
    pub period: String,
    pub occasion: String,
    pub group_by: String,
    pub group: String,
    pub statistic: String,
    pub adjustment: String,
    pub weighting: String,
    pub cut_set: Option<String>,
    pub comparator: Option<String>,
    pub band: Option<String>,
    pub signal: Option<String>,
    pub method: Option<String>,
    pub boundaries_on: Option<String>,
    pub responders_share: Option<f64>,
    pub figure: Figure,
}

/// Reads every protected figure without weights.
pub fn read(published: &Published) -> Result<Vec<Row>> {
    Ok(read_all(published)?.0)
}

/// Reads every protected figure: those without weights, and the weighted ones.
pub fn read_all(published: &Published) -> Result<(Vec<Row>, Vec<Row>)> {
    let mut rows = Vec::new();
    for batch in published.rows() {
        for row in 0..batch.num_rows() {
            rows.push(Row::read(batch, row)?);
        }
    }
    Ok(rows.into_iter().partition(|row| row.weighting == "none"))
}

impl Row {
    fn read(batch: &RecordBatch, row: usize) -> Result<Self> {
        let column = |name: &str| {
            batch.column_by_name(name).ok_or_else(|| Error::Broken(format!("published figures without `{name}`")))
        };
        let text = |name: &str| -> Result<Option<String>> {
            let column = column(name)?.as_string_opt::<i32>();
            Ok(column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned()))
        };
        let double = |name: &str| -> Result<Option<f64>> {
            let column = column(name)?.as_primitive_opt::<Float64Type>();
            Ok(column.filter(|column| column.is_valid(row)).map(|column| column.value(row)))
        };
        let long = |name: &str| -> Result<Option<i64>> {
            let column = column(name)?.as_primitive_opt::<Int64Type>();
            Ok(column.filter(|column| column.is_valid(row)).map(|column| column.value(row)))
        };
        let date = column("boundaries_on")?.as_primitive_opt::<arrow::datatypes::Date32Type>();
        Ok(Row {
            measure: text("measure")?.unwrap_or_default(),
            root: text("root")?.unwrap_or_default(),
            area: text("area")?.unwrap_or_default(),
            area_level: text("area_level")?.unwrap_or_default(),
            period: text("period")?.unwrap_or_default(),
            occasion: text("occasion")?.unwrap_or_default(),
            group_by: text("group_by")?.unwrap_or_default(),
            group: text("group")?.unwrap_or_default(),
            statistic: text("statistic")?.unwrap_or_default(),
            adjustment: text("adjustment")?.unwrap_or_default(),
            weighting: text("weighting")?.unwrap_or_default(),
            cut_set: text("cut_set")?,
            comparator: text("comparator")?,
            band: text("band")?,
            signal: text("signal")?,
            method: text("method")?,
            boundaries_on: date
                .filter(|date| date.is_valid(row))
                .and_then(|date| date.value_as_date(row))
                .map(|date| date.to_string()),
            responders_share: double("responders_share")?,
            figure: Figure {
                value: double("value")?,
                lower: double("lower")?,
                upper: double("upper")?,
                n: long("n")?,
                people: long("people")?,
                numerator: long("numerator")?,
                mark: text("mark")?,
                mark_reason: text("mark_reason")?,
                why_not: text("why_not")?,
            },
        })
    }
}
