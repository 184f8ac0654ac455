//! Laws of numbers of answers and of what they can see.

use proptest::prelude::*;

use super::super::power::{
    Demand, Way, answers_beside, answers_beside_mean, answers_for_means, answers_for_shares, answers_for_width,
    of_means, of_shares, smallest_of_means, smallest_of_shares,
};
use super::super::proportion::wilson;
use super::{near, wild};

fn demand() -> impl Strategy<Value = Demand> {
    (0.6..0.95, 0.8..0.999, 1.0..3.0).prop_map(|(power, level, design_effect)| Demand { power, level, design_effect })
}

proptest! {
    #[test]
    fn any_numbers_give_finite_ones_or_none(a in wild(), b in wild(), c in wild(), d in wild(), power in wild(), level in wild()) {
        for demand in [Demand { power, level, design_effect: d }, Demand { power: 0.8, level: 0.95, design_effect: 1.0 }] {
            let numbers = [
                answers_for_shares(a, b, c, demand),
                answers_beside(a, b, c, demand),
                smallest_of_shares(a, b, c, Way::Up, demand),
                smallest_of_shares(a, b, c, Way::Down, demand),
                answers_for_means(a, b, c, d, demand),
                answers_beside_mean(a, b, (c, d), demand),
                smallest_of_means((a, b), (c, d), demand),
                answers_for_width(a, b, demand),
            ];
            prop_assert!(numbers.into_iter().flatten().all(|number| number.is_finite() && number >= 0.0), "{numbers:?}");
            let chances = [of_shares(a, b, c, d, demand), of_means(a, (b, c), (d, a), demand)];
            prop_assert!(chances.into_iter().flatten().all(|chance| (0.0..=1.0).contains(&chance)));
        }
    }

    #[test]
    fn the_smallest_difference_is_seen_just_as_often_as_demanded(
        p in 0.05..0.95, n1 in 20.0..5e3, n2 in 20.0..5e4, demand in demand()
    ) {
        for (way, sign) in [(Way::Up, 1.0), (Way::Down, -1.0)] {
            if let Some(smallest) = smallest_of_shares(p, n1, n2, way, demand) {
                let chance = of_shares(p + sign * smallest, n1, p, n2, demand);
                prop_assert!(chance.is_some_and(|chance| (chance - demand.power).abs() < 1e-7), "{chance:?}");
            }
        }
        let mean = smallest_of_means((3.0, n1), (4.0, n2), demand).and_then(|d| of_means(d, (3.0, n1), (4.0, n2), demand));
        prop_assert!(mean.is_some_and(|chance| near(chance, demand.power)));
    }

    #[test]
    fn a_smaller_difference_and_a_higher_demand_need_more_answers(p in 0.2..0.8, difference in 0.02..0.1, ratio in 0.2..50.0, demand in demand()) {
        let n = |difference: f64, demand: Demand| answers_for_shares(p + difference, p, ratio, demand).unwrap_or(f64::NAN);
        prop_assert!(n(difference / 2.0, demand) > n(difference, demand));
        let stricter = Demand { power: demand.power + 0.04, ..demand };
        prop_assert!(n(difference, stricter) > n(difference, demand));
        let alike = Demand { design_effect: 2.0 * demand.design_effect, ..demand };
        prop_assert!(near(n(difference, alike), 2.0 * n(difference, demand)));
        // Turned round, shares become their complements.
        let turned = answers_for_shares(1.0 - p - difference, 1.0 - p, ratio, demand);
        prop_assert!(turned.is_some_and(|turned| near(turned, n(difference, demand))));
    }

    #[test]
    fn the_answers_for_a_width_give_that_width(p in 0.0..=1.0_f64, half in 0.01..0.3, level in 0.5..0.999) {
        let n = answers_for_width(p, half, Demand { power: 0.8, level, design_effect: 1.0 });
        let width = n.and_then(|n| wilson(p * n, n, level)).map(|interval| (interval.upper - interval.lower) / 2.0);
        prop_assert!(width.is_some_and(|width| (width - half).abs() < 1e-9), "{n:?} {width:?}");
    }
}
