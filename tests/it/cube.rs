//! The cube brought up to date is the cube made anew, whatever landed, was corrected, taken back or declared otherwise in between.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::{RecordBatch, StringArray};
use tellonce::cube::{self, Passed};
use tellonce::declare::Declarations;
use tellonce::files::Files;
use tellonce::session::session;
use tellonce::store::{self, Replace, Store};

use crate::support::{Bench, lines};

/// What of the declarations can be one way or the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Declared {
    /// The score takes an item the other way round.
    reversed: bool,
    /// The mean is of those who came unplanned.
    unplanned: bool,
    /// Change is of those who came unplanned.
    change_of_unplanned: bool,
    /// One band of age ends earlier.
    younger: bool,
    /// One outcome fewer.
    fewer: bool,
    /// Another title.
    title: bool,
    /// Those count whose foot hurts much, and not those whose foot does not hurt.
    other_foot: bool,
}

/// Groups by answers: by the score itself, and by an answer of the same person to the other instrument.
const ANSWERED: &str = "
[[groups]]
id = \"level\"
title.en = \"Level\"
instrument = \"hand\"
score = \"score\"
cut_set = \"two\"
ordered = \"most-disadvantaged-first\"
not_stated.en = \"Not known\"

[[groups]]
id = \"foot_grip\"
title.en = \"Grip of the foot\"
instrument = \"foot\"
column = \"i_grip\"
by = \"person\"
not_stated.en = \"Not known\"
bands = [
    { id = \"little\", label.en = \"Little\", values = [\"no\", \"some\"] },
    { id = \"much\", label.en = \"Much\", values = [\"much\"] },
]

[[groups]]
id = \"came\"
title.en = \"How people came\"
column = \"pathway\"
not_stated.en = \"Not known\"
bands = [{ id = \"planned\", label.en = \"Planned\", values = [\"planned\"] }]

[[pairs]]
of = [\"sex\", \"foot_grip\"]
";

fn instrument(id: &str, reversed: bool) -> String {
    let item = |item: &str| {
        let turned = if reversed && item == "grip" { "reversed = true\n" } else { "" };
        format!(
            "[[items]]\nid = \"{item}\"\nkind = \"single-choice\"\nscale = \"much\"\ntitle.en = \"{item}\"\n{turned}"
        )
    };
    format!(
        "id = \"{id}\"\nversion = \"1\"\ntitle.en = \"{id}\"\nsource = \"Our own\"\nlicence = \"Apache-2.0\"\n\
         occasions = [\"before\", \"after\"]\ncovariates = [\"weeks\"]\n[scales.much]\noptions = [{{ code = 0, id = \"no\", label.en = \"No\" }}, \
         {{ code = 1, id = \"some\", label.en = \"Some\" }}, {{ code = 2, id = \"much\", label.en = \"Much\" }}]\n{}\
         [[scores]]\nid = \"score\"\ntitle.en = \"Score\"\nbetter = \"higher\"\nrange = [0, 6]\ndecimals = 0\nsource = \"Our own\"\n\
         rule = {{ kind = \"sum\", items = [\"pain\", \"grip\", \"write\"] }}\n[[cut_sets]]\nid = \"two\"\nscore = \"score\"\nin_use = true\n\
         source = \"Our own\"\nlevels = [{{ id = \"low\", label.en = \"Low\", from = 0, to = 2 }}, \
         {{ id = \"high\", label.en = \"High\", from = 3, to = 6 }}]\n",
        ["pain", "grip", "write"].map(item).concat()
    )
}

fn outcomes(declared: Declared) -> String {
    let outcome = |id: &str, what: &str| {
        let title = if declared.title { "Another" } else { "One" };
        format!(
            "[[outcomes]]\nid = \"{id}\"\nversion = \"1\"\ntitle.en = \"{title}\"\nstatement.en = \"care was good\"\ninstrument = \"hand\"\n\
             {what}\nout_of_words.en = \"all\"\ndirection = \"higher\"\nby = [\"sex\"]\nsource = \"Our own\"\n"
        )
    };
    let only = |unplanned| {
        if unplanned { "only = { pathway = [\"unplanned\"] }" } else { "only = { pathway = [\"planned\"] }" }
    };
    let share = "item = \"pain\"\ncounts = [\"no\"]\nout_of = [\"no\", \"some\", \"much\"]\nadjust_for = [\"sex\"]";
    let change = |by: &str, only: &str| {
        let any = "thresholds = [{ id = \"any\", kind = \"any\", source = \"Our own\" }]";
        let adjusted = "score = \"score\"\nadjust_for = [\"sex\", \"weeks\"]";
        format!("{adjusted}\n{only}\nchange = {{ from = \"before\", to = \"after\", pair_by = \"{by}\", {any} }}")
    };
    let last = match declared.fewer {
        true => String::new(),
        false => outcome("gain-of-episode", &change("episode", "")),
    };
    let foot = if declared.other_foot { "much" } else { "no" };
    let among = |by: &str| format!("among = [{{ instrument = \"foot\", item = \"pain\", is = [\"{foot}\"], {by} }}]");
    let within = "by = \"person\", within = { days_before = 40, days_after = 5 }";
    let by = |outcome: String, groups: &str| outcome.replace("by = [\"sex\"]", groups);
    by(outcome("no-pain", share), "by = [\"sex\", \"level\", \"came\"]")
        + &outcome("no-pain-of-submission", &format!("{share}\n{}", among("by = \"submission\"")))
        + &outcome("mean-of-person", &format!("score = \"score\"\n{}", among("by = \"person\"")))
        + &outcome("mean-near", &format!("score = \"score\"\n{}", among(within)))
        + &by(outcome("by-foot", share), "by = [\"sex\", \"level\", \"foot_grip\"]")
        + &outcome(
            "no-pain-with-grip",
            "item = \"pain\"\ncounts = [\"no\"]\nout_of = [\"no\", \"some\", \"much\"]\n\
             among = [{ item = \"grip\", is = [\"much\"] }, { score = \"score\", cut_set = \"two\", is = [\"high\"] }]",
        )
        + &outcome("mean", &format!("score = \"score\"\n{}", only(declared.unplanned)))
        + &outcome("gain", &change("person", only(declared.change_of_unplanned)))
        + &last
}

/// The declarations of a workspace with two instruments of its own.
fn declarations(declared: Declared) -> Declarations {
    let workspace = tempfile::tempdir().unwrap();
    let groups = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("measures/groups.toml")).unwrap();
    let younger = groups.replace("from = 18, to = 34", "from = 18, to = 29").replace("from = 35,", "from = 30,");
    assert_ne!(groups, younger);
    for (path, text) in [
        ("measures/instruments/hand.toml", instrument("hand", declared.reversed)),
        ("measures/instruments/foot.toml", instrument("foot", false)),
        ("measures/outcomes/hand.toml", outcomes(declared)),
        ("measures/groups.toml", if declared.younger { younger } else { groups } + ANSWERED),
    ] {
        let path = workspace.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    Declarations::load(&Files::with_workspace(workspace.path())).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn mapping(occasion: &str) -> String {
    mapping_of(occasion, ["hand", "foot"].as_slice())
}

/// The mapping of files that only some instruments are read from.
fn mapping_of(occasion: &str, instruments: &[&str]) -> String {
    let response = |instrument: &str| {
        let items =
            ["pain", "grip", "write"].map(|item| format!("items.{item} = {{ column = \"{item}\" }}\n")).concat();
        format!(
            "[[responses]]\ninstrument = \"{instrument}\"\noccasion = \"{occasion}\"\n{items}covariates.weeks = {{ column = \"weeks\" }}\n"
        )
    };
    let responses: String = instruments
        .iter()
        .map(|instrument| response(instrument).replace(if *instrument == "foot" { WRITE } else { "\0" }, ""))
        .collect();
    format!(
        "source_system = \"clinic\"\n[identity]\ncolumns = [\"id\"]\nis_episode = true\n[person]\ncolumn = \"person\"\nscheme = \"own\"\n\
         [date]\ncolumn = \"date\"\norder = \"year-month-day\"\n[where.practice]\ncolumn = \"practice\"\n[where.service]\ncolumn = \"service\"\n\
         [how.pathway]\ncolumn = \"pathway\"\n[facts.sex]\ncolumn = \"sex\"\n[facts.age]\ncolumn = \"age\"\n{responses}"
    )
}

/// The feet do not write.
const WRITE: &str = "items.write = { column = \"write\" }\n";

/// A small source of numbers that are the same every time (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[usize::try_from(self.below(values.len() as u64)).unwrap()]
    }

    /// A file of a few answers; ids come again, so that later files correct earlier ones.
    fn file(&mut self) -> String {
        let mut rows = String::from("id,person,date,practice,service,pathway,sex,age,weeks,pain,grip,write\n");
        let mut ids = BTreeSet::new();
        for _ in 0..=self.below(7) {
            ids.insert(self.below(40));
        }
        for id in ids {
            let person = self.of(&["p1", "p2", "p3", "p4", "p5", "p6", ""]);
            let date = self.of(&["2026-01-05", "2026-01-31", "2026-02-10", "2026-03-15", "2025-04-02", ""]);
            let (practice, service) = (self.of(&["A1", "A2", "A3"]), self.of(&["S1", ""]));
            let (pathway, sex) = (self.of(&["planned", "unplanned", ""]), self.of(&["f", "m", ""]));
            let (age, weeks) = (self.of(&["17", "29", "32", "70", ""]), self.of(&["1", "2", ""]));
            let answers = [0; 3].map(|_| self.of(&["no", "some", "much", ""])).join(",");
            rows.push_str(&format!(
                "{id},{person},{date},{practice},{service},{pathway},{sex},{age},{weeks},{answers}\n"
            ));
        }
        rows
    }
}

async fn built(store: &Store, declared: Declared, full: bool) -> Passed {
    let session = session().unwrap();
    cube::build(store, &session, &declarations(declared), full, &mut |_, _, _| ()).await.unwrap()
}

/// The rows of the tables that the pass makes, without the stamps of the cube.
async fn rows(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    for name in [store::CUBE, store::CASEMIX] {
        let Some(table) = store.table(name).await.unwrap() else { continue };
        let frame = session().unwrap().read_table(table.provider(None).unwrap()).unwrap();
        for batch in frame.collect().await.unwrap() {
            let columns: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
            let columns: Vec<&str> =
                columns.iter().map(String::as_str).filter(|name| *name != "responses_version").collect();
            all.extend(lines(&batch, &columns).into_iter().map(|line| format!("{name} {line}")));
        }
    }
    all.sort();
    all
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => copied(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

/// What the same tables come to where everything is counted.
async fn rows_of_full(bench: &Bench, declared: Declared) -> (Vec<String>, Passed) {
    let folder = tempfile::tempdir().unwrap();
    copied(&bench.folder.path().join("store"), &folder.path().join("store"));
    let store = Store::open("store", folder.path()).unwrap();
    let passed = built(&store, declared, true).await;
    (rows(&store).await, passed)
}

/// A bench that lands the two instruments.
fn bench() -> Bench {
    Bench { declarations: declarations(Declared::default()), ..Bench::new() }
}

async fn history(seed: u64) {
    let mut random = Random(seed);
    let bench = bench();
    let mut declared = Declared::default();
    let mut files: Vec<(String, String)> = Vec::new();
    for step in 0..8 {
        let mut done = Vec::new();
        for _ in 0..=random.below(3) {
            let what = random.below(10);
            done.push(what);
            match what {
                0..=4 => {
                    let of = [["hand", "foot"].as_slice(), &["hand"], &["foot"]];
                    let of = of[usize::try_from(random.below(3)).unwrap()];
                    let file = (random.file(), mapping_of(random.of(&["before", "after"]), of));
                    bench.land("a.csv", file.0.as_bytes(), &file.1).await;
                    files.push(file);
                }
                5 | 6 => {
                    let landings = bench.landings().await;
                    let standing: Vec<_> = landings.standing().map(|landing| landing.id.clone()).collect();
                    if !standing.is_empty() {
                        let at = random.below(standing.len() as u64);
                        bench.unland(&standing[usize::try_from(at).unwrap()]).await;
                    }
                }
                7 if !files.is_empty() => {
                    let (file, mapping) = &files[usize::try_from(random.below(files.len() as u64)).unwrap()];
                    bench.land("a.csv", file.as_bytes(), mapping).await;
                }
                8 => match random.below(7) {
                    0 => declared.reversed ^= true,
                    1 => declared.unplanned ^= true,
                    2 => declared.change_of_unplanned ^= true,
                    3 => declared.younger ^= true,
                    4 => declared.fewer ^= true,
                    5 => declared.other_foot ^= true,
                    _ => declared.title ^= true,
                },
                _ => (),
            }
        }
        let passed = built(&bench.store, declared, false).await;
        let (expected, full) = rows_of_full(&bench, declared).await;
        let said = format!("seed {seed}, step {step}: {done:?} {declared:?}");
        assert_eq!(passed.warnings, [""; 0], "{said}");
        let (have, wanted): (BTreeSet<_>, BTreeSet<_>) =
            (rows(&bench.store).await.into_iter().collect(), expected.into_iter().collect());
        let short = |line: &&String| line.chars().take(160).collect::<String>();
        let differing: Vec<_> = have.symmetric_difference(&wanted).map(|line| short(&line)).collect();
        assert_eq!(differing, [""; 0], "{said} {:?}", passed.read);
        assert_eq!((passed.responses, passed.cells), (full.responses, full.cells), "{said}");
        let version = async || bench.store.table(store::CUBE).await.unwrap().unwrap().version();
        let before = version().await;
        let again = built(&bench.store, declared, false).await;
        assert_eq!((again.responses, again.read), (full.responses, BTreeMap::new()), "{said}");
        assert_eq!(version().await, before, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_history_the_cube_is_what_a_full_count_makes() {
    for seed in 1..=4 {
        history(seed).await;
    }
}

fn read(passed: &Passed, instrument: &str, part: &str) -> Option<u64> {
    passed.read.get(&(instrument.to_owned(), part.to_owned())).copied()
}

const HEADER: &str = "id,person,date,practice,service,pathway,sex,age,weeks,pain,grip,write\n";

/// Three landings, in the cube.
async fn three() -> Bench {
    let bench = bench();
    for (from, month) in [(0, "01"), (20, "02"), (40, "03")] {
        let row = |id| format!("{id},p{id},2026-{month}-05,A{},S1,planned,f,{},1,no,some,much\n", id % 3, 20 + id);
        let file = HEADER.to_owned() + &(from..from + 20).map(row).collect::<String>();
        bench.land("a.csv", file.as_bytes(), &mapping("before")).await;
    }
    let passed = built(&bench.store, Declared::default(), false).await;
    assert_eq!((passed.responses, passed.responses_read()), (120, 120));
    bench
}

#[tokio::test]
async fn one_more_day_reads_what_landed_on_it() {
    let bench = three().await;
    let day = HEADER.to_owned()
        + "70,p70,2026-03-06,A1,S1,planned,m,50,2,no,no,no\n71,,2026-04-06,A1,S1,planned,m,50,2,no,no,no\n";
    bench.land("a.csv", day.as_bytes(), &mapping("before")).await;
    let passed = built(&bench.store, Declared::default(), false).await;
    assert_eq!(passed.responses, 124);
    for instrument in ["hand", "foot"] {
        assert_eq!(read(&passed, instrument, "items"), Some(2));
    }
    assert_eq!(rows(&bench.store).await, rows_of_full(&bench, Declared::default()).await.0);
    // Only the months of the new answers were written again, and only the cells that they are in have a new stamp.
    let table = bench.store.table(store::CUBE).await.unwrap().unwrap();
    let session = session().unwrap();
    session.register_table("cube", table.provider(None).unwrap()).unwrap();
    let sql = "select distinct time, area from cube where part = 'items' and responses_version = (select max(responses_version) from cube) \
               and root = 'practice' order by 1, 2";
    let stamped: Vec<String> =
        session.sql(sql).await.unwrap().collect().await.unwrap().iter().flat_map(|batch| lines(batch, &[])).collect();
    assert_eq!(stamped, ["2026-03 A1", "2026-04 A1"]);
}

#[tokio::test]
async fn a_changed_declaration_recounts_what_it_touches() {
    let bench = three().await;
    let unchanged = Declared::default();
    let parts = |passed: &Passed| -> Vec<String> {
        passed.read.keys().map(|(instrument, part)| format!("{instrument} {part}")).collect()
    };
    let title = built(&bench.store, Declared { title: true, ..unchanged }, false).await;
    assert_eq!(parts(&title), [""; 0]);
    let only = built(&bench.store, Declared { change_of_unplanned: true, ..unchanged }, false).await;
    assert_eq!(parts(&only), ["hand change/gain"]);
    let mean = built(&bench.store, Declared { change_of_unplanned: true, unplanned: true, ..unchanged }, false).await;
    assert_eq!(parts(&mean), ["hand items"]);
    let back = built(&bench.store, unchanged, false).await;
    assert_eq!(parts(&back), ["hand change/gain", "hand items"]);
    let fewer = built(&bench.store, Declared { fewer: true, ..unchanged }, false).await;
    assert_eq!(parts(&fewer), [""; 0]);
    let reversed = built(&bench.store, Declared { fewer: true, reversed: true, ..unchanged }, false).await;
    let scored = ["by-foot", "mean-near", "mean-of-person"].map(|outcome| format!("hand among/{outcome}"));
    let others = ["hand change/gain", "hand dif/score", "hand items"].map(str::to_owned);
    assert_eq!(parts(&reversed), [scored.as_slice(), &others].concat());
    let foot =
        built(&bench.store, Declared { fewer: true, reversed: true, other_foot: true, ..unchanged }, false).await;
    let asked = ["mean-near", "mean-of-person", "no-pain-of-submission"];
    assert_eq!(parts(&foot), asked.map(|outcome| format!("hand among/{outcome}")));
    let expected =
        rows_of_full(&bench, Declared { fewer: true, reversed: true, other_foot: true, ..unchanged }).await.0;
    assert_eq!(rows(&bench.store).await, expected);
}

#[tokio::test]
async fn other_responses_recount_what_they_have_a_say_in() {
    let bench = three().await;
    let feet = HEADER.to_owned()
        + "5,p5,2026-01-20,A1,S1,planned,m,50,2,no,much,\n90,p90,2026-01-20,A1,S1,planned,m,50,2,no,no,\n";
    bench.land("feet.csv", feet.as_bytes(), &mapping_of("before", &["foot"])).await;
    let passed = built(&bench.store, Declared::default(), false).await;
    let hands: Vec<&str> =
        passed.read.keys().filter(|(instrument, _)| instrument == "hand").map(|(_, part)| part.as_str()).collect();
    let linked = ["by-foot", "mean-near", "mean-of-person", "no-pain-of-submission"];
    assert_eq!(hands, linked.map(|outcome| format!("among/{outcome}")));
    assert_eq!(rows(&bench.store).await, rows_of_full(&bench, Declared::default()).await.0);
}

#[tokio::test]
async fn a_cube_that_is_not_what_was_counted_is_made_anew() {
    let bench = three().await;
    let mut table = bench.store.table(store::CUBE).await.unwrap().unwrap();
    table.write("hand_2026-02", &[], Replace::SameTag).await.unwrap();
    let other = HEADER.to_owned() + "25,p25,2026-02-05,A1,S1,planned,f,45,1,much,some,much\n";
    bench.land("a.csv", other.as_bytes(), &mapping("before")).await;
    let passed = built(&bench.store, Declared::default(), false).await;
    assert_eq!(passed.warnings.len(), 1);
    assert_eq!(
        passed.warnings[0],
        "`cube`: the cells of `items` are not those that were counted: everything of `hand` was counted anew"
    );
    assert_eq!(rows(&bench.store).await, rows_of_full(&bench, Declared::default()).await.0);

    // What lies where in the cells cannot be read.
    let mut table = bench.store.table(store::CUBE).await.unwrap().unwrap();
    let text = |value: &str| std::sync::Arc::new(StringArray::from(vec![value])) as _;
    let columns = ["instrument", "part", "layout", "about"]
        .map(|name| (name, text(if name == "instrument" { "hand" } else { "{" })));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    table.write("hand_about", &[batch], Replace::SameTag).await.unwrap();
    built(&bench.store, Declared::default(), false).await;
    assert_eq!(rows(&bench.store).await, rows_of_full(&bench, Declared::default()).await.0);
}
