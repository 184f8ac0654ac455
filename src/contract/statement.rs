//! What a contract pays, in words, from protected figures.

use std::fmt::Write;

use super::evaluate::amount;
use super::figures::MEASURE;
use super::{Evaluation, TREATED};
use crate::declare::{Contract, OutcomePayment, Rounding, SavingShare};
use crate::error::Result;
use crate::protect::{At, Published};

/// What is said instead of an amount that would tell how few people improved.
const TOO_FEW: &str = "too few to pay on without disclosure; agree a larger group";
/// What is said where a figure is hidden.
const HIDDEN: &str = "[c] too few people to show";

/// One protected figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub measure: String,
    pub cohort: String,
    pub statistic: String,
    pub threshold: Option<String>,
    pub comparator: Option<String>,
    pub n: Option<i64>,
    pub numerator: Option<i64>,
    pub value: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub method: Option<String>,
    pub mark: Option<String>,
    pub mark_reason: Option<String>,
}

/// Reads every protected figure, in order.
pub fn lines(published: &Published) -> Result<Vec<Line>> {
    published.each(line)
}

fn line(at: &At<'_>) -> Result<Line> {
    Ok(Line {
        measure: at.text("measure")?.unwrap_or_default(),
        cohort: at.text("group")?.unwrap_or_default(),
        statistic: at.text("statistic")?.unwrap_or_default(),
        threshold: at.text("cut_set")?,
        comparator: at.text("comparator")?,
        n: at.long("n")?,
        numerator: at.long("numerator")?,
        value: at.double("value")?,
        lower: at.double("lower")?,
        upper: at.double("upper")?,
        method: at.text("method")?,
        mark: at.text("mark")?,
        mark_reason: at.text("mark_reason")?,
    })
}

/// Writes pence as pounds.
pub fn pounds(pence: i64) -> String {
    let whole = pence.unsigned_abs() / 100;
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{}£{grouped}.{:02}", if pence < 0 { "-" } else { "" }, pence.unsigned_abs() % 100)
}

/// How a number is written.
type Shown = fn(f64) -> String;

fn of_pence(value: f64) -> String {
    pounds(value.round() as i64)
}

fn percent(value: f64) -> String {
    format!("{:.1}%", value * 100.0)
}

fn points(value: f64) -> String {
    format!("{value:.3}")
}

impl Line {
    /// The number and its range.
    fn shown(&self, shown: Shown) -> String {
        let Some(value) = self.value.filter(|_| self.mark.is_none()) else { return HIDDEN.into() };
        match self.lower.zip(self.upper) {
            Some((lower, upper)) => format!("{} ({} to {})", shown(value), shown(lower), shown(upper)),
            None => shown(value),
        }
    }
}

/// The figures of one part, or of the whole contract.
struct Figures<'a>(Vec<&'a Line>);

impl<'a> Figures<'a> {
    fn of(lines: &'a [Line], contract: &str, part: &str) -> Self {
        let part = if part.is_empty() { String::new() } else { format!("/{part}") };
        let measure = format!("{MEASURE}{contract}{part}");
        Figures(lines.iter().filter(|line| line.measure == measure).collect())
    }

    fn all(&self, statistic: &str) -> impl Iterator<Item = &'a Line> {
        self.0.iter().copied().filter(move |line| line.statistic == statistic)
    }

    fn one(&self, statistic: &str, cohort: &str, threshold: Option<&str>) -> Option<&'a Line> {
        self.all(statistic).find(|line| line.cohort == cohort && line.threshold.as_deref() == threshold)
    }

    fn beside(&self, statistic: &str, comparator: &str) -> Option<&'a Line> {
        self.all(statistic).find(|line| line.comparator.as_deref() == Some(comparator))
    }

    /// What is payable, and what the cap did.
    fn payable(&self, payable: Option<&Line>, cap: &str) -> Result<String> {
        let Some(line) = payable else { return Ok("nobody counts: nothing is payable".into()) };
        if line.mark.is_some() {
            return Ok(TOO_FEW.into());
        }
        let cap = amount(cap)?;
        let reached = self.all("before_cap").find(|line| line.threshold.is_none()).and_then(|line| line.value);
        let held = match reached {
            Some(before) if before > cap as f64 => {
                format!("held at the cap of {}; without it {}", pounds(cap), of_pence(before))
            }
            _ => format!("the cap of {} is not reached", pounds(cap)),
        };
        let why = line.method.as_deref().filter(|method| *method == super::share::TOO_FEW);
        Ok(format!("{}; {}", line.shown(of_pence), why.unwrap_or(&held)))
    }
}

/// Returns the statement of an evaluation.
pub fn statement(evaluation: &Evaluation, language: &str) -> Result<String> {
    words(&evaluation.contract, &evaluation.published, &evaluation.record.policy.id, language)
}

