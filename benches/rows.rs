//! The pass over files of more and more responses, beside only reading the same columns.
//!
//! `cargo bench --bench rows -- 1 10 20` makes files of so many million responses, runs `tellonce bench cube` on each, and prints seconds
//! and peak memory; without numbers it is one million. With `UPDATE=1` it draws `docs/pass.svg`.

mod made;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const RUNS: usize = 3;

/// What `tellonce bench cube` said: seconds, and the most memory in MiB.
fn timed(file: &Path, further: &[&str]) -> (f64, u64) {
    let output = Command::new(env!("CARGO_BIN_EXE_tellonce"))
        .args(["bench", "cube"])
        .arg(file)
        .args(["--runs", &RUNS.to_string()])
        .args(further)
        .output()
        .expect("the program");
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let after = |what: &str| said.split_once(what).map(|(_, rest)| rest.split(' ').next().unwrap_or_default().trim());
    let seconds = after(" rows in ").and_then(|seconds| seconds.parse().ok()).expect("seconds");
    let memory = after("peak memory ").map(|memory| memory.replace(',', "")).and_then(|memory| memory.parse().ok());
    (seconds, memory.unwrap_or_default())
}

/// What was measured on one file: millions of rows, and seconds and MiB of counting and of only reading.
struct Measured {
    millions: usize,
    counting: (f64, u64),
    reading: (f64, u64),
}

/// Seconds against rows, with a line through the origin and the last point: what is proportional lies on it.
fn picture(all: &[Measured]) -> String {
    const WIDE: f64 = 480.0;
    const HIGH: f64 = 260.0;
    const LEFT: f64 = 60.0;
    const TOP: f64 = 30.0;
    let most = all.iter().map(|one| one.counting.0.max(one.reading.0)).fold(f64::MIN_POSITIVE, f64::max) * 1.1;
    let last = all.iter().map(|one| one.millions).max().unwrap_or(1);
    let x = |millions: usize| LEFT + WIDE * millions as f64 / last as f64;
    let y = |seconds: f64| TOP + HIGH * (1.0 - seconds / most);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" \
         aria-label=\"Seconds of the pass and of only reading, by millions of rows; the table gives the figures\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <path d=\"M{LEFT} {TOP}V{:.0}H{:.0}\" fill=\"none\" stroke=\"#555\"/>\n",
        LEFT + WIDE + 130.0,
        TOP + HIGH + 50.0,
        TOP + HIGH,
        LEFT + WIDE
    );
    for part in 0..=4 {
        let seconds = most * f64::from(part) / 4.0;
        writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{seconds:.1} s</text>",
            LEFT - 6.0,
            y(seconds) + 4.0
        )
        .expect("written");
    }
    for one in all {
        let at = x(one.millions);
        writeln!(
            svg,
            "<text x=\"{at:.1}\" y=\"{:.0}\" text-anchor=\"middle\">{}</text>",
            TOP + HIGH + 18.0,
            one.millions
        )
        .expect("written");
    }
    writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.0}\" text-anchor=\"middle\">million responses</text>",
        LEFT + WIDE / 2.0,
        TOP + HIGH + 38.0
    )
    .expect("written");
    let kinds: [(&str, &str, fn(&Measured) -> f64); 2] =
        [("the pass", "#357", |one| one.counting.0), ("only reading", "#c70", |one| one.reading.0)];
    for (name, colour, seconds) in kinds {
        let Some(end) = all.iter().max_by_key(|one| one.millions) else { continue };
        writeln!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" stroke-dasharray=\"4 3\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            y(0.0),
            x(end.millions),
            y(seconds(end)),
            x(end.millions) + 8.0,
            y(seconds(end)) + 4.0
        )
        .expect("written");
        for one in all {
            writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{colour}\"/>",
                x(one.millions),
                y(seconds(one))
            )
            .expect("written");
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn main() {
    let mut sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes.push(1);
    }
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(&folder).expect("a folder");
    println!(
        "| million rows | the pass, s | only reading, s | times reading | peak memory of the pass, MiB |\n|---|---|---|---|---|"
    );
    let mut all = Vec::new();
    for millions in sizes {
        let file = folder.join(format!("responses-{millions}m.parquet"));
        made::make(millions * 1_000_000, true, &file);
        let (counting, reading) = (timed(&file, &[]), timed(&file, &["--decode-only"]));
        std::fs::remove_file(&file).expect("removed");
        println!(
            "| {millions} | {:.2} | {:.2} | {:.2} | {} |",
            counting.0,
            reading.0,
            counting.0 / reading.0,
            counting.1
        );
        all.push(Measured { millions, counting, reading });
    }
    if std::env::var_os("UPDATE").is_some() {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        std::fs::write(docs.join("pass.svg"), picture(&all)).expect("the picture written");
    }
}
