//! The statistics against values that the field's own packages computed (`tests/reference/`, and what may only be read
//! from the shared folder). `docs/reference.md` says of every comparison how many rows it has; a row that falls out fails.

pub mod compare;

mod adjusted;
mod casemix;
mod changes;
mod charts;
mod disparities;
mod eq5d;
mod fair;
mod funnels;
mod individual;
mod intersections;
mod life;
mod power;
mod proportions;
mod rates;
mod representativeness;
mod scales;
mod slopes;
mod standardised;
mod surveys;
mod weights;

use std::path::Path;

pub use compare::{Comparison, Row, ours, rows, shared_folder};

/// Every comparison, in the order of the document. It is none where its values are not here.
const COMPARISONS: &[fn() -> Option<Comparison>] = &[
    proportions::wilson_intervals,
    proportions::means,
    proportions::newcombe_differences,
    proportions::newcombe_second_program,
    rates::byars_and_exact,
    rates::ratios,
    rates::welch_differences,
    standardised::direct_rates,
    standardised::direct_rates_of_repeat_events,
    standardised::indirect_ratios_and_rates,
    changes::paired,
    changes::profiles,
    changes::profiles_of_the_package,
    changes::goals,
    slopes::ohid,
    slopes::ohid_examples,
    slopes::who,
    slopes::who_examples,
    slopes::logit,
    slopes::bounded,
    individual::generated,
    individual::example,
    disparities::ordered,
    disparities::ordered_examples,
    disparities::nonordered,
    disparities::nonordered_examples,
    disparities::share_ratios,
    intersections::shrunken,
    funnels::over_dispersed_proportions,
    funnels::over_dispersed_ratios_by_logarithm,
    funnels::over_dispersed_ratios_by_square_root,
    funnels::fingertips_proportions,
    funnels::fingertips_ratios,
    funnels::fingertips_rates,
    fair::funnels_of_means,
    fair::case_mix_of_patterns,
    charts::xmr_charts,
    adjusted::p_values,
    adjusted::differences_in_differences,
    adjusted::changes_of_people,
    surveys::generated,
    surveys::academic_performance,
    surveys::single_clusters,
    surveys::kish,
    weights::free,
    weights::summary,
    weights::bounded,
    life::life_expectancies,
    life::sullivan,
    life::single_years,
    life::abridged_with_variances,
    life::differences,
    life::with_institutions,
    scales::cronbach_alpha,
    scales::unit_reliability,
    scales::differential_item_functioning,
    casemix::units,
    eq5d::three_levels,
    eq5d::five_levels,
    power::by_statsmodels,
    power::by_r,
    representativeness::r_indicators,
    representativeness::partial,
];

const BEGIN: &str = "<!-- compared: begin -->\n";
const END: &str = "<!-- compared: end -->";

/// All but the largest difference, whose last digits may be others on other machines.
fn counted(line: &str) -> &str {
    line.trim_end_matches(" |").rsplit_once(" | ").map_or(line, |(start, _)| start)
}

#[test]
fn every_statistic_agrees_and_the_document_says_how_many_rows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference.md");
    let document = std::fs::read_to_string(&path).expect("docs/reference.md");
    let (before, rest) = document.split_once(BEGIN).expect("a begin");
    let (table, after) = rest.split_once(END).expect("an end");
    let mut lines = vec![
        "| method | values | computed by | rows compared | left out | largest difference |".to_owned(),
        "|---|---|---|---|---|---|".to_owned(),
    ];
    let mut missing = 0;
    for run in COMPARISONS {
        let Some(comparison) = run() else {
            missing += 1;
            continue;
        };
        let left_out: usize = comparison.left_out.values().sum();
        let what = (comparison.method, comparison.folder);
        assert_eq!(comparison.compared + left_out, comparison.of, "{what:?}: a row is neither compared nor left out");
        assert!(comparison.compared > 0, "{what:?}: nothing was compared");
        lines.push(comparison.line());
    }
    if std::env::var("UPDATE").is_ok() && missing == 0 {
        std::fs::write(&path, format!("{before}{BEGIN}{}\n{END}{after}", lines.join("\n"))).expect("written");
        return;
    }
    let stands: Vec<&str> = table.lines().map(counted).collect();
    for line in &lines {
        assert!(stands.contains(&counted(line)), "docs/reference.md does not say (UPDATE=1 writes it):\n{line}");
    }
    assert_eq!(stands.len(), lines.len() + missing, "docs/reference.md has lines that nothing compares");
}
