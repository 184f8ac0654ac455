//! Declarations: the shipped ones load, and mistakes in others are all found and told in words.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use tellonce::declare::{self, Declarations, Fact, Mistakes, Root};
use tellonce::files::Files;

/// Where the samples of mistakes are, each with what it is answered beside it.
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad_measures");

const SALT: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn shipped() -> Declarations {
    Declarations::load(&Files::embedded()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn put(workspace: &Path, path: &str, text: &str) {
    let path = workspace.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn the_shipped_declarations_load() {
    let declarations = shipped();
    let outcomes = declarations.outcomes_of("person-centred-questions");
    let ids: Vec<&str> = outcomes.map(|outcome| outcome.id.as_str()).collect();
    let in_order = ["knows-self-help", "knows-who-is-in-charge", "knows-what-if-worse"];
    let found: Vec<&str> = ids.into_iter().filter(|id| in_order.contains(id)).collect();
    assert_eq!(found, in_order, "outcomes stand in the order of their file");
    assert_eq!(declarations.instrument("i-statements").unwrap().main_root, Root::Practice);
    assert_eq!(declarations.group("sex").unwrap().bands.len(), 3);
    assert!(matches!(declarations.fact("age"), Some(Fact::WholeNumber { minimum: 0, .. })));
    let files = Files::embedded();
    for (path, hash) in &declarations.hashes {
        assert_eq!(files.hash(path).unwrap().as_ref(), Some(hash), "{path}");
    }
}

#[test]
fn the_i_statements_cover_the_six_domains_of_the_narrative() {
    let declarations = shipped();
    let items = &declarations.instrument("i-statements").unwrap().items;
    let covered: BTreeSet<&str> =
        items.iter().flat_map(|item| &item.maps_to).filter_map(|part| part.strip_prefix("narrative/")).collect();
    let domains =
        ["care-planning", "communication", "decision-making", "goals-and-outcomes", "information", "transitions"];
    assert_eq!(covered, BTreeSet::from(domains));
}

#[test]
fn mistakes_are_told_as_the_samples_say() {
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let mut wrong = String::new();
    let mut seen = 0;
    for entry in fs::read_dir(SAMPLES).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "toml") {
            continue;
        }
        seen += 1;
        let told = format!("{}\n", answer(&fs::read_to_string(&path).unwrap()));
        let expected = path.with_extension("txt");
        if update {
            fs::write(&expected, told).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        if told != expected {
            let name = path.file_name().unwrap().display();
            writeln!(wrong, "{name}\n{}", difference(&expected, &told)).unwrap();
        }
    }
    assert!(seen >= 15, "only {seen} samples in {SAMPLES}");
    assert!(wrong.is_empty(), "{wrong}\nUPDATE=1 writes what is told now; read the difference then.");
}

/// Returns what the program says to a sample: files, each under a line `# at: ` with its path in a workspace. Lines are counted
/// from there.
fn answer(sample: &str) -> String {
    let workspace = tempfile::tempdir().unwrap();
    // The shipped outcomes, and the register that names them, are put out of the way: they need the shipped groups, which a sample may
    // replace.
    for path in Files::embedded().list("measures/outcomes", "toml").unwrap() {
        put(workspace.path(), &path, "outcomes = []\n");
    }
    put(workspace.path(), "measures/systems.toml", "systems = []\n");
    let mut last = None;
    for (at, text) in files(sample) {
        // SQL knows no such comment.
        let text = if at.ends_with(".sql") { text.split_once('\n').unwrap().1 } else { text };
        let checked_by_itself = at == "tellonce.toml" || at.starts_with("mappings/");
        if !checked_by_itself {
            put(workspace.path(), at, text);
        }
        last = Some((at, text)).filter(|_| checked_by_itself);
    }
    let declarations = Declarations::load(&Files::with_workspace(workspace.path()));
    let mistakes: Mistakes = match last {
        None => declarations.unwrap_err(),
        Some((at, text)) => {
            let declarations =
                declarations.unwrap_or_else(|mistakes| panic!("{at} needs sound declarations: {mistakes}"));
            match at {
                "tellonce.toml" => declare::settings(at, text, &declarations).unwrap_err(),
                _ => declare::mapping(at, text, &declarations, None).unwrap_err(),
            }
        }
    };
    mistakes.to_string()
}

/// Returns the files of a sample with their paths. A settings file or a mapping stands last.
fn files(sample: &str) -> Vec<(&str, &str)> {
    const AT: &str = "# at: ";
    assert!(sample.starts_with(AT), "a sample begins with `{AT}` and a path");
    let begins = sample.match_indices(AT).map(|(at, _)| at).filter(|at| *at == 0 || sample[..*at].ends_with('\n'));
    let begins: Vec<usize> = begins.collect();
    let ends = begins.iter().skip(1).copied().chain([sample.len()]);
    let parts = begins.iter().zip(ends).map(|(begin, end)| &sample[*begin..end]);
    parts.map(|text| (text.lines().next().unwrap().trim_start_matches(AT), text)).collect()
}

/// How many different mistakes the samples of a theme hold at least.
const DIFFERENT: [(&str, usize); 10] = [
    ("instrument", 50),
    ("version", 25),
    ("score", 45),
    ("cut_set", 15),
    ("value_set", 25),
    ("licence", 15),
    ("outcome", 45),
    ("change", 40),
    ("mapping", 45),
    ("contract", 30),
];

#[test]
fn the_samples_hold_many_different_mistakes() {
    let mut all = BTreeSet::new();
    for (theme, least) in DIFFERENT {
        let mut kinds = BTreeSet::new();
        for entry in fs::read_dir(SAMPLES).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with(theme) && name.ends_with(".txt") {
                kinds.extend(fs::read_to_string(&path).unwrap().lines().filter_map(kind));
            }
        }
        assert!(kinds.len() >= least, "only {} different mistakes in {theme}: {kinds:#?}", kinds.len());
        all.extend(kinds);
    }
    assert!(all.len() >= 250, "only {} different mistakes: {all:#?}", all.len());
    let needed = [
        "the question … has no option …",
        "the levels … and … both hold …",
        "the score can be … to … beyond its range of … to …",
        "this translation is missing",
        "… may never be spliced with the version …",
    ];
    for mistake in needed {
        assert!(all.iter().any(|kind| kind.starts_with(mistake)), "no sample tells: {mistake}");
    }
}

/// Returns what is wrong in a line that tells a mistake, without the names and numbers in it: two lines that differ in nothing else tell the
/// same mistake.
fn kind(line: &str) -> Option<String> {
    // The line of a mend is indented, and the last one counts.
    let (place, told) = line.split_once(": ")?;
    if place.starts_with(' ') || !place.contains('.') {
        return None;
    }
    let what = told.strip_prefix('`').and_then(|told| Some(told.split_once("`: ")?.1)).unwrap_or(told);
    let named = what.split('`').enumerate().map(|(at, part)| if at % 2 == 0 { part } else { "…" });
    let words: String = named.collect();
    let plain =
        words.split_whitespace().map(|word| if word.contains(|c: char| c.is_ascii_digit()) { "…" } else { word });
    Some(plain.collect::<Vec<_>>().join(" "))
}

fn difference(expected: &str, told: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (expected, told) = (lines(expected), lines(told));
    let gone = expected.iter().filter(|line| !told.contains(line)).map(|line| format!("- {line}\n"));
    let new = told.iter().filter(|line| !expected.contains(line)).map(|line| format!("+ {line}\n"));
    gone.chain(new).collect()
}

#[test]
fn every_mistake_of_a_file_is_told_at_once() {
    let sample = fs::read_to_string(Path::new(SAMPLES).join("instrument_shape.toml")).unwrap();
    let told = answer(&sample);
    for key in ["versoin", "title", "source", "licence", "main_root", "occasions", "code", "colour"] {
        assert!(told.contains(key), "{key} is not in\n{told}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_not_told_again_by_what_refers_to_it() {
    let workspace = tempfile::tempdir().unwrap();
    put(workspace.path(), "measures/instruments/i-statements.toml", "id = \n");
    put(workspace.path(), "measures/groups.toml", "facts = 1\ngroups = []\n");
    let mistakes = Declarations::load(&Files::with_workspace(workspace.path())).unwrap_err();
    let files: Vec<&str> = mistakes.iter().map(|mistake| mistake.file.as_str()).collect();
    assert_eq!(files, ["measures/groups.toml", "measures/instruments/i-statements.toml"]);
}

#[test]
fn a_workspace_file_wins_and_a_new_one_is_added() {
    let workspace = tempfile::tempdir().unwrap();
    let policy = |id: &str, n: i64| {
        format!("id = \"{id}\"\ntitle.en = \"T\"\nnote.en = \"N\"\nminimum_n = {n}\nsource = \"S\"\n")
    };
    // As a Windows editor writes it: with a byte order mark and two characters a line end.
    let windows = format!("\u{feff}{}", policy("survey", 25).replace('\n', "\r\n"));
    put(workspace.path(), "measures/policies/survey.toml", &windows);
    put(workspace.path(), "measures/policies/local.toml", &policy("local", 7));
    put(workspace.path(), "measures/policies/.#local.toml", "an editor's lock");
    put(workspace.path(), "measures/policies/old.toml/notes.txt", "a folder with such a name");
    let files = Files::with_workspace(workspace.path());
    let declarations = Declarations::load(&files).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let minimum = |id: &str| declarations.policies.get(id).map(|policy| policy.minimum_n);
    assert_eq!(minimum("survey"), Some(25));
    assert_eq!(minimum("local"), Some(7));
    assert_eq!(minimum("none"), Some(0));
    let embedded = Files::embedded().hash("measures/policies/survey.toml").unwrap();
    assert_ne!(files.hash("measures/policies/survey.toml").unwrap(), embedded);
    let paths = files.list("measures/policies", "toml").unwrap();
    assert_eq!(paths, ["local", "none", "return", "survey"].map(|name| format!("measures/policies/{name}.toml")));
}

#[test]
fn paths_stay_below_the_workspace() {
    let files = Files::with_workspace("/");
    for path in ["../measures/areas.toml", "/etc/hosts", "measures/../etc/hosts", "", "C:\\x"] {
        assert!(files.read(path).is_err(), "{path}");
    }
    assert_eq!(files.read("measures/no-such.toml").unwrap(), None);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_a_dead_one_is_told() {
    let workspace = tempfile::tempdir().unwrap();
    let folder = workspace.path().join("measures/policies");
    put(workspace.path(), "elsewhere.toml", "shared");
    fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("../../elsewhere.toml", folder.join("shared.toml")).unwrap();
    let files = Files::with_workspace(workspace.path());
    let path = "measures/policies/shared.toml";
    assert!(files.list("measures/policies", "toml").unwrap().contains(&path.to_owned()));
    assert_eq!(files.read(path).unwrap().as_deref(), Some("shared"));
    std::os::unix::fs::symlink("nowhere", folder.join("dead.toml")).unwrap();
    let told = files.list("measures/policies", "toml").unwrap_err().to_string();
    assert!(told.contains("dead.toml"), "{told}");
}

#[test]
fn good_settings_and_mappings_are_read() {
    let declarations = shipped();
    let text = format!("name.en = \"Sample\"\nlanguage = \"cy\"\nsalt = \"{SALT}\"\n");
    let settings = declare::settings("tellonce.toml", &text, &declarations);
    let settings = settings.unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!((settings.policy.as_str(), settings.time_zone.as_str()), ("survey", "Europe/London"));
    let text = r#"
source_system = "sample"
delimiter = ";"
identity = { columns = ["Response"], several_rows = true, must_agree = ["Date"] }
date = { column = "Date", order = "day-month-year" }
where.practice.column = "Practice"
how.mode = { column = "Mode", values = { P = "paper" }, blank = "web" }
facts.age.column = "Age"

[[responses]]
items.overall = { column = "Rating", values = { "5" = "very-good" }, blank = "not-asked" }
comments.why.column = "Why"
"#;
    let mapping = |default| declare::mapping("sample.toml", text, &declarations, default);
    let read = mapping(Some("friends-and-family")).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!((read.delimiter, read.responses.len()), (';', 1));
    assert!(mapping(None).is_err(), "no instrument is named anywhere");
    assert!(mapping(Some("friends")).is_err(), "the instrument does not exist");
}

#[test]
fn names_are_guessed_only_when_they_are_near() {
    let known = ["yes-definitely", "yes-to-some-extent", "no", "dont-know"];
    let meant = |word| declare::did_you_mean(word, known);
    assert_eq!(meant("Dont Know"), Some("dont-know"));
    assert_eq!(meant("yes-definately"), Some("yes-definitely"));
    assert_eq!(meant("yes-to"), Some("yes-to-some-extent"));
    assert_eq!(meant("maybe"), None);
    assert_eq!(meant(""), None);
}

#[test]
fn there_is_a_schema_for_every_kind_of_file() {
    let schemas = declare::schemas();
    let kinds: Vec<&str> = schemas.iter().map(|(kind, _)| *kind).collect();
    let expected = [
        "instrument",
        "outcomes",
        "groups",
        "areas",
        "policy",
        "return",
        "value-set",
        "licence",
        "contract",
        "systems",
        "framework",
        "priorities",
        "mapping",
        "tellonce",
    ];
    assert_eq!(kinds, expected);
    for (kind, schema) in &schemas {
        assert_eq!(schema["title"], *kind);
        assert_eq!(schema.get("$id"), None);
    }
}
