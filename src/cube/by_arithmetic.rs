//! A cube without answers, made by arithmetic: for timing what is computed from one.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::cell::{Cell, Counts};
use super::counted::Key;
use super::kept::Kept;
use super::layout::Layout;
use super::merge::{Cells, Stamped};
use super::stored::tag;
use super::time::Time;
use super::{SEEN, scored, write};
use crate::declare::{Declarations, Instrument};
use crate::error::Result;
use crate::store::{self, Store};

/// What of a cube is made.
pub struct Made<'a> {
    /// The instruments.
    pub instruments: &'a [String],
    /// The areas of their main root.
    pub areas: &'a [String],
    /// The months, by their first days.
    pub months: &'a [NaiveDate],
}

/// Replaces the cube by one with a cell for each instrument, area and month: in every band of every breakdown, somebody answered every item.
/// Returns how many cells there are.
pub async fn by_arithmetic(store: &Store, declarations: &Declarations, made: &Made<'_>) -> Result<u64> {
    let mut cube = store.table_or_create(store::CUBE, &store::cells()).await?;
    let (mut written, mut cells, mut seed) = (Vec::new(), 0, 0);
    for instrument in made.instruments.iter().filter_map(|id| declarations.instrument(id)) {
        let layout = Arc::new(scored::pass(declarations, instrument, SEEN).histograms.layout());
        for first in made.months {
            seed += 1;
            let of_month = of_month(instrument, &layout, made, *first, seed);
            cells += of_month.len() as u64;
            let tag = tag(&instrument.id, Time::Month(*first));
            written.extend(write::cells(&cube, &instrument.id, &tag, &of_month).await?);
        }
        let layouts = BTreeMap::from([((scored::ITEMS.to_owned(), layout.id()), layout.as_ref().clone())]);
        written.extend(write::about(&cube, &instrument.id, &layouts, &Kept::default(), 0).await?);
    }
    cube.commit(written, &|_| true).await?;
    Ok(cells)
}

fn of_month(instrument: &Instrument, layout: &Arc<Layout>, made: &Made<'_>, first: NaiveDate, seed: u64) -> Cells {
    let part: Arc<str> = scored::ITEMS.into();
    let version: Arc<str> = instrument.version.as_str().into();
    let occasion = instrument.occasions.first().map(|occasion| Arc::from(occasion.as_str()));
    let of_area = |(at, area): (usize, &String)| {
        let key = Key {
            root: instrument.main_root,
            area: Some(area.as_str().into()),
            time: Time::Month(first),
            version: Some(version.clone()),
            occasion: occasion.clone(),
        };
        let cell = cell(layout, (seed << 32) + at as u64);
        ((part.clone(), key), Stamped { layout: layout.clone(), cell, responses_version: 0 })
    };
    made.areas.iter().enumerate().map(of_area).collect()
}

/// Returns a cell whose breakdowns each add up to everybody. Codes from the lowest positive one on are answers.
fn cell(layout: &Layout, seed: u64) -> Cell {
    let width = layout.width();
    let mut counts = vec![0_u8; width * layout.groups()];
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut group = 1;
    for breakdown in &layout.breakdowns {
        for band in 0..breakdown.bands.len() {
            let mut first = group * width;
            for coded in &layout.items {
                // Four of many bits of a congruence: no more is needed than that counts differ.
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let zero = usize::try_from(1 - i16::from(coded.lowest)).unwrap_or(0);
                for (place, shift) in (zero..coded.width).zip((20_u32..).step_by(4)) {
                    let count = ((state >> shift.min(60)) & 3) as u8 + u8::from(band == 0 && place == zero);
                    if let Some(at) = counts.get_mut(first + place) {
                        *at = count;
                    }
                }
                first += coded.width;
            }
            if let Some(responses) = counts.get_mut(first) {
                *responses = 16;
            }
            group += 1;
        }
    }
    // Everybody is the first breakdown added up.
    let bands = layout.breakdowns.first().map_or(0, |breakdown| breakdown.bands.len());
    for place in 0..width {
        let sum = (1..=bands).filter_map(|band| counts.get(band * width + place)).sum();
        if let Some(at) = counts.get_mut(place) {
            *at = sum;
        }
    }
    Cell { counts: Counts::Bytes(counts), sums: Vec::new(), weights: Vec::new() }
}
