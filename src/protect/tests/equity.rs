//! What sets groups against each other: gaps, everybody else, two groups at a time, groups by month, and models.

use super::change::{Full, hidden_in, rank, row};
use super::*;
use crate::declare::TIMES;
use crate::protect::derived;

fn group(group_by: &'static str, name: &str, n: i64) -> Full {
    Full { group_by, group: name.into(), ..row("value", n) }
}

/// A row of all groups of a breakdown together.
fn of_all(group_by: &'static str, statistic: &'static str, comparator: Option<&'static str>) -> Full {
    Full { group_by, comparator, ..row(statistic, 100) }
}

#[test]
fn a_gap_needs_only_its_two_groups() {
    let rows = [
        row("value", 130),
        group("ethnic", "black", 60),
        group("ethnic", "white", 30),
        group("ethnic", "asian", 20),
        group("ethnic", "not-stated", 20),
        group("sex", "f", 60),
        group("sex", "m", 51),
        group("sex", "other", 9),
        group("sex", "not-stated", 10),
        of_all("ethnic", "gap", Some("black less white")),
        of_all("sex", "gap", Some("f less m")),
        of_all("sex", "ratio", Some("f over m")),
        of_all("sex", "rate_ratio", Some("m over f")),
        of_all("sex", "rate_ratio", Some("other over f")),
        of_all("sex", "gap", Some("f less other")),
        of_all("sex", "ratio", Some("not-stated over m")),
        of_all("sex", "gap_better", Some("any: f less m")),
        of_all("sex", "gap_better", Some("any: f less other")),
        of_all("sex", "theil_index", None),
        of_all("ethnic", "theil_index", None),
    ];
    let hidden = hidden_in(&rows, &Below::new());
    assert_eq!(hidden[..9], [false, false, false, false, false, false, false, true, true]);
    assert_eq!(hidden[9..], [false, false, false, false, true, true, true, false, true, true, false]);
}

#[test]
fn everybody_else_is_somebody_too() {
    let rest =
        |name: &str| Full { comparator: Some("rest"), ..Full { statistic: "gap_rest", ..group("sex", name, 0) } };
    let of = |all: i64, parts: [i64; 3]| {
        let groups = ["f", "m", "x"].into_iter().zip(parts);
        let rows: Vec<Full> = [row("value", all)]
            .into_iter()
            .chain(groups.flat_map(|(name, n)| [group("sex", name, n), Full { n: Some(all), ..rest(name) }]))
            .collect();
        let hidden = hidden_in(&rows, &Below::new());
        [hidden[2], hidden[4], hidden[6]]
    };
    assert_eq!(of(100, [40, 40, 20]), [false; 3]);
    // The group is hidden, and a second one so that it cannot be worked out.
    assert_eq!(of(100, [60, 33, 7]), [false, true, true]);
    // Two hidden groups of 4 and 5 are the rest of the first: 9 people.
    assert_eq!(of(109, [100, 4, 5]), [true; 3]);
    assert_eq!(of(9, [9, 0, 0]), [true; 3]);
}

#[test]
fn every_statistic_of_the_queries_of_equity_is_known() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !("40".."60").contains(&name.as_str()) && !name.starts_with("83") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let written = text.match_indices("' AS statistic").map(|(at, _)| text[..at].rsplit('\'').next().unwrap());
        let listed = text.split("named_struct('name', '").skip(1).map(|rest| rest.split('\'').next().unwrap());
        for statistic in written.chain(listed) {
            seen += 1;
            assert!(statistic == "value" || derived::is_known(statistic), "{name}: who hides `{statistic}`?");
        }
    }
    assert!(seen > 25, "{seen}");
}

