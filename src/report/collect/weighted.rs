//! The weighted figures beside the figure of a measure.

use super::super::context::ByWeights;
use super::super::rows::Row;
use super::Page;

impl Page<'_> {
    /// The same figure as `row` by each scheme of weights.
    pub(super) fn weighted(&self, row: &Row) -> Vec<ByWeights> {
        let same = |weighted: &&Row| {
            weighted.measure == row.measure
                && (&weighted.root, &weighted.area, &weighted.period) == (&row.root, &row.area, &row.period)
                && weighted.statistic == row.statistic
                && (&weighted.occasion, &weighted.group_by, &weighted.group)
                    == (&row.occasion, &row.group_by, &row.group)
                && weighted.cut_set == row.cut_set
        };
        let figures = self.weighted.iter().filter(same);
        figures.map(|row| ByWeights { scheme: row.weighting.clone(), figure: row.figure.clone() }).collect()
    }
}
