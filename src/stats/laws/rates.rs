//! Laws of rates, of funnels without over-dispersion and of ratios, of p-values and of differences in differences.

use proptest::{collection::vec, option, prelude::*};

use super::super::adjust::{Adjustment, adjusted};
use super::super::did::Cells;
use super::super::difference::{Sample, welch};
use super::super::funnel::plain::{poisson_band, poisson_limits, wilson_band, wilson_limits};
use super::super::funnel::ratio::{Scale, funnel_ratio};
use super::super::rate::{rate, rate_ratio};
use super::super::standardised::{Band, direct, indirect};
use super::super::{Estimate, Interval, poisson};
use super::{cut, near, wild};

const HOW: [Adjustment; 5] = [
    Adjustment::BenjaminiHochberg,
    Adjustment::BenjaminiYekutieli,
    Adjustment::Bonferroni,
    Adjustment::Hochberg,
    Adjustment::Holm,
];

fn sound(estimate: Option<Estimate>) -> bool {
    estimate.is_none_or(|e| e.value.is_finite() && e.lower <= e.value && e.value <= e.upper && e.upper.is_finite())
}

fn finite(interval: Option<Interval>) -> bool {
    interval.is_none_or(|i| i.lower.is_finite() && i.lower <= i.upper && i.upper.is_finite())
}

fn bands() -> impl Strategy<Value = Vec<Band>> {
    let one = (1..60_u32, 1.0..3.0, 100.0..9_000.0, 1.0..9_000.0);
    let band = |(events, times, population, standard): (u32, f64, f64, f64)| {
        let events = f64::from(events);
        Band { events, squares: events * times, population, standard }
    };
    vec(one.prop_map(band), 1..12)
}

fn answers() -> impl Strategy<Value = Vec<(f64, bool, bool)>> {
    vec((-50.0..50.0, any::<bool>(), any::<bool>()), 0..60)
}

fn cells(rows: &[(f64, bool, bool)]) -> Cells {
    rows.iter().fold(Cells::ZERO, |cells, &(y, treated, after)| cells.with(y, treated, after))
}

