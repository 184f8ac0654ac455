//! Figures of a contract as rows of `results`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, new_null_array};

use super::TREATED;
use crate::declare::{Contract, EVERYTHING};
use crate::error::{Error, Result};
use crate::stats::{Estimate, Interval};
use crate::store;

/// Confidence level of every interval.
pub const LEVEL: f64 = 0.95;
/// What stands in front of a contract in the name of a measure.
pub const MEASURE: &str = "contract/";

/// One number of a contract.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The part; empty for the whole contract.
    pub part: String,
    /// The cohort that it is of: the treated where nothing else is said.
    pub cohort: String,
    /// What it is.
    pub statistic: &'static str,
    /// The threshold, where it is not the one that is paid by.
    pub threshold: Option<f64>,
    /// What it is compared with, or why people are left out.
    pub comparator: Option<String>,
    /// People behind it.
    pub n: i64,
    /// Of these, who improved.
    pub numerator: Option<i64>,
    /// The number: pence, a share or points of a score.
    pub value: Option<f64>,
    /// Its limits.
    pub limits: Option<Interval>,
    /// How it was made.
    pub method: &'static str,
}

impl Figure {
    /// A number of the treated.
    pub fn new(part: &str, statistic: &'static str, n: i64) -> Self {
        Figure {
            part: part.to_owned(),
            cohort: TREATED.into(),
            statistic,
            threshold: None,
            comparator: None,
            n,
            numerator: None,
            value: None,
            limits: None,
            method: "",
        }
    }

    /// The same with a number, its limits and how it was made.
    #[must_use]
    pub fn valued(mut self, value: f64, limits: Option<Interval>, method: &'static str) -> Self {
        (self.value, self.limits, self.method) = (Some(value), limits, method);
        self
    }

    /// The same with an estimate and how it was made.
    #[must_use]
    pub fn estimated(self, of: Estimate, method: &'static str) -> Self {
        self.valued(of.value, Some(Interval { lower: of.lower, upper: of.upper }), method)
    }

    /// The same of another cohort.
    #[must_use]
    pub fn of(mut self, cohort: &str) -> Self {
        self.cohort = cohort.to_owned();
        self
    }

    /// The same beside a comparator.
    #[must_use]
    pub fn beside(mut self, comparator: &str) -> Self {
        self.comparator = Some(comparator.to_owned());
        self
    }
}

/// Returns the rows.
pub fn results(contract: &Contract, figures: &[Figure]) -> Result<RecordBatch> {
    let schema = store::results();
    let days = contract.days().map_or(String::new(), |(first, last)| format!("{first} to {last}"));
    let text =
        |of: &dyn Fn(&Figure) -> Option<String>| Arc::new(figures.iter().map(of).collect::<StringArray>()) as ArrayRef;
    let fixed = |word: &str| text(&|_| Some(word.to_owned()));
    let long =
        |of: &dyn Fn(&Figure) -> Option<i64>| Arc::new(figures.iter().map(of).collect::<Int64Array>()) as ArrayRef;
    let double =
        |of: &dyn Fn(&Figure) -> Option<f64>| Arc::new(figures.iter().map(of).collect::<Float64Array>()) as ArrayRef;
    let columns = schema
        .fields()
        .iter()
        .map(|field| match field.name().as_str() {
            "measure" => text(&|of| {
                let part = if of.part.is_empty() { String::new() } else { format!("/{}", of.part) };
                Some(format!("{MEASURE}{}{part}", contract.id))
            }),
            "measure_version" => fixed(&contract.version),
            "run" => fixed("contract"),
            "root" => fixed("practice"),
            "area" | "area_level" => fixed(EVERYTHING),
            "period" => fixed(&days),
            "group_by" => fixed("cohort"),
            "group" => text(&|of| Some(of.cohort.clone())),
            "statistic" => text(&|of| Some(of.statistic.to_owned())),
            "weighting" | "adjustment" => fixed("none"),
            "cut_set" => text(&|of| of.threshold.map(|least| least.to_string())),
            "comparator" => text(&|of| of.comparator.clone()),
            "unit" => fixed("person"),
            "n" | "people" => long(&|of| Some(of.n)),
            "numerator" => long(&|of| of.numerator),
            "value" => double(&|of| of.value),
            "lower" => double(&|of| of.limits.map(|limits| limits.lower)),
            "upper" => double(&|of| of.limits.map(|limits| limits.upper)),
            "confidence" => double(&|of| of.limits.map(|_| LEVEL)),
            "method" => text(&|of| (!of.method.is_empty()).then(|| of.method.to_owned())),
            _ => new_null_array(field.data_type(), figures.len()),
        })
        .collect();
    RecordBatch::try_new(schema, columns).map_err(Error::table(store::RESULTS))
}
