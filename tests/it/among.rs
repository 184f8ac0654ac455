//! Outcomes of some responses, and groups by answers: in the same response, the same submission, or of the same person.

use tellonce::declare::Declarations;
use tellonce::files::Files;

use crate::room::Room;

fn instrument(id: &str, items: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\nversion = \"1\"\ntitle.en = \"{id}\"\nsource = \"Our own\"\nlicence = \"Apache-2.0\"\noccasions = [\"once\"]\n{items}{more}"
    )
}

fn item(id: &str, kind: &str) -> String {
    format!("[[items]]\nid = \"{id}\"\ntitle.en = \"{id}\"\n{kind}\n")
}

fn score(id: &str, item: &str, better: &str, range: [u8; 2]) -> String {
    format!(
        "[[scores]]\nid = \"{id}\"\ntitle.en = \"{id}\"\nbetter = \"{better}\"\nrange = {range:?}\ndecimals = 0\nsource = \"Our own\"\n\
         rule = {{ kind = \"answer\", item = \"{item}\" }}\n"
    )
}

const LEVELS: &str = "[[cut_sets]]\nid = \"two\"\nscore = \"confident\"\nin_use = true\nsource = \"Our own\"\n\
     levels = [{ id = \"low\", label.en = \"Low\", from = 0, to = 4 }, { id = \"high\", label.en = \"High\", from = 5, to = 10 }]\n";

const GROUP: &str = "
[[groups]]
id = \"confidence\"
title.en = \"How confident people are\"
instrument = \"visit\"
score = \"confident\"
cut_set = \"two\"
by = \"person\"
ordered = \"most-disadvantaged-first\"
not_stated.en = \"Not known\"
";

fn outcome(id: &str, instrument: &str, what: &str) -> String {
    let direction = if instrument == "use" { "lower" } else { "higher" };
    format!(
        "[[outcomes]]\nid = \"{id}\"\nversion = \"1\"\ntitle.en = \"{id}\"\nstatement.en = \"it is so\"\ninstrument = \"{instrument}\"\n\
         out_of_words.en = \"all\"\ndirection = \"{direction}\"\nsource = \"Our own\"\n{what}\n"
    )
}

const YES: &str = "counts = [\"yes\"]\nout_of = [\"yes\", \"no\"]";

fn outcomes() -> String {
    let good = "instrument = \"visit\", item = \"overall\", is = [\"yes\"]";
    [
        outcome(
            "knows-if-good",
            "note",
            &format!("item = \"knows\"\n{YES}\namong = [{{ {good}, by = \"submission\" }}]"),
        ),
        outcome(
            "plan-if-good-and-confident",
            "visit",
            &format!(
                "item = \"plan\"\n{YES}\nby = [\"confidence\"]\namong = [{{ item = \"overall\", is = [\"yes\"] }}, \
                 {{ score = \"confident\", cut_set = \"two\", is = [\"high\"] }}]"
            ),
        ),
        outcome("plan", "visit", &format!("item = \"plan\"\n{YES}\nby = [\"confidence\"]")),
        outcome("uses", "use", "score = \"number\"\nrate = true\nby = [\"confidence\"]"),
        outcome("uses-if-good", "use", &format!("score = \"number\"\namong = [{{ {good}, by = \"person\" }}]")),
        outcome(
            "uses-soon-after-good",
            "use",
            &format!("score = \"number\"\namong = [{{ {good}, by = \"person\", within = {{ days_before = 60 }} }}]"),
        ),
        outcome(
            "high-if-good",
            "use",
            &format!(
                "score = \"number\"\ncut_set = \"many\"\ncounts = [\"five-or-more\"]\n\
             out_of = [\"under-five\", \"five-or-more\"]\nunit = \"person\"\namong = [{{ {good}, by = \"person\" }}]"
            ),
        ),
    ]
    .concat()
}

const MANY: &str = "[[cut_sets]]\nid = \"many\"\nscore = \"number\"\nin_use = true\nsource = \"Our own\"\n\
     levels = [{ id = \"under-five\", label.en = \"Under five\", from = 0, to = 4 }, \
     { id = \"five-or-more\", label.en = \"Five or more\", from = 5, to = 100 }]\n";

const COMMON: &str = "source_system = \"clinic\"\n[identity]\ncolumns = [\"id\"]\n[person]\ncolumn = \"person\"\nscheme = \"own\"\n\
     [date]\ncolumn = \"date\"\norder = \"year-month-day\"\n";

const VISITS: &str = "[[responses]]\ninstrument = \"visit\"\nitems.overall = { column = \"overall\" }\n\
     items.confidence = { column = \"confidence\" }\nitems.plan = { column = \"plan\" }\n\
     [[responses]]\ninstrument = \"note\"\nitems.knows = { column = \"knows\" }\n";

/// A later visit of p1 was bad; v5 is nobody's known; v6 left two questions out.
const VISIT_ROWS: &str = "id,person,date,overall,confidence,plan,knows
v1,p1,2025-01-10,yes,3,yes,yes
v2,p1,2025-06-10,no,8,yes,no
v3,p2,2025-02-01,yes,2,no,yes
v4,p3,2025-03-01,yes,9,yes,yes
v5,,2025-03-01,yes,9,no,no
v6,p4,2025-03-01,yes,,yes,
";

/// p5 never visited.
const USE_ROWS: &str = "id,person,date,number
u1,p1,2025-12-31,4
u2,p2,2025-12-31,6
u3,p3,2025-12-31,1
u4,p4,2025-12-31,2
u5,p5,2025-12-31,7
u6,p1,2025-03-01,10
";

