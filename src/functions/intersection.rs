//! `intersection`, `intersection_share`.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::Result;
use datafusion::common::cast::{as_float64_array, as_string_array};
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowFunctionSimplification, WindowUDFFieldArgs};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Documentation, Expr, PartitionEvaluator, Signature, Volatility, WindowUDFImpl};

use super::args::{self, floats, number_at};
use super::collected::key;
use crate::stats::intersections::{Cell, Shrunken, intersections};

/// The place of the level.
const LEVEL: usize = 4;

/// Cells of two crossed groups, shrunken towards what the groups add up to.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Intersection {
    of: Of,
    signature: Signature,
}

/// What a cell is given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    /// A value and its standard error.
    Values,
    /// Answers that met a condition and all answers.
    Shares,
}

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::Values => "intersection",
            Self::Shares => "intersection_share",
        }
    }
}

impl Intersection {
    pub(super) fn of_values() -> Self {
        Self { of: Of::Values, signature: Signature::user_defined(Volatility::Immutable) }
    }

    pub(super) fn of_shares() -> Self {
        Self { of: Of::Shares, signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn returns() -> Fields {
    args::fields(["expected", "value", "lower", "upper", "tau2", "not_additive"].map(|name| (name, DataType::Float64)))
}

impl WindowUDFImpl for Intersection {
    fn name(&self) -> &str {
        self.of.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::arity(self.name(), given, LEVEL..=LEVEL + 1)?;
        let coerced = |(at, given): (usize, &DataType)| match at {
            2 | 3 => key(self.name(), given),
            _ => args::number(self.name(), given),
        };
        given.iter().enumerate().map(coerced).collect()
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Cells(self.of)))
    }

    fn field(&self, given: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(given.name(), DataType::Struct(returns()), true)))
    }

    // It changes nothing: it is the one place where the planner shows a window function its literals.
    fn simplify(&self) -> Option<WindowFunctionSimplification> {
        Some(Box::new(|call: WindowFunction, _: &SimplifyContext| {
            args::plan_level(call.params.args.get(LEVEL).and_then(Expr::as_literal))?;
            Ok(Expr::WindowFunction(Box::new(call)))
        }))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static VALUES: LazyLock<Documentation> = LazyLock::new(|| document(Of::Values));
        static SHARES: LazyLock<Documentation> = LazyLock::new(|| document(Of::Shares));
        Some(if self.of == Of::Values { &VALUES } else { &SHARES })
    }
}

fn document(of: Of) -> Documentation {
    let (what, given) = match of {
        Of::Values => (
            "Values of the cells of two crossed groups",
            [("value", "What was measured in the cell."), ("se", "Its standard error, in the same unit, above 0.")],
        ),
        Of::Shares => (
            "Shares x/n of the cells of two crossed groups",
            [("x", "Answers of the cell that met the condition."), ("n", "Answers of the cell.")],
        ),
    };
    let name = of.name();
    let [one, other] = given.map(|(name, _)| name);
    args::document(
        &format!(
            "{what}, each drawn towards what its two groups add up to, the more the less certain it is: a struct of \
             `expected` (what the groups add up to), `value` (the shrunken one), `lower`, `upper`, `tau2` (variance of \
             the cells about what their groups add up to) and `not_additive` (that variance as a part of the variance \
             of the cells about their mean). One row a cell; null for a row with a null or without a standard error \
             above 0, and everywhere unless each pair of groups stands once and there are more cells than groups of \
             both dimensions less one. Cells are not to be ranked. The order of the window does not matter."
        ),
        &format!("{name}({one}, {other}, first, second[, level]) OVER ([PARTITION BY ...])"),
        &format!("SELECT age, sex, {name}({one}, {other}, age, sex) OVER (PARTITION BY area)['value'] FROM cells;"),
        &[
            given[0],
            given[1],
            ("first", "The group of the first dimension, as text or a number."),
            ("second", "The group of the second dimension, as text or a number."),
            args::LEVEL,
        ],
    )
}

#[derive(Debug)]
struct Cells(Of);

/// The number of each group in the order of their names.
fn numbered(keys: &StringArray) -> impl Fn(usize) -> Option<usize> + '_ {
    let names: Vec<&str> = keys.iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
    move |row| names.binary_search(&keys.is_valid(row).then(|| keys.value(row))?).ok()
}

impl PartitionEvaluator for Cells {
    fn evaluate_all(&mut self, given: &[ArrayRef], num_rows: usize) -> Result<ArrayRef> {
        let (one, other) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        let (first, second) = (numbered(as_string_array(&given[2])?), numbered(as_string_array(&given[3])?));
        let (levels, mut level) = (args::Levels::of(given.get(LEVEL))?, args::OneLevel::default());
        let cell = |row: usize| {
            let (first, second) = (first(row)?, second(row)?);
            let (one, other) = (number_at(one, row)?, number_at(other, row)?);
            match self.0 {
                Of::Values => Some(Cell { first, second, value: one, se: other }).filter(|cell| cell.se > 0.0),
                Of::Shares => Cell::share(first, second, one, other),
            }
        };
        let mut cells: Vec<Option<Cell>> = Vec::with_capacity(num_rows);
        for row in 0..num_rows {
            let of_row = levels.at(row)?;
            of_row.map_or(Ok(()), |of_row| level.set(self.0.name(), of_row))?;
            cells.push(of_row.and_then(|_| cell(row)));
        }
        let there: Vec<Cell> = cells.iter().flatten().copied().collect();
        let all = intersections(&there, level.get());
        let mut shrunken = all.iter().flat_map(|all| all.cells.iter().copied());
        let rows: Vec<Option<Shrunken>> = cells.iter().map(|cell| cell.and_then(|_| shrunken.next())).collect();
        let columns = vec![
            floats(&rows, |cell| Some(cell.expected)),
            floats(&rows, |cell| Some(cell.estimate.value)),
            floats(&rows, |cell| Some(cell.estimate.lower)),
            floats(&rows, |cell| Some(cell.estimate.upper)),
            floats(&rows, |_| all.as_ref().map(|all| all.tau2)),
            floats(&rows, |_| all.as_ref().and_then(|all| all.not_additive)),
        ];
        Ok(Arc::new(args::structs(returns(), &rows, columns)?))
    }
}
