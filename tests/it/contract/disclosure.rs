//! No figure of a contract tells what few people said.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use tellonce::contract::{Person, evaluate};
use tellonce::declare::{Contract, Policy, contract_alone};
use tellonce::protect::{Below, Published, protect};

use super::{BY_HAND, Workspace, by_hand};

fn contract() -> Contract {
    contract_alone("by-hand.toml", BY_HAND).unwrap()
}

fn survey() -> Policy {
    let declarations = tellonce::declare::Declarations::load(&tellonce::files::Files::embedded()).unwrap();
    declarations.policies["survey"].clone()
}

/// People of a cohort who changed by so many millionths each.
fn people(part: &str, cohort: &str, changes: &[(i64, usize)]) -> Vec<Person> {
    let first = if cohort == "treated" { 1 } else { 1001 };
    let all = changes.iter().flat_map(|(change, n)| std::iter::repeat_n(*change, *n));
    let person = |(number, change): (u32, i64)| Person {
        part: part.into(),
        number,
        cohorts: vec![cohort.into()],
        place: 1,
        state: "counted".into(),
        before: Some(2_000_000),
        after: Some(2_000_000 + change),
    };
    (first..).zip(all).map(person).collect()
}

fn shown(contract: &Contract, people: &[Person]) -> Published {
    protect(&[evaluate(contract, &[], people).unwrap()], &survey(), &Below::new(), &[]).unwrap()
}

/// Measure, cohort, statistic, threshold and comparator of a row, with its n, numerator and value.
type Row = (String, Option<i64>, Option<i64>, Option<f64>);

/// The rows that are shown.
fn rows(published: &Published) -> Vec<Row> {
    let mut all = Vec::new();
    for batch in published.rows() {
        let text = |name: &str, row: usize| {
            let column = batch.column_by_name(name).unwrap().as_string::<i32>();
            if column.is_valid(row) { column.value(row).to_owned() } else { String::new() }
        };
        let long = |name: &str, row: usize| {
            let column = batch.column_by_name(name).unwrap().as_primitive::<Int64Type>();
            column.is_valid(row).then(|| column.value(row))
        };
        let value = batch.column_by_name("value").unwrap().as_primitive::<Float64Type>();
        for row in 0..batch.num_rows() {
            if text("mark", row).is_empty() {
                let name =
                    ["measure", "group", "statistic", "cut_set", "comparator"].map(|name| text(name, row)).join(" ");
                let value = value.is_valid(row).then(|| value.value(row));
                all.push((name.trim_end().to_owned(), long("n", row), long("numerator", row), value));
            }
        }
    }
    all
}

fn has(rows: &[Row], name: &str) -> bool {
    rows.iter().any(|row| row.0 == name)
}

#[test]
fn a_payment_on_too_few_who_improved_or_did_not_is_hidden_with_the_sum() {
    for (better, same) in [(9, 40), (40, 9), (0, 40), (40, 0)] {
        let mut all = people("wellbeing", "treated", &[(500_000, better), (0, same)]);
        all.extend(people("wellbeing", "usual-care", &[(500_000, 20), (0, 20)]));
        all.extend(people("secondary-care", "treated", &[(-20_000, 30), (0, 30)]));
        all.extend(people("secondary-care", "usual-care", &[(10_000, 30), (0, 30)]));
        let rows = rows(&shown(&contract(), &all));
        for hidden in [
            "contract/by-hand/wellbeing treated improved",
            "contract/by-hand/wellbeing treated payable",
            "contract/by-hand/wellbeing treated before_cap",
            "contract/by-hand/wellbeing treated improved_difference  usual-care",
            "contract/by-hand treated payable",
            "contract/by-hand treated before_cap",
        ] {
            assert!(!has(&rows, hidden), "{better} and {same}: {hidden}");
        }
        assert!(has(&rows, "contract/by-hand/secondary-care treated payable  usual-care"), "{rows:?}");
        assert!(has(&rows, "contract/by-hand/wellbeing usual-care improved"), "{rows:?}");
    }
    let mut all = people("wellbeing", "treated", &[(500_000, 10), (0, 10)]);
    all.extend(people("wellbeing", "usual-care", &[(500_000, 20), (0, 20)]));
    all.extend(people("secondary-care", "treated", &[(-20_000, 30)]));
    all.extend(people("secondary-care", "usual-care", &[(10_000, 30)]));
    let rows = rows(&shown(&contract(), &all));
    assert!(has(&rows, "contract/by-hand treated payable"), "ten each way are enough: {rows:?}");
}

