//! Outcome-based contracts, as a user evaluates them and as the library computes them.

mod disclosure;
mod evaluated;
mod packs;
mod planted;

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::demo::tellonce;

/// The contract that docs/measures/s11-contracts.md works out by hand.
const BY_HAND: &str = include_str!("../../../docs/examples/contract/by-hand.toml");
const WELLBEING: &str = include_str!("../../../fixtures/mappings/wellbeing-eight.toml");
const COSTS: &str = include_str!("../../../fixtures/mappings/secondary-care-cost.toml");

/// The key of a demo.
const KEY: &str = "the key of a test whose people do not exist\n";

/// What becomes of a person: pathway, domains that go one step up (none without a follow-up), cost before and after in pounds (none without
/// records).
#[derive(Clone, Copy)]
pub struct Person {
    pub pathway: &'static str,
    pub up: Option<usize>,
    pub costs: Option<[u32; 2]>,
}

impl Person {
    fn of(pathway: &'static str, up: Option<usize>, costs: Option<[u32; 2]>) -> Self {
        Person { pathway, up, costs }
    }
}

/// The people of the example by hand. Of the programme 24, of whom 14 go up by half a point, and 10 who never came back; in usual care 20.
pub fn by_hand() -> Vec<Person> {
    let mut people = Vec::new();
    people.extend([Person::of("ways-forward", Some(4), Some([1000, 700])); 12]);
    people.extend([Person::of("ways-forward", Some(4), Some([1000, 900])); 2]);
    people.extend([Person::of("ways-forward", Some(0), Some([1000, 900])); 10]);
    people.extend([Person::of("ways-forward", None, None); 10]);
    people.extend([Person::of("usual-care", Some(4), Some([1000, 1050])); 10]);
    people.extend([Person::of("usual-care", Some(0), Some([1000, 1150])); 10]);
    people
}

/// An NHS number for tests: 999 and six digits, with its check digit; none for digits that have none.
fn nhs_number(at: u32) -> Option<String> {
    let digits = format!("999{at:06}");
    let sum: u32 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match (11 - sum % 11) % 11 {
        10 => None,
        check => Some(format!("{digits}{check}")),
    }
}

/// A workspace in which people and a contract have landed.
pub struct Workspace(tempfile::TempDir);

impl Workspace {
    pub fn new(people: &[Person], contract: &str) -> Self {
        let workspace = Workspace(tempfile::tempdir().unwrap());
        workspace.done(&tellonce(&["init", workspace.at().to_str().unwrap()]));
        let settings = std::fs::read_to_string(workspace.at().join("tellonce.toml")).unwrap();
        workspace.put("tellonce.toml", &(settings + "key_file = \"test.key\"\n"));
        workspace.put("test.key", KEY);
        workspace.put("measures/contracts/by-hand.toml", contract);
        let columns = "Record,NHS number,Date,Practice,Pathway,Age,Sex,Ethnic category,Deprivation decile,Active,Self-care,Symptoms,Occupied,Money,Home,Company,Outlook\n";
        let (mut before, mut after) = (columns.to_owned(), columns.to_owned());
        let mut costs = "Record,NHS number,Half-year to,Practice,Cost\n".to_owned();
        let numbers = (1..).filter_map(nhs_number);
        for (at, (person, number)) in people.iter().zip(numbers).enumerate() {
            let line = |day: &str, up: usize| {
                let answers: Vec<&str> = (0..8).map(|domain| if domain < up { "4" } else { "3" }).collect();
                format!("{at},{number},{day},X1000{},{},50,F,A,3,{}\n", at % 3 + 1, person.pathway, answers.join(","))
            };
            before.push_str(&line("2026-01-10", 0).replacen(',', "-b,", 1));
            after.extend(person.up.map(|up| line("2026-07-10", up).replacen(',', "-a,", 1)));
            for (day, cost) in ["2025-09-30", "2026-09-30"].iter().zip(person.costs.iter().flatten()) {
                costs.push_str(&format!("{at}-{day},{number},{day},X10001,{cost}.00\n"));
            }
        }
        let follow_up = WELLBEING.replace("\"baseline\"", "\"follow-up\"");
        for (name, rows, mapping) in
            [("before", before, WELLBEING), ("after", after, &follow_up), ("costs", costs, COSTS)]
        {
            let [file, mapping] = [(format!("{name}.csv"), rows.as_str()), (format!("mappings/{name}.toml"), mapping)]
                .map(|(path, text)| workspace.put(&path, text));
            workspace.said(&["land", file.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]);
        }
        workspace
    }

    pub fn at(&self) -> PathBuf {
        self.0.path().join("workspace")
    }

    pub fn put(&self, path: &str, text: &str) -> PathBuf {
        let path = self.at().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        tellonce(&[&["--workspace", self.at().to_str().unwrap()], arguments].concat())
    }

    fn done(&self, output: &Output) -> String {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout.clone()).unwrap()
    }

    pub fn said(&self, arguments: &[&str]) -> String {
        self.done(&self.run(arguments))
    }
}

/// Copies a folder to where nothing else of the workspace is.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
