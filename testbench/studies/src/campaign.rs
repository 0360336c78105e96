//! Accuracy campaigns: thousands of matrices pass through simulated cores, and the result of each one is judged.
//!
//! - [`suite`] turns what a user asks for into a [`Plan`]: the cores, the families of matrices, and how many of each.
//!   The plan numbers its matrices, and everything else refers to them by that number.
//! - [`run()`] simulates the matrices of a plan, or of one [`Shard`] of it, on all processors. It writes one line for
//!   each matrix into a [`journal`] as soon as the matrix is judged, so that an interrupted run can be continued.
//! - [`merge()`] joins the journals of all shards.
//! - [`statistics`] summarises the records. [`crate::report`] makes the files.
//!
//! The same plan gives the same records, in whatever order and on however many machines they are computed. To ensure
//! this, numbers that the processor's own rounding could affect are kept to [`record::PLACES`] decimals.

pub mod bounds;
mod error;
pub mod journal;
pub mod merge;
pub mod metric;
pub mod parameters;
pub mod plan;
pub mod record;
pub mod run;
pub mod statistics;
pub mod suite;
mod work;

pub use error::CampaignError;
pub use journal::Shard;
pub use merge::merge;
pub use metric::Metric;
pub use plan::{Item, Plan, Purpose};
pub use record::Record;
pub use run::{Progress, run};
pub use suite::{Request, Suite};

#[cfg(test)]
mod tests;
