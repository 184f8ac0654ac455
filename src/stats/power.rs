//! How many answers are needed to see a difference, and which difference the present ones can see.
//!
//! Everything here is before the fact and by the normal approximation, without continuity correction; of means in groups of fewer
//! than 30 it asks for one or two answers too few. Numbers of answers come out as they are: round them up.

use super::normal;

/// What a comparison must reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// The chance that a difference of the stated size is seen, such as 0.8.
    pub power: f64,
    /// The confidence level at which it is seen, such as 0.95; two-sided.
    pub level: f64,
    /// How many answers tell as much as one independent answer; 1 where all are independent.
    pub design_effect: f64,
}

/// Which way a share differs from the one that it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It is higher.
    Up,
    /// It is lower.
    Down,
}

/// More answers than anybody has.
const ENDLESS: f64 = 1e12;

impl Demand {
    /// The normal quantiles of the level and of the power; `None` where either is none or the design effect is below 1.
    fn quantiles(self) -> Option<(f64, f64)> {
        let sound = self.design_effect >= 1.0 && self.design_effect.is_finite();
        normal::two_sided(self.level).zip(normal::quantile(self.power)).filter(|_| sound)
    }

    /// The independent answers that `n` answers are worth.
    fn worth(self, n: f64) -> Option<f64> {
        Some(n / self.design_effect).filter(|n| *n > 0.0 && n.is_finite())
    }

    /// The answers that `n` independent ones stand for.
    fn answers(self, n: f64) -> Option<f64> {
        Some(n * self.design_effect).filter(|n| *n > 0.0 && n.is_finite())
    }
}

/// The chance, by which the error is `beyond` (in standard errors) under what is wanted.
fn seen(difference: f64, null: f64, alternative: f64, z: f64) -> Option<f64> {
    let distance = difference - z * null;
    let power = if alternative > 0.0 { normal::below(distance / alternative) } else { f64::from(distance > 0.0) };
    Some(power).filter(|power| power.is_finite())
}

/// Returns the chance that two shares are seen to differ: the first of `n1` answers, the second of `n2`.
///
/// `p1` and `p2` are the true shares, as fractions. Of `demand` the level and the design effect count. `None` for shares outside
/// [0, 1], groups without answers, and a level, power or design effect that is none.
///
/// Source: Fleiss JL, Levin B & Paik MC (2003), Statistical Methods for Rates and Proportions, 3rd ed., section 4.2, with groups of
/// unequal size as in section 4.3.
pub fn of_shares(p1: f64, n1: f64, p2: f64, n2: f64, demand: Demand) -> Option<f64> {
    let (z, _) = demand.quantiles()?;
    let (n1, n2) = (demand.worth(n1)?, demand.worth(n2)?);
    let share = |p: f64| (0.0..=1.0).contains(&p);
    if !(share(p1) && share(p2)) {
        return None;
    }
    let pooled = p1 * (n1 / (n1 + n2)) + p2 * (n2 / (n1 + n2));
    let null = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).max(0.0).sqrt();
    let alternative = (p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2).sqrt();
    seen((p1 - p2).abs(), null, alternative, z)
}

/// Returns how many answers the first group needs so that two shares are seen to differ, where the second has `ratio` times as many.
///
/// `None` as [`of_shares`], and where the shares do not differ.
///
/// Source: as [`of_shares`].
pub fn answers_for_shares(p1: f64, p2: f64, ratio: f64, demand: Demand) -> Option<f64> {
    let (z, beta) = demand.quantiles()?;
    let share = |p: f64| (0.0..=1.0).contains(&p);
    if !(share(p1) && share(p2) && p1 != p2 && ratio > 0.0 && ratio.is_finite()) {
        return None;
    }
    let pooled = (p1 + ratio * p2) / (1.0 + ratio);
    let null = (pooled * (1.0 - pooled) * (1.0 + 1.0 / ratio)).max(0.0).sqrt();
    let alternative = (p1 * (1.0 - p1) + p2 * (1.0 - p2) / ratio).sqrt();
    demand.answers(((z * null + beta * alternative) / (p1 - p2)).powi(2))
}

/// Returns how many answers the first group needs so that two shares are seen to differ, where the second has `n2` and gets no more.
///
/// `None` as [`of_shares`], and where no number is enough.
///
/// Source: [`of_shares`], solved for the first group.
pub fn answers_beside(p1: f64, p2: f64, n2: f64, demand: Demand) -> Option<f64> {
    let short = |n1: f64| Some(of_shares(p1, n1, p2, n2, demand)? < demand.power);
    if p1 == p2 || short(ENDLESS)? {
        return None;
    }
    super::turning(0.0, ENDLESS, |n1| if n1 > 0.0 { short(n1) } else { Some(true) })
}

