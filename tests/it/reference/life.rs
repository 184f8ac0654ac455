//! Life expectancy and healthy life expectancy.

use tellonce::stats::life::{Band, Health, LifeTable, Passage, life_expectancy, passages};

use super::{Comparison, Row, ours, rows, shared_folder};

/// Says what stands in one of our columns.
fn band(row: &Row, [age, population, deaths]: [&str; 3]) -> Band {
    Band {
        start_age: row.number(age),
        population: row.number(population),
        deaths: row.number(deaths),
        health: Health::PERFECT,
    }
}

pub fn life_expectancies() -> Option<Comparison> {
    let mut to =
        Comparison::new("life expectancy, Chiang and Silcocks", "05_life_expectancy", "PHEindicatormethods 2.1.0");
    let folder = ours("05_life_expectancy");
    let input = rows(&folder.join("input.csv"));
    for row in to.expected(&folder.join("expected.csv")) {
        let case = row.text("case");
        let of_case = || input.iter().filter(|band| band.text("case") == case);
        let bands: Vec<Band> = of_case().map(|row| band(row, ["startage", "population", "deaths"])).collect();
        let age = row.number("startage");
        let older = |column| of_case().filter(|row| row.number("startage") >= age).map(|row| row.number(column)).sum();
        to.same::<f64>("people", older("population"), row.number("pops_used"));
        to.same::<f64>("deaths", older("deaths"), row.number("dths_used"));
        for (level, lower, upper) in [(0.95, "lower95_0cl", "upper95_0cl"), (0.998, "lower99_8cl", "upper99_8cl")] {
            let got = life_expectancy(&bands, age, level).expect("a life expectancy");
            to.relative("value", got.value, row.number("value"), 1e-9);
            to.relative(lower, got.lower, row.number(lower), 1e-9);
            to.relative(upper, got.upper, row.number(upper), 1e-9);
        }
        to.row();
    }
    Some(to)
}

/// The life table of Sullivan's guide: half of every band is lived by those who die in it, but 0.2 of the first one.
///
/// The guide takes the half for the chance to die and the 0.2 for the years lived, so that no one part makes both.
fn of_the_guide(bands: &[Band], chances: Option<&[f64]>) -> Vec<Passage> {
    let mut passages = passages(bands).expect("passages");
    for (at, passage) in passages.iter_mut().enumerate() {
        let years = passage.rate * passage.width.unwrap_or_default();
        passage.chance = chances.map_or(years / (1.0 + years / 2.0), |chances| chances[at]);
        passage.part = if at == 0 { 0.2 } else { 0.5 };
    }
    let last = passages.last_mut().expect("a last band");
    last.chance = 1.0;
    passages
}

fn asked(prevalence: f64, n: f64) -> Health {
    Health::asked(prevalence, Some(n)).expect("a share")
}

pub fn sullivan() -> Option<Comparison> {
    let folder = "05_healthy_life_expectancy_sullivan";
    let mut to =
        Comparison::new("healthy life expectancy, Sullivan", folder, "healthexpectancies 0.0.0.9003, plain formula");
    let input = rows(&ours(folder).join("input.csv"));
    let expected = to.expected(&ours(folder).join("expected.csv"));
    for case in ["abridged", "from18"] {
        let of_case = |rows: &[Row]| (0..rows.len()).filter(|at| rows[*at].text("case") == case).collect::<Vec<_>>();
        let bands: Vec<&Row> = of_case(&input).into_iter().map(|at| &input[at]).collect();
        let health: Vec<Health> = bands.iter().map(|row| asked(row.number("pix"), row.number("Nx"))).collect();
        let bands: Vec<Band> = bands.into_iter().map(|row| band(row, ["age", "Px", "Dx"])).collect();
        let passages = of_the_guide(&bands, None);
        let table = LifeTable::new(passages.clone());
        let (alive, healthy) = (table.expectancies(&vec![Health::PERFECT; bands.len()]), table.expectancies(&health));
        for (at, row) in of_case(&expected).into_iter().map(|at| &expected[at]).enumerate() {
            let life = alive[at].expect("years of life");
            let mut well = healthy[at].expect("healthy years");
            to.same("age", well.start_age, row.number("age"));
            // The guide gives the last band an end for its chance to die, which enters nothing.
            if passages[at].width.is_some() {
                to.relative("qx", passages[at].chance, row.number("qx"), 1e-9);
            }
            // Its limits leave out what comes from the number of deaths.
            well.of_deaths = 0.0;
            let limits = well.limits(0.95).expect("limits");
            let variance = well.of_health.expect("a variance");
            for (column, got) in [
                ("mx", passages[at].rate),
                ("lx", table.survivors[at]),
                ("Lx", table.years[at]),
                ("ex", life.value),
                ("DFLEx", well.value),
                ("DLEx", life.value - well.value),
                ("pctDFLEx", well.value / life.value * 100.0),
                ("var_prev", variance),
                ("se_prev", variance.sqrt()),
                ("lower95", limits.lower),
                ("upper95", limits.upper),
            ] {
                to.relative(column, got, row.number(column), 1e-9);
            }
            to.row();
        }
    }
    Some(to)
}

