//! Weighted least squares by an orthogonal decomposition.

/// A column of which less than this share is left when what the columns before it explain is taken off says nothing of
/// its own: the bound of R's `lm`.
const ALIASED: f64 = 1e-7;

/// The coefficients and what their uncertainty is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Solution {
    /// Places of the columns in the model.
    kept: Vec<usize>,
    /// Coefficients of the columns that were kept.
    values: Vec<f64>,
    /// The inverse of their weighted sums of squares and products.
    pub(super) inverse: Vec<Vec<f64>>,
    columns: usize,
}

impl Solution {
    /// One coefficient a column; `None` where the column was left out.
    pub(super) fn coefficients(&self) -> Vec<Option<f64>> {
        let mut all = vec![None; self.columns];
        for (&place, &value) in self.kept.iter().zip(&self.values) {
            all[place] = Some(value);
        }
        all
    }

    /// The fitted line at each row.
    pub(super) fn line(&self, columns: &[Vec<f64>]) -> Vec<f64> {
        let mut line = vec![0.0; columns.first().map_or(0, Vec::len)];
        for (&place, &value) in self.kept.iter().zip(&self.values) {
            take(&mut line, -value, &columns[place]);
        }
        line
    }

    /// Number of coefficients.
    pub(super) fn rank(&self) -> usize {
        self.kept.len()
    }

    /// What one row with these predictors (the intercept is added) and this score moves each coefficient by.
    pub(super) fn influence(&self, predictors: &[f64], score: f64) -> Vec<f64> {
        let at = |place: usize| if place == 0 { 1.0 } else { predictors.get(place - 1).copied().unwrap_or(0.0) };
        let of = |row: &Vec<f64>| score * row.iter().zip(&self.kept).map(|(v, &place)| v * at(place)).sum::<f64>();
        self.inverse.iter().map(of).collect()
    }

    /// A table of the coefficients kept, as one of all columns, with 0 for those left out.
    pub(super) fn spread(&self, table: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut all = vec![vec![0.0; self.columns]; self.columns];
        for (&i, row) in self.kept.iter().zip(table) {
            for (&j, &value) in self.kept.iter().zip(row) {
                all[i][j] = value;
            }
        }
        all
    }
}

/// Returns the coefficients for which the weighted squares of `outcomes` less the line are least.
///
/// Each column, with the square roots of the weights, is made orthogonal to those before it (Gram-Schmidt, twice, which
/// loses no digits: Giraud L et al. (2005), Numer Math 101:87-100), so that no square of a sum is ever inverted. `None`
/// where no column is left and where a number leaves the range.
pub(super) fn least_squares(columns: &[Vec<f64>], outcomes: &[f64], weights: &[f64]) -> Option<Solution> {
    let roots: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
    let weighted = |column: &[f64]| column.iter().zip(&roots).map(|(x, root)| x * root).collect::<Vec<f64>>();
    let mut outcome = weighted(outcomes);
    let (mut kept, mut basis, mut triangle, mut right) = (vec![], Vec::<Vec<f64>>::new(), vec![], vec![]);
    for (place, column) in columns.iter().enumerate() {
        let mut rest = weighted(column);
        let whole = dot(&rest, &rest).sqrt();
        let mut along = vec![0.0; basis.len()];
        for _ in 0..2 {
            for (sum, one) in along.iter_mut().zip(&basis) {
                let part = dot(one, &rest);
                *sum += part;
                take(&mut rest, part, one);
            }
        }
        let own = dot(&rest, &rest).sqrt();
        if !own.is_finite() {
            return None;
        }
        if own > ALIASED * whole {
            rest.iter_mut().for_each(|x| *x /= own);
            let part = dot(&rest, &outcome);
            take(&mut outcome, part, &rest);
            along.push(own);
            kept.push(place);
            basis.push(rest);
            triangle.push(along);
            right.push(part);
        }
    }
    let values = upper_solve(&triangle, &right);
    let unit = |i: usize| (0..kept.len()).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>();
    // Columns of the inverse of the triangle; its product with its own mirror image is the inverse that is wanted.
    let inverses: Vec<Vec<f64>> = (0..kept.len()).map(|i| upper_solve(&triangle, &unit(i))).collect();
    let entry = |i: usize, j: usize| inverses.iter().map(|column| column[i] * column[j]).sum::<f64>();
    let inverse: Vec<Vec<f64>> = (0..kept.len()).map(|i| (0..kept.len()).map(|j| entry(i, j)).collect()).collect();
    let finite = values.iter().chain(inverse.iter().flatten()).all(|value| value.is_finite());
    (finite && !kept.is_empty()).then_some(Solution { kept, values, inverse, columns: columns.len() })
}

/// Solves an upper triangle that is kept column by column.
fn upper_solve(triangle: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut rest = right.to_vec();
    for (j, column) in triangle.iter().enumerate().rev() {
        rest[j] /= column[j];
        let solved = rest[j];
        take(&mut rest[..j], solved, column);
    }
    rest
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// Takes a multiple of `one` off `from`, as far as `from` goes.
fn take(from: &mut [f64], times: f64, one: &[f64]) {
    for (x, y) in from.iter_mut().zip(one) {
        *x -= times * y;
    }
}
