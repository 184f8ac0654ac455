//! Means, totals and shares of weighted answers, with standard errors that know strata and clusters.
//!
//! Answers are added up to clusters (what was drawn together: a practice, a person who answered twice), clusters to
//! strata (what was drawn apart from each other), and strata give the result. Every step adds, so that the sums can as
//! well come from a query.

mod share;

use std::collections::BTreeMap;

pub use share::Method;

use super::{Interval, normal, student};

/// Below this share of the squares that it is the difference of, a variance is rounding and counts as 0.
const ROUNDING: f64 = 1e-13;

/// Sums over the answers of one cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cluster {
    /// Answers with a weight above 0.
    pub n: u64,
    /// Sum of weights.
    pub w: f64,
    /// Sum of weight times value.
    pub wy: f64,
    /// Sum of squared weights.
    pub ww: f64,
    /// Sum of weight times squared value.
    pub wyy: f64,
}

impl Cluster {
    /// No answers: a cluster that was drawn and has nobody in the domain.
    pub const ZERO: Self = Self { n: 0, w: 0.0, wy: 0.0, ww: 0.0, wyy: 0.0 };

    /// These answers and one more. A weight of 0 adds nothing: such an answer lies outside the domain.
    #[must_use]
    pub fn with(self, y: f64, weight: f64) -> Self {
        if weight == 0.0 {
            return self;
        }
        let one = Self { n: 1, w: weight, wy: weight * y, ww: weight * weight, wyy: weight * y * y };
        self.merge(one)
    }

    /// These answers and those.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            n: self.n + other.n,
            w: self.w + other.w,
            wy: self.wy + other.wy,
            ww: self.ww + other.ww,
            wyy: self.wyy + other.wyy,
        }
    }
}

/// Sums over the clusters of one stratum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stratum {
    /// Clusters that were drawn, also those with nobody in the domain.
    pub clusters: u64,
    /// Clusters with somebody in the domain.
    pub inside: u64,
    /// Answers in the domain.
    pub n: u64,
    /// Sum of the clusters' weights.
    pub tw: f64,
    /// Sum of the clusters' totals: weight times value.
    pub ty: f64,
    /// Sum over clusters of the squared weight of each.
    pub tww: f64,
    /// Sum over clusters of the weight of each times its total.
    pub twy: f64,
    /// Sum over clusters of the squared total of each.
    pub tyy: f64,
    /// Sum over answers of the squared weight.
    pub ww: f64,
    /// Sum over answers of weight times squared value. That of a share (values 0 and 1) is `ty`.
    pub wyy: f64,
    /// Clusters in the population of the stratum, for the finite population correction. `None`: so many that it does
    /// not matter.
    pub population: Option<f64>,
}

impl Stratum {
    /// These clusters and one more.
    #[must_use]
    pub fn with(self, cluster: Cluster) -> Self {
        let Cluster { n, w, wy, ww, wyy } = cluster;
        let inside = u64::from(n > 0);
        let (tw, ty, population) = (w, wy, self.population);
        self.merge(Self { clusters: 1, inside, n, tw, ty, tww: w * w, twy: w * wy, tyy: wy * wy, ww, wyy, population })
    }

    /// These clusters and those, of the same stratum. The population is that of the first.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Self {
            clusters: self.clusters + other.clusters,
            inside: self.inside + other.inside,
            n: self.n + other.n,
            tw: self.tw + other.tw,
            ty: self.ty + other.ty,
            tww: self.tww + other.tww,
            twy: self.twy + other.twy,
            tyy: self.tyy + other.tyy,
            ww: self.ww + other.ww,
            wyy: self.wyy + other.wyy,
            population: self.population.or(other.population),
        }
    }

    /// The part of the population's clusters that was not drawn; `None` where more were drawn than there are.
    fn not_drawn(&self) -> Option<f64> {
        let drawn = self.clusters as f64;
        self.population.map_or(Some(1.0), |all| (all >= drawn && all.is_finite()).then(|| 1.0 - drawn / all))
    }

    /// Variance of the sum over clusters of `ty - slope * tw`. A cluster alone in its stratum has no mean of others to
    /// stand apart from and counts with its whole sum, which for a mean is its distance from the mean of all clusters.
    fn variance(&self, slope: f64) -> Option<f64> {
        let drawn = self.clusters as f64;
        let sum = self.ty - slope * self.tw;
        let squares = self.tyy - 2.0 * slope * self.twy + slope * slope * self.tww;
        let about = if self.clusters > 1 { (squares - sum * sum / drawn) * drawn / (drawn - 1.0) } else { squares };
        let rounding = ROUNDING * (self.tyy + slope * slope * self.tww);
        Some(if about > rounding { about * self.not_drawn()? } else { 0.0 })
    }
}

