//! The program `tellonce`.

use std::process::ExitCode;

// Reading rows and planning queries make many small texts; the system's allocator took a third of the time of a landing.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tellonce::cli::main()
}
