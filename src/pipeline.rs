//! The rooms one after the other: what `tellonce land`, `measure` and `report` do, and the record of each run.

mod returns;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, UInt32Array,
};
use arrow::compute::{cast, take_record_batch};
use arrow::row::{RowConverter, SortField};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{col, lit};
use datafusion::prelude::SessionContext;
use sha2::{Digest, Sha256};

use crate::contract::{self, Evaluation, Evaluator};
use crate::cube::{self, Passed};
use crate::declare::{self, Contract, Declarations, EVERYTHING, Policy, Settings};
use crate::error::{Error, Result};
use crate::files::Files;
use crate::land::{Key, Keyed};
use crate::measure::{Areas, Measurer, Take, latest_month, read_areas};
use crate::period::Period;
use crate::progress::Progress;
use crate::protect::{Below, Published, protect};
use crate::report::context::Paper;
use crate::report::{self, Run};
use crate::session::session;
use crate::store::{self, Landings, Replace, Store, Table};
use crate::weight::{self, Margins};
pub use returns::{ReturnRow, Returned, returned};

/// Name of the settings file of a workspace.
pub const SETTINGS: &str = "tellonce.toml";

/// A folder with settings, declarations and tables, opened.
pub struct Workspace {
    /// The folder.
    pub folder: PathBuf,
    /// Its settings.
    pub settings: Settings,
    /// Declarations, queries and templates, its own before those of the program.
    pub files: Files,
    /// The declarations, checked.
    pub declarations: Declarations,
    /// Its tables.
    pub store: Store,
}

/// Held while tables are written: two programs at once would take each other's unfinished work back.
pub struct Lock(#[expect(dead_code, reason = "the lock is released when the file is closed")] File);

impl Workspace {
    /// Opens the workspace in `folder`, checking all that it declares.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(SETTINGS);
        if !path.is_file() {
            return Err(Error::Usage {
                what: format!("`{}` is no workspace: it has no {SETTINGS}", folder.display()),
                mend: "make one with `tellonce init`, or name another folder with --workspace".into(),
            });
        }
        let files = Files::with_workspace(folder);
        let declarations = Declarations::load(&files).map_err(|mistakes| Error::Declarations(mistakes.to_string()))?;
        let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        let settings = declare::settings(SETTINGS, &text, &declarations)
            .map_err(|mistakes| Error::Declarations(mistakes.to_string()))?;
        let store = Store::open(&settings.store, folder)?;
        Ok(Workspace { folder: folder.to_owned(), settings, files, declarations, store })
    }

    /// Takes the workspace for writing.
    pub fn lock(&self) -> Result<Lock> {
        let path = self.folder.join(".tellonce.lock");
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        file.try_lock().map_err(|_| Error::Usage {
            what: format!("another tellonce is writing to `{}`", self.folder.display()),
            mend: "wait until it has ended".into(),
        })?;
        Ok(Lock(file))
    }

    /// Returns the hash under the workspace's salt.
    pub fn salt(&self) -> Result<Keyed> {
        Keyed::new(self.settings.salt.as_bytes())
    }

    /// Returns the pseudonym key: `given` (from the environment) goes before the file of the settings; none where there is neither.
    pub fn key(&self, given: Option<&str>) -> Result<Option<Key>> {
        let text = match (given, &self.settings.key_file) {
            (Some(given), _) => given.to_owned(),
            (None, Some(file)) => {
                let path = self.folder.join(file);
                std::fs::read_to_string(&path).map_err(Error::io("read the pseudonym key in", &path))?
            }
            (None, None) => return Ok(None),
        };
        Key::new(&text).map(Some)
    }

    /// Returns the zone of dates without an offset.
    pub fn zone(&self) -> Result<Tz> {
        self.settings.time_zone.parse().map_err(|_| Error::Broken("a time zone that was checked is not known".into()))
    }

    /// Returns the policy that everything goes through.
    pub fn policy(&self) -> Result<&Policy> {
        self.declarations
            .policies
            .get(&self.settings.policy)
            .ok_or_else(|| Error::Broken("a policy that was checked is not known".into()))
    }

    /// Reads the areas and the lists of people, and keeps them as tables where they have changed.
    async fn areas(&self, session: &SessionContext) -> Result<Areas> {
        let tables = read_areas(&self.folder.join("areas"))?;
        for area in &tables {
            let kept = self.store.table(area.name).await?;
            if kept.is_none() && area.rows.num_rows() == 0 {
                continue;
            }
            let mut table = self.store.table_or_create(area.name, &area.rows.schema()).await?;
            let have = session
                .read_table(table.provider(Some(area.rows.schema()))?)
                .map_err(Error::table(area.name))?
                .collect()
                .await
                .map_err(Error::table(area.name))?;
            let have = arrow::compute::concat_batches(&area.rows.schema(), &have).map_err(Error::table(area.name))?;
            if have != area.rows {
                table.write(area.name, std::slice::from_ref(&area.rows), Replace::Everything).await?;
            }
        }
        Ok(Areas::new(tables))
    }
}