/// One answer and where it was drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answer<'a> {
    /// What was answered. `None`: the cluster was drawn, the answer lies outside the domain.
    pub y: Option<f64>,
    /// How much it counts. 0 lies outside the domain, too.
    pub weight: f64,
    /// Its stratum; answers without one make a stratum together.
    pub stratum: Option<&'a str>,
    /// Its cluster within the stratum; an answer without one is a cluster of its own.
    pub cluster: Option<&'a str>,
    /// Clusters in the population of the stratum.
    pub population: Option<f64>,
}

/// Adds answers up to strata, in the order of their names.
///
/// `None` where a weight is below 0 or not finite, a value is not finite, or answers of a stratum name different
/// populations.
pub fn strata<'a>(answers: impl IntoIterator<Item = Answer<'a>>) -> Option<Vec<Stratum>> {
    let mut all: BTreeMap<Option<&str>, (Stratum, BTreeMap<&str, Cluster>)> = BTreeMap::new();
    for Answer { y, weight, stratum, cluster, population } in answers {
        if !(weight >= 0.0 && weight.is_finite() && y.is_none_or(f64::is_finite)) {
            return None;
        }
        let (sums, clusters) =
            all.entry(stratum).or_insert_with(|| (Stratum { population, ..Stratum::default() }, BTreeMap::new()));
        if sums.population != population {
            return None;
        }
        let grow = |sums: Cluster| y.map_or(sums, |y| sums.with(y, weight));
        match cluster {
            None => *sums = sums.with(grow(Cluster::ZERO)),
            Some(cluster) => {
                let known = clusters.entry(cluster).or_default();
                *known = grow(*known);
            }
        }
    }
    let total = |(sums, clusters): (Stratum, BTreeMap<&str, Cluster>)| clusters.into_values().fold(sums, Stratum::with);
    Some(all.into_values().map(total).collect())
}

/// A weighted mean, share or total with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    /// The estimate, in the unit of the values.
    pub value: f64,
    /// Its standard error, by linearisation. `None` without degrees of freedom.
    pub se: Option<f64>,
    /// Clusters less strata, both with somebody in the domain.
    pub degrees_of_freedom: u64,
    /// Variance over that of as many answers drawn at random with replacement. `None` without a standard error and where
    /// all answers are alike.
    pub design_effect: Option<f64>,
    /// Answers in the domain.
    pub n: u64,
    /// (Σw)² / Σw² over the answers.
    pub effective_n: f64,
    /// (Σw)² / Σw² over the clusters.
    effective_clusters: f64,
}

/// Returns the weighted mean of the values, Σwy / Σw, with its linearised standard error.
///
/// A stratum with a single cluster is centred at the mean of all clusters (`survey.lonely.psu = "adjust"`), which errs on
/// the wide side. `None` without an answer that has a weight, and where a sum is impossible (weights below 0, not
/// finite, a population smaller than its sample).
///
/// Source: Binder DA (1983), Int Stat Rev 51:279-292; Lumley T (2010), Complex Surveys, chapter 2; the design effect is
/// `svymean(deff = "replace")` of R's survey package.
pub fn ratio_mean(strata: &[Stratum]) -> Option<Design> {
    let all = strata.iter().copied().reduce(Stratum::merge)?;
    let value = all.ty / all.tw;
    let mut design = linearised(strata, &all, value, value, all.tw)?;
    let n = all.n as f64;
    let spread = (all.wyy / all.tw - value * value) * n / (n - 1.0);
    let alike = spread <= ROUNDING * (all.wyy / all.tw);
    let at_random = (!alike && spread.is_finite()).then_some(spread / n);
    design.design_effect = design.se.zip(at_random).map(|(se, random)| se * se / random).filter(|d| d.is_finite());
    Some(design)
}

