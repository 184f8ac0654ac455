//! The statistics as SQL functions, one a file.
//!
//! | function | kind | returns |
//! |---|---|---|
//! | `wilson_lower(x, n[, level])`, `wilson_upper(x, n[, level])` | scalar | number |
//! | `newcombe(x1, n1, x2, n2[, level])` | scalar | struct |
//! | `share_ratio(x1, n1, x2, n2[, level])` | scalar | struct |
//! | `rate_lower(x, n, per[, level])`, `rate_upper(x, n, per[, level])` | scalar | number |
//! | `rate_ratio(x1, t1, x2, t2[, level])` | scalar | struct |
//! | `funnel_limits_wilson(n, target[, level])`, `funnel_limits_poisson(expected[, level])` | scalar | struct |
//! | `funnel_band_wilson(x, n, target)`, `funnel_band_poisson(observed, expected)` | scalar | text |
//! | `mean_lower(n, mean, sd[, level])`, `mean_upper(n, mean, sd[, level])` | scalar | number |
//! | `welch(n1, mean1, sd1, n2, mean2, sd2[, level])` | scalar | struct |
//! | `normal_p(z)` | scalar | number |
//! | `clustered_share(x, n, clusters, tww, twy, tyy[, level])`, `clustered_mean(sum, squares, n, clusters, tww, twy, tyy[, level])` | scalar | struct |
//! | `profile_class(before_profile, after_profile)` | scalar | text |
//! | `level_sum(profile)`, `level_frequency(profile, levels)` | scalar | whole number, text |
//! | `why_not(x, n)` | scalar | code |
//! | `count_in(codes, n, wanted)` | scalar | whole number |
//! | `design_mean(y, weight, stratum, cluster[, fpc[, level]])` | aggregate | struct |
//! | `design_proportion(y, weight, stratum, cluster[, method[, level]])` | aggregate | struct |
//! | `effective_n(w)` | aggregate | number |
//! | `bounds(x, n, population[, difference])` | scalar | struct |
//! | `r_indicator(responses, population[, level])` | aggregate | struct |
//! | `mantel_haenszel_counts(reference_with, reference_without, focal_with, focal_without[, level])` | aggregate | struct |
//! | `partial_r_indicator(responses, population)` | window | struct |
//! | `design_from_sums(clusters, inside, n, tw, ty, tww, twy, tyy, ww, wyy, 'share' or 'mean'[, level])` | aggregate | struct |
//! | `slope_index(value, population, rank_order[, se[, level]])` | aggregate | struct |
//! | `slope_index_logit(x, n, rank_order[, level])` | aggregate | struct |
//! | `concentration_index(value, population, rank_order[, level])` | aggregate | struct |
//! | `erreygers_index(value, population, rank_order, minimum, maximum[, level])` | aggregate | struct |
//! | `between_group_variance(value, population)`, `between_group_sd`, `coefficient_of_variation`, `mean_log_deviation`, `theil_index`, `index_of_disparity`, `index_of_disparity_weighted` | aggregate | number |
//! | `mean_difference_from_best(value, population, better)`, `mean_difference_from_mean(value, population)`, `mean_difference_from_reference(value, population, is_reference)`, each with a `…_weighted` twin | aggregate | number |
//! | `attributable_risk(value, population, better[, is_reference])`, `attributable_fraction` | aggregate | number |
//! | `paired_change(before, after[, level])` | aggregate | struct |
//! | `profile_change(before_profile, after_profile)` | aggregate | struct |
//! | `goal_attainment_t(achieved, weight)` | aggregate | number |
//! | `standardised_rate(x, n, standard, per[, level])` | aggregate | struct |
//! | `standardised_rate_repeat(x, x_squared, n, standard, per[, level])` | aggregate | struct |
//! | `standardised_ratio(observed, expected[, level])` | aggregate | struct |
//! | `difference_in_differences(y, treated, after[, level])` | aggregate | struct |
//! | `cronbach_alpha(item, item[, item, …])` | aggregate | struct |
//! | `unit_reliability(unit, value)` | aggregate | struct |
//! | `mantel_haenszel(stratum, is_focal, correct)`, `mantel_haenszel_levels(stratum, is_focal, answer)` | aggregate | struct |
//! | `life_expectancy(start_age, population, deaths[, at_age])` | aggregate | struct |
//! | `healthy_life_expectancy(start_age, population, deaths, prevalence[, prevalence_n[, at_age]])` | aggregate | struct |
//! | `xmr(value[, target[, direction[, phase[, screen]]]])` | window | struct |
//! | `funnel(x, n)`, `funnel_ratio(o, e[, scale])` | window | struct |
//! | `intersection(value, se, first, second[, level])`, `intersection_share(x, n, first, second[, level])` | window | struct |
//! | `benjamini_hochberg(p)`, `benjamini_yekutieli(p)`, `bonferroni(p)`, `hochberg(p)`, `holm(p)` | window | number |
//! | `funnel_mean(mean, sd, n)` | window | struct |
//! | `funnel_normal(value, se, target)` | window | struct |
//! | `reliability(n, mean, sd)` | window | number |
//!
//! Numbers of any type are taken as `Float64`. A null argument gives a null answer, and so does input that has no
//! answer; no function returns NaN. Aggregates leave out rows with a null (standard errors and bands of a standard population apart); those that return
//! their `n` say 0 where none is left.

