//! What `tellonce return` does: counts of a month, protected, as a table with a row an area.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use chrono::{DateTime, Utc};
use datafusion::logical_expr::{col, lit};
use datafusion::prelude::SessionContext;

use super::{Workspace, below, in_order};
use crate::cube;
use crate::declare::{Policy, Return};
use crate::error::{Error, Result};
use crate::measure::{BY_ANSWER, BY_METHOD, Measurer, RETURN_QUERY, Take};
use crate::period::Period;
use crate::progress::Progress;
use crate::protect::{Published, protect};
use crate::session::session;
use crate::store::{Landings, responses_of};

/// A return of one month.
pub struct Returned {
    /// What it counts.
    pub declared: Return,
    /// The policy that it went through.
    pub policy: Policy,
    /// One row an area with answers, in the order of their codes.
    pub rows: Vec<ReturnRow>,
    /// Counts that the policy hides.
    pub hidden: usize,
}

/// The counts of one area.
pub struct ReturnRow {
    /// Its code.
    pub area: String,
    /// Its name; empty where `areas.csv` does not list it.
    pub name: String,
    /// All answers; none where the policy hides them.
    pub all: Option<i64>,
    /// Answers by column, those of answers before those of ways of collecting; none where the policy hides them.
    pub counts: Vec<Option<i64>>,
}

/// Counts the answers of a month for the return `id`.
///
/// # Errors
/// There is no such return, or the month holds answers to an earlier version of the question, which is another question.
pub async fn returned(
    workspace: &Workspace,
    id: &str,
    month: Period,
    now: DateTime<Utc>,
    progress: Progress<'_>,
) -> Result<Returned> {
    let declarations = &workspace.declarations;
    let declared = declarations.returns.get(id).ok_or_else(|| Error::Usage {
        what: format!("there is no return `{id}`"),
        mend: match declarations.returns.is_empty() {
            true => "declare one in measures/returns/".into(),
            false => format!("choose one of {}", declarations.returns.keys().cloned().collect::<Vec<_>>().join(", ")),
        },
    })?;
    let policy = declarations
        .policies
        .get(&declared.policy)
        .ok_or_else(|| Error::Broken("a policy that was checked is not known".into()))?;
    let session = session()?;
    let _lock = workspace.lock()?;
    Landings::read(&workspace.store, &session).await?.take_back(&workspace.store).await?;
    refuse_other_versions(workspace, &session, declared, month).await?;
    let areas = workspace.areas(&session).await?;
    cube::build(&workspace.store, &session, declarations, false, progress).await?;
    let today = now.with_timezone(&workspace.zone()?).date_naive();
    let last = month.range().and_then(|(_, after)| after.pred_opt());
    let measurer = Measurer {
        store: &workspace.store,
        declarations,
        policy,
        files: &workspace.files,
        areas: &areas,
        only: Some(&[RETURN_QUERY]),
        returned: Some(declared),
    };
    let results: Arc<Mutex<Vec<_>>> = Arc::default();
    let kept = results.clone();
    let take: Take = Arc::new(move |_, rows| {
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(rows);
        Ok(())
    });
    measurer.figures(&session, "return", month, last.map_or(today, |last| last.min(today)), &take).await?;
    drop(take);
    let results = std::mem::take(&mut *results.lock().unwrap_or_else(PoisonError::into_inner));
    let (below, _) = below(&session, &areas).await?;
    let published = protect(&[in_order(&results)?], policy, &below, &declarations.subsets())?;
    let mut rows = table(&published, declared);
    for row in &mut rows {
        row.name = areas.name(&row.area).map(|(name, _)| name.to_owned()).unwrap_or_default();
    }
    Ok(Returned { declared: declared.clone(), policy: policy.clone(), rows, hidden: published.hidden })
}

/// The counts of protected rows by area. What is not there is no answer; what is hidden is not known.
fn table(published: &Published, declared: &Return) -> Vec<ReturnRow> {
    let answers = declared.answers.iter().map(|column| (BY_ANSWER, column.column.as_str()));
    let columns: Vec<_> = answers.chain(declared.methods.iter().map(|one| (BY_METHOD, one.column.as_str()))).collect();
    let mut areas: BTreeMap<String, ReturnRow> = BTreeMap::new();
    for batch in published.rows() {
        let text = |name: &str, row: usize| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.filter(|column| column.is_valid(row)).map_or("", |column| column.value(row))
        };
        let n = batch.column_by_name("n").and_then(|column| column.as_primitive_opt::<Int64Type>());
        for row in 0..batch.num_rows() {
            let area = text("area", row).to_owned();
            let nobody = || vec![Some(0); columns.len()];
            let of = areas.entry(area.clone()).or_insert_with(|| ReturnRow {
                area,
                name: String::new(),
                all: Some(0),
                counts: nobody(),
            });
            let count = n.filter(|n| n.is_valid(row)).map(|n| n.value(row));
            match columns.iter().position(|column| *column == (text("group_by", row), text("group", row))) {
                Some(at) => of.counts.iter_mut().skip(at).take(1).for_each(|cell| *cell = count),
                None => of.all = count,
            }
        }
    }
    areas.into_values().collect()
}

/// Answers to an earlier version are answers to another question: they are neither returned nor left out in silence.
async fn refuse_other_versions(
    workspace: &Workspace,
    session: &SessionContext,
    declared: &Return,
    month: Period,
) -> Result<()> {
    let Some((starts, ends)) = month.range() else { return Ok(()) };
    let Some(instrument) = workspace.declarations.instrument(&declared.instrument) else { return Ok(()) };
    let name = responses_of(&instrument.id);
    let landings = Landings::read(&workspace.store, session).await?;
    let Some(rows) = landings.seen(&workspace.store, session, &name, None).await? else { return Ok(()) };
    let inside = col("submitted_on").gt_eq(lit(starts.to_string())).and(col("submitted_on").lt(lit(ends.to_string())));
    let others = rows
        .filter(inside.and(col("instrument_version").not_eq(lit(instrument.version.clone()))))
        .map_err(Error::table(&name))?
        .count()
        .await
        .map_err(Error::table(&name))?;
    if others == 0 {
        return Ok(());
    }
    Err(Error::Usage {
        what: format!(
            "{others} answers of {month} are to an earlier version of `{}`, and the return takes version {} only",
            instrument.id, instrument.version
        ),
        mend: "the two versions are two questions: name a month in which only the version in use was asked, or take the landing \
               back that brought the others"
            .into(),
    })
}
