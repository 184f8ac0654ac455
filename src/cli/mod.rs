//! The command line: arguments, progress, printing. No logic.
//!
//! With `serve`, the only room that knows standard output and environment variables. Data goes to standard output, everything else to
//! standard error.

mod bench;
mod check;
mod contract;
mod demo;
mod explain;
mod fixtures;
mod functions;
mod init;
mod land;
mod measure;
mod new;
mod plan;
mod progress;
mod report;
mod returns;
mod sql;
mod unland;
mod weight;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::{Error, Result};
use crate::pipeline::Workspace;

/// From people's answers about their care to a board report
#[derive(Debug, Parser)]
#[command(name = "tellonce", version, max_term_width = 100)]
pub struct Cli {
    /// Folder with tellonce.toml, measures, areas and tables
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    pub workspace: PathBuf,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, one file each.
#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::Demo),
    Init(init::Init),
    New(new::New),
    Check(check::Check),
    Explain(explain::Explain),
    Land(land::Land),
    Unland(unland::Unland),
    Weight(weight::Weight),
    Measure(measure::Measure),
    Report(report::Report),
    Return(returns::Return),
    Plan(plan::Plan),
    Contract(contract::Contract),
    Sql(sql::Sql),
    Functions(functions::Functions),
    Fixtures(fixtures::Fixtures),
    Bench(bench::Bench),
}

/// Code that a shell expects of a program that was interrupted.
const INTERRUPTED: u8 = 130;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: the program cannot start its threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        // A task of its own, so that an interrupt is answered while a file is being read. Tables are safe at any moment: what was not
        // committed is not seen, and the next command takes it back.
        let work = tokio::spawn(run(cli));
        tokio::select! {
            ended = work => match ended {
                Ok(Ok(())) => ExitCode::SUCCESS,
                Ok(Err(error)) => fail(&error),
                Err(_) => ExitCode::from(70),
            },
            _ = tokio::signal::ctrl_c() => {
                eprintln!("\ninterrupted: the tables are as they were before this command, or before its next step");
                std::process::exit(i32::from(INTERRUPTED));
            }
        }
    })
}

async fn run(cli: Cli) -> Result<()> {
    let workspace = cli.workspace;
    match cli.command {
        Command::Demo(args) => args.run().await,
        Command::Init(args) => args.run(),
        Command::New(args) => args.run(&workspace),
        Command::Check(args) => args.run(&workspace).await,
        Command::Explain(args) => args.run(&workspace),
        Command::Land(args) => args.run(&workspace).await,
        Command::Unland(args) => args.run(&workspace).await,
        Command::Weight(args) => args.run(&workspace).await,
        Command::Measure(args) => args.run(&workspace).await,
        Command::Report(args) => args.run(&workspace).await,
        Command::Return(args) => args.run(&workspace).await,
        Command::Plan(args) => args.run(&workspace).await,
        Command::Contract(args) => args.run(&workspace).await,
        Command::Sql(args) => args.run(&workspace).await,
        Command::Functions(args) => args.run(),
        Command::Fixtures(args) => args.run(),
        Command::Bench(args) => args.run(&workspace).await,
    }
}

/// Prints an error as one paragraph: what, why, and what to do.
fn fail(error: &Error) -> ExitCode {
    // A reader that closed the pipe (`| head`) has what it wants.
    if let Error::Io { source, .. } = error
        && source.kind() == std::io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    let mut text = format!("error: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(&format!(": {said}"));
        }
        cause = error.source();
    }
    if let Some(mend) = error.mend() {
        text.push_str(&format!("\n  to mend it: {mend}"));
    }
    eprintln!("{text}");
    ExitCode::from(error.exit_code())
}

/// Writes data to standard output.
fn print(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(Error::io("write to", "standard output"))
}

/// Returns the pseudonym key of the environment.
fn key_of_environment() -> Option<String> {
    std::env::var("TELLONCE_KEY").ok().filter(|key| !key.trim().is_empty())
}

fn open(folder: &Path) -> Result<Workspace> {
    Workspace::open(folder)
}

/// Writes a number with commas.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
