//! What is computed from hidden figures is hidden too: gaps, slopes, funnel limits and chart limits would give them away, and so
//! would any other row of the same figure.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Below;
use super::cells::{AREA, Cell, Cells, Hidden, Name, Place};
use super::leads::Leads;
use crate::declare::NOT_STATED;
use crate::measure::LEAST_MODELLED;

/// Statistics of all groups of a breakdown together.
const OF_ALL_GROUPS: [&str; 25] = [
    "slope_index",
    "relative_index",
    "slope_index_logit",
    "relative_index_logit",
    "concentration_index",
    "concentration_index_absolute",
    "erreygers_index",
    "between_group_variance",
    "between_group_sd",
    "mean_log_deviation",
    "theil_index",
    "index_of_disparity",
    "index_of_disparity_weighted",
    "mean_difference_from_best",
    "mean_difference_from_best_weighted",
    "mean_difference_from_mean",
    "mean_difference_from_mean_weighted",
    "mean_difference_from_reference",
    "mean_difference_from_reference_weighted",
    "attributable_risk",
    "attributable_fraction",
    "overlap",
    "r_indicator",
    "response_variation",
    "healthy_life_expectancy_slope",
];

/// Statistics of life tables alone, which hold no answers.
pub const OF_LIFE_TABLES: [&str; 3] = ["life_expectancy", "life_expectancy_gap", "life_expectancy_slope"];

/// What stands between the two bands that a gap or a ratio sets against each other.
const BETWEEN: [&str; 2] = [" less ", " over "];

/// Everybody's figure in an area: measure, root, area and period.
type InArea = (Name, Name, Name, Name);
/// A breakdown of a figure, or a group: place, period, breakdown and group.
type Of = (Place, Name, Name, Name);

/// What is hidden so far.
struct Gone<'a> {
    leads: &'a Leads,
    sizes: &'a [i64],
    minimum: i64,
    figures: HashSet<usize>,
    breakdowns: HashSet<(Place, Name, Name)>,
    /// Breakdowns of which a hidden figure entered a model of all its bands.
    modelled: HashSet<(Place, Name, Name)>,
    /// Breakdowns of which those whose group is not known are hidden.
    unstated: HashSet<(Place, Name, Name)>,
    /// Series of everybody with a hidden month.
    series: HashSet<Place>,
    /// Areas within which a figure is hidden that entered a model of all areas.
    inside: HashSet<InArea>,
    everybody: (Name, Name),
}

/// Hides what is computed from hidden figures.
pub fn hide(cells: &Cells, leads: &Leads, sizes: &[i64], minimum: i64, below: &Below, hidden: &mut [Option<Hidden>]) {
    let gone = Gone::new(cells, leads, sizes, minimum, below, hidden);
    let kind: HashMap<Name, Kind> = KINDS.iter().map(|(name, kind)| (cells.name(name), *kind)).collect();
    let of_all: HashSet<Name> = OF_ALL_GROUPS.iter().map(|name| cells.name(name)).collect();
    let mut bands: HashMap<Name, Option<(Name, Name)>> = HashMap::new();
    // Months of which the gap is hidden, by the series that they are part of.
    let mut gaps: HashSet<(Place, Name, Name)> = HashSet::new();
    let gap_series = cells.name("gap_xmr");
    for (cell, hidden) in cells.all.iter().zip(hidden.iter_mut()).filter(|(cell, _)| cell.statistic != gap_series) {
        if hidden.is_some() {
            continue;
        }
        let is_gone = match kind.get(&cell.statistic) {
            Some(Kind::Listed) => false,
            Some(Kind::Charted) => gone.series.contains(&cell.place),
            Some(Kind::Gap) => {
                let both = *bands.entry(cell.comparator).or_insert_with(|| compared(cells, cell.comparator));
                let is_gone = gone.gap(cell, both);
                if is_gone {
                    gaps.insert((cell.place, cell.group_by, cell.comparator));
                }
                is_gone
            }
            Some(Kind::Rest) => gone.rest(cell),
            Some(Kind::Modelled) => gone.modelled(cell),
            Some(Kind::OverAreas) => gone.over_areas(cell),
            Some(Kind::Stated) => gone.stated(cell),
            None if of_all.contains(&cell.statistic) => gone.breakdown(cell),
            None => gone.figure(cell),
        };
        if is_gone {
            *hidden = Some(Hidden::Derived);
        }
    }
    for (cell, hidden) in cells.all.iter().zip(hidden.iter_mut()).filter(|(cell, _)| cell.statistic == gap_series) {
        // A month more or less is worked out from the centre of the series and the other months.
        if hidden.is_none() && gaps.contains(&(cell.place, cell.group_by, cell.comparator)) {
            *hidden = Some(Hidden::Derived);
        }
    }
}

/// What a statistic is computed from, where that is not the figure that it stands with.
#[derive(Clone, Copy)]
enum Kind {
    /// People on the lists and in life tables, who are published by others.
    Listed,
    /// The months of everybody.
    Charted,
    /// The two groups that `comparator` names.
    Gap,
    /// A group, and everybody else.
    Rest,
    /// All bands of a breakdown that have enough answers.
    Modelled,
    /// All areas below that have enough answers.
    OverAreas,
    /// Those whose group is known: who has one of them has the number of those whose group is not.
    Stated,
}

