//! Who counts in which part of a contract, by the queries in `queries/contracts/`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use chrono::NaiveDate;
use datafusion::prelude::SessionContext;
use minijinja::{Value, context};

use super::{COUNTED, Evaluator, IN_BOTH, Person, TREATED};
use crate::declare::{Cohort, Contract, Days, MoneyUnit, OutcomePayment, Permission};
use crate::error::{Error, Result};
use crate::measure::{Query, fill_in};
use crate::score::{Scoring, ident, literal};
use crate::store::{self, Landings};

/// The queries, each with its name.
pub const QUERIES: [&str; 3] =
    ["queries/contracts/cohorts.sql", "queries/contracts/outcome.sql", "queries/contracts/saving.sql"];

/// A person's cohorts and practice.
#[derive(Default)]
struct Member {
    cohorts: Vec<String>,
    place: Option<String>,
}

/// The queries of an evaluation. Of those that ran, one is named by its part; no part can be called `_cohorts`.
struct Asked<'a> {
    of: &'a Evaluator<'a>,
    session: &'a SessionContext,
    ran: Vec<(String, String)>,
}

/// Reads every person of every part, in the order of the parts and of numbers given anew, and the queries that ran. Licences must hold on
/// `today`.
pub async fn read(
    of: &Evaluator<'_>,
    session: &SessionContext,
    landings: &Landings,
    contract: &Contract,
    today: NaiveDate,
) -> Result<(Vec<Person>, Vec<(String, String)>)> {
    let mut asked = Asked { of, session, ran: Vec::new() };
    asked.answers(landings, contract, today).await?;
    let cohorts = asked.cohorts(contract).await?;
    let members = asked.members(cohorts).await?;
    // By a hash, so that neither the order of pseudonyms nor that of files shows in the numbers.
    let hashed = |text: &str| of.salt.hash(&["contract", &contract.id, &contract.version, text]);
    let numbers = numbered(members.keys().map(String::as_str), &hashed);
    let places = numbered(members.values().filter_map(|member| member.place.as_deref()), &hashed);
    let mut people = Vec::new();
    for part in &contract.outcome_payments {
        asked.scored(part).await?;
        let (first, last) = in_window(&part.window)?;
        let mut earlier = Vec::new();
        for other in contract
            .outcome_payments
            .iter()
            .filter(|other| other.instrument == part.instrument && other.score == part.score)
        {
            if in_window(&other.window)?.1 < first {
                let name = format!("earlier_{}", earlier.len() + 1);
                earlier
                    .push(context! { name, first => other.window.first.as_str(), last => other.window.last.as_str() });
            }
        }
        let values = context! { before => part.from.as_str(), after => part.to.as_str(), first => first.to_string(), last => last.to_string(), earlier };
        let rows = asked.run("queries/contracts/outcome.sql", &part.id, values).await?;
        people.extend(rows_of(&part.id, &rows, &members, &numbers, &places)?);
    }
    for part in &contract.saving_shares {
        let of_pounds = if part.unit == MoneyUnit::Pounds { " * 100" } else { "" };
        let costs = format!(
            "SELECT person, submitted_on AS day, CAST(round({}{of_pounds}) AS BIGINT) AS pence FROM {}",
            ident(&format!("i_{}", part.item)),
            ident(&view(&part.instrument))
        );
        asked.view("costs", &costs).await?;
        let values = context! { before => days(&part.before), after => days(&part.after) };
        let rows = asked.run("queries/contracts/saving.sql", &part.id, values).await?;
        people.extend(rows_of(&part.id, &rows, &members, &numbers, &places)?);
    }
    people.sort();
    Ok((people, asked.ran))
}

fn in_window(days: &Days) -> Result<(NaiveDate, NaiveDate)> {
    days.days().ok_or_else(|| Error::Broken("a window that was checked has a day that is none".into()))
}

fn days(days: &Days) -> Value {
    context! { first => days.first.as_str(), last => days.last.as_str() }
}

/// Name of the view of an instrument's responses.
fn view(instrument: &str) -> String {
    format!("responses_{}", instrument.replace('-', "_"))
}

/// Numbers texts from 1 on, in the order of their hashes.
fn numbered<'a>(texts: impl Iterator<Item = &'a str>, hashed: &dyn Fn(&str) -> String) -> BTreeMap<String, u32> {
    let texts: BTreeSet<&str> = texts.collect();
    let mut all: Vec<(String, &str)> = texts.into_iter().map(|text| (hashed(text), text)).collect();
    all.sort();
    all.into_iter().zip(1..).map(|((_, text), number)| (text.to_owned(), number)).collect()
}

