//! Case-mix models of a period: fitted here, from what the cube added up by pattern; what becomes of them is a query's.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Decimal128Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray,
};
use arrow::datatypes::{Decimal128Type, Float64Type, Int64Type};
use datafusion::prelude::SessionContext;

use super::tables::{table, texts};
use crate::declare::{Declarations, Figure, Outcome};
use crate::error::{Error, Result};
use crate::period::Period;
use crate::stats::patterns::{Pattern, Patterned, patterned};
use crate::stats::regression::Model;
use crate::store::{self, Store};

/// Decimals of what is expected: sums of decimals do not depend on the order of adding.
const DECIMALS: i8 = 12;

/// One row of the table `casemix`.
struct Row {
    root: String,
    area: String,
    categories: Vec<String>,
    covariates: Vec<f64>,
    n: i64,
    sum: f64,
    squares: f64,
}

/// Fits the models of the period and returns, for queries, `case_mix_areas` (what was observed and expected of the answers that name an
/// area), `case_mix_models` (one row a model) and `case_mix_terms` (one row a coefficient).
pub async fn models(
    session: &SessionContext,
    store: &Store,
    declarations: &Declarations,
    period: Period,
) -> Result<Vec<(&'static str, RecordBatch)>> {
    let mut found = Found::default();
    if let Some(casemix) = store.table(store::CASEMIX).await? {
        let inside = match period.range() {
            Some((starts, ends)) => format!(" AND starts >= DATE '{starts}' AND ends <= DATE '{ends}'"),
            None => String::new(),
        };
        session.deregister_table(store::CASEMIX).map_err(Error::query(store::CASEMIX))?;
        session
            .register_table(store::CASEMIX, casemix.provider(Some(store::casemix()))?)
            .map_err(Error::query(store::CASEMIX))?;
        for outcome in declarations.outcomes.iter().filter(|outcome| !outcome.adjust_for.is_empty()) {
            for (occasion, rows) in patterns(session, outcome, &inside).await? {
                found.add(declarations, outcome, &occasion, &rows);
            }
        }
    }
    found.tables()
}

/// Returns `compared`: the figures by which a page compares areas, adjusted where the outcome says so.
pub fn compared(declarations: &Declarations) -> Result<RecordBatch> {
    let main = || declarations.outcomes.iter().filter(|outcome| outcome.second_to.is_none());
    table(
        "compared",
        vec![
            ("measure", texts(main().map(|outcome| outcome.id.clone()))),
            ("cut_set", Arc::new(main().map(|outcome| outcome.cut_set.clone()).collect::<StringArray>())),
            ("adjustment", texts(main().map(|outcome| outcome.adjustment().unwrap_or_else(|| "none".into())))),
        ],
    )
}

/// The rows of one outcome in the period, by occasion.
async fn patterns(session: &SessionContext, outcome: &Outcome, inside: &str) -> Result<BTreeMap<String, Vec<Row>>> {
    let sql = format!(
        "SELECT occasion, root, coalesce(area, '') AS area, categories, covariates, sum(n) AS n, sum(sum) AS sum, sum(sum_squares) AS squares \
         FROM casemix WHERE measure = {}{inside} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
        crate::score::literal(&outcome.id)
    );
    let error = || Error::query(store::CASEMIX);
    let batches = session.sql(&sql).await.map_err(error())?.collect().await.map_err(error())?;
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for batch in &batches {
        let text =
            |at: usize, row: usize| batch.column(at).as_string_opt::<i32>().map_or("", |column| column.value(row));
        let list = |at: usize, row: usize| -> Option<ArrayRef> {
            let lists: &ListArray = batch.column(at).as_list_opt()?;
            lists.is_valid(row).then(|| lists.value(row))
        };
        let decimal = |at: usize, row: usize| -> Option<f64> {
            let column = batch.column(at).as_primitive_opt::<Decimal128Type>()?;
            Some(column.value(row) as f64 / 10_f64.powi(i32::from(column.scale())))
        };
        for row in 0..batch.num_rows() {
            let categories = list(3, row).and_then(|list| {
                Some(list.as_string_opt::<i32>()?.iter().flatten().map(str::to_owned).collect::<Vec<_>>())
            });
            let covariates = list(4, row)
                .and_then(|list| Some(list.as_primitive_opt::<Float64Type>()?.iter().flatten().collect::<Vec<_>>()));
            let n = batch.column(5).as_primitive_opt::<Int64Type>().map(|column| column.value(row));
            let (Some(n), Some(sum), Some(squares)) = (n, decimal(6, row), decimal(7, row)) else {
                return Err(Error::Broken("the patterns of a case-mix model are of other types".into()));
            };
            rows.entry(text(0, row).to_owned()).or_default().push(Row {
                root: text(1, row).to_owned(),
                area: text(2, row).to_owned(),
                categories: categories.unwrap_or_default(),
                covariates: covariates.unwrap_or_default(),
                n,
                sum,
                squares,
            });
        }
    }
    Ok(rows)
}

