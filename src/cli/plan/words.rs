//! What a plan says.

use super::super::thousands;
use crate::report::Run;
use crate::report::plan::{Level, Listed, Plan, Standing, Unit};
use crate::stats::power::{Demand, Way};

/// Answers, rounded up: a part of an answer is none.
pub fn whole(n: f64) -> String {
    // What rounding left above a whole number is no answer.
    thousands((n - 1e-6).ceil().max(1.0) as u64)
}

/// A share in percent, with a decimal where it has one.
pub fn percent(share: f64) -> String {
    format!("{}%", points(share))
}

/// A difference of shares in points of 100, with a decimal where it has one.
pub fn points(difference: f64) -> String {
    short(difference * 100.0, 1)
}

/// Points of a score.
pub fn score(points: f64) -> String {
    short(points, 2)
}

fn short(number: f64, decimals: usize) -> String {
    let text = format!("{number:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Which way.
pub fn way(way: Way) -> &'static str {
    match way {
        Way::Up => "higher",
        Way::Down => "lower",
    }
}

/// Answers that are needed in one group.
pub fn needed(what: &str, n: Option<f64>, others: Option<f64>) -> String {
    match (n, others) {
        (Some(n), None) => format!("{what}: {} answers in each group", whole(n)),
        (Some(n), Some(others)) => format!("{what}: {} answers beside {}", whole(n), whole(others)),
        (None, None) => format!("{what}: no number of answers is enough"),
        (None, Some(others)) => format!("{what}: no number of answers is enough beside {}", whole(others)),
    }
}

/// What answers can see.
pub fn seen(n: f64, others: f64, than: &str, smallest: Option<String>) -> String {
    let smallest =
        smallest.map_or_else(|| "no difference at all".to_owned(), |smallest| format!("{smallest} or more{than}"));
    format!("{} answers beside {} can see {smallest}", whole(n), whole(others))
}

/// What seeing means.
pub fn demanded(demand: Demand) -> String {
    let effect = demand.design_effect;
    let effect = if effect > 1.0 { format!(" {} answers tell as much as 1.", score(effect)) } else { String::new() };
    format!(
        "A true difference of that size shows with a chance of {}; where there is none, one shows with a chance of {}.{effect}",
        percent(demand.power),
        percent(1.0 - demand.level)
    )
}

/// The whole answer for an outcome.
pub fn of_plan(plan: &Plan, run: &Run, demand: Demand) -> String {
    let size = |difference: f64| if plan.shares { points(difference) } else { score(difference) };
    let figure = if plan.shares { percent(plan.whole.1) } else { format!("a mean of {}", score(plan.whole.1)) };
    let units = match plan.unit {
        "person" => "people",
        "episode" => "episodes",
        "pair" => "pairs",
        _ => "answers",
    };
    let mut text = format!(
        "{}, {}: {figure} of {} {units} ({})\n",
        plan.title,
        run.period.label(),
        whole(plan.whole.0),
        plan.area
    );
    let wanted = format!("{} points", size(plan.difference));
    let sees = ["sees a difference", "sees a change", "needs", "if all grow"];
    let rows: Vec<Vec<String>> = match &plan.listed {
        Listed::Units(name, all) => {
            text.push_str(&sentence(all, &wanted, plan.difference));
            let head = [name.as_str(), units].into_iter().chain(sees).map(str::to_owned).collect();
            [head].into_iter().chain(all.iter().map(|unit| unit_row(unit, &size))).collect()
        }
        Listed::Levels(all) => {
            text.push_str(&format!(
                "How many areas can see a difference of {wanted} from everybody else, and what the middle one by its {units} has, sees and \
                 needs:\n"
            ));
            let counts = ["areas", "in all", "hidden", "can see it", units];
            let head = counts.into_iter().chain(sees).map(str::to_owned).collect();
            [head].into_iter().chain(all.iter().map(|level| level_row(level, &size))).collect()
        }
    };
    text.push_str(&table(&rows));
    text.push_str(&notes(demand));
    text
}

fn sentence(all: &[Unit], wanted: &str, difference: f64) -> String {
    let known: Vec<Standing> = all.iter().filter_map(|unit| unit.standing.as_ref().ok().copied()).collect();
    let enough = known.iter().filter(|standing| standing.is_enough(difference)).count();
    let hidden = match all.len() - known.len() {
        0 => String::new(),
        hidden => format!("; {hidden} cannot be planned for, with the reason beside them"),
    };
    format!("{enough} of {} have answers enough to see a difference of {wanted} from the rest{hidden}.\n", known.len())
}

fn standing(standing: &Standing, size: &impl Fn(f64) -> String) -> [String; 5] {
    let or_more = |smallest: Option<f64>| {
        smallest.map_or_else(|| "none".to_owned(), |smallest| format!("{} or more", size(smallest)))
    };
    let needed = standing.needed.map_or_else(|| "the rest is too small".to_owned(), whole);
    let of_all = standing.needed_of_all.map_or_else(|| "-".to_owned(), whole);
    [whole(standing.n), or_more(standing.difference), or_more(standing.change), needed, of_all]
}

fn unit_row(unit: &Unit, size: &impl Fn(f64) -> String) -> Vec<String> {
    let name = unit.name.clone();
    match &unit.standing {
        Ok(known) => [name].into_iter().chain(standing(known, size)).collect(),
        Err(reason) => [&name, "-", reason, "", "", ""].map(str::to_owned).to_vec(),
    }
}

fn level_row(level: &Level, size: &impl Fn(f64) -> String) -> Vec<String> {
    let counts = [level.areas, level.hidden, level.enough].map(|count| thousands(count as u64));
    let middle = level.middle.as_ref().map_or_else(|| ["-"; 5].map(str::to_owned), |middle| standing(middle, size));
    [level.name.clone()].into_iter().chain(counts).chain(middle).collect()
}

fn notes(demand: Demand) -> String {
    format!(
        "{}\nDifference: from the rest. Change: from this period to the next with as many answers in each. Needs: while the rest stays as it \
         is, or if all grow alike. All hold whichever way the difference goes.\n",
        demanded(demand)
    )
}

/// Rows in columns as wide as they need to be: words to the left, numbers to the right.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        // A reason may run on over the columns that it leaves empty.
        let cells = rows.iter().filter(|row| row.last().is_some_and(|last| !last.is_empty()));
        cells.filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let name = rows.iter().filter_map(|row| row.first()).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(|column| if column == 0 { name } else { width(column) }).collect();
    let mut text = String::from("\n");
    for row in rows {
        let open = row.last().is_some_and(String::is_empty);
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{cell:<width$}"),
            2.. if open => cell.clone(),
            _ => format!("{cell:>width$}"),
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text + "\n"
}
