//! Laws of life tables, scales, units and case-mix.

use proptest::{collection::vec, option, prelude::*};

use super::super::casemix::{Adjustment, Covariate, Reason, Values, adjust};
use super::super::consistency::consistency;
use super::super::dif::{Stratum, association, mantel_haenszel};
use super::super::life::{Band, Health, healthy_life_expectancy, life_expectancy};
use super::super::moments::Moments;
use super::super::regression::Model;
use super::super::reliability::components;
use super::{near, wild};

/// Bands of five years with a rising chance to die, and the share that is ill in each.
fn bands() -> impl Strategy<Value = Vec<Band>> {
    vec((100..100_000_u32, 0.0..0.15, 0.0..=1.0, 5..500_u32), 2..20).prop_map(|rows| {
        let band = |(at, (population, rate, ill, asked)): (usize, (u32, f64, f64, u32))| {
            let population = f64::from(population);
            let health = Health::asked(ill, Some(asked.into())).unwrap_or(Health::PERFECT);
            Band { start_age: 5.0 * at as f64, population, deaths: 1.0 + (rate * population).floor(), health }
        };
        rows.into_iter().enumerate().map(band).collect()
    })
}

/// Answers from 0 to 4 to the same number of items.
fn answers() -> impl Strategy<Value = Vec<Vec<f64>>> {
    (2..6_usize, 2..40_usize).prop_flat_map(|(items, people)| vec(vec((0..=4_u32).prop_map(f64::from), people), items))
}

fn slices(items: &[Vec<f64>]) -> Vec<&[f64]> {
    items.iter().map(Vec::as_slice).collect()
}

fn units() -> impl Strategy<Value = Vec<Vec<f64>>> {
    vec(vec(-50.0..50.0, 1..12), 2..15)
}

fn moments(units: &[Vec<f64>], turn: impl Fn(f64) -> f64) -> Vec<Moments> {
    units.iter().map(|unit| unit.iter().map(|value| turn(*value)).collect()).collect()
}

fn strata() -> impl Strategy<Value = Vec<Stratum>> {
    let count = || (0..50_u32).prop_map(f64::from);
    let one = (count(), count(), count(), count());
    vec(one.prop_map(|(a, b, c, d)| Stratum { reference: [a, b], focal: [c, d] }), 1..8)
}