/// Returns the statement of a contract from its protected figures.
pub fn words(contract: &Contract, published: &Published, policy: &str, language: &str) -> Result<String> {
    let lines = lines(published)?;
    let days = contract.days().map_or(String::new(), |(first, last)| {
        format!("{} to {}", first.format("%-d %B %Y"), last.format("%-d %B %Y"))
    });
    let whole = Figures::of(&lines, &contract.id, "");
    let mut out = Written(String::new());
    out.line(0, &format!("{}: contract {}, version {}", contract.title.get(language), contract.id, contract.version));
    out.line(0, &format!("{} pays {}; outcomes of {days}", contract.payer, contract.provider));
    out.line(0, &format!("payable: {}", whole.payable(whole.one("payable", TREATED, None), &contract.cap)?));
    out.line(
        1,
        match contract.rounding {
            Rounding::Down => "in brackets 95% ranges; parts of a penny are not paid",
            Rounding::Nearest => "in brackets 95% ranges; paid to the nearest penny",
        },
    );
    out.line(1, "range of the sum: distances of the parts' limits added as squares (MOVER), then the cap");
    out.line(1, &format!("figures have gone through the disclosure policy `{policy}`"));
    for part in &contract.outcome_payments {
        of_outcome(&mut out, contract, part, &Figures::of(&lines, &contract.id, &part.id))?;
    }
    for part in &contract.saving_shares {
        of_saving(&mut out, contract, part, &Figures::of(&lines, &contract.id, &part.id))?;
    }
    Ok(out.0)
}

struct Written(String);

impl Written {
    fn line(&mut self, depth: usize, text: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{:depth$}{text}", "", depth = depth * 2);
    }

    fn left_out(&mut self, figures: &Figures<'_>, contract: &Contract) {
        let cohorts = std::iter::once(TREATED).chain(contract.comparators.iter().map(|of| of.id.as_str()));
        for cohort in cohorts {
            let reason = |line: &Line| {
                let n = line.n.filter(|_| line.mark.is_none()).map_or("[c]".to_owned(), |n| n.to_string());
                format!("{n} {}", line.comparator.as_deref().unwrap_or_default())
            };
            let reasons: Vec<String> =
                figures.all("left_out").filter(|line| line.cohort == cohort).map(reason).collect();
            let reasons = if reasons.is_empty() { "nobody".to_owned() } else { reasons.join(", ") };
            self.line(1, &format!("left out of {cohort}: {reasons}"));
        }
    }
}

fn of_outcome(out: &mut Written, contract: &Contract, part: &OutcomePayment, figures: &Figures<'_>) -> Result<()> {
    let least = part.threshold.least;
    out.line(0, "");
    out.line(
        0,
        &format!(
            "{}: {} for each person whose `{}` of {} got better by {least} or more from {} to {}",
            part.id,
            pounds(amount(&part.tariff)?),
            part.score,
            part.instrument,
            part.from,
            part.to
        ),
    );
    out.line(1, &format!("payable: {}", figures.payable(figures.one("payable", TREATED, None), &part.cap)?));
    let improved = |cohort: &str, line: &Line| match line.numerator.zip(line.n) {
        Some((x, n)) => format!("improved of {cohort}: {x} of {n}, {}", line.shown(percent)),
        None => format!("improved of {cohort}: {HIDDEN}"),
    };
    if let Some(line) = figures.one("improved", TREATED, None) {
        out.line(1, &improved(TREATED, line));
    }
    for comparator in &contract.comparators {
        let id = comparator.id.as_str();
        if let Some(line) = figures.one("improved", id, None) {
            out.line(1, &improved(id, line));
        }
        if let Some(line) = figures.beside("improved_difference", id) {
            out.line(1, &format!("difference of the shares beside {id}: {}", line.shown(percent)));
        }
        if let Some(line) = figures.beside("did", id) {
            out.line(1, &format!("difference in differences beside {id}: {} points", line.shown(points)));
        }
    }
    out.left_out(figures, contract);
    out.line(1, "by another threshold:");
    for least in super::share::other_thresholds(part) {
        let least = least.to_string();
        let (improved, payable) =
            (figures.one("improved", TREATED, Some(&least)), figures.one("payable", TREATED, Some(&least)));
        let counted = improved.and_then(|line| line.numerator).map_or(HIDDEN.to_owned(), |x| format!("{x} improved"));
        let paid = payable
            .filter(|line| line.mark.is_none())
            .map_or(String::new(), |line| format!(", {}", line.shown(of_pence)));
        out.line(2, &format!("{least}: {counted}{paid}"));
    }
    Ok(())
}

fn of_saving(out: &mut Written, contract: &Contract, part: &SavingShare, figures: &Figures<'_>) -> Result<()> {
    out.line(0, "");
    out.line(
        0,
        &format!(
            "{}: {} of what `{}` of {} fell beside {}",
            part.id,
            part.share,
            part.item,
            part.instrument,
            decides(contract)
        ),
    );
    out.line(1, &format!("payable: {}", figures.payable(figures.beside("payable", decides(contract)), &part.cap)?));
    for line in figures.all("change") {
        let n = line.n.map_or(String::new(), |n| format!(", {n} people"));
        out.line(1, &format!("mean change of a person of {}: {}{n}", line.cohort, line.shown(of_pence)));
    }
    for line in figures.all("did") {
        let beside = line.comparator.as_deref().unwrap_or_default();
        let paid = figures.beside("payable", beside).filter(|line| line.mark.is_none());
        let paid = match paid {
            Some(_) if beside == decides(contract) => " a person; decides".to_owned(),
            Some(line) => format!(" a person; would pay {}", line.shown(of_pence)),
            None => String::new(),
        };
        out.line(1, &format!("difference in differences beside {beside}: {}{paid}", line.shown(of_pence)));
    }
    out.left_out(figures, contract);
    Ok(())
}

/// The comparator that decides what is paid.
fn decides(contract: &Contract) -> &str {
    contract.comparators.first().map_or("", |comparator| comparator.id.as_str())
}