const FOLDER: &str = "05_healthy_life_expectancy_sullivan";
const GUIDE: &str = "EHEMU workbook, June 2007";

/// The bands of a sheet, and what the guide makes of them.
fn sheet(example: &str) -> Option<(Vec<Row>, Vec<Passage>)> {
    let input = rows(&shared_folder(FOLDER)?.join(format!("workbook_{example}_input.csv")));
    let bands: Vec<Band> = input.iter().map(|row| band(row, ["age", "Px", "Dx"])).collect();
    let chances: Vec<f64> = input.iter().map(|row| row.number("qx")).collect();
    let passages = of_the_guide(&bands, Some(&chances));
    Some((input, passages))
}

/// Compares the columns that every sheet has.
fn compare_years(to: &mut Comparison, table: &LifeTable, health: &[Health], at: usize, row: &Row, years: &str) {
    let life = table.expectancies(&vec![Health::PERFECT; health.len()])[at].expect("years of life");
    let well = table.expectancies(health)[at].expect("healthy years");
    to.same("age", well.start_age, row.number("age"));
    for (column, got) in [
        ("lx", table.survivors[at]),
        (years, table.years[at]),
        ("DFLx", table.years[at] * (1.0 - health[at].prevalence)),
        ("ex", life.value),
        ("DFLEx", well.value),
        ("pctDFLEx", well.value / life.value * 100.0),
    ] {
        to.relative(column, got, row.number(column), 1e-9);
    }
}

pub fn single_years() -> Option<Comparison> {
    let mut to = Comparison::new("healthy life expectancy, single years of age", FOLDER, GUIDE);
    let (input, passages) = sheet("ex1")?;
    let health: Vec<Health> =
        input.iter().map(|row| Health::asked(row.number("pix"), None).expect("a share")).collect();
    let table = LifeTable::new(passages.clone());
    let expected = to.expected(&shared_folder(FOLDER)?.join("workbook_ex1_expected.csv"));
    for (at, row) in expected.iter().enumerate() {
        to.relative("mx", passages[at].rate, row.number("mx"), 1e-9);
        compare_years(&mut to, &table, &health, at, row, "Lx");
        to.row();
    }
    Some(to)
}

