//! Exploration: many cores, the same matrices through each, and what accuracy costs: the Pareto front, and the cheapest
//! core that meets some conditions.
//!
//! - [`space`] makes the campaign: a core for each combination. It runs like any
//!   [`crate::campaign`], with its journal.
//! - [`point`] has the figures of each core, under the names of the files and of `--pick`.
//! - [`front`] is the definition of dominance, [`pick`] the conditions.
//! - [`synthesis`] measures area and clock rate, and keeps what it measured.
//!
//! What the figures mean: `docs/explore.md`.

mod charts;
mod exploration;
mod files;
pub mod front;
mod html;
pub mod measured;
pub mod pick;
pub mod point;
pub mod space;
pub mod synthesis;
mod tables;

pub use exploration::{Exploration, Standing};
pub use files::FILES;

#[cfg(test)]
mod tests;
