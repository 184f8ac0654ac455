//! The columns of rolled-up tables.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use crate::store;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Instrument,
    Versions,
    Item,
    Root,
    Area,
    Level,
    Period,
    Occasion,
    GroupBy,
    Group,
    Codes,
    N,
    Count,
    Sum,
    Squares,
}

/// How many of them hold few different texts; these come first.
pub const TEXTS: usize = 10;

/// Columns that every area and time has the same values of.
pub const STRATA: [Column; 4] = [Column::Instrument, Column::Versions, Column::Item, Column::GroupBy];

/// What a row of a table is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// A group in the period.
    Period,
    /// Everybody in a month.
    Months,
    /// A group in a month.
    Groups,
}

impl Column {
    /// All of them, in order.
    pub const ALL: [Column; 15] = [
        Column::Instrument,
        Column::Versions,
        Column::Item,
        Column::Root,
        Column::Area,
        Column::Level,
        Column::Period,
        Column::Occasion,
        Column::GroupBy,
        Column::Group,
        Column::Codes,
        Column::N,
        Column::Count,
        Column::Sum,
        Column::Squares,
    ];

    fn is_in(self, grain: Grain) -> bool {
        match self {
            Column::Period => grain != Grain::Period,
            Column::GroupBy | Column::Group => grain != Grain::Months,
            _ => true,
        }
    }

    /// Returns the name and the type.
    pub fn field(self) -> Field {
        let list = |of: DataType| DataType::List(Arc::new(Field::new("element", of, true)));
        let (name, of) = match self {
            Column::Instrument => ("instrument", store::few_texts()),
            Column::Versions => ("versions", store::few_texts()),
            Column::Item => ("item", store::few_texts()),
            Column::Root => ("root", store::few_texts()),
            Column::Area => ("area", store::few_texts()),
            Column::Level => ("area_level", store::few_texts()),
            Column::Period => ("period", store::few_texts()),
            Column::Occasion => ("occasion", store::few_texts()),
            Column::GroupBy => ("group_by", store::few_texts()),
            Column::Group => ("group", store::few_texts()),
            Column::Codes => ("codes", list(DataType::Int8)),
            Column::N => ("n", list(DataType::Int64)),
            Column::Count => ("count", DataType::Int64),
            Column::Sum => ("sum", DataType::Decimal128(store::SUM.0, store::SUM.1)),
            Column::Squares => ("sum_squares", DataType::Decimal128(store::SQUARES.0, store::SQUARES.1)),
        };
        Field::new(name, of, true)
    }
}

impl Grain {
    /// Returns the columns of a table of this grain, in order.
    pub fn columns(self) -> Vec<Column> {
        Column::ALL.into_iter().filter(|column| column.is_in(self)).collect()
    }
}

/// Returns columns as DataFusion knows them.
pub fn schema(columns: &[Column]) -> SchemaRef {
    Arc::new(Schema::new(columns.iter().map(|column| column.field()).collect::<Vec<_>>()))
}
