//! What a page shows, and why in this order: a community's priorities on the board page; systems and frameworks on the page of every measure.
//!
//! A measure is named by its place in the board's list, beginning at 0.

use serde::{Deserialize, Serialize};

/// Which page it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    /// What a board reads.
    #[default]
    Board,
    /// Every measure, by system.
    Annex,
}

impl Paper {
    /// Returns its name, which is that of its folder of templates and begins the names of its files.
    pub fn name(self) -> &'static str {
        match self {
            Paper::Board => "board",
            Paper::Annex => "annex",
        }
    }

    /// Returns the template that it starts from.
    pub fn template(self) -> &'static str {
        match self {
            Paper::Board => "board/board.html.jinja",
            Paper::Annex => "annex/annex.html.jinja",
        }
    }
}

/// The order in which a community wants to be told. The measures of the page are in this order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Priorities {
    pub title: String,
    /// Who set them, and when.
    pub set_by: String,
    /// Name of the area that they were set for, where that is not the page's area.
    pub set_for: Option<String>,
    /// Not all weigh the same.
    pub weighted: bool,
    /// One for each measure of the page.
    pub lines: Vec<PriorityLine>,
    /// Titles of priorities that have no figure here.
    pub not_here: Vec<String>,
    /// Titles of the other measures that have figures here: they are on the page of every measure.
    pub others: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorityLine {
    pub weight: f64,
    pub why: Option<String>,
}

/// Measures that belong together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// None for measures that belong to no system.
    pub system: Option<System>,
    /// Measures whose block stands in this section.
    pub measures: Vec<usize>,
    /// Measures whose block stands in an earlier section.
    pub elsewhere: Vec<usize>,
    /// Titles of measures that have no figure here.
    pub not_here: Vec<String>,
    /// Places of the frameworks that the system is about.
    pub frameworks: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    pub id: String,
    pub title: String,
    pub what: String,
}

/// A framework, and what measures its parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    pub title: String,
    pub source: String,
    pub parts: Vec<FrameworkPart>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrameworkPart {
    pub title: String,
    /// Questions that are about it, whether they were asked here or not.
    pub questions: usize,
    /// Measures of the page that are made of these questions.
    pub measures: Vec<usize>,
}
