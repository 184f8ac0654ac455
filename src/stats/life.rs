//! Life expectancy and healthy life expectancy from an abridged life table.

use super::{Estimate, Interval, normal};

/// Part of the first year that those who die in it live on average.
///
/// Source: Chiang CL (1968), Introduction to Stochastic Processes in Biostatistics; OHID's `phe_life_expectancy`.
/// Eurostat's differs, by thousandths of a year of life expectancy at birth.
pub const FIRST_YEAR: f64 = 0.1;

/// The same part of any other band.
const OTHER_BANDS: f64 = 0.5;

/// People at birth that a life table follows.
const RADIX: f64 = 1e5;

/// People of one age band in one place and time. Bands of one start age are added together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Age at which the band starts, in years. It ends where the next one starts; the last one has no end.
    pub start_age: f64,
    /// Years that people of this age lived there: mid-year population, times the years that deaths were counted.
    pub population: f64,
    /// Deaths among them.
    pub deaths: f64,
    /// How many of them are not in good health.
    pub health: Health,
}

/// The share of a band that is not in good health, with its variance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Health {
    /// The share, from 0 to 1.
    pub prevalence: f64,
    /// Its variance; `None` where nobody knows how many were asked.
    pub variance: Option<f64>,
    /// Which of several shares it is, where bands next to each other have one share in common, because people were asked in wider bands.
    /// `None` where the share is that of its band alone.
    pub common: Option<f64>,
}

impl Health {
    /// Everybody is well: years of life are then years in good health.
    pub const PERFECT: Self = Self { prevalence: 0.0, variance: Some(0.0), common: None };

    /// The share `prevalence` of `n` people asked. `None` unless the share is from 0 to 1 and `n`, where known, is
    /// above 0.
    pub fn asked(prevalence: f64, n: Option<f64>) -> Option<Self> {
        let valid = (0.0..=1.0).contains(&prevalence) && n.is_none_or(|n| n > 0.0 && n.is_finite());
        let variance = n.map(|n| prevalence * (1.0 - prevalence) / n);
        valid.then_some(Self { prevalence, variance, common: None })
    }

    /// Says whether two bands have one share in common.
    fn shares_with(&self, other: &Self) -> bool {
        self.common.is_some() && self.common == other.common
    }
}

/// What becomes of those who enter a band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Passage {
    /// Age at which the band starts, in years.
    pub start_age: f64,
    /// Years to its end; `None` for the last band.
    pub width: Option<f64>,
    /// Deaths that its death rate rests on.
    pub deaths: f64,
    /// Deaths a year and person.
    pub rate: f64,
    /// Chance to die before the end of the band; of no meaning in the last one.
    pub chance: f64,
    /// Part of the band that those who die in it live on average.
    pub part: f64,
}

/// Years to be expected at an age, with what makes them uncertain.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectancy {
    /// Age, in years.
    pub start_age: f64,
    /// Years to be expected.
    pub value: f64,
    /// Variance that comes from the number of deaths.
    pub of_deaths: f64,
    /// Variance that comes from the number of people asked for their health; `None` where it is not known.
    pub of_health: Option<f64>,
}

impl Expectancy {
    /// Returns normal limits from both variances. `None` where one is unknown, and unless `level` lies between 0 and 1.
    pub fn limits(&self, level: f64) -> Option<Interval> {
        let reach = normal::two_sided(level)? * (self.of_deaths + self.of_health?).sqrt();
        Interval::around(self.value, self.value - reach, self.value + reach)
    }
}

/// Returns what becomes of those who enter each band, youngest first, by the death rates of the bands.
///
/// `None` without bands, when an age or a number of deaths is below 0, a population is not above 0, deaths are more
/// than the population or so many that the chance to die exceeds 1, nobody died in the last band, or a number is not
/// finite.
///
/// Source: Chiang CL (1978), Life Table and Mortality Analysis (method II).
pub fn passages(bands: &[Band]) -> Option<Vec<Passage>> {
    let ends = bands.iter().skip(1).map(|band| Some(band.start_age)).chain([None]);
    let passages: Option<Vec<Passage>> = bands.iter().zip(ends).map(|(band, end)| band.passage(end)).collect();
    passages.filter(|passages| passages.last().is_some_and(|last| last.rate > 0.0))
}

impl Band {
    fn passage(&self, end: Option<f64>) -> Option<Passage> {
        let Self { start_age, population, deaths, .. } = *self;
        let rate = deaths / population;
        let width = end.map(|end| end - start_age);
        let part = if start_age == 0.0 && width == Some(1.0) { FIRST_YEAR } else { OTHER_BANDS };
        let chance = width.map_or(1.0, |width| rate * width / (1.0 + rate * width * (1.0 - part)));
        let valid = start_age >= 0.0
            && population > 0.0
            && population.is_finite()
            && (0.0..=population).contains(&deaths)
            && width.is_none_or(|width| width > 0.0 && width.is_finite())
            && (0.0..=1.0).contains(&chance);
        valid.then_some(Passage { start_age, width, deaths, rate, chance, part })
    }
}

