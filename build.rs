//! Embedded folders: a file that is added to them must be noticed.

fn main() {
    for folder in ["measures", "queries", "reports", "fixtures"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
