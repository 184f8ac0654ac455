//! Numbers of answers and power, against other programs and against simulation.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tellonce::stats::normal;
use tellonce::stats::power::{
    Demand, Way, answers_beside, answers_beside_mean, answers_for_means, answers_for_shares, answers_for_width,
    of_means, of_shares, smallest_of_means, smallest_of_shares,
};

use super::{Comparison, Row, ours};

/// What a row asks for; the power is of no matter where it is what the row expects.
fn demand(row: &Row) -> Demand {
    Demand { power: row.optional("power").unwrap_or(0.8), level: row.number("level"), design_effect: 1.0 }
}

pub fn by_statsmodels() -> Option<Comparison> {
    let mut to =
        Comparison::new("power and answers needed: shares, means, width", "power", "statsmodels 0.15.0, scipy 1.17.1");
    for row in to.expected(&ours("power").join("expected_statsmodels.csv")) {
        let [a, b] = ["a", "b"].map(|column| row.number(column));
        let [difference, n1, n2] = ["difference", "n1", "n2"].map(|column| row.optional(column).unwrap_or(f64::NAN));
        let (what, demand) = (row.text("what"), demand(&row));
        let got = match what {
            "shares: n by ratio" => answers_for_shares(a, b, n2, demand),
            "shares: n beside" => answers_beside(a, b, n2, demand),
            "shares: power" => of_shares(a, n1, b, n2, demand),
            "shares: smallest up" => smallest_of_shares(a, n1, n2, Way::Up, demand),
            "shares: smallest down" => smallest_of_shares(a, n1, n2, Way::Down, demand),
            "means: n by ratio" => answers_for_means(difference, a, b, n2, demand),
            "means: n beside" => answers_beside_mean(difference, a, (b, n2), demand),
            "means: power" => of_means(difference, (a, n1), (b, n2), demand),
            "means: smallest" => smallest_of_means((a, n1), (b, n2), demand),
            "share: n for width" => answers_for_width(a, difference, demand),
            other => panic!("unknown: {other}"),
        };
        to.relative(what, got.expect(what), row.number("value"), 1e-9);
        to.row();
    }
    Some(to)
}

pub fn by_r() -> Option<Comparison> {
    let mut to =
        Comparison::new("power and answers needed: shares in groups of one size", "power", "R 4.2.2 `power.prop.test`");
    for row in to.expected(&ours("power").join("expected_r.csv")) {
        let ([a, b], n, what) = (["a", "b"].map(|column| row.number(column)), row.optional("n"), row.text("what"));
        let n = n.unwrap_or(f64::NAN);
        let (got, tolerance) = match what {
            "n" => (answers_for_shares(a, b, 1.0, demand(&row)), 1e-9),
            "power" => (of_shares(a, n, b, n, demand(&row)), 1e-9),
            // R's search of the second share.
            "smallest up" => (smallest_of_shares(a, n, n, Way::Up, demand(&row)), 1e-6),
            other => panic!("unknown: {other}"),
        };
        to.relative(what, got.expect(what), row.number("value"), tolerance);
        to.row();
    }
    Some(to)
}

/// A share of answers that met the condition, of clusters that answer alike with the correlation `alike`.
fn answered(random: &mut ChaCha8Rng, p: f64, clusters: u32, each: u32, alike: f64) -> f64 {
    let mut yes = |p: f64| (random.next_u32() as f64) < p * 2_f64.powi(32);
    let mut hits = 0_u32;
    for _ in 0..clusters {
        let common = yes(p);
        // Who follows the common answer is drawn apart; two who both do so agree.
        hits += (0..each).map(|_| u32::from(if yes(alike.sqrt()) { common } else { yes(p) })).sum::<u32>();
    }
    f64::from(hits) / f64::from(clusters * each)
}

/// How often, of 4 000 repetitions, two shares are seen to differ by the test that was planned for.
fn how_often(p: [f64; 2], clusters: [u32; 2], each: u32, alike: f64, demand: Demand) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(20_260_401);
    let z = normal::two_sided(demand.level).expect("a quantile");
    let n = clusters.map(|clusters| f64::from(clusters * each) / demand.design_effect);
    let mut seen = 0_u32;
    for _ in 0..4_000 {
        let [one, two] = [0, 1].map(|i| answered(&mut random, p[i], clusters[i], each, alike));
        let pooled = (one * n[0] + two * n[1]) / (n[0] + n[1]);
        seen += u32::from((one - two).abs() > z * (pooled * (1.0 - pooled) * (1.0 / n[0] + 1.0 / n[1])).sqrt());
    }
    f64::from(seen) / 4_000.0
}

#[test]
fn planned_answers_see_the_difference_as_often_as_planned() {
    let demand = Demand { power: 0.8, level: 0.95, design_effect: 1.0 };
    let n = answers_for_shares(0.6, 0.75, 2.0, demand).expect("a number").ceil() as u32;
    let often = how_often([0.6, 0.75], [n, 2 * n], 1, 0.0, demand);
    assert!((often - 0.8).abs() < 0.025, "{n}: {often}");
    // Without a difference only the level's chance is left.
    let never = how_often([0.6, 0.6], [n, 2 * n], 1, 0.0, demand);
    assert!((never - 0.05).abs() < 0.012, "{never}");
    let smallest = smallest_of_shares(0.75, 90.0, 400.0, Way::Down, demand).expect("a difference");
    let often = how_often([0.75 - smallest, 0.75], [90, 400], 1, 0.0, demand);
    assert!((often - 0.8).abs() < 0.025, "{smallest}: {often}");
}

#[test]
fn answers_of_clusters_need_the_design_effect() {
    // 10 answers a cluster with a correlation of 0.1: 1 + 9 * 0.1 (Kish L (1965), Survey Sampling, section 5.4).
    let demand = Demand { power: 0.8, level: 0.95, design_effect: 1.9 };
    let n = answers_for_shares(0.6, 0.7, 1.0, demand).expect("a number");
    let clusters = (n / 10.0).ceil() as u32;
    let often = how_often([0.6, 0.7], [clusters; 2], 10, 0.1, demand);
    assert!((often - 0.8).abs() < 0.025, "{clusters}: {often}");
    let alone = Demand { design_effect: 1.0, ..demand };
    let never = how_often([0.6, 0.6], [clusters; 2], 10, 0.1, alone);
    assert!(never > 0.12, "without it far too much is seen where there is nothing: {never}");
}
