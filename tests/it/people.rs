//! People and weights from a file of answers to published figures, against R's survey package and small truths that were planted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use tellonce::pipeline::Workspace;
use tellonce::session::session;
use tellonce::stats::student;
use tellonce::store::{self, Replace};

use crate::room::Room;

pub const INSTRUMENT: &str = r#"
id = "sample"
version = "1"
title.en = "Sample"
source = "Our own"
licence = "Apache-2.0"
main_root = "practice"
occasions = ["once"]
[scales.yes]
options = [
    { code = 1, id = "yes", label.en = "Yes" },
    { code = 2, id = "no", label.en = "No" },
    { code = 3, id = "dont-know", label.en = "Don't know", scored = false },
]
[[items]]
id = "fine"
kind = "single-choice"
scale = "yes"
text.en = "Is it fine?"
[[items]]
id = "given"
kind = "number"
range = [-50, 150]
text.en = "How much?"
[[items]]
id = "row"
kind = "number"
range = [0, 100000]
text.en = "Which row?"
[[scores]]
id = "score"
title.en = "Score"
better = "higher"
range = [-50, 150]
decimals = 1
source = "Our own"
rule = { kind = "answer", item = "given" }
"#;

pub const MAPPING: &str = r#"
source_system = "sample"
[identity]
columns = ["id"]
[person]
column = "person"
scheme = "local"
[date]
column = "date"
order = "year-month-day"
[where.practice]
column = "practice"
[facts.sex]
column = "sex"
[facts.age]
column = "age"
[[responses]]
instrument = "sample"
items.fine = { column = "y_bin", values = { "1" = "yes", "0" = "no", "9" = "dont-know", "" = "not-answered" } }
items.given = { column = "y_cont" }
items.row = { column = "id" }
"#;

fn outcomes() -> String {
    let mut text = String::new();
    for (id, of, unit) in [
        ("fine", "item = \"fine\"\ncounts = [\"yes\"]\nout_of = [\"yes\", \"no\"]", "answer"),
        ("fine-people", "item = \"fine\"\ncounts = [\"yes\"]\nout_of = [\"yes\", \"no\"]", "person"),
        ("score", "score = \"score\"", "answer"),
        ("score-people", "score = \"score\"", "person"),
    ] {
        text.push_str(&format!(
            "[[outcomes]]\nid = \"{id}\"\nversion = \"1\"\ntitle.en = \"{id}\"\nstatement.en = \"it is fine\"\ninstrument = \"sample\"\n{of}\n\
             out_of_words.en = \"all\"\ndirection = \"higher\"\nunit = \"{unit}\"\nby = [\"sex\", \"age_band\"]\nsource = \"Our own\"\n"
        ));
    }
    text
}

pub struct Bench {
    room: Room,
}

impl std::ops::Deref for Bench {
    type Target = Room;

    fn deref(&self) -> &Room {
        &self.room
    }
}

impl Bench {
    pub fn new(policy: &str) -> Self {
        let bench = Bench { room: Room::with_key(&["--policy", policy]) };
        bench.put("measures/instruments/sample.toml", INSTRUMENT);
        bench.put("measures/outcomes/sample.toml", &outcomes());
        bench.put("mapping.toml", MAPPING);
        bench.put(
            "areas/areas.csv",
            "code,level,name,valid_from,valid_to,successor\nA,practice,A,,,\nB,practice,B,,,\nC,practice,C,,,\nP,place,P,,,\n",
        );
        bench.put("areas/parents.csv", "child,parent,level,valid_from,valid_to\nA,P,place,,\nB,P,place,,\n");
        bench
    }

    pub fn land(&self, rows: &str) {
        self.land_file("rows.csv", rows, "mapping.toml");
    }

    pub fn measure(&self) {
        self.run(&["measure", "--period", "all"]);
    }

    /// Every response: its id by the number of its row.
    fn ids(&self) -> HashMap<usize, String> {
        let query = "select i_row, response_id from responses_sample";
        let csv = self.run(&["sql", "--unprotected", "--format", "csv", query]);
        let rows = csv::Reader::from_reader(csv.as_bytes()).records().map(Result::unwrap).collect::<Vec<_>>();
        rows.iter().map(|row| (row[0].parse::<f64>().unwrap() as usize, row[1].to_owned())).collect()
    }

