//! Matrices of which some entries are known, filled by iterated truncated SVD: the [`iteration`] for one lambda, and
//! the [`path`] of lambdas.

pub mod iteration;
pub mod path;

pub use iteration::{Estimate, Settings, Step, soft_impute};
pub use path::{Entry, Path, PathStep, choose_lambda, follow, rmse};

#[cfg(test)]
mod tests;
