//! What a community wants to be told first: which order holds for which area, and that nothing is lost by it.

use std::path::Path;

use crate::demo::{said, tellonce};

/// Two places with a practice each; 60 people in each answered the three questions.
struct Places {
    folder: tempfile::TempDir,
}

const MAPPING: &str = r#"
source_system = "places"
[identity]
columns = ["id"]
[date]
column = "date"
order = "year-month-day"
[where.practice]
column = "practice"
[[responses]]
instrument = "person-centred-questions"
[responses.items]
self_help = { column = "one" }
in_charge = { column = "two" }
if_worse = { column = "three" }
"#;

const AREAS: &str = "code,level,name,valid_from,valid_to,successor\n\
    E,place,East,2020-04-01,,\nW,place,West,2020-04-01,,\nPE,practice,East End,2020-04-01,,\nPW,practice,West End,2020-04-01,,\n";

const PARENTS: &str = "child,parent,level,valid_from,valid_to\nPE,E,place,2020-04-01,\nPW,W,place,2020-04-01,\n";

impl Places {
    fn new() -> Self {
        let places = Places { folder: tempfile::tempdir().unwrap() };
        said(&["init", places.workspace(), "--name", "Both sides"]);
        let row = |at: usize| {
            let answer = |every: usize| if at.is_multiple_of(every) { "Yes, definitely" } else { "No" };
            let practice = ["PE", "PW"][at % 2];
            format!(
                "{at},2026-03-{:02},{practice},\"{}\",\"{}\",\"{}\"\n",
                1 + at % 28,
                answer(2),
                answer(3),
                answer(5)
            )
        };
        places
            .put("answers.csv", &format!("id,date,practice,one,two,three\n{}", (0..120).map(row).collect::<String>()));
        places.put("mappings/places.toml", MAPPING);
        places.put("areas/areas.csv", AREAS);
        places.put("areas/parents.csv", PARENTS);
        let (file, mapping) = (places.path("answers.csv"), places.path("mappings/places.toml"));
        said(&["--workspace", places.workspace(), "land", &file, "--mapping", &mapping]);
        said(&["--workspace", places.workspace(), "measure", "--period", "2025/26"]);
        places
    }

    fn workspace(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes an order of outcomes, each with its weight.
    fn set(&self, id: &str, areas: &str, order: &[(&str, &str)]) {
        let line = |(outcome, weight): &(&str, &str)| {
            format!("[[priorities]]\noutcome = \"{outcome}\"\nweight = {weight}\nwhy.en = \"Because of {outcome}\"\n")
        };
        let order: String = order.iter().map(line).collect();
        let text = format!(
            "id = \"{id}\"\ntitle.en = \"Order of {id}\"\nareas = {areas}\nset_by.en = \"People of {id}\"\n{order}"
        );
        self.put(&format!("measures/priorities/{id}.toml"), &text);
    }

    fn page(&self, report: &str, area: &str) -> String {
        let out = self.path("page.html");
        said(&["--workspace", self.workspace(), "report", report, "--area", area, "--out", &out]);
        std::fs::read_to_string(out).unwrap()
    }

    /// Titles of the measures in the first table, in their order.
    fn order(&self, report: &str, area: &str) -> Vec<String> {
        let page = self.page(report, area);
        let rows = page.split("<th scope=\"row\"><a href=\"#m").skip(1);
        rows.map(|row| row.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()).collect()
    }
}

const SELF_HELP: &str = "Know what they can do to help their own health";
const IN_CHARGE: &str = "Know who is in charge of their care";
const IF_WORSE: &str = "Know what to do if things get worse";

#[test]
fn a_page_leads_with_what_was_chosen_for_the_nearest_area() {
    let places = Places::new();
    let all = [SELF_HELP, IN_CHARGE, IF_WORSE];
    assert_eq!(places.order("board", "E"), all, "nothing was chosen");
    assert!(!places.page("board", "E").contains("leads with what was chosen"));

    places.set("everybody", "[\"all\"]", &[("knows-what-if-worse", "1"), ("knows-self-help", "1")]);
    // The largest weight comes first; of two that are equal, the one that stands first.
    let east = [("knows-self-help", "1"), ("knows-who-is-in-charge", "2.5"), ("knows-what-if-worse", "1")];
    places.set("east", "[\"E\"]", &east);
    assert_eq!(places.order("board", "E"), [IN_CHARGE, SELF_HELP, IF_WORSE]);
    assert_eq!(places.order("board", "PE"), [IN_CHARGE, SELF_HELP, IF_WORSE], "the place is nearer than everything");
    assert_eq!(places.order("board", "PW"), [IF_WORSE, SELF_HELP]);
    assert_eq!(places.order("board", "all"), [IF_WORSE, SELF_HELP]);
    for area in ["all", "E", "W", "PE"] {
        assert_eq!(places.order("annex", area), all, "the page of every measure has its own order");
    }

    let page = places.page("board", "PE");
    for said in [
        "“Order of east”, the largest weight first. The choice is not ours. Set by: People of east.",
        "It was set for East; East End has no order of its own.",
        "weight 2.5: Because of knows-who-is-in-charge",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let page = places.page("board", "all");
    assert!(page.contains(&format!("1 more measure is on the page of every measure: {IN_CHARGE}.")));
    assert!(!page.contains("weight 1"), "all weigh the same");
    assert!(!page.contains("no order of its own"));
}

#[test]
fn what_was_chosen_and_not_measured_is_named() {
    let places = Places::new();
    places.set("west", "[\"W\"]", &[("story-only-once", "2"), ("knows-self-help", "1")]);
    let page = places.page("board", "W");
    assert!(page.contains("Asked for, and without a figure here: Tell my story only once."));
    assert_eq!(places.order("board", "W"), [SELF_HELP]);

    places.set("west", "[\"W\"]", &[("story-only-twice", "2")]);
    let output = tellonce(&["--workspace", places.workspace(), "report", "board"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("measures/priorities/west.toml:6") && told.contains("Did you mean `story-only-once`?"),
        "{told}"
    );
}

#[test]
fn the_page_of_every_measure_names_what_has_no_measure() {
    let places = Places::new();
    let page = places.page("annex", "all");
    for said in [
        "S2 Three person-centred questions",
        "What we have no measure for",
        "<th scope=\"row\">Decisions follow the evidence</th><td><strong>No measure</strong></td>",
        "<th scope=\"row\">Moving between services</th><td>There is a question about it, and no figure here</td>",
        "Not for publication",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(!page.contains("S1 I statements</h2>"), "a system without figures has no section");
    assert!(page.contains("S1 I statements"), "and is named");
}