    /// Writes weights, in millionths, of the rows with these numbers by a scheme each.
    pub async fn weigh(&self, weights: &[(String, usize, i64)]) {
        let ids = self.ids();
        let workspace = Workspace::open(&self.at()).unwrap();
        let text = |of: &dyn Fn(&(String, usize, i64)) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(weights.iter().map(of)))
        };
        let columns = vec![
            text(&|_| "sample".into()),
            text(&|weight| weight.0.clone()),
            text(&|weight| ids[&weight.1].clone()),
            Arc::new(Int64Array::from_iter_values(weights.iter().map(|weight| weight.2))) as ArrayRef,
        ];
        let rows = RecordBatch::try_new(store::weights(), columns).unwrap();
        let mut table = workspace.store.table_or_create(store::WEIGHTS, &store::weights()).await.unwrap();
        table.write("weights", &[rows], Replace::Everything).await.unwrap();
    }

    /// Fills the strata and clusters of the rows with these numbers.
    pub async fn design(&self, of: &HashMap<usize, (Option<String>, Option<String>)>) {
        let of_id: HashMap<String, usize> = self.ids().into_iter().map(|(row, id)| (id, row)).collect();
        let workspace = Workspace::open(&self.at()).unwrap();
        let mut table = workspace.store.table("responses/sample").await.unwrap().unwrap();
        let rows = session().unwrap().read_table(table.provider(None).unwrap()).unwrap().collect().await.unwrap();
        let rows = concat_batches(&rows[0].schema(), &rows).unwrap();
        let ids = rows.column_by_name("response_id").unwrap().as_string::<i32>();
        let design = |at: usize| &of[&of_id[ids.value(at)]];
        let schema = rows.schema();
        let columns = schema.fields().iter().map(|field| -> ArrayRef {
            match field.name().as_str() {
                "stratum" => Arc::new((0..ids.len()).map(|at| design(at).0.clone()).collect::<StringArray>()),
                "cluster" => Arc::new((0..ids.len()).map(|at| design(at).1.clone()).collect::<StringArray>()),
                name => rows.column_by_name(name).unwrap().clone(),
            }
        });
        let filled = RecordBatch::try_new(schema.clone(), columns.collect()).unwrap();
        let landing = filled.column_by_name("landing").unwrap().as_string::<i32>().value(0).to_owned();
        table.write(&landing, &[filled], Replace::Everything).await.unwrap();
    }
}

pub fn reference(folder: &str, file: &str) -> Vec<BTreeMap<String, String>> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference").join(folder);
    let folder = match (kept.is_dir(), crate::support::shared()) {
        (false, Some(shared)) => shared.join("reference").join(folder),
        _ => kept,
    };
    if !folder.is_dir() {
        return Vec::new();
    }
    csv::Reader::from_path(folder.join(file)).unwrap().deserialize().map(Result::unwrap).collect()
}

