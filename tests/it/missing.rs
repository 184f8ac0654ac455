//! Who is missing: a system where everybody's answer is known, those who did not give it included, goes through the
//! whole program.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::demo::said;

/// Items of the instrument; people of one sex answer the odd one higher although they are alike in everything else.
const ITEMS: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const ODD: usize = 4;
/// By how much, in logits.
const SHIFT: f64 = 1.2;
/// Ages, and what share of them answers: the youngest half as often as all others.
const AGES: [(&str, u32, f64); 5] =
    [("18-34", 25, 0.25), ("35-49", 40, 0.5), ("50-64", 55, 0.5), ("65-79", 70, 0.5), ("80-plus", 85, 0.5)];
/// People of one kind: age, sex, deprivation and ethnic group.
const OF_A_KIND: u32 = 100;

const OUTCOMES: &str = r#"
[[outcomes]]
id = "mood"
version = "1"
title.en = "Mood"
statement.en = "mean mood"
instrument = "moods"
score = "total"
out_of_words.en = "all who answered everything"
direction = "higher"
by = ["sex", "age_band", "mode"]
source = "Made up for tests"

[[outcomes]]
id = "high-a"
version = "1"
title.en = "High"
statement.en = "they were high on a"
instrument = "moods"
item = "a"
counts = ["2", "3"]
out_of = ["0", "1", "2", "3"]
out_of_words.en = "all answers"
direction = "higher"
by = ["sex", "age_band", "mode"]
source = "Made up for tests"

[[outcomes]]
id = "high-a-of-some"
version = "1"
title.en = "High, of those who say it themselves"
statement.en = "they were high on a"
instrument = "moods"
item = "a"
counts = ["2", "3"]
out_of = ["0", "1", "2", "3"]
out_of_words.en = "all answers of people themselves"
direction = "higher"
only = { respondent = ["self"] }
source = "Made up for tests"
"#;

fn instrument() -> String {
    let mut text = String::from(
        "id = \"moods\"\nversion = \"1\"\ntitle.en = \"Moods\"\nsource = \"Made up for tests\"\nlicence = \"Apache-2.0\"\n\
         occasions = [\"survey\"]\n",
    );
    for item in ITEMS {
        let title = item.to_uppercase();
        writeln!(text, "[[items]]\nid = \"{item}\"\nkind = \"scale\"\nrange = [0, 3]\ntitle.en = \"Mood {title}\"")
            .unwrap();
    }
    let items = ITEMS.map(|item| format!("\"{item}\"")).join(", ");
    writeln!(
        text,
        "[[scores]]\nid = \"total\"\ntitle.en = \"Mood\"\nbetter = \"higher\"\nrange = [0, 24]\nsource = \"Made up for tests\"\n\
         rule = {{ kind = \"sum\", items = [{items}] }}"
    )
    .unwrap();
    text
}

fn mapping() -> String {
    let mut text = String::from(
        "source_system = \"moods\"\n[identity]\ncolumns = [\"id\"]\n[date]\ncolumn = \"date\"\norder = \"year-month-day\"\n\
         [where.practice]\ncolumn = \"practice\"\n[how.mode]\ncolumn = \"mode\"\n[facts.age]\ncolumn = \"age\"\n\
         [facts.sex]\ncolumn = \"sex\"\n[facts.imd_decile]\ncolumn = \"imd\"\n[facts.ethnicity]\ncolumn = \"eth\"\n\
         [[responses]]\ninstrument = \"moods\"\noccasion = \"survey\"\n",
    );
    for item in ITEMS {
        writeln!(text, "items.{item} = {{ column = \"{item}\" }}").unwrap();
    }
    text
}

/// Numbers between 0 and 1, the same every time (SplitMix64).
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number of the logistic distribution.
    fn logistic(&mut self) -> f64 {
        let at = self.next().clamp(1e-12, 1.0 - 1e-12);
        (at / (1.0 - at)).ln()
    }
}

struct System {
    folder: tempfile::TempDir,
    /// Share of everybody, those who did not answer included, who were high on the first item.
    truth: f64,
}

