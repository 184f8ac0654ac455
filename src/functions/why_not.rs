//! `why_not`.

use std::sync::{Arc, LazyLock};

use arrow::array::StringArray;
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args;
use crate::stats::proportion::wilson;

/// Why there is no proportion.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct WhyNot {
    signature: Signature,
}

impl WhyNot {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

fn reason(x: Option<f64>, n: Option<f64>) -> Option<&'static str> {
    match n {
        None | Some(0.0) => Some("no-answers"),
        // Asked of the interval itself, so that the two cannot disagree.
        Some(n) if x.and_then(|x| wilson(x, n, args::DEFAULT_LEVEL)).is_none() => Some("invalid"),
        Some(_) => None,
    }
}

impl ScalarUDFImpl for WhyNot {
    fn name(&self) -> &str {
        "why_not"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::numbers(self.name(), given, 2..=2)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let (x, n) = (as_float64_array(&given[0])?, as_float64_array(&given[1])?);
        let reasons: StringArray = x.iter().zip(n).map(|(x, n)| reason(x, n)).collect();
        Ok(ColumnarValue::Array(Arc::new(reasons)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Why the proportion x/n does not exist: `no-answers` where n is 0 or null, `invalid` where the two \
                 cannot be counts of one group (x below 0, above n or null, n below 0). Null where the proportion \
                 exists.",
                "why_not(x, n)",
                "SELECT why_not(0, 0); -- no-answers",
                &[("x", "Answers that met the condition."), ("n", "Answers in all.")],
            )
        });
        Some(&DOC)
    }
}