mod adjusted_p;
mod args;
mod attributable;
mod bounds;
mod clustered;
mod collected;
mod concentration_index;
mod count_in;
mod cronbach_alpha;
mod design;
mod design_from_sums;
mod difference_in_differences;
mod disparity;
mod effective_n;
mod funnel;
mod funnel_band;
mod funnel_limits;
mod funnel_ratio;
mod goal_attainment_t;
mod intersection;
mod level_scores;
mod life_expectancy;
mod mantel_haenszel;
mod mantel_haenszel_counts;
mod manual;
mod mean;
mod mean_difference;
mod newcombe;
mod normal_p;
mod paired_change;
mod partial_r_indicator;
mod profile_change;
mod profile_class;
mod r_indicator;
mod rate;
mod scalar;
mod share_ratio;
mod slope_index;
mod slope_index_logit;
mod standardised;
mod unit_reliability;
mod units;
mod welch;
mod why_not;
mod wilson;
mod xmr;

pub use manual::{Entry, manual};

use std::sync::Arc;

use datafusion::common::Result;
use datafusion::logical_expr::registry::FunctionRegistry;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};

use crate::stats::adjust::Adjustment;

/// Every scalar function.
pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    let of_numbers = |definition| Arc::new(ScalarUDF::new_from_impl(scalar::Scalar::new(definition)));
    vec![
        of_numbers(&bounds::BOUNDS),
        of_numbers(&clustered::MEAN),
        of_numbers(&clustered::SHARE),
        of_numbers(&funnel_limits::POISSON),
        of_numbers(&funnel_limits::WILSON),
        of_numbers(&mean::LOWER),
        of_numbers(&mean::UPPER),
        of_numbers(&newcombe::NEWCOMBE),
        of_numbers(&normal_p::NORMAL_P),
        of_numbers(&rate::LOWER),
        of_numbers(&rate::RATIO),
        of_numbers(&rate::UPPER),
        of_numbers(&share_ratio::SHARE_RATIO),
        of_numbers(&welch::WELCH),
        of_numbers(&wilson::LOWER),
        of_numbers(&wilson::UPPER),
        Arc::new(ScalarUDF::new_from_impl(count_in::CountIn::new())),
        Arc::new(ScalarUDF::new_from_impl(funnel_band::FunnelBand::poisson())),
        Arc::new(ScalarUDF::new_from_impl(funnel_band::FunnelBand::wilson())),
        Arc::new(ScalarUDF::new_from_impl(level_scores::LevelScore::frequency())),
        Arc::new(ScalarUDF::new_from_impl(level_scores::LevelScore::sum())),
        Arc::new(ScalarUDF::new_from_impl(profile_class::ProfileClass::new())),
        Arc::new(ScalarUDF::new_from_impl(why_not::WhyNot::new())),
    ]
}

/// Every aggregate function.
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    let collected = |definition| Arc::new(AggregateUDF::new_from_impl(collected::Collected::new(definition)));
    let measures = disparity::ALL.iter().chain(mean_difference::ALL).map(collected);
    let others = vec![
        collected(&attributable::FRACTION),
        collected(&attributable::RISK),
        collected(&concentration_index::CONCENTRATION_INDEX),
        collected(&concentration_index::ERREYGERS_INDEX),
        collected(&cronbach_alpha::CRONBACH_ALPHA),
        collected(&design::DESIGN_MEAN),
        collected(&design::DESIGN_PROPORTION),
        collected(&design_from_sums::DESIGN_FROM_SUMS),
        collected(&difference_in_differences::DIFFERENCE_IN_DIFFERENCES),
        collected(&effective_n::EFFECTIVE_N),
        collected(&life_expectancy::HEALTHY_LIFE_EXPECTANCY),
        collected(&life_expectancy::LIFE_EXPECTANCY),
        collected(&mantel_haenszel::MANTEL_HAENSZEL),
        collected(&mantel_haenszel::MANTEL_HAENSZEL_LEVELS),
        collected(&mantel_haenszel_counts::MANTEL_HAENSZEL_COUNTS),
        collected(&r_indicator::R_INDICATOR),
        collected(&slope_index::SLOPE_INDEX),
        collected(&slope_index_logit::SLOPE_INDEX_LOGIT),
        collected(&standardised::RATE),
        collected(&standardised::RATIO),
        collected(&standardised::REPEAT),
        collected(&unit_reliability::UNIT_RELIABILITY),
        Arc::new(AggregateUDF::new_from_impl(goal_attainment_t::GoalAttainmentT::new())),
        Arc::new(AggregateUDF::new_from_impl(paired_change::PairedChange::new())),
        Arc::new(AggregateUDF::new_from_impl(profile_change::ProfileChange::new())),
    ];
    others.into_iter().chain(measures).collect()
}

/// Every window function.
pub fn windows() -> Vec<Arc<WindowUDF>> {
    let adjusted = |how| Arc::new(WindowUDF::new_from_impl(adjusted_p::AdjustedP::new(how)));
    vec![
        adjusted(Adjustment::BenjaminiHochberg),
        adjusted(Adjustment::BenjaminiYekutieli),
        adjusted(Adjustment::Bonferroni),
        adjusted(Adjustment::Hochberg),
        adjusted(Adjustment::Holm),
        Arc::new(WindowUDF::new_from_impl(funnel::Funnel::new())),
        Arc::new(WindowUDF::new_from_impl(funnel_ratio::FunnelRatio::new())),
        Arc::new(WindowUDF::new_from_impl(intersection::Intersection::of_shares())),
        Arc::new(WindowUDF::new_from_impl(intersection::Intersection::of_values())),
        Arc::new(WindowUDF::new_from_impl(partial_r_indicator::PartialRIndicator::new())),
        Arc::new(WindowUDF::new_from_impl(units::Units::funnel_mean())),
        Arc::new(WindowUDF::new_from_impl(units::Units::funnel_normal())),
        Arc::new(WindowUDF::new_from_impl(units::Units::reliability())),
        Arc::new(WindowUDF::new_from_impl(xmr::Xmr::new())),
    ]
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
