//! The part of the Python package `svdforge` that is written in Rust: a core in the simulator, and the table of
//! options.
//!
//! The Python files in `python/svdforge` are what users see. This module gets stacks of matrices in `f64`, and returns
//! arrays whose first index counts the matrices.

mod convert;
mod core;

use pyo3::prelude::*;

/// The module `svdforge._native`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::convert::options;
    #[pymodule_export]
    use crate::core::Core;
}
