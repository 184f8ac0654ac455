//! `count_in`.

use std::sync::{Arc, LazyLock};

use arrow::array::{Array, ArrowPrimitiveType, Int64Array, ListArray, PrimitiveArray};
use arrow::datatypes::{DataType, Int8Type, Int64Type};
use datafusion::common::cast::{as_list_array, as_primitive_array};
use datafusion::common::utils::take_function_args;
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::{
    ColumnarValue, Documentation, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

use super::args;

/// Counts of some answer codes, added.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct CountIn {
    signature: Signature,
}

impl CountIn {
    pub(super) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

/// The type a list argument is read as: the cube's own small codes as they are, whatever else is whole as 64 bits.
fn list_of_whole(given: &DataType, small: bool) -> Result<DataType> {
    let item = match given {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => item.data_type(),
        DataType::Null => &DataType::Null,
        other => return plan_err!("`count_in` takes lists of whole numbers, not {other}"),
    };
    match item {
        DataType::Int8 if small => Ok(DataType::new_list(DataType::Int8, true)),
        item if item.is_integer() || *item == DataType::Null => Ok(DataType::new_list(DataType::Int64, true)),
        other => plan_err!("`count_in` takes lists of whole numbers, not of {other}"),
    }
}

/// One argument: a list a row, or one list for all rows, which is then not repeated.
struct Lists<'a, T: ArrowPrimitiveType> {
    lists: &'a ListArray,
    items: &'a PrimitiveArray<T>,
    /// 0 where every row has the same list.
    step: usize,
}

impl<'a, T: ArrowPrimitiveType> Lists<'a, T> {
    fn of(lists: &'a ListArray, given: &ColumnarValue) -> Result<Self> {
        let step = usize::from(matches!(given, ColumnarValue::Array(_)));
        let items = as_primitive_array::<T>(lists.values())?;
        Ok(Self { lists, items, step })
    }

    /// The items of one row, without copying them. `None` where the list is null.
    fn row(&self, row: usize) -> Option<Row<'a, T>> {
        let (row, ends) = (row * self.step, self.lists.value_offsets());
        let (from, to) = (ends[row] as usize, ends[row + 1] as usize);
        self.lists.is_valid(row).then_some(Row { items: self.items, from, to })
    }
}

struct Row<'a, T: ArrowPrimitiveType> {
    items: &'a PrimitiveArray<T>,
    from: usize,
    to: usize,
}

impl<T: ArrowPrimitiveType<Native: Into<i64>>> Row<'_, T> {
    fn iter(&self) -> impl Iterator<Item = Option<i64>> {
        (self.from..self.to).map(|i| self.items.is_valid(i).then(|| self.items.value(i).into()))
    }

    fn len(&self) -> usize {
        self.to - self.from
    }
}

fn count<T: ArrowPrimitiveType<Native: Into<i64>>>(
    codes: &Lists<'_, T>,
    n: &Lists<'_, Int64Type>,
    wanted: &Lists<'_, Int64Type>,
    rows: usize,
) -> Result<Int64Array> {
    let of_row = |row| {
        let Some(((codes, n), wanted)) = codes.row(row).zip(n.row(row)).zip(wanted.row(row)) else {
            return Ok(None);
        };
        if codes.len() != n.len() {
            return exec_err!("`count_in`: {} codes do not match {} counts", codes.len(), n.len());
        }
        let is_wanted = |code: &Option<i64>| code.is_some() && wanted.iter().any(|wanted| wanted == *code);
        let mut counted = codes.iter().zip(n.iter()).filter(|(code, _)| is_wanted(code)).filter_map(|(_, n)| n);
        match counted.try_fold(0_i64, i64::checked_add) {
            Some(sum) => Ok(Some(sum)),
            None => exec_err!("`count_in`: the sum is beyond 64 bits"),
        }
    };
    (0..rows).map(of_row).collect()
}

impl ScalarUDFImpl for CountIn {
    fn name(&self) -> &str {
        "count_in"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        args::arity(self.name(), given, 3..=3)?;
        given.iter().enumerate().map(|(place, given)| list_of_whole(given, place == 0)).collect()
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, given: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let rows = given.number_rows;
        let [codes, n, wanted] = take_function_args(self.name(), given.args)?;
        let arrays = [codes.to_array(1)?, n.to_array(1)?, wanted.to_array(1)?];
        let lists = [as_list_array(&arrays[0])?, as_list_array(&arrays[1])?, as_list_array(&arrays[2])?];
        let (counts, answers) = (Lists::of(lists[1], &n)?, Lists::of(lists[2], &wanted)?);
        let sums = if lists[0].value_type() == DataType::Int8 {
            count(&Lists::<Int8Type>::of(lists[0], &codes)?, &counts, &answers, rows)?
        } else {
            count(&Lists::<Int64Type>::of(lists[0], &codes)?, &counts, &answers, rows)?
        };
        Ok(ColumnarValue::Array(Arc::new(sums)))
    }

    fn documentation(&self) -> Option<&Documentation> {
        static DOC: LazyLock<Documentation> = LazyLock::new(|| {
            args::document(
                "Sum of the counts n[i] whose code codes[i] is among the wanted ones: 0 where none is, null where a \
                 list is null. Null items are passed over.",
                "count_in(codes, n, wanted)",
                "SELECT count_in([1, 2, 3], [10, 20, 30], [1, 3]); -- 40",
                &[
                    ("codes", "List of answer codes."),
                    ("n", "List of counts, as long as `codes`."),
                    ("wanted", "List of the codes to count."),
                ],
            )
        });
        Some(&DOC)
    }
}
