//! `slope_index`.

use std::mem::size_of_val;
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::{DataType, FieldRef, Fields};
use datafusion::common::cast::{as_float64_array, as_list_array};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Documentation, Signature, Volatility};

use super::args::{self, booleans, floats, number_at};
use crate::stats::slope::{Group, slope_index};

const NAME: &str = "slope_index";

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
        NAME
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
        Ok(args::state(&given, [("groups", groups), ("level", DataType::Float64)]))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(args::refuse_level(4))
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
    level: args::OneLevel,
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
                self.level.set(NAME, level)?;
                self.groups.push(Group { rank_order, population, value, se: number(3) });
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let rows = [slope_index(&self.groups, self.level.get())];
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
        Ok(vec![list, self.level.state()])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.level.merge(NAME, &states[1])?;
        for list in as_list_array(&states[0])?.iter().flatten() {
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
