//! How far a score can reach: the smallest and the largest value that its items allow.

use super::super::instrument::{Coded, Instrument, ItemKind};
use super::super::score::{Rule, Score};

/// Smallest and largest value.
pub(super) type Reach = [f64; 2];

/// Smaller differences come from computing with fractions.
pub(super) const EXACT: f64 = 1e-9;

/// Returns the lowest and the highest code that scores use.
pub(super) fn of_column(coded: &Coded<'_>) -> Option<(i8, i8)> {
    let codes = || coded.choices.iter().filter(|choice| choice.scored).map(|choice| choice.code);
    Some((codes().min()?, codes().max()?))
}

/// Returns what the answer to a question can be; turning codes round does not change it.
pub(super) fn of_item(name: &str, instrument: &Instrument) -> Option<Reach> {
    if let Some(item) = instrument.item(name).filter(|item| item.kind == ItemKind::Number) {
        return item.range;
    }
    let coded = instrument.coded();
    let (low, high) = of_column(coded.iter().find(|coded| coded.id == name)?)?;
    Some([low.into(), high.into()])
}

/// Returns what a score can be; none where its rule does not say.
pub(super) fn of_score(score: &Score, instrument: &Instrument) -> Option<Reach> {
    match &score.rule {
        Rule::Answer { item } => of_item(item, instrument),
        Rule::Sum { items, least_answered } => {
            let [low, high] = mean(items, *least_answered, instrument)?;
            let n = items.len() as f64;
            Some([low * n, high * n])
        }
        Rule::Mean { items, least_answered } => mean(items, *least_answered, instrument),
        Rule::Lookup { values, .. } => {
            let values = || values.iter().copied();
            Some([values().min_by(f64::total_cmp)?, values().max_by(f64::total_cmp)?])
        }
        Rule::ChecklistShare { .. } => Some([0.0, 1.0]),
        Rule::TopScore { .. }
        | Rule::Profile { .. }
        | Rule::ValueSet { .. }
        | Rule::ChecklistAll { .. }
        | Rule::GoalAttainment { .. }
        | Rule::Categories { .. }
        | Rule::Sql {} => None,
    }
}

/// The mean of the answered items is furthest out where only the items that reach furthest are answered.
fn mean(items: &[String], least_answered: Option<usize>, instrument: &Instrument) -> Option<Reach> {
    let reaches = items.iter().map(|item| of_item(item, instrument)).collect::<Option<Vec<Reach>>>()?;
    let answered = least_answered.unwrap_or(items.len()).clamp(1, items.len().max(1));
    let mut lows: Vec<f64> = reaches.iter().map(|[low, _]| *low).collect();
    let mut highs: Vec<f64> = reaches.iter().map(|[_, high]| -high).collect();
    let furthest = |ends: &mut Vec<f64>| {
        ends.sort_by(f64::total_cmp);
        ends.iter().take(answered).sum::<f64>() / answered as f64
    };
    (!reaches.is_empty()).then(|| [furthest(&mut lows), -furthest(&mut highs)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instrument() -> Instrument {
        let text = r#"
            id = "sample"
            version = "1"
            title.en = "Sample"
            source = "Our own"
            licence = "Our own"
            occasions = ["once"]
            items = [
                { id = "short", kind = "scale", range = [0, 3], text.en = "Short?" },
                { id = "long", kind = "scale", range = [1, 10], text.en = "Long?", reversed = true },
                { id = "weight", kind = "number", range = [0.5, 2.5], text.en = "Weight?" },
            ]
        "#;
        toml::from_str(text).unwrap()
    }

    fn reach(rule: &str) -> Option<Reach> {
        let text =
            format!("id = \"score\"\ntitle.en = \"Score\"\nbetter = \"higher\"\nsource = \"Our own\"\n[rule]\n{rule}");
        of_score(&toml::from_str(&text).unwrap(), &instrument())
    }

    #[test]
    fn a_prorated_score_reaches_as_far_as_its_widest_items() {
        assert_eq!(reach("kind = \"sum\"\nitems = [\"short\", \"long\"]"), Some([1.0, 13.0]));
        assert_eq!(reach("kind = \"sum\"\nitems = [\"short\", \"long\"]\nleast_answered = 1"), Some([0.0, 20.0]));
        assert_eq!(reach("kind = \"mean\"\nitems = [\"short\", \"long\"]"), Some([0.5, 6.5]));
        assert_eq!(reach("kind = \"mean\"\nitems = [\"short\", \"long\"]\nleast_answered = 1"), Some([0.0, 10.0]));
    }

    #[test]
    fn a_score_reaches_no_further_than_its_rule_says() {
        assert_eq!(reach("kind = \"answer\"\nitem = \"weight\""), Some([0.5, 2.5]));
        assert_eq!(reach("kind = \"answer\"\nitem = \"no-such\""), None);
        assert_eq!(reach("kind = \"lookup\"\nof = \"raw\"\nfrom = 0\nvalues = [7.5, 3.0, 9.0]"), Some([3.0, 9.0]));
        assert_eq!(reach("kind = \"sum\"\nitems = []"), None);
        assert_eq!(reach("kind = \"sql\""), None);
    }
}
