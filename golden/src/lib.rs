//! The mathematics that judges a core: what the singular value decomposition of a matrix *is*, in `f64`.
//!
//! - [`reader`] turns a `.csv`, `.mtx`, `.npy` or `.json` file into a [`NamedMatrix`], or into one message that says where the
//!   file is wrong and what would be right.
//! - [`families`] makes seeded test matrices, the same bytes on every platform.
//! - [`oracle`] is the reference decomposition (nalgebra), which checks itself on every call.
//! - [`metrics`] measures a core's result against the oracle, in units of its own last input bit.
//! - [`mod@replay`] makes a core's rotations again in `f64`, and [`mod@sources`] says by that where the error of a result comes from.
//!
//! # Invariant
//!
//! This crate knows nothing of the hardware: no word, no rounding, no table, no dependency on `svdforge-hdl`. Hardware and
//! reference are written independently, so that a shared mistake cannot cancel out. What crosses the border is plain: matrices
//! of `f64` that hold quantised values exactly, the weight of one unit of the last place, and the width of a word.
//!
//! Shapes, everywhere: A is m x n, k is at most min(m, n), U is m x k, V is n x k, and A = U diag(sigma) V^T with sigma
//! non-negative and descending.

pub mod element;
pub mod families;
pub mod metrics;
pub mod oracle;
pub mod reader;
pub mod replay;
pub mod sources;

pub use element::Element;
pub use families::Family;
pub use metrics::{Accuracy, Factors, accuracy, eigen_accuracy};
pub use reader::{NamedMatrix, ReadError, read_matrix};
pub use replay::{BlockRotation, GivensRotation, Recording, Rotation};
pub use sources::{BySource, Sources};
