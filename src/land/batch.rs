//! From responses to the columns of their table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt32Array, new_null_array,
};
use arrow::compute::{SortColumn, lexsort_to_indices, take_record_batch};
use arrow::datatypes::SchemaRef;

use super::fold::Draft;
use super::layout::{FactRule, Layout};
use super::pseudonym::Keyed;
use super::row::{NO_FACT, Problem, Row};
use crate::declare::Instrument;
use crate::error::{Error, Result};
use crate::names::Names;
use crate::period::days;
use crate::store;

/// The responses of one part of the mapping: their columns, and for each row of the batch the draft that it is.
pub struct PartBatch {
    /// Responses in the order of the drafts.
    pub batch: RecordBatch,
    /// Place of each row's draft.
    pub drafts: Vec<usize>,
}

/// Everything that the responses of a file are made of.
pub struct Material<'a> {
    /// The mapping fitted to the file.
    pub layout: &'a Layout,
    /// The rows that were read.
    pub rows: &'a [Row],
    /// The responses.
    pub drafts: &'a [Draft],
    /// Texts of the rows.
    pub words: &'a Names,
    /// Hash under the workspace's salt.
    pub salt: &'a Keyed,
    /// Name of the landing.
    pub landing: &'a str,
}

impl Material<'_> {
    /// Returns the identity of a response: the hash of what makes it this one and no other.
    fn response_id(&self, part: usize, key: &str) -> String {
        let Some(layout) = self.layout.parts.get(part) else { return String::new() };
        self.salt.hash(&[
            "response",
            &self.layout.mapping.source_system,
            &layout.instrument.id,
            &layout.occasion,
            "",
            key,
        ])
    }

    /// Builds the responses of one part.
    pub fn responses(&self, part: usize, schema: &SchemaRef) -> Result<PartBatch> {
        let Some(layout) = self.layout.parts.get(part) else {
            return Err(Error::Broken("a part that is not there".into()));
        };
        let drafts: Vec<usize> = (0..self.drafts.len())
            .filter(|at| self.drafts.get(*at).is_some_and(|draft| matches!(draft.parts.get(part), Some(Some(_)))))
            .collect();
        let of: Vec<(&Draft, Vec<&Row>)> = drafts
            .iter()
            .filter_map(|at| self.drafts.get(*at))
            .map(|draft| (draft, draft.rows.iter().filter_map(|at| self.rows.get(*at)).collect()))
            .collect();
        let columns = schema
            .fields()
            .iter()
            .map(|field| self.column(field.name(), layout_at(self.layout, part), &of, part, field.data_type()))
            .collect::<Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(schema.clone(), columns).map_err(Error::table(&layout.instrument.id))?;
        Ok(PartBatch { batch, drafts })
    }

    fn column(
        &self,
        name: &str,
        (instrument, occasion): (&Instrument, &str),
        of: &[(&Draft, Vec<&Row>)],
        part: usize,
        data_type: &arrow::datatypes::DataType,
    ) -> Result<ArrayRef> {
        let text = |value: &dyn Fn(&Draft, &[&Row]) -> Option<String>| -> ArrayRef {
            Arc::new(of.iter().map(|(draft, rows)| value(draft, rows)).collect::<StringArray>())
        };
        let word = |which: usize| -> ArrayRef {
            let found = |rows: &[&Row]| rows.iter().find_map(|row| self.words.text(*row.words.get(which)?));
            Arc::new(of.iter().map(|(_, rows)| found(rows)).collect::<StringArray>())
        };
        let key = |rows: &[&Row]| rows.first().map(|row| row.key.clone()).unwrap_or_default();
        Ok(match name {
            "response_id" => text(&|_, rows| Some(self.response_id(part, &key(rows)))),
            "submission" => text(&|_, rows| {
                Some(self.salt.hash(&["submission", &self.layout.mapping.source_system, occasion, &key(rows)]))
            }),
            "instrument_version" => text(&|_, _| Some(instrument.version.clone())),
            "landing" => text(&|_, _| Some(self.landing.to_owned())),
            "occasion" => text(&|_, _| Some(occasion.to_owned())),
            "person" => text(&|_, rows| rows.iter().find_map(|row| row.person.clone())),
            "episode" => text(&|_, rows| rows.iter().find_map(|row| row.episode.clone())),
            "submitted_on" => {
                Arc::new(of.iter().map(|(draft, _)| draft.when.map(|when| days(when.on))).collect::<Date32Array>())
            }
            "submitted_at" => {
                let at = of.iter().map(|(draft, _)| draft.when?.at.map(|at| at.timestamp_micros()));
                Arc::new(at.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
            }
            "date_precision" => text(&|draft, _| Some(draft.precision.word().to_owned())),
            "practice" => word(0),
            "home" => word(1),
            "service" => word(2),
            "mode" => word(3),
            "language" => word(4),
            "respondent" => word(5),
            "pathway" => word(6),
            _ => match name.split_at_checked(2) {
                Some(("f_", fact)) => self.fact(fact, of)?,
                Some(("i_", item)) => {
                    let at = instrument.choices().position(|(known, _)| known.id == item);
                    let code = |draft: &Draft| draft.parts.get(part)?.as_ref()?.get(at?).copied();
                    Arc::new(of.iter().map(|(draft, _)| code(draft)).collect::<Int8Array>())
                }
                _ => new_null_array(data_type, of.len()),
            },
        })
    }

    fn fact(&self, id: &str, of: &[(&Draft, Vec<&Row>)]) -> Result<ArrayRef> {
        let Some(at) = self.layout.facts.iter().position(|(known, ..)| known == id) else {
            return Err(Error::Broken(format!("a column of the fact `{id}`, which is not declared")));
        };
        let value =
            |rows: &[&Row]| rows.iter().find_map(|row| row.facts.get(at).copied().filter(|fact| *fact != NO_FACT));
        Ok(match self.layout.facts.get(at) {
            Some((_, FactRule::Number(..), _)) => {
                let numbers = of.iter().map(|(_, rows)| value(rows).and_then(|fact| i16::try_from(fact).ok()));
                Arc::new(numbers.collect::<Int16Array>())
            }
            _ => {
                let codes = of.iter().map(|(_, rows)| self.words.text(u32::try_from(value(rows)?).ok()?));
                Arc::new(codes.collect::<StringArray>())
            }
        })
    }

    /// Builds the free texts of the drafts in `wanted`, by part.
    pub fn comments(&self, wanted: &[(usize, usize)]) -> Result<RecordBatch> {
        let mut instruments = Vec::new();
        let mut ids = Vec::new();
        let mut items = Vec::new();
        let mut numbers = Vec::new();
        let mut texts = Vec::new();
        let mut consents = Vec::new();
        for (part, at) in wanted {
            let (Some(draft), Some(layout)) = (self.drafts.get(*at), self.layout.parts.get(*part)) else { continue };
            // Rows that only repeat an id repeat its texts as well; where several rows make a response, each brings its own.
            let every = if self.layout.mapping.identity.several_rows { draft.rows.len() } else { 1 };
            let rows: Vec<&Row> = draft.rows.iter().take(every).filter_map(|at| self.rows.get(*at)).collect();
            let Some(first) = rows.first() else { continue };
            let id = self.response_id(*part, &first.key);
            for (number, (_, item, text, consent)) in
                rows.iter().flat_map(|row| &row.comments).filter(|comment| comment.0 == *part).enumerate()
            {
                instruments.push(layout.instrument.id.clone());
                ids.push(id.clone());
                items.push(item.clone());
                numbers.push(i32::try_from(number + 1).unwrap_or(i32::MAX));
                texts.push(text.clone());
                consents.push(*consent);
            }
        }
        let n = ids.len();
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(instruments)),
            Arc::new(StringArray::from(ids)),
            Arc::new(StringArray::from(items)),
            Arc::new(Int32Array::from(numbers)),
            Arc::new(StringArray::from(vec![self.landing; n])),
            Arc::new(StringArray::from(texts)),
            Arc::new(StringArray::from(vec!["none"; n])),
            Arc::new(BooleanArray::from(consents)),
        ];
        RecordBatch::try_new(store::comments(), columns).map_err(Error::table(store::COMMENTS))
    }
}

