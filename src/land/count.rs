//! The other reader: counts source rows, so that the lander's own count can be held against it.

use regex::Regex;

use crate::error::{Error, Result};

/// Counts the source rows of `text` behind its first one, the header.
///
/// Shares no code with the lander: one regular expression says what a row is, and what does not match is one line.
pub fn count(text: &str, delimiter: char) -> Result<u64> {
    let d = regex::escape(&delimiter.to_string());
    let cell = format!("(?:\"(?:[^\"]|\"\")*\"|[^\"{d}\\r\\n][^{d}\\r\\n]*|)");
    let row = Regex::new(&format!("\\A{cell}(?:{d}{cell})*(\\r\\n|\\n|\\r|\\z)"))
        .map_err(|error| Error::Broken(format!("the row counter's pattern ({error})")))?;
    let mut rest = text;
    let mut rows = 0_u64;
    while !rest.is_empty() {
        let length = match row.find(rest) {
            Some(found) => found.end(),
            None => rest.find(['\r', '\n']).map_or(rest.len(), |at| {
                at + if rest.get(at..).is_some_and(|end| end.starts_with("\r\n")) { 2 } else { 1 }
            }),
        };
        rows += 1;
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(rows.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::records::Records;
    use super::count;

    proptest! {
        #[test]
        fn both_readers_count_alike(text in "([a,\"\r\n;é]|\"\"|,\"a\"){0,60}") {
            let lander = Records::new(&text, ',').count() as u64;
            prop_assert_eq!(count(&text, ',').unwrap(), lander.saturating_sub(1));
        }
    }
}