fn rows_of(
    part: &str,
    rows: &[RecordBatch],
    members: &BTreeMap<String, Member>,
    numbers: &BTreeMap<String, u32>,
    places: &BTreeMap<String, u32>,
) -> Result<Vec<Person>> {
    let mut people = Vec::new();
    for batch in rows {
        let (persons, states) = (text(batch, "person")?, text(batch, "state")?);
        let (befores, afters) = (long(batch, "before")?, long(batch, "after")?);
        for row in 0..batch.num_rows() {
            let Some((person, member)) = members.get_key_value(persons.value(row)) else { continue };
            let in_both = member.cohorts.len() > 1 && member.cohorts.iter().any(|cohort| cohort == TREATED);
            let state = if in_both { IN_BOTH } else { states.value(row) };
            let of = |column: &Int64Array| (state == COUNTED && column.is_valid(row)).then(|| column.value(row));
            people.push(Person {
                part: part.to_owned(),
                number: numbers.get(person).copied().unwrap_or_default(),
                cohorts: member.cohorts.clone(),
                place: member.place.as_ref().and_then(|place| places.get(place)).copied().unwrap_or_default(),
                state: state.to_owned(),
                before: of(&befores),
                after: of(&afters),
            });
        }
    }
    Ok(people)
}

fn column(batch: &RecordBatch, name: &str, data_type: &DataType) -> Result<arrow::array::ArrayRef> {
    let column = batch.column_by_name(name).ok_or_else(|| Error::Input {
        file: "queries/contracts".into(),
        what: format!("a query returns no column `{name}`"),
        mend: "give back what the head of the file says".into(),
    })?;
    cast(column, data_type).map_err(Error::query("queries/contracts"))
}

