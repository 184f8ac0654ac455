//! `standardised_rate`, `standardised_rate_repeat` and `standardised_ratio`.

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::args;
use super::collected::{Arg, Definition, Returns, Rows, number};
use crate::stats::Estimate;
use crate::stats::standardised::{Band, direct, indirect};

const ESTIMATE: Returns =
    Returns::Struct(&[("value", DataType::Float64), ("lower", DataType::Float64), ("upper", DataType::Float64)]);

fn estimate(estimate: Estimate) -> Vec<ScalarValue> {
    [estimate.value, estimate.lower, estimate.upper].into_iter().map(number).collect()
}

/// The rate over bands whose columns stand at these places.
fn rate(rows: &Rows, [events, squares, population, standard]: [usize; 4], per: usize) -> Option<Vec<ScalarValue>> {
    let at = |column: usize, row: usize| rows.numbers(column).get(row).copied();
    let band = |row| {
        let (events, squares) = (at(events, row)?, at(squares, row)?);
        Some(Band { events, squares, population: at(population, row)?, standard: at(standard, row)? })
    };
    let bands: Option<Vec<Band>> = (0..rows.len()).map(band).collect();
    direct(&bands?, rows.constant(per)?, rows.level(per + 1)).map(estimate)
}

/// Directly standardised rate.
// A band that is left out would make another standard, so a null is not left out here: the answer is null.
pub(super) static RATE: Definition = Definition {
    name: "standardised_rate",
    args: &[Arg::Optional, Arg::Optional, Arg::Optional, Arg::Constant, Arg::Level],
    required: 4,
    variadic: false,
    returns: ESTIMATE,
    compute: |rows| rate(rows, [0, 0, 1, 2], 3),
    document: || {
        args::document(
            "Directly standardised rate in events per `per` with Dobson's (1991) interval, one row a band, such as an age group: a \
             struct of `value`, `lower` and `upper`. Null below 10 events in all (OHID's rule), where a band has no people, and where a \
             number of any band is null: the other bands alone would be another standard. Write coalesce(x, 0) where no row means no \
             events.",
            "standardised_rate(x, n, standard, per[, level])",
            "SELECT area, standardised_rate(x, n, standard, 1000)['value'] FROM age_bands GROUP BY area;",
            &[
                ("x", "Events in the band."),
                ("n", "People in the band."),
                ("standard", "People of the band in the standard population."),
                ("per", "What the rate is for, such as 1000 people; one number for all rows."),
                args::LEVEL,
            ],
        )
    },
};

/// Directly standardised rate of events that a person can have more than once.
pub(super) static REPEAT: Definition = Definition {
    name: "standardised_rate_repeat",
    args: &[Arg::Optional, Arg::Optional, Arg::Optional, Arg::Optional, Arg::Constant, Arg::Level],
    required: 5,
    variadic: false,
    returns: ESTIMATE,
    compute: |rows| rate(rows, [0, 1, 2, 3], 4),
    document: || {
        args::document(
            "Directly standardised rate of events that a person can have more than once, so that they are not independent: as \
             `standardised_rate`, with a variance from the squared events of each person (OHID). Null, too, where the squares of a band \
             are fewer than its events.",
            "standardised_rate_repeat(x, x_squared, n, standard, per[, level])",
            "SELECT standardised_rate_repeat(x, x2, n, standard, 1000) FROM (SELECT band, sum(events) AS x, sum(events * events) AS x2, \
             count(*) AS n, max(standard) AS standard FROM people GROUP BY band);",
            &[
                ("x", "Events in the band."),
                ("x_squared", "Sum over the people of the band of each one's number of events squared."),
                ("n", "People in the band."),
                ("standard", "People of the band in the standard population."),
                ("per", "What the rate is for, such as 1000 people; one number for all rows."),
                args::LEVEL,
            ],
        )
    },
};

/// Indirectly standardised ratio.
pub(super) static RATIO: Definition = Definition {
    name: "standardised_ratio",
    args: &[Arg::Number, Arg::Number, Arg::Level],
    required: 2,
    variadic: false,
    returns: ESTIMATE,
    compute: |rows| {
        let (observed, expected) = (rows.numbers(0), rows.numbers(1));
        // A negative count of one row could hide in the sum.
        let sound = observed.iter().chain(expected).all(|number| *number >= 0.0);
        let sum = |numbers: &[f64]| numbers.iter().sum();
        indirect(sum(observed), sum(expected), rows.level(2)).filter(|_| sound).map(estimate)
    },
    document: || {
        args::document(
            "Indirectly standardised ratio: events over those expected at the rates of a standard population, 1 where there are as many, \
             with the limits of the count (exact below 10 events, Byar's from 10; Breslow & Day 1987): a struct of `value`, `lower` and \
             `upper`. Times the crude rate of the standard population it is the indirectly standardised rate. One row a band; rows with a \
             null are left out. Null where nothing is expected or a number is below 0.",
            "standardised_ratio(observed, expected[, level])",
            "SELECT area, standardised_ratio(x, n * standard_rate)['value'] FROM age_bands GROUP BY area;",
            &[
                ("observed", "Events in the band."),
                ("expected", "Events expected there: people times the rate of the band in the standard population."),
                args::LEVEL,
            ],
        )
    },
};
