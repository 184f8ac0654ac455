//! Internal consistency of a scale: how much its items have in common.

use super::{Interval, beta};

/// Cronbach's alpha of some items.
#[derive(Debug, Clone, PartialEq)]
pub struct Consistency {
    /// People who answered every item.
    pub n: u64,
    /// Number of items.
    pub items: usize,
    /// Cronbach's alpha, from the covariances: at most 1; below 0 where items contradict each other.
    pub alpha: f64,
    /// Alpha of the items brought to one spread. `None` where an item has the same answer throughout, and where the
    /// items contradict each other so much that it has no meaning.
    pub standardised: Option<f64>,
    /// Mean correlation of two items. `None` where an item has the same answer throughout.
    pub correlation: Option<f64>,
    /// Each item against the others, in the order given.
    pub of_items: Vec<Item>,
}

/// One item against the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item {
    /// Correlation with the sum of the other items. `None` where either is the same throughout.
    pub with_rest: Option<f64>,
    /// Alpha of the other items. `None` where one is left, and where their sum is the same throughout.
    pub alpha_without: Option<f64>,
}

/// Returns Cronbach's alpha of items, each with the answers of the same people in the same order.
///
/// People with an answer that is not finite are left out. An item with the same answer throughout counts as an item
/// (R's `psych` takes it out of the correlations but still counts it). `None` below 2 items or 2 people, where the
/// items have different numbers of answers, and where the sum of the items is the same for all.
///
/// Source: Cronbach LJ (1951), Psychometrika 16:297-334.
pub fn consistency(items: &[&[f64]]) -> Option<Consistency> {
    let rows = items.first()?.len();
    if items.len() < 2 || items.iter().any(|item| item.len() != rows) {
        return None;
    }
    let complete = |row: &usize| items.iter().all(|item| item.get(*row).is_some_and(|answer| answer.is_finite()));
    let complete: Vec<usize> = (0..rows).filter(complete).collect();
    let n = complete.len();
    if n < 2 {
        return None;
    }
    let centred: Vec<Vec<f64>> = items.iter().map(|item| centred(item, &complete)).collect();
    let product =
        |one: &Vec<f64>, other: &Vec<f64>| one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>() / (n - 1) as f64;
    let covariances: Vec<Vec<f64>> =
        centred.iter().map(|one| centred.iter().map(|other| product(one, other)).collect()).collect();

    let correlation = correlation(&covariances);
    let k = items.len() as f64;
    let standardised =
        correlation.map(|r| k * r / (1.0 + (k - 1.0) * r)).filter(|alpha| alpha.is_finite() && *alpha <= 1.0);
    let of_items = (0..items.len()).map(|item| against_rest(&covariances, item)).collect();
    let alpha = alpha(&covariances, None)?;
    Some(Consistency { n: n as u64, items: items.len(), alpha, standardised, correlation, of_items })
}

impl Consistency {
    /// Returns the limits of alpha at the confidence level `level`. `None` unless it lies strictly between 0 and 1.
    ///
    /// Source: Feldt LS, Woodruff DJ & Salih FA (1987), Appl Psychol Meas 11:93-103.
    pub fn limits(&self, level: f64) -> Option<Interval> {
        let tail = (1.0 - level) / 2.0;
        let limit = |p| self.quantile(p).map(|f| 1.0 - (1.0 - self.alpha) * f);
        // Not stretched round alpha: at a low level both limits may lie on one side of it.
        let (lower, upper) = (limit(1.0 - tail)?, limit(tail)?);
        (lower.is_finite() && upper.is_finite()).then_some(Interval { lower, upper })
    }

    /// The value that (1 - alpha) over (1 - true alpha) exceeds with the chance 1 - `p`: of the F distribution, by way
    /// of the beta.
    fn quantile(&self, p: f64) -> Option<f64> {
        let df1 = self.n.checked_sub(1)? as f64;
        let df2 = df1 * self.items.checked_sub(1)? as f64;
        let share = beta::quantile(p, df1 / 2.0, df2 / 2.0)?;
        Some(share * df2 / ((1.0 - share) * df1))
    }
}

