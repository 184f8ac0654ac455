//! The slope index and the relative index of inequality over ordered groups.

use statrs::function::gamma::checked_gamma_ur;

use super::{Estimate, Interval, normal, student};

/// Below this chance of so large a scatter about the line, the line is said not to fit.
const LACK_OF_FIT: f64 = 0.05;

/// One group of an ordered dimension, such as a deprivation decile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Place in the order: the lowest is the most disadvantaged. Only the order counts, not the distance.
    pub rank_order: f64,
    /// People in the group, above 0.
    pub population: f64,
    /// What was measured, in any unit.
    pub value: f64,
    /// Standard error of `value`, in the same unit. Give it for every group or for none.
    pub se: Option<f64>,
}

/// A line through the groups, over the share of the population from the most disadvantaged (0) to the least (1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slope {
    /// Slope index: fitted value at the least disadvantaged end minus that at the most disadvantaged end. Above 0 means
    /// the less disadvantaged have more. In the unit of the values.
    pub sii: Estimate,
    /// Fitted value at the most disadvantaged end, in the unit of the values.
    pub intercept: f64,
    /// Relative index: fitted value at the least disadvantaged end over that at the most disadvantaged end. `None` when
    /// the line starts at 0 or changes sign, where a ratio says nothing.
    pub rii: Option<f64>,
    /// Limits of the relative index. `None` without one, and when the start of the line cannot be told from 0, so that
    /// the ratio has no bound.
    pub rii_limits: Option<Interval>,
    /// Whether the groups scatter about the line more than their standard errors explain (chi-squared, 5% level): a
    /// straight line then hides a curve or an outlier. `None` without standard errors above 0, and for two groups.
    pub lack_of_fit: Option<bool>,
    /// Number of groups.
    pub groups: usize,
}

/// Returns the slope index and the relative index of inequality of some ordered groups.
///
/// The values are regressed on the mid-points of the groups' cumulative population shares, each group weighted by its
/// population. `level` is the confidence level, such as 0.95.
///
/// With standard errors the limits are those of a linear combination of independent normal values; that of the ratio
/// follows from Fieller's theorem, which is what a simulation of both ends of the line converges to. Without standard
/// errors the scatter about the line takes their place and Student's t with two degrees of freedom fewer than groups
/// that of the normal.
///
/// `None` with fewer than 2 groups (3 without standard errors), with standard errors for only some of the groups, when
/// two groups have the same `rank_order`, a population is not above 0, a standard error is below 0 or a number is not
/// finite, and when `level` does not lie strictly between 0 and 1.
///
/// Source: Low A & Low A (2004), J Public Health 26:388-395; OHID technical guide (phe_sii, value type 0). Fieller EC
/// (1954), J R Stat Soc B 16:175-185.
pub fn slope_index(groups: &[Group], level: f64) -> Option<Slope> {
    let count = groups.len();
    let mut groups = groups.to_vec();
    groups.sort_by(|a, b| a.rank_order.total_cmp(&b.rank_order));
    let apart = groups.windows(2).all(|pair| pair[0].rank_order < pair[1].rank_order);
    if count < 2 || !apart || !groups.iter().all(Group::is_valid) {
        return None;
    }
    let line = Line::through(&groups)?;
    let residuals = || groups.iter().zip(&line.parts).map(|(group, part)| group.value - line.at(part.rank));

    let with_se = groups.iter().filter(|group| group.se.is_some()).count();
    let (quantile, variances): (f64, Vec<f64>) = if with_se == count {
        (normal::two_sided(level)?, groups.iter().filter_map(|group| group.se).map(|se| se * se).collect())
    } else if with_se == 0 && count > 2 {
        let df = (count - 2) as f64;
        let scatter = residuals().zip(&line.parts).map(|(r, part)| part.share * r * r).sum::<f64>() / df;
        (student::two_sided(level, df)?, line.parts.iter().map(|part| scatter / part.share).collect())
    } else {
        return None;
    };

    let reach = quantile * line.covariance(&variances, |part| part.slope, |part| part.slope).sqrt();
    let (sii, start, end) = (line.slope, line.intercept, line.at(1.0));
    let rii = Some(end / start).filter(|ratio| ratio.is_finite() && *ratio >= 0.0);
    let lack_of_fit = (with_se == count && variances.iter().all(|&v| v > 0.0))
        .then(|| residuals().zip(&variances).map(|(r, v)| r * r / v).sum::<f64>())
        .and_then(|chi_squared| lacks_fit(chi_squared, count));
    Some(Slope {
        sii: Estimate::new(sii, sii - reach, sii + reach)?,
        intercept: start,
        rii,
        rii_limits: rii.and_then(|ratio| fieller(&line, &variances, quantile, ratio)),
        lack_of_fit,
        groups: count,
    })
}

