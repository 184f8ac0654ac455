//! Tellonce: from people's answers about their care to a board report.
//!
//! ```text
//!  files ──► land ──► store ──► cube ──► measure ──► protect ──► report
//!  CSV       check     Delta     one      queries/     one        reports/
//!            pseudonym tables    pass     *.sql        pass       templates
//!                         ▲                  ▲                       ▲
//!                    measures/ (instruments, outcomes, groups, areas, policies)
//! ```
//!
//! Data goes left to right and never back. `ARCHITECTURE.md` says what each room promises and what it must never know; a room
//! uses only rooms on floors below its own.

pub mod cli;
pub mod contract;
pub mod cube;
pub mod declare;
pub mod error;
pub mod files;
pub mod fixtures;
pub mod functions;
pub mod land;
pub mod measure;
pub mod names;
pub mod period;
pub mod pipeline;
pub mod progress;
pub mod protect;
pub mod report;
pub mod score;
pub mod session;
pub mod stats;
pub mod store;
pub mod weight;