/// Distances from the mean, of these rows.
fn centred(item: &[f64], rows: &[usize]) -> Vec<f64> {
    let answers = || rows.iter().filter_map(|row| item.get(*row));
    let mean = answers().sum::<f64>() / rows.len() as f64;
    answers().map(|answer| answer - mean).collect()
}

/// Alpha by the covariances of the items, but for one that may be left out.
fn alpha(covariances: &[Vec<f64>], without: Option<usize>) -> Option<f64> {
    let kept = |at: &usize| Some(*at) != without;
    let (mut own, mut total, mut items) = (0.0, 0.0, 0.0);
    for (one, row) in covariances.iter().enumerate().filter(|(at, _)| kept(at)) {
        items += 1.0;
        total += row.iter().enumerate().filter(|(at, _)| kept(at)).map(|(_, value)| value).sum::<f64>();
        own += row.get(one)?;
    }
    let alpha = items / (items - 1.0) * (1.0 - own / total);
    (total > own * f64::EPSILON && alpha.is_finite()).then_some(alpha)
}

/// Mean correlation of two items.
fn correlation(covariances: &[Vec<f64>]) -> Option<f64> {
    let spread = |at: usize| Some(covariances.get(at)?.get(at)?.sqrt()).filter(|sd| *sd > 0.0);
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (one, row) in covariances.iter().enumerate() {
        for (other, covariance) in row.iter().enumerate().skip(one + 1) {
            sum += covariance / (spread(one)? * spread(other)?);
            pairs += 1.0;
        }
    }
    Some(sum / pairs).filter(|r: &f64| r.is_finite())
}

fn against_rest(covariances: &[Vec<f64>], item: usize) -> Item {
    let total: f64 = covariances.iter().flatten().sum();
    let row = covariances.get(item).map(Vec::as_slice).unwrap_or_default();
    let (own, with_all) = (row.get(item).copied().unwrap_or_default(), row.iter().sum::<f64>());
    let rest = total - 2.0 * with_all + own;
    let with_rest = (with_all - own) / (own * rest).sqrt();
    let with_rest = (own > 0.0 && rest > 0.0 && with_rest.is_finite()).then(|| with_rest.clamp(-1.0, 1.0));
    Item { with_rest, alpha_without: alpha(covariances, Some(item)) }
}

#[cfg(test)]
mod tests {
    use super::consistency;

    #[test]
    fn the_same_item_twice_is_perfectly_consistent() {
        let item = [1.0, 2.0, 4.0];
        let both = consistency(&[&item, &item]);
        assert!(
            both.as_ref().is_some_and(
                |c| (c.alpha - 1.0).abs() < 1e-15 && c.correlation.is_some_and(|r| (r - 1.0).abs() < 1e-15)
            )
        );
        assert!(both.is_some_and(|c| c.of_items.iter().all(|item| item.alpha_without.is_none())));
    }

    #[test]
    fn a_constant_item_counts_as_an_item() {
        // Variances 1 and 0, of the sum 1: alpha is 2 / 1 · (1 - 1 / 1).
        let c = consistency(&[&[1.0, 2.0, 3.0], &[4.0, 4.0, 4.0]]);
        assert!(c.is_some_and(|c| c.alpha.abs() < 1e-15 && c.correlation.is_none() && c.standardised.is_none()));
    }

    #[test]
    fn without_items_people_or_spread_there_is_none() {
        let three = [1.0, 2.0, 3.0];
        let cases: [&[&[f64]]; 8] = [
            &[],
            &[&three],
            &[&[], &[]],
            &[&[1.0], &[2.0]],
            &[&three, &[1.0, 2.0]],
            &[&three, &[3.0, 2.0, 1.0]],
            &[&[1.0, f64::NAN, 2.0], &[f64::INFINITY, 1.0, 2.0]],
            &[&[f64::MAX, -f64::MAX, 0.0], &three],
        ];
        for items in cases {
            assert_eq!(consistency(items), None, "{items:?}");
        }
    }
}