#[track_caller]
pub fn close(what: &str, got: &str, expected: f64) {
    let got: f64 = got.parse().unwrap_or_else(|_| panic!("{what}: {got} against {expected}"));
    assert!((got - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {got} against {expected}");
}

/// Every value of the latest run: n, people, value, lower, upper and method by measure, weighting, area, group and period.
pub fn figures(bench: &Bench) -> HashMap<[String; 5], [String; 6]> {
    let rows = bench.sql(
        "select measure, weighting, area, \"group\", period, n, people, value, lower, upper, method from latest where statistic = 'value' \
         and measure not like 'answered/%' and \"group\" <> 'not-stated'",
    );
    let cells = |row: &[String], from: usize| -> Vec<String> { row[from..].to_vec() };
    let of = |row: &Vec<String>| (std::array::from_fn(|at| row[at].clone()), cells(row, 5).try_into().unwrap());
    rows.iter().map(of).collect()
}

#[tokio::test]
async fn people_and_weights_are_what_the_reference_says() {
    let bench = Bench::new("none");
    let mut rows = String::from("id,date,person,practice,sex,age,y_bin,y_cont\n");
    let mut weights = Vec::new();
    for row in reference("08_people", "input.csv") {
        let of = |name: &str| row[name].as_str();
        let cells = ["id", "date", "person", "practice", "sex"].map(of).join(",");
        rows.push_str(&format!("{cells},,{},{}\n", of("y_bin"), of("y_cont")));
        if let Ok(weight) = of("weight").parse::<f64>() {
            weights.push(("raked".to_owned(), of("id").parse().unwrap(), (weight * 1e6).round() as i64));
        }
    }
    bench.land(&rows);
    bench.weigh(&weights).await;
    bench.measure();
    let figures = figures(&bench);
    let mut compared = BTreeMap::new();
    for row in reference("08_people", "expected.csv") {
        let of = |name: &str| row[name].as_str();
        let measure = if of("outcome") == "y_bin" { "fine" } else { "score" };
        let unit = if of("kind") == "latest" { "-people" } else { "" };
        let weighting = if of("kind") == "weighted" { "raked" } else { "none" };
        let what = [&format!("{measure}{unit}"), weighting, of("area"), of("group"), of("period")].map(str::to_owned);
        let [n, people, value, lower, upper, method] = &figures[&what];
        let what = what.join(" ");
        assert_eq!((n.as_str(), people), (of("n"), &of("people").replace("NA", "")), "{what}");
        for (got, name) in [(value, "estimate"), (lower, "lower95"), (upper, "upper95")] {
            close(&format!("{what}: {name}"), got, of(name).parse().unwrap());
        }
        assert_eq!(method.contains("person as cluster"), of("method") == "person as cluster", "{what}: {method}");
        *compared.entry(of("kind").to_owned()).or_insert(0) += 1;
    }
    let expected = [("answers", 40), ("latest", 40), ("weighted", 30)].map(|(kind, n)| (kind.to_owned(), n));
    assert_eq!(compared, expected.into());

    // Twelve answers are nobody's known: they are counted apart, and the page says what it counts.
    let without = bench.sql(
        "select measure, area, n from latest where statistic = 'without_person' and area in ('C', 'all') order by 1, 2",
    );
    let expected = [
        ["fine-people", "C", "12"],
        ["fine-people", "all", "12"],
        ["score-people", "C", "12"],
        ["score-people", "all", "12"],
    ];
    assert_eq!(without, expected);
    let page = bench.page(&["board", "--area", "P"]);
    for words in [
        "169 answers from 122 people",
        "121 people",
        "With the weights “raked”: ",
        "the latest answer of each person counts",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("people from"));
}

#[tokio::test]
async fn strata_and_declared_clusters_are_what_the_reference_says() {
    let input = reference("08_survey_estimates", "input.csv");
    if input.is_empty() {
        return;
    }
    let expected = reference("08_survey_estimates", "expected.csv");
    let designs: BTreeSet<(String, String)> = expected
        .iter()
        .map(|row| (row["case"].clone(), row["design"].clone()))
        .filter(|(_, design)| !design.ends_with("fpc"))
        .collect();
    let bench = Bench::new("none");
    let mut rows = String::from("id,date,person,practice,sex,age,y_bin,y_cont\n");
    let (mut weights, mut of_design) = (Vec::new(), HashMap::new());
    // Clusters and strata of the answers in each domain: the degrees of freedom, counted here by themselves.
    let mut inside: BTreeMap<(String, String), (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
    let mut id = 0;
    for (case, design) in &designs {
        for row in input.iter().filter(|row| row["case"] == *case) {
            id += 1;
            let age = match row["domain"].as_str() {
                "a" => 10,
                "b" => 20,
                _ => 40,
            };
            rows.push_str(&format!("{id},2026-03-01,,A,f,{age},{},{}\n", row["y_bin"], row["y_cont"]));
            let weight = (row["weight"].parse::<f64>().unwrap() * 1e6).round() as i64;
            weights.push((format!("{case} {design}"), id, weight));
            let stratum = design.contains("strata").then(|| row["strata"].clone());
            let cluster = design.contains("psu").then(|| row["psu"].clone());
            let whole = format!("{stratum:?} {}", cluster.clone().unwrap_or_else(|| id.to_string()));
            for domain in ["all", row["domain"].as_str()] {
                let known = inside.entry((format!("{case} {design}"), domain.to_owned())).or_default();
                known.0.insert(whole.clone());
                known.1.insert(format!("{stratum:?}"));
            }
            of_design.insert(id, (stratum, cluster));
        }
    }
    bench.land(&rows);
    bench.design(&of_design).await;
    bench.weigh(&weights).await;
    bench.measure();
    let figures = figures(&bench);
    let mut compared = 0;
    for row in &expected {
        let of = |name: &str| row[name].as_str();
        let scheme = format!("{} {}", of("case"), of("design"));
        let share = of("quantity") == "ciprop_xlogit";
        if !designs.contains(&(of("case").to_owned(), of("design").to_owned())) || !(share || of("quantity") == "mean")
        {
            continue;
        }
        let measure = if of("outcome") == "y_bin" { "fine" } else { "score" };
        let group = match of("domain") {
            "all" => "all",
            "a" => "under-18",
            "b" => "18-34",
            _ => "35-49",
        };
        let what = [measure, &scheme, "A", group, "all"].map(str::to_owned);
        let [_, _, value, lower, upper, method] = &figures[&what];
        let what = what.join(" ");
        let expected = |name: &str| of(name).parse::<f64>().unwrap();
        close(&what, value, expected("estimate"));
        if share {
            close(&format!("{what}: lower"), lower, expected("lower95"));
            close(&format!("{what}: upper"), upper, expected("upper95"));
        } else if measure == "score" {
            let (clusters, strata) = &inside[&(scheme, of("domain").to_owned())];
            let reach = student::two_sided(0.95, (clusters.len() - strata.len()) as f64).unwrap() * expected("se");
            close(&format!("{what}: lower"), lower, expected("estimate") - reach);
            close(&format!("{what}: upper"), upper, expected("estimate") + reach);
        }
        assert_eq!(method.contains("declared clusters"), of("design").contains("psu"), "{what}: {method}");
        assert_eq!(method.contains("strata"), of("design").contains("strata"), "{what}: {method}");
        compared += 1;
    }
    // Eight designs without a finite population, each with a share and two means of everybody and three domains.
    assert_eq!(compared, 8 * 12);
}

#[tokio::test]
async fn equal_weights_are_no_weights() {
    let bench = Bench::new("none");
    let mut rows = String::from("id,date,person,practice,sex,age,y_bin,y_cont\n");
    for id in 1..=60 {
        let (practice, fine) = (["A", "B", "C"][id % 3], usize::from(id % 7 < 4));
        rows.push_str(&format!("{id},2026-03-01,,{practice},f,,{fine},{}\n", id % 11));
    }
    bench.land(&rows);
    bench.weigh(&(1..=60).map(|id| ("equal".to_owned(), id, 2_500_000)).collect::<Vec<_>>()).await;
    bench.measure();
    let figures = |weighting: &str| {
        bench.sql(&format!(
            "select measure, area, group_by, \"group\", n, round(value, 12) from latest where statistic = 'value' and period = 'all' \
             and measure in ('fine', 'score') and weighting = '{weighting}' order by 1, 2, 3, 4"
        ))
    };
    let weighted = figures("equal");
    assert_eq!(weighted, figures("none"));
    assert!(weighted.len() > 20);
    let effective = bench.sql("select distinct n_effective - n from latest where weighting = 'equal'");
    assert_eq!(effective, [["0.0"]]);
}

#[test]
fn a_later_answer_takes_the_place_of_an_earlier_one() {
    let bench = Bench::new("none");
    let mut rows = String::from("id,date,person,practice,sex,age,y_bin,y_cont\n");
    for row in [
        // Yes at A, then no at B: counts at B.
        "1,2026-03-01,1,A,f,,1,10",
        "2,2026-04-01,1,B,f,,0,20",
        // Yes, then nothing answered: the yes is the latest answer. The score is there both times.
        "3,2026-03-05,2,A,f,,1,30",
        "4,2026-03-06,2,A,f,,,40",
        // Yes, then don't know: no part of the denominator.
        "5,2026-03-05,3,A,m,,1,50",
        "6,2026-03-05T09:00:00,3,A,m,,9,60",
        // The day without a time of day comes first, undated before everything.
        "7,2026-04-01T08:00:00,4,C,m,,1,70",
        "8,,4,A,m,,0,80",
        // Nobody's.
        "9,2026-04-01,,C,m,,1,90",
    ] {
        rows.push_str(row);
        rows.push('\n');
    }
    bench.land(&rows);
    bench.measure();
    let of = |measure: &str, what: &str| {
        bench.sql(&format!(
            "select area, n, people, round(value * n, 6) from latest where measure = '{measure}' and statistic = 'value' and weighting = 'none' \
             and group_by = 'none' and n > 0 and {what} order by 1"
        ))
    };
    let all = "period = 'all'";
    let fine = of("fine-people", all);
    let expected = [
        ["A", "1", "1", "1.0"],
        ["B", "1", "1", "0.0"],
        ["C", "1", "1", "1.0"],
        ["P", "2", "2", "1.0"],
        ["all", "3", "3", "2.0"],
    ];
    assert_eq!(fine, expected);
    let score = of("score-people", all);
    let expected = [
        ["A", "2", "2", "100.0"],
        ["B", "1", "1", "20.0"],
        ["C", "1", "1", "70.0"],
        ["P", "3", "3", "120.0"],
        ["all", "4", "4", "190.0"],
    ];
    assert_eq!(score, expected);
    // Months stand by themselves: person 1 counts in both.
    let march = of("fine-people", "period = '2026-03'");
    assert_eq!(march, [["A", "2", "2", "2.0"], ["P", "2", "2", "2.0"], ["all", "2", "2", "2.0"]]);
    let april = of("fine-people", "period = '2026-04'");
    assert_eq!(
        april,
        [["B", "1", "1", "0.0"], ["C", "1", "1", "1.0"], ["P", "1", "1", "0.0"], ["all", "2", "2", "1.0"]]
    );
    // Of answers, A and P count people; where one is nobody's, nobody knows how many.
    let answers = of("score", all);
    let expected = [
        ["A", "6", "4", "270.0"],
        ["B", "1", "1", "20.0"],
        ["C", "2", "", "160.0"],
        ["P", "7", "4", "290.0"],
        ["all", "9", "", "450.0"],
    ];
    assert_eq!(answers, expected);
    let without =
        bench.sql("select measure, area, n, unit from latest where statistic = 'without_person' order by 1, 2");
    assert_eq!(without.len(), 4);
    assert!(without.iter().all(|row| row[2] == "1" && row[3] == "answer"), "{without:?}");
}

#[tokio::test]
async fn a_weighted_figure_is_hidden_with_its_twin() {
    let bench = Bench::new("survey");
    let mut rows = String::from("id,date,person,practice,sex,age,y_bin,y_cont\n");
    // 40 women and 8 men at A; 30 answers of 3 people at D and 30 of 4 at E; 20 people at C of whom one has no weight.
    let mut weights = Vec::new();
    for id in 1..=128 {
        let (practice, sex, person) = match id {
            1..=40 => ("A", "f", id),
            41..=48 => ("A", "m", id),
            49..=78 => ("D", "f", 1000 + id % 3),
            79..=108 => ("E", "f", 2000 + id % 4),
            _ => ("C", "f", id),
        };
        rows.push_str(&format!("{id},2026-03-01,{person},{practice},{sex},,{},{}\n", id % 2, id % 9));
        if id != 128 {
            weights.push(("raked".to_owned(), id, 1_000_000 + 7_000 * id as i64));
        }
    }
    bench.land(&rows);
    bench.weigh(&weights).await;
    bench.measure();
    let figures = bench.sql(
        "select area, \"group\", weighting, coalesce(mark, '-'), coalesce(cast(n as varchar), '-'), coalesce(cast(people as varchar), '-'), \
         coalesce(cast(n_effective > 0 as varchar), '-') from latest where measure = 'fine' and statistic = 'value' and period = 'all' \
         and group_by in ('none', 'sex') and area in ('A', 'C', 'D', 'E') order by 1, 2, 3",
    );
    let shown: Vec<String> = figures.iter().map(|row| row.join(" ")).collect();
    let expected = [
        // The men are too few, and the women would give them away.
        "A all none - 48 48 -",
        "A all raked - 48 - true",
        "A female none c - - -",
        "A female raked c - - -",
        "A male none c - - -",
        "A male raked c - - -",
        // Of one person it would say what she answered.
        "C all none - 20 20 -",
        "C all raked c - - -",
        "C female none - 20 20 -",
        "C female raked c - - -",
        // Thirty answers of three people are as few as three people.
        "D all none c - - -",
        "D all raked c - - -",
        "D female none c - - -",
        "D female raked c - - -",
        "E all none c - - -",
        "E all raked c - - -",
        "E female none c - - -",
        "E female raked c - - -",
    ];
    assert_eq!(shown, expected);
}
