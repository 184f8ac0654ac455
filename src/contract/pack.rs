//! The evidence pack: a folder from which the other party comes to the same figures.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use super::statement::{Line, lines, words};
use super::{Evaluation, Evaluator, Person, Record, people, published, rows};
use crate::declare::{Contract, contract_alone};
use crate::error::{Error, Result};
use crate::protect::Published;

/// The file that holds the hash of every other one.
const MANIFEST: &str = "manifest.sha256";
/// The file with what the figures were made with and of.
const RECORD: &str = "evaluation.json";
/// The file with the protected figures.
const FIGURES: &str = "figures.csv";
/// The file with single people, where the pack has one.
const PEOPLE: &str = "people.csv";

/// A pack that was read, and whose files are what its manifest says.
pub struct Pack {
    /// SHA-256 of its manifest: two packs with one hash hold the same.
    pub hash: String,
    /// The contract.
    pub contract: Contract,
    /// What its figures were made with and of.
    pub record: Record,
    /// Single people, where it holds them.
    pub people: Option<Vec<Person>>,
    figures: String,
}

/// What a second evaluation came to.
pub struct Rerun {
    /// The figures of the second evaluation.
    pub published: Published,
    /// The lines in which they differ from those of the pack: the pack's, and the second one's.
    pub differ: Vec<[String; 2]>,
    /// How many figures were compared.
    pub compared: usize,
}

/// Writes a pack into `folder`, with the rows of single people where `with_people` says so; returns the hash of its manifest.
///
/// # Errors
/// The folder holds something already.
pub fn write(
    of: &Evaluator<'_>,
    evaluation: &Evaluation,
    folder: &Path,
    with_people: bool,
    language: &str,
) -> Result<String> {
    if std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::Usage {
            what: format!("`{}` is not empty", folder.display()),
            mend: "remove it, or name another folder: --pack DIR".into(),
        });
    }
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let declared = |path: &str| of.files.read(path).map_err(Error::io("read", path));
    let mut keep = vec![format!("measures/contracts/{}.toml", evaluation.contract.id)];
    for id in evaluation.contract.instruments() {
        keep.extend(of.declarations.hashes.keys().filter(|path| is_of(path, id)).cloned());
        let sets = of.declarations.value_sets.values().filter(|set| set.instrument == id);
        keep.extend(sets.map(|set| format!("measures/value-sets/{}.toml", set.id)));
    }
    keep.push(format!("measures/policies/{}.toml", evaluation.record.policy.id));
    keep.extend(people::QUERIES.map(str::to_owned));
    for path in keep {
        let text = declared(&path)?.ok_or_else(|| Error::Broken(format!("`{path}` is missing")))?;
        files.insert(path, text.into_bytes());
    }
    for (name, sql) in &evaluation.queries {
        files.insert(format!("queries/as-run/{name}.sql"), format!("{sql}\n").into_bytes());
    }
    let json = serde_json::to_string_pretty(&evaluation.record);
    let json = json.map_err(|error| Error::Broken(format!("a record cannot be written ({error})")))?;
    files.insert(RECORD.into(), (json + "\n").into_bytes());
    files.insert(FIGURES.into(), figures(&evaluation.published)?.into_bytes());
    let statement = words(&evaluation.contract, &evaluation.published, &evaluation.record.policy.id, language)?;
    files.insert("statement.txt".into(), statement.into_bytes());
    if with_people {
        files.insert(PEOPLE.into(), rows::written(&evaluation.people)?);
    }
    files.insert("README.txt".into(), readme(evaluation, with_people).into_bytes());
    let manifest: String = files.iter().map(|(path, bytes)| format!("{}  {path}\n", sha256(bytes))).collect();
    let hash = sha256(manifest.as_bytes());
    files.insert(MANIFEST.into(), manifest.into_bytes());
    for (path, bytes) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
        }
        std::fs::write(&path, bytes).map_err(Error::io("write", &path))?;
    }
    Ok(hash)
}

