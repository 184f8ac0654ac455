//! Checks of the cells of a mapping.

use super::super::lines::Spot;
use super::super::mapping::Cell;
use super::{Found, filled};

/// Reports a word that cannot be meant at a place.
pub(super) type Meaning<'a> = &'a dyn Fn(&Spot<'_>, &str, &mut Found);

/// Checks one cell that holds one value: where it comes from, and what the words in the file may mean.
pub(super) fn cell(spot: &Spot<'_>, cell: &Cell, meaning: Meaning<'_>, found: &mut Found) {
    if cell.split.is_some() {
        let what = "only a question of the kind `tick-all` has several answers in one cell";
        found.push(spot.key("split").mistake(what, "Take out `split`."));
    }
    value(spot, cell, meaning, found);
}

/// Checks where a value or several come from, and what the words in the file may mean.
pub(super) fn value(spot: &Spot<'_>, cell: &Cell, meaning: Meaning<'_>, found: &mut Found) {
    match (&cell.column, &cell.always) {
        (Some(column), None) => filled(&spot.key("column"), column, found),
        (None, Some(always)) => {
            meaning(&spot.key("always"), always, found);
            for (key, idle) in [("values", !cell.values.is_empty()), ("blank", cell.blank.is_some())] {
                if idle {
                    let what = format!("`{key}` means nothing where the value is always the same");
                    found.push(spot.key(key).mistake(what, "Take it out, or name a `column`."));
                }
            }
        }
        (column, _) => {
            let what = match column {
                Some(_) => "the value comes both from a column and from `always`",
                None => "it is not said where the value comes from",
            };
            found.push(spot.mistake(what, "Give exactly one of `column` and `always`."));
        }
    }
    if cell.always.is_none() {
        for (word, meant) in &cell.values {
            meaning(&spot.key("values").key(word), meant, found);
        }
        if let Some(blank) = &cell.blank {
            meaning(&spot.key("blank"), blank, found);
        }
    }
}
