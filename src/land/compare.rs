//! The responses of a file against those that landed before.

use std::collections::HashMap;

use super::batch::{self, Material};
use super::commit::Commit;
use super::date::Precision;
use super::known::{self, Standing};
use super::{Counts, Lander, Report, fold};
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::store::{self, Landings};

/// What a landing writes, and how its responses stand.
pub(super) struct Written {
    /// For each draft, how the responses of its parts stand.
    pub standings: Vec<Vec<Standing>>,
    /// Responses that are written, as part and draft.
    pub wanted: Vec<(usize, usize)>,
    /// Rows that give way: instrument, response, landing.
    pub gone: Vec<(String, String, String)>,
}

/// Counts the drafts of which some response has a date with two readings, and of the others those with one without a date.
pub(super) fn undated(drafts: &[fold::Draft]) -> [u64; 2] {
    let mut counts = [0; 2];
    for draft in drafts {
        let any = |precision| draft.parts.iter().flatten().any(|response| response.precision == precision);
        if any(Precision::Uncertain) {
            counts[0] += 1;
        } else if any(Precision::None) {
            counts[1] += 1;
        }
    }
    counts
}

/// Counts each row once, as the first that applies: landed, corrected, folded, already there.
pub(super) fn outcomes(drafts: &[fold::Draft], standings: &[Vec<Standing>], counts: &mut Counts) {
    for (draft, standings) in drafts.iter().zip(standings) {
        let rest = draft.rows.len().saturating_sub(1) as u64;
        if standings.contains(&Standing::New) {
            counts.landed += 1;
            counts.folded += rest;
        } else if standings.contains(&Standing::Corrected) {
            counts.corrected += 1;
            counts.folded += rest;
        } else {
            counts.already_there += rest + 1;
        }
    }
}

impl Lander<'_> {
    /// Compares each part's responses with what landed before, and adds the commits of those that are new or corrected.
    pub(super) async fn compare(
        &self,
        material: &Material<'_>,
        landings: &Landings,
        since: Option<i64>,
        commits: &mut Vec<Commit>,
        report: &mut Report,
        progress: Progress<'_>,
    ) -> Result<Written> {
        let mut written =
            Written { standings: vec![Vec::new(); material.drafts.len()], wanted: Vec::new(), gone: Vec::new() };
        let parts = material.layout.parts.len();
        let mut batches: Vec<(String, arrow::datatypes::SchemaRef, Vec<arrow::array::RecordBatch>)> = Vec::new();
        for (part, layout) in material.layout.parts.iter().enumerate() {
            progress("comparing with what landed before", part as u64, parts as u64);
            let instrument = &layout.instrument;
            let schema = store::responses(&self.declarations.columns(&instrument.id), &self.declarations.groups.facts);
            let built = material.responses(part, &schema)?;
            let with_key = self.key.is_some() && material.layout.person.is_some();
            let known =
                known::standings(self.store, self.session, landings, &instrument.id, &built.batch, with_key, since)
                    .await?;
            let mut standings = known.standings;
            let ids = known::ids(&built.batch)?;
            if !layout.comments.is_empty() && !known.landings.is_empty() {
                let old_texts = known::texts(self.store, self.session, landings, &known.landings).await?;
                let all: Vec<(usize, usize)> = built.drafts.iter().map(|draft| (part, *draft)).collect();
                let mut new_texts = HashMap::new();
                known::add_texts(&material.comments(&all)?, &mut new_texts)?;
                for ((standing, id), later) in standings.iter_mut().zip(ids.iter()).zip(&known.later) {
                    let id = id.unwrap_or_default();
                    if *standing == Standing::Known && !later && old_texts.get(id) != new_texts.get(id) {
                        *standing = Standing::Corrected;
                    }
                }
            }
            let mut counts = [0; 3];
            let mut places = Vec::new();
            let mut corrected = Vec::new();
            for (place, (standing, draft)) in standings.iter().zip(&built.drafts).enumerate() {
                counts[*standing as usize] += 1;
                if let Some(all) = written.standings.get_mut(*draft) {
                    all.push(*standing);
                }
                if *standing == Standing::Corrected {
                    corrected.push(ids.value(place).to_owned());
                }
                if *standing != Standing::Known {
                    places.push(u32::try_from(place).unwrap_or(u32::MAX));
                    written.wanted.push((part, *draft));
                }
            }
            let name = format!("{} ({})", instrument.id, layout.occasion);
            match report.responses.iter_mut().find(|(known, _)| *known == name) {
                // Another repeat.
                Some((_, all)) => all.iter_mut().zip(counts).for_each(|(all, count)| *all += count),
                None => report.responses.push((name, counts)),
            }
            if !corrected.is_empty() {
                let rows = known::standing_rows(self.store, self.session, landings, &instrument.id, &corrected).await?;
                written.gone.extend(rows.into_iter().map(|(id, landing)| (instrument.id.clone(), id, landing)));
            }
            if !places.is_empty() {
                let with_persons = batch::with_persons(&built.batch, &known.persons)?;
                let batch = batch::sorted(&with_persons, places, instrument.main_root.column())?;
                let table = store::responses_of(&instrument.id);
                match batches.iter_mut().find(|(name, ..)| *name == table) {
                    Some((_, _, of)) => of.push(batch),
                    None => batches.push((table, schema, vec![batch])),
                }
            }
        }
        for (table, schema, of) in batches {
            // Two occasions of one instrument share a table, and a table is written once in a landing.
            let batch = arrow::compute::concat_batches(&schema, &of).map_err(Error::table(&table))?;
            commits.push(Commit { table, schema, batch, landing: report.landing.clone() });
        }
        Ok(written)
    }
}