impl System {
    /// `odd` plants the item that one sex answers otherwise, `young` the half as many answers of the youngest.
    fn new(odd: bool, young: bool) -> Self {
        let mut system = System { folder: tempfile::tempdir().unwrap(), truth: 0.0 };
        said(&["init", system.at(), "--name", "Moods"]);
        system.put("measures/instruments/moods.toml", &instrument());
        system.put("measures/outcomes/moods.toml", OUTCOMES);
        system.put("mapping.toml", &mapping());
        system.put(
            "areas/areas.csv",
            "code,level,name,valid_from,valid_to,successor\nP1,practice,One,,,\nP2,practice,Two,,,\n",
        );
        let mut lists = String::from("area,age,sex,deprivation,ethnicity,date,n\n");
        let mut rows = format!("id,date,practice,mode,age,sex,imd,eth,{}\n", ITEMS.join(","));
        let (mut draw, mut id, mut high) = (Draw(20_260_930), 0, 0);
        for (band, age, chance) in AGES {
            for sex in ["female", "male"] {
                for (fifth, decile) in [("1", 1), ("5", 10)] {
                    for (group, letter) in [("white", "A"), ("black", "N")] {
                        for practice in ["P1", "P2"] {
                            writeln!(lists, "{practice},{band},{sex},{fifth},{group},2026-09-01,{}", OF_A_KIND / 2)
                                .unwrap();
                        }
                        for person in 0..OF_A_KIND {
                            // The young are in a lower mood, so that those who are missing differ.
                            let mood = draw.logistic() - if band == "18-34" { 0.6 } else { 0.0 };
                            let answers: Vec<String> = (0..ITEMS.len())
                                .map(|item| {
                                    let shift = if odd && item == ODD && sex == "female" { SHIFT } else { 0.0 };
                                    let felt = mood + shift + draw.logistic();
                                    [-1.0, 0.0, 1.0].iter().filter(|cut| felt > **cut).count().to_string()
                                })
                                .collect();
                            high += u32::from(answers[0].as_str() >= "2");
                            if draw.next() >= if young { chance } else { 0.5 } {
                                continue;
                            }
                            id += 1;
                            // The young use the app and the old paper; those between use either.
                            let mode = match age {
                                25 => "app",
                                70.. => "paper",
                                _ => ["app", "paper"][id % 2],
                            };
                            let practice = ["P1", "P2"][person as usize % 2];
                            writeln!(
                                rows,
                                "{id},2026-0{}-10,{practice},{mode},{age},{sex},{decile},{letter},{}",
                                1 + id % 9,
                                answers.join(",")
                            )
                            .unwrap();
                        }
                    }
                }
            }
        }
        let everybody = AGES.len() as u32 * 8 * OF_A_KIND;
        system.truth = f64::from(high) / f64::from(everybody);
        system.put("areas/population.csv", &lists);
        system.put("rows.csv", &rows);
        let path = |name: &str| system.folder.path().join(name).to_str().unwrap().to_owned();
        said(&["--workspace", system.at(), "land", &path("rows.csv"), "--mapping", &path("mapping.toml")]);
        said(&["--workspace", system.at(), "measure", "--period", "all"]);
        system
    }

    fn at(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The rows of a statistic over everything, by breakdown, group and comparator: value, lower, upper, band or
    /// reason.
    fn found(&self, measure: &str, statistic: &str) -> BTreeMap<[String; 3], (Vec<f64>, String)> {
        let csv = said(&[
            "--workspace",
            self.at(),
            "sql",
            "--format",
            "csv",
            &format!(
                "select group_by, \"group\", coalesce(comparator, ''), value, lower, upper, coalesce(band, why_not, mark_reason, '') \
                 from latest where area = 'all' and root = 'practice' and measure = '{measure}' and statistic = '{statistic}' \
                 and period = 'all'"
            ),
        ]);
        let rows = csv.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let numbers = cells[3..6].iter().filter_map(|cell| cell.parse().ok()).collect();
            ([0, 1, 2].map(|at| cells[at].to_owned()), (numbers, cells[6].to_owned()))
        });
        rows.collect()
    }
}

fn key(cells: [&str; 3]) -> [String; 3] {
    cells.map(str::to_owned)
}

