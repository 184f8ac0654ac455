//! `tellonce weight`

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::{open, thousands};
use crate::declare::did_you_mean;
use crate::error::{Error, Result};
use crate::period::Period;
use crate::pipeline::{self, Workspace};
use crate::session::session;
use crate::store::Landings;
use crate::weight::{Margins, Report, Scheme, Wanted};

/// Weight responses to the population they are of, by raking; without an instrument, list the schemes
#[derive(Debug, Args)]
pub struct Weight {
    /// The instrument
    #[arg(requires_all = ["scheme", "margins"])]
    instrument: Option<String>,
    /// What the weights are called: small letters, digits and hyphens
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// CSV file with the columns group_by, group and n (people, or shares), or `population` for the lists of people in areas/
    #[arg(long, value_name = "FILE")]
    margins: Option<PathBuf>,
    /// Rake by these groups of the margins only
    #[arg(long, value_name = "GROUP,…", value_delimiter = ',')]
    by: Vec<String>,
    /// Smallest and largest weight allowed, as multiples of the mean weight, such as 0.2,5
    #[arg(long, value_name = "LOW,HIGH", value_parser = bounds)]
    trim: Option<(f64, f64)>,
    /// Weight the responses of a period: 2026-04, 2026/27, 2026/27-Q2, 12m-to-2026-09 or all
    #[arg(long, value_name = "PERIOD", default_value = "all")]
    period: Period,
    /// Show what would come of it, and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Weight {
    /// Makes weights and says what came of it.
    pub async fn run(&self, folder: &Path) -> Result<()> {
        let workspace = open(folder)?;
        let (Some(instrument), Some(scheme), Some(margins)) = (&self.instrument, &self.scheme, &self.margins) else {
            return list(&workspace).await;
        };
        let wanted = Wanted {
            instrument: known(&workspace, instrument)?,
            scheme: name(scheme)?,
            period: self.period,
            trim: self.trim,
        };
        let margins = read(&workspace, margins)?;
        let report = pipeline::weigh(&workspace, &wanted, margins, &self.by, self.dry_run, Utc::now()).await?;
        print(&report, self.period);
        match self.dry_run {
            true => println!("nothing was written"),
            false => println!("kept as scheme `{scheme}`; figures change with the next `tellonce measure`"),
        }
        Ok(())
    }
}

async fn list(workspace: &Workspace) -> Result<()> {
    let session = session()?;
    let landings = Landings::read(&workspace.store, &session).await?;
    for instrument in workspace.declarations.instruments.keys() {
        for scheme in workspace.declarations.weights(instrument) {
            println!("{instrument}  {scheme}  brought by the files that land");
        }
    }
    for scheme in Scheme::all(&workspace.store, &session).await? {
        println!(
            "{}  {}  {} responses of {}, made on {}",
            scheme.instrument,
            scheme.scheme,
            whole(scheme.responses),
            scheme.period,
            scheme.made_at.format("%-d %B %Y")
        );
        if let Some(why) = scheme.stale(&landings) {
            println!("  stale: {why}");
        }
    }
    Ok(())
}

fn known(workspace: &Workspace, instrument: &str) -> Result<String> {
    let known = &workspace.declarations.instruments;
    if known.contains_key(instrument) {
        return Ok(instrument.to_owned());
    }
    let mend = match did_you_mean(instrument, known.keys().map(String::as_str)) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "`tellonce check` lists the instruments".into(),
    };
    Err(Error::Usage { what: format!("there is no instrument `{instrument}`"), mend })
}

fn name(scheme: &str) -> Result<String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !scheme.is_empty() && scheme != "none" && scheme.chars().all(allowed) {
        return Ok(scheme.to_owned());
    }
    Err(Error::Usage {
        what: format!("a scheme cannot be called `{scheme}`"),
        mend: "name it with small letters, digits and hyphens, such as `population-2026`; `none` means no weights"
            .into(),
    })
}

fn read(workspace: &Workspace, margins: &Path) -> Result<Margins> {
    if margins == Path::new("population") {
        return pipeline::margins_of_lists(workspace);
    }
    let text = std::fs::read_to_string(margins).map_err(Error::io("read the margins", margins))?;
    Margins::read(&margins.display().to_string(), &text, &workspace.declarations).map_err(|mistakes| Error::Usage {
        what: mistakes.to_string(),
        mend: "mend these lines of the margins and run the command again".into(),
    })
}

fn bounds(text: &str) -> Result<(f64, f64), String> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let bounds = text.split_once(',').and_then(|(low, high)| number(low).zip(number(high)));
    bounds
        .filter(|(low, high)| (0.0..=1.0).contains(low) && *high >= 1.0)
        .ok_or_else(|| "two numbers with the mean weight, 1, between them, such as 0.2,5".into())
}

fn whole(count: i64) -> String {
    thousands(u64::try_from(count).unwrap_or_default())
}

fn print(report: &Report, period: Period) {
    let Report { scheme: kept, converged, outside, lines, spread: [smallest, median, largest], mean, notes } = report;
    println!("weights of {} for scheme `{}`: {}", kept.instrument, kept.scheme, period.label());
    println!(
        "  responses {} = in the scheme {} + outside {}",
        whole(kept.responses + kept.outside),
        whole(kept.responses),
        whole(kept.outside)
    );
    for ((group, band), n) in outside {
        println!("    outside: {} × `{band}` in `{group}`", thousands(*n));
    }
    let width =
        |of: fn(&crate::weight::Line) -> &str| lines.iter().map(|line| of(line).len()).max().unwrap_or(0).max(9);
    let (groups, bands) = (width(|line| &line.group), width(|line| &line.category));
    println!("  {:groups$}  {:bands$}  {:>7}  {:>9}  {:>8}", "group", "band", "people", "responses", "weighted");
    for line in lines {
        println!(
            "  {:groups$}  {:bands$}  {:>6.1}%  {:>8.1}%  {:>7.1}%",
            line.group,
            line.category,
            line.people * 100.0,
            line.responses * 100.0,
            line.weighted * 100.0
        );
    }
    println!(
        "  rounds {}, {}; largest deviation {:.6}%",
        kept.iterations,
        if *converged { "converged" } else { "not converged" },
        kept.largest_deviation * 100.0
    );
    println!("  weights: smallest {smallest:.3}, median {median:.3}, largest {largest:.3}, mean {mean:.3}");
    if let Some((low, high)) = kept.trim {
        println!("  held at {low} or {high} times the mean: {} responses", whole(kept.trimmed));
    }
    println!(
        "  design effect {:.3}: they tell as much as {} responses of equal weight",
        kept.design_effect,
        whole(kept.effective_n.round() as i64)
    );
    for note in notes {
        println!("  note: {note}");
    }
}
