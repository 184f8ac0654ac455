//! The commits of a landing, in an order in which a stop between any two leaves readers with the tables as they were.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::SchemaRef;
use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;

use crate::error::{Error, Result};
use crate::store::{self, Landing, Landings, Replace, Store};

/// One write to one table.
pub struct Commit {
    /// The table.
    pub table: String,
    /// Its columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batch: RecordBatch,
    /// The landing: writing twice under one name is writing once.
    pub landing: String,
}

/// Carries out commits in their order. Readers see nothing of a landing before its last commit, which says that it stands.
pub async fn apply(store: &Store, commits: &[Commit]) -> Result<()> {
    for commit in commits {
        let mut table = store.table_or_create(&commit.table, &commit.schema).await?;
        // A landing that stood, ended and stands again has one row for each.
        let replace = if commit.table == store::LANDINGS { Replace::Nothing } else { Replace::SameTag };
        table.write(&commit.landing, std::slice::from_ref(&commit.batch), replace).await?;
    }
    Ok(())
}

/// Returns the commit that says how a landing stands from now on.
pub fn standing(landing: &Landing, at: DateTime<Utc>) -> Result<Commit> {
    Ok(Commit {
        table: store::LANDINGS.into(),
        schema: store::landings(),
        batch: landing.row(at.timestamp_micros())?,
        landing: landing.id.clone(),
    })
}

/// Returns which rows give way: each as (instrument, response, landing).
pub fn superseded(gone: &[(String, String, String)], by: &str) -> Result<RecordBatch> {
    let column = |of: &dyn Fn(&(String, String, String)) -> String| -> ArrayRef {
        Arc::new(StringArray::from(gone.iter().map(of).collect::<Vec<_>>()))
    };
    let columns = vec![
        column(&|row| row.0.clone()),
        column(&|row| row.1.clone()),
        column(&|row| row.2.clone()),
        column(&|_| by.to_owned()),
    ];
    RecordBatch::try_new(store::superseded(), columns).map_err(Error::table(store::SUPERSEDED))
}

/// What taking a landing back would do.
#[derive(Clone, Debug)]
pub struct Unlanding {
    /// The landing.
    pub landing: Landing,
    /// For each instrument: responses seen now, and responses seen without the landing.
    pub seen: Vec<(String, usize, usize)>,
}

/// Returns what taking the landing `id` back would do, and the commit that does it.
pub async fn unland(
    store: &Store,
    session: &SessionContext,
    id: &str,
    at: DateTime<Utc>,
) -> Result<(Unlanding, Commit)> {
    let landings = Landings::read(store, session).await?;
    let Some(landing) = landings.get(id).filter(|landing| landing.standing) else {
        let standing: Vec<_> = landings.standing().map(|landing| landing.id.clone()).collect();
        return Err(Error::Usage {
            what: format!("no landing `{id}` stands"),
            mend: match standing.is_empty() {
                true => "nothing has landed yet".into(),
                false => format!("these stand: {}", standing.join(", ")),
            },
        });
    };
    let mut ended = landing.clone();
    ended.standing = false;
    ended.event = landings.next_event();
    let without = landings.without(id);
    let mut seen = Vec::new();
    for instrument in landing.instruments.split(',').filter(|name| !name.is_empty()) {
        let name = store::responses_of(instrument);
        let mut counts = [0; 2];
        for (count, of) in counts.iter_mut().zip([&landings, &without]) {
            if let Some(rows) = of.seen(store, session, &name, None).await? {
                *count = rows.count().await.map_err(Error::table(&name))?;
            }
        }
        seen.push((instrument.to_owned(), counts[0], counts[1]));
    }
    let commit = standing(&ended, at)?;
    Ok((Unlanding { landing: landing.clone(), seen }, commit))
}
