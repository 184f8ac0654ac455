//! `newcombe`.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, FieldRef, Fields};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args::{self, floats, number_at};
use crate::stats::difference::newcombe;

/// The difference of two proportions with its interval.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Newcombe {
    signature: Signature,
}

impl Newcombe {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn returns() -> Fields {
    args::fields(["value", "lower", "upper"].map(|name| (name, DataType::Float64)))
}

impl ScalarUDFImpl for Newcombe {
    fn name(&self) -> &str {
        "newcombe"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 4..=5)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(returns()))
    }

    fn return_field_from_args(&self, given: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        args::field_with_level(self.name(), DataType::Struct(returns()), &given, 4)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let counts = given.iter().take(4).map(|array| as_float64_array(array)).collect::<Result<Vec<_>>>()?;
        let levels = args::Levels::of(given.get(4))?;
        let difference = |row| {
            let level: Option<f64> = levels.at(row)?;
            let count = |i: usize| number_at(counts[i], row);
            let both = count(0).zip(count(1)).zip(count(2).zip(count(3))).zip(level);
            Ok(both.and_then(|(((x1, n1), (x2, n2)), level)| newcombe(x1, n1, x2, n2, level)))
        };
        let rows = (0..counts[0].len()).map(difference).collect::<Result<Vec<_>>>()?;
        let columns =
            vec![floats(&rows, |d| Some(d.value)), floats(&rows, |d| Some(d.lower)), floats(&rows, |d| Some(d.upper))];
        Ok(ColumnarValue::Array(Arc::new(args::structs(returns(), &rows, columns)?)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Difference x1/n1 − x2/n2 of two independent proportions with Newcombe's hybrid score interval: a \
                 struct of `value`, `lower` and `upper`, fractions. Null where either proportion does not exist.",
                "newcombe(x1, n1, x2, n2[, level])",
                "SELECT newcombe(56, 70, 48, 80)['lower']; -- 0.0524",
                &[
                    ("x1", "Answers of the first group that met the condition."),
                    ("n1", "Answers of the first group."),
                    ("x2", "Answers of the second group that met the condition."),
                    ("n2", "Answers of the second group."),
                    args::LEVEL,
                ],
            )
        });
        Some(&DOC)
    }
}
