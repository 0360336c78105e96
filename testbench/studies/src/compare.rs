//! Compares reports: whose errors are smaller, by how much, and whether the difference may be due to chance.
//!
//! The first document, A, is a report and serves as the baseline. Every other document (B, C ...) is a report or the
//! results of [another tool](external), and is compared with A. [`pairing`] finds the cores and matrices that both
//! have. [`difference`] summarises each quantity over them, with the [statistics](paired) of paired values. [`worse`]
//! lists what a careful user would not want to merge. `docs/compare.md` documents the rules, and
//! `docs/report-format.md` the format.

mod against;
mod charts;
mod compared;
mod comparison;
pub mod difference;
mod error;
pub mod external;
mod files;
pub mod finding;
mod html;
mod judging;
pub mod paired;
pub mod pairing;
mod tables;
pub mod text;
pub mod worse;

pub use against::{Against, CheckPair, CorePair, OptionDifference, Unpaired};
pub use compared::ComparedDocument;
pub use comparison::{Comparison, Other};
pub use error::CompareError;
pub use files::FILES;

#[cfg(test)]
mod tests;
