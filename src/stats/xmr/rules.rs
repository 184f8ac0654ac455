//! The four rules that make a point a special cause.

use super::{Limits, Rule, Side, Signal};

/// Points in a row that make a trend, and that make a shift.
const RUN: usize = 7;

/// The strongest signal of every value of one phase.
pub(super) fn signals(values: &[f64], centre: f64, limits: Limits) -> Vec<Option<Signal>> {
    let sides: Vec<Option<Side>> = values.iter().map(|value| side(*value - centre)).collect();
    let outside = |value: f64| value < limits.lower || value > limits.upper;
    let near = |value: f64| !outside(value) && (value < limits.near_lower || value > limits.near_upper);
    let mut found = vec![None; values.len()];

    // From the weakest rule to the strongest, which has the last word.
    for (i, run) in sides.windows(RUN).enumerate() {
        if let Some(side) = shared(run.iter().copied()) {
            found[i..i + RUN].fill(Some(Signal { rule: Rule::Shift, side }));
        }
    }
    for (i, three) in sides.windows(3).enumerate() {
        let close = |j: &usize| near(values[*j]);
        if let Some(side) = shared(three.iter().copied())
            && (i..i + 3).filter(close).count() >= 2
        {
            (i..i + 3).filter(close).for_each(|j| found[j] = Some(Signal { rule: Rule::TwoOfThree, side }));
        }
    }
    // Where a rise ends in the first point of a fall, that point belongs to the fall: the later run is written last.
    for (i, run) in values.windows(RUN).enumerate() {
        if let Some(side) = shared(run.windows(2).map(|pair| side(pair[1] - pair[0]))) {
            found[i..i + RUN].fill(Some(Signal { rule: Rule::Trend, side }));
        }
    }
    for (i, &value) in values.iter().enumerate() {
        if outside(value) {
            found[i] = sides[i].map(|side| Signal { rule: Rule::Outside, side });
        }
    }
    found
}

fn side(difference: f64) -> Option<Side> {
    match difference {
        d if d > 0.0 => Some(Side::High),
        d if d < 0.0 => Some(Side::Low),
        _ => None,
    }
}

/// The side that all of them are on.
fn shared(mut sides: impl Iterator<Item = Option<Side>>) -> Option<Side> {
    let first = sides.next()??;
    sides.all(|side| side == Some(first)).then_some(first)
}
