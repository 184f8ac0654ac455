//! `level_sum` and `level_frequency`.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef, Int64Array, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args::{self, number_at};
use crate::stats::profile::{level_frequency, level_sum};

const PROFILE: (&str, &str) =
    ("profile", "Levels: a digit from 1 (no problem) for each dimension, as text or a whole number.");

/// A figure of the levels of one profile.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct LevelScore {
    frequency: bool,
    signature: Signature,
}

impl LevelScore {
    pub(super) fn sum() -> Self {
        Self { frequency: false, signature: Signature::user_defined(Volatility::Immutable) }
    }

    pub(super) fn frequency() -> Self {
        Self { frequency: true, ..Self::sum() }
    }
}

/// A number as the count of levels that it is.
fn levels(number: f64) -> Option<u8> {
    (1..=9).find(|levels| f64::from(*levels) == number)
}

impl ScalarUDFImpl for LevelScore {
    fn name(&self) -> &str {
        if self.frequency { "level_frequency" } else { "level_sum" }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let takes = if self.frequency { 2 } else { 1 };
        args::arity(self.name(), given, takes..=takes)?;
        let coerced = |(at, given)| match at {
            0 => args::profile(self.name(), given),
            _ => args::number(self.name(), given),
        };
        given.iter().enumerate().map(coerced).collect()
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(if self.frequency { DataType::Utf8 } else { DataType::Int64 })
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let profiles = args::Profiles::of(&given[0], &given[0])?;
        let rows = (0..given[0].len()).map(|row| (row, profiles.at(row).map(|(profile, _)| profile)));
        let scores: ArrayRef = if self.frequency {
            let numbers = as_float64_array(&given[1])?;
            let of = |row| number_at(numbers, row).and_then(levels);
            let frequencies = rows.map(|(row, profile)| level_frequency(&profile?, of(row)?));
            Arc::new(frequencies.collect::<StringArray>())
        } else {
            let sums = rows.map(|(_, profile)| level_sum(&profile?).and_then(|sum| i64::try_from(sum).ok()));
            Arc::new(sums.collect::<Int64Array>())
        };
        Ok(ColumnarValue::Array(scores))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static SUM: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Sum of the levels of a health profile (Devlin et al. 2020): no value, for it weighs all dimensions \
                 alike. Null where the profile is null or empty and where it has another character than the digits 1 \
                 to 9.",
                "level_sum(profile)",
                "SELECT level_sum('21232'); -- 10",
                &[PROFILE],
            )
        });
        static FREQUENCY: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "How many dimensions of a health profile are at each level, side by side (Oppe & de Charro 2001). Null \
                 where the profile is null or empty, has more than 9 dimensions, or has another character than a \
                 digit from 1 to the number of levels.",
                "level_frequency(profile, levels)",
                "SELECT level_frequency('21232', 3); -- 131",
                &[PROFILE, ("levels", "How many levels a dimension has, from 1 to 9.")],
            )
        });
        Some(if self.frequency { &FREQUENCY } else { &SUM })
    }
}
