//! Places of ordered groups on the scale from the most disadvantaged (0) to the least (1).

/// Returns the mid-point of each row's cumulative share of the population, from 0 to 1, in the order of the rows. Rows
/// of one `rank_order` are one group and share its mid-point.
///
/// A row is a `rank_order`, the lowest being the most disadvantaged, and a population or weight. `None` without rows,
/// where a number is not finite, and where a population is not above 0.
///
/// Source: the relative rank of Kakwani N, Wagstaff A & van Doorslaer E (1997), J Econometrics 77:87-103.
pub fn mid_points(rows: &[(f64, f64)]) -> Option<Vec<f64>> {
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|&a, &b| rows[a].0.total_cmp(&rows[b].0));
    let total: f64 = rows.iter().map(|(_, population)| population).sum();
    let valid = |&(order, population): &(f64, f64)| order.is_finite() && population > 0.0;
    if rows.is_empty() || !rows.iter().all(valid) || !total.is_finite() {
        return None;
    }
    let (mut ranks, mut below) = (vec![0.0; rows.len()], 0.0);
    for group in order.chunk_by(|&a, &b| rows[a].0 == rows[b].0) {
        let own: f64 = group.iter().map(|&row| rows[row].1).sum();
        for &row in group {
            ranks[row] = (below + own / 2.0) / total;
        }
        below += own;
    }
    Some(ranks)
}

#[cfg(test)]
mod tests {
    use super::mid_points;

    #[test]
    fn mid_points_of_shares() {
        assert_eq!(mid_points(&[(2.0, 30.0), (1.0, 10.0), (7.0, 60.0)]), Some(vec![0.25, 0.05, 0.7]));
    }

    #[test]
    fn people_of_one_group_share_their_place() {
        assert_eq!(mid_points(&[(1.0, 1.0), (5.0, 2.0), (1.0, 3.0)]), Some(vec![2.0 / 6.0, 5.0 / 6.0, 2.0 / 6.0]));
    }

    #[test]
    fn what_has_no_answer_is_none() {
        for rows in [vec![], vec![(1.0, 0.0)], vec![(f64::NAN, 1.0)], vec![(1.0, f64::INFINITY)], vec![(1.0, f64::NAN)]]
        {
            assert_eq!(mid_points(&rows), None);
        }
    }
}