/// Whether a declaration says how the answers to an instrument are scored. Licences stay where they are: they may hold wording.
fn is_of(path: &str, instrument: &str) -> bool {
    let named = |folder: &str| {
        let rest = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix(instrument));
        rest.is_some_and(|rest| rest.starts_with('.') || rest.starts_with('@'))
    };
    named("measures/instruments/") || named("queries/scores/")
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The protected figures as CSV: pence as whole numbers, everything else with six decimals.
fn figures(published: &Published) -> Result<String> {
    let wrong = || Error::query("the figures of a contract");
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = [
        "measure",
        "cohort",
        "statistic",
        "threshold",
        "comparator",
        "n",
        "numerator",
        "value",
        "lower",
        "upper",
        "method",
        "mark",
        "mark_reason",
    ];
    writer.write_record(columns).map_err(wrong())?;
    for line in lines(published)? {
        let Line {
            measure,
            cohort,
            statistic,
            threshold,
            comparator,
            n,
            numerator,
            value,
            lower,
            upper,
            method,
            mark,
            mark_reason,
        } = line;
        let is_pence = ["payable", "before_cap"].contains(&statistic.as_str());
        let number = |number: Option<f64>| match number {
            None => String::new(),
            Some(pence) if is_pence => format!("{pence:.0}"),
            Some(number) => format!("{number:.6}"),
        };
        let whole = |number: Option<i64>| number.map_or(String::new(), |number| number.to_string());
        let text = Option::unwrap_or_default;
        writer
            .write_record([
                measure,
                cohort,
                statistic.clone(),
                text(threshold),
                text(comparator),
                whole(n),
                whole(numerator),
                number(value),
                number(lower),
                number(upper),
                text(method),
                text(mark),
                text(mark_reason),
            ])
            .map_err(wrong())?;
    }
    let bytes = writer.into_inner().map_err(|error| Error::Broken(format!("figures cannot be written ({error})")))?;
    String::from_utf8(bytes).map_err(Error::query("the figures of a contract"))
}

fn readme(evaluation: &Evaluation, with_people: bool) -> String {
    let id = &evaluation.contract.id;
    let people = match with_people {
        true => {
            "people.csv          single people under numbers that mean nothing elsewhere: cohort, practice number, what became of them, and score\n\
             \x20                   (millionths) or cost (pence) before and after. Personal data: for those alone whom an agreement entitles to it.\n"
        }
        false => "",
    };
    let again = match with_people {
        true => {
            "It needs no workspace: the figures are computed again from people.csv and held against figures.csv, to the penny."
        }
        false => {
            "This pack holds no single people. Run it in a workspace with the same landings (evaluation.json lists them with their hashes): the\n\
             contract of this pack is evaluated there and held against figures.csv, to the penny."
        }
    };
    format!(
        "Evidence of the contract `{id}`, version {version}, evaluated by tellonce {program}.\n\n\
         statement.txt       what is payable and why, in words\n\
         figures.csv         every figure after disclosure control; payable and before_cap in pence\n\
         evaluation.json     versions of tables, hashes of the files that landed, the disclosure policy\n\
         measures/           the contract and the instruments, word for word\n\
         queries/contracts/  the queries; queries/as-run/ has them with everything filled in\n\
         {people}manifest.sha256     SHA-256 of every file (`sha256sum -c manifest.sha256` checks them)\n\n\
         To come to the figures again:\n\n    tellonce contract --from FOLDER\n\n{again}\n\
         Both parties should note the hash of manifest.sha256 itself: a pack with the same hash holds the same.\n",
        version = evaluation.contract.version,
        program = evaluation.record.program_version,
    )
}

