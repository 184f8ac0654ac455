//! Weighted figures beside the same figures without weights: neither gives the other away.

use super::cells::{Cells, Hidden};
use super::leads::Leads;

/// Weighted figures, each with its unweighted twin, as places in the list of cells.
pub struct Twins(Vec<(usize, Option<usize>)>);

impl Twins {
    /// Finds them.
    pub fn find(cells: &Cells, leads: &Leads) -> Self {
        Twins(leads.weighted(cells))
    }

    /// Hides weighted figures that leave out some answers of their twin, but under `minimum` of them: the two together would tell what
    /// those few answered.
    pub fn hide_near(&self, sizes: &[i64], minimum: i64, hidden: &mut [Option<Hidden>]) {
        let size = |at: usize| sizes.get(at).copied().unwrap_or_default();
        for (weighted, twin) in &self.0 {
            let left_out = twin.map_or(0, |twin| size(twin) - size(*weighted));
            if let Some(place) = hidden.get_mut(*weighted)
                && place.is_none()
                && (1..minimum).contains(&left_out)
            {
                *place = Some(Hidden::TooFew);
            }
        }
    }

    /// Hides the weighted figures whose twin is hidden or missing; returns whether it hid any.
    pub fn follow(&self, hidden: &mut [Option<Hidden>]) -> bool {
        let mut changed = false;
        for (weighted, twin) in &self.0 {
            let gone = twin.is_none_or(|twin| hidden.get(twin).is_some_and(Option::is_some));
            if let Some(place) = hidden.get_mut(*weighted)
                && gone
                && place.is_none()
            {
                *place = Some(Hidden::Derived);
                changed = true;
            }
        }
        changed
    }
}
