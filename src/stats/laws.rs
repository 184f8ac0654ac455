//! Laws that hold for any input.

use proptest::{collection::vec, option, prelude::*};

use super::difference::newcombe;
use super::funnel::funnel;
use super::proportion::wilson;
use super::slope::{Group, Slope, slope_index};
use super::xmr::{Direction, Observation, Settings, Side, Variation, xmr};

/// Any number at all: usual ones, very large, very small, not finite.
fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>(), -10.0..10.0, 0.0..1e6, Just(0.0), Just(f64::NAN), Just(f64::INFINITY), Just(f64::MAX)]
}

fn counts() -> impl Strategy<Value = (f64, f64)> {
    (1..5_000_u32).prop_flat_map(|n| (0..=n, Just(n))).prop_map(|(x, n)| (x.into(), n.into()))
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    let one = (1.0..10_000.0, 1.0..100.0, 0.01..5.0);
    (vec(one, 3..12), any::<bool>()).prop_map(|(rows, with_se)| {
        let group = |(i, (population, value, se)): (usize, (f64, f64, f64))| {
            let rank_order = i as f64;
            Group { rank_order, population, value, se: with_se.then_some(se) }
        };
        rows.into_iter().enumerate().map(group).collect()
    })
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1.0)
}

fn series() -> impl Strategy<Value = Vec<Observation>> {
    let one = (option::weighted(0.9, -50.0..50.0), option::of(-50.0..50.0));
    vec(one, 0..40)
        .prop_map(|rows| rows.into_iter().map(|(value, target)| Observation { value, target, phase: 0 }).collect())
}

fn numbers(slope: &Slope) -> Vec<f64> {
    let limits = slope.rii_limits.iter().flat_map(|limits| [limits.lower, limits.upper]);
    let sii = [slope.sii.value, slope.sii.lower, slope.sii.upper, slope.intercept];
    sii.into_iter().chain(slope.rii).chain(limits).collect()
}

