//! `tellonce weight` from a file of answers to weights.

use std::collections::BTreeMap;

use crate::room::Room;

const INSTRUMENT: &str = r#"
id = "one-question"
version = "1"
title.en = "One question"
source = "Our own"
licence = "Apache-2.0"
main_root = "service"
occasions = ["once"]
[[items]]
id = "given"
kind = "number"
range = [0, 10]
title.en = "The answer"
"#;

const MAPPING: &str = r#"
source_system = "clinic"
[identity]
columns = ["id"]
[date]
column = "date"
order = "year-month-day"
[facts.sex]
column = "sex"
[facts.age]
column = "age"
[[responses]]
instrument = "one-question"
items.given = { column = "given" }
"#;

struct Workspace {
    room: Room,
}

impl std::ops::Deref for Workspace {
    type Target = Room;

    fn deref(&self) -> &Room {
        &self.room
    }
}

impl Workspace {
    fn new() -> Self {
        let workspace = Workspace { room: Room::new(&[]) };
        workspace.put("measures/instruments/one-question.toml", INSTRUMENT);
        workspace.put("mapping.toml", MAPPING);
        workspace
    }

    /// Lands people as (age, sex, how many), each with an id of their own.
    fn land(&self, name: &str, people: &[(&str, &str, usize)]) {
        let mut rows = String::from("id,date,age,sex,given\n");
        for (at, (age, sex, n)) in people.iter().enumerate() {
            for number in 0..*n {
                rows.push_str(&format!(
                    "{name}-{at}-{number},2026-0{}-11,{age},{sex},{}\n",
                    3 + number % 2,
                    number % 10
                ));
            }
        }
        self.land_file(&format!("{name}.csv"), &rows, "mapping.toml");
    }

    fn weight(&self, scheme: &str, margins: &str, more: &[&str]) -> String {
        self.run(&[&["weight", "one-question", "--scheme", scheme, "--margins", margins], more].concat())
    }

    fn sql(&self, query: &str) -> Vec<Vec<String>> {
        let csv = self.run(&["sql", "--unprotected", "--format", "csv", query]);
        csv.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    }

    /// Sums of weights by a column of the responses, and how many there are.
    fn sums(&self, scheme: &str, column: &str) -> BTreeMap<String, (f64, u64)> {
        let rows = self.sql(&format!(
            "select {column}, sum(weight), count(*) from weights join responses_one_question using (response_id) \
             where instrument = 'one-question' and scheme = '{scheme}' group by 1"
        ));
        rows.iter()
            .map(|row| (row[0].clone(), (row[1].parse::<f64>().unwrap() / 1e6, row[2].parse().unwrap())))
            .collect()
    }
}

/// Margins of age and sex; the bands that are not named have nobody.
fn margins(age: [(&str, &str); 3], female: &str, male: &str) -> String {
    let mut text = String::from("group_by,group,n\n");
    for band in ["under-18", "35-49", "50-64"] {
        text.push_str(&format!("age_band,{band},0\n"));
    }
    for (band, n) in age {
        text.push_str(&format!("age_band,{band},{n}\n"));
    }
    text + &format!("sex,female,{female}\nsex,male,{male}\nsex,other,0\n")
}

const PEOPLE: [(&str, &str, usize); 7] = [
    ("20", "f", 10),
    ("20", "m", 5),
    ("70", "f", 60),
    ("70", "m", 20),
    ("85", "f", 25),
    ("85", "m", 30),
    ("70", "", 4),
];