/// Rakes responses to margins and, unless it is a trial, keeps the weights; `by` names the groups to rake by where it is not all of them.
pub async fn weigh(
    workspace: &Workspace,
    wanted: &weight::Wanted,
    mut margins: Margins,
    by: &[String],
    trial: bool,
    now: DateTime<Utc>,
) -> Result<weight::Report> {
    let session = session()?;
    if let Some(unknown) = if by.is_empty() { None } else { margins.only(by) } {
        return Err(Error::Usage {
            what: format!("`{}` has no margin of `{unknown}`", margins.source),
            mend: "leave the group out of --by, or give its margin".into(),
        });
    }
    let _lock = if trial { None } else { Some(workspace.lock()?) };
    if !trial {
        Landings::read(&workspace.store, &session).await?.take_back(&workspace.store).await?;
    }
    let weighed = weight::weigh(&workspace.store, &session, &workspace.declarations, &margins, wanted, now).await?;
    if !trial {
        weighed.report.scheme.keep(&workspace.store, &weighed.rows).await?;
    }
    Ok(weighed.report)
}

/// Returns the margins that the lists of people give, for each group that they know.
pub fn margins_of_lists(workspace: &Workspace) -> Result<Margins> {
    let people = Areas::new(read_areas(&workspace.folder.join("areas"))?).people(&workspace.declarations)?;
    let text = |name: &str| people.column_by_name(name).map(|column| column.as_string::<i32>());
    let counts = people.column_by_name("n").map(|column| column.as_primitive::<arrow::datatypes::Int64Type>());
    let mut all: BTreeMap<(String, String), f64> = BTreeMap::new();
    if let (Some(groups), Some(bands), Some(counts)) = (text("group_by"), text("group"), counts) {
        // Everybody, and several groups at once, are no margins.
        for row in (0..people.num_rows()).filter(|row| workspace.declarations.group(groups.value(*row)).is_some()) {
            let key = (groups.value(row).to_owned(), bands.value(row).to_owned());
            *all.entry(key).or_default() += counts.value(row) as f64;
        }
    }
    let all: Vec<_> = all.into_iter().map(|((group, band), n)| (group, band, n)).collect();
    let margins = Margins::of_people("the lists of people (areas/population.csv)", &all);
    if margins.margins.is_empty() {
        return Err(Error::Usage {
            what: "the lists of people give no margins: areas/population.csv is not there, or knows no groups".into(),
            mend: "name a file of margins with the columns group_by,group,n instead of `population`".into(),
        });
    }
    Ok(margins)
}

/// What a run of measures did.
pub struct Measured {
    /// Its name.
    pub run: String,
    /// The period.
    pub period: Period,
    /// What the pass over the responses read and made.
    pub passed: Passed,
    /// How long it took.
    pub passed_in: Duration,
    /// Figures shown and hidden.
    pub figures: [usize; 2],
    /// Areas that answers name and `areas.csv` does not list.
    pub unlisted: Vec<String>,
}

