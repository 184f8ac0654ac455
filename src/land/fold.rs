//! From rows to responses: rows of one response come together, dates are settled, and each row gets its one outcome.

use std::collections::btree_map::{BTreeMap, Entry};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::date::{Precision, Reading, When};
use super::row::{Problem, Row, Said};

/// What one or more rows give, before it is compared with what landed before: a response for each part of the mapping.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The rows that give it, as places in the list of rows; the first one counts as the giver.
    pub rows: Vec<usize>,
    /// All rows of its submission, where other repeats have rows of their own: what its own rows leave open may stand there.
    pub submission: Option<Arc<[usize]>>,
    /// For each part, its response; none where another part was answered and this one was not.
    pub parts: Vec<Option<Response>>,
}

/// One response.
#[derive(Clone, Debug)]
pub struct Response {
    /// When it was given.
    pub when: Option<When>,
    /// How exactly that is known.
    pub precision: Precision,
    /// Its answers.
    pub said: Said,
}

impl Draft {
    /// Returns the places of its own rows, then those of its submission.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().chain(self.submission.iter().flat_map(|all| all.iter())).copied()
    }
}

/// Rows that were read, brought together.
pub struct Folded {
    /// The responses, in the order of the first rows of their ids.
    pub drafts: Vec<Draft>,
    /// Rows that are quarantined because the rows of one response contradict each other: place in the list, and why.
    pub contradicting: Vec<(usize, Problem)>,
}

/// Rows of one id that hold the same repeats, and what they say together.
struct Group<'a> {
    rows: Vec<usize>,
    agree: &'a str,
    parts: Vec<Option<Said>>,
}

/// Brings the rows of each response together; `dates` has the place of each part's date.
pub fn fold(rows: &[Row], dates: &[Option<usize>], several_rows: bool) -> Folded {
    let mut order: Vec<&str> = Vec::new();
    let mut by_key: HashMap<&str, Vec<usize>> = HashMap::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let places = by_key.entry(&row.key).or_default();
        if places.is_empty() {
            order.push(&row.key);
        }
        places.push(at);
    }
    let swapped = swapped_scopes(rows);
    let mut folded = Folded { drafts: Vec::with_capacity(order.len()), contradicting: Vec::new() };
    for key in order {
        let mut groups = Vec::new();
        for places in by_repeat(rows, by_key.remove(key).unwrap_or_default()) {
            let of_group: Vec<&Row> = places.iter().filter_map(|at| rows.get(*at)).collect();
            match together(&of_group, several_rows) {
                Some(parts) => {
                    let agree = of_group.first().map_or("", |row| &row.agree);
                    groups.push(Group { rows: places, agree, parts });
                }
                None => folded.contradict(&of_group, places, several_rows),
            }
        }
        if groups.len() > 1 && !share(&mut groups) {
            let places = groups.into_iter().flat_map(|group| group.rows).collect();
            folded.contradict(&[], places, true);
            continue;
        }
        folded.drafts.extend(drafts(groups, rows, dates, &swapped));
    }
    folded
}

impl Folded {
    fn contradict(&mut self, rows: &[&Row], places: Vec<usize>, several_rows: bool) {
        let repeats = rows.iter().flat_map(|row| row.parts.iter().flatten()).any(|said| said.repeat > 0);
        let reason = match (several_rows, repeats) {
            (true, _) => "rows of one response differ in what must agree",
            (false, false) => "the same id twice with other answers",
            (false, true) => "the same id and repeat twice with other answers",
        };
        let problem = Problem { column: String::new(), reason: reason.into(), raw: None };
        self.contradicting.extend(places.into_iter().map(|at| (at, problem.clone())));
    }
}

/// The parts of a file, for each of its dates, in which one can be read only with day and month the other way round.
fn swapped_scopes(rows: &[Row]) -> HashSet<(usize, u32)> {
    let dates = rows.iter().flat_map(|row| row.dates.iter().enumerate());
    dates.filter(|(_, date)| matches!(date.0, Reading::Swapped(_))).map(|(at, date)| (at, date.1)).collect()
}

/// Divides the rows of one id into those that hold the same repeats, in the order of their first rows.
fn by_repeat(rows: &[Row], places: Vec<usize>) -> Vec<Vec<usize>> {
    if places.len() < 2 {
        return vec![places];
    }
    let mut groups: Vec<(Vec<Option<i32>>, Vec<usize>)> = Vec::new();
    let mut known: HashMap<Vec<Option<i32>>, usize> = HashMap::new();
    for at in places {
        let Some(row) = rows.get(at) else { continue };
        let repeats: Vec<_> = row.parts.iter().map(|said| said.as_ref().map(|said| said.repeat)).collect();
        let place = *known.entry(repeats.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, of)) => of.push(at),
            None => groups.push((repeats, vec![at])),
        }
    }
    groups.into_iter().map(|(_, of)| of).collect()
}

/// Returns what rows with the same repeats say in each part, or none where they contradict each other.
fn together(rows: &[&Row], several_rows: bool) -> Option<Vec<Option<Said>>> {
    let (first, rest) = rows.split_first()?;
    let mut parts = first.parts.clone();
    for row in rest {
        let same = if several_rows { row.agree == first.agree } else { alike(row, first) };
        let mut both = parts.iter_mut().flatten().zip(row.parts.iter().flatten());
        if !same || !both.all(|(one, other)| join(one, other)) {
            return None;
        }
    }
    Some(parts)
}

