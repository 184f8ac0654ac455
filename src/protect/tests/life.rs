//! Years of life: what is hidden of those in good health, and that a life table is not.

use super::change::{Full, hidden_in, row};
use super::*;

fn years(
    statistic: &'static str,
    group_by: &'static str,
    group: &str,
    comparator: &'static str,
    n: Option<i64>,
) -> Full {
    Full { group_by, group: group.into(), comparator: Some(comparator), n, numerator: 0, ..row(statistic, 0) }
}

fn of_fifths(sizes: [i64; 3]) -> Vec<bool> {
    let names = ["1", "2", "3"];
    let all: i64 = sizes.iter().sum();
    let shares = names.iter().zip(sizes);
    let shares = shares.map(|(name, n)| Full { group_by: "fifth", group: (*name).into(), ..row("value", n) });
    let healthy = names.iter().zip(sizes);
    let healthy = healthy.map(|(name, n)| years("healthy_life_expectancy", "fifth", name, "at birth", Some(n)));
    let others = [
        years("healthy_life_expectancy", "none", "all", "at birth", Some(all)),
        years("share_of_life_healthy", "fifth", "1", "at birth", Some(sizes[0])),
        years("healthy_life_expectancy_gap", "fifth", "all", "at birth: 1 less 3", Some(sizes[0] + sizes[2])),
        years("healthy_life_expectancy_slope", "fifth", "all", "at birth", Some(all)),
        years("life_expectancy", "fifth", "1", "at birth", None),
        years("life_expectancy_gap", "fifth", "all", "at birth: 1 less 3", None),
        years("life_expectancy_slope", "fifth", "all", "at birth", None),
    ];
    let rows: Vec<Full> = std::iter::once(row("value", all)).chain(shares).chain(healthy).chain(others).collect();
    hidden_in(&rows, &Below::new())[4..].to_vec()
}

#[test]
fn years_in_good_health_are_hidden_with_their_share() {
    assert_eq!(of_fifths([200, 100, 100]), [false; 10]);
    // The first share is hidden, and the smallest of the others so that it cannot be worked out: what comes from either is hidden too.
    assert_eq!(of_fifths([9, 100, 200]), [true, true, false, false, true, true, true, false, false, false]);
    // The middle one and the last: the gap of the first to the last falls, the first itself stays.
    assert_eq!(of_fifths([200, 9, 100]), [false, true, true, false, false, true, true, false, false, false]);
}

#[test]
fn a_life_table_is_published_by_others() {
    let few = [
        row("value", 9),
        years("healthy_life_expectancy", "none", "all", "at birth", Some(9)),
        years("life_expectancy", "none", "all", "at birth", None),
    ];
    assert_eq!(hidden_in(&few, &Below::new()), [true, true, false]);
}
