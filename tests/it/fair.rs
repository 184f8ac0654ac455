//! Fair comparison from a file of answers to the page: two practices of unlike people and equal care, and what must not be told of few.

use std::path::Path;

use crate::room::Room;

const INSTRUMENT: &str = r#"
id = "care-score"
version = "1"
title.en = "Score of care"
source = "Our own"
licence = "Apache-2.0"
main_root = "practice"
occasions = ["once"]
covariates = ["weeks"]
[[items]]
id = "helped"
kind = "yes-no"
text.en = "Were you helped?"
[[items]]
id = "given"
kind = "number"
range = [0, 100]
title.en = "The score"
[[scores]]
id = "score"
title.en = "Score"
better = "higher"
range = [0, 100]
decimals = 1
source = "Our own"
rule = { kind = "answer", item = "given" }
"#;

fn outcome(id: &str, what: &str, adjust_for: &str) -> String {
    format!(
        "[[outcomes]]\nid = \"{id}\"\nversion = \"1\"\ntitle.en = \"{id}\"\nstatement.en = \"care was good\"\n\
         instrument = \"care-score\"\n{what}\nout_of_words.en = \"all\"\ndirection = \"higher\"\nby = [\"age_band\"]\n\
         adjust_for = [{adjust_for}]\nsource = \"Our own\"\n"
    )
}

const SHARE: &str = "item = \"helped\"\ncounts = [\"yes\"]\nout_of = [\"yes\", \"no\"]";
const MEAN: &str = "score = \"score\"";

const MAPPING: &str = r#"
source_system = "clinic"
[identity]
columns = ["id"]
[date]
column = "date"
order = "year-month-day"
[where.practice]
column = "practice"
[facts.age]
column = "age"
[facts.sex]
column = "sex"
[[responses]]
instrument = "care-score"
items.helped = { column = "helped", values = { "y" = "yes", "n" = "no" } }
items.given = { column = "score" }
covariates.weeks = { column = "weeks" }
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
    fn new(policy: &str, outcomes: &str) -> Self {
        let workspace = Workspace { room: Room::new(&["--policy", policy]) };
        workspace.put("measures/instruments/care-score.toml", INSTRUMENT);
        workspace.put("measures/outcomes/care-score.toml", outcomes);
        workspace.put("mapping.toml", MAPPING);
        workspace
    }

    fn measured(&self, people: &[People]) {
        let mut rows = String::from("id,date,practice,age,sex,helped,score,weeks\n");
        let mut id = 0;
        for of in people {
            for at in 0..of.n {
                let helped = if at < of.helped { "y" } else { "n" };
                // Scores lie evenly about the mean of the age, whoever cares.
                let score = of.score + f64::from(at % 5) - 2.0;
                let sex = if at % 2 == 0 { "f" } else { "m" };
                rows.push_str(&format!(
                    "{id},2026-03-01,{},{},{sex},{helped},{score},{}\n",
                    of.practice,
                    of.age,
                    at % 7
                ));
                id += 1;
            }
        }
        self.land_file("rows.csv", &rows, "mapping.toml");
        self.run(&["measure", "--period", "all"]);
    }

    /// The value of one practice.
    fn value(&self, measure: &str, practice: &str, adjustment: &str) -> f64 {
        let rows = self.sql(&format!(
            "select value from latest where measure = '{measure}' and area = '{practice}' and period = 'all' \
             and adjustment = '{adjustment}' and statistic = 'value' and group_by = 'none'"
        ));
        assert_eq!(rows.len(), 1, "{measure} {practice} {adjustment}");
        rows[0][0].parse().unwrap()
    }
}

/// People of one age in one practice, of whom so many were helped.
struct People {
    practice: &'static str,
    age: u32,
    n: u32,
    helped: u32,
    score: f64,
}

/// Of the old 8 in 10 are helped, of the young 4 in 10, and the old score 20 more: everywhere.
fn alike(practice: &'static str, old: u32, young: u32) -> [People; 2] {
    [
        People { practice, age: 80, n: old, helped: old * 8 / 10, score: 70.0 },
        People { practice, age: 30, n: young, helped: young * 4 / 10, score: 50.0 },
    ]
}

fn close(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() <= within, "{got} against {expected}");
}

