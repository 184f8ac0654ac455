//! P-values of many tests at once.

/// What is held down where many tests are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Adjustment {
    /// The share of false signals among the signals. Benjamini Y & Hochberg Y (1995), J R Stat Soc B 57:289-300.
    BenjaminiHochberg,
    /// The same, however the tests hang together. Benjamini Y & Yekutieli D (2001), Ann Stat 29:1165-1188.
    BenjaminiYekutieli,
    /// The chance of any false signal, by each test alone. Bonferroni CE (1936).
    Bonferroni,
    /// The chance of any false signal, from the largest p-value down. Hochberg Y (1988), Biometrika 75:800-802.
    Hochberg,
    /// The chance of any false signal, from the smallest p-value up. Holm S (1979), Scand J Stat 6:65-70.
    Holm,
}

/// Returns the p-values, each adjusted for all of them, in their order.
///
/// A p-value that is missing or outside [0, 1] stays `None` and is not counted as a test.
///
/// Source: see [`Adjustment`]; of adjusted p-values, Wright SP (1992), Biometrics 48:1005-1013.
pub fn adjusted(p: &[Option<f64>], how: Adjustment) -> Vec<Option<f64>> {
    let tests = p.iter().enumerate().filter_map(|(place, p)| p.filter(|p| (0.0..=1.0).contains(p)).map(|p| (place, p)));
    let mut tests: Vec<(usize, f64)> = tests.collect();
    tests.sort_by(|one, other| one.1.total_cmp(&other.1));
    let n = tests.len() as f64;
    let harmonic: f64 = (1..=tests.len()).map(|i| 1.0 / i as f64).sum();
    let rank = |i: usize| i as f64 + 1.0;
    let stretched = tests.iter().enumerate().map(|(i, &(place, p))| {
        let factor = match how {
            Adjustment::BenjaminiHochberg => n / rank(i),
            Adjustment::BenjaminiYekutieli => harmonic * (n / rank(i)),
            Adjustment::Bonferroni => n,
            Adjustment::Hochberg | Adjustment::Holm => n - i as f64,
        };
        (place, (p * factor).min(1.0))
    });
    let stretched: Vec<(usize, f64)> = stretched.collect();
    let mut adjusted = vec![None; p.len()];
    let mut set = |place: usize, p: f64| {
        if let Some(slot) = adjusted.get_mut(place) {
            *slot = Some(p);
        }
    };
    // A larger p-value is never a stronger signal than a smaller one.
    match how {
        Adjustment::Holm => {
            stretched.iter().fold(0.0, |largest: f64, &(place, p)| {
                set(place, p.max(largest));
                p.max(largest)
            });
        }
        _ => {
            stretched.iter().rev().fold(1.0, |smallest: f64, &(place, p)| {
                set(place, p.min(smallest));
                p.min(smallest)
            });
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::{Adjustment, adjusted};

    #[test]
    fn what_is_no_p_value_keeps_its_place_and_is_not_counted() {
        let p = [Some(0.01), None, Some(f64::NAN), Some(0.03), Some(-0.1), Some(1.1)];
        let got = adjusted(&p, Adjustment::Bonferroni);
        assert_eq!(got, [Some(0.02), None, None, Some(0.06), None, None]);
        assert_eq!(adjusted(&[], Adjustment::BenjaminiHochberg), []);
    }

    #[test]
    fn one_test_stays_as_it_is() {
        for how in
            [Adjustment::BenjaminiHochberg, Adjustment::BenjaminiYekutieli, Adjustment::Holm, Adjustment::Hochberg]
        {
            assert_eq!(adjusted(&[Some(0.04)], how), [Some(0.04)]);
        }
    }
}
