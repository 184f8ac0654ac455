//! Rows of `published` as a page reads them.

use super::context::Figure;
use crate::error::Result;
use crate::protect::{At, Published};

/// One protected figure.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub measure: String,
    pub root: String,
    pub area: String,
    pub area_level: String,
    pub period: String,
    pub occasion: String,
    pub group_by: String,
    pub group: String,
    pub statistic: String,
    pub adjustment: String,
    pub weighting: String,
    pub cut_set: Option<String>,
    pub comparator: Option<String>,
    pub band: Option<String>,
    pub signal: Option<String>,
    pub method: Option<String>,
    pub boundaries_on: Option<String>,
    pub responders_share: Option<f64>,
    pub figure: Figure,
}

/// Reads every protected figure without weights.
pub fn read(published: &Published) -> Result<Vec<Row>> {
    Ok(read_all(published)?.0)
}

/// Reads every protected figure: those without weights, and the weighted ones.
pub fn read_all(published: &Published) -> Result<(Vec<Row>, Vec<Row>)> {
    let rows = published.each(Row::read)?;
    Ok(rows.into_iter().partition(|row| row.weighting == "none"))
}

impl Row {
    fn read(at: &At<'_>) -> Result<Self> {
        Ok(Row {
            measure: at.text("measure")?.unwrap_or_default(),
            root: at.text("root")?.unwrap_or_default(),
            area: at.text("area")?.unwrap_or_default(),
            area_level: at.text("area_level")?.unwrap_or_default(),
            period: at.text("period")?.unwrap_or_default(),
            occasion: at.text("occasion")?.unwrap_or_default(),
            group_by: at.text("group_by")?.unwrap_or_default(),
            group: at.text("group")?.unwrap_or_default(),
            statistic: at.text("statistic")?.unwrap_or_default(),
            adjustment: at.text("adjustment")?.unwrap_or_default(),
            weighting: at.text("weighting")?.unwrap_or_default(),
            cut_set: at.text("cut_set")?,
            comparator: at.text("comparator")?,
            band: at.text("band")?,
            signal: at.text("signal")?,
            method: at.text("method")?,
            boundaries_on: at.day("boundaries_on")?,
            responders_share: at.double("responders_share")?,
            figure: Figure {
                value: at.double("value")?,
                lower: at.double("lower")?,
                upper: at.double("upper")?,
                n: at.long("n")?,
                people: at.long("people")?,
                numerator: at.long("numerator")?,
                mark: at.text("mark")?,
                mark_reason: at.text("mark_reason")?,
                why_not: at.text("why_not")?,
            },
        })
    }
}