/// Brings the cube up to date (with `full`, makes it anew), computes the figures of `period` (where it is none: the last twelve months with
/// answers), protects and keeps them.
pub async fn measure(
    workspace: &Workspace,
    period: Option<Period>,
    full: bool,
    now: DateTime<Utc>,
    progress: Progress<'_>,
) -> Result<Measured> {
    let session = session()?;
    let _lock = workspace.lock()?;
    Landings::read(&workspace.store, &session).await?.take_back(&workspace.store).await?;
    weight::refuse_twofold(&workspace.store, &session, &workspace.declarations).await?;
    let areas = workspace.areas(&session).await?;
    let begun = Instant::now();
    let mut passed = cube::build(&workspace.store, &session, &workspace.declarations, full, progress).await?;
    let passed_in = begun.elapsed();
    if let Some(weights) = workspace.store.table(store::WEIGHTS).await? {
        passed.tables.push((store::WEIGHTS.into(), weights.version()));
    }
    if passed.responses == 0 {
        return Err(Error::Usage {
            what: "there are no responses to measure".into(),
            mend: "land some with `tellonce land FILE --mapping MAPPING`".into(),
        });
    }
    let today = now.with_timezone(&workspace.zone()?).date_naive();
    let period = match period {
        Some(period) => period,
        None => latest_month(&session, &workspace.store, today).await?.map_or(Period::All, Period::twelve_months_to),
    };
    // Boundaries are those of the last day of the period, as far as it has come.
    let last = period.range().and_then(|(_, after)| after.pred_opt());
    let boundaries_on = last.map_or(today, |last| last.min(today));
    let run = format!("{}-{}", now.format("%Y%m%dT%H%M%S%3fZ"), period.to_string().replace('/', "-"));

    progress("computing figures", 0, 0);
    let policy = workspace.policy()?;
    let measurer = Measurer {
        store: &workspace.store,
        declarations: &workspace.declarations,
        policy,
        files: &workspace.files,
        areas: &areas,
        only: None,
        returned: None,
    };
    let results: Arc<Mutex<Vec<RecordBatch>>> = Arc::default();
    let kept = results.clone();
    let take: Take = Arc::new(move |_, rows| {
        kept.lock().unwrap_or_else(PoisonError::into_inner).push(rows);
        Ok(())
    });
    measurer.figures(&session, &run, period, boundaries_on, &take).await?;
    drop(take);
    let results = std::mem::take(&mut *results.lock().unwrap_or_else(PoisonError::into_inner));
    let results = [in_order(&results)?];
    progress("protecting figures", 0, 0);
    let (below, unlisted) = below(&session, &areas).await?;
    let published = protect(&results, policy, &below, &workspace.declarations.subsets())?;
    let figures = [published.shown, published.hidden];

    for (name, schema, rows) in
        [(store::RESULTS, store::results(), &results[..]), (store::PUBLISHED, store::published(), published.rows())]
    {
        let mut table = workspace.store.table_or_create(name, &schema).await?;
        table.write(&run, rows, Replace::SameTag).await?;
    }
    let row = record(workspace, &run, period, policy, &passed, figures, now)?;
    let mut runs = workspace.store.table_or_create(store::RUNS, &store::runs()).await?;
    runs.write(&run, &[row], Replace::SameTag).await?;
    Ok(Measured { run, period, passed, passed_in, figures, unlisted })
}

/// Brings the rows into the order of their keys: two runs over the same answers then hide the same figures and write the same rows.
///
/// # Errors
/// Two rows have one key.
fn in_order(results: &[RecordBatch]) -> Result<RecordBatch> {
    let error = || Error::table(store::RESULTS);
    let few = store::with_few_texts(&store::results());
    let all = arrow::compute::concat_batches(&few, results).map_err(error())?;
    let columns: Vec<ArrayRef> =
        store::RESULT_KEY.iter().filter_map(|name| all.column_by_name(name).cloned()).collect();
    let fields = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
    let keys = RowConverter::new(fields).and_then(|converter| converter.convert_columns(&columns)).map_err(error())?;
    let mut order: Vec<u32> = (0..u32::try_from(all.num_rows()).unwrap_or(u32::MAX)).collect();
    order.sort_unstable_by(|one, two| keys.row(*one as usize).cmp(&keys.row(*two as usize)));
    if let Some([one, _]) = order.array_windows().find(|[one, two]| keys.row(*one as usize) == keys.row(*two as usize))
    {
        let key: Vec<String> = columns
            .iter()
            .map(|column| arrow::util::display::array_value_to_string(column, *one as usize).unwrap_or_default())
            .collect();
        return Err(Error::Broken(format!("two figures have one key: {}", key.join(" / "))));
    }
    let ordered = take_record_batch(&all, &UInt32Array::from(order)).map_err(error())?;
    let fields = store::results();
    let plain = ordered.columns().iter().zip(fields.fields()).map(|(column, field)| cast(column, field.data_type()));
    let plain = plain.collect::<Result<Vec<_>, _>>().map_err(error())?;
    RecordBatch::try_new(fields, plain).map_err(error())
}