proptest! {
    #[test]
    fn wilson_contains_the_proportion((x, n) in counts(), level in 0.01..0.999) {
        let w = wilson(x, n, level);
        prop_assert!(w.is_some_and(|w| 0.0 <= w.lower && w.lower <= x / n && x / n <= w.upper && w.upper <= 1.0));
    }

    #[test]
    fn wilson_of_the_others_is_the_mirror((x, n) in counts(), level in 0.01..0.999) {
        let pair = wilson(x, n, level).zip(wilson(n - x, n, level));
        prop_assert!(pair.is_some_and(|(yes, no)| near(yes.lower, 1.0 - no.upper) && near(yes.upper, 1.0 - no.lower)));
    }

    #[test]
    fn more_answers_make_wilson_narrower((x, n) in counts()) {
        let width = |k: f64| wilson(x * k, n * k, 0.95).map_or(f64::NAN, |w| w.upper - w.lower);
        prop_assert!(width(4.0) < width(1.0));
    }

    #[test]
    fn newcombe_contains_the_difference_and_turns_with_the_groups((x1, n1) in counts(), (x2, n2) in counts()) {
        let pair = newcombe(x1, n1, x2, n2, 0.95).zip(newcombe(x2, n2, x1, n1, 0.95));
        prop_assert!(pair.is_some_and(|(d, _)| -1.0 <= d.lower && d.lower <= d.value && d.value <= d.upper && d.upper <= 1.0));
        prop_assert!(pair.is_some_and(|(d, e)| near(d.value, -e.value) && near(d.lower, -e.upper)));
    }

    #[test]
    fn any_input_gives_finite_numbers_or_none(a in wild(), b in wild(), c in wild(), d in wild(), level in wild()) {
        prop_assert!(wilson(a, b, level).is_none_or(|w| w.lower.is_finite() && w.upper.is_finite()));
        prop_assert!(newcombe(a, b, c, d, level).is_none_or(|e| e.value.is_finite() && e.lower.is_finite() && e.upper.is_finite()));
        let point = |value| Observation { value: Some(value), target: Some(d), phase: 0 };
        for point in xmr(&[a, b, c, d, a, b, c].map(point), Settings::default()).into_iter().flatten() {
            prop_assert!(point.centre.is_finite() && point.limits.is_none_or(|l| l.lower.is_finite() && l.upper.is_finite()));
        }
        if let Some(funnel) = funnel(&[Some((a, b)), Some((c, d)), Some((a, d)), None]) {
            prop_assert!(funnel.target.is_finite() && funnel.phi.is_finite() && funnel.tau2.is_finite());
            prop_assert!(funnel.units.iter().flatten().all(|u| u.z.is_finite() && (0.0..=1.0).contains(&u.limits998.upper)));
        }
    }

    #[test]
    fn any_groups_give_finite_numbers_or_none(
        rows in vec((wild(), wild(), wild(), option::of(wild())), 0..6), same_se in any::<bool>(), level in wild()
    ) {
        let group = |(rank_order, population, value, se)| Group { rank_order, population, value, se: if same_se { None } else { se } };
        let groups: Vec<Group> = rows.into_iter().map(group).collect();
        let slopes = [slope_index(&groups, level), slope_index(&groups, 0.95)];
        prop_assert!(slopes.iter().flatten().flat_map(numbers).all(f64::is_finite));
    }

    #[test]
    fn slope_limits_contain_the_slope(groups in groups(), level in 0.05..0.999) {
        let slope = slope_index(&groups, level);
        prop_assert!(slope.is_some_and(|s| s.sii.lower <= s.sii.value && s.sii.value <= s.sii.upper));
        let ratio = slope.and_then(|s| s.rii.zip(s.rii_limits));
        prop_assert!(ratio.is_none_or(|(r, l)| l.lower <= r && r <= l.upper));
    }

    #[test]
    fn the_opposite_order_changes_the_sign(groups in groups()) {
        let opposite: Vec<Group> = groups.iter().map(|g| Group { rank_order: -g.rank_order, ..*g }).collect();
        let pair = slope_index(&groups, 0.95).zip(slope_index(&opposite, 0.95));
        prop_assert!(pair.is_some_and(|(a, b)| near(a.sii.value, -b.sii.value) && near(a.sii.lower, -b.sii.upper)));
        prop_assert!(pair.is_some_and(|(a, b)| a.lack_of_fit == b.lack_of_fit && near(a.intercept, b.intercept + b.sii.value)));
    }

    #[test]
    fn order_of_rows_and_distance_of_ranks_change_nothing(groups in groups(), turn in 0..12_usize) {
        let mut other: Vec<Group> = groups.iter().map(|g| Group { rank_order: g.rank_order.exp(), ..*g }).collect();
        let turn = turn % other.len();
        other.rotate_left(turn);
        prop_assert_eq!(slope_index(&groups, 0.95), slope_index(&other, 0.95));
    }

    #[test]
    fn funnel_limits_contain_the_target_and_nest(units in vec(option::weighted(0.9, counts()), 1..40)) {
        let Some(funnel) = funnel(&units) else {
            prop_assert!(units.iter().all(Option::is_none));
            return Ok(());
        };
        prop_assert_eq!(funnel.units.len(), units.len());
        for unit in funnel.units.iter().flatten() {
            let (inner, outer) = (unit.limits95, unit.limits998);
            prop_assert!(0.0 <= outer.lower && outer.lower <= inner.lower && inner.lower <= funnel.target);
            prop_assert!(funnel.target <= inner.upper && inner.upper <= outer.upper && outer.upper <= 1.0);
        }
    }

    #[test]
    fn funnel_does_not_depend_on_the_order_of_units(units in vec(counts().prop_map(Some), 1..40)) {
        let opposite: Vec<_> = units.iter().rev().copied().collect();
        let pair = funnel(&units).zip(funnel(&opposite));
        prop_assert!(pair.is_some_and(|(a, b)| near(a.tau2, b.tau2) && near(a.phi, b.phi) && near(a.target, b.target)));
    }

    #[test]
    fn the_better_way_turned_round_swaps_improvement_and_concern(series in series(), screen in any::<bool>()) {
        let chart = |direction| xmr(&series, Settings { direction, screen });
        prop_assert_eq!(chart(Direction::Increase).len(), series.len());
        for (up, down) in chart(Direction::Increase).into_iter().zip(chart(Direction::Decrease)) {
            prop_assert_eq!(up.map(|p| (p.limits, p.signal)), down.map(|p| (p.limits, p.signal)));
            let expected = up.map(|p| match p.variation {
                Variation::Improvement => Variation::Concern,
                Variation::Concern => Variation::Improvement,
                same => same,
            });
            prop_assert_eq!(expected, down.map(|p| p.variation));
        }
    }

    #[test]
    fn a_series_upside_down_has_its_signals_upside_down(series in series()) {
        let turned: Vec<_> = series.iter().map(|o| Observation { value: o.value.map(|v| -v), ..*o }).collect();
        for (point, other) in xmr(&series, Settings::default()).into_iter().zip(xmr(&turned, Settings::default())) {
            let flip = |side| if side == Side::High { Side::Low } else { Side::High };
            let signal = point.and_then(|p| p.signal).map(|s| (s.rule, flip(s.side)));
            prop_assert_eq!(signal, other.and_then(|p| p.signal).map(|s| (s.rule, s.side)));
        }
    }
}
