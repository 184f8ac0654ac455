//! What responses to one instrument take from those to another: of the same submission, or the latest of the same person.
//!
//! An outcome that needs it has a pass of its own: its numbers change with the other instrument's landings too, and those of other outcomes
//! do not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;

use super::bands::Breakdown;
use super::joint::band_number_of;
use crate::declare::{Among, Declarations, Group, Instrument, Outcome, Through, Within};
use crate::error::{Error, Result};
use crate::score::{Scoring, filter, ident};
use crate::store::{self, Landings, Store};

/// What stands in front of an outcome in the name of its pass.
pub const PART: &str = "among/";

/// One column of another instrument's responses, and how to get there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    instrument: String,
    column: String,
    by: Through,
    within: Option<Within>,
}

/// What outcomes need of the responses to other instruments: a column for each link, and one for each group that they are shown by.
pub struct Linked<'a> {
    declarations: &'a Declarations,
    links: Vec<Link>,
    groups: Vec<(&'a Group, usize)>,
}

impl<'a> Linked<'a> {
    /// Finds what some outcomes of one instrument need.
    pub fn of<'b>(declarations: &'a Declarations, outcomes: impl Iterator<Item = &'b Outcome>) -> Self {
        let mut linked = Linked { declarations, links: Vec::new(), groups: Vec::new() };
        for outcome in outcomes {
            for among in outcome.among_others() {
                linked.link(link_of(declarations, among));
            }
            for group in declarations.groups.groups.iter().filter(|group| outcome.by.contains(&group.id)) {
                let known = linked.groups.iter().any(|(known, _)| known.id == group.id);
                if !known && group.is_of_others(&outcome.instrument) {
                    let at = linked.link(link_to(declarations, group));
                    linked.groups.extend(at.map(|at| (group, at)));
                }
            }
        }
        linked
    }

    /// Adds a link and returns its number.
    fn link(&mut self, link: Option<Link>) -> Option<usize> {
        let link = link?;
        if let Some(at) = self.links.iter().position(|known| *known == link) {
            return Some(at);
        }
        self.links.push(link);
        Some(self.links.len() - 1)
    }

    /// Returns the instruments that they lead to.
    pub fn instruments(&self) -> BTreeSet<&str> {
        self.links.iter().map(|link| link.instrument.as_str()).collect()
    }

    /// Returns the SQL that adds the columns to those of `from`, which is a table or a query in brackets.
    pub fn select(&self, from: &str) -> String {
        if self.links.is_empty() {
            return from.to_owned();
        }
        let links = || self.links.iter().enumerate();
        let columns: String = links().map(|(at, _)| format!(", {}.value AS {}", alias(at), value(at))).collect();
        let joins: String = links().map(|(at, link)| self.join(at, link, from)).collect();
        let groups = self.groups.iter().map(|(group, at)| {
            format!(", CAST({} AS SMALLINT) AS {}", band_number_of(group, &value(*at)), ident(&band_column(group)))
        });
        format!(
            "(SELECT *{}\n FROM (SELECT r.*{columns}\n  FROM {from} AS r{joins}) AS linked)",
            groups.collect::<String>()
        )
    }

    /// Joins the latest answer that belongs to a response.
    fn join(&self, at: usize, link: &Link, from: &str) -> String {
        let (alias, key) = (alias(at), key(link.by));
        let Some(other) = self.declarations.instrument(&link.instrument) else { return String::new() };
        let column = ident(&link.column);
        let scored = Scoring::new(other, self.declarations).needed(std::slice::from_ref(&column));
        let responses = super::responses_in(&table_of(&link.instrument), self.declarations, other, other);
        let answers = format!(
            "SELECT {key} AS key, {column} AS value, response_id, submitted_on, submitted_at, date_precision\n   FROM {}\n   WHERE {key} IS NOT NULL AND {column} >= 0",
            scored.select(&responses)
        );
        const LATEST: &str =
            "last_value(a.value ORDER BY a.submitted_on NULLS FIRST, a.submitted_at NULLS FIRST, a.response_id)";
        match link.within {
            None => format!(
                "\n  LEFT JOIN (SELECT a.key AS key, {LATEST} AS value FROM (\n   {answers}) AS a\n   GROUP BY a.key) AS {alias} ON {alias}.key = r.{key}"
            ),
            Some(Within { days_before, days_after }) => format!(
                "\n  LEFT JOIN (SELECT o.response_id AS own_response, o.landing AS own_landing, {LATEST} AS value\n   FROM {from} AS o JOIN (\n   \
                 {answers}) AS a ON a.key = o.{key}\n   WHERE o.date_precision IN ('second', 'day') AND a.date_precision IN ('second', 'day')\n   \
                 AND a.submitted_on BETWEEN CAST(o.submitted_on - INTERVAL '{days_before} days' AS DATE) AND CAST(o.submitted_on + INTERVAL \
                 '{days_after} days' AS DATE)\n   GROUP BY o.response_id, o.landing) AS {alias}\n  \
                 ON {alias}.own_response = r.response_id AND {alias}.own_landing = r.landing"
            ),
        }
    }

    /// Returns the SQL that is true for the responses to one version of an instrument that `outcome` counts; nothing where all are.
    pub fn condition(&self, outcome: &Outcome, version: &Instrument) -> Option<String> {
        let met = |among: &Among| {
            let (column, codes) = match among.by {
                Through::Response => {
                    let Some((column, codes)) = among.column(version) else { return "FALSE".to_owned() };
                    (ident(&column), codes)
                }
                Through::Submission | Through::Person => {
                    let other = among.instrument.as_ref().and_then(|id| self.declarations.instrument(id));
                    let link = link_of(self.declarations, among);
                    let at = self.links.iter().position(|known| Some(known) == link.as_ref());
                    let found = other.and_then(|other| among.column(other)).zip(at);
                    let Some(((_, codes), at)) = found else { return "FALSE".to_owned() };
                    (value(at), codes)
                }
            };
            let codes: Vec<String> = codes.iter().map(i8::to_string).collect();
            format!("{column} IN ({})", codes.join(", "))
        };
        let conditions: Vec<String> = filter(&outcome.only).into_iter().chain(outcome.among.iter().map(met)).collect();
        (!conditions.is_empty()).then(|| conditions.join(" AND "))
    }

    /// Makes a group ready as a breakdown of the responses to one version of an instrument; none where they do not have it.
    pub fn breakdown(&self, id: &str, version: &Instrument) -> Option<Breakdown> {
        let group = self.declarations.group(id)?;
        if self.groups.iter().any(|(of_others, _)| of_others.id == id) {
            let bands = group.bands.iter().map(|band| band.id.clone()).collect();
            return Some(Breakdown::by_number(id.to_owned(), &band_column(group), bands));
        }
        group.is_in(version).then(|| Breakdown::new(group))
    }

    /// Makes the groups and pairs of groups ready that an outcome is shown by.
    pub fn breakdowns(&self, outcome: &Outcome, version: &Instrument) -> Vec<Breakdown> {
        let mut breakdowns: Vec<Breakdown> =
            outcome.by.iter().filter_map(|group| self.breakdown(group, version)).collect();
        for (_, groups) in self.declarations.pairs_of(outcome) {
            let [first, second] = groups.map(|group| self.breakdown(&group.id, version));
            breakdowns.extend(first.zip(second).map(|(first, second)| Breakdown::pair([first, second])));
        }
        breakdowns
    }
}

