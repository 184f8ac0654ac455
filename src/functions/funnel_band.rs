//! `funnel_band_wilson` and `funnel_band_poisson`: how a unit compares by chance alone.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args::{self, number_at};
use crate::stats::funnel::plain::{poisson_band, wilson_band};

/// In which band a unit lies.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FunnelBand {
    signature: Signature,
    poisson: bool,
}

impl FunnelBand {
    pub(super) fn wilson() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable), poisson: false }
    }

    pub(super) fn poisson() -> Self {
        Self { poisson: true, ..Self::wilson() }
    }
}

impl ScalarUDFImpl for FunnelBand {
    fn name(&self) -> &str {
        if self.poisson { "funnel_band_poisson" } else { "funnel_band_wilson" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let takes = if self.poisson { 2 } else { 3 };
        args::numbers(self.name(), given, takes..=takes)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let numbers = given.iter().map(|array| as_float64_array(array)).collect::<Result<Vec<_>>>()?;
        let band = |row: usize| {
            let numbers: Option<Vec<f64>> = numbers.iter().map(|numbers| number_at(numbers, row)).collect();
            let band = match numbers.as_deref() {
                Some([observed, expected]) => poisson_band(*observed, *expected),
                Some([x, n, target]) => wilson_band(*x, *n, *target),
                _ => None,
            };
            band.map(|band| band.name())
        };
        let bands: StringArray = (0..numbers.first().map_or(0, |numbers| numbers.len())).map(band).collect();
        Ok(ColumnarValue::Array(Arc::new(bands)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static WILSON: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "How a proportion compares with a target, by chance alone: `much lower`, `lower`, `about the same`, `higher` or `much \
                 higher`, by whether its Wilson intervals at 95% and 99.8% hold the target, as OHID's Fingertips. Not widened for \
                 over-dispersion: see `funnel`. Null where there is no proportion or the target is no fraction.",
                "funnel_band_wilson(x, n, target)",
                "SELECT funnel_band_wilson(63, 252, 0.3116); -- lower",
                &[
                    ("x", "Answers of the unit that met the condition."),
                    ("n", "Answers of the unit."),
                    ("target", "What it is compared with, such as the proportion of all units together."),
                ],
            )
        });
        static POISSON: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "How a count of events compares with that expected, by chance alone: `much lower`, `lower`, `about the same`, `higher` \
                 or `much higher`, by whether the limits of the count at 95% and 99.8% (exact below 10 events, Byar's from 10) hold \
                 what was expected, as OHID's Fingertips. Not widened for over-dispersion: see `funnel_ratio`. Null for counts below \
                 0 and where nothing is expected.",
                "funnel_band_poisson(observed, expected)",
                "SELECT funnel_band_poisson(138, 105.6); -- higher",
                &[
                    ("observed", "Events in the unit."),
                    (
                        "expected",
                        "Events expected there: of a rate, the unit's population times the rate of all units.",
                    ),
                ],
            )
        });
        Some(if self.poisson { &POISSON } else { &WILSON })
    }
}
