//! What the functions share: reading arguments, checking a level, building struct columns, documentation.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, StringArray, StructArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::cast::{as_float64_array, as_string_array};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{DocSection, Documentation, Expr, ReturnFieldArgs};

/// The confidence level of a call that names none.
pub(super) const DEFAULT_LEVEL: f64 = 0.95;

/// Says whether an argument is text, be it a number for each of a few texts.
pub(super) fn is_text(given: &DataType) -> bool {
    match given {
        DataType::Dictionary(_, of) => of.is_string(),
        given => given.is_string(),
    }
}

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
        n if *most == usize::MAX => plan_err!("`{function}` takes {least} arguments or more, not {n}"),
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

/// What `simplify` of an aggregate with a level at place `at` returns.
///
/// It changes nothing: it is the one place where the planner shows an aggregate its literals.
pub(super) fn refuse_level(at: usize) -> AggregateFunctionSimplification {
    Box::new(move |call: AggregateFunction, _: &SimplifyContext| {
        plan_level(call.params.args.get(at).and_then(Expr::as_literal))?;
        Ok(Expr::AggregateFunction(call))
    })
}

/// The one level that an aggregate has for all rows of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OneLevel(Option<f64>);

impl OneLevel {
    pub(super) fn set(&mut self, function: &str, level: f64) -> Result<()> {
        if self.0.replace(level).is_some_and(|before| before != level) {
            return exec_err!("`{function}` takes one confidence level for all rows of a group");
        }
        Ok(())
    }

    pub(super) fn get(self) -> f64 {
        self.0.unwrap_or(DEFAULT_LEVEL)
    }

    pub(super) fn state(self) -> ScalarValue {
        ScalarValue::Float64(self.0)
    }

    pub(super) fn merge(&mut self, function: &str, states: &ArrayRef) -> Result<()> {
        as_float64_array(states)?.iter().flatten().try_for_each(|level| self.set(function, level))
    }
}

/// The fields of an aggregate's state.
pub(super) fn state<const N: usize>(given: &StateFieldsArgs<'_>, fields: [(&str, DataType); N]) -> Vec<FieldRef> {
    let field = |(name, data_type)| Arc::new(Field::new(format_state_name(given.name, name), data_type, true));
    fields.into_iter().map(field).collect()
}

/// The types of a profile before and one after.
pub(super) fn profiles(function: &str, given: &[DataType]) -> Result<Vec<DataType>> {
    arity(function, given, 2..=2)?;
    given.iter().map(|given| profile(function, given)).collect()
}

/// The type a profile is read as: text and whole numbers as text, other numbers as they are, for they may be whole.
pub(super) fn profile(function: &str, given: &DataType) -> Result<DataType> {
    match given {
        DataType::Dictionary(_, value) => profile(function, value),
        given if is_text(given) || given.is_integer() || *given == DataType::Null => Ok(DataType::Utf8),
        given if given.is_numeric() => Ok(DataType::Float64),
        given => plan_err!("`{function}` takes profiles as text or whole numbers, not {given}"),
    }
}

/// Two profiles a row: before and after.
pub(super) struct Profiles<'a>([OneSide<'a>; 2]);

enum OneSide<'a> {
    Text(&'a StringArray),
    Number(&'a Float64Array),
}

impl<'a> Profiles<'a> {
    pub(super) fn of(before: &'a ArrayRef, after: &'a ArrayRef) -> Result<Self> {
        Ok(Self([OneSide::of(before)?, OneSide::of(after)?]))
    }

    /// The profiles of one row; `None` where either is null.
    pub(super) fn at(&self, row: usize) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
        self.0[0].at(row).zip(self.0[1].at(row))
    }
}

impl<'a> OneSide<'a> {
    fn of(given: &'a ArrayRef) -> Result<Self> {
        if *given.data_type() == DataType::Float64 {
            Ok(Self::Number(as_float64_array(given)?))
        } else {
            Ok(Self::Text(as_string_array(given)?))
        }
    }

    fn at(&self, row: usize) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(texts) => texts.is_valid(row).then(|| Cow::Borrowed(texts.value(row))),
            // Shown with its fraction, if it has one: the point is then no level. Beyond 2^53 digits would be lost.
            Self::Number(numbers) => {
                let exact = number_at(numbers, row).filter(|number| number.abs() < 2_f64.powi(53));
                exact.map(|number| Cow::Owned(number.to_string()))
            }
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

/// A column of whole numbers, one a row.
pub(super) fn wholes<T>(rows: &[Option<T>], get: impl Fn(&T) -> u64) -> ArrayRef {
    Arc::new(rows.iter().map(|row| row.as_ref().and_then(|row| i64::try_from(get(row)).ok())).collect::<Int64Array>())
}

/// A column of codes, one a row.
pub(super) fn texts<T>(rows: &[Option<T>], get: impl Fn(&T) -> Option<&'static str>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| row.as_ref().and_then(&get)).collect::<StringArray>())
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

/// The arguments of functions that compare two profiles.
pub(super) const PROFILES: [(&str, &str); 2] = [
    ("before_profile", "Levels before: a digit from 1 (no problem) for each dimension, as text or a whole number."),
    ("after_profile", "Levels after, of the same person."),
];

/// The argument that several functions end with.
pub(super) const LEVEL: (&str, &str) =
    ("level", "Confidence level, a fraction between 0 and 1. 0.95 where it is left out.");
