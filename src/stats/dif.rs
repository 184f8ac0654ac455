//! Measurement that differs by group: whether people of one group answer an item otherwise than people of another who
//! are alike in what it measures.

use statrs::function::gamma::checked_gamma_ur;

use super::{Estimate, normal};

/// ETS delta a unit of the logarithm of the odds ratio.
const DELTA: f64 = -2.35;

/// Chance below which the odds ratio is said to differ from 1.
const SIGNIFICANT: f64 = 0.05;

/// People alike in what the item measures, such as those of one total score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stratum {
    /// Of the reference group, those with the answer looked at (a correct one, a problem) and those without.
    pub reference: [f64; 2],
    /// The same of the focal group, which may be at a disadvantage.
    pub focal: [f64; 2],
}

/// How large a difference of measurement is, by the rule of the Educational Testing Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Negligible: delta below 1 either way, or not told from 0.
    A,
    /// Between the other two.
    B,
    /// Large: delta of 1.5 or more either way, and more than 1 beyond doubt.
    C,
}

impl Class {
    /// Its letter.
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// The two groups compared within strata.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MantelHaenszel {
    /// Strata with people in them.
    pub strata: usize,
    /// Odds of the reference group over those of the focal group, common to all strata. Above 1: the reference group
    /// has the answer more often. `None` where a group always or never has the answer.
    pub odds_ratio: Option<Estimate>,
    /// Chi-squared with one degree of freedom, with correction for continuity. `None` where no stratum has both groups
    /// and both answers.
    pub corrected: Option<Test>,
    /// The same without the correction.
    pub uncorrected: Option<Test>,
    /// ETS delta: below 0 where the item is harder for the focal group. `None` without an odds ratio.
    pub ets_delta: Option<f64>,
    /// Class of the difference. `None` without an odds ratio or a test.
    pub class: Option<Class>,
}

/// A test by chi-squared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// Chi-squared.
    pub chi_square: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// Chance of as large a chi-squared where the groups do not differ.
    pub p_value: f64,
}

impl Test {
    /// `None` where the statistic is not finite or below 0, and without degrees of freedom.
    fn new(chi_square: f64, df: f64) -> Option<Self> {
        if !(chi_square.is_finite() && chi_square >= 0.0 && df >= 1.0) {
            return None;
        }
        // The function is not defined at 0, where the chance is 1.
        let p_value = if chi_square > 0.0 {
            checked_gamma_ur(df / 2.0, chi_square / 2.0).ok().filter(|p| p.is_finite())?
        } else {
            1.0
        };
        Some(Self { chi_square, df, p_value })
    }
}

/// Returns the two groups compared within strata, by Mantel and Haenszel; `level` is the confidence level of the
/// limits.
///
/// Strata of fewer than 2 people say nothing and are left out; one stratum is enough (R refuses it). `None` without
/// people, where a count is below 0 or not finite, and unless `level` lies strictly between 0 and 1.
///
/// Source: Mantel N & Haenszel W (1959), J Natl Cancer Inst 22:719-748; limits: Robins J, Breslow N & Greenland S
/// (1986), Biometrics 42:311-323; delta: Holland PW & Thayer DT (1988), in Wainer & Braun, Test Validity; classes:
/// Zwick R (2012), A Review of ETS Differential Item Functioning Assessment Procedures, ETS RR-12-08.
pub fn mantel_haenszel(strata: &[Stratum], level: f64) -> Option<MantelHaenszel> {
    let z = normal::two_sided(level)?;
    let counts = |stratum: &Stratum| stratum.reference.into_iter().chain(stratum.focal);
    if strata.iter().flat_map(counts).any(|count| !(count >= 0.0 && count.is_finite())) {
        return None;
    }
    let strata: Vec<&Stratum> = strata.iter().filter(|stratum| counts(stratum).sum::<f64>() >= 2.0).collect();
    if strata.is_empty() {
        return None;
    }
    let mut sums = Sums::default();
    for stratum in &strata {
        sums.add(stratum);
    }
    let ratio = sums.odds_ratio().map(|ratio| (ratio, sums.log_variance().sqrt()));
    let corrected = Test::new(sums.chi_square(0.5), 1.0);
    let ets_delta = ratio.map(|(ratio, _)| DELTA * ratio.ln());
    let se = ratio.map(|(_, se)| DELTA.abs() * se);
    Some(MantelHaenszel {
        strata: strata.len(),
        odds_ratio: ratio.and_then(|(ratio, se)| Estimate::new(ratio, ratio * (-z * se).exp(), ratio * (z * se).exp())),
        corrected,
        uncorrected: Test::new(sums.chi_square(0.0), 1.0),
        ets_delta,
        class: ets_delta.zip(se).zip(corrected).and_then(|((delta, se), test)| class(delta, se, test.p_value)),
    })
}

