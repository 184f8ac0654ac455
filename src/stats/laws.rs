//! Laws that hold for any input.

mod missing;
mod power;
mod rates;
mod units;

use proptest::{collection::vec, option, prelude::*};

use super::change::{Change, Pairs};
use super::difference::newcombe;
use super::funnel::funnel;
use super::goal::Goals;
use super::mean::t_interval;
use super::moments::Moments;
use super::profile::{Class, Tally, class};
use super::proportion::wilson;
use super::slope::{Group, Slope, slope_index};
use super::xmr::{Direction, Observation, Settings, Side, Variation, xmr};

mod inequality;

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

/// Scores of whole numbers, so that two that differ do not differ by rounding.
fn pairs() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let score = || (0..=100_u32).prop_map(f64::from);
    vec((score(), score()), 0..60)
}

/// A place between two items.
fn cut<T>(items: &[T], at: usize) -> (&[T], &[T]) {
    items.split_at(at.min(items.len()))
}

fn changed(pairs: &[(f64, f64)]) -> Pairs {
    pairs.iter().copied().collect()
}

/// Whether two changes are the same but for rounding; also whether they lack the same fields.
fn same_change(one: &Change, other: &Change) -> bool {
    let numbers =
        |c: &Change| [c.value, c.limits.map(|l| l.lower), c.limits.map(|l| l.upper), c.sd, c.srm, c.effect_size];
    let same = |(one, other): (Option<f64>, Option<f64>)| {
        one.is_some() == other.is_some() && one.zip(other).is_none_or(|(a, b)| near(a, b))
    };
    one.n == other.n && numbers(one).into_iter().zip(numbers(other)).all(same)
}

fn profiles() -> impl Strategy<Value = (String, String)> {
    (1..7_usize).prop_flat_map(|length| {
        let profile =
            move || vec(1..=3_u8, length).prop_map(|levels| levels.iter().map(u8::to_string).collect::<String>());
        (profile(), profile())
    })
}

