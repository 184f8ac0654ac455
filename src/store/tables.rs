//! The columns of every table: the contracts between stages.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::declare::{Fact, Holds};

/// Name of the table of quarantined rows and answers.
pub const QUARANTINE: &str = "quarantine";
/// Name of the table of free texts.
pub const COMMENTS: &str = "comments";
/// Name of the table that says which row replaces which.
pub const SUPERSEDED: &str = "superseded";
/// Name of the table of landings.
pub const LANDINGS: &str = "landings";
/// Name of the table of answer histograms.
pub const CUBE: &str = "cube";
/// Name of the table of what case-mix models are fitted to.
pub const CASEMIX: &str = "casemix";
/// Name of the table of unprotected figures.
pub const RESULTS: &str = "results";
/// Name of the table of protected figures.
pub const PUBLISHED: &str = "published";
/// Name of the table of runs.
pub const RUNS: &str = "runs";

/// Name of the table of weights of responses.
pub const WEIGHTS: &str = "weights";
/// Name of the table that says how weights were made.
pub const WEIGHT_SCHEMES: &str = "weight_schemes";

/// Returns the name of the table of an instrument's responses.
pub fn responses_of(instrument: &str) -> String {
    format!("responses/{instrument}")
}

fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

/// The type of a text of which there are few: millions of rows keep a number for it.
pub fn few_texts() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// Returns columns with every text as one of which there are few.
pub fn with_few_texts(schema: &Schema) -> SchemaRef {
    let few = |field: &Field| match field.data_type() {
        DataType::Utf8 => field.clone().with_data_type(few_texts()),
        _ => field.clone(),
    };
    Arc::new(Schema::new(schema.fields().iter().map(|field| few(field)).collect::<Vec<_>>()))
}

fn long(name: &str) -> Field {
    Field::new(name, DataType::Int64, true)
}

fn double(name: &str) -> Field {
    Field::new(name, DataType::Float64, true)
}

fn instant(name: &str) -> Field {
    Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true)
}

fn schema(fields: Vec<Field>) -> SchemaRef {
    Arc::new(Schema::new(fields))
}

/// Text columns of `responses` that hold few different values, besides the facts about people. (`landing`, by which superseded rows are found,
/// is one too, but a join wants it as it is.)
const CODED: [&str; 12] = [
    "instrument_version",
    "occasion",
    "respondent",
    "date_precision",
    "practice",
    "home",
    "service",
    "pathway",
    "mode",
    "language",
    "stratum",
    "cluster",
];

/// Returns the columns of responses with few-valued texts as dictionaries: a reader then makes a number of each row instead of a text.
pub fn coded(responses: &Schema) -> SchemaRef {
    let few = |field: &Field| match field.data_type() {
        DataType::Utf8 if CODED.contains(&field.name().as_str()) || field.name().starts_with("f_") => {
            field.clone().with_data_type(few_texts())
        }
        _ => field.clone(),
    };
    Arc::new(Schema::new(responses.fields().iter().map(|field| few(field)).collect::<Vec<_>>()))
}

/// Returns the columns of the responses to an instrument, one row a response: those of every table, and its own `columns`.
pub fn responses(columns: &[(String, Holds)], facts: &[Fact]) -> SchemaRef {
    let mut fields = vec![text("response_id"), text("submission"), text("instrument_version"), text("landing")];
    fields.extend([
        text("person"),
        text("episode"),
        text("occasion"),
        Field::new("repeat", DataType::Int32, true),
        text("respondent"),
    ]);
    fields.extend([
        Field::new("submitted_on", DataType::Date32, true),
        instant("submitted_at"),
        text("date_precision"),
    ]);
    fields.extend(["practice", "home", "service", "pathway", "mode", "language", "stratum", "cluster"].map(text));
    fields.extend(facts.iter().map(|fact| match fact {
        Fact::WholeNumber { id, .. } => Field::new(format!("f_{id}"), DataType::Int16, true),
        Fact::Code { id, .. } => text(&format!("f_{id}")),
    }));
    fields.extend(columns.iter().map(|(name, holds)| match holds {
        Holds::Code => Field::new(name, DataType::Int8, true),
        Holds::Number | Holds::Covariate => double(name),
        Holds::Day => Field::new(name, DataType::Date32, true),
        Holds::Weight => long(name),
    }));
    schema(fields)
}

