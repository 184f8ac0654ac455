//! Standardised rates and ratios.

use tellonce::stats::standardised::{Band, direct, indirect};

use super::{Comparison, ours, rows};

const PACKAGE: &str = "PHEindicatormethods 2.1.0";
const LEVELS: [(f64, &str, &str); 2] = [(0.95, "lower95_0cl", "upper95_0cl"), (0.998, "lower99_8cl", "upper99_8cl")];

pub fn direct_rates() -> Option<Comparison> {
    directly(Comparison::new("directly standardised rate, Dobson", "03_dsr", PACKAGE))
}

pub fn direct_rates_of_repeat_events() -> Option<Comparison> {
    let method = "directly standardised rate of events that people have more than once";
    directly(Comparison::new(method, "03_dsr_nonindependent", PACKAGE))
}

fn directly(mut to: Comparison) -> Option<Comparison> {
    let folder = ours(to.folder);
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        // Where people are counted by how many events they had, a band has a row for each number.
        let mut bands: Vec<(&str, Band)> = Vec::new();
        for line in input.iter().filter(|line| line.text("case") == case) {
            let (times, people) =
                (if to.folder == "03_dsr" { 1.0 } else { line.number("eventfreq") }, line.number("x"));
            let (events, squares) = (times * people, times * times * people);
            match bands.iter_mut().find(|(name, _)| *name == line.text("ageband")) {
                Some((_, band)) => {
                    *band = Band { events: band.events + events, squares: band.squares + squares, ..*band };
                }
                None => {
                    let (population, standard) = (line.number("n"), line.number("stdpop"));
                    bands.push((line.text("ageband"), Band { events, squares, population, standard }));
                }
            }
        }
        let bands: Vec<Band> = bands.into_iter().map(|(_, band)| band).collect();
        to.same(case, bands.iter().map(|band| band.events).sum(), row.number("total_count"));
        to.same(case, bands.iter().map(|band| band.population).sum(), row.number("total_pop"));
        for (level, lower, upper) in LEVELS {
            let got = direct(&bands, 1e5, level);
            to.same(case, got.is_some(), row.optional("value").is_some());
            if let Some(got) = got {
                to.relative(case, got.value, row.number("value"), 1e-10);
                to.relative(case, got.lower, row.number(lower), 1e-10);
                to.relative(case, got.upper, row.number(upper), 1e-10);
            }
        }
        to.row();
    }
    Some(to)
}

pub fn indirect_ratios_and_rates() -> Option<Comparison> {
    let mut to = Comparison::new(
        "indirectly standardised ratio and rate",
        "03_indirect_ratio_rate",
        "PHEindicatormethods 2.1.0",
    );
    let folder = ours("03_indirect_ratio_rate");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        let of_case = || input.iter().filter(|line| line.text("case") == case);
        let observed: f64 = of_case().map(|line| line.number("x")).sum();
        let expected: f64 = of_case().map(|line| line.number("x_ref") / line.number("n_ref") * line.number("n")).sum();
        let total = |column: &str| of_case().map(|line| line.number(column)).sum::<f64>();
        let reference = total("x_ref") / total("n_ref") * 1e5;
        to.same(case, observed, row.number("observed"));
        to.relative(case, expected, row.number("expected"), 1e-12);
        to.relative(case, reference, row.number("ref_rate"), 1e-12);
        for (level, lower, upper) in [(0.95, "lower95", "upper95"), (0.998, "lower99_8", "upper99_8")] {
            let got = indirect(observed, expected, level).expect("a ratio");
            for (what, value, times) in [("ratio", "ratio", 1.0), ("israte", "israte", reference)] {
                to.relative(case, got.value * times, row.number(value), 1e-9);
                to.relative(case, got.lower * times, row.number(&format!("{what}_{lower}")), 1e-9);
                to.relative(case, got.upper * times, row.number(&format!("{what}_{upper}")), 1e-9);
            }
        }
        to.row();
    }
    Some(to)
}