/// Returns which areas lie directly in which, and the areas of answers that nobody lists.
async fn below(session: &SessionContext, areas: &Areas) -> Result<(Below, Vec<String>)> {
    let rows = session
        .sql("select distinct root, area, ancestor from area_tree where area <> '' order by 1, 2, 3")
        .await
        .map_err(Error::query("area tree"))?
        .collect()
        .await
        .map_err(Error::query("area tree"))?;
    let mut above: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for batch in &rows {
        let text = |at: usize| batch.column(at).as_string::<i32>();
        for row in 0..batch.num_rows() {
            let key = (text(0).value(row).to_owned(), text(1).value(row).to_owned());
            above.entry(key).or_default().insert(text(2).value(row).to_owned());
        }
    }
    // The tree begins at practices; networks and places get their own ancestors from the practices below them.
    let listed: BTreeMap<String, usize> = areas.all().into_iter().map(|(code, ..)| (code, 0)).collect();
    let unlisted = above
        .keys()
        .filter(|(root, area)| root == "practice" && !listed.contains_key(area))
        .map(|(_, area)| area.clone())
        .collect();
    let mut below = Below::new();
    for ((root, area), ancestors) in &above {
        for parent in ancestors.iter().filter(|parent| *parent != area) {
            // Directly below: no other ancestor lies between.
            let between = ancestors.iter().any(|middle| {
                middle != area
                    && middle != parent
                    && above.get(&(root.clone(), middle.clone())).is_some_and(|above| above.contains(parent))
            });
            if !between {
                below.entry((root.clone(), parent.clone())).or_default().push(area.clone());
            }
        }
    }
    Ok((below, unlisted))
}

fn record(
    workspace: &Workspace,
    run: &str,
    period: Period,
    policy: &Policy,
    passed: &Passed,
    figures: [usize; 2],
    now: DateTime<Utc>,
) -> Result<RecordBatch> {
    let hashes = hashes(workspace)?;
    let all: String = hashes.iter().map(|(path, hash)| format!("{path} {hash}\n")).collect();
    let declarations: String = Sha256::digest(all.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let json = |value: serde_json::Value| value.to_string();
    let text = |text: String| Arc::new(StringArray::from(vec![text])) as ArrayRef;
    let long = |count: usize| Arc::new(Int64Array::from(vec![i64::try_from(count).unwrap_or(i64::MAX)])) as ArrayRef;
    let columns = vec![
        text(run.to_owned()),
        text(env!("CARGO_PKG_VERSION").into()),
        text(period.to_string()),
        text(policy.id.clone()),
        text(declarations),
        text(json(hashes.into_iter().collect())),
        text(json(
            passed.tables.iter().map(|(name, version)| (name.clone(), serde_json::Value::from(*version))).collect(),
        )),
        Arc::new(TimestampMicrosecondArray::from(vec![now.timestamp_micros()]).with_timezone("UTC")),
        long(figures.iter().sum()),
        long(figures[1]),
    ];
    RecordBatch::try_new(store::runs(), columns).map_err(Error::table(store::RUNS))
}

/// The hash of every declaration, query and template in use.
fn hashes(workspace: &Workspace) -> Result<BTreeMap<String, String>> {
    let mut hashes = workspace.declarations.hashes.clone();
    for (folder, extension) in
        [("queries", "sql"), ("reports/board", "jinja"), ("reports/board", "css"), ("reports/annex", "jinja")]
    {
        for path in workspace.files.list(folder, extension).map_err(Error::io("list", folder))? {
            if let Some(hash) = workspace.files.hash(&path).map_err(Error::io("read", &path))? {
                hashes.insert(path, hash);
            }
        }
    }
    Ok(hashes)
}

/// Which page to make.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The area: everything where it is none.
    pub area: Option<String>,
    /// The period: that of the run where it is none.
    pub period: Option<Period>,
    /// The run: the latest one (of the period) where it is none.
    pub run: Option<String>,
}

