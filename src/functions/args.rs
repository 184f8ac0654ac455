//! What the functions share: reading arguments, checking a level, building struct columns, documentation.

use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, StringArray, StructArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::cast::as_float64_array;
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::{DocSection, Documentation, ReturnFieldArgs};

/// The confidence level of a call that names none.
pub(super) const DEFAULT_LEVEL: f64 = 0.95;

/// The type a numeric argument is read as; an error for one that is no number.
pub(super) fn number(function: &str, given: &DataType) -> Result<DataType> {
    if given.is_numeric() || *given == DataType::Null {
        Ok(DataType::Float64)
    } else {
        plan_err!("`{function}` takes numbers, not {given}")
    }
}

/// An error unless as many arguments were given as the function takes.
pub(super) fn arity(function: &str, given: &[DataType], takes: RangeInclusive<usize>) -> Result<()> {
    let (least, most) = (takes.start(), takes.end());
    match given.len() {
        n if takes.contains(&n) => Ok(()),
        n if least == most => plan_err!("`{function}` takes {least} arguments, not {n}"),
        n => plan_err!("`{function}` takes {least} to {most} arguments, not {n}"),
    }
}

/// The types of arguments that are all numbers.
pub(super) fn numbers(function: &str, given: &[DataType], takes: RangeInclusive<usize>) -> Result<Vec<DataType>> {
    arity(function, given, takes)?;
    given.iter().map(|given| number(function, given)).collect()
}

/// A confidence level, or an error where it is none.
pub(super) fn level(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        Ok(level)
    } else {
        exec_err!("a confidence level lies between 0 and 1, such as 0.95: {level} does not")
    }
}

/// Refuses a level that is written out in the query while the query is planned.
pub(super) fn plan_level(literal: Option<&ScalarValue>) -> Result<()> {
    let Some(literal) = literal.filter(|literal| literal.data_type().is_numeric()) else {
        return Ok(());
    };
    match literal.cast_to(&DataType::Float64)? {
        ScalarValue::Float64(Some(value)) if level(value).is_err() => {
            plan_err!("a confidence level lies between 0 and 1, such as 0.95: {value} does not")
        }
        _ => Ok(()),
    }
}

/// The field that a scalar function with a level at place `at` returns.
pub(super) fn field_with_level(
    name: &str,
    returns: DataType,
    args: &ReturnFieldArgs<'_>,
    at: usize,
) -> Result<FieldRef> {
    plan_level(args.scalar_arguments.get(at).copied().flatten())?;
    Ok(Arc::new(Field::new(name, returns, true)))
}

/// The levels of a call, one a row.
pub(super) struct Levels<'a>(Option<&'a Float64Array>);

impl<'a> Levels<'a> {
    pub(super) fn of(given: Option<&'a ArrayRef>) -> Result<Self> {
        Ok(Self(given.map(|array| as_float64_array(array)).transpose()?))
    }

    /// The level of one row; `None` where it is null.
    pub(super) fn at(&self, row: usize) -> Result<Option<f64>> {
        match self.0 {
            None => Ok(Some(DEFAULT_LEVEL)),
            Some(levels) => number_at(levels, row).map(level).transpose(),
        }
    }
}

/// The number in one row; `None` where it is null.
pub(super) fn number_at(numbers: &Float64Array, row: usize) -> Option<f64> {
    numbers.is_valid(row).then(|| numbers.value(row))
}

/// Fields of a struct, all nullable.
pub(super) fn fields<const N: usize>(fields: [(&str, DataType); N]) -> Fields {
    fields.into_iter().map(|(name, data_type)| Field::new(name, data_type, true)).collect()
}

/// A column of numbers, one a row.
pub(super) fn floats<T>(rows: &[Option<T>], get: impl Fn(&T) -> Option<f64>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| row.as_ref().and_then(&get)).collect::<Float64Array>())
}

/// A column of codes, one a row.
pub(super) fn texts<T>(rows: &[Option<T>], get: impl Fn(&T) -> Option<&'static str>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| row.as_ref().and_then(&get)).collect::<StringArray>())
}

/// A column of yes and no, one a row.
pub(super) fn booleans<T>(rows: &[Option<T>], get: impl Fn(&T) -> Option<bool>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| row.as_ref().and_then(&get)).collect::<BooleanArray>())
}

/// A struct column that is null where the row is `None`.
pub(super) fn structs<T>(fields: Fields, rows: &[Option<T>], columns: Vec<ArrayRef>) -> Result<StructArray> {
    let there: NullBuffer = rows.iter().map(Option::is_some).collect();
    Ok(StructArray::try_new(fields, columns, Some(there))?)
}

/// What the function list of `tellonce sql` and the manual say about a function.
pub(super) fn document(description: &str, syntax: &str, example: &str, arguments: &[(&str, &str)]) -> Documentation {
    let section = DocSection { include: true, label: "Statistics", description: None };
    let start =
        Documentation::builder(section, description, syntax).with_sql_example(format!("```sql\n{example}\n```"));
    arguments.iter().fold(start, |doc, (name, text)| doc.with_argument(*name, *text)).build()
}

/// The argument that several functions end with.
pub(super) const LEVEL: (&str, &str) =
    ("level", "Confidence level, a fraction between 0 and 1. 0.95 where it is left out.");
