//! Weights that a survey's own file brings, from the file to published figures: against R's survey package, and against the same weights
//! in the table that `tellonce weight` writes.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use crate::documents::words;
use crate::new::{commands, without_landing};
use crate::people::{Bench, INSTRUMENT, MAPPING, close, figures, reference};

const SCHEME: &str = "survey";

/// A workspace whose instrument brings weights by the scheme.
fn bench() -> Bench {
    let bench = Bench::new("none");
    let occasions = "occasions = [\"once\"]\n";
    let instrument = INSTRUMENT.replacen(occasions, &format!("{occasions}weights = [\"{SCHEME}\"]\n"), 1);
    bench.put("measures/instruments/sample.toml", &instrument);
    bench.put("mapping.toml", &format!("{MAPPING}weights.{SCHEME} = {{ column = \"weight\" }}\n"));
    bench
}

const HEADER: &str = "id,date,person,practice,sex,age,y_bin,y_cont,weight\n";

/// Every figure of the period that is weighted: all columns but the run. Weights of the table weight no months.
fn weighted(bench: &Bench) -> Vec<Vec<String>> {
    bench.sql(&format!(
        "select measure, measure_version, root, area, area_level, period, occasion, group_by, \"group\", statistic, cut_set, unit, n, \
         n_effective, value, lower, upper, method, why_not, mark from latest where weighting = '{SCHEME}' and period = 'all' \
         order by {}",
        (1..=11).map(|at| at.to_string()).collect::<Vec<_>>().join(", ")
    ))
}

#[tokio::test]
async fn weights_of_the_file_are_those_of_the_table_and_what_the_reference_says() {
    let (ours, table) = (bench(), Bench::new("none"));
    let mut rows = String::from(HEADER);
    let mut weights = Vec::new();
    for row in reference("08_people", "input.csv") {
        let of = |name: &str| row[name].as_str();
        let cells = ["id", "date", "person", "practice", "sex"].map(of).join(",");
        let weight = of("weight").parse::<f64>();
        let brought = weight.as_ref().map(f64::to_string).unwrap_or_default();
        rows.push_str(&format!("{cells},,{},{},{brought}\n", of("y_bin"), of("y_cont")));
        if let Ok(weight) = weight {
            weights.push((SCHEME.to_owned(), of("id").parse().unwrap(), (weight * 1e6).round() as i64));
        }
    }
    for bench in [&ours, &table] {
        bench.land(&rows);
    }
    table.weigh(&weights).await;
    for bench in [&ours, &table] {
        bench.measure();
    }
    assert!(weighted(&ours).len() > 30);
    assert_eq!(weighted(&ours), weighted(&table));

    let figures = figures(&ours);
    let mut compared = 0;
    for row in reference("08_people", "expected.csv").iter().filter(|row| row["kind"] == "weighted") {
        let of = |name: &str| row[name].as_str();
        let measure = if of("outcome") == "y_bin" { "fine" } else { "score" };
        let what = [measure, SCHEME, of("area"), of("group"), of("period")].map(str::to_owned);
        let [n, _, value, lower, upper, method] = &figures[&what];
        assert_eq!(n, of("n"), "{what:?}");
        for (got, name) in [(value, "estimate"), (lower, "lower95"), (upper, "upper95")] {
            close(&format!("{what:?}: {name}"), got, of(name).parse().unwrap());
        }
        assert_eq!(method.contains("person as cluster"), of("method") == "person as cluster", "{what:?}: {method}");
        compared += 1;
    }
    assert_eq!(compared, 30);
    let page = ours.page(&["board", "--area", "P"]);
    assert!(page.contains(&format!("With the weights “{SCHEME}”: ")));
}