/// Returns the weighted total of the values, Σwy, with its standard error. It has no design effect.
///
/// `None` as for the mean. Source: as there (`svytotal`; like that, a single cluster of a stratum is centred at 0).
pub fn total(strata: &[Stratum]) -> Option<Design> {
    let all = strata.iter().copied().reduce(Stratum::merge)?;
    linearised(strata, &all, all.ty, 0.0, 1.0)
}

fn linearised(strata: &[Stratum], all: &Stratum, value: f64, slope: f64, scale: f64) -> Option<Design> {
    let inhabited: u64 = strata.iter().map(|stratum| u64::from(stratum.inside > 0)).sum();
    let whole = all.tw > 0.0 && all.ww > 0.0 && all.tww > 0.0 && all.n > 0 && strata.iter().all(|s| s.tw >= 0.0);
    let (effective_n, effective_clusters) = (all.tw * all.tw / all.ww, all.tw * all.tw / all.tww);
    let finite = [value, all.wyy, all.tyy, effective_n, effective_clusters].into_iter().all(f64::is_finite);
    if !(whole && finite) {
        return None;
    }
    let degrees_of_freedom = all.inside.checked_sub(inhabited)?;
    let variances = strata.iter().map(|stratum| stratum.variance(slope)).collect::<Option<Vec<_>>>()?;
    let se = variances.iter().sum::<f64>().sqrt() / scale;
    let se = (degrees_of_freedom > 0 && se.is_finite()).then_some(se);
    Some(Design { value, se, degrees_of_freedom, design_effect: None, n: all.n, effective_n, effective_clusters })
}

impl Design {
    /// Returns limits by Student's t on the degrees of freedom of the design. `None` without a standard error and unless
    /// `level` lies strictly between 0 and 1.
    pub fn t_limits(&self, level: f64) -> Option<Interval> {
        self.around(student::two_sided(level, self.degrees_of_freedom as f64)?)
    }

    /// Returns limits by the normal distribution, as the survey package's `confint` of a mean or total does by default.
    pub fn normal_limits(&self, level: f64) -> Option<Interval> {
        self.around(normal::two_sided(level)?)
    }

    fn around(&self, quantile: f64) -> Option<Interval> {
        let reach = quantile * self.se?;
        Interval::around(self.value, self.value - reach, self.value + reach)
    }
}

/// Returns Kish's effective number of answers, (Σw)² / Σw²: as many of equal weight would tell as much of a mean that has
/// nothing to do with the weights.
///
/// `w` is the sum of the weights, `ww` that of their squares. `None` where all are 0, or a sum is not finite.
///
/// Source: Kish L (1965), Survey Sampling, 11.7.
pub fn effective_n(w: f64, ww: f64) -> Option<f64> {
    let n = w / ww * w;
    (w > 0.0 && ww > 0.0 && n.is_finite()).then_some(n)
}

#[cfg(test)]
mod tests {
    use super::{Answer, Cluster, Design, Method, Stratum, effective_n, ratio_mean, strata, total};
    use crate::stats::Interval;

    /// Answers of one stratum, each a cluster of its own.
    fn plain(answers: &[(f64, f64)]) -> Option<Vec<Stratum>> {
        let answer = |(y, weight): &(f64, f64)| Answer {
            y: Some(*y),
            weight: *weight,
            stratum: None,
            cluster: None,
            population: None,
        };
        strata(answers.iter().map(answer))
    }

    fn mean(answers: &[(f64, f64)]) -> Option<Design> {
        ratio_mean(&plain(answers)?)
    }

    #[test]
    fn equal_weights_are_no_weights() {
        // Mean 4, sd 2: standard error 2 / √5, whatever the weight.
        let answers = |weight: f64| [1.0, 4.0, 4.0, 5.0, 6.0].map(|y| (y, weight));
        for weight in [1.0, 0.001, 250.0] {
            let design = mean(&answers(weight)).expect("a mean");
            assert!((design.value - 4.0).abs() < 1e-12 && design.degrees_of_freedom == 4, "{design:?}");
            assert!(design.se.is_some_and(|se| (se - (3.5_f64 / 5.0).sqrt()).abs() < 1e-12), "{design:?}");
            assert!(design.design_effect.is_some_and(|effect| (effect - 1.0).abs() < 1e-12), "{design:?}");
            assert!((design.effective_n - 5.0).abs() < 1e-12);
        }
    }

