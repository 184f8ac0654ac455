//! The cells of one instrument brought up to date: only what changed is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::prelude::{DataFrame, SessionContext};

use super::counted::Counted;
use super::kept::{self, Kept};
use super::layout::Layout;
use super::linked::{self, Linked};
use super::merge::{Cells, Difference, Sign, merged};
use super::pairs::Keys;
use super::scored::{self, Pass};
use super::stored::{Stored, about, tag};
use super::time::Time;
use super::{SEEN, casemix, dif, joint, pairs, read, responses, write};
use crate::declare::{Declarations, Instrument, PairBy};
use crate::error::{Error, Result};
use crate::store::{Store, Table, Which, Written};

/// What the cells of an instrument are made from.
pub struct Source<'a> {
    /// Where the tables are.
    pub store: &'a Store,
    /// What reads them.
    pub session: &'a SessionContext,
    /// The declarations.
    pub declarations: &'a Declarations,
    /// The instrument.
    pub instrument: &'a Instrument,
    /// Name of the table of its responses.
    pub name: String,
    /// The columns that are read of it.
    pub schema: SchemaRef,
    /// Its version.
    pub version: i64,
    /// The landings that stand and gave responses.
    pub standing: BTreeSet<String>,
    /// The table `cube`.
    pub cube: &'a Table,
    /// Other instruments whose responses have a say, and the landings that stand of each.
    pub linked: &'a BTreeMap<String, BTreeSet<String>>,
}

/// What bringing an instrument up to date comes to.
#[derive(Default)]
pub struct Updated {
    /// Files that were written.
    pub written: Vec<Written>,
    /// Tags of the files that they replace.
    pub gone: BTreeSet<String>,
    /// Responses that are in the cube now.
    pub responses: u64,
    /// For each part that was counted, how many rows it was given.
    pub read: BTreeMap<String, u64>,
    /// By outcome, the patterns that were counted anew.
    pub patterns: BTreeMap<String, Vec<RecordBatch>>,
}

/// What stands in front of an outcome in the name of its pass over patterns.
const PATTERNS: &str = "casemix/";

