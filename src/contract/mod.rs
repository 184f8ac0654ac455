//! Outcome-based contracts: from people's responses to what is payable, with everything that is needed to come to the same figure again.
//!
//! Promises: every amount is whole pence by exact arithmetic, and what leaves has gone through `protect`. Figures come from rows of single
//! people alone, so that rows in a pack give what the tables gave. Must never know: how a file was landed, how a page looks.

mod evaluate;
mod figures;
mod pack;
mod people;
mod rows;
mod saving;
mod share;
mod statement;

use std::collections::BTreeMap;

use datafusion::prelude::SessionContext;
use serde::{Deserialize, Serialize};

use crate::declare::{Contract, Declarations, Policy, Rounding};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::land::Keyed;
use crate::measure::Areas;
use crate::protect::{Below, Published, protect};
use crate::store::{self, Landings, Store};

pub use self::evaluate::evaluate;
pub use self::pack::{Pack, Rerun, write};
pub use self::rows::Person;
pub use self::statement::statement;

/// Name of the cohort that is paid for.
pub const TREATED: &str = "treated";
/// What became of a person whose before and after are known.
const COUNTED: &str = "counted";
/// What became of a person who is treated and in a comparator.
const IN_BOTH: &str = "in both cohorts";

/// What a contract is evaluated with.
pub struct Evaluator<'a> {
    /// Where the responses are.
    pub store: &'a Store,
    /// The declarations of the workspace.
    pub declarations: &'a Declarations,
    /// The queries.
    pub files: &'a Files,
    /// The areas of the workspace.
    pub areas: &'a Areas,
    /// The policy that figures go through.
    pub policy: &'a Policy,
    /// What people are numbered by.
    pub salt: Keyed,
}

/// What a figure depends on beside the rows and the contract, and what the rows were made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The contract.
    pub contract: String,
    /// Its version.
    pub version: String,
    /// Version of the program.
    pub program_version: String,
    /// When it was evaluated.
    pub evaluated_at: String,
    /// The disclosure policy.
    pub policy: Policy,
    /// Parts whose score is better when it is lower.
    pub lower_is_better: Vec<String>,
    /// Versions of the tables that were read.
    pub tables: BTreeMap<String, u64>,
    /// The landings that gave the responses.
    pub landings: Vec<Landed>,
}

/// A file that landed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Landed {
    /// Name of the landing.
    pub landing: String,
    /// The instruments in it.
    pub instruments: String,
    /// Name of the file.
    pub file: String,
    /// Its SHA-256.
    pub sha256: String,
    /// Responses that it gave.
    pub responses: i64,
}

/// An evaluated contract.
pub struct Evaluation {
    /// The contract.
    pub contract: Contract,
    /// The figures as they may be shown.
    pub published: Published,
    /// The single people, numbered anew: unprotected.
    pub people: Vec<Person>,
    /// What it was made with and of.
    pub record: Record,
    /// The queries as they ran: name and text.
    pub queries: Vec<(String, String)>,
}

impl Evaluator<'_> {
    /// Evaluates a contract; `now` is when.
    ///
    /// # Errors
    /// Nothing has landed for an instrument, or its licence has ended; no response names a person; an area is not known; a comparator's areas
    /// hold the treated's.
    pub async fn run(
        &self,
        session: &SessionContext,
        contract: &Contract,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<Evaluation> {
        let landings = Landings::read(self.store, session).await?;
        let (people, queries) = people::read(self, session, &landings, contract, now.date_naive()).await?;
        let lower_is_better = contract
            .outcome_payments
            .iter()
            .filter(|part| {
                let score = self.declarations.instrument(&part.instrument).and_then(|of| of.score(&part.score));
                score.is_some_and(|score| score.better == crate::declare::Direction::Lower)
            })
            .map(|part| part.id.clone());
        let mut record = Record {
            contract: contract.id.clone(),
            version: contract.version.clone(),
            program_version: env!("CARGO_PKG_VERSION").into(),
            evaluated_at: now.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            policy: self.policy.clone(),
            lower_is_better: lower_is_better.collect(),
            tables: BTreeMap::new(),
            landings: Vec::new(),
        };
        for instrument in contract.instruments() {
            let name = store::responses_of(instrument);
            if let Some(table) = self.store.table(&name).await? {
                record.tables.insert(name, table.version());
            }
        }
        let reads =
            |instruments: &str| contract.instruments().iter().any(|id| instruments.split(',').any(|of| of == *id));
        record.landings = landings
            .standing()
            .filter(|landing| reads(&landing.instruments))
            .map(|landing| Landed {
                landing: landing.id.clone(),
                instruments: landing.instruments.clone(),
                file: landing.file_name.clone(),
                sha256: landing.file_hash.clone(),
                responses: landing.responses,
            })
            .collect();
        record.landings.sort();
        let published = published(contract, &record, &people)?;
        Ok(Evaluation { contract: contract.clone(), published, people, record, queries })
    }
}

/// Computes the figures of a contract from the rows of single people and protects them.
fn published(contract: &Contract, record: &Record, people: &[Person]) -> Result<Published> {
    let figures = evaluate(contract, &record.lower_is_better, people)?;
    protect(&[figures], &record.policy, &Below::new(), &[])
}

/// Returns the whole pence of a fraction that is not below 0, by the declared rounding.
fn whole(numerator: i128, denominator: i128, rounding: Rounding) -> Result<i64> {
    let pence = match rounding {
        Rounding::Down => numerator.div_euclid(denominator),
        Rounding::Nearest => (2 * numerator + denominator).div_euclid(2 * denominator),
    };
    i64::try_from(pence).map_err(|_| Error::Broken("an amount is larger than amounts can be".into()))
}
