//! Architectures of the decomposition. They differ in how many 2x2 blocks they rotate per cycle.
//!
//! Each architecture is a folder with an implementation of [`decomposer::Architecture`]. Nothing outside that folder
//! knows its memories, its schedule or its rotators.

pub mod contexts;
pub mod decomposer;
pub mod inside;
pub mod jacobi;
pub mod number;
pub mod probe;
pub mod size;

use crate::parameters::ArchitectureName;
use decomposer::Architecture;
use jacobi::Jacobi;

/// The architecture with this name.
pub fn architecture(name: ArchitectureName) -> &'static dyn Architecture {
    match name {
        ArchitectureName::Quarter | ArchitectureName::Serial | ArchitectureName::Row | ArchitectureName::Array => {
            &Jacobi
        }
    }
}
