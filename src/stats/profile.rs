//! Change of health profiles: one level for each dimension of an instrument, such as `21232`.

/// How the profile of one person changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// No problem in any dimension, before or after.
    NoProblems,
    /// The same problems before and after.
    NoChange,
    /// Better in at least one dimension, worse in none.
    Improve,
    /// Worse in at least one dimension, better in none.
    Worsen,
    /// Better in at least one dimension, worse in another.
    Mixed,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 5] = [Self::NoProblems, Self::NoChange, Self::Improve, Self::Worsen, Self::Mixed];

    /// Its name in the figures.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoProblems => "no problems",
            Self::NoChange => "no change",
            Self::Improve => "improve",
            Self::Worsen => "worsen",
            Self::Mixed => "mixed change",
        }
    }
}

/// Returns the class of a change by the Paretian Classification of Health Change.
///
/// A profile has one digit from 1 to 9 for each dimension: 1 is no problem, a higher one is worse. `None` where either
/// is empty or has another character, and where their lengths differ. A profile of one digit classifies one dimension.
///
/// Source: Devlin NJ, Parkin D & Browne J (2010), Health Econ 19:886-905; who had no problem at either time is apart.
pub fn class(before: &str, after: &str) -> Option<Class> {
    if before.len() != after.len() || !is_profile(before) || !is_profile(after) {
        return None;
    }
    let pairs = || before.bytes().zip(after.bytes());
    Some(match (pairs().any(|(before, after)| after < before), pairs().any(|(before, after)| after > before)) {
        (true, true) => Class::Mixed,
        (true, false) => Class::Improve,
        (false, true) => Class::Worsen,
        (false, false) if before.bytes().all(|digit| digit == b'1') => Class::NoProblems,
        (false, false) => Class::NoChange,
    })
}

fn is_profile(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| (b'1'..=b'9').contains(&digit))
}

/// Returns the sum of the levels of a profile: 10 for `21232`. It is no value, for it weighs all dimensions alike.
///
/// `None` where the profile is empty or has another character than the digits 1 to 9.
///
/// Source: Devlin N, Parkin D & Janssen B (2020), Methods for Analysing and Reporting EQ-5D Data.
pub fn level_sum(profile: &str) -> Option<u64> {
    is_profile(profile).then(|| profile.bytes().map(|digit| u64::from(digit - b'0')).sum())
}

/// Returns how many dimensions are at each of `levels` levels, side by side: `131` for `21232` and 3 levels.
///
/// `None` where the profile is empty, has more than 9 dimensions, whose count would take two digits, or another character than
/// a digit from 1 to `levels`.
///
/// Source: Oppe S & de Charro FT (2001), Accid Anal Prev 33:129-138.
pub fn level_frequency(profile: &str, levels: u8) -> Option<String> {
    let within = profile.bytes().all(|digit| (b'1'..=b'9').contains(&digit) && digit - b'0' <= levels);
    let count = |level: u8| profile.bytes().filter(|digit| *digit == b'0' + level).count().to_string();
    (is_profile(profile) && profile.len() <= 9 && within && levels <= 9).then(|| (1..=levels).map(count).collect())
}

/// How many people are in each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally([u64; Class::ALL.len()]);

impl Tally {
    /// Nobody.
    pub const ZERO: Self = Self([0; Class::ALL.len()]);

    /// These people and `n` more of one class.
    #[must_use]
    pub fn with(mut self, class: Class, n: u64) -> Self {
        self.0[class as usize] += n;
        self
    }

    /// These people and those.
    #[must_use]
    pub fn merge(self, other: Self) -> Self {
        Class::ALL.into_iter().fold(self, |sum, class| sum.with(class, other.of(class)))
    }

    /// People of one class.
    pub fn of(self, class: Class) -> u64 {
        self.0[class as usize]
    }

    /// People of all classes.
    pub fn n(self) -> u64 {
        self.0.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Class, class, level_frequency, level_sum};

    #[test]
    fn every_class() {
        for (before, after, expected) in [
            ("11111", "11111", Class::NoProblems),
            ("21232", "21232", Class::NoChange),
            ("21232", "11232", Class::Improve),
            ("21232", "11111", Class::Improve),
            ("11111", "11112", Class::Worsen),
            ("21232", "12232", Class::Mixed),
            ("1", "1", Class::NoProblems),
            ("5", "5", Class::NoChange),
            ("9", "1", Class::Improve),
        ] {
            assert_eq!(class(before, after), Some(expected), "{before} to {after}");
        }
    }

    #[test]
    fn what_is_no_pair_of_profiles_has_no_class() {
        for (before, after) in
            [("", ""), ("11", "111"), ("10", "11"), ("1x", "11"), ("11", "1 "), ("-1", "11"), ("é", "11"), ("١", "١")]
        {
            assert_eq!(class(before, after), None, "{before} to {after}");
            assert_eq!(class(after, before), None, "{after} to {before}");
        }
    }

    #[test]
    fn levels_are_added_and_counted() {
        assert_eq!((level_sum("21232"), level_frequency("21232", 3)), (Some(10), Some("131".to_owned())));
        assert_eq!(level_frequency("21232", 5), Some("13100".to_owned()));
        for (profile, levels) in [("", 3), ("14", 3), ("10", 3), ("1x", 3), ("1111111111", 3), ("11", 10), ("é", 9)] {
            assert_eq!(level_frequency(profile, levels), None, "{profile} {levels}");
        }
        assert!(["", "10", "1.5", " 1"].into_iter().all(|profile| level_sum(profile).is_none()));
    }
}
