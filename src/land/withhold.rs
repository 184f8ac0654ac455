//! What of a bad cell may be kept, so that a person can mend it.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

/// Longest raw value that is kept, in characters.
const LONGEST: usize = 40;
/// Stands for a raw value that may name a person.
pub const WITHHELD: &str = "[withheld]";

static POSTCODE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b[a-z]{1,2}[0-9][a-z0-9]?\s*[0-9][a-z]{2}\b").ok());

/// Returns whether a text looks as if it could name or place a person: an at sign, a postcode, nine or more digits, or an
/// identifier of the same file.
pub fn personal(text: &str, identifiers: &HashSet<String>) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    // A pattern that could not be made finds everything.
    let postcode = POSTCODE.as_ref().is_none_or(|pattern| pattern.is_match(text));
    text.contains('@') || postcode || digits >= 9 || known(text, identifiers)
}

fn known(text: &str, identifiers: &HashSet<String>) -> bool {
    let known = |text: &str| identifiers.contains(&plain(text));
    // Spreadsheets write a number that is one as `12345.0`.
    !identifiers.is_empty() && (known(text) || text.strip_suffix(".0").is_some_and(known))
}

/// Returns whether a number looks as if it named a person: nine or more digits before the decimal sign, or an identifier of the same
/// file. Local numbers of four digits and fewer cannot be told from answers.
pub fn identifies(number: f64, identifiers: &HashSet<String>) -> bool {
    let size = number.abs().trunc();
    size >= 1e8 || size >= 1e4 && known(&size.to_string(), identifiers)
}

/// Returns the letters and digits of an identifier: what is compared, so that no other way to write it gets past.
pub fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Returns a raw value as `quarantine` keeps it: at most 40 characters, or `[withheld]`.
pub fn raw(text: &str, identifiers: &HashSet<String>) -> String {
    if text.split_whitespace().nth(2).is_some() || personal(text, identifiers) {
        return WITHHELD.into();
    }
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_name_a_person_is_withheld() {
        let identifiers = HashSet::from(["ABC12".to_owned()]);
        for text in ["she was kind", "a@b", "at BS1 4TR", "bs14tr", "943 476 591", "abc-12", "abc12.0", "07700 900123"]
        {
            assert_eq!(raw(text, &identifiers), WITHHELD, "{text}");
        }
        for text in ["9", "31/02/2026", "Very good", "=cmd", "2026-02-31"] {
            assert_eq!(raw(text, &identifiers), text);
        }
        assert_eq!(raw(&"x".repeat(1 << 20), &identifiers).len(), LONGEST);
        let identifiers = HashSet::from(["12345".to_owned(), "42".to_owned()]);
        assert!(
            [12345.0, 12345.5, 9_434_765_919.0, -100_000_000.0].iter().all(|number| identifies(*number, &identifiers))
        );
        assert!([42.0, 12346.0, 88.669_165_78].iter().all(|number| !identifies(*number, &identifiers)));
    }
}
