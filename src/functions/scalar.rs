//! Scalar functions of numbers: a definition for each, one implementation for all.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use arrow::array::{Array, ArrayRef, Float64Array};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::Result;
use datafusion::common::cast::as_float64_array;
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args::{self, Levels, number_at};

/// What a function returns for one row: a number for each field.
pub(super) type Numbers = Vec<Option<f64>>;

/// A scalar function of numbers.
#[derive(Debug)]
pub(super) struct Definition {
    /// Its name in SQL.
    pub name: &'static str,
    /// How many numbers it needs at least.
    pub least: usize,
    /// How many numbers it takes at most.
    pub most: usize,
    /// Whether a confidence level may follow them.
    pub level: bool,
    /// The fields of what it returns; a plain number where there are none.
    pub fields: &'static [&'static str],
    /// Computes one row from the numbers given and the level, a number for each field; `None` where there is no answer. What is not
    /// finite becomes null.
    pub compute: fn(&[f64], f64) -> Option<Numbers>,
    /// Makes its documentation.
    pub document: fn() -> Documentation,
}

impl Definition {
    fn data_type(&self) -> DataType {
        match self.fields {
            [] => DataType::Float64,
            _ => DataType::Struct(self.struct_fields()),
        }
    }

    fn struct_fields(&self) -> Fields {
        self.fields.iter().map(|name| Field::new(*name, DataType::Float64, true)).collect()
    }
}

/// The function of a definition.
#[derive(Debug)]
pub(super) struct Scalar {
    definition: &'static Definition,
    signature: Signature,
    documentation: OnceLock<Documentation>,
}

impl Scalar {
    pub(super) fn new(definition: &'static Definition) -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Self { definition, signature, documentation: OnceLock::new() }
    }
}

impl PartialEq for Scalar {
    fn eq(&self, other: &Self) -> bool {
        self.definition.name == other.definition.name
    }
}

impl Eq for Scalar {}

impl Hash for Scalar {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.definition.name.hash(state);
    }
}

impl ScalarUDFImpl for Scalar {
    fn name(&self) -> &str {
        self.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let most = self.definition.most + usize::from(self.definition.level);
        args::numbers(self.name(), given, self.definition.least..=most)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.definition.data_type())
    }

    fn return_field_from_args(&self, given: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        args::field_with_level(self.name(), self.definition.data_type(), &given, self.definition.most)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let given = ColumnarValue::values_to_arrays(&given.args)?;
        let numbers = given.iter().take(self.definition.most).map(|array| as_float64_array(array));
        let numbers = numbers.collect::<Result<Vec<_>>>()?;
        let levels = Levels::of(given.get(self.definition.most))?;
        let row = |row: usize| -> Result<Option<Numbers>> {
            let numbers: Option<Vec<f64>> = numbers.iter().map(|numbers| number_at(numbers, row)).collect();
            let level = levels.at(row)?;
            Ok(numbers.zip(level).and_then(|(numbers, level)| (self.definition.compute)(&numbers, level)))
        };
        let rows = (0..given.first().map_or(0, |array| array.len())).map(row).collect::<Result<Vec<_>>>()?;
        let column = |place: usize| -> ArrayRef {
            let value = |row: &Numbers| row.get(place).copied().flatten().filter(|value| value.is_finite());
            Arc::new(rows.iter().map(|row| row.as_ref().and_then(value)).collect::<Float64Array>())
        };
        if self.definition.fields.is_empty() {
            return Ok(ColumnarValue::Array(column(0)));
        }
        let columns = (0..self.definition.fields.len()).map(column).collect();
        Ok(ColumnarValue::Array(Arc::new(args::structs(self.definition.struct_fields(), &rows, columns)?)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(self.documentation.get_or_init(self.definition.document))
    }
}