#[test]
fn weights_bring_the_responses_to_their_population() {
    let workspace = Workspace::new();
    workspace.land("first", &PEOPLE);
    let file = workspace
        .put("margins.csv", &margins([("18-34", "3000"), ("65-79", "4500"), ("80-plus", "2500")], "5100", "4900"));

    let trial = workspace.weight("population", &file, &["--dry-run"]);
    assert!(trial.contains("responses 154 = in the scheme 150 + outside 4"), "{trial}");
    assert!(trial.contains("outside: 4 × `not-stated` in `sex`") && trial.contains("nothing was written"), "{trial}");
    assert!(!workspace.at().join("store/weights").exists());

    let made = workspace.weight("population", &file, &[]);
    assert!(made.contains(", converged; largest deviation 0.000000%"), "{made}");
    let sexes = workspace.sums("population", "f_sex");
    let ages = workspace.sums("population", "f_age");
    for (sums, key, people, n) in [
        (&sexes, "female", 5100.0, 95),
        (&sexes, "male", 4900.0, 55),
        (&ages, "20", 3000.0, 15),
        (&ages, "70", 4500.0, 80),
        (&ages, "85", 2500.0, 55),
    ] {
        let (sum, responses) = sums[key];
        // Whole millionths: at most half of one off for each response.
        assert!((sum - people).abs() <= 0.5e-6 * responses as f64 + 1e-5, "{key}: {sum}");
        assert_eq!(responses, n, "{key}");
    }
    assert_eq!(sexes.len(), 2, "the outside have no weight");

    // The kept scheme says what it was made of, and its effective number is that of the rows.
    let kept = workspace.sql(
        "select s.responses, s.outside, s.effective_n, effective_n(w.weight), s.design_effect, s.trimmed, s.responses_version \
         from weight_schemes s join weights w using (instrument, scheme) group by 1, 2, 3, 5, 6, 7",
    );
    let number = |at: usize| kept[0][at].parse::<f64>().unwrap();
    assert_eq!((number(0), number(1), number(5)), (150.0, 4.0, 0.0));
    assert!((number(2) / number(3) - 1.0).abs() < 1e-6 && (number(2) * number(4) - 150.0).abs() < 1e-6);
}

#[test]
fn a_sample_that_is_like_its_population_has_weights_of_one() {
    let workspace = Workspace::new();
    workspace.land(
        "first",
        &[("20", "f", 12), ("20", "m", 8), ("70", "f", 30), ("70", "m", 20), ("85", "f", 18), ("85", "m", 12)],
    );
    let file =
        workspace.put("margins.csv", &margins([("18-34", "0.2"), ("65-79", "0.5"), ("80-plus", "0.3")], "60", "40"));
    let said = workspace.weight("shares", &file, &[]);
    assert!(said.contains("rounds 0, converged") && said.contains("design effect 1.000"), "{said}");
    assert_eq!(
        workspace.sql("select min(weight), max(weight), count(*) from weights"),
        [["1000000", "1000000", "100"]]
    );
}

#[test]
fn a_scheme_is_replaced_by_its_like_and_stale_when_more_has_landed() {
    let workspace = Workspace::new();
    workspace.land("first", &PEOPLE);
    let file = workspace.put("margins.csv", &margins([("18-34", "3"), ("65-79", "4"), ("80-plus", "3")], "5", "5"));
    workspace.weight("a", &file, &[]);
    let held = workspace.weight("b", &file, &["--trim", "0.3,3", "--period", "2026-03"]);
    assert!(held.contains("held at 0.3 or 3 times the mean"), "{held}");
    workspace.weight("a", &file, &[]);
    let rows = workspace
        .sql("select scheme, count(*), min(weight), max(weight), avg(weight) from weights group by 1 order by 1");
    assert_eq!((rows[0][0].as_str(), rows[0][1].as_str()), ("a", "150"));
    assert_eq!((rows[1][0].as_str(), rows[1][1].as_str()), ("b", "76"));
    let number = |at: usize| rows[1][at].parse::<f64>().unwrap();
    assert!(number(2) >= 0.3 * number(4) - 1.0 && (number(3) / number(4) - 3.0).abs() < 1e-4, "{rows:?}");

    let list = workspace.run(&["weight"]);
    assert!(list.contains("one-question  b  76 responses of 2026-03") && !list.contains("stale"), "{list}");
    workspace.land("second", &[("20", "m", 3)]);
    assert_eq!(workspace.run(&["weight"]).matches("  stale: other landings of `one-question` stand now").count(), 2);
    workspace.weight("a", &file, &[]);
    assert_eq!(workspace.run(&["weight"]).matches("  stale:").count(), 1);
    assert_eq!(workspace.sql("select count(*) from weights where scheme = 'a'"), [["153"]]);
}

