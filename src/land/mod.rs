//! From files to responses.
//!
//! Promises: no source row is lost (each is counted once, and the counts are held against another reader); no identifier is stored;
//! a landing is seen whole or not at all. Must never know: what an outcome counts.

mod batch;
mod commit;
mod compare;
mod count;
mod date;
mod decode;
mod fold;
mod known;
mod layout;
mod number;
mod pseudonym;
mod records;
mod row;
mod withhold;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use datafusion::prelude::SessionContext;
use sha2::{Digest, Sha256};

use crate::declare::{Declarations, Mapping, Permission};
use crate::error::{Error, Result};
use crate::names::Names;
use crate::progress::Progress;
use crate::store::{self, Landing, Landings, Store};
use compare::{outcomes, undated};
use layout::Layout;
use row::{Problem, Reader, Row};

pub use commit::{Commit, Unlanding, apply, unland};
pub use pseudonym::{Key, Keyed};

/// What a landing needs besides the file.
pub struct Lander<'a> {
    /// Where the tables are.
    pub store: &'a Store,
    /// A session to read them with.
    pub session: &'a SessionContext,
    /// The declarations of the workspace.
    pub declarations: &'a Declarations,
    /// Hash under the workspace's salt.
    pub salt: &'a Keyed,
    /// The pseudonym key, where there is one.
    pub key: Option<&'a Key>,
    /// Zone of times without an offset.
    pub zone: Tz,
    /// The present moment: an answer cannot be given after it.
    pub now: DateTime<Utc>,
    /// True where a key other than that of earlier landings is meant.
    pub new_key: bool,
}

/// A mapping, its text, and the instrument where the mapping leaves it open.
pub struct Mapped<'a> {
    /// The mapping.
    pub mapping: &'a Mapping,
    /// Its text: part of what makes two landings the same.
    pub text: &'a str,
    /// The instrument of parts that name none.
    pub instrument: Option<&'a str>,
}

/// Source rows by what became of them; each row counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows behind the header, counted by the other reader.
    pub read: u64,
    /// Kept in quarantine.
    pub quarantined: u64,
    /// Gave a new response.
    pub landed: u64,
    /// Gave other answers of a known response.
    pub corrected: u64,
    /// Only added to a response that another row of the file gave.
    pub folded: u64,
    /// Brought nothing new.
    pub already_there: u64,
}

impl Counts {
    /// Adds the rows of another file.
    pub fn add(&mut self, other: &Counts) {
        self.read += other.read;
        self.quarantined += other.quarantined;
        self.landed += other.landed;
        self.corrected += other.corrected;
        self.folded += other.folded;
        self.already_there += other.already_there;
    }

    /// Returns whether every row is accounted for.
    pub fn conserved(&self) -> bool {
        self.read == self.quarantined + self.landed + self.corrected + self.folded + self.already_there
    }
}

/// What a landing did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Name of the landing.
    pub landing: String,
    /// The rows.
    pub counts: Counts,
    /// Responses by instrument and occasion: new, corrected, known.
    pub responses: Vec<(String, [u64; 3])>,
    /// Problems: what is wrong, column, whether rows are quarantined whole, how many, first line.
    pub problems: Vec<(String, String, bool, u64, u64)>,
    /// Responses whose date has two readings, and without a date: those out of one row count once.
    pub undated: [u64; 2],
    /// What else a person should know.
    pub notes: Vec<String>,
    /// True where this very file stands already and nothing is written.
    pub stands_already: bool,
}

