//! From text to source rows, without ever losing one.
//!
//! The `csv` crate reads an unclosed quote to the end of the file and so swallows every row behind it. Here a row whose quotes do
//! not close where they should is one damaged line, and reading goes on with the next.

use std::borrow::Cow;

/// One source row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Line of the file where it begins, counted from 1.
    pub line: u64,
    /// Its text, without the line end.
    pub text: &'a str,
    /// False where its quotes do not close.
    pub sound: bool,
}

/// Splits a text into source rows. A row ends at CR LF, LF or CR outside quotes.
pub struct Records<'a> {
    rest: &'a str,
    line: u64,
    delimiter: u8,
}

impl<'a> Records<'a> {
    /// Begins at the start of `text`, whose cells are parted by `delimiter`.
    pub fn new(text: &'a str, delimiter: char) -> Self {
        Records { rest: text, line: 1, delimiter: u8::try_from(delimiter).unwrap_or(b',') }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let bytes = self.rest.as_bytes();
        let (end, sound) = match row_end(bytes, self.delimiter) {
            Some(end) => (end, true),
            None => (line_end(bytes, 0), false),
        };
        let (text, rest) = self.rest.split_at(end);
        let record = Record { line: self.line, text, sound };
        let terminator = if rest.starts_with("\r\n") { 2 } else { usize::from(!rest.is_empty()) };
        self.line += lines_in(text) + u64::from(terminator > 0);
        self.rest = rest.get(terminator..).unwrap_or_default();
        Some(record)
    }
}

/// Lines ended inside a quoted cell.
fn lines_in(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = bytes
        .iter()
        .enumerate()
        .filter(|(at, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')));
    ends.count() as u64
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).map_or(bytes.len(), |at| from + at)
}

/// Returns where the row at the start of `bytes` ends, or none where a quote does not close.
fn row_end(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            at = closing(bytes, at + 1)? + 1;
        } else {
            at += bytes
                .iter()
                .skip(at)
                .position(|b| *b == delimiter || matches!(b, b'\n' | b'\r'))
                .unwrap_or(bytes.len() - at);
        }
        match bytes.get(at) {
            None | Some(b'\n' | b'\r') => return Some(at),
            Some(byte) if *byte == delimiter => at += 1,
            Some(_) => return None,
        }
    }
}

/// Returns where the quoted cell that goes on at `from` closes.
fn closing(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let at = from + bytes.get(from..)?.iter().position(|byte| *byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        from = at + 2;
    }
}

/// Splits a sound row into its cells, quotes taken off.
pub fn cells(text: &str, delimiter: char) -> Vec<Cow<'_, str>> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    let bytes = text.as_bytes();
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            let close = closing(bytes, at + 1).unwrap_or(bytes.len());
            let inner = text.get(at + 1..close).unwrap_or_default();
            cells.push(if inner.contains("\"\"") {
                Cow::Owned(inner.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(inner)
            });
            at = close + 1;
        } else {
            let end = bytes.iter().skip(at).position(|byte| *byte == delimiter).map_or(bytes.len(), |n| at + n);
            cells.push(Cow::Borrowed(text.get(at..end).unwrap_or_default()));
            at = end;
        }
        if at >= bytes.len() {
            return cells;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, &str, bool)> {
        Records::new(text, ',').map(|record| (record.line, record.text, record.sound)).collect()
    }

    #[test]
    fn every_line_end_ends_a_row_and_a_quoted_one_does_not() {
        assert_eq!(rows("a,b\r\n1,\"x\ny\"\r2,z\n"), [(1, "a,b", true), (2, "1,\"x\ny\"", true), (4, "2,z", true)]);
        assert_eq!(rows("a\n\nb"), [(1, "a", true), (2, "", true), (3, "b", true)]);
    }

    #[test]
    fn an_unclosed_quote_costs_one_line() {
        assert_eq!(rows("a,b\n1,\"x\n2,y\n"), [(1, "a,b", true), (2, "1,\"x", false), (3, "2,y", true)]);
        assert_eq!(rows("1,\"x\n2,\"y\"\n"), [(1, "1,\"x", false), (2, "2,\"y\"", true)]);
    }

    #[test]
    fn cells_lose_their_quotes_and_keep_their_text() {
        assert_eq!(cells("1,\"a \"\"b\"\", c\",,5\" pipe", ','), ["1", "a \"b\", c", "", "5\" pipe"]);
        assert_eq!(cells("", ','), [""]);
        assert_eq!(cells("a;b;", ';'), ["a", "b", ""]);
    }
}
