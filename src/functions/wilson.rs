//! `wilson_lower` and `wilson_upper`.

use std::sync::{Arc, LazyLock};

use arrow::array::Float64Array;
use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args::{self, number_at};
use crate::stats::proportion::wilson;

const ARGUMENTS: [(&str, &str); 3] = [("x", "Answers that met the condition."), ("n", "Answers in all."), args::LEVEL];

/// One end of a Wilson score interval.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Wilson {
    signature: Signature,
    upper: bool,
}

impl Wilson {
    pub(super) fn lower() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable), upper: false }
    }

    pub(super) fn upper() -> Self {
        Self { upper: true, ..Self::lower() }
    }
}

impl ScalarUDFImpl for Wilson {
    fn name(&self) -> &str {
        if self.upper { "wilson_upper" } else { "wilson_lower" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 2..=3)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn return_field_from_args(&self, given: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        args::field_with_level(self.name(), DataType::Float64, &given, 2)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let (x, n) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        let levels = args::Levels::of(given.get(2))?;
        let end = |row| {
            let counts = number_at(x, row).zip(number_at(n, row));
            let interval = counts.zip(levels.at(row)?).and_then(|((x, n), level)| wilson(x, n, level));
            Ok(interval.map(|interval| if self.upper { interval.upper } else { interval.lower }))
        };
        let ends: Float64Array = (0..x.len()).map(end).collect::<Result<_>>()?;
        Ok(ColumnarValue::Array(Arc::new(ends)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static LOWER: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Lower limit of the Wilson score interval of the proportion x/n, a fraction. Null where there is no \
                 proportion: see `why_not`.",
                "wilson_lower(x, n[, level])",
                "SELECT wilson_lower(45, 90); -- 0.3988",
                &ARGUMENTS,
            )
        });
        static UPPER: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Upper limit of the Wilson score interval of the proportion x/n, a fraction. Null where there is no \
                 proportion: see `why_not`.",
                "wilson_upper(x, n[, level])",
                "SELECT wilson_upper(45, 90, 0.998); -- 0.6549",
                &ARGUMENTS,
            )
        });
        Some(if self.upper { &UPPER } else { &LOWER })
    }
}