#[test]
fn margins_with_mistakes_are_refused_line_by_line() {
    let workspace = Workspace::new();
    workspace.land("first", &PEOPLE);
    let refused = |text: &str, more: &[&str]| {
        let file = workspace.put("margins.csv", text);
        workspace.refused(&[&["weight", "one-question", "--scheme", "x", "--margins", &file], more].concat())
    };
    let told = refused(
        "group_by,group,n\nsex,femal,51\nsex,male,-3\nsex,other,many\nsexs,male,1\nage_band,20-34+35-49,7\nage_band,80-plus,1\nage_band,65-79+80-plus,9\n",
        &[],
    );
    for part in [
        "margins.csv:2: `group`: `femal` is no band of `sex`\n  Did you mean `female`?",
        "margins.csv:3: `n`: `-3` is no number of people",
        "margins.csv:4: `n`: `many` is no number of people",
        "margins.csv:5: `group_by`: `sexs` is no group of measures/groups.toml\n  Did you mean `sex`?",
        "margins.csv:6: `group`: `20-34` is no band of `age_band`",
        "margins.csv:8: `group`: `80-plus` of `age_band` stands on line 7 already",
        "6 mistakes",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    for (text, part) in [
        (
            "sex,female,n\n",
            "margins.csv:1: its header is `sex,female,n`\n  Write `group_by,group,n` in the first line.",
        ),
        ("group_by,group,n\n", "it has no rows"),
        ("group_by,group,n\nsex,female\n", "margins.csv:2: the line cannot be read\n  A line has 3 cells"),
        ("group_by,group,n\nsex,female,5\nsex,male,5\n", "no row for the band `other` of `sex`\n  Add `sex,other,`"),
        ("group_by,group,n\nsex,female,0\nsex,male,0\nsex,other,0\n", "nobody is in `sex`"),
    ] {
        let told = refused(text, &[]);
        assert!(told.contains(part), "{part}\n{told}");
    }
    // People whom nobody answered for: bands can be counted together.
    let apart = "group_by,group,n\nage_band,under-18,2\nage_band,18-34,2\nage_band,35-49,2\nage_band,50-64,2\nage_band,65-79,2\nage_band,80-plus,2\n";
    let told = refused(apart, &[]);
    assert!(told.contains("people of `age_band` are in `under-18`, and no response in the scheme is"), "{told}");
    assert!(told.contains("count the band together with a neighbour in one row, as `age_band,under-18+…,n`"), "{told}");
    let together = workspace.put(
        "together.csv",
        "group_by,group,n\nage_band,under-18+18-34,4\nage_band,35-49 + 50-64 + 65-79,6\nage_band,80-plus,2\n",
    );
    assert!(workspace.weight("x", &together, &[]).contains("under-18+18-34"));

    let good = margins([("18-34", "3"), ("65-79", "4"), ("80-plus", "3")], "500", "500");
    for (more, part) in [
        (&["--by", "ethnic_group"][..], "has no margin of `ethnic_group`"),
        (&["--trim", "1.5,3"], "two numbers with the mean weight, 1, between them"),
        (&["--period", "2019-03"], "there are no responses to `one-question` of March 2019"),
    ] {
        let told = refused(&good, more);
        assert!(told.contains(part), "{part}\n{told}");
    }
    let file = workspace.put("good.csv", &good);
    for (instrument, scheme, part) in [
        ("one-questoin", "x", "did you mean `one-question`?"),
        ("one-question", "none", "a scheme cannot be called `none`"),
        ("one-question", "A b", "a scheme cannot be called `A b`"),
    ] {
        let told = workspace.refused(&["weight", instrument, "--scheme", scheme, "--margins", &file]);
        assert!(told.contains(part), "{part}\n{told}");
    }
    assert!(workspace.weight("x", &file, &[]).contains("note: `age_band` adds up to 10: scaled to 1000"));
    assert!(workspace.refused(&["weight", "one-question"]).contains("--scheme"));
}

#[test]
fn the_lists_of_people_are_margins() {
    let workspace = Workspace::new();
    workspace.land("first", &PEOPLE);
    assert!(
        workspace
            .refused(&["weight", "one-question", "--scheme", "x", "--margins", "population"])
            .contains("areas/population.csv")
    );
    let mut lists = String::from("area,age,sex,deprivation,ethnicity,date,n\n");
    for (area, age, sex, n) in [
        ("P1", "18-34", "female", 200),
        ("P2", "18-34", "male", 100),
        ("P1", "65-79", "female", 100),
        ("P2", "80-plus", "male", 300),
    ] {
        lists.push_str(&format!("{area},{age},{sex},,,2026-04-01,{n}\n{area},{age},{sex},,,2025-04-01,9999\n"));
    }
    workspace.put("areas/population.csv", &lists);
    let said = workspace.weight("lists", "population", &["--by", "age_band"]);
    assert!(!said.contains("female"), "{said}");
    let ages = workspace.sums("lists", "f_age");
    for (age, people) in [("20", 300.0), ("70", 100.0), ("85", 300.0)] {
        assert!((ages[age].0 - people).abs() < 1e-3, "{age}: {ages:?}");
    }
    assert_eq!(ages["70"].1, 84, "sex does not matter here");
    workspace.weight("lists", "population", &[]);
    assert!((workspace.sums("lists", "f_sex")["female"].0 - 300.0).abs() < 1e-3);
}
