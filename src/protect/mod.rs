//! Disclosure control: the one pass that every number goes through before it leaves.
//!
//! Promises: only this room makes a `Published`, and everything that writes takes nothing else. Must never know: how a figure is drawn.
//!
//! What is done now: a figure whose denominator is under the policy's minimum is hidden, and no hidden part can be worked out from a
//! total and its other parts: over the groups of an area, the areas of an area, and the months of a period. Ranges, rounding, rare
//! options, and differencing between releases are not done yet, so every report says *not for publication*.

mod cells;
mod parts;

use std::collections::HashSet;

use arrow::array::RecordBatch;

use crate::declare::Policy;
use crate::error::{Error, Result};
use cells::{Cells, Hidden};

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
/// `below` says which areas add up to another one.
pub fn protect(results: &[RecordBatch], policy: &Policy, below: &Below) -> Result<Published> {
    let cells = cells::read(results)?;
    let mut hidden = too_few(&cells, policy);
    if policy.minimum_n > 0 {
        parts::hide_complements(&cells, below, &mut hidden);
        hide_derived(&cells, &mut hidden);
    }
    let rows = cells::publish(results, &hidden)?;
    let count = hidden.iter().flatten().count();
    Ok(Published { rows, shown: cells.all.len() - count, hidden: count })
}

fn too_few(cells: &Cells, policy: &Policy) -> Vec<Option<Hidden>> {
    // People on the lists are published by others; they are nobody's answers.
    let listed = cells.name("population_share");
    let hidden = cells.all.iter().map(|cell| {
        let answers = cell.statistic != listed;
        (answers && policy.minimum_n > 0 && cell.n < policy.minimum_n).then_some(Hidden::TooFew)
    });
    hidden.collect()
}

/// Hides what is computed from hidden figures: gaps, slopes, funnel limits and chart limits would give them away.
fn hide_derived(cells: &Cells, hidden: &mut [Option<Hidden>]) {
    let value = cells.name("value");
    let mut by_group = HashSet::new();
    let mut series = HashSet::new();
    let mut figures = HashSet::new();
    for (cell, hidden) in cells.all.iter().zip(hidden.iter()) {
        if cell.statistic == value && hidden.is_some() {
            by_group.insert((cell.place, cell.period, cell.group_by));
            series.insert(cell.place);
            figures.insert((cell.place, cell.period, cell.group_by, cell.group));
        }
    }
    let [gap, slope, ratio] = ["gap", "slope_index", "relative_index"].map(|name| cells.name(name));
    let [funnel, narrow, charted] = ["funnel", "funnel_95", "xmr"].map(|name| cells.name(name));
    for (cell, hidden) in cells.all.iter().zip(hidden.iter_mut()) {
        let gone = match cell.statistic {
            is if is == value => false,
            is if is == gap || is == slope || is == ratio => {
                by_group.contains(&(cell.place, cell.period, cell.group_by))
            }
            is if is == funnel || is == narrow => {
                figures.contains(&(cell.place, cell.period, cell.group_by, cell.group))
            }
            // A month more or less is worked out from the centre of the series and the other months.
            is if is == charted => series.contains(&cell.place),
            _ => false,
        };
        if gone && hidden.is_none() {
            *hidden = Some(Hidden::Derived);
        }
    }
}

#[cfg(test)]
mod tests;