#[tokio::test]
async fn a_weight_of_zero_is_drawn_and_counts_for_nothing() {
    let input: Vec<_> = reference("08_survey_estimates", "input.csv");
    if input.is_empty() {
        return;
    }
    let expected = reference("08_survey_estimates", "expected.csv");
    let of_case: Vec<_> = input.iter().filter(|row| row["case"] == "gen_full").collect();
    // A domain is the whole sample where everybody outside of it weighs nothing: so it is to the reference, clusters and strata included.
    for design in ["weights", "weights+psu", "weights+psu+strata"] {
        let bench = bench();
        let (mut rows, mut of_design, mut n) = (String::from(HEADER), HashMap::new(), 0);
        for (id, row) in of_case.iter().enumerate() {
            let inside = row["domain"] == "a";
            n += usize::from(inside);
            let weight = if inside { row["weight"].as_str() } else { "0" };
            rows.push_str(&format!("{id},2026-03-01,,A,f,,{},{},{weight}\n", row["y_bin"], row["y_cont"]));
            let of = |name: &str, part: &str| design.contains(part).then(|| row[name].clone());
            of_design.insert(id, (of("strata", "strata"), of("psu", "psu")));
        }
        bench.land(&rows);
        bench.design(&of_design).await;
        bench.measure();
        let figures = figures(&bench);
        let [counted, _, value, lower, upper, _] = &figures[&["fine", SCHEME, "A", "all", "all"].map(str::to_owned)];
        assert_eq!(counted, &n.to_string(), "{design}");
        let of_domain = expected.iter().find(|row| {
            (row["case"].as_str(), row["quantity"].as_str(), row["domain"].as_str())
                == ("gen_full", "ciprop_xlogit", "a")
                && row["design"] == design
        });
        let of_domain = of_domain.unwrap();
        for (got, name) in [(value, "estimate"), (lower, "lower95"), (upper, "upper95")] {
            close(&format!("{design}: {name}"), got, of_domain[name].parse().unwrap());
        }
        // Unweighted figures count them as any other answer.
        let [all, ..] = &figures[&["fine", "none", "A", "all", "all"].map(str::to_owned)];
        assert_eq!(all, &of_case.iter().filter(|row| row["y_bin"] != "NA").count().to_string());
    }
}

#[test]
fn equal_weights_of_a_file_are_no_weights() {
    let bench = bench();
    let mut rows = String::from(HEADER);
    for id in 1..=60 {
        let (practice, fine) = (["A", "B", "C"][id % 3], usize::from(id % 7 < 4));
        rows.push_str(&format!("{id},2026-03-01,,{practice},f,,{fine},{},2.5\n", id % 11));
    }
    bench.land(&rows);
    bench.measure();
    let figures = |weighting: &str| {
        bench.sql(&format!(
            "select measure, area, group_by, \"group\", n, round(value, 12) from latest where statistic = 'value' and period = 'all' \
             and measure in ('fine', 'score') and weighting = '{weighting}' order by 1, 2, 3, 4"
        ))
    };
    let weighted = figures(SCHEME);
    assert_eq!(weighted, figures("none"));
    assert!(weighted.len() > 20);
    let effective = bench.sql(&format!("select distinct n_effective - n from latest where weighting = '{SCHEME}'"));
    assert_eq!(effective, [["0.0"]]);
}

#[tokio::test]
async fn a_scheme_is_of_the_files_or_made_and_never_both() {
    let bench = Bench::new("none");
    let refused = |arguments: &[&str]| {
        let output = crate::demo::tellonce(&[&["--workspace", bench.at().to_str().unwrap()], arguments].concat());
        assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    };
    bench.put("margins.csv", "group_by,group,n\nsex,female,6\nsex,male,4\nsex,other,0\n");
    bench.land(&format!("{HEADER}1,2026-03-01,,A,f,,1,5,1.5\n2,2026-03-01,,A,m,,0,6,2.5\n"));
    let margins = bench.at().join("margins.csv");
    let margins = margins.to_str().unwrap();
    let weight = |scheme: &str| ["weight", "sample", "--scheme", scheme, "--margins", margins].map(str::to_owned);
    let made = weight(SCHEME);
    bench.run(&made.each_ref().map(String::as_str));

    // Made first, then declared.
    let instrument = INSTRUMENT.replacen("[scales", &format!("weights = [\"{SCHEME}\"]\n[scales"), 1);
    bench.put("measures/instruments/sample.toml", &instrument);
    bench.put("mapping.toml", &format!("{MAPPING}weights.{SCHEME} = {{ column = \"weight\" }}\n"));
    let (rows, mapping) = (bench.at().join("rows.csv"), bench.at().join("mapping.toml"));
    let land = ["land", rows.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()];
    for arguments in [&["measure", "--period", "all"][..], &land] {
        let told = refused(arguments);
        assert!(told.contains(&format!("`weights` of measures/instruments/sample.toml names `{SCHEME}`")), "{told}");
        assert!(told.contains("give the scheme of the files another name, there and in their mappings"), "{told}");
    }
    assert_eq!(bench.sql("select 1")[0], ["1"]);

    // As the mend says.
    bench.put("measures/instruments/sample.toml", &instrument.replace(SCHEME, "brought"));
    bench.put("mapping.toml", &format!("{MAPPING}weights.brought = {{ column = \"weight\" }}\n"));
    bench.run(&land);
    bench.measure();
    let schemes = bench.sql("select distinct weighting from latest where weighting <> 'none' order by 1");
    assert_eq!(schemes, [["brought"], [SCHEME]]);
    let list = bench.run(&["weight"]);
    assert!(list.contains("sample  brought  brought by the files that land\n"), "{list}");

    // Declared first, then made.
    let made = weight("brought");
    let told = refused(&made.each_ref().map(String::as_str));
    assert!(told.contains("the files of `sample` bring weights by a scheme `brought` themselves"), "{told}");
    assert!(told.contains("make a scheme of another name, such as `--scheme brought-raked`"), "{told}");
}

