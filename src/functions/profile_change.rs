//! `profile_change`.

use std::mem::size_of_val;
use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, FieldRef, Fields, UInt64Type};
use datafusion::common::cast::as_primitive_array;
use datafusion::common::{Result, ScalarValue, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::AggregateOrderSensitivity;
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Documentation, Signature, Volatility};

use super::args::{self, wholes};
use crate::stats::profile::{Class, Tally, class};

/// How many people are in each class of change.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct ProfileChange {
    signature: Signature,
}

impl ProfileChange {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// The name of the field that counts a class.
fn field(class: Class) -> &'static str {
    match class {
        Class::NoProblems => "no_problems",
        Class::NoChange => "no_change",
        Class::Improve => "improve",
        Class::Worsen => "worsen",
        Class::Mixed => "mixed",
    }
}

fn returns() -> Fields {
    let [a, b, c, d, e] = Class::ALL.map(field);
    args::fields(["n", a, b, c, d, e].map(|name| (name, DataType::Int64)))
}

impl AggregateUDFImpl for ProfileChange {
    fn name(&self) -> &str {
        "profile_change"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::profiles(self.name(), given)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Struct(returns()))
    }

    fn accumulator(&self, given: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if given.is_distinct {
            return not_impl_err!("`profile_change` takes no DISTINCT: equal rows are two people who changed alike");
        }
        Ok(Box::new(People(Tally::ZERO)))
    }

    fn state_fields(&self, given: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        Ok(args::state(&given, Class::ALL.map(|class| (field(class), DataType::UInt64))))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "People in each class of the Paretian Classification of Health Change (Devlin et al. 2010), see \
                 `profile_class`: a struct of `n` (people with a class) and its parts `no_problems`, `no_change`, \
                 `improve`, `worsen` and `mixed`. Where the classification is wanted without `no problems`, those \
                 people have no change. People without a class are left out.",
                "profile_change(before_profile, after_profile)",
                "SELECT service, profile_change(before, after)['improve'] FROM pairs GROUP BY service;",
                &args::PROFILES,
            )
        });
        Some(&DOC)
    }
}

#[derive(Debug)]
struct People(Tally);

impl Accumulator for People {
    fn update_batch(&mut self, given: &[ArrayRef]) -> Result<()> {
        let profiles = args::Profiles::of(&given[0], &given[1])?;
        let classes = (0..given[0].len()).filter_map(|row| profiles.at(row)).filter_map(|(b, a)| class(&b, &a));
        self.0 = classes.fold(self.0, |sum, class| sum.with(class, 1));
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let rows = [Some(self.0)];
        let parts = Class::ALL.map(|class| wholes(&rows, |tally| tally.of(class)));
        let columns = [wholes(&rows, |tally| tally.n())].into_iter().chain(parts).collect();
        Ok(ScalarValue::Struct(Arc::new(args::structs(returns(), &rows, columns)?)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(Class::ALL.map(|class| ScalarValue::UInt64(Some(self.0.of(class)))).to_vec())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for (class, counts) in Class::ALL.into_iter().zip(states) {
            let counts = as_primitive_array::<UInt64Type>(counts)?;
            self.0 = counts.iter().flatten().fold(self.0, |sum, n| sum.with(class, n));
        }
        Ok(())
    }
}
