//! `profile_class`.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, StringArray};
use arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args;
use crate::stats::profile::class;

/// How a health profile changed.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ProfileClass {
    signature: Signature,
}

impl ProfileClass {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for ProfileClass {
    fn name(&self) -> &str {
        "profile_class"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::profiles(self.name(), given)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let profiles = args::Profiles::of(&given[0], &given[1])?;
        let name = |row| profiles.at(row).and_then(|(before, after)| class(&before, &after)).map(|class| class.name());
        let names: StringArray = (0..given[0].len()).map(name).collect();
        Ok(ColumnarValue::Array(Arc::new(names)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "How the health profile of one person changed, by the Paretian Classification of Health Change (Devlin \
                 et al. 2010): `improve` (better in a dimension, worse in none), `worsen`, `mixed change`, `no \
                 change`, or `no problems` where both are all 1. Null where either is null or empty, has another \
                 character than the digits 1 to 9, or they differ in length.",
                "profile_class(before_profile, after_profile)",
                "SELECT profile_class('21232', '11232'); -- improve",
                &args::PROFILES,
            )
        });
        Some(&DOC)
    }
}
