//! Areas: which lie in which, on a day.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::csv::ReaderBuilder;
use arrow::datatypes::{Date32Type, Int64Type, SchemaRef};
use chrono::NaiveDate;

use super::life;
use crate::declare::{Declarations, EVERYTHING, Group, LISTED, NOT_STATED, TIMES};
use crate::error::{Error, Result};
use crate::store;

/// A table of areas or people, read from the workspace.
pub struct AreaTable {
    /// Name of the table in the store.
    pub name: &'static str,
    /// Its rows; none where the file is not there.
    pub rows: RecordBatch,
}

/// The areas of a workspace, the people on their lists and how long people live there.
pub struct Areas {
    areas: RecordBatch,
    parents: RecordBatch,
    population: RecordBatch,
    life_table: RecordBatch,
}

/// Reads `areas.csv`, `parents.csv`, `population.csv` and `life-table.csv` in `folder`; a file that is not there is an empty table.
///
/// # Errors
/// A file is not CSV, or lacks a column, or a cell is not what its column holds; or the life table cannot be one. The message names file
/// and line.
pub fn read_areas(folder: &Path) -> Result<[AreaTable; 4]> {
    let file = folder.join("life-table.csv");
    let life_table = read(&file, store::life_table())?;
    life::check(&file, &life_table)?;
    Ok([
        AreaTable { name: "life_table", rows: life_table },
        AreaTable { name: "areas", rows: read(&folder.join("areas.csv"), store::areas())? },
        AreaTable { name: "area_parents", rows: read(&folder.join("parents.csv"), store::area_parents())? },
        AreaTable { name: "population", rows: read(&folder.join("population.csv"), store::population())? },
    ])
}

fn read(path: &Path, schema: SchemaRef) -> Result<RecordBatch> {
    let Ok(file) = std::fs::File::open(path) else { return Ok(RecordBatch::new_empty(schema)) };
    let wrong = |what: String| Error::Input {
        file: path.display().to_string(),
        what,
        mend: format!(
            "it needs the columns {} in this order, dates as 2026-04-01, empty where there is none",
            schema.fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>().join(", ")
        ),
    };
    let mut header = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(&file), &mut header).map_err(Error::io("read", path))?;
    let names: Vec<_> = header.trim_start_matches('\u{feff}').trim().split(',').map(str::trim).collect();
    if names.iter().ne(schema.fields().iter().map(|field| field.name())) {
        return Err(wrong(format!("its header is `{}`", header.trim())));
    }
    let file = std::fs::File::open(path).map_err(Error::io("read", path))?;
    let reader =
        ReaderBuilder::new(schema.clone()).with_header(true).build(file).map_err(|error| wrong(error.to_string()))?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(error.to_string()))?;
    arrow::compute::concat_batches(&schema, &batches).map_err(|error| wrong(error.to_string()))
}

pub(super) fn text<'a>(batch: &'a RecordBatch, name: &str, row: usize) -> Option<&'a str> {
    let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
    column.is_valid(row).then(|| column.value(row)).filter(|text| !text.is_empty())
}

fn date(batch: &RecordBatch, name: &str, row: usize) -> Option<NaiveDate> {
    let column = batch.column_by_name(name)?.as_primitive_opt::<Date32Type>()?;
    column.is_valid(row).then(|| column.value_as_date(row))?
}

impl Areas {
    /// Takes the four tables that `read_areas` returns.
    pub fn new([life_table, areas, parents, population]: [AreaTable; 4]) -> Self {
        let life_table = life_table.rows;
        Areas { areas: areas.rows, parents: parents.rows, population: population.rows, life_table }
    }

    /// Returns the name and level of an area; none where it is not listed.
    pub fn name(&self, code: &str) -> Option<(&str, &str)> {
        (0..self.areas.num_rows()).find(|row| text(&self.areas, "code", *row) == Some(code)).map(|row| {
            (text(&self.areas, "name", row).unwrap_or_default(), text(&self.areas, "level", row).unwrap_or_default())
        })
    }

