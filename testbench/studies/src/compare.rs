//! Reports side by side: whose errors are smaller, by how much, and whether that is chance.
//!
//! The first document is a report, the baseline, A. Every other one (B, C ...), a report or the results of [another
//! tool](external), is compared with it: [`pairing`] finds the cores and matrices that both have, [`difference`] says
//! what each quantity comes to over them, with the [statistics](paired) of pairs, and [`worse`] lists what a careful
//! user would not want to be merged. `docs/compare.md` documents the rules, `docs/report-format.md` the format.

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
