//! Measures of inequality between groups, with an order or without, against the WHO's package.

use std::path::Path;

use tellonce::stats::Estimate;
use tellonce::stats::disparity::*;
use tellonce::stats::gap::{self, Measured};
use tellonce::stats::normal::two_sided;
use tellonce::stats::ratio::share_ratio;

use super::{Comparison, Row, ours, rows, shared_folder};

const SOURCE: &str = "healthequal 1.0.1";

/// The measures that are compared here; those of order are in `slopes`.
fn wanted(row: &Row) -> bool {
    !["sii", "rii", "aci", "rci"].iter().any(|measure| row.text("measure").starts_with(measure))
}

/// The groups of one case, in their order.
struct Case<'a> {
    rows: Vec<&'a Row>,
    groups: Vec<Group>,
    errors: Vec<f64>,
    better: Better,
}

impl<'a> Case<'a> {
    fn of(input: &'a [Row], case: &str) -> Self {
        let rows: Vec<&Row> = input.iter().filter(|row| row.text("case") == case).collect();
        let group = |row: &&Row| Group { value: row.number("estimate"), population: row.number("population") };
        let better = if rows[0].text("favourable_indicator") == "1" { Better::Higher } else { Better::Lower };
        let errors = rows.iter().map(|row| row.number("se")).collect();
        Self { groups: rows.iter().map(group).collect(), errors, better, rows }
    }

    fn reference(&self) -> Option<usize> {
        self.rows.iter().position(|row| row.text("reference_subgroup") == "1")
    }

    /// The two groups that the package compares: of an order its ends; else the reference and the group that is worst
    /// off but for it; else the highest and the lowest. The one that should be the higher comes first.
    fn extremes(&self) -> (Measured, Measured) {
        let by_value = |a: &usize, b: &usize| self.groups[*a].value.total_cmp(&self.groups[*b].value);
        let (lowest, highest) = ((0..self.groups.len()).min_by(by_value), (0..self.groups.len()).max_by(by_value));
        let (low, high) = match (self.rows[0].text("ordered_dimension"), self.reference(), self.better) {
            ("1", _, Better::Higher) => (0, self.groups.len() - 1),
            ("1", _, Better::Lower) => (self.groups.len() - 1, 0),
            (_, Some(of), Better::Higher) => {
                ((0..self.groups.len()).filter(|group| *group != of).min_by(by_value).expect("a group"), of)
            }
            (_, Some(of), Better::Lower) => {
                (of, (0..self.groups.len()).filter(|group| *group != of).max_by(by_value).expect("a group"))
            }
            _ => (lowest.expect("a group"), highest.expect("a group")),
        };
        let measured = |at: usize| Measured { value: self.groups[at].value, se: self.errors[at] };
        (measured(high), measured(low))
    }

    /// The measure, and its standard error where the package has one.
    fn measure(&self, name: &str) -> (f64, Option<f64>) {
        let (groups, errors, better) = (&self.groups, &self.errors, self.better);
        let mean = |against, count| (mean_difference(groups, against, count), None);
        let against_reference = || Against::Value(groups[self.reference().expect("a reference")].value);
        // The package counts people: values become fractions of them.
        let scale = self.rows[0].number("indicator_scale");
        let fractions: Vec<Group> = groups.iter().map(|g| Group { value: g.value / scale, ..*g }).collect();
        let fraction_se = || attributable_fraction_se(&fractions, better);
        let risk_se = || {
            Some(
                fraction_se()? * attributable_risk(groups, better, None)?
                    / attributable_fraction(groups, better, None)?,
            )
        };
        let (value, se) = match name {
            "bgv" => (between_group_variance(groups), between_group_variance_se(groups, errors)),
            "bgsd" => (between_group_sd(groups), None),
            "covar" => (coefficient_of_variation(groups), None),
            "mld" => (mean_log_deviation(groups), mean_log_deviation_se(groups, errors)),
            "ti" => (theil_index(groups), theil_index_se(groups, errors)),
            "idisu" => (index_of_disparity(groups, Count::Groups), None),
            "idisw" => (index_of_disparity(groups, Count::People), None),
            "mdmu" => mean(Against::Mean, Count::Groups),
            "mdmw" => mean(Against::Mean, Count::People),
            "mdbu" => mean(Against::Best(better), Count::Groups),
            "mdbw" => mean(Against::Best(better), Count::People),
            "mdru" => mean(against_reference(), Count::Groups),
            "mdrw" => mean(against_reference(), Count::People),
            "par" => (attributable_risk(groups, better, None), risk_se()),
            "paf" => (attributable_fraction(groups, better, None), fraction_se()),
            other => panic!("unknown measure {other}"),
        };
        (value.expect(name), se)
    }
}

