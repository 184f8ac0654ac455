//! Mean and spread of numbers that arrive piece by piece.

/// Count, mean and spread of some numbers: enough for their standard deviation, and for that of two parts together.
///
/// Source: Welford BP (1962), Technometrics 4:419-420; of two parts: Chan TF, Golub GH & LeVeque RJ (1983), Am Stat
/// 37:242-247.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// How many numbers.
    pub n: u64,
    /// Their mean, in their unit; 0 where there is none.
    pub mean: f64,
    /// Sum of their squared distances from the mean.
    pub squares: f64,
}

impl Moments {
    /// No numbers.
    pub const ZERO: Self = Self { n: 0, mean: 0.0, squares: 0.0 };

    /// These numbers and one more.
    #[must_use]
    pub fn with(self, value: f64) -> Self {
        let n = self.n + 1;
        let step = value - self.mean;
        let mean = self.mean + step / n as f64;
        Self { n, mean, squares: self.squares + step * (value - mean) }
    }

    /// These numbers and those.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        if self.n == 0 || other.n == 0 {
            return if self.n == 0 { other } else { self };
        }
        let n = self.n + other.n;
        let share = other.n as f64 / n as f64;
        let step = other.mean - self.mean;
        let between = step * step * share * self.n as f64;
        Self { n, mean: self.mean + step * share, squares: self.squares + other.squares + between }
    }

    /// Returns the standard deviation (of a sample: over n - 1), in the unit of the numbers. `None` below 2 numbers and
    /// where they are too large to square.
    pub fn sd(self) -> Option<f64> {
        let sd = (self.squares / (self.n.checked_sub(1)? as f64)).sqrt();
        sd.is_finite().then_some(sd)
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        values.into_iter().fold(Self::ZERO, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::Moments;

    #[test]
    fn an_empty_part_changes_nothing() {
        let all: Moments = [1.0, 2.0, 4.0].into_iter().collect();
        assert_eq!(Moments::ZERO.merge(all), all);
        assert_eq!(all.merge(Moments::ZERO), all);
        assert!(all.sd().is_some_and(|sd| (sd * sd - 7.0 / 3.0).abs() < 1e-15));
    }

    #[test]
    fn digits_of_large_numbers_are_kept() {
        let far: Moments = [1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0].into_iter().collect();
        assert!(far.sd().is_some_and(|sd| (sd * sd - 30.0).abs() < 1e-12));
    }

    #[test]
    fn fewer_than_two_numbers_have_no_spread() {
        assert_eq!(Moments::ZERO.sd(), None);
        assert_eq!(Moments::ZERO.with(3.0).sd(), None);
        assert_eq!(Moments::ZERO.with(3.0).with(3.0).sd(), Some(0.0));
        assert_eq!(Moments::ZERO.with(f64::MAX).with(-f64::MAX).sd(), None);
    }
}
