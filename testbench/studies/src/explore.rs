//! Explorations: the same matrices pass through many cores, to show what accuracy costs. The results are the Pareto
//! front, and the cheapest core that meets some conditions.
//!
//! - [`space`] plans the campaign, with a core for each combination of parameters. The campaign runs like any other
//!   [`crate::campaign`], with a journal.
//! - [`point`] has the figures of each core, under the names that the files and `--pick` use.
//! - [`front`] defines dominance, and [`pick`] the conditions.
//! - [`synthesis`] measures area and clock rate, and keeps the results.
//!
//! `docs/explore.md` explains what the figures mean.

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
