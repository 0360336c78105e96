//! Reports: the results of a campaign as files for programs (`report.json`, `report.csv`) and for readers (`report.md`,
//! `report.html`).
//!
//! The format of `report.json` is documented in `docs/report-format.md`; [`crate::documents::SCHEMA`] is its version.

pub(crate) mod chart;
mod charts;
mod data;
mod files;
mod html;
mod overview;
pub(crate) mod page;
mod sources;
mod tables;
mod tick;

pub use data::{CoreFigures, Report};
pub use files::{FILES, prepare_folder};
pub use overview::{Overview, digits, size_name, thousands};

#[cfg(test)]
pub(crate) mod tests;
