//! The golden model: the mathematics by which a core is judged, in `f64`.
//!
//! - [`reader`] turns a `.csv`, `.mtx`, `.npy`, `.npz` or `.json` file into one or more [`NamedMatrix`], or into one
//!   message that says where the file is wrong and what would be right.
//! - [`scaling`] and [`digits`] keep numbers of every size right: where they are squared, and where they are printed.
//! - [`families`] makes test matrices from seeds, with the same bits on every platform.
//! - [`oracle`] computes the reference decomposition with nalgebra, and checks it on every call.
//! - [`metrics`] measures the errors of a core's result against the oracle, in units of the last bit of the core's
//!   input.
//! - [`mod@replay`] repeats the rotations of a core in `f64`. From them [`mod@sources`] finds out where the error of a
//!   result comes from.
//!
//! # Conventions
//!
//! A is m x n, k is at most min(m, n), U is m x k and V is n x k. A = U diag(sigma) V^H, where sigma is non-negative
//! and descending and V^H is the conjugate transpose of V. An [`Element`] is a real or a complex number; real numbers
//! are their own conjugates, so that V^H is then the transpose. Files are read as real matrices.
//!
//! # Invariant
//!
//! This crate knows nothing of the hardware: no rounding, no tables, no dependency on `svdforge-hdl`. Hardware and
//! reference are written independently, so that a shared mistake cannot hide in both. Three things cross the border:
//! matrices that hold quantised values exactly, the weight of one unit in the last place, and the number of bits in a
//! word.

pub mod digits;
pub mod element;
pub mod families;
pub mod metrics;
pub mod oracle;
pub mod reader;
pub mod replay;
pub mod scaling;
pub mod sources;

pub use element::Element;
pub use families::Family;
pub use metrics::{Accuracy, Factors, accuracy, eigen_accuracy};
pub use reader::{NamedMatrix, ReadError, read_matrices};
pub use replay::{BlockRotation, GivensRotation, Recording, Rotation};
pub use sources::{BySource, Sources};