fn class(delta: f64, se: f64, p_value: f64) -> Option<Class> {
    // One-sided, as the rule has it: 1.645 standard errors.
    let beyond = normal::two_sided(1.0 - 2.0 * SIGNIFICANT)?;
    Some(match delta.abs() {
        size if size < 1.0 || p_value >= SIGNIFICANT => Class::A,
        size if size >= 1.5 && size - 1.0 > beyond * se => Class::C,
        _ => Class::B,
    })
}

/// What the strata add up to.
#[derive(Debug, Default)]
struct Sums {
    /// Products of the counts that agree, over the people: the upper half of the odds ratio.
    r: f64,
    /// Products of those that disagree: its lower half.
    s: f64,
    pr: f64,
    ps_qr: f64,
    qs: f64,
    /// Answers of the reference group beyond those expected.
    excess: f64,
    variance: f64,
}

impl Sums {
    fn add(&mut self, stratum: &Stratum) {
        let ([a, b], [c, d]) = (stratum.reference, stratum.focal);
        let n = a + b + c + d;
        let (p, q, r, s) = ((a + d) / n, (b + c) / n, a * d / n, b * c / n);
        self.r += r;
        self.s += s;
        self.pr += p * r;
        self.ps_qr += p * s + q * r;
        self.qs += q * s;
        self.excess += a - (a + b) * (a + c) / n;
        self.variance += (a + b) / n * ((c + d) / n) * (a + c) * ((b + d) / (n - 1.0));
    }

    fn odds_ratio(&self) -> Option<f64> {
        let ratio = self.r / self.s;
        (ratio > 0.0 && ratio.is_finite()).then_some(ratio)
    }

    fn log_variance(&self) -> f64 {
        let (r, s) = (self.r, self.s);
        self.pr / (2.0 * r * r) + self.ps_qr / (2.0 * r * s) + self.qs / (2.0 * s * s)
    }

    /// As R does, an excess below the correction is not corrected.
    fn chi_square(&self, correction: f64) -> f64 {
        let excess = self.excess.abs();
        let excess = if excess >= correction { excess - correction } else { excess };
        excess * excess / self.variance
    }
}

/// Returns whether the two groups spread otherwise over the levels of an answer, within strata.
///
/// A stratum has one pair of counts a level: of the reference and of the focal group; all strata have the same levels.
/// Levels that nobody in a mixed stratum chose say nothing and take no degree of freedom. `None` without people, below
/// 2 levels or where only one was chosen, where strata have different numbers of levels, and where a count is below 0
/// or not finite.
///
/// Source: Landis JR, Heyman ER & Koch GG (1978), Int Stat Rev 46:237-254 (general association); Agresti A (2013),
/// Categorical Data Analysis, section 8.4.
pub fn association(strata: &[Vec<[f64; 2]>]) -> Option<Test> {
    let levels = strata.first()?.len().checked_sub(1)?;
    let valid = |stratum: &Vec<[f64; 2]>| {
        stratum.len() == levels + 1 && stratum.iter().flatten().all(|count| *count >= 0.0 && count.is_finite())
    };
    if !strata.iter().all(valid) {
        return None;
    }
    // The last level is what is left of the others.
    let mut excess = vec![0.0; levels];
    let mut spread = vec![vec![0.0; levels]; levels];
    for stratum in strata {
        let people = |group: usize| stratum.iter().filter_map(|level| level.get(group)).sum::<f64>();
        let (reference, focal) = (people(0), people(1));
        let n = reference + focal;
        if n < 2.0 {
            continue;
        }
        let shares: Vec<f64> = stratum.iter().map(|[one, other]| (one + other) / n).collect();
        let factor = reference * focal / (n - 1.0);
        for (at, row) in spread.iter_mut().enumerate() {
            let (Some(share), Some([count, _])) = (shares.get(at), stratum.get(at)) else { return None };
            if let Some(excess) = excess.get_mut(at) {
                *excess += count - reference * share;
            }
            for (to, (cell, other)) in row.iter_mut().zip(&shares).enumerate() {
                *cell += factor * share * (f64::from(u8::from(to == at)) - other);
            }
        }
    }
    let (chi_square, df) = quadratic(spread, excess);
    Test::new(chi_square, df)
}

