//! Weights that bring the people who answered to the population they are of.
//!
//! Promises: weights are whole millionths and the same for responses that are alike; a response in a band that the margins do not know
//! has none and is counted. Must never know: what was answered.

mod margins;
mod sample;
mod scheme;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use chrono::{DateTime, Utc};
use datafusion::prelude::SessionContext;

use crate::declare::{Declarations, Group};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::stats::rake::{self, Cell, Problem, Raked, Settings, rake};
use crate::store::{self, Landings, Store};

pub use margins::{Category, Margin, Margins};
pub use scheme::{Scheme, landings_hash, refuse_twofold};

use sample::{Alike, Sample};

/// Millionths in one.
const MILLION: f64 = 1e6;

/// Which weights to make.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The instrument.
    pub instrument: String,
    /// What the scheme is called.
    pub scheme: String,
    /// Whose responses.
    pub period: Period,
    /// Smallest and largest weight, as multiples of the mean weight.
    pub trim: Option<(f64, f64)>,
}

/// A category of a margin, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The group.
    pub group: String,
    /// The bands.
    pub category: String,
    /// Share of the people.
    pub people: f64,
    /// Share of the responses in the scheme.
    pub responses: f64,
    /// Share of the weights.
    pub weighted: f64,
}

/// What raking came to.
#[derive(Clone, Debug)]
pub struct Report {
    /// What is kept of it.
    pub scheme: Scheme,
    /// Whether the margins hold.
    pub converged: bool,
    /// Responses outside the scheme, by the first group that leaves them out and their band.
    pub outside: BTreeMap<(String, String), u64>,
    /// Every category.
    pub lines: Vec<Line>,
    /// Smallest, median and largest weight.
    pub spread: [f64; 3],
    /// Mean weight.
    pub mean: f64,
    /// What the person who weights should know.
    pub notes: Vec<String>,
}

/// Weights, not yet kept.
pub struct Weighed {
    /// What came of it.
    pub report: Report,
    /// The rows of `weights`.
    pub rows: Vec<RecordBatch>,
}

