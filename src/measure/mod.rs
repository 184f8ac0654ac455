//! From the cube to figures, by the SQL files in `queries/`.
//!
//! Promises: a published number is defined by a file that an analyst can open. The files run in the order of their names; each can
//! read what the earlier ones returned, under the file's name without its number. Must never know: what may be shown.

mod areas;
mod casemix;
mod changes;
mod groups;
mod life;
mod missing;
mod queries;
mod returns;
mod rolled;
mod tables;

use chrono::NaiveDate;
use datafusion::prelude::SessionContext;

use crate::cube::{Clusters, clusters, view};
use crate::declare::{Declarations, Policy, Return};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::period::Period;
use crate::store::{self, Store};

pub use areas::{AreaTable, Areas, read_areas};
pub use queries::{Query, Take, fill_in};
pub use returns::{BY_ANSWER, BY_METHOD, QUERY as RETURN_QUERY};

/// An area, or a band of a pair of groups, with fewer answers than this enters no model over all of them: what a model of few numbers gives
/// could be solved for one that must not be shown. Our own rule.
pub const LEAST_MODELLED: i64 = 30;

/// What figures are computed from.
pub struct Measurer<'a> {
    /// Where the tables are.
    pub store: &'a Store,
    /// The declarations of the workspace.
    pub declarations: &'a Declarations,
    /// The policy that the figures will go through.
    pub policy: &'a Policy,
    /// The queries.
    pub files: &'a Files,
    /// The areas of the workspace.
    pub areas: &'a Areas,
    /// The queries that run, by file name; all of them where it is none.
    pub only: Option<&'a [&'a str]>,
    /// The return that is made; figures are measured where it is none.
    pub returned: Option<&'a Return>,
}

impl Measurer<'_> {
    /// Computes every figure of `period`, with areas as they were on `boundaries_on`, and hands the rows on as they come.
    ///
    /// # Errors
    /// A query is wrong, or returns a column that results do not have.
    pub async fn figures(
        &self,
        session: &SessionContext,
        run: &str,
        period: Period,
        boundaries_on: NaiveDate,
        take: &Take,
    ) -> Result<()> {
        if !cube(session, self.store).await? {
            return Ok(());
        }
        let tree = self.areas.tree(self.declarations, &used(session).await?, boundaries_on)?;
        let Clusters { of_people, repeats, weighted } =
            clusters(self.store, session, self.declarations, period, &tree).await?;
        let declared = tables::declared(self.declarations, self.policy, period, boundaries_on, &of_people)?;
        rolled::register(session, self.store, self.declarations, period, &tree).await?;
        for (name, batch) in declared {
            session.register_batch(name, tables::few_texts(&batch)?).map_err(Error::query(name))?;
        }
        for (name, batch) in [("area_tree", tree), ("repeats", repeats), ("weighted_sums", weighted)] {
            tables::register(session, name, batch)?;
        }
        for (name, batch) in casemix::models(session, self.store, self.declarations, period).await? {
            session.register_batch(name, batch).map_err(Error::query(name))?;
        }
        session.register_batch("people", self.areas.people(self.declarations)?).map_err(Error::query("people"))?;
        tables::register(session, "returns", returns::table_of(self.returned, self.declarations)?)?;
        tables::register(session, "life_table", self.areas.life_table(self.declarations)?)?;
        let run = queries::Run { session: session.clone(), run: run.to_owned(), period, boundaries_on };
        let wanted = |query: &queries::Query| self.only.is_none_or(|only| only.contains(&query.file()));
        let queries: Vec<_> = queries::all(self.files)?.into_iter().filter(wanted).collect();
        run.all(queries, take).await
    }
}

/// The latest month with answers, by its first day; none where no answer is dated by month.
pub async fn latest_month(session: &SessionContext, store: &Store, today: NaiveDate) -> Result<Option<NaiveDate>> {
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Date32Type;
    if !cube(session, store).await? {
        return Ok(None);
    }
    let rows = session
        .sql(&format!("select max(starts) from {CELLS} where precision = 'month' and ends <= date '{today}'"))
        .await
        .map_err(Error::query("latest month"))?
        .collect()
        .await
        .map_err(Error::query("latest month"))?;
    let latest = rows.iter().find_map(|batch| {
        let column = batch.column(0).as_primitive_opt::<Date32Type>()?;
        (!column.is_empty() && column.is_valid(0)).then(|| column.value_as_date(0))?
    });
    Ok(latest)
}

/// The cube as it is kept, where only what its cells are of is read.
const CELLS: &str = "cube_cells";

/// Makes the cube known to the session as it is now; false where there is none.
async fn cube(session: &SessionContext, store: &Store) -> Result<bool> {
    let (Some(cube), Some(rows)) = (store.table(store::CUBE).await?, view(store).await?) else { return Ok(false) };
    for (name, table) in [(store::CUBE, rows), (CELLS, cube.provider(Some(store::cells()))?)] {
        session.deregister_table(name).map_err(Error::query(name))?;
        session.register_table(name, table).map_err(Error::query(name))?;
    }
    Ok(true)
}

/// The areas that answers name, by root.
async fn used(session: &SessionContext) -> Result<Vec<(String, String)>> {
    use arrow::array::AsArray;
    let rows = session
        .sql(&format!(
            "select distinct root, coalesce(area, '') as area from {CELLS} where about is null order by 1, 2"
        ))
        .await
        .map_err(Error::query("areas of the cube"))?
        .collect()
        .await
        .map_err(Error::query("areas of the cube"))?;
    let mut used = Vec::new();
    for batch in &rows {
        let (roots, areas) = (batch.column(0).as_string::<i32>(), batch.column(1).as_string::<i32>());
        used.extend((0..batch.num_rows()).map(|row| (roots.value(row).to_owned(), areas.value(row).to_owned())));
    }
    Ok(used)
}
