//! Change from a file of answers to published figures, against the field's own package and a truth that was planted.

mod goals;
mod patient_generated;
mod proms;
mod stars;

use std::collections::BTreeMap;
use std::path::Path;

use crate::room::Room;

const INSTRUMENT: &str = r#"
id = "clinic-score"
version = "1"
title.en = "Score of the clinic"
source = "Our own"
licence = "Apache-2.0"
main_root = "service"
occasions = ["before", "after"]
covariates = ["predicted"]
[[items]]
id = "given"
kind = "number"
range = [-50, 150]
title.en = "The score"
[[scores]]
id = "score"
title.en = "Score"
better = "higher"
range = [-50, 150]
decimals = 1
source = "Our own"
rule = { kind = "answer", item = "given" }
[[cut_sets]]
id = "old"
score = "score"
source = "Our own"
levels = [{ id = "low", label.en = "Low", from = -50, to = 49.9 }, { id = "high", label.en = "High", from = 50, to = 150 }]
[[cut_sets]]
id = "new"
score = "score"
in_use = true
source = "Our own"
levels = [{ id = "low", label.en = "Low", from = -50, to = 59.9 }, { id = "high", label.en = "High", from = 60, to = 150 }]
"#;

const OUTCOMES: &str = r#"
[[outcomes]]
id = "gain"
version = "1"
title.en = "Gain"
statement.en = "mean change of the score"
instrument = "clinic-score"
score = "score"
out_of_words.en = "pairs"
direction = "higher"
by = ["sex"]
source = "Our own"
[outcomes.change]
from = "before"
to = "after"
pair_by = "episode"
transitions = "new"
thresholds = [{ id = "any", kind = "any", source = "Our own" }, { id = "reliable", kind = "reliable", sd = 10, reliability = 0.9, source = "Our own" }]
baseline_bands = [{ id = "lower", label.en = "Lower", from = -50, to = 49.9 }, { id = "upper", label.en = "Upper", from = 50, to = 150 }]

[[outcomes]]
id = "high"
version = "1"
title.en = "High"
statement.en = "their score was high"
instrument = "clinic-score"
score = "score"
cut_set = "new"
other_cut_sets = ["old"]
counts = ["high"]
out_of = ["low", "high"]
out_of_words.en = "all with a score"
direction = "higher"
minimum_n = 30
source = "Our own"

[[outcomes]]
id = "only-elective"
version = "1"
title.en = "Mean of those who came by appointment"
statement.en = "mean of the score"
instrument = "clinic-score"
score = "score"
only = { pathway = ["elective"] }
out_of_words.en = "all who came by appointment"
direction = "higher"
source = "Our own"
"#;

const MAPPING: &str = r#"
source_system = "clinic"
[identity]
columns = ["id"]
is_episode = true
[date]
column = "date"
order = "year-month-day"
[where.service]
column = "service"
[how.pathway]
column = "pathway"
[facts.sex]
column = "sex"
[[responses]]
instrument = "clinic-score"
occasion = "before"
items.given = { column = "pre", values = { "NA" = "not-answered" } }
[[responses]]
instrument = "clinic-score"
occasion = "after"
items.given = { column = "post", values = { "NA" = "not-answered" } }
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
    fn new(policy: &str) -> Self {
        let workspace = Workspace { room: Room::new(&["--policy", policy]) };
        workspace.put("measures/instruments/clinic-score.toml", INSTRUMENT);
        workspace.put("measures/outcomes/clinic-score.toml", OUTCOMES);
        workspace.put("mapping.toml", MAPPING);
        workspace
    }

    /// With pseudonyms of people, the licences of the demo, and one of its mappings.
    fn of_people(mapping: &str) -> Self {
        let workspace = Workspace::new("none");
        let settings = std::fs::read_to_string(workspace.at().join("tellonce.toml")).unwrap();
        workspace.put("tellonce.toml", &format!("{settings}key_file = \"key\"\n"));
        workspace.put("key", "a key for tests, long enough to be taken\n");
        for licence in ["wellbeing-star", "psychlops", "mymop"] {
            workspace.put(&format!("measures/licences/{licence}.toml"), &shipped(&format!("licences/{licence}")));
        }
        workspace.put("mapping.toml", &shipped(&format!("mappings/{mapping}")));
        workspace
    }

    fn measured(&self, rows: &str) {
        self.land_file("rows.csv", rows, "mapping.toml");
        self.run(&["measure", "--period", "all"]);
    }
}

