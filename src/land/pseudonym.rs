//! Pseudonyms: keyed hashes in the place of identifiers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::{Error, Result};

/// Shortest key that is taken, in bytes: as long as the hash.
const KEY_BYTES: usize = 32;

/// A keyed hash of several texts. The texts are told apart, so that ("a", "bc") and ("ab", "c") differ.
#[derive(Clone)]
pub struct Keyed(Hmac<Sha256>);

impl Keyed {
    /// Takes the salt of a workspace or the pseudonym key.
    pub fn new(secret: &[u8]) -> Result<Self> {
        Hmac::new_from_slice(secret).map(Keyed).map_err(|_| Error::Broken("a key of any length should do".into()))
    }

    /// Returns the first 128 bits of HMAC-SHA-256 over `parts`, as 22 characters.
    pub fn hash(&self, parts: &[&str]) -> String {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        let bytes = mac.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(bytes.get(..16).unwrap_or_default())
    }
}

/// The key that makes pseudonyms of people, never stored with the data.
#[derive(Clone)]
pub struct Key(Keyed);

impl Key {
    /// Takes the text of a key file or of the environment variable.
    pub fn new(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.len() < KEY_BYTES {
            return Err(Error::Usage {
                what: format!("the pseudonym key has {} characters; it needs at least {KEY_BYTES}", text.len()),
                mend: "make one with `openssl rand -hex 32` and keep it away from the data".into(),
            });
        }
        Ok(Key(Keyed::new(text.as_bytes())?))
    }

    /// Returns what is recorded with a landing, so that a landing under another key is noticed. The key cannot be had from it.
    pub fn fingerprint(&self) -> String {
        self.0.hash(&["fingerprint of the pseudonym key"])
    }

    /// Returns the pseudonym of a normalised identifier of `scheme`.
    pub fn person(&self, scheme: &str, normalised: &str) -> String {
        self.0.hash(&["person", scheme, normalised])
    }
}

/// Name of the scheme whose check digit is verified.
pub const NHS_NUMBER: &str = "nhs-number";

/// Returns the identifier as it is hashed: without spaces, hyphens and case. None where it is empty, or an NHS number whose check
/// digit does not fit (modulus 11, NHS Data Dictionary).
pub fn normalise(scheme: &str, text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .flat_map(char::to_uppercase)
        .collect();
    let valid = !plain.is_empty() && (scheme != NHS_NUMBER || nhs_number(&plain));
    valid.then_some(plain)
}

fn nhs_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 10 || text.chars().count() != 10 {
        return false;
    }
    let sum: u32 = digits.iter().take(9).zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let check = (11 - sum % 11) % 11;
    digits.last() == Some(&check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_do_not_make_another_person_and_a_scheme_does() {
        let key = Key::new(&"k".repeat(32)).unwrap();
        let of = |scheme: &str, text: &str| normalise(scheme, text).map(|plain| key.person(scheme, &plain));
        assert!(of(NHS_NUMBER, "943 476 5919").is_some());
        assert_eq!(of(NHS_NUMBER, "943 476 5919"), of(NHS_NUMBER, "9434765919"));
        assert_ne!(of("clinic-a", "12345"), of("clinic-b", "12345"));
        assert_ne!(of("clinic-a", "9434765919"), of(NHS_NUMBER, "9434765919"));
    }

    #[test]
    fn the_check_digit_must_fit() {
        for bad in ["9434765918", "943476591", "94347659199", "943476591X", "", "0000000001"] {
            assert_eq!(normalise(NHS_NUMBER, bad), None, "{bad}");
        }
        // The check value 10 makes a number that is never issued: no last digit fits.
        assert!((0..10).all(|last| normalise(NHS_NUMBER, &format!("000000006{last}")).is_none()));
        assert!(Key::new("short").is_err());
    }
}