struct Bench {
    room: Room,
}

impl std::ops::Deref for Bench {
    type Target = Room;

    fn deref(&self) -> &Room {
        &self.room
    }
}

impl Bench {
    fn new() -> Self {
        let bench = Bench { room: Room::with_key(&["--policy", "none"]) };
        let asked = item("overall", "kind = \"yes-no\"")
            + &item("confidence", "kind = \"scale\"\nrange = [0, 10]")
            + &item("plan", "kind = \"yes-no\"");
        let confident = score("confident", "confidence", "higher", [0, 10]) + LEVELS;
        let number = score("number", "came", "lower", [0, 100]) + MANY;
        let groups = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/measures/groups.toml")).unwrap();
        for (path, text) in [
            ("measures/instruments/visit.toml", instrument("visit", &asked, &confident)),
            ("measures/instruments/note.toml", instrument("note", &item("knows", "kind = \"yes-no\""), "")),
            (
                "measures/instruments/use.toml",
                instrument("use", &item("came", "kind = \"number\"\nrange = [0, 100]"), &number),
            ),
            ("measures/outcomes/among.toml", outcomes()),
            ("measures/groups.toml", groups + GROUP),
            ("visits.toml", COMMON.to_owned() + VISITS),
            (
                "uses.toml",
                COMMON.to_owned() + "[[responses]]\ninstrument = \"use\"\nitems.came = { column = \"number\" }\n",
            ),
        ] {
            bench.put(path, &text);
        }
        bench
    }

    /// Takes the landing of a file back.
    fn unland(&self, name: &str) {
        let standing = self.run(&["unland"]);
        let line = standing.lines().find(|line| line.contains(name)).unwrap();
        self.run(&["unland", "--yes", line.split_whitespace().next().unwrap()]);
    }

    /// Every figure over all areas: measure, group, n, numerator and value.
    fn figures(&self) -> Vec<String> {
        self.run(&["measure", "--period", "12m-to-2025-12"]);
        let query = "select measure, group_by, \"group\", n, numerator, round(value, 3) as value from latest \
                     where statistic = 'value' and area = 'all' and period = '12m-to-2025-12' \
                     and measure not like 'answered/%' and n > 0 order by measure, group_by, \"group\"";
        let csv = self.run(&["sql", "--format", "csv", query]);
        csv.lines().skip(1).map(str::to_owned).collect()
    }
}

#[test]
fn answers_of_other_responses_say_who_counts_and_in_which_group() {
    let bench = Bench::new();
    bench.land_file("visits.csv", VISIT_ROWS, "visits.toml");
    bench.land_file("uses.csv", USE_ROWS, "uses.toml");
    let both = [
        "high-if-good,none,all,3,1,0.333",
        "knows-if-good,none,all,4,3,0.75",
        "plan,confidence,high,3,2,0.667",
        "plan,confidence,low,2,1,0.5",
        "plan,confidence,not-stated,1,1,1.0",
        "plan,none,all,6,4,0.667",
        "plan-if-good-and-confident,confidence,high,2,1,0.5",
        "plan-if-good-and-confident,none,all,2,1,0.5",
        "uses,confidence,high,3,,5.0",
        "uses,confidence,low,1,,6.0",
        "uses,confidence,not-stated,2,,4.5",
        "uses,none,all,6,,5.0",
        "uses-if-good,none,all,3,,3.0",
        "uses-soon-after-good,none,all,1,,10.0",
    ];
    assert_eq!(bench.figures(), both);
    // The other file is corrected: p1 was content after all, p2 is confident; nobody who used the service answered again.
    let corrected =
        "id,person,date,overall,confidence,plan,knows\nv2,p1,2025-06-10,yes,8,yes,no\nv3,p2,2025-02-01,yes,7,no,yes\n";
    bench.land_file("corrected.csv", corrected, "visits.toml");
    let corrected: Vec<String> = bench.figures().into_iter().filter(|line| line.starts_with("uses")).collect();
    let expected = [
        "uses,confidence,high,4,,5.25",
        "uses,confidence,not-stated,2,,4.5",
        "uses,none,all,6,,5.0",
        "uses-if-good,none,all,5,,4.6",
        "uses-soon-after-good,none,all,1,,10.0",
    ];
    assert_eq!(corrected, expected);
    bench.unland("corrected.csv");
    assert_eq!(bench.figures(), both);
    bench.unland("visits.csv");
    assert_eq!(bench.figures(), ["uses,confidence,not-stated,6,,5.0", "uses,none,all,6,,5.0"]);
}

#[test]
fn an_explained_outcome_says_who_counts() {
    let bench = Bench::new();
    let said = bench.run(&["explain", "uses-soon-after-good"]);
    assert!(
        said.contains("among        overall of visit is yes, in the latest response of the same person, at most 60 days before and 0 days after"),
        "{said}"
    );
}

#[test]
fn outcomes_of_some_answers_are_held_against_those_of_all() {
    let shipped = Declarations::load(&Files::embedded()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let found = shipped.subsets();
    let found: Vec<[&str; 2]> = found.iter().map(|of| [of.some[0].as_str(), &of.all[0]]).collect();
    for (some, all) in [
        ("missed-if-worse", "knows-what-if-worse"),
        ("missed-if-worse", "knows-what-if-worse-at-all"),
        ("missed-decisions", "say-in-decisions"),
    ] {
        assert!(found.contains(&[some, all]), "{some} {all}: {found:?}");
    }
    // Another question is nobody's part.
    assert!(!found.contains(&["missed-if-worse", "knows-self-help"]), "{found:?}");
}