#[test]
fn the_group_that_answers_half_as_often_is_found() {
    let system = System::new(false, true);
    let representation = system.found("answered/moods", "representation");
    let partial = system.found("answered/moods", "partial_r_indicator");
    // A quarter of the young and half of the others answer, and a fifth of people are young: 0.25 over 0.45 of
    // everybody.
    let (truth, everybody) = (0.25 / 0.45, 0.45);
    for ((group_by, group), young) in [
        (("age_band", "18-34"), true),
        (("age_band", "35-49"), false),
        (("age_band", "80-plus"), false),
        (("sex", "female"), false),
        (("deprivation_fifth", "1"), false),
        (("ethnic_group", "black"), false),
    ] {
        let [value, lower, upper] = representation[&key([group_by, group, ""])].0[..] else { panic!("{group}") };
        assert!(lower <= value && value <= upper, "{group}");
        let parts = &partial[&key([group_by, group, ""])].0;
        if young {
            assert!(lower <= truth && truth <= upper && upper < 0.7, "{value} ({lower} to {upper}) against {truth}");
            // The root of its share of people, times how much less than everybody it answers.
            let planted = 0.2_f64.sqrt() * (0.25 - everybody);
            assert!(parts[1] <= planted && planted <= parts[2] && parts[2] < 0.0, "{parts:?} against {planted}");
        } else {
            assert!(lower > 0.85, "{group_by} {group}: {value} ({lower} to {upper})");
        }
    }
    let r = system.found("answered/moods", "r_indicator");
    let of = |group_by: &str| r[&key([group_by, "all", ""])].0.clone();
    // Chances of 0.25 and 0.5, one to four: a standard deviation of 0.1.
    for group_by in ["age_band", "age_band × deprivation_fifth × ethnic_group × sex"] {
        let [value, lower, upper] = of(group_by)[..] else { panic!("{group_by}") };
        assert!(lower <= 0.8 && (0.8..0.9).contains(&upper), "{group_by}: {value} ({lower} to {upper})");
    }
    for group_by in ["sex", "deprivation_fifth", "ethnic_group"] {
        assert_eq!(of(group_by)[2], 1.0, "{group_by}: {:?}", of(group_by));
    }
    // Young people are in a lower mood and are missing: the share of those who answered is too high, and the limits
    // hold the truth.
    let bounds = system.found("high-a", "bounds");
    for comparator in ["0.2", "worst case"] {
        let [value, lower, upper] = bounds[&key(["none", "all", comparator])].0[..] else { panic!("{comparator}") };
        assert!(
            lower < system.truth && system.truth < upper && system.truth < value,
            "{value} against {}",
            system.truth
        );
    }
    assert!(system.found("high-a-of-some", "bounds").is_empty());
    // Nobody in their twenties used paper.
    let gap = &system.found("high-a", "gap")[&key(["mode", "all", "paper less app"])];
    assert_eq!(*gap, (Vec::new(), "modes do not overlap".to_owned()));
    assert_eq!(system.found("high-a", "gap")[&key(["sex", "all", "female less male"])].0.len(), 3);
}

#[test]
fn without_a_difference_everybody_is_represented() {
    let system = System::new(false, false);
    for (cell, (numbers, _)) in system.found("answered/moods", "r_indicator") {
        assert!(numbers[2] > 0.97, "{cell:?}: {numbers:?}");
    }
    let low = system.found("answered/moods", "representation").into_values().filter(|(of, _)| of[2] < 1.0).count();
    assert!(low <= 1, "{low} groups are below their share beyond chance");
}

#[test]
fn the_one_item_that_a_group_answers_otherwise_is_found() {
    let system = System::new(true, false);
    let dif = system.found("dif/moods/total", "dif");
    for (at, item) in ITEMS.iter().enumerate() {
        let (numbers, class) = &dif[&key(["sex", item, "female less male"])];
        assert_eq!(class == "C", at == ODD, "{item}: {numbers:?} {class}");
        // Women answer it higher: delta is above 0.
        assert!(at != ODD || numbers[1] > 1.0, "{item}: {numbers:?}");
        let other = &dif[&key(["deprivation_fifth", item, "1 less 5"])];
        assert_ne!(other.1, "C", "{item}: {other:?}");
    }
    let page = system.folder.path().join("page.html");
    said(&["--workspace", system.at(), "report", "board", "--out", page.to_str().unwrap()]);
    let page = std::fs::read_to_string(page).unwrap();
    let said = "people of the two groups with equal totals answered “Mood E” differently";
    assert_eq!(page.matches(said).count(), 1, "once, at the outcome that adds the item up");
}
