//! Protected figures, read row by row.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Date32Type, Float64Type, Int64Type};

use super::Published;
use crate::error::{Error, Result};

/// One row of protected figures.
pub struct At<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl At<'_> {
    fn column(&self, name: &str) -> Result<&ArrayRef> {
        let column = self.batch.column_by_name(name);
        column.ok_or_else(|| Error::Broken(format!("published figures without `{name}`")))
    }

    /// Returns the text of a column; none where it is null.
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let column = self.column(name)?.as_string_opt::<i32>();
        Ok(column.filter(|column| column.is_valid(self.row)).map(|column| column.value(self.row).to_owned()))
    }

    /// Returns the number of a column; none where it is null.
    pub fn double(&self, name: &str) -> Result<Option<f64>> {
        let column = self.column(name)?.as_primitive_opt::<Float64Type>();
        Ok(column.filter(|column| column.is_valid(self.row)).map(|column| column.value(self.row)))
    }

    /// Returns the whole number of a column; none where it is null.
    pub fn long(&self, name: &str) -> Result<Option<i64>> {
        let column = self.column(name)?.as_primitive_opt::<Int64Type>();
        Ok(column.filter(|column| column.is_valid(self.row)).map(|column| column.value(self.row)))
    }

    /// Returns the day of a column as YYYY-MM-DD; none where it is null.
    pub fn day(&self, name: &str) -> Result<Option<String>> {
        let column = self.column(name)?.as_primitive_opt::<Date32Type>();
        let day = column.filter(|column| column.is_valid(self.row)).and_then(|column| column.value_as_date(self.row));
        Ok(day.map(|day| day.to_string()))
    }
}

impl Published {
    /// Reads every row, in order.
    ///
    /// # Errors
    /// Where a column that `read` asks for is not there.
    pub fn each<T>(&self, read: impl Fn(&At<'_>) -> Result<T>) -> Result<Vec<T>> {
        let rows = self.rows().iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| At { batch, row }));
        rows.map(|at| read(&at)).collect()
    }
}
