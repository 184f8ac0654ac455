//! Laws of the measures of inequality.

use proptest::{collection::vec, prelude::*};

use super::super::concentration::{Concentration, concentration_index, erreygers_index};
use super::super::disparity::*;
use super::super::intersections::{Cell, Intersections, intersections};
use super::super::ratio::share_ratio;
use super::super::regression::{Case, Errors, Model, fit};
use super::super::slope::{Slope, slope_index};
use super::super::slope_model::{Counted, slope_index_logit};
use super::super::{Estimate, concentration, slope};
use super::{counts, near, numbers, wild};

fn groups() -> impl Strategy<Value = Vec<Group>> {
    vec((0.1..100.0, 1.0..10_000.0), 1..12)
        .prop_map(|rows| rows.into_iter().map(|(value, population)| Group { value, population }).collect())
}

fn ordered(groups: &[Group]) -> Vec<concentration::Group> {
    let one = |(i, group): (usize, &Group)| concentration::Group {
        rank_order: i as f64,
        population: group.population,
        value: group.value,
    };
    groups.iter().enumerate().map(one).collect()
}

fn counted() -> impl Strategy<Value = Vec<Counted>> {
    let one = (5..3_000_u32).prop_flat_map(|n| (1..n, Just(n)));
    vec(one, 2..10).prop_map(|rows| {
        let counted =
            |(i, (x, n)): (usize, (u32, u32))| Counted { rank_order: i as f64, x: f64::from(x), n: f64::from(n) };
        rows.into_iter().enumerate().map(counted).collect()
    })
}

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    ((2..5_usize), (2..5_usize)).prop_flat_map(|(first, second)| {
        vec((-20.0..20.0, 0.1..5.0), first * second).prop_map(move |rows| {
            let cell =
                |(i, (value, se)): (usize, (f64, f64))| Cell { first: i / second, second: i % second, value, se };
            rows.into_iter().enumerate().map(cell).collect()
        })
    })
}

/// Measures that count each group by its people.
fn by_people(groups: &[Group]) -> Vec<Option<f64>> {
    let mean = |against| mean_difference(groups, against, Count::People);
    vec![
        between_group_variance(groups),
        between_group_sd(groups),
        coefficient_of_variation(groups),
        mean_log_deviation(groups),
        theil_index(groups),
        index_of_disparity(groups, Count::People),
        mean(Against::Mean),
        mean(Against::Best(Better::Higher)),
        mean(Against::Value(3.0)),
        attributable_risk(groups, Better::Higher, None),
        attributable_fraction(groups, Better::Lower, None),
    ]
}

fn every(groups: &[Group]) -> Vec<Option<f64>> {
    let mut all = by_people(groups);
    all.push(index_of_disparity(groups, Count::Groups));
    all.push(mean_difference(groups, Against::Best(Better::Lower), Count::Groups));
    all.push(between_group_variance_se(groups, &vec![1.0; groups.len()]));
    all.push(mean_log_deviation_se(groups, &vec![1.0; groups.len()]));
    all.push(theil_index_se(groups, &vec![1.0; groups.len()]));
    all
}

/// Whether both lists have the same numbers, within rounding of values up to 100 squared.
fn alike(one: &[Option<f64>], other: &[Option<f64>]) -> bool {
    let same = |(one, other): (&Option<f64>, &Option<f64>)| match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-6 * one.abs().max(other.abs()).max(1.0),
        _ => one == other,
    };
    one.len() == other.len() && one.iter().zip(other).all(same)
}

fn contains(estimate: Estimate) -> bool {
    estimate.lower <= estimate.value && estimate.value <= estimate.upper
}

fn close(one: Estimate, other: Estimate) -> bool {
    near(one.value, other.value) && near(one.lower, other.lower) && near(one.upper, other.upper)
}

fn negative(estimate: Estimate) -> Estimate {
    Estimate { value: -estimate.value, lower: -estimate.upper, upper: -estimate.lower }
}

/// Whether two sets of cells, one in another order, are the same but for rounding.
fn same_cells(one: &Intersections, other: &Intersections, order: &[usize]) -> bool {
    let tolerance = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0);
    let same = |(cell, &at): (&super::super::intersections::Shrunken, &usize)| {
        let other = other.cells[at];
        tolerance(cell.expected, other.expected)
            && tolerance(cell.estimate.value, other.estimate.value)
            && tolerance(cell.estimate.lower, other.estimate.lower)
    };
    tolerance(one.tau2, other.tau2) && one.cells.iter().zip(order).all(same)
}