    /// Returns the code, level and name of every area.
    pub fn all(&self) -> Vec<(String, String, String)> {
        let of = |name: &str, row| text(&self.areas, name, row).unwrap_or_default().to_owned();
        (0..self.areas.num_rows()).map(|row| (of("code", row), of("level", row), of("name", row))).collect()
    }

    /// Returns, for each area that answers name, every area it lies in on `day`, itself and everything included: the columns `root`,
    /// `area`, `ancestor`, `ancestor_level`. An area that has closed counts towards its successor, so that a series survives a merger.
    pub fn tree(&self, declarations: &Declarations, used: &[(String, String)], day: NaiveDate) -> Result<RecordBatch> {
        let valid = |batch: &RecordBatch, row: usize| {
            date(batch, "valid_from", row).is_none_or(|from| from <= day)
                && date(batch, "valid_to", row).is_none_or(|to| day <= to)
        };
        let mut levels = BTreeMap::new();
        let mut successors = BTreeMap::new();
        for row in 0..self.areas.num_rows() {
            let Some(code) = text(&self.areas, "code", row) else { continue };
            levels.insert(code, text(&self.areas, "level", row).unwrap_or_default());
            if let (false, Some(next)) = (valid(&self.areas, row), text(&self.areas, "successor", row)) {
                successors.insert(code, next);
            }
        }
        let mut parents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for row in (0..self.parents.num_rows()).filter(|row| valid(&self.parents, *row)) {
            if let (Some(child), Some(parent)) = (text(&self.parents, "child", row), text(&self.parents, "parent", row))
            {
                parents.entry(child).or_default().push(parent);
            }
        }
        let listed = levels.iter().filter(|(_, level)| level_root(declarations, level) == Some("practice"));
        let listed = listed.map(|(code, _)| ("practice", *code));
        let used: BTreeSet<(&str, &str)> =
            used.iter().map(|(root, area)| (root.as_str(), area.as_str())).chain(listed).collect();
        let mut rows: [Vec<String>; 4] = Default::default();
        for (root, area) in used {
            let mut above = BTreeSet::from([EVERYTHING]);
            let mut to_do = vec![followed(area, &successors)];
            while let Some(next) = to_do.pop() {
                if !next.is_empty() && above.insert(next) {
                    to_do.extend(parents.get(next).into_iter().flatten());
                }
            }
            for ancestor in above {
                let level = match levels.get(ancestor) {
                    _ if ancestor == EVERYTHING => EVERYTHING,
                    Some(level) => level,
                    // An area that nobody listed is of the smallest level of its tree.
                    None => declarations
                        .areas
                        .levels
                        .iter()
                        .find(|level| level.root.column() == root)
                        .map_or(root, |level| &level.id),
                };
                for (column, value) in rows.iter_mut().zip([root, area, ancestor, level]) {
                    column.push(value.to_owned());
                }
            }
        }
        let [root, area, ancestor, level] = rows.map(|column| Arc::new(StringArray::from(column)) as ArrayRef);
        let columns = [("root", root), ("area", area), ("ancestor", ancestor), ("ancestor_level", level)];
        RecordBatch::try_from_iter(columns).map_err(Error::query("area_tree"))
    }

    /// Returns which of the areas `used` lie in `area` on `day`.
    pub fn inside(
        &self,
        declarations: &Declarations,
        used: &[(String, String)],
        day: NaiveDate,
        area: &str,
    ) -> BTreeSet<String> {
        let Ok(tree) = self.tree(declarations, used, day) else { return BTreeSet::new() };
        let all = (0..tree.num_rows()).filter(|row| text(&tree, "ancestor", *row) == Some(area));
        all.filter_map(|row| text(&tree, "area", row)).map(str::to_owned).collect()
    }