#[test]
fn the_series_of_a_gap_stands_and_falls_with_its_months() {
    let month = |month: &str, of: Full| Full { period: month.into(), ..of };
    let months = |of_may: i64| {
        let mut rows = vec![row("value", 200)];
        for (name, m) in [("2026-04", 40), ("2026-05", of_may)] {
            let all = Full { period: name.into(), ..row("value", 60 + m) };
            rows.extend([
                all,
                month(name, group("sex", "f", 40)),
                month(name, group("sex", "m", m)),
                month(name, group("sex", "x", 20)),
            ]);
            rows.push(month(name, of_all("sex", "gap", Some("f less m"))));
            rows.push(month(name, of_all("sex", "gap_xmr", Some("f less m"))));
            rows.push(month(name, row("xmr", 100)));
        }
        let hidden = hidden_in(&rows, &Below::new());
        rows.iter()
            .zip(hidden)
            .filter(|(row, _)| row.statistic != "value")
            .map(|(_, hidden)| hidden)
            .collect::<Vec<_>>()
    };
    assert_eq!(months(40), [false; 6]);
    // May's gap goes, and with it every point of the series; everybody's own series stays.
    assert_eq!(months(9), [false, true, false, true, true, false]);
}

#[test]
fn a_model_is_hidden_with_what_entered_it() {
    let cell = |name: &str, n| group("age × sex", name, n);
    let drawn = |name: &str, statistic| Full { statistic, ..cell(name, 50) };
    let rows = |small: i64, large: i64| {
        vec![
            row("value", 200 + small + large),
            cell("old × f", 50),
            cell("old × m", small),
            cell("young × f", 100),
            cell("young × m", large),
            cell("older × f", 25),
            cell("older × m", 25),
            drawn("old × f", "intersection"),
            drawn("old × f", "intersection_expected"),
            drawn("young × m", "intersection"),
        ]
    };
    let last = |rows: &[Full]| hidden_in(rows, &Below::new())[7..].to_vec();
    assert_eq!(last(&rows(40, 60)), [false; 3]);
    // The four smallest are hidden, and the model knows none of them.
    assert_eq!(hidden_in(&rows(5, 60), &Below::new())[1..7], [true, true, false, false, true, true][..]);
    // The cell of 50 had to go as well: it was in the model.
    assert_eq!(last(&rows(5, 60)), [true; 3]);

    let below = Below::from([
        (("m".to_owned(), "all".to_owned()), vec!["a".to_owned(), "b".to_owned(), "d".to_owned()]),
        (("m".to_owned(), "a".to_owned()), vec!["p".to_owned(), "q".to_owned(), "r".to_owned()]),
    ]);
    let care = |area| Full { area, comparator: Some("need"), ..row("inverse_care", 100) };
    let areas = |of: [(&'static str, i64); 6]| {
        let figures = of.into_iter().map(|(area, n)| Full { area, ..row("value", n) });
        let rows: Vec<Full> = figures.chain(["all", "a", "b"].map(care)).collect();
        hidden_in(&rows, &below)[6..].to_vec()
    };
    assert_eq!(areas([("all", 300), ("a", 150), ("b", 100), ("d", 50), ("p", 90), ("q", 60)]), [false; 3]);
    // Two small practices are hidden; neither was in the model.
    assert_eq!(areas([("all", 250), ("a", 100), ("b", 100), ("d", 50), ("p", 91), ("q", 9)])[2..], [false]);
    let hidden = areas([("all", 250), ("a", 100), ("b", 100), ("d", 50), ("p", 91), ("q", 9)]);
    assert_eq!(hidden, [true, true, false], "the practice of 91 was hidden beside that of 9");
}

/// Sums that everybody can make, over the figures that are open to an attacker: those that are hidden and not known to be empty.
struct Attack {
    open: Vec<usize>,
    known: Vec<Vec<f64>>,
}

impl Attack {
    fn new(rows: &[Full], hidden: &[bool]) -> Self {
        let open = (0..rows.len()).filter(|at| hidden[*at] && rows[*at].n != Some(0)).collect();
        Attack { open, known: Vec::new() }
    }

    /// The parts add up to the total.
    fn adds_up(&mut self, total: usize, parts: &[usize]) {
        let sign = |at: &usize| if *at == total { -1.0 } else { f64::from(u8::from(parts.contains(at))) };
        self.known.push(self.open.iter().map(sign).collect());
    }

    /// Whether the sums leave one value only for a hidden figure.
    fn finds(&self, at: usize) -> bool {
        let mut with = self.known.clone();
        with.push(self.open.iter().map(|other| f64::from(u8::from(*other == at))).collect());
        rank(with) == rank(self.known.clone())
    }
}

proptest! {
    /// Two groups at a time: no small cell, and no small group, can be worked out from everybody, the groups and the shown cells.
    #[test]
    fn no_cell_of_a_pair_can_be_worked_out(
        width in 2_usize..5,
        counts in proptest::collection::vec(prop_oneof![Just(0_i64), 1_i64..10, 10_i64..60], 20),
    ) {
        let cells: Vec<Vec<i64>> = counts.chunks(width).take(4).map(<[i64]>::to_vec).collect();
        prop_assume!(cells.iter().all(|line| line.len() == width));
        let mut rows = vec![row("value", cells.iter().flatten().sum())];
        let first: Vec<usize> = cells.iter().enumerate().map(|(a, line)| {
            rows.push(group("age", &format!("a{a}"), line.iter().sum()));
            rows.len() - 1
        }).collect();
        let second: Vec<usize> = (0..width).map(|b| {
            rows.push(group("sex", &format!("b{b}"), cells.iter().map(|line| line[b]).sum()));
            rows.len() - 1
        }).collect();
        let mut places = vec![vec![0; width]; cells.len()];
        for (a, line) in cells.iter().enumerate() {
            for (b, n) in line.iter().enumerate() {
                places[a][b] = rows.len();
                rows.push(group("age × sex", &format!("a{a}{TIMES}b{b}"), *n));
            }
        }
        let hidden = hidden_in(&rows, &Below::new());
        let mut attack = Attack::new(&rows, &hidden);
        attack.adds_up(0, &first);
        attack.adds_up(0, &second);
        for (a, total) in first.iter().enumerate() {
            attack.adds_up(*total, &places[a]);
        }
        for (b, total) in second.iter().enumerate() {
            let column: Vec<usize> = places.iter().map(|line| line[b]).collect();
            attack.adds_up(*total, &column);
        }
        for (at, of) in rows.iter().enumerate() {
            if of.n.is_some_and(|n| (1..10).contains(&n)) {
                prop_assert!(hidden[at], "{cells:?}: a small figure is shown");
                // Where everybody together are few, nothing at all is shown.
                prop_assert!(hidden.iter().all(|hidden| *hidden) || !attack.finds(at), "{cells:?}: {of:?} can be worked out");
            }
        }
    }

    /// Groups from month to month: nor can a small month of a group, from the months, the groups of the period and everybody.
    #[test]
    fn no_month_of_a_group_can_be_worked_out(
        counts in proptest::collection::vec(prop_oneof![Just(0_i64), 1_i64..10, 10_i64..60], 9),
    ) {
        const MONTHS: [&str; 3] = ["2026-04", "2026-05", "2026-06"];
        let mut rows = vec![row("value", counts.iter().sum())];
        let of = |month: usize, group: usize| counts[month * 3 + group];
        let groups: Vec<usize> = (0..3).map(|g| {
            rows.push(group("sex", &format!("g{g}"), (0..3).map(|month| of(month, g)).sum()));
            rows.len() - 1
        }).collect();
        let months: Vec<usize> = (0..3).map(|month| {
            rows.push(Full { period: MONTHS[month].into(), ..row("value", (0..3).map(|g| of(month, g)).sum()) });
            rows.len() - 1
        }).collect();
        let first = rows.len();
        for (month, name) in MONTHS.iter().enumerate() {
            rows.extend((0..3).map(|g| Full { period: (*name).into(), ..group("sex", &format!("g{g}"), of(month, g)) }));
        }
        let hidden = hidden_in(&rows, &Below::new());
        let mut attack = Attack::new(&rows, &hidden);
        attack.adds_up(0, &groups);
        attack.adds_up(0, &months);
        for at in 0..3 {
            attack.adds_up(groups[at], &[first + at, first + 3 + at, first + 6 + at]);
            attack.adds_up(months[at], &[first + 3 * at, first + 3 * at + 1, first + 3 * at + 2]);
        }
        for (at, of) in rows.iter().enumerate() {
            if of.n.is_some_and(|n| (1..10).contains(&n)) {
                prop_assert!(hidden[at], "{counts:?}: a small figure is shown");
                prop_assert!(hidden.iter().all(|hidden| *hidden) || !attack.finds(at), "{counts:?}: {of:?} can be worked out");
            }
        }
    }
}
