//! The pass over responses that have landed, to be timed: the first of the passes that `tellonce measure --full` makes, and only reading the
//! columns that it reads.

use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt;
use tokio::task::JoinSet;

use super::{SEEN, count, responses, scored};
use crate::declare::{Declarations, Instrument};
use crate::error::{Error, Result};
use crate::store::{self, Landings, Store};

/// The responses to the version of an instrument that is in use.
pub struct Landed<'a> {
    session: &'a SessionContext,
    declarations: &'a Declarations,
    instrument: &'a Instrument,
}

impl<'a> Landed<'a> {
    /// Opens the responses that readers see; none where nothing has landed.
    pub async fn open(
        store: &Store,
        session: &'a SessionContext,
        declarations: &'a Declarations,
        instrument: &'a Instrument,
    ) -> Result<Option<Self>> {
        let name = store::responses_of(&instrument.id);
        let schema = store::responses(&declarations.columns(&instrument.id), &declarations.groups.facts);
        let landings = Landings::read(store, session).await?;
        let Some(seen) = landings.seen(store, session, &name, Some(store::coded(&schema))).await? else {
            return Ok(None);
        };
        session.deregister_table(SEEN).map_err(Error::query(&name))?;
        session.register_table(SEEN, seen.into_view()).map_err(Error::query(&name))?;
        Ok(Some(Landed { session, declarations, instrument }))
    }

    fn pass(&self) -> scored::Pass {
        let responses = responses(self.declarations, self.instrument, self.instrument);
        scored::pass(self.declarations, self.instrument, &responses)
    }

    async fn rows(&self, pass: &scored::Pass) -> Result<DataFrame> {
        self.session.sql(&pass.sql).await.map_err(Error::query(&self.instrument.id))
    }

    /// Counts them; returns how many responses and cells there were.
    pub async fn count(&self) -> Result<[u64; 2]> {
        let pass = self.pass();
        let rows = self.rows(&pass).await?;
        let counted = count::rows(rows, pass.histograms, &self.instrument.id, &mut |_| ()).await?;
        Ok([counted.rows, counted.cells.len() as u64])
    }

    /// Reads the columns that are counted, and nothing else; returns how many responses there were.
    pub async fn decode(&self) -> Result<u64> {
        only_read(self.rows(&self.pass()).await?, &self.instrument.id).await
    }
}

/// Reads all rows of a query on all cores and forgets them; returns how many there were.
pub async fn only_read(rows: DataFrame, name: &str) -> Result<u64> {
    let mut workers = JoinSet::<datafusion::error::Result<u64>>::new();
    for mut stream in rows.execute_stream_partitioned().await.map_err(Error::query(name))? {
        workers.spawn(async move {
            let mut rows = 0;
            while let Some(batch) = stream.next().await {
                rows += batch?.num_rows() as u64;
            }
            Ok(rows)
        });
    }
    let mut rows = 0;
    while let Some(ended) = workers.join_next().await {
        rows += ended.map_err(Error::query(name))?.map_err(Error::query(name))?;
    }
    Ok(rows)
}
