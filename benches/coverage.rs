//! How often the intervals hold the truth: 2,000 samples for every size and share, drawn from a known population.
//!
//! `cargo bench --bench coverage` prints the table; with `UPDATE=1` it writes it, and the picture, into `docs/`.

use std::fmt::Write as _;
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tellonce::stats::Interval;
use tellonce::stats::design::{Answer, Method, ratio_mean, strata};
use tellonce::stats::difference::newcombe;
use tellonce::stats::mean::t_interval;
use tellonce::stats::moments::Moments;
use tellonce::stats::proportion::wilson;
use tellonce::stats::rate::rate;

const REPLICATIONS: u32 = 2_000;
const SIZES: [usize; 4] = [5, 20, 100, 1_000];
const SHARES: [f64; 13] = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98];
const LEVEL: f64 = 0.95;

struct Draws(ChaCha8Rng);

impl Draws {
    /// A number from 0 to 1, 1 not among them.
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn yes(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    fn successes(&mut self, n: usize, p: f64) -> f64 {
        (0..n).filter(|_| self.yes(p)).count() as f64
    }

    /// Events of a Poisson process of rate `p` over `n` units of time (waiting times are exponential).
    fn events(&mut self, n: usize, p: f64) -> f64 {
        let (mut left, mut events) = (n as f64 * p, -1.0);
        while left >= 0.0 {
            left += (1.0 - self.uniform()).ln();
            events += 1.0;
        }
        events
    }

    /// A number from a normal distribution (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// One kind of interval: draws a sample of size n from a population of share p and says whether the interval holds the truth;
/// `None` where the sample has no interval.
struct Kind {
    name: &'static str,
    what: &'static str,
    draw: fn(&mut Draws, usize, f64) -> Option<bool>,
}

fn holds(limits: Option<Interval>, truth: f64) -> Option<bool> {
    limits.map(|limits| limits.lower <= truth && truth <= limits.upper)
}

fn weighted(answers: &[(bool, f64, Option<String>)], p: f64) -> Option<bool> {
    let answers = answers.iter().map(|(yes, weight, cluster)| Answer {
        y: Some(f64::from(u8::from(*yes))),
        weight: *weight,
        stratum: None,
        cluster: cluster.as_deref(),
        population: None,
    });
    holds(ratio_mean(&strata(answers)?)?.share_limits(Method::Logit, LEVEL), p)
}

const KINDS: [Kind; 6] = [
    Kind {
        name: "Wilson",
        what: "share of n answers",
        draw: |draws, n, p| holds(wilson(draws.successes(n, p), n as f64, LEVEL), p),
    },
    Kind {
        name: "Newcombe",
        what: "share p of n less share 0.5 of n others",
        draw: |draws, n, p| {
            let (x1, x2, n) = (draws.successes(n, p), draws.successes(n, 0.5), n as f64);
            let limits = newcombe(x1, n, x2, n, LEVEL).map(|d| Interval { lower: d.lower, upper: d.upper });
            holds(limits, p - 0.5)
        },
    },
    Kind {
        name: "xlogit, weighted",
        what: "share of n answers whose weights are log-normal, design effect about 1.28",
        draw: |draws, n, p| {
            let answers: Vec<_> = (0..n).map(|_| (draws.yes(p), (0.5 * draws.normal()).exp(), None)).collect();
            weighted(&answers, p)
        },
    },
    Kind {
        name: "xlogit, people as clusters",
        what: "share of n answers of people who give up to two each; a second answer repeats the first for every other person",
        draw: |draws, n, p| {
            let mut answers = Vec::with_capacity(n);
            while answers.len() < n {
                let person = Some(answers.len().to_string());
                let first = draws.yes(p);
                let second = if draws.yes(0.5) { first } else { draws.yes(p) };
                answers.push((first, 1.0, person.clone()));
                answers.push((second, 1.0, person));
            }
            answers.truncate(n);
            weighted(&answers, p)
        },
    },
    Kind {
        name: "t",
        what: "mean of n scores from 0 to 10, each the count of ten questions answered yes with chance p",
        draw: |draws, n, p| {
            let moments: Moments = (0..n).map(|_| draws.successes(10, p)).collect();
            holds(t_interval(n as f64, moments.mean, moments.sd()?, LEVEL), 10.0 * p)
        },
    },
    Kind {
        name: "Byar, exact below 10",
        what: "rate of events over n years at risk, p a year",
        draw: |draws, n, p| {
            let limits = rate(draws.events(n, p), n as f64, 1.0, LEVEL);
            holds(limits.map(|rate| Interval { lower: rate.lower, upper: rate.upper }), p)
        },
    },
];

/// Part of the intervals that hold the truth, and samples that had none.
fn coverage(kind: &Kind, seed: u64, n: usize, p: f64) -> (f64, u32) {
    let mut draws = Draws(ChaCha8Rng::seed_from_u64(seed));
    let (mut held, mut without) = (0, 0);
    for _ in 0..REPLICATIONS {
        match (kind.draw)(&mut draws, n, p) {
            Some(true) => held += 1,
            Some(false) => {}
            None => without += 1,
        }
    }
    (f64::from(held) / f64::from((REPLICATIONS - without).max(1)), without)
}

/// Coverage of a kind by size, then share.
type Covered = Vec<Vec<f64>>;

fn table(kinds: &[(&Kind, Covered, u32)]) -> String {
    let mut text = String::from("| interval | of what |");
    SIZES.iter().for_each(|n| write!(text, " n = {n} |").expect("written"));
    text.push_str(" no interval |\n|---|---|---|---|---|---|---|\n");
    for (kind, covered, without) in kinds {
        write!(text, "| {} | {} |", kind.name, kind.what).expect("written");
        for of_size in covered {
            let mean = of_size.iter().sum::<f64>() / of_size.len() as f64;
            let least = of_size.iter().copied().fold(1.0, f64::min);
            write!(text, " {:.1}% ({:.1}%) |", 100.0 * mean, 100.0 * least).expect("written");
        }
        writeln!(text, " {without} |").expect("written");
    }
    text
}

/// Small multiples: one panel a kind, one line a size.
fn picture(kinds: &[(&Kind, Covered, u32)]) -> String {
    const WIDTH: f64 = 300.0;
    const HEIGHT: f64 = 210.0;
    // Told apart by dashes as well as by colour.
    const LINES: [(&str, &str); 4] = [("#a33", "2 3"), ("#c70", "6 3"), ("#357", "10 2 2 2"), ("#222", "none")];
    let rows = kinds.len().div_ceil(2);
    let height = HEIGHT * rows as f64 + 60.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {height:.0}\" font-family=\"sans-serif\" font-size=\"11\" \
         role=\"img\" aria-label=\"Coverage of six intervals by share and sample size; the table below gives the figures\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        2.0 * WIDTH
    );
    for (at, (kind, covered, _)) in kinds.iter().enumerate() {
        let (left, top) = ((at % 2) as f64 * WIDTH + 45.0, (at / 2) as f64 * HEIGHT + 30.0);
        let (wide, high) = (WIDTH - 65.0, HEIGHT - 70.0);
        let x = |p: f64| left + p * wide;
        // From 70% up; what lies below is drawn on the floor.
        let y = |c: f64| top + (1.0 - c.max(0.7)) / 0.3 * high;
        writeln!(svg, "<text x=\"{left}\" y=\"{}\" font-weight=\"bold\">{}</text>", top - 10.0, kind.name)
            .expect("written");
        for (tick, dash) in [(0.7, "1 3"), (0.8, "1 3"), (0.9, "1 3"), (0.95, "none"), (1.0, "1 3")] {
            writeln!(
                svg,
                "<line x1=\"{left}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"#999\" stroke-dasharray=\"{dash}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{:.0}%</text>",
                left + wide,
                y(tick),
                y(tick),
                left - 5.0,
                y(tick) + 4.0,
                100.0 * tick
            )
            .expect("written");
        }
        for tick in [0.02, 0.25, 0.5, 0.75, 0.98] {
            writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{tick}</text>",
                x(tick),
                top + high + 15.0
            )
            .expect("written");
        }
        writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">share p</text>",
            left + wide / 2.0,
            top + high + 29.0
        )
        .expect("written");
        for (of_size, (colour, dash)) in covered.iter().zip(LINES) {
            let points: Vec<String> =
                of_size.iter().zip(SHARES).map(|(c, p)| format!("{:.1},{:.1}", x(p), y(*c))).collect();
            writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" stroke-dasharray=\"{dash}\"/>",
                points.join(" ")
            )
            .expect("written");
        }
    }
    for (at, (n, (colour, dash))) in SIZES.iter().zip(LINES).enumerate() {
        let (x, y) = (60.0 + 130.0 * at as f64, height - 20.0);
        writeln!(
            svg,
            "<line x1=\"{x}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"1.6\" stroke-dasharray=\"{dash}\"/>\
             <text x=\"{}\" y=\"{}\">n = {n}</text>",
            x + 40.0,
            x + 46.0,
            y + 4.0
        )
        .expect("written");
    }
    svg.push_str("</svg>\n");
    svg
}

fn main() {
    let mut kinds = Vec::new();
    for (at, kind) in KINDS.iter().enumerate() {
        let (mut covered, mut without) = (Covered::new(), 0);
        for (size, n) in SIZES.into_iter().enumerate() {
            let mut of_size = Vec::new();
            for (share, p) in SHARES.into_iter().enumerate() {
                let (part, none) = coverage(kind, (at * 10_000 + size * 100 + share) as u64, n, p);
                of_size.push(part);
                without += none;
            }
            covered.push(of_size);
        }
        kinds.push((kind, covered, without));
    }
    let table = table(&kinds);
    print!("{table}");
    if std::env::var_os("UPDATE").is_some() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        std::fs::write(docs.join("coverage.svg"), picture(&kinds)).expect("the picture written");
        let path = docs.join("reference.md");
        let document = std::fs::read_to_string(&path).expect("docs/reference.md");
        let (before, rest) = document.split_once("<!-- coverage: begin -->\n").expect("a begin");
        let (_, after) = rest.split_once("<!-- coverage: end -->").expect("an end");
        let document = format!("{before}<!-- coverage: begin -->\n{table}<!-- coverage: end -->{after}");
        std::fs::write(&path, document).expect("the table written");
    }
}
