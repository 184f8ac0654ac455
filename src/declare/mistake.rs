//! Mistakes in declarations, told to the person who can mend them.

use std::fmt;

/// Something wrong in a file that an analyst wrote.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Path of the file, from the workspace.
    pub file: String,
    /// Line, counted from 1, where one is known.
    pub line: Option<usize>,
    /// The key in the file, such as `outcomes[goals-matter].counts`; empty where it is about the whole file.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What would mend it; empty where that is plain.
    pub mend: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        if !self.key.is_empty() {
            write!(f, " `{}`:", self.key)?;
        }
        write!(f, " {}", self.what)?;
        if !self.mend.is_empty() {
            write!(f, "\n  {}", self.mend)?;
        }
        Ok(())
    }
}

/// One mistake or more, in the order of files and lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// Returns an error that holds everything in `found`, or nothing where nothing was found.
    pub fn refuse(mut found: Vec<Mistake>) -> Result<(), Self> {
        if found.is_empty() {
            return Ok(());
        }
        found.sort();
        found.dedup();
        Err(Self(found))
    }

    /// Returns an error that holds one mistake.
    pub(super) fn one(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }

    /// Returns the mistakes in the order of files and lines.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mistake in &self.0 {
            write!(f, "{mistake}\n\n")?;
        }
        match self.0.len() {
            1 => write!(f, "1 mistake"),
            n => write!(f, "{n} mistakes"),
        }
    }
}

impl std::error::Error for Mistakes {}

/// Returns the candidate that was most likely meant by `word`, if one is near enough.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |word: &str| word.trim().to_lowercase().replace(['_', ' '], "-");
    let meant = plain(word);
    // One slip in a short word, one in three letters in a long one: more would suggest unrelated words.
    let allowed = meant.chars().count() / 3;
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = plain(candidate);
            let slips = strsim::osa_distance(&meant, &other);
            let begun = allowed > 0 && other.starts_with(&meant);
            // Of two that are equally near, the one that is written in the same way.
            let written = strsim::osa_distance(word, candidate);
            (slips <= allowed || begun).then_some((slips, written, candidate))
        })
        .min()
        .map(|(_, _, candidate)| candidate)
}

/// Returns how to mend a name that is none of the candidates: the one that was meant, or all of them.
pub(super) fn choose<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match did_you_mean(word, candidates.iter().copied()) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => one_of(candidates),
    }
}

/// Returns the candidates as a sentence.
pub(super) fn one_of<'a>(candidates: impl IntoIterator<Item = &'a str>) -> String {
    // A longer list than this is looked up in the file rather than read here.
    const SHOWN: usize = 20;
    let mut names: Vec<String> = Vec::new();
    for candidate in candidates {
        let name = format!("`{candidate}`");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match &names[..] {
        [] => "There is nothing to choose from yet.".into(),
        [only] => format!("Only {only} is known."),
        [first @ .., _] if first.len() >= SHOWN => {
            format!("Choose one of {} and others.", names[..SHOWN].join(", "))
        }
        all => format!("Choose one of {}.", all.join(", ")),
    }
}
