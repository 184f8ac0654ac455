//! `tellonce bench grid`: what it makes, rolls up, measures and writes is the whole grid.

use crate::demo::said;

/// Twenty practices lie in 3 networks, a place and a board, and all in everything: 26 areas. Ten outcomes by six groups of five bands and not
/// stated, and by everybody, in the period; 26 areas in 3 months; three areas by 36 groups in 3 months.
#[test]
fn every_area_month_and_group_has_its_figures() {
    let said = said(&["bench", "grid", "--practices", "20", "--months", "3", "--outcomes", "10"]);
    let rows = 26 * 37 * 10 + 26 * 3 * 10 + 3 * 36 * 3 * 10;
    assert_eq!(rows, 13_640);
    assert!(said.contains("made 60 cells") && said.contains("13,640 rows"), "{said}");
}
