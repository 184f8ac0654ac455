//! Questions of which several answers may be ticked: in one cell, or in a column each.

use super::garden::seen_of;

const GREW: [&str; 3] = ["i_grew__beans", "i_grew__peas", "i_grew__kale"];
const ONE_CELL: &str = "[responses.items.grew]\ncolumn = \"answer\"\nsplit = \";\"\n";

#[tokio::test]
async fn several_answers_in_a_cell_are_a_code_for_each_entry() {
    let answers =
        ["beans;peas", "Broad  beans; KALE", "peas", "peas;peas;", "", " ; ;", "98", "not-asked", "no", "98;kale"];
    let (seen, quarantined) = seen_of(ONE_CELL, &answers, &GREW).await;
    assert_eq!(
        seen,
        ["1 1 0", "1 0 1", "0 1 0", "0 1 0", "-1 -1 -1", "-1 -1 -1", "-1 -1 -1", "-2 -2 -2", "0 0 0", "0 0 1"]
    );
    assert_eq!(quarantined, [""; 0]);
}

#[tokio::test]
async fn the_mapping_says_what_numbers_and_blanks_mean() {
    let cell = format!(
        "{ONE_CELL}values = {{ \"1\" = \"beans\", \"2\" = \"peas\", \"3\" = \"kale\", \"96\" = \"no\", \"all; really\" = \"kale\" }}\n\
         blank = \"no\"\n"
    );
    let answers = ["1;2;3;", "3;", "2", "", ";", "96;", "96;1;", "All; really"];
    let (seen, quarantined) = seen_of(&cell, &answers, &GREW).await;
    assert_eq!(seen, ["1 1 1", "0 0 1", "0 1 0", "0 0 0", "0 0 0", "0 0 0", "1 0 0", "0 0 1"]);
    assert_eq!(quarantined, [""; 0]);
}

#[tokio::test]
async fn a_piece_that_is_no_answer_costs_no_other() {
    let (seen, quarantined) = seen_of(ONE_CELL, &["beans;leeks;", "leeks", "leeks;marrow;98", "no;leeks"], &GREW).await;
    assert_eq!(seen, ["1 0 0", "-3 -3 -3", "-3 -3 -3", "0 0 0"]);
    let reason = "answer not an answer option of garden-visit version 2";
    assert_eq!(
        quarantined,
        [
            format!("2 false {reason} leeks"),
            format!("3 false {reason} leeks"),
            format!("4 false {reason} leeks"),
            format!("4 false {reason} marrow"),
            format!("5 false {reason} leeks"),
        ]
    );
}

#[tokio::test]
async fn a_column_for_each_entry_is_yes_or_no() {
    let cell = "[responses.items.grew__peas]\ncolumn = \"answer\"\n";
    let (seen, quarantined) = seen_of(cell, &["1", "0", "Checked", "Peas", "", "98", "Kale"], &GREW).await;
    let peas = ["1", "0", "1", "1", "-1", "-1", "-3"];
    assert_eq!(seen, peas.map(|code| format!("-2 {code} -2")));
    assert_eq!(quarantined.len(), 1);
    let (seen, _) = seen_of(&format!("{cell}blank = \"no\"\n"), &["1", ""], &GREW).await;
    assert_eq!(seen, ["-2 1 -2", "-2 0 -2"]);
}