/// A landing that is ready to be carried out.
pub struct Prepared {
    /// What it will do.
    pub report: Report,
    /// The writes, in order.
    pub commits: Vec<Commit>,
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Lander<'_> {
    /// Reads `file` by its mapping and prepares the landing; nothing is written.
    ///
    /// # Errors
    /// The file cannot be read, its header does not fit the mapping, or it would land under another key than the data has.
    pub async fn prepare(&self, file: &Path, mapped: &Mapped<'_>, progress: Progress<'_>) -> Result<Prepared> {
        let notes = self.permitted(mapped)?;
        let bytes = std::fs::read(file).map_err(Error::io("read", file))?;
        let mut name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if withhold::personal(&name, &HashSet::new()) {
            name = withhold::WITHHELD.into();
        }
        let file_hash = hash(&bytes);
        let mut report = Report { notes, ..Report::default() };
        let decoded = decode::decode(bytes);
        report.notes.extend(decoded.note);
        let delimiter = mapped.mapping.delimiter;
        report.counts.read = count::count(&decoded.text, delimiter)?;

        let (layout, reader_rows) = self.read(file, &decoded.text, mapped, &mut report, progress)?;
        let ReadRows { rows, mut problems, words } = reader_rows;
        let dates: Vec<Option<usize>> = layout.parts.iter().map(|part| part.date).collect();
        let folded = fold::fold(&rows, &dates, mapped.mapping.identity.several_rows);
        for (at, problem) in folded.contradicting {
            problems.push((rows.get(at).map_or(0, |row| row.line), true, problem));
        }
        drop(decoded.text);

        let landings = Landings::read(self.store, self.session).await?;
        let fingerprint = self.fingerprint(&landings, &layout)?;
        let instruments: Vec<String> = layout
            .parts
            .iter()
            .map(|part| format!("{} {} {}", part.instrument.id, part.instrument.version, part.occasion))
            .collect();
        let mapping_hash = hash(format!("{}\n{}", mapped.text, instruments.join("\n")).as_bytes());
        let same = |landing: &&Landing| landing.file_hash == file_hash && landing.mapping_hash == mapping_hash;
        let times = landings.all().into_iter().filter(same).count().to_string();
        report.landing = hash(format!("{file_hash}{mapping_hash}{times}").as_bytes()).chars().take(12).collect();

        let material = batch::Material {
            layout: &layout,
            rows: &rows,
            drafts: &folded.drafts,
            words: &words,
            salt: self.salt,
            landing: &report.landing.clone(),
        };
        let mut commits = Vec::new();
        // Where this very file stands, the event since when.
        let since = landings.standing().filter(same).map(|landing| landing.event).max();
        let written = self.compare(&material, &landings, since, &mut commits, &mut report, progress).await?;
        outcomes(&folded.drafts, &written.standings, &mut report.counts);
        report.undated = undated(&folded.drafts);
        problems.sort_by_key(|(line, whole, _)| (*line, !*whole));
        report.problems = summary(&problems);
        report.counts.quarantined = problems.iter().filter(|(_, whole, _)| *whole).count() as u64;
        if !report.counts.conserved() {
            return Err(Error::Broken(format!("the rows of `{name}` do not add up: {:?}", report.counts)));
        }
        if commits.is_empty() && since.is_some() {
            report.stands_already = true;
            return Ok(Prepared { report, commits });
        }

        let mut all = Vec::new();
        let mut add = |table: &str, schema, batch: arrow::array::RecordBatch| {
            if batch.num_rows() > 0 {
                all.push(Commit { table: table.into(), schema, batch, landing: report.landing.clone() });
            }
        };
        add(store::QUARANTINE, store::quarantine(), batch::quarantine(&report.landing, &problems)?);
        add(store::COMMENTS, store::comments(), material.comments(&written.wanted)?);
        all.append(&mut commits);
        if !written.gone.is_empty() {
            let batch = commit::superseded(&written.gone, &report.landing)?;
            all.push(Commit {
                table: store::SUPERSEDED.into(),
                schema: store::superseded(),
                batch,
                landing: report.landing.clone(),
            });
        }
        let mut told = BTreeSet::new();
        let ids = layout.parts.iter().map(|part| part.instrument.id.as_str());
        let landed: Vec<&str> = ids.filter(|id| told.insert(*id)).collect();
        let c = report.counts;
        let rows = [c.read, c.quarantined, c.landed, c.corrected, c.folded, c.already_there];
        let landing = Landing {
            id: report.landing.clone(),
            standing: true,
            file_name: name,
            file_hash,
            mapping_hash,
            instruments: landed.join(","),
            key_fingerprint: fingerprint,
            counts: rows.map(|count| i64::try_from(count).unwrap_or(i64::MAX)),
            responses: i64::try_from(written.wanted.len()).unwrap_or(i64::MAX),
            event: landings.next_event(),
        };
        all.push(commit::standing(&landing, self.now)?);
        Ok(Prepared { report, commits: all })
    }

    /// Refuses instruments that need a licence without evidence of one; returns what a person should know of the others.
    fn permitted(&self, mapped: &Mapped<'_>) -> Result<Vec<String>> {
        let mut notes = Vec::new();
        for part in &mapped.mapping.responses {
            let id = part.instrument.as_deref().or(mapped.instrument).unwrap_or_default();
            match self.declarations.permission(id, self.today()) {
                Permission::Refused(what, mend) => return Err(Error::Usage { what, mend }),
                Permission::Warned(note) if !notes.contains(&note) => notes.push(note),
                Permission::Warned(_) | Permission::Given => (),
            }
        }
        Ok(notes)
    }

    fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.zone).date_naive()
    }

    /// Reads every row of the text.
    fn read(
        &self,
        file: &Path,
        text: &str,
        mapped: &Mapped<'_>,
        report: &mut Report,
        progress: Progress<'_>,
    ) -> Result<(Layout, ReadRows)> {
        let delimiter = mapped.mapping.delimiter;
        let shown = file.display().to_string();
        let mut records = records::Records::new(text, delimiter);
        let header = records.next().filter(|record| record.sound && !record.text.trim().is_empty());
        let Some(header) = header else {
            return Err(Error::Input {
                file: shown,
                what: "there is no header: the first line is empty, or its quotes do not close".into(),
                mend: "export the file again with the names of the columns in the first line".into(),
            });
        };
        let header = records::cells(header.text, delimiter).iter().map(|cell| layout::tidy(cell)).collect();
        let layout = Layout::new(&shown, header, mapped.mapping, self.declarations, mapped.instrument)?;
        if mapped.mapping.identity.is_person && self.key.is_none() {
            return Err(Error::Usage {
                what: format!(
                    "`{shown}` knows its responses by an identifier of people, and there is no pseudonym key"
                ),
                mend: "set `key_file` in tellonce.toml, or the environment variable TELLONCE_KEY".into(),
            });
        }
        if layout.person.is_some() && self.key.is_none() {
            report.notes.push("no pseudonym key: identifiers are not landed, so responses have no person".into());
        }
        let identifiers = self.identifiers(&layout, text, delimiter);
        let mut reader = Reader {
            layout: &layout,
            salt: self.salt,
            key: self.key,
            identifiers,
            zone: self.zone,
            today: self.today(),
            words: Names::default(),
            running: HashMap::new(),
            meant: Vec::new(),
        };
        let mut read = ReadRows { rows: Vec::new(), problems: Vec::new(), words: Names::default() };
        for (number, record) in records.enumerate() {
            if number % 4096 == 0 {
                progress("reading rows", number as u64, report.counts.read);
            }
            if !record.sound {
                let problem = Problem { column: String::new(), reason: "a quote does not close".into(), raw: None };
                read.problems.push((record.line, true, problem));
                continue;
            }
            // Where files were put one behind the other, the mark of the second one stands before its header.
            let text = record.text.trim_start_matches('\u{feff}');
            let (row, problems) = reader.read(record.line, &records::cells(text, delimiter));
            match row {
                Ok(row) => {
                    read.rows.push(row);
                    read.problems.extend(problems.into_iter().map(|problem| (record.line, false, problem)));
                }
                Err(problem) => read.problems.push((record.line, true, problem)),
            }
        }
        read.words = std::mem::take(&mut reader.words);
        drop(reader);
        Ok((layout, read))
    }

    /// Every identifier of a person in the file, normalised: a cell elsewhere that equals one is never kept.
    fn identifiers(&self, layout: &Layout, text: &str, delimiter: char) -> HashSet<String> {
        let of_ids = layout.identity.iter().filter(|_| layout.mapping.identity.is_person);
        let columns: Vec<usize> = layout.person.iter().chain(of_ids).copied().collect();
        if columns.is_empty() {
            return HashSet::new();
        }
        let scheme = layout.mapping.person.as_ref().map_or("id", |person| person.scheme.as_str());
        let mut identifiers = HashSet::new();
        for record in records::Records::new(text, delimiter).skip(1).filter(|record| record.sound) {
            let cells = records::cells(record.text, delimiter);
            let of_row = columns.iter().filter_map(|at| pseudonym::normalise(scheme, cells.get(*at)?));
            identifiers.extend(of_row.map(|identifier| withhold::plain(&identifier)));
        }
        identifiers
    }

    fn fingerprint(&self, landings: &Landings, layout: &Layout) -> Result<Option<String>> {
        let knows_people = layout.person.is_some() || layout.mapping.identity.is_person;
        let Some(key) = self.key.filter(|_| knows_people) else { return Ok(None) };
        let fingerprint = key.fingerprint();
        // What stands counts before what was taken back, however late that was.
        let mut keyed: Vec<_> =
            landings.all().into_iter().filter(|landing| landing.key_fingerprint.is_some()).collect();
        keyed.sort_by_key(|landing| landing.standing);
        let last = keyed.last().and_then(|landing| landing.key_fingerprint.clone());
        if let Some(last) = last
            && last != fingerprint
            && !self.new_key
        {
            return Err(Error::Usage {
                what:
                    "the pseudonym key is not the one that earlier landings used: the same person would become another"
                        .into(),
                mend: "use the key of the earlier landings, or pass --new-key if the change is meant".into(),
            });
        }
        Ok(Some(fingerprint))
    }
}

struct ReadRows {
    rows: Vec<Row>,
    problems: Vec<(u64, bool, Problem)>,
    words: Names,
}

fn summary(problems: &[(u64, bool, Problem)]) -> Vec<(String, String, bool, u64, u64)> {
    let mut all: Vec<(String, String, bool, u64, u64)> = Vec::new();
    for (line, whole, problem) in problems {
        // Ragged rows differ in their counts; they are one kind of problem.
        let reason = problem.reason.split(": ").next().unwrap_or_default();
        match all
            .iter_mut()
            .find(|known| (known.0.as_str(), known.1.as_str(), known.2) == (reason, &problem.column, *whole))
        {
            Some(known) => known.3 += 1,
            None => all.push((reason.to_owned(), problem.column.clone(), *whole, 1, *line)),
        }
    }
    all.sort_by_key(|problem| std::cmp::Reverse((problem.2, problem.3)));
    all
}
