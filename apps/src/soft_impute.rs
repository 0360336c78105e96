//! Fills matrices of which some entries are known by iterating truncated SVDs. [`iteration`] works with one lambda, and
//! [`path`] follows a sequence of lambdas.

pub mod iteration;
pub mod path;

pub use iteration::{Estimate, Settings, Step, soft_impute};
pub use path::{Entry, Path, PathStep, choose_lambda, follow, rmse};

#[cfg(test)]
mod tests;
