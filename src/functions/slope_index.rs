//! `slope_index`.

use std::mem::size_of_val;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::cast::{as_float64_array, as_list_array};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, exec_err, not_impl_err};
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Documentation, Expr, Signature, Volatility};

use super::args::{self, booleans, floats, number_at};
use crate::stats::slope::{Group, slope_index};

/// Slope index and relative index of inequality.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct SlopeIndex {
    signature: Signature,
}

impl SlopeIndex {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn returns() -> Fields {
    let number = |name| (name, DataType::Float64);
    args::fields([
        number("sii"),
        number("lower"),
        number("upper"),
        number("rii"),
        number("rii_lower"),
        number("rii_upper"),
        ("lack_of_fit", DataType::Boolean),
    ])
}

impl AggregateUDFImpl for SlopeIndex {
    fn name(&self) -> &str {
        "slope_index"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 3..=5)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(returns()))
    }

    fn accumulator(&self, given: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if given.is_distinct {
            return not_impl_err!("`slope_index` takes no DISTINCT: equal rows are two groups of one rank");
        }
        Ok(Box::new(Groups::default()))
    }

    fn state_fields(&self, given: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let groups = DataType::new_list(DataType::Float64, true);
        let field = |name, data_type| Arc::new(Field::new(format_state_name(given.name, name), data_type, true));
        Ok(vec![field("groups", groups), field("level", DataType::Float64)])
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    /// Changes nothing: it is the one place where the planner shows an aggregate its literals.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(Box::new(|call: AggregateFunction, _: &SimplifyContext| {
            let literal = call.params.args.get(4).and_then(Expr::as_literal);
            args::plan_level(literal)?;
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Slope index and relative index of inequality over ordered groups: a struct of `sii` (fitted value at \
                 the least minus at the most disadvantaged end), `lower`, `upper`, `rii` (their ratio), `rii_lower`, \
                 `rii_upper` and `lack_of_fit` (whether the groups scatter about the line more than their standard \
                 errors explain; null without them). One row a group; rows with a null value, population, rank order \
                 or level are left out. Null with fewer than 2 groups (3 without standard errors), two groups of one \
                 rank, a population not above 0, or standard errors for some groups only.",
                "slope_index(value, population, rank_order[, se[, level]])",
                "SELECT area, slope_index(value, population, decile, se)['sii'] FROM deciles GROUP BY area;",
                &[
                    ("value", "What was measured in the group."),
                    ("population", "People in the group."),
                    ("rank_order", "Place of the group in the order, the most disadvantaged lowest."),
                    (
                        "se",
                        "Standard error of the value. Left out or null throughout: the scatter about the line takes \
                         its place.",
                    ),
                    args::LEVEL,
                ],
            )
        });
        Some(&DOC)
    }
}

/// Numbers of a group in the state.
const WIDTH: usize = 4;

#[derive(Debug, Default)]
struct Groups {
    groups: Vec<Group>,
    level: Option<f64>,
}

impl Groups {
    fn set_level(&mut self, level: f64) -> Result<()> {
        if self.level.replace(level).is_some_and(|before| before != level) {
            return exec_err!("`slope_index` takes one confidence level for all rows of a group");
        }
        Ok(())
    }
}

impl Accumulator for Groups {
    fn update_batch(&mut self, given: &[ArrayRef]) -> Result<()> {
        let numbers = given.iter().take(WIDTH).map(|array| as_float64_array(array)).collect::<Result<Vec<_>>>()?;
        let levels = args::Levels::of(given.get(WIDTH))?;
        for row in 0..numbers[0].len() {
            let number = |place: usize| numbers.get(place).and_then(|numbers| number_at(numbers, row));
            let (Some(value), Some(population), Some(rank_order)) = (number(0), number(1), number(2)) else {
                continue;
            };
            if let Some(level) = levels.at(row)? {
                self.set_level(level)?;
                self.groups.push(Group { rank_order, population, value, se: number(3) });
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let rows = [slope_index(&self.groups, self.level.unwrap_or(args::DEFAULT_LEVEL))];
        let columns = vec![
            floats(&rows, |s| Some(s.sii.value)),
            floats(&rows, |s| Some(s.sii.lower)),
            floats(&rows, |s| Some(s.sii.upper)),
            floats(&rows, |s| s.rii),
            floats(&rows, |s| s.rii_limits.map(|limits| limits.lower)),
            floats(&rows, |s| s.rii_limits.map(|limits| limits.upper)),
            booleans(&rows, |s| s.lack_of_fit),
        ];
        Ok(ScalarValue::Struct(Arc::new(args::structs(returns(), &rows, columns)?)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.groups.capacity() * size_of::<Group>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let flat = |group: &Group| [Some(group.rank_order), Some(group.population), Some(group.value), group.se];
        let numbers: Float64Array = self.groups.iter().flat_map(flat).collect();
        let list = SingleRowListArrayBuilder::new(Arc::new(numbers)).build_list_scalar();
        Ok(vec![list, ScalarValue::Float64(self.level)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (lists, levels) = (as_list_array(&states[0])?, as_float64_array(&states[1])?);
        for level in levels.iter().flatten() {
            self.set_level(level)?;
        }
        for list in lists.iter().flatten() {
            let numbers = as_float64_array(&list)?;
            self.groups.extend((0..numbers.len() / WIDTH).map(|i| Group {
                rank_order: numbers.value(i * WIDTH),
                population: numbers.value(i * WIDTH + 1),
                value: numbers.value(i * WIDTH + 2),
                se: number_at(numbers, i * WIDTH + 3),
            }));
        }
        Ok(())
    }
}