const KINDS: [(&str, Kind); 16] = [
    ("population_share", Kind::Listed),
    ("xmr", Kind::Charted),
    ("gap", Kind::Gap),
    ("gap_better", Kind::Gap),
    ("ratio", Kind::Gap),
    ("healthy_life_expectancy_gap", Kind::Gap),
    ("life_expectancy", Kind::Listed),
    ("life_expectancy_gap", Kind::Listed),
    ("life_expectancy_slope", Kind::Listed),
    ("rate_ratio", Kind::Gap),
    ("gap_rest", Kind::Rest),
    ("intersection", Kind::Modelled),
    ("intersection_expected", Kind::Modelled),
    ("inverse_care", Kind::OverAreas),
    ("representation", Kind::Stated),
    ("partial_r_indicator", Kind::Stated),
];

/// The two bands that a comparator names, perhaps behind a threshold.
fn compared(cells: &Cells, comparator: Name) -> Option<(Name, Name)> {
    let text = cells.text(comparator);
    let text = text.rsplit_once(": ").map_or(text, |(_, bands)| bands);
    let (first, second) = BETWEEN.iter().find_map(|between| text.split_once(between))?;
    Some((cells.name(first), cells.name(second)))
}

impl<'a> Gone<'a> {
    fn new(
        cells: &'a Cells,
        leads: &'a Leads,
        sizes: &'a [i64],
        minimum: i64,
        below: &Below,
        hidden: &[Option<Hidden>],
    ) -> Self {
        let everybody = (cells.name("none"), cells.name("all"));
        let mut gone = Gone {
            leads,
            sizes,
            minimum,
            figures: HashSet::new(),
            breakdowns: HashSet::new(),
            modelled: HashSet::new(),
            unstated: HashSet::new(),
            series: HashSet::new(),
            inside: HashSet::new(),
            everybody,
        };
        let above = above(cells, below);
        let not_stated = cells.name(NOT_STATED);
        for at in leads.all() {
            let (Some(cell), Some(Some(_))) = (cells.all.get(at), hidden.get(at)) else { continue };
            let breakdown = (cell.place, cell.period, cell.group_by);
            let large = LEAST_MODELLED <= gone.size(at);
            gone.figures.insert(at);
            gone.breakdowns.insert(breakdown);
            if large {
                gone.modelled.insert(breakdown);
            }
            if cell.group == not_stated {
                gone.unstated.insert(breakdown);
            }
            if (cell.group_by, cell.group) != everybody {
                continue;
            }
            gone.series.insert(cell.place);
            if large {
                let [measure, _, root, area, ..] = cell.place;
                let mut to_do = vec![area];
                while let Some(area) = to_do.pop() {
                    if gone.inside.insert((measure, root, area, cell.period)) {
                        to_do.extend(above.get(&(root, area)).into_iter().flatten());
                    }
                }
            }
        }
        gone
    }

    fn size(&self, at: usize) -> i64 {
        self.sizes.get(at).copied().unwrap_or_default()
    }

    /// The leading row of a group of the same figure, where it is shown.
    fn shown(&self, (place, period, group_by, group): Of) -> Option<usize> {
        self.leads.at(&(place, period, group_by, group)).filter(|lead| !self.figures.contains(lead))
    }

    fn figure(&self, cell: &Cell) -> bool {
        self.leads.of(cell).is_some_and(|lead| self.figures.contains(&lead))
    }

    fn breakdown(&self, cell: &Cell) -> bool {
        self.breakdowns.contains(&(cell.place, cell.period, cell.group_by))
    }

    fn gap(&self, cell: &Cell, bands: Option<(Name, Name)>) -> bool {
        let Some((first, second)) = bands else { return self.breakdown(cell) };
        [first, second].iter().any(|band| self.shown((cell.place, cell.period, cell.group_by, *band)).is_none())
    }

    /// Everybody else are people too: where they are few, their figure is as good as hidden.
    fn rest(&self, cell: &Cell) -> bool {
        let (none, all) = self.everybody;
        let group = self.shown((cell.place, cell.period, cell.group_by, cell.group));
        let everybody = self.shown((cell.place, cell.period, none, all));
        let Some((group, everybody)) = group.zip(everybody) else { return true };
        self.size(everybody) - self.size(group) < self.minimum
    }

    fn modelled(&self, cell: &Cell) -> bool {
        self.figure(cell) || self.modelled.contains(&(cell.place, cell.period, cell.group_by))
    }

    fn stated(&self, cell: &Cell) -> bool {
        self.figure(cell) || self.unstated.contains(&(cell.place, cell.period, cell.group_by))
    }

    fn over_areas(&self, cell: &Cell) -> bool {
        let [measure, _, root, ..] = cell.place;
        let area = cell.place.get(AREA).copied().unwrap_or_default();
        // What the outcome is held against may be an outcome too.
        [measure, cell.comparator].iter().any(|measure| self.inside.contains(&(*measure, root, area, cell.period)))
    }
}

/// The areas directly above each one, by root.
fn above(cells: &Cells, below: &Below) -> BTreeMap<(Name, Name), Vec<Name>> {
    let mut above: BTreeMap<(Name, Name), Vec<Name>> = BTreeMap::new();
    for ((root, parent), children) in below {
        for child in children {
            above.entry((cells.name(root), cells.name(child))).or_default().push(cells.name(parent));
        }
    }
    above
}

/// Whether something is known of what a statistic is computed from.
#[cfg(test)]
pub fn is_known(statistic: &str) -> bool {
    statistic == "gap_xmr" || OF_ALL_GROUPS.contains(&statistic) || KINDS.iter().any(|(name, _)| *name == statistic)
}
