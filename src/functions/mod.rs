//! The statistics as SQL functions, one a file.
//!
//! | function | kind | returns |
//! |---|---|---|
//! | `wilson_lower(x, n[, level])`, `wilson_upper(x, n[, level])` | scalar | number |
//! | `newcombe(x1, n1, x2, n2[, level])` | scalar | struct |
//! | `mean_lower(n, mean, sd[, level])`, `mean_upper(n, mean, sd[, level])` | scalar | number |
//! | `profile_class(before_profile, after_profile)` | scalar | text |
//! | `why_not(x, n)` | scalar | code |
//! | `count_in(codes, n, wanted)` | scalar | whole number |
//! | `slope_index(value, population, rank_order[, se[, level]])` | aggregate | struct |
//! | `paired_change(before, after[, level])` | aggregate | struct |
//! | `profile_change(before_profile, after_profile)` | aggregate | struct |
//! | `goal_attainment_t(achieved, weight)` | aggregate | number |
//! | `xmr(value[, target[, direction[, phase[, screen]]]])` | window | struct |
//! | `funnel(x, n)` | window | struct |
//!
//! Numbers of any type are taken as `Float64`. A null argument gives a null answer, and so does input that has no
//! answer; no function returns NaN. Aggregates leave out rows with a null (standard errors apart); those that return
//! their `n` say 0 where none is left.

mod args;
mod count_in;
mod funnel;
mod goal_attainment_t;
mod mean;
mod newcombe;
mod paired_change;
mod profile_change;
mod profile_class;
mod slope_index;
mod why_not;
mod wilson;
mod xmr;

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::logical_expr::registry::FunctionRegistry;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};

/// Every scalar function.
pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    vec![
        Arc::new(ScalarUDF::new_from_impl(wilson::Wilson::lower())),
        Arc::new(ScalarUDF::new_from_impl(wilson::Wilson::upper())),
        Arc::new(ScalarUDF::new_from_impl(newcombe::Newcombe::new())),
        Arc::new(ScalarUDF::new_from_impl(mean::Mean::lower())),
        Arc::new(ScalarUDF::new_from_impl(mean::Mean::upper())),
        Arc::new(ScalarUDF::new_from_impl(profile_class::ProfileClass::new())),
        Arc::new(ScalarUDF::new_from_impl(why_not::WhyNot::new())),
        Arc::new(ScalarUDF::new_from_impl(count_in::CountIn::new())),
    ]
}

/// Every aggregate function.
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    vec![
        Arc::new(AggregateUDF::new_from_impl(slope_index::SlopeIndex::new())),
        Arc::new(AggregateUDF::new_from_impl(paired_change::PairedChange::new())),
        Arc::new(AggregateUDF::new_from_impl(profile_change::ProfileChange::new())),
        Arc::new(AggregateUDF::new_from_impl(goal_attainment_t::GoalAttainmentT::new())),
    ]
}

/// Every window function.
pub fn windows() -> Vec<Arc<WindowUDF>> {
    vec![Arc::new(WindowUDF::new_from_impl(xmr::Xmr::new())), Arc::new(WindowUDF::new_from_impl(funnel::Funnel::new()))]
}

/// Makes every function known to a session.
///
/// # Errors
///
/// When the registry takes no functions.
pub fn register(to: &mut dyn FunctionRegistry) -> Result<()> {
    scalars().into_iter().try_for_each(|function| to.register_udf(function).map(drop))?;
    aggregates().into_iter().try_for_each(|function| to.register_udaf(function).map(drop))?;
    windows().into_iter().try_for_each(|function| to.register_udwf(function).map(drop))
}