impl Group {
    fn is_valid(&self) -> bool {
        self.rank_order.is_finite()
            && self.value.is_finite()
            && self.population.is_finite()
            && self.population > 0.0
            && self.se.is_none_or(|se| se.is_finite() && se >= 0.0)
    }
}

/// What one group contributes to the line.
struct Part {
    /// Share of the population.
    share: f64,
    /// Mid-point of the group on the scale of cumulative shares.
    rank: f64,
    /// How much the slope moves for a change of 1 in this group's value.
    slope: f64,
    /// The same for the start of the line.
    start: f64,
}

struct Line {
    slope: f64,
    intercept: f64,
    parts: Vec<Part>,
}

impl Line {
    /// The weighted least-squares line through groups that are in order.
    fn through(groups: &[Group]) -> Option<Self> {
        let total: f64 = groups.iter().map(|group| group.population).sum();
        let mut below = 0.0;
        let mut parts = Vec::with_capacity(groups.len());
        for group in groups {
            let share = group.population / total;
            parts.push(Part { share, rank: below + share / 2.0, slope: 0.0, start: 0.0 });
            below += share;
        }
        let mean_rank: f64 = parts.iter().map(|part| part.share * part.rank).sum();
        let mean_value: f64 = groups.iter().zip(&parts).map(|(group, part)| part.share * group.value).sum();
        let spread: f64 = parts.iter().map(|part| part.share * (part.rank - mean_rank).powi(2)).sum();
        for part in &mut parts {
            part.slope = part.share * (part.rank - mean_rank) / spread;
            part.start = part.share - part.slope * mean_rank;
        }
        // Taking the mean off first keeps the digits of values that are large against their differences.
        let slope: f64 = groups.iter().zip(&parts).map(|(group, part)| part.slope * (group.value - mean_value)).sum();
        let intercept = mean_value - slope * mean_rank;
        (slope.is_finite() && intercept.is_finite()).then_some(Self { slope, intercept, parts })
    }

    fn at(&self, rank: f64) -> f64 {
        self.intercept + self.slope * rank
    }

    /// Covariance of two linear combinations of the values.
    fn covariance(&self, variances: &[f64], one: impl Fn(&Part) -> f64, other: impl Fn(&Part) -> f64) -> f64 {
        self.parts.iter().zip(variances).map(|(part, variance)| one(part) * other(part) * variance).sum()
    }
}

/// Limits of (fitted at 1) / (fitted at 0): the ratios r for which fitted at 1 − r · fitted at 0 is within `quantile`
/// standard errors of 0.
fn fieller(line: &Line, variances: &[f64], quantile: f64, ratio: f64) -> Option<Interval> {
    let (start, end) = (line.intercept, line.at(1.0));
    let (of_start, of_end) = (|part: &Part| part.start, |part: &Part| part.start + part.slope);
    let square = quantile * quantile;
    let bounded = start * start - square * line.covariance(variances, of_start, of_start);
    if !(bounded > 0.0 && bounded.is_finite()) {
        return None;
    }
    let middle = start * end - square * line.covariance(variances, of_start, of_end);
    let rest = end * end - square * line.covariance(variances, of_end, of_end);
    let root = (middle * middle - bounded * rest).max(0.0).sqrt();
    Interval::around(ratio, (middle - root) / bounded, (middle + root) / bounded)
}

/// Whether groups scatter about a line more than chance explains. `None` for two groups, through which any line goes.
pub(super) fn lacks_fit(chi_squared: f64, groups: usize) -> Option<bool> {
    let df = groups.checked_sub(2).filter(|&df| df > 0)?;
    upper_tail(chi_squared, df as f64).map(|p| p < LACK_OF_FIT)
}

