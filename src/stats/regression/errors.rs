//! What the uncertainty of coefficients is taken from.

use std::collections::BTreeMap;

use super::{Case, Fit, Model};

/// What the uncertainty of coefficients is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors<'a> {
    /// The model: scatter alike everywhere (linear, on rows less coefficients), or that of counts (logistic).
    Model,
    /// The weights, each being the inverse of the known variance of its row (linear).
    Weights,
    /// Each row's own distance from the line (the sandwich, times rows over rows less coefficients).
    ///
    /// Source: MacKinnon JG & White H (1985), J Econometrics 29:305-325, HC1.
    Rows,
    /// The sample's design: what the clusters of a stratum add up to scatters about the mean of the stratum. A stratum
    /// of one cluster scatters about 0, the mean of all.
    ///
    /// Source: Binder DA (1983), Int Stat Rev 51:279-292; `svyglm` of R's `survey` with `lonely.psu = "adjust"`.
    Sample {
        /// The cluster of each row, unique over strata; none where each row was drawn by itself.
        clusters: Option<&'a [u64]>,
        /// The stratum of each row; none where all are of one.
        strata: Option<&'a [u64]>,
    },
}

impl Fit {
    /// Returns the covariance of the coefficients (the square of their unit), a row and a column for each, in their
    /// order; 0 where a predictor was left out.
    ///
    /// `cases` are those of the fit. `None` where there are no more rows than coefficients ([`Errors::Model`] of a
    /// linear fit, [`Errors::Rows`]), where there is one cluster in all, where clusters or strata are not one a row,
    /// and where a number leaves the range.
    pub fn covariance(&self, cases: &[Case], errors: Errors<'_>) -> Option<Vec<Vec<f64>>> {
        let rank = self.solution.rank();
        let beyond = cases.len().checked_sub(rank).filter(|&rows| rows > 0).map(|rows| rows as f64);
        let table = match errors {
            Errors::Model => {
                let squares = |(case, mu): (&Case, &f64)| case.weight * (case.outcome - mu).powi(2);
                let scatter = match self.model {
                    Model::Linear => cases.iter().zip(&self.fitted).map(squares).sum::<f64>() / beyond?,
                    Model::Logistic => 1.0,
                };
                self.solution.inverse.iter().map(|row| row.iter().map(|v| v * scatter).collect()).collect()
            }
            Errors::Weights => self.solution.inverse.clone(),
            Errors::Rows => {
                let factor = cases.len() as f64 / beyond?;
                products(self.influences(cases), rank, factor)
            }
            Errors::Sample { clusters, strata } => self.sampled(cases, clusters, strata)?,
        };
        let table: Vec<Vec<f64>> = table;
        table.iter().flatten().all(|value| value.is_finite()).then(|| self.solution.spread(&table))
    }

    /// What each row moves the coefficients by.
    fn influences<'a>(&'a self, cases: &'a [Case]) -> impl Iterator<Item = Vec<f64>> + 'a {
        cases
            .iter()
            .zip(&self.fitted)
            .map(|(case, mu)| self.solution.influence(&case.predictors, case.weight * (case.outcome - mu)))
    }

    fn sampled(&self, cases: &[Case], clusters: Option<&[u64]>, strata: Option<&[u64]>) -> Option<Vec<Vec<f64>>> {
        let rows = cases.len();
        if clusters.is_some_and(|all| all.len() != rows) || strata.is_some_and(|all| all.len() != rows) {
            return None;
        }
        let rank = self.solution.rank();
        let mut sums: BTreeMap<u64, BTreeMap<u64, Vec<f64>>> = BTreeMap::new();
        for (row, influence) in self.influences(cases).enumerate() {
            let at =
                |ids: Option<&[u64]>, otherwise: u64| ids.and_then(|ids| ids.get(row)).copied().unwrap_or(otherwise);
            let stratum = sums.entry(at(strata, 0)).or_default();
            let sum = stratum.entry(at(clusters, row as u64)).or_insert_with(|| vec![0.0; rank]);
            sum.iter_mut().zip(influence).for_each(|(sum, one)| *sum += one);
        }
        if sums.values().map(BTreeMap::len).sum::<usize>() < 2 {
            return None;
        }
        let mut total = vec![vec![0.0; rank]; rank];
        for stratum in sums.into_values() {
            let count = stratum.len() as f64;
            let alone = stratum.len() == 1;
            let mean = |j: usize| if alone { 0.0 } else { stratum.values().map(|sum| sum[j]).sum::<f64>() / count };
            let means: Vec<f64> = (0..rank).map(mean).collect();
            let distances = stratum.values().map(|sum| sum.iter().zip(&means).map(|(sum, mean)| sum - mean).collect());
            let part = products(distances, rank, if alone { 1.0 } else { count / (count - 1.0) });
            total.iter_mut().flatten().zip(part.iter().flatten()).for_each(|(sum, one)| *sum += one);
        }
        Some(total)
    }
}

/// Sums of squares and products of some rows, times a factor.
fn products(rows: impl Iterator<Item = Vec<f64>>, rank: usize, factor: f64) -> Vec<Vec<f64>> {
    let mut total = vec![vec![0.0; rank]; rank];
    for row in rows {
        for (sums, one) in total.iter_mut().zip(&row) {
            sums.iter_mut().zip(&row).for_each(|(sum, other)| *sum += factor * one * other);
        }
    }
    total
}
