//! The one pass: responses become histograms of answer codes and sums of scores; pairs of responses become the same of their change.
//!
//! Promises: every response that a reader sees is counted once for each breakdown, codes below zero too; counts are whole numbers and
//! sums are exact, so neither the order of rows nor of files matters. Must never know: which codes an outcome counts.

mod bands;
pub mod bench;
mod by_arithmetic;
mod bytes;
mod casemix;
mod cell;
mod clusters;
mod count;
mod counted;
mod dif;
mod histogram;
mod joint;
mod kept;
mod landed;
mod layout;
mod linked;
mod merge;
mod pairs;
mod rolled;
mod rows;
mod scored;
mod stored;
mod time;
mod update;
mod view;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;

use crate::declare::{Declarations, Instrument};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::store::{self, Landings, Store};

pub use by_arithmetic::{Made as MadeByArithmetic, by_arithmetic};
pub use clusters::{Clusters, clusters};
use counted::Counted;
pub use landed::Landed;
pub use rolled::{AND, RollUp, RolledUp, Tree, Wanted};
pub use stored::Stored;
use update::Source;
pub use view::view;

/// Item under which responses themselves are counted, with the code 0.
pub const RESPONSES: &str = "responses";
/// Breakdown, and group, of everybody.
pub const EVERYBODY: (&str, &str) = ("none", "all");

/// Breakdown of a change by bands of the score before.
pub const BASELINE: &str = "baseline";

/// What a pass read and made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Responses that are in the cube.
    pub responses: u64,
    /// By instrument and part, how many rows were counted this time.
    pub read: BTreeMap<(String, String), u64>,
    /// Cells of the cube.
    pub cells: u64,
    /// Tables read, with their versions.
    pub tables: Vec<(String, u64)>,
    /// What a person should know.
    pub warnings: Vec<String>,
}

impl Passed {
    /// Returns how many responses were read to bring the cube up to date.
    pub fn responses_read(&self) -> u64 {
        let mut most: BTreeMap<&str, u64> = BTreeMap::new();
        for ((instrument, _), rows) in &self.read {
            let most = most.entry(instrument).or_default();
            *most = (*most).max(*rows);
        }
        most.values().sum()
    }
}

/// Brings the cube up to date: counts the responses that are newly seen and takes those off that are not seen any more, and counts anew what is
/// declared otherwise than before. With `full`, everything is counted, whatever the cube holds.
pub async fn build(
    store: &Store,
    session: &SessionContext,
    declarations: &Declarations,
    full: bool,
    progress: Progress<'_>,
) -> Result<Passed> {
    let landings = Landings::read(store, session).await?;
    let mut passed = Passed::default();
    let stored = match Stored::open(&session.state(), store).await {
        _ if full => None,
        // Of an earlier form, or damaged: it is made anew.
        Err(Error::Input { .. }) => None,
        stored => stored?,
    };
    let mut cube = store.table_or_create(store::CUBE, &store::cells()).await?;
    let (mut written, mut gone, mut patterns) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    let mut of = BTreeSet::new();
    let linked = linked::register(store, session, &landings, declarations).await?;
    for instrument in declarations.instruments.values() {
        let name = store::responses_of(&instrument.id);
        let Some(table) = store.table(&name).await? else { continue };
        passed.tables.push((name.clone(), table.version()));
        let given_by: BTreeSet<String> = table.tags()?.into_iter().collect();
        let standing = landings.standing().map(|landing| landing.id.clone());
        let source = Source {
            store,
            session,
            declarations,
            instrument,
            name,
            schema: store::coded(&store::responses(&declarations.columns(&instrument.id), &declarations.groups.facts)),
            version: i64::try_from(table.version()).unwrap_or(i64::MAX),
            standing: standing.filter(|landing| given_by.contains(landing)).collect(),
            cube: &cube,
            linked: &linked,
        };
        if source.standing.is_empty() {
            continue;
        }
        let before = passed.responses;
        progress(&format!("reading {}", instrument.id), before, 0);
        let mut progress = |what: &str, n| progress(&format!("{what} {}", instrument.id), n, 0);
        let kept = stored.as_ref().and_then(|stored| Some((stored, stored.kept(&instrument.id)?)));
        let kept = kept.filter(|(_, kept)| kept.landings.is_subset(&given_by));
        let updated = match (source.updated(kept, &mut progress).await, kept) {
            (Err(Error::Input { file, what, .. }), Some(_)) => {
                passed.warnings.push(format!("`{file}`: {what}: everything of `{}` was counted anew", instrument.id));
                source.updated(None, &mut progress).await?
            }
            (updated, _) => updated?,
        };
        passed.responses += updated.responses;
        passed.read.extend(updated.read.into_iter().map(|(part, rows)| ((instrument.id.clone(), part), rows)));
        written.extend(updated.written);
        gone.extend(updated.gone);
        patterns.extend(updated.patterns);
        of.insert(instrument.id.as_str());
    }
    session.deregister_table(SEEN).map_err(Error::query(SEEN))?;
    linked::forget(session, &linked)?;
    let adjusted =
        of.iter().flat_map(|id| declarations.outcomes_of(id)).filter(|outcome| !outcome.adjust_for.is_empty());
    // First the patterns: if it ends here, the cube still says that they are to be counted again.
    casemix::write(store, &patterns, &adjusted.map(|outcome| outcome.id.clone()).collect()).await?;
    let is_of = |tag: &str| tag.split_once('_').is_some_and(|(instrument, _)| of.contains(instrument));
    cube.commit(written, &|tag| gone.contains(tag) || !is_of(tag)).await?;
    passed.cells = cube.rows(&|tag| !tag.ends_with("_about"))?;
    passed.tables.push((store::CUBE.into(), cube.version()));
    Ok(passed)
}

/// Name of the responses that a reader sees, while they are counted.
const SEEN: &str = "seen_responses";

/// Returns what the responses of one version are read from. Those of a version that nobody declares any more are counted with the version
/// in use, under their own name.
fn responses(declarations: &Declarations, of: &Instrument, in_use: &Instrument) -> String {
    responses_in(SEEN, declarations, of, in_use)
}

/// Returns the same of the table `seen`.
fn responses_in(seen: &str, declarations: &Declarations, of: &Instrument, in_use: &Instrument) -> String {
    let quoted = |version: &str| crate::score::literal(version);
    let earlier: Vec<String> =
        declarations.earlier.iter().filter(|other| other.id == of.id).map(|other| quoted(&other.version)).collect();
    if of.version != in_use.version {
        return format!("(SELECT * FROM {seen} WHERE instrument_version = {})", quoted(&of.version));
    }
    match earlier.is_empty() {
        true => seen.to_owned(),
        false => format!("(SELECT * FROM {seen} WHERE instrument_version NOT IN ({}))", earlier.join(", ")),
    }
}

/// Runs the query of a pass and counts its rows; returns its name with what it counted.
async fn read(
    session: &SessionContext,
    pass: scored::Pass,
    name: &str,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(String, Counted)> {
    let rows = session.sql(&pass.sql).await.map_err(Error::query(name))?;
    Ok((pass.part, count::rows(rows, pass.histograms, name, progress).await?))
}

/// Returns a column of a batch as text.
fn text<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow::array::StringArray> {
    use arrow::array::AsArray;
    column(batch, name)?
        .as_string_opt::<i32>()
        .ok_or_else(|| Error::Broken(format!("the column `{name}` of responses is not text")))
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a Arc<dyn arrow::array::Array>> {
    batch.column_by_name(name).ok_or_else(|| Error::Broken(format!("responses without the column `{name}`")))
}