/// How many times larger the estimate is than the standard error that the package states and makes limits of (finding
/// 2).
fn mixed_scale(measure: &str) -> f64 {
    match measure {
        "mld" | "ti" => 1e3,
        "paf" => 100.0,
        _ => 1.0,
    }
}

fn compare(to: &mut Comparison, case: &Case<'_>, row: &Row) {
    let measure = row.text("measure");
    let what = format!("{} {measure}", row.text("case"));
    let limits = [row.optional("lowerci"), row.optional("upperci")];
    let z = two_sided(0.95).expect("a quantile");
    if let "d" | "r" = measure {
        let (one, other) = case.extremes();
        let gap = if measure == "d" { gap::difference } else { gap::ratio };
        let Estimate { value, lower, upper } = gap(one, other, 0.95).expect("a gap");
        to.relative(&what, value, row.number("estimate"), 1e-8);
        to.relative(&what, lower, limits[0].expect("a limit"), 1e-6);
        to.relative(&what, upper, limits[1].expect("a limit"), 1e-6);
        let reach = if measure == "d" { upper - value } else { (upper / value).ln() };
        to.relative(&what, reach / z, row.number("se"), 1e-6);
        return;
    }
    let (value, se) = case.measure(measure);
    to.relative(&what, value, row.number("estimate"), 1e-8);
    if row.text("ci_type") != "analytic" {
        return;
    }
    let se = se.expect("a standard error") / mixed_scale(measure);
    to.relative(&what, se, row.number("se"), 1e-6);
    to.relative(&what, value - z * se, limits[0].expect("a limit"), 1e-6);
    to.relative(&what, value + z * se, limits[1].expect("a limit"), 1e-6);
}

fn compare_all(mut to: Comparison, folder: &Path, ours: bool) -> Option<Comparison> {
    let input = rows(&folder.join("input.csv"));
    let is_meant = |row: &Row| wanted(row) && row.text("case").starts_with("gen") == ours;
    for row in to.expected_where(&folder.join("expected.csv"), is_meant) {
        if row.text("ci_type") == "none" {
            to.left_out("finding 3");
            continue;
        }
        compare(&mut to, &Case::of(&input, row.text("case")), &row);
        to.row();
    }
    Some(to)
}

const ORDERED: &str = "04_healthequal_ordered";
const NONORDERED: &str = "04_healthequal_nonordered";

pub fn ordered() -> Option<Comparison> {
    compare_all(
        Comparison::new("disparity of ordered groups (limits where they are not simulated)", ORDERED, SOURCE),
        &ours(ORDERED),
        true,
    )
}

pub fn ordered_examples() -> Option<Comparison> {
    let to = Comparison::new("disparity of ordered groups, the package's examples", ORDERED, SOURCE);
    compare_all(to, &shared_folder(ORDERED)?, false)
}

pub fn nonordered() -> Option<Comparison> {
    let to =
        Comparison::new("disparity of groups without order (limits where they are not simulated)", NONORDERED, SOURCE);
    compare_all(to, &ours(NONORDERED), true)
}

pub fn nonordered_examples() -> Option<Comparison> {
    let to = Comparison::new("disparity of groups without order, the package's examples", NONORDERED, SOURCE);
    compare_all(to, &shared_folder(NONORDERED)?, false)
}

pub fn share_ratios() -> Option<Comparison> {
    let mut to = Comparison::new("ratio of proportions, Koopman", "share_ratio", "statsmodels 0.15.0");
    for row in to.expected(&ours("share_ratio").join("expected.csv")) {
        let [x1, n1, x2, n2, level] = ["x1", "n1", "x2", "n2", "level"].map(|column| row.number(column));
        let Estimate { value, lower, upper } = share_ratio(x1, n1, x2, n2, level).expect("a ratio");
        to.relative("value", value, row.number("value"), 1e-12);
        to.relative("lower", lower, row.number("lower"), 1e-9);
        to.relative("upper", upper, row.number("upper"), 1e-9);
        to.row();
    }
    Some(to)
}