fn goals() -> impl Strategy<Value = Vec<(f64, f64)>> {
    vec(((-2..=2_i32).prop_map(f64::from), (0..=9_u32).prop_map(f64::from)), 0..12)
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
            prop_assert!(funnel.units.iter().flatten().all(|u| u.z.is_some_and(f64::is_finite) && (0.0..=1.0).contains(&u.limits998.upper)));
        }
        prop_assert!(t_interval(a, b, c, level).is_none_or(|i| i.lower.is_finite() && i.lower <= b && b <= i.upper && i.upper.is_finite()));
        for change in [changed(&[(a, b)]), changed(&[(a, b), (c, d)]), changed(&[(a, b), (c, d), (d, a)])].map(|p| p.change(level)) {
            let limits = change.limits.iter().flat_map(|l| [l.lower, l.upper]);
            let others = [change.value, change.sd, change.srm, change.effect_size].into_iter().flatten();
            prop_assert!(limits.chain(others).all(f64::is_finite), "{change:?}");
        }
        for goals in [&[(a, b)][..], &[(a, b), (c, d)]] {
            prop_assert!(goals.iter().copied().collect::<Goals>().t_score().is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn a_mean_lies_in_the_middle_of_limits_that_more_answers_bring_nearer(
        n in 2..5_000_u32, mean in -100.0..100.0, sd in 0.01..50.0, level in 0.05..0.999
    ) {
        let width = |n: u32| t_interval(n.into(), mean, sd, level).map_or(f64::NAN, |i| i.upper - i.lower);
        let middle = t_interval(n.into(), mean, sd, level).map_or(f64::NAN, |i| f64::midpoint(i.lower, i.upper));
        prop_assert!(near(middle, mean) && width(n + 1) < width(n));
    }

    #[test]
    fn moments_of_parts_are_those_of_the_whole(values in vec(-100.0..100.0, 0..60), at in 0..60_usize) {
        let (of, (left, right)) = (|part: &[f64]| part.iter().copied().collect::<Moments>(), cut(&values, at));
        let (whole, merged) = (of(&values), of(left).merge(of(right)));
        prop_assert_eq!(whole.n, merged.n);
        prop_assert!(near(whole.mean, merged.mean) && near(whole.squares, merged.squares));
        prop_assert_eq!((Moments::ZERO.merge(whole), whole.merge(Moments::ZERO)), (whole, whole));
    }

    #[test]
    fn changes_of_parts_are_those_of_the_whole_in_any_order(pairs in pairs(), at in 0..60_usize, level in 0.5..0.999) {
        let (left, right) = cut(&pairs, at);
        let whole = changed(&pairs).change(level);
        prop_assert!(same_change(&whole, &changed(left).merge(changed(right)).change(level)));
        prop_assert!(same_change(&whole, &changed(right).merge(changed(left)).change(level)));
        let opposite: Vec<_> = pairs.iter().rev().copied().collect();
        prop_assert!(same_change(&whole, &changed(&opposite).change(level)));
    }

    #[test]
    fn a_change_follows_the_scale_of_its_scores(pairs in pairs()) {
        let scaled: Vec<_> = pairs.iter().map(|(before, after)| (7.0 - 4.0 * before, 7.0 - 4.0 * after)).collect();
        let (one, other) = (changed(&pairs).change(0.95), changed(&scaled).change(0.95));
        let turned = Change {
            value: other.value.map(|v| v / -4.0),
            limits: other.limits.map(|l| super::Interval { lower: l.upper / -4.0, upper: l.lower / -4.0 }),
            sd: other.sd.map(|v| v / 4.0),
            srm: other.srm.map(|v| -v),
            effect_size: other.effect_size.map(|v| -v),
            ..other
        };
        prop_assert!(same_change(&one, &turned), "{one:?} {other:?}");
    }

    #[test]
    fn before_and_after_swapped_swap_better_and_worse((before, after) in profiles()) {
        let expected = class(&before, &after).map(|class| match class {
            Class::Improve => Class::Worsen,
            Class::Worsen => Class::Improve,
            same => same,
        });
        prop_assert!(expected.is_some());
        prop_assert_eq!(class(&after, &before), expected);
        let turn = |profile: &str| profile.chars().rev().collect::<String>();
        prop_assert_eq!(class(&turn(&before), &turn(&after)), class(&before, &after));
    }

    #[test]
    fn any_text_has_a_class_or_none(before in any::<String>(), after in "[0-9a]{0,3}") {
        for text in [&before, &after] {
            prop_assert_eq!(class(text, text).is_some(), !text.is_empty() && text.chars().all(|c| ('1'..='9').contains(&c)));
        }
        prop_assert_eq!(class(&before, &after).is_some(), class(&after, &before).is_some());
    }

    #[test]
    fn tallies_of_parts_are_those_of_the_whole(people in vec(profiles(), 0..40), at in 0..40_usize) {
        let of = |people: &[(String, String)]| people.iter().filter_map(|(b, a)| class(b, a)).fold(Tally::ZERO, |sum, class| sum.with(class, 1));
        let (left, right) = cut(&people, at);
        prop_assert_eq!(of(&people), of(left).merge(of(right)));
        prop_assert_eq!(of(&people), of(right).merge(of(left)));
        prop_assert_eq!(of(&people).n(), people.len() as u64);
    }

    #[test]
    fn goals_of_parts_are_those_of_the_whole_in_any_order(goals in goals(), at in 0..12_usize) {
        let (of, (left, right)) = (|part: &[(f64, f64)]| part.iter().copied().collect::<Goals>(), cut(&goals, at));
        // Sums of small whole numbers have no rounding.
        prop_assert_eq!(of(left).merge(of(right)).t_score(), of(&goals).t_score());
        prop_assert_eq!(of(right).merge(of(left)).t_score(), of(&goals).t_score());
        prop_assert_eq!(of(&goals).t_score().is_some(), goals.iter().any(|(_, weight)| *weight > 0.0));
    }

    #[test]
    fn only_the_proportions_of_weights_count_and_the_opposite_attainment_mirrors_at_50(goals in goals(), factor in 0.1..10.0) {
        let score = |turn: f64, factor: f64| goals.iter().map(|(x, w)| (turn * x, factor * w)).collect::<Goals>().t_score();
        prop_assert_eq!(score(1.0, 1.0).is_some(), score(-1.0, factor).is_some());
        prop_assert!(score(1.0, 1.0).zip(score(-1.0, factor)).is_none_or(|(one, other)| near(one + other, 100.0)));
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
