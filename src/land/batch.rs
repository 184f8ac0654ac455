//! From responses to the columns of their table.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray, UInt32Array, new_null_array,
};
use arrow::compute::{SortColumn, lexsort_to_indices, take_record_batch};
use arrow::datatypes::{DataType, SchemaRef};

use super::fold::{Draft, Response};
use super::layout::{FactRule, Layout, PartLayout, Repeat};
use super::pseudonym::Keyed;
use super::row::{NO_FACT, Problem, Row};
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

/// A response, and the rows in which what belongs to it stands.
type Given<'a> = (&'a Response, Vec<&'a Row>);

/// Returns the number of the repeat that a response is, for instruments that are answered several times over.
fn repeat(layout: &PartLayout, response: &Response) -> Option<i32> {
    match layout.repeat {
        Repeat::Once => None,
        Repeat::Always(number) => Some(number),
        Repeat::Column(_) => Some(response.said.repeat),
    }
}

impl Material<'_> {
    /// Returns the identity of a response: the hash of what makes it this one and no other.
    fn response_id(&self, layout: &PartLayout, response: &Response, key: &str) -> String {
        self.salt.hash(&[
            "response",
            &self.layout.mapping.source_system,
            &layout.instrument.id,
            &layout.occasion,
            &repeat(layout, response).map_or(String::new(), |number| number.to_string()),
            key,
        ])
    }

    /// Builds the responses of one part.
    pub fn responses(&self, part: usize, schema: &SchemaRef) -> Result<PartBatch> {
        let Some(layout) = self.layout.parts.get(part) else {
            return Err(Error::Broken("a part that is not there".into()));
        };
        let mut drafts = Vec::new();
        let mut of: Vec<Given<'_>> = Vec::new();
        for (at, draft) in self.drafts.iter().enumerate() {
            if let Some(Some(response)) = draft.parts.get(part) {
                drafts.push(at);
                of.push((response, draft.places().filter_map(|at| self.rows.get(at)).collect()));
            }
        }
        let column = |field: &Arc<arrow::datatypes::Field>| self.column(field.name(), layout, &of, field.data_type());
        let columns = schema.fields().iter().map(column).collect::<Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(schema.clone(), columns).map_err(Error::table(&layout.instrument.id))?;
        Ok(PartBatch { batch, drafts })
    }

    fn column(&self, name: &str, layout: &PartLayout, of: &[Given<'_>], data_type: &DataType) -> Result<ArrayRef> {
        let text = |value: &dyn Fn(&Response, &[&Row]) -> Option<String>| -> ArrayRef {
            Arc::new(of.iter().map(|(response, rows)| value(response, rows)).collect::<StringArray>())
        };
        let word = |which: usize| -> ArrayRef {
            let found = |rows: &[&Row]| rows.iter().find_map(|row| self.words.text(*row.words.get(which)?));
            Arc::new(of.iter().map(|(_, rows)| found(rows)).collect::<StringArray>())
        };
        let key = |rows: &[&Row]| rows.first().map(|row| row.key.clone()).unwrap_or_default();
        Ok(match name {
            "response_id" => text(&|response, rows| Some(self.response_id(layout, response, &key(rows)))),
            "submission" => text(&|_, rows| {
                Some(self.salt.hash(&["submission", &self.layout.mapping.source_system, &layout.occasion, &key(rows)]))
            }),
            "instrument_version" => text(&|_, _| Some(layout.instrument.version.clone())),
            "landing" => text(&|_, _| Some(self.landing.to_owned())),
            "occasion" => text(&|_, _| Some(layout.occasion.clone())),
            "repeat" => Arc::new(of.iter().map(|(response, _)| repeat(layout, response)).collect::<Int32Array>()),
            "person" => text(&|_, rows| rows.iter().find_map(|row| row.person.clone())),
            "episode" => text(&|_, rows| rows.iter().find_map(|row| row.episode.clone())),
            "submitted_on" => {
                let on = of.iter().map(|(response, _)| response.when.map(|when| days(when.on)));
                Arc::new(on.collect::<Date32Array>())
            }
            "submitted_at" => {
                let at = of.iter().map(|(response, _)| response.when?.at.map(|at| at.timestamp_micros()));
                Arc::new(at.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
            }
            "date_precision" => text(&|response, _| Some(response.precision.word().to_owned())),
            "practice" => word(0),
            "home" => word(1),
            "service" => word(2),
            "mode" => word(3),
            "language" => word(4),
            "respondent" => word(5),
            "pathway" => word(6),
            _ => match name.split_at_checked(2) {
                Some(("f_", fact)) => self.fact(fact, of)?,
                Some(("i_" | "x_" | "w_", _)) => answers(name, layout, of, data_type),
                _ => new_null_array(data_type, of.len()),
            },
        })
    }

    fn fact(&self, id: &str, of: &[Given<'_>]) -> Result<ArrayRef> {
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
            let Some(Some(response)) = draft.parts.get(*part) else { continue };
            let places = draft.submission.as_deref().unwrap_or(&draft.rows);
            let of_response = |row: &&Row| {
                row.parts.get(*part).and_then(Option::as_ref).is_some_and(|said| said.repeat == response.said.repeat)
            };
            let rows: Vec<&Row> = places.iter().filter_map(|at| self.rows.get(*at)).filter(of_response).collect();
            let Some(first) = rows.first() else { continue };
            let id = self.response_id(layout, response, &first.key);
            let mut of: Vec<_> = rows.iter().flat_map(|row| &row.comments).filter(|text| text.0 == *part).collect();
            // Rows that only repeat an id repeat its texts as well; where several rows make a response, each brings its own.
            if !self.layout.mapping.identity.several_rows {
                let mut told = HashSet::new();
                of.retain(|text| told.insert(*text));
            }
            for (number, (_, item, text, consent)) in of.into_iter().enumerate() {
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

/// Returns a weight, which is read within its range, in whole millionths.
fn millionths(weight: f64) -> i64 {
    (weight * 1e6).round() as i64
}

/// Builds a column of answers and of what comes with them: of another version's items it has none.
fn answers(name: &str, layout: &PartLayout, of: &[Given<'_>], data_type: &DataType) -> ArrayRef {
    fn place<T>(columns: &[(String, T)], name: &str) -> Option<usize> {
        columns.iter().position(|(known, _)| known == name)
    }
    let said = of.iter().map(|(response, _)| &response.said);
    match data_type {
        DataType::Int8 => {
            let at = place(&layout.codes, name);
            Arc::new(said.map(|said| said.codes.get(at?).copied()).collect::<Int8Array>())
        }
        DataType::Float64 => {
            let at = place(&layout.numbers, name);
            Arc::new(said.map(|said| *said.numbers.get(at?)?).collect::<Float64Array>())
        }
        // Only weights are whole numbers of this size.
        DataType::Int64 => {
            let at = place(&layout.numbers, name);
            Arc::new(said.map(|said| said.numbers.get(at?)?.map(millionths)).collect::<Int64Array>())
        }
        DataType::Date32 => {
            let at = place(&layout.days, name);
            Arc::new(said.map(|said| said.days.get(at?)?.map(days)).collect::<Date32Array>())
        }
        _ => new_null_array(data_type, of.len()),
    }
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
