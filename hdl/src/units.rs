//! The units from which cores are built, one file each. The function of a unit adds its module to the design. The
//! header of each file derives the bit growth.

pub mod angles;
pub mod coefficients;
pub mod complex;
pub mod depth;
pub mod half_angle;
pub mod headroom;
pub mod matrix_memory;
pub mod multiplier;
pub mod norm_exact;
pub mod rotator;
pub mod rounder;
pub mod shared_rotator;
pub mod vector_memory;