/// The chance of a chi-squared at least this large.
fn upper_tail(chi_squared: f64, df: f64) -> Option<f64> {
    match chi_squared {
        x if x.is_nan() => None,
        x if x <= 0.0 => Some(1.0),
        // Far beyond any table; the series would not converge.
        x if x > 1e6 * df => Some(0.0),
        x => checked_gamma_ur(df / 2.0, x / 2.0).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Group, slope_index, upper_tail};

    fn groups(values: &[f64], se: Option<f64>) -> Vec<Group> {
        let one = |(i, &value): (usize, &f64)| Group { rank_order: i as f64, population: 100.0, value, se };
        values.iter().enumerate().map(one).collect()
    }

    #[test]
    fn a_straight_line_is_found_exactly() {
        // Ranks 1/6, 3/6, 5/6: a step of 10 between them is 30 over the whole population.
        let slope = slope_index(&groups(&[50.0, 60.0, 70.0], Some(1.0)), 0.95);
        assert!(slope.is_some_and(|s| (s.sii.value - 30.0).abs() < 1e-9 && (s.intercept - 45.0).abs() < 1e-9));
        assert!(slope.is_some_and(|s| s.rii.is_some_and(|r| (r - 75.0 / 45.0).abs() < 1e-12)));
        assert_eq!(slope.and_then(|s| s.lack_of_fit), Some(false));
    }

    #[test]
    fn two_groups_need_standard_errors_and_have_no_lack_of_fit() {
        assert_eq!(slope_index(&groups(&[50.0, 60.0], None), 0.95), None);
        assert!(slope_index(&groups(&[50.0, 60.0], Some(1.0)), 0.95).is_some_and(|s| s.lack_of_fit.is_none()));
        assert_eq!(slope_index(&groups(&[50.0], Some(1.0)), 0.95), None);
        assert_eq!(slope_index(&[], 0.95), None);
    }

    #[test]
    fn a_curve_is_flagged() {
        let slope = slope_index(&groups(&[50.0, 80.0, 80.0, 50.0], Some(1.0)), 0.95);
        assert_eq!(slope.and_then(|s| s.lack_of_fit), Some(true));
        assert!(slope_index(&groups(&[50.0, 80.0, 80.0, 50.0], None), 0.95).is_some_and(|s| s.lack_of_fit.is_none()));
    }

    #[test]
    fn the_flag_has_two_degrees_of_freedom_fewer_than_groups() {
        // A bump of d in the middle of 3 gives chi-squared 2d²/3; the bound at 1 degree of freedom is 3.84.
        let flag = |bump| slope_index(&groups(&[5.0, 5.0 + bump, 5.0], Some(1.0)), 0.95).and_then(|s| s.lack_of_fit);
        assert_eq!((flag(2.35), flag(2.45)), (Some(false), Some(true)));
    }

    #[test]
    fn limits_from_scatter_are_those_of_the_textbook() {
        // lm(c(1, 2, 4) ~ c(1/6, 3/6, 5/6)) of R: slope 4.5, standard error 0.866, t of 1 degree of freedom 12.706.
        let slope = slope_index(&groups(&[1.0, 2.0, 4.0], None), 0.95);
        let reach = 12.706_204_736_174_7 * 0.75_f64.sqrt();
        assert!(slope.is_some_and(|s| (s.sii.value - 4.5).abs() < 1e-12 && (s.sii.upper - 4.5 - reach).abs() < 1e-9));
    }

    #[test]
    fn what_has_no_answer_is_none() {
        let good = groups(&[1.0, 2.0, 4.0], Some(1.0));
        let spoilt = |spoil: fn(&mut Group)| {
            let mut groups = good.clone();
            spoil(&mut groups[1]);
            slope_index(&groups, 0.95)
        };
        assert_eq!(spoilt(|g| g.rank_order = 0.0), None);
        assert_eq!(spoilt(|g| g.population = 0.0), None);
        assert_eq!(spoilt(|g| g.population = -1.0), None);
        assert_eq!(spoilt(|g| g.value = f64::NAN), None);
        assert_eq!(spoilt(|g| g.se = None), None);
        assert_eq!(spoilt(|g| g.se = Some(-1.0)), None);
        assert_eq!(slope_index(&good, 1.0), None);
    }

    #[test]
    fn a_ratio_without_bound_has_no_limits() {
        let slope = slope_index(&groups(&[0.5, 2.0, 4.0], Some(3.0)), 0.95);
        assert!(slope.is_some_and(|s| s.rii_limits.is_none()));
        // From 0 the ratio is not defined; across 0 it would be negative.
        assert!(slope_index(&groups(&[-1.0, 0.0, 1.0], Some(0.1)), 0.95).is_some_and(|s| s.rii.is_none()));
    }

    #[test]
    fn chi_squared_tails() {
        // pchisq(x, df, lower.tail = FALSE) of R.
        for (x, df, expected) in
            [(3.841_458_820_694_124, 1.0, 0.05), (15.507_313_055_865_45, 8.0, 0.05), (0.0, 3.0, 1.0)]
        {
            assert!(upper_tail(x, df).is_some_and(|p| (p - expected).abs() < 1e-12));
        }
        assert_eq!(upper_tail(f64::INFINITY, 3.0), Some(0.0));
        assert_eq!(upper_tail(f64::NAN, 3.0), None);
    }
}
