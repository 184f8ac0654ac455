//! Numbers as files write them.

/// Reads `15`, `15.0`, `-2`, `+2`, `.5`, `1e-05` and, with a decimal comma, `1,54`; what it cannot be is told in words.
///
/// A comma that three digits follow may divide thousands as well as decimals, unless the number begins with a zero: a guess would be
/// wrong by a factor of a thousand, so there is none.
pub fn read(text: &str) -> Result<f64, &'static str> {
    const BAD: &str = "not a number";
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, decimals) = match unsigned.split_once(['.', ',']) {
        Some((_, "")) => return Err(BAD),
        Some(parts) => parts,
        None if unsigned.is_empty() => return Err(BAD),
        None => (unsigned, ""),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let plain = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        (1..=3).contains(&plain.len()) && digits(plain)
    });
    if !digits(whole) || !digits(decimals) || !exponent_fits {
        return Err(BAD);
    }
    if unsigned.contains(',') && decimals.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0') {
        return Err("a comma that may divide thousands or decimals");
    }
    let number: f64 = text.replace(',', ".").parse().map_err(|_| BAD)?;
    // Minus nothing is nothing, or a file that writes it otherwise would correct it.
    if number.is_finite() { Ok(number + 0.0) } else { Err(BAD) }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn numbers_are_read_with_one_decimal_sign() {
        for (text, number) in [
            ("15", 15.0),
            ("15.0", 15.0),
            ("-2", -2.0),
            ("+2", 2.0),
            ("1.54", 1.54),
            ("1,54", 1.54),
            ("0,883", 0.883),
            ("-0,003", -0.003),
            ("12,3456", 12.3456),
            ("1234,567", 1234.567),
            ("1.234", 1.234),
            (".5", 0.5),
            ("-,5", -0.5),
            ("1e-05", 0.000_01),
            ("2E+3", 2000.0),
            ("007", 7.0),
        ] {
            assert_eq!(read(text), Ok(number), "{text}");
        }
        assert!(read("-0").unwrap().is_sign_positive());
    }

    #[test]
    fn what_is_no_number_or_can_be_two_is_none() {
        for text in [
            "",
            "-",
            ".",
            ",",
            "x",
            "*",
            "1.",
            "1,",
            "1.2.3",
            "1,2,3",
            "1,234.5",
            "1.234,5",
            "1 234",
            "1'234",
            "--1",
            "1-",
            "1_000",
            "0x10",
            "inf",
            "NaN",
            "-infinity",
            "1e",
            "e5",
            "1e+",
            "1e9999",
            "1e999",
            "75%",
            "£5",
            "½",
            "１",
        ] {
            assert_eq!(read(text), Err("not a number"), "{text}");
        }
        for text in ["1,234", "-12,345", "999,000"] {
            assert_eq!(read(text), Err("a comma that may divide thousands or decimals"), "{text}");
        }
    }
}