proptest! {
    #[test]
    fn any_numbers_give_finite_ones_or_none(a in wild(), b in wild(), c in wild(), d in wild(), level in wild()) {
        for level in [level, 0.95] {
            prop_assert!(sound(rate(a, b, c, level)) && sound(rate_ratio(a, b, c, d, level)));
            prop_assert!(finite(poisson::limits(a, level)) && finite(poisson::exact(a, level)));
            prop_assert!(finite(poisson_limits(a, level)) && finite(wilson_limits(a, b, level)));
            prop_assert!(sound(indirect(a, b, level)));
            let band = Band { events: a, squares: b, population: c, standard: d };
            prop_assert!(sound(direct(&[band], b, level)) && sound(direct(&[band, band], 1.0, level)));
            let (one, two) = (Sample { n: a, mean: b, sd: c }, Sample { n: c, mean: d, sd: a });
            prop_assert!(sound(welch(one, two, level).map(|w| w.estimate)));
            let rows = [(a, true, true), (b, true, false), (c, false, true), (d, false, false), (a, false, true)];
            prop_assert!(sound(cells(&rows).difference(level).map(|d| d.estimate)));
        }
        for scale in [Scale::Log, Scale::Sqrt] {
            let funnel = funnel_ratio(&[Some((a, b)), Some((c, d)), Some((a, d)), None], scale);
            prop_assert!(funnel.is_none_or(|f| f.phi.is_finite() && f.tau2.is_finite()
                && f.units.iter().flatten().all(|u| u.z.is_none_or(f64::is_finite) && u.limits998.upper.is_finite())));
        }
        for how in HOW {
            let p = adjusted(&[Some(a), Some(b), None, Some(c)], how);
            prop_assert!(p.iter().flatten().all(|p| (0.0..=1.0).contains(p)));
        }
        prop_assert!(poisson_band(a, b).is_some() || indirect(a, b, 0.95).is_none());
        prop_assert!(wilson_band(a, b, c).is_none() || (0.0..=1.0).contains(&c));
    }

    #[test]
    fn a_rate_lies_within_its_limits_and_follows_its_unit(x in 0..3_000_u32, n in 1.0..1e6, per in 1.0..1e6, level in 0.05..0.999) {
        let pair = rate(x.into(), n, per, level).zip(rate(x.into(), n * 2.0, per * 2.0, level));
        prop_assert!(pair.is_some_and(|(a, b)| near(a.lower, b.lower) && near(a.value, b.value) && near(a.upper, b.upper)));
        prop_assert!(pair.is_some_and(|(a, _)| 0.0 <= a.lower && a.lower <= a.value && a.value < a.upper));
    }

    #[test]
    fn more_events_raise_both_limits(x in 0..3_000_u32, level in 0.5..0.999) {
        // Not across 10, where the method changes.
        let pair = poisson::exact(x.into(), level).zip(poisson::exact(f64::from(x) + 1.0, level));
        prop_assert!(pair.is_some_and(|(a, b)| a.lower < b.lower && a.upper < b.upper));
    }

    #[test]
    fn a_ratio_of_rates_turned_over_is_that_of_the_groups_swapped(
        x1 in 1..500_u32, t1 in 1.0..1e4, x2 in 1..500_u32, t2 in 1.0..1e4, level in 0.5..0.999
    ) {
        let (x1, x2) = (f64::from(x1), f64::from(x2));
        let pair = rate_ratio(x1, t1, x2, t2, level).zip(rate_ratio(x2, t2, x1, t1, level));
        prop_assert!(pair.is_some_and(|(a, b)| near(a.value * b.value, 1.0) && near(a.lower * b.upper, 1.0)));
        prop_assert!(pair.is_some_and(|(a, _)| a.lower < a.value && a.value < a.upper));
    }

    #[test]
    fn a_standard_of_another_size_changes_nothing(bands in bands(), times in 0.01..100.0) {
        let scaled: Vec<Band> = bands.iter().map(|b| Band { standard: b.standard * times, ..*b }).collect();
        let pair = direct(&bands, 1e3, 0.95).zip(direct(&scaled, 1e3, 0.95));
        prop_assert_eq!(pair.is_some(), bands.iter().map(|b| b.events).sum::<f64>() >= 10.0);
        prop_assert!(pair.is_none_or(|(a, b)| near(a.value, b.value) && near(a.lower, b.lower) && near(a.upper, b.upper)));
    }

    #[test]
    fn a_population_that_is_its_own_standard_has_its_crude_rate(bands in bands()) {
        let own: Vec<Band> = bands.iter().map(|b| Band { standard: b.population, ..*b }).collect();
        let (events, people) = own.iter().fold((0.0, 0.0), |(e, n), b| (e + b.events, n + b.population));
        prop_assert!(direct(&own, 1e3, 0.95).is_none_or(|r| near(r.value, events / people * 1e3)));
    }

    #[test]
    fn lines_of_a_funnel_close_in_and_nest(n in 1.0..1e5, target in 0.0..1.0) {
        let proportions = [wilson_limits(n, target, 0.95), wilson_limits(n, target, 0.998), wilson_limits(n * 2.0, target, 0.95)];
        let ratios = [poisson_limits(n, 0.95), poisson_limits(n, 0.998), poisson_limits(n * 2.0, 0.95)];
        for (limits, middle) in [(proportions, target), (ratios, 1.0)] {
            let [Some(inner), Some(outer), Some(larger)] = limits else { return Err(TestCaseError::fail("no limits")) };
            prop_assert!(outer.lower <= inner.lower && inner.lower <= larger.lower && larger.lower <= middle);
            prop_assert!(middle <= larger.upper && larger.upper <= inner.upper && inner.upper <= outer.upper);
        }
    }

    #[test]
    fn adjusted_p_values_are_no_smaller_and_keep_their_order(p in vec(option::weighted(0.9, 0.0..=1.0_f64), 0..30), turn in 0..30_usize) {
        for how in HOW {
            let got = adjusted(&p, how);
            prop_assert!(p.iter().zip(&got).all(|(p, q)| p.is_some() == q.is_some() && q >= p));
            for (p1, q1) in p.iter().zip(&got) {
                prop_assert!(p.iter().zip(&got).all(|(p2, q2)| p1 > p2 || q1 <= q2));
            }
            let mut turned = p.clone();
            turned.rotate_left(turn.min(p.len()));
            let mut back = adjusted(&turned, how);
            back.rotate_right(turn.min(p.len()));
            prop_assert_eq!(&back, &got);
        }
    }

    #[test]
    fn the_treated_and_the_others_swapped_change_the_sign(rows in answers()) {
        let swapped: Vec<_> = rows.iter().map(|&(y, treated, after)| (y, !treated, after)).collect();
        let (one, other) = (cells(&rows).difference(0.95), cells(&swapped).difference(0.95));
        prop_assert_eq!(one.is_some(), other.is_some());
        let pair = one.zip(other);
        prop_assert!(pair.is_none_or(|(a, b)| near(a.estimate.value, -b.estimate.value) && near(a.se, b.se)));
        prop_assert!(pair.is_none_or(|(a, b)| near(a.estimate.lower, -b.estimate.upper)));
    }

    #[test]
    fn welch_of_samples_that_scatter_alike_and_are_of_one_size_is_students(n in 2..500_u32, m1 in -50.0..50.0, m2 in -50.0..50.0, sd in 0.1..20.0) {
        let n = f64::from(n);
        let got = welch(Sample { n, mean: m1, sd }, Sample { n, mean: m2, sd }, 0.95);
        prop_assert!(got.is_some_and(|w| near(w.se, sd * (2.0 / n).sqrt()) && w.degrees_of_freedom.is_some_and(|df| near(df, 2.0 * n - 2.0))));
    }

    #[test]
    fn a_ratio_funnel_does_not_depend_on_the_order_of_units(units in vec(option::weighted(0.9, (1..400_u32, 1.0..400.0)), 1..40), at in 0..40_usize) {
        let units: Vec<Option<(f64, f64)>> = units.into_iter().map(|unit| unit.map(|(o, e)| (f64::from(o), e))).collect();
        let (left, right) = cut(&units, at);
        let other: Vec<_> = right.iter().chain(left).copied().collect();
        for scale in [Scale::Log, Scale::Sqrt] {
            let (one, other) = (funnel_ratio(&units, scale), funnel_ratio(&other, scale));
            prop_assert_eq!(one.is_some(), units.iter().any(Option::is_some));
            prop_assert!(one.zip(other).is_none_or(|(a, b)| near(a.phi, b.phi) && near(a.tau2, b.tau2)));
        }
    }
}
