//! The margins of a population: how many people are in each band of a group.

use std::collections::BTreeMap;

use crate::declare::{Declarations, Group, Mistake, Mistakes, NOT_STATED, did_you_mean};

/// The columns of a file of margins.
const COLUMNS: [&str; 3] = ["group_by", "group", "n"];

/// Between the bands that one row counts together.
const TOGETHER: char = '+';

/// What weights are to bring the responses to.
#[derive(Clone, Debug, PartialEq)]
pub struct Margins {
    /// Where they come from, as a person would name it.
    pub source: String,
    /// One for each group.
    pub margins: Vec<Margin>,
}

/// The people of a population by one group.
#[derive(Clone, Debug, PartialEq)]
pub struct Margin {
    /// Name of the group.
    pub group: String,
    /// Its bands, or several of them counted together.
    pub categories: Vec<Category>,
}

/// People who are counted together.
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    /// Names of the bands.
    pub bands: Vec<String>,
    /// How many people, or which share of all.
    pub people: f64,
}

impl Category {
    /// Returns what the category is called: its bands with `+` between.
    pub fn name(&self) -> String {
        self.bands.join("+")
    }
}

impl Margin {
    /// Returns the sum over its categories.
    pub fn total(&self) -> f64 {
        self.categories.iter().map(|category| category.people).sum()
    }

    /// Whether it is shares of 1 or of 100 rather than people.
    fn is_shares(&self) -> bool {
        let total = self.total();
        [1.0, 100.0].into_iter().any(|whole| (total / whole - 1.0).abs() <= 0.01)
    }
}

impl Margins {
    /// Reads a file with the columns `group_by`, `group` and `n`; `name` is what mistakes call it.
    ///
    /// # Errors
    /// Every mistake with its line: a group or band that is not declared, a number that is none or below 0, a band named twice or not
    /// at all.
    pub fn read(name: &str, text: &str, declarations: &Declarations) -> Result<Self, Mistakes> {
        let mut reading =
            Reading { name, declarations, margins: BTreeMap::new(), order: Vec::new(), found: Vec::new() };
        reading.rows(text);
        reading.missing();
        Mistakes::refuse(reading.found)?;
        let mut known = reading.margins;
        let margin = |group: String| known.remove(&group).map(|read| Margin { group, categories: read.categories });
        Ok(Margins { source: name.to_owned(), margins: reading.order.into_iter().filter_map(margin).collect() })
    }

    /// Takes people by group and band, such as those of a list. A group of which every band is nobody, or not stated, is not known.
    pub fn of_people(source: &str, people: &[(String, String, f64)]) -> Self {
        let mut margins: Vec<Margin> = Vec::new();
        for (group, band, people) in people.iter().filter(|(.., people)| *people > 0.0) {
            let category = Category { bands: vec![band.clone()], people: *people };
            match margins.iter_mut().find(|margin| margin.group == *group) {
                Some(margin) => margin.categories.push(category),
                None => margins.push(Margin { group: group.clone(), categories: vec![category] }),
            }
        }
        margins.retain(|margin| margin.categories.iter().any(|category| category.name() != NOT_STATED));
        Margins { source: source.to_owned(), margins }
    }

    /// Keeps the margins of these groups only; returns the first that there is no margin of.
    pub fn only(&mut self, groups: &[String]) -> Option<String> {
        let unknown = groups.iter().find(|group| self.margins.iter().all(|margin| margin.group != **group)).cloned();
        self.margins.retain(|margin| groups.contains(&margin.group));
        unknown
    }

    /// Returns the sum that weights shall have: people, where they are counted; `responses` where there are shares only. With it what
    /// was made alike.
    pub fn total(&self, responses: f64) -> (f64, Option<String>) {
        let counted: Vec<&Margin> = self.margins.iter().filter(|margin| !margin.is_shares()).collect();
        let total = counted.iter().map(|margin| margin.total()).fold(0.0, f64::max);
        if total == 0.0 {
            return (responses, None);
        }
        let others: Vec<String> = self
            .margins
            .iter()
            .filter(|margin| (margin.total() / total - 1.0).abs() > 1e-9)
            .map(|margin| format!("`{}` adds up to {}", margin.group, margin.total()))
            .collect();
        let note = (!others.is_empty()).then(|| format!("{}: scaled to {total}", others.join(", ")));
        (total, note)
    }

    /// Returns them as JSON, in the order of their groups.
    pub fn json(&self) -> String {
        let category = |category: &Category| (category.name(), serde_json::Value::from(category.people));
        let margin = |margin: &Margin| {
            let categories: serde_json::Map<String, serde_json::Value> =
                margin.categories.iter().map(category).collect();
            (margin.group.clone(), serde_json::Value::from(categories))
        };
        serde_json::Value::from(self.margins.iter().map(margin).collect::<serde_json::Map<_, _>>()).to_string()
    }
}