/// Brings bands into the order of age and adds those of one start age together.
///
/// Their prevalence is that of all their people: each counts by its population.
fn pooled(bands: &[Band]) -> Vec<Band> {
    let mut bands = bands.to_vec();
    bands.sort_by(|one, other| one.start_age.total_cmp(&other.start_age));
    let mut pooled: Vec<Band> = Vec::with_capacity(bands.len());
    for band in bands {
        match pooled.last_mut().filter(|before| before.start_age == band.start_age) {
            Some(before) => *before = before.with(&band),
            None => pooled.push(band),
        }
    }
    pooled
}

impl Band {
    fn with(&self, other: &Self) -> Self {
        let population = self.population + other.population;
        let [one, two] = [self, other].map(|band| band.population / population);
        let variance = |[one, two]: [f64; 2]| one * one * two;
        let both = self.health.variance.zip(other.health.variance);
        let health = match self.health.shares_with(&other.health) {
            true => self.health,
            false => Health {
                prevalence: one * self.health.prevalence + two * other.health.prevalence,
                variance: both.map(|(a, b)| variance([one, a]) + variance([two, b])),
                common: None,
            },
        };
        Self { start_age: self.start_age, population, deaths: self.deaths + other.deaths, health }
    }
}

/// A life table: those who reach each band of 100,000 who start, and the years that they live in it.
#[derive(Debug, Clone, PartialEq)]
pub struct LifeTable {
    passages: Vec<Passage>,
    /// Those who reach each band.
    pub survivors: Vec<f64>,
    /// Years that all of them live in it.
    pub years: Vec<f64>,
}

impl LifeTable {
    /// The life table of these passages.
    pub fn new(passages: Vec<Passage>) -> Self {
        let mut left = RADIX;
        let (mut survivors, mut years) = (Vec::new(), Vec::new());
        for Passage { width, rate, chance, part, .. } in &passages {
            let next = left * (1.0 - chance);
            survivors.push(left);
            years.push(width.map_or(left / rate, |width| width * (next + part * (left - next))));
            left = next;
        }
        Self { passages, survivors, years }
    }

    /// Returns the years in good health to be expected at the start of each band, youngest first; `None` where nobody
    /// gets that old.
    ///
    /// `health` has one share a band; with [`Health::PERFECT`] the years are those of life. The variance of the last
    /// band's length of life is that of a rate from its deaths. Of bands with a share in common the years are added up before
    /// they are squared: they err together.
    ///
    /// Source: Sullivan DF (1971), HSMHA Health Rep 86:347-354; its variance: Jagger C, Van Oyen H & Robine JM (2014),
    /// Health expectancy calculation by the Sullivan method, 4th ed.; last band: Silcocks PBS, Jenner DA & Reza R
    /// (2001), J Epidemiol Community Health 55:38-43.
    pub fn expectancies(&self, health: &[Health]) -> Vec<Option<Expectancy>> {
        let (mut healthy_years, mut of_health, mut of_deaths) = (0.0, Some(0.0), 0.0);
        let (mut expected, mut later) = (Vec::new(), 0.0);
        // Years of the bands that have a share in common with the band in hand, and that share.
        let mut in_common: Option<(f64, Health)> = None;
        let rows = self.passages.iter().zip(&self.survivors).zip(&self.years).zip(health);
        for (((passage, left), years), health) in rows.rev() {
            let well = 1.0 - health.prevalence;
            healthy_years += years * well;
            let before = in_common.filter(|(_, other)| health.shares_with(other)).map_or(0.0, |(years, _)| years);
            let together = before + years;
            let added = together * together - before * before;
            of_health = of_health.zip(health.variance).map(|(sum, variance)| sum + added * variance);
            in_common = Some((together, *health));
            // One death more in the band costs what is left of the band and of life after it.
            let lost = passage.width.map_or(1.0 / passage.rate, |width| width * (1.0 - passage.part)) * well + later;
            of_deaths += (left * lost).powi(2) * passage.variance();
            later = healthy_years / left;
            let value = Expectancy {
                start_age: passage.start_age,
                value: later,
                of_deaths: of_deaths / (left * left),
                of_health: of_health.map(|sum| sum / (left * left)),
            };
            expected.push((value.value.is_finite() && value.of_deaths.is_finite()).then_some(value));
        }
        expected.reverse();
        expected
    }
}

impl Passage {
    /// Variance of the chance to die; in the last band, of its length relative to itself.
    fn variance(&self) -> f64 {
        match self.width {
            _ if self.deaths == 0.0 => 0.0,
            Some(_) => self.chance * self.chance * (1.0 - self.chance) / self.deaths,
            None => 1.0 / self.deaths,
        }
    }
}

