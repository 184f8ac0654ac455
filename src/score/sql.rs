//! Names and values written into SQL.

/// Returns a name in double quotes.
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns a text in single quotes.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Returns a number as SQL reads it: always as a fraction, so that nothing is divided as whole numbers.
pub(super) fn number(number: f64) -> String {
    let written = number.to_string();
    let whole = written.chars().all(|c| c.is_ascii_digit() || c == '-');
    let fraction = if whole { format!("{written}.0") } else { written };
    if number < 0.0 { format!("({fraction})") } else { fraction }
}

/// Returns a condition that a column holds one of the values; nothing where there are none.
pub(super) fn one_of(column: &str, values: &[String]) -> Option<String> {
    let values: Vec<String> = values.iter().map(|value| literal(value)).collect();
    (!values.is_empty()).then(|| format!("{} IN ({})", ident(column), values.join(", ")))
}