fn text(batch: &RecordBatch, name: &str) -> Result<StringArray> {
    Ok(column(batch, name, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn long(batch: &RecordBatch, name: &str) -> Result<Int64Array> {
    Ok(column(batch, name, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

impl Asked<'_> {
    async fn view(&self, name: &str, sql: &str) -> Result<()> {
        let rows = self.session.sql(sql).await.map_err(Error::query(name))?;
        self.session.deregister_table(name).map_err(Error::query(name))?;
        self.session.register_table(name, rows.into_view()).map_err(Error::query(name))?;
        Ok(())
    }

    async fn run(&mut self, path: &str, of: &str, values: Value) -> Result<Vec<RecordBatch>> {
        let text = self.of.files.read(path).map_err(Error::io("read", path))?;
        let text = text.ok_or_else(|| Error::Broken(format!("`{path}` is missing")))?;
        let sql = fill_in(&Query { path: path.into(), name: of.into(), text }, values)?;
        let rows =
            self.session.sql(&sql).await.map_err(Error::query(path))?.collect().await.map_err(Error::query(path))?;
        self.ran.push((of.to_owned(), sql));
        Ok(rows)
    }

    /// Makes the responses of every instrument known, and `answers` of all of them.
    async fn answers(&self, landings: &Landings, contract: &Contract, today: NaiveDate) -> Result<()> {
        let declarations = self.of.declarations;
        let mut all = Vec::new();
        for id in contract.instruments() {
            if let Permission::Refused(what, mend) = declarations.permission(id, today) {
                return Err(Error::Usage { what, mend });
            }
            let name = store::responses_of(id);
            let schema = store::responses(&declarations.columns(id), &declarations.groups.facts);
            let Some(seen) = landings.seen(self.of.store, self.session, &name, Some(schema)).await? else {
                return Err(Error::Usage {
                    what: format!("no responses to `{id}` have landed, which the contract reads"),
                    mend: "land them with `tellonce land FILE --mapping MAPPING`".into(),
                });
            };
            let view = view(id);
            self.session.deregister_table(view.as_str()).map_err(Error::query(&name))?;
            self.session.register_table(view.as_str(), seen.into_view()).map_err(Error::query(&name))?;
            all.push(format!("SELECT person, pathway, practice, submitted_on FROM {}", ident(&view)));
        }
        self.view("answers", &all.join(" UNION ALL ")).await
    }

    /// Makes `scored` known: the responses to the version of a payment's instrument that is in use, with its score.
    async fn scored(&self, part: &OutcomePayment) -> Result<()> {
        let declarations = self.of.declarations;
        let wrong = || Error::Broken(format!("`{}` of a contract that was checked is not known", part.instrument));
        let instrument = declarations.instrument(&part.instrument).ok_or_else(wrong)?;
        let scoring = Scoring::new(instrument, declarations);
        let score = ident(&scoring.column(&part.score, None).ok_or_else(wrong)?.name);
        let of_version = format!(
            "(SELECT * FROM {} WHERE instrument_version = {})",
            ident(&view(&part.instrument)),
            literal(&instrument.version)
        );
        let scored = scoring.needed(std::slice::from_ref(&score)).select(&of_version);
        self.view(
            "scored",
            &format!("SELECT person, occasion, submitted_on, response_id, {score} AS score FROM {scored}"),
        )
        .await
    }

    /// The cohorts as the query wants them, the treated first.
    async fn cohorts(&self, contract: &Contract) -> Result<Vec<Value>> {
        let day = contract.days().map_or(NaiveDate::MAX, |(_, last)| last);
        let rows = self
            .session
            .sql("SELECT DISTINCT practice FROM answers WHERE practice IS NOT NULL ORDER BY practice")
            .await;
        let rows = rows.map_err(Error::query("answers"))?.collect().await.map_err(Error::query("answers"))?;
        let mut used = Vec::new();
        for batch in &rows {
            used.extend(text(batch, "practice")?.iter().flatten().map(|code| ("practice".to_owned(), code.to_owned())));
        }
        let all = std::iter::once((TREATED, contract.treated.clone())).chain(contract.cohorts());
        let mut cohorts: Vec<(&str, Cohort, BTreeSet<String>)> = Vec::new();
        for (id, cohort) in all {
            let mut practices = BTreeSet::new();
            for area in &cohort.areas {
                let inside = self.of.areas.inside(self.of.declarations, &used, day, area);
                if inside.is_empty() {
                    return Err(Error::Usage {
                        what: format!(
                            "the contract `{}` names the area `{area}`, which holds no practice",
                            contract.id
                        ),
                        mend:
                            "mend the code in the contract, or list the area in areas/areas.csv and areas/parents.csv"
                                .into(),
                    });
                }
                practices.extend(inside);
            }
            if let Some((_, treated, held)) = cohorts.first() {
                let apart = |one: &[String], other: &[String]| {
                    !one.is_empty() && one.iter().all(|word| !other.contains(word)) && !other.is_empty()
                };
                let shared = held.intersection(&practices).next();
                if let (false, Some(code)) = (apart(&treated.pathway, &cohort.pathway), shared) {
                    return Err(Error::Usage {
                        what: format!(
                            "the comparator `{id}` includes the treated: the practice `{code}` lies in the areas of both"
                        ),
                        mend: "name areas of the comparator that do not lie in those of the treated, nor hold them"
                            .into(),
                    });
                }
            }
            cohorts.push((id, cohort, practices));
        }
        Ok(cohorts
            .into_iter()
            .map(|(id, cohort, practices)| {
                context! { id, pathway => cohort.pathway, practices => practices.into_iter().collect::<Vec<_>>() }
            })
            .collect())
    }

    /// Who is in which cohort; makes `members` known.
    async fn members(&mut self, cohorts: Vec<Value>) -> Result<BTreeMap<String, Member>> {
        let rows = self.run("queries/contracts/cohorts.sql", "_cohorts", context! { cohorts }).await?;
        let mut members: BTreeMap<String, Member> = BTreeMap::new();
        for batch in &rows {
            let (persons, cohorts, places) = (text(batch, "person")?, text(batch, "cohort")?, text(batch, "place")?);
            for row in 0..batch.num_rows() {
                let member = members.entry(persons.value(row).to_owned()).or_default();
                member.cohorts.push(cohorts.value(row).to_owned());
                let place = places.is_valid(row).then(|| places.value(row).to_owned());
                member.place = member.place.take().or(place);
            }
        }
        if members.is_empty() {
            return Err(Error::Usage {
                what: "nobody is in the cohorts of the contract".into(),
                mend: "look at `pathway` in the mappings and the contract, and land with a pseudonym key: a contract needs to know who is who".into(),
            });
        }
        let persons = Arc::new(members.keys().map(|person| Some(person.as_str())).collect::<StringArray>());
        let batch = RecordBatch::try_from_iter([("person", persons as arrow::array::ArrayRef)])
            .map_err(Error::query("members"))?;
        self.session.deregister_table("members").map_err(Error::query("members"))?;
        self.session.register_batch("members", batch).map_err(Error::query("members"))?;
        Ok(members)
    }
}
