//! Figures as people read them: shares in whole percent, scores in points with as many decimals as their scale says.

use super::context::Scale;
use super::filters::percent_text;

/// A figure: in percent where there is no scale, with its sign where the scale is one of differences.
///
/// ```text
/// 0.653 -> "65%"    21.34 on a scale with one decimal -> "21.3"    the same as a difference -> "+21.3"
/// ```
pub fn amount_text(value: f64, scale: Option<&Scale>) -> String {
    match scale {
        None => percent_text(value),
        Some(scale) => points_text(value, scale.decimals, scale.signed),
    }
}

/// Points with their sign; what rounds to 0 has none. A minus is written as one and not as a hyphen.
pub fn points_text(value: f64, decimals: u8, signed: bool) -> String {
    // A score written as 2.65 is a little less in binary; the nudge keeps half-way cases going away from 0.
    let text = format!("{:.*}", usize::from(decimals), value.abs() + 1e-9);
    let nothing = text.chars().all(|character| character == '0' || character == '.');
    match (nothing, value < 0.0, signed) {
        (true, ..) | (_, false, false) => text,
        (_, true, _) => format!("−{text}"),
        (_, false, true) => format!("+{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_keep_their_decimals_and_only_differences_have_a_plus() {
        let cases = [
            (21.34, 1, true, "+21.3"),
            (21.35, 1, false, "21.4"),
            (-0.4, 1, true, "−0.4"),
            (-0.04, 1, true, "0.0"),
            (-0.594, 2, false, "−0.59"),
            (12.0, 0, true, "+12"),
        ];
        for (value, decimals, signed, text) in cases {
            assert_eq!(points_text(value, decimals, signed), text);
        }
        assert_eq!(amount_text(0.653, None), "65%");
    }
}
