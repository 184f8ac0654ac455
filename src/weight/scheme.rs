//! What is kept of a scheme: its weights, and how they were made.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};
use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;
use sha2::{Digest, Sha256};

use crate::declare::Declarations;
use crate::error::{Error, Result};
use crate::store::{self, Landings, Replace, Store};

/// How the weights of an instrument and scheme were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scheme {
    /// The instrument.
    pub instrument: String,
    /// Its name.
    pub scheme: String,
    /// The period of the responses.
    pub period: String,
    /// The margins, as JSON.
    pub margins: String,
    /// Rounds over all margins.
    pub iterations: i64,
    /// Largest relative deviation from a margin.
    pub largest_deviation: f64,
    /// Responses whose weight is at a bound.
    pub trimmed: i64,
    /// The bounds, as multiples of the mean weight.
    pub trim: Option<(f64, f64)>,
    /// 1 + the squared coefficient of variation of the weights.
    pub design_effect: f64,
    /// Kish's effective number of responses.
    pub effective_n: f64,
    /// Responses in the scheme.
    pub responses: i64,
    /// Responses outside it.
    pub outside: i64,
    /// Version of the table of responses.
    pub responses_version: i64,
    /// Hash of the landings that stood.
    pub landings_hash: String,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// Refuses schemes that were made for an instrument whose files bring weights of the same name: their figures could not be told apart.
pub async fn refuse_twofold(store: &Store, session: &SessionContext, declarations: &Declarations) -> Result<()> {
    for scheme in Scheme::all(store, session).await? {
        if declarations.weights(&scheme.instrument).contains(&scheme.scheme.as_str()) {
            return Err(Error::Usage {
                what: format!(
                    "`weights` of measures/instruments/{}.toml names `{}`, and `tellonce weight` made a scheme of that name on {}",
                    scheme.instrument,
                    scheme.scheme,
                    scheme.made_at.format("%-d %B %Y")
                ),
                mend: "give the scheme of the files another name, there and in their mappings".into(),
            });
        }
    }
    Ok(())
}

/// Returns the hash of the landings that stand and gave responses to an instrument: another set of them, other responses.
pub fn landings_hash(landings: &Landings, instrument: &str) -> String {
    let of =
        landings.standing().filter(|landing| landing.instruments.split(',').any(|named| named.trim() == instrument));
    // In the order of their names.
    hash(&of.map(|landing| landing.id.as_str()).collect::<Vec<_>>().join("\n"))
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Scheme {
    /// Returns every scheme of a store, in the order of instruments and names.
    pub async fn all(store: &Store, session: &SessionContext) -> Result<Vec<Self>> {
        let error = || Error::table(store::WEIGHT_SCHEMES);
        let Some(table) = store.table(store::WEIGHT_SCHEMES).await? else { return Ok(Vec::new()) };
        let rows = session.read_table(table.provider(Some(store::weight_schemes()))?).map_err(error())?;
        let mut all = Vec::new();
        for batch in rows.collect().await.map_err(error())? {
            all.extend((0..batch.num_rows()).map(|row| Self::of(&batch, row)));
        }
        all.sort_by(|one, two| (&one.instrument, &one.scheme).cmp(&(&two.instrument, &two.scheme)));
        Ok(all)
    }

    /// Returns why the weights do not fit the responses that stand now; none where they do.
    ///
    /// Responses that landed since have no weight, and the margins hold no longer.
    pub fn stale(&self, landings: &Landings) -> Option<String> {
        (landings_hash(landings, &self.instrument) != self.landings_hash).then(|| {
            format!(
                "other landings of `{}` stand now than when scheme `{}` was made on {}: run `tellonce weight` again",
                self.instrument,
                self.scheme,
                self.made_at.format("%-d %B %Y")
            )
        })
    }

    /// Keeps the scheme and its weights in the place of those of its name.
    pub async fn keep(&self, store: &Store, weights: &[RecordBatch]) -> Result<()> {
        // Neither names of schemes nor of instruments have two lines in a row.
        let tag = format!("{}__{}", self.scheme, self.instrument);
        let mut table = store.table_or_create(store::WEIGHTS, &store::weights()).await?;
        table.write(&tag, weights, Replace::SameTag).await?;
        let mut table = store.table_or_create(store::WEIGHT_SCHEMES, &store::weight_schemes()).await?;
        table.write(&tag, &[self.row()?], Replace::SameTag).await
    }

    fn row(&self) -> Result<RecordBatch> {
        let text = |text: &str| Arc::new(StringArray::from(vec![text])) as ArrayRef;
        let long = |number: i64| Arc::new(Int64Array::from(vec![number])) as ArrayRef;
        let double = |number: Option<f64>| Arc::new(Float64Array::from(vec![number])) as ArrayRef;
        let made_at = TimestampMicrosecondArray::from(vec![self.made_at.timestamp_micros()]).with_timezone("UTC");
        let columns = vec![
            text(&self.instrument),
            text(&self.scheme),
            text(&self.period),
            text(&self.margins),
            text(&hash(&self.margins)),
            long(self.iterations),
            double(Some(self.largest_deviation)),
            long(self.trimmed),
            double(self.trim.map(|(low, _)| low)),
            double(self.trim.map(|(_, high)| high)),
            double(Some(self.design_effect)),
            double(Some(self.effective_n)),
            long(self.responses),
            long(self.outside),
            long(self.responses_version),
            text(&self.landings_hash),
            Arc::new(made_at),
            text(env!("CARGO_PKG_VERSION")),
        ];
        RecordBatch::try_new(store::weight_schemes(), columns).map_err(Error::table(store::WEIGHT_SCHEMES))
    }

    fn of(batch: &RecordBatch, row: usize) -> Self {
        let column = |name: &str| batch.column_by_name(name).filter(|column| column.is_valid(row));
        let text = |name: &str| {
            column(name)
                .and_then(|column| column.as_string_opt::<i32>())
                .map_or(String::new(), |c| c.value(row).to_owned())
        };
        let long = |name: &str| {
            column(name).and_then(|column| column.as_primitive_opt::<Int64Type>()).map_or(0, |column| column.value(row))
        };
        let double = |name: &str| {
            column(name).and_then(|column| column.as_primitive_opt::<Float64Type>()).map(|column| column.value(row))
        };
        let made_at = column("made_at").and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
        Scheme {
            instrument: text("instrument"),
            scheme: text("scheme"),
            period: text("period"),
            margins: text("margins"),
            iterations: long("iterations"),
            largest_deviation: double("largest_deviation").unwrap_or_default(),
            trimmed: long("trimmed"),
            trim: double("trim_low").zip(double("trim_high")),
            design_effect: double("design_effect").unwrap_or_default(),
            effective_n: double("effective_n").unwrap_or_default(),
            responses: long("responses"),
            outside: long("outside"),
            responses_version: long("responses_version"),
            landings_hash: text("landings_hash"),
            made_at: made_at.and_then(|at| DateTime::from_timestamp_micros(at.value(row))).unwrap_or_default(),
        }
    }
}
