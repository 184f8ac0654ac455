//! `mean_lower` and `mean_upper`.

use std::sync::{Arc, LazyLock};

use arrow::array::Float64Array;
use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args::{self, number_at};
use crate::stats::mean::t_interval;

const ARGUMENTS: [(&str, &str); 4] = [
    ("n", "Answers in all."),
    ("mean", "Their mean."),
    ("sd", "Their standard deviation, that of a sample: what `stddev` returns."),
    args::LEVEL,
];

/// One end of a t interval of a mean.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Mean {
    signature: Signature,
    upper: bool,
}

impl Mean {
    pub(super) fn lower() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable), upper: false }
    }

    pub(super) fn upper() -> Self {
        Self { upper: true, ..Self::lower() }
    }
}

impl ScalarUDFImpl for Mean {
    fn name(&self) -> &str {
        if self.upper { "mean_upper" } else { "mean_lower" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 3..=4)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field_from_args(&self, given: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        args::field_with_level(self.name(), DataType::Float64, &given, 3)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let (n, mean, sd) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?, as_float64_array(&given[2])?);
        let levels = args::Levels::of(given.get(3))?;
        let end = |row| {
            let numbers = number_at(n, row).zip(number_at(mean, row)).zip(number_at(sd, row));
            let interval =
                numbers.zip(levels.at(row)?).and_then(|(((n, mean), sd), level)| t_interval(n, mean, sd, level));
            Ok(interval.map(|interval| if self.upper { interval.upper } else { interval.lower }))
        };
        let ends: Float64Array = (0..n.len()).map(end).collect::<Result<_>>()?;
        Ok(ColumnarValue::Array(Arc::new(ends)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static LOWER: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Lower limit of Student's t interval of a mean (Altman et al. 2000), in its unit: the mean itself where \
                 `sd` is 0. Null below 2 answers and where a number is null.",
                "mean_lower(n, mean, sd[, level])",
                "SELECT mean_lower(10, 18.4, 4.1); -- 15.4670",
                &ARGUMENTS,
            )
        });
        static UPPER: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Upper limit of Student's t interval of a mean (Altman et al. 2000), in its unit: the mean itself where \
                 `sd` is 0. Null below 2 answers and where a number is null.",
                "mean_upper(n, mean, sd[, level])",
                "SELECT mean_upper(10, 18.4, 4.1, 0.998); -- 23.9710",
                &ARGUMENTS,
            )
        });
        Some(if self.upper { &UPPER } else { &LOWER })
    }
}
