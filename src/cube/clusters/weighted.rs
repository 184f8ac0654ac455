//! Sums of weighted answers over clusters.

use std::collections::HashMap;
use std::ops::AddAssign;

use super::answers::{Answers, ROOTS, Spans};
use super::layout::Layout;
use super::sums::{Areas, Part, Place, Sums, parts};

/// What holds the answers of a cluster together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// They were drawn together, as the data say.
    Declared,
    /// They are those of one person.
    Person,
    /// Nothing: one answer of nobody known.
    Alone,
}

/// Sums over weighted answers, as if each answer of a person were a cluster; and what changes where a person is one. Weights and totals
/// are millionths, squares have twelve decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weighted {
    /// Answers.
    pub n: i64,
    /// Clusters that have such an answer.
    pub inside: i64,
    /// Answers in declared clusters.
    pub of_clusters: i64,
    /// Answers of known people in no declared cluster.
    pub of_people: i64,
    /// Those beyond the first of each person.
    pub repeated: i64,
    /// Sum of weights.
    pub tw: i128,
    /// Sum of weight times value.
    pub ty: i128,
    /// Sum of squared weights.
    pub ww: i128,
    /// Sum of weight times squared value.
    pub wyy: i128,
    /// Over clusters, the squared weight; its product with the total; the squared total.
    pub squares: [i128; 3],
    /// What a person as a cluster adds to each.
    pub people_add: [i128; 3],
}

impl AddAssign for Weighted {
    fn add_assign(&mut self, other: Self) {
        self.n += other.n;
        self.inside += other.inside;
        self.of_clusters += other.of_clusters;
        self.of_people += other.of_people;
        self.repeated += other.repeated;
        self.tw += other.tw;
        self.ty += other.ty;
        self.ww += other.ww;
        self.wyy += other.wyy;
        self.squares.iter_mut().zip(other.squares).for_each(|(to, add)| *to += add);
        self.people_add.iter_mut().zip(other.people_add).for_each(|(to, add)| *to += add);
    }
}

impl Weighted {
    fn add_answers(&mut self, part: &Part, kind: Kind) {
        self.n += part.n;
        self.tw += part.w;
        self.ty += part.wy;
        self.ww += part.ww;
        self.wyy += part.wyy;
        if kind == Kind::Declared {
            self.of_clusters += part.n;
            return;
        }
        self.of_people += if kind == Kind::Person { part.n } else { 0 };
        self.inside += part.n;
        self.squares.iter_mut().zip([part.ww, part.w_wy, part.wy_wy]).for_each(|(to, add)| *to += add);
    }

    fn add_cluster(&mut self, part: &Part) {
        self.inside += 1;
        let squares = [part.w * part.w, part.w * part.wy, part.wy * part.wy];
        self.squares.iter_mut().zip(squares).for_each(|(to, add)| *to += add);
    }

    fn add_person(&mut self, part: &Part) {
        self.repeated += part.n - 1;
        let more = [part.w * part.w - part.ww, part.w * part.wy - part.w_wy, part.wy * part.wy - part.wy_wy];
        self.people_add.iter_mut().zip(more).for_each(|(to, add)| *to += add);
    }
}

/// Clusters that were drawn in a stratum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// As if each answer of a person were one.
    pub clusters: i64,
    /// Answers beyond the first of each person.
    pub repeated: i64,
}

/// Adds up weighted answers, one cluster after the other.
pub struct Weighting<'a> {
    layout: &'a Layout,
    areas: &'a Areas,
    /// What was found.
    pub sums: Sums<Weighted>,
    /// Clusters by the number of their stratum: whoever answered anything in the period, be it with a weight of zero.
    pub drawn: HashMap<u32, Drawn>,
}

impl<'a> Weighting<'a> {
    pub fn new(layout: &'a Layout, areas: &'a Areas) -> Self {
        Weighting { layout, areas, sums: Sums::new(), drawn: HashMap::new() }
    }

    /// Adds the answers of one cluster.
    pub fn add(&mut self, answers: &Answers, kind: Kind, stratum: u32) {
        let mut rows: Vec<usize> =
            (0..answers.all.len()).filter(|row| answers.all.get(*row).is_some_and(|a| a.inside)).collect();
        let Ok(n @ 1..) = i64::try_from(rows.len()) else { return };
        let drawn = self.drawn.entry(stratum).or_default();
        drawn.clusters += if kind == Kind::Declared { 1 } else { n };
        drawn.repeated += if kind == Kind::Person { n - 1 } else { 0 };
        // Whose weight is zero was drawn, and counts for nothing.
        rows.retain(|row| answers.all.get(*row).is_some_and(|answer| answer.weight > 0));
        let mut occasions: Vec<u32> = answers.all.iter().map(|answer| answer.occasion).collect();
        occasions.sort_unstable();
        occasions.dedup();
        for occasion in occasions {
            let here = |row: &&usize| answers.all.get(**row).is_some_and(|answer| answer.occasion == occasion);
            let rows: Vec<usize> = rows.iter().filter(here).copied().collect();
            for (counted, root) in
                (0..self.layout.counted.len()).flat_map(|counted| (0..ROOTS).map(move |root| (counted, root)))
            {
                let place = Place { span: Spans::PERIOD, root, area: 0, occasion, stratum };
                let parts = parts(self.layout, answers, &rows, counted, root, false);
                for part in &parts {
                    self.sums.at(Place { area: part.area, ..place }, part.group).add_answers(part, kind);
                }
                match kind {
                    Kind::Declared => self.sums.add_cluster(self.areas, place, parts, Weighted::add_cluster),
                    Kind::Person if rows.len() > 1 => {
                        self.sums.add_cluster(self.areas, place, parts, Weighted::add_person);
                    }
                    Kind::Person | Kind::Alone => {}
                }
            }
        }
    }
}
