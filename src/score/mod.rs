//! Scores as SQL: what a declaration says of a score becomes an expression over the columns of `responses`.
//!
//! Promises: what `tellonce explain` prints is what runs. A score that cannot be computed is null (a code of −1 where it gives codes), never
//! zero. Must never know: tables, figures.

mod change;
mod explain;
mod expression;
mod repeats;
mod sql;

pub use change::{Pairing, STATES, filter};
pub use explain::explain;
pub use expression::{Column, Kind, Scoring, scored_codes};
pub use sql::{ident, literal};