    #[test]
    fn answers_that_are_alike_have_a_share_with_room_on_one_side() {
        for (y, weights) in [(1.0, [2.0, 2.0, 2.0, 2.0]), (0.0, [0.1, 0.2, 0.3, 0.1])] {
            let design = mean(&weights.map(|weight| (y, weight))).expect("a share");
            assert_eq!((design.value, design.se, design.design_effect), (y, Some(0.0), None));
            // Clopper and Pearson: the (1 - level) / 2 root of the effective number.
            let root = 0.025_f64.powf(1.0 / design.effective_n);
            let expected = if y == 1.0 {
                Interval { lower: root, upper: 1.0 }
            } else {
                Interval { lower: 0.0, upper: 1.0 - root }
            };
            for method in [Method::Logit, Method::Beta, Method::Mean, Method::Likelihood] {
                let limits = design.share_limits(method, 0.95).expect("limits");
                assert!((limits.lower - expected.lower).abs() < 1e-12 && (limits.upper - expected.upper).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn one_answer_has_no_error_and_says_next_to_nothing() {
        let design = mean(&[(1.0, 3.0)]).expect("a share");
        assert_eq!((design.se, design.degrees_of_freedom, design.t_limits(0.95)), (None, 0, None));
        let limits = design.share_limits(Method::Beta, 0.95).expect("limits");
        assert!((limits.lower - 0.025).abs() < 1e-12 && limits.upper == 1.0);
        let cluster = Cluster::ZERO.with(1.0, 1.0).with(0.0, 1.0);
        let one_cluster = ratio_mean(&[Stratum::default().with(cluster)]).expect("a share");
        assert_eq!(
            (one_cluster.value, one_cluster.se, one_cluster.share_limits(Method::Logit, 0.95)),
            (0.5, None, None)
        );
    }

    #[test]
    fn clusters_that_are_alike_leave_no_error_but_their_share_keeps_limits() {
        let half = Cluster::ZERO.with(1.0, 1.0).with(0.0, 1.0);
        let design = ratio_mean(&[[half; 4].into_iter().fold(Stratum::default(), Stratum::with)]).expect("a share");
        assert_eq!((design.value, design.se, design.design_effect), (0.5, Some(0.0), Some(0.0)));
        let limits = design.share_limits(Method::Logit, 0.95).expect("limits");
        assert!(limits.lower < 0.3 && limits.upper > 0.7, "{limits:?}");
    }

    #[test]
    fn weight_0_lies_outside_the_domain_and_keeps_its_cluster() {
        let answer = |y, weight, cluster| Answer { y, weight, stratum: None, cluster: Some(cluster), population: None };
        let inside = [answer(Some(1.0), 1.0, "a"), answer(Some(0.0), 2.0, "b"), answer(Some(1.0), 1.0, "c")];
        let outside = |last| strata(inside.into_iter().chain([last])).expect("strata");
        let by_weight = outside(answer(Some(1.0), 0.0, "d"));
        assert_eq!(by_weight, outside(answer(None, 5.0, "d")));
        assert_eq!(by_weight.iter().map(|s| (s.clusters, s.inside, s.n)).collect::<Vec<_>>(), [(4, 3, 3)]);
        assert_eq!(ratio_mean(&by_weight).map(|design| design.degrees_of_freedom), Some(2));
    }

    #[test]
    fn a_population_that_was_drawn_whole_leaves_no_doubt() {
        let drawn = |population| {
            let clusters = [1.0, 2.0, 6.0].map(|y| Cluster::ZERO.with(y, 1.0)).into_iter();
            let stratum = clusters.fold(Stratum::default(), Stratum::with);
            ratio_mean(&[Stratum { population, ..stratum }])
        };
        assert_eq!(drawn(Some(3.0)).and_then(|design| design.se), Some(0.0));
        assert_eq!(drawn(Some(2.0)), None);
        let ratio = drawn(Some(4.0)).zip(drawn(None)).and_then(|(some, all)| some.se.zip(all.se)).map(|(a, b)| a / b);
        assert!(ratio.is_some_and(|ratio| (ratio - 0.5).abs() < 1e-12));
    }

    #[test]
    fn what_has_no_answer_is_none() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        for answers in
            [&[][..], &[(1.0, 0.0)], &[(1.0, -1.0)], &[(nan, 1.0)], &[(1.0, nan)], &[(inf, 1.0)], &[(1.0, inf)]]
        {
            assert_eq!(mean(answers), None, "{answers:?}");
            assert_eq!(plain(answers).and_then(|strata| total(&strata)), None, "{answers:?}");
        }
        let answer = |population| Answer { y: Some(1.0), weight: 1.0, stratum: None, cluster: None, population };
        assert_eq!(strata([answer(Some(5.0)), answer(Some(6.0))]), None);
        let share = mean(&[(2.0, 1.0), (3.0, 1.0)]).expect("a mean");
        assert_eq!(share.share_limits(Method::Logit, 0.95), None);
        for level in [0.0, 1.0, nan] {
            assert_eq!(share.t_limits(level), None);
            assert_eq!(mean(&[(0.0, 1.0), (1.0, 1.0)]).and_then(|share| share.share_limits(Method::Beta, level)), None);
        }
        for (w, ww) in [(0.0, 0.0), (-1.0, 1.0), (1.0, 0.0), (nan, 1.0), (f64::MAX, f64::MIN_POSITIVE)] {
            assert_eq!(effective_n(w, ww), None);
        }
    }

    mod laws {
        use proptest::{collection::vec, option, prelude::*};

        use super::super::{Answer, Method, Stratum, ratio_mean, strata};

        type Row = (bool, f64, Option<u8>, Option<u8>);

        fn rows() -> impl Strategy<Value = Vec<Row>> {
            vec((any::<bool>(), 0.1..20.0, option::of(0..3_u8), option::of(0..6_u8)), 2..60)
        }

        fn added(rows: &[Row]) -> Vec<Stratum> {
            let names = ["a", "b", "c", "d", "e", "f"];
            let name = |place: &Option<u8>| place.and_then(|place| names.get(usize::from(place))).copied();
            let answer = |(y, weight, stratum, cluster): &Row| Answer {
                y: Some(f64::from(u8::from(*y))),
                weight: *weight,
                stratum: name(stratum),
                cluster: name(cluster),
                population: None,
            };
            strata(rows.iter().map(answer)).unwrap_or_default()
        }

        proptest! {
            #[test]
            fn limits_contain_the_share_and_lie_between_0_and_1(rows in rows(), level in 0.5..0.999) {
                let Some(design) = ratio_mean(&added(&rows)) else { return Err(TestCaseError::fail("no mean")) };
                prop_assert!((-1e-12..=1.0 + 1e-12).contains(&design.value));
                for method in [Method::Logit, Method::Beta, Method::Likelihood] {
                    let limits = design.share_limits(method, level);
                    prop_assert!(limits.is_none_or(|l| -1e-12 <= l.lower && l.lower <= design.value && design.value <= l.upper && l.upper <= 1.0 + 1e-12), "{limits:?}");
                    prop_assert!(limits.is_some() || design.degrees_of_freedom == 0);
                }
            }

            #[test]
            fn neither_the_order_of_answers_nor_the_unit_of_weights_matters(rows in rows(), unit in 0.001..1000.0) {
                let turned: Vec<Row> = rows.iter().rev().map(|(y, w, s, c)| (*y, w * unit, *s, *c)).collect();
                let both = ratio_mean(&added(&rows)).zip(ratio_mean(&added(&turned)));
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-7 * a.abs().max(1e-3);
                prop_assert!(both.is_some_and(|(a, b)| near(a.value, b.value) && a.degrees_of_freedom == b.degrees_of_freedom));
                prop_assert!(both.is_some_and(|(a, b)| near(a.se.unwrap_or(-1.0), b.se.unwrap_or(-1.0))), "{both:?}");
            }
        }
    }
}