fn link_of(declarations: &Declarations, among: &Among) -> Option<Link> {
    let instrument = among.instrument.clone()?;
    let (column, _) = among.column(declarations.instrument(&instrument)?)?;
    Some(Link { instrument, column, by: among.by, within: among.within })
}

fn link_to(declarations: &Declarations, group: &Group) -> Option<Link> {
    let instrument = group.instrument.clone()?;
    let (column, _) = group.code_column(declarations.instrument(&instrument)?)?;
    Some(Link { instrument, column, by: group.by?, within: group.within })
}

fn alias(at: usize) -> String {
    format!("j{at}")
}

fn value(at: usize) -> String {
    ident(&format!("linked_{at}"))
}

fn band_column(group: &Group) -> String {
    format!("g_{}", group.id)
}

fn key(by: Through) -> &'static str {
    match by {
        Through::Response => "response_id",
        Through::Submission => "submission",
        Through::Person => "person",
    }
}

/// Name under which queries read the responses to another instrument.
fn table_of(instrument: &str) -> String {
    format!("responses_to_{}", instrument.replace('-', "_"))
}

/// Makes the responses that outcomes of any instrument need of others known to the session; returns the landings that they come from.
pub async fn register(
    store: &Store,
    session: &SessionContext,
    landings: &Landings,
    declarations: &Declarations,
) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut made_of = BTreeMap::new();
    let linked = Linked::of(declarations, declarations.outcomes.iter().filter(|outcome| outcome.change.is_none()));
    for id in linked.instruments() {
        let (name, table) = (store::responses_of(id), table_of(id));
        let schema = store::coded(&store::responses(&declarations.columns(id), &declarations.groups.facts));
        let seen = landings.seen(store, session, &name, Some(schema.clone())).await?;
        let rows = match seen {
            Some(seen) => seen,
            None => {
                let nothing = MemTable::try_new(schema, vec![Vec::new()]).map_err(Error::table(&name))?;
                session.read_table(Arc::new(nothing)).map_err(Error::table(&name))?
            }
        };
        session.deregister_table(&table).map_err(Error::query(&name))?;
        session.register_table(&table, rows.into_view()).map_err(Error::query(&name))?;
        let given_by: BTreeSet<String> = match store.table(&name).await? {
            Some(table) => table.tags()?.into_iter().collect(),
            None => BTreeSet::new(),
        };
        let standing = landings.standing().map(|landing| landing.id.clone());
        made_of.insert(id.to_owned(), standing.filter(|landing| given_by.contains(landing)).collect());
    }
    Ok(made_of)
}

/// Makes them unknown to the session again.
pub fn forget(session: &SessionContext, made_of: &BTreeMap<String, BTreeSet<String>>) -> Result<()> {
    for id in made_of.keys() {
        session.deregister_table(table_of(id)).map_err(Error::query(id))?;
    }
    Ok(())
}