/// The rows of the three tables.
#[derive(Default)]
struct Found {
    areas: Vec<Area>,
    models: Vec<ModelRow>,
    terms: Vec<TermRow>,
}

/// What the answers that name an area come to.
struct Area {
    measure: String,
    occasion: String,
    root: String,
    area: String,
    n: i64,
    /// Observed, expected, and the squared scatter about what is expected.
    sums: [f64; 3],
}

struct ModelRow {
    measure: String,
    occasion: String,
    cut_set: Option<String>,
    adjustment: String,
    figure: &'static str,
    overall: Option<f64>,
    why_not: Option<String>,
}

struct TermRow {
    measure: String,
    occasion: String,
    term: String,
    n: i64,
    estimate: Option<(f64, f64)>,
}

impl Found {
    /// Fits the model of one outcome on one occasion to everything, and holds every area against it.
    fn add(&mut self, declarations: &Declarations, outcome: &Outcome, occasion: &str, rows: &[Row]) {
        let Some(instrument) = declarations.instrument(&outcome.instrument) else { return };
        let everything: Vec<Pattern<'_>> =
            rows.iter().filter(|row| row.root == instrument.main_root.column()).map(Row::pattern).collect();
        let (model, figure) = match outcome.figure() {
            Figure::Share => (Model::Logistic, "share"),
            _ => (Model::Linear, "mean"),
        };
        let fitted = patterned(model, &everything);
        let (measure, occasion) = (outcome.id.clone(), occasion.to_owned());
        self.models.push(ModelRow {
            measure: measure.clone(),
            occasion: occasion.clone(),
            cut_set: outcome.cut_set.clone(),
            adjustment: outcome.adjustment().unwrap_or_default(),
            figure,
            overall: fitted.as_ref().ok().map(|fitted| fitted.overall),
            why_not: fitted.as_ref().err().map(|reason| format!("model-{}", reason.code().replace('_', "-"))),
        });
        let expected = fitted.as_ref().ok().map(|fitted| by_pattern(&everything, fitted));
        let mut sums: BTreeMap<(&str, &str), (i64, [f64; 3])> = BTreeMap::new();
        for row in rows {
            let of_one = expected.as_ref().and_then(|expected| expected.get(&key(&row.pattern())).copied());
            // Another root holds no pattern that everything does not.
            let of_one = of_one.unwrap_or_default();
            let n = row.n as f64;
            let scatter = match model {
                Model::Logistic => n * of_one * (1.0 - of_one),
                Model::Linear => row.squares - 2.0 * of_one * row.sum + n * of_one * of_one,
            };
            let (count, of_area) = sums.entry((&row.root, &row.area)).or_default();
            *count += row.n;
            for (sum, add) in of_area.iter_mut().zip([row.sum, n * of_one, scatter]) {
                *sum += add;
            }
        }
        self.areas.extend(sums.into_iter().map(|((root, area), (n, sums))| Area {
            measure: measure.clone(),
            occasion: occasion.clone(),
            root: root.to_owned(),
            area: area.to_owned(),
            n,
            sums,
        }));
        let Ok(fitted) = fitted else { return };
        let groups = outcome.adjust_for.iter().filter(|id| declarations.group(id).is_some());
        let numbers = outcome.adjust_for.iter().filter(|id| declarations.group(id).is_none());
        let names: Vec<&String> = groups.chain(numbers).collect();
        self.terms.extend(fitted.terms.into_iter().map(|term| {
            let name = term.covariate.and_then(|at| names.get(at)).map_or("intercept", |name| name.as_str());
            let category = term.category.map(|category| format!(": {category}")).unwrap_or_default();
            TermRow {
                measure: measure.clone(),
                occasion: occasion.clone(),
                term: format!("{name}{category}"),
                n: term.n as i64,
                estimate: term.estimate,
            }
        }));
    }

