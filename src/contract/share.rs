//! The part of a contract that pays for each person who improved.

use super::evaluate::{Changes, Part, Payable, amount};
use super::figures::{Figure, LEVEL};
use crate::declare::{Contract, OutcomePayment};
use crate::error::{Error, Result};
use crate::stats::difference::{newcombe, welch};
use crate::stats::proportion::wilson;

/// Changes of a score are whole millionths.
const UNIT: f64 = 1e6;
/// How it is told that a part is not paid.
pub const TOO_FEW: &str = "fewer people than the contract's minimum: nothing is payable";
/// Thresholds that are shown where a contract names none, as shares of the one that is paid by.
const OTHERS: [f64; 4] = [0.5, 0.75, 1.25, 1.5];

/// What one threshold pays.
struct Paid {
    improved: i64,
    before_cap: Payable,
}

/// Evaluates a part: `cohorts` are the changes of the treated, then of the comparators; `turned` where a lower score is better.
pub fn part(contract: &Contract, part: &OutcomePayment, mut cohorts: Vec<Changes>, turned: bool) -> Result<Part> {
    if turned {
        for change in cohorts.iter_mut().flat_map(|cohort| cohort.of.iter_mut()) {
            change.0 = -change.0;
        }
    }
    let Some((treated, comparators)) = cohorts.split_first() else {
        return Err(Error::Broken("a contract without cohorts".into()));
    };
    let n = treated.n();
    let cap = amount(&part.cap)?;
    let enough = n >= i64::from(contract.minimum_people);
    let paid = |least: f64| -> Result<Paid> {
        let improved = improved(treated, least);
        let before_cap = if enough { payable(improved, n, amount(&part.tariff)?)? } else { Payable::NOTHING };
        Ok(Paid { improved, before_cap })
    };
    let method = if enough { "tariff for each person who improved, Wilson limits of their share" } else { TOO_FEW };
    let rows = |threshold: Option<f64>, paid: &Paid| {
        let capped = paid.before_cap.capped(cap);
        let mut rows = vec![share("improved", part, treated, paid.improved)];
        for (statistic, amount) in [("before_cap", paid.before_cap), ("payable", capped)] {
            let mut row = Figure::new(&part.id, statistic, n).valued(amount.value as f64, amount.interval(), method);
            row.numerator = Some(paid.improved);
            rows.push(row);
        }
        rows.iter_mut().for_each(|row| row.threshold = threshold);
        rows
    };
    let decides = paid(part.threshold.least)?;
    let mut figures = Vec::new();
    // Where nobody counts, there is nothing to pay and nothing to say.
    if n > 0 {
        figures = rows(None, &decides);
        for least in other_thresholds(part) {
            figures.extend(rows(Some(least), &paid(least)?));
        }
    }
    figures.extend(treated.mean(&part.id, UNIT));
    for comparator in comparators {
        figures.extend(comparator.mean(&part.id, UNIT));
        figures.extend(beside(part, treated, comparator));
    }
    Ok(Part { figures, payable: decides.before_cap.capped(cap), n })
}

/// Returns the other thresholds that are shown, smallest first.
pub fn other_thresholds(part: &OutcomePayment) -> Vec<f64> {
    let mut all = match part.other_thresholds.is_empty() {
        true => OTHERS.iter().map(|share| (part.threshold.least * share * UNIT).round() / UNIT).collect(),
        false => part.other_thresholds.clone(),
    };
    all.retain(|least| *least > 0.0);
    all.sort_by(f64::total_cmp);
    all
}

fn improved(cohort: &Changes, least: f64) -> i64 {
    let least = (least * UNIT).round() as i64;
    let better = cohort.of.iter().filter(|(change, _)| *change >= least).count();
    i64::try_from(better).unwrap_or(i64::MAX)
}

/// The tariff for each who improved; limits are those of the share among all who count, in whole pence.
fn payable(improved: i64, n: i64, tariff: i64) -> Result<Payable> {
    let value =
        improved.checked_mul(tariff).ok_or_else(|| Error::Broken("an amount is larger than amounts can be".into()))?;
    let of = |share: f64| (share * n as f64 * tariff as f64).round() as i64;
    let limits = wilson(improved as f64, n as f64, LEVEL).map(|share| [of(share.lower), of(share.upper)]);
    Ok(Payable { value, limits })
}

/// The share of a cohort that improved.
fn share(statistic: &'static str, part: &OutcomePayment, cohort: &Changes, improved: i64) -> Figure {
    let n = cohort.n();
    let mut figure = Figure::new(&part.id, statistic, n).of(&cohort.cohort);
    figure.numerator = Some(improved);
    let limits = wilson(improved as f64, n as f64, LEVEL);
    figure.valued(improved as f64 / n as f64, limits, "share, Wilson interval")
}

/// The treated beside a comparator: how many of it improved, the difference of the shares, and the difference in differences of the score.
fn beside(part: &OutcomePayment, treated: &Changes, other: &Changes) -> Vec<Figure> {
    let n = treated.n().min(other.n());
    if n == 0 {
        return Vec::new();
    }
    let [of_treated, of_other] = [treated, other].map(|cohort| improved(cohort, part.threshold.least));
    let mut figures = vec![share("improved", part, other, of_other)];
    let difference = newcombe(of_treated as f64, treated.n() as f64, of_other as f64, other.n() as f64, LEVEL);
    let of = |statistic| Figure::new(&part.id, statistic, n).beside(&other.cohort);
    figures.extend(difference.map(|of_shares| of("improved_difference").estimated(of_shares, "Newcombe interval")));
    let changes = treated.sample(UNIT).zip(other.sample(UNIT)).and_then(|(one, two)| welch(one, two, LEVEL));
    figures.extend(changes.map(|did| of("did").estimated(did.estimate, "changes of people, Welch interval")));
    figures
}