#[test]
fn two_thresholds_with_few_people_between_them_are_not_both_shown() {
    // 12 by three quarters of a point, 20 by a half, 39 by a quarter: the first two are 8 apart.
    let mut all = people("wellbeing", "treated", &[(750_000, 12), (500_000, 8), (375_000, 4), (250_000, 15), (0, 20)]);
    all.extend(people("wellbeing", "usual-care", &[(500_000, 20), (0, 20)]));
    let rows = rows(&shown(&contract(), &all));
    let improved: Vec<i64> = rows
        .iter()
        .filter(|row| row.0.contains(" treated improved") && !row.0.contains("difference"))
        .filter_map(|row| row.2)
        .collect();
    assert!(improved.contains(&20), "{improved:?}");
    assert!(improved.len() >= 2, "{improved:?}");
    for one in &improved {
        for other in improved.iter().filter(|other| *other != one) {
            assert!((one - other).abs() >= 10, "{improved:?}");
        }
    }
    let paid = rows.iter().filter(|row| row.0.starts_with("contract/by-hand/wellbeing treated payable")).count();
    assert_eq!(paid, improved.len(), "a hidden count has no amount: {rows:?}");
}

#[test]
fn a_comparator_that_is_nearly_another_one_is_not_shown_beside_it() {
    let mut contract = contract();
    let mut second = contract.comparators[0].clone();
    second.id = "nearly".into();
    contract.comparators.push(second);
    let mut all = people("secondary-care", "treated", &[(-20_000, 30), (0, 30)]);
    let mut others = people("secondary-care", "usual-care", &[(10_000, 30), (0, 30)]);
    for person in others.iter_mut().skip(5) {
        person.cohorts.push("nearly".into());
    }
    all.extend(others);
    let rows = rows(&shown(&contract, &all));
    assert!(has(&rows, "contract/by-hand/secondary-care treated did  usual-care"), "{rows:?}");
    assert!(!rows.iter().any(|row| row.0.contains("nearly")), "{rows:?}");
}

#[test]
fn few_who_are_left_out_are_not_counted_and_cannot_be_worked_out() {
    let mut all = people("wellbeing", "treated", &[(500_000, 20), (0, 20)]);
    let left_out = |n: usize, state: &str, from: u32| -> Vec<Person> {
        let mut people = people("wellbeing", "treated", &[(0, n)]);
        for person in &mut people {
            person.number += from;
            (person.state, person.before, person.after) = (state.to_owned(), None, None);
        }
        people
    };
    all.extend(left_out(3, "no score after", 100));
    all.extend(left_out(12, "no answer after", 200));
    all.extend(left_out(30, "in both cohorts", 300));
    let rows = rows(&shown(&contract(), &all));
    let counted: Vec<_> =
        rows.iter().filter(|row| row.0.contains("left_out")).map(|row| (row.0.as_str(), row.1)).collect();
    assert_eq!(counted, [("contract/by-hand/wellbeing treated left_out  in both cohorts", Some(30))]);
}

#[test]
fn the_statement_says_that_a_larger_group_must_be_agreed() {
    // Fourteen improve and nine do not.
    let mut people = by_hand();
    let place = people.iter().position(|person| person.up == Some(0)).unwrap();
    people.remove(place);
    let said = Workspace::new(&people, BY_HAND).said(&["contract", "by-hand"]);
    assert!(said.contains("payable: too few to pay on without disclosure; agree a larger group"), "{said}");
    assert!(!said.contains("2,100") && !said.contains("14 of"), "{said}");
}