    fn tables(self) -> Result<Vec<(&'static str, RecordBatch)>> {
        let Found { areas, models, terms } = self;
        let decimals = |at: usize| -> Result<ArrayRef> {
            let parts = areas
                .iter()
                .map(|area| area.sums.get(at).map(|sum| (sum * 10_f64.powi(i32::from(DECIMALS))).round() as i128));
            let column = parts.collect::<Decimal128Array>().with_precision_and_scale(38, DECIMALS);
            Ok(Arc::new(column.map_err(Error::query("case_mix_areas"))?))
        };
        let counts = |of: Vec<i64>| Arc::new(Int64Array::from(of)) as ArrayRef;
        let numbers = |of: Vec<Option<f64>>| Arc::new(Float64Array::from(of)) as ArrayRef;
        let some = |of: Vec<Option<String>>| Arc::new(StringArray::from(of)) as ArrayRef;
        Ok(vec![
            (
                "case_mix_areas",
                table(
                    "case_mix_areas",
                    vec![
                        ("measure", texts(areas.iter().map(|area| area.measure.clone()))),
                        ("occasion", texts(areas.iter().map(|area| area.occasion.clone()))),
                        ("root", texts(areas.iter().map(|area| area.root.clone()))),
                        ("area", texts(areas.iter().map(|area| area.area.clone()))),
                        ("n", counts(areas.iter().map(|area| area.n).collect())),
                        ("observed", decimals(0)?),
                        ("expected", decimals(1)?),
                        ("scatter", decimals(2)?),
                    ],
                )?,
            ),
            (
                "case_mix_models",
                table(
                    "case_mix_models",
                    vec![
                        ("measure", texts(models.iter().map(|model| model.measure.clone()))),
                        ("occasion", texts(models.iter().map(|model| model.occasion.clone()))),
                        ("cut_set", some(models.iter().map(|model| model.cut_set.clone()).collect())),
                        ("adjustment", texts(models.iter().map(|model| model.adjustment.clone()))),
                        ("figure", texts(models.iter().map(|model| model.figure.to_owned()))),
                        ("overall", numbers(models.iter().map(|model| model.overall).collect())),
                        ("why_not", some(models.iter().map(|model| model.why_not.clone()).collect())),
                    ],
                )?,
            ),
            (
                "case_mix_terms",
                table(
                    "case_mix_terms",
                    vec![
                        ("measure", texts(terms.iter().map(|term| term.measure.clone()))),
                        ("occasion", texts(terms.iter().map(|term| term.occasion.clone()))),
                        ("term", texts(terms.iter().map(|term| term.term.clone()))),
                        ("n", counts(terms.iter().map(|term| term.n).collect())),
                        ("estimate", numbers(terms.iter().map(|term| Some(term.estimate?.0)).collect())),
                        ("se", numbers(terms.iter().map(|term| Some(term.estimate?.1)).collect())),
                    ],
                )?,
            ),
        ])
    }
}

impl Row {
    fn pattern(&self) -> Pattern<'_> {
        Pattern {
            categories: self.categories.iter().map(String::as_str).collect(),
            numbers: self.covariates.clone(),
            n: self.n as f64,
            sum: self.sum,
            squares: self.squares,
        }
    }
}

type PatternKey<'a> = (Vec<&'a str>, Vec<u64>);

fn key<'a>(pattern: &Pattern<'a>) -> PatternKey<'a> {
    (pattern.categories.clone(), pattern.numbers.iter().map(|number| number.to_bits()).collect())
}

fn by_pattern<'a>(patterns: &[Pattern<'a>], fitted: &Patterned) -> BTreeMap<PatternKey<'a>, f64> {
    patterns.iter().map(key).zip(fitted.expected.iter().copied()).collect()
}
