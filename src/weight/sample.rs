//! The standing responses to an instrument, by the bands of some groups.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;

use crate::declare::{Declarations, Group, NOT_STATED};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::score::{ident, literal};
use crate::store::{self, Landings, Store};

/// Name of the responses while they are weighted.
const SEEN: &str = "weighted_responses";

/// Responses that are alike in every group.
pub struct Alike {
    /// The band of each group.
    pub bands: Vec<String>,
    /// How many.
    pub n: u64,
}

/// The responses that a scheme is for.
pub struct Sample<'a> {
    session: &'a SessionContext,
    table: String,
    /// The query: `response_id`, and the bands as `g0`, `g1`, …
    banded: String,
    groups: usize,
}

impl<'a> Sample<'a> {
    /// Finds the responses to `instrument` that a reader sees, of a period, by groups; none where nothing has landed.
    pub async fn find(
        store: &Store,
        session: &'a SessionContext,
        landings: &Landings,
        declarations: &Declarations,
        instrument: &str,
        period: Period,
        groups: &[&Group],
    ) -> Result<Option<Self>> {
        let table = store::responses_of(instrument);
        let schema = store::responses(&declarations.columns(instrument), &declarations.groups.facts);
        let Some(seen) = landings.seen(store, session, &table, Some(schema)).await? else { return Ok(None) };
        session.deregister_table(SEEN).map_err(Error::query(&table))?;
        session.register_table(SEEN, seen.into_view()).map_err(Error::query(&table))?;
        let bands: Vec<String> =
            groups.iter().enumerate().map(|(at, group)| format!("{} AS g{at}", band_of(group))).collect();
        let banded = format!("SELECT response_id, {} FROM {SEEN} WHERE {}", bands.join(", "), within(period));
        Ok(Some(Sample { session, table, banded, groups: groups.len() }))
    }

    /// Counts the responses that are alike.
    pub async fn alike(&self) -> Result<Vec<Alike>> {
        let bands = self.bands();
        let counted = format!("SELECT {bands}, count(*) AS n FROM ({}) GROUP BY {bands} ORDER BY {bands}", self.banded);
        let mut alike = Vec::new();
        for batch in self.rows(&counted).await? {
            let texts: Vec<_> = batch.columns().iter().filter_map(|column| column.as_string_opt::<i32>()).collect();
            let counts = batch.column(self.groups).as_primitive::<Int64Type>();
            alike.extend((0..batch.num_rows()).map(|row| Alike {
                bands: texts.iter().map(|text| text.value(row).to_owned()).collect(),
                n: u64::try_from(counts.value(row)).unwrap_or_default(),
            }));
        }
        Ok(alike)
    }

    /// Returns the rows of `weights`: the weight of each response whose bands have one in `weights`, a table of `g0`, `g1`, … and `weight`.
    pub async fn weighted(&self, instrument: &str, scheme: &str, weights: RecordBatch) -> Result<Vec<RecordBatch>> {
        const CELLS: &str = "weighted_cells";
        self.session.deregister_table(CELLS).map_err(Error::query(&self.table))?;
        self.session.register_batch(CELLS, weights).map_err(Error::query(&self.table))?;
        let alike: Vec<String> = (0..self.groups).map(|at| format!("r.g{at} = c.g{at}")).collect();
        let joined = format!(
            "SELECT {} AS instrument, {} AS scheme, r.response_id, c.weight FROM ({}) AS r JOIN {CELLS} AS c ON {} ORDER BY r.response_id",
            literal(instrument),
            literal(scheme),
            self.banded,
            alike.join(" AND ")
        );
        let rows = self.rows(&joined).await?;
        self.session.deregister_table(CELLS).map_err(Error::query(&self.table))?;
        self.session.deregister_table(SEEN).map_err(Error::query(&self.table))?;
        // Literals come without nulls; the table's columns may have them.
        let with_schema = |batch: RecordBatch| RecordBatch::try_new(store::weights(), batch.columns().to_vec());
        rows.into_iter().map(with_schema).collect::<Result<_, _>>().map_err(Error::table(store::WEIGHTS))
    }

    fn bands(&self) -> String {
        (0..self.groups).map(|at| format!("g{at}")).collect::<Vec<_>>().join(", ")
    }

    async fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let error = || Error::query(&self.table);
        self.session.sql(sql).await.map_err(error())?.collect().await.map_err(error())
    }
}

/// Returns the band that a row is in, as SQL.
fn band_of(group: &Group) -> String {
    let column = ident(&group.column);
    let band = |band: &crate::declare::Band| {
        let condition = match (band.from, band.to) {
            (Some(from), Some(to)) => format!("{column} BETWEEN {from} AND {to}"),
            _ => {
                let values: Vec<String> = band.values.iter().map(|value| literal(value)).collect();
                format!("{column} IN ({})", values.join(", "))
            }
        };
        format!("WHEN {condition} THEN {}", literal(&band.id))
    };
    let bands: Vec<String> = group.bands.iter().map(band).collect();
    format!("CASE {} ELSE {} END", bands.join(" "), literal(NOT_STATED))
}

/// Returns the condition that a response is of a period, as SQL: whole months, quarters and years lie in it as a whole.
fn within(period: Period) -> String {
    let Some((first, after)) = period.range() else { return "true".into() };
    format!(
        "submitted_on >= DATE '{first}' AND CASE date_precision WHEN 'quarter' THEN submitted_on + INTERVAL '3 months' \
         WHEN 'financial year' THEN submitted_on + INTERVAL '12 months' ELSE submitted_on + INTERVAL '1 day' END <= DATE '{after}'"
    )
}
