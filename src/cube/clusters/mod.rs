//! The pass over single responses that says whose answers they are: people, declared clusters and weights.
//!
//! Two people who answered once are two answers of the cube; one who answered twice is two as well. What the sums of the cube lack to be
//! sums over people is found here, for the period of a run and its months: `repeats`. A change of which one person may have several pairs, as
//! of goals, is read by its pairs. Where responses have weights, of their files or of `tellonce weight`, all their sums over clusters are:
//! `weighted_sums`. Both are kept for one run only.

mod answers;
mod layout;
mod people;
mod rows;
mod several;
mod sums;
mod weighted;

use std::collections::{BTreeSet, HashMap};

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::Int64Type;
use datafusion::prelude::SessionContext;
use futures::StreamExt;

use super::{SEEN, column, linked, text};
use crate::declare::{Declarations, Instrument, weight_column};
use crate::error::{Error, Result};
use crate::names::Names;
use crate::period::Period;
use crate::score::{ident, literal};
use crate::store::{self, Landings, Store};
use answers::{Answers, Columns, Spans};
use layout::Layout;
use people::{ONE, People};
use sums::Areas;
use weighted::{Kind, Weighting};

/// What the pass found.
pub struct Clusters {
    /// Instruments of which some answers come from known people, or have to.
    pub of_people: BTreeSet<String>,
    /// What the sums of the cube lack to be sums over people, by outcome, area, period, occasion and group.
    pub repeats: RecordBatch,
    /// Sums of weighted answers over clusters, by outcome, area, occasion, group, scheme of weights and stratum.
    pub weighted: RecordBatch,
}

/// Reads the single responses of every instrument whose answers come from known people or have weights. `tree` says which area lies in
/// which: `root`, `area`, `ancestor`.
pub async fn clusters(
    store: &Store,
    session: &SessionContext,
    declarations: &Declarations,
    period: Period,
    tree: &RecordBatch,
) -> Result<Clusters> {
    let landings = Landings::read(store, session).await?;
    let made = register_weights(store, session).await?;
    let linked = linked::register(store, session, &landings, declarations).await?;
    let mut of_people = BTreeSet::new();
    let (mut repeats, mut weighted) = (rows::Repeats::default(), rows::WeightedSums::default());
    for instrument in declarations.instruments.values() {
        let layout = Layout::new(declarations, instrument);
        let name = store::responses_of(&instrument.id);
        let schema = store::responses(&declarations.columns(&instrument.id), &declarations.groups.facts);
        let Some(seen) = landings.seen(store, session, &name, Some(schema)).await? else { continue };
        session.deregister_table(SEEN).map_err(Error::query(&name))?;
        session.register_table(SEEN, seen.into_view()).map_err(Error::query(&name))?;
        let mut names = Names::default();
        let pass = Pass {
            session,
            name: &name,
            select: layout.select(declarations, instrument),
            areas: Areas::new(tree, layout.main_root, &mut names)?,
            layout,
        };
        let mut spans = Spans::new(period);
        let mut replaced = HashMap::new();
        let each_person = pass.layout.counted.iter().any(|counted| counted.each_person);
        if each_person || pass.count("SELECT count(person) FROM seen_responses").await? > 0 {
            of_people.insert(instrument.id.clone());
            let mut people = People::new(&pass.layout, &pass.areas);
            pass.people(&mut people, &mut spans, &mut names).await?;
            replaced = people.replaced;
            repeats.add(&pass.layout, &spans, &names, people.sums.rolled_up(&pass.areas));
        }
        let mut schemes = pass.brought(&declarations.weights(&instrument.id));
        if made {
            schemes.extend(pass.made(instrument).await?);
        }
        for scheme in schemes {
            let mut weighting = Weighting::new(&pass.layout, &pass.areas);
            pass.weighted(&mut weighting, &scheme.answers, &replaced, &mut spans, &mut names).await?;
            let drawn = weighting.drawn;
            weighted.add(&pass.layout, &scheme.name, &names, &drawn, weighting.sums.rolled_up(&pass.areas));
        }
        for (outcome, change) in several::changes(declarations, instrument) {
            let (layout, select) = several::pairs_of(declarations, instrument, outcome, change);
            let areas = Areas::new(tree, layout.main_root, &mut names)?;
            let pass = Pass { session, name: &name, select, areas, layout };
            let mut people = People::new(&pass.layout, &pass.areas);
            let sql = format!(
                "SELECT * FROM (\n{}\n) AS pairs WHERE y_0 IS NOT NULL ORDER BY person, response_id",
                pass.select
            );
            pass.one_by_one(&sql, &mut people, &mut spans, &mut names).await?;
            repeats.add(&pass.layout, &spans, &names, people.sums.rolled_up(&pass.areas));
        }
        session.deregister_table(SEEN).map_err(Error::query(&name))?;
    }
    session.deregister_table(store::WEIGHTS).map_err(Error::query(store::WEIGHTS))?;
    linked::forget(session, &linked)?;
    Ok(Clusters { of_people, repeats: repeats.finish()?, weighted: weighted.finish()? })
}