/// Whether two rows say the same, but for the line they stand on.
fn alike(one: &Row, two: &Row) -> bool {
    let Row { line: _, key: _, agree, person, episode, dates, words, facts, parts, comments } = one;
    (agree, person, episode, dates, words) == (&two.agree, &two.person, &two.episode, &two.dates, &two.words)
        && (facts, parts, comments) == (&two.facts, &two.parts, &two.comments)
}

/// Adds to `one` what only `other` says; false where they say different things.
fn join(one: &mut Said, other: &Said) -> bool {
    fn fill<T: Copy + PartialEq>(one: &mut [Option<T>], other: &[Option<T>]) -> bool {
        one.iter_mut().zip(other).all(|(one, other)| {
            *one = one.or(*other);
            other.is_none() || one == other
        })
    }
    one.answered |= other.answered;
    let codes = one.codes.iter_mut().zip(&other.codes).all(|(code, other)| {
        let said = *code;
        if said < 0 {
            *code = said.max(*other);
        }
        said < 0 || *other < 0 || said == *other
    });
    codes && fill(&mut one.numbers, &other.numbers) && fill(&mut one.days, &other.days)
}

/// Makes one response of what several groups say of the same repeat of a part, such as answers that stand beside every repeat of
/// another part; it belongs to the first group that answers it. False where they say different things.
fn share(groups: &mut [Group<'_>]) -> bool {
    let mut held: BTreeMap<(usize, i32), (usize, &str, Said)> = BTreeMap::new();
    for (at, group) in groups.iter_mut().enumerate() {
        for (part, said) in group.parts.iter_mut().enumerate() {
            let Some(said) = said.take() else { continue };
            match held.entry((part, said.repeat)) {
                Entry::Vacant(free) => {
                    free.insert((at, group.agree, said));
                }
                Entry::Occupied(mut held) => {
                    let (owner, agree, all) = held.get_mut();
                    if said.answered && !all.answered {
                        *owner = at;
                    }
                    if *agree != group.agree || !join(all, &said) {
                        return false;
                    }
                }
            }
        }
    }
    for ((part, _), (owner, _, said)) in held {
        if let Some(place) = groups.get_mut(owner).and_then(|group| group.parts.get_mut(part)) {
            *place = Some(said);
        }
    }
    true
}

/// Makes the drafts of one id. A part without any answer or comment gives no response where another one has some: a follow-up that
/// has not happened yet, say. Rows that give none belong to the first that do.
fn drafts(
    groups: Vec<Group<'_>>,
    rows: &[Row],
    dates: &[Option<usize>],
    swapped: &HashSet<(usize, u32)>,
) -> Vec<Draft> {
    let mut nothing = !groups.iter().flat_map(|group| group.parts.iter().flatten()).any(|said| said.answered);
    let all = || groups.iter().flat_map(|group| group.rows.iter().copied()).collect::<Arc<[usize]>>();
    let submission = if groups.len() > 1 { Some(all()) } else { None };
    let mut drafts: Vec<Draft> = Vec::with_capacity(groups.len());
    let mut empty = Vec::new();
    for group in groups {
        let response = |said: Said, date: Option<usize>| {
            let (mut when, mut precision) = settle(&group.rows, rows, date, swapped);
            if let (Precision::None, Some(all)) = (precision, &submission) {
                (when, precision) = settle(all, rows, date, swapped);
            }
            Response { when, precision, said }
        };
        let parts: Vec<Option<Response>> = (group.parts.into_iter().zip(dates))
            .map(|(said, date)| {
                let said = said.filter(|said| said.answered || std::mem::take(&mut nothing))?;
                Some(response(said, *date))
            })
            .collect();
        if parts.iter().any(Option::is_some) {
            drafts.push(Draft { rows: group.rows, submission: submission.clone(), parts });
        } else {
            empty.extend(group.rows);
        }
    }
    if let Some(first) = drafts.first_mut() {
        first.rows.extend(empty);
    }
    drafts
}

/// Settles the date of a response: what every one of its rows can mean. A date with two readings, in a part of the file where some
/// dates can be read only the other way round, is uncertain unless the other rows leave one.
fn settle(
    places: &[usize],
    rows: &[Row],
    date: Option<usize>,
    swapped: &HashSet<(usize, u32)>,
) -> (Option<When>, Precision) {
    let Some(date) = date else { return (None, Precision::None) };
    let mut left: Option<Vec<When>> = None;
    for (reading, scope) in places.iter().filter_map(|at| rows.get(*at)?.dates.get(date)) {
        let can_mean = match *reading {
            Reading::Blank | Reading::Bad => continue,
            Reading::Declared(when) | Reading::Swapped(when) => vec![when],
            Reading::Either(one, two) if swapped.contains(&(date, *scope)) => vec![one, two],
            Reading::Either(one, _) => vec![one],
        };
        left = Some(match left {
            None => can_mean,
            Some(left) => left.into_iter().filter(|when| can_mean.iter().any(|other| other.on == when.on)).collect(),
        });
    }
    match left.as_deref() {
        None => (None, Precision::None),
        Some([when]) => (Some(*when), when.precision),
        Some(_) => (None, Precision::Uncertain),
    }
}
