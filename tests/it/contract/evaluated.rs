//! What a contract pays.

use super::{BY_HAND, Person, Workspace, by_hand};

/// The line that holds some words, without what it is indented by.
fn line<'a>(text: &'a str, words: &str) -> &'a str {
    let found = text.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no `{words}` in:\n{text}"));
    found.trim()
}

#[test]
fn the_example_of_the_document_comes_out_as_by_hand() {
    // Ranges are those of R 4.2.2: prop.test without correction times 24 times 150, t.test times 24 times a quarter, and their squares.
    let workspace = Workspace::new(&by_hand(), BY_HAND);
    let said = workspace.said(&["contract", "by-hand"]);
    for expected in [
        "payable: £3,500.00 (£3,140.57 to £3,500.00); ",
        "held at the cap of £3,500.00; without it £3,900.00",
        "payable: £2,100.00 (£1,398.05 to £2,719.17); the cap of £3,000.00 is not reached",
        "improved of treated: 14 of 24, 58.3% (38.8% to 75.5%)",
        "improved of usual-care: 10 of 20, 50.0% (",
        "left out of treated: 10 no answer after",
        "left out of treated: 10 no cost record",
        "left out of usual-care: nobody",
        "payable: £1,800.00 (£1,510.16 to £2,089.84); ",
        "mean change of a person of treated: -£200.00 (",
        "mean change of a person of usual-care: £100.00 (",
        "difference in differences beside usual-care: -£300.00 (",
    ] {
        assert!(said.contains(expected), "no `{expected}` in:\n{said}");
    }
    // The document shows what the program says.
    let document = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/measures/s11-contracts.md");
    let document = std::fs::read_to_string(document).unwrap();
    for line in said.lines() {
        assert!(document.contains(line), "docs/measures/s11-contracts.md does not say:\n{line}");
    }
}

#[test]
fn who_is_in_both_cohorts_or_lacks_something_is_left_out_and_counted() {
    let mut people = by_hand();
    // Costs after alone are no record before.
    people.extend([Person { pathway: "usual-care", up: Some(0), costs: None }; 11]);
    let workspace = Workspace::new(&people, BY_HAND);
    let said = workspace.said(&["contract", "by-hand"]);
    assert_eq!(line(&said, "left out of usual-care: 11"), "left out of usual-care: 11 no cost record");
    // Twelve of the programme turn up in usual care as well.
    let before = std::fs::read_to_string(workspace.at().join("before.csv")).unwrap();
    let rows = before.lines().filter(|line| line.contains("ways-forward")).take(12);
    let moved: Vec<String> = rows.map(|line| format!("again-{}", line.replace("ways-forward", "usual-care"))).collect();
    let text = format!("{}\n{}\n", before.lines().next().unwrap(), moved.join("\n"));
    let file = workspace.put("again.csv", &text);
    let mapping = workspace.at().join("mappings/before.toml");
    workspace.said(&["land", file.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]);
    let said = workspace.said(&["contract", "by-hand"]);
    assert!(said.contains("12 in both cohorts"), "{said}");
}

#[test]
fn a_follow_up_outside_the_window_is_not_paid_for() {
    let contract = BY_HAND.replacen(
        "first = \"2026-04-01\", last = \"2027-03-31\"",
        "first = \"2026-08-01\", last = \"2027-03-31\"",
        1,
    );
    assert_ne!(contract, BY_HAND);
    let said = Workspace::new(&by_hand(), &contract).said(&["contract", "by-hand"]);
    assert!(said.contains("24 outside the window"), "{said}");
    assert!(said.contains("payable: nobody counts: nothing is payable"), "{said}");
    assert!(said.contains("payable: £1,800.00 ("), "{said}");
}

#[test]
fn who_was_evaluated_in_one_window_is_not_evaluated_in_the_next() {
    let (before, part) = BY_HAND.split_once("[[outcome_payments]]").unwrap();
    let (part, after) = part.split_once("[[saving_shares]]").unwrap();
    let later = part
        .replace("\"wellbeing\"", "\"later\"")
        .replace("2027-03-31", "2028-03-31")
        .replace("2026-04-01", "2027-04-01");
    let contract = format!("{before}[[outcome_payments]]{part}[[outcome_payments]]{later}[[saving_shares]]{after}");
    let said = Workspace::new(&by_hand(), &contract).said(&["contract", "by-hand"]);
    assert!(said.contains("24 evaluated in an earlier window"), "{said}");
    assert!(said.contains("without it £3,900.00"), "an improvement is paid once: {said}");
}

#[test]
fn fewer_people_than_the_contract_asks_for_are_not_paid_for() {
    let said = Workspace::new(&by_hand(), &BY_HAND.replace("minimum_people = 20", "minimum_people = 25"))
        .said(&["contract", "by-hand"]);
    assert!(said.contains("payable: £0.00"), "{said}");
    assert!(said.contains("fewer people than the contract's minimum: nothing is payable"), "{said}");
}

#[test]
fn an_unknown_contract_and_one_without_answers_are_refused_with_the_mend() {
    let workspace = Workspace::new(&by_hand(), BY_HAND);
    let refused = workspace.run(&["contract", "by-hnd"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("did you mean `by-hand`?"));
    workspace.put(
        "measures/contracts/by-hand.toml",
        &BY_HAND.replace("ways-forward", "nobody").replace("usual-care\"]", "none\"]"),
    );
    let refused = workspace.run(&["contract", "by-hand"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nobody is in the cohorts of the contract"));
}

#[test]
fn a_comparator_whose_area_holds_the_treated_is_refused() {
    let workspace = Workspace::new(&by_hand(), BY_HAND);
    workspace.put("areas/areas.csv", "code,level,name,valid_from,valid_to,successor\nPL9,place,Place 9,,,\nX10001,practice,One,,,\nX10002,practice,Two,,,\n");
    workspace
        .put("areas/parents.csv", "child,parent,level,valid_from,valid_to\nX10001,PL9,place,,\nX10002,PL9,place,,\n");
    let by_area = |treated: &str, other: &str| {
        let contract = BY_HAND.replace("pathway = [\"ways-forward\"]", &format!("areas = [\"{treated}\"]"));
        workspace.put(
            "measures/contracts/by-hand.toml",
            &contract.replace("pathway = [\"usual-care\"]", &format!("areas = [\"{other}\"]")),
        );
        workspace.run(&["contract", "by-hand"])
    };
    let refused = by_area("X10001", "PL9");
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        told.contains(
            "the comparator `usual-care` includes the treated: the practice `X10001` lies in the areas of both"
        ),
        "{told}"
    );
    assert!(by_area("X10003", "PL9").status.success());
    let told = String::from_utf8_lossy(&by_area("X10003", "PL8").stderr).into_owned();
    assert!(told.contains("names the area `PL8`, which holds no practice"), "{told}");
}
