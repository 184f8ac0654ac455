//! `paired_change`.

use std::mem::size_of_val;
use std::sync::{Arc, LazyLock};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, FieldRef, Fields, UInt64Type};
use datafusion::common::cast::{as_float64_array, as_primitive_array};
use datafusion::common::{Result, ScalarValue, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Documentation, Signature, Volatility};

use super::args::{self, floats, number_at, wholes};
use crate::stats::change::Pairs;
use crate::stats::moments::Moments;

const NAME: &str = "paired_change";

/// Mean change from before to after.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct PairedChange {
    signature: Signature,
}

impl PairedChange {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn returns() -> Fields {
    let number = |name| (name, DataType::Float64);
    args::fields([
        ("n", DataType::Int64),
        number("value"),
        number("lower"),
        number("upper"),
        number("sd"),
        number("srm"),
        number("effect_size"),
    ])
}

impl AggregateUDFImpl for PairedChange {
    fn name(&self) -> &str {
        NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 2..=3)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(returns()))
    }

    fn accumulator(&self, given: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if given.is_distinct {
            return not_impl_err!("`paired_change` takes no DISTINCT: equal rows are two people who changed alike");
        }
        Ok(Box::new(People { pairs: Pairs::ZERO, level: args::OneLevel::default() }))
    }

    fn state_fields(&self, given: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let number = |name| (name, DataType::Float64);
        let fields = [
            ("n", DataType::UInt64),
            number("before_mean"),
            number("before_squares"),
            number("change_mean"),
            number("change_squares"),
            number("largest"),
            number("level"),
        ];
        Ok(args::state(&given, fields))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        Some(args::refuse_level(2))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Mean change of the same people, after minus before: a struct of `n` (complete pairs), `value` (mean \
                 change), `lower`, `upper` (paired t limits), `sd` (standard deviation of the changes), `srm` \
                 (standardised response mean: value over sd; Liang et al. 1990) and `effect_size` (value over the \
                 standard deviation before, of the complete pairs; Kazis et al. 1989). Rows with a null, a NaN or an \
                 infinity are left out. With one pair all but `n` and `value` are null; where all change alike `sd` \
                 is 0, both limits are the value and `srm` is null; `effect_size` is null where all began alike.",
                "paired_change(before, after[, level])",
                "SELECT service, paired_change(before, after)['value'] FROM pairs GROUP BY service;",
                &[("before", "Score before."), ("after", "Score after, of the same person."), args::LEVEL],
            )
        });
        Some(&DOC)
    }
}

#[derive(Debug)]
struct People {
    pairs: Pairs,
    level: args::OneLevel,
}

impl Accumulator for People {
    fn update_batch(&mut self, given: &[ArrayRef]) -> Result<()> {
        let (before, after) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        let levels = args::Levels::of(given.get(2))?;
        for row in 0..before.len() {
            let pair = number_at(before, row).zip(number_at(after, row));
            if let Some(((before, after), level)) = pair.zip(levels.at(row)?) {
                self.level.set(NAME, level)?;
                self.pairs = self.pairs.with(before, after);
            }
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let rows = [Some(self.pairs.change(self.level.get()))];
        let columns = vec![
            wholes(&rows, |c| c.n),
            floats(&rows, |c| c.value),
            floats(&rows, |c| c.limits.map(|limits| limits.lower)),
            floats(&rows, |c| c.limits.map(|limits| limits.upper)),
            floats(&rows, |c| c.sd),
            floats(&rows, |c| c.srm),
            floats(&rows, |c| c.effect_size),
        ];
        Ok(ScalarValue::Struct(Arc::new(args::structs(returns(), &rows, columns)?)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let Pairs { before, change, largest } = self.pairs;
        let numbers = [before.mean, before.squares, change.mean, change.squares, largest];
        let n = ScalarValue::UInt64(Some(change.n));
        let numbers = numbers.into_iter().map(|number| ScalarValue::Float64(Some(number)));
        Ok([n].into_iter().chain(numbers).chain([self.level.state()]).collect())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.level.merge(NAME, &states[6])?;
        let counts = as_primitive_array::<UInt64Type>(&states[0])?;
        let numbers = states[1..6].iter().map(|array| as_float64_array(array)).collect::<Result<Vec<_>>>()?;
        for row in 0..counts.len() {
            let (n, number) = (counts.value(row), |place: usize| numbers[place].value(row));
            self.pairs = self.pairs.merge(Pairs {
                before: Moments { n, mean: number(0), squares: number(1) },
                change: Moments { n, mean: number(2), squares: number(3) },
                largest: number(4),
            });
        }
        Ok(())
    }
}