/// Returns the columns of `comments`: one row a text.
pub fn comments() -> SchemaRef {
    let mut fields = ["instrument", "response_id", "item", "landing", "text", "redaction"].map(text).to_vec();
    fields.insert(3, Field::new("number", DataType::Int32, true));
    fields.push(Field::new("consent_to_publish", DataType::Boolean, true));
    schema(fields)
}

/// Returns the columns of `quarantine`: one row a bad row or answer.
pub fn quarantine() -> SchemaRef {
    let mut fields = vec![text("landing"), long("line"), Field::new("whole_row", DataType::Boolean, true)];
    fields.extend(["column", "reason", "raw"].map(text));
    schema(fields)
}

/// Returns the columns of `superseded`: which landing's row gives way to which landing's.
pub fn superseded() -> SchemaRef {
    schema(["instrument", "response_id", "landing", "by_landing"].map(text).to_vec())
}

/// Returns the columns of `landings`: one row each time a landing begins or ends to stand; the latest of a landing holds.
pub fn landings() -> SchemaRef {
    let mut fields = vec![text("landing"), long("event"), Field::new("standing", DataType::Boolean, true)];
    fields.extend(
        ["file_name", "file_hash", "mapping_hash", "instruments", "key_fingerprint", "program_version"].map(text),
    );
    fields.extend(["read", "quarantined", "landed", "corrected", "folded", "already_there", "responses"].map(long));
    fields.push(instant("at"));
    schema(fields)
}

/// Returns the columns of `areas`.
pub fn areas() -> SchemaRef {
    let mut fields = ["code", "level", "name"].map(text).to_vec();
    fields.extend(["valid_from", "valid_to"].map(|name| Field::new(name, DataType::Date32, true)));
    fields.push(text("successor"));
    schema(fields)
}

/// Returns the columns of `area_parents`: a dated graph, several parents allowed.
pub fn area_parents() -> SchemaRef {
    let mut fields = ["child", "parent", "level"].map(text).to_vec();
    fields.extend(["valid_from", "valid_to"].map(|name| Field::new(name, DataType::Date32, true)));
    schema(fields)
}

/// Returns the columns of `population`: people on the lists, by the bands of the groups.
pub fn population() -> SchemaRef {
    let mut fields = ["area", "age", "sex", "deprivation", "ethnicity"].map(text).to_vec();
    fields.push(Field::new("date", DataType::Date32, true));
    fields.push(long("n"));
    schema(fields)
}

/// Returns the columns of `life_table`: people and deaths of an area by age, of everybody or of one group.
pub fn life_table() -> SchemaRef {
    let mut fields = vec![text("area"), text("sex"), long("age"), text("deprivation"), text("years")];
    fields.extend(["population", "deaths"].map(double));
    schema(fields)
}

/// Digits of the sums of the cube, and how many of them are decimals: sums are exact, so that the order of adding does not matter.
pub const SUM: (u8, i8) = (38, 6);
/// The same for sums of squares.
pub const SQUARES: (u8, i8) = (38, 12);

/// Returns the columns of `cube` as it is kept: one row a part, area, time and occasion, with everything that was counted in one `cell`; and
/// one row a part and layout, whose `about` says in JSON what lies where in those cells.
pub fn cells() -> SchemaRef {
    let mut fields =
        ["instrument", "part", "layout", "version", "root", "area", "time", "precision"].map(text).to_vec();
    fields.extend(["starts", "ends"].map(|name| Field::new(name, DataType::Date32, true)));
    fields.push(text("occasion"));
    fields.push(Field::new("cell", DataType::Binary, true));
    fields.push(text("about"));
    fields.push(long("responses_version"));
    schema(fields)
}