#[test]
fn practices_of_unlike_people_and_equal_care_come_out_alike() {
    let outcomes = outcome("helped", SHARE, "\"sex\", \"age_band\"") + &outcome("score", MEAN, "\"age_band\"");
    let workspace = Workspace::new("none", &outcomes);
    let people: Vec<People> =
        [alike("OLD", 400, 100), alike("YOUNG", 100, 400), alike("MIXED", 250, 250)].into_iter().flatten().collect();
    workspace.measured(&people);
    // Counted by hand: 360 of 500, 240 of 500, 300 of 500; means 66, 54, 60.
    for (practice, share, mean) in [("OLD", 0.72, 66.0), ("YOUNG", 0.48, 54.0), ("MIXED", 0.6, 60.0)] {
        close(workspace.value("helped", practice, "none"), share, 1e-12);
        close(workspace.value("score", practice, "none"), mean, 1e-9);
        // Sex says next to nothing: every other person of each row of the plan.
        close(workspace.value("helped", practice, "age_band+sex"), 0.6, 0.002);
        close(workspace.value("score", practice, "age_band"), 60.0, 1e-9);
    }
    let differ = |adjustment: &str| {
        workspace.sql(&format!(
            "select area from latest where measure = 'helped' and statistic = 'funnel' and adjustment = '{adjustment}' and signal = 'fdr'"
        ))
    };
    assert!(differ("age_band+sex").is_empty());
    // What is adjusted is compared adjusted, so the unadjusted figure takes no part in false-discovery control.
    assert!(differ("none").is_empty());
    let raw = workspace.sql(
        "select f.lower, f.upper, v.value from latest as f join latest as v on v.measure = f.measure and v.area = f.area \
         and v.period = f.period and v.adjustment = f.adjustment and v.group_by = f.group_by where f.measure = 'score' \
         and f.statistic = 'sd' and v.statistic = 'value' and f.adjustment = 'none'",
    );
    assert_eq!(raw.len(), 3);
    // The model: the young are the first category, and the old score 20 more with a standard error of sd √(1/750 + 1/750).
    let terms = workspace.sql(
        "select comparator, statistic, n, value from latest where measure = 'score' and statistic like 'coefficient%' order by 1, 2",
    );
    let term = |name: &str, statistic: &str| {
        let row = terms.iter().find(|row| row[0].ends_with(name) && row[1] == statistic).unwrap();
        (row[2].clone(), row[3].parse::<f64>().unwrap())
    };
    let intercept = term("intercept", "coefficient");
    assert_eq!(intercept.0, "1500");
    let old = terms.iter().filter(|row| row[0] != "intercept" && row[1] == "coefficient").collect::<Vec<_>>();
    assert_eq!(old.len(), 1, "{terms:?}");
    assert_eq!(old[0][2], "750");
    let (first, more) = (intercept.1, old[0][3].parse::<f64>().unwrap());
    close(first.min(first + more), 50.0, 1e-9);
    close(more.abs(), 20.0, 1e-9);
    // Squares about their own mean: 1500 people, two for each person of five: 4, 1, 0, 1, 4.
    let sd = (1500.0 * 2.0 / 1498.0_f64).sqrt();
    let se = terms.iter().find(|row| row[0] == old[0][0] && row[1] == "coefficient_se").unwrap();
    close(se[3].parse().unwrap(), sd * (2.0 / 750.0_f64).sqrt(), 1e-9);

    let page = workspace.page(&["board"]);
    for words in ["Adjusted (95% range)", "Reliability", "adjusted for: ", "remain after false-discovery control"] {
        assert!(page.contains(words), "{words}");
    }
}

#[test]
fn better_care_is_still_seen_after_adjustment_and_by_a_number_too() {
    let outcomes = outcome("helped", SHARE, "\"age_band\", \"weeks\"");
    let workspace = Workspace::new("none", &outcomes);
    let mut people: Vec<People> = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9"]
        .into_iter()
        .zip([60, 80, 100, 120, 140, 160, 180, 100, 100])
        .flat_map(|(practice, old)| alike(practice, old, 200 - old))
        .collect();
    people.push(People { practice: "BETTER", age: 80, n: 100, helped: 95, score: 70.0 });
    people.push(People { practice: "BETTER", age: 30, n: 100, helped: 70, score: 50.0 });
    workspace.measured(&people);
    let told = workspace.sql(
        "select area, band from latest where statistic = 'funnel' and adjustment = 'age_band+weeks' and signal = 'fdr' and area <> 'all'",
    );
    assert_eq!(told, [["BETTER", "much higher"]]);
    let terms = workspace.sql("select comparator from latest where statistic = 'coefficient' order by 1");
    assert!(terms.iter().any(|row| row[0] == "weeks"), "{terms:?}");
}

