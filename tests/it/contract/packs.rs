//! Evidence packs: the other party comes to the same figures, and a changed file is noticed.

use std::path::{Path, PathBuf};
use std::process::Output;

use super::{BY_HAND, Workspace, by_hand, copied};
use crate::demo::tellonce;

/// Makes a pack and moves it to a folder of its own, as if it had been sent.
fn sent(workspace: &Workspace, with_data: bool) -> (tempfile::TempDir, PathBuf, String) {
    let made = workspace.at().join("made");
    let mut arguments = vec!["contract", "by-hand", "--pack", made.to_str().unwrap()];
    if with_data {
        arguments.push("--with-data");
    }
    let said = workspace.said(&arguments);
    let elsewhere = tempfile::tempdir().unwrap();
    let pack = elsewhere.path().join("pack");
    copied(&made, &pack);
    std::fs::remove_dir_all(&made).unwrap();
    (elsewhere, pack, said)
}

/// Evaluates a pack in a folder where no workspace is.
fn again(pack: &Path) -> Output {
    let empty = tempfile::tempdir().unwrap();
    tellonce(&["--workspace", empty.path().to_str().unwrap(), "contract", "--from", pack.to_str().unwrap()])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_pack_gives_the_same_figures_to_the_penny_wherever_it_is_evaluated() {
    let (_elsewhere, pack, said) = sent(&Workspace::new(&by_hand(), BY_HAND), true);
    let [first, second] = [again(&pack), again(&pack)];
    assert!(first.status.success(), "{}", text(&first.stderr));
    assert_eq!(text(&first.stdout), text(&second.stdout));
    let (stated, _) = said.split_once("\n\nevidence pack: ").unwrap();
    let told = text(&first.stdout);
    assert!(told.contains(stated), "{told}");
    assert!(told.contains("figures, to the penny") && !told.contains("differs"), "{told}");
    // The hash that both parties note is the one that the rerun says.
    let hash = said.lines().find_map(|line| line.strip_prefix("its hash: ")).unwrap();
    assert!(told.contains(hash), "{told}");
}

#[test]
fn two_packs_of_the_same_answers_hold_the_same_people_and_figures() {
    let workspace = Workspace::new(&by_hand(), BY_HAND);
    let (_one, first, _) = sent(&workspace, true);
    let (_two, second, _) = sent(&workspace, true);
    for file in ["people.csv", "figures.csv", "statement.txt", "measures/contracts/by-hand.toml"] {
        assert_eq!(std::fs::read(first.join(file)).unwrap(), std::fs::read(second.join(file)).unwrap(), "{file}");
    }
}

#[test]
fn a_changed_a_missing_and_an_added_file_are_named() {
    let (_elsewhere, pack, _) = sent(&Workspace::new(&by_hand(), BY_HAND), true);
    let people = pack.join("people.csv");
    let before = std::fs::read(&people).unwrap();
    let mut bytes = before.clone();
    let last = bytes.iter().rposition(|byte| byte.is_ascii_digit()).unwrap();
    bytes[last] = if bytes[last] == b'9' { b'8' } else { b'9' };
    std::fs::write(&people, &bytes).unwrap();
    let refused = again(&pack);
    assert_eq!(refused.status.code(), Some(3));
    let told = text(&refused.stderr);
    assert!(told.contains("people.csv") && told.contains("it was changed after the pack was made"), "{told}");
    assert!(refused.stdout.is_empty(), "{}", text(&refused.stdout));
    std::fs::remove_file(&people).unwrap();
    let told = text(&again(&pack).stderr);
    assert!(told.contains("people.csv") && told.contains("this file of the pack is missing"), "{told}");
    std::fs::write(&people, &before).unwrap();
    std::fs::write(pack.join("queries/more.sql"), "select 1").unwrap();
    let told = text(&again(&pack).stderr);
    assert!(told.contains("queries/more.sql") && told.contains("not in the manifest"), "{told}");
}

#[test]
fn figures_that_do_not_come_of_the_people_are_told_line_by_line() {
    use sha2::{Digest, Sha256};
    let (_elsewhere, pack, _) = sent(&Workspace::new(&by_hand(), BY_HAND), true);
    // Somebody who writes the manifest anew as well.
    let hash = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let figures = std::fs::read_to_string(pack.join("figures.csv")).unwrap();
    let forged = figures.replace(",210000,", ",220000,");
    assert_ne!(figures, forged);
    let manifest = std::fs::read_to_string(pack.join("manifest.sha256")).unwrap();
    std::fs::write(pack.join("manifest.sha256"), manifest.replace(&hash(figures.as_bytes()), &hash(forged.as_bytes())))
        .unwrap();
    std::fs::write(pack.join("figures.csv"), forged).unwrap();
    let differs = again(&pack);
    assert_eq!(differs.status.code(), Some(3));
    let told = text(&differs.stdout);
    assert!(told.contains("differs: ") && told.contains(",220000,") && told.contains(",210000,"), "{told}");
}

#[test]
fn a_pack_without_people_names_nobody_and_needs_the_same_landings() {
    let workspace = Workspace::new(&by_hand(), BY_HAND);
    let (_elsewhere, pack, _) = sent(&workspace, false);
    assert!(!pack.join("people.csv").exists());
    let told = text(&again(&pack).stderr);
    assert!(told.contains("holds no rows of people") && told.contains("--with-data"), "{told}");
    let same = workspace.run(&["contract", "--from", pack.to_str().unwrap()]);
    assert!(same.status.success(), "{}", text(&same.stderr));
    assert!(text(&same.stdout).contains("figures, to the penny"), "{}", text(&same.stdout));
    // With another landing, the figures differ and the file is named.
    let costs = std::fs::read_to_string(workspace.at().join("costs.csv")).unwrap();
    let file = workspace.put("corrected.csv", &costs.replace(",700.00", ",750.00"));
    let mapping = workspace.at().join("mappings/costs.toml");
    workspace.said(&["land", file.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()]);
    let differs = workspace.run(&["contract", "--from", pack.to_str().unwrap()]);
    let told = text(&differs.stdout);
    assert!(told.contains("landed here and not for the pack: corrected.csv") && told.contains("differs: "), "{told}");
}

#[test]
fn no_file_of_a_pack_holds_a_pseudonym_or_a_number_of_a_person() {
    let workspace = Workspace::new(&by_hand(), BY_HAND);
    let (_elsewhere, pack, _) = sent(&workspace, true);
    let people = workspace.said(&[
        "sql",
        "--unprotected",
        "--format",
        "csv",
        "select distinct person from responses_wellbeing_eight",
    ]);
    let pseudonyms: Vec<&str> = people.lines().skip(1).collect();
    assert_eq!(pseudonyms.len(), by_hand().len());
    let mut folders = vec![pack];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!text.contains("999000"), "{}", path.display());
            assert!(pseudonyms.iter().all(|person| !text.contains(person)), "{}", path.display());
        }
    }
    assert!(files > 10);
}
