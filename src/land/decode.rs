//! From bytes to text, whatever the file was saved as.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file, and what had to be done to read it.
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// What a person should know of how it was read.
    pub note: Option<String>,
}

/// Reads `bytes` as UTF-8 or UTF-16, by byte order mark or by look. Bytes that are not UTF-8 are read as Windows-1252 one by one,
/// since that is what a spreadsheet leaves in a file that is otherwise UTF-8.
pub fn decode(bytes: Vec<u8>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes)
        && encoding != encoding_rs::UTF_8
    {
        return wide(encoding, bytes.get(mark..).unwrap_or_default());
    }
    if let Some(encoding) = looks_wide(&bytes) {
        return wide(encoding, &bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => match text.strip_prefix('\u{feff}') {
            Some(rest) => Decoded { text: rest.to_owned(), note: None },
            None => Decoded { text, note: None },
        },
        Err(error) => patched(error.as_bytes()),
    }
}

fn wide(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Decoded { text: text.into_owned(), note: Some(format!("read as {}", encoding.name())) }
}

/// UTF-16 without a byte order mark: in the first characters of a header, nearly every other byte is zero and no byte between is. (A
/// letter such as ŵ has no zero byte; UTF-8 has none but for a stray NUL.)
fn looks_wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..64.min(bytes.len() / 2 * 2)).filter(|head| head.len() >= 8)?;
    let zeros =
        |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count() * 8 >= head.len() * 3;
    let none = |offset: usize| head.iter().skip(offset).step_by(2).all(|byte| *byte != 0);
    match (zeros(0), none(0), zeros(1), none(1)) {
        (true, _, _, true) => Some(UTF_16BE),
        (_, true, true, _) => Some(UTF_16LE),
        _ => None,
    }
}

fn patched(bytes: &[u8]) -> Decoded {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 64);
    let mut mended = 0_usize;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        mended += chunk.invalid().len();
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    Decoded { text, note: Some(format!("{mended} bytes are not UTF-8 and were read as Windows-1252")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_in_every_coat() {
        let text = "id,why\n1,café “good”\n";
        let utf16 = |big: bool, mark: bool| {
            let units: Vec<u16> = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).collect();
            units.iter().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect::<Vec<u8>>()
        };
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        for bytes in [text.as_bytes().to_vec(), marked, utf16(false, true), utf16(true, true)] {
            assert_eq!(decode(bytes).text, text);
        }
        let plain = "id,answer,other\n1,2,3\n";
        let bare: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(bare).text, plain);
    }

    #[test]
    fn windows_bytes_inside_utf8_are_read_one_by_one() {
        let decoded = decode(b"caf\xe9 \xc3\xa9 \x93x\x94".to_vec());
        assert_eq!(decoded.text, "café é “x”");
        assert!(decoded.note.unwrap().starts_with("3 bytes"));
    }
}
