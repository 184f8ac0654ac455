//! The program `tellonce`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tellonce::cli::main()
}