#[derive(Default)]
struct Read {
    categories: Vec<Category>,
    /// The line of each band.
    lines: BTreeMap<String, usize>,
}

struct Reading<'a> {
    name: &'a str,
    declarations: &'a Declarations,
    margins: BTreeMap<String, Read>,
    order: Vec<String>,
    found: Vec<Mistake>,
}

impl Reading<'_> {
    fn mistake(&mut self, line: Option<usize>, key: &str, what: String, mend: String) {
        self.found.push(Mistake { file: self.name.to_owned(), line, key: key.to_owned(), what, mend });
    }

    fn rows(&mut self, text: &str) {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().cloned().unwrap_or_default();
        let places = COLUMNS.map(|column| header.iter().position(|name| name == column));
        let [Some(group_by), Some(group), Some(n)] = places else {
            let has = header.iter().collect::<Vec<_>>().join(",");
            let mend = format!("Write `{}` in the first line.", COLUMNS.join(","));
            return self.mistake(Some(1), "", format!("its header is `{has}`"), mend);
        };
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().and_then(|at| usize::try_from(at.line()).ok());
                    let cell = |at: usize| record.get(at).unwrap_or_default();
                    self.row(line, cell(group_by), cell(group), cell(n));
                }
                Err(error) => {
                    let line = error.position().and_then(|at| usize::try_from(at.line()).ok());
                    let mend = format!("A line has {} cells with commas between.", header.len());
                    self.mistake(line, "", "the line cannot be read".into(), mend);
                }
            }
        }
        if self.order.is_empty() && self.found.is_empty() {
            self.mistake(
                None,
                "",
                "it has no rows".into(),
                "Write a line for each band, such as `sex,female,5120`.".into(),
            );
        }
    }

    fn row(&mut self, line: Option<usize>, group_by: &str, group: &str, n: &str) {
        let groups = || self.declarations.groups.shared();
        let Some(declared) = groups().find(|group| group.id == group_by) else {
            let mend = choose(group_by, groups().map(|group| group.id.as_str()));
            return self.mistake(line, "group_by", format!("`{group_by}` is no group of measures/groups.toml"), mend);
        };
        let bands: Vec<String> = group.split(TOGETHER).map(|band| band.trim().to_owned()).collect();
        for band in &bands {
            if !known_bands(declared).any(|known| known == band) {
                let mend = choose(band, known_bands(declared));
                return self.mistake(line, "group", format!("`{band}` is no band of `{group_by}`"), mend);
            }
        }
        let Some(people) = n.parse::<f64>().ok().filter(|people| *people >= 0.0 && people.is_finite()) else {
            let mend = "Write the number of people, or their share, 0 or more, as 5120 or 0.512.".into();
            return self.mistake(line, "n", format!("`{n}` is no number of people"), mend);
        };
        if !self.margins.contains_key(group_by) {
            self.order.push(group_by.to_owned());
        }
        let read = self.margins.entry(group_by.to_owned()).or_default();
        for band in &bands {
            if let Some(before) = read.lines.insert(band.clone(), line.unwrap_or_default()) {
                let what = format!("`{band}` of `{group_by}` stands on line {before} already");
                return self.mistake(line, "group", what, "Take one of the two out.".into());
            }
        }
        read.categories.push(Category { bands, people });
    }

    /// Bands that are declared and have no row, and margins of nobody.
    fn missing(&mut self) {
        let mut found = Vec::new();
        for (group, read) in &self.margins {
            let declared = self.declarations.groups.groups.iter().filter(|declared| declared.id == *group);
            for band in declared.flat_map(|declared| &declared.bands).filter(|band| !read.lines.contains_key(&band.id))
            {
                let mend = format!(
                    "Add `{group},{},` and its people: 0 where there are none, so that its responses are outside the scheme.",
                    band.id
                );
                found.push((format!("no row for the band `{}` of `{group}`", band.id), mend));
            }
            if read.categories.iter().all(|category| category.people == 0.0) {
                found.push((format!("nobody is in `{group}`"), "Write the people of at least one band.".into()));
            }
        }
        // A row that could not be read would be told twice.
        if self.found.is_empty() {
            found.into_iter().for_each(|(what, mend)| self.mistake(None, "group", what, mend));
        }
    }
}

fn known_bands(group: &Group) -> impl Iterator<Item = &str> {
    group.bands.iter().map(|band| band.id.as_str()).chain([NOT_STATED])
}

fn choose<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.collect();
    match did_you_mean(word, candidates.iter().copied()) {
        Some(meant) => format!("Did you mean `{meant}`?"),
        None => format!("These are declared: {}.", candidates.join(", ")),
    }
}