impl Source<'_> {
    /// Brings the cells up to date. `before` is the cube as it is and what it was made of; without it everything is counted.
    ///
    /// # Errors
    /// Of the kind `Input`, where the cube is not what was counted: it has to be counted without `before`.
    pub async fn updated(
        &self,
        before: Option<(&Stored, &Kept)>,
        progress: &mut (dyn FnMut(&str, u64) + Send),
    ) -> Result<Updated> {
        let passes = self.passes();
        let rules = self.rules(&passes);
        let nothing = Kept::default();
        let old = before.map_or(&nothing, |(_, kept)| kept);
        let same_rows = old.landings == self.standing;
        let mut updated = Updated { responses: old.responses, ..Updated::default() };
        let anew: BTreeSet<&str> = rules
            .iter()
            .filter(|(part, rule)| old.rules.get(*part) != Some(rule))
            .map(|(part, _)| part.as_str())
            .collect();
        if same_rows && anew.is_empty() && old.rules.len() == rules.len() {
            return Ok(updated);
        }
        let mut found = Found::default();
        if !anew.is_empty() {
            let rows = self.seen(&self.standing).await?;
            self.count(rows, Sign::Plus, &|part| anew.contains(part), &mut found, progress).await?;
            if anew.contains(scored::ITEMS) {
                updated.responses = 0;
            }
        }
        if !same_rows {
            let parts = rules.keys().map(String::as_str).filter(|part| !anew.contains(part)).collect();
            self.follow(&old.landings, &parts, &mut found, progress).await?;
        }
        updated.read = found.read;
        updated.responses = updated.responses.saturating_add(found.responses[0]).saturating_sub(found.responses[1]);
        for (outcome, [plus, minus]) in found.patterns {
            let rows = match anew.contains(format!("{PATTERNS}{outcome}").as_str()) {
                true => plus,
                false => casemix::merged(self.store, self.session, &outcome, plus, minus).await?,
            };
            updated.patterns.insert(outcome, rows);
        }

        let mut by_tag: BTreeMap<String, Vec<Difference>> = BTreeMap::new();
        for (time, differences) in found.by_time {
            by_tag.insert(tag(&self.instrument.id, time), differences);
        }
        let kept = |part: &str| rules.contains_key(part) && !anew.contains(part);
        let all_kept = old.rules.keys().filter(|part| !part.starts_with(PATTERNS)).all(|part| kept(part));
        let own = format!("{}_", self.instrument.id);
        let tags =
            self.cube.tags()?.into_iter().filter(|tag| tag.starts_with(&own) && *tag != about(&self.instrument.id));
        match before {
            // Nothing of what was is left.
            None => updated.gone.extend(tags),
            Some(_) if all_kept => (),
            Some(_) => tags.for_each(|tag| {
                by_tag.entry(tag).or_default();
            }),
        }
        let state = self.session.state();
        for (tag, differences) in by_tag {
            let old = match before {
                Some((stored, _)) => stored.tagged(&state, &tag).await?,
                None => Cells::new(),
            };
            if let Some(cells) = merged(old, differences, &kept, self.version)? {
                updated.written.extend(write::cells(self.cube, &self.instrument.id, &tag, &cells).await?);
                updated.gone.insert(tag);
            }
        }
        let made_of = Kept { landings: self.standing.clone(), responses: updated.responses, rules };
        let layouts = passes.iter().map(|pass| (pass.part.clone(), pass.histograms.layout()));
        let layouts: BTreeMap<(String, String), Layout> =
            layouts.map(|(part, layout)| ((part, layout.id()), layout)).collect();
        let about_file = write::about(self.cube, &self.instrument.id, &layouts, &made_of, self.version).await?;
        updated.written.extend(about_file);
        updated.gone.insert(about(&self.instrument.id));
        Ok(updated)
    }

    /// Returns every pass over every version of the instrument.
    fn passes(&self) -> Vec<Pass> {
        let mut passes = Vec::new();
        for of in self.declarations.versions(&self.instrument.id) {
            let responses = responses(self.declarations, of, self.instrument);
            passes.push(scored::pass(self.declarations, of, &responses));
            passes.extend(scored::linked(self.declarations, of, self.instrument, &responses));
            passes.extend(joint::passes(self.declarations, of, &responses));
            passes.extend(dif::passes(self.declarations, of, &responses));
            for outcome in self.declarations.outcomes_of(&self.instrument.id) {
                let is_of = outcome.versions(self.instrument).any(|version| version == of.version);
                if let Some(change) = outcome.change.as_ref().filter(|_| is_of) {
                    passes.push(pairs::pass(self.declarations, of, outcome, change, &responses));
                }
            }
        }
        passes
    }

    /// Returns the queries of patterns, each after its outcome.
    fn of_patterns(&self) -> Vec<(&str, String)> {
        let mut queries = Vec::new();
        for of in self.declarations.versions(&self.instrument.id) {
            let responses = responses(self.declarations, of, self.instrument);
            for outcome in self.declarations.outcomes_of(&self.instrument.id) {
                if outcome.versions(self.instrument).any(|version| version == of.version) {
                    let sql = casemix::sql(self.declarations, of, outcome, &responses);
                    queries.extend(sql.map(|sql| (outcome.id.as_str(), sql)));
                }
            }
        }
        queries
    }

    /// Returns by which rule each part is counted.
    fn rules(&self, passes: &[Pass]) -> BTreeMap<String, String> {
        let mut by_part: BTreeMap<&str, Vec<&Pass>> = BTreeMap::new();
        for pass in passes {
            by_part.entry(&pass.part).or_default().push(pass);
        }
        let rule = |passes: &[&Pass]| kept::rule(self.declarations, self.instrument, passes);
        let mut rules: BTreeMap<String, String> =
            by_part.into_iter().map(|(part, passes)| (part.to_owned(), rule(&passes))).collect();
        for (outcome, sql) in self.of_patterns() {
            let rule = rules.entry(format!("{PATTERNS}{outcome}")).or_default();
            *rule = kept::of_text(&format!("{rule}{sql}"));
        }
        for outcome in self.declarations.outcomes_of(&self.instrument.id).filter(|outcome| outcome.is_linked) {
            // What was counted holds for the landings of the other instruments that stood then.
            let linked = Linked::of(self.declarations, std::iter::once(outcome));
            let landings: Vec<_> = linked.instruments().iter().map(|id| self.linked.get(*id)).collect();
            let patterns = outcome.among_others().next().map(|_| PATTERNS);
            for part in std::iter::once(linked::PART).chain(patterns) {
                if let Some(rule) = rules.get_mut(&format!("{part}{}", outcome.id)) {
                    *rule = kept::of_text(&format!("{rule}{landings:?}"));
                }
            }
        }
        // A score over the goals of a submission is not that of one response: where a landing comes or goes, all are counted.
        if self.declarations.versions(&self.instrument.id).into_iter().any(Instrument::scores_over_repeats) {
            for rule in rules.values_mut() {
                *rule = kept::of_text(&format!("{rule}{:?}", self.standing));
            }
        }
        rules
    }

    /// Returns rows of the responses; none where there can be none.
    async fn rows(&self, which: &Which<'_>) -> Result<Option<DataFrame>> {
        which.rows(self.store, self.session, &self.name, Some(self.schema.clone())).await
    }

    /// Returns all rows that are seen where these landings stand.
    async fn seen(&self, landings: &BTreeSet<String>) -> Result<DataFrame> {
        let rows = self.rows(&Which { given_by: landings, not_hidden_by: landings, hidden_by: None }).await?;
        rows.ok_or_else(|| Error::Broken(format!("the table `{}` is gone", self.name)))
    }

    /// Counts what is newly seen and no longer seen since the landings `old` stood, by the passes of these parts.
    async fn follow(
        &self,
        old: &BTreeSet<String>,
        parts: &BTreeSet<&str>,
        found: &mut Found,
        progress: &mut (dyn FnMut(&str, u64) + Send),
    ) -> Result<()> {
        let (new, both): (BTreeSet<_>, BTreeSet<_>) =
            self.standing.iter().cloned().partition(|landing| !old.contains(landing));
        let ended: BTreeSet<_> = old.difference(&self.standing).cloned().collect();
        let mut differing = Vec::new();
        for (sign, given_by, not_hidden_by, hidden_by) in [
            (Sign::Plus, &new, &self.standing, None),
            (Sign::Plus, &both, &self.standing, Some(&ended)),
            (Sign::Minus, &ended, old, None),
            (Sign::Minus, &both, old, Some(&new)),
        ] {
            if !given_by.is_empty() && hidden_by.is_none_or(|by| !by.is_empty()) {
                let rows = self.rows(&Which { given_by, not_hidden_by, hidden_by }).await?;
                differing.extend(rows.map(|rows| (sign, rows)));
            }
        }
        for (sign, rows) in &differing {
            let adds_up = |part: &str| parts.contains(part) && self.pair_by(part).is_none();
            self.count(rows.clone(), *sign, &adds_up, found, progress).await?;
        }
        // A pair is made of several answers: it is counted anew for all whose answers are not the same.
        for by in [PairBy::Person, PairBy::Episode, PairBy::PersonAndEpisode] {
            let of = |part: &str| parts.contains(part) && self.pair_by(part) == Some(by);
            if !parts.iter().any(|part| of(part)) {
                continue;
            }
            let keys = Keys::read(self.session, &self.name, by, &differing).await?;
            for (sign, landings) in [(Sign::Plus, &self.standing), (Sign::Minus, old)] {
                let mut rows = keys.of(self.seen(landings).await?).map_err(Error::table(&self.name))?;
                for (_, differing) in differing.iter().filter(|(of, _)| *of == sign) {
                    let alone = keys.without(differing.clone());
                    rows = alone.and_then(|alone| rows.union(alone)).map_err(Error::table(&self.name))?;
                }
                self.count(rows, sign, &of, found, progress).await?;
            }
        }
        Ok(())
    }

    /// Counts rows by the passes whose part is wanted.
    async fn count(
        &self,
        rows: DataFrame,
        sign: Sign,
        wanted: &(dyn Fn(&str) -> bool + Sync),
        found: &mut Found,
        progress: &mut (dyn FnMut(&str, u64) + Send),
    ) -> Result<()> {
        self.session.deregister_table(SEEN).map_err(Error::query(&self.name))?;
        self.session.register_table(SEEN, rows.into_view()).map_err(Error::query(&self.name))?;
        let before = found.responses.iter().sum::<u64>();
        for pass in self.passes().into_iter().filter(|pass| wanted(&pass.part)) {
            let what = match pass.part.as_str() {
                scored::ITEMS => "reading",
                part if part.starts_with(pairs::PART) => "pairing",
                _ => "comparing",
            };
            let (part, counted) = read(self.session, pass, &self.name, &mut |n| progress(what, before + n)).await?;
            found.add(sign, part, counted);
        }
        for (outcome, sql) in self.of_patterns() {
            if wanted(&format!("{PATTERNS}{outcome}")) {
                let rows = casemix::read(self.session, outcome, &sql).await?;
                let [plus, minus] = found.patterns.entry(outcome.to_owned()).or_default();
                if sign == Sign::Plus { plus } else { minus }.extend(rows);
            }
        }
        Ok(())
    }

    /// Returns what the pairs of a part have in common; none where it counts responses one by one.
    fn pair_by(&self, part: &str) -> Option<PairBy> {
        let outcome = part.strip_prefix(pairs::PART).or_else(|| part.strip_prefix(PATTERNS))?;
        let outcome = self.declarations.outcomes_of(&self.instrument.id).find(|of| of.id == outcome)?;
        outcome.change.as_ref().map(|change| change.pair_by)
    }
}

/// What was counted so far.
#[derive(Default)]
struct Found {
    by_time: BTreeMap<Time, Vec<Difference>>,
    /// Responses to add, and to take off.
    responses: [u64; 2],
    read: BTreeMap<String, u64>,
    /// By outcome, patterns to add and to take off.
    patterns: BTreeMap<String, [Vec<RecordBatch>; 2]>,
}

impl Found {
    fn add(&mut self, sign: Sign, part: String, counted: Counted) {
        if part == scored::ITEMS {
            let [plus, minus] = &mut self.responses;
            *if sign == Sign::Plus { plus } else { minus } += counted.rows;
        }
        *self.read.entry(part.clone()).or_default() += counted.rows;
        let (part, layout): (Arc<str>, _) = (part.into(), Arc::new(counted.layout));
        for (key, cell) in counted.cells {
            let of_time = self.by_time.entry(key.time).or_default();
            of_time.push(Difference { sign, of: (part.clone(), key), layout: layout.clone(), cell });
        }
    }
}