/// A page that was made.
pub struct Page {
    /// The run that it shows.
    pub run: String,
    /// Its text.
    pub html: String,
    /// What the person who made it should know: licences that have ended.
    pub warnings: Vec<String>,
}

/// Renders a report, as it may be shown at the moment `now`.
pub async fn page(workspace: &Workspace, paper: Paper, wanted: &Wanted, now: DateTime<Utc>) -> Result<Page> {
    let session = session()?;
    let Some((runs, published)) = tables(workspace).await? else {
        return Err(Error::Usage {
            what: "nothing was measured yet".into(),
            mend: "run `tellonce measure` first".into(),
        });
    };
    let run = find_run(&session, &runs, wanted).await?;
    let rows = session
        .read_table(published.provider(Some(store::published()))?)
        .and_then(|rows| rows.filter(col("run").eq(lit(run.id.clone()))))
        .map_err(Error::table(store::PUBLISHED))?
        .collect()
        .await
        .map_err(Error::table(store::PUBLISHED))?;
    let published = Published::kept(rows, &published)?;
    let areas = Areas::new(read_areas(&workspace.folder.join("areas"))?);
    let area = wanted.area.clone().unwrap_or_else(|| EVERYTHING.into());
    let sources = report::Sources {
        declarations: &workspace.declarations,
        settings: &workspace.settings,
        areas: &areas,
        run: &run,
        policy: workspace.declarations.policies.get(&run.policy).map_or_else(|| workspace.policy(), Ok)?,
        today: now.with_timezone(&workspace.zone()?).date_naive(),
    };
    let board = report::collect(&published, &sources, paper, &area)?;
    let template = |name: &str| workspace.files.read(&format!("reports/{name}")).ok().flatten();
    let page = report::render(&board, &template)
        .map_err(|source| Error::Report { report: paper.name().into(), source: Box::new(source) })?;
    let warnings = board.licences.iter().filter_map(|licence| licence.warning.clone()).collect();
    Ok(Page { run: run.id, html: page, warnings })
}

/// Answers how many answers a comparison needs, from the latest published figures of the wanted period.
pub async fn plan(
    workspace: &Workspace,
    wanted: &Wanted,
    question: &report::plan::Question,
) -> Result<(Run, report::plan::Plan)> {
    let session = session()?;
    let Some((runs, published)) = tables(workspace).await? else {
        return Err(Error::Usage {
            what: "nothing was measured yet".into(),
            mend: "run `tellonce measure` first, or plan from a share of your own: `tellonce plan --share 0.6 --difference 0.05`".into(),
        });
    };
    let run = find_run(&session, &runs, wanted).await?;
    // The plain figures: what weights or a model make of them is as unsure as its own method says.
    let of_run = [("run", run.id.as_str()), ("weighting", "none"), ("adjustment", "none")];
    let plain = of_run.into_iter().map(|(column, value)| col(column).eq(lit(value)));
    let period = col("period").eq(lit(run.period.to_string()));
    let rows = session
        .read_table(published.provider(Some(store::published()))?)
        .and_then(|rows| rows.filter(plain.fold(period, |all, one| all.and(one))))
        .map_err(Error::table(store::PUBLISHED))?
        .collect()
        .await
        .map_err(Error::table(store::PUBLISHED))?;
    let published = Published::kept(rows, &published)?;
    let areas = Areas::new(read_areas(&workspace.folder.join("areas"))?);
    let language = workspace.settings.language.as_str();
    let names = report::plan::Names { declarations: &workspace.declarations, areas: &areas, language };
    let plan = report::plan::plan(&published, question, &names)?;
    Ok((run, plan))
}

/// A contract that was evaluated.
pub struct Evaluated {
    /// What came of it.
    pub evaluation: Evaluation,
    areas: Areas,
}

impl Evaluated {
    /// Returns what is payable and why, in words.
    pub fn statement(&self, language: &str) -> Result<String> {
        contract::statement(&self.evaluation, language)
    }

    /// Writes the evidence into `folder`; returns the hash of its manifest.
    pub fn pack(&self, workspace: &Workspace, folder: &Path, with_people: bool) -> Result<String> {
        let evaluator = evaluator(workspace, &self.areas)?;
        contract::write(&evaluator, &self.evaluation, folder, with_people, &workspace.settings.language)
    }
}

