//! Answers of the same people: how many there are beyond one a person, and which of them a later one replaces.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::AddAssign;

use super::answers::{Answers, ROOTS, Spans, Value};
use super::layout::Layout;
use super::sums::{Areas, Part, Place, Sums, parts};

/// What the sums of the cube lack to be sums over people. All of it is nothing where everybody answered once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// Answers of nobody known.
    pub without_person: i64,
    /// Answers beyond the first of each person.
    pub repeated: i64,
    /// Over people, the squared number of answers less the number; squares have twelve decimals.
    pub tww: i128,
    /// Number times total less the total.
    pub twy: i128,
    /// Squared total less the squares.
    pub tyy: i128,
    /// Answers that do not count where each person counts once.
    pub dropped: i64,
    /// Their sum in millionths.
    pub dropped_sum: i128,
    /// The sum of their squares.
    pub dropped_squares: i128,
}

impl AddAssign for Repeats {
    fn add_assign(&mut self, other: Self) {
        self.without_person += other.without_person;
        self.repeated += other.repeated;
        self.tww += other.tww;
        self.twy += other.twy;
        self.tyy += other.tyy;
        self.dropped += other.dropped;
        self.dropped_sum += other.dropped_sum;
        self.dropped_squares += other.dropped_squares;
    }
}

fn together(sums: &mut Repeats, part: &Part) {
    sums.repeated += part.n - 1;
    sums.tww += part.w * part.w - part.ww;
    sums.twy += part.w * part.wy - part.w_wy;
    sums.tyy += part.wy * part.wy - part.wy_wy;
}

fn take_off(sums: &mut Repeats, part: &Part) {
    sums.dropped += part.n;
    sums.dropped_sum += part.wy;
    sums.dropped_squares += part.wyy;
}

/// Weight of every answer where there are no weights, in millionths.
pub const ONE: i64 = 1_000_000;

/// Counts the answers of people, one person after the other.
pub struct People<'a> {
    layout: &'a Layout,
    areas: &'a Areas,
    /// What was found.
    pub sums: Sums<Repeats>,
    /// Outcomes that an answer of the period does not count for, by the answer.
    pub replaced: HashMap<String, Vec<usize>>,
}

impl<'a> People<'a> {
    pub fn new(layout: &'a Layout, areas: &'a Areas) -> Self {
        People { layout, areas, sums: Sums::new(), replaced: HashMap::new() }
    }

    /// Counts the answers of one person, the latest last; `ids` are theirs.
    pub fn add(&mut self, answers: &Answers, ids: &[String]) {
        if answers.all.len() < 2 {
            return;
        }
        let months: BTreeSet<u32> = answers.all.iter().map(|answer| answer.month).collect();
        let occasions: HashSet<u32> = answers.all.iter().map(|answer| answer.occasion).collect();
        for span in std::iter::once(Spans::PERIOD).chain(months.into_iter().filter(|month| *month != Spans::PERIOD)) {
            for occasion in &occasions {
                let here = |row: &usize| {
                    answers.all.get(*row).is_some_and(|answer| {
                        let in_span = if span == Spans::PERIOD { answer.inside } else { answer.month == span };
                        in_span && answer.occasion == *occasion
                    })
                };
                let rows: Vec<usize> = (0..answers.all.len()).filter(here).collect();
                if rows.len() > 1 {
                    self.add_span(answers, ids, span, *occasion, &rows);
                }
            }
        }
    }

    fn add_span(&mut self, answers: &Answers, ids: &[String], span: u32, occasion: u32, rows: &[usize]) {
        for (counted, of) in self.layout.counted.iter().enumerate() {
            let answered = |row: &&usize| answers.value(self.layout, **row, counted) != Value::None;
            let mut rows: Vec<usize> = rows.iter().filter(answered).copied().collect();
            if of.each_person {
                rows.pop();
                self.take_off(answers, span, occasion, &rows, counted);
                if span == Spans::PERIOD {
                    for id in rows.iter().filter_map(|row| ids.get(*row)) {
                        self.replaced.entry(id.clone()).or_default().push(counted);
                    }
                }
                continue;
            }
            for root in 0..ROOTS {
                let place = Place { span, root, area: 0, occasion, stratum: 0 };
                let parts = parts(self.layout, answers, &rows, counted, root, span != Spans::PERIOD);
                self.sums.add_cluster(self.areas, place, parts, together);
            }
        }
    }

    fn take_off(&mut self, answers: &Answers, span: u32, occasion: u32, rows: &[usize], counted: usize) {
        for root in 0..ROOTS {
            for part in parts(self.layout, answers, rows, counted, root, span != Spans::PERIOD) {
                take_off(self.sums.at(Place { span, root, area: part.area, occasion, stratum: 0 }, part.group), &part);
            }
        }
    }

    /// Counts one answer of nobody known.
    pub fn add_unknown(&mut self, answers: &Answers) {
        let Some(answer) = answers.all.first() else { return };
        let month = (answer.month != Spans::PERIOD).then_some(answer.month);
        let spans = answer.inside.then_some(Spans::PERIOD).into_iter().chain(month);
        for span in spans {
            for (counted, of) in self.layout.counted.iter().enumerate() {
                for root in 0..ROOTS {
                    for part in parts(self.layout, answers, &[0], counted, root, span != Spans::PERIOD) {
                        let place = Place { span, root, area: part.area, occasion: answer.occasion, stratum: 0 };
                        let sums = self.sums.at(place, part.group);
                        sums.without_person += 1;
                        if of.each_person {
                            take_off(sums, &part);
                        }
                    }
                }
            }
        }
    }
}