fn layout_at(layout: &Layout, part: usize) -> (&Instrument, &str) {
    let part = &layout.parts[part.min(layout.parts.len() - 1)];
    (&part.instrument, &part.occasion)
}

/// Builds the quarantine of a landing: line, whether the row is quarantined whole, and the problem.
pub fn quarantine(landing: &str, problems: &[(u64, bool, Problem)]) -> Result<RecordBatch> {
    let column = |problem: &Problem| (!problem.column.is_empty()).then(|| problem.column.clone());
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(vec![landing; problems.len()])),
        Arc::new(problems.iter().map(|(line, ..)| i64::try_from(*line).ok()).collect::<Int64Array>()),
        Arc::new(BooleanArray::from(problems.iter().map(|(_, whole, _)| *whole).collect::<Vec<_>>())),
        Arc::new(problems.iter().map(|(.., problem)| column(problem)).collect::<StringArray>()),
        Arc::new(problems.iter().map(|(.., problem)| Some(problem.reason.clone())).collect::<StringArray>()),
        Arc::new(problems.iter().map(|(.., problem)| problem.raw.clone()).collect::<StringArray>()),
    ];
    RecordBatch::try_new(store::quarantine(), columns).map_err(Error::table(store::QUARANTINE))
}

/// Returns a batch that knows nobody with the persons that were known before: a correction without the key takes nobody away.
pub fn with_persons(batch: &RecordBatch, persons: &HashMap<usize, String>) -> Result<RecordBatch> {
    let mut columns = batch.columns().to_vec();
    let at = batch.schema().index_of("person").ok().filter(|_| !persons.is_empty());
    if let Some(column) = at.and_then(|at| columns.get_mut(at)) {
        let known = (0..batch.num_rows()).map(|row| persons.get(&row).map(String::as_str));
        *column = Arc::new(known.collect::<StringArray>());
    }
    RecordBatch::try_new(batch.schema(), columns).map_err(Error::table("responses"))
}

/// Returns the rows of `batch` at `places`, sorted by the root column and then by date.
pub fn sorted(batch: &RecordBatch, places: Vec<u32>, root: &str) -> Result<RecordBatch> {
    let table = Error::table("responses");
    let chosen = match take_record_batch(batch, &UInt32Array::from(places)) {
        Ok(chosen) => chosen,
        Err(error) => return Err(table(error)),
    };
    let keys: Vec<SortColumn> = [root, "submitted_on", "response_id"]
        .iter()
        .filter_map(|name| chosen.column_by_name(name))
        .map(|values| SortColumn { values: values.clone(), options: None })
        .collect();
    lexsort_to_indices(&keys, None).and_then(|order| take_record_batch(&chosen, &order)).map_err(table)
}
