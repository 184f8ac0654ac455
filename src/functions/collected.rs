//! Aggregates that keep the rows of a group and compute when it ends: a definition for each, one implementation for all.

use std::hash::{Hash, Hasher};
use std::mem::size_of_val;
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, StringArray, StructArray, new_empty_array};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::cast::{as_float64_array, as_list_array, as_string_array};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, exec_err, not_impl_err, plan_err};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, Documentation, EmitTo, Expr, GroupsAccumulator, Signature, Volatility,
};

use super::args::{self, number_at};

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Arg {
    /// A number; rows where it is null are left out.
    Number,
    /// A number that a row may be without.
    Optional,
    /// Yes or no, as a boolean or as 1 and 0; rows where it is null are left out.
    Flag,
    /// What rows belong to, as text or a number; a row may be without.
    Key,
    /// One number for all rows of a group.
    Constant,
    /// One of these words for all rows of a group.
    Choice(&'static [&'static str]),
    /// The confidence level.
    Level,
}

/// What an aggregate returns.
#[derive(Debug)]
pub(super) enum Returns {
    /// A number.
    Number,
    /// A struct of these fields.
    Struct(&'static [(&'static str, DataType)]),
}

/// An aggregate.
#[derive(Debug)]
pub(super) struct Definition {
    /// Its name in SQL.
    pub name: &'static str,
    /// Its arguments. The last one may be given several times where the function is `variadic`.
    pub args: &'static [Arg],
    /// How many of them must be given.
    pub required: usize,
    /// Whether the last argument may be given several times.
    pub variadic: bool,
    /// What it returns.
    pub returns: Returns,
    /// Computes the answer from the rows of a group, a value for each field; `None` where there is none. What is not finite becomes null.
    pub compute: fn(&Rows) -> Option<Vec<ScalarValue>>,
    /// Makes its documentation.
    pub document: fn() -> Documentation,
}

impl Definition {
    /// What stands at place `at` of a call.
    fn arg(&self, at: usize) -> Option<Arg> {
        self.args.get(at).or_else(|| self.args.last().filter(|_| self.variadic)).copied()
    }

    fn data_type(&self) -> DataType {
        match self.returns {
            Returns::Number => DataType::Float64,
            Returns::Struct(fields) => DataType::Struct(struct_fields(fields)),
        }
    }
}

fn struct_fields(fields: &[(&str, DataType)]) -> Fields {
    fields.iter().map(|(name, data_type)| Field::new(*name, data_type.clone(), true)).collect()
}

/// A number of the answer.
pub(super) fn number(value: impl Into<Option<f64>>) -> ScalarValue {
    ScalarValue::Float64(value.into().filter(|value| value.is_finite()))
}

/// A whole number of the answer.
pub(super) fn whole(value: impl Into<Option<u64>>) -> ScalarValue {
    ScalarValue::Int64(value.into().and_then(|value| i64::try_from(value).ok()))
}

/// The aggregate of a definition.
#[derive(Debug)]
pub(super) struct Collected {
    definition: &'static Definition,
    signature: Signature,
    documentation: OnceLock<Documentation>,
}

impl Collected {
    pub(super) fn new(definition: &'static Definition) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { definition, signature, documentation: OnceLock::new() }
    }

    /// No rows yet, of a call with so many arguments.
    fn rows(&self, arguments: usize) -> Rows {
        let column = |at| match self.definition.arg(at) {
            Some(Arg::Key) => Column::Keys(Vec::new()),
            Some(Arg::Choice(_)) => Column::Word(None),
            Some(Arg::Constant | Arg::Level) => Column::Constant(None),
            _ => Column::Numbers(Vec::new()),
        };
        Rows { definition: self.definition, columns: (0..arguments).map(column).collect() }
    }
}

impl PartialEq for Collected {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl Eq for Collected {}

impl Hash for Collected {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

impl AggregateUDFImpl for Collected {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let most = if self.definition.variadic { usize::MAX } else { self.definition.args.len() };
        args::arity(self.name(), given, self.definition.required..=most)?;
        let coerced = |(at, given): (usize, &DataType)| match self.definition.arg(at) {
            Some(Arg::Key) => key(self.name(), given),
            Some(Arg::Choice(_)) => word(self.name(), given),
            Some(Arg::Flag) if *given == DataType::Boolean => Ok(DataType::Float64),
            _ => args::number(self.name(), given),
        };
        given.iter().enumerate().map(coerced).collect()
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.definition.data_type())
    }

    fn accumulator(&self, given: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if given.is_distinct {
            return not_impl_err!("`{}` takes no DISTINCT: equal rows are counted each", self.name());
        }
        Ok(Box::new(self.rows(given.exprs.len())))
    }