#[test]
fn a_weighted_month_is_what_the_landed_answers_of_the_month_give() {
    let bench = Bench::new("none");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/practice-survey");
    for (name, place) in [
        ("instrument.toml", "measures/instruments/practice-survey.toml"),
        ("outcomes.toml", "measures/outcomes/good-experience.toml"),
        ("mapping.toml", "mapping.toml"),
    ] {
        bench.put(place, &std::fs::read_to_string(examples.join(name)).unwrap());
    }
    let areas = "code,level,name,valid_from,valid_to,successor\nX10001,practice,One,,,\nX10002,practice,Two,,,\n";
    bench.put("areas/areas.csv", areas);
    bench.put("areas/parents.csv", "child,parent,level,valid_from,valid_to\n");
    bench.land(&std::fs::read_to_string(examples.join("answers.csv")).unwrap());
    bench.measure();
    let months = bench.sql(
        "select period, area, n, n_effective, value, lower, upper, method from latest where weighting = 'survey' and period <> 'all' order by 1, 2",
    );
    // Two practices and everything, in three months.
    assert_eq!(months.len(), 9, "{months:?}");
    for month in &months {
        let [period, area, n, n_effective, value, lower, upper, method] = &month[..] else { panic!("{month:?}") };
        // Whoever was drawn and is elsewhere or gave no opinion weighs nothing here, and is one of those drawn nevertheless.
        let answers = bench.run(&[
            "sql",
            "--unprotected",
            "--format",
            "csv",
            &format!(
                "select inside, effective, d['value'], d['lower'], d['upper'] from ( \
                 select count(nullif(weight, 0)) as inside, effective_n(weight) as effective, \
                 design_proportion(i_overall <= 2, weight, null, null) as d from ( \
                 select i_overall, case when i_overall between 1 and 5 and '{area}' in (practice, 'all') \
                 then w_survey / 1000000.0 else 0 end as weight \
                 from responses_practice_survey where w_survey is not null and to_char(submitted_on, '%Y-%m') = '{period}'))"
            ),
        ]);
        let answers: Vec<&str> = answers.lines().nth(1).unwrap().split(',').collect();
        assert_eq!(answers[0], n, "{month:?}");
        for (got, expected) in [n_effective, value, lower, upper].into_iter().zip(&answers[1..]) {
            close(&format!("{month:?}"), got, expected.parse().unwrap());
        }
        assert_eq!(method, "weighted, xlogit");
    }
}

#[test]
fn the_page_on_weights_that_a_file_brings_shows_what_happens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/weights.md")).unwrap();
    let section = page.split("\n## Weights that a file brings\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let examples = root.join("docs/examples/practice-survey");
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| std::fs::read_to_string(examples.join(name)).unwrap();
    let put = |name: &str, place: &str| {
        let place = folder.path().join(place);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, read(name)).unwrap();
    };
    put("answers.csv", "answers.csv");
    let commands = commands(section);
    assert!(commands.len() >= 6, "only {} commands", commands.len());
    for (command, shown) in commands {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tellonce"));
        program.current_dir(folder.path()).env_remove("TELLONCE_KEY").args(&words(command)[1..]);
        let output = program.output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        if !shown.is_empty() {
            let told = String::from_utf8(output.stdout).unwrap();
            assert_eq!(without_landing(&told), without_landing(&shown), "{command}");
        }
        if command.contains(" init ") {
            put("instrument.toml", "ourics/measures/instruments/practice-survey.toml");
            put("outcomes.toml", "ourics/measures/outcomes/good-experience.toml");
            put("mapping.toml", "ourics/mappings/practice-survey.toml");
        }
    }
    let files = ["instrument.toml", "mapping.toml", "answers.csv"].map(read);
    for kind in ["```toml\n", "```csv\n"] {
        let blocks: Vec<&str> = section.split(kind).skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(!blocks.is_empty());
        for line in blocks.iter().flat_map(|block| block.lines()).filter(|line| !line.is_empty()) {
            assert!(files.iter().any(|file| file.lines().any(|known| known == line)), "in no example: {line}");
        }
    }
}