/// Returns the smallest difference from the share `p2` that is seen with `n1` answers against `n2`, as a fraction above 0.
///
/// `None` as [`of_shares`], and where there is no room for one: 0.97 cannot be exceeded by 0.05.
///
/// Source: [`of_shares`], solved for the first share.
pub fn smallest_of_shares(p2: f64, n1: f64, n2: f64, way: Way, demand: Demand) -> Option<f64> {
    let (room, sign) = match way {
        Way::Up => (1.0 - p2, 1.0),
        Way::Down => (p2, -1.0),
    };
    let short = |d: f64| Some(of_shares((p2 + sign * d).clamp(0.0, 1.0), n1, p2, n2, demand)? < demand.power);
    if short(room)? { None } else { super::turning(0.0, room, short) }
}

/// Returns the chance that two means are seen to differ, from their true difference and the standard deviations of both groups.
///
/// All three are in the unit of the means. `None` for standard deviations that are not above 0, groups without answers, and a level,
/// power or design effect that is none.
///
/// Source: Lachin JM (1981), Control Clin Trials 2:93-113.
pub fn of_means(difference: f64, first: (f64, f64), second: (f64, f64), demand: Demand) -> Option<f64> {
    let (z, _) = demand.quantiles()?;
    let se = error_of_means(first, second, demand)?;
    seen(difference.abs(), se, se, z)
}

/// The standard error of the difference of two means, each group `(standard deviation, answers)`.
fn error_of_means(first: (f64, f64), second: (f64, f64), demand: Demand) -> Option<f64> {
    let part = |(sd, n): (f64, f64)| Some(sd / demand.worth(n)?.sqrt()).filter(|_| sd > 0.0);
    Some(part(first)?.hypot(part(second)?)).filter(|se| *se > 0.0 && se.is_finite())
}

/// Returns how many answers the first group needs so that two means are seen to differ, where the second has `ratio` times as many.
///
/// `None` as [`of_means`], and where the means do not differ.
///
/// Source: as [`of_means`].
pub fn answers_for_means(difference: f64, sd1: f64, sd2: f64, ratio: f64, demand: Demand) -> Option<f64> {
    let (z, beta) = demand.quantiles()?;
    let sound = difference != 0.0 && sd1 > 0.0 && sd2 > 0.0 && ratio > 0.0 && z + beta > 0.0;
    let spread = sd1.hypot(sd2 / ratio.sqrt());
    sound.then(|| demand.answers(((z + beta) * spread / difference).powi(2)))?
}

/// Returns how many answers the first group needs so that two means are seen to differ, where the second group is
/// `(standard deviation, answers)` and gets no more.
///
/// `None` as [`of_means`], and where no number is enough.
///
/// Source: [`of_means`], solved for the first group.
pub fn answers_beside_mean(difference: f64, sd1: f64, second: (f64, f64), demand: Demand) -> Option<f64> {
    let (z, beta) = demand.quantiles()?;
    let (sd2, n2) = (second.0, demand.worth(second.1)?);
    let left = (difference / (z + beta)).powi(2) - sd2 * sd2 / n2;
    let sound = left > 0.0 && z + beta > 0.0 && sd1 > 0.0 && sd2 > 0.0;
    sound.then(|| demand.answers(sd1 * sd1 / left))?
}

/// Returns the smallest difference of two means that is seen, in their unit; each group is `(standard deviation, answers)`.
///
/// `None` as [`of_means`].
///
/// Source: as [`of_means`].
pub fn smallest_of_means(first: (f64, f64), second: (f64, f64), demand: Demand) -> Option<f64> {
    let (z, beta) = demand.quantiles()?;
    let smallest = (z + beta) * error_of_means(first, second, demand)?;
    Some(smallest).filter(|smallest| *smallest > 0.0 && smallest.is_finite())
}

/// Returns how many answers a share needs so that its Wilson interval reaches `half` to each side, as a fraction under 0.5.
///
/// `None` for a share outside [0, 1], and a level or design effect that is none.
///
/// Source: the width of Wilson's interval, solved for the answers (Piegorsch WW (2004), Comput Stat Data Anal 46:309-316).
pub fn answers_for_width(p: f64, half: f64, demand: Demand) -> Option<f64> {
    let (z, _) = demand.quantiles()?;
    if !((0.0..=1.0).contains(&p) && half > 0.0 && half < 0.5) {
        return None;
    }
    let (variance, square) = (p * (1.0 - p), half * half);
    let root = (variance * variance + square * (1.0 - 4.0 * variance)).sqrt();
    demand.answers(z * z * (variance - 2.0 * square + root) / (2.0 * square))
}

