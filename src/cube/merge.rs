//! The cells of one instrument and time, and what a change of the responses makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cell::{Cell, Counts};
use super::counted::Key;
use super::layout::Layout;
use super::stored::damaged;
use crate::error::Result;

/// A cell as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// What lies where in it.
    pub layout: Arc<Layout>,
    /// The cell.
    pub cell: Cell,
    /// Version of the responses when it last changed.
    pub responses_version: i64,
}

/// Cells by the name of their part and by their key.
pub type Cells = BTreeMap<(Arc<str>, Key), Stamped>;

/// Whether responses are newly seen, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// They are added.
    Plus,
    /// They are taken off.
    Minus,
}

/// Something to add to a cell, or to take off.
pub struct Difference {
    /// Whether it is added.
    pub sign: Sign,
    /// The part and the key.
    pub of: (Arc<str>, Key),
    /// What lies where in it.
    pub layout: Arc<Layout>,
    /// How much.
    pub cell: Cell,
}

/// Returns the cells `old` with the differences, in their order; none where that changes nothing. Cells of parts that are not `kept` are left
/// out, those that came to nothing too. What changed is stamped with `responses_version`.
///
/// # Errors
/// More is taken off than there is: the cells are not what was counted.
pub fn merged(
    old: Cells,
    differences: Vec<Difference>,
    kept: &dyn Fn(&str) -> bool,
    responses_version: i64,
) -> Result<Option<Cells>> {
    let (mut new, mut before): (Cells, Cells) = old.into_iter().partition(|((part, _), _)| kept(part));
    let mut touched = BTreeSet::new();
    for Difference { sign, of, layout, cell } in differences {
        let unfit = || damaged(format!("the cells of `{}` are not those that were counted", of.0));
        match new.get_mut(&of) {
            Some(known) if *known.layout != *layout => return Err(unfit()),
            Some(known) => {
                if !touched.contains(&of) {
                    before.entry(of.clone()).or_insert_with(|| known.clone());
                }
                match sign {
                    Sign::Plus => known.cell.add(&cell),
                    Sign::Minus if known.cell.subtract(&cell) => (),
                    Sign::Minus => return Err(unfit()),
                }
            }
            None if sign == Sign::Minus => return Err(unfit()),
            None => {
                new.insert(of.clone(), Stamped { layout, cell, responses_version });
            }
        }
        touched.insert(of);
    }
    let mut changed = false;
    for of in touched {
        let Some(known) = new.get_mut(&of) else { continue };
        known.cell.counts = std::mem::replace(&mut known.cell.counts, Counts::none(0)).narrowest();
        known.responses_version = responses_version;
        if known.cell.is_zero() {
            new.remove(&of);
        } else if let Some(same) = before.get(&of).filter(|old| old.layout == known.layout && old.cell == known.cell) {
            known.responses_version = same.responses_version;
            before.remove(&of);
        } else {
            changed = true;
        }
    }
    // What is left was changed or is gone.
    Ok((changed || !before.is_empty()).then_some(new))
}
