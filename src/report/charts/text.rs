//! How wide a text will be and where to break it, without a font: widths are those of Arial with a little to spare.

/// Width of `text` in units at `size` units of type.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size * 1.04
}

fn advance(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '|' => 0.24,
        't' | 'f' | 'I' | ' ' | '.' | ',' | ':' | ';' | '!' | '/' | '(' | ')' | '[' | ']' | 'r' | '-' => 0.33,
        'm' | 'M' | 'w' | '%' => 0.87,
        'W' | '—' => 1.0,
        'A'..='Z' | '&' => 0.72,
        character if character.is_ascii() || ('\u{a0}'..='\u{24f}').contains(&character) => 0.56,
        // Scripts that we have no widths for are taken as square.
        _ => 1.0,
    }
}

/// Breaks `text` into lines of at most `room` units; a single long word is cut rather than allowed to run out.
pub fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, size) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            if !line.is_empty() && width(&line, size) + advance(character) * size > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Moves labels apart until none is nearer than `gap` to the next, within `low` and `high`, in the order they came.
pub fn spread(wanted: &[f64], gap: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));
    let mut places = wanted.to_vec();
    let mut floor = low;
    for &index in &order {
        places[index] = places[index].max(floor);
        floor = places[index] + gap;
    }
    let mut ceiling = high;
    for &index in order.iter().rev() {
        places[index] = places[index].min(ceiling);
        ceiling = places[index] - gap;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_wrapped_and_long_words_are_cut() {
        for name in [
            "The Old Maltings and Riverside Medical Partnership",
            "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
        ] {
            let lines = wrap(name, 11.0, 110.0);
            assert!(1 < lines.len() && lines.iter().all(|line| width(line, 11.0) <= 116.0), "{lines:?}");
            assert_eq!(lines.concat().replace(' ', ""), name.replace(' ', ""));
        }
        assert!(wrap("", 11.0, 110.0).is_empty());
    }

    #[test]
    fn labels_are_moved_apart() {
        assert_eq!(spread(&[10.0, 11.0, 50.0], 12.0, (0.0, 100.0)), [10.0, 22.0, 50.0]);
        assert_eq!(spread(&[98.0, 99.0], 12.0, (0.0, 100.0)), [88.0, 100.0]);
    }
}