#[cfg(test)]
mod tests {
    use super::{
        Demand, Way, answers_beside, answers_beside_mean, answers_for_means, answers_for_shares, answers_for_width,
        of_means, of_shares, smallest_of_means, smallest_of_shares,
    };

    const USUAL: Demand = Demand { power: 0.8, level: 0.95, design_effect: 1.0 };

    #[track_caller]
    fn near(got: Option<f64>, expected: f64) {
        assert!(got.is_some_and(|got| (got / expected - 1.0).abs() < 1e-9), "{got:?} against {expected}");
    }

    #[test]
    fn answers_power_and_difference_are_each_others_inverse() {
        for (p1, p2, ratio) in [(0.6, 0.55, 1.0), (0.9, 0.97, 20.0), (0.02, 0.05, 0.5)] {
            let n = answers_for_shares(p1, p2, ratio, USUAL).unwrap_or(f64::NAN);
            near(of_shares(p1, n, p2, n * ratio, USUAL), 0.8);
            near(answers_beside(p1, p2, n * ratio, USUAL), n);
            let way = if p1 > p2 { Way::Up } else { Way::Down };
            near(smallest_of_shares(p2, n, n * ratio, way, USUAL), (p1 - p2).abs());
        }
        let n = answers_for_means(-4.0, 12.0, 9.0, 3.0, USUAL).unwrap_or(f64::NAN);
        near(of_means(4.0, (12.0, n), (9.0, n * 3.0), USUAL), 0.8);
        near(answers_beside_mean(4.0, 12.0, (9.0, n * 3.0), USUAL), n);
        near(smallest_of_means((12.0, n), (9.0, n * 3.0), USUAL), 4.0);
    }

    #[test]
    fn answers_that_hang_together_are_needed_in_proportion() {
        let clustered = Demand { design_effect: 1.7, ..USUAL };
        let once = answers_for_shares(0.6, 0.5, 2.0, USUAL).unwrap_or(f64::NAN);
        near(answers_for_shares(0.6, 0.5, 2.0, clustered), 1.7 * once);
        near(of_shares(0.6, 1.7 * once, 0.5, 3.4 * once, clustered), 0.8);
        let width = answers_for_width(0.6, 0.05, USUAL).unwrap_or(f64::NAN);
        near(answers_for_width(0.6, 0.05, clustered), 1.7 * width);
    }

    #[test]
    fn where_the_other_group_is_too_small_no_number_is_enough() {
        assert_eq!(answers_beside(0.6, 0.55, 50.0, USUAL), None);
        assert_eq!(answers_beside_mean(1.0, 12.0, (12.0, 50.0), USUAL), None);
        assert_eq!(smallest_of_shares(0.97, 60.0, 60.0, Way::Up, USUAL), None);
        assert!(smallest_of_shares(0.97, 60.0, 60.0, Way::Down, USUAL).is_some());
    }

    #[test]
    fn what_cannot_be_asked_has_no_answer() {
        for wrong in [
            Demand { power: 1.0, ..USUAL },
            Demand { level: 0.0, ..USUAL },
            Demand { design_effect: 0.9, ..USUAL },
            Demand { design_effect: f64::NAN, ..USUAL },
        ] {
            assert_eq!(answers_for_shares(0.6, 0.5, 1.0, wrong), None);
            assert_eq!(of_shares(0.6, 10.0, 0.5, 10.0, wrong), None);
            assert_eq!(answers_for_means(1.0, 2.0, 2.0, 1.0, wrong), None);
            assert_eq!(answers_for_width(0.5, 0.1, wrong), None);
        }
        assert_eq!(answers_for_shares(0.6, 0.6, 1.0, USUAL), None);
        assert_eq!(answers_for_shares(1.6, 0.6, 1.0, USUAL), None);
        assert_eq!(answers_for_shares(0.5, 0.6, 0.0, USUAL), None);
        assert_eq!(of_shares(0.5, 0.0, 0.6, 10.0, USUAL), None);
        assert_eq!(answers_for_means(0.0, 2.0, 2.0, 1.0, USUAL), None);
        assert_eq!(smallest_of_means((0.0, 10.0), (2.0, 10.0), USUAL), None);
        assert_eq!(answers_for_width(0.5, 0.5, USUAL), None);
        assert_eq!(of_shares(1.0, 50.0, 0.0, 50.0, USUAL), Some(1.0));
    }
}