#[test]
fn without_a_model_the_reason_is_told() {
    let outcomes = outcome("helped", SHARE, "\"age_band\"");
    let workspace = Workspace::new("none", &outcomes);
    // All of the old were helped.
    let mut people: Vec<People> = alike("A", 0, 200).into_iter().chain(alike("B", 0, 200)).collect();
    people.push(People { practice: "A", age: 80, n: 100, helped: 100, score: 70.0 });
    workspace.measured(&people);
    let reasons = workspace.sql(
        "select area, statistic, why_not, mark, value from latest where adjustment = 'age_band' and period = 'all' order by 1, 2",
    );
    let expected = [
        ["A", "value", "model-separated", "x", ""],
        ["B", "value", "model-separated", "x", ""],
        ["all", "coefficient", "model-separated", "x", ""],
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn nothing_adjusted_is_told_of_a_hidden_figure() {
    let outcomes = outcome("helped", SHARE, "\"age_band\"");
    let workspace = Workspace::new("survey", &outcomes);
    let mut people: Vec<People> =
        [alike("A", 100, 100), alike("B", 60, 140), alike("C", 50, 150)].into_iter().flatten().collect();
    people.push(People { practice: "FEW", age: 80, n: 6, helped: 2, score: 70.0 });
    workspace.measured(&people);
    let rows = workspace.sql(
        "select area, statistic, adjustment, mark, value, n from latest where measure = 'helped' and area <> 'all' \
         and group_by = 'none' and period = 'all' order by 1, 2, 3",
    );
    let hidden = |area: &str| {
        let here: Vec<_> = rows.iter().filter(|row| row[0] == area).collect();
        assert!(here.len() >= 4, "{here:?}");
        let all = here.iter().all(|row| row[3] == "c" && row[4].is_empty() && row[5].is_empty());
        assert!(all || here.iter().all(|row| row[3] != "c"), "{here:?}");
        all
    };
    assert!(hidden("FEW"));
    // A second one, or the total would give the first away.
    assert_eq!(["A", "B", "C"].into_iter().filter(|area| hidden(area)).count(), 1, "{rows:?}");
    let models = workspace.sql("select count(*), count(mark), min(n) from latest where statistic = 'coefficient'");
    assert_eq!(models, [["2", "0", "216"]]);
}

/// Nothing in SQL or in a template may put areas in the order of their figures.
#[test]
fn no_query_and_no_template_ranks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["queries", "reports/board", "reports/board/blocks"] {
        files.extend(std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()));
    }
    // That one looks for the split of an item's answers that comes nearest to halves: options of one question, not areas.
    files.retain(|path| path.is_file() && !path.ends_with("76_dif.sql"));
    let mut read = 0;
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
        let code: String =
            text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join(" ");
        let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
        for ranking in
            ["rank()", "rank ()", "dense_rank", "percent_rank", "cume_dist", "ntile", "row_number", "nth_value"]
        {
            assert!(!code.contains(ranking), "{}: {ranking}", path.display());
        }
        for (_, order) in code.match_indices("order by ").map(|(at, word)| (at, &code[at + word.len()..])) {
            let columns = order.split([')', ';']).next().unwrap();
            for figure in ["value", "numerator", "lower", "upper", "z", "band", "mean", "share"] {
                let named = columns.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == figure);
                assert!(!named, "{}: in the order of `{figure}`", path.display());
            }
        }
        for sorted in code.split("|sort").skip(1) {
            assert!(
                !sorted.starts_with("(attribute=\"figure") && !sorted.starts_with("(reverse"),
                "{}",
                path.display()
            );
        }
        read += 1;
    }
    assert!(read > 20, "only {read} files");
    let functions = tellonce::functions::windows();
    assert!(functions.iter().all(|function| !function.name().contains("rank")));
}
