//! Checks of levels and bands of a number: whatever the number is, it stands in exactly one.

use super::super::lines::Spot;
use super::reach::EXACT;
use super::{Found, plain};

/// A level or a band. Both bounds belong to it.
pub(super) struct Step<'a> {
    pub spot: Spot<'a>,
    pub id: &'a str,
    pub from: f64,
    pub to: f64,
}

/// What is divided.
pub(super) struct Divided<'a> {
    /// The levels or bands, as messages call one of them.
    pub kind: &'a str,
    /// What the number is.
    pub of: &'a str,
    /// Its smallest and largest value, where they are known.
    pub range: Option<[f64; 2]>,
    /// Its decimals: the next number after 47 is 47.1 where it has one.
    pub decimals: u8,
}

impl Divided<'_> {
    /// Checks the levels, lowest first.
    pub fn check(&self, steps: &[Step<'_>], found: &mut Found) {
        let before = found.len();
        let kind = self.kind;
        for step in steps.iter().filter(|step| step.from > step.to) {
            let what = format!("the {kind} begins at {} and ends at {}", plain(step.from), plain(step.to));
            found.push(step.spot.key("from").mistake(what, "Exchange `from` and `to`."));
        }
        for (spot, bound) in
            steps.iter().flat_map(|step| [(step.spot.key("from"), step.from), (step.spot.key("to"), step.to)])
        {
            let shifted = bound * 10_f64.powi(i32::from(self.decimals));
            if (shifted - shifted.round()).abs() > EXACT * shifted.abs().max(1.0) {
                let what = format!("{} has more decimals than {}", plain(bound), self.of);
                found.push(
                    spot.mistake(
                        what,
                        "Round it, or give the score its `decimals`: it is rounded before it is divided.",
                    ),
                );
            }
        }
        for (low, high) in steps.iter().zip(steps.iter().skip(1)).filter(|(low, high)| high.from < low.from) {
            let what = format!("the {kind} `{}` stands after `{}`, and begins below it", high.id, low.id);
            found.push(high.spot.key("from").mistake(what, format!("Put the {kind} of the lowest numbers first.")));
        }
        if found.len() > before {
            // Gaps and overlaps that only follow from these would hide what is wrong.
            return;
        }
        for (low, high) in steps.iter().zip(steps.iter().skip(1)) {
            self.between(low, high, found);
        }
        if let (Some([from, to]), Some(first), Some(last)) = (self.range, steps.first(), steps.last()) {
            self.end(first, "from", first.from, from, found);
            self.end(last, "to", last.to, to, found);
        }
    }

    fn between(&self, low: &Step<'_>, high: &Step<'_>, found: &mut Found) {
        let (spot, kind) = (high.spot.key("from"), self.kind);
        let step = 10_f64.powi(-i32::from(self.decimals));
        if high.from <= low.to {
            let what = format!("the {kind}s `{}` and `{}` both hold {}", low.id, high.id, plain(high.from));
            found.push(spot.mistake(what, "Begin the one after the other ends."));
        } else if high.from - low.to > step + EXACT {
            let what = format!("what lies between {} and {} is in no {kind}", plain(low.to), plain(high.from));
            let decimals = match self.decimals {
                0 => "whole numbers".into(),
                1 => "1 decimal".into(),
                n => format!("{n} decimals"),
            };
            let next = plain(low.to + step);
            found.push(spot.mistake(what, format!("Begin it at {next}: {} has {decimals}.", self.of)));
        }
    }

    /// One end of the levels must be that of the number.
    fn end(&self, step: &Step<'_>, key: &str, at: f64, wanted: f64, found: &mut Found) {
        if (at - wanted).abs() > EXACT {
            let side = if key == "from" { ("begin", "begins") } else { ("end", "ends") };
            let (kind, of) = (self.kind, self.of);
            let what = format!("the {kind}s {} at {}, and {of} {} at {}", side.0, plain(at), side.1, plain(wanted));
            found.push(step.spot.key(key).mistake(what, format!("Write `{key} = {}`.", plain(wanted))));
        }
    }
}
