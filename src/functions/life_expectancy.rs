//! `life_expectancy` and `healthy_life_expectancy`.

use arrow::datatypes::DataType;
use datafusion::logical_expr::Documentation;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::life::{Band, Health, healthy_life_expectancy, life_expectancy};

const FIELDS: &[(&str, DataType)] =
    &[("value", DataType::Float64), ("lower", DataType::Float64), ("upper", DataType::Float64)];

const START_AGE: (&str, &str) = (
    "start_age",
    "Age at which the band starts, in years; it ends where the next one starts, and the last has no end.",
);
const POPULATION: (&str, &str) =
    ("population", "People of the band in the middle of the year; times the years that deaths were counted in.");
const DEATHS: (&str, &str) = ("deaths", "Deaths among them.");
const AT_AGE: (&str, &str) = (
    "at_age",
    "Age from which years are counted, at which one of the bands must start. 0, at birth, where it is left out.",
);

/// Life expectancy.
///
/// A row without a number is kept: a life table without one of its bands would be wrong without anybody seeing it.
pub(super) static LIFE_EXPECTANCY: Definition = Definition {
    name: "life_expectancy",
    args: &[Arg::Optional, Arg::Optional, Arg::Optional, Arg::Constant],
    required: 3,
    variadic: false,
    returns: Returns::Struct(FIELDS),
    compute: |rows| {
        let bands: Vec<Band> = (0..rows.len()).map(|row| band(rows, row, Health::PERFECT)).collect::<Option<_>>()?;
        let years = life_expectancy(&bands, rows.constant(3).unwrap_or_default(), args::DEFAULT_LEVEL)?;
        Some(vec![number(years.value), number(years.lower), number(years.upper)])
    },
    document: document_life,
};

/// Healthy life expectancy.
pub(super) static HEALTHY_LIFE_EXPECTANCY: Definition = Definition {
    name: "healthy_life_expectancy",
    args: &[Arg::Optional, Arg::Optional, Arg::Optional, Arg::Optional, Arg::Optional, Arg::Constant, Arg::Optional],
    required: 4,
    variadic: false,
    returns: Returns::Struct(FIELDS),
    compute: |rows| {
        let one = |row| {
            let health = Health::asked(rows.optional(3, row)?, rows.optional(4, row))?;
            band(rows, row, Health { common: rows.optional(6, row), ..health })
        };
        let bands: Vec<Band> = (0..rows.len()).map(one).collect::<Option<_>>()?;
        let years = healthy_life_expectancy(&bands, rows.constant(5).unwrap_or_default())?;
        let limits = years.limits(args::DEFAULT_LEVEL);
        let (lower, upper) = (limits.map(|limits| limits.lower), limits.map(|limits| limits.upper));
        Some(vec![number(years.value), number(lower), number(upper)])
    },
    document: document_healthy,
};

fn band(rows: &Rows, row: usize, health: Health) -> Option<Band> {
    let [start_age, population, deaths] = [0, 1, 2].map(|at| rows.optional(at, row));
    Some(Band { start_age: start_age?, population: population?, deaths: deaths?, health })
}

fn document_life() -> Documentation {
    args::document(
        "Years of life to be expected at an age, from an abridged life table: a struct of `value`, `lower`, `upper` \
         (95% limits). Chiang's second method with 0.1 for the part of the first year that those who die in it live, \
         and Silcocks' variance of the last band, as OHID has it, for any number of bands. One row a band; rows of \
         one start age are added together. Null where a row lacks a number, a band has nobody or more deaths than \
         people, nobody died in the last band, or no band starts at `at_age`. Areas that are too small are not left \
         out: OHID shows none of 5,000 people or fewer. The limits of a difference follow from those of both: value1 - \
         value2 - sqrt((value1 - lower1)^2 + (upper2 - value2)^2) is the lower one, which adds the variances.",
        "life_expectancy(start_age, population, deaths[, at_age])",
        "SELECT area, life_expectancy(start_age, population, deaths)['value'] FROM mortality GROUP BY area;",
        &[START_AGE, POPULATION, DEATHS, AT_AGE],
    )
}

fn document_healthy() -> Documentation {
    args::document(
        "Years in good health to be expected at an age, by Sullivan's method on the life table of `life_expectancy`: \
         a struct of `value`, `lower`, `upper` (95% limits, from the variance of the prevalence and that of the \
         deaths). One row a band; rows of one start age are added together, their prevalence by population. Null \
         where `life_expectancy` is, where a row lacks a prevalence and where one is not from 0 to 1; the limits are \
         null where a row lacks `prevalence_n`.",
        "healthy_life_expectancy(start_age, population, deaths, prevalence[, prevalence_n[, at_age[, asked_as]]])",
        "SELECT area, healthy_life_expectancy(age, population, deaths, ill, asked, 65) FROM bands GROUP BY area;",
        &[
            START_AGE,
            POPULATION,
            DEATHS,
            ("prevalence", "Share of the band that is not in good health, from 0 to 1."),
            ("prevalence_n", "How many people of the band were asked for their health."),
            AT_AGE,
            (
                "asked_as",
                "A number for the band in which people were asked, where it is wider than those of the life table: rows of one number \
                 have one prevalence in common, and err together.",
            ),
        ],
    )
}