impl Pack {
    /// Reads a pack and checks every file against the manifest.
    ///
    /// # Errors
    /// A file is missing, is not what the manifest says, or is not in it; the message names it.
    pub fn open(folder: &Path) -> Result<Self> {
        let wrong = |file: &str, what: &str| Error::Input {
            file: folder.join(file).display().to_string(),
            what: what.to_owned(),
            mend: "ask for the pack again, and compare the hash of its manifest with the one that was agreed".into(),
        };
        let read = |file: &str| match std::fs::read(folder.join(file)) {
            Ok(bytes) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(wrong(file, "this file of the pack is missing"))
            }
            Err(error) => Err(Error::io("read", folder.join(file))(error)),
        };
        let manifest = read(MANIFEST)?;
        let hash = sha256(&manifest);
        let manifest = String::from_utf8(manifest).map_err(|_| wrong(MANIFEST, "it is no text"))?;
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for line in manifest.lines() {
            let (expected, file) =
                line.split_once("  ").ok_or_else(|| wrong(MANIFEST, "a line has no hash and file"))?;
            if !Path::new(file).components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(wrong(MANIFEST, &format!("`{file}` leads out of the pack")));
            }
            let bytes = read(file)?;
            if sha256(&bytes) != expected {
                return Err(wrong(
                    file,
                    "its content is not what the manifest says: it was changed after the pack was made",
                ));
            }
            files.insert(file.to_owned(), bytes);
        }
        if let Some(other) =
            found(folder, folder)?.into_iter().find(|file| file != MANIFEST && !files.contains_key(file))
        {
            return Err(wrong(&other, "it is not in the manifest: it was added after the pack was made"));
        }
        let text = |file: &str| {
            let bytes = files.get(file).ok_or_else(|| wrong(MANIFEST, &format!("it does not list `{file}`")))?;
            String::from_utf8(bytes.clone()).map_err(|_| wrong(file, "it is no text"))
        };
        let record: Record = serde_json::from_str(&text(RECORD)?).map_err(|error| wrong(RECORD, &error.to_string()))?;
        let path = format!("measures/contracts/{}.toml", record.contract);
        let contract =
            contract_alone(&path, &text(&path)?).map_err(|mistakes| Error::Declarations(mistakes.to_string()))?;
        let people = files.get(PEOPLE).map(|bytes| rows::read(PEOPLE, bytes)).transpose()?;
        Ok(Pack { hash, contract, record, people, figures: text(FIGURES)? })
    }

    /// Computes the figures again from the people in the pack; none where it holds none.
    pub fn rerun(&self) -> Result<Option<Rerun>> {
        let Some(people) = &self.people else { return Ok(None) };
        self.against(published(&self.contract, &self.record, people)?).map(Some)
    }

    /// Holds the figures of a second evaluation against those of the pack.
    pub fn against(&self, published: Published) -> Result<Rerun> {
        let second = figures(&published)?;
        let (first, second): (Vec<&str>, Vec<&str>) = (self.figures.lines().collect(), second.lines().collect());
        let most = first.len().max(second.len());
        let line = |lines: &[&str], at: usize| lines.get(at).copied().unwrap_or("no such figure").to_owned();
        let pairs = (0..most).map(|at| [line(&first, at), line(&second, at)]);
        let differ = pairs.filter(|[one, other]| one != other).collect();
        Ok(Rerun { published, differ, compared: most.saturating_sub(1) })
    }

    /// Returns the statement of figures of this contract.
    pub fn words(&self, published: &Published, language: &str) -> Result<String> {
        words(&self.contract, published, &self.record.policy.id, language)
    }

    /// Returns the landings of the pack that `other` lacks, and those that only `other` has, by the hashes of their files.
    pub fn landed_otherwise(&self, other: &Record) -> [Vec<String>; 2] {
        let hashes = |record: &Record| record.landings.iter().map(|of| of.sha256.clone()).collect::<BTreeSet<_>>();
        let (ours, theirs) = (hashes(&self.record), hashes(other));
        let of = |record: &Record, not_in: &BTreeSet<String>| {
            let other = record.landings.iter().filter(|landed| !not_in.contains(&landed.sha256));
            other.map(|landed| landed.file.clone()).collect()
        };
        [of(&self.record, &theirs), of(other, &ours)]
    }
}

/// The files in a folder and the folders in it, as paths from `top` with strokes.
fn found(top: &Path, folder: &Path) -> Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io("read", folder))? {
        let path: PathBuf = entry.map_err(Error::io("read", folder))?.path();
        if path.is_dir() {
            files.extend(found(top, &path)?);
        } else if let Ok(inner) = path.strip_prefix(top) {
            let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
            files.insert(parts.join("/"));
        }
    }
    Ok(files)
}
