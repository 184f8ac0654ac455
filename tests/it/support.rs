//! What several tests need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::{DateTime, Utc};
use tellonce::declare::Declarations;
use tellonce::error::Result;
use tellonce::files::Files;
use tellonce::land::{Counts, Key, Keyed, Lander, Mapped, Prepared, Report, Unlanding, apply, unland};
use tellonce::session::session;
use tellonce::store::{self, Landings, Store};

/// Returns the folder of shared inputs: `$TELLONCE_SHARED`, else `../shared`. Where it is not there, says so in one line; a skip fails
/// where `$TELLONCE_STRICT` names `shared`.
pub fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("TELLONCE_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    if folder.join("reference").is_dir() {
        return Some(folder);
    }
    skip("shared", "the folder of shared inputs (set TELLONCE_SHARED)");
    None
}

/// Says in one line that a test is skipped for want of something; fails where `$TELLONCE_STRICT` names its kind.
pub fn skip(kind: &str, missing: &str) {
    let strict = std::env::var("TELLONCE_STRICT").unwrap_or_default();
    assert!(!strict.split(',').any(|named| named.trim() == kind), "TELLONCE_STRICT={strict}, and {missing} is missing");
    // Straight to standard error: the test harness would keep what `eprintln!` says of a test that passes.
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("skipped: {missing} is missing\n").as_bytes());
}

/// A key that protects nobody.
pub const KEY: &str = "a key for tests, long enough to be taken";

/// A store in a temporary folder, and what lands files in it.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub declarations: Declarations,
    pub salt: Keyed,
    pub key: Option<Key>,
    pub new_key: bool,
    pub now: DateTime<Utc>,
}

impl Bench {
    /// An empty store, written uncompressed, with the declarations that ship.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open("store", folder.path()).unwrap().uncompressed();
        Bench {
            store,
            declarations: Declarations::load(&Files::embedded()).unwrap(),
            salt: Keyed::new(b"a salt for tests").unwrap(),
            key: Some(Key::new(KEY).unwrap()),
            new_key: false,
            now: "2026-11-01T12:00:00Z".parse().unwrap(),
            folder,
        }
    }

    /// Writes `bytes` as a file and prepares its landing.
    pub async fn prepare(&self, name: &str, bytes: &[u8], mapping: &str) -> Result<Prepared> {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        self.prepare_file(&path, mapping).await
    }

    /// Prepares the landing of a file.
    pub async fn prepare_file(&self, path: &Path, mapping: &str) -> Result<Prepared> {
        let parsed = tellonce::declare::mapping("mapping.toml", mapping, &self.declarations, None).unwrap();
        let session = session()?;
        let lander = Lander {
            store: &self.store,
            session: &session,
            declarations: &self.declarations,
            salt: &self.salt,
            key: self.key.as_ref(),
            zone: chrono_tz::Tz::Europe__London,
            now: self.now,
            new_key: self.new_key,
        };
        let mapped = Mapped { mapping: &parsed, text: mapping, instrument: None };
        lander.prepare(path, &mapped, &mut |_, _, _| ()).await
    }

    /// Lands `bytes` and returns the report.
    pub async fn land(&self, name: &str, bytes: &[u8], mapping: &str) -> Report {
        let prepared = self.prepare(name, bytes, mapping).await.unwrap();
        apply(&self.store, &prepared.commits).await.unwrap();
        assert!(prepared.report.counts.conserved());
        prepared.report
    }

    /// Takes a landing back.
    pub async fn unland(&self, landing: &str) -> Unlanding {
        let (preview, commit) = unland(&self.store, &session().unwrap(), landing, self.now).await.unwrap();
        apply(&self.store, &[commit]).await.unwrap();
        preview
    }

    /// Returns the landings.
    pub async fn landings(&self) -> Landings {
        Landings::read(&self.store, &session().unwrap()).await.unwrap()
    }

    /// Returns the rows of a table that a reader sees.
    pub async fn seen(&self, table: &str) -> Vec<RecordBatch> {
        let seen = self.landings().await.seen(&self.store, &session().unwrap(), table, None).await.unwrap();
        match seen {
            Some(rows) => rows.collect().await.unwrap(),
            None => Vec::new(),
        }
    }

    /// Returns the rows of a table that a reader sees, in order: the columns with spaces between, `-` where there is nothing.
    pub async fn rows(&self, table: &str, columns: &[&str]) -> Vec<String> {
        let mut rows: Vec<String> = self.seen(table).await.iter().flat_map(|batch| lines(batch, columns)).collect();
        rows.sort();
        rows
    }

    /// Returns every table as readers see it, and the landings.
    pub async fn everything(&self) -> BTreeMap<String, Vec<String>> {
        let mut tables = BTreeMap::new();
        for name in self.store.names().await.unwrap().into_iter().filter(|name| name != store::LANDINGS) {
            let rows = self.rows(&name, &[]).await;
            // A table without rows is as good as none.
            if !rows.is_empty() {
                tables.insert(name, rows);
            }
        }
        let landings = self.landings().await;
        tables.insert(store::LANDINGS.into(), landings.all().iter().map(|landing| format!("{landing:?}")).collect());
        tables
    }

    /// Returns the version of every table.
    pub async fn versions(&self) -> BTreeMap<String, u64> {
        let mut versions = BTreeMap::new();
        for name in self.store.names().await.unwrap() {
            let table = self.store.table(&name).await.unwrap();
            versions.insert(name, table.map_or(0, |table| table.version()));
        }
        versions
    }
}

/// Returns the rows of a batch as text, with the columns named (all of them where none is).
pub fn lines(batch: &RecordBatch, columns: &[&str]) -> Vec<String> {
    let options = FormatOptions::default().with_null("-");
    let schema = batch.schema();
    let all: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let columns = if columns.is_empty() { &all[..] } else { columns };
    let columns: Vec<_> = columns.iter().map(|name| batch.column_by_name(name).unwrap()).collect();
    let text =
        |column: &dyn Array, row: usize| ArrayFormatter::try_new(column, &options).unwrap().value(row).to_string();
    let line = |row| columns.iter().map(|column| text(column, row)).collect::<Vec<_>>().join(" ");
    (0..batch.num_rows()).map(line).collect()
}

/// Counts: read = quarantined + landed + corrected + folded + already there.
pub fn counts(read: u64, [quarantined, landed, corrected, folded, already_there]: [u64; 5]) -> Counts {
    Counts { read, quarantined, landed, corrected, folded, already_there }
}
