//! What a return counts, as a small table that its query joins.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int8Builder, ListBuilder, RecordBatch};
use arrow::datatypes::{DataType, Field};

use super::tables::{table, texts};
use crate::declare::{Declarations, Return};
use crate::error::Result;

/// The query that makes a return.
pub const QUERY: &str = "95_returns.sql";

/// The breakdown of the columns that count answers.
pub const BY_ANSWER: &str = "answer";
/// The breakdown of the columns that count ways of collecting.
pub const BY_METHOD: &str = "method";

/// Returns `returns`: a row for each column of the return and band that it counts, and one for all answers; no row where none is made.
/// `codes` are the answers that count of those in `breakdown` and `band`.
pub fn table_of(declared: Option<&Return>, declarations: &Declarations) -> Result<RecordBatch> {
    let mut rows: [Vec<String>; 8] = Default::default();
    let mut codes = ListBuilder::new(Int8Builder::new()).with_field(Field::new("element", DataType::Int8, true));
    let instrument = declared.and_then(|declared| declarations.instrument(&declared.instrument));
    let all = instrument.map(|instrument| instrument.coded()).unwrap_or_default();
    if let Some(((declared, instrument), item)) =
        declared.zip(instrument).and_then(|of| Some((of, all.iter().find(|coded| coded.id == of.0.item)?)))
    {
        let mut add = |group_by: &str, group: &str, breakdown: &str, band: &str, options: Option<&[String]>| {
            let id = format!("return/{}", declared.id);
            let of = [&id, &instrument.id, &instrument.version, &declared.item].map(|text| text.as_str());
            let row = of.into_iter().chain([group_by, group, breakdown, band]);
            rows.iter_mut().zip(row).for_each(|(column, value)| column.push(value.to_owned()));
            let counted = |id: &String| options.is_none_or(|options| options.contains(id));
            for choice in item.choices.iter().filter(|choice| counted(&choice.id)) {
                codes.values().append_value(choice.code);
            }
            codes.append(true);
        };
        add("none", "all", "none", "all", None);
        for column in &declared.answers {
            add(BY_ANSWER, &column.column, "none", "all", Some(&column.options));
        }
        for column in &declared.methods {
            column.bands.iter().for_each(|band| add(BY_METHOD, &column.column, &declared.methods_by, band, None));
        }
    }
    let [measure, instrument, version, item, group_by, group, breakdown, band] = rows.map(texts);
    table(
        "returns",
        vec![
            ("measure", measure),
            ("instrument", instrument),
            ("version", version),
            ("item", item),
            ("group_by", group_by),
            ("group", group),
            ("breakdown", breakdown),
            ("band", band),
            ("codes", Arc::new(codes.finish()) as ArrayRef),
        ],
    )
}
