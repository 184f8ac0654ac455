//! `goal_attainment_t`.

use std::mem::size_of_val;
use std::sync::LazyLock;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::cast::as_float64_array;
use datafusion::common::{Result, ScalarValue, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Documentation, Signature, Volatility};

use super::args::{self, number_at};
use crate::stats::goal::Goals;

/// T score of Goal Attainment Scaling.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct GoalAttainmentT {
    signature: Signature,
}

impl GoalAttainmentT {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl AggregateUDFImpl for GoalAttainmentT {
    fn name(&self) -> &str {
        "goal_attainment_t"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 2..=2)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn accumulator(&self, given: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if given.is_distinct {
            return not_impl_err!("`goal_attainment_t` takes no DISTINCT: equal rows are two goals of one weight");
        }
        Ok(Box::new(Person(Goals::ZERO)))
    }

    fn state_fields(&self, given: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(args::state(&given, ["attained", "weights", "squares"].map(|name| (name, DataType::Float64))))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "T score of Goal Attainment Scaling over the goals of a person, one row a goal (Kiresuk & Sherman \
                 1968, with their correlation of 0.3 between goals): 50 where every goal was reached as expected. \
                 Rows with a null or NaN are left out. Null without goals, where all weights are 0, and where one is below 0.",
                "goal_attainment_t(achieved, weight)",
                "SELECT person, goal_attainment_t(achieved, importance * difficulty) FROM goals GROUP BY person;",
                &[
                    ("achieved", "Level reached, from -2 (much less than expected) over 0 to 2 (much more)."),
                    ("weight", "How much the goal counts, such as importance times difficulty."),
                ],
            )
        });
        Some(&DOC)
    }
}

#[derive(Debug)]
struct Person(Goals);

impl Accumulator for Person {
    fn update_batch(&mut self, given: &[ArrayRef]) -> Result<()> {
        let (achieved, weights) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        let goals = (0..achieved.len()).filter_map(|row| number_at(achieved, row).zip(number_at(weights, row)));
        self.0 = goals.fold(self.0, |sum, (achieved, weight)| sum.with(achieved, weight));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.0.t_score()))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let Goals { attained, weights, squares } = self.0;
        Ok([attained, weights, squares].map(|sum| ScalarValue::Float64(Some(sum))).to_vec())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [attained, weights, squares] = [0, 1, 2].map(|place| as_float64_array(&states[place]));
        let (attained, weights, squares) = (attained?, weights?, squares?);
        for row in 0..weights.len() {
            let goals =
                Goals { attained: attained.value(row), weights: weights.value(row), squares: squares.value(row) };
            self.0 = self.0.merge(goals);
        }
        Ok(())
    }
}