fn evaluator<'a>(workspace: &'a Workspace, areas: &'a Areas) -> Result<Evaluator<'a>> {
    Ok(Evaluator {
        store: &workspace.store,
        declarations: &workspace.declarations,
        files: &workspace.files,
        areas,
        policy: workspace.policy()?,
        salt: workspace.salt()?,
    })
}

/// Evaluates a contract on the responses that a reader sees at the moment `now`.
pub async fn contract(workspace: &Workspace, contract: &Contract, now: DateTime<Utc>) -> Result<Evaluated> {
    let areas = Areas::new(read_areas(&workspace.folder.join("areas"))?);
    let evaluation = evaluator(workspace, &areas)?.run(&session()?, contract, now).await?;
    Ok(Evaluated { evaluation, areas })
}

/// Counts the published rows of the latest run by measure; none where nothing was measured yet.
pub async fn rows(workspace: &Workspace) -> Result<Option<report::coverage::Rows>> {
    let session = session()?;
    let Some((runs, published)) = tables(workspace).await? else { return Ok(None) };
    let run = find_run(&session, &runs, &Wanted::default()).await?;
    let error = || Error::table(store::PUBLISHED);
    let counted = session
        .read_table(published.provider(Some(store::published()))?)
        .and_then(|rows| rows.filter(col("run").eq(lit(run.id))))
        .and_then(|rows| rows.aggregate(vec![col("measure")], vec![count(lit(1)), count(col("value"))]))
        .map_err(error())?
        .collect()
        .await
        .map_err(error())?;
    let mut rows = report::coverage::Rows::new();
    for batch in &counted {
        let measures = batch.column(0).as_string::<i32>();
        let counts = [1, 2].map(|at| batch.column(at).as_primitive::<arrow::datatypes::Int64Type>());
        for row in 0..batch.num_rows() {
            let counts = counts.map(|counts| usize::try_from(counts.value(row)).unwrap_or_default());
            rows.insert(measures.value(row).to_owned(), counts);
        }
    }
    Ok(Some(rows))
}

async fn tables(workspace: &Workspace) -> Result<Option<(Table, Table)>> {
    let runs = workspace.store.table(store::RUNS).await?;
    Ok(runs.zip(workspace.store.table(store::PUBLISHED).await?))
}

async fn find_run(session: &SessionContext, runs: &Table, wanted: &Wanted) -> Result<Run> {
    let rows = session
        .read_table(runs.provider(Some(store::runs()))?)
        .and_then(|rows| rows.sort(vec![col("at").sort(false, false)]))
        .map_err(Error::table(store::RUNS))?
        .collect()
        .await
        .map_err(Error::table(store::RUNS))?;
    let mut known = Vec::new();
    for batch in &rows {
        let text = |name: &str, row: usize| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned()).unwrap_or_default()
        };
        let at = batch
            .column_by_name("at")
            .map(|column| column.as_primitive::<arrow::datatypes::TimestampMicrosecondType>());
        for row in 0..batch.num_rows() {
            let period = text("period", row);
            let fits = wanted.run.as_ref().is_none_or(|run| *run == text("run", row))
                && wanted.period.is_none_or(|wanted| wanted.to_string() == period);
            known.push(text("run", row));
            if fits {
                return Ok(Run {
                    id: text("run", row),
                    period: period
                        .parse()
                        .map_err(|error| Error::Broken(format!("a run of a period that is none ({error})")))?,
                    policy: text("policy", row),
                    program_version: text("program_version", row),
                    declarations_hash: text("declarations", row).chars().take(12).collect(),
                    tables: serde_json::from_str(&text("tables", row)).unwrap_or_default(),
                    made_at: at.and_then(|at| DateTime::from_timestamp_micros(at.value(row))).unwrap_or_default(),
                });
            }
        }
    }
    Err(Error::Usage {
        what: match &wanted.run {
            Some(run) => format!("there is no run `{run}` of that period"),
            None => "that period was not measured".into(),
        },
        mend: format!("measure it with `tellonce measure --period …`; these runs are kept: {}", known.join(", ")),
    })
}