/// Returns the columns of `cube` as SQL reads it: one row an item or score, area, time, occasion and group, with the answer codes and their
/// counts, or with the number of values, their sum and the sum of their squares.
pub fn cube() -> SchemaRef {
    let mut fields = ["instrument", "version", "item", "root", "area", "time", "precision"].map(text).to_vec();
    fields.extend(["starts", "ends"].map(|name| Field::new(name, DataType::Date32, true)));
    fields.extend(["occasion", "breakdown", "group"].map(text));
    fields.push(Field::new_list("codes", Field::new("element", DataType::Int8, true), true));
    fields.push(Field::new_list("n", Field::new("element", DataType::Int64, true), true));
    fields.push(long("count"));
    fields.push(Field::new("sum", DataType::Decimal128(SUM.0, SUM.1), true));
    fields.push(Field::new("sum_squares", DataType::Decimal128(SQUARES.0, SQUARES.1), true));
    fields.push(long("responses_version"));
    schema(fields)
}

/// Returns the columns of `casemix`: one row an outcome that is adjusted for case mix, area, time, occasion and pattern of covariates, with
/// the number of responses that count, the sum of their values and of the squares. `categories` and `covariates` are in the order in which
/// the outcome names them.
pub fn casemix() -> SchemaRef {
    let mut fields = ["measure", "root", "area"].map(text).to_vec();
    fields.extend(["starts", "ends"].map(|name| Field::new(name, DataType::Date32, true)));
    fields.push(text("occasion"));
    fields.push(Field::new_list("categories", Field::new("element", DataType::Utf8, true), true));
    fields.push(Field::new_list("covariates", Field::new("element", DataType::Float64, true), true));
    fields.push(long("n"));
    fields.push(Field::new("sum", DataType::Decimal128(SUM.0, SUM.1), true));
    fields.push(Field::new("sum_squares", DataType::Decimal128(SQUARES.0, SQUARES.1), true));
    schema(fields)
}

/// Columns that make a row of `results` the only one of its kind.
pub const RESULT_KEY: [&str; 14] = [
    "run",
    "measure",
    "measure_version",
    "root",
    "area",
    "period",
    "occasion",
    "group_by",
    "group",
    "statistic",
    "weighting",
    "adjustment",
    "cut_set",
    "comparator",
];

/// Returns the columns of `results`: one row a number.
pub fn results() -> SchemaRef {
    let mut fields = RESULT_KEY.map(text).to_vec();
    fields.push(text("area_level"));
    fields.push(Field::new("boundaries_on", DataType::Date32, true));
    fields.push(text("unit"));
    fields.extend(["n", "people"].map(long));
    fields.push(double("n_effective"));
    fields.push(long("numerator"));
    fields.extend(["value", "lower", "upper", "confidence"].map(double));
    fields.extend(["method", "band", "signal"].map(text));
    fields.push(double("responders_share"));
    fields.push(text("why_not"));
    schema(fields)
}

/// Returns the columns of `published`: those of `results`, and why a number is missing.
pub fn published() -> SchemaRef {
    let mut fields: Vec<Field> = results().fields().iter().map(|field| field.as_ref().clone()).collect();
    fields.extend(["mark", "mark_reason"].map(text));
    schema(fields)
}

/// Returns the columns of `runs`: what made the figures of a run.
pub fn runs() -> SchemaRef {
    let mut fields =
        ["run", "program_version", "period", "policy", "declarations", "files", "tables"].map(text).to_vec();
    fields.extend([instant("at"), long("figures"), long("hidden")]);
    schema(fields)
}

/// Returns the columns of `weights`: one row a response in a scheme, its weight in whole millionths. A response that has no row is
/// outside the scheme.
pub fn weights() -> SchemaRef {
    let mut fields = ["instrument", "scheme", "response_id"].map(text).to_vec();
    fields.push(long("weight"));
    schema(fields)
}

/// Returns the columns of `weight_schemes`: one row an instrument and scheme, how its weights were made and from what.
pub fn weight_schemes() -> SchemaRef {
    let mut fields = ["instrument", "scheme", "period", "margins", "margins_hash"].map(text).to_vec();
    fields.push(long("iterations"));
    fields.push(double("largest_deviation"));
    fields.extend([long("trimmed"), double("trim_low"), double("trim_high")]);
    fields.extend(["design_effect", "effective_n"].map(double));
    fields.extend(["responses", "outside", "responses_version"].map(long));
    fields.extend([text("landings_hash"), instant("made_at"), text("program_version")]);
    schema(fields)
}