    /// Returns which areas `area` lies in on `day`, itself and everything included; `used` are areas that answers name.
    pub fn around(
        &self,
        declarations: &Declarations,
        used: &[(String, String)],
        day: NaiveDate,
        area: &str,
    ) -> BTreeSet<String> {
        let Ok(tree) = self.tree(declarations, used, day) else { return BTreeSet::new() };
        let all = (0..tree.num_rows()).filter(|row| text(&tree, "area", *row) == Some(area));
        all.filter_map(|row| text(&tree, "ancestor", row)).map(str::to_owned).collect()
    }

    /// Returns the life table, by the groups whose people it names.
    ///
    /// # Errors
    /// It names a group of people that no group declares.
    pub fn life_table(&self, declarations: &Declarations) -> Result<RecordBatch> {
        life::table_by_groups(&self.life_table, declarations)
    }

    /// Returns the people on the lists by group: the columns `area`, `group_by`, `group`, `n`. A column of the population file holds the
    /// bands of the group that is read from the same fact. People by all these groups at once are counted for everything only.
    pub fn people(&self, declarations: &Declarations) -> Result<RecordBatch> {
        let latest = (0..self.population.num_rows()).filter_map(|row| date(&self.population, "date", row)).max();
        let counts = self.population.column_by_name("n").map(|column| column.as_primitive::<Int64Type>());
        let mut people: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
        let jointly = declarations.groups.listed();
        let all_groups = jointly.iter().map(|group| group.id.as_str()).collect::<Vec<_>>().join(TIMES);
        let mut cells: BTreeMap<Vec<&str>, i64> = BTreeMap::new();
        for row in (0..self.population.num_rows()).filter(|row| date(&self.population, "date", *row) == latest) {
            let (Some(area), Some(n)) =
                (text(&self.population, "area", row), counts.filter(|n| n.is_valid(row)).map(|n| n.value(row)))
            else {
                continue;
            };
            *people.entry((area, "none", "all")).or_default() += n;
            let band = |column: &str| text(&self.population, column, row).unwrap_or(NOT_STATED);
            let column =
                |group: &&Group| LISTED.iter().find(|(_, fact)| *fact == group.column).map(|(column, _)| *column);
            // Of several groups over one fact, the file has the bands of the first.
            for group in &jointly {
                *people.entry((area, &group.id, band(column(group).unwrap_or_default()))).or_default() += n;
            }
            *cells.entry(jointly.iter().filter_map(column).map(band).collect()).or_default() += n;
        }
        let cells: Vec<(String, i64)> = cells.into_iter().map(|(bands, n)| (bands.join(TIMES), n)).collect();
        if jointly.len() > 1 {
            people.extend(cells.iter().map(|(cell, n)| ((EVERYTHING, all_groups.as_str(), cell.as_str()), *n)));
        }
        let column = |of: &dyn Fn(&(&str, &str, &str)) -> String| {
            Arc::new(people.keys().map(|key| Some(of(key))).collect::<StringArray>()) as ArrayRef
        };
        RecordBatch::try_from_iter([
            ("area", column(&|key| key.0.to_owned())),
            ("group_by", column(&|key| key.1.to_owned())),
            ("group", column(&|key| key.2.to_owned())),
            ("n", Arc::new(people.values().copied().collect::<Int64Array>()) as ArrayRef),
        ])
        .map_err(Error::query("people"))
    }
}

fn level_root<'a>(declarations: &'a Declarations, level: &str) -> Option<&'a str> {
    declarations.areas.levels.iter().find(|known| known.id == level).map(|known| known.root.column())
}

fn followed<'a>(area: &'a str, successors: &BTreeMap<&'a str, &'a str>) -> &'a str {
    let mut area = area;
    // A ring of successors would never end; no merger is this long.
    for _ in 0..16 {
        match successors.get(area) {
            Some(next) => area = next,
            None => break,
        }
    }
    area
}