/// Makes the weights that `tellonce weight` made known to the session; false where there are none.
async fn register_weights(store: &Store, session: &SessionContext) -> Result<bool> {
    let Some(table) = store.table(store::WEIGHTS).await? else { return Ok(false) };
    session.deregister_table(store::WEIGHTS).map_err(Error::query(store::WEIGHTS))?;
    let provider = table.provider(Some(store::weights()))?;
    session.register_table(store::WEIGHTS, provider).map_err(Error::query(store::WEIGHTS))?;
    Ok(true)
}

/// A scheme by which responses have weights.
struct Scheme {
    name: String,
    /// The query of the answers in the scheme, with their `weight`.
    answers: String,
}

/// What is the same for every query over the responses to one instrument.
struct Pass<'a> {
    session: &'a SessionContext,
    name: &'a str,
    select: String,
    layout: Layout,
    areas: Areas,
}

impl Pass<'_> {
    async fn collect(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let rows = self.session.sql(sql).await.map_err(Error::query(self.name))?;
        rows.collect().await.map_err(Error::query(self.name))
    }

    async fn count(&self, sql: &str) -> Result<i64> {
        let rows = self.collect(sql).await?;
        let count = |batch: &RecordBatch| {
            batch.column(0).as_primitive_opt::<Int64Type>().map(|n| n.iter().flatten().sum::<i64>())
        };
        Ok(rows.iter().filter_map(count).sum())
    }

    /// Returns the schemes of which the weights stand beside the answers.
    fn brought(&self, schemes: &[&str]) -> Vec<Scheme> {
        let scheme = |name: &&str| {
            let weight = ident(&weight_column(name));
            let answers = format!(
                "SELECT answers.*, {weight} AS weight FROM (\n{}\n) AS answers WHERE {weight} >= 0",
                self.select
            );
            Scheme { name: (*name).to_owned(), answers }
        };
        schemes.iter().map(scheme).collect()
    }

    /// Returns the schemes that `tellonce weight` made for an instrument.
    async fn made(&self, instrument: &Instrument) -> Result<Vec<Scheme>> {
        let sql = format!(
            "SELECT DISTINCT scheme FROM weights WHERE instrument = {} AND scheme IS NOT NULL ORDER BY scheme",
            literal(&instrument.id)
        );
        let rows = self.collect(&sql).await?;
        let scheme = |name: &str| {
            let answers = format!(
                "SELECT answers.*, given.weight FROM (\n{}\n) AS answers\n\
                 JOIN (SELECT response_id AS weighted, weight FROM weights WHERE instrument = {} AND scheme = {} AND weight >= 0) AS given\n\
                 ON given.weighted = answers.response_id",
                self.select,
                literal(&instrument.id),
                literal(name)
            );
            Scheme { name: name.to_owned(), answers }
        };
        let of_batch = |batch: &RecordBatch| -> Vec<Scheme> {
            batch.column(0).as_string::<i32>().iter().flatten().map(scheme).collect()
        };
        Ok(rows.iter().flat_map(of_batch).collect())
    }

    /// Runs a query over the responses and hands its batches on.
    async fn read(&self, sql: &str, take: &mut (dyn FnMut(&RecordBatch) -> Result<()> + Send)) -> Result<()> {
        let rows = self.session.sql(sql).await.map_err(Error::query(self.name))?;
        let mut stream = rows.execute_stream().await.map_err(Error::query(self.name))?;
        while let Some(batch) = stream.next().await {
            take(&batch.map_err(Error::query(self.name))?)?;
        }
        Ok(())
    }

    /// Reads the answers of everybody who answered more than once, person by person, and those of nobody known.
    async fn people(&self, people: &mut People<'_>, spans: &mut Spans, names: &mut Names) -> Result<()> {
        let several = "SELECT person FROM seen_responses WHERE person IS NOT NULL GROUP BY person HAVING count(*) > 1";
        let sql = format!(
            "SELECT * FROM (\n{}\n) AS answers WHERE person IN ({several})\n\
             ORDER BY person, submitted_on NULLS FIRST, submitted_at NULLS FIRST, response_id",
            self.select
        );
        self.one_by_one(&sql, people, spans, names).await?;
        let mut answers = Answers::default();
        let sql = format!("SELECT * FROM (\n{}\n) AS answers WHERE person IS NULL", self.select);
        self.read(&sql, &mut |batch| {
            let columns = Columns::new(batch, &self.layout, spans, names)?;
            for row in 0..batch.num_rows() {
                answers.clear();
                columns.push(row, ONE, &mut answers);
                people.add_unknown(&answers);
            }
            Ok(())
        })
        .await
    }

    /// Reads a query in the order of people, and hands on the rows of each.
    async fn one_by_one(&self, sql: &str, people: &mut People<'_>, spans: &mut Spans, names: &mut Names) -> Result<()> {
        let mut answers = Answers::default();
        let (mut person, mut ids) = (String::new(), Vec::new());
        self.read(sql, &mut |batch| {
            let columns = Columns::new(batch, &self.layout, spans, names)?;
            let (who, id) = (text(batch, "person")?, text(batch, "response_id")?);
            for row in 0..batch.num_rows() {
                if who.value(row) != person {
                    people.add(&answers, &ids);
                    answers.clear();
                    ids.clear();
                    who.value(row).clone_into(&mut person);
                }
                columns.push(row, ONE, &mut answers);
                ids.push(id.value(row).to_owned());
            }
            Ok(())
        })
        .await?;
        people.add(&answers, &ids);
        Ok(())
    }

    /// Reads the answers of a scheme, cluster by cluster; `replaced` are those that a later one of the same person replaces.
    async fn weighted(
        &self,
        weighting: &mut Weighting<'_>,
        query: &str,
        replaced: &HashMap<String, Vec<usize>>,
        spans: &mut Spans,
        names: &mut Names,
    ) -> Result<()> {
        let mut answers = Answers::default();
        let mut known = (Kind::Alone, 0, String::new());
        // Answers of nobody known in no cluster are many, and need no order: each stands by itself.
        for which in [
            "cluster IS NULL AND person IS NULL",
            "cluster IS NOT NULL OR person IS NOT NULL\n\
             ORDER BY stratum NULLS FIRST, cluster NULLS FIRST, person NULLS FIRST, response_id",
        ] {
            let sql = format!("SELECT * FROM (\n{query}\n) AS weighed WHERE {which}");
            self.read(&sql, &mut |batch| {
                let columns = Columns::new(batch, &self.layout, spans, names)?;
                let strata = answers::numbers(text(batch, "stratum")?, names);
                let [clusters, people, ids] =
                    [text(batch, "cluster")?, text(batch, "person")?, text(batch, "response_id")?];
                let weights = column(batch, "weight")?
                    .as_primitive_opt::<Int64Type>()
                    .ok_or_else(|| Error::Broken("a weight that is no whole number".into()))?;
                for (row, stratum) in strata.into_iter().enumerate() {
                    let of = |names: &StringArray| names.is_valid(row).then(|| names.value(row).to_owned());
                    let (kind, cluster) = match (of(clusters), of(people)) {
                        (Some(cluster), _) => (Kind::Declared, cluster),
                        (None, Some(person)) => (Kind::Person, person),
                        (None, None) => (Kind::Alone, ids.value(row).to_owned()),
                    };
                    let cluster = (kind, stratum, cluster);
                    if cluster != known {
                        weighting.add(&answers, known.0, known.1);
                        answers.clear();
                        known = cluster;
                    }
                    columns.push(row, weights.value(row), &mut answers);
                    self.forget(&mut answers, people.is_valid(row), replaced.get(ids.value(row)));
                }
                Ok(())
            })
            .await?;
        }
        weighting.add(&answers, known.0, known.1);
        Ok(())
    }

    /// Takes the latest row out of the outcomes that count each person once, where it is not that person's latest answer.
    fn forget(&self, answers: &mut Answers, has_person: bool, replaced: Option<&Vec<usize>>) {
        let Some(row) = answers.all.len().checked_sub(1) else { return };
        for (at, _) in self.layout.counted.iter().enumerate().filter(|(_, counted)| counted.each_person) {
            if !has_person || replaced.is_some_and(|replaced| replaced.contains(&at)) {
                answers.forget(&self.layout, row, at);
            }
        }
    }
}
