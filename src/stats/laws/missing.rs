//! Laws of who is missing.

use proptest::{collection::vec, prelude::*};

use super::{counts, near, wild};
use crate::stats::bounds::bounds;
use crate::stats::representativeness::{Cell, partial_r_indicators, r_indicator};

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    vec(counts().prop_map(|(responses, population)| Cell { responses, population }), 2..20)
}

proptest! {
    #[test]
    fn r_indicators_lie_between_0_and_1_and_within_their_limits(cells in cells(), level in 0.01..0.999) {
        if let Some(found) = r_indicator(&cells, level) {
            prop_assert!(0.0 <= found.r.lower && found.r.lower <= found.r.value);
            prop_assert!(found.r.value <= found.r.upper && found.r.upper <= 1.0 && found.variation >= 0.0);
        } else {
            // Only where nobody answered.
            prop_assert!(cells.iter().all(|cell| cell.responses == 0.0));
        }
    }

    #[test]
    fn the_order_of_cells_does_not_matter(cells in cells()) {
        let turned: Vec<Cell> = cells.iter().rev().copied().collect();
        let both = r_indicator(&cells, 0.95).zip(r_indicator(&turned, 0.95));
        prop_assert!(both.is_none_or(|(one, other)| near(one.r.value, other.r.value) && near(one.r.lower, other.r.lower)));
        let parts = partial_r_indicators(&cells, 0.95).zip(partial_r_indicators(&turned, 0.95));
        if let Some((one, other)) = parts {
            for (one, other) in one.iter().flatten().zip(other.iter().flatten().rev()) {
                prop_assert!(near(one.value, other.value) && near(one.upper, other.upper));
            }
        }
    }

    #[test]
    fn cells_that_answer_alike_are_one_cell(cells in cells(), by in 2..5_u8) {
        // A cell in equal parts adds nothing to the difference between cells, but more chance.
        let part = |cell: &Cell| Cell { responses: cell.responses / f64::from(by), population: cell.population / f64::from(by) };
        let split: Vec<Cell> = cells.iter().flat_map(|cell| vec![part(cell); usize::from(by)]).collect();
        let both = partial_r_indicators(&cells, 0.95).zip(partial_r_indicators(&split, 0.95));
        if let Some((whole, parts)) = both {
            let squares = |parts: &[Option<crate::stats::Estimate>]| parts.iter().flatten().map(|part| part.value * part.value).sum::<f64>();
            prop_assert!(near(squares(&whole), squares(&parts)));
        }
    }

    #[test]
    fn bounds_hold_the_share_and_widen_with_the_difference((x, n) in counts(), more in 0..10_000_u32, one in 0.0..1.0, other in 0.0..1.0) {
        let (small, large) = if one < other { (one, other) } else { (other, one) };
        let population = n + f64::from(more);
        let pair = bounds(x, n, population, small).zip(bounds(x, n, population, large));
        let held = pair.is_some_and(|(small, large)| {
            large.lower <= small.lower + 1e-12
                && small.upper <= large.upper + 1e-12
                && small.lower <= x / n
                && x / n <= small.upper
                && 0.0 <= large.lower
                && large.upper <= 1.0 + 1e-12
        });
        prop_assert!(held);
    }

    #[test]
    fn nothing_that_is_not_finite_comes_out(numbers in vec((wild(), wild()), 0..6), level in wild()) {
        let cells: Vec<Cell> = numbers.iter().map(|&(responses, population)| Cell { responses, population }).collect();
        if let Some(found) = r_indicator(&cells, level) {
            let all = [found.r.value, found.r.lower, found.r.upper, found.propensity, found.variation, found.se.unwrap_or(0.0)];
            prop_assert!(all.iter().all(|number| number.is_finite()), "{cells:?}: {found:?}");
        }
        for part in partial_r_indicators(&cells, level).into_iter().flatten().flatten() {
            prop_assert!(part.value.is_finite() && part.lower.is_finite() && part.upper.is_finite());
        }
        if let [(x, n), (population, difference), ..] = numbers[..] {
            let found = bounds(x, n, population, difference);
            prop_assert!(found.is_none_or(|found| found.lower.is_finite() && found.upper.is_finite()));
        }
    }
}