/// A file of the demo.
fn shipped(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/{name}.toml"))).unwrap()
}

/// The cells of a person's row behind the id: practice, a fictional NHS number with a true check digit, and facts.
fn about(person: u32) -> String {
    let digits: Vec<u32> = (0..9).rev().map(|place| (999_000_000 + person) / 10_u32.pow(place) % 10).collect();
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let check = (11 - sum % 11) % 11;
    assert!(check < 10, "there is no NHS number for {person}: choose another one");
    format!("P1,{}{check},50,F,A,3", 999_000_000 + person)
}

/// People who have an NHS number.
fn people() -> impl Iterator<Item = u32> {
    let has_one = |person: &u32| {
        let digits = (0..9).map(|place| (999_000_000 + person) / 10_u32.pow(place) % 10);
        digits.zip(2..=10).map(|(digit, weight)| digit * weight).sum::<u32>() % 11 != 1
    };
    (0..).filter(has_one)
}

const ABOUT: &str = "Practice,NHS number,Age,Sex,Ethnic category,IMD decile";

fn close(what: &str, got: &str, expected: f64) {
    let got: f64 = got.parse().unwrap_or_else(|_| panic!("{what}: {got}"));
    assert!((got - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {got} against {expected}");
}

/// The same for a sum of numbers of which the cube holds six decimals each.
fn near(what: &str, got: &str, expected: f64) {
    let got: f64 = got.parse().unwrap_or_else(|_| panic!("{what}: {got}"));
    assert!((got - expected).abs() <= 1e-6, "{what}: {got} against {expected}");
}

#[test]
fn a_change_is_what_the_reference_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/02_change_paired");
    let mut rows = String::from("id,date,service,pathway,sex,pre,post\n");
    let mut pairs: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    let mut alone = 0;
    for (at, record) in csv::Reader::from_path(folder.join("input.csv")).unwrap().records().enumerate() {
        let record = record.unwrap();
        let sex = if at % 2 == 0 { "f" } else { "m" };
        rows.push_str(&format!("{at},2026-03-01,{},elective,{sex},{},{}\n", &record[0], &record[2], &record[3]));
        match (record[2].parse(), record[3].parse()) {
            (Ok(pre), Ok(post)) => pairs.entry(record[0].to_owned()).or_default().push((pre, post)),
            (pre, post) => alone += usize::from(pre.is_ok()) + usize::from(post.is_ok()),
        }
    }
    let workspace = Workspace::new("none");
    workspace.measured(&rows);
    let mut compared = 0;
    for record in csv::Reader::from_path(folder.join("expected.csv")).unwrap().deserialize() {
        let record: BTreeMap<String, String> = record.unwrap();
        let case = &record["case"];
        let number = |column: &str| record[column].parse::<f64>().unwrap();
        let figures = workspace.sql(&format!(
            "select statistic, n, value, lower, upper from latest where measure = 'gain' and area = '{case}' and group_by = 'none'"
        ));
        let of = |statistic: &str| figures.iter().find(|row| row[0] == statistic).unwrap();
        for statistic in ["value", "mean_change"] {
            let change = of(statistic);
            assert_eq!(change[1], record["n"]);
            close(case, &change[2], number("mean_change"));
            close(case, &change[3], number("lower95"));
            close(case, &change[4], number("upper95"));
        }
        close(case, &of("srm")[2], number("srm"));
        close(case, &of("effect_size")[2], number("effect_size_kazis"));
        compared += 1;

        // What is not in the reference, counted from the same rows.
        let pairs = &pairs[case];
        let n = pairs.len() as f64;
        close(case, &of("mean_before")[2], pairs.iter().map(|pair| pair.0).sum::<f64>() / n);
        let classes = workspace.sql(&format!(
            "select comparator, statistic, numerator from latest where measure = 'gain' and area = '{case}' and group_by = 'none' \
             and statistic in ('better', 'same', 'worse')"
        ));
        // 1.96 standard deviations of a difference of two scores with reliability 0.9: 8.765...
        let reliable = 1.96 * 10.0 * (2.0_f64 * (1.0 - 0.9)).sqrt();
        for (threshold, least) in [("any", 1e-9), ("reliable", reliable)] {
            let better = pairs.iter().filter(|pair| pair.1 - pair.0 >= least).count();
            let worse = pairs.iter().filter(|pair| pair.0 - pair.1 >= least).count();
            for (class, count) in [("better", better), ("worse", worse), ("same", pairs.len() - better - worse)] {
                let row = classes.iter().find(|row| row[0] == threshold && row[1] == class).unwrap();
                assert_eq!(row[2], count.to_string(), "{case} {threshold} {class}");
            }
        }
        let bands = workspace.sql(&format!(
            "select \"group\", n from latest where measure = 'gain' and area = '{case}' and group_by = 'baseline' \
             and statistic = 'value' order by 1"
        ));
        let lower = pairs.iter().filter(|pair| pair.0 < 50.0).count();
        let expected =
            [("lower", lower), ("upper", pairs.len() - lower)].map(|(band, n)| vec![band.to_owned(), n.to_string()]);
        assert_eq!(bands, expected.into_iter().filter(|row| row[1] != "0").collect::<Vec<_>>());
        let high = |score: f64| score >= 60.0;
        let risen = pairs.iter().filter(|pair| !high(pair.0) && high(pair.1)).count();
        let transitions = workspace.sql(&format!(
            "select numerator, cut_set from latest where measure = 'gain' and area = '{case}' and \"group\" = 'low → high'"
        ));
        assert_eq!(transitions, [[risen.to_string(), "new".to_owned()]]);
    }
    assert_eq!(compared, 2);
    let unpaired = workspace.sql(
        "select comparator, sum(n) from latest where statistic = 'unpaired' and area = 'all' group by 1 order by 1",
    );
    let told: usize = unpaired.iter().map(|row| row[1].parse::<usize>().unwrap()).sum();
    assert_eq!(told, alone, "{unpaired:?}");

    // Every figure goes on the page and is explained.
    let page = workspace.page(&["board"]);
    assert!(page.contains("Gain"));
    let told = workspace.run(&["explain", "gain"]);
    for words in [
        "s_score := ",
        "reliable change of at least 8.7",
        "WITH scored AS",
        "before to after, paired by episode of care",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn levels_by_two_cut_sets_a_minimum_and_a_pathway() {
    let workspace = Workspace::new("none");
    let mut rows = String::from("id,date,service,pathway,sex,pre,post\n");
    // Forty before at A, of which 10 score 70 and 10 score 55; ten at B, too few for a share.
    for at in 0..40 {
        let score = if at < 10 {
            70
        } else if at < 20 {
            55
        } else {
            20
        };
        let pathway = if at % 4 == 0 { "elective" } else { "urgent" };
        rows.push_str(&format!("a{at},2026-03-01,A,{pathway},f,{score},\n"));
    }
    for at in 0..10 {
        rows.push_str(&format!("b{at},2026-03-01,B,urgent,f,90,\n"));
    }
    workspace.measured(&rows);
    let shares = workspace.sql(
        "select cut_set, area, n, numerator, why_not, mark from latest where measure = 'high' and statistic = 'value' \
         and occasion = 'before' and area <> 'all' and period = 'all' order by 1, 2",
    );
    let expected = [
        ["new", "A", "40", "10", "", ""],
        ["new", "B", "10", "", "under-minimum", "u"],
        ["old", "A", "40", "20", "", ""],
        ["old", "B", "10", "", "under-minimum", "u"],
    ];
    assert_eq!(shares, expected);
    let means = workspace.sql("select area, n, value from latest where measure = 'only-elective' and statistic = 'value' and period = 'all' order by 1");
    // Ten of A came by appointment: 3 with 70 (0, 4, 8), 2 with 55 (12, 16), 5 with 20.
    assert_eq!(means, [["A", "10", "42.0"], ["all", "10", "42.0"]]);
}

#[test]
fn two_runs_over_the_same_answers_write_the_same_rows() {
    let workspace = Workspace::new("survey");
    let mut rows = String::from("id,date,service,pathway,sex,pre,post\n");
    for at in 0..500_u32 {
        let (score, gain) = (f64::from(at * 7 % 83) + 0.1, f64::from(at * 13 % 29) / 7.0);
        rows.push_str(&format!("{at},2026-0{}-01,S{},elective,f,{score:.1},{:.4}\n", 1 + at % 6, at % 9, score + gain));
    }
    workspace.measured(&rows);
    let query = "select * exclude (run) from latest order by measure, root, area, period, occasion, group_by, \"group\", statistic, comparator, cut_set";
    let first = workspace.run(&["sql", "--format", "csv", query]);
    workspace.run(&["measure", "--period", "all"]);
    assert_eq!(first, workspace.run(&["sql", "--format", "csv", query]));
    assert!(first.lines().count() > 200);
}