/// Returns the years of life to be expected at `at_age`, with limits at the confidence level `level`.
///
/// The health of the bands does not count. `None` where the bands make no life table ([`passages`]), `at_age` is no
/// start of a band or nobody reaches it, and unless `level` lies strictly between 0 and 1. No band is too small:
/// whether a figure of few people is shown is not decided here.
///
/// Source: as OHID's `phe_life_expectancy`, for any number of bands.
pub fn life_expectancy(bands: &[Band], at_age: f64, level: f64) -> Option<Estimate> {
    let alive: Vec<Band> = bands.iter().map(|band| Band { health: Health::PERFECT, ..*band }).collect();
    let expectancy = healthy_life_expectancy(&alive, at_age)?;
    let Interval { lower, upper } = expectancy.limits(level)?;
    Estimate::new(expectancy.value, lower, upper)
}

/// Returns the years in good health to be expected at `at_age`.
///
/// `None` as for [`life_expectancy`], and where a band's prevalence is not from 0 to 1.
pub fn healthy_life_expectancy(bands: &[Band], at_age: f64) -> Option<Expectancy> {
    let bands = pooled(bands);
    let table = LifeTable::new(passages(&bands)?);
    let health: Vec<Health> = bands.iter().map(|band| band.health).collect();
    let valid = health.iter().all(|health| (0.0..=1.0).contains(&health.prevalence));
    table.expectancies(&health).into_iter().flatten().find(|one| valid && one.start_age == at_age)
}

#[cfg(test)]
mod tests {
    use super::{Band, Health, healthy_life_expectancy, life_expectancy};

    fn band(start_age: f64, population: f64, deaths: f64) -> Band {
        Band { start_age, population, deaths, health: Health::PERFECT }
    }

    #[test]
    fn one_open_band_is_the_inverse_of_its_rate() {
        let years = life_expectancy(&[band(85.0, 1000.0, 100.0)], 85.0, 0.95);
        assert!(years.is_some_and(|years| (years.value - 10.0).abs() < 1e-12 && years.lower < years.value));
    }

    #[test]
    fn counts_that_make_no_life_table_have_no_answer() {
        let (nan, inf) = (f64::NAN, f64::INFINITY);
        let last = band(65.0, 900.0, 40.0);
        for first in [
            band(0.0, 0.0, 0.0),
            band(0.0, 100.0, -1.0),
            band(0.0, 10.0, 11.0),
            band(0.0, nan, 1.0),
            band(0.0, inf, 1.0),
            band(0.0, 100.0, nan),
            band(nan, 100.0, 1.0),
            band(-1.0, 100.0, 1.0),
            // Of 65 years at this rate more than everybody would die.
            band(0.0, 100.0, 50.0),
        ] {
            for age in [0.0, 65.0] {
                assert_eq!(life_expectancy(&[first, last], age, 0.95), None, "{first:?}");
            }
        }
        assert_eq!(life_expectancy(&[], 0.0, 0.95), None);
        assert_eq!(life_expectancy(&[band(0.0, 100.0, 1.0), band(65.0, 900.0, 0.0)], 0.0, 0.95), None);
        assert_eq!(life_expectancy(&[band(0.0, 100.0, 1.0), last], 30.0, 0.95), None);
        assert_eq!(life_expectancy(&[last], 65.0, 1.0), None);
    }

    #[test]
    fn bands_with_a_share_in_common_err_together() {
        let asked = Health::asked(0.25, Some(100.0)).unwrap_or(Health::PERFECT);
        let with = |health| {
            [(0.0, 10.0), (30.0, 20.0), (60.0, 400.0)].map(|(age, deaths)| Band { health, ..band(age, 1000.0, deaths) })
        };
        let of_health = |bands: &[Band]| healthy_life_expectancy(bands, 0.0).and_then(|years| years.of_health);
        let life = healthy_life_expectancy(&with(Health::PERFECT), 0.0).map(|years| years.value);
        // One share for all of life: its variance times the square of the whole length of life.
        let common = of_health(&with(Health { common: Some(16.0), ..asked }));
        let whole = life.map(|years| years * years * 0.25 * 0.75 / 100.0);
        assert!(common.zip(whole).is_some_and(|(one, other)| (one - other).abs() < 1e-9), "{common:?} {whole:?}");
        assert!(of_health(&with(asked)) < common);
    }

    #[test]
    fn without_the_number_asked_there_are_no_limits() {
        let health = Health::asked(0.25, None);
        let years =
            health.and_then(|health| healthy_life_expectancy(&[Band { health, ..band(65.0, 900.0, 45.0) }], 65.0));
        assert!(years.is_some_and(|years| (years.value - 15.0).abs() < 1e-12 && years.limits(0.95).is_none()));
        for (prevalence, n) in [(1.1, None), (f64::NAN, None), (0.5, Some(0.0)), (0.5, Some(f64::NAN))] {
            assert_eq!(Health::asked(prevalence, n), None);
        }
    }
}
