//! Disclosure control: the one pass that every number goes through before it leaves.
//!
//! Promises: only this room makes a `Published`, and everything that writes takes nothing else. Must never know: how a figure is drawn.
//!
//! What is done now: a figure whose denominator is under the policy's minimum, or that comes from fewer people than that, is hidden with all
//! its rows, and no hidden part can be worked out from a total and its other parts: over the groups of an area, two groups at a time, the
//! areas of an area, and the months of a period. A weighted figure is hidden with the same figure without weights, and one of only some answers
//! where it leaves out but a few of those of another figure. Of people by their level before and after, of what was not paired and of answers
//! of nobody known, small counts are hidden too. Ranges, rounding, rare options, and differencing between releases are not done yet, so every
//! report says *not for publication*.

mod cells;
mod contracts;
mod counts;
mod crossed;
mod derived;
mod leads;
mod matrix;
mod models;
mod parts;
mod reading;
mod twins;

use arrow::array::RecordBatch;

use crate::declare::{Policy, Subset};
use crate::error::{Error, Result};
use cells::{Cell, Cells, Hidden};
use crossed::Crossed;
use leads::Leads;
use twins::Twins;

pub use reading::At;

/// Figures that have gone through disclosure control, with the columns of `published`.
#[derive(Clone, Debug)]
pub struct Published {
    rows: Vec<RecordBatch>,
    /// Figures that are shown.
    pub shown: usize,
    /// Figures that are hidden.
    pub hidden: usize,
}

impl Published {
    /// Returns the rows.
    pub fn rows(&self) -> &[RecordBatch] {
        &self.rows
    }

    /// Takes rows back that a store kept since they went through the pass. `table` proves where they come from.
    pub fn kept(rows: Vec<RecordBatch>, table: &crate::store::Table) -> Result<Self> {
        if table.name() != crate::store::PUBLISHED {
            return Err(Error::Broken(format!("figures from `{}` are taken for protected ones", table.name())));
        }
        let mut kept = Published { rows, shown: 0, hidden: 0 };
        for batch in &kept.rows {
            let hidden = cells::marked(batch)?;
            kept.hidden += hidden;
            kept.shown += batch.num_rows() - hidden;
        }
        Ok(kept)
    }
}

/// Which areas add up to which: (root, area) to the areas directly below it, each with its level.
pub type Below = std::collections::BTreeMap<(String, String), Vec<String>>;

/// Applies `policy` to the figures of one run.
///
/// `below` says which areas add up to another one, `subsets` which outcomes count only some of another one's answers.
pub fn protect(results: &[RecordBatch], policy: &Policy, below: &Below, subsets: &[Subset]) -> Result<Published> {
    let cells = cells::read(results)?;
    let leads = Leads::find(&cells);
    let sizes = sizes(&cells, &leads);
    let mut hidden = too_few(&cells, &sizes, policy);
    if policy.minimum_n > 0 {
        let twins = Twins::find(&cells, &leads, subsets, &sizes, policy.minimum_n);
        twins.hide_near(&sizes, policy.minimum_n, &mut hidden);
        let all = leads.all();
        let groups = parts::of_groups(&cells, &all);
        let months = parts::of_months(&cells, &all, &sizes);
        let crossed = Crossed::find(&cells, &all, &sizes, &groups, &months);
        let areas = parts::of_areas(&cells, &all, &sizes, below);
        let sums: Vec<_> = groups.into_iter().chain(areas).chain(months).chain(crossed.margins()).collect();
        while parts::hide_complements(&sums, &sizes, &mut hidden)
            | crossed.hide(&sizes, &mut hidden)
            | twins.follow(&mut hidden)
        {}
        derived::hide(&cells, &leads, &sizes, policy.minimum_n, below, &mut hidden);
        models::hide(&cells, &leads, &mut hidden);
        counts::hide(&cells, policy.minimum_n, below, &mut hidden);
        contracts::hide(&cells, policy.minimum_n, &mut hidden);
    }
    let rows = cells::publish(results, &hidden)?;
    let count = hidden.iter().flatten().count();
    Ok(Published { rows, shown: cells.all.len() - count, hidden: count })
}

/// Answers behind every row: those of the figure that it is part of where it does not say, else nobody's.
fn sizes(cells: &Cells, leads: &Leads) -> Vec<i64> {
    let of_figure = |cell: &Cell| cells.all.get(leads.of(cell)?)?.n;
    cells.all.iter().map(|cell| cell.n.or_else(|| of_figure(cell)).unwrap_or_default()).collect()
}

fn too_few(cells: &Cells, sizes: &[i64], policy: &Policy) -> Vec<Option<Hidden>> {
    // People on the lists and deaths are published by others; they are nobody's answers. What was not paired is a count, not a denominator.
    let counts = ["population_share", "unpaired", "without_person"].map(|name| cells.name(name));
    let others: Vec<_> = counts.into_iter().chain(derived::OF_LIFE_TABLES.map(|name| cells.name(name))).collect();
    let hidden = cells.all.iter().zip(sizes).map(|(cell, n)| {
        let answers = !others.contains(&cell.statistic);
        // Many answers of few people are as few as the people.
        let n = cell.people.map_or(*n, |people| people.min(*n));
        (answers && policy.minimum_n > 0 && n < policy.minimum_n).then_some(Hidden::TooFew)
    });
    hidden.collect()
}

#[cfg(test)]
mod tests;