proptest! {
    #[test]
    fn the_order_of_groups_changes_nothing(groups in groups(), turn in 0..12_usize) {
        let mut other = groups.clone();
        other.rotate_left(turn % groups.len());
        prop_assert!(alike(&every(&groups), &every(&other)));
    }

    #[test]
    fn a_group_split_in_two_of_one_value_changes_nothing(groups in groups(), at in 0..12_usize, part in 0.01..0.99) {
        let (mut split, at) = (groups.clone(), at % groups.len());
        let half = Group { population: groups[at].population * part, ..groups[at] };
        split[at].population -= half.population;
        split.insert(at, half);
        prop_assert!(alike(&by_people(&groups), &by_people(&split)));
        let pair = concentration_index(&ordered(&groups), 0.95).zip(concentration_index(&ordered(&split), 0.95));
        prop_assert!(pair.is_none_or(|(one, other)| near(one.absolute.value, other.absolute.value)));
    }

    #[test]
    fn equal_groups_are_not_apart(groups in groups()) {
        let equal: Vec<Group> = groups.iter().map(|group| Group { value: 7.0, ..*group }).collect();
        let zero = |value: &Option<f64>| value.is_some_and(|value| value.abs() < 1e-6);
        prop_assert!(by_people(&equal).iter().enumerate().all(|(i, value)| i == 8 || zero(value)));
    }

    #[test]
    fn relative_measures_know_no_unit(groups in groups(), factor in 0.01..100.0) {
        let scaled: Vec<Group> = groups.iter().map(|g| Group { value: g.value * factor, ..*g }).collect();
        let relative = |groups: &[Group]| {
            [
                coefficient_of_variation(groups),
                mean_log_deviation(groups),
                theil_index(groups),
                index_of_disparity(groups, Count::Groups),
                attributable_fraction(groups, Better::Higher, None),
                concentration_index(&ordered(groups), 0.95).and_then(|index| index.relative).map(|index| index.lower),
            ]
        };
        prop_assert!(alike(&relative(&groups), &relative(&scaled)));
    }

    #[test]
    fn the_opposite_order_changes_the_sign_of_concentration_and_logit_slope(groups in groups(), counted in counted()) {
        let mut opposite = ordered(&groups);
        opposite.iter_mut().for_each(|group| group.rank_order = -group.rank_order);
        let turned = |index: Option<Concentration>| index.map(|index| negative(index.absolute));
        let pair = concentration_index(&ordered(&groups), 0.95).zip(turned(concentration_index(&opposite, 0.95)));
        prop_assert!(pair.is_none_or(|(one, other)| close(one.absolute, other)));

        let opposite: Vec<Counted> = counted.iter().map(|c| Counted { rank_order: -c.rank_order, ..*c }).collect();
        let (one, other) = (slope_index_logit(&counted, 0.95), slope_index_logit(&opposite, 0.95));
        prop_assert!(one.is_some() == other.is_some());
        let holds = one.zip(other).is_none_or(|(one, other)| {
            let same = |a: f64, b: f64| (a - b).abs() <= 1e-6 * a.abs().max(b.abs());
            let ratio = one.rii.zip(other.rii).is_none_or(|(a, b)| same(a, b.recip()));
            ratio && (one.sii.value + other.sii.value).abs() < 1e-6 && (one.sii.lower + other.sii.upper).abs() < 1e-6
        });
        prop_assert!(holds);
    }

    #[test]
    fn limits_contain_the_estimates(groups in groups(), counted in counted(), cells in cells(), level in 0.05..0.999) {
        let index = concentration_index(&ordered(&groups), level);
        prop_assert!(index.is_none_or(|index| contains(index.absolute) && index.relative.is_none_or(contains)));
        let slope = slope_index_logit(&counted, level);
        prop_assert!(slope.is_none_or(|s| contains(s.sii)));
        let ratio = slope.and_then(|s| s.rii.zip(s.rii_limits));
        prop_assert!(ratio.is_none_or(|(ratio, limits)| limits.lower <= ratio && ratio <= limits.upper));
        let cells = intersections(&cells, level);
        prop_assert!(cells.is_some_and(|all| all.cells.iter().all(|cell| contains(cell.estimate))));
    }

    #[test]
    fn having_and_lacking_mirror_each_other(groups in groups()) {
        let lacking: Vec<Group> = groups.iter().map(|group| Group { value: 100.0 - group.value, ..*group }).collect();
        let index = |groups: &[Group]| erreygers_index(&ordered(groups), 0.0, 100.0, 0.95);
        let holds = index(&groups).zip(index(&lacking)).is_none_or(|(one, other)| {
            let relative = one.relative.zip(other.relative).is_none_or(|(a, b)| close(a, negative(b)));
            relative && close(one.absolute, negative(other.absolute)) && one.absolute.value.abs() <= 1.0 + 1e-9
        });
        prop_assert!(holds);
    }

    #[test]
    fn a_logit_slope_of_small_counts_and_of_their_multiple_is_one(counted in counted(), factor in 2..9_u32) {
        let factor = f64::from(factor);
        let more: Vec<Counted> = counted.iter().map(|c| Counted { x: c.x * factor, n: c.n * factor, ..*c }).collect();
        let pair = slope_index_logit(&counted, 0.95).zip(slope_index_logit(&more, 0.95));
        let holds = pair.is_none_or(|(one, other)| {
            let width = |slope: Slope| slope.sii.upper - slope.sii.lower;
            (one.sii.value - other.sii.value).abs() < 1e-6 && width(other) < width(one)
        });
        prop_assert!(holds);
    }

    #[test]
    fn a_ratio_turns_with_its_groups((x1, n1) in counts(), (x2, n2) in counts(), level in 0.05..0.999) {
        let pair = share_ratio(x1, n1, x2, n2, level).zip(share_ratio(x2, n2, x1, n1, level));
        let holds = pair.is_none_or(|(one, other)| {
            contains(one) && near(one.lower * other.upper, 1.0) && near(one.upper * other.lower, 1.0)
        });
        prop_assert!(holds);
        prop_assert_eq!(share_ratio(x1, n1, x2, n2, level).is_some(), x2 > 0.0);
    }

    #[test]
    fn cells_lie_between_value_and_sum_whatever_their_groups_are_called(cells in cells(), turn in 0..25_usize) {
        let all = intersections(&cells, 0.95).unwrap();
        for (cell, shrunken) in cells.iter().zip(&all.cells) {
            let (low, high) = (cell.value.min(shrunken.expected), cell.value.max(shrunken.expected));
            prop_assert!(low - 1e-9 <= shrunken.estimate.value && shrunken.estimate.value <= high + 1e-9);
        }
        // The first group gets the largest number, and the rows come in another order.
        let mut order: Vec<usize> = (0..cells.len()).collect();
        order.rotate_right(turn % cells.len());
        let renamed = |cell: &Cell| Cell { first: (cell.first + 7) % 9, second: 100 - cell.second, ..*cell };
        let mut other: Vec<Cell> = cells.iter().map(renamed).collect();
        other.rotate_left(turn % cells.len());
        let other = intersections(&other, 0.95).unwrap();
        prop_assert!(same_cells(&all, &other, &order));
    }

    #[test]
    fn equal_weights_are_no_weights(
        rows in vec((-5.0..5.0, -5.0..5.0, any::<bool>()), 6..40), weight in 0.1..50.0
    ) {
        let cases = |weight: f64| -> Vec<Case> {
            let case = |&(a, b, yes): &(f64, f64, bool)| {
                Case { predictors: vec![a, b], outcome: f64::from(u8::from(yes)), weight }
            };
            rows.iter().map(case).collect()
        };
        let (plain, weighted) = (cases(1.0), cases(weight));
        let fits = fit(Model::Linear, &plain).zip(fit(Model::Linear, &weighted)).unwrap();
        prop_assert!(fits.0.fitted.iter().zip(&fits.1.fitted).all(|(a, b)| near(*a, *b)));
        for errors in [Errors::Model, Errors::Rows, Errors::Sample { clusters: None, strata: None }] {
            let tables = fits.0.covariance(&plain, errors).zip(fits.1.covariance(&weighted, errors)).unwrap();
            prop_assert!(tables.0.iter().flatten().zip(tables.1.iter().flatten()).all(|(a, b)| near(*a, *b)));
        }
    }

    #[test]
    fn any_numbers_give_finite_numbers_or_none(
        rows in vec((wild(), wild(), wild()), 0..6), four in (wild(), wild(), wild(), wild()), level in wild()
    ) {
        let groups: Vec<Group> = rows.iter().map(|&(value, population, _)| Group { value, population }).collect();
        prop_assert!(every(&groups).into_iter().flatten().all(f64::is_finite));
        prop_assert!(attributable_fraction_se(&groups, Better::Higher).is_none_or(f64::is_finite));
        let mut found: Vec<Estimate> = share_ratio(four.0, four.1, four.2, four.3, 0.95).into_iter().collect();
        let ranked = |&(value, population, rank_order)| concentration::Group { rank_order, population, value };
        let ranked: Vec<_> = rows.iter().map(ranked).collect();
        for level in [level, 0.95] {
            let indices = [concentration_index(&ranked, level), erreygers_index(&ranked, four.0, four.1, level)];
            for index in indices.into_iter().flatten() {
                found.push(index.absolute);
                found.extend(index.relative);
            }
            let counted: Vec<Counted> = rows.iter().map(|&(x, n, rank_order)| Counted { rank_order, x, n }).collect();
            prop_assert!(slope_index_logit(&counted, level).iter().flat_map(numbers).all(f64::is_finite));
            let cell = |i: usize| Cell { first: i / 2, second: i % 2, value: rows[i].0, se: rows[i].1 };
            let cells: Vec<Cell> = (0..rows.len()).map(cell).collect();
            let cells = intersections(&cells, level);
            prop_assert!(cells.as_ref().is_none_or(|all| all.tau2.is_finite()));
            found.extend(cells.iter().flat_map(|all| all.cells.iter().map(|cell| cell.estimate)));
            let sloped = |&(value, population, rank_order)| slope::Group {
                rank_order,
                population,
                value,
                se: Some(1.0),
            };
            let slope = slope_index(&rows.iter().map(sloped).collect::<Vec<_>>(), level);
            prop_assert!(slope.iter().flat_map(numbers).all(f64::is_finite));
        }
        prop_assert!(found.iter().all(|e| e.value.is_finite() && e.lower.is_finite() && e.upper.is_finite()));
    }
}