/// The form `x' S⁻¹ x` by elimination, and the rank of `S`: rows that the ones before them explain are passed over.
fn quadratic(mut s: Vec<Vec<f64>>, mut x: Vec<f64>) -> (f64, f64) {
    let (mut form, mut rank) = (0.0, 0.0);
    let largest = s.iter().flatten().fold(0.0_f64, |most, value| most.max(value.abs()));
    for at in 0..x.len() {
        let (Some(row), Some(own)) = (s.get(at).cloned(), x.get(at).copied()) else { break };
        let Some(pivot) = row.get(at).copied().filter(|pivot| *pivot > 1e-12 * largest) else { continue };
        form += own * own / pivot;
        rank += 1.0;
        for (below, value) in s.iter_mut().zip(&mut x).skip(at + 1) {
            let factor = below.get(at).copied().unwrap_or_default() / pivot;
            below.iter_mut().zip(&row).for_each(|(cell, above)| *cell -= factor * above);
            *value -= factor * own;
        }
    }
    (form, rank)
}

#[cfg(test)]
mod tests {
    use super::{Class, Stratum, association, class, mantel_haenszel};

    #[test]
    fn one_stratum_is_its_own_odds_ratio() {
        let found = mantel_haenszel(&[Stratum { reference: [20.0, 10.0], focal: [10.0, 20.0] }], 0.95);
        let ratio = found.and_then(|found| found.odds_ratio);
        // Woolf's limits: exp(ln 4 ± 1.959964 · sqrt(1/20 + 1/10 + 1/10 + 1/20)).
        assert!(
            ratio.is_some_and(|r| (r.value - 4.0).abs() < 1e-12 && (r.lower - 1.367_218).abs() < 1e-5),
            "{ratio:?}"
        );
        assert!(found.is_some_and(|found| found.ets_delta.is_some_and(|delta| delta < -1.5)));
    }

    #[test]
    fn classes_follow_size_and_certainty() {
        for (delta, se, p, expected) in [
            (-0.9, 0.1, 0.001, Class::A),
            (2.0, 1.5, 0.2, Class::A),
            (1.2, 0.3, 0.01, Class::B),
            (-1.6, 0.5, 0.01, Class::B),
            (-1.6, 0.3, 0.01, Class::C),
            (2.5, 0.5, 0.001, Class::C),
        ] {
            assert_eq!(class(delta, se, p), Some(expected), "{delta}");
        }
    }

    #[test]
    fn a_group_that_always_has_the_answer_has_no_odds_ratio() {
        let found = mantel_haenszel(&[Stratum { reference: [20.0, 0.0], focal: [10.0, 5.0] }], 0.95);
        assert!(found.is_some_and(|f| f.odds_ratio.is_none() && f.class.is_none() && f.corrected.is_some()));
        let found = mantel_haenszel(&[Stratum { reference: [20.0, 0.0], focal: [10.0, 0.0] }], 0.95);
        assert!(found.is_some_and(|f| f.odds_ratio.is_none() && f.corrected.is_none()));
    }

    #[test]
    fn impossible_counts_have_none() {
        let bad = |count| mantel_haenszel(&[Stratum { reference: [count, 1.0], focal: [1.0, 1.0] }], 0.95);
        assert!([-1.0, f64::NAN, f64::INFINITY].into_iter().all(|count| bad(count).is_none()));
        assert_eq!(mantel_haenszel(&[], 0.95), None);
        assert_eq!(mantel_haenszel(&[Stratum { reference: [1.0, 0.0], focal: [0.0, 0.0] }], 0.95), None);
        assert_eq!(association(&[]), None);
        assert_eq!(association(&[vec![[5.0, 5.0]]]), None);
        assert_eq!(association(&[vec![[5.0, 5.0], [0.0, 0.0]]]), None);
        assert_eq!(association(&[vec![[5.0, 5.0], [1.0, 2.0]], vec![[5.0, 5.0]]]), None);
    }

    #[test]
    fn two_levels_are_the_test_without_correction() {
        let strata = [([7.0, 3.0], [4.0, 6.0]), ([9.0, 1.0], [6.0, 8.0])];
        let found = mantel_haenszel(&strata.map(|(reference, focal)| Stratum { reference, focal }), 0.95);
        let levels = strata.map(|([a, b], [c, d])| vec![[a, c], [b, d], [0.0, 0.0]]);
        let pair = found.and_then(|found| found.uncorrected).zip(association(&levels));
        assert!(
            pair.is_some_and(|(one, other)| (one.chi_square - other.chi_square).abs() < 1e-12 && other.df == 1.0),
            "{pair:?}"
        );
    }
}