    // DataFusion would put a plain accumulator to groups by itself, and then look at every group for every batch of rows.
    fn groups_accumulator_supported(&self, given: AccumulatorArgs<'_>) -> bool {
        !given.is_distinct
    }

    fn create_groups_accumulator(&self, given: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups { empty: self.rows(given.exprs.len()), groups: Vec::new(), held: 0 }))
    }

    fn state_fields(&self, given: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field = |at: usize| {
            let data_type = match self.definition.arg(at) {
                Some(Arg::Key) => DataType::new_list(DataType::Utf8, true),
                Some(Arg::Choice(_)) => DataType::Utf8,
                Some(Arg::Constant | Arg::Level) => DataType::Float64,
                _ => DataType::new_list(DataType::Float64, true),
            };
            Arc::new(Field::new(format_state_name(given.name, &format!("argument{at}")), data_type, true))
        };
        Ok((0..given.input_fields.len()).map(field).collect())
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    // It changes nothing: it is the one place where the planner shows an aggregate its literals.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        let definition = self.definition;
        Some(Box::new(move |call: AggregateFunction, _: &SimplifyContext| {
            for (at, given) in call.params.args.iter().enumerate() {
                let literal = given.as_literal();
                match definition.arg(at) {
                    Some(Arg::Level) => args::plan_level(literal)?,
                    Some(Arg::Choice(words)) => {
                        if let Some(Some(word)) = literal.and_then(|literal| literal.try_as_str()) {
                            one_of(definition.name, words, word).or_else(|message| plan_err!("{message}"))?;
                        }
                    }
                    _ => {}
                }
            }
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(self.documentation.get_or_init(self.definition.document))
    }
}

/// The type of what rows belong to.
pub(super) fn key(function: &str, given: &DataType) -> Result<DataType> {
    match given {
        DataType::Dictionary(_, value) => key(function, value),
        given if args::is_text(given) || given.is_numeric() => Ok(DataType::Utf8),
        DataType::Boolean | DataType::Null => Ok(DataType::Utf8),
        given => plan_err!("`{function}` takes text or numbers to group by, not {given}"),
    }
}

fn word(function: &str, given: &DataType) -> Result<DataType> {
    match given {
        given if args::is_text(given) || *given == DataType::Null => Ok(DataType::Utf8),
        given => plan_err!("`{function}` takes a word there, not {given}"),
    }
}

/// An error, in words, unless the word is one of those that are known.
fn one_of(function: &str, words: &[&str], given: &str) -> std::result::Result<(), String> {
    let list = || words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" or ");
    if words.contains(&given) { Ok(()) } else { Err(format!("`{function}` takes {}, not '{given}'", list())) }
}

#[derive(Debug, Clone)]
enum Column {
    /// NaN where a row is without.
    Numbers(Vec<f64>),
    Keys(Vec<Option<Box<str>>>),
    Constant(Option<f64>),
    Word(Option<String>),
}

/// The rows of a group.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    definition: &'static Definition,
    columns: Vec<Column>,
}