/// Rakes the standing responses to an instrument to margins.
///
/// # Errors
/// Files bring weights by a scheme of this name; no responses; people of a band that nobody answered for; margins that contradict each
/// other.
pub async fn weigh(
    store: &Store,
    session: &SessionContext,
    declarations: &Declarations,
    margins: &Margins,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<Weighed> {
    let Wanted { instrument, scheme, period, trim } = wanted;
    if declarations.weights(instrument).contains(&scheme.as_str()) {
        return Err(Error::Usage {
            what: format!("the files of `{instrument}` bring weights by a scheme `{scheme}` themselves"),
            mend: format!("make a scheme of another name, such as `--scheme {scheme}-raked`"),
        });
    }
    let landings = Landings::read(store, session).await?;
    let groups: Vec<&Group> = margins
        .margins
        .iter()
        .filter_map(|margin| declarations.groups.groups.iter().find(|group| group.id == margin.group))
        .collect();
    let sample = Sample::find(store, session, &landings, declarations, instrument, *period, &groups).await?;
    let Some(sample) = sample else { return Err(nothing(wanted)) };
    let version = store.table(&store::responses_of(instrument)).await?.map_or(0, |table| table.version());
    let alike = sample.alike().await?;
    if alike.is_empty() {
        return Err(nothing(wanted));
    }
    let Placed { inside, cells, outside } = place(margins, alike);
    let n: f64 = cells.iter().map(|cell| cell.n).sum();
    let (total, note) = margins.total(n);
    let people: Vec<Vec<f64>> =
        margins.margins.iter().map(|margin| margin.categories.iter().map(|c| c.people).collect()).collect();
    let raked = rake(&cells, &people, Settings { trim: *trim, ..Settings::to(total) })
        .map_err(|problem| refused(problem, margins, &outside))?;
    let mut notes: Vec<String> = note.into_iter().collect();
    if !raked.converged {
        match trim {
            Some(_) => notes
                .push("no weights within these bounds meet the margins: `weighted` shows how near they come".into()),
            None => return Err(contradicts(&raked, margins)),
        }
    }
    let whole: Vec<i64> = raked.weights.iter().map(|weight| ((weight * MILLION).round() as i64).max(1)).collect();
    let rows = sample.weighted(instrument, scheme, table(&inside, &whole)?).await?;
    let count = |number: f64| number as i64;
    let kept = Scheme {
        instrument: instrument.clone(),
        scheme: scheme.clone(),
        period: period.to_string(),
        margins: margins.json(),
        iterations: i64::try_from(raked.iterations).unwrap_or(i64::MAX),
        largest_deviation: raked.deviations.iter().copied().fold(0.0, f64::max),
        trimmed: count(raked.trimmed),
        trim: *trim,
        design_effect: raked.design_effect,
        effective_n: raked.effective_n,
        responses: count(n),
        outside: i64::try_from(outside.values().sum::<u64>()).unwrap_or(i64::MAX),
        responses_version: i64::try_from(version).unwrap_or(i64::MAX),
        landings_hash: landings_hash(&landings, instrument),
        made_at: now,
    };
    let spread = spread(&cells, &whole);
    let lines = lines(margins, &cells, &whole);
    let mean = total / n;
    Ok(Weighed {
        report: Report { scheme: kept, converged: raked.converged, outside, lines, spread, mean, notes },
        rows,
    })
}

fn nothing(wanted: &Wanted) -> Error {
    Error::Usage {
        what: format!("there are no responses to `{}` of {}", wanted.instrument, wanted.period.label()),
        mend: "land some with `tellonce land FILE --mapping MAPPING`, or name another period".into(),
    }
}

struct Placed {
    /// Bands of the responses in the scheme.
    inside: Vec<Vec<String>>,
    /// The same for raking.
    cells: Vec<Cell>,
    outside: BTreeMap<(String, String), u64>,
}

/// Finds the categories of responses. Those in a band that has nobody, or that the margin does not name, are outside.
fn place(margins: &Margins, alike: Vec<Alike>) -> Placed {
    let mut placed = Placed { inside: Vec::new(), cells: Vec::new(), outside: BTreeMap::new() };
    for Alike { bands, n } in alike {
        let mut categories = Vec::with_capacity(bands.len());
        let left_out = margins.margins.iter().zip(&bands).find(|(margin, band)| {
            let has = |category: &Category| category.people > 0.0 && category.bands.contains(*band);
            categories.extend(margin.categories.iter().position(has));
            !margin.categories.iter().any(has)
        });
        match left_out {
            Some((margin, band)) => *placed.outside.entry((margin.group.clone(), band.clone())).or_default() += n,
            None => {
                placed.cells.push(Cell { n: n as f64, base: 1.0, categories });
                placed.inside.push(bands);
            }
        }
    }
    placed
}

fn refused(problem: Problem, margins: &Margins, outside: &BTreeMap<(String, String), u64>) -> Error {
    let named = |margin: usize, category: usize| {
        let margin = margins.margins.get(margin);
        let category = margin.and_then(|margin| margin.categories.get(category));
        (margin.map_or("", |margin| &margin.group).to_owned(), category.map(Category::name).unwrap_or_default())
    };
    match problem {
        rake::Problem::NoResponses { margin, category } | rake::Problem::NoPeople { margin, category } => {
            let (group, category) = named(margin, category);
            Error::Input {
                file: margins.source.clone(),
                what: format!("people of `{group}` are in `{category}`, and no response in the scheme is"),
                mend: format!(
                    "count the band together with a neighbour in one row, as `{group},{category}+…,n`; write 0 people; or leave \
                     the group out"
                ),
            }
        }
        rake::Problem::Impossible => Error::Usage {
            what: match outside.iter().max_by_key(|(_, n)| **n) {
                Some(((group, band), n)) => format!("no response is in the scheme: {n} have `{band}` in `{group}`"),
                None => "these margins and bounds leave no weights".into(),
            },
            mend: "give margins for groups that the responses have, and bounds with 1 between them, such as 0.2,5"
                .into(),
        },
    }
}

fn contradicts(raked: &Raked, margins: &Margins) -> Error {
    let worst = raked.deviations.iter().zip(&margins.margins).max_by(|(one, _), (two, _)| one.total_cmp(two));
    let (deviation, group) = worst.map_or((0.0, ""), |(deviation, margin)| (*deviation, margin.group.as_str()));
    Error::Input {
        file: margins.source.clone(),
        what: format!(
            "after {} rounds `{group}` is still {:.2}% off: nobody answered in some combinations of bands that the margins need",
            raked.iterations,
            deviation * 100.0
        ),
        mend: "count bands with few responses together in one row, as `65-79+80-plus`, or leave a group out".into(),
    }
}

/// The weights by bands, as a table of `g0`, `g1`, … and `weight`.
fn table(inside: &[Vec<String>], weights: &[i64]) -> Result<RecordBatch> {
    let groups = inside.first().map_or(0, Vec::len);
    let bands = |at: usize| -> ArrayRef {
        Arc::new(inside.iter().map(|bands| bands.get(at).map(String::as_str)).collect::<StringArray>())
    };
    let columns = (0..groups).map(|at| (format!("g{at}"), bands(at)));
    let weights: ArrayRef = Arc::new(Int64Array::from(weights.to_vec()));
    RecordBatch::try_from_iter(columns.chain([("weight".to_owned(), weights)])).map_err(Error::table(store::WEIGHTS))
}

/// Smallest, median and largest weight of the responses.
fn spread(cells: &[Cell], weights: &[i64]) -> [f64; 3] {
    let mut sorted: Vec<(i64, f64)> = weights.iter().zip(cells).map(|(weight, cell)| (*weight, cell.n)).collect();
    sorted.sort_unstable_by_key(|(weight, _)| *weight);
    let half = cells.iter().map(|cell| cell.n).sum::<f64>() / 2.0;
    let mut counted = 0.0;
    let median = sorted.iter().find(|(_, n)| {
        counted += n;
        counted >= half
    });
    [sorted.first(), median, sorted.last()].map(|found| found.map_or(0.0, |(weight, _)| *weight as f64 / MILLION))
}

/// Shares of people, responses and whole weights in each category.
fn lines(margins: &Margins, cells: &[Cell], weights: &[i64]) -> Vec<Line> {
    let (n, sum) = (
        cells.iter().map(|cell| cell.n).sum::<f64>(),
        cells.iter().zip(weights).map(|(cell, weight)| cell.n * *weight as f64).sum::<f64>(),
    );
    let mut lines = Vec::new();
    for (at, margin) in margins.margins.iter().enumerate() {
        for (place, category) in margin.categories.iter().enumerate() {
            let of = cells.iter().zip(weights).filter(|(cell, _)| cell.categories.get(at) == Some(&place));
            let (responses, weighted) =
                of.fold((0.0, 0.0), |(n, sum), (cell, weight)| (n + cell.n, sum + cell.n * *weight as f64));
            lines.push(Line {
                group: margin.group.clone(),
                category: category.name(),
                people: category.people / margin.total(),
                responses: responses / n,
                weighted: weighted / sum,
            });
        }
    }
    lines
}
