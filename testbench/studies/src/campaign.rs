//! Accuracy campaigns: thousands of matrices through simulated cores, and what became of each.
//!
//! - [`suite`] turns what a user asks for into a [`Plan`]: cores, families of matrices, how many of each. The plan
//!   numbers its matrices; everything else speaks of them by that number.
//! - [`run()`] simulates the matrices of a plan, or of one [`Shard`] of it, on all processors, and writes one line for
//!   each into a [`journal`] as soon as it is judged. Whatever ends the program, the next run goes on from there.
//! - [`merge()`] joins the journals of all shards.
//! - [`statistics`] says what the records come to. The files made of it are [`crate::report`]'s.
//!
//! The same plan gives the same records, in whatever order and on however many machines they were computed: numbers
//! that the processor's own rounding could touch are kept to [`record::PLACES`] decimals.

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