pub fn abridged_with_variances() -> Option<Comparison> {
    let mut to = Comparison::new("healthy life expectancy, both variances", FOLDER, GUIDE);
    let (input, passages) = sheet("ex4")?;
    let health: Vec<Health> = input.iter().map(|row| asked(row.number("pix"), row.number("Nx"))).collect();
    let table = LifeTable::new(passages.clone());
    // For the variance of deaths the guide takes half of the first band, too.
    let halves = passages.iter().map(|passage| Passage { part: 0.5, ..*passage }).collect();
    let (healthy, of_halves) = (table.expectancies(&health), LifeTable::new(halves).expectancies(&health));
    let expected = to.expected(&shared_folder(FOLDER)?.join("workbook_ex4_expected.csv"));
    // The guide gives the last band an end, and its chance to die a variance; ours is that of the rate (finding 8).
    // Both are taken off, so that the bands before it are compared.
    let last = expected.len() - 1;
    let theirs = expected[last].number("l2_part2_S2_qx");
    let open = of_halves[last].expect("years").of_deaths * table.survivors[last].powi(2);
    for (at, row) in expected.iter().enumerate() {
        let squared = table.survivors[at].powi(2);
        let variance = healthy[at].expect("healthy years").of_health.expect("a variance");
        compare_years(&mut to, &table, &health, at, row, "nLx");
        to.relative("mx", passages[at].rate, row.number("mx"), 1e-9);
        to.relative("S2_pix", health[at].variance.expect("a variance"), row.number("S2_pix"), 1e-9);
        to.relative("var_DFLE_prevalence", variance, row.number("var_DFLE_prevalence"), 1e-9);
        to.relative("se_DFLE_prevalence", variance.sqrt(), row.number("se_DFLE_prevalence"), 1e-9);
        if at == last {
            to.left_out("finding 8 (variance of deaths of the open band)");
            continue;
        }
        let of_deaths = of_halves[at].expect("healthy years").of_deaths - open / squared;
        let (deaths, total) = (row.number("var_DFLE_mortality"), row.number("var_DFLE_total"));
        to.relative("var_DFLE_mortality", of_deaths, deaths - theirs / squared, 1e-9);
        to.relative("var_DFLE_total", of_deaths + variance, total - theirs / squared, 1e-9);
        to.row();
    }
    Some(to)
}

pub fn differences() -> Option<Comparison> {
    let mut to = Comparison::new("healthy life expectancy, women less men", FOLDER, GUIDE);
    let (input, passages) = sheet("ex4")?;
    let health: Vec<Health> = input.iter().map(|row| asked(row.number("pix"), row.number("Nx"))).collect();
    let healthy = LifeTable::new(passages).expectancies(&health);
    let expected = to.expected(&shared_folder(FOLDER)?.join("workbook_ex5_expected.csv"));
    for (women, row) in healthy.into_iter().zip(expected) {
        let women = women.expect("healthy years");
        let se = women.of_health.expect("a variance").sqrt();
        to.relative("DFLE_f", women.value, row.number("DFLE_f"), 1e-9);
        to.relative("se_f", se, row.number("se_f"), 1e-9);
        let difference = women.value - row.number("DFLE_m");
        to.relative("difference", difference, row.number("difference"), 1e-9);
        // The guide adds the standard errors (finding 9); limits of a difference by `healthy_life_expectancy` add
        // variances.
        let sum = se + row.number("se_m");
        to.relative("approx_se_difference", sum, row.number("approx_se_difference"), 1e-9);
        to.relative("z", difference / sum, row.number("z"), 1e-9);
        to.row();
    }
    Some(to)
}

pub fn with_institutions() -> Option<Comparison> {
    let mut to = Comparison::new("healthy life expectancy, residents of institutions", FOLDER, GUIDE);
    let (input, passages) = sheet("ex6")?;
    let health: Vec<Health> = input
        .iter()
        .map(|row| {
            let inside = row.number("Ix_institution");
            let Health { prevalence, .. } = asked(inside + (1.0 - inside) * row.number("pix_survey"), 1.0);
            // The total prevalence stands in the binomial variance, as in the guide (finding 9).
            let variance = (1.0 - inside).powi(2) * prevalence * (1.0 - prevalence) / row.number("Nx");
            Health { prevalence, variance: Some(variance), common: None }
        })
        .collect();
    let table = LifeTable::new(passages);
    let expected = to.expected(&shared_folder(FOLDER)?.join("workbook_ex6_expected.csv"));
    for (at, row) in expected.iter().enumerate() {
        let variance = table.expectancies(&health)[at].expect("healthy years").of_health.expect("a variance");
        compare_years(&mut to, &table, &health, at, row, "nLx");
        to.relative("pi1x_total", health[at].prevalence, row.number("pi1x_total"), 1e-9);
        to.relative("S2_pix", health[at].variance.expect("a variance"), row.number("S2_pix"), 1e-9);
        to.relative("var_DFLE", variance, row.number("var_DFLE"), 1e-9);
        to.relative("se_DFLE", variance.sqrt(), row.number("se_DFLE"), 1e-9);
        to.row();
    }
    Some(to)
}