/// People with a unit, a category, a number and an outcome of 0 or 1.
fn people() -> impl Strategy<Value = Vec<(u8, u8, f64, u8)>> {
    vec((0..4_u8, 0..3_u8, (0..20_u32).prop_map(f64::from), 0..2_u8), 12..80)
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// The adjustment of people whose units and categories have these names.
fn adjusted(people: &[(u8, u8, f64, u8)], model: Model, names: [&str; 4]) -> Result<Adjustment, Reason> {
    let name = |at: u8| names.get(usize::from(at)).copied().unwrap_or_default();
    let units: Vec<&str> = people.iter().map(|person| name(person.0)).collect();
    let covariates = [
        Covariate {
            name: "category",
            values: Values::Categories(people.iter().map(|person| name(person.1)).collect()),
        },
        Covariate { name: "number", values: Values::Numbers(people.iter().map(|person| person.2).collect()) },
    ];
    adjust(model, &units, &covariates, &people.iter().map(|person| f64::from(person.3)).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn limits_of_a_life_expectancy_contain_it(bands in bands(), level in 0.01..0.999) {
        let years = life_expectancy(&bands, 0.0, level);
        prop_assert!(years.is_some_and(|y| y.lower <= y.value && y.value <= y.upper && y.value > 0.0));
    }

    #[test]
    fn areas_added_are_bands_added_in_any_order(bands in bands(), parts in vec(0.1..0.9, 20), turn in 0..20_usize) {
        let split = |(band, part): (&Band, &f64)| {
            let of = |part: f64| Band { population: part * band.population, deaths: part * band.deaths, ..*band };
            // Each half asked its share of the people, which together are those that all were asked.
            let asked = |band: Band, part: f64| {
                let variance = band.health.variance.map(|variance| variance / part);
                Band { health: Health { variance, ..band.health }, ..band }
            };
            [asked(of(*part), *part), asked(of(1.0 - part), 1.0 - part)]
        };
        let mut halves: Vec<Band> = bands.iter().zip(&parts).flat_map(split).collect();
        let turn = turn % halves.len();
        halves.rotate_left(turn);
        let pair = life_expectancy(&bands, 5.0, 0.95).zip(life_expectancy(&halves, 5.0, 0.95));
        prop_assert!(pair.is_some_and(|(a, b)| near(a.value, b.value) && near(a.lower, b.lower)));
        let pair = healthy_life_expectancy(&bands, 5.0).zip(healthy_life_expectancy(&halves, 5.0));
        prop_assert!(pair.is_some_and(|(a, b)| near(a.value, b.value) && a.of_health.zip(b.of_health).is_some_and(|(a, b)| near(a, b))));
    }

    #[test]
    fn years_well_and_years_ill_are_years_of_life(bands in bands()) {
        let turned = |health: Health| Health { prevalence: 1.0 - health.prevalence, ..health };
        let ill: Vec<Band> = bands.iter().map(|band| Band { health: turned(band.health), ..*band }).collect();
        let pair = healthy_life_expectancy(&bands, 0.0).zip(healthy_life_expectancy(&ill, 0.0));
        let sum = pair.map(|(well, ill)| (well.value + ill.value, well.of_health, ill.of_health));
        let life = life_expectancy(&bands, 0.0, 0.95);
        prop_assert!(life.zip(sum).is_some_and(|(life, (sum, well, ill))| near(life.value, sum) && well == ill));
    }

    #[test]
    fn any_bands_give_finite_numbers_or_none(
        rows in vec((wild(), wild(), wild(), wild(), option::of(wild())), 0..5), at_age in wild(), level in wild()
    ) {
        let band = |(start_age, population, deaths, prevalence, variance)| {
            Band { start_age, population, deaths, health: Health { prevalence, variance, common: None } }
        };
        let bands: Vec<Band> = rows.into_iter().map(band).collect();
        for age in bands.iter().map(|band| band.start_age).chain([at_age]) {
            let life = life_expectancy(&bands, age, level);
            prop_assert!(life.is_none_or(|y| y.value.is_finite() && y.lower.is_finite() && y.upper.is_finite()));
            let limits = healthy_life_expectancy(&bands, age).and_then(|years| years.limits(0.95));
            prop_assert!(limits.is_none_or(|limits| limits.lower.is_finite() && limits.upper.is_finite()));
        }
    }

    #[test]
    fn alpha_does_not_follow_scale_origin_or_order(items in answers(), turn in 0..40_usize) {
        let other: Vec<Vec<f64>> = items.iter().rev().map(|item| {
            let mut answers: Vec<f64> = item.iter().map(|answer| 7.0 - 0.5 * answer).collect();
            answers.rotate_left(turn % item.len());
            answers
        }).collect();
        let (one, other) = (consistency(&slices(&items)), consistency(&slices(&other)));
        prop_assert_eq!(one.is_some(), other.is_some());
        if let Some((one, other)) = one.zip(other) {
            prop_assert!(near(one.alpha, other.alpha) && one.alpha <= 1.0 + 1e-12);
            prop_assert_eq!(one.correlation.is_some(), other.correlation.is_some());
            let limits = one.limits(0.95);
            prop_assert!(limits.is_some_and(|l| l.lower <= l.upper && l.upper <= 1.0 + 1e-12));
        }
    }

    #[test]
    fn any_answers_give_finite_numbers_or_none(items in vec(vec(wild(), 4), 0..4), level in wild()) {
        let Some(found) = consistency(&slices(&items)) else { return Ok(()) };
        let limits = found.limits(level).into_iter().flat_map(|limits| [limits.lower, limits.upper]);
        let of_items = found.of_items.iter().flat_map(|item| [item.with_rest, item.alpha_without]);
        let others = of_items.chain([Some(found.alpha), found.standardised, found.correlation]).flatten();
        prop_assert!(limits.chain(others).all(f64::is_finite), "{found:?}");
    }

    #[test]
    fn variances_of_units_follow_scale_and_not_origin_or_order(units in units()) {
        let mut turned = moments(&units, |value| 30.0 - 2.0 * value);
        turned.reverse();
        let (one, other) = (components(&moments(&units, |value| value)), components(&turned));
        prop_assert_eq!(one.is_some(), other.is_some());
        if let Some((one, other)) = one.zip(other) {
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * (one.between + one.within);
            prop_assert!(close(4.0 * one.between, other.between) && close(4.0 * one.within, other.within), "{one:?} {other:?}");
            let reliabilities = [1.0, 2.0, 50.0].map(|n| one.reliability(n));
            prop_assert!(reliabilities.iter().all(|r| r.is_some_and(|r| (0.0..=1.0).contains(&r))));
            prop_assert!(reliabilities.is_sorted());
        }
    }

    #[test]
    fn any_units_give_finite_numbers_or_none(units in vec(vec(wild(), 0..4), 0..5), n in wild()) {
        let Some(found) = components(&moments(&units, |value| value)) else { return Ok(()) };
        let others = [found.reliability(n), found.needed(n), found.deviance, found.icc_anova].into_iter().flatten();
        prop_assert!(others.chain([found.between, found.within, found.mean, found.icc()]).all(f64::is_finite), "{found:?}");
    }

    #[test]
    fn groups_swapped_turn_the_odds_ratio_and_the_delta(strata in strata()) {
        let swapped: Vec<Stratum> = strata.iter().map(|s| Stratum { reference: s.focal, focal: s.reference }).collect();
        let pair = mantel_haenszel(&strata, 0.95).zip(mantel_haenszel(&swapped, 0.95));
        let Some((one, other)) = pair else { return Ok(()) };
        prop_assert_eq!((one.odds_ratio.is_some(), one.class), (other.odds_ratio.is_some(), other.class));
        let ratios = one.odds_ratio.zip(other.odds_ratio);
        prop_assert!(ratios.is_none_or(|(a, b)| near(a.value * b.value, 1.0) && near(a.lower * b.upper, 1.0)));
        prop_assert!(ratios.is_none_or(|(a, _)| a.lower <= a.value && a.value <= a.upper));
        prop_assert!(one.corrected.zip(other.corrected).is_none_or(|(a, b)| near(a.chi_square, b.chi_square)));
        // As a table of levels it is the test without correction, whichever level comes first.
        let levels = |turn: bool| strata.iter().map(|s| {
            let mut levels = vec![[s.reference[0], s.focal[0]], [s.reference[1], s.focal[1]]];
            if turn { levels.reverse() }
            levels
        }).collect::<Vec<_>>();
        for turn in [false, true] {
            let pair = one.uncorrected.zip(association(&levels(turn)));
            prop_assert!(pair.is_none_or(|(a, b)| near(a.chi_square, b.chi_square) && near(a.p_value, b.p_value)));
        }
    }

    #[test]
    fn any_counts_give_finite_numbers_or_none(counts in vec((wild(), wild(), wild(), wild()), 0..4), level in wild()) {
        let of = |(a, b, c, d)| Stratum { reference: [a, b], focal: [c, d] };
        let found = mantel_haenszel(&counts.iter().copied().map(of).collect::<Vec<_>>(), level);
        let numbers = found.into_iter().flat_map(|f| [
            f.odds_ratio.map(|r| r.lower), f.odds_ratio.map(|r| r.upper), f.ets_delta,
            f.corrected.map(|t| t.chi_square), f.uncorrected.map(|t| t.p_value),
        ]);
        prop_assert!(numbers.flatten().all(f64::is_finite));
        let test = association(&counts.iter().map(|&(a, b, c, d)| vec![[a, b], [c, d], [b, a]]).collect::<Vec<_>>());
        prop_assert!(test.is_none_or(|test| test.chi_square.is_finite() && (0.0..=1.0).contains(&test.p_value)));
    }

    #[test]
    fn what_is_expected_of_all_is_what_was_observed(people in people()) {
        for model in [Model::Linear, Model::Logistic] {
            let Ok(found) = adjusted(&people, model, NAMES) else { continue };
            let n = people.len() as f64;
            prop_assert!((found.expected.iter().sum::<f64>() / n - found.overall).abs() < 1e-5);
            prop_assert!(found.units.iter().all(|unit| unit.adjusted.is_finite()));
            if model == Model::Logistic {
                prop_assert!(found.units.iter().all(|unit| (0.0..=1.0).contains(&unit.adjusted)));
            } else {
                let mean = found.units.iter().map(|unit| unit.n as f64 * unit.adjusted).sum::<f64>() / n;
                prop_assert!((mean - found.overall).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn other_names_of_units_and_categories_change_no_figure(people in people()) {
        // The names are in the opposite order, so that another category is the base.
        for model in [Model::Linear, Model::Logistic] {
            let (one, other) = (adjusted(&people, model, NAMES), adjusted(&people, model, ["z", "y", "x", "w"]));
            prop_assert_eq!(one.is_ok(), other.is_ok());
            let Some((one, other)) = one.ok().zip(other.ok()) else { continue };
            for (a, b) in one.units.iter().zip(other.units.iter().rev()) {
                prop_assert!((a.adjusted - b.adjusted).abs() < 1e-6 && a.n == b.n, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn any_people_are_adjusted_in_finite_numbers_or_not_for_a_reason(
        rows in vec((0..3_usize, wild(), wild()), 0..8), whole in any::<bool>()
    ) {
        let units: Vec<&str> = rows.iter().filter_map(|row| NAMES.get(row.0).copied()).collect();
        let covariates = [Covariate { name: "number", values: Values::Numbers(rows.iter().map(|row| row.1).collect()) }];
        let outcomes: Vec<f64> = rows.iter().map(|row| if whole { f64::from(u8::from(row.2 > 0.0)) } else { row.2 }).collect();
        for model in [Model::Linear, Model::Logistic] {
            let Ok(found) = adjust(model, &units, &covariates, &outcomes) else { continue };
            let terms = found.terms.iter().filter_map(|term| term.estimate).flat_map(|(value, se)| [value, se]);
            let units = found.units.iter().flat_map(|unit| [unit.observed, unit.expected, unit.adjusted]);
            prop_assert!(terms.chain(units).chain([found.overall]).all(f64::is_finite), "{found:?}");
        }
    }
}
