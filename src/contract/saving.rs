//! The part of a contract that pays a share of what the treated cost less than the comparator leads one to expect.

use super::evaluate::{Changes, Part, Payable, amount};
use super::figures::{Figure, LEVEL};
use super::share::TOO_FEW;
use super::whole;
use crate::declare::{Contract, SavingShare, millionths};
use crate::error::{Error, Result};
use crate::stats::Estimate;
use crate::stats::difference::welch;

/// Millionths in 1.
const ONE: i64 = 1_000_000;

/// Evaluates a part: `cohorts` are the changes in pence of the treated, then of the comparators.
pub fn part(contract: &Contract, part: &SavingShare, cohorts: &[Changes]) -> Result<Part> {
    let Some((treated, comparators)) = cohorts.split_first() else {
        return Err(Error::Broken("a contract without cohorts".into()));
    };
    let cap = amount(&part.cap)?;
    let mut figures: Vec<Figure> = treated.mean(&part.id, 1.0).into_iter().collect();
    let mut decides = None;
    for (at, comparator) in comparators.iter().enumerate() {
        figures.extend(comparator.mean(&part.id, 1.0));
        if treated.n().min(comparator.n()) == 0 {
            continue;
        }
        let (rows, payable) = beside(contract, part, treated, comparator)?;
        figures.extend(rows);
        if at == 0 {
            let n = treated.n().min(comparator.n());
            figures.push(paid("before_cap", part, payable, n, contract).beside(&comparator.cohort));
            decides = Some((payable.capped(cap), n));
            if let Some(fewer) = comparator.without_largest() {
                figures.extend(fewer.mean(&part.id, 1.0));
                figures.extend(beside(contract, part, treated, &fewer)?.0);
            }
        }
    }
    let (payable, n) = decides.unwrap_or((Payable::NOTHING, 0));
    Ok(Part { figures, payable, n })
}

/// The difference in differences beside one comparator and what it pays, before the cap.
fn beside(
    contract: &Contract,
    part: &SavingShare,
    treated: &Changes,
    other: &Changes,
) -> Result<(Vec<Figure>, Payable)> {
    let n = treated.n().min(other.n());
    // Each person is held against the own costs before; whether costs scatter alike in both cohorts is not taken for granted.
    let did = treated.sample(1.0).zip(other.sample(1.0)).and_then(|(one, two)| welch(one, two, LEVEL));
    let mut figures = Vec::new();
    if let Some(did) = did {
        let figure = Figure::new(&part.id, "did", n).beside(&other.cohort);
        figures.push(figure.estimated(did.estimate, "changes of people, Welch interval"));
    }
    let payable = match n >= i64::from(contract.minimum_people) {
        true => payable(contract, part, treated, other, did.map(|did| did.estimate))?,
        false => Payable::NOTHING,
    };
    let capped = payable.capped(amount(&part.cap)?);
    figures.push(paid("payable", part, capped, n, contract).beside(&other.cohort));
    Ok((figures, payable))
}

fn paid(statistic: &'static str, part: &SavingShare, amount: Payable, n: i64, contract: &Contract) -> Figure {
    let method = match n >= i64::from(contract.minimum_people) {
        true => "share of the saving, limits of the difference in differences",
        false => TOO_FEW,
    };
    Figure::new(&part.id, statistic, n).valued(amount.value as f64, amount.interval(), method)
}

/// The share of the saving, never below nothing: treated people times the difference in differences, turned round. With sums of changes T of
/// nt treated and C of nc others, the saving is (C nt - T nc) / nc, which whole numbers hold exactly.
fn payable(
    contract: &Contract,
    part: &SavingShare,
    treated: &Changes,
    other: &Changes,
    did: Option<Estimate>,
) -> Result<Payable> {
    let wrong = || Error::Broken(format!("`{}` of a contract that was checked is no share", part.share));
    let share = millionths(&part.share).ok_or_else(wrong)?;
    let (nt, nc) = (i128::from(treated.n()), i128::from(other.n()));
    let saved = other.sum() * nt - treated.sum() * nc;
    let value = whole((saved * i128::from(share)).max(0), nc.max(1) * i128::from(ONE), contract.rounding)?;
    let of = |did: f64| (-did * treated.n() as f64 * share as f64 / ONE as f64).max(0.0).round() as i64;
    // What is saved most is the lower limit of the difference; a rounded limit never passes what is paid.
    let limits = did.map(|did| [of(did.upper).min(value), of(did.lower).max(value)]);
    Ok(Payable { value, limits })
}