impl Rows {
    /// The numbers of an argument, one a row; NaN where a row is without. Nothing where the argument was not given.
    pub(super) fn numbers(&self, at: usize) -> &[f64] {
        match self.columns.get(at) {
            Some(Column::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// The number of an argument in one row; `None` where the row is without or the argument was not given.
    pub(super) fn optional(&self, at: usize, row: usize) -> Option<f64> {
        self.numbers(at).get(row).copied().filter(|number| !number.is_nan())
    }

    /// What the rows belong to, one a row.
    pub(super) fn keys(&self, at: usize) -> Vec<Option<&str>> {
        match self.columns.get(at) {
            Some(Column::Keys(keys)) => keys.iter().map(Option::as_deref).collect(),
            _ => Vec::new(),
        }
    }

    /// The one number of an argument; `None` where it is null or was not given.
    pub(super) fn constant(&self, at: usize) -> Option<f64> {
        match self.columns.get(at) {
            Some(Column::Constant(constant)) => *constant,
            _ => None,
        }
    }

    /// The one word of an argument; `None` where it is null or was not given.
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        match self.columns.get(at) {
            Some(Column::Word(word)) => word.as_deref(),
            _ => None,
        }
    }

    /// The confidence level, which stands at the place `at`.
    pub(super) fn level(&self, at: usize) -> f64 {
        self.constant(at).unwrap_or(args::DEFAULT_LEVEL)
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        let length = |column: &Column| match column {
            Column::Numbers(numbers) => Some(numbers.len()),
            Column::Keys(keys) => Some(keys.len()),
            Column::Constant(_) | Column::Word(_) => None,
        };
        self.columns.iter().find_map(length).unwrap_or(0)
    }

    /// Brings the rows into an order of their own: sums then have the same last digits whatever order the rows came in.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.len()).collect();
        let compare = |one: &usize, two: &usize| {
            let by = |column: &Column| match column {
                Column::Numbers(numbers) => match (numbers.get(*one), numbers.get(*two)) {
                    (Some(one), Some(two)) => one.total_cmp(two),
                    _ => std::cmp::Ordering::Equal,
                },
                Column::Keys(keys) => keys.get(*one).cmp(&keys.get(*two)),
                Column::Constant(_) | Column::Word(_) => std::cmp::Ordering::Equal,
            };
            self.columns.iter().map(by).find(|by| by.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        };
        order.sort_unstable_by(compare);
        for column in &mut self.columns {
            match column {
                Column::Numbers(numbers) => {
                    *numbers = order.iter().filter_map(|row| numbers.get(*row).copied()).collect();
                }
                Column::Keys(keys) => {
                    *keys = order.iter().filter_map(|row| keys.get_mut(*row).map(Option::take)).collect()
                }
                Column::Constant(_) | Column::Word(_) => {}
            }
        }
    }

    /// Takes one row of a batch in.
    fn push(&mut self, given: &[Given<'_>], row: usize) -> Result<()> {
        // A null level or word, too, leaves the row out, as a null number does.
        let missing = given.iter().enumerate().any(|(at, given)| match (self.definition.arg(at), given) {
            (Some(Arg::Optional | Arg::Key | Arg::Constant), _) => false,
            (_, Given::Numbers(numbers)) => numbers.is_null(row),
            (_, Given::Texts(texts)) => texts.is_null(row),
        });
        if missing {
            return Ok(());
        }
        for (at, given) in given.iter().enumerate() {
            match (given, self.columns.get_mut(at)) {
                (Given::Numbers(numbers), Some(Column::Numbers(kept))) => {
                    kept.push(number_at(numbers, row).unwrap_or(f64::NAN));
                }
                (Given::Numbers(numbers), Some(Column::Constant(_))) => {
                    number_at(numbers, row).map_or(Ok(()), |value| self.constant_is(at, value))?;
                }
                (Given::Texts(texts), Some(Column::Keys(kept))) => {
                    kept.push(texts.is_valid(row).then(|| texts.value(row).into()));
                }
                (Given::Texts(texts), Some(Column::Word(_))) => self.word_is(at, texts.value(row))?,
                _ => {}
            }
        }
        Ok(())
    }

    fn constant_is(&mut self, at: usize, value: f64) -> Result<()> {
        let name = self.definition.name;
        if self.definition.arg(at) == Some(Arg::Level) {
            args::level(value)?;
        }
        if let Some(Column::Constant(constant)) = self.columns.get_mut(at)
            && constant.replace(value).is_some_and(|before| before != value)
        {
            return match self.definition.arg(at) {
                Some(Arg::Level) => exec_err!("`{name}` takes one confidence level for all rows of a group"),
                _ => exec_err!("`{name}` takes one number for all rows of a group as argument {}", at + 1),
            };
        }
        Ok(())
    }

    fn word_is(&mut self, at: usize, word: &str) -> Result<()> {
        let name = self.definition.name;
        if let Some(Arg::Choice(words)) = self.definition.arg(at) {
            one_of(name, words, word).or_else(|message| exec_err!("{message}"))?;
        }
        if let Some(Column::Word(known)) = self.columns.get_mut(at)
            && known.replace(word.to_owned()).is_some_and(|before| before != word)
        {
            return exec_err!("`{name}` takes one word for all rows of a group as argument {}", at + 1);
        }
        Ok(())
    }
}

/// A column of a batch.
enum Given<'a> {
    Numbers(&'a Float64Array),
    Texts(&'a StringArray),
}

fn columns<'a>(definition: &Definition, given: &'a [ArrayRef]) -> Result<Vec<Given<'a>>> {
    let mut columns = Vec::with_capacity(given.len());
    for (at, array) in given.iter().enumerate() {
        columns.push(match definition.arg(at) {
            Some(Arg::Key | Arg::Choice(_)) => Given::Texts(as_string_array(array)?),
            _ => Given::Numbers(as_float64_array(array)?),
        });
    }
    Ok(columns)
}

/// The rows of many groups.
struct Groups {
    empty: Rows,
    groups: Vec<Rows>,
    /// Bytes of what was taken in and not given out again.
    held: usize,
}

impl Groups {
    fn grow(&mut self, to: usize, more: &[ArrayRef]) {
        self.groups.resize_with(to, || self.empty.clone());
        self.held += more.iter().map(|array| array.get_array_memory_size()).sum::<usize>();
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Rows> {
        let taken = emit_to.take_needed(&mut self.groups);
        self.held =
            if self.groups.is_empty() { 0 } else { self.held.saturating_sub(taken.iter().map(Rows::size).sum()) };
        taken
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        given: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.grow(total, given);
        let given = columns(self.empty.definition, given)?;
        for (row, group) in groups.iter().enumerate() {
            let wanted = filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
            if let Some(rows) = self.groups.get_mut(*group).filter(|_| wanted) {
                rows.push(&given, row)?;
            }
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let answers = self.take(emit_to).iter_mut().map(Accumulator::evaluate).collect::<Result<Vec<_>>>()?;
        if answers.is_empty() {
            return Ok(new_empty_array(&self.empty.definition.data_type()));
        }
        ScalarValue::iter_to_array(answers)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let mut groups = self.take(emit_to);
        if groups.is_empty() {
            // None of them: what one without rows has, cut to nothing.
            return self.empty.state()?.iter().map(|state| Ok(state.to_array()?.slice(0, 0))).collect();
        }
        let mut states: Vec<Vec<ScalarValue>> = vec![Vec::with_capacity(groups.len()); self.empty.columns.len()];
        for rows in &mut groups {
            states.iter_mut().zip(rows.state()?).for_each(|(column, state)| column.push(state));
        }
        states.into_iter().map(ScalarValue::iter_to_array).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total, states);
        for (row, group) in groups.iter().enumerate() {
            if let Some(rows) = self.groups.get_mut(*group) {
                let of_row: Vec<ArrayRef> = states.iter().map(|state| state.slice(row, 1)).collect();
                rows.merge_batch(&of_row)?;
            }
        }
        Ok(())
    }

    fn convert_to_state(&self, _: &[ArrayRef], _: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        not_impl_err!("rows are always put to their groups first")
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.groups.capacity() * size_of::<Rows>() + self.held
    }
}

impl Accumulator for Rows {
    fn update_batch(&mut self, given: &[ArrayRef]) -> Result<()> {
        let rows = given.first().map_or(0, |array| array.len());
        let given = columns(self.definition, given)?;
        (0..rows).try_for_each(|row| self.push(&given, row))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.sort();
        let answer = (self.definition.compute)(self);
        match (&self.definition.returns, answer) {
            (Returns::Number, answer) => {
                Ok(answer.and_then(|values| values.into_iter().next()).unwrap_or(ScalarValue::Float64(None)))
            }
            (Returns::Struct(fields), None) => {
                Ok(ScalarValue::Struct(Arc::new(StructArray::new_null(struct_fields(fields), 1))))
            }
            (Returns::Struct(fields), Some(values)) => {
                let columns = values.iter().map(ScalarValue::to_array).collect::<Result<Vec<_>>>()?;
                Ok(ScalarValue::Struct(Arc::new(StructArray::try_new(struct_fields(fields), columns, None)?)))
            }
        }
    }

    fn size(&self) -> usize {
        let held = |column: &Column| match column {
            Column::Numbers(numbers) => numbers.capacity() * size_of::<f64>(),
            Column::Keys(keys) => {
                let texts: usize = keys.iter().flatten().map(|key| key.len()).sum();
                keys.capacity() * size_of::<Option<Box<str>>>() + texts
            }
            Column::Constant(_) | Column::Word(_) => 0,
        };
        size_of_val(self) + self.columns.capacity() * size_of::<Column>() + self.columns.iter().map(held).sum::<usize>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let list = |array: ArrayRef| SingleRowListArrayBuilder::new(array).build_list_scalar();
        let state = |column: &Column| match column {
            // A number that a row is without stays NaN, which reads back as such.
            Column::Numbers(numbers) => list(Arc::new(Float64Array::from(numbers.clone()))),
            Column::Keys(keys) => list(Arc::new(keys.iter().map(Option::as_deref).collect::<StringArray>())),
            Column::Constant(constant) => ScalarValue::Float64(*constant),
            Column::Word(word) => ScalarValue::Utf8(word.clone()),
        };
        Ok(self.columns.iter().map(state).collect())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for (at, states) in states.iter().enumerate() {
            match self.columns.get_mut(at) {
                Some(Column::Numbers(kept)) => {
                    for list in as_list_array(states)?.iter().flatten() {
                        kept.extend_from_slice(as_float64_array(&list)?.values());
                    }
                }
                Some(Column::Keys(kept)) => {
                    for list in as_list_array(states)?.iter().flatten() {
                        kept.extend(as_string_array(&list)?.iter().map(|key| key.map(Into::into)));
                    }
                }
                Some(Column::Constant(_)) => {
                    as_float64_array(states)?.iter().flatten().try_for_each(|value| self.constant_is(at, value))?;
                }
                Some(Column::Word(_)) => {
                    as_string_array(states)?.iter().flatten().try_for_each(|word| self.word_is(at, word))?;
                }
                None => {}
            }
        }
        Ok(())
    }
}
